#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Somebody begins to listen when requests have already been steered, goes, and comes again.
# Claim: each time, the first request steered after that is told, and each but once.
# And not: what was steered while nobody listened is not told later.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Its socket has joined the groups: their bits are the fourth column.
listens() {
	awk -v pid="$1" '$3 == pid && $4 !~ /^0*$/ { found = 1 } END { exit !found }' \
		"/proc/$1/net/netlink"
}

register() {
	talk <<-END
		msg $1 REGISTER from ue
		send ue $SCSCF 5054 $1
		recv pcscf $1 from $UE $UE_PORT
	END
}

events_told() {
	local monitor time
	steer
	for time in first second; do
		register "unheard-$time"
		sipsteer -n "$MAP_NS" monitor >"$tmp/events" 2>&1 &
		monitor=$!
		busywait 5 listens "$monitor"
		register "heard-$time"
		busywait 5 grep -q steered "$tmp/events"
		kill "$monitor"
		wait "$monitor" || true
		[[ $(grep -c steered "$tmp/events") == 1 ]]
	done
}

families=ipv4 nats=plain each_case events_told "told to who listens" gateway
run_tests
