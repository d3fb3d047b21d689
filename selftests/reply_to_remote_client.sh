#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# The mapping is on the S-CSCF's host, the P-CSCF on another: its answer to the phone does not come
# by here, and nothing can undo there what was done here. This is documented; it is plain routing.
# Claim: the REGISTER reaches the P-CSCF from the phone's own address and port, and the answer
# reaches a phone whose socket is not connected, from the P-CSCF; "reply keep" remembers nothing
# for it; with masquerade toward the P-CSCF, the answer comes back by here and is restored. And
# where this host does not forward, the REGISTER reaches the S-CSCF instead of getting lost.
# And not: nothing is counted as restored that was not.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

as_documented() {
	counters_mark
	steer
	talk <<-END
		msg stray REGISTER from ue route $SCSCF 5054
		send ue $SCSCF 5054 stray
		recv pcscf stray from $UE $UE_PORT
		respond pcscf 401 stray-401
		recv ue stray-401 from $PCSCF 5060
		quiet scscf
	END
	counted steered 1 transaction-new 1
}

reply_keep() {
	counters_mark
	steer reply keep
	talk <<-END
		msg stray REGISTER from ue route $SCSCF 5054
		send ue $SCSCF 5054 stray
		recv pcscf stray from $UE $UE_PORT
		respond pcscf 401 stray-401
		recv ue stray-401 from $PCSCF 5060
	END
	counted steered 1
}

# The price: the P-CSCF sees this host's address, though still the phone's port.
masquerade() {
	local ip=ip
	[[ $FAMILY == ipv6 ]] && ip=ip6
	in_ns "$S_NS" nft -f - <<-END
		table $ip toward {
			chain post {
				type nat hook postrouting priority srcnat
				$ip daddr $PCSCF udp dport 5060 snat to $SCSCF2
			}
		}
	END
	counters_mark
	steer
	siptalk - <<-END
		udp ue $UE_NS $UE $UE_PORT connect $SCSCF 5054
		udp pcscf $P_HOST $PCSCF 5060
		msg stray REGISTER from ue route $SCSCF 5054
		send ue $SCSCF 5054 stray
		recv pcscf stray from $SCSCF2 $UE_PORT
		respond pcscf 401 stray-401
		recv ue stray-401 from $SCSCF 5054
	END
	in_ns "$S_NS" nft delete table "$ip" toward
	counted steered 1 transaction-new 1 restored 1
}

no_forwarding() {
	counters_mark
	steer
	in_ns "$S_NS" bash -c 'cd /proc/sys/net; echo 0 >ipv4/ip_forward; echo 0 >ipv6/conf/all/forwarding'
	talk <<-END
		msg stray REGISTER from ue route $SCSCF 5054
		send ue $SCSCF 5054 stray
		recv scscf stray from $UE $UE_PORT
		respond scscf 401 stray-401
		recv ue stray-401 from $SCSCF 5054
		quiet pcscf
	END
	forwarding_on "$S_NS"
	in_ns "$S_NS" ip -6 route replace default via "${ADDRESS[ipv6 gw_s]}" dev eth0
	counted not-forwarding 1
}

scscf_host_network() {
	network_up
	forwarding_on "$S_NS"
}
network=scscf_host_network

nats=plain each_case as_documented "the answer comes from the P-CSCF" scscf-host
nats=plain each_case reply_keep "reply keep remembers nothing" scscf-host
nats=plain each_case masquerade "masquerade toward the P-CSCF brings it back" scscf-host
nats=plain each_case no_forwarding "without forwarding it reaches the S-CSCF" scscf-host
run_tests
