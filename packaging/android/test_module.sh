#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# The module for Magisk and KernelSU, through install, boots and removal, on a machine of arm64 that
# is no phone: kernel, nf_sipsteer, the tool and BusyBox's ash are real; what an installer and Android
# have besides is not.
# Claim: mappings are in place after a boot.
# And not: after a boot with nf_sipsteer that did not get to its end; with a faulty file; on a kernel
# that the package has no nf_sipsteer for.
#
# Usage: test_module.sh ZIP

set -u -o pipefail
zip=$(realpath "$1") || exit
tmp=$(mktemp -d) || exit
trap 'rm -rf "$tmp"' EXIT
export SIPSTEER_STATE=$tmp/state
mkdir "$tmp/bin"
number=0 failed=0

# ok CLAIM: what was just done succeeded
ok() {
	local status=$?
	((number++))
	((status == 0)) || failed=1
	((status == 0)) || sed 's/^/# /' "$tmp/out" "$SIPSTEER_STATE/log" 2>/dev/null
	echo "$( ((status == 0)) || echo "not ")ok $number - $1"
}

stub() {
	printf '#!/bin/sh\n%s\n' "$2" >"$tmp/bin/$1"
	chmod +x "$tmp/bin/$1"
}

ash() { PATH=$tmp/bin:$PATH busybox ash "$@" >"$tmp/out" 2>&1; }

# install [ARCH [RELEASE]]: as the installer does, up to a reboot.
install() {
	rm -rf "$tmp/module"
	busybox unzip -q "$zip" -d "$tmp/module"
	# shellcheck disable=SC2016 # not here
	ARCH=${1:-arm64} RELEASE=${2:-$(uname -r)} MODPATH=$tmp/module ash -c '
		uname() { echo "$RELEASE"; }
		ui_print() { echo "$*"; }
		abort() { ui_print "$*"; exit 1; }
		set_perm() { chown "$2:$3" "$1"; chmod "$4" "$1"; }
		. "$MODPATH/customize.sh"'
}

boot() {
	[[ ! -d /sys/module/nf_sipsteer ]] || rmmod nf_sipsteer
	ash "$tmp/module/service.sh"
}

shown() { "$tmp/module/system/bin/sipsteer" show; }
passes_by() { [[ ! -d /sys/module/nf_sipsteer ]]; }

# Android's kernels have that built in; here it is a module, which insmod does not bring along.
modprobe nf_defrag_ipv6 || exit

echo "TAP version 13"
echo "1..11"

stub getprop 'echo 1'
install
ok "it installs"
[[ -f $SIPSTEER_STATE/sipsteer.conf && $(ls "$tmp/module/kernels") == "$(uname -r)" ]]
ok "with a file to fill in, and but the module for this kernel"

echo "add 0.0.0.0/0:5054 to 203.0.113.1:5060" >"$SIPSTEER_STATE/sipsteer.conf"
boot && shown | grep -q 'to 203.0.113.1:5060'
ok "mappings are in place after a boot"
install && grep -q 203.0.113.1 "$SIPSTEER_STATE/sipsteer.conf"
ok "an update keeps them"

# The phone goes down before it is up.
# shellcheck disable=SC2016 # not here
stub getprop 'kill -KILL $PPID'
boot
[[ -e $SIPSTEER_STATE/trying ]]
ok "a boot that does not get to its end leaves a mark"
stub getprop 'echo 1'
! boot && passes_by && grep -q 'did not get to its end' "$SIPSTEER_STATE/log"
ok "the next one goes without the module"
rm "$SIPSTEER_STATE/trying"
boot && shown | grep -q 'to 203.0.113.1:5060' && [[ ! -e $SIPSTEER_STATE/trying ]]
ok "until the mark is gone"

echo "add nonsense" >"$SIPSTEER_STATE/sipsteer.conf"
boot && [[ ! $(shown) ]] && grep -q 'something is wrong' "$SIPSTEER_STATE/log"
ok "a faulty file harms nothing"

! install arm64 4.19.0-other && grep -q 'build one for this kernel' "$tmp/out"
ok "refused on a kernel that there is no module for"
! install x64 && grep -q 'for arm64, not x64' "$tmp/out"
ok "refused on another architecture"

install && boot && ash "$tmp/module/uninstall.sh" && passes_by && [[ ! -e $SIPSTEER_STATE ]]
ok "removed, nothing is left"
exit $failed
