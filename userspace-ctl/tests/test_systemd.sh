#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# The service, as it is installed: systemd understands it, finds the tool, and thinks it well enough
# confined.

# Functions called by name (check) look unreachable.
# shellcheck disable=SC2317

set -u -o pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit

echo "TAP version 13"
if ! command -v systemd-analyze >/dev/null; then
	echo "1..0 # SKIP no systemd-analyze"
	exit
fi
echo "1..3"

root=$(mktemp -d) || exit
trap 'rm -rf "$root"' EXIT
number=0 failed=0

check() {
	local name=$1 verdict=ok
	shift
	"$@" 2>&1 | sed 's/^/# /' || verdict="not ok" failed=1
	echo "$verdict $((++number)) - $name"
}

installed() {
	make -s install-systemd DESTDIR="$root" SBINDIR="$PWD" UNITDIR=/units MODULESLOADDIR=/modules &&
		[[ $(sed '/^#/d' "$root/modules/sipsteer.conf") == nf_sipsteer ]]
}

# It has a word also on units that are not the one in question.
understood() {
	! systemd-analyze verify --man=no "$root/units/sipsteer.service" 2>&1 | grep sipsteer
}

# Of 100; without confinement it is 96. What is left is CAP_NET_ADMIN and the address families.
confined() {
	systemd-analyze security --offline=true --threshold=25 --no-pager \
		"$root/units/sipsteer.service" >"$root/security" && return
	tail -n 3 "$root/security"
	return 1
}

check "it is installed" installed
check "systemd understands it" understood
check "it is confined" confined
exit "$failed"
