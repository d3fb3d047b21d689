#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# What the ends have agreed on when the connection was opened, and what devices do to its segments.
# Claim: window scaling, SACK and timestamps are agreed on as without the module; millions of bytes
# arrive as they were sent, both ways at once: with segments put together and taken apart by the
# devices or not (TSO, GSO, GRO), and when some of them get lost.
# And not: nothing is counted but the three connections and their segments.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# offloads SENDING RECEIVING: on or off, at all devices. GRO is off at first: only with it a veth
# device puts together what it receives.
offloads() {
	local ns device
	while read -r ns device; do
		in_ns "$ns" ethtool -K "$device" tso "$1" gso "$1" gro "$2"
	done <<-END
		$UE_NS eth0
		$P_NS eth0
		$GW_NS ue
		$GW_NS pcscf
	END
}

bulk() {
	tcpload "$P_HOST" "$PCSCF" 5060 "$UE_NS" "$SCSCF" 5054 count 3 at-once 3 \
		from $((UE_PORT * 5)) bytes "$1" >"$tmp/load"
	cat "$tmp/load"
	grep -q "have: timestamps sack wscale" "$tmp/load"
}

# sum in|out: segments of all three connections
sum() {
	local port total=0
	for port in $((UE_PORT * 5)) $((UE_PORT * 5 + 1)) $((UE_PORT * 5 + 2)); do
		total=$((total + $(segments "$1" 5060 "$port")))
	done
	echo "$total"
}

# counted_bulk [STEERED RESTORED]: where devices put together or take apart, nobody else can tell how
# many segments passed the module.
counted_bulk() {
	tcp_over
	counted flow-new 3 first-unknown 3 tcp-steered "${1:-$(counted_now tcp-steered)}" \
		tcp-restored "${2:-$(counted_now tcp-restored)}"
}

# The P-CSCF's host sees the same buffers as the module, however big.
tso() {
	tcp_mark
	steer guard off
	bulk 5000000
	counted_bulk "$(sum in)" "$(sum out)"
}

no_offload() {
	tcp_mark
	steer guard off
	offloads off off
	bulk 2000000
	offloads on off
	counted_bulk
}

gro() {
	tcp_mark
	steer guard off
	offloads off on
	bulk 2000000
	offloads on off
	counted_bulk
}

losses() {
	tcp_mark
	steer guard off
	offloads off off
	lose "$P_HOST" input 0 "tcp dport 5060 numgen random mod 50 == 0" | siptalk -
	lose "$UE_NS" input 2147483647 "tcp sport 5054 numgen random mod 50 == 0" | siptalk -
	bulk 500000
	lose_no_more "$P_HOST" | siptalk -
	lose_no_more "$UE_NS" | siptalk -
	offloads on off
	counted_bulk
}

nats=plain
nats=plain each_case tso "big segments"
nats=plain each_case no_offload "no offload"
nats=plain each_case gro "segments put together on the way"
nats=plain each_case losses "segments get lost"
run_tests
