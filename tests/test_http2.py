"""HTTP/2: by ALPN, with programs of others, and with those who mean no good."""

import contextlib
import json
import os
import pathlib
import re
import socket
import ssl
import struct
import subprocess
import threading
import time

import pytest
from lib.jmap import Jmap
from lib.server import BUILD, PASSWORD, ROOT, ConfiguredServer, address
from lib.wire import Wire, client_context

ALICE = address("alice")
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PING, GOAWAY = (
    0, 1, 2, 3, 4, 6, 7)
END_STREAM, END_HEADERS = 1, 4
CALM = 11		# ENHANCE_YOUR_CALM


def url(server, path="/"):
    return f"https://127.0.0.1:{server.ports['https']}{path}"


def frame(kind, flags=0, stream=0, octets=b""):
    return struct.pack(">I", len(octets))[1:] + struct.pack(
        ">BBI", kind, flags, stream) + octets


def pack(*fields):
    """Literals that are never kept (RFC 7541 6.2.2); short ones only."""
    return b"".join(b"\0" + bytes([len(text)]) + text if i % 2 == 0
                    else bytes([len(text)]) + text
                    for i, text in enumerate(
                        t.encode() for pair in fields for t in pair))


def request(method="GET", path="/", *fields):
    return pack((":method", method), (":scheme", "https"), (":path", path),
                (":authority", "localhost"), *fields)


class Frames:
    """A client of a few lines, that says what it is told to."""

    def __init__(self, server):
        context = client_context()
        context.set_alpn_protocols(["h2"])
        raw = socket.create_connection(
            ("127.0.0.1", server.ports["https"]), 60)
        self.sock = context.wrap_socket(raw)
        self.buffer = b""
        self.sock.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
                          + frame(SETTINGS))

    def send(self, *frames):
        self.sock.sendall(b"".join(frames))

    def frame(self):
        """(kind, flags, stream, octets); None at the end."""
        while True:
            if len(self.buffer) >= 9:
                n = struct.unpack(">I", b"\0" + self.buffer[:3])[0]
                if len(self.buffer) >= 9 + n:
                    head, octets = self.buffer[3:9], self.buffer[9:9 + n]
                    self.buffer = self.buffer[9 + n:]
                    return (*struct.unpack(">BBI", head), octets)
            try:
                more = self.sock.recv(65536)
            except ConnectionError:
                return None
            if not more:
                return None
            self.buffer += more

    def until(self, kind):
        while (got := self.frame()) and got[0] != kind:
            pass
        return got

    def close(self):
        self.sock.close()


# ---- programs ---------------------------------------------------------------

def curl(*args):
    return subprocess.run(
        ["curl", "-sS", "--insecure", "--max-time", "30", *args],
        capture_output=True, text=True, check=True).stdout


def test_alpn(demo):
    """What there is, the best first; others have come to the wrong door."""
    def offer(*names):
        context = client_context()
        context.set_alpn_protocols(names)
        with socket.create_connection(
                ("127.0.0.1", demo.ports["https"]), 30) as s:
            return context.wrap_socket(s).selected_alpn_protocol()
    assert offer("http/1.1", "h2") == "h2"
    assert offer("h2") == "h2"
    assert offer("http/1.1") == "http/1.1"
    assert offer("http/1.0", "imap") == "http/1.0"
    for other in "h2c", "imap", "h3":
        with pytest.raises(ssl.SSLError, match="no application protocol"):
            offer(other)


def test_off():
    """Taken off the list."""
    class Without(ConfiguredServer):
        def configure(self, more=""):
            super().configure("http2 = false\n")

    with Without() as server:
        assert curl("-o", "/dev/null", "-w", "%{http_code} %{http_version}",
                    url(server, "/x")) == "404 1.1"
        context = client_context()
        context.set_alpn_protocols(["h2"])
        with pytest.raises(ssl.SSLError, match="no application protocol"):
            context.wrap_socket(socket.create_connection(
                ("127.0.0.1", server.ports["https"]), 30))


def test_never_in_clear(demo):
    port = demo.ports["http"]
    wire = Wire(port)
    wire.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(SETTINGS))
    assert wire.line().startswith(b"HTTP/1.1 505 ")
    wire.close()
    # Who offers it there is answered in what they speak.
    assert curl("-o", "/dev/null", "-w", "%{http_code} %{http_version}",
                "--http2", f"http://127.0.0.1:{port}/x") == "308 1.1"
    # By TLS, and then not what was settled on.
    context = client_context()
    context.set_alpn_protocols(["h2"])
    with context.wrap_socket(socket.create_connection(
            ("127.0.0.1", demo.ports["https"]), 30)) as s:
        s.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        octets = b""
        with contextlib.suppress(ConnectionError):
            while more := s.recv(65536):
                octets += more
        assert b"HTTP/1.1" not in octets


def test_same_answers(demo):
    """Whatever version: status, fields and octets."""
    def get(version, *args):
        head, body = curl(version, "-i", *args).split("\n\n", 1)
        status, *fields = head.splitlines()
        # What differs is the connection's, or of the moment.
        fields = sorted(f.lower() for f in fields if not f.lower().startswith(
            ("date:", "connection:", "transfer-encoding:")))
        return status.split()[1], fields, body

    who = ("-u", f"{ALICE}:{PASSWORD}")
    etag = re.search(r"etag: (\S+)", curl("--http2", "-I", url(demo, "/")))
    for args in ((url(demo),), ("-I", url(demo)), (url(demo, "/no/such"),),
                 ("-X", "PUT", url(demo, "/session")),
                 ("-X", "OPTIONS", url(demo, "/session")),
                 (*who, url(demo, "/session")),
                 (*who, url(demo, "/.well-known/jmap")),
                 (url(demo, "/session"),),
                 ("-H", "Host: a..b:x", url(demo)),
                 ("-d", "{}", "-H", "Content-Type: application/json",
                  url(demo, "/login")),
                 ("-d", "{}", url(demo, "/login")),
                 *([("-H", f"If-None-Match: {etag[1]}", url(demo))]
                   if etag else [])):
        assert get("--http1.1", *args) == get("--http2", *args), args
    if etag:
        assert get("--http2", "-H", f"If-None-Match: {etag[1]}",
                   url(demo))[0] == "304"


def test_h2load(demo):
    for streams in "1", "32":
        done = subprocess.run(
            ["h2load", "-n", "3000", "-c", "10", "-m", streams,
             url(demo, "/")], capture_output=True, text=True, timeout=120)
        assert "3000 succeeded, 0 failed" in done.stdout, done.stdout
        assert "Application protocol: h2" in done.stdout


def test_nghttp(demo):
    done = subprocess.run(
        ["nghttp", "-nv", "--no-verify-peer", "-m", "20", url(demo, "/")],
        capture_output=True, text=True, timeout=60)
    assert done.stdout.count(":status:") == 20, done.stdout
    assert "[SETTINGS_MAX_CONCURRENT_STREAMS(0x03):32]" in done.stdout
    assert "recv RST_STREAM" not in done.stdout


def test_node(empty_demo):
    done = subprocess.run(
        ["node", "http2.mjs", str(empty_demo.ports["https"]), ALICE,
         PASSWORD], cwd=ROOT / "tests/clients", capture_output=True,
        text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "many": 20, "uploaded": [201, 3_000_000], "same": True,
        "created": ["a"], "told": True, "refused": 404, "large": 413,
        "websocket": "Stream closed with error code "
        "NGHTTP2_HTTP_1_1_REQUIRED", "settings": 32, "protocol": "h2"}


# ---- those who mean no good -------------------------------------------------

def floods():
    resets = [frame(HEADERS, END_STREAM | END_HEADERS, 2 * i + 1, request())
              + frame(RST_STREAM, 0, 2 * i + 1, struct.pack(">I", 8))
              for i in range(5000)]
    opens = [frame(HEADERS, END_HEADERS, 2 * i + 1, request())
             for i in range(5000)]
    return {"resets": resets, "opens": opens,
            "pings": [frame(PING, 0, 0, b"12345678")] * 50000,
            "settings": [frame(SETTINGS)] * 50000,
            "empty": [frame(HEADERS, END_HEADERS, 1, request(
                "POST", "/login", ("content-type", "application/json")))]
            + [frame(DATA, 0, 1)] * 50000,
            "priorities": [frame(PRIORITY, 0, 2 * i + 1, bytes(5))
                           for i in range(50000)]}


@pytest.mark.parametrize("kind", floods())
def test_flood(demo, kind):
    """It ends soon, also for who never reads; and others are served."""
    client = Frames(demo)
    with contextlib.suppress(OSError):
        for i in range(0, 50000, 500):
            client.send(*floods()[kind][i:i + 500])
    before = time.monotonic()
    assert curl("-o", "/dev/null", "-w", "%{http_code}", url(demo)) == "200"
    assert time.monotonic() - before < 5
    got = client.until(GOAWAY)
    # Our words may be lost where theirs still come.
    # Fifty refusals are enough as well.
    assert got is None or struct.unpack(">I", got[3][4:8])[0] in (
        (0, CALM) if kind == "opens" else (CALM,))
    assert client.until(GOAWAY) is None
    client.close()


def test_goes_away():
    """A server that stops says so, and answers what it has begun."""
    with ConfiguredServer() as server:
        client = Frames(server)
        client.send(frame(HEADERS, END_HEADERS, 1, request(
            "POST", "/login", ("content-type", "application/json"))),
            frame(DATA, 0, 1, b"{"))
        idle = Frames(server)
        time.sleep(0.5)
        stopping = threading.Thread(target=server.stop)
        stopping.start()
        got = client.until(GOAWAY)
        assert struct.unpack(">II", got[3][:8]) == (1, 0)
        assert struct.unpack(">II", idle.until(GOAWAY)[3][:8]) == (0, 0)
        assert idle.frame() is None
        client.send(frame(DATA, END_STREAM, 1, b"}"))
        assert client.until(HEADERS)[2] == 1
        assert client.until(DATA)[2] == 1
        assert client.until(GOAWAY) is None
        stopping.join()


EVENTS = "/jmap/eventsource/?types=*&closeafter=no&ping=0"


def test_events_that_are_left(demo):
    """Who takes a stream of events back has it no more, at once: an account
    has sixteen."""
    client = Frames(demo)
    login = Jmap(demo).login["Authorization"]
    for i in range(40):
        stream = 2 * i + 1
        client.send(frame(HEADERS, END_STREAM | END_HEADERS, stream,
                          request("GET", EVENTS, ("authorization", login))))
        got = client.until(DATA)
        assert (got[2], got[3]) == (stream, b":\n")
        client.send(frame(RST_STREAM, 0, stream, struct.pack(">I", 8)))
    client.close()


# ---- memory -----------------------------------------------------------------

def memory_kb(pid):
    rollup = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return next(int(line.split()[1]) for line in rollup.splitlines()
                if line.startswith("Private_Dirty:"))


CONNECTIONS = 200


class Roomy(ConfiguredServer):
    def configure(self, more=""):
        super().configure("people-per-address = 2000\nper-account = 1000\n"
                          "http-timeout = 600\n")


@pytest.mark.skipif("asan" in BUILD.name, reason="it keeps what was freed")
def test_memory():
    """What one more connection costs the process: at rest, and with an
    EventSource that waits."""
    with Roomy() as server:
        web, = server.processes("web")
        login = Jmap(server).login["Authorization"]
        listening = frame(HEADERS, END_STREAM | END_HEADERS, 1, request(
            "GET", EVENTS, ("authorization", login)))

        def cost(begin):
            warm = [begin() for _ in range(10)]
            before = memory_kb(web)
            there = [begin() for _ in range(CONNECTIONS)]
            time.sleep(1)
            each = (memory_kb(web) - before) / CONNECTIONS
            for client in warm + there:
                client.close()
            return each

        def at_rest():
            client = Frames(server)
            client.send(frame(PING, 0, 0, b"12345678"))
            client.until(PING)
            return client

        idle = cost(at_rest)
        print(f"{idle:.1f} KB a connection at rest")
        assert 0 < idle < 44

        def events():
            client = at_rest()
            client.send(listening)
            assert client.until(DATA)
            return client

        # Sixteen of an account is the bound of events.
        streams = [events() for _ in range(2)]
        before = memory_kb(web)
        streams += [events() for _ in range(14)]
        each = (memory_kb(web) - before) / 14
        print(f"{each:.1f} KB with an EventSource")
        assert each < 32
        for client in streams:
            client.close()


@pytest.mark.skipif("asan" in BUILD.name, reason="it keeps what was freed")
def test_memory_of_events_in_1_1():
    """A connection of its own with an EventSource that waits, its TLS and its
    stack: what was needed to begin it is given back."""
    with Roomy() as server:
        web, = server.processes("web")
        cookies = []
        for person in "alice", "bob":
            jmap = Jmap(server, person)
            jmap.sign_in()
            cookies.append(jmap.login["Cookie"])

        def begin(cookie):
            wire = Wire(server.ports["https"], True)
            wire.send(f"GET {EVENTS} HTTP/1.1\r\nHost: localhost\r\n"
                      f"Cookie: {cookie}\r\n\r\n".encode())
            while b":\n\r\n" not in wire.buffer:
                assert wire.more()
            return wire

        there = [begin(cookie) for cookie in cookies]
        before = memory_kb(web)
        more = [begin(cookie) for cookie in cookies for _ in range(15)]
        time.sleep(1)
        each = (memory_kb(web) - before) / len(more)
        print(f"{each:.1f} KB")
        assert 0 < each < 44
        for wire in there + more:
            wire.close()


def test_linked_by_web_alone():
    for program in BUILD.glob("postern*"):
        if not program.is_file() or not os.access(program, os.X_OK):
            continue
        done = subprocess.run(["readelf", "-d", program],
                              capture_output=True, text=True)
        needs = re.findall(r"NEEDED.*\[(.*)\]", done.stdout)
        assert any(n.startswith("libnghttp2") for n in needs) == (
            program.name == "postern-web"), program
