#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# TCP-MD5 (RFC 2385) and TCP-AO (RFC 5925) sign the addresses.
# Claim: a SYN that is signed reaches the S-CSCF as it is, wherever the option stands, and is counted.
# And not: other options do not matter, even such as do not fit into the header.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

tcp_signed() {
	counters_mark
	steer from "$UE"
	siptalk - <<-END
		raw phone $UE_NS $UE $UE_PORT
		sniff core $P_HOST eth0
		sniff other $S_NS eth0
		inject phone $SCSCF 5054 none tcp S seq 1 tcp-options md5
		wire other $UE $UE_PORT to $SCSCF 5054 tcp S seq 1 sum good
		inject phone $SCSCF 5054 none tcp S seq 2 tcp-options ao
		wire other $UE $UE_PORT to $SCSCF 5054 tcp S seq 2 sum good
		inject phone $SCSCF 5054 none tcp S seq 3 tcp-options mss,nop,wscale,sack,md5
		wire other $UE $UE_PORT to $SCSCF 5054 tcp S seq 3 sum good
	END
	counted tcp-signed 3
}

not_signed() {
	counters_mark
	steer from "$UE"
	siptalk - <<-END
		raw phone $UE_NS $UE $UE_PORT
		sniff core $P_HOST eth0
		$(lose "$P_HOST" input 0 "tcp dport 5060")
		inject phone $SCSCF 5054 none tcp S seq 1 tcp-options mss,nop,wscale,sack
		wire core $UE $UE_PORT to $PCSCF 5060 tcp S seq 1 sum good
		inject phone $SCSCF 5054 none tcp S seq 2 tcp-options overlong,md5
		wire core $UE $UE_PORT to $PCSCF 5060 tcp S seq 2 sum good
		$(lose_no_more "$P_HOST")
	END
	counted tcp-steered 2 flow-new 1
}

nats=plain each_case tcp_signed "a signed SYN passes"
nats=plain each_case not_signed "other options do not matter"
run_tests
