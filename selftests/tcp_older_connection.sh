#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Claim: a connection to the S-CSCF that is older than the mapping stays there.
# And not: the next one is steered, also one of the same port when the first has ended.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# What was sent before the mapping came is forgotten once its last acknowledgement has been seen.
tcp_older_connection() {
	local port=$((UE_PORT + 10000))
	# With nothing remembered of the case before, nothing is looked at, or counted.
	sipsteer -n "$MAP_NS" flush flows
	tcp_mark
	talk_tcp <<-END
		sniff wire $S_NS eth0
		connect old $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept old-core scscf from $SEEN_S $UE_PORT
		wire wire $SEEN_S $UE_PORT to $SCSCF 5054 tcp A
		$(exchange old old-core one)
		wire wire $SEEN_S $UE_PORT to $SCSCF 5054 tcp A
		run nsenter --net=/run/netns/$S_NS nft flush set inet segments in
		run sipsteer -n $MAP_NS add $S_AT to $P_AT from $UE
		$(exchange old old-core two)
		connect new $UE_NS $UE $port to $SCSCF 5054
		accept new-core pcscf from $SEEN $port
		$(exchange new new-core three)
		$(exchange old old-core four)
		quiet pcscf scscf

		close old-core
		eof old
		close old
		connect again $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept again-core pcscf from $SEEN $UE_PORT
		$(exchange again again-core five)
		quiet scscf
	END
	tcp_over
	counted tcp-unknown "$(segments in 5054)" flow-new 2 first-matched 2 \
		tcp-steered $(($(segments in 5060) + $(segments in 5060 "$port"))) \
		tcp-restored $(($(segments out 5060) + $(segments out 5060 "$port")))
}

nats=plain each_case tcp_older_connection "it stays at the S-CSCF"
run_tests
