#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Claim: the module can be unloaded while connections live, and loaded again; then new ones are steered.
# What was steered breaks, as its packets go where they were sent: to the S-CSCF, which knows nothing
# of them.
# And not: no wrong byte arrives anywhere, and its next life starts with nothing remembered.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Both families, one steered where it starts and one on its way.
mappings() {
	sipsteer -n "$UE_NS" add 10.0.0.5:5054 to 203.0.113.1:5060
	sipsteer -n "$GW_NS" add '[2001:db8:a::5]:5054' to '[2001:db8:cb::1]:5060' guard off
}

# traffic FAMILY: until $tmp/enough is there
traffic() {
	use_case "$1" gateway plain
	tcpload "$P_NS" "$PCSCF" 5060 "$UE_NS" "$SCSCF" 5054 at-once 8 until "$tmp/enough" tolerant
}

some_flows() { [[ $(sipsteer -n "$1" stats) =~ flows\ +[1-9] ]]; }

unload_under_load() {
	local ipv4 ipv6 round
	[[ $loaded ]] || skip "the module was loaded before"
	mappings
	traffic ipv4 >"$tmp/ipv4" 2>&1 &
	ipv4=$!
	traffic ipv6 >"$tmp/ipv6" 2>&1 &
	ipv6=$!
	for round in 1 2 3; do
		busywait 10 some_flows "$UE_NS"
		busywait 10 some_flows "$GW_NS"
		rmmod nf_sipsteer
		modprobe nf_sipsteer
		[[ $(sipsteer -n "$UE_NS" -j flows)$(sipsteer -n "$GW_NS" -j flows) == "[][]" ]]
		mappings
	done
	busywait 10 some_flows "$UE_NS"
	busywait 10 some_flows "$GW_NS"
	: >"$tmp/enough"
	wait "$ipv4" || fail "$(<"$tmp/ipv4")"
	wait "$ipv6" || fail "$(<"$tmp/ipv6")"
	cat "$tmp/ipv4" "$tmp/ipv6"
	! grep "# 0 connections" "$tmp/ipv4" "$tmp/ipv6"
}

# Nobody listens at the S-CSCF, or somebody does: it resets what it does not know.
breaks() {
	[[ $loaded ]] || skip "the module was loaded before"
	steer from "$UE"
	talk_tcp <<-END
		connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept core pcscf from $UE $UE_PORT
		$(exchange ue core stray)
		run rmmod nf_sipsteer
		send ue stray
		error ue ECONNRESET
		run modprobe nf_sipsteer
		run sipsteer -n $MAP_NS add $S_AT to $P_AT from $UE
		connect next $UE_NS $UE $((UE_PORT + 10000)) to $SCSCF 5054
		accept next-core pcscf from $UE $((UE_PORT + 10000))
		$(exchange next next-core two)
		reset core
		quiet pcscf scscf
	END
}

CLEAN_NS="$UE_NS $GW_NS"
once unload_under_load "connections live while the module goes and comes"
nats=plain each_case breaks "what was steered breaks, at once"
run_tests
