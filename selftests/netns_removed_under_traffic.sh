#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Claim: a network namespace that has mappings and remembers requests can be removed while packets
# pass: the gateway's, and then the phone's own; the module can be unloaded afterwards.
# And not: the S-CSCF's namespace, which stays, is none the worse.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

traffic() {
	use_case "$1" gateway plain
	talk <<-END
		msg stray REGISTER from ue branch z9hG4bK-%%%%%%%%
		flood ue $SCSCF 5054 stray 10000000 until $tmp/enough
	END
}

remembered() { [[ $(sipsteer -n "$1" stats) =~ transactions\ +[1-9] ]]; }

remove() {
	local ns jobs=()
	for ns in "$UE_NS" "$GW_NS" "$S_NS"; do
		sipsteer -n "$ns" add 10.0.0.5:5054 to 203.0.113.1:5060
		sipsteer -n "$ns" add '[2001:db8:a::5]:5054' to '[2001:db8:cb::1]:5060'
	done
	# In the phone's namespace, one family is not steered: so is the other at the gateway.
	sipsteer -n "$UE_NS" del 10.0.0.5:5054
	traffic ipv4 >"$tmp/ipv4" 2>&1 &
	jobs+=($!)
	traffic ipv6 >"$tmp/ipv6" 2>&1 &
	jobs+=($!)
	busywait 10 remembered "$UE_NS"
	busywait 10 remembered "$GW_NS"
	ip netns del "$GW_NS"
	ip netns del "$UE_NS"
	: >"$tmp/enough"
	wait "${jobs[0]}" || fail "$(<"$tmp/ipv4")"
	wait "${jobs[1]}" || fail "$(<"$tmp/ipv6")"
	[[ $(sipsteer -n "$S_NS" show) == *10.0.0.5:5054* ]]
}

once remove "namespaces go under traffic"
run_tests
