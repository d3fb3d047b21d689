# SPDX-License-Identifier: GPL-2.0
"""What is sent, and what is remembered by then: the rows of the tables."""

import array
import os
import socket
import struct

from packets import ACK, PSH, SIZE, SYN, Packet, request, response

RECEIVE, DELIVER, SEND = range(3)


class Bench:
    """The device of the module"""

    def __init__(self):
        self.fd = os.open("/dev/sipsteer_bench", os.O_RDWR)

    def send(self, stream, first, count):
        """Send these of a stream; the cycles of each that no interrupt met"""
        header = struct.pack("=9I", stream.way, socket.if_nametoindex(stream.device), count, first,
                             stream.number_at, stream.port_at, stream.ports, stream.seq_at,
                             stream.seq_step)
        os.write(self.fd, header + stream.packet.bytes)
        return [cycles for cycles in array.array("I", os.read(self.fd, 4 * count)) if cycles]


class Stream:
    """A packet, many times"""

    def __init__(self, packet, device, way=RECEIVE):
        self.packet, self.device, self.way = packet, device, way
        self.number_at = self.port_at = self.seq_at = self.seq_step = 0
        self.ports = 1

    def branches(self):
        """Each is a transaction of its own"""
        self.number_at = self.packet.branch_at
        return self

    def clients(self, ports, port_at):
        """From, or to, so many ports in turn"""
        if ports > 1:
            self.port_at, self.ports = port_at, ports
        return self

    def sequence(self):
        """Each is the next segment"""
        self.seq_at, self.seq_step = self.packet.seq_at, SIZE
        return self


class Case:
    """What one row measures"""

    mapping = "proto udp"	# more words of the mapping
    local = False		# the phone is this host
    counter = None		# that of sipsteer, which counts each packet
    remembers = False		# for some time, until which a table would fill up

    def __init__(self, title):
        self.title = title

    def opening(self, job):
        """What is sent once: streams of one packet"""
        return []

    def asking(self, job):
        """What is sent before, with the same numbers; a stream or None"""
        return None

    def stream(self, job):
        """What is measured"""
        raise NotImplementedError


class Other(Case):
    """UDP that is none of our business"""

    def stream(self, job):
        return Stream(Packet(job.family, "client", "other", bytes(SIZE)), "phones")


class Request(Case):
    """A SIP request to the S-CSCF"""

    def __init__(self, title, method="REGISTER", *, mapping=Case.mapping, branches=True,
                 ports=1):
        super().__init__(title)
        self.method, self.branches, self.ports = method, branches, ports
        self.mapping = mapping
        self.remembers = branches
        self.counter = "steered" if method == "REGISTER" else "method"

    def stream(self, job):
        stream = Stream(Packet(job.family, "client", "scscf",
                               request(self.method, job.family, "client")), "phones")
        if self.branches:
            stream.branches()
        return stream.clients(max(self.ports, job.ports), stream.packet.src_port_at)


class Reply(Case):
    """A response to a request of its own"""

    counter = "restored"
    remembers = True

    def asking(self, job):
        return CASES["register-known"].stream(job)

    def stream(self, job):
        stream = Stream(Packet(job.family, "pcscf", "client", response(job.family, "client")),
                        "core")
        return stream.branches().clients(job.ports, stream.packet.dst_port_at)


class LocalOther(Other):
    """The same, from this host"""

    local = True

    def stream(self, job):
        return Stream(Packet(job.family, "own", "other", bytes(SIZE)), "core", SEND)


class LocalRequest(Case):
    """A REGISTER of this host"""

    local = True
    counter = "steered"
    remembers = True

    def stream(self, job):
        return Stream(Packet(job.family, "own", "scscf", request("REGISTER", job.family, "own")),
                      "core", SEND).branches()


class LocalReply(Case):
    """A response to that"""

    local = True
    counter = "restored"
    remembers = True

    def asking(self, job):
        return CASES["local-register"].stream(job)

    def stream(self, job):
        return Stream(Packet(job.family, "pcscf", "own", response(job.family, "own")),
                      "core", DELIVER).branches()


class Tcp(Case):
    """Data on a connection, in one direction"""

    mapping = "guard off"

    def __init__(self, title, server, answers, *, to_client=False):
        super().__init__(title)
        self.server, self.answers, self.to_client = server, answers, to_client
        # Not the connection of the other direction, which is open already.
        self.client = "client2" if to_client else "client"
        if server == "scscf":
            self.counter = "tcp-restored" if to_client else "tcp-steered"

    def opening(self, job):
        def segment(src, dst, device, flags, seq):
            return Stream(Packet(job.family, src, dst, b"", flags, seq), device)
        client = self.client
        return [segment(client, self.server, "phones", SYN, 0),
                segment(self.answers, client, "core", SYN | ACK, 0),
                segment(client, self.server, "phones", ACK, 1),
                # The window of a SYN is not scaled; this one's is.
                segment(self.answers, client, "core", ACK, 1)]

    def stream(self, job):
        text = request("REGISTER", job.family, self.client)
        if self.to_client:
            packet, device = Packet(job.family, self.answers, self.client, text, PSH | ACK), "core"
        else:
            packet, device = Packet(job.family, self.client, self.server, text, PSH | ACK), "phones"
        return Stream(packet, device).sequence()


CASES = {
    "udp-other": Other("UDP to another port"),
    "options": Request("OPTIONS at the mapped port", "OPTIONS", branches=False),
    "register-keep": Request("REGISTER steered, reply keep", mapping="proto udp reply keep",
                             branches=False),
    "register-known": Request("REGISTER steered, flow known"),
    "register-flow": Request("REGISTER steered, new flow", ports=60000),
    "register-again": Request("REGISTER steered, sent again", branches=False),
    "reply": Reply("reply restored"),
    "local-other": LocalOther("UDP to another port, from this host"),
    "local-register": LocalRequest("REGISTER steered, from this host"),
    "local-reply": LocalReply("reply restored, to this host"),
    "tcp-other": Tcp("TCP data of another connection", "other", "other"),
    "tcp-client": Tcp("TCP data, client to target", "scscf", "pcscf"),
    "tcp-target": Tcp("TCP data, target to client", "scscf", "pcscf", to_client=True),
}
