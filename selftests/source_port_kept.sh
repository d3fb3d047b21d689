#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# A registration is bound to the address and port that its REGISTER came from.
# Claim: wherever the mapping is, the P-CSCF sees the phone's own port, also the well-known one,
# and sees two phones behind one NAT by their own ports.
# And not: no steered REGISTER comes from another port than a direct one.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

source_port_kept() {
	local last_resort=$((UE_PORT + 50000))
	steer
	talk <<-END
		udp known $UE_NS $UE 5060
		udp high $UE_NS $UE $last_resort
		udp second $UE_NS $UE2 $((UE_PORT + 1000))
		msg direct REGISTER from ue
		send ue $PCSCF 5060 direct
		recv pcscf direct from $SEEN $UE_PORT
		msg stray REGISTER from ue route $SCSCF 5054
		send ue $SCSCF 5054 stray
		recv pcscf stray from $SEEN $UE_PORT
		msg known REGISTER from known
		send known $SCSCF 5054 known
		recv pcscf known from $SEEN 5060
		msg high REGISTER from high
		send high $SCSCF 5054 high
		recv pcscf high from $SEEN $last_resort
		msg second REGISTER from second
		send second $SCSCF 5054 second
		recv pcscf second from ${SEEN/#$UE/$UE2} $((UE_PORT + 1000))
		quiet scscf pcscf
	END
}

scscf_host_network() {
	network_up
	forwarding_on "$S_NS"
}
network=scscf_host_network

each_case source_port_kept "the phone's own port" handset gateway all-in-one
nats=plain each_case source_port_kept "the phone's own port" scscf-host
run_tests
