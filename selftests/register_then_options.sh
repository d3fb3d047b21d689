#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# A phone's REGISTER to the S-CSCF was steered. Then it sends an OPTIONS there, from the same port.
# Claim: a flow that was steered once is not steered for ever: the OPTIONS reaches the S-CSCF.
# And not: the P-CSCF never sees the OPTIONS, before or after its answer to the REGISTER.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

register_then_options() {
	counters_mark
	steer
	talk <<-END
		msg stray REGISTER from ue route $SCSCF 5054
		send ue $SCSCF 5054 stray
		recv pcscf stray from $SEEN $UE_PORT

		msg early OPTIONS from ue
		send ue $SCSCF 5054 early
		recv scscf early from $SEEN_S $UE_PORT

		respond pcscf 200 stray-200
		recv ue stray-200 from $SCSCF 5054

		msg late OPTIONS from ue
		send ue $SCSCF 5054 late
		recv scscf late from $SEEN_S $UE_PORT
		respond scscf 200 late-200
		recv ue late-200 from $SCSCF 5054
		barrier ue pcscf
	END
	counted method 2 steered 1 transaction-new 1 restored 1
}

each_case register_then_options "the OPTIONS reaches the S-CSCF"
run_tests
