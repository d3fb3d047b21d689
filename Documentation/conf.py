# SPDX-License-Identifier: GPL-2.0
#
# How sphinx makes these pages: "make docs".

import importlib.util
import os
import subprocess
import sys

import yaml
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

project = "sipsteer"
author = "The sipsteer authors"
html_theme = "alabaster"
html_theme_options = {"page_width": "1100px", "font_family": "sans-serif"}
html_copy_source = False
html_show_copyright = False
exclude_patterns = ["netlink/specs"]

here = os.path.dirname(os.path.abspath(__file__))


def said_by(script):
    """What one of the project's scripts prints"""
    command = [os.path.join(here, "../scripts", script)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


release = said_by("version")
spec_file = os.path.join(here, "netlink/specs/sipsteer.yaml")
with open(spec_file, encoding="utf-8") as file:
    spec = yaml.safe_load(file)
counters = {
    entry["name"]: entry["doc"]
    for definition in spec["definitions"] if definition["name"] == "counter"
    for entry in definition["entries"]
}
# |steered| and so on are the counters' meanings.
rst_epilog = "".join(f".. |{name}| replace:: {doc}\n" for name, doc in counters.items())

sys.path.append(os.path.join(here, "../selftests/bench"))
report = importlib.import_module("report")
figures = report.kept()
rst_epilog += "".join(
    f".. |floor-ipv{family}| replace:: {figures['6.12'].added('udp-other', 'floor', family)}\n"
    for family in (4, 6))


class FiguresTable(SphinxDirective):
    """.. figures:: KERNEL TABLE: one of those that "make bench" prints"""

    required_arguments = 2

    def run(self):
        """Called by docutils"""
        kernel, name = self.arguments
        self.env.note_dependency(figures[kernel].file)
        rows = dict(report.tables(figures[kernel]))[name]
        container = nodes.container()
        self.state.nested_parse(StringList(report.rst(rows).splitlines(), source=figures[kernel].file),
                                self.content_offset, container)
        return container.children


def spec_as_rst():
    """The contract, as the kernel's own generator writes it"""
    path = os.path.join(said_by("kernel-tree"), "tools/net/ynl/ynl-gen-rst.py")
    module = importlib.util.spec_from_file_location("ynl_gen_rst", path)
    generator = importlib.util.module_from_spec(module)
    module.loader.exec_module(generator)
    return generator.parse_yaml_file(spec_file)


def read_source(app, docname, source):
    """Add what follows from the contract, and see that nothing of it is missing"""
    if docname == "netlink":
        app.env.note_dependency(spec_file)
        source[0] += spec_as_rst()
    if docname == "counters":
        for name in counters:
            if f"|{name}|" not in source[0]:
                logging.getLogger(__name__).warning("counter %s is not explained", name)
    if docname == "performance":
        with open(os.path.join(here, "performance.svg"), encoding="utf-8") as file:
            if file.read() != importlib.import_module("chart").svg(figures["6.12"]):
                logging.getLogger(__name__).warning("performance.svg shows other figures")


def setup(app):
    """Called by sphinx"""
    app.add_directive("figures", FiguresTable)
    app.connect("source-read", read_source)
