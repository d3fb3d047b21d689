#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Claim: what is steered, what is restored and what passes, and why, can be traced, and so can
# connections as they come and go; with the addresses as they were before.
# And not: a packet is traced more than once, or one that is nobody's business at all.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

tracing=/sys/kernel/tracing

# Of the events of this run, without the process, the time and the buffer's address
traced() {
	sed -n "s/.*: sipsteer_\([a-z_]*\): \(skbaddr=[^ ]* \)*/\1 /p" "$tracing/trace"
}

expect_trace() {
	local wanted
	wanted=$(cat)
	[[ $(traced) == "$wanted" ]] || fail "traced"$'\n'"$(traced)"$'\n'"and not"$'\n'"$wanted"
}

trace_on() {
	mountpoint -q "$tracing" || mount -t tracefs tracefs "$tracing" || skip "no tracefs"
	[[ -d $tracing/events/sipsteer ]] || fail "no events of sipsteer's"
	: >"$tracing/trace"
	echo 1 >"$tracing/events/sipsteer/enable"
}

trace_off() { echo 0 >"$tracing/events/sipsteer/enable"; }

id_of() { sipsteer -n "$MAP_NS" -j show | sed -n 's/.*"id": *\([0-9]*\).*/\1/p' | head -n 1; }

# at ADDRESS PORT: as the kernel prints it
at() {
	if [[ $FAMILY == ipv4 ]]; then
		echo "$1:$2"
	else
		echo "[$1]:$2"
	fi
}

datagrams() {
	local id
	steer
	id=$(id_of)
	trace_on
	talk <<-END
		msg stray REGISTER from ue
		msg options OPTIONS from ue
		send ue $SCSCF 5054 stray
		recv pcscf stray from $SEEN $UE_PORT
		respond pcscf 401 final
		recv ue final from $SCSCF 5054
		send ue $SCSCF 5054 options
		recv scscf options from $SEEN_S $UE_PORT
	END
	trace_off
	expect_trace <<-END
		steer hook=prerouting proto=17 src=$(at "$UE" "$UE_PORT") dst=$S_AT mapping=$id reason=steered
		restore hook=postrouting proto=17 src=$P_AT dst=$(at "$UE" "$UE_PORT") mapping=0 reason=restored
		pass hook=prerouting proto=17 src=$(at "$UE" "$UE_PORT") dst=$S_AT mapping=$id reason=method
	END
}

connections() {
	local id line open close
	sipsteer -n "$MAP_NS" flush flows
	steer from "$UE"
	id=$(id_of)
	trace_on
	tcp_mark
	talk_tcp <<-END
		connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept core pcscf from $SEEN $UE_PORT
		$(exchange ue core stray)
	END
	tcp_over
	sipsteer -n "$MAP_NS" flush flows
	trace_off
	line="client=$(at "$UE" "$UE_PORT") match=$S_AT target=$P_AT mapping=$id"
	traced | grep -v '^steer\|^restore' >"$tmp/traced.flows" || true
	printf '%s\n' "flow_open $line" "flow_close $line" | diff - "$tmp/traced.flows" ||
		fail "connections are traced otherwise"
	open=$(traced | grep -c '^steer .*reason=tcp-steered')
	close=$(traced | grep -c '^restore .*reason=tcp-restored')
	((open == $(segments in 5060) && close == $(segments out 5060))) ||
		fail "$open segments steered and $close restored were traced"
}

nats=plain each_case datagrams "requests and replies" gateway
nats=plain each_case connections "connections" gateway
run_tests
