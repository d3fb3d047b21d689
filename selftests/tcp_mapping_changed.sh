#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Mappings come and go while connections live.
# Claim: a connection stays with the P-CSCF it was led to, though its mapping has another target by
# then, or is gone; the next one follows the mapping of its own time.
# And not: without the mapping, a connection reaches the S-CSCF; and what was a P-CSCF is none any
# more, not even for a moment.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

tcp_mapping_changed() {
	local two=$((UE_PORT + 10000)) three=$((UE_PORT + 20000))
	tcp_mark
	steer from "$UE"
	talk_tcp <<-END
		listen pcscf2 $P_HOST $PCSCF2 5060
		connect one $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept one-core pcscf from $SEEN $UE_PORT
		$(exchange one one-core one-before)

		run sipsteer -n $MAP_NS replace $S_AT to $P2_AT from $UE
		connect two $UE_NS $UE $two to $SCSCF 5054
		accept two-core pcscf2 from $SEEN $two
		$(exchange one one-core one-replaced)
		$(exchange two two-core two-before)

		run sipsteer -n $MAP_NS flush
		connect three $UE_NS $UE $three to $SCSCF 5054
		accept three-core scscf from $SEEN_S $three
		$(exchange one one-core one-gone)
		$(exchange two two-core two-gone)
		$(exchange three three-core three-gone)
		quiet pcscf pcscf2 scscf
	END
	tcp_over
	counted flow-new 2 first-matched 2 no-mapping "$(segments in 5054 "$three")" \
		tcp-steered $(($(segments in 5060) + $(segments in 5060 "$two"))) \
		tcp-restored $(($(segments out 5060) + $(segments out 5060 "$two")))
}

target_no_more() {
	tcp_mark
	steer from "$UE"
	sipsteer -n "$MAP_NS" del "$S_AT" from "$UE"
	sipsteer -n "$MAP_NS" add "$P_AT" to "$P2_AT" from "$UE"
	talk_tcp <<-END
		listen pcscf2 $P_HOST $PCSCF2 5060
		connect ue $UE_NS $UE $UE_PORT to $PCSCF 5060
		accept core pcscf2 from $SEEN $UE_PORT
		$(exchange ue core stray)
		quiet pcscf scscf
	END
	counted_tcp flow-new 1 first-matched 1
}

nats=plain each_case target_no_more "a P-CSCF that is one no more"
nats=plain each_case tcp_mapping_changed "connections stay where they are"
run_tests
