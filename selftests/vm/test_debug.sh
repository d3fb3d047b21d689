#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# What the kernels that look for mistakes are there to find, they find, and the harness hears of it.
#
# Usage: test_debug.sh debug|kcsan

set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P) || exit 1
kernel=$1
build=$here/../../build
mkdir -p "$build" || exit 1
work=$(cd "$build" && mktemp -d "$PWD/test_debug.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT

# What a mistake of the module of splats is called, by what makes it. After one that lockdep finds, and
# after some others, it is off: so it comes first, after what the same switch is for.
case $kernel in
debug)
	options=(--mem 4096) mistakes=(
		rcu "WARNING: suspicious RCU usage"
		deadlock "WARNING: possible circular locking"
		atomic "BUG: scheduling while atomic"
		shift "UBSAN: shift-out-of-bounds"
		timer "ODEBUG: free active"
		use-after-free "BUG: KASAN: slab-use-after-free"
		vmalloc "BUG: KASAN: vmalloc-out-of-bounds"
		leak "kmemleak: 1 new suspected memory leaks"
	)
	;;
kcsan)
	options=(--parallel --smp 2) mistakes=(race "BUG: KCSAN: data-race in count_up")
	;;
*)
	echo "no such kernel: $kernel" >&2
	exit 2
	;;
esac

number=0 failed=0

check() {
	local name=$1
	shift
	((++number))
	if "$@"; then
		echo "ok $number $name"
	else
		((++failed))
		echo "not ok $number $name"
	fi
}

found() { grep -q -- "$1" "$work/console"; }

make_mistakes() {
	local i
	for ((i = 0; i < ${#mistakes[@]}; i += 2)); do
		echo "insmod splat/sipsteer_splat.ko kind=${mistakes[i]} && rmmod sipsteer_splat || exit"
	done
}

echo "TAP version 13"
tree=$("$here/debug-kernel" "$kernel") || exit
cp -r "$here/splat" "$work/" && make -s -C "$tree" M="$work/splat" modules || exit
(cd "$work" && "$here/run" --kernel "$kernel" --no-module "${options[@]}" --append kasan_multi_shot \
	--console "$work/console" -- sh -c "$(make_mistakes)") 2>"$work/err"
status=$?
((status == 122)) || sed 's/^/# /' "$work/err"
check "a command that exited 0 fails" test $status -eq 122
for ((i = 0; i < ${#mistakes[@]}; i += 2)); do
	check "${mistakes[i]} is found" found "${mistakes[i + 1]}"
done
echo "1..$number"
exit $((failed > 0))
