#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Several datagrams in one buffer, as a sender with segmentation offload makes them, and as a device
# that merges what it receives does (generic receive offload).
# Claim: each is judged by itself: the REGISTERs among them are steered, and each reply is restored
# by its own transaction. Firewall and connection tracker see each one with where it goes now.
# And not: what no mapping covers is not taken apart.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# firewall_mark: count what the firewall sees go to P-CSCF and S-CSCF, behind the mapping; how a
# connection began is the tracker's word.
firewall_mark() {
	in_ns "$MAP_NS" nft -f - <<-END
		add table inet firewall
		delete table inet firewall
		table inet firewall {
			counter p5060 { }
			counter p5054 { }
			chain prerouting {
				type filter hook prerouting priority filter
				ct direction original jump judge
			}
			chain output {
				type filter hook output priority filter
				ct direction original jump judge
			}
			chain judge {
				udp dport 5060 ct original proto-dst 5060 counter name p5060
				udp dport 5054 ct original proto-dst 5054 counter name p5054
			}
		}
	END
}

# firewall_saw PORT COUNT
firewall_saw() {
	local count
	count=$(in_ns "$MAP_NS" nft list counter inet firewall "p$1" |
		sed -n 's/.*packets \([0-9]*\) .*/\1/p')
	[[ $count == "$2" ]] || fail "the firewall saw $count to port $1"
}

# The last one may be shorter.
requests() {
	counters_mark
	firewall_mark
	steer
	talk <<-END
		msg one REGISTER from ue size 1000
		msg options OPTIONS from ue size 1000
		msg two REGISTER from ue size 1000 cseq 2
		msg rest REGISTER from ue size 900 cseq 3
		gso ue $SCSCF 5054 one options two rest
		recv pcscf one from $SEEN $UE_PORT
		recv pcscf two from $SEEN $UE_PORT
		recv pcscf rest from $SEEN $UE_PORT
		recv scscf options from $SEEN_S $UE_PORT
		respond pcscf 401 rest-401
		recv ue rest-401 from $SCSCF 5054
		gso ue $SCSCF 5054 one
		recv pcscf one from $SEEN $UE_PORT
		quiet pcscf scscf ue
	END
	counted aggregated 1 steered 4 method 1 transaction-new 3 transaction-refreshed 1 restored 1
	firewall_saw 5060 4
	firewall_saw 5054 1
}

# Two of them are to come from the S-CSCF, one from the other, and one, of a REGISTER that was right
# to begin with, from the P-CSCF.
replies() {
	# What it remembers of the case before would make it take the buffer apart, too.
	[[ $PLACE == gateway ]] || sipsteer -n "$GW_NS" flush transactions
	counters_mark
	steer
	sipsteer -n "$MAP_NS" add "$S2_AT" to "$P_AT"
	talk <<-END
		msg one REGISTER from ue
		msg two REGISTER from ue cseq 2
		msg direct REGISTER from ue cseq 3
		send ue $SCSCF 5054 one
		recv pcscf one from $SEEN $UE_PORT
		respond pcscf 401 one-401 size 900
		recv ue one-401 from $SCSCF 5054
		send ue $SCSCF2 5054 two
		recv pcscf two from $SEEN $UE_PORT
		respond pcscf 401 two-401 size 900
		recv ue two-401 from $SCSCF2 5054
		send ue $PCSCF 5060 direct
		recv pcscf direct from $SEEN $UE_PORT
		respond pcscf 401 direct-401 size 900
		recv ue direct-401 from $PCSCF 5060
		gso pcscf $SEEN $UE_PORT one-401 two-401 direct-401 one-401
		recv ue one-401 from $SCSCF 5054
		recv ue two-401 from $SCSCF2 5054
		recv ue direct-401 from $PCSCF 5060
		recv ue one-401 from $SCSCF 5054
		quiet ue pcscf
	END
	counted steered 2 transaction-new 2 restored 5 reply-no-transaction 2 \
		reply-aggregated 1
}

no_mapping() {
	counters_mark
	firewall_mark
	steer
	talk <<-END
		udp scscf2 $S_NS $SCSCF2 5054
		msg one REGISTER from ue size 1200
		gso ue $SCSCF2 5054 one one one
		recv scscf2 one from $SEEN_S $UE_PORT
		recv scscf2 one from $SEEN_S $UE_PORT
		recv scscf2 one from $SEEN_S $UE_PORT
		quiet pcscf scscf
	END
	counted no-mapping 1
	firewall_saw 5054 1
}

# gro NETNS DEVICE FEATURE on|off: that device merges.
gro() {
	in_ns "$1" ethtool -K "$2" gro "$4" "$3" "$4" || skip "no $3"
}

# The senders' devices send datagrams one by one, and the gateway's merge them again. What is merged
# in two ways, buffer or list, is taken apart in two ways.
merged() {
	counters_mark
	steer
	gro "$GW_NS" ue "$1" on
	gro "$GW_NS" pcscf "$1" on
	in_ns "$UE_NS" ethtool -K eth0 tx-udp-segmentation off
	in_ns "$P_NS" ethtool -K eth0 tx-udp-segmentation off
	talk <<-END
		msg one REGISTER from ue size 1000
		msg options OPTIONS from ue size 1000
		msg two REGISTER from ue size 1000 cseq 2
		gso ue $SCSCF 5054 one options two
		recv pcscf one from $SEEN $UE_PORT
		respond pcscf 401 one-401 size 900
		recv ue one-401 from $SCSCF 5054
		recv pcscf two from $SEEN $UE_PORT
		respond pcscf 401 two-401 size 900
		recv ue two-401 from $SCSCF 5054
		recv scscf options from $SEEN_S $UE_PORT
		gso pcscf $SEEN $UE_PORT one-401 two-401
		recv ue one-401 from $SCSCF 5054
		recv ue two-401 from $SCSCF 5054
		quiet ue pcscf scscf
	END
	gro "$GW_NS" ue "$1" off
	gro "$GW_NS" pcscf "$1" off
	in_ns "$UE_NS" ethtool -K eth0 tx-udp-segmentation on
	in_ns "$P_NS" ethtool -K eth0 tx-udp-segmentation on
	counted aggregated 1 steered 2 transaction-new 2 method 1 reply-aggregated 1 restored 4
}

merged_buffer() { merged rx-udp-gro-forwarding; }
merged_list() { merged rx-gro-list; }

each_case requests "requests in one buffer"
nats=plain
each_case replies "replies in one buffer"
each_family no_mapping "no mapping"
each_family merged_list "merged by a device, as a list"
nats='plain masq' each_case merged_buffer "merged by a device" gateway
run_tests
