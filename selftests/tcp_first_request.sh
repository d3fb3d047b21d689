#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# A connection is steered before it has said what it is for. What it says first is counted, for whoever
# wants to know whether the mapping does what it is meant to.
# Claim: the first request is counted once, by its method, whatever comes before it of line ends and
# after it of requests; what is no request, or not wholly in the first segment, is counted as unknown.
# And not: nothing of this changes where the connection leads; what the P-CSCF sends does not count.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# first COUNTER [OPTION...]: standard input is what the phone and the P-CSCF say.
first() {
	local counter=$1
	tcp_mark
	steer from "$UE" "${@:2}"
	talk_tcp <<-END
		connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept core pcscf from $UE $UE_PORT
		msg keepalive text "\r\n\r\n"
		msg register REGISTER from ue
		msg options OPTIONS from ue
		$(cat)
		quiet pcscf scscf
	END
	counted_tcp flow-new 1 ${counter:+"$counter" 1}
}

matched() {
	first first-matched <<-END
		send ue register
		recv core register
		send ue options
		recv core options
	END
}

method() {
	first first-method <<-END
		send ue options
		recv core options
		send ue register
		recv core register
	END
}

other_methods() {
	first first-matched methods OPTIONS,MESSAGE <<-END
		send ue options
		recv core options
	END
}

any_method() {
	first first-matched methods any <<-END
		msg made-up FROBNICATE from ue
		send ue made-up
		recv core made-up
	END
}

keepalive() {
	first first-matched <<-END
		send ue keepalive
		recv core keepalive
		send ue keepalive
		recv core keepalive
		send ue keepalive register
		recv core keepalive
		recv core register
	END
}

only_keepalive() {
	first "" <<-END
		send ue keepalive
		recv core keepalive
	END
}

no_request() {
	first first-unknown <<-END
		msg tls text "\x16\x03\x01\x02\x00\x01\x00\x01"
		send ue tls
		recv core tls
		send ue register
		recv core register
	END
}

response() {
	first first-unknown <<-END
		msg ok text "SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n"
		send ue ok
		recv core ok
	END
}

in_pieces() {
	first first-unknown <<-END
		send ue register segments 5
		recv core register
	END
}

server_first() {
	first first-matched <<-END
		send core options
		recv ue options
		send ue register
		recv core register
	END
}

each_family matched "a REGISTER, then an OPTIONS"
each_family method "an OPTIONS, then a REGISTER"
each_family other_methods "a mapping of other methods"
each_family any_method "a mapping of any method"
each_family keepalive "line ends before it"
each_family only_keepalive "nothing but line ends"
each_family no_request "no request"
each_family response "a response"
each_family in_pieces "a request in small pieces"
each_family server_first "the P-CSCF speaks first"
run_tests
