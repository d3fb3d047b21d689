# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For tests of the tool: a script includes this, defines tests(), and ends with
# run_tests. Whatever is in $dir goes when the script does; end(), if there is
# one, is called before.

mode=count
count=0
failed=0
dir=$(mktemp -d)
trap '! declare -F end >/dev/null || end; rm -rf "$dir"' EXIT

# Each test is called twice: to be counted for the plan, then to run.
# check NAME COMMAND...: the command succeeds
check() {
	local name=${1//[[:cntrl:]]/ }
	shift
	count=$((count + 1))
	[ $mode = run ] || return 0
	if "$@" >"$dir/log" 2>&1; then
		echo "ok $count - $name"
	else
		failed=1
		sed 's/^/#   /' "$dir/log"
		echo "not ok $count - $name"
	fi
}

# A test that loads modules is for the virtual machine.
need_module() {
	[ "$UID" = 0 ] && modprobe nf_sipsteer 2>/dev/null && return
	printf 'TAP version 13\n1..0 # SKIP no module, or not root\n'
	exit 4
}

run_tests() {
	tests
	printf 'TAP version 13\n1..%d\n' "$count"
	mode=run
	count=0
	tests
	exit $failed
}
