#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# A phone sends an OPTIONS to the S-CSCF, then a REGISTER, and another OPTIONS: one 5-tuple.
# Claim: the decision is made for each message: the REGISTER is steered.
# And not: the OPTIONS before and after it reach the S-CSCF, which answers.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

options_then_register() {
	counters_mark
	steer
	talk <<-END
		msg options OPTIONS from ue
		send ue $SCSCF 5054 options
		recv scscf options from $SEEN_S $UE_PORT
		respond scscf 200 options-200
		recv ue options-200 from $SCSCF 5054

		msg stray REGISTER from ue route $SCSCF 5054
		send ue $SCSCF 5054 stray
		recv pcscf stray from $SEEN $UE_PORT

		msg more OPTIONS from ue cseq 2
		send ue $SCSCF 5054 more
		recv scscf more from $SEEN_S $UE_PORT

		respond pcscf 401 stray-401
		respond scscf 200 more-200
		recv ue stray-401 from $SCSCF 5054
		recv ue more-200 from $SCSCF 5054
		quiet pcscf scscf
	END
	counted method 2 steered 1 transaction-new 1 restored 1
}

each_case options_then_register "only the REGISTER is steered"
run_tests
