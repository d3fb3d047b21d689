#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# A misdirected REGISTER has "Route: <S-CSCF>", and a P-CSCF may be one that follows that: Kamailio is,
# if its script says loose_route(), as most do.
# Claim: with "route hide" it handles the REGISTER itself, over UDP and TCP.
# And not: with "route keep", the default, it sends the REGISTER on to the S-CSCF.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$here/clients/kamailio.sh"
need_kamailio

# Both answer at once, in their own ways.
cat >"$tmp/cscf.cfg" <<'END'
debug=0
log_stderror=yes
children=1
tcp_children=1
dns=no
rev_dns=no
auto_aliases=no
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"

request_route {
	if ($Rp == 5054) {
		sl_send_reply("403", "Not through the P-CSCF");
		exit;
	}
	if (loose_route()) {
		t_relay();
		exit;
	}
	sl_send_reply("401", "Unauthorized");
}
END

cscfs_network() {
	local family p_ears=() s_ears=()
	network_up
	for family in ipv4 ipv6; do
		use_case "$family" gateway plain
		p_ears+=(-l "udp:$P_AT" -l "tcp:$P_AT")
		s_ears+=(-l "udp:$S_AT")
	done
	kamailio_start pcscf "$P_NS" "$tmp/cscf.cfg" "${p_ears[@]}"
	kamailio_start scscf "$S_NS" "$tmp/cscf.cfg" "${s_ears[@]}"
	kamailio_listens "$P_NS" u 5060
	kamailio_listens "$P_NS" t 5060
	kamailio_listens "$S_NS" u 5054
}
network=cscfs_network

# register u1|t1 CODE: the phone, over UDP or TCP, gets just this answer.
register() {
	cat >"$tmp/register.xml" <<-END
		<?xml version="1.0" encoding="UTF-8"?>
		<scenario name="misdirected REGISTER">
		<send><![CDATA[

		REGISTER sip:ims.example SIP/2.0
		Via: SIP/2.0/[transport] [local_ip]:[local_port];rport;branch=[branch]
		Route: <sip:[remote_ip]:[remote_port];lr>
		Max-Forwards: 70
		From: <sip:alice@ims.example>;tag=[call_number]
		To: <sip:alice@ims.example>
		Call-ID: [call_id]
		CSeq: 1 REGISTER
		Contact: <sip:alice@[local_ip]:[local_port];transport=[transport]>
		Content-Length: 0

		]]></send>
		<recv response="100" optional="true"/>
		<recv response="$2" timeout="20000"/>
		</scenario>
	END
	in_ns "$UE_NS" timeout 30 sipp -sf "$tmp/register.xml" -t "$1" -i "$UE" -p "$UE_PORT" -m 1 \
		-nostdin -trace_msg -message_file "$tmp/messages" -message_overwrite true \
		"$S_AT" >"$tmp/sipp.log" 2>&1 || {
		cat "$tmp/messages" "$tmp/sipp.log"
		fail "no $2"
	}
}

# A gateway also sees what the P-CSCF sends on to the S-CSCF.
udp_kept() {
	local relayed=()
	[[ $PLACE == handset ]] || relayed=(guard-via 1 reply-not-response 1)
	counters_mark
	steer proto udp route keep
	register u1 403
	counted steered 1 transaction-new 1 restored 1 "${relayed[@]}"
}

udp_hidden() {
	counters_mark
	steer proto udp route hide
	register u1 401
	counted steered 1 transaction-new 1 restored 1 route-hidden 1
}

tcp_kept() {
	local relayed=()
	[[ $PLACE == handset ]] || relayed=(no-mapping 1 reply-not-response 1)
	tcp_mark
	steer proto tcp from "$UE" route keep
	register t1 403
	counted_tcp flow-new 1 first-matched 1 "${relayed[@]}"
}

tcp_hidden() {
	tcp_mark
	steer proto tcp from "$UE" route hide
	register t1 401
	counted_tcp flow-new 1 first-matched 1 route-hidden 1
}

nats=plain each_case udp_kept "over UDP, a Route that is kept is followed"
each_case udp_hidden "over UDP, one that is hidden is not"
nats=plain each_case tcp_kept "over TCP, a Route that is kept is followed"
each_case tcp_hidden "over TCP, one that is hidden is not"
once kamailio_ends "the CSCFs end"
run_tests
