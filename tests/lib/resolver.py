"""Asking postern-resolver as its clients do, over its control socket."""

import socket
import struct

from .nsd import TYPES

RESULTS = ("ok", "nodata", "nxdomain", "failed", "bad-name")
SECURITY = ("insecure", "secure", "bogus")
ASK, ANSWER, FAILURE = 0, 1, 2
HEAD = struct.Struct("<IHBBQ")


def _text(octets, at):
    n, = struct.unpack_from("<I", octets, at)
    return octets[at + 4:at + 4 + n], at + 4 + n


class Answer:
    def __init__(self, octets):
        result, security, self.ttl = struct.unpack_from("<III", octets)
        self.result, self.security = RESULTS[result], SECURITY[security]
        at, texts = 12, []
        for _ in range(4):
            text, at = _text(octets, at)
            texts.append(text)
        assert at == len(octets)
        self.name, self.canonical, self.why = (
            text.decode() for text in texts[:3])
        self.records = []           # (preference, data)
        at = 0
        while at < len(texts[3]):
            preference, = struct.unpack_from("<I", texts[3], at)
            data, at = _text(texts[3], at + 4)
            self.records.append((preference, data))

    @property
    def data(self):
        return sorted(data for _, data in self.records)

    def __repr__(self):
        return f"{vars(self)}"


class Resolver:
    def __init__(self, server, seconds=40):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(seconds)
        self._socket.connect(str(server.data / "control-resolver"))
        self._id = 0

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self._socket.close()

    def send(self, name, kind):
        """Ask, and do not wait. The ask's number."""
        self._id += 1
        name = name if isinstance(name, bytes) else name.encode()
        kind = TYPES.get(kind, kind)
        body = struct.pack("<I", len(name)) + name + struct.pack("<I", kind)
        self._socket.sendall(HEAD.pack(HEAD.size - 4 + len(body), 0, ASK, 0,
                                       self._id) + body)
        return self._id

    def receive(self):
        """The next answer: its ask's number, and what it says."""
        n, call, kind, fds, number = HEAD.unpack(self._octets(HEAD.size))
        body = self._octets(n + 4 - HEAD.size)
        assert (call, kind, fds) == (0, ANSWER, 0), (call, kind, body)
        return number, Answer(body)

    def _octets(self, n):
        octets = b""
        while len(octets) < n:
            more = self._socket.recv(n - len(octets))
            assert more, "the resolver has gone"
            octets += more
        return octets

    def ask(self, name, kind):
        number = self.send(name, kind)
        answered, answer = self.receive()
        assert answered == number
        return answer
