# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Finding splats in a kernel log; to be sourced.

SPLAT_PATTERNS=$(dirname "${BASH_SOURCE[0]}")/splat.patterns

splat_patterns() { grep -v -e '^#' -e '^$' "$SPLAT_PATTERNS"; }

# splat_lines [FILE]: print the guilty lines of a kernel log (default: standard
# input); true if there are any.
splat_lines() { grep -aE -f <(splat_patterns) -- "${1:--}"; }
