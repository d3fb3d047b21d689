#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# An incoming call: the P-CSCF sends an INVITE to the registered phone.
# Claim: the phone sees the P-CSCF's own address, and its answer gets back: while its REGISTER is
# still unanswered, after it was answered, and when nothing of it is remembered any more.
# And not: only responses are ever restored.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

pcscf_own_request() {
	counters_mark
	steer
	talk <<-END
		msg stray REGISTER from ue route $SCSCF 5054
		send ue $SCSCF 5054 stray
		recv pcscf stray from $SEEN $UE_PORT

		msg early INVITE from pcscf
		send pcscf $SEEN $UE_PORT early
		recv ue early from $PCSCF 5060
		respond ue 200 early-200
		recv pcscf early-200 from $SEEN $UE_PORT

		send ue $SCSCF 5054 stray
		recv pcscf stray from $SEEN $UE_PORT
		respond pcscf 200 stray-200
		recv ue stray-200 from $SCSCF 5054

		msg invite INVITE from pcscf
		send pcscf $SEEN $UE_PORT invite
		recv ue invite from $PCSCF 5060
		respond ue 200 invite-200
		recv pcscf invite-200 from $SEEN $UE_PORT

		run sipsteer -n $MAP_NS flush transactions
		msg late INVITE from pcscf
		send pcscf $SEEN $UE_PORT late
		recv ue late from $PCSCF 5060
		respond ue 200 late-200
		recv pcscf late-200 from $SEEN $UE_PORT
		quiet ue pcscf scscf
	END
	counted steered 2 transaction-new 1 transaction-refreshed 1 restored 1 \
		reply-not-response 3
}

each_case pcscf_own_request "the P-CSCF's INVITE keeps its source, the answer gets back"
run_tests
