#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# A phone steers its own REGISTER, and the way to the P-CSCF turns out to be none: IPsec protects
# it, or the routing table refuses it. By then the packet has been rewritten and rerouted, its data
# perhaps moved, for the link to the P-CSCF has a longer header.
#
#     ue ------ gateway ------ scscf
#      \
#       far0, a tunnel, to the P-CSCF
#
# Claim: it is sent as the phone wanted, by the way that the phone's socket had found, its checksum
# still to be filled in by a card on the way, which finds the place; every time is counted.
# And not: however often, no route stays behind; once the obstacle is gone, it is steered.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# With the same routes, and with new ones each time
TIMES=200
ROUNDS=20

# A tunnel without a peer of its own has a link header: where to send is in it. The gateway's port
# to the S-CSCF fills in no checksums, so the kernel has to.
far_network() {
	network_up
	ip -n "$UE_NS" link add far0 type ip6gre local "${ADDRESS[ipv6 ue]}" 2>/dev/null ||
		return 0
	ip -n "$UE_NS" link set far0 up
	in_ns "$GW_NS" ethtool -K scscf tx off >/dev/null 2>&1
}

need_far() {
	ip -n "$UE_NS" link show far0 >/dev/null 2>&1 || skip "no ip6gre in this kernel"
	in_ns "$GW_NS" ethtool -k scscf 2>/dev/null | grep -q '^tx-checksumming: off' ||
		skip "no ethtool"
}

# The phone's routes, made anew: what holds on to those before is seen. $way: that to the P-CSCF.
routes() {
	cat <<-END
		route replace $SCSCF via ${ADDRESS[$FAMILY gw_ue]}
		route flush exact $PCSCF
		route add $way
	END
}

route_batch() { ip -n "$UE_NS" "-${FAMILY#ipv}" -batch "$1"; }

# A test that failed may have left its obstacle.
no_obstacle() {
	ip -n "$UE_NS" xfrm policy flush
	ip -n "$UE_NS" xfrm state flush
	printf 'route flush exact %s\n' "$SCSCF" "$PCSCF" | route_batch -
}

# How many routes the kernel keeps, those for packets and sockets too: the first number of the second
# line, or the sixth of the first, both hexadecimal.
kept() {
	local numbers
	if [[ $FAMILY == ipv4 ]]; then
		in_ns "$UE_NS" sed -n 2p /proc/net/stat/rt_cache | read -ra numbers
		echo $((0x${numbers[0]}))
	else
		in_ns "$UE_NS" cat /proc/net/rt6_stats | read -ra numbers
		echo $((0x${numbers[5]}))
	fi
}

no_more_than() { (($(kept) <= $1)); }

rounds() {
	local round
	for ((round = 0; round < ROUNDS; round++)); do
		echo "run ip -n $UE_NS -${FAMILY#ipv} -batch $tmp/routes"
		echo "send ue $SCSCF 5054 stray"
		echo "recv scscf stray from $UE $UE_PORT"
	done
}

# undone COUNTER WAY...: with this route to the P-CSCF, every REGISTER passes and is counted so.
undone() {
	local counter=$1 way=${*:2} before
	counters_mark
	steer
	routes >"$tmp/routes"
	route_batch "$tmp/routes"
	before=$(kept)
	talk <<-END
		sniff core $S_NS eth0
		msg stray REGISTER from ue route $SCSCF 5054
		send ue $SCSCF 5054 stray
		recv scscf stray from $UE $UE_PORT
		wire core $UE $UE_PORT to $SCSCF 5054 stray sum good
		respond scscf 401 stray-401
		recv ue stray-401 from $SCSCF 5054
		close core
		flood ue $SCSCF 5054 stray $TIMES at scscf
		$(rounds)
		quiet pcscf scscf
	END
	counted "$counter" $((1 + TIMES + ROUNDS))
	busywait 10 no_more_than $((before + 10)) || fail "kept $before routes, then $(kept)"
}

steered_then() {
	no_obstacle
	talk <<-END
		msg stray REGISTER from ue
		send ue $SCSCF 5054 stray
		recv pcscf stray from $UE $UE_PORT
		quiet scscf
	END
	counted steered 1 transaction-new 1
}

refused() {
	no_obstacle
	undone no-route "$@"
	steered_then
}

blackhole() { refused blackhole "$PCSCF"; }
prohibit() { refused prohibit "$PCSCF"; }
unreachable() { refused unreachable "$PCSCF"; }

# ipsec COUNTER POLICY...: with this policy for what is sent to the P-CSCF
ipsec() {
	ip -n "$UE_NS" xfrm policy add src "$UE" dst "$PCSCF" dir out "${@:2}"
	undone "$1" "$PCSCF" dev far0
	steered_then
}

protected() {
	need_far
	no_obstacle
	ip -n "$UE_NS" xfrm state add src "$UE" dst "$PCSCF" proto esp spi 0x5160 reqid 1 \
		mode transport auth digest_null "" enc ecb\(cipher_null\) "" ||
		skip "no IPsec in this kernel"
	ipsec xfrm tmpl proto esp reqid 1 mode transport
}

not_associated() {
	need_far
	no_obstacle
	ipsec no-route tmpl proto esp reqid 1 mode transport
}

blocked() {
	need_far
	no_obstacle
	ipsec no-route action block
}

network=far_network
nats=plain
each_case protected "IPsec protects it" handset
each_case not_associated "IPsec would, but has no association" handset
each_case blocked "IPsec forbids it" handset
each_case blackhole "a route that says blackhole" handset
each_case prohibit "a route that says prohibit" handset
each_case unreachable "a route that says unreachable" handset
run_tests
