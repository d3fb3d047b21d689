#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# A client may use a port again for a new connection as soon as the old one is over, while it is still
# remembered.
# Claim: the new one is judged by the mapping of its time: it is steered, or steered to the mapping's
# new target, or reaches the S-CSCF when the mapping has gone.
# So is the second SYN to a P-CSCF that is silent, though the connection was established.
# And not: nothing of the new one follows the old one's ways.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# The P-CSCF ends the first one, so it is the P-CSCF that waits for what may still come (TIME_WAIT).
first() {
	cat <<-END
		connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept core pcscf from $SEEN $UE_PORT
		$(exchange ue core one)
		close core
		eof ue
		close ue
		$(flow_is closing)
	END
}

again() {
	tcp_mark
	steer from "$UE"
	talk_tcp <<-END
		$(first)
		connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept core pcscf from $SEEN $UE_PORT
		$(exchange ue core two)
		$(flow_is established)
		quiet pcscf scscf
	END
	counted_tcp flow-new 2 flow-replaced 1 first-matched 2
}

after_reset() {
	tcp_mark
	steer from "$UE"
	talk_tcp <<-END
		connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept core pcscf from $SEEN $UE_PORT
		$(exchange ue core one)
		reset ue
		error core ECONNRESET
		connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept core pcscf from $SEEN $UE_PORT
		$(exchange ue core two)
		quiet pcscf scscf
	END
	counted_tcp flow-new 2 flow-replaced 1 first-matched 2
}

other_target() {
	tcp_mark
	steer from "$UE"
	talk_tcp <<-END
		listen pcscf2 $P_HOST $PCSCF2 5060
		$(first)
		run sipsteer -n $MAP_NS replace $S_AT to $P2_AT from $UE
		connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept core pcscf2 from $SEEN $UE_PORT
		$(exchange ue core two)
		quiet pcscf pcscf2 scscf
	END
	counted_tcp flow-new 2 flow-replaced 1 first-matched 2
}

no_mapping() {
	tcp_mark
	steer from "$UE"
	sipsteer -n "$MAP_NS" add "$S2_AT" to "$P2_AT"
	talk_tcp <<-END
		$(first)
		run sipsteer -n $MAP_NS del $S_AT from $UE
		connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept core scscf from $SEEN_S $UE_PORT
		$(exchange ue core two)
		$(flow_is none)
		quiet pcscf
	END
	counted_tcp flow-new 1 first-matched 1 no-mapping "$(segments in 5054)"
}

# Both ends are made up, and neither host answers.
silent_target() {
	steer from "$UE"
	siptalk - <<-END
		raw phone $UE_NS $UE $UE_PORT
		raw core $P_HOST $PCSCF 5060
		sniff at-phone $UE_NS eth0
		sniff at-core $P_HOST eth0
		$(lose "$P_HOST" input 0 "tcp dport 5060")
		$(lose "$UE_NS" input 0 "tcp dport $UE_PORT")
		inject phone $SCSCF 5054 none tcp S seq 10
		wire at-core $UE $UE_PORT to $PCSCF 5060 tcp S seq 10
		inject core $UE $UE_PORT none tcp SA seq 20 ack 11
		wire at-phone $SCSCF 5054 to $UE $UE_PORT tcp SA seq 20
		inject phone $SCSCF 5054 none tcp A seq 11 ack 21
		wire at-core $UE $UE_PORT to $PCSCF 5060 tcp A seq 11
		$(flow_is established)
		run sipsteer -n $MAP_NS replace $S_AT to $P2_AT from $UE
		inject phone $SCSCF 5054 none tcp S seq 5000
		wire at-core $UE $UE_PORT to $PCSCF 5060 tcp S seq 5000
		inject phone $SCSCF 5054 none tcp S seq 5000
		wire at-core $UE $UE_PORT to $PCSCF2 5060 tcp S seq 5000
		$(lose_no_more "$UE_NS")
		$(lose_no_more "$P_HOST")
	END
	counted flow-new 2 flow-replaced 1 tcp-steered 4 tcp-restored 1
}

nats=plain each_case again "the same mapping"
nats=plain each_case after_reset "after a RST"
nats=plain each_case other_target "another target"
nats=plain each_case no_mapping "no mapping"
nats=plain each_case silent_target "a P-CSCF that is silent" gateway
run_tests
