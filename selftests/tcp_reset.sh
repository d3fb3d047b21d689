#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Claim: a RST of either side ends the connection at the other, and a refused connection fails at
# once, as from the S-CSCF.
# And not: a RST that neither side takes, as its sequence number is wrong, ends nothing: what is sent
# after it still arrives.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

client_resets() {
	tcp_mark
	steer from "$UE"
	talk_tcp <<-END
		connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept core pcscf from $SEEN $UE_PORT
		$(exchange ue core stray)
		reset ue
		error core ECONNRESET
		$(flow_is closing)
	END
	counted_tcp flow-new 1 first-matched 1
}

server_resets() {
	tcp_mark
	steer from "$UE"
	talk_tcp <<-END
		connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept core pcscf from $SEEN $UE_PORT
		$(exchange ue core stray)
		reset core
		error ue ECONNRESET
		$(flow_is closing)
	END
	counted_tcp flow-new 1 first-matched 1
}

# Nobody listens there, and then somebody does.
refused() {
	tcp_mark
	steer from "$UE"
	siptalk - <<-END
		listen scscf $S_NS $SCSCF 5054
		connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054 error ECONNREFUSED
		close ue
		$(flow_is closing)
		listen pcscf $P_HOST $PCSCF 5060
		connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept core pcscf from $SEEN $UE_PORT
		$(exchange ue core stray)
		quiet scscf
	END
	counted_tcp flow-new 2 flow-replaced 1 first-matched 1
}

forged() {
	tcp_mark
	steer from "$UE"
	talk_tcp <<-END
		raw like-ue $UE_NS $UE $UE_PORT
		raw like-core $P_HOST $PCSCF 5060
		connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept core pcscf from $SEEN $UE_PORT
		$(exchange ue core one)

		inject like-ue $SCSCF 5054 none tcp R seq ue ahead 1000000000
		$(flow_is closing)
		$(exchange ue core two)
		$(flow_is established)

		inject like-core $SEEN $UE_PORT none tcp R seq core ahead 1000000000
		$(flow_is closing)
		$(exchange ue core three)
		$(flow_is established)
		quiet ue core pcscf scscf
	END
	counted_tcp flow-new 1 first-matched 1
}

nats=plain each_case client_resets "the client resets"
nats=plain each_case server_resets "the P-CSCF resets"
nats=plain each_case refused "refused, and then not"
nats=plain each_case forged "a RST that is not believed"
run_tests
