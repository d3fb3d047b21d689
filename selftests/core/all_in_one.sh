#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# P-CSCF and S-CSCF on one host: two Kamailios. The mapping is there.
# Claim: with the recipe of the documentation, phones stay registered, over UDP and TCP, also those with
# connected sockets; what the P-CSCF relays passes.
# And not: with a redirection by iptables instead, no phone registers at all, and each REGISTER comes
# to the P-CSCF 71 times; with nothing, the S-CSCF refuses a misdirected one.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

prefix=all-in-one

unaided() {
	fresh_host
	phone "403 Not through the P-CSCF"
}

redirected() {
	local chain
	fresh_host
	for chain in PREROUTING OUTPUT; do
		in_ns "$S_NS" iptables -t nat -A "$chain" -d "$SCSCF" -p udp --dport 5054 \
			-j DNAT --to-destination "$P_AT"
	done
	goes_in_circles
}

unconnected() { steered all-in-one "still registered"; }
connected() { steered all-in-one "still registered" connected; }
tcp() { steered all-in-one "still registered" tcp; }

one_host_network() {
	network_up
	ip -n "$S_NS" address add "${ADDRESS[ipv4 pcscf]}/32" dev lo
	ip -n "$GW_NS" route add "${ADDRESS[ipv4 pcscf]}/32" via "${ADDRESS[ipv4 scscf]}"
	core_up all-in-one
}
network=one_host_network

once unaided "a misdirected REGISTER is refused"
once redirected "redirected by iptables, each goes in circles"
once unconnected "a phone stays registered"
once connected "one with connected sockets"
once tcp "one that writes over TCP"
once all_played "all recipes"
once kamailio_ends "the core ends"
run_tests
