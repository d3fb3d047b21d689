#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# A client with a connected UDP socket: the kernel gives it no datagram from another address than
# the one it is connected to.
# Claim: it gets the answer to its REGISTER, though the P-CSCF has sent it.
# And not: a socket of the same port connected to the P-CSCF does not get that answer, but its own.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

connected_client() {
	steer
	siptalk - <<-END
		udp ue $UE_NS $UE $UE_PORT connect $SCSCF 5054
		udp pcscf $P_HOST $PCSCF 5060
		udp scscf $S_NS $SCSCF 5054
		msg stray REGISTER from ue route $SCSCF 5054
		send ue $SCSCF 5054 stray
		recv pcscf stray from $SEEN $UE_PORT
		respond pcscf 401 stray-401
		recv ue stray-401 from $SCSCF 5054
		msg again REGISTER from ue route $SCSCF 5054 cseq 2
		send ue $SCSCF 5054 again
		recv pcscf again from $SEEN $UE_PORT
		respond pcscf 200 again-200
		recv ue again-200 from $SCSCF 5054
		barrier ue scscf
		quiet ue pcscf
	END
}

# Early demultiplexing finds the socket that is connected to the P-CSCF before the source is
# restored; the reply belongs to the other one.
two_connected_sockets() {
	steer
	siptalk - <<-END
		udp astray $UE_NS $UE $UE_PORT shared connect $SCSCF 5054
		udp right $UE_NS $UE $UE_PORT shared connect $PCSCF 5060
		udp pcscf $P_HOST $PCSCF 5060
		msg stray REGISTER from astray
		msg direct REGISTER from right
		send astray $SCSCF 5054 stray
		recv pcscf stray from $SEEN $UE_PORT
		respond pcscf 401 stray-401
		recv astray stray-401 from $SCSCF 5054
		send right $PCSCF 5060 direct
		recv pcscf direct from $SEEN $UE_PORT
		respond pcscf 401 direct-401
		recv right direct-401 from $PCSCF 5060
		quiet astray right
	END
}

each_case connected_client "a connected client gets its answer"
each_case two_connected_sockets "each of two connected sockets gets its own"
run_tests
