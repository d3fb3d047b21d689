#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# The commands in Documentation/cookbook.rst and core-hosts.rst, each block on a host of its own.
# Claim: all of them succeed, and then a client's REGISTER would be steered to the P-CSCF.
# And not: without them it would pass.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
pages=$here/../Documentation
[[ -r $pages/cookbook.rst ]] || skip_all "no cookbook here"

# The host for a block of commands
host_of() { echo "${1##*/block.}-$$"; }

hosts_network() {
	local ns block
	commands_of "$pages/cookbook.rst" "$tmp/block.cook"
	commands_of "$pages/core-hosts.rst" "$tmp/block.core"
	for block in "$tmp"/block.*; do
		ns=$(host_of "$block")
		netns_add "$ns"
		ip -n "$ns" link add ue0 up type dummy
		ip -n "$ns" address add 100.64.0.1/10 dev ue0
		ip -n "$ns" route add default dev ue0
		forwarding_on "$ns"
	done
}
network=hosts_network

judged() {
	sipsteer -n "$1" test --from 100.64.0.7:5060 --to 10.0.0.5:5054 --iif ue0
}

recipes() {
	local ns block blocks=0
	for block in "$tmp"/block.*; do
		ns=$(host_of "$block")
		sed "s/^/$ns:/" "$block"
		[[ $(judged "$ns") == pass:* ]]
		in_ns "$ns" bash -e "$block"
		[[ $(judged "$ns") == "steer to 203.0.113."[12]":5060 "* ]]
		((++blocks))
	done
	((blocks > 5))
}

once recipes "each recipe steers a client's REGISTER"
run_tests
