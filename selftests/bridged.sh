#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# A bridge, where the kernel shows bridged packets to the IP hooks. It keeps a header of the bridge's
# before the packet, so what holds several datagrams cannot be taken apart.
# Claim: a REGISTER that crosses it is steered, in fragments, too, and its answer restored. What holds
# several passes, and that is counted; all of them arrive.
# And not: none of those is steered, or restored, nor damaged.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# The gateway's ports to the phone and to the P-CSCF become one bridge's; the P-CSCF's host sends to the
# phone across it.
bridge_network() {
	local family
	network_up
	modprobe br_netfilter
	{
		echo "link add br0 type bridge"
		for port in ue pcscf; do
			echo "address flush dev $port"
			echo "link set $port master br0"
		done
		gateway br0 01 gw_ue ue ue2
		gateway br0 02 gw_p pcscf pcscf2
	} | ip -n "$GW_NS" -batch -
	for family in ipv4 ipv6; do
		echo "route add ${ADDRESS[$family ue]} dev eth0"
		echo "neigh add ${ADDRESS[$family ue]} dev eth0 lladdr 02:00:00:00:02:01"
	done | ip -n "$P_NS" -batch -
	network_settles
}

one_packet() { register 500; }
fragments() { register 4000; }

register() {
	counters_mark
	steer
	talk <<-END
		msg stray REGISTER from ue size $1
		send ue $SCSCF 5054 stray
		recv pcscf stray from $UE $UE_PORT
		respond pcscf 401 stray-401
		recv ue stray-401 from $SCSCF 5054
		quiet scscf
	END
	counted steered 1 transaction-new 1 restored 1
}

requests() {
	counters_mark
	steer
	talk <<-END
		msg one REGISTER from ue size 1000
		msg two REGISTER from ue size 1000 cseq 2
		gso ue $SCSCF 5054 one two
		recv scscf one from $UE $UE_PORT
		recv scscf two from $UE $UE_PORT
		quiet pcscf scscf
	END
	counted aggregated 1 aggregated-passed 1
}

replies() {
	counters_mark
	steer
	talk <<-END
		msg answer text "SIP/2.0 200 OK\r\n\r\n"
		gso pcscf $UE $UE_PORT answer answer
		recv ue answer from $PCSCF 5060
		recv ue answer from $PCSCF 5060
		quiet ue
	END
	counted reply-aggregated 1 reply-aggregated-passed 1
}

# Other tests have bridges whose packets are not to be shown.
put_away() {
	# Built in, it does not go.
	grep -qs '/br_netfilter\.ko' "/lib/modules/$(uname -r)/modules.builtin" && return
	modprobe -r br_netfilter
	[[ ! -e /proc/sys/net/bridge ]]
}

each_family one_packet "a REGISTER across a bridge"
each_family fragments "a REGISTER in fragments, across a bridge"
each_family requests "requests in one buffer, across a bridge"
each_family replies "replies in one buffer, across a bridge"
once put_away "br_netfilter goes when nobody needs it"
network=bridge_network
run_tests
