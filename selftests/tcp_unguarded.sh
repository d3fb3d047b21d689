#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# A SYN does not tell a phone from the core's own proxies, so what comes from the network is steered
# only by a mapping that has been told the difference.
# Claim: without "from", "guard off" or an exempt prefix the connection leads to the S-CSCF, and
# adding such a mapping says so; with any of them it leads to the P-CSCF.
# And not: no such thing is needed on the phone itself; UDP is steered all the same; an exempt prefix
# of the other family does not count.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

declare -A STRANGERS=([ipv4]=198.51.100.0/24 [ipv6]=2001:db8:ffff::/48)

to_scscf() {
	talk_tcp <<-END
		connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept core scscf from $SEEN_S $UE_PORT
		$(exchange ue core stray)
		quiet pcscf
	END
}

to_pcscf() {
	talk_tcp <<-END
		connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept core pcscf from $SEEN $UE_PORT
		$(exchange ue core stray)
		quiet scscf
	END
}

unguarded() {
	tcp_mark
	steer 2>"$tmp/said"
	grep -qi tcp "$tmp/said" || fail "adding it says nothing of TCP: $(<"$tmp/said")"
	to_scscf
	counted_passed tcp-unguarded
	tcp_mark
	talk <<-END
		msg stray REGISTER from ue
		send ue $SCSCF 5054 stray
		recv pcscf stray from $SEEN $UE_PORT
		respond pcscf 401 stray-401
		recv ue stray-401 from $SCSCF 5054
	END
	counted steered 1 restored 1 transaction-new 1
}

other_family_exempt() {
	local other=ipv6
	[[ $FAMILY == ipv4 ]] || other=ipv4
	tcp_mark
	sipsteer -n "$MAP_NS" exempt add "${STRANGERS[$other]}"
	steer 2>"$tmp/said"
	grep -qi tcp "$tmp/said" || fail "adding it says nothing of TCP: $(<"$tmp/said")"
	to_scscf
	sipsteer -n "$MAP_NS" exempt del "${STRANGERS[$other]}"
	counted_passed tcp-unguarded
}

# told COMMAND...: adds a mapping, which says nothing and steers.
told() {
	tcp_mark
	"$@" 2>"$tmp/said"
	[[ ! -s $tmp/said ]] || fail "adding it says: $(<"$tmp/said")"
	to_pcscf
	counted_tcp flow-new 1 first-matched 1
}

from() { told steer from "$UE"; }
guard_off() { told steer guard off; }
only_udp() {
	tcp_mark
	steer proto udp 2>"$tmp/said"
	[[ ! -s $tmp/said ]] || fail "adding it says: $(<"$tmp/said")"
	to_scscf
	tcp_over
	counted no-mapping "$(segments in 5054)"
}

exempt() {
	sipsteer -n "$MAP_NS" exempt add "${STRANGERS[$FAMILY]}"
	told steer
	sipsteer -n "$MAP_NS" exempt del "${STRANGERS[$FAMILY]}"
}

# The last exempt prefix goes: a mapping that steered by it does so no more.
exempt_no_more() {
	tcp_mark
	sipsteer -n "$MAP_NS" exempt add "${STRANGERS[$FAMILY]}"
	steer
	sipsteer -n "$MAP_NS" exempt del "${STRANGERS[$FAMILY]}"
	to_scscf
	counted_passed tcp-unguarded
}

handset() {
	tcp_mark
	steer 2>/dev/null
	to_pcscf
	counted_tcp flow-new 1 first-matched 1
}

each_case unguarded "TCP passes, UDP does not" gateway
nats=plain each_case other_family_exempt "the other family's exempts do not count" gateway
nats=plain each_case from "steered with from" gateway
nats=plain each_case guard_off "steered with guard off" gateway
nats=plain each_case exempt "steered with an exempt prefix" gateway
nats=plain each_case exempt_no_more "not after the last exempt prefix has gone" gateway
nats=plain each_case handset "the phone's own needs nothing" handset
nats=plain each_case only_udp "proto udp leaves TCP alone, silently"
run_tests
