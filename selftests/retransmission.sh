#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Over UDP a client repeats its request until it is answered, and a request may be answered twice:
# 100 at once, 401 or 200 later.
# Claim: a repetition goes where the first one went and is remembered as the same; every answer is
# restored, also a repeated one.
# And not: an answer to what was never asked is not restored.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

retransmission() {
	counters_mark
	steer
	talk <<-END
		msg stray REGISTER from ue route $SCSCF 5054
		send ue $SCSCF 5054 stray
		send ue $SCSCF 5054 stray
		recv pcscf stray from $SEEN $UE_PORT
		respond pcscf 100 trying
		recv pcscf stray from $SEEN $UE_PORT
		respond pcscf 401 final
		send ue $SCSCF 5054 stray
		recv pcscf stray from $SEEN $UE_PORT
		respond pcscf 401 final
		recv ue trying from $SCSCF 5054
		recv ue final from $SCSCF 5054
		recv ue final from $SCSCF 5054
		quiet pcscf scscf
	END
	counted steered 3 transaction-new 1 transaction-refreshed 2 restored 3
}

never_asked() {
	counters_mark
	steer
	talk <<-END
		msg stray REGISTER from ue
		send ue $SCSCF 5054 stray
		recv pcscf stray from $SEEN $UE_PORT
		respond pcscf 401 stray-401
		recv ue stray-401 from $SCSCF 5054

		msg other-branch REGISTER from ue branch z9hG4bK-other
		msg other-cseq REGISTER from ue branch z9hG4bK-stray-$UE_PORT cseq 2
		msg other-method OPTIONS from ue branch z9hG4bK-stray-$UE_PORT
		send ue $PCSCF 5060 other-branch
		recv pcscf other-branch
		respond pcscf 401 other-branch-401
		recv ue other-branch-401 from $PCSCF 5060
		send ue $PCSCF 5060 other-cseq
		recv pcscf other-cseq
		respond pcscf 401 other-cseq-401
		recv ue other-cseq-401 from $PCSCF 5060
		send ue $PCSCF 5060 other-method
		recv pcscf other-method
		respond pcscf 200 other-method-200
		recv ue other-method-200 from $PCSCF 5060
	END
	counted steered 1 transaction-new 1 restored 1 reply-no-transaction 3
}

each_case retransmission "repeated requests and answers"
each_case never_asked "answers to other requests"
run_tests
