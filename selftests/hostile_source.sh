#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# One hostile phone sends as much as it can, with a branch or a port of its own each time; in IPv6, from
# all over its /64. What it can fill, it fills.
# Claim: all others register, over UDP and TCP, before, during and after that, and every answer is
# restored; the tables keep to their bounds.
# And not: what others had asked before the flood is not forgotten because of it.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Each a host of its own; of IPv6, with a /64 of its own.
CLIENTS=20
# The smallest table of transactions, and a small one of connections.
TRANSACTIONS=512 FLOWS=64
REGISTERS=$((6 * TRANSACTIONS)) SYNS=$((4 * FLOWS))

client() {
	if [[ $FAMILY == ipv4 ]]; then
		echo "198.51.100.$1"
	else
		echo "2001:db8:c:$1::1"
	fi
}

# The clients' addresses are all the phone's host's. The second P-CSCF, where the hostile one is steered
# to, says nothing to what it gets; nor does the hostile one. That is $UE2, or whoever it is after the
# rewrite.
crowd_network() {
	network_up
	in_ns "$UE_NS" sysctl -qw net.ipv6.ip_nonlocal_bind=1
	ip -n "$UE_NS" route add local 198.51.100.0/24 dev lo
	ip -n "$UE_NS" route add local 2001:db8:c::/48 dev lo
	ip -n "$GW_NS" route add 198.51.100.0/24 via "${ADDRESS[ipv4 ue]}"
	ip -n "$GW_NS" route add 2001:db8:c::/48 via "${ADDRESS[ipv6 ue]}"
	in_ns "$P_NS" nft -f - <<-END
		table inet silent {
			chain in {
				type filter hook input priority -500
				ip daddr ${ADDRESS[ipv4 pcscf2]} drop
				ip6 daddr ${ADDRESS[ipv6 pcscf2]} drop
			}
		}
	END
	in_ns "$UE_NS" nft -f - <<-END
		table inet hostile {
			chain out {
				type filter hook postrouting priority 0
				ip saddr ${ADDRESS[ipv4 ue2]} tcp sport set numgen random mod 0xffffffff
				ip6 saddr ${ADDRESS[ipv6 ue2]} @nh,160,32 set numgen inc mod 0xffffff
			}
		}
	END
}

# Where the hostile one's are steered to, too.
hostile_mapping() { sipsteer -n "$MAP_NS" add "$S2_AT" to "$P2_AT" "$@"; }

# each_client FUNCTION ARGUMENT...: lines for each
each_client() {
	local i
	for ((i = 1; i <= CLIENTS; i++)); do
		"$1" "$i" "${@:2}"
	done
}

open_client() { echo "udp c$1 $UE_NS $(client "$1") 5061"; }

# ask N WHEN and answer N WHEN
ask() {
	cat <<-END
		msg $2-$1 REGISTER from c$1 branch z9hG4bK-$2-$1-$UE_PORT
		send c$1 $SCSCF 5054 $2-$1
		recv pcscf $2-$1
	END
}

answer() {
	cat <<-END
		msg $2-$1-401 text "SIP/2.0 401 No\r\nVia: SIP/2.0/UDP c;branch=z9hG4bK-$2-$1-$UE_PORT\r\nCSeq: 1 REGISTER\r\n\r\n"
		send pcscf $(client "$1") 5061 $2-$1-401
		recv c$1 $2-$1-401 from $SCSCF 5054
	END
}

# The hostile one's checksums are not right any more, or there are none.
registers() {
	counters_mark
	sipsteer -n "$MAP_NS" set transaction-max "$TRANSACTIONS"
	sipsteer -n "$MAP_NS" flush transactions
	steer
	hostile_mapping
	talk <<-END
		$(each_client open_client)
		$(each_client ask early)
		udp bad $UE_NS $UE2 $UE_PORT nocheck
		msg bad REGISTER from bad branch z9hG4bK-%%%%%%%%
		flood bad $SCSCF2 5054 bad $REGISTERS
		$(each_client ask late)
		$(each_client answer early)
		$(each_client answer late)
		quiet pcscf scscf
	END
	counted_at_least steered $((REGISTERS + 2 * CLIENTS)) \
		transaction-evicted $((REGISTERS + 2 * CLIENTS - TRANSACTIONS)) restored $((2 * CLIENTS))
	(($(sipsteer -n "$MAP_NS" stats | sed -n 's/^transactions  *//p') <= TRANSACTIONS))
}

# counted_at_least [NAME VALUE]...
counted_at_least() {
	local is
	while (($#)); do
		is=$(counted_now "$1")
		((is >= $2)) || fail "$1: $is, not $2"
		shift 2
	done
}

connect() {
	cat <<-END
		connect t$1 $UE_NS $(client "$1") $UE_PORT to $SCSCF 5054
		accept core-t$1 pcscf from $(client "$1") $UE_PORT
		$(exchange "t$1" "core-t$1" "tcp-$1")
	END
}

talk_on() { exchange "t$1" "core-t$1" "again-$1"; }

# Half of them connect before, half after that.
syns() {
	local i
	tcp_mark
	sipsteer -n "$MAP_NS" set flow-max "$FLOWS"
	sipsteer -n "$MAP_NS" flush flows
	steer guard off
	hostile_mapping guard off
	talk_tcp <<-END
		$(CLIENTS=10 each_client connect)
		raw bad $UE_NS $UE2 $UE_PORT
		$(for ((i = 0; i < SYNS; i++)); do echo "inject bad $SCSCF2 5054 none tcp S"; done)
		$(for ((i = 11; i <= CLIENTS; i++)); do connect "$i"; done)
		$(each_client talk_on)
		quiet pcscf scscf
	END
	counted_at_least tcp-full $((SYNS - FLOWS)) first-matched "$CLIENTS"
	(($(counted_now flow-new) <= FLOWS))
}

flood_registers() {
	siptalk - <<-END
		udp bad $UE_NS $UE2 $UE_PORT nocheck
		msg bad REGISTER from bad branch z9hG4bK-%%%%%%%%
		flood bad $SCSCF2 5054 bad 4000000000 until $tmp/enough
	END
}

flood_syns() {
	local i
	{
		echo "raw bad $UE_NS $UE2 $UE_PORT"
		until [[ -e $tmp/enough ]]; do
			for ((i = 0; i < 100; i++)); do
				echo "inject bad $SCSCF2 5054 none tcp S"
			done
		done
	} | siptalk -
}

# has_counted NAME COUNT: has it been counted as often?
has_counted() { (($(counted_now "$1") >= $2)); }

register_at_once() {
	ask "$1" once
	answer "$1" once
}

connect_at_once() {
	connect "$1"
	echo "close t$1"
	echo "eof core-t$1"
	echo "close core-t$1"
}

# All of it at the same time.
at_rate() {
	local pids evicted refused CLIENTS=10
	counters_mark
	rm -f "$tmp/enough"
	trap ': >"$tmp/enough"' EXIT
	sipsteer -n "$MAP_NS" set transaction-max "$TRANSACTIONS" flow-max "$FLOWS"
	sipsteer -n "$MAP_NS" flush transactions
	sipsteer -n "$MAP_NS" flush flows
	steer guard off
	hostile_mapping guard off
	flood_registers >"$tmp/registers" 2>&1 &
	pids=$!
	flood_syns >"$tmp/syns" 2>&1 &
	pids+=" $!"
	busywait 60 has_counted transaction-evicted "$TRANSACTIONS"
	busywait 60 has_counted tcp-full "$FLOWS"
	evicted=$(counted_now transaction-evicted) refused=$(counted_now tcp-full)
	talk <<-END
		$(each_client open_client)
		$(each_client register_at_once)
		quiet pcscf scscf
	END
	talk_tcp <<-END
		$(each_client connect_at_once)
		quiet pcscf scscf
	END
	has_counted transaction-evicted $((evicted + 1)) || fail "the flood of REGISTERs had ended"
	has_counted tcp-full $((refused + 1)) || fail "the flood of SYNs had ended"
	: >"$tmp/enough"
	# shellcheck disable=SC2086 # two words
	wait $pids || fail "$(cat "$tmp/registers" "$tmp/syns")"
	counted_at_least restored "$CLIENTS" first-matched "$CLIENTS"
	cat "$tmp/registers"
}

each_family registers "a flood of REGISTERs"
each_family syns "a flood of SYNs"
# In that family a flood may have more addresses.
families=ipv6 nats=plain each_case at_rate \
	"floods of both, as fast as they can be sent, and others meanwhile" gateway
network=crowd_network
run_tests
