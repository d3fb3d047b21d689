# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Kamailio as a P-CSCF or an S-CSCF, for scripts that have sourced lib.sh. It takes seconds to start:
# once for a whole script.

cscfs=()

need_kamailio() {
	command -v kamailio >/dev/null || skip_all "no kamailio"
}

# kamailio_start NAME NETNS CONFIG OPTION...: it ends with this script, whatever becomes of that.
kamailio_start() {
	local name=$1 netns=$2 config=$3
	shift 3
	mkdir "$tmp/$name"
	setpriv --pdeathsig KILL nsenter --net="/run/netns/$netns" \
		kamailio -DD -E -m 8 -M 2 -Y "$tmp/$name" -P "$tmp/$name/pid" -f "$config" "$@" \
		>"$tmp/$name.log" 2>&1 </dev/null &
	cscfs+=($!)
}

# kamailio_listens NETNS u|t PORT [NUMBER]: over UDP or TCP, for both families, or at so many addresses.
kamailio_listens() {
	busywait 30 kamailio_bound "$@" || fail "no Kamailio: $(tail -n 5 "$tmp"/*.log)"
}

kamailio_bound() {
	(($(in_ns "$1" ss -Hln"$2" "sport = :$3" | wc -l) == ${4:-2}))
}

# A test, the last one: nobody is there any more who could hold on to a network namespace.
kamailio_ends() {
	kill "${cscfs[@]}"
	busywait 30 kamailio_gone
}

# They are no children of a test's subshell, and cannot be waited for there.
kamailio_gone() {
	! kill -0 "${cscfs[@]}" 2>/dev/null
}
