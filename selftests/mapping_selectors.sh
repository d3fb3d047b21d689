#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Claim: of the mappings for a packet the most specific one wins: the longest match prefix, then
# "from", then "iif"; /0 means any address at that port; methods are steered as listed.
# And not: a mapping "from" another client, or for another interface, is none for this packet, and
# "iif" is never met by what this host sends itself.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

map() { sipsteer -n "$MAP_NS" add "$@"; }

# stray NAME SOCKET WHERE: a REGISTER from SOCKET has to arrive there.
stray() {
	echo "msg $1 REGISTER from $2"
	echo "send $2 $SCSCF 5054 $1"
	echo "recv $3 $1"
}

# The targets tell which mapping it was.
longest_prefix() {
	map "$S_ANY" to "$P2_AT"
	map "$S_PREFIX" to "$P_AT"
	talk <<-END
		udp pcscf2 $P_HOST $PCSCF2 5060
		$(stray prefix ue pcscf)
		run sipsteer -n $MAP_NS add $S_AT to $P2_AT
		$(stray host ue pcscf2)
		run sipsteer -n $MAP_NS del $S_AT
		run sipsteer -n $MAP_NS del $S_PREFIX
		$(stray any ue pcscf2)
		run sipsteer -n $MAP_NS del $S_ANY
		$(stray none ue scscf)
		quiet pcscf pcscf2 scscf
	END
}

# A longer match wins over "from", and "from" over none.
from() {
	local net=${UE%?}0/24
	[[ $FAMILY == ipv6 ]] && net=${UE%?}/64
	map "$S_PREFIX" to "$P2_AT" from "$UE"
	map "$S_AT" to "$P_AT"
	talk <<-END
		udp pcscf2 $P_HOST $PCSCF2 5060
		udp other $UE_NS $UE2 $UE_PORT
		$(stray longer-match ue pcscf)
		run sipsteer -n $MAP_NS add $S_AT to $P2_AT from $net
		$(stray from-net ue pcscf2)
		run sipsteer -n $MAP_NS add $S_AT to $P_AT from $UE
		$(stray from-host ue pcscf)
		$(stray other other pcscf2)
		run sipsteer -n $MAP_NS del $S_AT from $net
		run sipsteer -n $MAP_NS del $S_AT
		$(stray still-from-host ue pcscf)
		$(stray other-now-none other scscf)
	END
}

iif() {
	map "$S_AT" to "$P2_AT" iif pcscf
	map "$S_AT" to "$P_AT" iif ue
	talk <<-END
		udp pcscf2 $P_HOST $PCSCF2 5060
		$(stray at-ue ue pcscf)
		run sipsteer -n $MAP_NS del $S_AT iif ue
		$(stray at-none ue scscf)
		run sipsteer -n $MAP_NS add $S_AT to $P2_AT
		$(stray at-any ue pcscf2)
		run sipsteer -n $MAP_NS add $S_AT to $P_AT iif ue
		$(stray iif-wins ue pcscf)
		run sipsteer -n $MAP_NS add $S_AT to $P2_AT from $UE
		$(stray from-wins ue pcscf2)
	END
}

iif_never_matches_output() {
	counters_mark
	map "$S_AT" to "$P_AT" iif eth0
	talk <<-END
		$(stray sent-here ue scscf)
		quiet pcscf
	END
	counted no-mapping 1
}

methods() {
	counters_mark
	map "$S_AT" to "$P_AT" methods REGISTER,SUBSCRIBE
	talk <<-END
		msg register REGISTER from ue
		msg subscribe SUBSCRIBE from ue
		msg options OPTIONS from ue
		msg other NONSENSE from ue
		send ue $SCSCF 5054 register
		recv pcscf register
		send ue $SCSCF 5054 subscribe
		recv pcscf subscribe
		send ue $SCSCF 5054 options
		recv scscf options
		send ue $SCSCF 5054 other
		recv scscf other
		run sipsteer -n $MAP_NS replace $S_AT to $P_AT methods any
		send ue $SCSCF 5054 options
		recv pcscf options
		send ue $SCSCF 5054 other
		recv pcscf other
		msg response text "SIP/2.0 200 OK\r\n\r\n"
		send ue $SCSCF 5054 response
		recv scscf response
	END
	counted steered 4 transaction-new 4 method 2 response 1
}

# Every other method to each: what the one steers passes the other.
each_method() {
	local -a all=(INVITE ACK OPTIONS BYE CANCEL REGISTER PRACK SUBSCRIBE NOTIFY PUBLISH INFO REFER
		MESSAGE UPDATE)
	local i half=$((${#all[@]} / 2)) lists=()
	counters_mark
	for i in "${!all[@]}"; do
		lists[i % 2]+=,${all[i]}
	done
	map "$S_AT" to "$P_AT" methods "${lists[0]:1}"
	map "$S2_AT" to "$P_AT" methods "${lists[1]:1}"
	{
		echo "udp scscf2 $S_NS $SCSCF2 5054"
		for i in "${!all[@]}"; do
			echo "msg ${all[i]} ${all[i]} from ue"
			echo "send ue $SCSCF 5054 ${all[i]}"
			echo "recv $( ((i % 2)) && echo scscf || echo pcscf) ${all[i]}"
			echo "send ue $SCSCF2 5054 ${all[i]}"
			echo "recv $( ((i % 2)) && echo pcscf || echo scscf2) ${all[i]}"
		done
		echo "quiet pcscf scscf scscf2"
	} >"$tmp/script"
	talk <"$tmp/script"
	counted steered ${#all[@]} transaction-new $((2 * half)) method ${#all[@]}
}

tcp_only() {
	counters_mark
	map "$S_AT" to "$P_AT" proto tcp
	talk <<-END
		$(stray udp ue scscf)
		quiet pcscf
	END
	counted no-mapping 1
}

nats=plain
each_case longest_prefix "the longest prefix wins, /0 is any address" gateway handset
each_case from "from: which clients" gateway handset
each_case iif "iif: which interface" gateway
each_case iif_never_matches_output "iif is not for what is sent here" handset
each_case methods "methods: which requests" gateway
each_case each_method "each method that a list may have, and no other" gateway handset
each_case tcp_only "a mapping for TCP is none for UDP" gateway
run_tests
