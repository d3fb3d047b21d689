#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# A phone's flow with the S-CSCF is known already (to connection tracking, where there is NAT) when
# the mapping is added.
# Claim: the very next REGISTER is steered.
# And not: the one before it was not.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

mapping_added_to_known_flow() {
	counters_mark
	talk <<-END
		msg before REGISTER from ue
		send ue $SCSCF 5054 before
		recv scscf before from $SEEN_S $UE_PORT
		run sipsteer -n $MAP_NS add "$S_AT" to $P_AT
		respond scscf 401 before-401
		recv ue before-401 from $SCSCF 5054

		msg after REGISTER from ue cseq 2
		send ue $SCSCF 5054 after
		recv pcscf after from $SEEN $UE_PORT
		respond pcscf 401 after-401
		recv ue after-401 from $SCSCF 5054
		barrier ue pcscf
		barrier ue scscf
	END
	counted steered 1 transaction-new 1 restored 1 not-sip 1
}

each_case mapping_added_to_known_flow "the next REGISTER is steered"
run_tests
