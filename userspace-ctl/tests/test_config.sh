#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# What is wrong with a configuration is said in one exact sentence, with file,
# line and column, and status 1. None of this needs the module: check-config
# looks at the form then, and says so.

sipsteer=$(realpath "${SIPSTEER:-$(dirname "$0")/../sipsteer}")
mode=count
count=0
failed=0
dir=$(mktemp -d) && cd "$dir" || exit
trap 'rm -rf "$dir"' EXIT
form_only='Warning: only the form is checked: '

# Each test is called twice: to be counted for the plan, then to run.
# expect STATUS OUTPUT NAME WORDS...: with these words, this comes of "file"
expect() {
	local want=$1 text=$2 name=${3//[[:cntrl:]]/ } output status
	shift 3
	output=$("$sipsteer" "$@" 2>&1 <file)
	status=$?
	[[ $output == "$form_only"* ]] && output=$(sed 1d <<<"$output")
	if [ $status = "$want" ] && [ "$output" = "$text" ]; then
		echo "ok $count - $name"
		return
	fi
	failed=1
	echo "# status $status, expected $want; output, then what was expected:"
	printf '#   %s\n' "${output//$'\n'/$'\n'#   }" "${text//$'\n'/$'\n'#   }"
	echo "not ok $count - $name"
}

# wrong PLACE MESSAGE TEXT: this text has this fault
wrong() {
	count=$((count + 1))
	[ "$mode" = run ] || return 0
	printf %b "$3" >file
	expect 1 "file:$1: $2" "refused: $3" check-config file
}

wrong_json() {
	count=$((count + 1))
	[ "$mode" = run ] || return 0
	printf %s "$3" >file
	expect 1 "file:$1: $2" "refused: $3" -j check-config file
}

# right NAME TEXT: nothing is wrong with this text
right() {
	count=$((count + 1))
	[ "$mode" = run ] || return 0
	printf %b "$2" >file
	expect 0 '' "$1" check-config file
}

right_json() {
	count=$((count + 1))
	[ "$mode" = run ] || return 0
	printf %s "$2" >file
	expect 0 '' "$1" -j check-config file
}

# fault MESSAGE WORDS...: the command itself fails
fault() {
	local message=$1
	shift
	count=$((count + 1))
	[ "$mode" = run ] || return 0
	: >file
	expect 1 "$message" "$*" "$@"
}

write() { # FILE TEXT
	mkdir -p "$(dirname "$1")"
	printf %b "$2" >"$1"
}

good='add 10.0.0.5:5054 to 203.0.113.1:5060'
known='add, exempt, set or include'
escapes='bad escape; in double quotes there are \", \\, \$, \` and \xNN'
backslash='"\" is not the last of its line, nor in double quotes'
words_max='more than 64 words or 2048 bytes in a line'
entry='{"match":{"addr":"10.0.0.5","len":32,"port":5054},"target":{"addr":"203.0.113.1","port":5060}'

tests() {
	local i
	# Lines
	wrong 1:1 "unknown word \"steer\": $known" 'steer 10.0.0.5:5054'
	wrong 1:1 "unknown word \"sipsteer\": $known" "sipsteer $good"
	wrong 1:1 "unknown word \"ad\": $known" "ad${good#add}"
	wrong 1:1 "unknown word \"replace\": $known" "replace${good#add}"
	wrong 1:1 "unknown word \"\": $known" '""'
	wrong 3:3 "unknown word \"x\": $known" "# one\n\n  x"
	wrong 2:1 "unknown word \"x\": $known" "$good # x\nx"
	wrong 4:2 "unknown word \"x\": $known" "$good \\\\\n  comment \\\\\n  a\n\tx"
	wrong 2:1 "unknown word \"x\": $known" "$good\r\nx\r\n"
	wrong 2:1 "unknown word \"x\": $known" "# a comment ends with its line \\\\\nx"
	wrong 1:1 "$words_max" "add$(printf ' x%.0s' {1..64})"
	wrong 1:1 "$words_max" "add \"$(printf 'x%.0s' {1..2048})\""

	# Quotes, escapes, control characters
	wrong 1:47 'no double quote ends this word' "$good comment \"P-CSCF"
	wrong 1:47 'no double quote ends this word' "$good comment \"P-CSCF\none\""
	wrong 1:48 'a double quote inside of a word' "$good comment a\"b\""
	wrong 1:50 'no blank after a word in double quotes' "$good comment \"a\"b"
	wrong 1:48 "$escapes" "$good comment \"\\\\n\""
	wrong 1:48 "$escapes" "$good comment \"\\\\xg0\""
	wrong 1:48 "$escapes" "$good comment \"\\\\x1\""
	wrong 1:48 "$escapes" "$good comment \"\\\\x00\""
	wrong 1:5 "$backslash" 'add \\\\ 10.0.0.5:5054'
	wrong 1:48 "$backslash" "$good comment a\\\\b"
	wrong 1:39 'control character 0' "$good \0000"
	wrong 1:4 'control character 0x1b' 'add\0033'
	wrong 1:49 'control character 0x9' "$good comment \"a\tb\""
	wrong 1:47 'the comment has a control character' "$good comment \"\\\\x0a\""
	wrong 1:54 'a double quote inside of a word' "$good comment \"\0303\0244\" iif\"\""

	# add: the same sentences as on the command line
	wrong 1:1 'no MATCH, such as "10.0.0.5:5054", comes first' 'add'
	wrong 1:1 'no target: "to ADDRESS:PORT" is missing' 'add 10.0.0.5:5054'
	wrong 1:19 '"to" needs a value: ADDRESS:PORT or NAME:PORT' 'add 10.0.0.5:5054 to'
	wrong 1:5 'bad port "50x4" in "10.0.0.5:50x4"' 'add 10.0.0.5:50x4 to 203.0.113.1:5060'
	wrong 2:10 'bad IPv4 address "203.0.113.300" in "203.0.113.300:5060"' \
		"add 10.0.0.5:5054 \\\\\n      to 203.0.113.300:5060"
	wrong 1:45 'bad proto "sctp": udp, tcp or both' "$good proto sctp"
	wrong 1:39 'unknown word "via"' "$good via 10.0.0.1"
	wrong 1:49 '"proto" comes twice' "$good proto udp proto tcp"
	wrong 1:49 'unknown word "b"' "$good comment a b"
	wrong 1:45 'bad guard "maybe": on or off' "$good guard maybe"
	wrong 1:47 'the comment is empty' "$good comment \"\""
	wrong 1:5 '"10.0.0.5/24:5054" has host bits set: the prefix is "10.0.0.0/24:5054"' \
		'add 10.0.0.5/24:5054 to 203.0.113.1:5060'
	wrong 1:22 'no IPv4 address of "no-such-host.invalid": Name or service not known' \
		'add 10.0.0.5:5054 to no-such-host.invalid:5060'

	# exempt, set
	wrong 1:1 'only "exempt add PREFIX" has a place here' 'exempt'
	wrong 1:8 'only "exempt add PREFIX" has a place here' 'exempt del 10.0.0.0/8'
	wrong 1:1 'no PREFIX, such as "10.0.0.0/24"' 'exempt add'
	wrong 1:12 'bad address "core" in "core/8"' 'exempt add core/8'
	wrong 1:23 'unknown word "x"' 'exempt add 10.0.0.0/8 x'
	wrong 1:1 'no limit, such as "flow-max 65536"' 'set'
	wrong 1:14 'bad flow-max "0": a number from 1 to 1048576' 'set flow-max 0'
	wrong 1:19 '"flow-transitory" needs a value: a time' 'set flow-max 5    flow-transitory'

	# include
	wrong 1:1 '"include" needs one word: a file' 'include'
	wrong 1:11 '"include" needs one word: a file' 'include a b'
	wrong 1:9 'cannot open "nowhere": No such file or directory' 'include nowhere'
	wrong 1:9 '"file" includes itself' 'include file'
	write loop/a 'include b\n'
	write loop/b '\ninclude a\n'
	include_wrong 'loop/b:2:9: "loop/a" includes itself' 'include loop/a'
	write parts/1.conf '# one\n\nadd x\n'
	write parts/2.conf 'y\n'
	include_wrong 'parts/1.conf:3:5: no port in "x"' 'include parts/*.conf'
	write 'odd[1]/a' 'include [b]*'
	write 'odd[1]/b1' 'z'
	include_wrong "odd[1]/b1:1:1: unknown word \"z\": $known" 'include odd[[]1]/a'
	write 'odd[1]/c' 'include nowhere'
	include_wrong 'odd[1]/c:1:9: cannot open "odd[1]/nowhere": No such file or directory' \
		'include odd[[]1]/c'
	for i in {1..16}; do
		write "deep/$i" "include $((i + 1))\n"
	done
	include_wrong 'deep/15:1:9: more than 16 files include each other' 'include deep/1'
	status=2 include_wrong 'parts:1:1: cannot read on: Is a directory' 'include parts'

	# JSON
	wrong_json 1:1 'neither an object nor an array' '5'
	wrong_json 1:1 'neither an object nor an array' ''
	wrong_json 1:4 'something follows the end' '[] x'
	wrong_json 1:2 '[0]: not an object' '[5]'
	wrong_json 1:4 'neither "," nor "]" after an entry' '[{}'
	wrong_json 1:2 'unknown key "x": limits, exempts or mappings' '{"x":[]}'
	wrong_json 1:16 '"exempts" comes twice' '{"exempts":[], "exempts":[]}'
	wrong_json 1:11 'no ":" after a key' '{"limits" 5}'
	wrong_json 1:12 'exempts: not an array' '{"exempts":5}'
	wrong_json 1:2 'not a key' '{5}'
	wrong_json 1:13 'exempts[0].addr: not a string' '{"exempts":[{"len":8}]}'
	wrong_json 1:13 'exempts[0]: bad address "core" in "core/8"' '{"exempts":[{"addr":"core","len":8}]}'
	wrong_json 1:11 'limits.flow-max: bad flow-max "0": a number from 1 to 1048576' \
		'{"limits":{"flow-max":0}}'
	wrong_json 1:11 'limits.flow-max: not a whole number' '{"limits":{"flow-max":"5"}}'
	wrong_json 1:11 "limits.x: unknown limit \"x\"; known are flow-max, flow-established, flow-transitory, event-rate, transaction-max" \
		'{"limits":{"x":5}}'
	wrong_json 2:1 '[1].match.port: not a whole number' \
		"[$entry},"$'\n''{"match":{"addr":"10.0.0.5","port":"5054"}}]'
	wrong_json 1:2 '[0].match: bad prefix length "33" in "10.0.0.5/33:5054"' "[${entry/32/33}}]"
	wrong_json 1:2 '[0].match.color: unknown key' "[${entry/len/color}}]"
	wrong_json 1:2 '[0].color: unknown key' "[$entry,\"color\":\"red\"}]"
	wrong_json 1:2 '[0].guard: neither true nor false' "[$entry,\"guard\":\"off\"}]"
	wrong_json 1:2 '[0].methods: not an array of strings' "[$entry,\"methods\":[5]}]"
	wrong_json 1:2 '[0].proto: bad proto "sctp": udp, tcp or both' "[$entry,\"proto\":\"sctp\"}]"
	wrong_json 1:2 '[0].target: not an object' "[${entry/'{"addr":"203.0.113.1","port":5060}'/5}}]"
	wrong_json 1:2 '[0]: no target: "to ADDRESS:PORT" is missing' \
		'[{"match":{"addr":"10.0.0.5","port":5054}}]'
	wrong_json 2:2 "string or '}' expected near end of file" '[{'$'\n''  '
	wrong_json 1:11 "duplicate object key near '\"a\"'" '[{"a":1,"a":2}]'

	# Around the file
	fault 'sipsteer: check-config: cannot open "nowhere": No such file or directory' \
		check-config nowhere
	fault 'sipsteer: check-config: unknown word "b"' check-config file b
	fault 'sipsteer: restore: cannot open "nowhere": No such file or directory' \
		restore nowhere
	fault 'sipsteer: save: unknown word "b"' save a b
	stdin_wrong '<stdin>:1:1: unknown word "x": '"$known" 'x\n'

	# What is right
	right 'an empty file' ''
	right 'nothing but comments' '# one\n\n  \t# two'
	right 'no newline at the end' "$good"
	right 'a backslash at the very end' "$good \\\\"
	right 'MS-DOS line ends' "$good \\\\\r\n  comment a\r\n\r\n# x\r\n"
	right 'all statements' \
		"set flow-max 5 flow-transitory 4m\nexempt add 10.0.0.0/8\nexempt add 2001:db8::/32\n$good"
	right 'quotes and escapes' \
		"\"add\" \"10.0.0.5:5054\" to 203.0.113.1:5060 comment \"a # \\\\\" \\\\\\\\ \\\\\$ \\\\\` \\\\x41\""
	right 'no blank before a comment' "$good#x"
	right 'no file fits a pattern' 'include nothing/*.conf'
	right 'a name that resolves' 'add 10.0.0.5:5054 to localhost:5060'
	right_json 'an empty array' '[]'
	right_json 'an empty object' ' { } '
	right_json 'no limits' '{"limits":{}}'
	right_json 'all of show -j' "[$entry,\"id\":1,\"proto\":\"both\",\"from\":{\"addr\":\"10.1.0.0\",\"len\":16},\"iif\":\"eth0\",\"methods\":[\"REGISTER\",\"other\"],\"reply\":\"keep\",\"guard\":false,\"route\":\"hide\",\"comment\":\"a b\",\"steered\":1,\"restored\":2,\"passed\":3}]"
	right_json 'IPv6' '{"exempts":[{"addr":"2001:db8::","len":32}],"mappings":[{"match":{"addr":"2001:db8::","len":64,"port":5054},"target":{"addr":"::1","port":5060}}]}'
}

# [status=STATUS] include_wrong MESSAGE TEXT: the fault is in another file than "file"
include_wrong() {
	count=$((count + 1))
	[ "$mode" = run ] || return 0
	printf '%s\n' "$2" >file
	expect "${status:-1}" "$1" "refused: $2" check-config file
}

stdin_wrong() {
	count=$((count + 1))
	[ "$mode" = run ] || return 0
	printf %b "$2" >file
	expect 1 "$1" "refused from standard input: $2" check-config -
}

tests
echo "TAP version 13"
echo "1..$count"
mode=run
count=0
tests
exit $failed
