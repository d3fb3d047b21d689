#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Claim: what cannot be a mapping, or cannot be done, is refused with an error, the attribute at
# fault and a sentence.
# And not: nothing of a refused request takes effect; its neighbours in value are accepted.

# Attributes are words.
# shellcheck disable=SC2086,SC2048

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Commands, attributes and flags of the spec, which never change
new=1 del=2 get=3 exempt_new=5 exempt_del=6 exempt_get=7 test=11 limits_set=15 table_commit=17 table_abort=18
id=1 m_addr=2 m_len=3 m_port=4 t_addr=5 t_port=6 proto=7 f_addr=8 f_len=9 iif=10 methods=11
reply=12 guard=13 comment=14
replace=0x100 append=0x800

good="$m_addr=addr:10.0.0.5 $m_port=be16:5054 $t_addr=addr:203.0.113.1 $t_port=be16:5060"
match="$m_addr=addr:10.0.0.9 $m_port=be16:5054"
target="$t_addr=addr:203.0.113.1 $t_port=be16:5060"
match6="$m_addr=addr:2001:db8::9 $m_port=be16:5054"
target6="$t_addr=addr:2001:db8:1::1 $t_port=be16:5060"

poke() { nlpoke -n "$GW_NS" "$@" || (($? == 2)); }

# refused VERDICT ARGUMENT...: what the kernel says has to start so.
refused() {
	local said
	said=$(poke ${*:2})
	[[ $said == "$1"* ]] || fail "${*:2}: \"$said\", not \"$1\""
	[[ $said == *" "*[a-z]* ]] || fail "${*:2}: no sentence: \"$said\""
}

accepted() {
	local said
	said=$(poke ${*})
	# There may be a warning, too.
	[[ $said == ok* ]] || fail "$*: \"$said\""
}

unchanged() {
	[[ $(sipsteer -n "$GW_NS" show | sed 's/^[0-9]*: //') == "10.0.0.5:5054 to 203.0.113.1:5060" ]] ||
		fail "now there is: $(sipsteer -n "$GW_NS" show)"
}

begin() { accepted $new "$good"; }

missing() {
	begin
	refused "EINVAL" $new
	refused "EINVAL" $new $match
	refused "EINVAL" $new $target
	refused "EINVAL" $new $match $t_addr=addr:203.0.113.1
	refused "EINVAL" $new $m_addr=addr:10.0.0.9 $target
	refused "EINVAL" $del
	refused "EINVAL" $exempt_new
	unchanged
}

families_mixed() {
	begin
	refused "EINVAL $t_addr " $new $match $target6
	refused "EINVAL $t_addr " $new $match6 $target
	refused "EINVAL $f_addr " $new $match $target $f_addr=addr:2001:db8::1
	refused "EINVAL $m_addr " $new $m_addr=hex:0a0000 $m_port=be16:5054 $target
	refused "EINVAL $t_addr " $new $match $t_addr=hex:cb007101ff $t_port=be16:5060
	unchanged
}

addresses() {
	local address
	begin
	for address in 0.0.0.0 224.0.0.1 239.255.255.250 255.255.255.255 169.254.1.1; do
		refused "EINVAL $m_addr " $new $m_addr=addr:$address $m_port=be16:5054 $target
		refused "EINVAL $t_addr " $new $match $t_addr=addr:$address $t_port=be16:5060
	done
	for address in :: ff02::1 fe80::1 ::ffff:10.0.0.9; do
		refused "EINVAL $m_addr " $new $m_addr=addr:$address $m_port=be16:5054 $target6
		refused "EINVAL $t_addr " $new $match6 $t_addr=addr:$address $t_port=be16:5060
	done
	unchanged
}

prefixes_and_ports() {
	begin
	refused "EINVAL $m_len " $new $match $m_len=u8:33 $target
	refused "EINVAL $m_len " $new $match6 $m_len=u8:129 $target6
	refused "EINVAL $m_addr " $new $match $m_len=u8:24 $target
	refused "EINVAL $m_addr " $new $match6 $m_len=u8:64 $target6
	refused "EINVAL $m_addr " $new $match $m_len=u8:0 $target
	refused "EINVAL $f_len " $new $match $target $f_addr=addr:192.0.2.0 $f_len=u8:33
	refused "EINVAL $f_addr " $new $match $target $f_addr=addr:192.0.2.1 $f_len=u8:24
	refused "EINVAL $f_len " $new $match $target $f_len=u8:24
	refused "EINVAL $m_port " $new $m_addr=addr:10.0.0.9 $m_port=be16:0 $target
	refused "EINVAL $t_port " $new $match $t_addr=addr:203.0.113.1 $t_port=be16:0
	unchanged
	accepted $new $m_addr=addr:10.9.0.0 $m_len=u8:16 $m_port=be16:65535 $target
	accepted $new $m_addr=addr:0.0.0.0 $m_len=u8:0 $m_port=be16:1 $target
}

options() {
	begin
	refused "EINVAL $proto " $new $match $target $proto=u8:0
	refused "EINVAL $proto " $new $match $target $proto=u8:4
	refused "EINVAL $methods " $new $match $target $methods=u32:0
	refused "EINVAL $methods " $new $match $target $methods=u32:0x8000
	refused "E" $new $match $target $reply=u8:2
	refused "E" $new $match $target $guard=u8:2
	refused "E" $new $match $target $iif=text:sixteencharacter
	refused "EINVAL $iif " $new $match $target $iif=text:a/b
	refused "EINVAL $iif " $new $match $target $iif=text:
	refused "E" $new $match $target "$comment=text:$(printf '%0128d' 0)"
	refused "EINVAL $comment " $new $match $target $comment=hex:610a6200
	refused "EINVAL" -f $append $new $match $target
	unchanged
	accepted $new $match $target $proto=u8:1 $methods=u32:0x7fff $reply=u8:1 $guard=u8:0 \
		$iif=text:fifteencharacte "$comment=text:$(printf '%0127d' 0)"
}

loops() {
	begin
	refused "EINVAL $t_addr " $new $m_addr=addr:10.1.0.0 $m_len=u8:16 $m_port=be16:5054 \
		$t_addr=addr:10.1.2.3 $t_port=be16:5054
	refused "EINVAL $t_addr " $new $match $t_addr=addr:10.0.0.5 $t_port=be16:5054
	refused "EINVAL $m_addr " $new $m_addr=addr:203.0.113.1 $m_port=be16:5060 \
		$t_addr=addr:203.0.113.2 $t_port=be16:5060
	refused "EINVAL $m_addr " $new $m_addr=addr:0.0.0.0 $m_len=u8:0 $m_port=be16:5060 \
		$t_addr=addr:203.0.113.2 $t_port=be16:5070
	unchanged
	# Another port is no loop.
	accepted $new $m_addr=addr:203.0.113.1 $m_port=be16:5054 $target
}

duplicates() {
	begin
	refused "EEXIST $m_addr " $new $good
	refused "EEXIST $m_addr " $new $m_addr=addr:10.0.0.5 $m_port=be16:5054 \
		$t_addr=addr:203.0.113.7 $t_port=be16:5060
	refused "EEXIST $m_addr " $new $good $proto=u8:1
	refused "EEXIST $m_addr " $new $good $proto=u8:2
	refused "EEXIST $m_addr " -f $replace $new $good $proto=u8:1
	refused "ENOENT $m_addr " -f $replace $new $match $target
	unchanged
	accepted -f $replace $new $good
	accepted $new $good $f_addr=addr:192.0.2.1
	accepted $new $good $iif=text:eth0
}

seventeenth() {
	local host
	begin
	for host in {1..15}; do
		echo "$new $good $f_addr=addr:192.0.2.$host"
	done >"$tmp/variants"
	while read -r line; do
		accepted "$line"
	done <"$tmp/variants"
	refused "ENOSPC $m_addr " $new $good $f_addr=addr:192.0.2.16
	refused "ENOSPC $m_addr " $new $good $iif=text:eth0
	[[ $(sipsteer -n "$GW_NS" show | grep -c .) == 16 ]]
	# Another protocol, prefix or port has its own.
	accepted $new $match $target
}

not_there() {
	begin
	refused "ENOENT $m_addr " $del $match
	refused "ENOENT $m_addr " $del $m_addr=addr:10.0.0.5 $m_port=be16:5055
	refused "ENOENT $m_addr " $del $m_addr=addr:10.0.0.5 $m_port=be16:5054 $f_addr=addr:192.0.2.1
	refused "ENOENT $m_addr " $del $m_addr=addr:10.0.0.5 $m_port=be16:5054 $proto=u8:1
	refused "ENOENT $id " $del $id=u32:4000000000
	refused "ENOENT $id " $get $id=u32:4000000000
	refused "EINVAL $m_addr " $del $id=u32:1 $match
	unchanged
	accepted $del $m_addr=addr:10.0.0.5 $m_port=be16:5054
}

# One for UDP and one for TCP
which_of_two() {
	accepted $new $good $proto=u8:1
	accepted $new $good $proto=u8:2
	refused "EINVAL $m_addr " $del $m_addr=addr:10.0.0.5 $m_port=be16:5054
	accepted $del $m_addr=addr:10.0.0.5 $m_port=be16:5054 $proto=u8:1
	accepted $del $m_addr=addr:10.0.0.5 $m_port=be16:5054
}

exempts() {
	accepted $exempt_new 1=addr:192.0.2.0 2=u8:24
	refused "EEXIST 1 " $exempt_new 1=addr:192.0.2.0 2=u8:24
	refused "EINVAL 1 " $exempt_new 1=addr:192.0.2.1 2=u8:24
	refused "EINVAL 2 " $exempt_new 1=addr:192.0.2.0 2=u8:33
	refused "EINVAL 1 " $exempt_new 1=hex:0102
	refused "ENOENT 1 " $exempt_del 1=addr:192.0.2.0 2=u8:25
	refused "ENOENT 1 " $exempt_get 1=addr:192.0.2.0 2=u8:25
	accepted $exempt_del 1=addr:192.0.2.0 2=u8:24
	refused "ENOENT 1 " $exempt_del 1=addr:192.0.2.0 2=u8:24
}

# The most connections, how long one may rest, how many transactions
limits() {
	local before
	before=$(sipsteer -n "$GW_NS" save)
	refused "ERANGE 1 " $limits_set 1=u32:0
	refused "ERANGE 1 " $limits_set 1=u32:4294967295
	refused "ERANGE 2 " $limits_set 2=u32:4294967295
	refused "ERANGE 6 " $limits_set 6=u32:1
	refused "ERANGE 6 " $limits_set 1=u32:100 6=u32:4294967295
	[[ $(sipsteer -n "$GW_NS" save) == "$before" ]]
}

no_table() {
	begin
	refused "ENOENT" $table_commit
	refused "ENOENT" $table_abort
	unchanged
}

# A packet that cannot be: hook 1, from 2:3, to 4:5, iif 6, payload 7, proto 8
impossible() {
	local packet="2=addr:192.0.2.2 3=be16:5060 4=addr:10.0.0.5 5=be16:5054"
	refused "EINVAL" $test
	refused "EINVAL" $test $packet
	accepted $test $packet 7=hex:00
	refused "EINVAL 7 " $test $packet 7=hex:00 8=u8:2
	refused "EINVAL 6 " $test $packet 7=hex:00 1=u8:1 6=text:lo
	refused "EINVAL 2 " $test $packet 7=hex:00 1=u8:1
	packet=${packet/192.0.2.2/${ADDRESS[ipv4 gw_ue]}}
	accepted $test $packet 7=hex:00 1=u8:1
	refused "ENETUNREACH 4 " $test ${packet/10.0.0.5/100.64.0.1} 7=hex:00 1=u8:1
	refused "EINVAL 4 " $test 2=addr:192.0.2.2 3=be16:5060 4=addr:2001:db8::5 5=be16:5054 7=hex:00
}

CLEAN_NS=$GW_NS
once missing "attributes missing"
once families_mixed "IPv4 with IPv6, and what is neither"
once addresses "addresses that nothing can be sent to"
once prefixes_and_ports "prefix lengths, host bits, port 0"
once options "protocols, methods, reply, guard, iif and comment"
once loops "loops"
once duplicates "duplicates"
once seventeenth "a seventeenth variant"
once not_there "what is not there"
once which_of_two "one of two, without a name"
once exempts "exempt prefixes"
once limits "limits"
once impossible "what becomes of a packet that cannot be"
once no_table "a table that was not begun"
run_tests
