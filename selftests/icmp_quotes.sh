#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# ICMP errors quote as much of a packet as they like, and anybody can send one.
# Claim: an error about a steered datagram or segment is restored, and one about a restored segment
# sent on, whatever it quotes beyond the ports; all checksums that were right are right.
# And not: what quotes something else, or too little, or is no error, arrives as it was sent. A
# checksum that was wrong stays wrong.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Length of an IP header
declare -A HEADER=([ipv4]=20 [ipv6]=40)

# What else there may be in front of the ports
declare -A MORE=([ipv4]="option nop" [ipv6]="ext hop-by-hop,destination")

# errors: read a script, in which "core" and "router" can send errors about what was steered, and
# "errors" hears them.
errors() {
	counters_mark
	steer
	siptalk - <<-END
		udp ue $UE_NS $UE $UE_PORT
		udp pcscf $P_HOST $PCSCF 5060 nocheck
		icmp errors $UE_NS $UE
		icmp errors-scscf $S_NS $SCSCF
		raw phone $UE_NS $UE $UE_PORT
		raw core $P_HOST $PCSCF 5060
		raw router $P_HOST $PCSCF2 0
		msg stray REGISTER from ue route $SCSCF 5054
		inject phone $SCSCF 5054 stray
		recv pcscf stray from $SEEN $UE_PORT
		$(cat)
		quiet errors errors-scscf
	END
}

udp_quotes() {
	local least=$((${HEADER[$FAMILY]} + 8))
	local more=${MORE[$FAMILY]} sent="$SEEN $UE_PORT to $PCSCF 5060"
	local wanted="$UE $UE_PORT to $SCSCF 5054"
	errors <<-END
		icmp-send core $SEEN port quoting $sent stray
		icmp-recv errors from $SCSCF port quoting $wanted stray
		icmp-send core $SEEN port cut $least quoting $sent stray
		icmp-recv errors from $SCSCF port cut $least quoting $wanted stray
		icmp-send router $SEEN host cut $((least + 1)) quoting $sent stray
		icmp-recv errors from $PCSCF2 host cut $((least + 1)) quoting $wanted stray
		icmp-send router $SEEN ttl quoting $sent stray $more
		icmp-recv errors from $PCSCF2 ttl quoting $wanted stray $more
		icmp-send router $SEEN parameter quoting $sent stray fragment 512 only 1
		icmp-recv errors from $PCSCF2 parameter quoting $wanted stray fragment 512 only 1
		msg bare REGISTER from ue size 900
		inject phone $SCSCF 5054 bare sum zero
		recv pcscf bare from $SEEN $UE_PORT
		icmp-send core $SEEN port quoting $sent bare sum zero
		icmp-recv errors from $SCSCF port quoting $wanted bare sum zero
	END
	counted steered 2 transaction-new 2 icmp-restored 6
}

# untouched QUOTE...: lines of a script; errors of the P-CSCF's host with such quotes arrive as they
# are.
untouched() {
	local quote
	for quote; do
		echo "icmp-send core $UE port $quote"
		echo "icmp-recv errors from $PCSCF port $quote"
	done
}

other_quotes() {
	local header=${HEADER[$FAMILY]} sent="$UE $UE_PORT to $PCSCF 5060"
	errors <<-END
		$(untouched "quoting $sent stray udp-length 9" \
			"quoting $UE 9999 to $PCSCF 5060 stray" \
			"quoting $UE2 $UE_PORT to $PCSCF 5060 stray" \
			"quoting $UE $UE_PORT to $PCSCF2 5060 stray" \
			"quoting $UE $UE_PORT to $PCSCF 5070 stray" \
			"quoting $sent stray fragment 512 only 2" \
			"quoting $sent stray tcp PA" \
			"quoting icmp $UE to $PCSCF echo quoting $sent stray" \
			"cut $((header + 7)) quoting $sent stray" \
			"cut $((header - 1)) quoting $sent stray" \
			"cut 0 quoting $sent stray")
		icmp-send core $UE echo quoting $sent stray
		icmp-send core $UE redirect quoting $sent stray
		icmp-send phone $SCSCF port quoting $SCSCF 5054 to $UE $UE_PORT stray
		icmp-recv errors-scscf from $UE port quoting $SCSCF 5054 to $UE $UE_PORT stray
		$(untouched "quoting $UE $UE_PORT to $UE2 9 stray")
	END
	counted steered 1 transaction-new 1 icmp-no-transaction 2
}

# The last error that the client learns of is the first of two.
wrong_checksum() {
	local error=EHOSTUNREACH
	[[ $FAMILY == ipv4 ]] || error=EACCES
	counters_mark
	steer
	siptalk - <<-END
		udp ue $UE_NS $UE $UE_PORT connect $SCSCF 5054
		udp other $UE_NS $UE 0
		udp pcscf $P_HOST $PCSCF 5060
		raw core $P_HOST $PCSCF 5060
		msg stray REGISTER from ue route $SCSCF 5054
		send ue $SCSCF 5054 stray
		recv pcscf stray from $SEEN $UE_PORT
		icmp-send core $UE prohibited quoting $SEEN $UE_PORT to $PCSCF 5060 stray
		icmp-send core $UE port sum bad quoting $SEEN $UE_PORT to $PCSCF 5060 stray
		barrier pcscf other
		error ue $error
	END
	counted steered 1 transaction-new 1 icmp-restored 2 reply-not-response 1
}

tcp_quotes() {
	local least=$((${HEADER[$FAMILY]} + 8)) more=${MORE[$FAMILY]}
	local sent="$SEEN $UE_PORT to $PCSCF 5060" wanted="$UE $UE_PORT to $SCSCF 5054"
	local back="$SCSCF 5054 to $UE $UE_PORT" back_wanted="$PCSCF 5060 to $SEEN $UE_PORT"
	tcp_mark
	steer from "$UE"
	talk_tcp <<-END
		icmp errors $UE_NS $UE
		icmp errors-core $P_HOST $PCSCF
		raw phone $UE_NS $UE 0
		raw core-raw $P_HOST $PCSCF 0
		connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept core pcscf from $SEEN $UE_PORT
		$(exchange ue core stray)

		icmp-send core-raw $SEEN host quoting $sent stray tcp PA
		icmp-recv errors from $SCSCF host quoting $wanted stray tcp PA
		icmp-send core-raw $SEEN host cut $least quoting $sent stray tcp PA
		icmp-recv errors from $SCSCF host cut $least quoting $wanted stray tcp PA
		icmp-send core-raw $SEEN host quoting $sent stray tcp PA $more
		icmp-recv errors from $SCSCF host quoting $wanted stray tcp PA $more

		icmp-send phone $SCSCF host quoting $back stray tcp PA
		icmp-recv errors-core from $SEEN host quoting $back_wanted stray tcp PA
		icmp-send phone $SCSCF host cut $least quoting $back stray tcp PA
		icmp-recv errors-core from $SEEN host cut $least quoting $back_wanted stray tcp PA
		icmp-send phone $SCSCF host quoting $back stray tcp PA $more
		icmp-recv errors-core from $SEEN host quoting $back_wanted stray tcp PA $more

		$(exchange ue core again)
		quiet ue core pcscf scscf errors errors-core
	END
	counted_tcp flow-new 1 first-matched 1 icmp-restored 3 icmp-steered 3
}

network=errors_network
nats=plain
each_case udp_quotes "what is quoted of a datagram"
each_case other_quotes "something else is quoted"
each_case wrong_checksum "a wrong checksum"
each_case tcp_quotes "what is quoted of a segment"
nats=masq
each_case udp_quotes "what is quoted of a datagram" gateway
each_case tcp_quotes "what is quoted of a segment" gateway
run_tests
