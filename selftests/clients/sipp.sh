# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# SIPp, as a phone: sipp-phone.xml registers, sipp-phone-called.xml answers.

# sipp_phone MODE: SIPp's transport mode.
sipp_phone() {
	start sipp -sf "$clients/sipp-phone.xml" -oocsf "$clients/sipp-phone-called.xml" \
		-t "$1" -i "$UE" -p "$UE_PORT" -s "$user" -au "$user" -ap wonderland -m 1 "$S_AT"
	session
}

sipp_udp() {
	misdirect udp sipp
	sipp_phone u1
}

sipp_tcp() {
	misdirect tcp sipp
	sipp_phone t1
}

each_client sipp_udp "SIPp over UDP stays registered, is called"
each_client sipp_tcp "SIPp over TCP stays registered, is called"
