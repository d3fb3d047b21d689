#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Count the tests of a KTAP stream and tell how they go.

Reads KTAP, nested or not, from standard input; prints a line for each test that
ends at the outermost level, and every failure with its path. What is counted is
the leaves: a result that sums up nested ones counts only if it fails although
none of them did. Planned results that never come count as failed.
"""

import argparse
import re
import sys

RESULT = re.compile(r"( *)(not )?ok\b *(\d*) *(?:- )?([^#]*?) *(?:# *(.*))?$")
PLAN = re.compile(r"( *)1\.\.(\d+) *(?:# *(.*))?$")


class Counts:
    def __init__(self, passed=0, failed=0, skipped=0):
        self.passed, self.failed, self.skipped = passed, failed, skipped

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def any(self):
        return self.passed + self.failed + self.skipped > 0

    def __str__(self):
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


class Level:
    """The results at one indentation, and the sum of all below them."""

    def __init__(self, indent):
        self.indent = indent
        self.plan = None
        self.results = 0
        self.counts = Counts()
        self.problems = []

    def close(self):
        if self.plan is None:
            if self.results:
                self.fail("has no plan")
        elif self.results != self.plan:
            self.fail(f"planned {self.plan} tests, reported {self.results}",
                      max(1, self.plan - self.results))

    def fail(self, problem, number=1):
        self.problems.append(problem)
        self.counts.failed += number


class Stream:
    def __init__(self, report):
        self.report = report
        self.levels = [Level(0)]

    def line(self, text):
        if plan := PLAN.match(text):
            self.planned(len(plan[1]), int(plan[2]), plan[3] or "")
        elif result := RESULT.match(text):
            self.result(len(result[1]), not result[2], result[4], result[5] or "")

    def level(self, indent):
        """The level of this indentation, and the sum of deeper ones it ends."""
        below = Counts()
        problems = []
        while self.levels[-1].indent > indent:
            ended = self.levels.pop()
            ended.close()
            below.add(ended.counts)
            problems += ended.problems
        if self.levels[-1].indent < indent:
            self.levels.append(Level(indent))
        level = self.levels[-1]
        return level, below, problems

    def planned(self, indent, number, comment):
        level, below, problems = self.level(indent)
        level.counts.add(below)
        level.problems += problems
        if level.plan is not None:
            level.fail("has two plans")
        level.plan = number
        if number == 0 and comment.upper().startswith("SKIP"):
            level.counts.skipped += 1

    def result(self, indent, passed, name, comment):
        level, counts, problems = self.level(indent)
        level.results += 1
        leaf = not counts.any()
        if not passed and not counts.failed:
            counts.failed += 1
            problems.append("failed")
        elif leaf and comment.upper().startswith("SKIP"):
            counts.skipped += 1
        elif leaf:
            counts.passed += 1
        level.counts.add(counts)
        self.report(indent, name, comment, counts, problems)

    def end(self):
        """Close all levels; the sum of everything, and what is wrong with it."""
        level, below, problems = self.level(0)
        level.counts.add(below)
        level.close()
        return level.counts, problems + level.problems


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--label", default="", help="put before every line")
    parser.add_argument("--log", help="copy the stream to this file")
    parser.add_argument("--counts", help="write the three numbers to this file")
    args = parser.parse_args()
    label = f"{args.label}: " if args.label else ""
    last = [""]

    def report(indent, name, comment, counts, problems):
        if indent == 0:
            # What a failing leaf said of itself stands on the line before it.
            verdict = "not ok" if counts.failed else "ok"
            print(f"{label}{verdict} {name}: {counts}" +
                  (f" ({comment})" if comment else ""), flush=True)
        elif problems:
            print(f"{label}    not ok {name}" +
                  (f" {last[0].strip()}" if last[0].strip().startswith("#") else ""))
        for problem in problems:
            if problem != "failed":
                print(f"{label}    {name}: {problem}")

    # A program may print what is no text at all; it is kept as it is.
    for file in (sys.stdin, sys.stdout):
        file.reconfigure(encoding="utf-8", errors="surrogateescape")
    stream = Stream(report)
    log = open(args.log, "w", encoding="utf-8", errors="surrogateescape") if args.log else None
    for line in sys.stdin:
        if log:
            log.write(line)
            log.flush()
        stream.line(line.rstrip("\n"))
        last[0] = line
    counts, problems = stream.end()
    if not counts.any():
        counts.failed += 1
        problems.append("reported no test at all")
    for problem in problems:
        print(f"{label}not ok: {problem}")
    if args.counts:
        with open(args.counts, "w") as file:
            print(counts.passed, counts.failed, counts.skipped, file=file)
    else:
        print(counts)
    sys.exit(counts.failed > 0)


if __name__ == "__main__":
    main()
