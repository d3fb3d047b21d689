#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Claim: whatever messages come, from several sockets at once, each is answered in good form, who has
# no privilege is refused, and the table that they leave can be read and emptied.
# And not: nothing remains, and the kernel does not complain.
#
# SIPSTEER_FUZZ_*: as in fuzz_packets.sh.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

SEED=${SIPSTEER_FUZZ_SEED:-1}

one_host() {
	netns_add "$GW_NS"
	ip -n "$GW_NS" link add ue type dummy
}

fuzz() {
	echo "SEED=$SEED"
	fuzz-netlink "$GW_NS" "${SIPSTEER_FUZZ_SECONDS:-8}" "$SEED" \
		${SIPSTEER_FUZZ_KCOV:+"$SIPSTEER_FUZZ_KCOV"}
}

network=one_host
once fuzz "random messages, seed $SEED"
run_tests
