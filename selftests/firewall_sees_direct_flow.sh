#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# A firewall with connection tracking lets phones talk to the P-CSCF, and nothing else.
# Claim: it sees the steered flow as one between phone and P-CSCF, in both directions: a rule for
# the S-CSCF's address is not needed.
# And not: what is not steered stays forbidden.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

firewall_sees_direct_flow() {
	local ip=ip
	[[ $FAMILY == ipv6 ]] && ip=ip6
	in_ns "$GW_NS" nft -f - <<-END
		table inet firewall {
			chain forward {
				type filter hook forward priority filter; policy drop
				ct state established accept
				ct state new iifname ue $ip daddr $PCSCF udp dport 5060 accept
			}
		}
	END
	counters_mark
	steer
	talk <<-END
		msg stray REGISTER from ue route $SCSCF 5054
		send ue $SCSCF 5054 stray
		recv pcscf stray from $SEEN $UE_PORT
		respond pcscf 401 stray-401
		recv ue stray-401 from $SCSCF 5054

		msg options OPTIONS from ue
		send ue $SCSCF 5054 options
		barrier ue pcscf
		quiet scscf
	END
	in_ns "$GW_NS" nft delete table inet firewall
	counted steered 1 transaction-new 1 restored 1 method 1
}

each_case firewall_sees_direct_flow "only the direct flow is allowed"
run_tests
