#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# A phone has its own connection to the P-CSCF, and misdirected ones.
# Claim: they live side by side, each with its own peer, also when a misdirected one begins at the
# same port and leads to another P-CSCF.
# And not: nothing of the direct one is rewritten.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

direct_and_steered() {
	local port=$((UE_PORT + 10000))
	tcp_mark
	steer from "$UE"
	talk_tcp <<-END
		connect right $UE_NS $UE $UE_PORT to $PCSCF 5060
		accept right-core pcscf from $SEEN $UE_PORT
		$(exchange right right-core one)
		connect astray $UE_NS $UE $port to $SCSCF 5054
		accept astray-core pcscf from $SEEN $port
		$(exchange astray astray-core two)
		$(exchange right right-core three)
		$(exchange astray astray-core four)
		quiet pcscf scscf
	END
	tcp_over
	counted tcp-steered "$(segments in 5060 "$port")" tcp-restored "$(segments out 5060 "$port")" \
		tcp-direct $(($(segments in 5060) + $(segments out 5060))) \
		flow-new 2 first-matched 1
}

# Two S-CSCFs, which belong to two P-CSCFs: one port of the phone's for both, and for a direct one.
one_port() {
	tcp_mark
	steer from "$UE"
	sipsteer -n "$MAP_NS" add "$S2_AT" to "$P2_AT" from "$UE"
	talk_tcp <<-END
		listen pcscf2 $P_HOST $PCSCF2 5060
		connect one $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept one-core pcscf from $SEEN $UE_PORT
		connect two $UE_NS $UE $UE_PORT to $SCSCF2 5054
		accept two-core pcscf2 from $SEEN $UE_PORT
		$(exchange one one-core first)
		$(exchange two two-core second)
		quiet pcscf pcscf2 scscf
	END
	counted_tcp flow-new 2 first-matched 2
}

each_case direct_and_steered "a direct and a misdirected connection"
nats=plain each_case one_port "two misdirected ones of one port, to two P-CSCFs"
run_tests
