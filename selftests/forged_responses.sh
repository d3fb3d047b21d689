#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# A phone waits for a response, and somebody sends it others: an attacker off the path, in the
# P-CSCF's name, who has to guess what names the transaction; or another P-CSCF, another phone, or a
# program on the P-CSCF's host, that knows it.
# Claim: none of that seems to come from where the phone wrote to; it arrives as it was sent.
# And not: nothing that is remembered changes, and the true response is restored after all of it.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

GUESSES=1000

# response NAME BRANCH CSEQ METHOD
response() {
	cat <<-END
		msg $1 text "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP ue;rport;branch=$2\r\nCSeq: $3 $4\r\n\r\n"
	END
}

# What is remembered, but for how much longer.
remembered() { echo "sipsteer -n $MAP_NS transactions | sed 's/  *[0-9]*s\$//'"; }

# while_waiting COMMAND...: a REGISTER, what the command has to say, and the answer.
while_waiting() {
	sipsteer -n "$MAP_NS" flush transactions
	talk <<-END
		msg stray REGISTER from ue branch $BRANCH
		send ue $SCSCF 5054 stray
		recv pcscf stray from $SEEN $UE_PORT
		run $(remembered) >$tmp/remembered
		$("$@")
		run $(remembered) | cmp - $tmp/remembered
		respond pcscf 401 stray-401
		recv ue stray-401 from $SCSCF 5054
		quiet ue pcscf scscf
	END
}

forge_off_path() {
	local n=0 branch cseq method
	# From the S-CSCF's side, with the P-CSCF's address.
	echo "raw off $S_NS $PCSCF 5060"
	while read -r branch cseq method; do
		response "forged-$((++n))" "$branch" "$cseq" "$method"
		echo "inject off $SEEN $UE_PORT forged-$n"
		echo "recv ue forged-$n from $PCSCF 5060"
	done <<-END
		${BRANCH}0 1 REGISTER
		${BRANCH%?} 1 REGISTER
		${BRANCH/stray/STRAY} 1 REGISTER
		$BRANCH 2 REGISTER
		$BRANCH 0 REGISTER
		$BRANCH 4294967297 REGISTER
		$BRANCH 1 OPTIONS
		$BRANCH 1 register
	END
}

off_path() {
	BRANCH=z9hG4bK-stray-$UE_PORT
	counters_mark
	steer
	while_waiting forge_off_path
	counted steered 1 transaction-new 1 restored 1 reply-no-transaction 7 reply-bad-sip 1
}

guess() {
	response guess z9hG4bK-%%%%%%%% 1 REGISTER
	echo "flood pcscf $SEEN $UE_PORT guess $GUESSES at ue"
}

guessing() {
	BRANCH=z9hG4bK-$RANDOM$RANDOM
	counters_mark
	steer
	while_waiting guess
	counted steered 1 transaction-new 1 restored 1 reply-no-transaction "$GUESSES"
}

# The second P-CSCF is a target, too; what the first one sends from another port is no target's.
forge_knowing() {
	response known "$BRANCH" 1 REGISTER
	cat <<-END
		udp pcscf2 $P_HOST $PCSCF2 5060
		send pcscf2 $SEEN $UE_PORT known
		recv ue known from $PCSCF2 5060
		udp other $P_HOST $PCSCF 5062
		send other $SEEN $UE_PORT known
		recv ue known from $PCSCF 5062
		udp ue2 $UE_NS $UE2 $UE_PORT
		send pcscf $UE2 $UE_PORT known
		recv ue2 known from $PCSCF 5060
		close pcscf2
		close other
		close ue2
	END
}

knowing() {
	BRANCH=z9hG4bK-stray-$UE_PORT
	counters_mark
	steer
	sipsteer -n "$MAP_NS" add "$S2_AT" to "$P2_AT"
	while_waiting forge_knowing
	counted steered 1 transaction-new 1 restored 1 reply-no-transaction 2
}

# The same branch and CSeq, sent to another S-CSCF: had it taken the first one's place, that one's
# answer would come from there.
another_phone() {
	BRANCH=z9hG4bK-stray-$UE_PORT
	counters_mark
	steer
	sipsteer -n "$MAP_NS" add "$S2_AT" to "$P_AT"
	talk <<-END
		msg stray REGISTER from ue branch $BRANCH
		send ue $SCSCF 5054 stray
		recv pcscf stray from $UE $UE_PORT
		respond pcscf 401 stray-401
		udp ue2 $UE_NS $UE2 $UE_PORT
		msg copy REGISTER from ue2 branch $BRANCH
		send ue2 $SCSCF2 5054 copy
		recv pcscf copy from $UE2 $UE_PORT
		respond pcscf 401 copy-401
		respond pcscf 401 copy-401
		recv ue stray-401 from $SCSCF 5054
		recv ue2 copy-401 from $SCSCF2 5054
		recv ue2 copy-401 from $SCSCF2 5054
		msg again REGISTER from ue branch $BRANCH
		send ue $SCSCF 5054 again
		recv pcscf again from $UE $UE_PORT
		respond pcscf 401 again-401
		recv ue again-401 from $SCSCF 5054
		quiet ue ue2 pcscf scscf
	END
	counted steered 3 transaction-new 2 transaction-refreshed 1 restored 4
}

each_case off_path "forged by guesses that are nearly right"
each_family guessing "forged by many guesses"
nats=plain each_case knowing "forged from elsewhere, by who knows the branch"
each_family another_phone "another phone's request with the same branch"
run_tests
