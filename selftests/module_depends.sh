#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Claim: the module needs neither connection tracking nor NAT, by what it says, and by what the
# kernel says of who uses what while hooks and mappings are there.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

depends() {
	local list
	list=$(modinfo -F depends nf_sipsteer)
	[[ ,$list, != *,nf_conntrack,* && ,$list, != *,nf_nat,* ]] || fail "it depends on $list"
}

works_without() {
	sipsteer -n "$GW_NS" add 10.0.0.5:5054 to 203.0.113.1:5060
	sipsteer -n "$GW_NS" add '[2001:db8:a::5]:5054' to '[2001:db8:cb::1]:5060'
	grep -q '^nf_sipsteer ' /proc/modules
	# A line: the module's name, its size, how often it is used, by whom
	if grep -E '^nf_(conntrack|nat) ' /proc/modules | grep nf_sipsteer; then
		fail "it uses that"
	fi
}

once depends "neither is named"
once works_without "neither is used"
CLEAN_NS=$GW_NS
run_tests
