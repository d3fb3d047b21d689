#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Draw the main figures as bars."""

import sys

from cases import CASES
from installs import COLUMNS
from report import Figures

ROWS = ("udp-other", "tcp-other", "options", "register-known", "register-flow", "reply",
        "tcp-client")
COLOURS = {"sipsteer": "#1a7f37", "iptables": "#cf222e", "iptables-nft": "#e5534b",
           "nft-map": "#bc4c00", "nft-stateless": "#8c959f"}
LEFT, WIDTH, BAR, GAP = 250, 620, 13, 14

STYLE = """text { font: 13px ui-monospace, Menlo, Consolas, monospace; fill: #24292f }
.small { font-size: 11px; fill: #57606a } .title { font-weight: bold } .right { text-anchor: end }
line { stroke: #d0d7de }"""


def legend(columns):
    """Which colour is what"""
    x = LEFT
    for name in columns:
        yield f'<rect x="{x}" y="36" width="12" height="12" fill="{COLOURS[name]}"/>'
        yield f'<text x="{x + 17}" y="46" class="small">{COLUMNS[name].title}</text>'
        x += 30 + 7 * len(COLUMNS[name].title)


def bars(figures, columns, longest):
    """A group for each row; the height after the last"""
    y = 66
    out = []
    for name in ROWS:
        there = [c for c in columns if figures.get(name, c)]
        middle = y + len(there) * BAR / 2 + 4
        out.append(f'<text x="{LEFT - 10}" y="{middle:.0f}" class="right">'
                   f'{CASES[name].title}</text>')
        for column in there:
            added = figures.added(name, column)
            width = WIDTH * added / longest
            out.append(f'<rect x="{LEFT}" y="{y}" width="{width:.1f}" height="{BAR - 2}" '
                       f'fill="{COLOURS[column]}"/>')
            out.append(f'<text x="{LEFT + width + 5:.1f}" y="{y + 9}" class="small">'
                       f'{added:,}</text>')
            y += BAR
        y += GAP
    return out, y


def svg(figures):
    """The chart of one run"""
    columns = [c for c in COLOURS if c in figures.columns()]
    longest = max(figures.added(name, c) for name in ROWS for c in columns if figures.get(name, c))
    groups, height = bars(figures, columns, longest)
    width = LEFT + WIDTH + 60
    return "\n".join([
        "<!-- SPDX-License-Identifier: GPL-2.0 -->",
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}">', f"<style>\n{STYLE}\n</style>",
        '<rect width="100%" height="100%" rx="6" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="22" class="title">Instructions added to a packet, '
        f'{figures.kernel}</text>',
        *legend(columns), f'<line x1="{LEFT}" y1="56" x2="{LEFT}" y2="{height - GAP}"/>',
        *groups, "</svg>", ""])


if __name__ == "__main__":
    print(svg(Figures(sys.argv[1])), end="")
