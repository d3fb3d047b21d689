#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Show figures as tables and as a chart, and compare them with what they may be."""

import argparse
import glob
import json
import os
import sys

from cases import CASES
from installs import COLUMNS

HERE = os.path.dirname(os.path.abspath(__file__))
LIMITS = os.path.join(HERE, "limits.json")
LEEWAY = 1.03		# over a limit
AGREE = 1.01		# of the repeats of one figure
DEFAULTS = {"ports": 1, "mappings": 1, "lengths": 1, "table": "empty"}


class Figures:
    """What one run has measured"""

    def __init__(self, file):
        self.file = file
        with open(file, encoding="ascii") as stream:
            data = json.load(stream)
        self.kernel = data["kernel"]
        self.figures = {self.key(**figure): figure for figure in data["figures"]}

    @staticmethod
    def key(*, name, column, family, **rest):
        """What a figure is about; the rest may be left out where it is the usual"""
        return (name, column, family, *(rest.get(k, v) for k, v in DEFAULTS.items()))

    def get(self, name, column, family=4, **rest):
        """The figure, or None"""
        return self.figures.get(self.key(name=name, column=column, family=family, **rest))

    def total(self, *args, kind="median", **rest):
        """Instructions per packet, or None"""
        figure = self.get(*args, **rest)
        return figure and round(min(figure[kind]))

    def added(self, name, column, family=4, *, kind="median", **rest):
        """Of these, what is added to those with nothing installed"""
        total = self.total(name, column, family, kind=kind, **rest)
        return total and total - self.total(name, "nothing", family, kind=kind)

    def unsteady(self):
        """Those whose repeats agree neither in median nor mean"""
        return [figure for figure in self.figures.values()
                if all(max(figure[kind]) > AGREE * min(figure[kind])
                       for kind in ("median", "mean"))]

    def columns(self, **want):
        """The columns that have any such figure, in their order"""
        there = {figure["column"] for figure in self.figures.values()
                 if all(figure[k] == v for k, v in want.items())}
        return [name for name in COLUMNS if name in there]


def kept():
    """What is kept for the documentation: figures by kernel"""
    return {os.path.basename(file).removesuffix(".json"): Figures(file)
            for file in glob.glob(os.path.join(HERE, "results/*.json"))}


def cell(figures, name, column, family, **rest):
    """What is added, and in brackets the mean where that is another"""
    median = figures.added(name, column, family, **rest)
    if median is None:
        return "\\-"
    mean = figures.added(name, column, family, kind="mean", **rest)
    return f"{median:,}" if abs(mean - median) <= 0.01 * median else f"{median:,} ({mean:,})"


def main_table(figures, family):
    """Everything, in its usual state"""
    columns = [c for c in figures.columns(family=family) if c not in ("nothing", "floor")]
    rows = [["", "nothing installed", *(COLUMNS[c].title for c in columns)]]
    for name, case in CASES.items():
        if figures.get(name, "nothing", family):
            rows.append([case.title, f"{figures.total(name, 'nothing', family):,}",
                         *(cell(figures, name, c, family) for c in columns)])
    return rows


def table_by(figures, names, values, say, key, family=4):
    """How the figures change with something"""
    value = next(v for v in values if v != DEFAULTS[key])
    columns = figures.columns(**{key: value})
    rows = [["", "", *(COLUMNS[c].title for c in columns)]]
    for name in names:
        for v in values:
            rows.append([CASES[name].title if v == values[0] else "\\", say(v),
                         *(cell(figures, name, c, family, **{key: v}) for c in columns)])
    return rows


def tables(figures):
    """All tables: (name, rows)"""
    yield "ipv4", main_table(figures, 4)
    if figures.columns(family=6):
        yield "ipv6", main_table(figures, 6)
    if figures.columns(ports=2):
        yield "ports", table_by(figures, ("register-known", "reply"), (1, 2, 20000),
                                lambda v: f"{v:,} client port{'s' * (v > 1)}", "ports")
    if figures.columns(mappings=1000):
        yield "mappings", table_by(figures, ("udp-other", "options", "register-flow", "reply"),
                                   (1, 1000, 100000, 1000000),
                                   lambda v: f"{v:,} mapping{'s' * (v > 1)}", "mappings")
    if figures.columns(lengths=8):
        yield "lengths", table_by(figures, ("udp-other", "options", "register-known", "reply"),
                                  (1, 8), lambda v: f"{v} prefix length{'s' * (v > 1)}", "lengths")
    if figures.columns(table="half"):
        yield "transactions", table_by(figures, ("register-known", "reply"),
                                       ("empty", "half", "full"), str, "table")


def rst(rows):
    """A table of reStructuredText"""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    widths[0] = max(widths[0], 1)
    rule = "  ".join("=" * max(width, 2) for width in widths)

    def line(row):
        first, *rest = row
        cells = [first.ljust(widths[0]),
                 *(c.rjust(w) for c, w in zip(rest, widths[1:], strict=True))]
        return "  ".join(cells).rstrip()
    head, *body = rows
    head = ["\\", *head[1:]]
    return "\n".join([rule, line(head), rule, *map(line, body), rule]) + "\n"


def limits_of(figures):
    """What is added by sipsteer, for each of the main figures"""
    return {f"ipv{figure['family']} {figure['name']}":
            figures.added(figure["name"], "sipsteer", figure["family"])
            for figure in figures.figures.values() if figure["column"] == "sipsteer"}


def check(figures):
    """Whether the figures keep to the limits; says where they do not"""
    with open(LIMITS, encoding="ascii") as stream:
        limits = json.load(stream)
    now = limits_of(figures)
    good = True
    for name in sorted(limits.keys() | now.keys()):
        if name not in now or name not in limits:
            print(f"{name}: {'no limit' if name in now else 'not measured'}")
            good = False
        elif now[name] > limits[name] * LEEWAY:
            print(f"{name}: {now[name]} instructions, {limits[name]} were enough before")
            good = False
        elif now[name] < limits[name] / LEEWAY:
            print(f"{name}: {now[name]} instructions; the limit, {limits[name]}, may be lower")
    return good


def main():
    """From the command line"""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("figures", help="what selftests/bench/measure has written")
    parser.add_argument("--check", action="store_true", help="compare with the limits")
    parser.add_argument("--set-limits", action="store_true", help="make these the limits")
    args = parser.parse_args()
    figures = Figures(args.figures)
    print(f"Instructions per packet, {figures.kernel}: with nothing installed, and what is added")
    for _, rows in tables(figures):
        print("\n" + rst(rows).replace("\\", " "), end="")
    for figure in figures.unsteady():
        print(f"the repeats do not agree: {figure}")
    good = not figures.unsteady()
    if args.set_limits:
        with open(LIMITS, "w", encoding="ascii") as stream:
            json.dump(limits_of(figures), stream, indent="\t")
            stream.write("\n")
    if args.check and not check(figures):
        good = False
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
