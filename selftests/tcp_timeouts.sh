#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# A connection that is idle for too long is forgotten (RFC 5382): an established one after one time,
# one that is opening or closing after another, and both can be set.
# Claim: each is forgotten when its time has come, and keep-alives keep an established one.
# And not: the shorter time does not end what is established; what belongs to a forgotten connection
# passes, and is counted.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# limits TRANSITORY ESTABLISHED
limits() { sipsteer -n "$MAP_NS" set flow-transitory "$1" flow-established "$2"; }

# One that says nothing and one that keeps itself alive
established() {
	local port=$((UE_PORT + 10000))
	limits 1000 3
	tcp_mark
	steer from "$UE"
	talk_tcp <<-END
		connect alive $UE_NS $UE $port to $SCSCF 5054
		accept alive-core pcscf from $UE $port
		keepalive alive 1 1
		$(exchange alive alive-core one)
		connect idle $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept idle-core pcscf from $UE $UE_PORT
		$(exchange idle idle-core two)
		$(flow_is established)
		$(flow_is none)
		$(flow_is established "$port")
		$(exchange alive alive-core three)

		send idle two
		error idle ECONNRESET
		reset idle-core
		quiet pcscf scscf
	END
	tcp_over
	# The P-CSCF's last RST belongs to nothing that is known.
	counted flow-new 2 first-matched 2 tcp-unknown "$(segments in 5054)" \
		tcp-steered $(($(segments in 5060) + $(segments in 5060 "$port"))) \
		tcp-restored $(($(segments out 5060) - 1 + $(segments out 5060 "$port")))
}

# The P-CSCF hears nothing of one, and has ended the other.
transitory() {
	local opening=$((UE_PORT + 10000)) established=$((UE_PORT + 20000))
	limits 5 1000
	tcp_mark
	steer from "$UE"
	talk_tcp <<-END
		raw phone $UE_NS $UE $opening
		connect ue $UE_NS $UE $established to $SCSCF 5054
		accept core pcscf from $UE $established
		$(exchange ue core one)

		connect closing $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept closing-core pcscf from $UE $UE_PORT
		$(exchange closing closing-core two)
		reset closing
		error closing-core ECONNRESET
		$(flow_is closing)
		$(flow_is none)

		$(lose "$P_HOST" input 0 "tcp sport $opening")
		inject phone $SCSCF 5054 none tcp S seq 1000
		$(flow_is opening "$opening")
		$(flow_is none "$opening")
		$(flow_is established "$established")
		$(lose_no_more "$P_HOST")
		$(exchange ue core three)
		quiet pcscf scscf
	END
	tcp_over
	counted flow-new 3 first-matched 2 \
		tcp-steered $(($(segments in 5060) + 1 + $(segments in 5060 "$established"))) \
		tcp-restored $(($(segments out 5060) + $(segments out 5060 "$established")))
}

nats=plain each_case established "an established one"
nats=plain each_case transitory "those that are opening or closing"
run_tests
