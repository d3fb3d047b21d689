#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Several datagrams in one buffer, as a sender with segmentation offload makes them.
# Claim: they pass untouched, are counted, and arrive one by one.
# And not: a single datagram from such a socket is steered as ever.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

aggregated() {
	counters_mark
	steer
	talk <<-END
		msg one REGISTER from ue size 1200
		msg two REGISTER from ue size 1200 cseq 2
		gso ue $SCSCF 5054 one two
		recv scscf one from $UE $UE_PORT
		recv scscf two from $UE $UE_PORT
		gso ue $SCSCF 5054 one
		recv pcscf one from $UE $UE_PORT
		quiet pcscf scscf
	END
	counted aggregated 1 steered 1 transaction-new 1
}

replies() {
	counters_mark
	steer
	talk <<-END
		msg stray REGISTER from ue
		send ue $SCSCF 5054 stray
		recv pcscf stray from $UE $UE_PORT
		respond pcscf 401 stray-401
		recv ue stray-401 from $SCSCF 5054
		gso pcscf $UE $UE_PORT stray-401 stray-401
		recv ue stray-401 from $PCSCF 5060
		recv ue stray-401 from $PCSCF 5060
	END
	counted steered 1 transaction-new 1 restored 1 reply-aggregated 1
}

nats=plain
each_case aggregated "requests in one buffer" gateway handset
each_case replies "replies in one buffer" gateway handset
run_tests
