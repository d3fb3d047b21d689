#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# The mapping is on the S-CSCF's host, where REGISTERs arrive from both sides: a phone's own, and
# those that the P-CSCF relays. The P-CSCF is elsewhere, or on this same host (all-in-one).
# Claim: what the P-CSCF relays reaches the S-CSCF, and the answer goes back untouched.
# And not: steering it would break every correct registration, or loop; the phone's own misdirected
# one is steered all the same.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

on_way_back="SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bK-ue;received=192.0.2.2;rport=5060"

# What the P-CSCF sends comes from a target's port, too; on one host it is seen when it is sent and
# when it arrives.
count_relayed() {
	if [[ $PLACE == all-in-one ]]; then
		counted "$@" loopback 1 reply-not-response 2
	else
		counted "$@" reply-not-response 1
	fi
}

relayed() {
	counters_mark
	steer
	talk <<-END
		msg relayed REGISTER from pcscf via-more ", $on_way_back" header "Path: <sip:term@pcscf.example;lr>" header "P-Visited-Network-ID: \"visited\""
		send pcscf $SCSCF 5054 relayed
		recv scscf relayed from $PCSCF 5060
		respond scscf 401 relayed-401
		recv pcscf relayed-401 from $SCSCF 5054
		quiet pcscf scscf
	END
	count_relayed guard-via 1
}

# A P-CSCF that does the phone's part (a back-to-back user agent): its address gives it away.
one_via() {
	counters_mark
	steer
	talk <<-END
		msg own REGISTER from pcscf
		send pcscf $SCSCF 5054 own
		recv scscf own from $PCSCF 5060
		respond scscf 401 own-401
		recv pcscf own-401 from $SCSCF 5054
		quiet pcscf scscf
	END
	count_relayed guard-target 1
}

both_kinds() {
	counters_mark
	steer
	talk <<-END
		msg stray REGISTER from ue route $SCSCF 5054
		send ue $SCSCF 5054 stray
		recv pcscf stray from $SEEN $UE_PORT
		msg relayed REGISTER from pcscf via-more ", $on_way_back"
		send pcscf $SCSCF 5054 relayed
		recv scscf relayed from $PCSCF 5060
		respond scscf 401 relayed-401
		recv pcscf relayed-401 from $SCSCF 5054
		quiet pcscf scscf
	END
	count_relayed steered 1 transaction-new 1 guard-via 1
}

scscf_host_network() {
	network_up
	forwarding_on "$S_NS"
}
network=scscf_host_network

nats=plain each_case relayed "a relayed REGISTER passes" scscf-host all-in-one
nats=plain each_case one_via "the P-CSCF's own REGISTER passes" scscf-host all-in-one
nats=plain each_case both_kinds "the phone's own is steered" scscf-host all-in-one
run_tests
