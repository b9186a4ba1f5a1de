"""JMAP over WebSocket (RFC 8887): frames by hand, hostile ones too, and clients
of others: Python's websockets, and Node's."""

import asyncio
import base64
import json
import os
import socket
import struct
import subprocess
import time
from pathlib import Path

import pytest
from lib.jmap import CORE, Jmap
from lib.server import PASSWORD, address
from lib.wire import client_context

PROTOCOL = "urn:ietf:params:jmap:websocket"
TEXT, CLOSE, PING, PONG = 0x81, 0x88, 0x89, 0x8A
WSS = "wss://127.0.0.1:%d/jmap/ws/"


class Refused(Exception):
    pass


class Ws:
    """A client of a few lines, that says what it is told to."""

    def __init__(self, jmap, fields=(), path="/jmap/ws/", small=False):
        port = jmap.server.ports["https"]
        raw = socket.socket()
        if small:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        raw.connect(("127.0.0.1", port))
        raw.settimeout(60)
        self.sock = client_context().wrap_socket(raw)
        key = base64.b64encode(os.urandom(16)).decode()
        head = {"Host": f"127.0.0.1:{port}", "Upgrade": "websocket",
                "Connection": "keep-alive, Upgrade",
                "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": key,
                "Sec-WebSocket-Protocol": "other, jmap", **jmap.login,
                **dict(fields)}
        self.sock.sendall((f"GET {path} HTTP/1.1\r\n" + "".join(
            f"{name}: {value}\r\n" for name, value in head.items()
            if value is not None) + "\r\n").encode())
        self.buffer = b""
        while b"\r\n\r\n" not in self.buffer:
            self.buffer += self.more()
        self.head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        self.status = int(self.head.split()[1])
        if self.status != 101:
            raise Refused(self.status)

    def more(self):
        octets = self.sock.recv(65536)
        if not octets:
            raise EOFError
        return octets

    def take(self, n):
        while len(self.buffer) < n:
            self.buffer += self.more()
        octets, self.buffer = self.buffer[:n], self.buffer[n:]
        return octets

    def raw(self, octets):
        self.sock.sendall(octets)

    def send(self, first, payload=b"", mask=b"abcd"):
        n = len(payload)
        length = bytes([0x80 | n]) if n < 126 else \
            b"\xfe" + struct.pack(">H", n) if n < 65536 else \
            b"\xff" + struct.pack(">Q", n)
        key = int.from_bytes((mask * (n // 4 + 1))[:n], "big")
        masked = (int.from_bytes(payload, "big") ^ key).to_bytes(n, "big")
        self.raw(bytes([first]) + length + mask + masked)

    def frame(self):
        """(first octet, payload)"""
        first, n = self.take(2)
        assert n < 128      # a server does not mask
        if n == 126:
            n, = struct.unpack(">H", self.take(2))
        elif n == 127:
            n, = struct.unpack(">Q", self.take(8))
        return first, self.take(n)

    def message(self):
        """(object, frames)"""
        octets, frames = b"", 0
        while True:
            first, payload = self.frame()
            assert first in ((0x01, 0x81) if frames == 0 else (0x00, 0x80))
            octets, frames = octets + payload, frames + 1
            if first & 0x80:
                return json.loads(octets), frames

    def say(self, **what):
        self.send(TEXT, json.dumps(what).encode())

    def ask(self, name, args, id=None, using=(CORE,)):
        self.say(**{"@type": "Request", "using": list(using),
                    "methodCalls": [[name, args, "c"]],
                    **({"id": id} if id else {})})

    def closed(self):
        """The code that the server closes with; then nothing comes."""
        first, payload = self.frame()
        assert first == CLOSE, (first, payload)
        with pytest.raises((EOFError, OSError)):
            self.more()
        return int.from_bytes(payload, "big")


@pytest.fixture
def alice(demo):
    return Jmap(demo)


@pytest.fixture
def ws(alice):
    return Ws(alice)


# ---- RFC 8887 3, RFC 6455 4: the handshake ----------------------------------

def test_capability(alice):
    announced = alice.session["capabilities"][PROTOCOL]
    assert announced == {"url": WSS % alice.server.ports["https"],
                         "supportsPush": True}


def test_handshake(ws):
    head = ws.head.decode().lower().split("\r\n")
    assert "upgrade: websocket" in head and "connection: upgrade" in head
    assert "sec-websocket-protocol: jmap" in head
    assert "extensions" not in ws.head.decode().lower()


@pytest.mark.parametrize("fields, status", [
    ({"Upgrade": None}, 426), ({"Connection": "close"}, 426),
    ({"Sec-WebSocket-Version": "8"}, 426),
    ({"Sec-WebSocket-Key": "YWJj"}, 400), ({"Sec-WebSocket-Key": None}, 400),
    ({"Sec-WebSocket-Protocol": "soap"}, 400),
    ({"Sec-WebSocket-Protocol": None}, 400),
    ({"Origin": "https://evil.example"}, 403), ({"Origin": "null"}, 403),
    ({"Sec-Fetch-Site": "cross-site"}, 403), ({"Authorization": None}, 401),
])
def test_refused_handshakes(alice, fields, status):
    with pytest.raises(Refused, match=str(status)):
        Ws(alice, fields)


def test_sign_in(demo, alice):
    """A cookie is good with an Origin only, and until the sign-out."""
    alice.sign_in()
    origin = f"https://127.0.0.1:{demo.ports['https']}"
    for fields in {}, {"Origin": "https://127.0.0.1"}:
        with pytest.raises(Refused, match="403"):
            Ws(alice, fields)
    ws = Ws(alice, {"Origin": origin})
    ws.ask("Core/echo", {"a": 1})
    assert ws.message()[0]["methodResponses"] == [["Core/echo", {"a": 1}, "c"]]
    assert alice.http("DELETE", "/session")[0] == 204
    ws.ask("Core/echo", {"a": 1})
    assert ws.closed() == 1008


# ---- RFC 8887 4.3: messages -------------------------------------------------

def test_request(alice, ws):
    args = {"a": [1, None, "\u00fc\u2028\U0001f600"]}
    ws.ask("Core/echo", args, id="R\u00fc\"1")
    answer, frames = ws.message()
    assert answer == {
        "@type": "Response", "requestId": "R\u00fc\"1",
        "methodResponses": [["Core/echo", args, "c"]],
        "sessionState": alice.session["state"]}
    assert frames == 1
    ws.ask("Core/echo", {})
    assert "requestId" not in ws.message()[0]


@pytest.mark.parametrize("text, error, id", [
    (b"The quick brown fox", "notJSON", None),
    (b"[" * 40 + b"]" * 40, "notJSON", None), (b"[]", "notRequest", None),
    (b'{"id":"a"}', "notRequest", "a"),
    (b'{"@type":"Response","id":"a"}', "notRequest", "a"),
    (b'{"@type":"Request","id":7,"using":[],"methodCalls":[]}', "notRequest",
     None),
    (b'{"@type":"Request","id":"a","using":[]}', "notRequest", "a"),
    (b'{"@type":"Request","id":"a","using":["x"],"methodCalls":[]}',
     "unknownCapability", "a"),
    (b'{"@type":"WebSocketPushEnable","dataTypes":1}', "notRequest", None),
    (b'{"@type":"WebSocketPushEnable","dataTypes":[1]}', "notRequest", None),
])
def test_request_errors(ws, text, error, id):
    ws.send(TEXT, text)
    answer, _ = ws.message()
    assert (answer["@type"], answer["requestId"], answer["status"]) == \
        ("RequestError", id, 400)
    assert answer["type"] == "urn:ietf:params:jmap:error:" + error
    ws.ask("Core/echo", {})     # and it goes on
    assert ws.message()[0]["@type"] == "Response"


def test_several_at_once(ws):
    """More than may be in flight: each is answered, whole, or told so."""
    long = "x" * 300_000
    for i in range(40):
        ws.ask("Core/echo", {"i": i, "long": long if i % 4 == 0 else ""},
               id=str(i))
    seen = {}
    while len(seen) < 40:
        answer, frames = ws.message()
        seen[int(answer["requestId"])] = answer
        if answer["@type"] == "RequestError":
            assert answer["limit"] == "maxConcurrentRequests"
            continue
        (_, args, _), = answer["methodResponses"]
        assert args["i"] == int(answer["requestId"])
        assert frames == 1 if args["long"] == "" else frames > 10
    assert sum(a["@type"] == "Response" for a in seen.values()) >= 8


def test_slow_reader(alice):
    """Who does not read holds up no more than its own connection: pings are
    not even read, and the others go on."""
    ws = Ws(alice, small=True)
    for i in range(7):
        ws.ask("Core/echo", {"long": "x" * 2_000_000}, id=str(i))
    time.sleep(0.5)
    assert alice.calls(("Core/echo", {"a": 1})) == [("Core/echo", {"a": 1})]
    answers = {ws.message()[0]["requestId"] for _ in range(7)}
    assert answers == {str(i) for i in range(7)}


def test_limits(alice, ws):
    ws.say(**{"@type": "Request", "id": "a", "using": [CORE],
              "methodCalls": [["Core/echo", {}, "a"]] * 33})
    answer, _ = ws.message()
    assert answer["limit"] == "maxCallsInRequest"
    ws.raw(b"\x81\xff" + struct.pack(">Q", 10_000_001) + b"abcd")
    assert ws.closed() == 1009
    others = [Ws(alice) for _ in range(16)]
    with pytest.raises(Refused, match="429"):
        Ws(alice)
    for one in others:
        one.sock.close()


# ---- RFC 6455 5: frames -----------------------------------------------------

def test_fragments_and_pings(ws):
    text = json.dumps({"@type": "Request", "using": [CORE], "methodCalls":
                       [["Core/echo", {"a": "\u20ac"}, "c"]]},
                      ensure_ascii=False).encode()
    for i, octet in enumerate(text):
        ws.send(0x01 if i == 0 else 0x00, bytes([octet]))
        if i == 20:
            ws.send(PING, b"still there?")
    ws.send(0x80)
    assert ws.frame() == (PONG, b"still there?")
    assert ws.message()[0]["methodResponses"][0][1] == {"a": "\u20ac"}
    ws.send(PONG, b"nobody asked")
    for i in range(20_000):
        ws.send(PING, b"%d" % i)
        if i % 100 == 99:
            for k in range(i - 99, i + 1):
                assert ws.frame() == (PONG, b"%d" % k)
    ws.send(CLOSE, b"\x03\xe9bye")
    assert ws.closed() == 1001


@pytest.mark.parametrize("octets, code", [
    (b"\x81\x02{}", 1002),                      # no mask
    (b"\xc1\x80abcd", 1002), (b"\x83\x80abcd", 1002),
    (b"\x80\x80abcd", 1002), (b"\x09\x80abcd", 1002),
    (b"\x89\xfe\x00\x7eabcd", 1002), (b"\x81\xfe\x00\x01abcd", 1002),
    (b"\x01\x80abcd\x81\x80abcd", 1002),
    (b"\x81\xff\xff\xff\xff\xff\xff\xff\xff\xffabcd", 1002),
    (b"\x82\x80abcd", 1003), (b"\x81\x81\0\0\0\0\xff", 1007),
    (b"\x88\x81abcda", 1002), (b"\x88\x80abcd", 1000),
    (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", 1002),
])
def test_hostile_frames(ws, octets, code):
    ws.raw(octets)
    assert ws.closed() == code
    ws.sock.close()


def test_hang_up_with_requests_under_way(alice):
    stays = Ws(alice)   # so that their count does
    for i in range(20):
        ws = Ws(alice)
        for k in range(8):
            ws.ask("Core/echo", {"long": "x" * 500_000}, id=str(k))
        ws.sock.close()
    deadline = time.monotonic() + 20
    while True:     # none of them is counted any more
        status, answer = alice.post(json.dumps({"using": [CORE], "methodCalls":
                                                [["Core/echo", {}, "a"]] * 9}))
        if status == 200:
            break
        assert answer["limit"] == "maxConcurrentRequests"
        assert time.monotonic() < deadline
        time.sleep(0.1)
    stays.sock.close()


# ---- RFC 8887 4.3.5: push ---------------------------------------------------

def mail(alice, box):
    blob = alice.upload(b"Subject: news\r\n\r\nHello\r\n", "message/rfc822")
    return alice.call("Email/import", emails={"a": {
        "blobId": blob["blobId"], "mailboxIds": {box: True}}})


@pytest.fixture
def box(alice):
    return alice.mailbox("Drafts")


def test_push(alice, ws, box):
    mail(alice, box)                # nobody has asked to be told
    ws.ask("Core/echo", {}, id="a")
    assert ws.message()[0]["requestId"] == "a"
    ws.say(**{"@type": "WebSocketPushEnable", "dataTypes": None})
    time.sleep(0.3)
    mail(alice, box)
    event, _ = ws.message()
    assert event["@type"] == "StateChange"
    changed = event["changed"][alice.account]
    assert {"Email", "Thread", "Mailbox"} <= set(changed)
    # Who was not there meanwhile, and says what it knows, hears of it at once.
    mail(alice, box)
    again = Ws(alice)
    again.say(**{"@type": "WebSocketPushEnable", "dataTypes": ["Email"],
                 "pushState": event["pushState"]})
    event, _ = again.message()
    assert set(event["changed"][alice.account]) == {"Email"}
    assert event["changed"][alice.account]["Email"] == \
        alice.call("Email/get", ids=[])["state"]
    # With the newest token there is nothing to tell.
    again.say(**{"@type": "WebSocketPushEnable", "dataTypes": ["Email"],
                 "pushState": event["pushState"]})
    again.ask("Core/echo", {}, id="b")
    assert again.message()[0]["requestId"] == "b"
    again.say(**{"@type": "WebSocketPushDisable"})
    again.ask("Core/echo", {}, id="c")
    assert again.message()[0]["requestId"] == "c"
    mail(alice, box)
    time.sleep(0.5)
    again.ask("Core/echo", {}, id="d")
    assert again.message()[0]["requestId"] == "d"


# ---- clients of others ------------------------------------------------------

def test_websockets_of_python(demo, alice, box):
    websockets = pytest.importorskip("websockets")

    async def talk():
        async with websockets.connect(
                alice.session["capabilities"][PROTOCOL]["url"],
                ssl=client_context(), subprotocols=["jmap"],
                extra_headers=alice.login, max_size=None) as ws:
            assert ws.subprotocol == "jmap" and ws.extensions == []
            await ws.send(json.dumps({"@type": "WebSocketPushEnable",
                                      "dataTypes": ["Mailbox"]}))
            await ws.send([json.dumps({     # in two fragments
                "@type": "Request", "id": "1", "using": [CORE],
                "methodCalls": [["Core/echo", {"a": "\u20ac" * 100_000},
                                 "c"]]})[:50_000], ""])
            assert json.loads(await ws.recv())["@type"] == "RequestError"
            await ws.send(json.dumps({
                "@type": "Request", "id": "1", "using": [CORE],
                "methodCalls": [["Core/echo", {"a": "\u20ac" * 100_000},
                                 "c"]]}))
            answer = json.loads(await ws.recv())
            assert answer["methodResponses"][0][1]["a"] == "\u20ac" * 100_000
            await asyncio.wait_for(await ws.ping(), 10)
            mail(alice, box)
            event = json.loads(await asyncio.wait_for(ws.recv(), 30))
            assert set(event["changed"][alice.account]) == {"Mailbox"}
        assert ws.close_code == 1000

    asyncio.run(talk())


def test_websocket_of_node(demo, alice):
    here = Path(__file__).parent / "clients"
    if subprocess.run(["node", "--experimental-websocket", "-e",
                       "new WebSocket('ws://a.invalid').onerror=()=>0"],
                      capture_output=True).returncode:
        pytest.skip("this Node has no WebSocket")
    done = subprocess.run(
        ["node", "--experimental-websocket", "websocket.mjs",
         alice.session["capabilities"][PROTOCOL]["url"], address("alice"),
         PASSWORD], cwd=here, capture_output=True, text=True, timeout=60,
        env={**os.environ, "NODE_TLS_REJECT_UNAUTHORIZED": "0"})
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "protocol": "jmap", "extensions": "", "ids": ["1", "2", "3"],
        "code": 1000}
