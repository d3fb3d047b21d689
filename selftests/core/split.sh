#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# P-CSCF and S-CSCF on two hosts, two Kamailios. The mapping is on the S-CSCF's.
# Claim: the recipes of the documentation keep those phones registered that they are said to keep; what
# the P-CSCF relays passes.
# And not: a recipe does more than it says. With a redirection by iptables instead, no phone registers
# at all: what the P-CSCF relays comes back to it from its own address, and is lost; or, with
# masquerade, 71 times.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

prefix='split'

unaided() {
	fresh_host
	phone "403 Not through the P-CSCF"
}

redirect() {
	fresh_host
	in_ns "$S_NS" iptables -t nat -A PREROUTING -d "$SCSCF" -p udp --dport 5054 \
		-j DNAT --to-destination "$P_AT"
}

redirected() {
	redirect
	phone "no answer"
	(($(came | wc -l) == 1)) || fail "not once: $(came)"
}

masqueraded() {
	redirect
	in_ns "$S_NS" iptables -t nat -A POSTROUTING -d "$PCSCF" -p udp --dport 5060 -j MASQUERADE
	goes_in_circles
}

keep_unconnected() { steered split-keep "still registered"; }
keep_connected() { steered split-keep "still registered" connected; }
keep_tcp() { steered split-keep "403 Not through the P-CSCF" tcp; }

masquerade_unconnected() { steered split-masquerade "still registered"; }
masquerade_connected() { steered split-masquerade "still registered" connected; }
masquerade_tcp() { steered split-masquerade "still registered" tcp; }

split_network() {
	network_up
	forwarding_on "$S_NS"
	core_up scscf-host
}
network=split_network

once unaided "a misdirected REGISTER is refused"
once redirected "redirected by iptables, each is lost"
once masqueraded "redirected and masqueraded, each goes in circles"
once keep_unconnected "reply keep: a phone stays registered"
once keep_connected "reply keep: one with connected sockets on one port"
once keep_tcp "reply keep: one that writes over TCP is refused"
once masquerade_unconnected "masquerade: a phone stays registered"
once masquerade_connected "masquerade: one with connected sockets"
once masquerade_tcp "masquerade: one that writes over TCP"
once all_played "all recipes"
once kamailio_ends "the core ends"
run_tests
