#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# The counting of tests: what did not run must not look passed.

set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P) || exit 1
number=0 failed=0

# counts NAME WANTED: the KTAP stream on standard input gives the counts WANTED.
counts() {
	local got
	got=$("$here/ktap.py" | tail -n 1)
	((number++))
	if [[ $got == "$2" ]]; then
		echo "ok $number $1"
	else
		((failed++))
		echo "# wanted: $2; got: $got"
		echo "not ok $number $1"
	fi
}

echo "TAP version 13"
counts "flat results" "2 passed, 1 failed, 1 skipped" <<END
TAP version 13
1..4
ok 1 one
not ok 2 two
ok 3 three # SKIP no such thing
ok 4 - four
END
counts "nested results: only leaves count" "3 passed, 1 failed, 0 skipped" <<END
TAP version 13
1..2
  TAP version 13
  1..2
    1..2
    ok 1 a
    ok 2 b
  ok 1 inner
  not ok 2 c
not ok 1 first.sh # 0.3 s
  1..1
  ok 1 d
ok 2 second.sh
END
counts "a test that fails although its results are good" "1 passed, 1 failed, 0 skipped" <<END
1..1
  1..1
  ok 1 a
not ok 1 first.sh # splat
END
counts "results missing at the end" "1 passed, 2 failed, 0 skipped" <<END
1..3
ok 1 a
END
counts "nested results missing" "1 passed, 2 failed, 0 skipped" <<END
1..1
  1..3
  ok 1 a
not ok 1 first.sh
END
counts "nested results missing from a test that calls itself good" "1 passed, 2 failed, 0 skipped" <<END
1..1
  1..3
  ok 1 a
ok 1 first.sh
END
counts "a stream cut off within a test" "2 passed, 3 failed, 0 skipped" <<END
1..3
  1..1
  ok 1 a
ok 1 first.sh
  1..2
  ok 1 b
END
counts "more results than planned" "2 passed, 1 failed, 0 skipped" <<END
1..1
ok 1 a
ok 2 b
END
counts "no plan" "1 passed, 1 failed, 0 skipped" <<END
ok 1 a
END
counts "the plan at the end" "1 passed, 0 failed, 0 skipped" <<END
ok 1 a
1..1
END
counts "a whole test skipped" "0 passed, 0 failed, 1 skipped" <<END
1..1
  1..0 # SKIP no machine
ok 1 first.sh # SKIP
END
counts "nothing at all" "0 passed, 1 failed, 0 skipped" </dev/null
counts "talk between results" "1 passed, 0 failed, 0 skipped" <<END
TAP version 13
make: Nothing to be done for 'all'.
1..1
# okay then
okapi 1
ok 1 a
END
# In whatever language: a log has to take it, too.
counts "what is no text" "1 passed, 0 failed, 0 skipped" < <(printf '1..1\n# \x90\xff\nok 1 a\n')
log=$(mktemp)
printf '1..1\n# \x90\xff\nok 1 a\n' | LC_ALL=C.UTF-8 "$here/ktap.py" --log "$log" >/dev/null
((number++))
if LC_ALL=C grep -q $'^# \x90\xff$' "$log"; then
	echo "ok $number what is no text is logged"
else
	((failed++))
	echo "not ok $number what is no text is logged"
fi
rm -f "$log"
echo "1..$number"
exit $((failed > 0))
