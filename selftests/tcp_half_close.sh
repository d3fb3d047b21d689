#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Claim: after one side has said that it sends no more, the other may go on for as long as it likes,
# in either direction; the connection is over when both have said so.
# And not: half a goodbye does not make the connection one that is closing.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

client_first() {
	tcp_mark
	steer from "$UE"
	talk_tcp <<-END
		connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept core pcscf from $SEEN $UE_PORT
		msg stray REGISTER from ue
		send ue stray
		shutdown ue
		recv core stray
		eof core
		$(flow_is established)
		respond core 100 trying size 3000
		send core trying segments 500
		recv ue trying
		recv ue trying
		$(flow_is established)
		shutdown core
		eof ue
		$(flow_is closing)
	END
	counted_tcp flow-new 1 first-matched 1
}

server_first() {
	tcp_mark
	steer from "$UE"
	talk_tcp <<-END
		connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept core pcscf from $SEEN $UE_PORT
		$(exchange ue core one)
		shutdown core
		eof ue
		$(flow_is established)
		msg two REGISTER from ue cseq 2 size 3000
		send ue two segments 500
		recv core two
		$(flow_is established)
		shutdown ue
		eof core
		$(flow_is closing)
	END
	counted_tcp flow-new 1 first-matched 1
}

nats=plain each_case client_first "the client first"
nats=plain each_case server_first "the P-CSCF first"
run_tests
