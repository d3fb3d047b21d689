#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Two REGISTERs from one port are under way at once, one to the P-CSCF, one to the S-CSCF.
# Claim: each is answered from where the phone had sent it, whichever is answered first.
# And not: the answer to the direct one does not come from the S-CSCF's address.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

direct_first() {
	counters_mark
	steer
	talk <<-END
		msg direct REGISTER from ue
		msg stray REGISTER from ue route $SCSCF 5054
		send ue $PCSCF 5060 direct
		send ue $SCSCF 5054 stray
		recv pcscf direct from $SEEN $UE_PORT
		respond pcscf 401 direct-401
		recv pcscf stray from $SEEN $UE_PORT
		respond pcscf 401 stray-401
		recv ue direct-401 from $PCSCF 5060
		recv ue stray-401 from $SCSCF 5054
		quiet ue pcscf scscf
	END
	counted steered 1 transaction-new 1 restored 1 reply-no-transaction 1
}

misdirected_first() {
	counters_mark
	steer
	talk <<-END
		msg direct REGISTER from ue
		msg stray REGISTER from ue route $SCSCF 5054
		send ue $SCSCF 5054 stray
		send ue $PCSCF 5060 direct
		recv pcscf stray from $SEEN $UE_PORT
		respond pcscf 100 stray-100
		recv pcscf direct from $SEEN $UE_PORT
		respond pcscf 401 direct-401
		recv ue stray-100 from $SCSCF 5054
		recv ue direct-401 from $PCSCF 5060
		quiet ue pcscf scscf
	END
	counted steered 1 transaction-new 1 restored 1 reply-no-transaction 1
}

each_case direct_first "the direct one first, each gets its own answer"
each_case misdirected_first "the misdirected one first, each gets its own answer"
run_tests
