# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# linphonec: its proxy is the S-CSCF. It refreshes a registration of four seconds. Called, it rings.
#
# Over TCP it answers not on the connection that a request came by (RFC 3261 18.2.2), but connects
# to the address it has registered at, and the port in the P-CSCF's Via. So that is steered, too.

linphone_phone() {
	local home=$tmp/linphone ports="sip_port=$UE_PORT sip_tcp_port=0"
	[[ $transport == udp ]] || ports="sip_port=0 sip_tcp_port=$UE_PORT"
	rm -rf "$home"
	# It makes its folders itself, but for that of its data base.
	mkdir -p "$home/.local/share/linphone"
	cat >"$home/rc" <<-END
		[sip]
		${ports/ /$'\n'}
		sip_tls_port=0
		default_proxy=0
		[auth_info_0]
		username=$user
		userid=$user
		passwd=wonderland
		realm=ims.example
		domain=ims.example
		[proxy_0]
		reg_identity=sip:$user@ims.example
		reg_proxy=<sip:$S_AT;transport=$transport>
		reg_route=<sip:$S_AT;transport=$transport;lr>
		reg_expires=4
		reg_sendregister=1
		publish=0
	END
	start env HOME="$home" linphonec -c "$home/rc" -d 6 -l "$home/log"
	session
}

linphone_udp() {
	misdirect udp linphone
	linphone_phone
}

linphone_tcp() {
	misdirect tcp linphone
	sipsteer -n "$MAP_NS" add "${S_AT/%5054/5060}" to "$P_AT" proto tcp \
		from "${PHONES[$FAMILY]}"
	linphone_phone
}

each_client linphone_udp "linphonec over UDP stays registered, is called"
each_client linphone_tcp "linphonec over TCP stays registered, is called"
