#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Claim: dropped into a kernel tree as tools/testing/selftests/net/sipsteer, these tests build with
# that tree's lib.mk and run by its own runner.
# And not: a test that fails there is not reported as passed.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

in_kernel_tree() {
	local tree dir=$tmp/tree/tools/testing/selftests
	tree=$("$here/../scripts/kernel-tree" 2>/dev/null) || skip "no kernel source here"
	mkdir "$tmp/tree"
	cp -r "$tree/tools" "$tree/scripts" "$tmp/tree/"
	mkdir -p "$dir/net/sipsteer/tools"
	cp "$here"/{lib.sh,module_depends.sh,Makefile,config,settings} "$dir/net/sipsteer/"
	cp "$here"/tools/*.[ch] "$dir/net/sipsteer/tools/"
	cp -r "$here/fuzz" "$dir/net/sipsteer/"
	mkdir -p "$tmp/tree/usr/include/linux"
	cp "$here"/../kmod/include/uapi/linux/sipsteer.h "$tmp/tree/usr/include/linux/"
	printf '#!/bin/sh\necho TAP version 13\necho 1..1\necho not ok 1 - fails\nexit 1\n' \
		>"$dir/net/sipsteer/fails.sh"
	chmod +x "$dir/net/sipsteer/fails.sh"
	sipsteer=$(type -P sipsteer)
	PATH=${sipsteer%/*}:$PATH make -s -C "$dir" TARGETS=net/sipsteer USERCFLAGS=-O0 run_tests \
		>"$tmp/out" 2>&1 || true
	cat "$tmp/out"
	grep -qx "not ok 1 selftests: net/sipsteer: fails.sh # exit=1" "$tmp/out"
	grep -qx "ok 2 selftests: net/sipsteer: module_depends.sh" "$tmp/out"
	grep -qx "# ok 1 - neither is named" "$tmp/out"
}

once in_kernel_tree "built and run by the kernel's own rules"
run_tests
