#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# A phone sends a REGISTER to the S-CSCF, and the next one, from the same port, to the P-CSCF.
# Claim: both reach the P-CSCF from that port; the correct one is none the worse for the other.
# And not: what went to the P-CSCF in the first place is answered by nobody else.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

misdirected_then_direct() {
	counters_mark
	steer
	talk <<-END
		msg stray REGISTER from ue route $SCSCF 5054
		send ue $SCSCF 5054 stray
		recv pcscf stray from $SEEN $UE_PORT
		respond pcscf 401 stray-401
		recv ue stray-401 from $SCSCF 5054

		msg direct REGISTER from ue
		send ue $PCSCF 5060 direct
		recv pcscf direct from $SEEN $UE_PORT
		respond pcscf 401 direct-401
		recv ue direct-401 from $PCSCF 5060

		barrier ue pcscf
		barrier ue scscf
		quiet ue pcscf scscf
	END
	counted steered 1 transaction-new 1 restored 1 not-sip 1 reply-no-transaction 1
}

each_case misdirected_then_direct "both are answered right, port unchanged"
run_tests
