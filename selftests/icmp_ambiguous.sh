#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# From one port, a client sends REGISTERs to the P-CSCF and, misdirected, to S-CSCFs; the P-CSCF is
# down. In what an ICMP error need quote, only length and checksum tell them apart.
# Claim: an error about a misdirected one is restored, to the S-CSCF that it was sent to.
# And not: an error about one that was right to begin with is left as it is.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

lengths() {
	counters_mark
	steer
	sipsteer -n "$MAP_NS" add "$S2_AT" to "$P_AT"
	siptalk - <<-END
		udp ue $UE_NS $UE $UE_PORT
		option ue recverr
		msg direct REGISTER from ue size 700
		msg one REGISTER from ue size 800 cseq 2
		msg two REGISTER from ue size 900 cseq 3
		send ue $SCSCF 5054 one
		told ue ECONNREFUSED of $SCSCF 5054 by $SCSCF one
		send ue $SCSCF2 5054 two
		told ue ECONNREFUSED of $SCSCF2 5054 by $SCSCF2 two
		send ue $PCSCF 5060 direct
		told ue ECONNREFUSED of $PCSCF 5060 by $PCSCF direct
		send ue $SCSCF 5054 one
		told ue ECONNREFUSED of $SCSCF 5054 by $SCSCF one
	END
	counted steered 3 transaction-new 2 transaction-refreshed 1 icmp-restored 3 \
		icmp-no-transaction 1
}

checksums() {
	counters_mark
	steer
	sipsteer -n "$MAP_NS" add "$S2_AT" to "$P_AT"
	siptalk - <<-END
		udp ue $UE_NS $UE $UE_PORT
		raw phone $UE_NS $UE $UE_PORT
		icmp errors $UE_NS $UE
		msg direct REGISTER from ue size 900
		msg one REGISTER from ue size 900 cseq 2
		msg two REGISTER from ue size 900 cseq 3
		inject phone $SCSCF 5054 one
		icmp-recv errors from $SCSCF port quoting $UE $UE_PORT to $SCSCF 5054 one
		inject phone $SCSCF2 5054 two
		icmp-recv errors from $SCSCF2 port quoting $UE $UE_PORT to $SCSCF2 5054 two
		inject phone $PCSCF 5060 direct
		icmp-recv errors from $PCSCF port quoting $UE $UE_PORT to $PCSCF 5060 direct
		inject phone $SCSCF 5054 one
		icmp-recv errors from $SCSCF port quoting $UE $UE_PORT to $SCSCF 5054 one
		quiet errors
	END
	counted steered 3 transaction-new 2 transaction-refreshed 1 icmp-restored 3 \
		icmp-no-transaction 1
}

network=errors_network
nats=plain
each_case lengths "of different lengths"
each_case checksums "of one length"
run_tests
