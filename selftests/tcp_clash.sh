#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# The P-CSCF knows a connection by the phone's address and port and its own. Two of the phone's that
# agree in these, because one of them is steered, would be one to it.
# Claim: the second one is not steered; the first is unharmed, whichever of the two it is.
# And not: what comes second passes as if there was no mapping.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

direct_first() {
	tcp_mark
	steer from "$UE"
	talk_tcp <<-END
		connect right $UE_NS $UE $UE_PORT to $PCSCF 5060
		accept right-core pcscf from $SEEN $UE_PORT
		$(exchange right right-core one)
		connect astray $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept astray-core scscf from $SEEN_S $UE_PORT
		$(exchange astray astray-core two)
		$(exchange right right-core three)
		quiet pcscf
	END
	counted_passed tcp-clash flow-new 1 \
		tcp-direct $(($(segments in 5060) + $(segments out 5060)))
}

# The direct one's SYN meets the connection that the P-CSCF has; its answer belongs to that one.
steered_first() {
	tcp_mark
	steer from "$UE"
	talk_tcp <<-END
		connect astray $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept astray-core pcscf from $SEEN $UE_PORT
		$(exchange astray astray-core one)
		connect right $UE_NS $UE $UE_PORT to $PCSCF 5060 pending
		$(exchange astray astray-core two)
		close right
		$(exchange astray astray-core three)
		quiet pcscf scscf
	END
	tcp_over
	counted tcp-clash 1 flow-new 1 first-matched 1 tcp-steered $(($(segments in 5060) - 1)) \
		tcp-restored "$(segments out 5060)"
}

# Two S-CSCFs of one P-CSCF
both_astray() {
	tcp_mark
	steer from "$UE"
	sipsteer -n "$MAP_NS" add "$S2_AT" to "$P_AT" from "$UE"
	talk_tcp <<-END
		listen scscf2 $S_NS $SCSCF2 5054
		connect one $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept one-core pcscf from $SEEN $UE_PORT
		$(exchange one one-core one)
		connect two $UE_NS $UE $UE_PORT to $SCSCF2 5054
		accept two-core scscf2 from $SEEN_S $UE_PORT
		$(exchange two two-core two)
		$(exchange one one-core three)
		quiet pcscf scscf
	END
	tcp_over
	counted_tcp flow-new 1 first-matched 1 tcp-clash 1 \
		tcp-unknown $(($(segments in 5054) - 1))
}

# One after the other they may have the same port. The phone ends the first: what the P-CSCF would
# remember of it is not the sequence numbers that the second one has.
then_steered() {
	tcp_mark
	steer from "$UE"
	talk_tcp <<-END
		connect right $UE_NS $UE $UE_PORT to $PCSCF 5060
		accept right-core pcscf from $SEEN $UE_PORT
		$(exchange right right-core one)
		close right
		eof right-core
	END
	tcp_over
	counted flow-new 1 tcp-direct $(($(segments in 5060) + $(segments out 5060)))
	tcp_mark anew
	talk_tcp <<-END
		connect astray $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept astray-core pcscf from $SEEN $UE_PORT
		$(exchange astray astray-core two)
	END
	counted_tcp flow-new 1 flow-replaced 1 first-matched 1
}

then_direct() {
	tcp_mark
	steer from "$UE"
	talk_tcp <<-END
		connect astray $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept astray-core pcscf from $SEEN $UE_PORT
		$(exchange astray astray-core one)
		close astray
		eof astray-core
	END
	counted_tcp flow-new 1 first-matched 1
	tcp_mark anew
	talk_tcp <<-END
		connect right $UE_NS $UE $UE_PORT to $PCSCF 5060
		accept right-core pcscf from $SEEN $UE_PORT
		$(exchange right right-core two)
	END
	tcp_over
	counted flow-new 1 flow-replaced 1 \
		tcp-direct $(($(segments in 5060) + $(segments out 5060)))
}

# On the phone itself, its sockets tell of a connection that is older than the mapping. What was
# sent before the mapping came is forgotten once its last acknowledgement has been seen.
older_direct() {
	sipsteer -n "$MAP_NS" flush flows
	tcp_mark
	talk_tcp <<-END
		sniff wire $P_HOST eth0
		connect right $UE_NS $UE $UE_PORT to $PCSCF 5060
		accept right-core pcscf from $SEEN $UE_PORT
		wire wire $SEEN $UE_PORT to $PCSCF 5060 tcp A
		$(exchange right right-core one)
		wire wire $SEEN $UE_PORT to $PCSCF 5060 tcp A
		run nsenter --net=/run/netns/$P_HOST nft flush set inet segments in
		run sipsteer -n $MAP_NS add $S_AT to $P_AT
		connect astray $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept astray-core scscf from $SEEN_S $UE_PORT
		$(exchange astray astray-core two)
		$(exchange right right-core three)
		quiet pcscf
	END
	counted_passed tcp-clash tcp-direct "$(segments in 5060)"
}

nats=plain each_case direct_first "the direct one first"
nats=plain each_case steered_first "the steered one first"
nats=plain each_case both_astray "both misdirected"
nats=plain each_case then_steered "a steered one after a direct one"
nats=plain each_case then_direct "a direct one after a steered one"
nats=plain each_case older_direct "the direct one is older than the mapping" handset
run_tests
