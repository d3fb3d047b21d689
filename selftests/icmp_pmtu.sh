#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# A link takes smaller packets only (see tcp_pmtu.sh), and client or P-CSCF send a big datagram.
# Claim: each learns the path MTU at once, the client as that of the path to the S-CSCF; what they
# send next arrives.
# And not: an error for the P-CSCF about its answer is left as it is.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# narrow PORT: that of the gateway, while this test lasts.
narrow() {
	# shellcheck disable=SC2064 # now
	trap "ip -n $GW_NS link set $1 mtu 1500
		ip -n $UE_NS -4 route flush cache
		ip -n $UE_NS -6 route flush cache
		ip -n $P_NS -4 route flush cache
		ip -n $P_NS -6 route flush cache" EXIT
	ip -n "$GW_NS" link set "$1" mtu 1300
}

request() {
	narrow pcscf
	counters_mark
	steer
	siptalk - <<-END
		udp pcscf $P_HOST $PCSCF 5060
		udp scscf $S_NS $SCSCF 5054
		icmp errors $UE_NS $UE
		udp ue $UE_NS $UE $UE_PORT connect $SCSCF 5054
		msg big REGISTER from ue size 1400
		send ue $SCSCF 5054 big
		icmp-recv errors from ${ADDRESS[$FAMILY gw_ue]} too-big mtu 1300 \
			quoting loosely $UE $UE_PORT to $SCSCF 5054 big
		error ue EMSGSIZE
		path-mtu ue 1300
		send ue $SCSCF 5054 big
		recv pcscf big from $SEEN $UE_PORT
		respond pcscf 401 big-401
		recv ue big-401 from $SCSCF 5054
		quiet scscf
	END
	counted steered 2 transaction-new 1 transaction-refreshed 1 icmp-restored 1 restored 1
}

response() {
	narrow ue
	counters_mark
	steer
	talk <<-END
		icmp errors $P_NS $PCSCF
		msg stray REGISTER from ue route $SCSCF 5054
		send ue $SCSCF 5054 stray
		recv pcscf stray from $SEEN $UE_PORT
		respond pcscf 401 big size 1400
		icmp-recv errors from ${ADDRESS[$FAMILY gw_p]} too-big mtu 1300 \
			quoting loosely $PCSCF 5060 to $UE $UE_PORT big
		send pcscf $UE $UE_PORT big
		recv ue big from $SCSCF 5054
		quiet scscf
	END
	counted steered 1 transaction-new 1 restored 1
}

nats=plain
each_case request "the client learns the path MTU"
each_case response "the P-CSCF learns the path MTU"
run_tests
