#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Claim: from the packages alone, a stock system has the tool, the service and a module that DKMS has
# built for its kernel; mappings work at once, and are saved.
# And not: the order of the two packages does not count; no mapping comes with them.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

install() {
	local packages
	read -ra packages < <(of "$SIPSTEER_VERSION")
	# Without a module, the service cannot start, and that is no reason to fail.
	dpkg -i "${packages[0]}"
	systemctl is-failed sipsteer
	dpkg -i "${packages[1]}"
	built "$SIPSTEER_VERSION"
	loaded_version "$SIPSTEER_VERSION"
	[[ $(sipsteer version) == "sipsteer $SIPSTEER_VERSION" ]]
	systemctl is-active sipsteer
	[[ -z $(sipsteer show) ]]
}

add() {
	sipsteer add 10.0.0.5:5054 to 203.0.113.1:5060 from 192.0.2.0/24
	sipsteer add '[2001:db8:a::5]:5054' to '[2001:db8:cb::1]:5060' from 2001:db8:1::/48
	calls_flow
	sipsteer save /etc/sipsteer.conf
	systemctl reload sipsteer
	calls_flow
}

once install "installed, and built by DKMS"
once add "what is added is steered, and saved"
run_tests
