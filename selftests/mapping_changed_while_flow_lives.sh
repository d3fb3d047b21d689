#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Mappings come and go while phones talk.
# Claim: what was steered is answered from where it was sent, though its mapping has another
# target by then, or is gone; the next request follows the mapping of its own time.
# And not: without the mapping, a REGISTER from the same port reaches the S-CSCF.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

mapping_changed_while_flow_lives() {
	counters_mark
	steer
	talk <<-END
		udp pcscf2 $P_HOST $PCSCF2 5060
		msg one REGISTER from ue
		send ue $SCSCF 5054 one
		recv pcscf one from $SEEN $UE_PORT
		run sipsteer -n $MAP_NS replace $S_AT to $P2_AT
		respond pcscf 401 one-401
		recv ue one-401 from $SCSCF 5054

		msg two REGISTER from ue cseq 2
		send ue $SCSCF 5054 two
		recv pcscf2 two from $SEEN $UE_PORT
		run sipsteer -n $MAP_NS del $S_AT
		respond pcscf2 401 two-401
		recv ue two-401 from $SCSCF 5054

		msg three REGISTER from ue cseq 3
		send ue $SCSCF 5054 three
		recv scscf three from $SEEN_S $UE_PORT
		respond scscf 200 three-200
		recv ue three-200 from $SCSCF 5054
		barrier ue pcscf
		barrier ue pcscf2
	END
	counted steered 2 transaction-new 2 restored 2
}

each_case mapping_changed_while_flow_lives "what is under way is answered right"
run_tests
