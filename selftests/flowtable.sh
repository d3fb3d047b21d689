#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# A gateway offloads established connections to an nft flowtable, whose packets go past netfilter.
# Claim: requests are steered all the same, as they are not of the connection that was offloaded;
# their answers go past the module, which doctor calls an error; with the rule that doctor offers,
# which keeps the P-CSCF's port out of the flowtable, all is well and doctor has nothing to say; the
# same with what OpenWrt's package does to the rule of OpenWrt's firewall.
# And not: an answer that went past is not counted as restored.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# offload [TABLE]: two devices are enough, between phone and P-CSCF.
offload() {
	local table=${1:-fast}
	in_ns "$GW_NS" nft -f - <<-END || skip "no flowtables in this kernel"
		table inet $table
		delete table inet $table
		table inet $table {
			flowtable f { hook ingress priority 0; devices = { ue, pcscf }; }
			chain forward {
				type filter hook forward priority filter
				meta l4proto { tcp, udp } flow add @f
			}
			chain past {
				type filter hook forward priority filter + 1
				udp sport 5060 counter
			}
		}
	END
}

doctor_blames() {
	sipsteer -n "$GW_NS" doctor >"$tmp/doctor" || true
	grep '^error: offload' "$tmp/doctor"
}

# The line is for who knows the rule's other conditions; this rule has none.
cure() {
	sed -n 's/.*\(nft replace rule .*\)/\1/p' "$tmp/doctor" >"$tmp/cure"
	[[ $(wc -l <"$tmp/cure") == 1 ]] || fail "not one cure: $(<"$tmp/doctor")"
	in_ns "$GW_NS" bash "$tmp/cure"
}

# With its answer a connection is known to both sides; from then on it is offloaded: the answer is
# the last packet that the chain sees.
direct() {
	cat <<-END
		msg direct REGISTER from ue
		send ue $PCSCF 5060 direct
		recv pcscf direct from $UE $UE_PORT
		respond pcscf 401 direct-401
		recv ue direct-401 from $PCSCF 5060
		msg again REGISTER from ue cseq 2
		send ue $PCSCF 5060 again
		recv pcscf again from $UE $UE_PORT
		respond pcscf 401 again-401
		recv ue again-401 from $PCSCF 5060
	END
}

stray() {
	cat <<-END
		msg stray REGISTER from ue route $SCSCF 5054 cseq 3
		send ue $SCSCF 5054 stray
		recv pcscf stray from $UE $UE_PORT
		respond pcscf 401 stray-401
		recv ue stray-401 from $1
		quiet ue scscf
	END
}

# passed N [TABLE]: so many answers did not go past the chain
passed() { in_ns "$GW_NS" nft list chain inet "${2:-fast}" past | grep -q "packets $1 "; }

goes_past() {
	counters_mark
	offload
	steer
	talk <<-END
		$(direct)
		$(stray "$PCSCF 5060")
	END
	passed 1 || fail "not offloaded"
	counted steered 1 transaction-new 1 reply-no-transaction 1
	doctor_blames
}

cured() {
	counters_mark
	offload
	steer
	doctor_blames
	cure
	talk <<-END
		$(direct)
		$(stray "$SCSCF 5054")
	END
	passed 3 || fail "still offloaded"
	counted steered 1 transaction-new 1 restored 1 reply-no-transaction 2
	! doctor_blames
}

by_openwrt() {
	local keep=$here/../packaging/openwrt/sipsteer/files/keep-from-offload
	[[ -x $keep ]] || skip "no package for OpenWrt here"
	in_ns "$GW_NS" nft delete table inet fast
	counters_mark
	offload fw4
	steer
	sipsteer -n "$GW_NS" add "$S2_AT" to "${P2_AT%:*}:5062" comment "to x:7"
	doctor_blames
	in_ns "$GW_NS" busybox ash "$keep"
	in_ns "$GW_NS" busybox ash "$keep"
	if doctor_blames; then fail "still offloaded, says doctor"; fi
	talk <<-END
		$(direct)
		$(stray "$SCSCF 5054")
	END
	passed 3 fw4 || fail "still offloaded"
	counted steered 1 transaction-new 1 restored 1 reply-no-transaction 2
	sipsteer -n "$GW_NS" flush mappings
	in_ns "$GW_NS" busybox ash "$keep"
	in_ns "$GW_NS" nft list chain inet fw4 forward | grep -q 'l4proto { tcp, udp } flow add @f$'
	in_ns "$GW_NS" nft delete table inet fw4
	offload
}

# Already the acknowledgement comes from the P-CSCF, which the phone knows no connection with.
tcp_goes_past() {
	offload
	steer from "$UE"
	talk_tcp <<-END
		connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept core pcscf from $UE $UE_PORT
		msg stray REGISTER from ue route $SCSCF 5054
		send ue stray
		recv core stray
		error core ECONNRESET
	END
}

tcp_cured() {
	offload
	steer from "$UE"
	doctor_blames
	cure
	talk_tcp <<-END
		connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054
		accept core pcscf from $UE $UE_PORT
		$(exchange ue core stray)
		$(exchange ue core again)
		quiet pcscf scscf ue core
	END
}

each_family goes_past "an answer goes past the module"
each_family cured "with doctor's cure it does not"
each_family by_openwrt "nor with what OpenWrt's package does"
each_family tcp_goes_past "a steered connection is lost"
each_family tcp_cured "with doctor's cure it is not"
run_tests
