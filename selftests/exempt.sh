#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# The core's own proxies are named as exempt.
# Claim: what comes from an exempt address or prefix passes, whatever the mapping says.
# And not: other clients are steered, and so is this one once it is exempt no more.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

exempt() {
	local length=30
	[[ $FAMILY == ipv6 ]] && length=126
	counters_mark
	steer guard off
	sipsteer -n "$MAP_NS" exempt add "$UE"
	talk <<-END
		udp other $UE_NS $UE2 $UE_PORT
		msg stray REGISTER from ue
		send ue $SCSCF 5054 stray
		recv scscf stray from $UE $UE_PORT
		msg other REGISTER from other
		send other $SCSCF 5054 other
		recv pcscf other from $UE2 $UE_PORT

		run sipsteer -n $MAP_NS exempt add ${UE%?}0/$length
		send other $SCSCF 5054 other
		recv scscf other from $UE2 $UE_PORT

		run sipsteer -n $MAP_NS exempt del $UE
		send ue $SCSCF 5054 stray
		recv scscf stray from $UE $UE_PORT
		run sipsteer -n $MAP_NS exempt del ${UE%?}0/$length
		send ue $SCSCF 5054 stray
		recv pcscf stray from $UE $UE_PORT
		quiet pcscf scscf
	END
	counted exempt 3 steered 2 transaction-new 2
}

nats=plain each_case exempt "exempt sources pass"
run_tests
