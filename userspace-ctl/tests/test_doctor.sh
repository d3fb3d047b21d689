#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# sipsteer doctor: for each thing that it looks for there is a trap here, in a
# network namespace of its own, into which it falls. Without the trap it finds
# nothing. Needs root, and is meant for the virtual machine: it loads modules.
# "make tests/fill" goes before it.
#
# shellcheck disable=SC2317 # functions that check() calls

here=$(realpath "$(dirname "$0")")
# shellcheck source=lib.sh
. "$here/lib.sh"
sipsteer=${SIPSTEER:-$here/../sipsteer}
PATH=$(realpath "$(dirname "$sipsteer")"):$PATH
fill=${SIPSTEER_FILL:-$here/fill}
phone=doctor-phone-$$ gateway=doctor-gateway-$$ other=doctor-other-$$
program=
# A helper that is built into the kernel is not loaded.
loaded='hint: sip-helper-loaded'
[[ ! -d /sys/module/nf_conntrack_sip || -e /sys/module/nf_conntrack_sip/initstate ]] || loaded=

end() {
	local ns
	kill "$program" 2>/dev/null
	for ns in $phone $gateway $other; do
		ip netns del "$ns" 2>/dev/null
	done
}

# In the namespace that the test is about.
run() { ip netns exec "$ns" "$@"; }

quietly() { "$@" >/dev/null 2>&1; }

# found STATUS [HEAD]...: the doctor finds just this; a head is "error: dnat"
found() {
	local want=$1 status
	shift
	"$sipsteer" -n "$ns" doctor >"$dir/found" 2>&1
	status=$?
	cat "$dir/found"
	grep -Eo '^(error|warning|hint): [a-z-]+' "$dir/found" >"$dir/heads"
	printf '%s\n' "$@" | sed '/^$/d' | diff - "$dir/heads" || return
	[ "$status" = "$want" ] || { echo "status $status, not $want"; return 1; }
}

clean() { found 0 && grep -qx 'Nothing found.' "$dir/found"; }

says() { # TEXT...: it said all of this, wrapped as it may be
	local text
	for text; do
		tr -s '\n ' '  ' <"$dir/found" | grep -Fq -- "$text" ||
			{ echo "it did not say: $text"; return 1; }
	done
}

# cures: what it said to type, in the last line, makes an end of it
cures() {
	local line
	line=$(sed -n 's/^    \(Try:\|    \) //p' "$dir/found" | tail -n 1)
	echo "+ $line"
	run bash -c "$line" && clean
}

# --- hosts: each new, with its mappings and nothing else ---

renew() {
	ns=$1
	ip netns del "$ns" 2>/dev/null
	ip netns add "$ns" && ip -n "$ns" link set lo up
}

at_phone() {
	renew "$phone" &&
	ip -n "$ns" -batch - <<-END &&
		link add ue type dummy
		address add 10.1.0.1/24 dev ue
		address add 2001:db8:1::1/64 dev ue nodad
		link set ue up
		route add default via 10.1.0.254
		route add default via 2001:db8:1::fe
	END
	"$sipsteer" -n "$ns" add 10.0.0.5:5054 to 203.0.113.1:5060 2>/dev/null &&
	"$sipsteer" -n "$ns" add '[2001:db8:a::5]:5054' to '[2001:db8:cb::1]:5060' 2>/dev/null
}

at_gateway() {
	renew "$gateway" &&
	ip -n "$ns" -batch - <<-END &&
		link add lan type dummy
		link add wan type dummy
		address add 10.1.0.254/24 dev lan
		address add 2001:db8:1::fe/64 dev lan nodad
		address add 198.51.100.2/24 dev wan
		address add 2001:db8:2::2/64 dev wan nodad
		link set lan up
		link set wan up
		route add default via 198.51.100.1
		route add default via 2001:db8:2::1
	END
	run sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 &&
	"$sipsteer" -n "$ns" add 10.0.0.0/24:5054 to 203.0.113.1:5060 from 10.1.0.0/16 &&
	"$sipsteer" -n "$ns" add '[2001:db8:a::]/64:5054' to '[2001:db8:cb::1]:5060' \
		from 2001:db8:1::/64
}

# --- the module and its mappings ---

without_module() {
	local status loader
	loader=$(sysctl -n kernel.modprobe)
	rmmod nf_sipsteer
	sysctl -qw kernel.modprobe=/bin/false
	"$sipsteer" doctor >"$dir/found"
	status=$?
	"$sipsteer" -j doctor >"$dir/json"
	sysctl -qw "kernel.modprobe=$loader"
	cat "$dir/found"
	says 'error: module: the module is not loaded' 'Try: modprobe nf_sipsteer' &&
	[ "$status" = 4 ] &&
	grep -Fq '"try":["modprobe nf_sipsteer"]' "$dir/json" &&
	modprobe nf_sipsteer
}

without_mapping() {
	renew "$other" && found 0 'hint: no-mapping' && says 'Try: sipsteer add'
}

many_mappings() {
	at_phone && "$sipsteer" -n "$ns" flush &&
	run "$fill" 1001 2>/dev/null &&
	found 0 'hint: many-mappings' &&
	says 'only 1000 of 1001 mappings were looked at'
}

# Of what concerns so many mappings, not all are named.
counts_mappings() {
	at_phone && "$sipsteer" -n "$ns" flush &&
	run "$fill" 20 2>/dev/null &&
	ip -n "$ns" route add unreachable 203.0.113.1 &&
	found 4 'error: no-route' &&
	says 'Mappings 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 and 10 more'
}

# --- other people's rules ---

# finds_rule HEADS RULES: these nftables rules are found, and what the doctor
# says to type is their end.
finds_rule() {
	run nft -f - <<<"$2" &&
	found 4 "$1" &&
	cures &&
	run nft flush ruleset
}

passes_rule() { # RULES: they are no trouble
	run nft -f - <<<"$1" && clean && run nft flush ruleset
}

nat_chain() { # RULES
	printf 'table ip nat {\n chain pre {\n type nat hook prerouting priority dstnat;\n %s\n }\n}\n' "$1"
}

nat_output() {
	printf 'table inet nat {\n chain out {\n type nat hook output priority -100;\n %s\n }\n}\n' "$1"
}

nft_dnat() {
	at_phone || return
	finds_rule 'error: dnat' "$(nat_chain 'fib daddr type broadcast accept; udp dport 5054 dnat to 203.0.113.1:5060')" &&
	finds_rule 'error: dnat' "$(nat_chain 'ip daddr 10.0.0.5 meta l4proto { tcp, udp } th dport 5000-5100 redirect to :5060')" &&
	finds_rule 'error: dnat' "$(nat_output 'ip daddr 10.0.0.0/24 udp dport != 5060 dnat ip to 203.0.113.1:5060')" &&
	finds_rule 'error: dnat' "$(nat_output 'ip6 daddr 2001:db8:a::/48 udp dport 5054 dnat ip6 to [2001:db8:cb::1]:5060')" &&
	finds_rule 'error: dnat' "$(nat_chain 'ip saddr 10.9.0.0/16 dnat to ip daddr . udp dport map { 10.0.0.5 . 5054 : 203.0.113.1 . 5060, 10.0.0.6 . 5054 : 203.0.113.2 . 5060 }')"
}

nft_other() {
	at_phone &&
	passes_rule "$(nat_chain 'udp dport 5055 dnat to 203.0.113.1:5060
		ip daddr 10.0.0.6 udp dport 5054 dnat to 203.0.113.1:5060
		ip daddr 10.0.0.0/24 udp dport != 5000-5100 dnat to 203.0.113.1:5060
		tcp dport != { 5000-5054, 5060 } dnat to 203.0.113.1:5060
		dnat to ip daddr . udp dport map { 10.0.0.6 . 5054 : 203.0.113.1 . 5060 }
		fib daddr type local dnat to 192.0.2.9
		meta l4proto icmp dnat to 192.0.2.9')" &&
	passes_rule "$(nat_chain 'udp dport { 5054, 5060 } accept; tcp dport 5050-5060 return; dnat to 192.0.2.9')" &&
	passes_rule "$(nat_output 'ip6 daddr 2001:db8:b::/48 dnat ip6 to 2001:db8:cb::9')"
}

# Where a chain is not reached its rules do no harm.
nft_chains() {
	at_phone || return
	finds_rule 'error: dnat' 'table ip nat {
		chain sip { dnat to 203.0.113.1; }
		chain wide { udp dport 5000-5100 goto sip; }
		chain pre {
			type nat hook prerouting priority dstnat
			ip daddr vmap { 10.0.0.0/24 : jump wide, 10.0.1.0/24 : drop }
		}
	}' &&
	passes_rule 'table ip nat {
		chain sip { meta l4proto udp dnat to 203.0.113.1:5060; }
		chain pre {
			type nat hook prerouting priority dstnat
			udp dport vmap { 5050-5053 : goto sip, 5055 : jump sip }
			ip daddr { 10.0.0.0/24, 203.0.113.1 } accept
			goto sip
		}
	}'
}

nft_mangle() {
	at_phone || return
	finds_rule 'error: dnat' 'table ip stateless {
		chain out {
			type route hook output priority -300
			ip daddr 10.0.0.5 udp dport 5054 ip daddr set 203.0.113.1 udp dport set 5060
		}
	}' &&
	finds_rule 'error: dnat' 'table netdev stateless {
		chain in {
			type filter hook ingress device ue priority 0
			udp dport 5054 udp dport set 5060
		}
	}' &&
	passes_rule 'table ip stateless {
		chain out {
			type route hook output priority -300
			ip daddr 10.0.0.5 udp dport 5054 ip dscp set cs3 meta mark set 1 counter
		}
	}'
}

# A mapping with iif or from is about some packets only.
nft_clients() {
	at_gateway && "$sipsteer" -n "$ns" flush &&
	"$sipsteer" -n "$ns" add 10.0.0.5:5054 to 203.0.113.1:5060 iif lan from 10.1.0.0/16 &&
	finds_rule 'error: dnat' "$(nat_chain 'iifname lan ip saddr 10.0.0.0/8 udp dport 5054 dnat to 203.0.113.1:5060')" &&
	passes_rule "$(nat_chain 'iifname wan udp dport 5054 dnat to 203.0.113.1:5060')" &&
	passes_rule "$(nat_chain 'ip saddr 10.2.0.0/16 udp dport 5054 dnat to 203.0.113.1:5060')" &&
	passes_rule "$(nat_output 'udp dport 5054 dnat ip to 203.0.113.1:5060')"
}

target_dnat() {
	at_phone &&
	run nft -f - <<<"$(nat_output 'ip daddr 203.0.113.1 udp dport 5060 dnat ip to 203.0.113.2')" &&
	found 0 'hint: dnat-target' && cures && run nft flush ruleset
}

iptables_nft() {
	local rule
	at_phone || return
	for rule in \
		'iptables-nft -t nat -A PREROUTING -p udp -d 10.0.0.5 --dport 5054 -j DNAT --to-destination 203.0.113.1:5060' \
		'iptables-nft -t nat -A OUTPUT -p tcp -m multiport --dports 5050:5060,7000 -j DNAT --to-destination 203.0.113.1:5060' \
		'iptables-nft -t nat -A OUTPUT -p udp -m comment --comment SIP -m string --string REGISTER --algo bm -j REDIRECT --to-ports 5060' \
		'ip6tables-nft -t nat -A OUTPUT -p udp -d 2001:db8:a::5 --dport 5054 -j DNAT --to-destination [2001:db8:cb::1]:5060'; do
		# shellcheck disable=SC2086 # words
		run $rule && found 4 'error: dnat' && cures || return
	done
	for rule in \
		'iptables-nft -t nat -A PREROUTING -p udp --dport 5055 -j DNAT --to-destination 203.0.113.1:5060' \
		'iptables-nft -t nat -A PREROUTING -p udp -m multiport ! --dports 5054,5060 -j DNAT --to-destination 203.0.113.1:5060' \
		'iptables-nft -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DNAT --to-destination 203.0.113.1' \
		'iptables-nft -t nat -A OUTPUT ! -d 10.0.0.0/24 ! -o lo -p icmp -j DNAT --to-destination 203.0.113.1' \
		'iptables-nft -t filter -A OUTPUT -p udp --dport 5054 -j ACCEPT'; do
		# shellcheck disable=SC2086
		run $rule || return
	done
	clean && run nft flush ruleset
}

iptables_legacy() {
	at_phone &&
	run iptables-legacy -t nat -A OUTPUT -p udp -d 10.0.0.5 --dport 5054 \
		-j DNAT --to-destination 203.0.113.1:5060 &&
	found 4 'error: dnat' && says 'iptables-legacy rule' && cures &&
	run iptables-legacy -t nat -A OUTPUT -p udp -d 10.0.0.6 --dport 5054 \
		-j DNAT --to-destination 203.0.113.1:5060 &&
	run iptables-legacy -t nat -A POSTROUTING -p udp -j MASQUERADE &&
	clean &&
	run iptables-legacy -t nat -A PREROUTING -p udp --dport 5060 -j REDIRECT --to-ports 5070 &&
	found 0 'hint: dnat-target' && cures &&
	run ip6tables-legacy -t nat -A OUTPUT -p udp --dport 5054 \
		-j DNAT --to-destination '[2001:db8:cb::1]:5060' &&
	found 4 'error: dnat' && cures
}

# It does not claim to have looked where it could not.
legacy_unread() {
	local word
	at_phone &&
	run iptables-legacy -t nat -A OUTPUT -p udp -d 10.0.0.6 -j ACCEPT &&
	for word in cat grep sed diff; do
		ln -s "$(command -v "$word")" "$dir/$word" || return
	done
	PATH=$dir found 0 'hint: rules-unread' &&
	says 'iptables-legacy has rules here' && clean
}

flowtable() { # RULE
	printf 'table inet fast {\n flowtable f { hook ingress priority 0; devices = { lan, wan }; }\n chain forward {\n type filter hook forward priority 0;\n %s\n }\n}\n' "$1"
}

offload() {
	at_gateway &&
	run nft -f - <<<"$(flowtable 'ct state established meta l4proto { tcp, udp } flow add @f')" &&
	found 4 'error: offload' && says 'Mappings 1, 2' && cures &&
	run nft flush ruleset &&
	run nft -f - <<<"$(flowtable 'udp dport 5060 accept; tcp dport 5060 accept; meta l4proto { tcp, udp } flow add @f')" &&
	found 4 'error: offload' && cures &&
	run nft flush ruleset &&
	passes_rule "$(flowtable 'meta l4proto { tcp, udp } th sport != { 5060, 5061 } th dport != { 5060, 5061 } flow add @f')" &&
	passes_rule "$(flowtable 'ip saddr 203.0.113.1 accept; ip daddr 203.0.113.1 accept; meta nfproto ipv4 flow add @f')" &&
	passes_rule "$(flowtable 'th dport 5060 accept; th sport 5060 accept; ip protocol tcp flow add @f')"
}

# What does not forward offloads nothing.
offload_phone() {
	at_phone &&
	passes_rule "$(flowtable 'meta l4proto { tcp, udp } flow add @f' | sed 's/lan, wan/ue/')"
}

nft_helper() {
	at_phone &&
	run nft -f - <<-'END' &&
		table inet h {
			ct helper phones { type "sip" protocol udp; }
			ct helper files { type "ftp" protocol tcp; }
			chain pre {
				type filter hook output priority 0
				udp dport 5060 ct helper set "phones"
				tcp dport 5060 ct helper set "files"
			}
		}
	END
	found 3 'warning: sip-helper' && run bash -c "$(sed -n 's/^    Try: //p' "$dir/found")" &&
	found 0 "$loaded" &&
	run nft flush ruleset
}

iptables_helper() {
	local tables
	at_phone || return
	for tables in iptables-nft iptables-legacy; do
		run $tables -t raw -A OUTPUT -p udp --dport 5060:5061 -j CT --helper sip &&
		found 3 'warning: sip-helper' &&
		run bash -c "$(sed -n 's/^    Try: //p' "$dir/found")" &&
		found 0 "$loaded" || return
	done
	run $tables -t raw -A OUTPUT -p udp --dport 5090 -j CT --helper sip &&
	found 0 "$loaded" &&
	run $tables -t raw -F && run nft flush ruleset
}

# The kernels here have it no more: an older one's /proc. What is mounted there
# is seen in one network namespace only.
old_kernel() {
	nsenter --net="/run/netns/$ns" unshare -m bash -c \
		"mount --bind $dir/proc /proc/sys/net/netfilter && exec $sipsteer doctor"
}

helper_sysctl() {
	at_phone && mkdir "$dir/proc" && echo 1 >"$dir/proc/nf_conntrack_helper" &&
	old_kernel >"$dir/found"
	[ $? = 3 ] && says 'warning: sip-helper: net.netfilter.nf_conntrack_helper' &&
	echo 0 >"$dir/proc/nf_conntrack_helper" &&
	old_kernel >"$dir/found" &&
	says "${loaded:-Nothing found.}"
}

helper_unload() {
	at_phone && found 0 "$loaded" && { [[ ! $loaded ]] || cures; }
}

# --- interfaces, routes, forwarding ---

no_interface() {
	at_gateway &&
	"$sipsteer" -n "$ns" add 10.0.0.5:5054 to 203.0.113.1:5060 from 10.1.0.0/16 iif ppp0 &&
	found 0 'hint: no-interface' && says 'Mapping 3' &&
	ip -n "$ns" link add ppp0 type dummy && clean &&
	run sysctl -qw net.ipv4.conf.ppp0.forwarding=0 && found 4 'error: forwarding' &&
	cures && ip -n "$ns" link del ppp0
}

no_route() {
	at_phone &&
	ip -n "$ns" route add unreachable 203.0.113.0/24 &&
	found 4 'error: no-route' && says 'to the target 203.0.113.1' 'Mapping 1' &&
	ip -n "$ns" route del unreachable 203.0.113.0/24 && clean
}

no_route_match() {
	at_phone &&
	ip -n "$ns" route del default via 10.1.0.254 &&
	ip -n "$ns" -6 route del default &&
	ip -n "$ns" route add 203.0.113.0/24 via 10.1.0.254 &&
	ip -n "$ns" route add 2001:db8:cb::/64 via 2001:db8:1::fe &&
	found 3 'warning: no-route-match' 'warning: no-route-match' &&
	says 'to 10.0.0.5:5054' 'to [2001:db8:a::5]:5054' &&
	ip -n "$ns" route add default via 10.1.0.254 &&
	ip -n "$ns" route add default via 2001:db8:1::fe && clean &&
	ip -n "$ns" route del 203.0.113.0/24 &&
	ip -n "$ns" route del 2001:db8:cb::/64
}

# Any S-CSCF: there has to be a default route.
no_default_route() {
	at_phone && "$sipsteer" -n "$ns" flush &&
	"$sipsteer" -n "$ns" add 0.0.0.0/0:5054 to 203.0.113.1:5060 2>/dev/null &&
	clean && ip -n "$ns" route del default via 10.1.0.254 &&
	ip -n "$ns" route add 203.0.113.0/24 via 10.1.0.254 &&
	found 3 'warning: no-route-match' &&
	ip -n "$ns" route add default via 10.1.0.254 &&
	ip -n "$ns" route del 203.0.113.0/24 && clean
}

# On a gateway nobody writes there from the gateway itself.
gateway_no_route_match() {
	at_gateway &&
	ip -n "$ns" route add unreachable 10.0.0.0/24 && clean &&
	ip -n "$ns" route del unreachable 10.0.0.0/24
}

# Two ways: what a program sends has the address of the wrong one.
source_and_rp_filter() {
	at_phone &&
	run sysctl -qw net.ipv4.conf.all.rp_filter=0 &&
	ip -n "$ns" -batch - <<-END &&
		link add wlan type dummy
		address add 10.2.0.1/24 dev wlan
		link set wlan up
		route add 10.0.0.0/24 via 10.2.0.254
	END
	run sysctl -qw net.ipv4.conf.wlan.rp_filter=0 &&
	found 3 'warning: source' &&
	says 'to 10.0.0.5:5054 comes from 10.2.0.1, what it sends to the target from 10.1.0.1' &&
	run sysctl -qw net.ipv4.conf.wlan.rp_filter=1 &&
	found 3 'warning: source' 'warning: rp-filter' &&
	run sysctl -qw net.ipv4.conf.all.rp_filter=2 &&
	found 3 'warning: source' &&
	run sysctl -qw net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.wlan.rp_filter=0 &&
	found 3 'warning: source' 'warning: rp-filter' &&
	run sysctl -qw net.ipv4.conf.all.rp_filter=0 &&
	found 3 'warning: source' &&
	cures &&
	ip -n "$ns" link del wlan && ip -n "$ns" route flush 10.0.0.5
}

forwarding() {
	at_gateway &&
	run sysctl -qw net.ipv4.ip_forward=0 &&
	"$sipsteer" -n "$ns" add 10.0.0.9:5054 to 203.0.113.1:5060 iif lan from 10.1.0.0/16 &&
	"$sipsteer" -n "$ns" add 10.0.0.9:5055 to 198.51.100.2:5060 iif lan from 10.1.0.0/16 &&
	"$sipsteer" -n "$ns" del 10.0.0.0/24:5054 from 10.1.0.0/16 &&
	found 4 'error: forwarding' && says 'arrive on lan' 'Mapping 3' &&
	run sysctl -qw net.ipv4.conf.lan.forwarding=1 && clean &&
	run sysctl -qw net.ipv6.conf.all.forwarding=0
	# Of one interface and one family.
	clean || return
	"$sipsteer" -n "$ns" add '[2001:db8:b::]/64:5054' to '[2001:db8:cb::1]:5060' iif lan \
		proto udp &&
	found 4 'error: forwarding' && says 'IPv6' && cures &&
	run sysctl -qw net.ipv4.ip_forward=1
}

# Clients elsewhere: their prefix has none of this host's addresses.
forwarding_from() {
	at_phone && "$sipsteer" -n "$ns" flush &&
	"$sipsteer" -n "$ns" add 10.0.0.5:5054 to 203.0.113.1:5060 from 10.1.0.0/16 && clean &&
	"$sipsteer" -n "$ns" add 10.0.0.6:5054 to 203.0.113.1:5060 from 10.9.0.0/16 &&
	found 4 'error: forwarding' && says 'Mapping 4' &&
	run sysctl -qw net.ipv4.ip_forward=1 && clean &&
	run sysctl -qw net.ipv4.ip_forward=0
}

# The S-CSCF's host, with the P-CSCF elsewhere.
forwarding_core() {
	at_phone && "$sipsteer" -n "$ns" flush &&
	"$sipsteer" -n "$ns" add 10.1.0.1:5054 to 203.0.113.1:5060 proto udp &&
	found 4 'error: forwarding' && cures &&
	run sysctl -qw net.ipv4.ip_forward=0
}

bridge_up() {
	ip -n "$ns" -batch - <<-END
		link add br0 type bridge
		link add p1 type dummy
		link add p2 type dummy
		link set p1 master br0
		link set p2 master br0
		link set p1 up
		link set p2 up
		link set br0 up
	END
}

bridges() {
	at_phone && bridge_up &&
	# Where br_netfilter is built in, there is this.
	run sysctl -qew net.bridge.bridge-nf-call-ip{,6}tables=0 &&
	found 0 'hint: bridge-only' 'hint: bridge-only' && says 'the bridge br0' &&
	ip -n "$ns" address add 10.0.0.1/24 dev br0 &&
	ip -n "$ns" address add 2001:db8:f::1/64 dev br0 nodad &&
	found 3 'warning: source' 'warning: bridge' &&
	says '10.0.0.5:5054 is behind a port of the bridge br0' &&
	ip -n "$ns" link set br0 type bridge nf_call_iptables 1 &&
	found 3 'warning: source' &&
	ip -n "$ns" link set br0 type bridge nf_call_iptables 0 &&
	ip -n "$ns" link del p2 && found 3 'warning: source' &&
	ip -n "$ns" link del br0 && ip -n "$ns" link del p1 && clean
}

bridge_netfilter() {
	at_phone && bridge_up &&
	modprobe br_netfilter && clean &&
	run sysctl -qw net.bridge.bridge-nf-call-iptables=0 &&
	found 0 'hint: bridge-only' && says 'IPv4' &&
	run sysctl -qw net.bridge.bridge-nf-call-iptables=1 && clean &&
	ip -n "$ns" link del br0 && ip -n "$ns" link del p1 && ip -n "$ns" link del p2
}

bridge_port() {
	at_gateway && bridge_up &&
	"$sipsteer" -n "$ns" add 10.0.0.5:5054 to 203.0.113.1:5060 from 10.1.0.0/16 iif p1 &&
	run sysctl -qw net.ipv4.conf.p1.forwarding=1 net.ipv4.conf.br0.forwarding=1 &&
	found 4 'error: bridge-port' && says 'sipsteer del id 3' 'iif br0' &&
	"$sipsteer" -n "$ns" del id 3 &&
	"$sipsteer" -n "$ns" add 10.0.0.5:5054 to 203.0.113.1:5060 from 10.1.0.0/16 iif br0 &&
	clean && ip -n "$ns" link del br0 && ip -n "$ns" link del p1 && ip -n "$ns" link del p2
}

# --- what the module and sockets tell ---

unguarded() {
	at_gateway &&
	"$sipsteer" -n "$ns" add 10.0.0.5:5054 to 203.0.113.1:5060 2>/dev/null &&
	found 0 'hint: tcp-unguarded' && says 'Mapping 3' &&
	"$sipsteer" -n "$ns" exempt add 2001:db8:a::/64 &&
	found 0 'hint: tcp-unguarded' &&
	"$sipsteer" -n "$ns" exempt add 10.0.0.0/24 && clean &&
	"$sipsteer" -n "$ns" exempt flush &&
	"$sipsteer" -n "$ns" replace 10.0.0.5:5054 to 203.0.113.1:5060 guard off && clean &&
	"$sipsteer" -n "$ns" del 10.0.0.5:5054 &&
	"$sipsteer" -n "$ns" add 10.0.0.5:5054 to 203.0.113.1:5060 proto udp && clean
}

# waits FAMILY TYPE ADDRESS PORT: a program that does
waits() {
	exec 3< <(exec ip netns exec "$ns" /usr/bin/python3 -c '
import socket, sys, signal
s = socket.socket(getattr(socket, sys.argv[1]), getattr(socket, sys.argv[2]))
s.bind((sys.argv[3], int(sys.argv[4])))
if sys.argv[2] == "SOCK_STREAM":
    s.listen()
print("waits", flush=True)
signal.pause()' "$@")
	program=$!
	read -r -u 3
}

over() {
	kill "$program" && read -r -u 3
	exec 3<&-
	program=
	true
}

listener() {
	at_phone && "$sipsteer" -n "$ns" flush &&
	run sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 &&
	"$sipsteer" -n "$ns" add 10.1.0.0/24:5054 to 203.0.113.1:5060 guard off &&
	"$sipsteer" -n "$ns" add '[2001:db8:1::1]:5054' to '[2001:db8:cb::1]:5060' proto udp &&
	waits AF_INET SOCK_DGRAM 10.1.0.1 5054 && found 0 'hint: listener' &&
	says 'for UDP at 10.1.0.1:5054' 'Mapping 3' 'ss -lnpu sport = :5054' && over &&
	waits AF_INET SOCK_STREAM 0.0.0.0 5054 && found 0 'hint: listener' &&
	says 'for TCP at 0.0.0.0:5054' && over &&
	waits AF_INET6 SOCK_DGRAM :: 5054 && found 0 'hint: listener' &&
	says 'for UDP at [::]:5054' 'Mappings 3, 4' && over &&
	waits AF_INET6 SOCK_DGRAM 2001:db8:1::1 5054 && found 0 'hint: listener' &&
	says 'Mapping 4' && over &&
	waits AF_INET6 SOCK_STREAM 2001:db8:1::1 5054 && clean && over &&
	waits AF_INET SOCK_DGRAM 127.0.0.1 5054 && clean && over &&
	waits AF_INET SOCK_DGRAM 10.1.0.1 5055 && clean && over
}

# A connection to nowhere is remembered, too.
room_for_flows() {
	at_phone && "$sipsteer" -n "$ns" set flow-max 1 &&
	run timeout 1 bash -c 'exec 5<>/dev/tcp/10.0.0.5/5054'
	found 3 'warning: flows-full' && says '1 TCP connections' && cures &&
	"$sipsteer" -n "$ns" set flow-max 65536 && "$sipsteer" -n "$ns" flush flows
}

register() { # COUNT
	run /usr/bin/python3 -c '
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for i in range(int(sys.argv[1])):
    s.sendto(b"REGISTER sip:x SIP/2.0\r\nVia: SIP/2.0/UDP 10.1.0.1;branch=z9hG4bK%d\r\n"
             b"From: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 7 REGISTER\r\n"
             b"Content-Length: 0\r\n\r\n" % i, ("10.0.0.5", 5054))' "$1"
}

# More than there is room for, and so few that all of them are sent, and the table has grown,
# before the first is forgotten, however slow the machine.
room_for_transactions() {
	at_phone && "$sipsteer" -n "$ns" set transaction-max 4096 && register 8000 &&
	"$sipsteer" -n "$ns" stats | grep '^transactions' &&
	found 3 'warning: transactions-full' 'hint: counter-transaction-evicted' &&
	says 'with room for 4096' && "$sipsteer" -n "$ns" set transaction-max 65536
}

# What was counted stays counted: this is for the last.
counters() {
	at_phone &&
	ip -n "$ns" route add unreachable 203.0.113.1 && register 2 &&
	ip -n "$ns" route del unreachable 203.0.113.1 &&
	found 0 'hint: counter-no-route' && says '2 packets were counted as no-route'
}

# --- the whole ---

json() {
	at_phone &&
	run nft -f - <<<"$(nat_chain 'udp dport 5054 dnat to 203.0.113.1:5060')" &&
	ip -n "$ns" route add unreachable 203.0.113.1
	"$sipsteer" -n "$ns" -j doctor >"$dir/json"
	[ $? = 4 ] && cat "$dir/json" && "$sipsteer" -n "$ns" -j -p doctor >"$dir/pretty"
	/usr/bin/python3 - "$dir/json" "$dir/pretty" <<-'END' &&
		import json, sys
		found, again = (json.load(open(name)) for name in sys.argv[1:])
		assert found == again
		assert [each["name"] for each in found] == ["no-route", "dnat"]
		for each in found:
		    assert set(each) == {"severity", "name", "what", "why", "try", "mappings"}
		    assert each["severity"] == "error" and each["mappings"] == [1] and each["try"]
	END
	run nft flush ruleset && ip -n "$ns" route del unreachable 203.0.113.1 &&
	[ "$("$sipsteer" -n "$ns" -j doctor)" = '[]' ]
}

# Lines are not wider than a terminal.
width() {
	at_phone && run nft -f - <<<"$(nat_chain 'udp dport 5054 dnat to 203.0.113.1:5060')" &&
	found 4 'error: dnat' && ! grep -v '^ *Try:\|^error' "$dir/found" | grep '.\{80\}' &&
	run nft flush ruleset
}

unprivileged() {
	[ "$(setpriv --reuid=65534 --regid=65534 --clear-groups "$sipsteer" doctor 2>&1)" = \
		'sipsteer: doctor: not permitted: this needs CAP_NET_ADMIN in the network namespace' ]
}

tests() {
	check "without the module that is said" without_module
	check "without a mapping that is said" without_mapping
	check "of very many mappings some are looked at" many_mappings
	check "of very many mappings some are named" counts_mappings
	check "nothing is wrong with a phone" eval 'at_phone && clean'
	check "nothing is wrong with a gateway" eval 'at_gateway && clean'
	check "redirections of nftables are found" nft_dnat
	check "redirections of other traffic are no trouble" nft_other
	check "rules count where packets get to them" nft_chains
	check "stateless redirections are found" nft_mangle
	check "redirections count for the clients that a mapping is for" nft_clients
	check "redirections of what goes to the target are found" target_dnat
	check "redirections of iptables-nft are found" iptables_nft
	check "redirections of iptables-legacy are found" iptables_legacy
	check "rules that cannot be read are spoken of" legacy_unread
	check "flowtables are found" offload
	check "flowtables without forwarding are no trouble" offload_phone
	check "interfaces that are not there are found" no_interface
	check "a target without a route is found" no_route
	check "a match without a route is found" no_route_match
	check "a match of any address needs a default route" no_default_route
	check "a gateway needs no route to the match" gateway_no_route_match
	check "a wrong source address and strict rp_filter are found" source_and_rp_filter
	check "missing forwarding is found" forwarding
	check "missing forwarding for clients elsewhere is found" forwarding_from
	check "missing forwarding on the S-CSCF's host is found" forwarding_core
	check "bridges whose traffic is not seen are found" bridges
	check "bridges whose traffic is seen are no trouble" bridge_netfilter
	check "ports of bridges in mappings are found" bridge_port
	check "TCP mappings that nothing guards are found" unguarded
	check "programs that wait at the match are found" listener
	check "a table of connections that is nearly full is found" room_for_flows
	check "a table of transactions that is nearly full is found" room_for_transactions
	check "JSON tells the same" json
	check "text is wrapped" width
	check "SIP helpers of nftables are found" nft_helper
	check "SIP helpers of iptables are found" iptables_helper
	check "SIP helpers of old kernels are found" helper_sysctl
	check "a SIP helper that is loaded is found" helper_unload
	check "without privilege it is said what is missing" unprivileged
	check "counters that speak of trouble are found" counters
}

need_module
run_tests
