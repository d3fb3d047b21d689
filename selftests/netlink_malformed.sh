#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Claim: malformed netlink messages are refused, whatever is wrong with them: cut off anywhere,
# attributes of wrong sizes or kinds, unknown attributes and commands.
# And not: the table is as before, and the kernel is none the worse.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

good=("2=addr:10.0.0.5" "4=be16:5054" "5=addr:203.0.113.1" "6=be16:5060")

poke() { nlpoke -n "$GW_NS" "$@" || (($? == 2)); }

refused() {
	local said
	said=$(poke "$@")
	[[ $said == E* ]] || fail "$*: \"$said\""
}

unchanged() {
	[[ $(sipsteer -n "$GW_NS" show | sed 's/^[0-9]*: //') == "10.0.0.5:5054 to 203.0.113.1:5060" ]]
	[[ -z $(sipsteer -n "$GW_NS" exempt show) ]]
}

begin() { poke 1 "${good[@]}"; }

cut_off() {
	local size
	begin
	# Header 16 and 4 bytes; then the attributes: 8 each. Less than a header gets no answer.
	for size in 20 21 23 24 27 28 29 32 36 40 43 47 49; do
		refused -t "$size" 1 2=addr:10.0.0.6 4=be16:5054 5=addr:203.0.113.1 6=be16:5060
	done
	unchanged
}

wrong_sizes() {
	local attr
	begin
	for attr in 2 3 4 5 6 7 8 9 11 12 13; do
		refused 1 "${good[@]/10.0.0.5/10.0.0.6}" "$attr"=hex:
		refused 1 "${good[@]/10.0.0.5/10.0.0.6}" "$attr"=hex:0102030405060708090a
	done
	refused 1 "${good[@]/10.0.0.5/10.0.0.6}" 10=hex:6162636465666768696a6b6c6d6e6f70717273
	refused 1 "${good[@]/10.0.0.5/10.0.0.6}" 14=hex:"$(printf '41%.0s' {1..300})"
	unchanged
}

unknown() {
	begin
	refused 1 "${good[@]/10.0.0.5/10.0.0.6}" 99=u32:1
	# The kernel fills these in.
	refused 1 "${good[@]/10.0.0.5/10.0.0.6}" 15=hex:0000000000000001
	refused 0
	refused 12
	refused 255
	# Commands that take no attributes
	refused 4 2=addr:10.0.0.5
	refused 10 1=u32:1
	unchanged
}

# More than any UDP datagram holds
large() {
	local hex
	begin
	printf -v hex '%0*d' 131020 0
	refused 1 "${good[@]/10.0.0.5/10.0.0.6}" "14=hex:$hex"
	refused 11 2=addr:192.0.2.1 3=be16:5060 4=addr:10.0.0.5 5=be16:5054 "7=hex:$hex"
	unchanged
}

test_requests() {
	begin
	refused 11
	refused 11 2=addr:192.0.2.1 3=be16:5060 4=addr:2001:db8::1 5=be16:5054 7=hex:00
	refused 11 2=addr:192.0.2.1 3=be16:5060 4=addr:10.0.0.5 5=be16:5054 6=text:nosuchdevice 7=hex:00
	refused 11 1=u8:7 2=addr:192.0.2.1 3=be16:5060 4=addr:10.0.0.5 5=be16:5054 7=hex:00
	unchanged
}

CLEAN_NS=$GW_NS
once cut_off "messages cut off"
once wrong_sizes "attributes of wrong sizes"
once unknown "unknown attributes and commands"
once large "large attributes"
once test_requests "questions that make no sense"
run_tests
