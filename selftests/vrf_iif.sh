#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# The gateway's ports belong to a VRF, whose device meets what they receive a second time, when
# connection tracking has seen it already.
# Claim: a mapping's "iif" may name the VRF as well as the port; either steers before connection
# tracking, so that the answer comes home through a masquerade, too.
# And not: what passes is judged, and counted, once.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Addresses and neighbours that a VRF takes away are added again.
vrf_network() {
	local port
	network_up
	ip -n "$GW_NS" link add vrf0 type vrf table 10 || return 0
	{
		echo "link set vrf0 up"
		for port in ue pcscf scscf; do
			echo "link set $port master vrf0"
		done
		gateway ue 01 gw_ue ue ue2
		gateway pcscf 02 gw_p pcscf pcscf2
		gateway scscf 03 gw_s scscf scscf2 core_pcscf
	} | ip -n "$GW_NS" -force -batch - || true
	siptalk - <<-END
		udp ue $UE_NS ${ADDRESS[ipv4 ue]} 9
		udp pcscf $P_NS ${ADDRESS[ipv4 pcscf]} 9
		udp ue-ipv6 $UE_NS ${ADDRESS[ipv6 ue]} 9
		udp pcscf-ipv6 $P_NS ${ADDRESS[ipv6 pcscf]} 9
		settle ue pcscf
		settle ue-ipv6 pcscf-ipv6
	END
}

need_vrf() {
	ip -n "$GW_NS" link show vrf0 >/dev/null 2>&1 || skip "no VRF in this kernel"
}

# steered_by IIF
steered_by() {
	need_vrf
	counters_mark
	steer iif "$1"
	talk <<-END
		msg stray REGISTER from ue
		send ue $SCSCF 5054 stray
		recv pcscf stray from $SEEN $UE_PORT
		respond pcscf 401 stray-401
		recv ue stray-401 from $SCSCF 5054
		msg options OPTIONS from ue
		send ue $SCSCF 5054 options
		recv scscf options from $SEEN_S $UE_PORT
		respond scscf 200 options-200
		recv ue options-200 from $SCSCF 5054
		quiet ue pcscf scscf
	END
	counted steered 1 transaction-new 1 restored 1 method 1
}

vrf() { steered_by vrf0; }
port() { steered_by ue; }

other_port() {
	need_vrf
	counters_mark
	steer iif pcscf
	talk <<-END
		msg stray REGISTER from ue
		send ue $SCSCF 5054 stray
		recv scscf stray from $SEEN_S $UE_PORT
		quiet pcscf
	END
	counted no-mapping 1
}

network=vrf_network
each_case vrf "iif is the VRF" gateway
each_case port "iif is the port" gateway
each_case other_port "iif is another port" gateway
run_tests
