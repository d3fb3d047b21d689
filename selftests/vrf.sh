#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# The gateway's interfaces, or the phone's, belong to a VRF, whose device sends packets through the
# hooks a second time.
# Claim: a REGISTER is steered once and its answer restored once.
# And not: other requests reach the S-CSCF, and the mapping's "iif" means the real interface.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Addresses and neighbours that a VRF takes away are added again.
vrf_network() {
	network_up
	ip -n "$GW_NS" link add vrf0 type vrf table 10 || return 0
	ip -n "$UE_NS" link add vrf0 type vrf table 10
	{
		echo "link set vrf0 up"
		for port in ue pcscf scscf; do
			echo "link set $port master vrf0"
		done
		gateway ue 01 gw_ue ue ue2
		gateway pcscf 02 gw_p pcscf pcscf2
		gateway scscf 03 gw_s scscf scscf2 core_pcscf
	} | ip -n "$GW_NS" -force -batch - || true
	{
		echo "link set vrf0 up"
		echo "link set eth0 master vrf0"
		host eth0 gw_ue 01 ue ue2 | sed 's/^route.*/& vrf vrf0/'
	} | ip -n "$UE_NS" -force -batch - || true
	siptalk - <<-END
		udp ue $UE_NS ${ADDRESS[ipv4 ue]} 9 device vrf0
		udp pcscf $P_NS ${ADDRESS[ipv4 pcscf]} 9
		udp ue-ipv6 $UE_NS ${ADDRESS[ipv6 ue]} 9 device vrf0
		udp pcscf-ipv6 $P_NS ${ADDRESS[ipv6 pcscf]} 9
		settle ue pcscf
		settle ue-ipv6 pcscf-ipv6
	END
}

vrf() {
	ip -n "$GW_NS" link show vrf0 >/dev/null 2>&1 || skip "no VRF in this kernel"
	counters_mark
	steer
	siptalk - <<-END
		udp ue $UE_NS $UE $UE_PORT device vrf0
		udp pcscf $P_HOST $PCSCF 5060
		udp scscf $S_NS $SCSCF 5054
		msg stray REGISTER from ue
		send ue $SCSCF 5054 stray
		recv pcscf stray from $UE $UE_PORT
		respond pcscf 401 stray-401
		recv ue stray-401 from $SCSCF 5054
		quiet ue pcscf scscf
	END
	counted steered 1 transaction-new 1 restored 1
}

passed() {
	ip -n "$GW_NS" link show vrf0 >/dev/null 2>&1 || skip "no VRF in this kernel"
	sipsteer -n "$MAP_NS" add "$S_AT" to "$P2_AT" iif pcscf
	sipsteer -n "$MAP_NS" add "$S_AT" to "$P_AT" iif ue
	siptalk - <<-END
		udp ue $UE_NS $UE $UE_PORT device vrf0
		udp pcscf $P_HOST $PCSCF 5060
		udp scscf $S_NS $SCSCF 5054
		msg stray REGISTER from ue
		send ue $SCSCF 5054 stray
		recv pcscf stray from $UE $UE_PORT
		msg options OPTIONS from ue
		send ue $SCSCF 5054 options
		recv scscf options from $UE $UE_PORT
		respond scscf 200 options-200
		recv ue options-200 from $SCSCF 5054
		quiet ue pcscf scscf
	END
}

network=vrf_network
nats=plain
each_case vrf "steered and restored once" gateway handset
each_case passed "iif is the real interface, OPTIONS pass" gateway
run_tests
