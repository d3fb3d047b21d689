#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# A mapping for any address at the S-CSCF's port, as a phone has that does not know the S-CSCF.
# Claim: what is sent to a group, to all on the link, from or to a link-local address, or within
# the host, arrives as it would without the mapping, and is counted.
# And not: a REGISTER to an address like any other is steered all the same.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

declare -A GROUP=([ipv4]=224.0.1.75 [ipv6]=ff05::4b)
declare -A LINK_LOCAL=(
	[ipv4 ue]=169.254.0.2 [ipv6 ue]=fe80::2
	[ipv4 gw]=169.254.0.1 [ipv6 gw]=fe80::1
)
declare -A LOOPBACK=([ipv4]=127.0.0.1 [ipv6]=::1)
BROADCAST=192.0.2.255
EVERYBODY=ff:ff:ff:ff:ff:ff

# The gateway is in the group. Neighbours are known in advance, see host().
scope_network() {
	network_up
	local family
	for family in ipv4 ipv6; do
		echo "address add ${LINK_LOCAL[$family gw]}/${LENGTH[$family]} dev ue" \
			"$([[ $family == ipv6 ]] && echo nodad)"
		echo "address add ${GROUP[$family]} dev ue autojoin"
		echo "neigh add ${LINK_LOCAL[$family ue]} dev ue lladdr 02:00:00:00:02:01"
	done | ip -n "$GW_NS" -batch -
	for family in ipv4 ipv6; do
		echo "address add ${LINK_LOCAL[$family ue]}/${LENGTH[$family]} dev eth0" \
			"$([[ $family == ipv6 ]] && echo nodad)"
		echo "neigh add ${LINK_LOCAL[$family gw]} dev eth0 lladdr 02:00:00:00:01:01"
	done | ip -n "$UE_NS" -batch -
	# A route that makes it an address like others to the socket, which needs no permission then.
	ip -n "$UE_NS" route del broadcast "$BROADCAST" dev eth0 table local
	ip -n "$UE_NS" neigh add "$BROADCAST" dev eth0 lladdr "$EVERYBODY"
}

# stays FROM TO [LINE...]: a REGISTER from the phone's address FROM arrives at the gateway's TO, where
# the LINEs are played before it is sent; another to the S-CSCF is steered.
stays() {
	local from=$1 to=$2
	shift 2
	counters_mark
	sipsteer -n "$MAP_NS" add "$S_ANY" to "$P_AT"
	talk <<-END
		udp near $UE_NS $from $((UE_PORT + 1000)) device eth0
		udp gateway $GW_NS $to 5054 device ue
		msg near REGISTER from near
		$(printf '%s\n' "$@")
		send near $to 5054 near
		recv gateway near from $from $((UE_PORT + 1000))
		msg stray REGISTER from ue route $SCSCF 5054
		send ue $SCSCF 5054 stray
		recv pcscf stray from $UE $UE_PORT
		respond pcscf 401 stray-401
		recv ue stray-401 from $SCSCF 5054
		quiet gateway pcscf scscf
	END
	counted scope 1 steered 1 transaction-new 1 restored 1
}

group() { stays "$UE" "${GROUP[$FAMILY]}"; }
to_link_local() { stays "$UE" "${LINK_LOCAL[$FAMILY gw]}"; }
from_link_local() { stays "${LINK_LOCAL[$FAMILY ue]}" "${ADDRESS[$FAMILY gw_ue]}"; }
broadcast() { stays "$UE" "$BROADCAST"; }

# The gateway's own address, in a frame that is for everybody.
broadcast_frame() {
	local gateway=${ADDRESS[$FAMILY gw_ue]} neighbour
	neighbour="ip -n $UE_NS neigh replace $gateway dev eth0 lladdr"
	counters_mark
	sipsteer -n "$MAP_NS" add "$S_ANY" to "$P_AT"
	talk <<-END
		udp gateway $GW_NS $gateway 5054
		msg near REGISTER from ue
		run $neighbour $EVERYBODY
		send ue $gateway 5054 near
		run $neighbour 02:00:00:00:01:01
		recv gateway near from $UE $UE_PORT
		send ue $gateway 5054 near
		recv pcscf near from $UE $UE_PORT
		quiet gateway
	END
	counted scope 1 steered 1 transaction-new 1
}

# ask TO: what the kernel would do with a REGISTER that the phone's host sends there.
ask() { sipsteer -n "$MAP_NS" test --local --from "$UE:$UE_PORT" --to "$1"; }

# A socket needs permission to send to all on the link, so the kernel is asked instead.
broadcast_sent_here() {
	local to
	sipsteer -n "$MAP_NS" add "$S_ANY" to "$P_AT"
	ip -n "$UE_NS" route add broadcast "$BROADCAST" dev eth0 table local
	for to in "$BROADCAST" 255.255.255.255; do
		[[ $(ask "$to:5054") == "pass: scope:"* ]] || fail "to $to: $(ask "$to:5054")"
	done
	ip -n "$UE_NS" route del broadcast "$BROADCAST" dev eth0 table local
	[[ $(ask "$S_AT") == "steer to $P_AT"* ]]
}

# Judged when it is sent, and again, as what is met on the loopback device, when it arrives.
within_the_host() {
	local address=${LOOPBACK[$FAMILY]}
	counters_mark
	sipsteer -n "$MAP_NS" add "$S_ANY" to "$P_AT"
	talk <<-END
		udp here $MAP_NS $address $((UE_PORT + 1000))
		udp there $MAP_NS $address 5054
		msg here REGISTER from here
		send here $address 5054 here
		recv there here from $address $((UE_PORT + 1000))
		respond there 200 here-200
		recv here here-200 from $address 5054
		msg stray REGISTER from ue
		send ue $SCSCF 5054 stray
		recv pcscf stray from $UE $UE_PORT
		quiet there scscf
	END
	counted scope 1 loopback 1 steered 1 transaction-new 1
}

network=scope_network
nats=plain
each_case group "to a group"
each_case to_link_local "to a link-local address"
each_case from_link_local "from a link-local address"
families=ipv4 each_case broadcast "to all on the link" gateway
each_case broadcast_frame "in a frame to all on the link" gateway
families=ipv4 each_case broadcast_sent_here "sent to all on the link" handset
each_case within_the_host "within the host"
run_tests
