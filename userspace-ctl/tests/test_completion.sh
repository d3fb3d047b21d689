#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# What the completions offer, in bash and, if it is there, in zsh. A stand-in
# answers for the kernel; what the verbs are is the tool's own word.
#
# shellcheck disable=SC2034,SC2317 # what the completions read, what offers() calls

here=$(cd "$(dirname "$0")" && pwd -P) || exit
export LC_ALL=C SIPSTEER=${SIPSTEER:-$here/../sipsteer}
dir=$(mktemp -d) || exit
trap 'rm -rf "$dir"' EXIT
count=0
failed=0

setup() {
	make -s -C "$here/.." install-completion DESTDIR="$dir" PREFIX=/usr &&
	mkdir "$dir/bin" && cat >"$dir/bin/sipsteer" <<-'END' &&
		#!/bin/sh
		[ "$1" != -n ] || { where=" in $2"; shift 2; }
		case "$*$where" in
		"show in other")
			echo '7: 10.0.0.9:5054 to 203.0.113.9:5060'
			;;
		show)
			echo '1: 10.0.0.5:5054 to 203.0.113.1:5060'
			echo '2: 10.0.0.0/24:5054 to 203.0.113.1:5060 proto udp from 10.1.0.0/16 comment "a b"'
			echo '30: [2001:db8::5]:5054 to [2001:db8::1]:5060'
			;;
		"show limits")
			printf '%s\n' 'flow-max 65536' 'flow-established 7440s'
			;;
		exempt) printf '%s\n' 10.0.0.0/8 2001:db8:9::/64 ;;
		help*) exec "$SIPSTEER" help ;;
		*) echo "sipsteer: $*: not permitted" >&2; exit 2 ;;
		esac
	END
	printf '%s\n' '#!/bin/sh' 'case "$*" in' \
		'"-o link") printf "%s\n" "1: lo: <UP>" "2: ue0@if3: <UP>" ;;' \
		'"-n other -o link") echo "1: ims: <UP>" ;; esac' >"$dir/bin/ip" &&
	chmod +x "$dir/bin/"* && mkdir "$dir/files" && touch "$dir/files/a b" "$dir/files/c"
}

in_bash() { # LINE
	local COMP_LINE=$1 COMP_POINT=${#1} COMP_WORDBREAKS=$' \t\n"\'><=;|&(:' COMPREPLY=()
	_sipsteer sipsteer
	((!${#COMPREPLY[@]})) || printf '%s\n' "${COMPREPLY[@]}"
}

# What zsh's own functions do with the words is not looked at: these take their
# place.
in_zsh() { # LINE
	zsh -f -s "$dir/usr/share/zsh/site-functions" "$1" <<-'END'
		fpath=("$1" $fpath)
		autoload -Uz _sipsteer
		_files() { print -l -- $PREFIX*(N) }
		_describe() {
			local name
			for name in "${(@P)2}"; do
				name=${${name//\\:/$'\t'}%%:*}
				name=${name//$'\t'/:}
				[[ $name != "$PREFIX"* ]] || print -r -- "$name"
			done
		}
		words=("${(@z)2}")
		[[ $2 != *' ' ]] || words+=('')
		CURRENT=$#words PREFIX=${words[-1]}
		_sipsteer
	END
}

# offers SHELL LINE [WORD]...: these complete the line, and no others
offers() {
	local wanted output
	wanted=$(printf '%s\n' "${@:3}")
	count=$((count + 1))
	output=$("in_$1" "$2" 2>&1)
	if [ "$output" = "$wanted" ]; then
		echo "ok $count - $1: $2"
	else
		failed=1
		echo "# $1 offers, then what was expected:"
		printf '#   %s\n' "${output//$'\n'/$'\n'#   }" "${wanted//$'\n'/$'\n'#   }"
		echo "not ok $count - $1: $2"
	fi
}

both() { # LINE [WORD]...
	offers bash "$@"
	if command -v zsh >/dev/null; then
		offers zsh "$@"
	else
		count=$((count + 1))
		echo "ok $count - zsh: $1 # SKIP no zsh"
	fi
}

tests() {
	local clauses=(to proto from iif methods reply guard route comment)
	local verbs
	mapfile -t verbs < <("$SIPSTEER" help | sed -n 's/^  \([a-z][a-z-]*\) .*/\1/p')

	# Options and verbs
	both 'sipsteer ' "${verbs[@]}"
	both 'sipsteer ex' exempt
	both 'sipsteer -j tr' transactions
	both 'sipsteer --color=auto sho' show
	both 'sipsteer -' -netns -statistics -json -pretty -color -timestamp -help -version
	both 'sipsteer help fl' flush flows
	both 'sipsteer frobnicate '

	# Mappings: what the kernel has
	both 'sipsteer replace ' 10.0.0.0/24:5054 10.0.0.5:5054 '[2001:db8::5]:5054'
	both 'sipsteer del ' 10.0.0.0/24:5054 10.0.0.5:5054 '[2001:db8::5]:5054' id
	both 'sipsteer -n other del ' 10.0.0.9:5054 id
	both 'sipsteer del -n other id ' 7
	both 'sipsteer del 10.0.0.5' 10.0.0.5:5054
	both 'sipsteer delete id ' 1 2 30
	both 'sipsteer del id 3' 30
	both 'sipsteer del id 30 '
	both 'sipsteer del 10.0.0.5:5054 ' proto from iif
	both 'sipsteer sh 10.0.0.5:5054 f' from
	both 'sipsteer list proto udp from ' 10.1.0.0/16
	both 'sipsteer show l' limits
	offers bash 'sipsteer del 10.0.0.5:50' 5054
	offers bash 'sipsteer del [2001:d' db8::5]:5054
	offers bash 'sipsteer del "[2001:d' '[2001:db8::5]:5054'

	# Mappings: clauses
	both 'sipsteer add '
	both 'sipsteer add 10.0.0.6:5054 ' "${clauses[@]}"
	both 'sipsteer add 10.0.0.6:5054 to ' 203.0.113.1:5060 '[2001:db8::1]:5060'
	both 'sipsteer add 10.0.0.6:5054 to 203.0.113.1:5060 r' reply route
	both 'sipsteer add 10.0.0.6:5054 to 203.0.113.1:5060 route keep r' reply
	both 'sipsteer add 10.0.0.6:5054 comment "route reply" r' reply route
	both 'sipsteer add 10.0.0.6:5054 proto ' udp tcp both
	both 'sipsteer add 10.0.0.6:5054 iif ' lo ue0
	both 'sipsteer -netns other add 10.0.0.6:5054 iif ' ims
	both 'sipsteer add 10.0.0.6:5054 methods I' INVITE INFO
	both 'sipsteer add 10.0.0.6:5054 methods REGISTER,SU' REGISTER,SUBSCRIBE
	both 'sipsteer add 10.0.0.6:5054 reply ' restore keep
	both 'sipsteer add 10.0.0.6:5054 guard ' on off
	both 'sipsteer add 10.0.0.6:5054 route ' keep hide
	both 'sipsteer add 10.0.0.6:5054 comment '

	# The other verbs
	both 'sipsteer set ' flow-max flow-established
	both 'sipsteer set flow-max 5 ' flow-established
	both 'sipsteer set flow-established ' 7440s
	both 'sipsteer flush ' mappings transactions flows
	both 'sipsteer exempt ' add del show flush
	both 'sipsteer exempt add '
	both 'sipsteer exempt del ' 10.0.0.0/8 2001:db8:9::/64
	both 'sipsteer stats ' --explain --prometheus
	both 'sipsteer flows '
	both 'sipsteer -ts monitor ' config traffic
	both 'sipsteer monitor config '
	both 'sipsteer test ' --from --to --proto --local --iif --file
	both 'sipsteer test --local --to ' 10.0.0.5:5054 '[2001:db8::5]:5054'
	both 'sipsteer test --local --proto tcp --f' --from --file
	both 'sipsteer test --proto ' udp tcp

	both 'sipsteer doctor ' list

	# Files
	cd "$dir/files" || return
	both 'sipsteer test --file ' 'a b' c
	both 'sipsteer migrate ' --iptables-save --port
	both 'sipsteer migrate --iptables-save c' c
	both 'sipsteer save ' 'a b' c
	both 'sipsteer restore ' 'a b' c
	both 'sipsteer check-config a' 'a b'
	both 'sipsteer save c '
}

setup || exit
PATH=$dir/bin:$PATH
# shellcheck source=../completion/sipsteer.bash
. "$dir/usr/share/bash-completion/completions/sipsteer"
echo "TAP version 13"
tests
echo "1..$count"
exit $failed
