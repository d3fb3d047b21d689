#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Clients older than RFC 3261: branches without the cookie z9hG4bK, which need not be unique; and
# without rport (RFC 3581): then the answer goes to the port that the Via names.
# Claim: their REGISTERs are steered, and the answers restored.
# And not: of two requests with the same old branch, each gets its own answer.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

branch_without_cookie() {
	counters_mark
	steer
	sipsteer -n "$MAP_NS" add "$S2_AT" to "$P_AT"
	talk <<-END
		msg one REGISTER from ue branch 1
		msg two REGISTER from ue branch 1
		send ue $SCSCF 5054 one
		send ue $SCSCF2 5054 two
		recv pcscf one from $SEEN $UE_PORT
		respond pcscf 401 one-401
		recv pcscf two from $SEEN $UE_PORT
		respond pcscf 401 two-401
		recv ue one-401 from $SCSCF 5054
		recv ue two-401 from $SCSCF2 5054
	END
	counted steered 2 transaction-new 2 restored 2
}

# Only without NAT can such a client be answered at all, unless both ports are one.
without_rport() {
	counters_mark
	steer
	talk <<-END
		udp listens $UE_NS $UE $((UE_PORT + 1000))
		msg same REGISTER from ue no-rport
		send ue $SCSCF 5054 same
		recv pcscf same from $SEEN $UE_PORT
		respond pcscf 401 same-401
		recv ue same-401 from $SCSCF 5054

		msg other REGISTER from ue no-rport sent-by-port $((UE_PORT + 1000))
		send ue $SCSCF 5054 other
		recv pcscf other from $SEEN $UE_PORT
		respond pcscf 401 other-401
		recv listens other-401 from $SCSCF 5054
		quiet ue
	END
	counted steered 2 transaction-new 2 restored 2
}

each_case branch_without_cookie "branches without the cookie"
nats=plain each_case without_rport "the answer goes to the Via's port"
run_tests
