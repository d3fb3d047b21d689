#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Claim: when as many connections are remembered as may be, another one reaches the S-CSCF, and is
# counted; when there is room again, or more of it, the next is steered. Of two phones, that is; one
# alone has half of the room, see hostile_source.sh.
# And not: those that are remembered are unharmed; a port of theirs that is used again needs no room.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# A phone's addresses of one /64 are one source: the second phone has another.
declare -A PHONE2=([ipv4]=${ADDRESS[ipv4 ue2]} [ipv6]=2001:db8:c::1)

two_phones_network() {
	network_up
	ip -n "$UE_NS" address add "${PHONE2[ipv6]}/64" dev eth0 nodad
	ip -n "$GW_NS" route add "${PHONE2[ipv6]}" via "${ADDRESS[ipv6 ue]}"
}

sum() {
	local port total=0
	for port in "${@:3}"; do
		total=$((total + $(segments "$1" "$2" "$port")))
	done
	echo "$total"
}

tcp_table_full() {
	local ports=("$UE_PORT" $((UE_PORT + 10000)) $((UE_PORT + 20000)) $((UE_PORT + 30000)))
	local late=$((UE_PORT + 25000)) phone2=${PHONE2[$FAMILY]}
	sipsteer -n "$MAP_NS" flush flows
	sipsteer -n "$MAP_NS" set flow-max 2 flow-transitory 1000
	tcp_mark
	steer guard off
	talk_tcp <<-END
		connect one $UE_NS $UE ${ports[0]} to $SCSCF 5054
		accept one-core pcscf from $SEEN ${ports[0]}
		$(exchange one one-core one)
		connect two $UE_NS $phone2 ${ports[1]} to $SCSCF 5054
		accept two-core pcscf from $phone2 ${ports[1]}
		$(exchange two two-core two)

		connect three $UE_NS $UE ${ports[2]} to $SCSCF 5054
		accept three-core scscf from $SEEN_S ${ports[2]}
		$(exchange three three-core three)
		$(exchange one one-core four)
		$(exchange two two-core five)

		close two-core
		eof two
		close two
		connect two $UE_NS $phone2 ${ports[1]} to $SCSCF 5054
		accept two-core pcscf from $phone2 ${ports[1]}
		$(exchange two two-core six)

		run sipsteer -n $MAP_NS set flow-max 4
		connect four $UE_NS $phone2 ${ports[3]} to $SCSCF 5054
		accept four-core pcscf from $phone2 ${ports[3]}
		$(exchange four four-core seven)

		run sipsteer -n $MAP_NS set flow-transitory 1 flow-max 2
		close one
		eof one-core
		close one-core
		close four
		eof four-core
		close four-core
		until sipsteer -n $MAP_NS stats | grep -q '^flows  *1\$'
		connect four $UE_NS $UE $late to $SCSCF 5054
		accept four-core pcscf from $SEEN $late
		$(exchange four four-core eight)
		quiet pcscf scscf
	END
	tcp_over
	ports+=("$late")
	counted flow-new 5 flow-replaced 1 first-matched 5 tcp-full 1 \
		tcp-unknown $(($(segments in 5054 "${ports[2]}") - 1)) \
		tcp-steered "$(sum in 5060 "${ports[@]}")" \
		tcp-restored "$(sum out 5060 "${ports[@]}")"
}

network=two_phones_network
nats=plain each_case tcp_table_full "a full table"
run_tests
