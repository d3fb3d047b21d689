#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# The gateway's interfaces, or the phone's, belong to a VRF, whose device sends packets through the
# hooks a second time.
# Claim: a REGISTER is steered once and its answer restored once.
# And not: other requests reach the S-CSCF, and the mapping's "iif" means the real interface.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

vrf_network() {
	network_up
	vrf_gateway
	vrf_phone
}

vrf() {
	need_vrf
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
	need_vrf
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
