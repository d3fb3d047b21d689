#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Memory runs out, at each place where the module asks for some; where the kernel can make it do so, as
# the debug kernel can.
# Claim: a request of the control plane fails with ENOMEM and has changed nothing, or does without;
# sent again, it succeeds. A packet passes as it was, and is counted so.
# And not: no packet is lost, and nothing that was taken before is not given back (kmemleak sees that,
# when all tests are over).

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

FAULTS=(/sys/kernel/debug/fail{slab,_page_alloc})
[[ -d ${FAULTS[0]} && -d ${FAULTS[1]} ]] || skip_all "no fault injection in this kernel"

# More than there will ever be
readonly MANY=1000000

# --- failing allocations ---

# set_faults NAME VALUE: of both injectors, slabs' and pages'
set_faults() {
	local dir
	for dir in "${FAULTS[@]}"; do
		echo "$2" >"$dir/$1"
	done
}

# How many have failed since "set_faults times $MANY".
faults_hit() {
	local dir left sum=0
	for dir in "${FAULTS[@]}"; do
		read -r left <"$dir/times"
		((sum += MANY - left))
	done
	echo "$sum"
}

# kernel_ranges: of each of the kernel's own functions that the tests name, where its code begins, and
# where the next one's does. It takes long to read that file to its end.
kernel_ranges() {
	awk -v names="___slab_alloc register_pernet_subsys" '
		BEGIN { left = split(names, name); for (i in name) wanted[name[i]] }
		symbol && $1 != begin { print symbol, "0x" begin, "0x" $1; symbol = ""; if (!--left) exit }
		$3 in wanted { symbol = $3; begin = $1 }' /proc/kallsyms
}

# module_ranges: the same of the module's, and of all of it
module_ranges() {
	local base start size name end
	base=$(</sys/module/nf_sipsteer/sections/.text)
	((end = base))
	while read -r start size name; do
		((start = base + 16#$start, size = 16#$size))
		((end > start + size || (end = start + size)))
		printf '%s %#x %#x\n' "$name" "$start" $((start + size))
	done < <(objdump -t -j .text "$(modinfo -n nf_sipsteer)" |
		sed -n 's/^\([0-9a-f]*\) .* F .text\s*/\1 /p')
	printf 'module %#x %#x\n' "$base" "$end"
}

range_of() { sed -n "s/^$1 //p" "$tmp/ranges"; }

# Only what is asked for from within there fails.
faults_below() {
	local start end
	read -r start end < <(range_of "$1") || fail "no $1"
	set_faults require-start "$start"
	set_faults require-end "$end"
}

# A slab that finds no page for itself says so in the kernel's log: here, it finds one. What is asked of it
# may fail all the same.
faults_network() {
	local start end
	network_up
	errors_unlimited
	{ kernel_ranges; module_ranges; } >"$tmp/ranges"
	set_faults verbose 0
	set_faults ignore-gfp-wait N
	set_faults stacktrace-depth 32
	echo 0 >"${FAULTS[1]}/min-order"
	echo N >"${FAULTS[1]}/ignore-gfp-highmem"
	read -r start end < <(range_of ___slab_alloc)
	echo "$start" >"${FAULTS[1]}/reject-start"
	echo "$end" >"${FAULTS[1]}/reject-end"
}

# --- requests ---

# faulty N COMMAND...: run it; its Nth allocation fails, and those after it as probable as it is.
faulty() (
	echo 1 >/proc/self/make-it-fail
	echo "$1" >/proc/self/fail-nth
	shift
	exec "$@"
)

tool() { sipsteer -n "$MAP_NS" "$@"; }

# All that a request could change. In any order, which is that of ids: with its first allocation failing,
# xa_alloc_cyclic() begins again from the lowest one.
state() { tool save | sort; }

# attempt once|on N COMMAND...: run it so, and set $status and $hit to what came of it, and of memory.
attempt() {
	local how=$1 n=$2
	shift 2
	set_faults times "$MANY"
	[[ $how == once ]] || set_faults probability 100
	status=0
	faulty "$n" "$@" 2>"$tmp/error" >"$tmp/out" || status=$?
	set_faults probability 0
	hit=$(faults_hit)
	if ((status)); then
		grep -q 'Cannot allocate memory' "$tmp/error" || fail "$*, $how $n: $(<"$tmp/error")"
		((++refused))
	elif ((hit)); then
		((++without))
	fi
}

# each_fault UNDO COMMAND...: run it with its first allocation failing, its second, until it needs no
# more. Where it did without one, also with all from there on failing: there may be two ways to get
# memory. @UNDO puts back what it has done.
each_fault() {
	local undo=$1 before after how n status hit refused=0 without=0
	shift
	before=$(state)
	set_faults task-filter Y
	"$@" >"$tmp/out"
	after=$(state)
	$undo
	for ((n = 1; ; n++)); do
		for how in once on; do
			attempt "$how" "$n" "$@"
			if ((!status)); then
				state_is "$after" "$*, $how $n"
				$undo
			fi
			state_is "$before" "$*, $how $n"
			((status == 0 && hit)) || break
		done
		((hit)) || break
	done
	echo "$*: $refused times refused, $without times done all the same"
	faults_refused=$refused
}

state_is() {
	local now
	now=$(state)
	[[ $now == "$1" ]] || fail "$2: $(diff <(echo "$1") <(echo "$now"))"
}

# must_refuse UNDO COMMAND...: the same, of what cannot do without memory.
must_refuse() {
	each_fault "$@"
	((faults_refused)) || fail "nothing was refused"
}

put_back() { tool restore "$tmp/saved"; }

requests() {
	faults_below module
	local change=(add "$S2_AT" to "$P2_AT" from "$UE" iif eth0 comment "short of memory")
	steer from "$UE" comment first
	tool exempt add "$UE2"
	tool save >"$tmp/saved"

	must_refuse put_back sipsteer -n "$MAP_NS" "${change[@]}"
	must_refuse put_back sipsteer -n "$MAP_NS" replace "$S_AT" to "$P2_AT" from "$UE" comment second
	must_refuse put_back sipsteer -n "$MAP_NS" exempt add "$SCSCF"
	each_fault put_back sipsteer -n "$MAP_NS" exempt del "$UE2"
	each_fault put_back sipsteer -n "$MAP_NS" del "$S_AT" from "$UE"
	each_fault put_back sipsteer -n "$MAP_NS" flush
	each_fault put_back sipsteer -n "$MAP_NS" flush transactions
	each_fault put_back sipsteer -n "$MAP_NS" set flow-max 100
	must_refuse : sipsteer -n "$MAP_NS" test --from "$UE:$UE_PORT" --to "$S_AT"
	each_fault : sipsteer -n "$MAP_NS" -s show
	each_fault : sipsteer -n "$MAP_NS" stats
	each_fault : sipsteer -n "$MAP_NS" transactions
	each_fault : sipsteer -n "$MAP_NS" flows

	{
		cat "$tmp/saved"
		echo "${change[*]:0:6}"
		echo "exempt add $SCSCF"
	} >"$tmp/table"
	must_refuse put_back sipsteer -n "$MAP_NS" restore "$tmp/table"
	tool exempt del "$UE2"
}

# All that the module keeps for a namespace is made at the first request there. This one ends with it.
first_request() {
	faults_below module
	state() { :; }
	must_refuse : unshare --net sipsteer add "$S_AT" to "$P_AT"
}

# Who listens is told of each change, or that there was one.
events() {
	local monitor
	faults_below module
	sipsteer -n "$MAP_NS" monitor >"$tmp/events" 2>&1 &
	monitor=$!
	busywait 20 listens
	steer
	busywait 20 grep -q added "$tmp/events"
	put_away() { tool del "$S2_AT"; }
	each_fault put_away sipsteer -n "$MAP_NS" add "$S2_AT" to "$P2_AT"
	busywait 20 grep -q "events were lost" "$tmp/events" || fail "$(<"$tmp/events")"
	kill "$monitor"
	wait "$monitor" || true
}

# A module that could not be loaded leaves nothing behind. That there is a new netlink family the kernel
# tells without caring who hears it, and nothing else of what comes after this needs memory.
loading() {
	[[ $loaded ]] || skip "the module was loaded before"
	faults_below register_pernet_subsys
	module_unload
	state() { sed -n 's/^nf_sipsteer .*/loaded/p' /proc/modules; }
	must_refuse module_unload modprobe nf_sipsteer
}

# --- packets ---

# no_memory [COUNT] and memory: lines of a script. Between them, so many of the module's allocations
# fail, wherever they are: by default one, which is the first.
no_memory() {
	local dir
	for dir in "${FAULTS[@]}"; do
		echo "run echo ${1:-1} >$dir/times"
		echo "run echo 100 >$dir/probability"
	done
}

memory() {
	local dir
	for dir in "${FAULTS[@]}"; do
		echo "run echo 0 >$dir/probability"
	done
}

# faults_begin [SYMBOL]: for packets, that have no task
faults_begin() {
	set_faults probability 0
	counters_mark
	set_faults task-filter N
	faults_below "${1:-module}"
}

# What somebody else looks at, too, cannot be written to, but for a copy of it. The kernel makes that
# of what it forwards, before replies come by.
tap() {
	if [[ $PLACE == handset ]]; then
		echo "sniff tap $UE_NS eth0"
	else
		echo "sniff tap $GW_NS ue"
	fi
}

# passes COUNTER [COUNT [OPTION...]]: a REGISTER that there is no memory for goes to where it was meant to
# go; sent again, it is steered.
passes() {
	local counter=$1 count=${2:-1}
	shift $(($# < 2 ? $# : 2))
	steer
	talk <<-END
		$(tap)
		msg stray REGISTER from ue $*
		$(no_memory "$count")
		send ue $SCSCF 5054 stray
		recv scscf stray from $SEEN_S $UE_PORT
		$(memory)
		send ue $SCSCF 5054 stray
		recv pcscf stray from $SEEN $UE_PORT
		quiet ue pcscf scscf
	END
	counted "$counter" 1 steered 1 transaction-new 1
}

request() {
	faults_begin
	passes no-memory
}

# In pieces, which are put together before: the kernel itself drops those it has no memory for.
request_in_pieces() {
	faults_begin sipsteer_udp_request
	passes no-memory "$MANY" size 4000
}

# Where it starts, it needs another route, and one that nobody has used yet takes memory.
route() {
	# shellcheck disable=SC2064 # now
	trap "ip -n $UE_NS route del $PCSCF" EXIT
	# Another metric than the default route's, with which it would share what was used.
	ip -n "$UE_NS" route add "$PCSCF" via "${ADDRESS[$FAMILY gw_ue]}" metric 7
	faults_begin
	# The short way looks for one, and the walk after it.
	passes no-route "$MANY"
}

reply() {
	faults_begin
	steer
	talk <<-END
		$(tap)
		msg stray REGISTER from ue
		send ue $SCSCF 5054 stray
		recv pcscf stray from $SEEN $UE_PORT
		$(no_memory)
		respond pcscf 401 stray-401
		recv ue stray-401 from $PCSCF 5060
		$(memory)
		respond pcscf 200 stray-200
		recv ue stray-200 from $SCSCF 5054
		quiet ue pcscf scscf
	END
	counted steered 1 transaction-new 1 reply-no-memory 1 restored 1
}

reply_in_pieces() {
	faults_begin sipsteer_udp_reply
	steer
	talk <<-END
		msg stray REGISTER from ue
		send ue $SCSCF 5054 stray
		recv pcscf stray from $SEEN $UE_PORT
		$(no_memory "$MANY")
		respond pcscf 401 stray-401 size 4000
		recv ue stray-401 from $PCSCF 5060
		$(memory)
		quiet ue pcscf scscf
	END
	counted steered 1 transaction-new 1 reply-no-memory 1
}

aggregated() {
	faults_begin sipsteer_walk_apart
	steer
	talk <<-END
		msg one REGISTER from ue size 900
		msg two REGISTER from ue size 900 cseq 2
		$(no_memory)
		gso ue $SCSCF 5054 one two
		recv scscf one from $SEEN_S $UE_PORT
		recv scscf two from $SEEN_S $UE_PORT
		$(memory)
		send ue $SCSCF 5054 one
		recv pcscf one from $SEEN $UE_PORT
		respond pcscf 401 one-401 size 900
		recv ue one-401 from $SCSCF 5054
		$(no_memory)
		gso pcscf $SEEN $UE_PORT one-401 one-401
		recv ue one-401 from $PCSCF 5060
		recv ue one-401 from $PCSCF 5060
		$(memory)
		quiet ue pcscf scscf
	END
	counted aggregated 1 aggregated-passed 1 steered 1 transaction-new 1 restored 1 \
		reply-aggregated 1 reply-aggregated-passed 1
}

# The error still tells the client something, though not what it is about.
icmp() {
	faults_begin
	steer
	siptalk - <<-END
		$(tap)
		udp ue $UE_NS $UE $UE_PORT
		udp pcscf $P_HOST $PCSCF 5060
		icmp errors $UE_NS $UE
		raw core $P_HOST $PCSCF 5060
		msg stray REGISTER from ue
		send ue $SCSCF 5054 stray
		recv pcscf stray from $SEEN $UE_PORT
		$(no_memory)
		icmp-send core $SEEN port quoting $SEEN $UE_PORT to $PCSCF 5060 stray
		icmp-recv errors from $PCSCF port quoting $UE $UE_PORT to $PCSCF 5060 stray
		$(memory)
		icmp-send core $SEEN port quoting $SEEN $UE_PORT to $PCSCF 5060 stray
		icmp-recv errors from $SCSCF port quoting $UE $UE_PORT to $SCSCF 5054 stray
		quiet errors
	END
	counted steered 1 transaction-new 1 reply-no-memory 1 icmp-restored 1
}

tcp_icmp() {
	faults_begin
	tcp_mark
	steer from "$UE"
	talk_tcp <<-END
		$(tap)
		icmp errors-core $P_HOST $PCSCF
		icmp errors-scscf $S_NS $SCSCF
		raw phone $UE_NS $UE 0
		connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept core pcscf from $SEEN $UE_PORT
		$(exchange ue core stray)
		$(no_memory)
		icmp-send phone $SCSCF host quoting $SCSCF 5054 to $UE $UE_PORT stray tcp PA
		icmp-recv errors-scscf from $UE host quoting $SCSCF 5054 to $UE $UE_PORT stray tcp PA
		$(memory)
		icmp-send phone $SCSCF host quoting $SCSCF 5054 to $UE $UE_PORT stray tcp PA
		icmp-recv errors-core from $SEEN host quoting $PCSCF 5060 to $SEEN $UE_PORT stray tcp PA
	END
	counted_tcp flow-new 1 first-matched 1 no-memory 1 icmp-steered 1
}

# connects [OPTION...]: without memory, a connection goes to where it was meant to go.
connects() {
	faults_begin
	tcp_mark
	steer from "$UE" "$@"
	talk_tcp <<-END
		$(no_memory)
		connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept core scscf from $SEEN_S $UE_PORT
		$(memory)
		$(exchange ue core stray)
		quiet pcscf
	END
	counted_passed no-memory
}

tcp() { connects; }
tcp_hide() { connects route hide; }

# Nothing is lost of a Route header that cannot be written to, nor the connection.
tcp_hide_missed() {
	faults_begin sipsteer_hide_segment
	tcp_mark
	steer from "$UE" route hide
	talk_tcp <<-END
		$(tap)
		connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept core pcscf from $SEEN $UE_PORT
		msg stray REGISTER from ue route $SCSCF 5054 size 1200
		$(no_memory)
		send ue stray
		recv core stray
		$(memory)
	END
	counted_tcp flow-new 1 first-matched 1 route-missed 1
}

# A table that finds no room to grow serves who comes last.
growth() {
	local count=2000 evicted
	faults_begin transactions_grow
	steer
	tool flush transactions
	talk <<-END
		msg stray REGISTER from ue branch z9hG4bK-%%%%%%%%
		$(no_memory "$MANY")
		flood ue $SCSCF 5054 stray $count at pcscf
		$(memory)
		msg last REGISTER from ue
		send ue $SCSCF 5054 last
		recv pcscf last from $SEEN $UE_PORT
		respond pcscf 401 last-401
		recv ue last-401 from $SCSCF 5054
	END
	(($(faults_hit) > 0))
	evicted=$(counted_now transaction-evicted)
	((evicted > 0))
	counted steered $((count + 1)) transaction-new $((count + 1)) transaction-evicted "$evicted" \
		restored 1
}

# Each in its turn fails, or does not.
by_chance() {
	local count=200 way steered passed
	for way in "" "size 3000"; do
		faults_begin "${way:+sipsteer_udp_request}"
		steer
		talk <<-END
			$(tap)
			msg stray REGISTER from ue branch z9hG4bK-${#way}-%%%%%%%% $way
			$(no_memory -1 | sed 's/echo 100/echo 30/')
			flood ue $SCSCF 5054 stray $count answered at pcscf scscf
			$(memory)
		END
		steered=$(counted_now steered) passed=$(counted_now no-memory)
		((steered && passed && steered + passed == count)) ||
			fail "$steered steered, $passed passed"
		counted steered "$steered" no-memory "$passed" transaction-new "$steered" \
			transaction-evicted "$(counted_now transaction-evicted)" restored "$steered"
		sipsteer -n "$MAP_NS" flush
	done
}

# Without memory for an event, the next one says that there was one.
event_lost() {
	local monitor
	faults_begin sipsteer_event_send_steered
	steer
	sipsteer -n "$MAP_NS" monitor >"$tmp/events" 2>&1 &
	monitor=$!
	busywait 20 listens
	talk <<-END
		msg stray REGISTER from ue
		$(no_memory)
		send ue $SCSCF 5054 stray
		recv pcscf stray from $SEEN $UE_PORT
		$(memory)
		send ue $SCSCF 5054 stray
		recv pcscf stray from $SEEN $UE_PORT
	END
	busywait 20 grep -q "steered.* lost 1$" "$tmp/events" || fail "$(<"$tmp/events")"
	kill "$monitor"
	wait "$monitor" || true
}

# A socket of generic netlink that is in a group
listens() { [[ $(in_ns "$MAP_NS" cat /proc/net/netlink | awk '$2 == 16 && $4 != "00000000"') ]]; }

each_family request "a REGISTER"
nats=plain each_case reply "an answer" handset
each_family request_in_pieces "a REGISTER in fragments"
each_family reply_in_pieces "an answer in fragments"
nats=plain each_case route "no memory for a route" handset
each_family aggregated "several in one buffer"
nats=plain each_case icmp "an ICMP error" handset
each_family tcp_icmp "an ICMP error about a connection"
nats=plain each_case tcp "a connection"
nats=plain each_case tcp_hide "a connection whose Route is to be hidden"
each_family tcp_hide_missed "a Route that cannot be hidden"
each_family by_chance "one in three"
each_family event_lost "a REGISTER that could not be told"
# What these need does not depend on the family.
families=ipv4
nats=plain each_case requests "a request without memory changes nothing" gateway
nats=plain each_case first_request "the first request of a namespace" gateway
nats=plain each_case events "a change that could not be told" gateway
nats=plain each_case growth "a table that cannot grow" gateway
unset families
once loading "the module cannot be loaded"
network=faults_network
run_tests
