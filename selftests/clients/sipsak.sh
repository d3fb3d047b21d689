# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# sipsak (IPv4 alone) registers and leaves; a second run is the refresh. It answers nobody (its calls to itself,
# -I, end in a segmentation fault on Debian 12): over UDP, SIPp waits at the address and port that
# it registered from. Over TCP the connection leaves with it, and nobody can be reached.

# sipsak_registers OPTION...
sipsak_registers() {
	local before
	before=$(registrations)
	in_ns "$UE_NS" timeout "$patience" sipsak -vvv -U -i -E "$transport" -H "$UE" -k "$UE" "$@" \
		-s "sip:$user@$S_AT" -u "$user" -a wonderland -x 600 \
		>"$tmp/phone.log" 2>&1 </dev/null || give_up "sipsak is not content"
	registered_more_than "$before" || give_up "no registration"
}

sipsak_udp() {
	misdirect udp sipsak
	sipsak_registers -S -l "$UE_PORT"
	sipsak_registers -S -l "$UE_PORT"
	start sipp -sf "$clients/sipp-phone-called.xml" -i "$UE" -p "$UE_PORT"
	called OPTIONS
	called INVITE
	steered_all
}

sipsak_tcp() {
	misdirect tcp sipsak
	sipsak_registers
	sipsak_registers
	steered_all
}

families=ipv4 each_client sipsak_udp "sipsak over UDP stays registered, its address is called"
families=ipv4 each_client sipsak_tcp "sipsak over TCP registers, and refreshes that"
