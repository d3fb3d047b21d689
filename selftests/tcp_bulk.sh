#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Claim: 10,000 connections of each family are opened, used and ended, in every way there is; every byte
# arrives as it was sent, every segment is counted, and when the time has come nothing of them is
# remembered.
# And not: none of them meets another one, or needs another one's place.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

connections=10000

nothing_remembered() { sipsteer -n "$MAP_NS" stats | grep -q '^flows  *0$'; }

bulk() {
	sipsteer -n "$MAP_NS" flush flows
	sipsteer -n "$MAP_NS" set flow-transitory 5
	tcp_mark anew
	steer guard off
	tcpload "$P_HOST" "$PCSCF" 5060 "$UE_NS" "$SCSCF" 5054 count "$connections" at-once 100 \
		from 20000 bytes 1000
	tcp_over
	counted flow-new "$connections" first-unknown "$connections" tcp-steered "$(segments in 5060 any)" \
		tcp-restored "$(segments out 5060 any)"
	busywait 20 nothing_remembered || fail "something is remembered still"
}

fewer() {
	local connections=2000
	bulk
}

nats=plain families=ipv4 each_case bulk "$connections connections" gateway
nats=plain families=ipv6 each_case fewer "2000 connections" handset
run_tests
