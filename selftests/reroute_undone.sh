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

TIMES=1000

# A tunnel without a peer of its own has a link header: where to send is in it. The gateway's port
# to the S-CSCF fills in no checksums, so the kernel has to.
far_network() {
	network_up
	set -e
	ip -n "$UE_NS" link add far0 type ip6gre local "${ADDRESS[ipv6 ue]}" 2>/dev/null ||
		return 0
	ip -n "$UE_NS" link set far0 up
	in_ns "$GW_NS" ethtool -K scscf tx off >/dev/null 2>&1
	set +e
}

need_far() {
	ip -n "$UE_NS" link show far0 >/dev/null 2>&1 || skip "no ip6gre in this kernel"
	in_ns "$GW_NS" ethtool -k scscf 2>/dev/null | grep -q '^tx-checksumming: off' ||
		skip "no ethtool"
}

route() { echo "route $* ${FAMILY:+}"; }

# The phone's routes, made anew: what holds on to those before is seen. $way: that to the P-CSCF.
routes() {
	cat <<-END
		route replace $SCSCF via ${ADDRESS[$FAMILY gw_ue]}
		route flush exact $PCSCF
		route add $way
	END
}

# How many routes the kernel keeps, for packets and sockets, too.
kept() {
	if [[ $FAMILY == ipv4 ]]; then
		echo $((0x$(in_ns "$UE_NS" awk 'NR == 2 { print $1 }' /proc/net/stat/rt_cache)))
	else
		echo $((0x$(in_ns "$UE_NS" awk '{ print $6 }' /proc/net/rt6_stats)))
	fi
}

no_more_than() { (($(kept) <= $1)); }

# undone COUNTER: with the way to the P-CSCF that $way says and the obstacle that is there, every
# REGISTER passes, counted so.
undone() {
	local counter=$1 before round
	routes >"$tmp/routes"
	{
		for ((round = 0; round < 50; round++)); do
			echo "run ip -n $UE_NS -$FAMILY_FLAG -batch $tmp/routes"
			echo "send ue $SCSCF 5054 stray"
			echo "recv scscf stray from $UE $UE_PORT"
		done
	} >"$tmp/rounds"
	counters_mark
	ip -n "$UE_NS" "-$FAMILY_FLAG" -batch "$tmp/routes"
	steer
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
		$(<"$tmp/rounds")
		quiet pcscf scscf
	END
	echo "kept: $before, then $(kept)"
	busywait 10 no_more_than $((before + 10))
	counted "$counter" $((TIMES + 51))
	"${remove_obstacle:-true}"
	ip -n "$UE_NS" "-$FAMILY_FLAG" route flush exact "$PCSCF"
	talk <<-END
		msg stray REGISTER from ue
		send ue $SCSCF 5054 stray
		recv pcscf stray from $UE $UE_PORT
		quiet scscf
	END
	counted steered 1 transaction-new 1
	ip -n "$UE_NS" "-$FAMILY_FLAG" route del "$SCSCF"
}
