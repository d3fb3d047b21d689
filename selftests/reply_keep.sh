#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# "reply keep": the client sees answers come from the P-CSCF's own address.
# Claim: nothing is remembered, nothing restored.
# And not: what was remembered before the mapping was changed to it is still restored.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

reply_keep() {
	counters_mark
	steer reply keep
	talk <<-END
		msg stray REGISTER from ue
		send ue $SCSCF 5054 stray
		recv pcscf stray from $SEEN $UE_PORT
		respond pcscf 401 stray-401
		recv ue stray-401 from $PCSCF 5060

		run sipsteer -n $MAP_NS replace $S_AT to $P_AT
		msg again REGISTER from ue cseq 2
		send ue $SCSCF 5054 again
		recv pcscf again from $SEEN $UE_PORT
		run sipsteer -n $MAP_NS replace $S_AT to $P_AT reply keep
		respond pcscf 401 again-401
		recv ue again-401 from $SCSCF 5054
	END
	counted steered 2 transaction-new 1 restored 1 reply-no-transaction 1
}

each_case reply_keep "answers come from the P-CSCF"
run_tests
