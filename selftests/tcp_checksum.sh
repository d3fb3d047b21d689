#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Claim: what is steered has the checksum that it had: good, or as wrong as it was, for the P-CSCF to
# see; and so has what is restored, for the phone.
# And not: a wrong one is not put right.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

tcp_checksum() {
	tcp_mark
	steer from "$UE"
	# Both ends are made up: neither host is to answer.
	siptalk - <<-END
		raw phone $UE_NS $UE $UE_PORT
		raw core $P_HOST $PCSCF 5060
		sniff at-phone $UE_NS eth0
		sniff at-core $P_HOST eth0
		msg stray REGISTER from phone
		msg answer text "SIP/2.0 401 Unauthorized\r\n\r\n"
		$(lose "$P_HOST" input 0 "tcp dport 5060")
		run nsenter --net=/run/netns/$UE_NS nft 'add table inet deaf; add chain inet deaf c { type filter hook input priority 2147483647; }; add rule inet deaf c tcp dport $UE_PORT drop'
		inject phone $SCSCF 5054 none tcp S seq 10 sum bad
		wire at-core $UE $UE_PORT to $PCSCF 5060 tcp S sum bad
		inject phone $SCSCF 5054 none tcp S seq 10 sum good
		wire at-core $UE $UE_PORT to $PCSCF 5060 tcp S sum good
		inject core $UE $UE_PORT none tcp SA seq 20 ack 11 sum good
		wire at-phone $RESTORED to $UE $UE_PORT tcp SA sum good
		inject phone $SCSCF 5054 stray tcp PA seq 11 ack 21 sum good
		wire at-core $UE $UE_PORT to $PCSCF 5060 tcp PA stray sum good
		inject phone $SCSCF 5054 stray tcp PA seq 11 ack 21 sum bad
		wire at-core $UE $UE_PORT to $PCSCF 5060 tcp PA stray sum bad
		inject core $UE $UE_PORT answer tcp PA seq 21 ack 11 sum bad
		wire at-phone $RESTORED to $UE $UE_PORT tcp PA answer sum bad
		run nsenter --net=/run/netns/$UE_NS nft delete table inet deaf
		$(lose_no_more "$P_HOST")
	END
	counted tcp-steered 4 tcp-restored 2 flow-new 1 first-matched 1
}

on_handset() { RESTORED="$PCSCF 5060" && tcp_checksum; }
on_gateway() { RESTORED="$SCSCF 5054" && tcp_checksum; }

# On the phone itself the source is restored later than at its device.
nats=plain each_case on_handset "checksums stay as they are" handset
nats=plain each_case on_gateway "checksums stay as they are" gateway
run_tests
