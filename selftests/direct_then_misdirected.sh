#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# A phone registers with the P-CSCF, and later sends a REGISTER to the S-CSCF from the same port.
# Claim: both reach the P-CSCF from that port, unchanged, and each answer comes from the address
# that the phone wrote to. A registration is bound to the flow it came on: from another port, the
# next incoming call is lost.
# And not: the S-CSCF sees none of it.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

direct_then_misdirected() {
	counters_mark
	steer
	talk <<-END
		msg direct REGISTER from ue
		send ue $PCSCF 5060 direct
		recv pcscf direct from $SEEN $UE_PORT
		respond pcscf 401 direct-401
		recv ue direct-401 from $PCSCF 5060

		msg stray REGISTER from ue route $SCSCF 5054
		send ue $SCSCF 5054 stray
		recv pcscf stray from $SEEN $UE_PORT
		respond pcscf 401 stray-401
		recv ue stray-401 from $SCSCF 5054

		barrier ue pcscf
		barrier ue scscf
		quiet ue pcscf scscf
	END
	counted steered 1 transaction-new 1 restored 1 not-sip 1 reply-no-transaction 1
}

each_case direct_then_misdirected "both are answered right, port unchanged"
run_tests
