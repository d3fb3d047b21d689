#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# A Service-Route with transport=TCP makes the client open a TCP connection to the S-CSCF for its
# REGISTER.
# Claim: the connection leads to the P-CSCF, which sees the phone's own address and port and gets
# what the phone has sent, in whatever pieces; the phone sees the S-CSCF at the other end, and what
# the P-CSCF sends. Every segment is counted.
# And not: the S-CSCF sees nothing of it.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

tcp_register() {
	tcp_mark
	steer from "$UE"
	talk_tcp <<-END
		sniff wire $P_HOST ${CABLE:-eth0}
		connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept core pcscf from $SEEN $UE_PORT
		msg stray REGISTER from ue route $SCSCF 5054
		send ue stray
		recv core stray
		wire wire $SEEN $UE_PORT to $PCSCF 5060 tcp PA stray
		respond core 401 stray-401
		recv ue stray-401
		msg again REGISTER from ue route $SCSCF 5054 cseq 2
		send ue again
		recv core again
		respond core 200 again-200
		recv ue again-200
		quiet pcscf scscf ue core
	END
	counted_tcp flow-new 1 first-matched 1
}

# TCP knows no messages: two of them may come in one segment, or one in many.
in_pieces() {
	tcp_mark
	steer from "$UE"
	talk_tcp <<-END
		connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept core pcscf from $SEEN $UE_PORT
		msg one REGISTER from ue size 3000
		msg two REGISTER from ue cseq 2
		send ue one two
		send ue one two segments 700
		recv core one
		recv core two
		recv core one
		recv core two
		respond core 401 two-401 size 2000
		send core two-401 two-401 segments 99
		recv ue two-401
		recv ue two-401
		recv ue two-401
		quiet pcscf scscf ue core
	END
	counted_tcp flow-new 1 first-matched 1
}

each_case tcp_register "a REGISTER is answered"
nats=plain each_case in_pieces "messages arrive in whatever pieces"
run_tests
