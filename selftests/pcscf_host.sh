#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# The mapping is on the P-CSCF's host, which routes between the phones and the S-CSCF:
#
#     ue --- gw --- pcscf --- scscf
#
# Claim: the misdirected REGISTER is taken in here, and the P-CSCF's answer leaves with the
# address that the phone wrote to; the port is the phone's own.
# And not: other requests to the S-CSCF pass through, and so does what the P-CSCF itself relays.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

pcscf_host() {
	counters_mark
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

		msg options OPTIONS from ue
		send ue $SCSCF 5054 options
		recv scscf options from $SEEN $UE_PORT
		msg relayed REGISTER from pcscf via-more ", SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK-ue"
		send pcscf $SCSCF 5054 relayed
		recv scscf relayed from $PCSCF 5060
		respond scscf 401 relayed-401
		recv pcscf relayed-401 from $SCSCF 5054
		quiet ue pcscf scscf
	END
	counted steered 1 transaction-new 1 restored 1 method 1 guard-via 1 \
		reply-not-response 1
}

network=on_path_network

each_case pcscf_host "taken in, and restored on the way out" pcscf-host
run_tests
