# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For tests of hosts in the core: Kamailio as the P-CSCF and as the S-CSCF, the demo's phone, and the
# recipes of Documentation/core-hosts.rst, each as it stands there.

. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
# shellcheck source-path=SCRIPTDIR/..
. "$here/clients/kamailio.sh"
need_kamailio

ims_ue=$here/../build/demo/ims-ue
page=$here/../Documentation/core-hosts.rst
[[ -x $ims_ue && -r $page ]] || skip_all "no phone, or no documentation (make check-core)"

# The addresses that the page has.
ADDRESS[ipv4 ue]=100.64.0.2
ADDRESS[ipv4 ue2]=100.64.0.3
ADDRESS[ipv4 gw_ue]=100.64.0.1

# core_up PLACE: where the recipes of this script belong, and the CSCFs are. The network is there.
core_up() {
	use_case ipv4 "$1" plain
	PCSCF=${ADDRESS[ipv4 pcscf]} P_AT=${ADDRESS[ipv4 pcscf]}:5060
	SCSCF=$S_AT kamailio_start pcscf "$P_HOST" "$here/demo/pcscf.cfg" -l "udp:$P_AT" -l "tcp:$P_AT"
	SCSCF=$S_AT kamailio_start scscf "$S_NS" "$here/demo/scscf.cfg" -l "udp:$S_AT" -l "tcp:$S_AT"
	kamailio_listens "$P_HOST" t 5060 1
	kamailio_listens "$S_NS" t 5054 1
	commands_of "$page" "$tmp/recipe"
	: >"$tmp/played"
}

# The mapping's host as it was before. What a redirection has begun would outlive it.
fresh_host() {
	sipsteer -n "$MAP_NS" restore /dev/null
	in_ns "$MAP_NS" nft flush ruleset
	in_ns "$MAP_NS" conntrack -F
}

# recipe NAME: the block of commands of that name.
recipe() {
	fresh_host
	cat "$tmp/recipe.$1"
	in_ns "$MAP_NS" bash -e "$tmp/recipe.$1"
	echo "$1" >>"$tmp/played"
}

# A test: what nobody has tried does not stay on the page. PREFIX: of its recipes' names.
all_played() {
	printf '%s\n' "$tmp/recipe.$prefix"* | sed 's/.*recipe\.//' | diff - <(sort -u "$tmp/played")
}

# phone WORDS [connected|tcp]: a user goes through the flow of the README, the bug included, and what the
# phone says at the end has these words in it. It has one socket, or, connected, one for each peer, whose
# answers the kernel compares; or is told to write to the S-CSCF by TCP.
phone() {
	local words=$1 options=()
	user=user$number
	case ${2:-} in
	connected) options=(--connected) ;;
	tcp) user+=-tcp ;;
	esac
	in_ns "$UE_NS" "$ims_ue" --t1 2000 --timer-f 10000 --user "$user" "${options[@]}" \
		"$UE:$((UE_PORT + number))" "$P_AT" >"$tmp/phone.log" || true
	cat "$tmp/phone.log"
	tail -n 2 "$tmp/phone.log" | grep -qF "$words" || fail "the phone does not say: $words"
}

# The last phone's REGISTERs, as often as they came to the P-CSCF; retransmissions do not count.
came() { grep -o "REGISTER [0-9]* of $user, .*" "$tmp/pcscf.log" | sort -u; }

came_71_times() { (($(came | wc -l) == 71)); }

# With a redirection, the first one goes in circles, until Max-Forwards is used up.
goes_in_circles() {
	phone "fell off the network"
	busywait 240 came_71_times || fail "it came $(came | wc -l) times"
}

# steered RECIPE WORDS [connected|tcp]: what a phone says with it. All of what the P-CSCF relays passes.
steered() {
	recipe "$1"
	shift
	phone "$@"
	came | grep -q 'Max-Forwards 70$' || fail "no REGISTER came"
	! came | grep -v 'Max-Forwards 70$' || fail "in circles"
}
