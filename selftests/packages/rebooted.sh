#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Claim: after a reboot all is as it was saved, and the packages' own test passes. While REGISTERs pass, the packages are upgraded, and
# each of them is steered; they are removed, and each arrives somewhere.
# And not: an upgrade takes away no mapping and no configuration; what was removed steers nothing,
# and leaves no module, loaded or not.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

restored() {
	none_failed
	systemctl is-active sipsteer
	as_configured
	calls_flow
}

# With this machine as autopkgtest's testbed, and what is installed there: if it were given the packages
# it would install, and DKMS build, them again.
# Its tests want devices of the names that this machine's have. Its status when one has failed is that
# of one that is skipped here.
tested() {
	unshare --net autopkgtest --no-built-binaries "$SIPSTEER_SOURCE/" -- null || fail "status $?"
}

upgrade() {
	# shellcheck disable=SC2046 # two of them
	dpkg -i $(of "$SIPSTEER_NEWER")
}

upgraded() {
	under_traffic pcscf upgrade
	built "$SIPSTEER_NEWER"
	[[ $(sipsteer version) == "sipsteer $SIPSTEER_NEWER" ]]
	loaded_version "$SIPSTEER_VERSION"
	as_configured
}

changed() {
	systemctl stop sipsteer
	modprobe -r nf_sipsteer
	systemctl start sipsteer
	loaded_version "$SIPSTEER_NEWER"
	as_configured
	calls_flow
}

removed() {
	under_traffic "pcscf scscf" dpkg -r sipsteer-dkms sipsteer
	[[ ! -d /sys/module/nf_sipsteer ]]
	[[ -z $(dkms status) ]]
	[[ -z $(find /lib/modules /usr/src /var/lib/dkms -name '*sipsteer*') ]]
	[[ -s /etc/sipsteer.conf ]]
	none_failed
}

purged() {
	dpkg -P sipsteer-dkms sipsteer
	! find / -xdev -path /tmp -prune -o -path /var/log -prune -o -name '*sipsteer*' -print | grep .
}

once restored "as saved, after a reboot"
once tested "autopkgtest"
once upgraded "an upgrade under traffic"
once changed "the new module takes over"
once removed "removed under traffic"
once purged "purged"
run_tests
