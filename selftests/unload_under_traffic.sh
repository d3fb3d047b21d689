#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Claim: the module can be unloaded while REGISTERs and their answers pass, and loaded again; each
# packet is steered or passes as it is, and none is lost or damaged.
# And not: once unloaded it steers nothing, and its next life starts with an empty table.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Both families, one steered where it starts and one on its way.
mappings() {
	sipsteer -n "$UE_NS" add 10.0.0.5:5054 to 203.0.113.1:5060
	sipsteer -n "$GW_NS" add '[2001:db8:a::5]:5054' to '[2001:db8:cb::1]:5060'
}

# traffic FAMILY: until $tmp/enough is there
traffic() {
	use_case "$1" gateway plain
	talk <<-END
		msg stray REGISTER from ue branch z9hG4bK-%%%%%%%%
		flood ue $SCSCF 5054 stray 10000000 until $tmp/enough answered at pcscf scscf
	END
}

unload() {
	[[ $loaded ]] || skip "the module was loaded before"
	mappings
	traffic ipv4 >"$tmp/ipv4" 2>&1 &
	local ipv4=$! round
	traffic ipv6 >"$tmp/ipv6" 2>&1 &
	local ipv6=$!
	for round in 1 2 3; do
		rmmod nf_sipsteer
		modprobe nf_sipsteer
		[[ -z $(sipsteer -n "$GW_NS" show) ]]
		mappings
	done
	# Until some were steered at either place by its last life.
	busywait 10 steered "$UE_NS"
	busywait 10 steered "$GW_NS"
	: >"$tmp/enough"
	wait "$ipv4" || fail "$(<"$tmp/ipv4")"
	wait "$ipv6" || fail "$(<"$tmp/ipv6")"
	cat "$tmp/ipv4" "$tmp/ipv6"
	# Some of each: steered and not.
	! grep " 0 at" "$tmp/ipv4" "$tmp/ipv6"
}

steered() { [[ $(sipsteer -n "$1" stats) =~ steered\ +[1-9] ]]; }

CLEAN_NS="$UE_NS $GW_NS"
once unload "nothing is lost while the module goes and comes"
run_tests
