#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Somebody off the path sends SYNs in a phone's name; the phone answers what it gets for that with a RST,
# as it has opened no such connection. See tcp_reset.sh for forged RSTs.
# Claim: the phone's own connection is steered all the same: the one that it has, and the one that it
# opens from such a port afterwards.
# And not: what is forged to a connection that nobody has opened makes none.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

before() {
	tcp_mark
	steer from "$UE"
	sipsteer -n "$MAP_NS" add "$S2_AT" to "$P_AT" from "$UE"
	talk_tcp <<-END
		raw off $P_NS $UE $UE_PORT
		inject off $SCSCF2 5054 none tcp S seq 1000
		$(flow_is closing)
		connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept core pcscf from $UE $UE_PORT
		$(exchange ue core one)
		quiet pcscf scscf
	END
	counted_tcp flow-new 2 flow-replaced 1 first-matched 1
}

meanwhile() {
	tcp_mark
	steer from "$UE"
	talk_tcp <<-END
		connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept core pcscf from $UE $UE_PORT
		$(exchange ue core one)
		raw off $P_NS $UE $UE_PORT
		inject off $SCSCF 5054 none tcp S seq ue ahead 1000000000
		$(flow_is opening)
		$(exchange ue core two)
		$(flow_is established)
		quiet ue core pcscf scscf
	END
	counted_tcp flow-new 1 first-matched 1
}

unopened() {
	local flags ports=$((UE_PORT + 10000))
	counters_mark
	steer from "$UE"
	{
		echo "raw off $P_NS $UE $ports"
		for flags in A SA PA F R none; do
			echo "inject off $SCSCF 5054 none tcp $flags"
		done
		flow_is none "$ports"
	} | siptalk -
	counted tcp-unknown 6
}

each_family before "a connection from a port that was forged before"
each_family meanwhile "a connection whose SYN is forged again"
each_family unopened "segments of no connection"
run_tests
