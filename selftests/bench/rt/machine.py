# SPDX-License-Identifier: GPL-2.0
"""The virtual machine as a gateway that is flooded: frames come in through a
veth device and go out through one that drops them. And the memory it has."""

import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

TOP = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(TOP / "selftests/bench"))

# pylint: disable=wrong-import-position
from packets import ADDRESS  # noqa: E402

FLOOD = str(TOP / "selftests/tools/flood")
SIPSTEER = str(TOP / "userspace-ctl/sipsteer")
MAC = {"ue": "02:00:00:00:01:01", "phones": "02:00:00:00:02:01"}
FOLDER = Path("/dev/shm")
ETHERNET = b"".join(bytes.fromhex(MAC[to].replace(":", "")) for to in ("ue", "phones"))


def run(*command):
    """What a command prints, which has to succeed"""
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def sipsteer(*words):
    """The tool"""
    return run(SIPSTEER, *words)


def taken():
    """Bytes that the kernel has for itself, by kind"""
    with open("/proc/meminfo") as lines:
        info = {line.split(":")[0]: int(line.split()[1]) << 10 for line in lines}
    return {"slab": info["Slab"], "vmalloc": info["VmallocUsed"], "per_cpu": info["Percpu"]}


def settled():
    """taken(), when what is freed a little later is gone, too"""
    Path("/proc/sys/vm/drop_caches").write_text("3")
    now = taken()
    while True:
        time.sleep(0.5)
        last, now = now, taken()
        if abs(sum(now.values()) - sum(last.values())) < 1 << 16:
            return now


def module_load():
    """Elsewhere than in the virtual machine it is not to be had, and all ends here"""
    run("modprobe", "nf_sipsteer")


def network_up():
    """The phones' device and the gateway's; all that leads to the core is one more"""
    module_load()
    run("ip", "link", "add", "phones", "address", MAC["phones"], "type", "veth",
        "peer", "ue", "address", MAC["ue"])
    run("ip", "link", "add", "core", "type", "dummy")
    for words in ("phones up", "ue up", "core up arp off"):
        run("ip", "link", "set", *words.split())
    run("ip", "route", "add", "default", "dev", "core")
    # It is none of the gateway's business where a phone's address leads.
    run("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv4.conf.all.rp_filter=0",
        "net.ipv4.conf.ue.rp_filter=0")


def passed_on():
    """How many packets have gone out"""
    return int(Path("/sys/class/net/core/statistics/tx_packets").read_text())


def flood(device, milliseconds, files):
    """Of each CPU: packets, nanoseconds of them all, and of one of them"""
    out = run(FLOOD, device, str(milliseconds), *map(str, files))
    return [tuple(map(int, line.split())) for line in out.splitlines()]


def add16(data):
    """The sum of all words, as RFC 1071 has it"""
    total = sum(struct.unpack(f">{len(data) // 2}H", data[:len(data) & ~1]))
    if len(data) & 1:
        total += data[-1] << 8
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total


def put16(data, offset, value):
    """Put a word where there is another one"""
    struct.pack_into(">H", data, offset, value)


class Frames:
    """A packet of IPv4, as many frames of other clients, ports or branches"""

    def __init__(self, packet):
        self.packet = packet
        self.checksum_at = 16 if packet.bytes[9] == socket.IPPROTO_TCP else 6
        self.size = len(packet.bytes)

    def frame(self, client=0, port=None, number=None):
        """One of them; client and port are of the phone, number is of the branch"""
        data = bytearray(self.packet.bytes)
        port_at, address_at = self.packet.src_port_at, 12
        if self.packet.src[0] != ADDRESS[4]["client"]:
            port_at, address_at = self.packet.dst_port_at, 16
        put16(data, address_at + 2, struct.unpack_from(">H", data, address_at + 2)[0] + client)
        if port is not None:
            put16(data, port_at, port)
        if number is not None:
            data[self.packet.branch_at:self.packet.branch_at + 8] = b"%08x" % number
        put16(data, 10, 0xffff ^ add16(data[:20]))
        checksum = add16(data[12:20] + struct.pack(">HH", data[9], self.size - 20) + data[20:])
        put16(data, 20 + self.checksum_at, 0xffff ^ checksum)
        return ETHERNET + struct.pack(">H", 0x0800) + bytes(data)


def write(name, frames):
    """A file for flood()"""
    path = FOLDER / name
    with open(path, "wb") as out:
        for frame in frames:
            out.write(struct.pack("=I", len(frame)) + frame)
    return path
