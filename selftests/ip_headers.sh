#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Claim: IPv4 options, IPv6 extension headers and atomic fragments do not keep a REGISTER from
# being steered. Headers that a rewriting would break, or that hide the true ends, make it pass,
# each counted by name: a source route, an authentication header, a routing header with segments
# left, a home address.
# And not: none of the latter reaches the P-CSCF.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# steered CSEQ HOW, passed CSEQ HOW: a REGISTER in such a packet, and where it has to arrive.
steered() {
	echo "msg m$1 REGISTER from ue cseq $1"
	echo "inject phone $SCSCF 5054 m$1 ${*:2}"
	echo "recv pcscf m$1 from $UE $UE_PORT"
}

passed() {
	echo "msg m$1 REGISTER from ue cseq $1"
	echo "inject phone $SCSCF 5054 m$1 ${*:2}"
	echo "wire core $UE $UE_PORT to $SCSCF 5054 m$1 sum good"
}

# Routers refuse a strict source route that does not name them.
ipv4() {
	counters_mark
	steer
	talk <<-END
		raw phone $UE_NS $UE $UE_PORT
		sniff core $S_NS eth0
		$(steered 1 option nop)
		$(passed 2 option lsrr)
		inject phone $SCSCF 5054 m1 option ssrr
		$(passed 4 ext auth)
		barrier ue pcscf
	END
	counted steered 1 transaction-new 1 source-route 2 auth-header 1
}

ipv6() {
	counters_mark
	steer
	talk <<-END
		raw phone $UE_NS $UE $UE_PORT
		sniff core $S_NS eth0
		$(steered 1 ext hop-by-hop)
		$(steered 2 ext destination)
		$(steered 3 ext hop-by-hop,destination,routing:0,destination)
		$(steered 4 ext atomic)
		$(steered 5 ext hop-by-hop,atomic,destination)
		$(passed 6 ext routing:1)
		$(passed 7 ext destination,routing:2)
		$(passed 8 ext home-address)
		$(passed 9 ext auth)
		$(passed 10 ext hop-by-hop,auth,destination)
		quiet pcscf
	END
	counted steered 5 transaction-new 5 routing-header 2 home-address 1 auth-header 2
}

# More headers than anybody sends.
chain() {
	local chain=destination,destination,destination,destination,destination

	counters_mark
	steer
	talk <<-END
		raw phone $UE_NS $UE $UE_PORT
		sniff core $S_NS eth0
		$(passed 1 ext "hop-by-hop,$chain,$chain")
		quiet pcscf
	END
	counted ext-header 1
}

# An authentication header in front of an answer.
replies() {
	counters_mark
	steer
	talk <<-END
		raw target $P_HOST $PCSCF 5060
		sniff phone $UE_NS eth0
		msg stray REGISTER from ue
		send ue $SCSCF 5054 stray
		recv pcscf stray from $UE $UE_PORT
		respond pcscf 401 stray-401
		recv ue stray-401 from $SCSCF 5054
		inject target $UE $UE_PORT stray-401 ext auth
		wire phone $PCSCF 5060 to $UE $UE_PORT stray-401 sum good
	END
	counted steered 1 transaction-new 1 restored 1 reply-headers 1
}

network=source_route_network

nats=plain
families=ipv4 each_case ipv4 "options" gateway handset
families=ipv6 each_case ipv6 "extension headers" gateway handset
families=ipv6 each_case chain "a long chain of them" gateway handset
each_case replies "of replies" gateway
run_tests
