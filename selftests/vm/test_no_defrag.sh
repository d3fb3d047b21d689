#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# The module as built for a kernel that does not export defragmentation.
# Claim: a REGISTER in fragments passes a gateway as it is, counted, and so does an answer; where
# conntrack puts fragments together they are steered and restored as ever.
# And not: what comes in one piece is steered, as is what this host has yet to take apart.
#
# Usage: test_no_defrag.sh [KERNEL]	(default: 6.12)

vm=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P) || exit
if [[ ${1:-} != --in-guest ]]; then
	make -s -C "$vm/.." tools && make -s -C "$vm/../../userspace-ctl" || exit
	exec "$vm/run" --kernel "${1:-6.12}" --no-defrag -- "$vm/${0##*/}" --in-guest
fi

# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$vm/../lib.sh"

pieces_pass() {
	counters_mark
	steer
	talk <<-END
		msg stray REGISTER from ue route $SCSCF 5054 size 4000
		send ue $SCSCF 5054 stray
		recv scscf stray from $UE $UE_PORT
		msg whole REGISTER from ue route $SCSCF 5054 cseq 2
		send ue $SCSCF 5054 whole
		recv pcscf whole from $UE $UE_PORT
		respond pcscf 401 whole-401
		recv ue whole-401 from $SCSCF 5054
		quiet pcscf scscf
	END
	counted fragment 1 steered 1 transaction-new 1 restored 1
}

answer_passes() {
	counters_mark
	steer
	talk <<-END
		msg stray REGISTER from ue route $SCSCF 5054
		send ue $SCSCF 5054 stray
		recv pcscf stray from $UE $UE_PORT
		respond pcscf 401 stray-401 size 4000
		recv ue stray-401 from $PCSCF 5060
	END
	counted steered 1 transaction-new 1 reply-fragment 1
}

# For conntrack; or for this host, where the kernel itself puts together IPv4 before the hook.
whole() {
	counters_mark
	steer
	talk <<-END
		msg stray REGISTER from ue route $SCSCF 5054 size 4000
		send ue $SCSCF 5054 stray
		recv pcscf stray from $SEEN $UE_PORT
		respond pcscf 401 stray-401 size 4000
		recv ue stray-401 from $SCSCF 5054
		quiet scscf
	END
	counted steered 1 transaction-new 1 restored 1
}

nats=plain each_case pieces_pass "a REGISTER in fragments passes" gateway
nats=plain each_case answer_passes "and so does an answer" gateway
nats=plain families=ipv6 each_case answer_passes "and so does an answer" handset
nats=plain families=ipv4 each_case whole "what is of and for this host is whole" handset
nats=masq each_case whole "conntrack puts fragments together" gateway
run_tests
