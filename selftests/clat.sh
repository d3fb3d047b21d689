#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# The network has but IPv6: a phone makes IPv6 packets of a client's IPv4 (464XLAT, RFC 6877), the
# network makes IPv4 of them again. Tayga does both here.
# Claim: on the phone, a mapping of IPv4 steers the client's REGISTER before it is translated, by UDP
# and TCP, and the answer comes from where the client wrote to.
# And not: another request is translated and arrives where it was sent.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

command -v tayga >/dev/null || skip_all "no tayga"

# The phone's addresses within itself, in IPv6, and as the network's translator shows it; what it
# makes of IPv4 addresses.
readonly INSIDE=192.0.0.4 BETWEEN=2001:db8:1::c OUTSIDE=198.51.100.4 PREFIX=2001:db8:64::/96

# translator NETNS DEVICE IPV4 OWN: has two addresses of its own
translator() {
	printf '%s\n' "tun-device $2" "ipv4-addr $4" "ipv6-addr 2001:db8:ff::${4##*.}" \
		"prefix $PREFIX" "map $3 $BETWEEN" >"$tmp/$2.conf"
	in_ns "$1" tayga --config "$tmp/$2.conf" --mktun
	ip -n "$1" link set "$2" up
}

run_translator() {
	nsenter --net="/run/netns/$1" tayga --config "$tmp/$2.conf" --nodetach &
	translators+=($!)
}

clat_network() {
	network_up
	[[ -e /dev/net/tun ]] || modprobe tun
	translator "$UE_NS" clat "$INSIDE" 192.0.0.1
	translator "$GW_NS" plat "$OUTSIDE" 198.51.100.1
	ip -n "$UE_NS" -4 address flush dev eth0
	ip -n "$UE_NS" -batch - <<-END
		address add $INSIDE/32 dev clat
		route add default dev clat
		route add $BETWEEN dev clat
	END
	ip -n "$GW_NS" -batch - <<-END
		route add $OUTSIDE dev plat
		route add $PREFIX dev plat
		neigh add $BETWEEN dev ue lladdr 02:00:00:00:02:01
	END
	forwarding_on "$UE_NS"
}
network=clat_network

# translated FUNCTION: while both translators run
translated() {
	translators=()
	trap 'kill "${translators[@]}"; wait' EXIT
	run_translator "$UE_NS" clat
	run_translator "$GW_NS" plat
	UE=$INSIDE SEEN=$OUTSIDE
	counters_mark
	steer
	"$1"
}

udp() {
	talk <<-END
		settle ue pcscf
		msg stray REGISTER from ue route $SCSCF 5054
		send ue $SCSCF 5054 stray
		recv pcscf stray from $SEEN $UE_PORT
		respond pcscf 401 stray-401
		recv ue stray-401 from $SCSCF 5054
		msg options OPTIONS from ue
		send ue $SCSCF 5054 options
		recv scscf options from $SEEN $UE_PORT
		quiet pcscf scscf
	END
	counted steered 1 transaction-new 1 restored 1 method 1
}

tcp() {
	talk_tcp <<-END
		connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept core pcscf from $SEEN $UE_PORT
		$(exchange ue core stray)
		$(exchange ue core again)
		quiet pcscf scscf ue core
	END
	(($(counted_now tcp-steered) > 3 && $(counted_now tcp-restored) > 3))
}

over_udp() { translated udp; }
over_tcp() { translated tcp; }

nats=plain families=ipv4 each_case over_udp "a REGISTER is steered before it is translated" handset
nats=plain families=ipv4 each_case over_tcp "and so is a connection" handset
run_tests
