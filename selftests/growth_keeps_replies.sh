#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Many clients register at about the same time, as after an outage, and the table of transactions
# grows meanwhile.
# Claim: every answer is restored, those that come while the table grows and those that come when
# all have asked; all transactions are listed, each once, and none once they are flushed.
# And not: none gives way to another.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# The table starts with room for 512 and grows before it is half full. To every second request a
# provisional answer comes, LATER requests afterwards. Every few requests a shell is run that does
# nothing: no machine is to be faster than a network, for what comes more quickly than the table can
# grow does give way.
REQUESTS=500 CLIENTS=6 LATER=50 PAUSE=10
# A transaction is forgotten then (RFC 3261 timer F).
LIFE=32

script() {
	awk -v requests="$REQUESTS" -v clients="$CLIENTS" -v later="$LATER" \
		-v pause="$PAUSE" -v netns="$UE_NS" -v ue="$UE" -v ue2="$UE2" \
		-v port="$UE_PORT" -v scscf="$SCSCF" '
		function address(i) { return i % 2 ? ue2 : ue }
		function client_port(i) { return port + 2000 + i % clients }

		# The P-CSCF answers by what names the transaction.
		function answer(i, code) {
			print "msg answer-" i " text \"SIP/2.0 " code "\\r\\n" \
				"Via: SIP/2.0/UDP ue;branch=z9hG4bK-" i "-" port "\\r\\n" \
				"CSeq: " i " REGISTER\\r\\n\\r\\n\""
			print "send pcscf", address(i), client_port(i), "answer-" i
		}
		function receive(i) {
			print "recv ue" i % clients, "answer-" i, "from", scscf, 5054
		}

		BEGIN {
			for (i = 0; i < clients; i++)
				print "udp ue" i, netns, address(i), client_port(i)
			for (i = 0; i < requests; i++) {
				print "msg request REGISTER from ue" i % clients, \
					"branch z9hG4bK-" i "-" port, "cseq", i
				print "send ue" i % clients, scscf, 5054, "request"
				print "recv pcscf request"
				if (i % pause == 0)
					print "run :"
				if (i < later || i % 2)
					continue
				answer(i - later, "100 Trying")
				receive(i - later)
			}
			for (i = 0; i < requests; i++)
				answer(i, "401 Unauthorized")
			for (i = 0; i < requests; i++)
				receive(i)
		}'
}

# What fails later than that says nothing.
failed() {
	((SECONDS - start < LIFE)) || skip "this machine takes too long: $((SECONDS - start)) s"
	fail "$*"
}

growth() {
	local start=$SECONDS
	counters_mark
	steer
	sipsteer -n "$MAP_NS" flush transactions
	script | talk || failed "an answer is lost, or from another address"
	sipsteer -n "$MAP_NS" transactions | sed 's/  *[0-9]*s$//' >"$tmp/transactions"
	(($(grep -c :5054 "$tmp/transactions") == REQUESTS)) || failed "not all are listed"
	[[ -z $(sort "$tmp/transactions" | uniq -d) ]] || fail "some are listed twice"
	counted steered "$REQUESTS" transaction-new "$REQUESTS" \
		restored $((REQUESTS + (REQUESTS - LATER) / 2))
	sipsteer -n "$MAP_NS" flush transactions
	[[ $(sipsteer -n "$MAP_NS" transactions) != *:5054* ]]
	echo "after $((SECONDS - start)) s"
}

families=ipv4 nats=plain each_case growth "many at once" gateway
families=ipv6 nats=plain each_case growth "many at once" handset
run_tests
