#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# A phone has learned of two S-CSCFs and sends a REGISTER to each, from one port, to one P-CSCF.
# Claim: both arrive from that port, and each answer comes from the S-CSCF it belongs to, also
# when branch and CSeq differ in nothing but the branch's last letter.
# And not: neither S-CSCF sees anything.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

two_scscfs_at_once() {
	counters_mark
	steer
	sipsteer -n "$MAP_NS" add "$S2_AT" to "$P_AT"
	talk <<-END
		udp scscf2 $S_NS $SCSCF2 5054
		msg one REGISTER from ue route $SCSCF 5054 branch z9hG4bK-same-$UE_PORT-1
		msg two REGISTER from ue route $SCSCF2 5054 branch z9hG4bK-same-$UE_PORT-2
		send ue $SCSCF 5054 one
		send ue $SCSCF2 5054 two
		recv pcscf one from $SEEN $UE_PORT
		respond pcscf 100 one-100
		recv pcscf two from $SEEN $UE_PORT
		respond pcscf 401 two-401
		recv ue one-100 from $SCSCF 5054
		recv ue two-401 from $SCSCF2 5054
		barrier ue pcscf
		quiet ue scscf scscf2
	END
	counted steered 2 transaction-new 2 restored 2
}

each_case two_scscfs_at_once "each answer comes from its own S-CSCF"
run_tests
