#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# On the core's side, REGISTERs that a proxy has relayed come by as well as a phone's own.
# Claim: the guard lets pass what a proxy has relayed: two Vias, however they are written, a Path, a
# P-Visited-Network-ID, or a source that is a target; each reason is counted by its name.
# And not: one Via, with commas in quotes or in other headers, is a phone's own and is steered;
# "guard off" steers everything, guard on is the default.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

second="SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK-second"

# Each of these messages: a name, a script line's end, the reason to pass.
relayed=(
	"row|header \"Via: $second\"|guard-via"
	"row-far-below|header \"X-Long: $(printf '%0500d' 0)\" header \"Via: $second\"|guard-via"
	"comma|via-more \", $second\"|guard-via"
	"comma-bare|via-more \",$second\"|guard-via"
	"compact|header \"v: $second\"|guard-via"
	"compact-comma|without Via header \"v: $second, $second\"|guard-via"
	"odd-case|header \"vIA : $second\"|guard-via"
	"folded-row|header \"Via:\\r\\n $second\"|guard-via"
	"folded-comma|via-more \"\\r\\n\\t,\\r\\n $second\"|guard-via"
	"after-quotes|via-more \";x=\\\"a,b\\\", $second\"|guard-via"
	"path|header \"Path: <sip:pcscf.example;lr>\"|guard-path"
	"path-odd-case|header \"PATH:<sip:pcscf.example;lr>\"|guard-path"
	"visited|header \"P-Visited-Network-ID: other.example\"|guard-visited"
	"visited-odd-case|header \"p-visited-network-id : other.example\"|guard-visited"
	"via-wins|header \"Via: $second\" header \"Path: <sip:a>\"|guard-via"
)
own=(
	"plain|"
	"quoted-comma|via-params \";x=\\\"a, SIP/2.0/UDP b\\\"\""
	"compact|without Via header \"v: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK-compact\""
	"folded|without Via header \"Via:\\r\\n SIP/2.0/UDP\\r\\n 192.0.2.9:5060\\r\\n ;branch=z9hG4bK-folded\""
	"supported-path|header \"Supported: path\" header \"Require: path\""
	"pathological|header \"Pathological: yes\" header \"X-Via: $second\" header \"X-Path: a\""
	"in-contact|header \"Contact: <sip:a@b>, <sip:c@d?Via=$second>\""
	"in-body|header \"\\r\\nVia: $second\\r\\nPath: a\""
)

guarded() {
	local item name options reason
	declare -A reasons=()
	counters_mark
	steer
	for item in "${relayed[@]}"; do
		IFS='|' read -r name options reason <<<"$item"
		echo "msg $name REGISTER from ue $options"
		echo "send ue $SCSCF 5054 $name"
		echo "recv scscf $name from $UE $UE_PORT"
		reasons[$reason]=$((${reasons[$reason]:-0} + 1))
	done >"$tmp/script"
	echo "quiet pcscf" >>"$tmp/script"
	talk <"$tmp/script"
	counted guard-via "${reasons[guard-via]}" guard-path "${reasons[guard-path]}" \
		guard-visited "${reasons[guard-visited]}"
}

not_guarded() {
	local item name options
	counters_mark
	steer
	for item in "${own[@]}"; do
		IFS='|' read -r name options <<<"$item"
		echo "msg $name REGISTER from ue $options"
		echo "send ue $SCSCF 5054 $name"
		echo "recv pcscf $name from $UE $UE_PORT"
	done >"$tmp/script"
	echo "quiet scscf" >>"$tmp/script"
	talk <"$tmp/script"
	counted steered ${#own[@]} transaction-new ${#own[@]}
}

# The second phone's address is a target of another mapping.
target_as_source() {
	counters_mark
	steer
	sipsteer -n "$MAP_NS" add "$S2_AT" to "${S_AT/"$SCSCF"/$UE2}"
	talk <<-END
		udp target $UE_NS $UE2 $UE_PORT
		msg own REGISTER from target
		send target $SCSCF 5054 own
		recv scscf own from $UE2 $UE_PORT
		msg stray REGISTER from ue
		send ue $SCSCF 5054 stray
		recv pcscf stray from $UE $UE_PORT
		quiet pcscf scscf
	END
	counted guard-target 1 steered 1 transaction-new 1
}

guard_off() {
	local item name options count=0
	counters_mark
	steer guard off
	sipsteer -n "$MAP_NS" add "$S2_AT" to "${S_AT/"$SCSCF"/$UE2}"
	for item in "${relayed[@]}"; do
		IFS='|' read -r name options _ <<<"$item"
		echo "msg $name REGISTER from ue $options branch z9hG4bK-off-$name"
		echo "send ue $SCSCF 5054 $name"
		echo "recv pcscf $name from $UE $UE_PORT"
		((++count))
	done >"$tmp/script"
	cat >>"$tmp/script" <<-END
		udp target $UE_NS $UE2 $UE_PORT
		msg target REGISTER from target
		send target $SCSCF 5054 target
		recv pcscf target from $UE2 $UE_PORT
		quiet scscf
	END
	talk <"$tmp/script"
	counted steered $((count + 1)) transaction-new $((count + 1))
}

each_family guarded "what a proxy relayed passes"
each_family not_guarded "a phone's own is steered"
each_family target_as_source "what comes from a target passes"
each_family guard_off "without the guard all is steered"
run_tests
