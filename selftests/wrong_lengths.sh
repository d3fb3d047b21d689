#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Claim: packets whose headers lie about lengths, or that end too early, pass untouched; a UDP
# length that contradicts the packet is counted.
# And not: what is behind a datagram's end, by its own length field, is no part of the message.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

wrong_lengths() {
	counters_mark
	steer
	talk <<-END
		raw phone $UE_NS $UE $UE_PORT
		sniff core $S_NS eth0
		msg stray REGISTER from ue
		inject phone $SCSCF 5054 stray udp-length 4
		wire core $UE $UE_PORT to $SCSCF 5054
		inject phone $SCSCF 5054 stray udp-length 7
		wire core $UE $UE_PORT to $SCSCF 5054
		inject phone $SCSCF 5054 stray udp-length 60000
		wire core $UE $UE_PORT to $SCSCF 5054
		inject phone $SCSCF 5054 stray cut 100
		wire core $UE $UE_PORT to $SCSCF 5054
		inject phone $SCSCF 5054 stray cut 9
		wire core $UE $UE_PORT to $SCSCF 5054
		barrier ue pcscf
	END
	counted malformed 5
}

# Less than a UDP header: nobody can tell whom it is for.
no_udp_header() {
	counters_mark
	steer
	talk <<-END
		raw phone $UE_NS $UE $UE_PORT
		msg stray REGISTER from ue
		inject phone $SCSCF 5054 stray cut 7
		inject phone $SCSCF 5054 stray cut 4
		inject phone $SCSCF 5054 stray cut 1
		barrier ue pcscf
		barrier ue scscf
		send ue $SCSCF 5054 stray
		recv pcscf stray from $UE $UE_PORT
	END
	counted not-sip 1 steered 1 transaction-new 1
}

# 12 bytes of UDP: "REGI" of the REGISTER that the IP packet holds.
short_udp() {
	counters_mark
	steer
	talk <<-END
		raw phone $UE_NS $UE $UE_PORT
		sniff core $S_NS eth0
		msg stray REGISTER from ue
		msg start text "REGI"
		inject phone $SCSCF 5054 stray udp-length 12
		wire core $UE $UE_PORT to $SCSCF 5054 start
		barrier ue pcscf
		quiet pcscf
	END
	counted not-sip 1
}

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
		inject target $UE $UE_PORT stray-401 udp-length 5
		wire phone $PCSCF 5060 to $UE $UE_PORT
		inject target $UE $UE_PORT stray-401 udp-length 60000
		wire phone $PCSCF 5060 to $UE $UE_PORT
		inject target $UE $UE_PORT stray-401 cut 20
		wire phone $PCSCF 5060 to $UE $UE_PORT
	END
	counted steered 1 transaction-new 1 restored 1 reply-malformed 3
}

nats=plain
each_case wrong_lengths "UDP lengths that lie" gateway handset
each_case no_udp_header "less than a UDP header" gateway handset
each_case short_udp "what is behind the datagram's end" gateway handset
each_case replies "lengths of replies that lie" gateway
run_tests
