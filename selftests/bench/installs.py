# SPDX-License-Identifier: GPL-2.0
"""What can be installed to steer a REGISTER, or nothing: the columns of the tables."""

import os
import subprocess
import sys
import time

from packets import ADDRESS, at, end


def run(command, stdin=None):
    """Run a shell command that has to succeed; else show what it said"""
    done = subprocess.run(command, shell=True, check=False, input=stdin, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        sys.exit(f"{command}: {done.stdout}")
    return done.stdout


def others(family, count):
    """Matches that no packet is for; other tables are as long, and as full"""
    for i in range(count):
        if family == 4:
            yield f"10.{128 + i // 65536}.{i // 256 % 256}.{i % 256}"
        else:
            yield f"2001:db8:a:1::{i // 65536:x}:{i % 65536:x}"


def nothing(_job):
    """Nothing installed"""


# What the mapping matches, what other mappings do, the shortest prefix, and how far to the next.
PREFIXES = {4: ("10.0.0.0/{}:5054", "172.0.0.0/{}:5054", 8, 3),
            6: ("[2001:db8::]/{}:5054", "[3fff::]/{}:5054", 32, 12)}


def sipsteer(job):
    """sipsteer"""
    match = at(job.family, "scscf")
    extra = []
    if job.lengths > 1:
        # The one that matches has the shortest prefix, which is looked for last.
        own, other, first, step = PREFIXES[job.family]
        match = own.format(first)
        extra = [other.format(first + step * i) for i in range(1, job.lengths)]
    extra += [f"{other}:5054" if job.family == 4 else f"[{other}]:5054"
              for other in others(job.family, job.mappings - 1)]
    target = at(job.family, "pcscf")
    run("sipsteer restore -",
        f"add {match} to {target} {job.case.mapping}\n" +
        "".join(f"add {match} to {target}\n" for match in extra))


def least(job):
    """The least that is possible, of one mapping that is fixed"""
    with open("/sys/module/sipsteer_least/parameters/keep", "w", encoding="ascii") as file:
        file.write("Y" if "reply keep" in job.case.mapping else "N")


def iptables(variant):
    """DNAT by iptables of this variant"""
    def install(job):
        chain = "OUTPUT" if job.case.local else "PREROUTING"
        lines = ["*nat"]
        for match in [*others(job.family, job.mappings - 1), end(job.family, "scscf")[0]]:
            lines += [f"-A {chain} -d {match} -p {proto} --dport 5054 -j DNAT "
                      f"--to-destination {at(job.family, 'pcscf')}" for proto in ("udp", "tcp")]
        run(f"{'ip' if job.family == 4 else 'ip6'}tables-{variant}-restore",
            "\n".join([*lines, "COMMIT"]) + "\n")
    return install


def nft_map(job):
    """DNAT by a map of nftables"""
    ip, kind = ("ip", "ipv4_addr") if job.family == 4 else ("ip6", "ipv6_addr")
    target, port = end(job.family, "pcscf")
    elements = [f"{match} . 5054 : {target} . {port}" for match in
                [end(job.family, "scscf")[0], *others(job.family, job.mappings - 1)]]
    run("nft -f -", f"""
        table {ip} steer {{
            map targets {{
                type {kind} . inet_service : {kind} . inet_service
                elements = {{ {", ".join(elements)} }}
            }}
            chain steer {{
                type nat hook {"output" if job.case.local else "prerouting"} priority -100
                meta l4proto {{ udp, tcp }} dnat {ip} to {ip} daddr . th dport map @targets
            }}
        }}""")


def nft_stateless(job):
    """Rewriting by nftables, which knows no way back"""
    ip = "ip" if job.family == 4 else "ip6"
    kind, hook = ("route", "output") if job.case.local else ("filter", "prerouting")
    scscf, pcscf = end(job.family, "scscf"), end(job.family, "pcscf")
    run("nft -f -", f"""
        table {ip} steer {{
            chain steer {{
                type {kind} hook {hook} priority raw
                {ip} daddr {scscf[0]} udp dport {scscf[1]} @th,64,72 0x524547495354455220 \
                    {ip} daddr set {pcscf[0]} udp dport set {pcscf[1]}
            }}
        }}""")


REGISTERS = {"register-keep", "register-known", "register-flow", "register-again",
             "local-register"}
OTHERS = {"udp-other", "tcp-other", "local-other"}
ALL = OTHERS | REGISTERS | {"options", "reply", "local-reply", "tcp-client", "tcp-target"}


class Column:
    """Something to install"""

    def __init__(self, title, install, modules=(), *, cases, steers=frozenset(), mappings=1,
                 families=(4, 6), forgets=False):
        self.title, self.install, self.modules = title, install, modules
        self.families = families
        self.forgets = forgets		# transactions, after some time
        self.cases = cases		# those that make sense
        self.steers = steers		# those that it changes the packets of
        self.mappings = mappings	# the largest number that is measured


def dnat(title, install, mappings):
    """One that has conntrack do the work: then all of a flow is changed"""
    return Column(title, install, cases=ALL - {"register-keep"},
                  steers=ALL - OTHERS - {"register-keep"}, mappings=mappings)


COLUMNS = {
    "nothing": Column("nothing", nothing, cases=ALL),
    "floor": Column("two empty hooks", nothing, ("sipsteer_floor",), cases={"udp-other"}),
    "least": Column("least possible", least, ("sipsteer_least",), cases=ALL,
                    steers=ALL - OTHERS - {"options"}, families=(4,), forgets=True),
    "sipsteer": Column("sipsteer", sipsteer, ("nf_sipsteer",), cases=ALL,
                       steers=ALL - OTHERS - {"options"}, mappings=1000000, forgets=True),
    "iptables": dnat("iptables", iptables("legacy"), 1000),
    "iptables-nft": dnat("iptables-nft", iptables("nft"), 1000),
    "nft-map": dnat("nft dnat map", nft_map, 100000),
    "nft-stateless": Column("nft stateless", nft_stateless, steers=REGISTERS,
                            cases=OTHERS | REGISTERS | {"options"} - {"register-keep"}),
}


def loaded():
    """The modules that are loaded now"""
    with open("/proc/modules", encoding="ascii") as file:
        return {line.split()[0] for line in file}


def unload(modules):
    """Unload all of these; namespaces that use them may just be going"""
    for _ in range(300):
        left = modules & loaded()
        if not left:
            return
        done = subprocess.run(["rmmod", *left], check=False, capture_output=True, text=True)
        time.sleep(0.1)
    sys.exit(f"cannot be unloaded: {done.stderr}")


def find(module, folder):
    """How to load it: what was built for the benchmark is in no index"""
    path = os.path.join(folder, f"{module}.ko")
    return f"insmod {path}" if os.path.exists(path) else f"modprobe {module}"
