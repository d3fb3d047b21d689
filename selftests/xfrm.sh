#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# IPsec protects what a phone sends to the P-CSCF (IMS-AKA, TS 33.203), or what comes from there.
# Claim: a REGISTER that would be protected once steered passes as it is, and a protected answer is
# not restored; both are counted.
# And not: with the policy gone, the next one is steered.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# esp NETNS FROM TO: an association with neither secrets nor secrecy
esp() {
	ip -n "$1" xfrm state add src "$2" dst "$3" proto esp spi 0x5160 reqid 1 mode transport \
		auth digest_null "" enc ecb\(cipher_null\) "" ||
		skip "no IPsec in this kernel"
}

policy() { ip -n "$1" xfrm policy add src "$2" dst "$3" dir out tmpl proto esp reqid 1 mode transport; }

request() {
	esp "$UE_NS" "$UE" "$PCSCF"
	counters_mark
	steer
	policy "$UE_NS" "$UE" "$PCSCF"
	talk <<-END
		msg stray REGISTER from ue route $SCSCF 5054
		send ue $SCSCF 5054 stray
		recv scscf stray from $UE $UE_PORT
		run ip -n $UE_NS xfrm policy flush
		send ue $SCSCF 5054 stray
		recv pcscf stray from $UE $UE_PORT
		quiet pcscf scscf
	END
	ip -n "$UE_NS" xfrm state flush
	counted xfrm 1 steered 1 transaction-new 1
}

reply() {
	esp "$P_NS" "$PCSCF" "$UE"
	esp "$UE_NS" "$PCSCF" "$UE"
	counters_mark
	steer
	policy "$P_NS" "$PCSCF" "$UE"
	talk <<-END
		msg stray REGISTER from ue route $SCSCF 5054
		send ue $SCSCF 5054 stray
		recv pcscf stray from $UE $UE_PORT
		respond pcscf 401 stray-401
		recv ue stray-401 from $PCSCF 5060
		run ip -n $P_NS xfrm policy flush
		respond pcscf 401 stray-401
		recv ue stray-401 from $SCSCF 5054
	END
	ip -n "$UE_NS" xfrm state flush
	ip -n "$P_NS" xfrm state flush
	counted steered 1 transaction-new 1 reply-xfrm 1 restored 1
}

nats=plain
each_case request "what would be protected passes" handset
each_case reply "a protected answer is not restored" handset
run_tests
