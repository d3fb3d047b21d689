#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# A router on the way, or the very host that has the mapping, cannot send on what was steered, and
# says so with an ICMP error.
# Claim: the error that reaches the client quotes what was sent to the S-CSCF, and is from who made
# it; so the client knows at once. One about what the P-CSCF has sent on a steered connection reaches
# the P-CSCF.
# And not: an error about the client's own connection with the P-CSCF is left as it is.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Nobody has these.
declare -A SILENT=(
	[ipv4 ue]=192.0.2.77 [ipv6 ue]=2001:db8:1::77
	[ipv4 pcscf]=203.0.113.77 [ipv6 pcscf]=2001:db8:cb::77
)

# until_end NETNS ROUTE...: a route, while this test lasts.
until_end() {
	# shellcheck disable=SC2064 # now
	trap "ip -n $1 route del ${*:2}" EXIT
	ip -n "$1" route add "${@:2}"
}

# fails ERROR KIND BY [LINE]: what becomes of a REGISTER, and who says so.
fails() {
	counters_mark
	steer
	siptalk - <<-END
		udp scscf $S_NS $SCSCF 5054
		icmp errors $UE_NS $UE
		udp ue $UE_NS $UE $UE_PORT connect $SCSCF 5054
		option ue recverr
		${4:-}
		msg stray REGISTER from ue route $SCSCF 5054
		send ue $SCSCF 5054 stray
		icmp-recv errors from $3 $2 quoting loosely $UE $UE_PORT to $SCSCF 5054 stray
		told ue $1 of $SCSCF 5054 by $3 stray
		quiet scscf errors
	END
	counted steered 1 transaction-new 1 icmp-restored 1
}

far_away() {
	fails EHOSTUNREACH ttl "${ADDRESS[$FAMILY gw_ue]}" "option ue ttl 1"
}

unreachable() {
	local error=EHOSTUNREACH kind=host
	[[ $FAMILY == ipv4 ]] || { error=ENETUNREACH kind=net; }
	until_end "$GW_NS" unreachable "$PCSCF"
	fails "$error" "$kind" "${ADDRESS[$FAMILY gw_ue]}"
}

# soon_unanswered NETNS DEVICE: that who does not answer there is given up at once.
soon_unanswered() {
	in_ns "$1" sysctl -qw "net.$FAMILY.neigh.$2.mcast_solicit=1" \
		"net.$FAMILY.neigh.$2.retrans_time_ms=50"
}

# The gateway's error is about what it has masqueraded already: sent to itself, as it seems.
neighbour() {
	local by=$UE
	if [[ $PLACE == handset ]]; then
		soon_unanswered "$UE_NS" eth0
		until_end "$UE_NS" "$PCSCF" via "${SILENT[$FAMILY ue]}"
	else
		soon_unanswered "$GW_NS" pcscf
		until_end "$GW_NS" "$PCSCF" via "${SILENT[$FAMILY pcscf]}"
		by=${ADDRESS[$FAMILY gw_ue]}
		[[ $NAT == plain ]] || by=$SEEN
	fi
	fails EHOSTUNREACH host "$by"
}

# connection_fails TO PORT: and how often that was said to the client.
connection_fails() {
	local error=EHOSTUNREACH
	[[ $FAMILY == ipv4 ]] || error=EACCES
	# shellcheck disable=SC2064 # now
	trap "in_ns $GW_NS nft delete table inet firewall" EXIT
	in_ns "$GW_NS" nft -f - <<-END
		table inet firewall {
			chain forward {
				type filter hook forward priority filter
				tcp dport 5060 reject with icmpx type admin-prohibited
			}
		}
	END
	counters_mark
	steer from "$UE"
	siptalk - <<-END
		icmp errors $UE_NS $UE
		listen scscf $S_NS $SCSCF 5054
		connect ue $UE_NS $UE $UE_PORT to $1 $2 error $error
		icmp-recv errors from ${ADDRESS[$FAMILY gw_ue]} prohibited \
			quoting loosely $UE $UE_PORT to $1 $2 any tcp S
		quiet scscf
	END
}

# A SYN may have to be sent again: while its sender is busy with it, its socket hears no errors.
steered() {
	connection_fails "$SCSCF" 5054
	counted flow-new 1 icmp-restored "$(counted_now tcp-steered)" \
		tcp-steered "$(counted_now tcp-steered)"
}

direct() {
	connection_fails "$PCSCF" 5060
	counted flow-new 1 tcp-direct "$(counted_now tcp-direct)"
}

# The gateway's error is about what it has restored already: for the S-CSCF, as it seems.
phone_gone() {
	local by=${ADDRESS[$FAMILY gw_s]}
	# Of IPv6, it has the address of where the packet came in.
	[[ $FAMILY == ipv4 ]] || by=${ADDRESS[$FAMILY gw_p]}
	soon_unanswered "$GW_NS" ue
	tcp_mark
	steer from "$UE"
	talk_tcp <<-END
		icmp errors $P_NS $PCSCF
		connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept core pcscf from $SEEN $UE_PORT
		$(exchange ue core stray)
		run ip -n $GW_NS route add $UE via ${SILENT[$FAMILY ue]}
		msg late text "late"
		send core late
		icmp-recv errors from $by host quoting loosely $PCSCF 5060 to $UE $UE_PORT any tcp PA
		run ip -n $GW_NS route del $UE via ${SILENT[$FAMILY ue]}
		recv ue late
		quiet ue core pcscf scscf
	END
	(($(counted_now icmp-steered))) || fail "the error found its way alone"
	counted_tcp flow-new 1 first-matched 1 icmp-steered "$(counted_now icmp-steered)"
}

network=errors_network
nats=plain
each_case far_away "too far away"
each_case unreachable "no way there"
each_case neighbour "nobody there"
nats=masq each_case neighbour "nobody there" gateway
each_case steered "a connection is prohibited"
each_family direct "the client's own connection is prohibited"
each_family phone_gone "the phone is gone"
run_tests
