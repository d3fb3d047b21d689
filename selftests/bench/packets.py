# SPDX-License-Identifier: GPL-2.0
"""The packets of the story: who sends what to whom."""

import socket
import struct

SIZE = 500
BRANCH = "z9hG4bKPj4cf96e2d-3a5f-4c8b-9f0e-"
FIN, SYN, PSH, ACK = 1, 2, 8, 16

# "own" is this host itself, where it is the phone.
ADDRESS = {
    4: {"client": "192.0.2.2", "client2": "192.0.2.3", "own": "203.0.113.254",
        "pcscf": "203.0.113.1", "scscf": "10.0.0.5", "other": "203.0.113.9"},
    6: {"client": "2001:db8:1::2", "client2": "2001:db8:1::3", "own": "2001:db8:cb::fe",
        "pcscf": "2001:db8:cb::1", "scscf": "2001:db8:a::5", "other": "2001:db8:cb::9"},
}
PORTS = {"client": 1024, "client2": 1024, "own": 1024,
         "pcscf": 5060, "scscf": 5054, "other": 9999}


def end(family, name):
    """The address and port of one of them"""
    return ADDRESS[family][name], PORTS[name]


def at(family, name):
    """The same as text, as URIs and the tool have it"""
    address, port = end(family, name)
    return f"[{address}]:{port}" if family == 6 else f"{address}:{port}"


def padded(lines):
    """A message of these lines and of the size that all have"""
    text = "\r\n".join(lines) + "\r\n"
    padding = "a" * (SIZE - len(text) - len("X-Pad: \r\n\r\n"))
    return f"{text}X-Pad: {padding}\r\n\r\n".encode()


def dialog(method, family, client):
    """What a request and its response have in common"""
    return [
        f"Via: SIP/2.0/UDP {at(family, client)};rport;branch={BRANCH}00000000",
        "From: <sip:alice@ims.example.org>;tag=8b7d4b6e1a",
        "To: <sip:alice@ims.example.org>",
        "Call-ID: 0c0f7c8e-93b4-4f3a-8c4e-2c29d1a3a6f4",
        f"CSeq: 23114 {method}",
    ]


def request(method, family, client):
    """A request as the client of the story sends it, with the S-CSCF as its Route"""
    via, *rest = dialog(method, family, client)
    return padded([
        f"{method} sip:ims.example.org SIP/2.0", via, "Max-Forwards: 70", *rest,
        f"Route: <sip:{at(family, 'scscf')};lr>",
        f"Contact: <sip:alice@{at(family, client)};ob>", "Expires: 300", "Content-Length: 0",
    ])


def response(family, client):
    """What a P-CSCF answers to a REGISTER"""
    return padded([
        "SIP/2.0 401 Unauthorized", *dialog("REGISTER", family, client),
        'WWW-Authenticate: Digest realm="ims.example.org", nonce="N2JmZTk4MTg2NzM0"',
        "Content-Length: 0",
    ])


class Packet:
    """A packet from the IP header on, without checksums, and where things are in it"""

    def __init__(self, family, src, dst, payload, flags=None, seq=1):
        self.family, self.src, self.dst = family, end(family, src), end(family, dst)
        if flags is None:
            protocol = socket.IPPROTO_UDP
            l4 = struct.pack(">HHHH", self.src[1], self.dst[1], 8 + len(payload), 0)
        else:
            protocol = socket.IPPROTO_TCP
            # The largest window there is, to last for all that will be sent.
            options = bytes([3, 3, 14, 0]) if flags & SYN else b""
            l4 = struct.pack(">HHIIBBHHH", self.src[1], self.dst[1], seq, 1,
                             (20 + len(options)) << 2, flags, 0xffff, 0, 0) + options
        size = len(l4) + len(payload)
        if family == 4:
            header = struct.pack(">BBHHHBBH", 0x45, 0, 20 + size, 0, 0x4000, 64, protocol, 0)
            af = socket.AF_INET
        else:
            header = struct.pack(">IHBB", 0x60000000, size, protocol, 64)
            af = socket.AF_INET6
        header += socket.inet_pton(af, self.src[0]) + socket.inet_pton(af, self.dst[0])
        self.bytes = header + l4 + payload
        self.src_port_at = len(header)
        self.dst_port_at = len(header) + 2
        self.seq_at = len(header) + 4
        # Only its last digits change.
        self.branch_at = self.bytes.find(BRANCH.encode()) + len(BRANCH)


def ends(packet):
    """Source and destination of a packet that was seen"""
    if packet[0] >> 4 == 4:
        af, src, dst, l4 = socket.AF_INET, packet[12:16], packet[16:20], packet[20:]
    else:
        af, src, dst, l4 = socket.AF_INET6, packet[8:24], packet[24:40], packet[40:]
    src_port, dst_port = struct.unpack_from(">HH", l4)
    return (socket.inet_ntop(af, src), src_port), (socket.inet_ntop(af, dst), dst_port)
