#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Claim: a namespace without mappings, and with nothing remembered, has no hook of this module and
# no reassembly of fragments: they come with the first mapping of a family, and go with the last
# one, once what it remembered has expired or was flushed. The kernel's own hooks for reassembly,
# which all traffic would pay for, are never asked for.
# And not: while a reply may still come, the hooks stay for it.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# hooks NETNS: the families whose hooks are registered, as the module says.
hooks() { sipsteer -n "$1" stats | sed -n 's/^hooks  *//p'; }

no_hooks() { [[ $(hooks "$1") == [-n0]* || -z $(hooks "$1") ]]; }

# in_kernel NETNS FAMILY WHAT: how many hooks the kernel tells of.
in_kernel() {
	nfhooks "$1" >"$tmp/hooks"
	grep -c "^$2 .*$3" "$tmp/hooks" || true
}

comes_and_goes() {
	no_hooks "$GW_NS"
	sipsteer -n "$GW_NS" add 10.0.0.5:5054 to 203.0.113.1:5060
	[[ $(hooks "$GW_NS") == *ipv4* && $(hooks "$GW_NS") != *ipv6* ]]
	sipsteer -n "$GW_NS" add '[2001:db8:a::5]:5054' to '[2001:db8:cb::1]:5060'
	[[ $(hooks "$GW_NS") == *ipv4*ipv6* ]]
	no_hooks "$UE_NS"
	sipsteer -n "$GW_NS" del 10.0.0.5:5054
	sipsteer -n "$GW_NS" flush transactions
	[[ $(hooks "$GW_NS") != *ipv4* && $(hooks "$GW_NS") == *ipv6* ]]
	sipsteer -n "$GW_NS" flush
	busywait 5 no_hooks "$GW_NS"
}

kernel_tells() {
	local family
	nfhooks "$GW_NS" >/dev/null ||
		skip "this kernel cannot tell its hooks (CONFIG_NETFILTER_NETLINK_HOOK)"
	[[ $(in_kernel "$GW_NS" ipv4 nf_sipsteer) == 0 ]]
	[[ $(in_kernel "$GW_NS" ipv4 defrag) == 0 ]]
	sipsteer -n "$GW_NS" add 10.0.0.5:5054 to 203.0.113.1:5060
	[[ $(in_kernel "$GW_NS" ipv4 nf_sipsteer) == 4 ]]
	[[ $(in_kernel "$GW_NS" ipv4 defrag) == 0 ]]
	[[ $(in_kernel "$GW_NS" ipv6 nf_sipsteer) == 0 ]]
	[[ $(in_kernel "$GW_NS" ipv6 defrag) == 0 ]]
	[[ $(in_kernel "$UE_NS" ipv4 nf_sipsteer) == 0 ]]
	sipsteer -n "$GW_NS" flush
	sipsteer -n "$GW_NS" flush transactions
	for family in ipv4 ipv6; do
		[[ $(in_kernel "$GW_NS" "$family" nf_sipsteer) == 0 ]]
		[[ $(in_kernel "$GW_NS" "$family" defrag) == 0 ]]
	done
}

# A lone fragment passes a router that does not reassemble.
no_reassembly() {
	steer
	sipsteer -n "$MAP_NS" flush
	sipsteer -n "$MAP_NS" flush transactions
	talk <<-END
		raw phone $UE_NS $UE $UE_PORT
		sniff core $S_NS eth0
		msg stray REGISTER from ue size 2000
		inject phone $SCSCF 5054 stray fragment 800 only 1
		fragments core 1
		run sipsteer -n $MAP_NS add $S_AT to $P_AT
		inject phone $SCSCF 5054 stray fragment 800 only 1
		barrier ue scscf
		fragments core 0
	END
}

stay_for_a_reply() {
	steer
	talk <<-END
		msg stray REGISTER from ue
		send ue $SCSCF 5054 stray
		recv pcscf stray from $UE $UE_PORT
		run sipsteer -n $MAP_NS flush
		respond pcscf 401 stray-401
		recv ue stray-401 from $SCSCF 5054
	END
	[[ $(hooks "$MAP_NS") == *"$FAMILY"* ]]
	sipsteer -n "$MAP_NS" flush transactions
	no_hooks "$MAP_NS"
}

# RFC 3261's timer F: 32 seconds.
expires() {
	local since=$SECONDS
	steer
	talk <<-END
		msg stray REGISTER from ue
		send ue $SCSCF 5054 stray
		recv pcscf stray from $UE $UE_PORT
	END
	sipsteer -n "$MAP_NS" flush
	busywait 80 no_hooks "$MAP_NS"
	((SECONDS - since >= 30)) || fail "too early, after $((SECONDS - since)) s"
}

once comes_and_goes "hooks come with the first mapping and go with the last"
once kernel_tells "as the kernel tells"
each_family no_reassembly "fragments pass as they are"
each_family stay_for_a_reply "hooks stay while a reply may come"
families=ipv4 nats=plain each_case expires "what is remembered expires, then the hooks go" gateway
run_tests
