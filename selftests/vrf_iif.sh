#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# The gateway's ports belong to a VRF, whose device meets what they receive a second time, when
# connection tracking has seen it already.
# Claim: a mapping's "iif" may name the VRF as well as the port; either steers before connection
# tracking, so that the answer comes home through a masquerade, too.
# And not: what passes is judged, and counted, once.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

vrf_network() {
	network_up
	vrf_gateway
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
