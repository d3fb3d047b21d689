#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# RFC 4475 has requests that are hard to parse and yet valid; other ones come from real clients.
# Claim: a valid REGISTER is steered, byte for byte, and its answer restored, however odd it looks:
# folded and compact headers, white space, odd case, escapes, quotes, unknown headers, no headers
# that this does not need, any size that a datagram can have.
# And not: nothing of these reaches the S-CSCF.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# The headers that no request can be without, around what is odd.
via="Via: SIP/2.0/UDP 192.0.2.2;rport;branch=z9hG4bK"
rest='From: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: c@d\r\nCSeq: 1 REGISTER\r\n\r\n'

valid=(
	# RFC 4475 3.1.1.1, the "short tortuous INVITE", as a REGISTER
	'tortuous|REGISTER sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0\r\nTO :\r\n sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n\r\nfrom   : \"J Rosenberg \\\\\\\"\"       <sip:jdrosen@example.com>\r\n  ;\r\n  tag = 98asjd8\r\nMaX-fOrWaRdS: 0068\r\nCall-ID: wsinv.ndaksdj@192.0.2.1\r\nContent-Length   : 150\r\ncseq: 0009\r\n  REGISTER\r\nVia  : SIP  /   2.0\r\n /UDP\r\n    192.0.2.2;rport;branch=z9hG4bK390skdjuw\r\ns :\r\nNewFangledHeader:   newfangled value\r\n continued newfangled value\r\nUnknownHeaderWithUnusualValue: ;;,,;;,;\r\nContent-Type: application/sdp\r\nRoute:\r\n <sip:services.example.com;lr;unknownwith=value;unknown-no-value>\r\nm:\"Quoted string \\\"\\\"\" <sip:jdrosen@example.com> ; newparam =\r\n      newvalue ;\r\n  secondparam ; q = 0.33\r\n\r\n'
	# 3.1.1.4, escaped characters in the URI
	"escapes|REGISTER sip:sips%3Auser%40example.com@example.net SIP/2.0\\r\\n${via}esc;x=%41\\r\\n$rest"
	# 3.1.1.5, escaped null
	"null|REGISTER sip:null-%00-null@example.com SIP/2.0\\r\\n${via}null\\r\\n$rest"
	# 3.1.1.7, long values
	"long|REGISTER sip:a$(printf '%0255d' 0)@b SIP/2.0\\r\\n${via}$(printf '%0255d' 0)\\r\\n$rest"
	# 3.1.1.8, something after the message
	"extra|REGISTER sip:b SIP/2.0\\r\\n${via}extra\\r\\nContent-Length: 0\\r\\n${rest}INVITE sip:joe@example.com SIP/2.0\\r\\n\\r\\n"
	# 3.1.1.9, semicolon in the URI's user part
	"semicolon|REGISTER sip:user;par=u%40example.net@example.com SIP/2.0\\r\\n${via}semi\\r\\n$rest"
	# 3.1.1.2, the wide range of valid characters
	"wide|REGISTER sip:1_unusual.URI~(to-be!sure)&isn't+it\$/crazy?,/;;*:&it+has=1,weird!*pas\$wo~d_too.(doesn't-it)@example.com SIP/2.0\\r\\n${via}-.!%66*_+\`'~\\r\\nextensionHeader-!.%*+_\`'~:\\xef\\xbb\\xbf\\xe5\\xa4\\xa7\\r\\n$rest"
	"lower-case-headers|REGISTER sip:b SIP/2.0\\r\\nvia: sip/2.0/udp 192.0.2.2;RPORT;BRANCH=z9hG4bKlower\\r\\nfrom: <sip:a@b>;tag=1\\r\\nto: <sip:a@b>\\r\\ncall-id: c\\r\\ncseq: 1 REGISTER\\r\\n\\r\\n"
	"compact-headers|REGISTER sip:b SIP/2.0\\r\\nv:SIP/2.0/UDP 192.0.2.2;rport;branch=z9hG4bKcompact\\r\\nf:<sip:a@b>;tag=1\\r\\nt:<sip:a@b>\\r\\ni:c\\r\\nCSeq:1 REGISTER\\r\\n\\r\\n"
	"bare-line-feeds|REGISTER sip:b SIP/2.0\\n${via}lf\\nFrom: <sip:a@b>;tag=1\\nTo: <sip:a@b>\\nCall-ID: c\\nCSeq: 1 REGISTER\\n\\n"
	"big-cseq|REGISTER sip:b SIP/2.0\\r\\n${via}cseq\\r\\nFrom: <sip:a@b>;tag=1\\r\\nTo: <sip:a@b>\\r\\nCall-ID: c\\r\\nCSeq: 2147483647 REGISTER\\r\\n\\r\\n"
	"quoted-via|REGISTER sip:b SIP/2.0\\r\\n${via}quoted;x=\\\"a,b;branch=c\\\"\\r\\n$rest"
	# Before RFC 3261 a branch was just any, and From's tag names the transaction, too.
	"old-branch|REGISTER sip:b SIP/2.0\\r\\nVia: SIP/2.0/UDP 192.0.2.2 (one (and one \\\\) in it) of two);rport;branch=old\\r\\nFrom: \\\"a; \\\\\\\";tag=no\\\" <sip:a@b;tag=no>;x=y;tag=1\\r\\nTo: <sip:a@b>\\r\\nCall-ID: c@d\\r\\nCSeq: 1 REGISTER \\r\\n\\r\\n"
	"old-and-no-tag|REGISTER sip:b SIP/2.0\\r\\nVia: SIP/2.0/UDP 192.0.2.2;rport;branch=older\\r\\nFrom: <sip:a@b>;x=y\\r\\nTo: <sip:a@b>\\r\\nCall-ID: c@d\\r\\nCSeq: 1 REGISTER\\r\\n\\r\\n"
	"body|REGISTER sip:b SIP/2.0\\r\\n${via}body\\r\\n${rest}\\x00\\xff\\r\\nVia: a\\r\\n"
)

steered() {
	local item name text
	counters_mark
	steer
	for item in "${valid[@]}"; do
		IFS='|' read -r name text <<<"$item"
		echo "msg $name text \"$text\""
		echo "send ue $SCSCF 5054 $name"
		echo "recv pcscf $name from $UE $UE_PORT"
		echo "respond pcscf 401 $name-401"
		echo "recv ue $name-401 from $SCSCF 5054"
	done >"$tmp/script"
	echo "quiet scscf pcscf" >>"$tmp/script"
	talk <"$tmp/script"
	counted steered ${#valid[@]} transaction-new ${#valid[@]} restored ${#valid[@]}
	# The same branches come in the next case.
	sipsteer -n "$MAP_NS" flush transactions
}

# As large as a datagram can be.
oversize() {
	local most=65507
	[[ $FAMILY == ipv6 ]] && most=65487
	counters_mark
	steer
	talk <<-END
		msg large REGISTER from ue size 20000
		send ue $SCSCF 5054 large
		recv pcscf large from $UE $UE_PORT
		msg largest REGISTER from ue cseq 2 size $most
		send ue $SCSCF 5054 largest
		recv pcscf largest from $UE $UE_PORT
		respond pcscf 401 largest-401
		recv ue largest-401 from $SCSCF 5054
		quiet scscf pcscf
	END
	counted steered 2 transaction-new 2 restored 1
}

nats=plain
each_case steered "valid, if odd" gateway handset
each_case oversize "as large as can be" gateway handset
run_tests
