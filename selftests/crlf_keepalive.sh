#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# A phone sends CRLF keep-alives to the S-CSCF, and REGISTERs with empty lines before the start
# line, which RFC 3261 7.5 wants skipped.
# Claim: such a REGISTER is steered, with its empty lines, also right after a keep-alive.
# And not: keep-alives are no messages: they, and empty datagrams, reach the S-CSCF.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

crlf_keepalive() {
	counters_mark
	steer
	talk <<-END
		msg ping text "\r\n\r\n"
		msg pong text "\r\n"
		msg empty text ""
		send ue $SCSCF 5054 ping
		recv scscf ping from $SEEN_S $UE_PORT
		send scscf $SEEN_S $UE_PORT pong
		recv ue pong from $SCSCF 5054
		send ue $SCSCF 5054 empty
		recv scscf empty from $SEEN_S $UE_PORT

		msg stray REGISTER from ue crlf 2
		send ue $SCSCF 5054 stray
		recv pcscf stray from $SEEN $UE_PORT
		respond pcscf 401 stray-401
		recv ue stray-401 from $SCSCF 5054

		send ue $SCSCF 5054 ping
		recv scscf ping from $SEEN_S $UE_PORT
		barrier ue pcscf
	END
	counted keepalive 3 steered 1 transaction-new 1 restored 1
}

each_case crlf_keepalive "keep-alives pass, a REGISTER after empty lines is steered"
run_tests
