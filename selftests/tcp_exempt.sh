#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# The core's own proxies are named as exempt.
# Claim: a connection from there reaches the S-CSCF.
# And not: other clients' connections are steered, and so is its own once it is exempt no more;
# what was opened meanwhile stays as it is.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

tcp_exempt() {
	tcp_mark
	sipsteer -n "$MAP_NS" exempt add "$UE"
	steer
	talk_tcp <<-END
		connect first $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept first-core scscf from $UE $UE_PORT
		$(exchange first first-core one)
		connect other $UE_NS $UE2 $((UE_PORT + 10000)) to $SCSCF 5054
		accept other-core pcscf from $UE2 $((UE_PORT + 10000))
		$(exchange other other-core two)

		run sipsteer -n $MAP_NS replace $S_AT to $P_AT guard off
		run sipsteer -n $MAP_NS exempt del $UE
		connect second $UE_NS $UE $((UE_PORT + 20000)) to $SCSCF 5054
		accept second-core pcscf from $UE $((UE_PORT + 20000))
		$(exchange second second-core three)
		$(exchange first first-core four)
		$(exchange other other-core five)
		quiet pcscf scscf
	END
	tcp_over
	counted exempt 1 tcp-unknown $(($(segments in 5054) - 1)) flow-new 2 first-matched 2 \
		tcp-steered "$(both_segments in)" tcp-restored "$(both_segments out)"
}

both_segments() {
	echo $(($(segments "$1" 5060 $((UE_PORT + 10000))) +
		$(segments "$1" 5060 $((UE_PORT + 20000)))))
}

nats=plain each_case tcp_exempt "connections of exempt sources pass"
run_tests
