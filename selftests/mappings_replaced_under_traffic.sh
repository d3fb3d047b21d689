#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Claim: while mappings are replaced, added and deleted all the time, or whole tables restored, every
# REGISTER that some mapping is for is steered, to the old target or the new one, and every answer is
# restored.
# And not: none is lost, damaged, or reaches the S-CSCF in between.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

change() {
	sipsteer -n "$MAP_NS" replace "$S_AT" to "$1"
	sipsteer -n "$MAP_NS" add "$S2_AT" to "$1"
	sipsteer -n "$MAP_NS" add "$S_PREFIX" to "$1" from "$UE2"
	sipsteer -n "$MAP_NS" del "$S2_AT"
	sipsteer -n "$MAP_NS" del "$S_PREFIX" from "$UE2"
}

changes() {
	local round
	for round in 1 2 3; do
		change "$P2_AT"
		change "$P_AT"
	done
}

# table TARGET FIRST: the mapping, between others; those of two tables overlap
table() {
	seq -f 'add 10.200.0.%.0f:5054 to 203.0.113.99:5060' "$2" 200
	echo "add $S_AT to $1"
	seq -f 'exempt add 10.201.0.%.0f' "$2" 100
	seq -f 'add 10.202.0.%.0f:5054 to 203.0.113.99:5060' "$2" 200
}

restores() {
	local round
	table "$P2_AT" 1 >"$tmp/one"
	table "$P_AT" 50 >"$tmp/two"
	for round in 1 2 3 4 5; do
		sipsteer -n "$MAP_NS" restore "$tmp/one"
		sipsteer -n "$MAP_NS" restore "$tmp/two"
	done
}

# under_traffic FUNCTION: it changes the target, and leaves it what it was.
under_traffic() {
	rm -f "$tmp/enough"
	steer
	siptalk - >"$tmp/talk" 2>&1 <<-END &
		udp ue $UE_NS $UE $UE_PORT
		udp pcscf $P_HOST $PCSCF 5060
		udp pcscf2 $P_HOST $PCSCF2 5060
		udp scscf $S_NS $SCSCF 5054
		msg stray REGISTER from ue branch z9hG4bK-%%%%%%%%
		flood ue $SCSCF 5054 stray 10000000 until $tmp/enough answered from $SCSCF 5054 at pcscf pcscf2
		quiet scscf
	END
	"$1"
	: >"$tmp/enough"
	wait $! || fail "$(<"$tmp/talk")"
	cat "$tmp/talk"
	# Some at either target
	! grep " 0 at" "$tmp/talk"
}

mappings_change() { under_traffic changes; }

tables_change() { under_traffic restores; }

nats=plain each_case mappings_change "no REGISTER is lost while a mapping stands"
nats=plain each_case tables_change "no REGISTER is lost between two tables"
run_tests
