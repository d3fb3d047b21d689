# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# baresip: its outbound proxy is the S-CSCF, so that each of its REGISTERs has a Route to there.
# It refreshes a registration of three seconds. Called, it rings.

baresip_phone() {
	mkdir -p "$tmp/baresip"
	: >"$tmp/baresip/contacts"
	cat >"$tmp/baresip/config" <<-END
		sip_listen	$UE_AT
		module_path	/usr/lib/baresip/modules
		module		g711.so
		module_app	account.so
	END
	cat >"$tmp/baresip/accounts" <<-END
		<sip:$user@ims.example;transport=$transport>;regint=3;auth_user=$user;auth_pass=wonderland;outbound="sip:$S_AT;transport=$transport"
	END
	start baresip "-${FAMILY#ipv}" -v -s -f "$tmp/baresip"
	session
}

baresip_udp() {
	misdirect udp baresip
	baresip_phone
}

baresip_tcp() {
	misdirect tcp baresip
	baresip_phone
}

each_client baresip_udp "baresip over UDP stays registered, is called"
each_client baresip_tcp "baresip over TCP stays registered, is called"
