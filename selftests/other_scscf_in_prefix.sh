#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# The mapping is for a prefix: the operator's S-CSCFs.
# Claim: a REGISTER to any address in it is steered, and the answer comes from just that address.
# And not: an address outside it, or another port, is not steered.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

other_scscf_in_prefix() {
	counters_mark
	sipsteer -n "$MAP_NS" add "$S_PREFIX" to "$P_AT"
	talk <<-END
		udp other $S_NS $SCSCF2 5054
		udp port $S_NS $SCSCF2 5055
		udp outside $P_HOST $PCSCF 5054
		msg stray REGISTER from ue route $SCSCF2 5054
		send ue $SCSCF2 5054 stray
		recv pcscf stray from $SEEN $UE_PORT
		respond pcscf 401 stray-401
		recv ue stray-401 from $SCSCF2 5054

		msg port REGISTER from ue branch z9hG4bK-port
		send ue $SCSCF2 5055 port
		recv port port from $SEEN_S $UE_PORT
		msg outside REGISTER from ue branch z9hG4bK-outside
		send ue $PCSCF 5054 outside
		recv outside outside from $SEEN $UE_PORT
		quiet ue pcscf scscf other
	END
	counted steered 1 transaction-new 1 restored 1 no-mapping 1
}

each_case other_scscf_in_prefix "any S-CSCF of the prefix, no other"
run_tests
