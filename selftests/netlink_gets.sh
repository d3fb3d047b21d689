#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Claim: what is remembered of one client can be asked for by its address and port.
# And not: of no other's; what asks for nothing in particular is refused.

# Attributes are words.
# shellcheck disable=SC2086

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Commands of the spec
transaction_get=9 flow_get=12

# verdict WANTED ARGUMENT...
verdict() {
	local said
	said=$(nlpoke -n "$MAP_NS" "${@:2}") || (($? == 2))
	[[ $said == "$1"* ]] || fail "${*:2}: \"$said\", not \"$1\""
}

transaction() {
	steer
	talk <<-END
		msg one REGISTER from ue
		msg two REGISTER from ue cseq 2
		send ue $SCSCF 5054 one
		recv pcscf one
		send ue $SCSCF 5054 two
		recv pcscf two
	END
	verdict ok $transaction_get 1="addr:$UE" 2="be16:$UE_PORT"
	verdict ENOENT $transaction_get 1="addr:$UE2" 2="be16:$UE_PORT"
	verdict ENOENT $transaction_get 1="addr:$UE" 2="be16:$((UE_PORT + 1))"
	verdict EINVAL $transaction_get 1="addr:$UE"
}

# By the address it connected to, too
flow() {
	steer from "$UE"
	talk_tcp <<-END
		connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept core pcscf from $UE $UE_PORT
		$(exchange ue core stray)
	END
	verdict ok $flow_get 1="addr:$UE" 2="be16:$UE_PORT" 3="addr:$SCSCF" 4=be16:5054
	verdict ENOENT $flow_get 1="addr:$UE" 2="be16:$UE_PORT" 3="addr:$SCSCF2" 4=be16:5054
	verdict ENOENT $flow_get 1="addr:$UE2" 2="be16:$UE_PORT" 3="addr:$SCSCF" 4=be16:5054
	verdict EINVAL $flow_get 1="addr:$UE" 2="be16:$UE_PORT"
}

each_family transaction "a client's transaction"
each_family flow "a client's connection"
run_tests
