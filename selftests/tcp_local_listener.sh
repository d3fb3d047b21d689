#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Somebody on the mapping's own host listens at the address and port that phones connect to.
# Claim: what comes from the network is steered all the same: on the host that is S-CSCF and P-CSCF
# at once, and on a gateway that listens at the port itself.
# And not: without the mapping the local listener gets the connection.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

all_in_one() {
	tcp_mark
	steer from "$UE"
	talk_tcp <<-END
		connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept core pcscf from $SEEN $UE_PORT
		$(exchange ue core one)
		quiet pcscf scscf
		run sipsteer -n $MAP_NS flush
		connect next $UE_NS $UE $((UE_PORT + 10000)) to $SCSCF 5054
		accept next-core scscf from $SEEN_S $((UE_PORT + 10000))
		$(exchange next next-core two)
		$(exchange ue core three)
		quiet pcscf
	END
	counted_tcp flow-new 1 first-matched 1 \
		no-mapping "$(segments in 5054 $((UE_PORT + 10000)))"
}

on_gateway() {
	local own=${ADDRESS[$FAMILY gw_ue]} at=${ADDRESS[$FAMILY gw_ue]}:5054
	[[ $FAMILY == ipv4 ]] || at=[$own]:5054
	tcp_mark
	sipsteer -n "$GW_NS" add "$at" to "$P_AT" from "$UE"
	talk_tcp <<-END
		listen own $GW_NS $own 5054
		connect ue $UE_NS $UE $UE_PORT to $own 5054
		accept core pcscf from $SEEN $UE_PORT
		$(exchange ue core one)
		quiet own pcscf
	END
	counted_tcp flow-new 1 first-matched 1
}

nats=plain each_case all_in_one "P-CSCF and S-CSCF on one host" all-in-one
each_case on_gateway "a gateway that listens itself" gateway
run_tests
