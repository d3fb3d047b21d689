#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# What is wrong with a command line is said in one exact sentence, with status
# 1, before the kernel is asked: none of this needs the module or a privilege.

sipsteer=${SIPSTEER:-$(dirname "$0")/../sipsteer}
mode=count
count=0
failed=0

result() { # STATUS NAME
	set -- "$1" "${2//[[:cntrl:]]/ }"
	[ "$1" = 0 ] || { failed=1; echo "not ok $count - $2"; return; }
	echo "ok $count - $2"
}

# Each test is called twice: to be counted for the plan, then to run.
wrong() { # MESSAGE WORDS...
	local message=$1 output status
	shift
	count=$((count + 1))
	[ $mode = run ] || return 0
	output=$("$sipsteer" "$@" 2>&1 </dev/null)
	status=$?
	if [ $status = 1 ] && [ "$output" = "sipsteer: $message" ]; then
		result 0 "refused: ${*:-nothing}"
	else
		echo "# status $status, output: $output"
		echo "# expected:         sipsteer: $message"
		result 1 "refused: ${*:-nothing}"
	fi
}

right() { # PATTERN WORDS...
	local pattern=$1 output status
	shift
	count=$((count + 1))
	[ $mode = run ] || return 0
	output=$("$sipsteer" "$@" 2>&1 </dev/null)
	status=$?
	# shellcheck disable=SC2053 # it is a pattern
	if [ $status = 0 ] && [[ $output = $pattern ]]; then
		result 0 "$*"
	else
		echo "# status $status, output: $output"
		result 1 "$*"
	fi
}

long_text=$(printf 'x%.0s' {1..128})
need_brackets='IPv6 addresses need brackets, as in "[2001:db8::5]:5054"'
methods='INVITE, ACK, OPTIONS, BYE, CANCEL, REGISTER, PRACK, SUBSCRIBE, NOTIFY, PUBLISH, INFO, REFER, MESSAGE, UPDATE, other and any'

tests() {
	local to=(to 203.0.113.1:5060) word

	# Options and verbs
	wrong 'what to do? Try "sipsteer help"'
	wrong 'unknown option "-x"; try "sipsteer help"' -x show
	wrong 'unknown option "-c=blue"; try "sipsteer help"' -c=blue show
	wrong 'show: unknown word "-color=auto"' show limits -color=auto
	wrong '"-n" needs the name of a network namespace' -n
	wrong 'bad network namespace name "../x"' -n ../x show
	wrong 'cannot open network namespace "no-such-netns": No such file or directory' \
		-n no-such-netns show
	wrong 'unknown command "frobnicate"; try "sipsteer help"' frobnicate
	wrong 'unknown command ""; try "sipsteer help"' ''
	wrong '"s" may mean show or stats' s
	wrong '"t" may mean transactions or test' t
	wrong '"fl" may mean flush or flows' fl

	# add: what is there and what is not
	wrong 'add: no MATCH, such as "10.0.0.5:5054", comes first' add
	wrong 'add: no MATCH, such as "10.0.0.5:5054", comes first' add "${to[@]}"
	wrong 'replace: no MATCH, such as "10.0.0.5:5054", comes first' rep
	wrong 'add: no target: "to ADDRESS:PORT" is missing' add 10.0.0.5:5054
	wrong 'add: "to" needs a value: ADDRESS:PORT or NAME:PORT' add 10.0.0.5:5054 to
	wrong 'add: "proto" needs a value: udp, tcp or both' \
		add 10.0.0.5:5054 "${to[@]}" proto
	wrong 'add: "proto" comes twice' \
		add 10.0.0.5:5054 "${to[@]}" proto udp proto tcp
	wrong 'add: "to" comes twice' add 10.0.0.5:5054 "${to[@]}" "${to[@]}"
	wrong 'add: unknown word "via"' add 10.0.0.5:5054 via 203.0.113.1:5060
	wrong 'add: unknown word "b"' add 10.0.0.5:5054 "${to[@]}" comment a b
	wrong 'add: unknown word "-j"' add 10.0.0.5:5054 "${to[@]}" -j

	# add: addresses, ports, prefixes
	wrong 'add: bad port "50x4" in "10.0.0.5:50x4"' add 10.0.0.5:50x4 "${to[@]}"
	wrong 'add: bad port "0" in "10.0.0.5:0"' add 10.0.0.5:0 "${to[@]}"
	wrong 'add: bad port "65536" in "10.0.0.5:65536"' add 10.0.0.5:65536 "${to[@]}"
	wrong 'add: bad port "" in "10.0.0.5:"' add 10.0.0.5: "${to[@]}"
	wrong 'add: bad port "+1" in "10.0.0.5:+1"' add 10.0.0.5:+1 "${to[@]}"
	wrong 'add: bad port "5054:5060" in "10.0.0.5:5054:5060"' \
		add 10.0.0.5:5054:5060 "${to[@]}"
	wrong 'add: no port in "10.0.0.5"' add 10.0.0.5 "${to[@]}"
	wrong 'add: no port in "10.0.0.0/24"' add 10.0.0.0/24 "${to[@]}"
	wrong 'add: no port in "[2001:db8::5]"' add '[2001:db8::5]' "${to[@]}"
	wrong 'add: bad IPv4 address "10.0.0" in "10.0.0:5054"' add 10.0.0:5054 "${to[@]}"
	wrong 'add: bad IPv4 address "scscf.example" in "scscf.example:5054"' \
		add scscf.example:5054 "${to[@]}"
	wrong 'add: bad IPv4 address "" in ":5054"' add :5054 "${to[@]}"
	wrong 'add: bad IPv6 address "10.0.0.5" in "[10.0.0.5]:5054"' \
		add '[10.0.0.5]:5054' "${to[@]}"
	wrong 'add: bad IPv6 address "fe80::1%eth0" in "[fe80::1%eth0]:5054"' \
		add '[fe80::1%eth0]:5054' "${to[@]}"
	wrong 'add: no "]" in "[2001:db8::5:5054"' add '[2001:db8::5:5054' "${to[@]}"
	wrong 'add: "x:5054" after the address in "[2001:db8::5]x:5054"' \
		add '[2001:db8::5]x:5054' "${to[@]}"
	wrong "add: \"2001:db8::5:5054\": $need_brackets" add 2001:db8::5:5054 "${to[@]}"
	wrong 'add: bad prefix length "33" in "10.0.0.0/33:5054"' \
		add 10.0.0.0/33:5054 "${to[@]}"
	wrong 'add: bad prefix length "129" in "[2001:db8::]/129:5054"' \
		add '[2001:db8::]/129:5054' "${to[@]}"
	wrong 'add: bad prefix length "" in "10.0.0.0/:5054"' add 10.0.0.0/:5054 "${to[@]}"
	wrong 'add: "10.0.0.5/24:5054" has host bits set: the prefix is "10.0.0.0/24:5054"' \
		add 10.0.0.5/24:5054 "${to[@]}"
	wrong 'add: "[2001:db8::5]/63:5054" has host bits set: the prefix is "[2001:db8::]/63:5054"' \
		add '[2001:db8::5]/63:5054' "${to[@]}"

	# add: the other clauses
	wrong 'add: "10.0.0.0/8:5060" is a prefix; one address is needed' \
		add 10.0.0.5:5054 to 10.0.0.0/8:5060
	wrong 'add: bad port "sip" in "pcscf.example:sip"' \
		add 10.0.0.5:5054 to pcscf.example:sip
	wrong 'add: bad IPv4 address "203.0.113.300" in "203.0.113.300:5060"' \
		add 10.0.0.5:5054 to 203.0.113.300:5060
	wrong 'add: bad IPv4 address "0x7f000001" in "0x7f000001:5060"' \
		add 10.0.0.5:5054 to 0x7f000001:5060
	wrong 'add: bad proto "sctp": udp, tcp or both' \
		add 10.0.0.5:5054 "${to[@]}" proto sctp
	wrong 'add: bad address "10.1.0.0:5060" in "10.1.0.0:5060"' \
		add 10.0.0.5:5054 "${to[@]}" from 10.1.0.0:5060
	wrong 'add: "10.1.2.3/16" has host bits set: the prefix is "10.1.0.0/16"' \
		add 10.0.0.5:5054 "${to[@]}" from 10.1.2.3/16
	wrong 'add: bad interface name "a/b"' add 10.0.0.5:5054 "${to[@]}" iif a/b
	wrong 'add: interface name "sixteen-letters-" is longer than 15 bytes' \
		add 10.0.0.5:5054 "${to[@]}" iif sixteen-letters-
	wrong "add: unknown method \"register\"; known are $methods" \
		add 10.0.0.5:5054 "${to[@]}" methods register
	wrong "add: unknown method \"\"; known are $methods" \
		add 10.0.0.5:5054 "${to[@]}" methods REGISTER,
	wrong "add: unknown method \"any\"; known are $methods" \
		add 10.0.0.5:5054 "${to[@]}" methods REGISTER,any
	wrong 'add: bad reply "drop": restore or keep' \
		add 10.0.0.5:5054 "${to[@]}" reply drop
	wrong 'add: bad guard "maybe": on or off' \
		add 10.0.0.5:5054 "${to[@]}" guard maybe
	wrong 'add: bad route "rename": keep or hide' \
		add 10.0.0.5:5054 "${to[@]}" route rename
	wrong 'add: "route" needs a value: keep or hide' \
		add 10.0.0.5:5054 "${to[@]}" route
	wrong 'add: the comment is empty' add 10.0.0.5:5054 "${to[@]}" comment ''
	wrong 'add: the comment has 128 bytes; there is room for 127' \
		add 10.0.0.5:5054 "${to[@]}" comment "$long_text"
	wrong 'add: the comment has a control character' \
		add 10.0.0.5:5054 "${to[@]}" comment $'a\nb'

	# del, show, flush
	wrong 'del: which one? Name "id N" or MATCH' del
	wrong 'del: which one? Name "id N" or MATCH' \
		del proto udp
	wrong 'del: "id" needs a value: the number of a mapping' del id
	wrong 'del: bad id "-1"' del id -1
	wrong 'del: bad id "4294967296"' del id 4294967296
	wrong 'del: "proto" after the id: an id says it all' del id 1 proto udp
	wrong 'del: "to" has no place here: it is no part of a mapping'\''s key' \
		del 10.0.0.5:5054 "${to[@]}"
	wrong 'show: "comment" has no place here: it is no part of a mapping'\''s key' \
		show comment lab
	wrong 'show: bad id "x"' show id x
	wrong 'show: no port in "10.0.0.5"' show 10.0.0.5
	wrong 'flush: unknown word "everything": mappings, transactions or flows' \
		flush everything
	wrong 'flush: unknown word "now"' flush mappings now
	wrong 'flush: unknown word "now"' flush flows now
	wrong 'show: "route" has no place here: it is no part of a mapping'\''s key' \
		show route hide
	wrong 'show: unknown word "flow-max"' show limits flow-max

	# set
	wrong 'set: no limit, such as "flow-max 65536"' set
	wrong 'set: unknown limit "flows"; known are flow-max, flow-established, flow-transitory, event-rate, transaction-max' \
		set flows 5
	wrong 'set: "flow-max" needs a value: a number' set flow-max
	wrong 'set: "flow-transitory" needs a value: a time' \
		set flow-max 5 flow-transitory
	wrong 'set: "flow-max" comes twice' set flow-max 5 flow-max 6
	for word in 0 1048577 -1 5s '' 4294967297; do
		wrong "set: bad flow-max \"$word\": a number from 1 to 1048576" \
			set flow-max "$word"
	done
	wrong 'set: bad transaction-max "511": a number from 512 to 1048576' \
		set transaction-max 511
	wrong 'set: bad event-rate "0": a number from 1 to 1000000' set event-rate 0
	wrong 'set: bad event-rate "1000001": a number from 1 to 1000000' \
		set event-rate 1000001
	for word in 0 0h 864001 14401m 241h 5d s '' 1.5h; do
		wrong "set: bad flow-established \"$word\": a time from 1s to 864000s, such as 7440, 124m or 2h" \
			set flow-established "$word"
	done
	wrong 'set: bad flow-transitory "x": a time from 1s to 864000s, such as 7440, 124m or 2h' \
		set flow-established 2h flow-transitory x

	# exempt
	wrong 'exempt: no PREFIX, such as "10.0.0.0/24"' exempt add
	wrong 'exempt: bad address "core" in "core/8"' exempt add core/8
	wrong 'exempt: bad prefix length "x" in "10.0.0.0/x"' exempt add 10.0.0.0/x
	wrong 'exempt: "10.0.0.1/8" has host bits set: the prefix is "10.0.0.0/8"' \
		exempt del 10.0.0.1/8
	wrong 'exempt: unknown word "x"' exempt add 10.0.0.0/8 x
	wrong 'exempt: unknown word "all"' exempt flush all
	wrong 'exempt: unknown command "grant"; try "sipsteer help"' exempt grant

	# stats, transactions, flows, monitor, help, version
	wrong 'stats: unknown word "steered"' stats steered
	wrong 'stats: unknown word "-j"' stats --explain -j
	wrong 'stats: unknown word "--explain"' stats --prometheus --explain
	wrong 'stats: --prometheus with -j: it has a format of its own' \
		-j stats --prometheus
	wrong 'transactions: unknown word "all"' transactions all
	wrong 'flows: unknown word "all"' flows all
	wrong 'monitor: unknown word "all": config or traffic' monitor all
	wrong 'monitor: unknown word "traffic"' -t monitor config traffic
	wrong 'monitor: unknown word "-ts"' -tshort monitor config -ts
	wrong 'help: unknown command "me"; try "sipsteer help"' help me
	wrong 'version: unknown word "2"' version 2

	# test
	wrong 'test: "--from ADDRESS:PORT" is missing' test
	wrong 'test: "--to ADDRESS:PORT" is missing' test --from 10.0.0.1:5060
	wrong 'test: "--to" needs a value: ADDRESS:PORT' test --to
	wrong 'test: "--from" comes twice' \
		test --from 10.0.0.1:5060 --from 10.0.0.1:5060
	wrong 'test: bad IPv4 address "ue.example" in "ue.example:5060"' \
		test --from ue.example:5060 --to 10.0.0.5:5054
	wrong 'test: bad proto "both": udp or tcp' \
		test --from 10.0.0.1:5060 --to 10.0.0.5:5054 --proto both
	wrong 'test: --file with --proto tcp: the SYN, which is judged, carries nothing' \
		test --from 10.0.0.1:5060 --to 10.0.0.5:5054 --file - --proto tcp
	wrong 'test: --iif with --local: what this host sends arrives on no interface' \
		test --from 10.0.0.1:5060 --to 10.0.0.5:5054 --local --iif eth0
	wrong 'test: cannot open "/no/such/file": No such file or directory' \
		test --from 10.0.0.1:5060 --to 10.0.0.5:5054 --file /no/such/file
	wrong 'test: "/dev/zero" is longer than 65507 bytes, which no UDP packet can carry' \
		test --from 10.0.0.1:5060 --to 10.0.0.5:5054 --file /dev/zero
	wrong 'test: unknown word "--force"' \
		test --from 10.0.0.1:5060 --to 10.0.0.5:5054 --force

	# What needs no kernel and is right
	right 'Usage: sipsteer \[ OPTIONS \]*version*' help
	right 'Usage: sipsteer \[ OPTIONS \]*version*' -h
	right 'Usage: sipsteer \[ OPTIONS \]*version*' --help
	right 'Usage: sipsteer add MATCH*' help add
	right 'Usage: sipsteer add MATCH*' add -h
	right 'Usage: sipsteer add MATCH*' -j a help
	right 'Usage: sipsteer del*' delete --help
	right 'Usage: sipsteer*flows*' flo -h
	right 'Usage: sipsteer set LIMIT VALUE*' se -h
	right 'Usage: sipsteer*monitor*' mon --timestamp -h
	right 'sipsteer [0-9]*' -V
	right 'sipsteer [0-9]*' --color=auto -V
	right 'sipsteer [0-9]*' version -c=never -V
	right 'sipsteer [0-9]*' version
}

tests
echo "TAP version 13"
echo "1..$count"
mode=run
count=0
tests
exit $failed
