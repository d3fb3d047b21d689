#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# An IPv4 client registers again and again, so that something is remembered all the time.
# Claim: the hooks of a family that has no mapping any more go nevertheless, as soon as no answer
# can be awaited there, and a target that no mapping has any more is no longer looked at then.
# And not: what has a mapping stays, hooks and target, and the client is steered throughout.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# 32 seconds (RFC 3261 timer F), what the kernel takes to come round, and a busy machine.
WAIT=50

hooks() { sipsteer -n "$GW_NS" stats | sed -n 's/^hooks  *//p'; }
not_awaited() { sipsteer -n "$GW_NS" stats | sed -n 's/^reply-no-transaction  *//p'; }

# register [AT]: a new transaction each time, at the new target if not said otherwise; and the old
# target sends a response that nobody waits for.
register() {
	local at=${1:-pcscf2}
	((++TURN))
	talk <<-END
		udp pcscf2 $P_HOST $PCSCF2 5060
		msg stray REGISTER from ue branch z9hG4bK-$TURN
		send ue $SCSCF 5054 stray
		recv $at stray from $UE $UE_PORT
		respond $at 401 stray-401
		recv ue stray-401 from $SCSCF 5054
		msg unasked text "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP $UE:$UE_PORT;branch=z9hG4bK-unasked\r\nCSeq: 1 REGISTER\r\n\r\n"
		send pcscf $UE $UE_PORT unasked
		recv ue unasked from $PCSCF 5060
	END
}
TURN=0

ipv6_hooks_gone() {
	register >/dev/null
	[[ $(hooks) != *ipv6* ]]
}

old_target_forgotten() {
	local before
	before=$(not_awaited)
	register >/dev/null
	[[ $(not_awaited) == "$before" ]]
}

family_and_target() {
	local before awaited
	use_case ipv4 gateway plain
	sipsteer -n "$GW_NS" add '[2001:db8:a::5]:5054' to '[2001:db8:cb::1]:5060'
	steer
	register pcscf
	sipsteer -n "$GW_NS" replace "$S_AT" to "$P2_AT"
	# The target waits already when the family begins to.
	awaited=$SECONDS
	until ((SECONDS > awaited + 3)); do
		register
	done
	sipsteer -n "$GW_NS" del '[2001:db8:a::5]:5054'
	# Both are looked at still: an answer may come.
	before=$(not_awaited)
	register
	(($(not_awaited) == before + 1)) || fail "the old target is forgotten already"
	[[ $(hooks) == *ipv4*ipv6* ]] || fail "hooks: $(hooks)"
	awaited=$SECONDS
	busywait "$WAIT" ipv6_hooks_gone || fail "IPv6 hooks are there after $((SECONDS - awaited)) s"
	busywait $((WAIT - SECONDS + awaited)) old_target_forgotten ||
		fail "the old target is looked at after $((SECONDS - awaited)) s"
	echo "after $((SECONDS - awaited)) s"
	[[ $(hooks) == *ipv4* ]]
	register
}

once family_and_target "a family's hooks, and a target, go in time"
CLEAN_NS=$GW_NS
run_tests
