#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Claim: whatever comes to a mapped port, or from a target, adds to exactly one counter of the walk:
# their sum is the number of packets. A mapping's own counters tell what it steered, restored and let
# pass.
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

nats=plain each_case counters_add_up "the sum is the number of packets"
run_tests
