#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# A P-CSCF with a port for each of very many networks.
# Claim: to add that many mappings, to delete them all and to forget their targets takes about as
# long when the targets share an address as when each has one of its own, and the kernel answers
# then as before.
# And not: a mapping is not refused, and none is left.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# So many that a search through all targets of an address, for each, is seen.
MAPPINGS=20000
# How much longer it may take.
FACTOR=3

now_us() { echo "${EPOCHREALTIME/[^0-9]/}"; }

value() { sipsteer -n "$GW_NS" stats | sed -n "s/^$1  *//p"; }

# come_and_go ports|addresses: leaves what it took in $took, in microseconds.
come_and_go() {
	local start
	start=$(now_us)
	mapfill "$GW_NS" "$MAPPINGS" "$1"
	[[ $(value mappings) == "$MAPPINGS" ]]
	sipsteer -n "$GW_NS" flush
	# Nothing is awaited from the targets, so that they are forgotten at once.
	sipsteer -n "$GW_NS" flush transactions
	[[ $(value mappings) == 0 ]]
	took=$(($(now_us) - start))
	echo "$1: $took us"
}

in_proportion() {
	local took addresses
	come_and_go addresses
	addresses=$took
	come_and_go ports
	((took <= FACTOR * addresses)) ||
		fail "$took us with one address, $addresses us with as many as targets"
}

once in_proportion "no slower with one address than with many"
CLEAN_NS=$GW_NS
run_tests
