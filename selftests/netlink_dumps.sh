#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Claim: a dump has every mapping once; one that a change came into says so, and sipsteer repeats it.
# And not: without a change, no dump calls itself interrupted.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

count=1000

fill() {
	sipsteer -n "$GW_NS" add 192.168.0.1:5054 to 203.0.113.1:5060
	nlpoke -n "$GW_NS" -c $((count - 1)) 1 2=addr:10.0.0.5 5=addr:203.0.113.1 6=be16:5060 4=be16:10000
}

complete() {
	fill
	[[ $(nlpoke -n "$GW_NS" -d 3) == "$count" ]]
	[[ $(sipsteer -n "$GW_NS" show | sort -u | grep -c .) == "$count" ]]
	[[ $(sipsteer -n "$GW_NS" show | grep -c '10.0.0.5:1[0-9]* to') == $((count - 1)) ]]
}

interrupted() {
	local said
	fill
	said=$(nlpoke -n "$GW_NS" -d -x "sipsteer -n $GW_NS del 10.0.0.5:10998" 3)
	[[ $said == *interrupted ]] || fail "a deletion: $said"
	said=$(nlpoke -n "$GW_NS" -d -x "sipsteer -n $GW_NS add 10.0.0.6:5054 to 203.0.113.1:5060" 3)
	[[ $said == *interrupted ]] || fail "an addition: $said"
	[[ $(nlpoke -n "$GW_NS" -d 3) == "$count" ]]
}

empty() {
	[[ $(nlpoke -n "$GW_NS" -d 3) == 0 ]]
	[[ $(nlpoke -n "$GW_NS" -d 7) == 0 ]]
	[[ $(nlpoke -n "$GW_NS" -d 9) == 0 ]]
}

CLEAN_NS=$GW_NS
once empty "empty tables"
once complete "each mapping once"
once interrupted "changes meanwhile are told"
run_tests
