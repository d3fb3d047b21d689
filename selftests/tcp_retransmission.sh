#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Segments get lost and are sent again.
# Claim: the connection comes to be, and all that was sent arrives, though the first SYN, the first
# answer to it, a request or its answer is lost.
# And not: what is sent again makes no second connection.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# After all others: the module has counted what is lost here.
last=2147483647

lost_syn() {
	tcp_mark
	steer from "$UE"
	talk_tcp <<-END
		$(lose_first 1 "$P_HOST" input 0 "tcp dport 5060")
		connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054
		$(lose_no_more "$P_HOST")
		accept core pcscf from $SEEN $UE_PORT
		$(exchange ue core stray)
		quiet pcscf scscf
	END
	counted_tcp flow-new 1 first-matched 1
}

lost_syn_ack() {
	tcp_mark
	steer from "$UE"
	talk_tcp <<-END
		$(lose_first 1 "$UE_NS" input "$last" "tcp sport 5054")
		connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054
		$(lose_no_more "$UE_NS")
		accept core pcscf from $SEEN $UE_PORT
		$(exchange ue core stray)
		quiet pcscf scscf
	END
	counted_tcp flow-new 1 first-matched 1
}

lost_data() {
	tcp_mark
	steer from "$UE"
	talk_tcp <<-END
		connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept core pcscf from $SEEN $UE_PORT
		msg stray REGISTER from ue size 4000
		$(lose_first 4 "$P_HOST" input 0 "tcp dport 5060")
		send ue stray segments 1000
		recv core stray
		$(lose_no_more "$P_HOST")
		$(lose_first 1 "$UE_NS" input "$last" "tcp sport 5054 tcp flags psh")
		respond core 401 stray-401
		recv ue stray-401
		$(lose_no_more "$UE_NS")
		quiet pcscf scscf
	END
	counted_tcp flow-new 1 first-matched 1
}

nats=plain each_case lost_syn "the SYN is lost"
nats=plain each_case lost_syn_ack "the SYN-ACK is lost"
nats=plain each_case lost_data "a request and its answer are lost"
run_tests
