#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# The gateway's interfaces, or the phone's, belong to a VRF, whose device sends packets through the
# hooks a second time.
# Claim: a connection is steered, and every segment of it counted once.
# And not: on a gateway, "iif" means the real interface as well as the VRF, and no other.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

vrf_network() {
	network_up
	vrf_gateway
	vrf_phone
}

# steered [OPTION...]
steered() {
	need_vrf
	tcp_mark
	steer from "$UE" "$@"
	talk_tcp <<-END
		connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054 device vrf0
		accept core pcscf from $SEEN $UE_PORT
		$(exchange ue core stray)
		quiet pcscf scscf
	END
	counted_tcp flow-new 1 first-matched 1
}

port() { steered iif ue; }
vrf() { steered iif vrf0; }

other_port() {
	need_vrf
	tcp_mark
	steer from "$UE" iif pcscf
	talk_tcp <<-END
		connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054 device vrf0
		accept core scscf from $UE $UE_PORT
		$(exchange ue core stray)
		quiet pcscf
	END
	tcp_over
	counted no-mapping "$(segments in 5054)"
}

network=vrf_network
nats=plain each_case steered "in a VRF" gateway handset
nats=plain each_case port "iif is the port" gateway
nats=plain each_case vrf "iif is the VRF" gateway
nats=plain each_case other_port "iif is another port" gateway
run_tests
