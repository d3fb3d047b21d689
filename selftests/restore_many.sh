#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Claim: a table of many mappings is restored at once, and the later mappings take no longer than
# the earlier ones: the quickest tenth of the second half takes at most twice as long as that of the
# first. The tool's memory does not grow with the file.
# And not: no packet sees any of it before the last line, and nothing of it is lost.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly COUNT=${COUNT:-100000}

# Tenths of the lines, and to file 3 when each was taken. A pipe holds few of them. Half-way there is
# a look at what is in place.
lines() {
	awk -v count="$COUNT" -v look="sipsteer -n $GW_NS show >$tmp/half" 'BEGIN {
		for (i = 0; i < count; i++) {
			if (i % (count / 10) == 0)
				now()
			if (i == count / 2)
				system(look)
			printf "add 10.%d.%d.%d:5054 to 203.0.%d.%d:5060\n",
				i / 65536, i / 256 % 256, i % 256, 113 + i / 250 % 64, i % 250 + 1
		}
		now()
	}
	function now() {
		fflush()
		system("date +%s%N >&3")
	}' 3>"$tmp/times"
}

many() {
	mkfifo "$tmp/lines"
	lines >"$tmp/lines" &
	sipsteer -n "$GW_NS" restore - <"$tmp/lines" &
	local restore=$!
	while kill -0 "$restore" 2>/dev/null; do
		awk '/^VmHWM/ { print $2 }' "/proc/$restore/status" 2>/dev/null >>"$tmp/memory" || true
		read -rt 0.1 <> <(:) || true
	done
	wait "$restore"
	[[ -e $tmp/half && ! -s $tmp/half ]]
	(($(sipsteer -n "$GW_NS" show | wc -l) == COUNT))
	awk 'NR > 1 {
			took = ($1 - last) / 1e6
			half = NR > 6
			# The first tenth fills the pipe besides.
			if (NR > 2 && (!best[half] || took < best[half]))
				best[half] = took
			tenths = tenths sprintf(" %.0f", took)
		}
		{ last = $1 }
		END {
			print "tenths took" tenths " ms"
			exit !(NR == 11 && best[1] <= 2 * best[0])
		}' "$tmp/times"
	echo "memory: $(tail -n 1 "$tmp/memory") KiB"
	(($(tail -n 1 "$tmp/memory") < 16384))
}

once many "$COUNT mappings"
run_tests
