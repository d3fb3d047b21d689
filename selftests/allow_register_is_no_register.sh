#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# OPTIONS requests of real clients say "Allow: ..., REGISTER".
# Claim: only the method in the start line makes a REGISTER, in capital letters.
# And not: the word in a header, in the URI, in the body, as part of another method or in small
# letters makes none: all these reach the S-CSCF.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

allow_register_is_no_register() {
	counters_mark
	steer
	talk <<-END
		msg allow OPTIONS from ue without Allow header "Allow: INVITE, ACK, REGISTER"
		msg first OPTIONS from ue header "REGISTER sip:a SIP/2.0"
		msg uri text "OPTIONS sip:REGISTER@example.com SIP/2.0\r\n\r\n"
		msg longer REGISTERED from ue
		msg small register from ue
		msg short REGISTE from ue
		send ue $SCSCF 5054 allow
		recv scscf allow from $SEEN_S $UE_PORT
		send ue $SCSCF 5054 first
		recv scscf first from $SEEN_S $UE_PORT
		send ue $SCSCF 5054 uri
		recv scscf uri from $SEEN_S $UE_PORT
		send ue $SCSCF 5054 longer
		recv scscf longer from $SEEN_S $UE_PORT
		send ue $SCSCF 5054 small
		recv scscf small from $SEEN_S $UE_PORT
		send ue $SCSCF 5054 short
		recv scscf short from $SEEN_S $UE_PORT

		msg stray REGISTER from ue header "Allow: OPTIONS, INVITE"
		send ue $SCSCF 5054 stray
		recv pcscf stray from $SEEN $UE_PORT
		quiet scscf pcscf
	END
	counted method 6 steered 1 transaction-new 1
}

each_case allow_register_is_no_register "only a start line makes a REGISTER"
run_tests
