#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Claim: the module needs neither connection tracking nor NAT, by what it says and by what loading
# it loads.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

depends() {
	local list
	list=$(modinfo -F depends nf_sipsteer)
	[[ ,$list, != *,nf_conntrack,* && ,$list, != *,nf_nat,* ]] || fail "it depends on $list"
}

works_without() {
	[[ ! -d /sys/module/nf_conntrack ]] || skip "connection tracking is loaded already"
	sipsteer -n "$GW_NS" add 10.0.0.5:5054 to 203.0.113.1:5060
	sipsteer -n "$GW_NS" add '[2001:db8:a::5]:5054' to '[2001:db8:cb::1]:5060'
	[[ ! -d /sys/module/nf_conntrack && ! -d /sys/module/nf_nat ]]
}

once depends "neither is named"
once works_without "neither is loaded"
CLEAN_NS=$GW_NS
run_tests
