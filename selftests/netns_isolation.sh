#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Claim: a mapping, the exempt set, counters and what is remembered belong to one network namespace;
# root of a user namespace may configure the network namespaces that belong to it, within the limits
# of memory that a new one begins with.
# And not: another namespace neither steers by them nor shows them; from a user namespace, nothing
# can be seen or changed in network namespaces that it does not own.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# The gateway has the mapping; the phone's own namespace, where the packet starts, has another,
# and the S-CSCF's, where it ends, has none.
only_here() {
	counters_mark "$UE_NS"
	counters_mark "$GW_NS"
	counters_mark "$S_NS"
	sipsteer -n "$UE_NS" add "$S2_AT" to "$P2_AT"
	sipsteer -n "$GW_NS" add "$S_AT" to "$P_AT"
	sipsteer -n "$UE_NS" exempt add "$UE"
	talk <<-END
		msg stray REGISTER from ue
		send ue $SCSCF 5054 stray
		recv pcscf stray from $UE $UE_PORT
		msg other REGISTER from ue cseq 2
		udp scscf2 $S_NS $SCSCF2 5054
		send ue $SCSCF2 5054 other
		recv scscf2 other from $UE $UE_PORT
	END
	[[ $(sipsteer -n "$UE_NS" show) == *"$S2_AT to $P2_AT" ]]
	[[ $(sipsteer -n "$GW_NS" show) == *"$S_AT to $P_AT" ]]
	[[ -z $(sipsteer -n "$S_NS" show) ]]
	[[ -z $(sipsteer -n "$GW_NS" exempt show) ]]
	[[ $(sipsteer -n "$UE_NS" transactions) != *"$UE_PORT"* ]]
	[[ $(sipsteer -n "$GW_NS" transactions) == *"$UE_PORT"* ]]
	counters_are "$UE_NS" no-mapping 1 exempt 1
	counters_are "$GW_NS" no-mapping 1 steered 1 transaction-new 1
	counters_are "$S_NS"
	sipsteer -n "$UE_NS" exempt del "$UE"
}

own_user_namespace() {
	# shellcheck disable=SC2016 # not here
	unshare --user --map-root-user --net bash -e -c '
		sipsteer add 10.0.0.5:5054 to 203.0.113.1:5060 comment mine
		[[ $(sipsteer show) == *10.0.0.5:5054*mine* ]]
		sipsteer exempt add 203.0.113.1
		sipsteer stats >/dev/null
		sipsteer flush
		[[ -z $(sipsteer show) ]]'
}

# Memory for what packets leave behind is charged to nobody, so more of it is for the host's root.
limits_of_user_namespace() {
	# shellcheck disable=SC2016 # not here
	unshare --user --map-root-user --net bash -e -c '
		refused() {
			if sipsteer "$@" 2>&1; then
				echo "sipsteer $* was allowed"
				exit 1
			fi | grep "only the host.s own root"
		}
		sipsteer set flow-max 65536 transaction-max 65536
		refused set flow-max 65537
		refused set transaction-max 131072
		echo "set flow-max 70000" | refused restore -
		sipsteer set flow-max 100 transaction-max 512
		sipsteer set flow-max 65536
		[[ $(sipsteer show limits) == *"flow-max 65536"*"transaction-max 512"* ]]'
	sipsteer -n "$GW_NS" set flow-max 65537 transaction-max 131072
	sipsteer -n "$GW_NS" set flow-max 65536 transaction-max 65536
}

# Root there, but not of the network namespace it is in.
other_user_namespace() {
	local verb
	sipsteer -n "$GW_NS" add 10.0.0.5:5054 to 203.0.113.1:5060
	for verb in "add 10.0.0.6:5054 to 203.0.113.1:5060" "del 10.0.0.5:5054" flush show stats \
		transactions "flush transactions" "exempt add 10.0.0.0/8" "exempt show" \
		"test --from 192.0.2.1:5060 --to 10.0.0.5:5054"; do
		# shellcheck disable=SC2086 # words
		if in_ns "$GW_NS" unshare --user --map-root-user sipsteer $verb >"$tmp/out" 2>&1; then
			fail "sipsteer $verb was allowed"
		fi
		[[ $(<"$tmp/out") == *[Pp]ermission* || $(<"$tmp/out") == *"not permitted"* ]] ||
			fail "sipsteer $verb: $(<"$tmp/out")"
	done
	[[ $(sipsteer -n "$GW_NS" show) == *10.0.0.5:5054* ]]
	[[ $(sipsteer -n "$GW_NS" show) != *10.0.0.6:5054* ]]
	[[ -z $(sipsteer -n "$GW_NS" exempt show) ]]
}

CLEAN_NS="$UE_NS $GW_NS"
each_family only_here "mappings work in their own namespace only"
once own_user_namespace "an unprivileged user may configure a namespace of his own"
once limits_of_user_namespace "but may not raise the limits of what packets leave behind"
once other_user_namespace "nor configure another"
run_tests
