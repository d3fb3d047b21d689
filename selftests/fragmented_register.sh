#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# A REGISTER of a real phone does not fit one packet.
# Claim: it is steered as a whole, in whatever order its fragments come, and so is a fragmented
# answer restored.
# And not: a fragmented OPTIONS, or a REGISTER to another port, is not steered.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

fragmented_register() {
	counters_mark
	steer
	talk <<-END
		msg stray REGISTER from ue route $SCSCF 5054 size 4000
		send ue $SCSCF 5054 stray
		recv pcscf stray from $SEEN $UE_PORT
		respond pcscf 401 stray-401 size 5000
		recv ue stray-401 from $SCSCF 5054

		msg options OPTIONS from ue size 4000
		send ue $SCSCF 5054 options
		recv scscf options from $SEEN_S $UE_PORT
		quiet pcscf scscf
	END
	counted steered 1 transaction-new 1 restored 1 method 1
}

# The fragment with the ports comes last.
reversed() {
	counters_mark
	steer
	talk <<-END
		raw phone $UE_NS $UE $UE_PORT
		msg stray REGISTER from ue size 2000
		inject phone $SCSCF 5054 stray fragment 800 reverse
		recv pcscf stray from $SEEN $UE_PORT
		respond pcscf 401 stray-401
		recv ue stray-401 from $SCSCF 5054

		msg tiny REGISTER from ue cseq 2
		inject phone $SCSCF 5054 tiny fragment 64
		recv pcscf tiny from $SEEN $UE_PORT
		respond pcscf 401 tiny-401
		recv ue tiny-401 from $SCSCF 5054
		quiet scscf
	END
	counted steered 2 transaction-new 2 restored 2
}

# There is nothing to judge before all of it is there, and nothing is sent on.
incomplete() {
	counters_mark
	steer
	talk <<-END
		raw phone $UE_NS $UE $UE_PORT
		msg stray REGISTER from ue size 2000
		inject phone $SCSCF 5054 stray fragment 800 only 1
		msg whole REGISTER from ue cseq 2
		send ue $SCSCF 5054 whole
		recv pcscf whole from $SEEN $UE_PORT
		quiet pcscf scscf
	END
	counted steered 1 transaction-new 1
}

# A raw socket may forbid reassembly on its own host: there is no whole message to judge.
never_reassembled() {
	counters_mark
	steer
	talk <<-END
		raw phone $UE_NS $UE $UE_PORT nodefrag
		msg stray REGISTER from ue size 2000
		inject phone $SCSCF 5054 stray fragment 800
		recv scscf stray from $UE $UE_PORT
		quiet pcscf
	END
	counted fragment 1
}

reply_never_reassembled() {
	counters_mark
	steer
	talk <<-END
		raw target $P_HOST $PCSCF 5060 nodefrag
		msg stray REGISTER from ue
		send ue $SCSCF 5054 stray
		recv pcscf stray from $UE $UE_PORT
		respond pcscf 401 stray-401 size 2000
		recv ue stray-401 from $SCSCF 5054
		inject target $UE $UE_PORT stray-401 fragment 800
		recv ue stray-401 from $PCSCF 5060
	END
	counted steered 1 transaction-new 1 restored 1 reply-fragment 1
}

each_case fragmented_register "a REGISTER and an answer in fragments"
each_case reversed "fragments out of order, and very small ones"
each_case incomplete "a fragment without the others harms nothing"
nats=plain families=ipv4 each_case never_reassembled "what is never reassembled passes" handset
nats=plain families=ipv4 each_case reply_never_reassembled "and so does an answer" all-in-one
run_tests
