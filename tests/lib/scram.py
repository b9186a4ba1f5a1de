"""SCRAM as a client does it: RFC 5802, RFC 7677, RFC 5929."""

import base64
import hashlib
import hmac
import os

from .wire import Wire

HASHES = {"SCRAM-SHA-256": "sha256", "SCRAM-SHA-1": "sha1"}
MECHANISMS = [m + plus for plus in ("-PLUS", "") for m in HASHES]


def end_point(wire):
    """tls-server-end-point of a certificate that is signed with SHA-256."""
    return hashlib.sha256(wire.sock.getpeercert(True)).digest()


class Scram:
    """One exchange. What a test wants otherwise, it changes in between."""

    def __init__(self, mechanism, user, password, wire=None, flag=None):
        self.hash = HASHES[mechanism.upper().removesuffix("-PLUS")]
        self.mechanism, self.password = mechanism, password.encode()
        self.nonce = base64.b64encode(os.urandom(18)).decode()
        user = user.replace("=", "=3D").replace(",", "=2C")
        self.bare = f"n={user},r={self.nonce}"
        self.binding = b""
        self.flag = flag or "n"
        if mechanism.upper().endswith("-PLUS"):
            self.flag = flag or "p=tls-server-end-point"
            self.binding = end_point(wire)

    def first(self):
        return f"{self.flag},,{self.bare}".encode()

    def final(self, server_first):
        said = dict(part.split("=", 1)
                    for part in server_first.decode().split(","))
        assert said["r"].startswith(self.nonce)
        assert len(said["r"]) > len(self.nonce) + 16
        self.salt, self.count = said["s"], int(said["i"])
        bound = base64.b64encode(f"{self.flag},,".encode() + self.binding)
        without = f"c={bound.decode()},r={said['r']}"
        salted = hashlib.pbkdf2_hmac(
            self.hash, self.password, base64.b64decode(said["s"]), self.count)
        key = self._mac(salted, b"Client Key")
        stored = hashlib.new(self.hash, key).digest()
        auth = f"{self.bare},{server_first.decode()},{without}".encode()
        proof = bytes(a ^ b for a, b in zip(key, self._mac(stored, auth)))
        self.signature = self._mac(self._mac(salted, b"Server Key"), auth)
        return f"{without},p={base64.b64encode(proof).decode()}".encode()

    def _mac(self, key, text):
        return hmac.new(key, text, self.hash).digest()

    def is_signed(self, server_final):
        return server_final == b"v=" + base64.b64encode(self.signature)


class Login:
    """A connection of each protocol, and how it carries SASL."""

    GREETED = {"submissions": b"220", "imaps": b"* OK", "pop3s": b"+OK"}

    def __init__(self, server, port):
        self.port = port
        self.wire = Wire(server.ports[port], implicit_tls=True)
        assert self.wire.line().startswith(self.GREETED[port])
        if port == "submissions":
            self.say(b"EHLO client.example.net")
            self.ehlo = self.smtp_lines()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.wire.sock.close()

    def say(self, octets):
        self.wire.send(octets + b"\r\n")

    def smtp_lines(self):
        lines = [self.wire.line()]
        while lines[-1][3:4] == b"-":
            lines.append(self.wire.line())
        return lines

    def offered(self):
        """The mechanisms that are announced."""
        if self.port == "submissions":
            line, = [x for x in self.ehlo if x[4:].startswith(b"AUTH ")]
            return line[9:].decode().split()
        if self.port == "imaps":
            self.say(b"a CAPABILITY")
            line = self.wire.line()
            assert self.wire.line().startswith(b"a OK")
            return [w[5:].decode() for w in line.split()
                    if w.startswith(b"AUTH=")]
        self.say(b"CAPA")
        words = []
        while (line := self.wire.line()) != b".":
            if line.startswith(b"SASL "):
                words = line[5:].decode().split()
        return words

    def begin(self, mechanism, first=None):
        """The command, with the first message in it, or asked for."""
        verb = b"a AUTHENTICATE" if self.port == "imaps" else b"AUTH"
        more = b"" if first is None else b" " + base64.b64encode(first)
        self.say(verb + b" " + mechanism.encode() + more)
        return self.challenge()

    def respond(self, octets):
        self.say(base64.b64encode(octets))
        return self.challenge()

    def challenge(self):
        """(what it says, decoded) or (None, the last line)."""
        go_on = b"334 " if self.port == "submissions" else b"+ "
        line = self.wire.line()
        if line is not None and line.startswith(go_on):
            return base64.b64decode(line[len(go_on):]), line
        return None, line

    def is_in(self, line):
        return line.startswith({"submissions": b"235", "imaps": b"a OK",
                                "pop3s": b"+OK"}[self.port])

    def scram(self, exchange, initial=True):
        """(in or not, the last line, what the server said last in it)"""
        if initial:
            said, line = self.begin(exchange.mechanism, exchange.first())
        else:
            said, line = self.begin(exchange.mechanism)
            assert said == b"", line
            said, line = self.respond(exchange.first())
        if said is None:
            return self.is_in(line), line, b""
        said, line = self.respond(exchange.final(said))
        if said is None:
            return self.is_in(line), line, b""
        last = said
        assert said.startswith(b"e=") or exchange.is_signed(said)
        said, line = self.respond(b"")
        assert said is None
        return self.is_in(line), line, last
