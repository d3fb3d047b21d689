#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# The mapping is on the P-CSCF's host, which may be the S-CSCF's, too.
# Claim: a connection to the S-CSCF that begins on this host reaches it: it is the P-CSCF's own.
# And not: one that begins there, to another P-CSCF's S-CSCF, is steered; on this host it would be
# the phone's own.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Over the loopback device, what is sent passes the hooks again when it arrives.
own() {
	local arrivals=()
	tcp_mark
	steer guard off
	talk_tcp <<-END
		connect own $P_HOST $PCSCF $UE_PORT to $SCSCF 5054
		accept core scscf from $PCSCF $UE_PORT
		$(exchange own core relayed)
		quiet pcscf
	END
	tcp_over
	[[ $PLACE != all-in-one ]] || arrivals=(loopback "$(segments in 5054)")
	counted_passed tcp-target-local "${arrivals[@]}"
}

# It leads away from this host, and comes back by here.
elsewhere() {
	tcp_mark
	sipsteer -n "$P_HOST" add "$S_AT" to "$FAR_AT"
	siptalk - <<-END
		listen far $S_NS $FAR 5060
		connect own $P_HOST $PCSCF $UE_PORT to $SCSCF 5054
		accept core far from $PCSCF $UE_PORT
		$(exchange own core stray)
	END
	tcp_over
	counted flow-new 1 first-matched 1 tcp-steered "$(segments_far in)" \
		tcp-restored "$(segments_far out)"
}

far() {
	FAR=${ADDRESS[$FAMILY core_pcscf]} FAR_AT=${ADDRESS[$FAMILY core_pcscf]}:5060
	[[ $FAMILY == ipv4 ]] || FAR_AT=[$FAR]:5060
	elsewhere
}

# The other P-CSCF is on the S-CSCF's host.
segments_far() { P_HOST=$S_NS segments "$1" 5060; }

nats=plain each_case own "its own connection" pcscf-host all-in-one
nats=plain each_case far "one that leads elsewhere" pcscf-host
run_tests
