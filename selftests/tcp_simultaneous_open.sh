#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Both sides open the connection at the same time (RFC 9293 3.5): the phone's SYN to the S-CSCF has
# been steered when the P-CSCF's own SYN to the same port of the phone arrives.
# Claim: they are one connection, in which the phone sees the S-CSCF.
# And not: a SYN of the P-CSCF's that belongs to no such connection keeps its source.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

simultaneous_open() {
	tcp_mark
	steer from "$UE"
	siptalk - <<-END
		$(lose "$P_HOST" input 0 "tcp dport 5060")
		connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054 pending
		connect core $P_HOST $PCSCF 5060 to $SEEN $UE_PORT pending
		$(lose_no_more "$P_HOST")
		connected ue
		connected core
		$(exchange ue core stray)
		$(flow_is established)
	END
	counted_tcp flow-new 1 first-matched 1
}

own_connection() {
	tcp_mark
	steer from "$UE"
	siptalk - <<-END
		listen phone $UE_NS $UE $UE_PORT
		connect core $P_HOST $PCSCF 5060 to $UE $UE_PORT
		accept ue phone from $PCSCF 5060
		$(exchange core ue invite)
	END
	tcp_over
	counted tcp-direct "$(segments in 5060)"
}

nats=plain each_case simultaneous_open "both SYNs make one connection"
nats=plain each_case own_connection "the P-CSCF's own connection is left alone"
run_tests
