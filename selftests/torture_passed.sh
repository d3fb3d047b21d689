#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Claim: what is no valid SIP request passes untouched to where it was sent, and is counted: garbage,
# truncated requests, headers that contradict themselves or cannot name a transaction.
# And not: none of it reaches the P-CSCF, and none keeps the next valid one from being steered.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

via="Via: SIP/2.0/UDP 192.0.2.2;rport;branch=z9hG4bK"
old="Via: SIP/2.0/UDP 192.0.2.2;rport;branch=old"
from='From: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: c@d\r\n'
cseq='CSeq: 1 REGISTER\r\n'

# The counter, a name, the text
invalid=(
	'not-sip|garbage|\x00\x01\x02\xfe\xff'
	'not-sip|one-byte|R'
	'not-sip|stun|\x00\x01\x00\x00\x21\x12\xa4\x42abcdefghijkl'
	'not-sip|word|REGISTER'
	'not-sip|word-and-space|REGISTER '
	'not-sip|no-version|REGISTER sip:b\r\n\r\n'
	'not-sip|other-version|REGISTER sip:b SIP/7.0\r\n\r\n'
	'not-sip|http|REGISTER / HTTP/1.1\r\n\r\n'
	'not-sip|no-line-end|REGISTER sip:b SIP/2.0'
	'not-sip|no-uri|REGISTER SIP/2.0\r\n\r\n'
	'not-sip|colon|REGISTER: sip:b SIP/2.0\r\n\r\n'
	'not-sip|leading-space| REGISTER sip:b SIP/2.0\r\n\r\n'
	'not-sip|binary-first|\xffREGISTER sip:b SIP/2.0\r\n\r\n'
	'not-sip|broken-start|REGISTER sip:b\r\n SIP/2.0\r\n\r\n'
	'response|response|SIP/2.0 200 OK\r\n\r\n'
	'bad-sip|no-headers|REGISTER sip:b SIP/2.0\r\n\r\n'
	"bad-sip|no-via|REGISTER sip:b SIP/2.0\\r\\n$from$cseq\\r\\n"
	"bad-sip|no-cseq|REGISTER sip:b SIP/2.0\\r\\n${via}1\\r\\n$from\\r\\n"
	"bad-sip|cut-in-via|REGISTER sip:b SIP/2.0\\r\\nVia: SIP/2.0/UDP 192.0"
	"bad-sip|cut-in-cseq|REGISTER sip:b SIP/2.0\\r\\n${via}2\\r\\n${from}CSeq: 1 REG"
	"bad-sip|cseq-too-big|REGISTER sip:b SIP/2.0\\r\\n${via}3\\r\\n${from}CSeq: 36893488147419103232 REGISTER\\r\\n\\r\\n"
	"bad-sip|cseq-no-number|REGISTER sip:b SIP/2.0\\r\\n${via}4\\r\\n${from}CSeq: one REGISTER\\r\\n\\r\\n"
	"bad-sip|cseq-no-method|REGISTER sip:b SIP/2.0\\r\\n${via}5\\r\\n${from}CSeq: 1\\r\\n\\r\\n"
	"bad-sip|cseq-other-method|REGISTER sip:b SIP/2.0\\r\\n${via}6\\r\\n${from}CSeq: 1 INVITE\\r\\n\\r\\n"
	"bad-sip|open-quote|REGISTER sip:b SIP/2.0\\r\\n${via}7;x=\\\"open\\r\\n$from$cseq\\r\\n"
	"bad-sip|escape-at-end|REGISTER sip:b SIP/2.0\\r\\n${via}9;x=\\\"open\\\\\\\\"
	"bad-sip|no-via-value|REGISTER sip:b SIP/2.0\\r\\nVia:\\r\\n${via}10\\r\\n$from$cseq\\r\\n"
	"bad-sip|comma-behind-via|REGISTER sip:b SIP/2.0\\r\\n${via}11 ,\\r\\n$from$cseq\\r\\n"
	"bad-sip|two-cseqs|REGISTER sip:b SIP/2.0\\r\\n${via}12\\r\\n$from$cseq$cseq\\r\\n"
	"bad-sip|two-froms|REGISTER sip:b SIP/2.0\\r\\n${old}1\\r\\n$from$from$cseq\\r\\n"
	"bad-sip|from-open-quote|REGISTER sip:b SIP/2.0\\r\\n${old}2\\r\\nFrom: \\\"a <sip:a@b>;tag=1\\r\\nCall-ID: c@d\\r\\n$cseq\\r\\n"
	"bad-sip|from-open-bracket|REGISTER sip:b SIP/2.0\\r\\n${old}3\\r\\nFrom: <sip:a@b;tag=1\\r\\nCall-ID: c@d\\r\\n$cseq\\r\\n"
	"bad-sip|no-call-id-value|REGISTER sip:b SIP/2.0\\r\\n${old}4\\r\\nFrom: <sip:a@b>;tag=1\\r\\nCall-ID: \\r\\n$cseq\\r\\n"
	"bad-sip|no-name|REGISTER sip:b SIP/2.0\\r\\nVia: SIP/2.0/UDP 192.0.2.2\\r\\nFrom: <sip:a@b>\\r\\n$cseq\\r\\n"
	"method|small-letters|register sip:b SIP/2.0\\r\\n${via}8\\r\\n$from$cseq\\r\\n"
	'keepalive|spaces-less-crlf|\r\n\r\n'
)

passed() {
	local item reason name text
	local -A reasons=()
	counters_mark
	steer
	for item in "${invalid[@]}"; do
		IFS='|' read -r reason name text <<<"$item"
		echo "msg $name text \"$text\""
		echo "send ue $SCSCF 5054 $name"
		echo "recv scscf $name from $UE $UE_PORT"
		reasons[$reason]=$((${reasons[$reason]:-0} + 1))
	done >"$tmp/script"
	cat >>"$tmp/script" <<-END
		msg valid REGISTER from ue
		send ue $SCSCF 5054 valid
		recv pcscf valid from $UE $UE_PORT
		quiet scscf pcscf
	END
	talk <"$tmp/script"
	counted not-sip "${reasons[not-sip]}" bad-sip "${reasons[bad-sip]}" \
		response "${reasons[response]}" method "${reasons[method]}" \
		keepalive "${reasons[keepalive]}" steered 1 transaction-new 1
}

# A valid REGISTER, cut off after each of its bytes.
every_truncation() {
	local text size list=''
	text="REGISTER sip:b SIP/2.0\\r\\n${via}cut\\r\\nFrom: <sip:a@b>;tag=1\\r\\n"
	text=$(printf '%b' "${text//\\\\/\\}x")
	text=${text%x}
	local start=${text%%$'\n'*}
	counters_mark
	steer
	{
		for ((size = 1; size < ${#text}; size++)); do
			list=${text:0:size}
			list=${list//$'\r'/\\r}
			echo "msg cut-$size text \"${list//$'\n'/\\n}\""
			echo "send ue $SCSCF 5054 cut-$size"
			echo "recv scscf cut-$size from $UE $UE_PORT"
		done
		echo "quiet pcscf"
	} >"$tmp/script"
	talk <"$tmp/script"
	# Without its end, the start line is none.
	counted not-sip ${#start} bad-sip $((${#text} - 1 - ${#start}))
}

# What a P-CSCF sends that is no proper answer.
replies_passed() {
	counters_mark
	steer
	talk <<-END
		msg stray REGISTER from ue
		send ue $SCSCF 5054 stray
		recv pcscf stray from $UE $UE_PORT
		msg garbage text "\x00\x01garbage"
		msg cut text "SIP/2.0 401 Un"
		msg status text "SIP/2.0 4O1 Unauthorized\r\n\r\n"
		msg no-via text "SIP/2.0 401 Unauthorized\r\nCSeq: 1 REGISTER\r\n\r\n"
		msg no-cseq text "SIP/2.0 401 Unauthorized\r\n${via}-stray-$UE_PORT\r\n\r\n"
		msg ping text "\r\n\r\n"
		send pcscf $UE $UE_PORT garbage
		recv ue garbage from $PCSCF 5060
		send pcscf $UE $UE_PORT cut
		recv ue cut from $PCSCF 5060
		send pcscf $UE $UE_PORT status
		recv ue status from $PCSCF 5060
		send pcscf $UE $UE_PORT no-via
		recv ue no-via from $PCSCF 5060
		send pcscf $UE $UE_PORT no-cseq
		recv ue no-cseq from $PCSCF 5060
		send pcscf $UE $UE_PORT ping
		recv ue ping from $PCSCF 5060
		respond pcscf 401 stray-401
		recv ue stray-401 from $SCSCF 5054
	END
	counted steered 1 transaction-new 1 restored 1 reply-not-response 4 reply-bad-sip 2
}

nats=plain
each_case passed "invalid, passed and counted" gateway handset
each_case every_truncation "cut off anywhere" gateway
each_case replies_passed "improper answers" gateway handset
run_tests
