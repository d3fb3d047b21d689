#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# The patterns that tell a kernel's complaint from its everyday talk.

set -u
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
# shellcheck source=splat.sh
. ./splat.sh

number=0 failed=0

# check NAME WRONG: the test called NAME, which found WRONG (nothing: passed).
check() {
	((number++))
	if [[ $2 ]]; then
		((failed++))
		echo "# ${2//$'\n'/$'\n# '}"
		echo "not ok $number $1"
	else
		echo "ok $number $1"
	fi
}

unseen_samples() {
	local line sample='' text=''
	while read -r line; do
		case $line in
		"#"*) ;;
		"== "*)
			[[ $sample ]] && ! splat_lines <<<"$text" >/dev/null && echo "$sample"
			sample=${line#== }
			text=
			;;
		*) text+=$line$'\n' ;;
		esac
	done < <(cat splat.samples && echo "== end")
}

unused_patterns() {
	local pattern
	while read -r pattern; do
		grep -v -e '^#' -e '^==' splat.samples | grep -qE -e "$pattern" ||
			echo "$pattern"
	done < <(splat_patterns)
}

# A log as the serial line gives it: carriage returns, and now and then a byte
# that is no character.
in_binary_log() {
	splat_lines < <(printf '[ 1.0] all is well\r\n\0\377\n[ 2.0] kernel BUG at a.c:1!\r\n') |
		grep -q 'kernel BUG' || echo "not found"
}

echo "TAP version 13"
echo "1..4"
check "every sample is seen" "$(unseen_samples)"
check "every pattern has a sample" "$(unused_patterns)"
check "no innocent line is taken for a splat" "$(splat_lines innocent.log)"
check "a splat among binary bytes is seen" "$(in_binary_log)"
exit $((failed > 0))
