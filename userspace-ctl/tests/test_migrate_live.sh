#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# sipsteer migrate of rules that the real nft, iptables-nft and iptables-legacy
# made: the mappings that take their place, which the module takes, and why
# others stay. What it says to type removes what it replaced. Needs root, and is
# meant for the virtual machine: it loads modules.
#
# shellcheck disable=SC2317 # functions that check() calls

here=$(realpath "$(dirname "$0")")
# shellcheck source=lib.sh
. "$here/lib.sh"
sipsteer=${SIPSTEER:-$here/../sipsteer}
ns=migrate-$$

end() { ip netns del "$ns" 2>/dev/null; }

# In a network namespace of its own.
new() {
	end
	ip netns add "$ns" && "$@" && return
	cat "$dir/plan"
	false
}

run() { ip netns exec "$ns" "$@"; }
plan() { "$sipsteer" -n "$ns" migrate >"$dir/plan" && grep -E '^(add|exempt) ' "$dir/plan"; }

# What it says to type, without the comment's sign.
removals() { sed -En 's/^#   ((nft|ip6?tables(-legacy)?) )/\1/p' "$dir/plan"; }

load() {
	local line
	while read -r line; do
		eval "\"\$sipsteer\" -n $ns $line" || return
	done < <(grep -E '^(add|exempt) ' "$dir/plan")
}

# becomes MAPPINGS: the rules here are just these, a line each
becomes() {
	diff <(plan | sort) <(sort <<<"$1") && load && run bash -ec "$(removals)" &&
		! plan
}

nft() { run nft -f -; }
chain() { # HOOK RULES: of NAT, in nft's family inet
	printf 'table inet sip {\n chain c {\n type nat hook %s priority -100\n %s\n }\n}\n' "$1" "$2" | nft
}

stays() { # REASON: the rules here stay for this
	! plan && grep -Fx -- "#     $1" "$dir/plan"
}

nft_becomes() { # HOOK RULES MAPPINGS
	chain "$1" "$2" && becomes "$3"
}

nft_stays() { # HOOK RULES REASON
	chain "$1" "$2" && stays "$3"
}

nft_maps() {
	nft <<-'END' || return
		table ip sip {
			map targets {
				type ipv4_addr . inet_service : ipv4_addr . inet_service
				elements = { 10.0.0.5 . 5054 : 203.0.113.1 . 5060,
					     10.0.0.6 . 5055 : 203.0.113.2 . 5062 }
			}
			map ranges {
				type ipv4_addr . inet_service : ipv4_addr
				flags interval
				elements = { 10.1.0.0/24 . 5054-5055 : 203.0.113.3 }
			}
			chain out {
				type nat hook output priority -100
				meta l4proto udp dnat to ip daddr . udp dport map @targets
				meta l4proto tcp dnat to ip daddr . tcp dport map @ranges
			}
		}
	END
	becomes "$(cat <<-'END'
		add 10.0.0.5:5054 to 203.0.113.1:5060 proto udp
		add 10.0.0.6:5055 to 203.0.113.2:5062 proto udp
		add 10.1.0.0/24:5054 to 203.0.113.3:5054 proto tcp
		add 10.1.0.0/24:5055 to 203.0.113.3:5055 proto tcp
	END
	)"
}

nft_verdict_maps() {
	nft <<-'END' || return
		table ip sip {
			chain one { meta l4proto udp dnat to 203.0.113.1:5060; }
			chain two { meta l4proto { tcp, udp } dnat to 203.0.113.2:5060; }
			chain out {
				type nat hook output priority -100
				ip daddr . th dport vmap { 10.0.0.5 . 5054 : jump one,
							   10.0.0.6 . 5054 : goto two,
							   10.0.0.7 . 5054 : accept }
			}
		}
	END
	becomes "$(cat <<-'END'
		add 10.0.0.5:5054 to 203.0.113.1:5060 proto udp
		add 10.0.0.6:5054 to 203.0.113.2:5060
	END
	)"
}

nft_stateless() {
	nft <<-'END' && becomes 'add 10.0.0.5:5054 to 203.0.113.1:5060 proto udp'
		table ip sip {
			chain out {
				type route hook output priority -300
				ip daddr 10.0.0.5 udp dport 5054 ip daddr set 203.0.113.1 udp dport set 5060
			}
		}
	END
}

# iptables VARIANT: as phones and gateways are told
iptables_becomes() {
	local ipt="iptables-$1 -t nat" ip6t="ip6tables-$1 -t nat"
	local to='-j DNAT --to-destination'
	run bash -ec "
		$ipt -A OUTPUT -p udp -d 10.0.0.5 --dport 5054 $to 203.0.113.1:5060
		$ipt -A PREROUTING -p udp -d 10.0.0.5 --dport 5054 $to 203.0.113.1:5060
		$ipt -A OUTPUT -p tcp -d 10.0.0.5 --dport 5054 $to 203.0.113.1:5060
		$ipt -A OUTPUT -p udp -d 10.0.0.0/24 -m multiport --dports 5055,5057:5058 $to 203.0.113.1:5060
		$ipt -N sip
		$ipt -A PREROUTING -i lan -s 10.1.0.0/16 -j sip
		$ipt -A sip -p udp -d 10.0.0.6 --dport 5054 -m comment --comment 'P-CSCF \"one\"' $to 203.0.113.1:5060
		$ipt -A sip -p udp -d 10.0.0.7 --dport 5054 -m string --string 'REGISTER sip:' --algo bm --to 80 $to 203.0.113.1:5060
		$ipt -A OUTPUT -p udp -d 127.0.0.1 --dport 5054 -j REDIRECT --to-ports 5060
		$ip6t -A OUTPUT -p udp -d 2001:db8::5 --dport 5054 $to '[2001:db8:1::1]:5060'" &&
	becomes "$(cat <<-'END'
		add 10.0.0.5:5054 to 203.0.113.1:5060
		add 10.0.0.0/24:5055 to 203.0.113.1:5060 proto udp
		add 10.0.0.0/24:5057 to 203.0.113.1:5060 proto udp
		add 10.0.0.0/24:5058 to 203.0.113.1:5060 proto udp
		add 10.0.0.6:5054 to 203.0.113.1:5060 proto udp from 10.1.0.0/16 iif lan comment "P-CSCF \"one\""
		add 10.0.0.7:5054 to 203.0.113.1:5060 proto udp from 10.1.0.0/16 iif lan
		add 127.0.0.1:5054 to 127.0.0.1:5060 proto udp
		add [2001:db8::5]:5054 to [2001:db8:1::1]:5060 proto udp
	END
	)"
}

# iptables_stays VARIANT OPTIONS REASON
iptables_stays() {
	run bash -ec "iptables-$1 -t nat $2" && stays "$3"
}

tests() {
	local variant
	check "nft: one rule" new nft_becomes output \
		'ip daddr 10.0.0.5 udp dport 5054 dnat ip to 203.0.113.1:5060' \
		'add 10.0.0.5:5054 to 203.0.113.1:5060 proto udp'
	check "nft: UDP and TCP, a set of addresses" new nft_becomes output \
		'ip6 daddr { 2001:db8::5, 2001:db8:5::/48 } meta l4proto { tcp, udp } th dport 5054 dnat ip6 to [2001:db8:1::1]:5060' \
		$'add [2001:db8::5]:5054 to [2001:db8:1::1]:5060\nadd [2001:db8:5::]/48:5054 to [2001:db8:1::1]:5060'
	check "nft: whose packets" new nft_becomes prerouting \
		'iifname "lan" ip saddr 10.1.0.0/16 udp dport 5054 dnat ip to 203.0.113.1:5060' \
		'add 0.0.0.0/0:5054 to 203.0.113.1:5060 proto udp from 10.1.0.0/16 iif lan'
	check "nft: a range of addresses, a redirection to this host" new nft_becomes output \
		'ip daddr 10.0.0.4-10.0.0.6 udp dport 5054 dnat ip to 203.0.113.1; ip daddr 10.1.0.1 udp dport 5054 redirect to :5060' \
		$'add 10.0.0.4/31:5054 to 203.0.113.1:5054 proto udp\nadd 10.0.0.6:5054 to 203.0.113.1:5054 proto udp\nadd 10.1.0.1:5054 to 10.1.0.1:5060 proto udp'
	check "nft: maps with concatenated keys" new nft_maps
	check "nft: verdict maps" new nft_verdict_maps
	check "nft: stateless" new nft_stateless
	check "nft: another port" new nft_stays output 'udp dport 53 dnat ip to 203.0.113.1' \
		'53 is no port of SIP; "--port 53" makes it one'
	check "nft: a negation" new nft_stays output \
		'ip daddr != 10.0.0.5 udp dport 5054 dnat ip to 203.0.113.1:5060' \
		'no mapping has a word for "daddr !="'
	check "nft: a mark" new nft_stays output 'meta mark 1 udp dport 5054 dnat ip to 203.0.113.1:5060' \
		'no mapping has a word for "meta mark"'
	check "nft: a range of targets" new nft_stays output \
		'udp dport 5054 dnat ip to 203.0.113.1-203.0.113.2' \
		'its target is a range of addresses'
	for variant in nft legacy; do
		check "iptables-$variant: rules" new iptables_becomes $variant
		check "iptables-$variant: a negation" new iptables_stays $variant \
			'-A OUTPUT -p udp ! -d 10.0.0.5 --dport 5054 -j DNAT --to-destination 203.0.113.1:5060' \
			"no mapping has a word for \"$([ $variant = nft ] && echo 'daddr !=' || echo '! -d 10.0.0.5/32')\""
		check "iptables-$variant: a range of targets" new iptables_stays $variant \
			'-A OUTPUT -p udp --dport 5054 -j DNAT --to-destination 203.0.113.1:5060-5070' \
			'its target is a range of ports'
		check "iptables-$variant: an unknown match" new iptables_stays $variant \
			'-A PREROUTING -p udp --dport 5054 -m ttl --ttl-eq 64 -j DNAT --to-destination 203.0.113.1:5060' \
			"no mapping has a word for \"-m ttl$([ $variant = nft ] || echo ' --ttl-eq 64')\""
	done
}

need_module
run_tests
