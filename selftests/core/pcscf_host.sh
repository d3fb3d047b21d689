#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# The P-CSCF's host, a Kamailio, routes between phones and the S-CSCF, another one. The mapping is there:
#
#     ue --- gw --- pcscf --- scscf
#
# Claim: with the recipe of the documentation, phones stay registered, over UDP and TCP, also those with
# connected sockets; what the P-CSCF relays passes.
# And not: with nothing, the S-CSCF refuses a misdirected REGISTER.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

prefix=pcscf-host

unaided() {
	fresh_host
	phone "403 Not through the P-CSCF"
}

unconnected() { steered pcscf-host "still registered"; }
connected() { steered pcscf-host "still registered" connected; }
tcp() { steered pcscf-host "still registered" tcp; }

routing_network() {
	on_path_network
	core_up pcscf-host
}
network=routing_network

once unaided "a misdirected REGISTER is refused"
once unconnected "a phone stays registered"
once connected "one with connected sockets"
once tcp "one that writes over TCP"
once all_played "all recipes"
once kamailio_ends "the core ends"
run_tests
