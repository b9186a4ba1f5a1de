"""One connection to a server, octet by octet where a test wants it."""

import base64
import socket
import ssl
import zlib

from .server import PASSWORD, address

TIMEOUT = 60
IMPLICIT_TLS = ("submissions", "imaps", "pop3s", "https")


def client_context():
    """TLS that takes the demo's own certificate."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class Wire:
    def __init__(self, port, implicit_tls=False, timeout=TIMEOUT,
                 source=None):
        self.source = (source, 0) if source else None
        self.sock = self.connect(port, timeout)
        if self.sock.family != socket.AF_UNIX:
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = bytearray()
        self.packer = self.unpacker = None
        self.came = 0
        if implicit_tls:
            self.tls()

    def connect(self, port, timeout):
        return socket.create_connection(("127.0.0.1", port), timeout,
                                        self.source)

    def tls(self):
        """Nothing that came before may be taken for what comes inside."""
        if self.buffer:
            raise AssertionError(
                f"came before TLS began: {bytes(self.buffer)!r}")
        self.sock = client_context().wrap_socket(self.sock)

    def deflate(self):
        """Both ways compressed from here on (RFC 1951)."""
        assert not self.buffer
        self.packer = zlib.compressobj(wbits=-15)
        self.unpacker = zlib.decompressobj(wbits=-15)

    def send(self, octets):
        if self.packer:
            octets = (self.packer.compress(octets)
                      + self.packer.flush(zlib.Z_SYNC_FLUSH))
        self.sock.sendall(octets)

    def more(self):
        """Read once; False at the end."""
        octets = self.sock.recv(1 << 16)
        self.came += len(octets)
        self.buffer += (self.unpacker.decompress(octets) if self.unpacker
                        else octets)
        return bool(octets)

    def line(self):
        """One line without its CRLF, None at the end of the connection.
        Only CRLF ends a line."""
        while (end := self.buffer.find(b"\r\n")) < 0:
            if not self.more():
                if self.buffer:
                    raise AssertionError(
                        f"ends inside a line: {bytes(self.buffer)!r}")
                return None
        line = bytes(self.buffer[:end])
        del self.buffer[:end + 2]
        return line

    def take(self, n):
        """Exactly n octets."""
        while len(self.buffer) < n:
            if not self.more():
                raise AssertionError("the connection ended early")
        octets = bytes(self.buffer[:n])
        del self.buffer[:n]
        return octets

    def close(self):
        self.sock.close()


class Smtp(Wire):
    """Commands and replies; (code, lines) of each."""

    def __init__(self, server, port="smtp", **kwargs):
        super().__init__(server.ports[port], port in IMPLICIT_TLS, **kwargs)
        self.expect(220)

    def reply(self):
        lines = []
        while True:
            line = self.line()
            if line is None:
                raise ConnectionError("closed instead of a reply")
            lines.append(line[4:].decode())
            if line[3:4] != b"-":
                return int(line[:3]), lines

    def expect(self, *codes):
        code, lines = self.reply()
        assert code in codes, f"{code} {lines} instead of {codes}"
        return lines

    def do(self, command, *codes):
        self.send(command.encode() + b"\r\n")
        return self.expect(*codes)

    def start_tls(self):
        self.do("EHLO client.example.test", 250)
        self.do("STARTTLS", 220)
        self.tls()

    def login(self, person):
        raw = f"\0{address(person)}\0{PASSWORD}".encode()
        self.do("EHLO client.example.test", 250)
        self.do("AUTH PLAIN " + base64.b64encode(raw).decode(), 235)

    def send_message(self, sender, recipients, octets):
        """One transaction in one round; the code of its last answer."""
        commands = [f"MAIL FROM:<{sender}>"]
        commands += [f"RCPT TO:<{r}>" for r in recipients] + ["DATA"]
        self.send("".join(c + "\r\n" for c in commands).encode())
        for _ in commands[:-1]:
            self.expect(250)
        self.expect(354)
        self.send(stuffed(octets) + b".\r\n")
        return self.reply()


def crlf(octets):
    """Every LF a CRLF; what is one already stays."""
    return octets.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def stuffed(octets):
    """As DATA wants it: dots doubled, CRLF at the end.    RFC 5321 4.5.2"""
    if octets.startswith(b"."):
        octets = b"." + octets
    octets = octets.replace(b"\r\n.", b"\r\n..")
    return octets if octets.endswith(b"\r\n") else octets + b"\r\n"


class Imap(Wire):
    """Commands by tag; responses as lists of octets and literals."""

    def __init__(self, server, port="imaps", **kwargs):
        super().__init__(server.ports[port], port in IMPLICIT_TLS, **kwargs)
        self.tag = 0
        assert self.line().startswith(b"* OK")

    def response(self):
        """One response: [text, literal, text, ...]."""
        parts = [self.line()]
        if parts[0] is None:
            raise ConnectionError("closed")
        while parts[-1].endswith(b"}"):
            n = int(parts[-1][parts[-1].rindex(b"{") + 1:-1])
            parts += [self.take(n), self.line()]
        return parts

    def ask(self, command, want=b"OK"):
        """Send a command; its untagged responses, after checking that it
        ended as wanted."""
        self.tag += 1
        tag = b"t%d " % self.tag
        if isinstance(command, str):
            command = command.encode()
        self.send(tag + command + b"\r\n")
        untagged = []
        while True:
            parts = self.response()
            if parts[0].startswith(tag):
                got = parts[0][len(tag):]
                assert got.startswith(want), f"{command!r}: {got!r}"
                return untagged
            untagged.append(parts)

    def login(self, person):
        self.ask(f"LOGIN {address(person)} {PASSWORD}")
        return self

    def select(self, name="INBOX"):
        """How many messages there are."""
        for parts in self.ask(f"SELECT {name}"):
            if parts[0].endswith(b" EXISTS"):
                return int(parts[0].split()[1])
        raise AssertionError("SELECT without EXISTS")

    def bodies(self, items="BODY.PEEK[]", which="1:*"):
        """The literals of a FETCH, in order."""
        return [parts[1] for parts in self.ask(f"FETCH {which} ({items})")
                if len(parts) > 1]

    def clear(self, name="INBOX"):
        if self.select(name):
            self.ask("STORE 1:* +FLAGS.SILENT (\\Deleted)")
            self.ask("EXPUNGE")
