#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Claim: "restore" puts a whole table in place: mappings, exempt prefixes and limits. What "save"
# writes, and what is printed as JSON, makes the same table again. What stays keeps its id and its
# counters.
# And not: with a single bad line, whoever finds it, nothing changes at all; no other table can be
# built meanwhile, and one whose restore is killed leaves nothing behind.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

SEED=${SEED:-$RANDOM} ROUNDS=${ROUNDS:-5}
CLEAN_NS="$UE_NS $GW_NS $P_NS"

tool() { sipsteer -n "$GW_NS" "$@"; }
other() { sipsteer -n "$UE_NS" "$@"; }

# All that a restore could change, with ids and counters. Hooks that nothing needs go at once.
state() {
	tool flush transactions
	tool -j save
	tool show
	nfhooks "$GW_NS" || true
}

same() { # FILE FILE
	cmp "$1" "$2" || fail "$(diff "$1" "$2" | head -n 20)"
}

# What a table has in common with the one before keeps its id, and with it its place.
empty() {
	tool restore /dev/null
	other restore /dev/null
	[[ ! $(tool show)$(tool exempt)$(other show)$(other exempt) ]]
}

# Mappings as "show" prints them, but for their ids.
shown() { sipsteer -n "$1" show | sed 's/^[0-9]*: //'; }

identity() {
	local round
	for ((round = 0; round < ROUNDS; round++)); do
		echo "seed $SEED.$round"
		empty
		random-config "$SEED.$round" $((10 * round)) >"$tmp/random"
		tool restore "$tmp/random"
		tool save >"$tmp/saved"
		(($(grep -c '^add ' "$tmp/saved") == 10 * round))
		other restore - <"$tmp/saved"
		other save >"$tmp/again"
		same "$tmp/saved" "$tmp/again"
		# Onto itself, and onto nothing
		state >"$tmp/before"
		tool restore "$tmp/saved"
		state >"$tmp/after"
		same "$tmp/before" "$tmp/after"
		empty
		tool restore "$tmp/saved"
		tool save >"$tmp/again"
		same "$tmp/saved" "$tmp/again"
	done
}

# One by one, as a shell reads what "show" prints
as_added() {
	local words
	echo "seed $SEED"
	empty
	random-config "$SEED" 15 >"$tmp/random"
	tool restore "$tmp/random"
	shown "$GW_NS" >"$tmp/restored"
	(($(wc -l <"$tmp/restored") == 15))
	while read -r words; do
		eval "other add $words"
	done <"$tmp/restored"
	shown "$UE_NS" >"$tmp/added"
	same "$tmp/restored" "$tmp/added"
}

json() {
	local round
	for ((round = 1; round <= ROUNDS; round++)); do
		echo "seed $SEED.$round"
		empty
		random-config "$SEED.$round" 30 >"$tmp/random"
		tool restore "$tmp/random"
		tool save >"$tmp/saved"
		tool -j save | other -j restore -
		other save >"$tmp/again"
		same "$tmp/saved" "$tmp/again"
		other restore /dev/null
		tool -p save | other -j restore -
		other save >"$tmp/again"
		same "$tmp/saved" "$tmp/again"
	done
	# Mappings alone leave the rest as it is.
	tool restore - <<-END
		set flow-max 5
		exempt add 192.0.2.7
		exempt add 2001:db8::/32
	END
	other -j show | tool -j restore -
	tool save >"$tmp/saved"
	grep -q '^set flow-max 5 ' "$tmp/saved"
	[[ $(tool exempt) == 192.0.2.7$'\n'2001:db8::/32 ]]
	shown "$UE_NS" >"$tmp/shown"
	shown "$GW_NS" >"$tmp/again"
	same "$tmp/shown" "$tmp/again"
}

to_file() {
	tool restore - <<<"add 10.0.0.5:5054 to 203.0.113.1:5060"
	tool save >"$tmp/saved"
	echo old >"$tmp/file"
	chmod 640 "$tmp/file"
	ln -s file "$tmp/link"
	tool save "$tmp/link"
	same "$tmp/saved" "$tmp/file"
	[[ -L $tmp/link && $(stat -c %a "$tmp/file") == 640 ]]
	(umask 027 && tool save "$tmp/new")
	same "$tmp/saved" "$tmp/new"
	[[ $(stat -c %a "$tmp/new") == 640 ]]
	tool save /dev/null
	[[ -c /dev/null ]]
	! tool save "$tmp/no/file" || fail "into no folder"
	! tool save "$tmp" || fail "onto a folder"
	[[ ! $(compgen -G "$tmp/*.??????") ]]
	rm "$tmp/file" "$tmp/link" "$tmp/new"
}

# bad STATUS MESSAGE LINE: among many good ones
bad() {
	local said status
	{
		tool save
		seq -f 'add 10.1.0.%.0f:5054 to 203.0.113.2:5060' 200
		seq -f 'add 10.1.1.%.0f:5054 to 203.0.113.2:5060' 200
		echo 'add 10.2.0.1:5054 to 203.0.113.2:5060'
		printf '%s\n' "$3"
		echo 'add 10.2.0.2:5054 to 203.0.113.2:5060'
		echo 'add 10.2.0.3:5054 to'
	} >"$tmp/bad"
	state >"$tmp/before"
	status=0
	said=$(tool "${verb:-restore}" "$tmp/bad" 2>&1) || status=$?
	[[ $status == "$1" ]] || fail "status $status, not $1: $said"
	[[ $said == "$tmp/bad:$(($(wc -l <"$tmp/bad") - 2)):$2" ]] || fail "\"$said\", not \"$2\""
	state >"$tmp/after"
	same "$tmp/before" "$tmp/after"
}

one_bad_line() {
	local verb
	tool restore - <<-END
		set flow-max 7
		exempt add 192.0.2.0/24
		add 10.0.0.5:5054 to 203.0.113.1:5060 comment "P-CSCF one"
	END
	for verb in restore check-config; do
		bad 1 '1: no target: "to ADDRESS:PORT" is missing' 'add 10.0.0.6:5054'
		bad 1 '11: bad proto "x": udp, tcp or both' 'add proto x'
		bad 1 '14: bad flow-max "0": a number from 1 to 1048576' 'set flow-max 0'
		bad 2 '5: there is a mapping of this match, proto, from and iif' \
			'add 10.0.0.5:5054 to 203.0.113.9:5060'
		bad 2 '5: there is a mapping of this match, proto, from and iif' \
			'add 10.2.0.1:5054 to 203.0.113.9:5060 proto tcp'
		bad 2 "23: the target lies inside another mapping's match" \
			'add 10.0.0.6:5054 to  10.0.0.5:5054'
		bad 2 '5: a multicast address cannot be used here' \
			'add 224.0.0.1:5054 to 203.0.113.9:5060'
		bad 2 '12: this prefix is exempt already' 'exempt add 192.0.2.0/24'
	done
}

file_is_all() {
	tool restore - <<-END
		set flow-max 77 flow-transitory 5m
		exempt add 192.0.2.0/24
		add 10.0.0.5:5054 to 203.0.113.1:5060
	END
	tool restore - <<-END
		add 10.0.0.6:5054 to 203.0.113.1:5060
		set flow-max 78
	END
	[[ $(shown "$GW_NS") == "10.0.0.6:5054 to 203.0.113.1:5060" ]]
	[[ ! $(tool exempt) ]]
	tool show limits >"$tmp/limits"
	grep -qx 'flow-max 78' "$tmp/limits"
	grep -qx 'flow-transitory 300s' "$tmp/limits"
	tool restore - <<-END
		set flow-max 65536 flow-transitory 240
	END
	[[ ! $(tool show) ]]
}

stays() {
	sipsteer -n "$MAP_NS" restore /dev/null
	steer
	sipsteer -n "$MAP_NS" add "$S2_AT" to "$P_AT"
	talk <<-END
		msg stray REGISTER from ue
		send ue $SCSCF 5054 stray
		recv pcscf stray
		respond pcscf 401 answer
		recv ue answer from $SCSCF 5054
	END
	sipsteer -n "$MAP_NS" -s show >"$tmp/before"
	grep -q "steered 1 restored 1" "$tmp/before"
	{
		echo "add $S2_AT to $P2_AT"
		echo "add $S_AT to $P_AT"
	} | sipsteer -n "$MAP_NS" restore -
	sipsteer -n "$MAP_NS" -s show >"$tmp/after"
	[[ $(head -n 2 "$tmp/after") == "$(head -n 2 "$tmp/before")" ]]
	grep -qF "$S2_AT to $P2_AT" "$tmp/after"
}

# A restore that waits for its second line
start_restore() {
	mkfifo "$tmp/lines"
	sipsteer -n "$GW_NS" restore - <"$tmp/lines" 2>"$tmp/first" &
	restore=$!
	exec 9>"$tmp/lines"
	rm "$tmp/lines"
	seq -f 'add 10.3.0.%.0f:5054 to 203.0.113.2:5060' 200 >&9
	busywait 10 is_busy || fail "no table is being built"
}

is_busy() { ! tool restore - <"$tmp/none" 2>"$tmp/said"; }

one_at_a_time() {
	local restore
	tool restore - <<<"add 10.0.0.5:5054 to 203.0.113.1:5060"
	tool save >"$tmp/none"
	state >"$tmp/before"
	start_restore
	[[ $(<"$tmp/said") == "sipsteer: restore: kernel: the table is being replaced by someone else" ]] ||
		fail "$(<"$tmp/said")"
	# Others can change the present table.
	tool add 10.0.0.6:5054 to 203.0.113.1:5060
	tool del 10.0.0.6:5054
	state >"$tmp/after"
	same "$tmp/before" "$tmp/after"
	kill -9 "$restore"
	exec 9>&-
	! wait "$restore" || fail "it was killed"
	state >"$tmp/after"
	same "$tmp/before" "$tmp/after"
	tool restore "$tmp/none"
	# One that is not killed
	start_restore
	exec 9>&-
	wait "$restore"
	(($(tool show | wc -l) == 200))
	# In each namespace one
	start_restore
	other restore - <<<"add 10.0.0.5:5054 to 203.0.113.1:5060"
	exec 9>&-
	wait "$restore"
}

once identity "save and restore are the identity (seed $SEED)"
once as_added "restored is as if added"
once json "JSON makes the same table (seed $SEED)"
once to_file "save replaces a file"
once one_bad_line "one bad line changes nothing"
once file_is_all "a file is the whole table"
each_family stays "what stays keeps its id and counters"
once one_at_a_time "one at a time; one that is killed changes nothing"
run_tests
