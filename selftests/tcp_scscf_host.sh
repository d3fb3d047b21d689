#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# The mapping is on the S-CSCF's host, where connections arrive from phones and from the P-CSCF, which
# is elsewhere, or on this same host (all-in-one).
# Claim: with the P-CSCF exempt, its connections reach the S-CSCF; a phone's leads to the P-CSCF, if
# what that sends comes back by here: as it does on one host, or with masquerade toward it.
# And not: where nothing is exempt, and the mapping has no "from", no connection is steered.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# What is local is seen when it is sent, where a local target counts, and when it arrives.
relayed() {
	tcp_mark
	sipsteer -n "$MAP_NS" exempt add "$PCSCF"
	steer
	talk_tcp <<-END
		connect proxy $P_HOST $PCSCF $UE_PORT to $SCSCF 5054
		accept core scscf from $PCSCF $UE_PORT
		$(exchange proxy core relayed)
		quiet pcscf scscf
	END
	sipsteer -n "$MAP_NS" exempt del "$PCSCF"
	tcp_over
	if [[ $PLACE == all-in-one ]]; then
		counted_passed exempt loopback "$(segments in 5054)"
	else
		counted_passed exempt
	fi
}

both_kinds() {
	local port=$((UE_PORT + 10000))
	tcp_mark
	sipsteer -n "$MAP_NS" exempt add "$PCSCF"
	steer
	toward_pcscf
	talk_tcp <<-END
		connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept ue-core pcscf from $SEEN $UE_PORT
		$(exchange ue ue-core stray)
		connect proxy $P_HOST $PCSCF $port to $SCSCF 5054
		accept proxy-core scscf from $PCSCF $port
		$(exchange proxy proxy-core relayed)
		$(exchange ue ue-core again)
		quiet pcscf scscf
	END
	sipsteer -n "$MAP_NS" exempt del "$PCSCF"
	tcp_over
	# shellcheck disable=SC2046 # two words or none
	counted_tcp flow-new 1 first-matched 1 exempt 1 \
		tcp-unknown $(($(segments in 5054 "$port") - 1)) $(arrivals "$port")
}

arrivals() { [[ $PLACE != all-in-one ]] || echo loopback "$(segments in 5054 "$1")"; }

# The price: the P-CSCF sees this host's address, though still the phone's port.
toward_pcscf() {
	local ip=ip
	[[ $PLACE != all-in-one ]] || return 0
	[[ $FAMILY == ipv4 ]] || ip=ip6
	SEEN=$SCSCF2
	in_ns "$S_NS" nft -f - <<-END
		table inet toward
		delete table inet toward
		table inet toward {
			chain post {
				type nat hook postrouting priority srcnat
				$ip daddr $PCSCF tcp dport 5060 snat $ip to $SCSCF2
			}
		}
	END
}

unguarded() {
	tcp_mark
	steer
	talk_tcp <<-END
		connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept core scscf from $UE $UE_PORT
		$(exchange ue core stray)
		quiet pcscf
	END
	counted_passed tcp-unguarded
}

scscf_host_network() {
	network_up
	forwarding_on "$S_NS"
}
network=scscf_host_network

nats=plain each_case relayed "the P-CSCF's own reaches the S-CSCF" scscf-host all-in-one
nats=plain each_case both_kinds "the phone's leads to the P-CSCF" scscf-host all-in-one
nats=plain each_case unguarded "nothing is steered without a reason" scscf-host all-in-one
run_tests
