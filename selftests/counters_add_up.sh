#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Claim: whatever comes to a mapped port, or from a target, adds to exactly one counter of the walk:
# their sum is the number of packets. A mapping's own counters tell what it steered, restored and let
# pass, however many there are, and also while its table is put in place again and again.
# And not: packets of other ports, and other packets of those hosts, add to none.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# sum requests|replies: of all exits of that walk
sum() {
	local -A now=()
	local name requests=0 replies=0
	counters "$MAP_NS" now
	for name in "${!now[@]}"; do
		case $name in
		transaction-*) ;;
		reply-* | restored) ((replies += now["$name"])) || true ;;
		*) ((requests += now["$name"])) || true ;;
		esac
	done
	echo "$requests $replies"
}

counters_add_up() {
	local before after
	steer
	read -ra before < <(sum)
	talk <<-END
		raw phone $UE_NS $UE $UE_PORT
		udp scscf2 $S_NS $SCSCF2 5054
		udp other $S_NS $SCSCF 5055
		sniff core $S_NS eth0
		msg garbage text "garbage"
		msg ping text "\r\n\r\n"
		msg response text "SIP/2.0 200 OK\r\n\r\n"
		msg bad text "REGISTER sip:b SIP/2.0\r\n\r\n"
		msg options OPTIONS from ue
		msg relayed REGISTER from ue header "Via: SIP/2.0/UDP 192.0.2.9"
		msg path REGISTER from ue header "Path: <sip:a>"
		msg stray REGISTER from ue
		send ue $SCSCF 5054 garbage
		send ue $SCSCF 5054 ping
		send ue $SCSCF 5054 response
		send ue $SCSCF 5054 bad
		send ue $SCSCF 5054 options
		send ue $SCSCF 5054 relayed
		send ue $SCSCF 5054 path
		send ue $SCSCF2 5054 stray
		inject phone $SCSCF 5054 stray udp-length 3
		send ue $SCSCF 5054 stray
		send ue $SCSCF 5054 stray
		recv pcscf stray
		recv pcscf stray
		respond pcscf 401 stray-401
		send pcscf $UE $UE_PORT garbage
		send pcscf $UE $UE_PORT bad
		send pcscf $UE $UE_PORT response
		recv ue stray-401
		send ue $SCSCF 5055 stray
		send ue $PCSCF 5060 stray
		recv other stray
		recv pcscf stray
		recv ue garbage
		recv ue bad
		recv ue response
	END
	read -ra after < <(sum)
	((after[0] - before[0] == 11)) || fail "$((after[0] - before[0])) requests of 11"
	((after[1] - before[1] == 4)) || fail "$((after[1] - before[1])) replies of 4"
	[[ $(sipsteer -n "$MAP_NS" -s show) == *"steered 2 restored 1 passed 7"* ]] ||
		fail "$(sipsteer -n "$MAP_NS" -s show)"
}

# Enough in a second for counters of its own on each CPU.
busy_mapping() {
	local round sent
	rm -f "$tmp/enough"
	steer
	sipsteer -n "$MAP_NS" save "$tmp/table"
	talk >"$tmp/talk" 2>&1 <<-END &
		msg busy REGISTER from ue branch z9hG4bK-%%%%%%%%
		flood ue $SCSCF 5054 busy 10000000 until $tmp/enough answered from $SCSCF 5054 at pcscf
	END
	for round in 1 2 3 4; do
		busywait 60 steered_more "$((round * 200))"
		sipsteer -n "$MAP_NS" restore "$tmp/table"
	done
	: >"$tmp/enough"
	wait $! || fail "$(<"$tmp/talk")"
	sent=$(sed -n 's/^# \([0-9]*\) sent.*/\1/p' "$tmp/talk")
	[[ $(sipsteer -n "$MAP_NS" -s show) == *"steered $sent restored $sent passed 0"* ]] ||
		fail "$(<"$tmp/talk")" "$(sipsteer -n "$MAP_NS" -s show)"
}

steered_more() {
	[[ $(sipsteer -n "$MAP_NS" -s show) =~ steered\ ([0-9]+) ]] && ((BASH_REMATCH[1] > $1))
}

nats=plain each_case counters_add_up "the sum is the number of packets"
nats=plain each_case busy_mapping "a busy mapping counts all"
run_tests
