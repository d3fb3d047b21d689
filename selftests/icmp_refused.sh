#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Nobody listens at the P-CSCF, and its host says so with an ICMP error, which quotes what it got.
# Claim: the error that reaches the client is from the S-CSCF and quotes what was sent there. So a
# connected socket fails at once with ECONNREFUSED, and one that asks for errors is told of what,
# and by whom.
# And not: a socket of another port, or one that is connected to the P-CSCF, learns nothing.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

connected() {
	counters_mark
	steer
	siptalk - <<-END
		udp scscf $S_NS $SCSCF 5054
		udp ue $UE_NS $UE $UE_PORT shared connect $SCSCF 5054
		udp direct $UE_NS $UE $UE_PORT shared connect $PCSCF 5060
		udp other $UE_NS $UE 0 connect $SCSCF 5054
		icmp errors $UE_NS $UE
		msg stray REGISTER from ue route $SCSCF 5054
		send ue $SCSCF 5054 stray
		icmp-recv errors from $SCSCF port quoting loosely $UE $UE_PORT to $SCSCF 5054 stray
		error ue ECONNREFUSED
		quiet ue direct other scscf errors
	END
	counted steered 1 transaction-new 1 icmp-restored 1
}

told() {
	counters_mark
	steer
	siptalk - <<-END
		udp scscf $S_NS $SCSCF 5054
		udp ue $UE_NS $UE $UE_PORT
		option ue recverr
		msg stray REGISTER from ue route $SCSCF 5054
		send ue $SCSCF 5054 stray
		told ue ECONNREFUSED of $SCSCF 5054 by $SCSCF stray
		quiet scscf
	END
	counted steered 1 transaction-new 1 icmp-restored 1
}

# The P-CSCF comes back: the same socket, and the same REGISTER, get through.
comes_back() {
	counters_mark
	steer
	siptalk - <<-END
		udp scscf $S_NS $SCSCF 5054
		udp ue $UE_NS $UE $UE_PORT connect $SCSCF 5054
		msg stray REGISTER from ue route $SCSCF 5054
		send ue $SCSCF 5054 stray
		error ue ECONNREFUSED
		udp pcscf $P_HOST $PCSCF 5060
		send ue $SCSCF 5054 stray
		recv pcscf stray from $SEEN $UE_PORT
		respond pcscf 401 stray-401
		recv ue stray-401 from $SCSCF 5054
		quiet scscf
	END
	counted steered 2 transaction-new 1 transaction-refreshed 1 icmp-restored 1 restored 1
}

network=errors_network
each_case connected "a connected socket" handset gateway all-in-one
nats=plain each_case told "one that asks for errors"
nats=plain each_case comes_back "the P-CSCF comes back"
run_tests
