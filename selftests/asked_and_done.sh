#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# "sipsteer test" asks the kernel what it would do with a datagram.
# Claim: what it answers is what then happens, counter for counter, for what arrives and for what is
# sent here.
# And not: asking steers, remembers and counts nothing.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

second="Via: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK-second"
start="REGISTER sip:b SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK-asked\r\n"
end="From: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: c\r\nCSeq: 1 REGISTER\r\n\r\n"

# The counter it adds to, and the text
messages=(
	"steered|$start$end"
	"guard-via|$start$second\r\n$end"
	"guard-path|${start}Path: <sip:a>\r\n$end"
	"guard-visited|${start}P-Visited-Network-ID: a\r\n$end"
	"method|OPTIONS${start#REGISTER}$end"
	"not-sip|garbage"
	"bad-sip|REGISTER sip:b SIP/2.0\r\n\r\n"
	"keepalive|\r\n\r\n"
	"response|SIP/2.0 200 OK\r\n\r\n"
)

ask() {
	local from=${S_AT/"$SCSCF"/$UE} how=()
	[[ $PLACE == handset ]] && how=(--local)
	sipsteer -n "$MAP_NS" test --from "${from%5054}$UE_PORT" --to "$S_AT" "${how[@]}" --file "$1"
}

asked_and_done() {
	local item reason text answer where
	local -a counts=(transaction-new 1)
	counters_mark
	steer
	: >"$tmp/script"
	for item in "${messages[@]}"; do
		IFS='|' read -r reason text <<<"$item"
		printf '%b' "$text" >"$tmp/message"
		answer=$(ask "$tmp/message")
		where=scscf
		if [[ $reason == steered ]]; then
			[[ $answer == *"steer to $P_AT"* ]] || fail "$reason: $answer"
			where=pcscf
		else
			[[ $answer == *"pass: $reason:"* ]] || fail "$reason: $answer"
		fi
		counts+=("$reason" 1)
		cat >>"$tmp/script" <<-END
			msg $reason text "$text"
			send ue $SCSCF 5054 $reason
			recv $where $reason from $UE $UE_PORT
		END
	done
	counted
	talk <"$tmp/script"
	counted "${counts[@]}"
	sipsteer -n "$MAP_NS" flush transactions
}

nats=plain families=ipv4 each_case asked_and_done "as asked, so done" gateway handset
nats=plain families=ipv6 each_case asked_and_done "as asked, so done" gateway
run_tests
