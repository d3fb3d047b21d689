#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Claim: a network namespace in which connections are steered can be removed: the gateway's, and then
# the phone's own; the module can be unloaded afterwards.
# And not: no wrong byte arrives anywhere, and the S-CSCF's namespace, which stays, is none the worse.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

traffic() {
	use_case "$1" gateway plain
	tcpload "$P_NS" "$PCSCF" 5060 "$UE_NS" "$SCSCF" 5054 at-once 8 until "$tmp/enough" tolerant
}

some_flows() { [[ $(sipsteer -n "$1" stats) =~ flows\ +[1-9] ]]; }

remove() {
	local ipv4 ipv6
	# One family is steered where it starts, the other on its way.
	sipsteer -n "$UE_NS" add 10.0.0.5:5054 to 203.0.113.1:5060
	sipsteer -n "$GW_NS" add '[2001:db8:a::5]:5054' to '[2001:db8:cb::1]:5060' guard off
	sipsteer -n "$S_NS" add 10.0.0.5:5054 to 203.0.113.1:5060
	traffic ipv4 >"$tmp/ipv4" 2>&1 &
	ipv4=$!
	traffic ipv6 >"$tmp/ipv6" 2>&1 &
	ipv6=$!
	busywait 10 some_flows "$UE_NS"
	busywait 10 some_flows "$GW_NS"
	ip netns del "$GW_NS"
	ip netns del "$UE_NS"
	: >"$tmp/enough"
	wait "$ipv4" || fail "$(<"$tmp/ipv4")"
	wait "$ipv6" || fail "$(<"$tmp/ipv6")"
	if grep "# 0 connections" "$tmp/ipv4" "$tmp/ipv6"; then
		fail "there was no traffic"
	fi
	[[ $(sipsteer -n "$S_NS" show) == *10.0.0.5:5054* ]]
}

once remove "namespaces go while connections live"
run_tests
