# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests share: a network, a conversation on it, and KTAP.
#
#                                              .-- pcscf  the P-CSCF's host
#     ue ------------------- gw ---------------|
#     the phone              the gateway       '-- scscf  the S-CSCF's host
#
# Each host is a network namespace of a name of its own ($UE_NS ...), IPv4 and IPv6 throughout.
# A test is a function that plays a script of siptalk and fails as soon as a command does. It is
# run once, or for each family, each placement of the mapping and with and without masquerade:
#
#     each_case FUNCTION CLAIM	run it for all of these; see use_case() for what it may use
#     each_family FUNCTION CLAIM	run it for both families, on the gateway
#     once FUNCTION CLAIM	run it once
#     run_tests			run all that was asked for
#
# Environment: VERBOSE=1 shows what tests that pass print, too, VERBOSE=2 each command.
# SIPSTEER_SABOTAGE=1 goes without the module, with a tool that does nothing: then every test of what
# they do must fail.

set -u -o pipefail
shopt -s lastpipe

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P) || exit
readonly KSFT_PASS=0 KSFT_FAIL=1 KSFT_SKIP=4

tmp=$(mktemp -d "${TMPDIR:-/tmp}/sipsteer-test.XXXXXX") || exit
loaded='' network_is_up=''
namespaces=()

# --- KTAP ---

jobs_wanted=() # "FUNCTION CASE CLAIM"
number=0 failed=0

skip_all() {
	echo "TAP version 13"
	echo "1..0 # SKIP $*"
	exit $KSFT_SKIP
}

# In a test: skip it.
skip() {
	echo "$*" >"$tmp/skip"
	exit $KSFT_SKIP
}

# In a test: fail it.
fail() {
	echo "$*"
	exit 1
}

# result STATUS NAME: report it, with what the test had to say where that helps.
result() {
	local verdict=ok directive=''
	((number++))
	if (($1 == KSFT_SKIP)); then
		directive=" # SKIP $(<"$tmp/skip")"
	elif (($1)); then
		verdict="not ok"
		((failed++))
	fi
	if [[ $verdict != ok || ${VERBOSE:-} ]]; then
		sed 's/^/# /; s/^\(.\{300\}\).*/\1.../' "$tmp/log"
	fi
	echo "$verdict $number - $2$directive"
}

# In a subshell, because only there can the first failing command end the test.
run_test() {
	local function=$1 name=$2 status
	(
		[[ ${VERBOSE:-0} -gt 1 ]] && set -x
		set -e
		"$function"
	) >"$tmp/log" 2>&1
	status=$?
	result $status "$name"
}

once() { jobs_wanted+=("$1|once|$2"); }

# [nats=plain] [families=ipv6] each_case FUNCTION CLAIM [PLACEMENT...]
each_case() {
	local function=$1 claim=$2 family place nat
	shift 2
	(($#)) || set -- handset gateway
	for nat in ${nats:-plain masq}; do
		for place; do
			for family in ${families:-ipv4 ipv6}; do
				jobs_wanted+=("$function|$family $place $nat|$claim")
			done
		done
	done
}

each_family() { nats=plain each_case "$1" "$2" gateway; }

run_tests() {
	local job function case claim
	trap 'exit 1' INT TERM
	trap 'at_exit' EXIT
	module_load
	echo "TAP version 13"
	echo "1..$((${#jobs_wanted[@]} + 1))"
	: >"$tmp/counted"
	# Not in a condition: there, errexit means nothing.
	set -e
	"${network:-network_up}" >"$tmp/log" 2>&1
	set +e
	network_is_up=y
	for job in "${jobs_wanted[@]}"; do
		IFS='|' read -r function case claim <<<"$job"
		if [[ $case == once ]]; then
			run_test "$function" "$claim"
		else
			# shellcheck disable=SC2086 # three words
			use_case $case
			run_test "$function" "$case: $claim"
		fi
		forget
	done
	: >"$tmp/log"
	tear_down >"$tmp/log" 2>&1
	result $? "nothing is left behind"
	trap - EXIT
	rm -rf "$tmp"
	exit $((failed ? KSFT_FAIL : KSFT_PASS))
}

at_exit() {
	local status=$?
	set +e
	if [[ -e $tmp/counted && ! $network_is_up ]]; then
		sed 's/^/# /' "$tmp/log"
		echo "Bail out! the network does not come up"
	fi
	tear_down
	rm -rf "$tmp"
	exit "$status"
}

# --- the module and the tools ---

find_tools() {
	local dir
	for dir in "$here/tools" "$here/../userspace-ctl" "$here"; do
		PATH=$PATH:$dir
	done
	command -v siptalk >/dev/null || make -s -C "$here" tools >&2 || skip_all "siptalk is not built"
	if [[ ${SIPSTEER_SABOTAGE:-} ]]; then
		mkdir "$tmp/bin"
		PATH=$tmp/bin:$PATH
		ln -s "$(type -P true)" "$tmp/bin/sipsteer"
		export SIPTALK_PATIENCE=${SIPTALK_PATIENCE:-300}
	fi
	command -v sipsteer >/dev/null || skip_all "no sipsteer tool"
}

module_load() {
	((UID == 0)) || skip_all "needs root"
	find_tools
	[[ -d /sys/module/nf_sipsteer || ${SIPSTEER_SABOTAGE:-} ]] && return
	modprobe nf_sipsteer 2>/dev/null || skip_all "no module nf_sipsteer"
	loaded=y
}

# busywait SECONDS COMMAND...: true as soon as COMMAND is.
busywait() {
	local deadline=$((SECONDS + $1 + 1))
	shift
	until "$@"; do
		((SECONDS < deadline)) || return
		read -rt 0.02 <> <(:) || true
	done
}

# ip netns exec mounts a /sys besides: too slow for here.
in_ns() {
	local ns=$1
	shift
	nsenter --net="/run/netns/$ns" "$@"
}

# commands_of PAGE PREFIX: each block of commands on a page of the documentation becomes a script, called
# by its name or its number.
commands_of() {
	awk -v file="$2." '
		/^\.\. code-block:: sh$/ { name = ++number; inside = 1; next }
		/^[^ ]/ { inside = 0 }
		inside && $1 == ":name:" { name = $2; next }
		inside { print > (file name) }' "$1"
}

# --- the network ---

UE_NS=ue-$$ GW_NS=gw-$$ P_NS=pcscf-$$ S_NS=scscf-$$

declare -A ADDRESS=(
	[ipv4 ue]=192.0.2.2 [ipv6 ue]=2001:db8:1::2
	[ipv4 ue2]=192.0.2.3 [ipv6 ue2]=2001:db8:1::3
	[ipv4 gw_ue]=192.0.2.1 [ipv6 gw_ue]=2001:db8:1::1
	[ipv4 pcscf]=203.0.113.1 [ipv6 pcscf]=2001:db8:cb::1
	[ipv4 pcscf2]=203.0.113.2 [ipv6 pcscf2]=2001:db8:cb::2
	[ipv4 gw_p]=203.0.113.254 [ipv6 gw_p]=2001:db8:cb::fe
	[ipv4 scscf]=10.0.0.5 [ipv6 scscf]=2001:db8:a::5
	[ipv4 scscf2]=10.0.0.6 [ipv6 scscf2]=2001:db8:a::6
	[ipv4 core_pcscf]=10.0.0.7 [ipv6 core_pcscf]=2001:db8:a::7
	[ipv4 gw_s]=10.0.0.254 [ipv6 gw_s]=2001:db8:a::fe
)
# The S-CSCFs' prefix
declare -A PREFIXES=([ipv4]=10.0.0.0/24 [ipv6]=2001:db8:a::/64)
declare -A ANY=([ipv4]=0.0.0.0/0 [ipv6]=::/0)
declare -A LENGTH=([ipv4]=24 [ipv6]=64)

# link NAME NETNS DEVICE: a cable from the gateway's port NAME.
link() {
	echo "link add $1 address 02:00:00:00:01:$4 netns $GW_NS type veth" \
		"peer name $3 address 02:00:00:00:02:$4 netns $2"
}

# host DEVICE GATEWAY ADDRESS...: commands for a host with one cable. Neighbours are known in
# advance: no packet waits for, or is lost to, their discovery.
host() {
	local device=$1 gateway=$2 number=$3 family name
	shift 3
	echo "link set lo up"
	echo "link set $device up"
	for family in ipv4 ipv6; do
		for name; do
			echo "address add ${ADDRESS[$family $name]}/${LENGTH[$family]}" \
				"dev $device $([[ $family == ipv6 ]] && echo nodad)"
		done
		echo "neigh add ${ADDRESS[$family $gateway]} dev $device" \
			"lladdr 02:00:00:00:01:$number"
		echo "route add default via ${ADDRESS[$family $gateway]}"
	done
}

# gateway DEVICE NUMBER OWN ADDRESS...: its side of a cable.
gateway() {
	local device=$1 number=$2 own=$3 family name
	shift 3
	echo "link set $device up"
	for family in ipv4 ipv6; do
		echo "address add ${ADDRESS[$family $own]}/${LENGTH[$family]}" \
			"dev $device $([[ $family == ipv6 ]] && echo nodad)"
		for name; do
			echo "neigh add ${ADDRESS[$family $name]} dev $device" \
				"lladdr 02:00:00:00:02:$number"
		done
	done
}

forwarding_on() {
	# shellcheck disable=SC2016 # not here
	in_ns "$1" bash -c '
		cd /proc/sys/net
		echo 1 >ipv4/ip_forward
		echo 1 >ipv6/conf/all/forwarding
		for file in ipv4/conf/*/rp_filter; do echo 0 >$file; done'
}

# For networks of tests with many ICMP errors. A limit of 0 would leave none to another kernel limit
# of IPv4, that of routes which lead nowhere.
errors_unlimited() {
	local ns
	for ns in "$UE_NS" "$GW_NS" "$P_NS"; do
		in_ns "$ns" sysctl -qw net.ipv4.icmp_ratemask=0 net.ipv6.icmp.ratelimit=0
	done
}

errors_network() {
	network_up
	errors_unlimited
}

netns_add() {
	local ns
	namespaces+=("$@")
	for ns; do
		echo "netns add $ns"
	done | ip -batch -
}

# Until packets get through: a device that has just come up loses some.
network_settles() {
	local family
	for family in ipv4 ipv6; do
		use_case $family gateway plain
		echo "udp ue-$family $UE_NS $UE 9"
		echo "udp pcscf-$family $P_NS $PCSCF 9"
		echo "udp scscf-$family $S_NS $SCSCF 9"
		echo "settle ue-$family pcscf-$family"
		echo "settle ue-$family scscf-$family"
	done | siptalk -
}

# The test's own function, if it has one in $network, calls this one.
network_up() {
	netns_add "$UE_NS" "$GW_NS" "$P_NS" "$S_NS"
	{
		link ue "$UE_NS" eth0 01
		link pcscf "$P_NS" eth0 02
		link scscf "$S_NS" eth0 03
	} | ip -batch -
	host eth0 gw_ue 01 ue ue2 | ip -n "$UE_NS" -batch -
	host eth0 gw_p 02 pcscf pcscf2 | ip -n "$P_NS" -batch -
	host eth0 gw_s 03 scscf scscf2 core_pcscf | ip -n "$S_NS" -batch -
	{
		echo "link set lo up"
		gateway ue 01 gw_ue ue ue2
		gateway pcscf 02 gw_p pcscf pcscf2
		gateway scscf 03 gw_s scscf scscf2 core_pcscf
	} | ip -n "$GW_NS" -batch -
	forwarding_on "$GW_NS"
	network_settles
}

# The same, where routers and the S-CSCF's host take source routes.
source_route_network() {
	local ns
	network_up
	for ns in "$GW_NS" "$S_NS"; do
		# shellcheck disable=SC2016 # not here
		in_ns "$ns" bash -c 'for file in /proc/sys/net/ipv4/conf/*/accept_source_route; do
			echo 1 >$file; done'
	done
}

# A connection tracker remembers what the case before did: each has a port of its own.
UE_PORT=5061
MASQ_NS='' NAT=plain

# use_case FAMILY PLACEMENT plain|masq: what a test may use.
#	$UE $UE2 $PCSCF $PCSCF2 $SCSCF $SCSCF2	addresses
#	$S_AT $S2_AT $P_AT $P2_AT		the same with their ports, as the tool wants them
#	$S_PREFIX $S_ANY			that of all S-CSCFs, and that of all addresses
#	$UE_PORT				the phone's port
#	$SEEN $SEEN_S				where the P-CSCF and the S-CSCF see the phone
#	$MAP_NS					where the mapping belongs
use_case() {
	local name open='' close=''
	FAMILY=$1 PLACE=$2 NAT=$3
	for name in ue ue2 pcscf pcscf2 scscf scscf2; do
		declare -g "${name^^}=${ADDRESS[$FAMILY $name]}"
	done
	[[ $FAMILY == ipv6 ]] && open='[' close=']'
	((++UE_PORT))
	SEEN=$UE SEEN_S=$UE
	P_HOST=$P_NS
	case $PLACE in
	handset) MAP_NS=$UE_NS ;;
	gateway) MAP_NS=$GW_NS ;;
	pcscf-host) MAP_NS=$P_NS ;;
	scscf-host | all-in-one) MAP_NS=$S_NS ;;
	esac
	if [[ $PLACE == all-in-one ]]; then
		PCSCF=${ADDRESS[$FAMILY core_pcscf]}
		P_HOST=$S_NS
	fi
	if [[ $NAT == masq ]]; then
		SEEN=${ADDRESS[$FAMILY gw_p]} SEEN_S=${ADDRESS[$FAMILY gw_s]}
		[[ $PLACE != all-in-one ]] || SEEN=$SEEN_S
	fi
	S_AT=$open$SCSCF$close:5054 S2_AT=$open$SCSCF2$close:5054
	P_AT=$open$PCSCF$close:5060 P2_AT=$open$PCSCF2$close:5060
	S_PREFIX=$open${PREFIXES[$FAMILY]/\//$close/}:5054
	S_ANY=$open${ANY[$FAMILY]/\//$close/}:5054
	set_masquerade
}

set_masquerade() {
	local want=''
	[[ $NAT == masq ]] && want=$GW_NS
	[[ $want == "$MASQ_NS" ]] && return
	if [[ $want ]]; then
		in_ns "$GW_NS" nft -f - <<-END
			table inet masq {
				chain post {
					type nat hook postrouting priority srcnat
					oifname { pcscf, scscf } masquerade
				}
			}
		END
	else
		in_ns "$GW_NS" nft delete table inet masq
	fi
	MASQ_NS=$want
}

# Nothing of this case may help or harm the next. What is remembered may stay: branches and ports
# are new in each case. What was counted is known only where it was read last, see counters_mark().
forget() {
	local ns file
	for ns in ${MAP_NS:-} ${CLEAN_NS:-}; do
		sipsteer -n "$ns" flush
	done >/dev/null 2>&1
	for file in "$tmp"/counters.*; do
		[[ $file == "$tmp/counters.$(<"$tmp/counted")" ]] || : >"$file"
	done
	: >"$tmp/counted"
}

ns_gone() { [[ ! -e /run/netns/$1 ]]; }

tear_down() {
	local ns status=0
	for ns in ${namespaces[@]+"${namespaces[@]}"}; do
		ns_gone "$ns" || echo "netns del $ns"
	done | ip -batch - || status=1
	for ns in ${namespaces[@]+"${namespaces[@]}"}; do
		ns_gone "$ns" || { echo "$ns is still there"; status=1; }
	done
	namespaces=()
	if [[ $loaded ]]; then
		busywait 5 module_unload || { echo "the module cannot be unloaded"; status=1; }
	fi
	return $status
}

module_unload() {
	[[ ! -d /sys/module/nf_sipsteer ]] || rmmod nf_sipsteer
}

# --- other networks ---

# The gateway's ports, or the phone's, become part of a VRF. Addresses and neighbours that this takes
# away are added again. Where the kernel has no VRF, all stays as it is: need_vrf says so in a test.
vrf_gateway() {
	local port
	ip -n "$GW_NS" link add vrf0 type vrf table 10 || return 0
	{
		echo "link set vrf0 up"
		for port in ue pcscf scscf; do
			echo "link set $port master vrf0"
		done
		gateway ue 01 gw_ue ue ue2
		gateway pcscf 02 gw_p pcscf pcscf2
		gateway scscf 03 gw_s scscf scscf2 core_pcscf
	} | ip -n "$GW_NS" -force -batch - || true
	vrf_settle
}

vrf_phone() {
	ip -n "$UE_NS" link add vrf0 type vrf table 10 || return 0
	{
		echo "link set vrf0 up"
		echo "link set eth0 master vrf0"
		host eth0 gw_ue 01 ue ue2 | sed 's/^route.*/& vrf vrf0/'
	} | ip -n "$UE_NS" -force -batch - || true
	vrf_settle device vrf0
}

vrf_settle() {
	siptalk - <<-END
		udp ue $UE_NS ${ADDRESS[ipv4 ue]} 9 $*
		udp pcscf $P_NS ${ADDRESS[ipv4 pcscf]} 9
		udp ue-ipv6 $UE_NS ${ADDRESS[ipv6 ue]} 9 $*
		udp pcscf-ipv6 $P_NS ${ADDRESS[ipv6 pcscf]} 9
		settle ue pcscf
		settle ue-ipv6 pcscf-ipv6
	END
}

need_vrf() {
	ip -n "$GW_NS" link show vrf0 >/dev/null 2>&1 || skip "no VRF in this kernel"
}

# The P-CSCF's host routes between the phones and the S-CSCF: ue --- gw --- pcscf --- scscf.
on_path_network() {
	network_up
	echo "link add core address 02:00:00:00:01:04 netns $P_NS type veth" \
		"peer name core address 02:00:00:00:02:04 netns $S_NS" | ip -batch -
	ip -n "$P_NS" -batch - <<-END
		link set core up
		route add ${ADDRESS[ipv4 scscf]}/32 dev core src ${ADDRESS[ipv4 pcscf]}
		route add ${ADDRESS[ipv6 scscf]}/128 dev core src ${ADDRESS[ipv6 pcscf]}
		neigh add ${ADDRESS[ipv4 scscf]} dev core lladdr 02:00:00:00:02:04
		neigh add ${ADDRESS[ipv6 scscf]} dev core lladdr 02:00:00:00:02:04
	END
	ip -n "$S_NS" -batch - <<-END
		link set core up
		route add ${ADDRESS[ipv4 pcscf]}/32 dev core src ${ADDRESS[ipv4 scscf]}
		route add ${ADDRESS[ipv6 pcscf]}/128 dev core src ${ADDRESS[ipv6 scscf]}
		neigh add ${ADDRESS[ipv4 pcscf]} dev core lladdr 02:00:00:00:01:04
		neigh add ${ADDRESS[ipv6 pcscf]} dev core lladdr 02:00:00:00:01:04
	END
	ip -n "$GW_NS" -batch - <<-END
		route add ${ADDRESS[ipv4 scscf]}/32 via ${ADDRESS[ipv4 pcscf]}
		route add ${ADDRESS[ipv6 scscf]}/128 via ${ADDRESS[ipv6 pcscf]}
	END
	forwarding_on "$P_NS"
	siptalk - <<-END
		udp ue $UE_NS ${ADDRESS[ipv4 ue]} 9
		udp scscf $S_NS ${ADDRESS[ipv4 scscf]} 9
		udp ue-ipv6 $UE_NS ${ADDRESS[ipv6 ue]} 9
		udp scscf-ipv6 $S_NS ${ADDRESS[ipv6 scscf]} 9
		settle ue scscf
		settle ue-ipv6 scscf-ipv6
	END
}
# --- conversations ---

# steer [OPTION...]: the mapping that nearly all tests have.
steer() {
	sipsteer -n "$MAP_NS" add "$S_AT" to "$P_AT" "$@"
}

# Play a script between a phone, a P-CSCF and an S-CSCF.
talk() {
	siptalk -e "udp ue $UE_NS $UE $UE_PORT" \
		-e "udp pcscf $P_HOST $PCSCF 5060" \
		-e "udp scscf $S_NS $SCSCF 5054" -
}

# lose NETNS HOOK PRIORITY RULE and lose_no_more NETNS: lines of a script, between which a host loses
# what the rule says, and has lost some.
lose() {
	echo "run nsenter --net=/run/netns/$1 nft 'add table inet lose;" \
		"add chain inet lose c { type filter hook $2 priority $3; };" \
		"add rule inet lose c $4 counter drop'"
}

# The first COUNT of it only: what is sent again arrives at once, however slow this machine is to
# end a loss, while TCP waits twice as long each time.
lose_first() { # COUNT NETNS HOOK PRIORITY RULE
	lose "$2" "$3" "$4" "$5 numgen inc mod 1000000 < $1"
}

lose_no_more() {
	echo "until nsenter --net=/run/netns/$1 nft list table inet lose |" \
		"grep -q 'counter packets [1-9]'"
	echo "run nsenter --net=/run/netns/$1 nft delete table inet lose"
}

# exchange CLIENT SERVER MESSAGE: lines of a script, in which a REGISTER is answered.
exchange() {
	cat <<-END
		msg $3 REGISTER from $1
		send $1 $3
		recv $2 $3
		respond $2 401 $3-401
		recv $1 $3-401
	END
}

# As talk(), with TCP; the phone's own connections are the script's. A gateway needs a reason to steer
# TCP: "steer from $UE" gives it one.
talk_tcp() {
	siptalk -e "listen pcscf $P_HOST $PCSCF 5060" -e "listen scscf $S_NS $SCSCF 5054" -
}

# --- counters ---

# counters NETNS NAME: read all that are not zero into the associative array NAME.
counters() {
	local name value
	local -n into=$2
	while read -r name value; do
		case $name in
		mappings | transactions | transaction-max | flows | flow-max | hooks) ;;
		*[!a-z0-9-]* | '') ;;
		*) [[ $value == 0 ]] || into["$name"]=$value ;;
		esac
	done < <(sipsteer -n "$1" stats)
}

# What is counted now. Where the test before ended by counting, that is known already.
counters_mark() {
	local ns=${1:-$MAP_NS}
	local -A now=()
	[[ -s $tmp/counters.$ns ]] && return
	counters "$ns" now
	declare -p now >"$tmp/counters.$ns"
}

# counters_are NETNS [NAME VALUE]...: these and no others changed since counters_mark.
counters_are() {
	local ns=$1 name wrong=''
	local -A before=() now=() expected=()
	shift
	while (($#)); do
		expected[$1]=$2
		shift 2
	done
	eval "$(<"$tmp/counters.$ns")"
	for name in "${!now[@]}"; do
		before[$name]=${now[$name]}
	done
	now=()
	counters "$ns" now
	for name in "${!now[@]}" "${!expected[@]}"; do
		(($((${now[$name]:-0} - ${before[$name]:-0})) == ${expected[$name]:-0})) ||
			wrong+=" $name: $((${now[$name]:-0} - ${before[$name]:-0})), not ${expected[$name]:-0};"
	done
	declare -p now >"$tmp/counters.$ns"
	echo "$ns" >"$tmp/counted"
	[[ ! $wrong ]] || fail "counted$wrong"
}

# counted_now NAME [NETNS]: by how much a counter has changed since counters_mark.
counted_now() {
	local ns=${2:-$MAP_NS} before
	local -A now=()
	eval "$(<"$tmp/counters.$ns")"
	before=${now[$1]:-0}
	now=()
	counters "$ns" now
	echo $((${now[$1]:-0} - before))
}

# counted [NAME VALUE]...: as above, in the mapping's namespace.
counted() { counters_are "$MAP_NS" "$@"; }

# How many segments a connection takes is the kernels' affair. So the cores' hosts count them, too, by
# the ports; and the module has to have counted as many. Each case has ports of its own, so those
# counters begin anew only when told to.
tcp_mark() {
	local ns
	counters_mark
	rm -f "$tmp"/segments.*
	[[ ${1:-} != anew ]] || rm -f "$tmp"/counts.*
	for ns in "$P_HOST" "$S_NS"; do
		[[ -e $tmp/counts.$ns ]] || count_segments "$ns"
	done
}

count_segments() {
	in_ns "$1" nft -f - <<-END
		add table inet segments
		delete table inet segments
		table inet segments {
			set in { type inet_service . inet_service; flags dynamic; counter; }
			set out { type inet_service . inet_service; flags dynamic; counter; }
			chain input {
				type filter hook input priority -500
				tcp dport { 5054, 5060 } add @in { tcp dport . tcp sport }
			}
			chain output {
				type filter hook output priority -500
				tcp sport { 5054, 5060 } add @out { tcp sport . tcp dport }
			}
		}
	END
	: >"$tmp/counts.$1"
}

# segments in|out 5060|5054 [PORT]: how many came to the P-CSCF or the S-CSCF from a port, by default
# the phone's, or went there, until tcp_over. PORT "any": from, or to, all ports.
segments() {
	local ns=$S_NS port=${3:-$UE_PORT}
	(($2 == 5054)) || ns=$P_HOST
	[[ -e $tmp/segments.$ns ]] || in_ns "$ns" nft list table inet segments >"$tmp/segments.$ns"
	awk -v RS='[{},]' -v way="$1" -v to="$2" -v port="$port" '
		$1 == "set" { wanted = $2 == way }
		wanted && $1 == to && (port == "any" || $3 == port) { sum += $6 }
		END { print sum + 0 }' "$tmp/segments.$ns"
}

no_connections() {
	local ns
	for ns in "$UE_NS" "$P_HOST" "$S_NS"; do
		# All but those that listen, or wait for what may still come.
		in_ns "$ns" cat /proc/net/tcp /proc/net/tcp6 |
			awk '$4 ~ /^[0-9A-F][0-9A-F]$/ && $4 !~ /0A|06/ { exit 1 }' || return
	done
}

# Wait until all connections have ended, so that not one segment more is on its way.
tcp_over() {
	busywait 5 no_connections || fail "a connection has not ended"
	rm -f "$tmp"/segments.*
}

# counted_tcp [NAME VALUE]...: as "counted"; besides, every segment that the P-CSCF's host saw was
# steered or restored.
counted_tcp() {
	tcp_over
	counted tcp-steered "$(segments in 5060)" tcp-restored "$(segments out 5060)" "$@"
}

# counted_passed NAME [NAME VALUE]...: as "counted"; besides, the first segment that the S-CSCF saw
# passed as NAME, and all others because of that.
counted_passed() {
	local name=$1
	shift
	tcp_over
	counted "$name" 1 tcp-unknown $(($(segments in 5054) - 1)) "$@"
}

# flow_is STATE [PORT]: a line of a script, which waits for that; STATE "none": it is not known.
flow_is() {
	local flow="sipsteer -n $MAP_NS flows | grep -q '^[^ ]*:${2:-$UE_PORT} "
	if [[ $1 == none ]]; then
		echo "until ! $flow'"
	else
		echo "until $flow.* $1 '"
	fi
}
