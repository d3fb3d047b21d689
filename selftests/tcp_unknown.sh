#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Claim: a segment of a connection that is not known, whatever it is, reaches the S-CSCF as it is, and
# is counted.
# And not: none of them makes a connection known, nor does anything that comes from the P-CSCF.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

tcp_unknown() {
	local flags
	tcp_mark
	steer from "$UE"
	{
		echo "raw phone $UE_NS $UE $UE_PORT"
		echo "sniff other $S_NS eth0"
		printf '%s\n' 'msg stray text "REGISTER sip:a SIP/2.0\r\n\r\n"'
		for flags in SA A F FA R RA PA none FPU; do
			echo "inject phone $SCSCF 5054 stray tcp $flags seq 100 ack 200"
			echo "wire other $UE $UE_PORT to $SCSCF 5054 tcp $flags seq 100 ack 200" \
				"stray sum good"
		done
		flow_is none
	} | siptalk -
	counted tcp-unknown 9
}

# Answers to nothing, among them one that looks like a SYN's
from_target() {
	local flags
	tcp_mark
	steer from "$UE"
	{
		echo "raw core $P_HOST $PCSCF 5060"
		echo "sniff phone $UE_NS eth0"
		for flags in S SA A PA FA R; do
			echo "inject core $UE $UE_PORT none tcp $flags seq 100 ack 200"
			echo "wire phone $PCSCF 5060 to $UE $UE_PORT tcp $flags seq 100 ack 200"
		done
		flow_is none
	} | siptalk -
	# The phone's host answers some of them with a RST, which goes to a target.
	counted tcp-direct "$(segments in 5060)"
}

nats=plain each_case tcp_unknown "of the phone's"
nats=plain each_case from_target "of the P-CSCF's"
run_tests
