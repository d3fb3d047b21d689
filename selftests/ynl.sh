#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Claim: the kernel's own ynl command line drives the module by its spec: it adds, dumps and deletes
# a mapping.
# And not: what the spec does not allow is refused.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

find_ynl() {
	local tree
	for tree in "$here/../../../../.." "$("$here/../scripts/kernel-tree" 2>/dev/null)"; do
		[[ -f $tree/tools/net/ynl/cli.py ]] && break
	done
	for spec in "$here/../Documentation/netlink/specs/sipsteer.yaml" \
		"$tree/Documentation/netlink/specs/sipsteer.yaml"; do
		[[ -f $spec ]] && break
	done
	[[ -f $tree/tools/net/ynl/cli.py && -f $spec ]] || skip "no ynl, or no spec for it"
	cli=$tree/tools/net/ynl/cli.py
}

ynl() { in_ns "$GW_NS" /usr/bin/python3 "$cli" --spec "$spec" --no-schema "$@"; }

add_dump_delete() {
	find_ynl
	ynl --do mapping-new --json '{"match-addr": "0a000005", "match-port": 5054,
		"target-addr": "cb007101", "target-port": 5060, "comment": "by ynl"}'
	[[ $(sipsteer -n "$GW_NS" show) == *"10.0.0.5:5054 to 203.0.113.1:5060"*"by ynl"* ]]
	ynl --dump mapping-get >"$tmp/dump"
	grep -q "'match-addr': '10.0.0.5'" "$tmp/dump"
	grep -q "'target-port': 5060" "$tmp/dump"
	ynl --do mapping-del --json '{"match-addr": "0a000005", "match-port": 5054}'
	[[ -z $(sipsteer -n "$GW_NS" show) ]]
}

refused() {
	find_ynl
	if ynl --do mapping-new --json '{"match-addr": "0a000005", "match-port": 0,
		"target-addr": "cb007101", "target-port": 5060}' >"$tmp/out" 2>&1; then
		fail "accepted"
	fi
	grep -q "port 0" "$tmp/out"
	[[ -z $(sipsteer -n "$GW_NS" show) ]]
}

CLEAN_NS=$GW_NS
once add_dump_delete "adds, dumps and deletes"
once refused "a refusal has its sentence"
run_tests
