#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# The virtual machine harness itself: what a command says and how it ends must
# come through unchanged, and what the kernel complains of must not be missed.
#
# Usage: test_harness.sh [KERNEL]	(default 6.1)

# Functions that check calls by name look unreachable.
# shellcheck disable=SC2317

set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P) || exit 1
kernel=${1:-6.1}
build=$here/../../build
mkdir -p "$build" || exit 1
work=$(cd "$build" && mktemp -d "$PWD/test_harness.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT

number=0 failed=0

# check NAME COMMAND...: the test called NAME passes if COMMAND succeeds.
check() {
	local name=$1 output
	shift
	((number++))
	if output=$("$@" 2>&1); then
		echo "ok $number $name"
	else
		((failed++))
		echo "# $* failed${output:+: ${output//$'\n'/$'\n# '}}"
		[[ -s $work/err ]] && sed 's/^/# | /' "$work/err"
		echo "not ok $number $name"
	fi
}

# vm OPTION...: run the machine in the scratch folder; leaves status, out, err.
vm() {
	(cd "$work" && exec "$here/run" --kernel "$kernel" --no-module "$@") \
		>"$work/out" 2>"$work/err"
	status=$?
}

said() { [[ $(<"$work/out") == "$1" ]]; }
complained_of() { grep -q -- "$1" "$work/err"; }
same_hash() { [[ $(sha256sum <"$1") == "$(sha256sum <"$2")" ]]; }

kernel_log_kept() {
	local log
	log=$(sed -n 's/.*the kernel log is in //p' "$work/err")
	[[ -s $log ]] && rm "$log"
}

# A run's scratch folder bears its process id, and its processes name the folder.
nothing_left() {
	! find /tmp -maxdepth 1 -name "sipsteer-vm.$1.*" | grep . &&
		! grep -lF "/tmp/sipsteer-vm.$1." /proc/[0-9]*/cmdline 2>/dev/null
}

build_splat_module() {
	local release
	release=$("$here/run" --kernel "$kernel" --print-release) || return
	cp -r "$here/splat" "$work/splat" &&
		make -s -C "/lib/modules/$release/build" M="$work/splat" modules
}

test_output() {
	head -c 1048576 /dev/urandom >"$work/random"
	vm -- sh -c 'cat random; tac random >&2; exit 42'
	tac "$work/random" >"$work/tac"
	check "exit status 42 passes through" test $status -eq 42
	check "a megabyte of binary output passes unchanged" same_hash "$work/out" "$work/random"
	check "the error output has a channel of its own, binary too" same_hash "$work/err" "$work/tac"
	vm -- false
	check "exit status 1 passes through" test $status -eq 1
	vm -- sh -c 'kill -TERM $$'
	check "death by a signal shows in the status" test $status -eq 143
}

test_environment() {
	local marker
	marker=/usr/share/sipsteer-harness-test.$$
	# shellcheck disable=SC2016
	SIPSTEER_TEST="a  'b'" HARNESS_SECRET=x vm -- bash -c '
		set -e
		echo >/dev/stderr
		echo written >file
		touch '$marker' /etc/sipsteer-harness-test
		ip netns add harness
		ip netns exec harness true
		[[ -z $(</dev/stdin) ]]
		sleep 1000 &
		echo "$PWD|$SIPSTEER_TEST|${HARNESS_SECRET-unset}|$(uname -r)"'
	check "exit status 0 passes through" test $status -eq 0
	check "folder, environment and kernel are those asked for" \
		said "$work|a  'b'|unset|$("$here/run" --kernel "$kernel" --print-release)"
	check "the current folder is the host's, writable" grep -qx written "$work/file"
	check "the host's root is not changed" \
		test ! -e "$marker" -a ! -e /etc/sipsteer-harness-test
}

# Without a current folder to share: the root is not for sharing.
test_from_root() {
	(cd / && exec "$here/run" --kernel "$kernel" --no-module -- pwd) \
		>"$work/out" 2>"$work/err"
	status=$?
	check "it runs from / too" said /
}

# A guest that tries hard to write to the host's root must fail. It mounts what
# the overlay hides, writable.
test_root_is_safe() {
	local marker=/etc/sipsteer-harness-test.$$
	# shellcheck disable=SC2016
	vm -- bash -c 'mkdir /run/host && mount -t virtiofs root /run/host &&
		ls /run/host/etc/passwd && ! touch "/run/host$1"' - "$marker"
	check "not even a guest that mounts the host's root writable can write to it" \
		test $status -eq 0 -a ! -e "$marker"
}

test_splats() {
	local kind
	check "the module of splats builds" build_splat_module
	for kind in warn refcount atomic; do
		vm -- sh -c "insmod splat/sipsteer_splat.ko kind=$kind; exit 0"
		check "a splat ($kind) fails a command that exited 0" test $status -eq 122
		check "the guilty line ($kind) is named" complained_of 'WARNING: \|BUG: '
		check "the kernel log ($kind) is kept" kernel_log_kept
	done
	for kind in oops gpf bug; do
		vm -- sh -c "insmod splat/sipsteer_splat.ko kind=$kind; exit 0"
		check "an oops ($kind) is a panic" test $status -eq 123
		kernel_log_kept
	done
	vm -- sh -c 'echo c >/proc/sysrq-trigger'
	check "a panic has its own status" test $status -eq 123
	kernel_log_kept
	vm -- modprobe nf_conntrack
	check "a module of the kernel's own is no splat" test $status -eq 0
}

test_ends() {
	# Long enough for a busy machine to boot.
	vm --timeout 45 -- sh -c 'echo early; sleep 1000'
	check "a command that hangs is ended" test $status -eq 124
	check "what it said before comes through" said early
	kernel_log_kept
	vm -- busybox poweroff -f
	check "a guest that ends without a status fails" test $status -eq 121
	kernel_log_kept
	vm --kernel 9.9 -- true
	check "an unknown kernel is a setup error" test $status -eq 125
}

test_parallel() {
	local first second
	(cd "$work" && exec "$here/run" --kernel "$kernel" --no-module -- sh -c 'echo one >1') &
	first=$!
	(cd "$work" && exec "$here/run" --kernel "$kernel" --no-module -- sh -c 'echo two >2') &
	second=$!
	wait $first
	first=$?
	wait $second
	second=$?
	check "two machines run at once from one tree" \
		test $first$second = 00 -a "$(cat "$work/1" "$work/2" | tr '\n' ' ')" = "one two "
}

# Ended in the middle, the harness takes everything with it.
test_interrupted() {
	local pid
	mkfifo "$work/ready"
	(cd "$work" && exec "$here/run" --kernel "$kernel" --no-module -- \
		sh -c 'echo ready; sleep 1000') >"$work/ready" 2>/dev/null &
	pid=$!
	read -r _ <"$work/ready"
	kill -TERM $pid
	wait $pid
	check "ended by a signal, the harness says so" test $? -eq 143
	check "and leaves nothing behind" nothing_left $pid
}

# write_test NAME: a test script from standard input.
write_test() {
	{ echo '#!/bin/bash' && cat; } >"$work/$1" && chmod +x "$work/$1"
}

# suite_says NAME RESULT [COMMENT]: how the guest's suite ended the test NAME.
suite_says() {
	grep -qE "^$2 [0-9]+ selftests: $1 # .*${3-}" "$work/out" ||
		{ grep "selftests: $1" "$work/out" && false; }
}

test_suite() {
	write_test good.sh <<-'END'
		ip netns add mine && ip netns delete mine
		printf '1..1\nok 1 fine\n'
	END
	write_test skips.sh <<<'echo "1..0 # SKIP because"; exit 4'
	write_test fails.sh <<<'printf "1..1\nnot ok 1 bad\n"; exit 1'
	write_test lies.sh <<<'printf "1..1\nnot ok 1 bad\n"; exit 0'
	write_test dies.sh <<<'printf "1..2\nok 1 fine\n"; kill -KILL $$'
	write_test silent.sh <<<'exit 0'
	write_test hangs.sh <<<'printf "1..1\n"; sleep 1000'
	write_test leaves_netns.sh <<<'printf "1..1\nok 1 fine\n"; ip netns add mine'
	write_test leaves_process.sh <<<'printf "1..1\nok 1 fine\n"; sleep 1000 &'
	write_test warns.sh <<-'END'
		insmod splat/sipsteer_splat.ko && rmmod sipsteer_splat
		printf '1..1\nok 1 fine\n'
	END
	write_test last.sh <<<'printf "1..1\nok 1 fine\n"'
	vm -- "$here/guest-suite" 5 ./{good,skips,fails,lies,dies,silent,hangs}.sh \
		./leaves_{netns,process}.sh ./{warns,last}.sh
	kernel_log_kept
	check "the suite passes a good test" suite_says good.sh ok
	check "the suite knows a skipped test" suite_says skips.sh ok "SKIP because"
	check "the suite fails a failing test" suite_says fails.sh "not ok"
	check "the suite fails a test that hides a failure" suite_says lies.sh "not ok"
	check "the suite fails a test that dies" suite_says dies.sh "not ok" "exit status 137"
	check "the suite fails a test that says nothing" suite_says silent.sh "not ok"
	check "the suite ends and fails a test that hangs" \
		suite_says hangs.sh "not ok" "not done after 5 s"
	check "the suite fails a test that leaves a namespace" \
		suite_says leaves_netns.sh "not ok" "left network namespaces: mine"
	check "the suite fails a test that leaves a process" \
		suite_says leaves_process.sh "not ok" "left processes: sleep"
	check "the suite lays a splat at the right door" \
		suite_says warns.sh "not ok" "splat: .*WARNING"
	check "the suite is not upset by all that" suite_says last.sh ok
}

# The shortest of several runs of one loop, by the guest's clock: the others may
# have met an interrupt.
shortest_loop() {
	vm --icount -- "$work/loop"
	[[ $status -eq 0 ]] && sort -n "$work/out" | head -n 1
}

test_icount() {
	local first second
	cc -O1 -o "$work/loop" "$here/test_icount.c" || return
	first=$(shortest_loop)
	second=$(shortest_loop)
	# To a few instructions: the shortest may have met the end of an interrupt.
	check "with --icount a loop takes the same time in every machine" \
		test -n "$first" -a $(((first - second) ** 2)) -lt 10000
	# The loop is a million turns of a few instructions, one nanosecond each.
	check "with --icount the clock counts instructions" \
		test "${first:-0}" -gt 2000000 -a "${first:-0}" -lt 20000000
}

echo "TAP version 13"
test_output
test_environment
test_from_root
test_root_is_safe
test_splats
test_suite
test_ends
test_parallel
test_interrupted
test_icount
echo "1..$number"
exit $((failed > 0))
