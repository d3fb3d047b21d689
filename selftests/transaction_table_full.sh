#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# A flood of REGISTERs, each a transaction of its own, more than there is room for. $FLOOD says how many.
# Claim: every one of them is steered; the table keeps to its bound, and so does what memory it takes;
# old ones give way and are counted; the newest one's answer is restored.
# And not: nothing passes unsteered for want of room.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# For each one that there is room for, with its share of what holds them together. Until the table has
# grown, the one before is there as well; and the kernel's own needs change meanwhile.
ROOM_BYTES=128

# KiB that the kernel has, for itself
kernel_memory() {
	awk '/^(Slab|VmallocUsed|Percpu):/ { sum += $2 } END { print sum }' /proc/meminfo
}

value() { sipsteer -n "$MAP_NS" stats | sed -n "s/^$1  *//p"; }

transaction_table_full() {
	local room count since before taken
	steer
	room=$(value transaction-max)
	count=${FLOOD:-$((room + room / 8))}
	before=$(kernel_memory)
	since=$SECONDS
	talk <<-END
		msg stray REGISTER from ue branch z9hG4bK-%%%%%%%%
		flood ue $SCSCF 5054 stray $count at pcscf
		msg last REGISTER from ue
		send ue $SCSCF 5054 last
		recv pcscf last from $UE $UE_PORT
		respond pcscf 401 last-401
		recv ue last-401 from $SCSCF 5054
		quiet scscf pcscf
	END
	[[ $(value steered) == $((count + 1)) ]]
	[[ $(value transaction-new) == $((count + 1)) ]]
	(($(value transactions) <= room))
	taken=$(($(kernel_memory) - before))
	echo "$taken KiB taken by $(value transactions) transactions, after $count in $((SECONDS - since)) s"
	# On the debug kernel each object has its guards, and none is free as soon as it is freed.
	[[ -e /sys/kernel/debug/kmemleak ]] || ((taken < room * ROOM_BYTES / 1024 + 4096))
	# On a very slow machine the first ones have expired before the last ones came.
	if ((SECONDS - since < 30)); then
		(($(value transactions) > room / 2))
		(($(value transaction-evicted) > 0))
	fi
	sipsteer -n "$MAP_NS" flush transactions
	[[ $(value transactions) == 0 ]]
}

families=ipv4 nats=plain each_case transaction_table_full "redirection goes on, memory is bounded" gateway
run_tests
