# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For tests of what is installed, in a guest of its own. The gateway is the guest itself, and what
# it steers is left there.

. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
tests=$here/packages

# Nothing but what the packages bring.
module_load() { PATH=$PATH:$here/tools; }

netns_add() {
	local ns
	namespaces+=("$@")
	ip netns attach "$GW_NS" 1
	for ns; do
		[[ $ns == "$GW_NS" ]] || echo "netns add $ns"
	done | ip -batch -
}

# of VERSION: the packages of that version, the module's last.
of() { echo "$SIPSTEER_PACKAGES/$1"/sipsteer{_*_*,-dkms_*_all}.deb; }

# built VERSION: DKMS has built and installed that one for this kernel, and no other.
built() {
	[[ $(dkms status sipsteer) == "sipsteer/$1, $(uname -r), "*": installed" ]]
	[[ $(modinfo -F filename nf_sipsteer) == /lib/modules/$(uname -r)/updates/dkms/* ]]
	[[ $(modinfo -F version nf_sipsteer) == "$1" ]]
}

loaded_version() { [[ $(</sys/module/nf_sipsteer/version) == "$1" ]]; }

none_failed() { ! systemctl --failed --plain --no-legend | grep .; }

as_configured() { sipsteer save - | diff - /etc/sipsteer.conf; }

# A registration over UDP and one over TCP, and what is none.
calls_flow() {
	local family
	for family in ipv4 ipv6; do
		use_case "$family" gateway plain
		talk <<-END
			msg stray REGISTER from ue route $SCSCF 5054
			send ue $SCSCF 5054 stray
			recv pcscf stray from $UE $UE_PORT
			respond pcscf 401 stray-401
			recv ue stray-401 from $SCSCF 5054
			msg call OPTIONS from ue
			send ue $SCSCF 5054 call
			recv scscf call
			quiet pcscf scscf
		END
		talk_tcp <<-END
			connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054
			accept core pcscf from $UE $UE_PORT
			$(exchange ue core again)
			quiet pcscf scscf ue core
		END
	done
}

# shellcheck disable=SC2016 # not here
sent() { in_ns "$UE_NS" awk '/^Udp: [0-9]/ { print $5 }' /proc/net/snmp; }
sent_more_than() { (($(sent) > $1)); }

# under_traffic WHERE FUNCTION [ARGUMENT]...: do that while REGISTERs, and their answers, arrive, each
# of them; WHERE: which of pcscf and scscf they may arrive at, and some have to.
under_traffic() {
	local where=$1 traffic before
	shift
	use_case ipv4 gateway plain
	# Of the traffic before.
	rm -f "$tmp/enough"
	before=$(sent)
	# What is built meanwhile shall have most of the processor.
	(
		renice -n 19 "$BASHPID"
		talk <<-END
			msg stray REGISTER from ue branch z9hG4bK-%%%%%%%%
			flood ue $SCSCF 5054 stray 100000000 until $tmp/enough answered at $where
		END
	) >"$tmp/traffic" 2>&1 &
	traffic=$!
	# It may have to wait for the processor, before and after.
	busywait 120 sent_more_than "$before" || fail "no traffic: $(<"$tmp/traffic")"
	"$@"
	busywait 120 sent_more_than $(($(sent) + 1)) || fail "no more traffic: $(<"$tmp/traffic")"
	: >"$tmp/enough"
	wait "$traffic" || fail "$(<"$tmp/traffic")"
	cat "$tmp/traffic"
	! grep " 0 at" "$tmp/traffic"
}
