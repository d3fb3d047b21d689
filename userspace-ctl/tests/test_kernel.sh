#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# The tool with the module: each verb does what it says, shows what it did,
# and names the word that the kernel refused. Needs root, and is meant for
# the virtual machine: it writes to /etc/hosts and loads the module. "make
# tests/fill" goes before it.
#
# shellcheck disable=SC2317 # functions that check() calls
# shellcheck disable=SC2016 # what sipsteer prints for a shell to read

sipsteer=${SIPSTEER:-$(dirname "$0")/../sipsteer}
fill=${SIPSTEER_FILL:-$(dirname "$0")/fill}
# shellcheck source=/dev/null # its own linting is enough
. "$(dirname "$0")/../completion/sipsteer.bash"
ns=sipsteer-cli-$$
mode=count
count=0
failed=0
dir=$(mktemp -d)
listener=
trap 'kill $listener 2>/dev/null; ip netns del $ns 2>/dev/null; ip netns del $ns-2 2>/dev/null; rm -rf "$dir"' EXIT

result() { # STATUS NAME
	if [ "$1" = 0 ]; then
		echo "ok $count - ${2//[[:cntrl:]]/ }"
	else
		failed=1
		echo "not ok $count - ${2//[[:cntrl:]]/ }"
	fi
}

# Each test is called twice: to be counted for the plan, then to run.
# expect STATUS OUTPUT WORDS...: the words give this status and all this output
expect() {
	local want=$1 text=$2 output status
	shift 2
	count=$((count + 1))
	[ $mode = run ] || return 0
	output=$("$sipsteer" -n "$ns" "$@" 2>&1)
	status=$?
	if [ $status = "$want" ] && [ "$output" = "$text" ]; then
		result 0 "$*"
	else
		echo "# status $status, expected $want; output, then what was expected:"
		printf '#   %s\n' "${output//$'\n'/$'\n'#   }" "${text//$'\n'/$'\n'#   }"
		result 1 "$*"
	fi
}

# check NAME COMMAND...: the command succeeds
check() {
	local name=$1 output
	shift
	count=$((count + 1))
	[ $mode = run ] || return 0
	if output=$("$@" 2>&1); then
		result 0 "$name"
	else
		printf '#   %s\n' "${output//$'\n'/$'\n'#   }"
		result 1 "$name"
	fi
}

skip() { # NAME REASON
	count=$((count + 1))
	[ $mode = run ] || return 0
	echo "ok $count - $1 # SKIP $2"
}

# A P-CSCF that takes connections and says nothing.
listen() {
	exec 4< <(exec ip netns exec "$ns-2" /usr/bin/python3 -c '
import socket
server = socket.create_server(("203.0.113.3", 5060))
print("listens", flush=True)
taken = []
while True:
    taken.append(server.accept())')
	listener=$!
	read -r -u 4
}

setup() {
	modprobe nf_sipsteer && ip netns add "$ns" && ip netns add "$ns-2" &&
	ip -n "$ns" link add ue type dummy &&
	ip -n "$ns" addr add 10.1.0.1/24 dev ue &&
	ip -n "$ns" addr add 2001:db8:1::1/64 dev ue nodad &&
	ip -n "$ns" link set ue up &&
	ip -n "$ns" link set lo up &&
	ip -n "$ns" route add default via 10.1.0.254 &&
	ip -n "$ns" route add default via 2001:db8:1::fe &&
	ip -n "$ns" link add pcscf type veth peer name ue netns "$ns-2" &&
	ip -n "$ns" addr add 10.3.0.1/24 dev pcscf &&
	ip -n "$ns" link set pcscf up &&
	ip -n "$ns" route add 203.0.113.3 via 10.3.0.2 &&
	ip -n "$ns-2" addr add 10.3.0.2/24 dev ue &&
	ip -n "$ns-2" addr add 203.0.113.3/32 dev ue &&
	ip -n "$ns-2" link set ue up &&
	ip -n "$ns-2" route add default via 10.3.0.1 &&
	listen &&
	printf '%s\n' '203.0.113.7 one.example' '2001:db8::7 one.example' \
		'203.0.113.8 two.example' '203.0.113.9 two.example' >>/etc/hosts
}

# What show prints, given to add in another namespace, makes the same table.
round_trip() {
	local line
	"$sipsteer" -n "$ns" show | sed 's/^[0-9]*: //' >"$dir/before" &&
	[ -s "$dir/before" ] &&
	while read -r line; do
		eval "$sipsteer -n $ns-2 add $line" || return
	done <"$dir/before" &&
	"$sipsteer" -n "$ns-2" show | sed 's/^[0-9]*: //' >"$dir/after" &&
	diff "$dir/before" "$dir/after"
}

valid_json() {
	local words
	: >"$dir/json"
	for words in show 'show id 1' stats 'stats --explain' transactions flows \
		'show limits' exempt \
		'test --from 10.1.0.9:5060 --to 10.0.0.5:5054'; do
		# shellcheck disable=SC2086
		"$sipsteer" -n "$ns" -j $words >>"$dir/json" &&
		"$sipsteer" -n "$ns" -j -p $words | tr -d '\n' >>"$dir/json" || return
		echo >>"$dir/json"
	done
	# Time goes on between the two.
	sed -Ei 's/"(idle|expires)": *[0-9]*/"\1":0/g' "$dir/json"
	/usr/bin/python3 -c 'import json, sys
lines = [json.loads(line) for line in sys.stdin]
pairs = list(zip(lines[::2], lines[1::2]))
print(*(pair for pair in pairs if pair[0] != pair[1]))
sys.exit(len(lines) != 18 or any(one != two for one, two in pairs))' <"$dir/json"
}

# Something remembered may expire between two looks at it.
valid_json_twice_tried() {
	valid_json || valid_json
}

# A table that never stands still is shown all the same, with a warning, and
# what earlier attempts saw of it is not shown again. Now and then an attempt
# meets a moment of rest.
restless_table() {
	local churn lines i
	exec 3< <(exec ip netns exec "$ns" "$fill" churn)
	churn=$!
	read -r -u 3 # it has begun
	for i in {1..50}; do
		"$sipsteer" -n "$ns" show >"$dir/show" 2>"$dir/warning" || break
		lines=$(wc -l <"$dir/show")
		((lines >= 5000 && lines <= 5010)) || break
		[ ! -s "$dir/warning" ] || break
	done
	kill "$churn"
	read -r -u 3 # its end
	"$sipsteer" -n "$ns" del 10.255.255.255:5054 2>/dev/null
	cat "$dir/warning"
	echo "$lines lines in show $i"
	grep -q '^Warning: the table changes' "$dir/warning" &&
	((lines >= 5000 && lines <= 5010))
}

large_table() { # more than one message of the kernel
	"$sipsteer" -n "$ns" show >"$dir/show" 2>"$dir/warning" &&
	[ ! -s "$dir/warning" ] &&
	[ "$(cut -d: -f1 "$dir/show" | sort -n | uniq | wc -l)" = 5000 ] &&
	"$sipsteer" -n "$ns" -j show | grep -o '"id":[0-9]*' | wc -l | grep -qx 5000
}

send_register() {
	printf 'REGISTER sip:x SIP/2.0\r\nVia: SIP/2.0/UDP 10.1.0.1;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 7 REGISTER\r\nContent-Length: 0\r\n\r\n' >"$dir/register"
	# shellcheck disable=SC2016
	ip netns exec "$ns" bash -c 'exec 3<>/dev/udp/10.0.0.5/5054 && cat "$1" >&3' \
		bash "$dir/register"
}

# There are colours, but seconds may go by.
same_without_colors() { # VERB
	"$sipsteer" -n "$ns" -c "$1" >"$dir/colors" &&
	grep -q $'\e' "$dir/colors" &&
	diff <(sed -E $'s/\e[[][0-9]*m//g; s/[0-9]+s$//' "$dir/colors") \
		<("$sipsteer" -n "$ns" "$1" | sed -E 's/[0-9]+s$//')
}

remembered() { # PATTERN
	"$sipsteer" -n "$ns" transactions | grep -Eq "$1"
}

stats_have() { # LINES..., with a single blank
	local line
	"$sipsteer" -n "$ns" stats | tr -s ' ' >"$dir/stats"
	for line; do
		grep -Fx "$line" "$dir/stats" || { cat "$dir/stats"; return 1; }
	done
}

# What stats has, each with its meaning; and in sipsteer_packets_total just what
# may be summed up.
prometheus_tells_all() {
	"$sipsteer" -n "$ns" stats --prometheus >"$dir/metrics" &&
	"$sipsteer" -n "$ns" -j stats --explain >"$dir/stats" &&
	/usr/bin/python3 - "$dir/stats" "$dir/metrics" <<-'END'
		import json, re, sys

		with open(sys.argv[1]) as stats, open(sys.argv[2]) as metrics:
		    stats = json.load(stats)
		    lines = metrics.read().splitlines()
		counters, meanings = stats["counters"], stats["meanings"]
		besides = r"(transaction|flow|first|route)-.*|(reply-)?aggregated"
		for name, value in counters.items():
		    metric = "sipsteer_" + name.replace("-", "_") + "_total"
		    quoted = meanings[name].replace('"', r'\"')
		    if re.fullmatch(besides, name):
		        wanted = [f"# HELP {metric} {meanings[name]}",
		                  f"# TYPE {metric} counter", f"{metric} {value}"]
		    else:
		        wanted = [f'sipsteer_packets_total{{result="{name}"}} {value}',
		                  f'sipsteer_result_info{{result="{name}",meaning="{quoted}"}} 1']
		    for line in wanted:
		        assert lines.count(line) == 1, line
		for name in "mappings", "transactions", "transaction-max", "flows", "flow-max":
		    metric = "sipsteer_" + name.replace("-", "_")
		    for line in (f"# HELP {metric} {meanings[name]}",
		                 f"# TYPE {metric} gauge", f"{metric} {stats[name]}"):
		        assert lines.count(line) == 1, line
	END
}

metrics_have() { # LINES...
	local line
	"$sipsteer" -n "$ns" stats --prometheus >"$dir/metrics"
	for line; do
		grep -Fx "$line" "$dir/metrics" || { cat "$dir/metrics"; return 1; }
	done
}

metrics_are_valid() {
	"$sipsteer" -n "$ns" stats --prometheus >"$dir/metrics" &&
	promtool check metrics <"$dir/metrics"
}

# completes "WORD..." WORDS...: what completion offers after the words
completes() {
	[ "$(_sipsteer_next '' "$sipsteer" -n "$ns" "${@:2}" | tr '\n' ' ')" = "$1 " ]
}

# Others may be there, too: devices that the kernel makes of its own.
completes_among() { # WORDS COMMAND...
	local word
	for word in $1; do
		_sipsteer_next '' "$sipsteer" -n "$ns" "${@:2}" | grep -qx "$word" || return
	done
}

# A steered connection and a direct one, shown while they are there.
connections() { # OPTIONS...
	ip netns exec "$ns" bash -c \
		'exec 5<>/dev/tcp/10.0.0.7/5054 6<>/dev/tcp/203.0.113.3/5060 && exec "$@"' \
		bash "$sipsteer" "$@" flows
}

# All columns are as wide as they need to be.
shows_connections() {
	connections >"$dir/flows" &&
	cat "$dir/flows" &&
	sed -E 's/:[0-9]{5} /:PORT /; s/ +/ /g; s/ [0-9]s 74[0-9]{2}s$//' "$dir/flows" | sort >"$dir/squeezed" &&
	diff - "$dir/squeezed" <<-END &&
		10.1.0.1:PORT 10.0.0.7:5054 203.0.113.3:5060 established 7
		10.3.0.1:PORT 203.0.113.3:5060 direct established -
		CLIENT CONNECTED TO SENT TO STATE MAPPING IDLE EXPIRES
	END
	[ "$(awk '{ print length }' "$dir/flows" | uniq | wc -l)" = 1 ]
}

json_connections() {
	connections -j | /usr/bin/python3 -c 'import json, sys
flows = json.load(sys.stdin)
assert len(flows) == 4 # with those of the test before
for flow in flows:
    direct = flow["match"] == flow["target"]
    assert flow["target"] == {"addr": "203.0.113.3", "port": 5060}
    assert direct or flow["match"] == {"addr": "10.0.0.7", "port": 5054}
    assert flow.get("mapping") == (None if direct else 7)
    assert flow["client"]["addr"] == ("10.3.0.1" if direct else "10.1.0.1")
    assert flow["state"] == "established"
    # A second may begin between the two.
    assert 7439 <= flow["idle"] + flow["expires"] <= 7440'
}

# await COMMAND...: it succeeds within 10 s
await() {
	local end=$((SECONDS + 10))
	until "$@"; do
		((SECONDS < end)) || return 1
		sleep 0.1
	done
}

has_flow() { # PATTERN
	"$sipsteer" -n "$ns" flows | tee "$dir/flows" | grep -Eq "$1"
}

await_flow() { # PATTERN: one like this comes to be
	await has_flow "$1" || { cat "$dir/flows"; return 1; }
}

opening() {
	local client status
	ip netns exec "$ns" bash -c 'exec 5<>/dev/tcp/10.0.0.8/5054' >/dev/null 2>&1 &
	client=$!
	await_flow ' 10\.0\.0\.8:5054 +203\.0\.113\.4:5060 +opening +8 +[0-9]+s +[0-9]+s$'
	status=$?
	kill "$client"
	return "$status"
}

closing() {
	kill "$listener"
	await_flow ' 10\.0\.0\.7:5054 +203\.0\.113\.3:5060 +closing '
}

# What show limits prints, given to set in another namespace, sets the same.
limits_round_trip() {
	local words
	words=$("$sipsteer" -n "$ns" show limits) || return
	# shellcheck disable=SC2086
	"$sipsteer" -n "$ns-2" set $words &&
	[ "$("$sipsteer" -n "$ns-2" show limits)" = "$words" ]
}

# watch OPTIONS...: events are noted from now on
watch() {
	"$sipsteer" -n "$ns" "$@" >"$dir/events" 2>&1 &
	monitor=$!
	trap 'kill -KILL "$monitor" 2>/dev/null' EXIT # of this subshell
	await grep -q poll "/proc/$monitor/wchan"
}

has_lines() { # NUMBER
	[ "$(wc -l <"$dir/events")" -ge "$1" ]
}

await_lines() { # NUMBER
	await has_lines "$1" || { cat "$dir/events"; return 1; }
}

# ended SIGNAL: the monitor ends at this signal, and that is no error
ended() {
	kill "-$1" "$monitor" && wait "$monitor"
}

# Things happen, ten of which are told: five to "config", one of another
# namespace to nobody.
events() {
	"$sipsteer" -n "$ns" add 10.0.0.6:5054 to 203.0.113.1:5060 proto udp comment 'a b' &&
	"$sipsteer" -n "$ns" replace 10.0.0.6:5054 to 203.0.113.2:5060 proto udp &&
	"$sipsteer" -n "$ns" del 10.0.0.6:5054 &&
	"$sipsteer" -n "$ns" exempt add 10.9.0.0/16 &&
	"$sipsteer" -n "$ns" exempt flush &&
	"$sipsteer" -n "$ns-2" set flow-max 7 &&
	"$sipsteer" -n "$ns" set flow-max 50 &&
	"$sipsteer" -n "$ns" restore - <<-END &&
		set flow-max 60
		add 10.0.0.5:5054 to 203.0.113.2:5060
		add 10.0.0.8:5054 to 203.0.113.4:5060 proto tcp
	END
	send_register && connect &&
	"$sipsteer" -n "$ns" flush
}

flows_there() { "$sipsteer" -n "$ns" flows | grep -c ' 10\.0\.0\.8:5054 '; }

more_flows() { # NUMBER: than so many to there
	[ "$(flows_there)" -gt "$1" ]
}

# The connection is not taken by anybody: its SYN is what counts.
connect() {
	local before client status
	before=$(flows_there)
	ip netns exec "$ns" bash -c 'exec 5<>/dev/tcp/10.0.0.8/5054' >/dev/null 2>&1 &
	client=$!
	await more_flows "$before"
	status=$?
	kill "$client"
	return "$status"
}

# What is not known beforehand: ids and ports of clients.
told() {
	sed -E 's/((add|chang|delet)ed|id) [0-9]+/\1 ID/; s/(10\.[13]\.0\.1):[0-9]+/\1:PORT/' "$dir/events"
}

tells_all() {
	local before='[config] set flow-max'
	local after='flow-established 10800s flow-transitory 300s event-rate 7 transaction-max 65536'
	watch monitor && events && await_lines 10 && ended INT &&
	diff <(told) - <<-END
		[config] added ID: 10.0.0.6:5054 to 203.0.113.1:5060 proto udp comment "a b"
		[config] changed ID: 10.0.0.6:5054 to 203.0.113.2:5060 proto udp
		[config] deleted ID: 10.0.0.6:5054 to 203.0.113.2:5060 proto udp
		[config] added exempt 10.9.0.0/16
		[config] deleted exempt 10.9.0.0/16
		$before 50 $after
		[config] replaced all mappings: 2 now
		[traffic] steered udp 10.1.0.1:PORT > 10.0.0.5:5054 to 203.0.113.2:5060 id ID
		[traffic] steered tcp 10.1.0.1:PORT > 10.0.0.8:5054 to 203.0.113.4:5060 id ID
		[config] replaced all mappings: 0 now
	END
}

tells_traffic() {
	local yellow=$'\e[33m' green=$'\e[32m' plain=$'\e[0m'
	watch -c monitor traffic && events && await_lines 2 && ended TERM &&
	diff <(told) - <<-END
		[traffic] steered udp 10.1.0.1:PORT > ${yellow}10.0.0.5:5054$plain to ${green}203.0.113.2:5060$plain id ID
		[traffic] steered tcp 10.1.0.1:PORT > ${yellow}10.0.0.8:5054$plain to ${green}203.0.113.4:5060$plain id ID
	END
}

tells_config() {
	watch -ts monitor config && events && await_lines 8 && ended TERM &&
	[ "$(grep -Ec '^\[20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]\.[0-9]{6}\] \[config] ' "$dir/events")" = 8 ]
}

tells_json() {
	watch -j -t monitor && events && await_lines 10 && ended TERM &&
	/usr/bin/python3 - "$dir/events" <<-'END'
		import datetime, json, sys

		def endpoint(addr, port):
		    return {"addr": addr, "port": port}

		events = [json.loads(line) for line in open(sys.argv[1])]
		times = [event.pop("timestamp") for event in events]
		assert times == sorted(times)
		assert all(map(datetime.datetime.fromisoformat, times))
		mapping = {"id": events[0]["id"], "match": {"addr": "10.0.0.6", "len": 32, "port": 5054},
		           "target": endpoint("203.0.113.1", 5060), "proto": "udp",
		           "methods": ["REGISTER"], "reply": "restore", "guard": True, "route": "keep",
		           "steered": 0, "restored": 0, "passed": 0}
		changed = mapping | {"target": endpoint("203.0.113.2", 5060)}
		exempt = {"addr": "10.9.0.0", "len": 16}
		limits = {"flow-max": 50, "flow-established": 10800, "flow-transitory": 300, "event-rate": 7,
		          "transaction-max": 65536}
		udp = {"proto": "udp", "client": endpoint("10.1.0.1", events[7]["client"]["port"]),
		       "match": endpoint("10.0.0.5", 5054), "target": endpoint("203.0.113.2", 5060),
		       "mapping": events[7]["mapping"], "lost": 0}
		tcp = {"proto": "tcp", "client": endpoint("10.1.0.1", events[8]["client"]["port"]),
		       "match": endpoint("10.0.0.8", 5054), "target": endpoint("203.0.113.4", 5060),
		       "mapping": events[8]["mapping"], "lost": 0}
		wanted = [("config", "mapping-added", mapping | {"comment": "a b"}),
		          ("config", "mapping-changed", changed),
		          ("config", "mapping-deleted", changed),
		          ("config", "exempt-added", exempt),
		          ("config", "exempt-deleted", exempt),
		          ("config", "limits-set", limits),
		          ("config", "table-replaced", {"mappings": 2}),
		          ("traffic", "steered", udp),
		          ("traffic", "steered", tcp),
		          ("config", "table-replaced", {"mappings": 0})]
		for event, (group, name, body) in zip(events, wanted, strict=True):
		    assert event == {"group": group, "event": name} | body, (event, name, body)
	END
}

send_registers() { # NUMBER
	ip netns exec "$ns" bash -c 'exec 3<>/dev/udp/10.0.0.5/5054
		for ((i = 0; i < $2; i++)); do cat "$1" >&3; done' bash "$dir/register" "$1"
	sent=$((sent + $1))
}

adds_up() { # what was told, and what was told to be lost
	[ "$(awk '/ lost / { lost += $NF } END { print NR + lost }' "$dir/events")" = "$sent" ]
}

tells_the_lost() {
	local sent=0
	"$sipsteer" -n "$ns" add 10.0.0.5:5054 to 203.0.113.2:5060 proto udp &&
	"$sipsteer" -n "$ns" set event-rate 1 &&
	watch monitor traffic && send_registers 10 &&
	"$sipsteer" -n "$ns" set event-rate 100 && send_registers 1 &&
	await adds_up && ended TERM && grep ' lost [1-9][0-9]*$' "$dir/events"
}

# Nobody reads while many mappings are added; what comes thereafter is told.
survives_an_overrun() { # LOST FLUSHED OPTIONS...
	watch "${@:3}" monitor && kill -STOP "$monitor" &&
	ip netns exec "$ns" "$fill" 5000 && kill -CONT "$monitor" &&
	await grep -Fqx "$1" "$dir/events" &&
	"$sipsteer" -n "$ns" flush && await grep -Fqx "$2" "$dir/events" && ended TERM
}

# Nothing happens that could be written.
ends_without_reader() {
	local status
	timeout 10 "$sipsteer" -n "$ns" monitor | true
	status=${PIPESTATUS[0]}
	[ "$status" = 0 ]
}

unprivileged() { # COMMAND...
	setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

tests() {
	local no_id='there is no mapping of this id'
	local unguarded='Warning: without from, guard off or an exempt source, only this host'\''s own TCP connections are steered'
	local no_flow='CLIENT  CONNECTED TO  SENT TO  STATE  MAPPING  IDLE  EXPIRES'

	expect 0 '' show
	expect 0 '[]' -j show
	expect 0 "$unguarded" add 10.0.0.5:5054 to 203.0.113.1:5060
	expect 0 '' add 10.0.0.0/24:5054 to 203.0.113.1:5060 proto udp \
		from 10.1.0.0/16 iif ue methods REGISTER,SUBSCRIBE reply keep \
		guard off route hide comment 'a "b" $c `d` \e'
	expect 0 "$unguarded" add '[2001:db8::]/64:5054' to '[2001:db8:2::1]:5060' methods any
	expect 0 '' add 0.0.0.0/0:5055 to one.example:5060 proto udp comment lab
	expect 0 '' add '[::]/0:5055' to one.example:5060 guard off
	expect 0 '1: 10.0.0.5:5054 to 203.0.113.1:5060
2: 10.0.0.0/24:5054 to 203.0.113.1:5060 proto udp from 10.1.0.0/16 iif ue methods REGISTER,SUBSCRIBE reply keep guard off route hide comment "a \"b\" \$c \`d\` \\e"
3: [2001:db8::]/64:5054 to [2001:db8:2::1]:5060 methods any
4: 0.0.0.0/0:5055 to 203.0.113.7:5060 proto udp comment lab
5: [::]/0:5055 to [2001:db8::7]:5060 guard off' show
	expect 0 '3: [2001:db8::]/64:5054 to [2001:db8:2::1]:5060 methods any' show id 3
	expect 0 '4: 0.0.0.0/0:5055 to 203.0.113.7:5060 proto udp comment lab' \
		show 0.0.0.0/0:5055
	expect 0 '2: 10.0.0.0/24:5054 to 203.0.113.1:5060 proto udp from 10.1.0.0/16 iif ue methods REGISTER,SUBSCRIBE reply keep guard off route hide comment "a \"b\" \$c \`d\` \\e"' \
		show iif ue
	expect 0 '1: 10.0.0.5:5054 to 203.0.113.1:5060
    steered 0 restored 0 passed 0' -s show 10.0.0.5:5054
	expect 0 $'1: \e[33m10.0.0.5:5054\e[0m to \e[32m203.0.113.1:5060\e[0m' -color show id 1
	expect 0 '1: 10.0.0.5:5054 to 203.0.113.1:5060' --color=auto show id 1
	expect 0 '1: 10.0.0.5:5054 to 203.0.113.1:5060' show -c=always -c=never id 1
	check "on a terminal, auto is in colour" bash -c \
		"script -qec '$sipsteer -n $ns -c=auto show id 1' /dev/null | grep -F $'to \e[32m203'"
	check "show prints what add takes" round_trip

	expect 2 "sipsteer: show: \"id 99\": $no_id" show id 99
	expect 2 "sipsteer: del: \"id 99\": $no_id" del id 99
	expect 2 'sipsteer: add: "10.0.0.5:5054": there is a mapping of this match, proto, from and iif' \
		add 10.0.0.5:5054 to 203.0.113.2:5060
	expect 2 'sipsteer: add: "to [2001:db8::1]:5060": addresses of both families cannot be mixed' \
		add 10.0.0.6:5054 to '[2001:db8::1]:5060'
	expect 2 'sipsteer: add: "from 2001:db8::/32": addresses of both families cannot be mixed' \
		add 10.0.0.6:5054 to 203.0.113.1:5060 from 2001:db8::/32
	expect 2 'sipsteer: add: "to 10.0.0.5:5054": the target lies inside another mapping'\''s match' \
		add 10.0.0.6:5060 to 10.0.0.5:5054
	expect 2 'sipsteer: add: "169.254.0.1:5054": a link-local address cannot be used here' \
		add 169.254.0.1:5054 to 203.0.113.1:5060
	expect 1 'sipsteer: add: "two.example" has several addresses: 203.0.113.8, 203.0.113.9; name one' \
		add 10.0.0.6:5054 to two.example:5060
	check "a name of the other family is refused" bash -c \
		"! '$sipsteer' -n $ns add '[2001:db8::9]:5054' to two.example:5060"

	expect 0 "$unguarded" replace 10.0.0.5:5054 to 203.0.113.2:5060 comment new
	expect 0 '1: 10.0.0.5:5054 to 203.0.113.2:5060 comment new' show 10.0.0.5:5054
	expect 0 '' replace 10.0.9.9:5054 to 203.0.113.2:5060 proto udp
	expect 0 '' del 10.0.9.9:5054
	expect 2 'sipsteer: del: "10.0.9.9:5054": there is no mapping of this match, proto, from and iif' \
		del 10.0.9.9:5054

	expect 0 'steer to 203.0.113.2:5060 (mapping 1)' \
		test --local --from 10.1.0.1:5060 --to 10.0.0.5:5054
	expect 0 'steer to [2001:db8:2::1]:5060 (mapping 3)' \
		test --local --from '[2001:db8:1::1]:5060' --to '[2001:db8::9]:5054'
	expect 0 'pass: no-mapping: Port in use by a mapping (or, of TCP, by a target), but no mapping for this address' \
		test --local --from 10.1.0.1:5060 --to 10.9.0.5:5054
	expect 0 'pass: not-sip: Payload is no SIP message (mapping 1)' \
		test --local --from 10.1.0.1:5060 --to 10.0.0.5:5054 --file /etc/hosts
	expect 2 'sipsteer: test: "--to [2001:db8::1]:5054": addresses of both families cannot be mixed' \
		test --from 10.1.0.1:5060 --to '[2001:db8::1]:5054'
	expect 2 'sipsteer: test: "--iif nosuch": there is no such interface' \
		test --from 10.1.0.1:5060 --to 10.0.0.5:5054 --iif nosuch

	expect 0 '' exempt
	expect 0 '' exempt add 10.1.0.0/24
	expect 0 '' exempt add 2001:db8:9::1
	expect 2 'sipsteer: exempt: "10.1.0.0/24": this prefix is exempt already' \
		exempt add 10.1.0.0/24
	expect 0 '10.1.0.0/24
2001:db8:9::1' exempt show
	expect 0 '10.1.0.0/24' -c exempt show 10.1.0.0/24
	expect 0 'pass: exempt: Source is in the exempt set (mapping 1)' \
		test --local --from 10.1.0.1:5060 --to 10.0.0.5:5054
	check "completion knows mappings" completes '1 2 3 4 5' del id
	check "completion knows exempt sources" completes '10.1.0.0/24 2001:db8:9::1' exempt del
	check "completion knows interfaces" completes_among 'lo ue pcscf' show iif
	check "completion knows limits" completes 7440s set flow-established
	expect 0 '' exempt del 10.1.0.0/24
	expect 2 'sipsteer: exempt: "10.1.0.0/24": this prefix is not in the exempt set' \
		exempt del 10.1.0.0/24
	expect 0 '' exempt add 10.2.0.0/24
	expect 0 '' exempt flush
	expect 0 '' exempt

	check "a REGISTER is sent" send_register
	check "it is remembered, with the time it is kept" remembered \
		'^10\.1\.0\.1:[0-9]+ +10\.0\.0\.5:5054 +203\.0\.113\.2:5060 +7 +1 +3[0-3]s$'
	expect 0 '1: 10.0.0.5:5054 to 203.0.113.2:5060 comment new
    steered 1 restored 0 passed 0' -s show id 1
	check "colours leave columns where they are" same_without_colors transactions
	check "colours leave numbers as they are" same_without_colors stats
	check "stats count it" stats_have 'steered 1'

	check "all counters are metrics" prometheus_tells_all
	check "metrics tell of mappings and families" metrics_have \
		'sipsteer_mapping_steered_total{id="1",match="10.0.0.5:5054",target="203.0.113.2:5060"} 1' \
		'sipsteer_mapping_restored_total{id="1",match="10.0.0.5:5054",target="203.0.113.2:5060"} 0' \
		'sipsteer_mapping_passed_total{id="3",match="[2001:db8::]/64:5054",target="[2001:db8:2::1]:5060"} 0' \
		'sipsteer_packets_total{result="steered"} 1' \
		'sipsteer_hooks{family="ipv4"} 1' 'sipsteer_hooks{family="ipv6"} 1'
	if command -v promtool >/dev/null; then
		check "promtool takes the metrics" metrics_are_valid
	else
		skip "promtool takes the metrics" "no promtool (Debian package prometheus)"
	fi

	expect 0 "$no_flow" flows
	expect 0 "$no_flow" -c flows
	expect 0 '[]' -j -c flows
	expect 0 '' add 10.0.0.7:5054 to 203.0.113.3:5060 proto tcp from 10.0.0.0/8
	expect 0 '' add 10.0.0.8:5054 to 203.0.113.4:5060 proto tcp from 10.0.0.0/8
	check "connections are shown" shows_connections
	check "connections are shown as JSON" json_connections
	check "a connection that opens is shown" opening
	check "a connection that ends is shown" closing
	expect 0 'steer to 203.0.113.3:5060 (mapping 7)' \
		test --proto tcp --local --from 10.1.0.1:5060 --to 10.0.0.7:5054
	expect 0 'steer to 203.0.113.2:5060 (mapping 1)' \
		test --proto udp --local --from 10.1.0.1:5060 --to 10.0.0.5:5054
	expect 0 '{"verdict":"steer","reason":"tcp-steered","meaning":"TCP packet of a steered connection, sent on to its target.","mapping":7,"target":{"addr":"203.0.113.3","port":5060}}' \
		-j test --proto tcp --local --from 10.1.0.1:5060 --to 10.0.0.7:5054
	expect 0 'pass: no-mapping: Port in use by a mapping (or, of TCP, by a target), but no mapping for this address' \
		test --proto tcp --local --from 10.1.0.1:5060 --to 10.9.0.7:5054
	check "stats count connections" stats_have 'flows 5' 'flow-max 65536' 'flow-new 5'

	expect 0 'flow-max 65536
flow-established 7440s
flow-transitory 240s
event-rate 100
transaction-max 65536' show limits
	expect 0 '' set flow-established 3h
	expect 0 '' set flow-max 1000000 event-rate 7 flow-transitory 5m
	expect 0 'flow-max 1000000
flow-established 10800s
flow-transitory 300s
event-rate 7
transaction-max 65536' show limits
	expect 0 '{"flow-max":1000000,"flow-established":10800,"flow-transitory":300,"event-rate":7,"transaction-max":65536}' \
		-j show limits
	check "show limits prints what set takes" limits_round_trip
	check "stats show the limit" stats_have 'flow-max 1000000'

	check "all JSON is valid, and the same when indented" valid_json_twice_tried
	expect 0 '' flush
	expect 0 '' show
	check "a flush leaves connections" await_flow ' 10\.0\.0\.7:5054 '
	expect 0 '' flush transactions
	expect 0 '[]' -j transactions
	check "a flush of transactions leaves connections" await_flow ' 10\.0\.0\.7:5054 '
	expect 0 '' flush flows
	expect 0 "$no_flow" flows
	check "many mappings are added" ip netns exec "$ns" "$fill" 5000
	check "they are shown, each once" large_table
	check "a table that changes all the time is shown with a warning" restless_table
	expect 0 '' flush
	expect 0 '' flush transactions
	check "without mappings the hooks are gone" stats_have 'hooks none'
	check "metrics say so" metrics_have \
		'sipsteer_hooks{family="ipv4"} 0' 'sipsteer_hooks{family="ipv6"} 0'

	check "events are told when they happen" tells_all
	check "events of traffic can be asked for alone, in colour" tells_traffic
	check "events of the configuration can be asked for alone, with the time" tells_config
	check "events are told as JSON, an object a line" tells_json
	check "what event-rate keeps back is counted" tells_the_lost
	check "a monitor that was too slow says so and goes on" survives_an_overrun \
		'events were lost: they come faster than they are read, or memory ran out' \
		'[config] replaced all mappings: 0 now'
	check "the same as JSON" survives_an_overrun '{"event":"overrun"}' \
		'{"group":"config","event":"table-replaced","mappings":0}' -j
	check "a monitor ends when nobody reads it" ends_without_reader
	check "without privilege there are no events" unprivileged bash -c \
		"[ \"\$(timeout 5 '$sipsteer' monitor 2>&1)\" = 'sipsteer: monitor: not permitted: this needs CAP_NET_ADMIN in the network namespace' ]"

	check "without privilege it is said what is missing" unprivileged bash -c \
		"[ \"\$('$sipsteer' show 2>&1)\" = 'sipsteer: show: not permitted: this needs CAP_NET_ADMIN in the network namespace' ]"
	check "the owner of a network namespace may do as it likes there" \
		unprivileged unshare -Urn "$sipsteer" add 10.0.0.5:5054 to 203.0.113.1:5060
	check "the service's capability is all it takes" ip netns exec "$ns" \
		setpriv --bounding-set=-all,+net_admin --no-new-privs "$sipsteer" restore /dev/null
	check "output that cannot be written is an error" \
		bash -c "'$sipsteer' -n $ns stats 2>/dev/null >/dev/full; [ \$? = 2 ]"
}

tests
echo "TAP version 13"
if ! setup >"$dir/setup" 2>&1; then
	echo "1..0 # SKIP no module, or not root: $(tail -n 1 "$dir/setup")"
	exit 4
fi
echo "1..$count"
mode=run
count=0
tests
exit $failed
