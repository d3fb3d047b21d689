#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# "route hide" makes each header field Route of a steered REGISTER one that nobody knows, by the last
# letter of its name.
# Claim: it is found however it is written, several times in a message, and split over segments; the
# checksum stays as good, as absent or as wrong as it was; what TCP sends again is changed as before.
# And not: not one byte more; names that only look like it, continuation lines, bodies, requests with
# another method, and what comes from the target stay as they are.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Lines of a message; of each name in braces, the last letter is to change.
to="<sip:192.0.2.9;lr>"
forms=(
	"{Route}: $to"
	"{Route}: $to\r\n{Route}: $to\r\nX: a\r\n{Route}: $to"
	"{Route}: $to, $to,\r\n $to"
	"{ROUTE}: $to"
	"{route}:$to"
	"{rOuTe} \t: $to"
	"{Route}:\r\n $to"
	"{Route}:"
	"X: a\r\n{Route}: $to"
	"X: ab\r\n{Route}: $to"
	"Record-Route: $to\r\n{Route}: $to\r\nX-Route: $to"
	"$(printf '{Route}: %s\\r\\n' "$to"{,,,,,,,,,,,,,,,,,,,,})X: a"
)
others=(
	"Record-Route: $to"
	"X-Route: $to"
	"Service-Route: $to"
	"Route-Info: $to"
	"Routes: $to"
	"Rout: $to"
	"X: a\r\n Route: $to\r\n\tRoute: $to"
	"Subject: Route: $to"
	"Subject: \"\r\n Route: $to\""
)
body="v=0\r\nRoute: $to\r\n\r\nREGISTER sip:ims.example SIP/2.0\r\nRoute: $to\r\n\r\n"

# compose udp|tcp METHOD LINES [BODY]: $name of a message, and the lines of a script that have it as
# it is, and as it has to arrive: $name-hidden. $fields counts what is to be changed.
compose() {
	local text body=${4:-} braces=${3//[!\{]/}
	name=m$((++names))
	((fields += ${#braces})) || true
	text="$2 sip:ims.example SIP/2.0\r\n"
	text+="Via: SIP/2.0/${1^^} ${S_AT/"$SCSCF":5054/$UE}:$UE_PORT;branch=z9hG4bK-$name-$UE_PORT;rport\r\n"
	text+="Max-Forwards: 70\r\nFrom: <sip:alice@ims.example>;tag=$name\r\n"
	text+="To: <sip:alice@ims.example>\r\nCall-ID: $name-$UE_PORT\r\nCSeq: $names $2\r\n"
	text+="$3\r\nContent-Length: $(printf %b "$body" | wc -c)\r\n\r\n$body"
	text=${text//\"/\\\"}
	echo "msg $name text \"${text//[\{\}]/}\""
	echo "msg $name-hidden text \"${text//?\}/-}\"" | tr -d '{'
}
names=0 fields=0

# --- UDP ---

# over_udp METHOD LINES [BODY]: to the P-CSCF.
over_udp() {
	compose udp "$@"
	echo "send ue $SCSCF 5054 $name"
	echo "recv pcscf $name-hidden from $SEEN $UE_PORT"
}

udp_forms() {
	local lines
	counters_mark
	steer proto udp route hide
	for lines in "${forms[@]}"; do
		over_udp REGISTER "$lines"
	done >"$tmp/script"
	talk <"$tmp/script"
	counted steered ${#forms[@]} transaction-new ${#forms[@]} route-hidden "$fields"
}

udp_others() {
	local lines method
	counters_mark
	steer proto udp route hide methods any guard off
	{
		for lines in "${others[@]}"; do
			over_udp REGISTER "$lines"
		done
		over_udp REGISTER "X: a" "$body"
		for method in INVITE OPTIONS REGISTERS; do
			over_udp "$method" "Route: $to"
		done
	} >"$tmp/script"
	talk <"$tmp/script"
	counted steered "$names" transaction-new "$names"
}

# Nor does a mapping that does not hide change anything.
udp_kept() {
	counters_mark
	steer proto udp
	over_udp REGISTER "Route: $to" >"$tmp/script"
	talk <"$tmp/script"
	counted steered 1 transaction-new 1
}

# The P-CSCF's answer is restored, its own request let through, with whatever Route.
udp_from_target() {
	steer proto udp route hide
	{
		over_udp REGISTER "{Route}: $to"
		cat <<-END
			respond pcscf 401 answer
			recv ue answer from $SCSCF 5054
		END
		compose udp REGISTER "Route: $to"
		cat <<-END
			send pcscf $SEEN $UE_PORT $name
			recv ue $name from $PCSCF 5060
		END
	} >"$tmp/script"
	talk <"$tmp/script"
}

# The letter is the first byte of two in a checksum, or the second: "X: a" or "X: ab" is before it.
udp_checksums() {
	local lines sum
	counters_mark
	steer proto udp route hide
	cat >"$tmp/script" <<-END
		udp ue $UE_NS $UE $UE_PORT
		udp unchecked $UE_NS $UE $((UE_PORT + 1000)) nocheck
		raw phone $UE_NS $UE $UE_PORT
		udp pcscf $P_HOST $PCSCF 5060 nocheck
		sniff core $P_HOST eth0
	END
	{
		for lines in "X: a\r\n{Route}: $to" "X: ab\r\n{Route}: $to"; do
			compose udp REGISTER "$lines"
			for sum in good bad; do
				echo "inject phone $SCSCF 5054 $name sum $sum"
				echo "wire core $UE $UE_PORT to $PCSCF 5060 $name-hidden sum $sum"
			done
			echo "recv pcscf $name-hidden from $UE $UE_PORT"
			compose udp REGISTER "$lines"
			echo "send ue $SCSCF 5054 $name"
			echo "wire core $UE $UE_PORT to $PCSCF 5060 $name-hidden sum partial"
			echo "recv pcscf $name-hidden from $UE $UE_PORT"
			compose udp REGISTER "$lines"
			echo "send unchecked $SCSCF 5054 $name"
			echo "wire core $UE $((UE_PORT + 1000)) to $PCSCF 5060 $name-hidden sum zero"
			echo "recv pcscf $name-hidden from $UE $((UE_PORT + 1000))"
		done
		echo "quiet pcscf"
	} >>"$tmp/script"
	siptalk - <"$tmp/script"
	counted steered 8 transaction-new 6 transaction-refreshed 2 route-hidden 8
}

# --- TCP ---

# over_tcp PIECE METHOD LINES [BODY]: to the P-CSCF, in segments of so many bytes.
over_tcp() {
	local piece=$1
	shift
	compose tcp "$@"
	echo "send ue $name segments $piece"
	echo "recv core $name-hidden"
}

connected() {
	echo "connect ue $UE_NS $UE $UE_PORT to $SCSCF 5054"
	echo "accept core pcscf from $SEEN $UE_PORT"
}

tcp_forms() {
	local lines
	tcp_mark
	steer proto tcp from "$UE" route hide
	{
		connected
		for lines in "${forms[@]}"; do
			over_tcp 10000 REGISTER "$lines"
		done
		echo "quiet pcscf scscf"
	} >"$tmp/script"
	talk_tcp <"$tmp/script"
	counted_tcp flow-new 1 first-matched 1 route-hidden "$fields"
}

# Where the segments end, each letter of a name is the last one of some, and the first one.
tcp_pieces() {
	local piece
	tcp_mark
	steer proto tcp from "$UE" route hide
	{
		connected
		over_tcp 10000 REGISTER "X: a"
		for piece in 3 4 5 7; do
			over_tcp "$piece" REGISTER "X: a\r\n{Route}: $to\r\nX-Route: $to\r\n{ROUTE} : $to"
		done
		echo "quiet pcscf scscf"
	} >"$tmp/script"
	talk_tcp <"$tmp/script"
	counted_tcp flow-new 1 first-matched 1 route-hidden "$fields"
}

tcp_others() {
	local lines method
	tcp_mark
	steer proto tcp from "$UE" route hide
	{
		connected
		for lines in "${others[@]}"; do
			over_tcp 10000 REGISTER "$lines"
		done
		for method in INVITE OPTIONS REGISTERS; do
			over_tcp 10000 "$method" "Route: $to" "$body"
			over_tcp 50 "$method" "Route: $to" "$body"
		done
		cat <<-'END'
			msg keep-alive text "\r\n\r\n"
			send ue keep-alive
			recv core keep-alive
		END
		over_tcp 10000 REGISTER "{Route}: $to" "$body"
		compose tcp REGISTER "Route: $to"
		echo "send core $name"
		echo "recv ue $name"
		echo "quiet pcscf scscf"
	} >"$tmp/script"
	talk_tcp <"$tmp/script"
	counted_tcp flow-new 1 first-matched 1 route-hidden 1
}

# What the phone answers on that connection has to be followed, too, and lengths as they may be written.
tcp_answers() {
	local len
	len=$(printf %b "$body" | wc -c)
	tcp_mark
	steer proto tcp from "$UE" route hide
	{
		connected
		over_tcp 10000 REGISTER "{Route}: $to"
		cat <<-END
			msg answer text "SIP/2.0 200 OK\r\nRoute: $to\r\nl: 9\r\n\r\nRoute: x\n"
			msg terse text "SIP/2.0 200\r\nContent-Length:0\r\n\r\n"
			send ue answer
			recv core answer
			send ue answer segments 2
			recv core answer
			send ue terse
			recv core terse
		END
		over_tcp 10000 REGISTER "{Route}: $to\r\nContent-Length \t:\r\n \t$len \t" "$body"
		over_tcp 7 REGISTER "Contents: 5\r\nL:$len\r\n{Route}: $to" "$body"
		echo "quiet pcscf scscf"
	} >"$tmp/script"
	talk_tcp <"$tmp/script"
	counted_tcp flow-new 1 first-matched 1 route-hidden "$fields"
}

# Behind what can be read in two ways, or is no SIP, nobody knows what is a header; until a segment begins
# with a message.
tcp_lost() {
	local nonsense
	tcp_mark
	steer proto tcp from "$UE" route hide
	{
		connected
		over_tcp 10000 REGISTER "{Route}: $to"
		for nonsense in "l: 7\r\nl: 8" "l: 1 1" "l: x" "l:" "l ; 0" "l: 99999999999" "X: a\rb"; do
			over_tcp 10000 REGISTER "$nonsense\r\nRoute: $to"
			over_tcp 10000 REGISTER "{Route}: $to"
		done
		echo "quiet pcscf scscf"
	} >"$tmp/script"
	talk_tcp <"$tmp/script"
	counted_tcp flow-new 1 first-matched 1 route-hidden "$fields"
}

tcp_kept() {
	tcp_mark
	steer proto tcp from "$UE"
	{
		connected
		over_tcp 10000 REGISTER "Route: $to"
	} >"$tmp/script"
	talk_tcp <"$tmp/script"
	counted_tcp flow-new 1 first-matched 1
}

# The phone's kernel has the segment as it was, and sends that again.
tcp_sent_again() {
	tcp_mark
	steer proto tcp from "$UE" route hide
	{
		connected
		over_tcp 10000 REGISTER "X: a"
		compose tcp REGISTER "{Route}: $to\r\nX: a\r\n{Route}: $to"
		lose_first 4 "$P_HOST" input 0 "tcp dport 5060"
		echo "send ue $name segments 100"
		echo "recv core $name-hidden"
		lose_no_more "$P_HOST"
		over_tcp 10000 REGISTER "{Route}: $to"
		echo "quiet pcscf scscf"
	} >"$tmp/script"
	talk_tcp <"$tmp/script"
	counted_tcp flow-new 1 first-matched 1 route-hidden "$fields"
}

# Behind a hole nobody knows what the bytes are. The phone sends them again, after those before.
tcp_out_of_order() {
	tcp_mark
	steer proto tcp from "$UE" route hide
	{
		connected
		over_tcp 10000 REGISTER "X: a"
		cat <<-END
			raw phone $UE_NS $UE $UE_PORT
			msg early text "Route: $to\\r\\n"
			inject phone $SCSCF 5054 early tcp PA seq ue ack ue ahead 100
		END
		over_tcp 10000 REGISTER "{Route}: $to"
		echo "quiet pcscf scscf"
	} >"$tmp/script"
	talk_tcp <"$tmp/script"
	counted_tcp flow-new 1 first-matched 1 route-missed 1 route-hidden 1
}

# What begins with a message can be followed, and the next one from there on.
tcp_behind_a_hole() {
	tcp_mark
	steer proto tcp from "$UE" route hide
	{
		connected
		over_tcp 10000 REGISTER "X: a"
		compose tcp REGISTER "{Route}: $to"
		cat <<-END
			raw phone $UE_NS $UE $UE_PORT
			msg keep-alive text "\\r\\n\\r\\n"
			inject phone $SCSCF 5054 $name tcp PA seq ue ack ue ahead 4
			send ue keep-alive
			recv core keep-alive
			send ue $name
			recv core $name-hidden
		END
		over_tcp 10000 REGISTER "{Route}: $to"
		echo "quiet pcscf scscf"
	} >"$tmp/script"
	talk_tcp <"$tmp/script"
	counted_tcp flow-new 1 first-matched 1 route-hidden 2
}

nats=plain each_case udp_forms "over UDP, found however it is written"
each_family udp_others "over UDP, nothing else is changed"
each_family udp_kept "over UDP, kept by default"
nats=plain each_case udp_from_target "over UDP, not in what comes from the target"
each_family udp_checksums "over UDP, checksums stay what they are"
each_family tcp_forms "over TCP, found however it is written"
nats=plain each_case tcp_pieces "over TCP, found in whatever pieces"
each_family tcp_others "over TCP, nothing else is changed"
each_family tcp_answers "over TCP, what is answered there is followed, and lengths are read"
each_family tcp_lost "over TCP, not behind what can be read in two ways"
each_family tcp_kept "over TCP, kept by default"
nats=plain each_case tcp_sent_again "over TCP, hidden again in what is sent again"
each_family tcp_out_of_order "over TCP, not behind a hole"
each_family tcp_behind_a_hole "over TCP, behind a hole, in a message that begins there"
run_tests
