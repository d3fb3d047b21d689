#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# A phone goes from Wi-Fi to LTE between its REGISTER and the answer: another address, or another
# interface, with other routes.
# Claim: what it sends from there is steered as before, and answered from where it wrote to; if it
# gets the address back in time, so is the answer to what was sent before.
# And not: an answer to the address that is gone reaches nobody, and does no harm.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# move FROM TO: lines of a script, between which the phone has the one address and then the other
move() {
	echo "run ip -n $UE_NS address del $1/${LENGTH[$FAMILY]} dev eth0"
	echo "run ip -n $UE_NS address add $2/${LENGTH[$FAMILY]} dev eth0 $nodad"
	echo "run ip -n $UE_NS route replace default via ${ADDRESS[$FAMILY gw_ue]} dev eth0 src $2"
}

one_address() {
	nodad=''
	[[ $FAMILY == ipv4 ]] || nodad=nodad
	ip -n "$UE_NS" address del "$UE2/${LENGTH[$FAMILY]}" dev eth0
}

two_addresses() { ip -n "$UE_NS" address add "$UE2/${LENGTH[$FAMILY]}" dev eth0 ${nodad:+nodad}; }

another_address() {
	counters_mark
	steer
	one_address
	talk <<-END
		msg stray REGISTER from ue route $SCSCF 5054
		send ue $SCSCF 5054 stray
		recv pcscf stray from $UE $UE_PORT

		$(move "$UE" "$UE2")
		respond pcscf 401 stray-401
		udp there $UE_NS $UE2 $UE_PORT
		msg moved REGISTER from there route $SCSCF 5054
		send there $SCSCF 5054 moved
		recv pcscf moved from $UE2 $UE_PORT
		respond pcscf 401 moved-401
		recv there moved-401 from $SCSCF 5054
		quiet there ue scscf

		$(move "$UE2" "$UE")
	END
	two_addresses
	counted steered 2 transaction-new 2 restored 1
}

and_back() {
	counters_mark
	steer
	one_address
	talk <<-END
		msg stray REGISTER from ue route $SCSCF 5054
		send ue $SCSCF 5054 stray
		recv pcscf stray from $UE $UE_PORT
		$(move "$UE" "$UE2")
		$(move "$UE2" "$UE")
		respond pcscf 401 stray-401
		recv ue stray-401 from $SCSCF 5054
		quiet ue scscf
	END
	two_addresses
	counted steered 1 transaction-new 1 restored 1
}

nats=plain
each_case another_address "what is sent from the new address is steered" handset
each_case and_back "the answer reaches who comes back in time" handset
run_tests
