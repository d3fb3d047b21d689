#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Phone, P-CSCF and S-CSCF on one host, as on a developer's machine.
# Claim: a REGISTER is steered where it is sent, over the loopback device, and the answer restored,
# with the host's own addresses and with those of the loopback device.
# And not: what was judged when it was sent is not judged again when it arrives.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# on_host CLIENT P-CSCF S-CSCF [OPTION...]
on_host() {
	counters_mark "$S_NS"
	sipsteer -n "$S_NS" add "$(at "$3" 5054)" to "$(at "$2" 5060)" "${@:4}"
	siptalk - <<-END
		udp ue $S_NS $1 $UE_PORT connect $3 5054
		udp pcscf $S_NS $2 5060
		udp scscf $S_NS $3 5054
		msg stray REGISTER from ue
		send ue $3 5054 stray
		recv pcscf stray from $1 $UE_PORT
		respond pcscf 401 stray-401
		recv ue stray-401 from $3 5054
		msg options OPTIONS from ue
		send ue $3 5054 options
		recv scscf options from $1 $UE_PORT
		respond scscf 200 options-200
		recv ue options-200 from $3 5054
		quiet ue pcscf scscf
	END
	counters_are "$S_NS" steered 1 transaction-new 1 restored 1 method 1 loopback 1
}

at() {
	if [[ $1 == *:* ]]; then
		echo "[$1]:$2"
	else
		echo "$1:$2"
	fi
}

own_addresses() { on_host "$SCSCF2" "${ADDRESS[$FAMILY core_pcscf]}" "$SCSCF"; }
loopback_addresses() {
	if [[ $FAMILY == ipv4 ]]; then
		on_host 127.0.0.3 127.0.0.1 127.0.0.2
	else
		# There is but one: the phone's is the target's, too.
		on_host ::1 ::1 ::1 guard off
	fi
}

CLEAN_NS=$S_NS
each_family own_addresses "own addresses"
each_family loopback_addresses "addresses of the loopback device"
run_tests
