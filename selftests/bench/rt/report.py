#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""report.py: the figures in results as tables, each a file of CSV beside the
JSON. The documentation shows these."""

import csv
import json
from pathlib import Path

RESULTS = Path(__file__).resolve().parent / "results"


def percent(part):
    """A part of 1"""
    return f"{100 * part:.0f} %"


def throughput(figures):
    """What is left of a gateway's throughput"""
    processors = range(1, figures["processors"] + 1)
    yield ["", *(f"{n} processor{'s' * (n > 1)}" for n in processors)]
    for name, counts in figures["cases"].items():
        yield [name, *(percent(counts[str(n)]["kept"]) for n in processors)]


def restore(figures):
    """A turn of each tool, and the ratio"""
    yield ["", "instructions of the tool", "of the kernel", "both, per mapping", "memory of the tool"]
    for tool, turns in figures["turns"].items():
        best = min(turns, key=lambda turn: turn["cpu"])
        yield [tool, *(f"{best[what]:.1f} · 10⁹" for what in ("user", "system")),
               f"{best['cpu'] * 1e9 / figures['mappings']:,.0f}", f"{best['rss_mib']} MiB"]
    yield ["ratio", "", "", f"{figures['ratio']['cpu']:.2f}", ""]


def memory(one, four):
    """Bytes of each, on machines of one processor and of four"""
    yield ["", "how many", "the object", "all, 1 processor", "all, 4 processors"]
    for name, key, obj in (("mapping", "mappings", "mapping"),
                           ("transaction", "transactions", None), ("flow", "flows", "flow")):
        yield [name, f"{one[name][key]:,}", one["objects"].get(obj, ""),
               f"{one[name]['bytes']:.0f}", f"{four[name]['bytes']:.0f}"]
    yield ["mapping with a target of its own", f"{one['mapping_own_target']['mappings']:,}", "",
           f"{one['mapping_own_target']['bytes']:.0f}", f"{four['mapping_own_target']['bytes']:.0f}"]


TABLES = {"throughput": (throughput, ["throughput"]), "restore": (restore, ["restore"]),
          "memory": (memory, ["memory-1", "memory-4"])}


def main():
    """All that there are figures for"""
    for name, (table, sources) in TABLES.items():
        files = [RESULTS / f"{source}.json" for source in sources]
        if not all(file.exists() for file in files):
            continue
        rows = list(table(*(json.loads(file.read_text(encoding="ascii")) for file in files)))
        with open(RESULTS / f"{name}.csv", "w", encoding="utf-8", newline="") as out:
            csv.writer(out, lineterminator="\n").writerows(rows)
        print(f"\n{name}")
        for row in rows:
            print("  ".join(str(cell).ljust(20) for cell in row).rstrip())


main()
