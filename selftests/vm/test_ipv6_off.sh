#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# A kernel that runs without IPv6 (ipv6.disable=1), which has none of what IPv6 needs to be reached.
# Claim: the module loads; what is asked for in IPv6 is refused with a sentence that says why.
# And not: IPv4 works as ever, and the module can be unloaded.
#
# Usage: test_ipv6_off.sh [KERNEL]...	(default: 6.1 and 6.12)

set -u -o pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P) || exit 1
top=$(cd "$here/../.." && pwd -P) || exit 1

# Runs in the machine.
in_guest() {
	local number=0 failed=0 said status

	# check NAME STATUS TEXT COMMAND...: COMMAND ends so, and says so, in just these words or
	# with these among them.
	check() {
		local name=$1 expected=$2 text=$3
		shift 3
		((++number))
		said=$("$@" 2>&1)
		status=$?
		if ((status == expected)) && [[ $said == *"$text"* ]]; then
			echo "ok $number - $name"
		else
			((++failed))
			echo "# $*: status $status: ${said//$'\n'/$'\n# '}"
			echo "not ok $number - $name"
		fi
	}
	refused() {
		local name=$1
		shift
		check "$name" 2 "this kernel runs without IPv6" sipsteer "$@"
	}

	PATH=$PATH:$PWD/userspace-ctl:$PWD/selftests/tools
	echo "TAP version 13"
	check "this kernel has no IPv6 addresses" 1 "" test -e /proc/net/if_inet6
	check "the module loads" 0 "" modprobe nf_sipsteer
	refused "add" add '[2001:db8:a::5]:5054' to '[2001:db8:cb::1]:5060'
	refused "replace" replace '[2001:db8:a::5]:5054' to '[2001:db8:cb::1]:5060'
	refused "del" del '[2001:db8:a::5]:5054'
	refused "exempt add" exempt add 2001:db8::/32
	refused "exempt del" exempt del 2001:db8::/32
	refused "test" test --from '[2001:db8:1::2]:5060' --to '[2001:db8:a::5]:5054'
	refused "test of what is sent here" \
		test --local --from '[2001:db8:1::2]:5060' --to '[2001:db8:a::5]:5054'
	check "nothing was added" 0 "" test -z "$(sipsteer show)$(sipsteer exempt show)"

	ip link add eth9 type dummy
	ip address add 192.0.2.2/24 dev eth9
	ip link set eth9 up
	ip route add default via 192.0.2.1
	check "an IPv4 mapping is added" 0 "" sipsteer add 10.0.0.5:5054 to 203.0.113.1:5060
	check "an IPv4 exempt is added" 0 "" sipsteer exempt add 198.51.100.0/24
	check "only IPv4 packets come by" 0 "ipv4" bash -c 'sipsteer stats | grep "^hooks.*ipv4$"'
	check "IPv4 is steered" 0 "steer to 203.0.113.1:5060" \
		sipsteer test --local --from 192.0.2.2:5060 --to 10.0.0.5:5054
	siptalk -e "udp ue - 192.0.2.2 5060" -e "msg stray REGISTER from ue" \
		-e "send ue 10.0.0.5 5054 stray"
	check "and so it is when sent" 0 "steered 1 " bash -c 'sipsteer stats | tr -s " \n" " "'
	check "a flush" 0 "" sipsteer flush
	check "the module can be unloaded" 0 "" rmmod nf_sipsteer
	echo "1..$number"
	return $((failed > 0))
}

if [[ ${1-} == --in-guest ]]; then
	in_guest
	exit
fi
if ! "$here/run" --help | grep -q -- ' --append '; then
	echo "1..0 # SKIP the virtual machine takes no kernel arguments"
	exit 4
fi
(($#)) || set -- 6.1 6.12
cd "$top" || exit 1
number=0 failed=0
echo "TAP version 13"
echo "1..$#"
for kernel; do
	((++number))
	if "$here/run" --kernel "$kernel" --append ipv6.disable=1 --timeout 300 -- \
		selftests/vm/test_ipv6_off.sh --in-guest | sed 's/^/  /'; then
		echo "ok $number - kernel $kernel"
	else
		((++failed))
		echo "not ok $number - kernel $kernel"
	fi
done
exit $((failed > 0))
