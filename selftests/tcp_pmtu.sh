#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# A link somewhere on the way takes smaller packets only, and its router says so with an ICMP error
# (path MTU discovery, RFC 1191 and RFC 8201):
#
#     ue --- edge --- gw --- pcscf
#
# Claim: the error reaches whoever has sent the big packet, and is understood there: the phone, where
# the link is the P-CSCF's; the P-CSCF, where it is the phone's. Then the bytes arrive.
# And not: none of the errors is lost, or given to anybody else.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

E_NS=edge-$$

# The phone's cable leads to a router of its own.
edge_network() {
	network_up
	netns_add "$E_NS"
	ip -n "$GW_NS" link set ue netns "$E_NS"
	link edge "$E_NS" core 04 | ip -batch -
	{
		echo "link set lo up"
		echo "link set core up"
		gateway ue 01 gw_ue ue ue2
		echo "address add 198.51.100.2/30 dev core"
		echo "address add 2001:db8:e::2/64 dev core nodad"
		echo "neigh add 198.51.100.1 dev core lladdr 02:00:00:00:01:04"
		echo "neigh add 2001:db8:e::1 dev core lladdr 02:00:00:00:01:04"
		echo "route add default via 198.51.100.1"
		echo "route add default via 2001:db8:e::1"
	} | ip -n "$E_NS" -batch -
	ip -n "$GW_NS" -batch - <<-END
		link set edge up
		address add 198.51.100.1/30 dev edge
		address add 2001:db8:e::1/64 dev edge nodad
		neigh add 198.51.100.2 dev edge lladdr 02:00:00:00:02:04
		neigh add 2001:db8:e::2 dev edge lladdr 02:00:00:00:02:04
		route add 192.0.2.0/24 via 198.51.100.2
		route add 2001:db8:1::/64 via 2001:db8:e::2
	END
	forwarding_on "$E_NS"
	forwarding_on "$GW_NS"
	siptalk - <<-END
		udp ue $UE_NS ${ADDRESS[ipv4 ue]} 9
		udp pcscf $P_NS ${ADDRESS[ipv4 pcscf]} 9
		udp ue-ipv6 $UE_NS ${ADDRESS[ipv6 ue]} 9
		udp pcscf-ipv6 $P_NS ${ADDRESS[ipv6 pcscf]} 9
		settle ue pcscf
		settle ue-ipv6 pcscf-ipv6
	END
}

# errors_mark NETNS, errors NETNS: how many such errors have come there.
errors_mark() {
	in_ns "$1" nft -f - <<-END
		add table inet errors
		delete table inet errors
		table inet errors {
			counter big { }
			chain input {
				type filter hook input priority 0
				icmp type destination-unreachable icmp code frag-needed counter name big
				icmpv6 type packet-too-big counter name big
			}
		}
	END
}

errors() {
	in_ns "$1" nft list counter inet errors big | sed -n 's/.*packets \([0-9]*\) .*/\1/p'
}

# sends_up_to NETNS GATEWAY MTU: what the namespace sends, which says of itself that it takes more
sends_up_to() {
	ip -n "$1" -4 route replace default via "${ADDRESS[ipv4 $2]}" mtu "$3" advmss 1460
	ip -n "$1" -6 route replace default via "${ADDRESS[ipv6 $2]}" mtu "$3" advmss 1440
}

# narrow ROUTER DEVICE NETNS GATEWAY: the link to a host; what was learnt of others is forgotten. The
# host itself knows, as the router would drop what is too big without a word.
narrow() {
	local ns
	sends_up_to "$UE_NS" gw_ue 1500
	sends_up_to "$P_NS" gw_p 1500
	for ns in "$UE_NS" "$P_NS"; do
		ip -n "$ns" -4 route flush cache
		ip -n "$ns" -6 route flush cache
	done
	ip -n "$E_NS" link set ue mtu 1500
	ip -n "$GW_NS" link set pcscf mtu 1500
	ip -n "$1" link set "$2" mtu 1300
	sends_up_to "$3" "$4" 1300
}

# One connection, with big packets both ways
play() {
	errors_mark "$UE_NS"
	errors_mark "$P_NS"
	tcp_mark
	steer guard off
	tcpload "$P_NS" "$PCSCF" 5060 "$UE_NS" "$SCSCF" 5054 bytes 100000
	tcp_over
}

at_pcscf() {
	narrow "$GW_NS" pcscf "$P_NS" gw_p
	play
	(($(errors "$UE_NS") > 0)) || fail "the link is as wide as ever"
	[[ $(errors "$P_NS") == 0 ]]
	counted flow-new 1 first-unknown 1 icmp-restored "$(errors "$UE_NS")" \
		tcp-steered "$(counted_now tcp-steered)" tcp-restored "$(counted_now tcp-restored)"
}

# On a gateway the router sees the S-CSCF send; on the phone's side of it, it sees the P-CSCF.
at_phone() {
	local steered=()
	narrow "$E_NS" ue "$UE_NS" gw_ue
	play
	(($(errors "$P_NS") > 0)) || fail "the link is as wide as ever"
	[[ $(errors "$UE_NS") == 0 ]]
	[[ $PLACE != gateway ]] || steered=(icmp-steered "$(errors "$P_NS")")
	counted flow-new 1 first-unknown 1 "${steered[@]}" \
		tcp-steered "$(counted_now tcp-steered)" \
		tcp-restored "$(counted_now tcp-restored)"
}

network=edge_network
nats=plain each_case at_pcscf "a narrow link of the P-CSCF's"
nats=plain each_case at_phone "a narrow link of the phone's"
run_tests
