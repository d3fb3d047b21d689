#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Claim: whatever packets come by, in whatever order, intact or broken, as many leave as without the
# module, and they are the same but for the address and port that a mapping changes.
# What plain packets have a short way for comes out, and is counted, as after the whole walk.
# And not: nothing is lost, no byte changes that should not, and the kernel does not complain.
#
# SIPSTEER_FUZZ_SECONDS: how long each; SIPSTEER_FUZZ_SEED: which packets; SIPSTEER_FUZZ_KCOV: file for the
# offsets in the module's .text that were reached, if the kernel can tell.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# The one that found a fragment within a fragment, which was taken and kept.
SEED=${SIPSTEER_FUZZ_SEED:-12923841}

# For fragments, in bytes: enough for all that are kept until their time is over.
ROOM=67108864

# world NETNS: a router between phones and the core, which are in no namespace: fuzz-packets plays
# them. Conntrack makes both worlds reassemble fragments.
world() {
	ip -n "$1" -batch - <<-END
		link set lo up
		tuntap add mode tun vnet_hdr name ue
		tuntap add mode tun vnet_hdr name core
	END
	# shellcheck disable=SC2016 # not here
	in_ns "$1" bash -c '
		cd /proc/sys/net
		for file in ipv4/conf/*/send_redirects ipv4/conf/*/rp_filter \
			ipv6/conf/{all,ue,core}/{accept_ra,accept_redirects,accept_dad} \
			ipv6/icmp/ratelimit ipv4/icmp_ratemask; do
			echo 0 >$file
		done
		for file in ipv4/ip_forward ipv4/conf/*/accept_source_route ipv6/conf/all/forwarding \
			ipv6/conf/{ue,core}/addr_gen_mode; do
			echo 1 >$file
		done
		# What a path takes is remembered by destination, which is not the same in both.
		echo 2 >ipv4/ip_no_pmtu_disc'
	ip -n "$1" -batch - <<-END
		link set ue up
		link set core up
		address add 192.0.2.1/24 dev ue
		address add 2001:db8:1::1/64 dev ue nodad
		route add default dev core mtu lock 1500
	END
	ip -n "$1" -6 route add default dev core mtu lock 1500
	# In the end, headers are put into one piece, as the module does where it has to. Of what came in
	# fragments so small that they are not, ip6_find_1stfragopt() does not see where it can be cut up
	# again, and it is lost.
	# Kept track of is nothing: there is room for only so many connections, and not in both are as many.
	in_ns "$1" nft add table inet track '{
		chain c { type filter hook prerouting priority raw; notrack; ct state invalid counter; }
		chain o { type filter hook output priority raw; notrack; ct state invalid counter; }
		chain p {
			type filter hook postrouting priority srcnat
			meta nfproto ipv6 meta l4proto { tcp, udp, ipv6-icmp } @th,0,16 set @th,0,16
		}
	}'
	# Or fragments of what never gets whole fill it up, and not in both with the same one.
	in_ns "$1" sysctl -qw net.ipv4.ipfrag_high_thresh="$ROOM" \
		net.netfilter.nf_conntrack_frag6_high_thresh="$ROOM"
}

worlds() {
	local ns
	# Where it is a module, its device is made when it is loaded.
	[[ -e /dev/net/tun ]] || modprobe tun
	netns_add steers-$$ plain-$$ short-$$ whole-$$
	for ns in steers plain short whole; do
		world "$ns-$$"
		[[ $ns == plain ]] || fuzz-packets mappings | sipsteer -n "$ns-$$" restore -
	done
}

fuzz() {
	echo "SEED=$SEED"
	fuzz-packets steers-$$ plain-$$ "${SIPSTEER_FUZZ_SECONDS:-8}" "$SEED" ${SIPSTEER_FUZZ_KCOV:+"$SIPSTEER_FUZZ_KCOV"}
}

# counts NETNS: all of them but those of errors, and each mapping's
counts() {
	sipsteer -n "$1" stats | grep -v '^icmp-'
	sipsteer -n "$1" -s show
}

fuzz_alike() {
	echo "SEED=$SEED"
	fuzz-packets --alike short-$$ whole-$$ "${SIPSTEER_FUZZ_SECONDS:-8}" "$SEED"
	diff <(counts short-$$) <(counts whole-$$)
}

# Or it would not have tried much.
reached() {
	local name
	local -A now=()
	counters steers-$$ now
	for name in steered restored icmp-restored tcp-steered tcp-restored aggregated malformed \
		transaction-refreshed route-hidden exempt guard-via tcp-direct; do
		[[ ${now[$name]:-} ]] || fail "nothing was counted as $name"
	done
	echo "${#now[@]} counters have counted"
}

network=worlds
once fuzz "random packets, seed $SEED"
once fuzz_alike "they come out, and are counted, the same whichever way they take"
once reached "most of what can happen has happened"
run_tests
