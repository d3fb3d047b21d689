#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Claim: after steering and restoring, the UDP checksum is as right, as absent or as wrong as it
# was: absent (zero) stays zero, one that the sender's card would fill in is filled in, and one
# that is wrong stays wrong, by the same difference, so that its receiver drops it.
# And not: what is wrong is never made right.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

absent() {
	counters_mark
	steer
	siptalk - <<-END
		udp ue $UE_NS $UE $UE_PORT nocheck
		udp pcscf $P_HOST $PCSCF 5060 nocheck
		sniff core $P_HOST eth0
		sniff phone $UE_NS eth0
		msg stray REGISTER from ue route $SCSCF 5054
		send ue $SCSCF 5054 stray
		wire core $SEEN $UE_PORT to $PCSCF 5060 stray sum zero
		recv pcscf stray from $SEEN $UE_PORT
		respond pcscf 401 stray-401
		$(wire_at_phone sum zero)
		recv ue stray-401 from $SCSCF 5054
	END
	counted steered 1 transaction-new 1 restored 1
}

# wire_at_phone [sum SUM]: what the P-CSCF answered, as it arrives at the phone's cable. On the
# handset, it is restored later.
wire_at_phone() {
	local from="$SCSCF 5054"
	[[ $PLACE == handset ]] && from="$PCSCF 5060"
	echo "wire phone $from to $UE $UE_PORT stray-401 $*"
}

full() {
	counters_mark
	steer
	talk <<-END
		raw phone-raw $UE_NS $UE $UE_PORT
		raw pcscf-raw $P_HOST $PCSCF 5060
		sniff core $P_HOST eth0
		sniff phone $UE_NS eth0
		msg stray REGISTER from ue
		inject phone-raw $SCSCF 5054 stray sum good
		wire core $SEEN $UE_PORT to $PCSCF 5060 stray sum good
		recv pcscf stray from $SEEN $UE_PORT
		respond pcscf 401 stray-401
		$(wire_at_phone)
		recv ue stray-401 from $SCSCF 5054
		inject pcscf-raw $SEEN $UE_PORT stray-401 sum good
		$(wire_at_phone sum good)
		recv ue stray-401 from $SCSCF 5054
	END
	counted steered 1 transaction-new 1 restored 2
}

# As the kernel's own sockets send on a device that computes checksums, veth for one.
left_to_the_card() {
	counters_mark
	steer
	talk <<-END
		sniff core $P_HOST eth0
		sniff phone $UE_NS eth0
		msg stray REGISTER from ue
		send ue $SCSCF 5054 stray
		wire core $SEEN $UE_PORT to $PCSCF 5060 stray sum partial
		recv pcscf stray from $SEEN $UE_PORT
		respond pcscf 401 stray-401
		$(wire_at_phone sum partial)
		recv ue stray-401 from $SCSCF 5054
	END
	counted steered 1 transaction-new 1 restored 1
}

wrong() {
	counters_mark
	steer
	talk <<-END
		raw phone-raw $UE_NS $UE $UE_PORT
		raw pcscf-raw $P_HOST $PCSCF 5060
		sniff core $P_HOST eth0
		sniff phone $UE_NS eth0
		msg stray REGISTER from ue
		inject phone-raw $SCSCF 5054 stray sum bad
		wire core $SEEN $UE_PORT to $PCSCF 5060 stray sum bad
		barrier ue pcscf

		send ue $SCSCF 5054 stray
		recv pcscf stray from $SEEN $UE_PORT
		respond pcscf 401 stray-401
		recv ue stray-401 from $SCSCF 5054
		$(wire_at_phone)
		inject pcscf-raw $SEEN $UE_PORT stray-401 sum bad
		$(wire_at_phone sum bad)
		barrier pcscf ue to $SEEN $UE_PORT
	END
}

each_case absent "no checksum stays none"
each_case full "a whole checksum stays right"
each_case left_to_the_card "a checksum left to the card stays right"
# A NAT does not translate what has a wrong checksum.
nats=plain each_case wrong "a wrong checksum stays as wrong"
run_tests
