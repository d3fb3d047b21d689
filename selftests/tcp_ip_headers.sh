#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Claim: IPv4 options, IPv6 extension headers and fragments do not keep a SYN from being steered.
# Headers that a rewriting would break, or that hide the true ends, make it pass, each counted by name:
# a source route, an authentication header, a routing header with segments left, a home address.
# And not: none of the latter reaches the P-CSCF, or makes a connection known.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# steered SEQ HOW, passed SEQ HOW: a SYN in such a packet, and where it has to arrive.
steered() {
	echo "inject phone $SCSCF 5054 none tcp S seq $1 ${*:2}"
	echo "wire core $UE $UE_PORT to $PCSCF 5060 tcp S seq $1 sum good"
}

passed() {
	echo "inject phone $SCSCF 5054 none tcp S seq $1 ${*:2}"
	echo "wire other $UE $UE_PORT to $SCSCF 5054 tcp S seq $1 sum good"
}

# Nobody is to answer. Those that pass come first: the connection is not known yet.
play() {
	siptalk -e "raw phone $UE_NS $UE $UE_PORT" -e "sniff core $P_HOST eth0" \
		-e "sniff other $S_NS eth0" - <<-END
		$(lose "$P_HOST" input 0 "tcp dport 5060")
		$(cat)
		$(lose_no_more "$P_HOST")
	END
}

# Routers refuse a strict source route that does not name them.
ipv4() {
	counters_mark
	steer from "$UE"
	play <<-END
		$(passed 1 option lsrr)
		inject phone $SCSCF 5054 none tcp S seq 2 option ssrr
		$(passed 3 ext auth)
		$(flow_is none)
		$(steered 4 option nop)
	END
	counted source-route 2 auth-header 1 tcp-steered 1 flow-new 1
}

ipv6() {
	counters_mark
	steer from "$UE"
	play <<-END
		$(passed 1 ext routing:1)
		$(passed 2 ext destination,routing:2)
		$(passed 3 ext home-address)
		$(passed 4 ext auth)
		$(passed 5 ext hop-by-hop,auth,destination)
		$(flow_is none)
		$(steered 6 ext hop-by-hop)
		$(steered 7 ext destination)
		$(steered 8 ext hop-by-hop,destination,routing:0,destination)
		$(steered 9 ext atomic)
		$(steered 10 ext hop-by-hop,atomic,destination)
	END
	counted routing-header 2 home-address 1 auth-header 2 tcp-steered 5 flow-new 1
}

# The ports are in one fragment, the flags in another; of IPv6 the first fragment has to have the
# TCP header, and only options are in another (RFC 8200 4.5). What was taken in whole may leave in fragments
# again: it is the P-CSCF's host that knows it.
fragments() {
	local cut="fragment 8"
	[[ $FAMILY == ipv4 ]] || cut="tcp-options nop,nop,nop,nop,nop fragment 24"
	counters_mark
	steer from "$UE"
	siptalk -e "raw phone $UE_NS $UE $UE_PORT" - <<-END
		$(lose "$P_HOST" input 0 "tcp dport 5060")
		inject phone $SCSCF 5054 none tcp S seq 1 $cut
		$(lose_no_more "$P_HOST")
		$(lose "$P_HOST" input 0 "tcp dport 5060")
		inject phone $SCSCF 5054 none tcp S seq 1 $cut reverse
		$(lose_no_more "$P_HOST")
	END
	counted tcp-steered 2 flow-new 1
}

network=source_route_network

nats=plain
families=ipv4 each_case ipv4 "options" gateway handset
families=ipv6 each_case ipv6 "extension headers" gateway handset
each_case fragments "fragments" gateway handset
run_tests
