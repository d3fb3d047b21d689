# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Completion for sipsteer(8). What may come next is asked of the tool, and so
# of the kernel, where it can tell. All but the last function serves zsh too.

_sipsteer_ask() { # WORDS...: in the network namespace that the command line names
	"$sipsteer" ${netns:+-n "$netns"} "$@" 2>/dev/null
}

_sipsteer_verbs() { # each with a tab and its summary
	_sipsteer_ask help | sed -n $'s/^  \\([a-z][a-z-]*\\)  */\\1\t/p'
}

_sipsteer_used() { # CLAUSE: its values in all mappings
	_sipsteer_ask show | sed -n "s/.* $1 \([^ ]*\).*/\1/p" | sort -u
}

_sipsteer_matches() {
	_sipsteer_ask show | cut -d ' ' -f 2 | sort -u
}

_sipsteer_interfaces() {
	ip ${netns:+-n "$netns"} -o link 2>/dev/null | sed 's/^[0-9]*: \([^:@]*\).*/\1/'
}

_sipsteer_methods() { # after those that are there, and a comma
	local known
	for known in INVITE ACK OPTIONS BYE CANCEL REGISTER PRACK SUBSCRIBE NOTIFY \
		PUBLISH INFO REFER MESSAGE UPDATE other any; do
		echo "${current%"${current##*,}"}$known"
	done
}

# What may follow a word that needs a value.
_sipsteer_value() { # WORD
	case $1 in
	id) _sipsteer_ask show | cut -d : -f 1 ;;
	to | from) _sipsteer_used "$1" ;;
	proto) printf '%s\n' udp tcp both ;;
	iif | --iif) _sipsteer_interfaces ;;
	methods) _sipsteer_methods ;;
	reply) printf '%s\n' restore keep ;;
	guard) printf '%s\n' on off ;;
	route) printf '%s\n' keep hide ;;
	--proto) printf '%s\n' udp tcp ;;
	--to) _sipsteer_matches | grep -v / ;;
	--file | --iptables-save) return 3 ;;
	flow-*) _sipsteer_ask show limits | sed -n "s/^$1 //p" ;;
	esac
}

_sipsteer_unused() { # "WORD..." WORDS...: the former without the latter
	tr ' ' '\n' <<<"$1" | grep -Fvx -e "$(printf '%s\n' "${@:2}")"
}

# Words that each have a value.
_sipsteer_pairs() { # "KEYWORD..." WORDS...
	if (($# % 2)); then
		_sipsteer_unused "$@"
	else
		_sipsteer_value "${@: -1}"
	fi
}

# MATCH, which has no keyword, and clauses; or an id, which says it all.
_sipsteer_clauses() { # "KEYWORD..." WORDS...
	local keywords=$1
	shift
	[[ " id $keywords " == *" $1 "* ]] || shift
	[[ $* == id\ * ]] || _sipsteer_pairs "$keywords" "$@"
}

_sipsteer_exempt() { # WORDS...
	case $#${1-} in
	0) printf '%s\n' add del show flush ;;
	1del | 1delete | 1show | 1list) _sipsteer_ask exempt ;;
	esac
}

# Options, which have a value but for --local.
_sipsteer_dashes() { # "OPTION..." WORDS...
	if (($# == 1)) || [[ ${*: -1} == --local || ${*: -1} != --* ]]; then
		_sipsteer_unused "$@"
	else
		_sipsteer_value "${@: -1}"
	fi
}

_sipsteer_words() { # VERB WORDS...
	local all='to proto from iif methods reply guard route comment'
	local key='proto from iif' verb=$1
	shift
	case $verb-$# in
	add-0) ;;
	replace-0 | del-0 | show-0)
		_sipsteer_matches
		[[ $verb == replace ]] || echo id
		[[ $verb != show ]] || _sipsteer_unused "$key limits"
		;;
	add-* | replace-*) _sipsteer_clauses "$all" "$@" ;;
	del-* | show-*) _sipsteer_clauses "$key" "$@" ;;
	set-*) _sipsteer_pairs "$(_sipsteer_ask show limits | cut -d ' ' -f 1)" "$@" ;;
	monitor-0) printf '%s\n' config traffic ;;
	flush-0) printf '%s\n' mappings transactions flows ;;
	exempt-*) _sipsteer_exempt "$@" ;;
	stats-0) printf '%s\n' --explain --prometheus ;;
	test-*) _sipsteer_dashes '--from --to --proto --local --iif --file' "$@" ;;
	doctor-0) echo list ;;
	migrate-*) _sipsteer_dashes '--iptables-save --port' "$@" ;;
	save-0 | restore-0 | check-config-0) return 3 ;;
	help-0) _sipsteer_verbs ;;
	esac
}

# Print what may be where CURRENT, which is the beginning of a word, stands, one
# a line; behind a tab may be what it means. Status 3: the name of a file.
_sipsteer_next() { # CURRENT SIPSTEER WORDS...
	local current=$1 sipsteer=$2 netns='' verb=''
	shift 2
	while (($#)); do
		case ${1/#--/-} in
		-n | -netns)
			(($# > 1)) || { ls /run/netns 2>/dev/null; return 0; }
			netns=$2
			shift
			;;
		-j | -json | -p | -pretty | -s | -stats | -statistics | -c | -c=* | -color* | \
			-t | -timestamp | -ts | -tshort) ;;
		*)
			[[ ! $verb ]] || break
			verb=$(_sipsteer_verbs | grep -m 1 -e "^$1") || verb=$1
			case ${verb%%$'\t'*} in
			delete) verb=del ;;
			list) verb=show ;;
			*) verb=${verb%%$'\t'*} ;;
			esac
			;;
		esac
		shift
	done
	if [[ $verb ]]; then
		_sipsteer_words "$verb" "$@"
	elif [[ $current == -* ]]; then
		printf '%s\n' -netns -statistics -json -pretty -color -timestamp -help -version
	else
		_sipsteer_verbs
	fi
}

_sipsteer() {
	local line=${COMP_LINE:0:COMP_POINT} current='' colon='' words found word
	# What is between quotes is one word, and no keyword.
	read -ra words < <(sed -E "s/\"[^\"]*\"|'[^']*'/?/g" <<<"$line")
	if [[ $line != *[[:blank:]] ]]; then
		current=${words[-1]}
		unset 'words[-1]'
	fi
	# What readline replaces begins after a quote, else after a colon.
	if [[ $current == [\"\']* ]]; then
		current=${current:1}
	elif [[ $COMP_WORDBREAKS == *:* ]]; then
		colon=${current%"${current##*:}"}
	fi
	COMPREPLY=()
	found=$(_sipsteer_next "$current" "${words[@]}")
	if (($? == 3)); then
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$current")
		return
	fi
	while IFS=$'\t' read -r word _; do
		[[ $word && $word == "$current"* ]] && COMPREPLY+=("${word#"$colon"}")
	done <<<"$found"
}

[[ ! ${BASH_VERSION-} ]] || complete -F _sipsteer sipsteer
