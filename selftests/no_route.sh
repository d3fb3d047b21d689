#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# A phone whose routing table has a way to the S-CSCF, but none to the P-CSCF.
# Claim: the REGISTER is sent as the phone wanted, unchanged, and this is counted.
# And not: it is not lost, and with a route to the P-CSCF the next one is steered.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

route() { ip -n "$UE_NS" "$([[ $FAMILY == ipv6 ]] && echo -6 || echo -4)" route "$@"; }

# refused COMMAND...: the command makes what stands in the table for the P-CSCF.
refused() {
	local gateway=${ADDRESS[$FAMILY gw_ue]}
	counters_mark
	steer
	route del default
	route add "$SCSCF" via "$gateway"
	"$@"
	talk <<-END
		msg stray REGISTER from ue route $SCSCF 5054
		sniff core $S_NS eth0
		send ue $SCSCF 5054 stray
		recv scscf stray from $UE $UE_PORT
		wire core $UE $UE_PORT to $SCSCF 5054 stray sum partial
		respond scscf 401 stray-401
		recv ue stray-401 from $SCSCF 5054
		run ip -n $UE_NS route replace $PCSCF via $gateway
		send ue $SCSCF 5054 stray
		recv pcscf stray from $UE $UE_PORT
		quiet scscf
	END
	route add default via "$gateway"
	route del "$SCSCF"
	route del "$PCSCF"
	counted no-route 1 steered 1 transaction-new 1
}

none() { refused true; }
unreachable() { refused route add unreachable "$PCSCF"; }

nats=plain
each_case none "no route" handset
each_case unreachable "a route that says unreachable" handset
run_tests
