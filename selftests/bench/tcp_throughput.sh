#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Claim: a stream through a steered connection is, at its best, at least 95 % as fast as the same
# without the module at work: buffers stay as big as they were.
# And not: no segment passes unsteered.
# By a clock that counts instructions (vm/run --icount): by that of the host, which others may use at
# the same time, no two rounds are alike.

. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

readonly ROUNDS=3 BYTES=16M

serve() {
	# Not by a function, whose shell would be what is killed.
	nsenter --net="/run/netns/$P_NS" iperf3 -s -p 5060 >"$tmp/server" 2>&1 &
	server=$!
	busywait 5 listens || fail "$(<"$tmp/server")"
}

listens() { [[ $(in_ns "$P_NS" ss -Htln sport = :5060) ]]; }

# measure ADDRESS PORT: Mbit/s of one round
measure() {
	in_ns "$UE_NS" iperf3 -c "$1" -p "$2" -n "$BYTES" -f m >"$tmp/client" || fail "$(<"$tmp/client")"
	awk '/receiver/ { printf "%d\n", $7 }' "$tmp/client"
}

no_hooks() { sipsteer -n "$MAP_NS" stats | grep -q '^hooks  *none'; }

unsteered() {
	sipsteer -n "$MAP_NS" flush
	sipsteer -n "$MAP_NS" flush flows
	sipsteer -n "$MAP_NS" flush transactions
	busywait 5 no_hooks || fail "$(sipsteer -n "$MAP_NS" stats | grep '^hooks')"
	measure "$PCSCF" 5060
}

steered() {
	steer guard off
	measure "$SCSCF" 5054
}

throughput() {
	local round rate best=0 best_steered=0 server
	type -P iperf3 >/dev/null || skip "no iperf3"
	serve
	for ((round = 0; round < ROUNDS; round++)); do
		rate=$(unsteered)
		((rate <= best)) || best=$rate
		rate=$(steered)
		((rate <= best_steered)) || best_steered=$rate
	done
	kill "$server"
	wait "$server" || true
	echo "$best_steered Mbit/s steered, $best Mbit/s else"
	((best > 0 && best_steered * 100 >= best * 95))
}

nats=plain each_case throughput "as fast as without"
run_tests
