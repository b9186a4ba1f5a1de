"""Octets flipped on the disk under a running server: whoever asks for the
message is told, in IMAP, in the queue, in log, journal and verify; every other
message is served, and no connection ends."""

import base64
import imaplib
import json
import random
import socket
import sqlite3
import struct
import time

import pytest
from lib.jmap import Jmap
from lib.server import PASSWORD, ConfiguredServer, address
from lib.sink import Sink
from lib.wire import Smtp, client_context

ALICE = address("alice")
HEADER = struct.Struct("<IIQQII")   # the front of a record
RECORD = 48


def octets_of(n):
    """A message that does not get smaller by packing."""
    body = base64.encodebytes(random.Random(n).randbytes(n * 3 // 4))
    return (b"Subject: large\r\n\r\n" + body.replace(b"\n", b"\r\n"))[:n]


class DamageServer(ConfiguredServer):
    def __init__(self):
        super().__init__()
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.next_hop = s.getsockname()[1]

    def configure(self, more=""):
        super().configure(f'route "*" {{ host = "[127.0.0.1]" '
                          f'port = {self.next_hop} private = true }}\n' + more)

    def imap(self):
        imap = imaplib.IMAP4_SSL("localhost", self.ports["imaps"])
        imap.login(ALICE, PASSWORD)
        imap.select("INBOX")
        return imap

    def record(self, message):
        """(file, offset, octets of the message's own) of its record."""
        store = self.data / "store"
        large = store / "blobs" / f"{message:016x}"
        if large.exists():
            return large, 0, HEADER.unpack_from(large.read_bytes())[3]
        for pack in sorted((store / "packs").glob("0*")):
            octets, at = pack.read_bytes(), 0
            while octets[at:at + 4] == b"Prec":
                head = HEADER.unpack_from(octets, at)
                if head[2] == message:
                    return pack, at, head[3]
                at += (RECORD + head[3] + head[4] + 7) // 8 * 8
        raise AssertionError(f"no record of {message}")

    def flip(self, message, where=0.5):
        """One octet of it, so far into what is its own."""
        path, at, length = self.record(message)
        at += RECORD + min(int(length * where), length - 1)
        with open(path, "r+b") as f:
            f.seek(at)
            octet = f.read(1)[0]
            f.seek(at)
            f.write(bytes([octet ^ 0x10]))

    def last_message(self):
        rows = json.loads(self.command("journal", "--json").stdout)
        return max(row["message"] for row in rows if row.get("message"))

    def append(self, imap, octets):
        assert imap.append("INBOX", None, None, octets)[0] == "OK"
        return self.last_message()


@pytest.fixture
def server():
    with DamageServer() as s:
        yield s


def body(imap, number, section="BODY.PEEK[]"):
    imap.untagged_responses.clear()
    kind, data = imap._simple_command("FETCH", str(number), f"({section})")
    lines = imap.untagged_responses.pop("FETCH", [])
    octets = next((x[1] for x in lines if isinstance(x, tuple)), None)
    return kind, data[-1].decode(), octets


def check_jmap(jmap, texts):
    """It is there, with its size, and says what is wrong; never "not found",
    by which a client would drop its own copy."""
    ids = jmap.call("Email/query", sort=[
        {"property": "receivedAt"}])["ids"]
    got = jmap.call("Email/get", ids=ids, fetchTextBodyValues=True)
    assert got["notFound"] == []
    emails = sorted(got["list"], key=lambda e: int(e["id"][1:]))
    assert [e["size"] for e in emails] == [len(t) for t in texts]
    for email, text in zip(emails, texts):
        (value,) = email["bodyValues"].values()
        assert value["isEncodingProblem"] == (text is texts[1])
        assert email["receivedAt"] and email["mailboxIds"]
    (value,) = emails[1]["bodyValues"].values()
    if len(texts[1]) < 600000:
        assert emails[1]["subject"].startswith("This message is damaged")
        assert value["value"].startswith("This message is damaged")


@pytest.mark.parametrize("size", [400, 60000, 700000, 3000000])
def test_a_damaged_message(server, size):
    imap = server.imap()
    texts = [octets_of(size), octets_of(size + 100), octets_of(500)]
    numbers = [server.append(imap, t) for t in texts]
    for i, t in enumerate(texts):
        assert body(imap, i + 1) == ("OK", "Fetched", t)
    server.flip(numbers[1], 0.99)
    kind, said, octets = body(imap, 2)
    assert (kind, octets) == ("NO", None)
    assert said.startswith("[CORRUPTION]")
    # All of them in one command: the good ones come.
    imap.untagged_responses.clear()
    kind, data = imap._simple_command("FETCH", "1:3", "(BODY.PEEK[])")
    came = [x[1] for x in imap.untagged_responses.pop("FETCH")
            if isinstance(x, tuple)]
    assert kind == "NO" and came == [texts[0], texts[2]]
    # A part of a long one that is not damaged is served.
    if size > 600000:
        assert body(imap, 2, "BODY.PEEK[]<0.1000>") == (
            "OK", "Fetched", texts[1][:1000])
    assert imap.noop()[0] == "OK"
    imap.logout()
    check_jmap(Jmap(server), texts)
    log = server.tail(None)
    assert f"message_damaged message={numbers[1]} " in log
    assert log.count("message_damaged") == 1
    time.sleep(1.5)     # the journal is written once a second
    rows = json.loads(server.command("journal", "--json").stdout)
    damaged = [r for r in rows if r["event"] == "damaged"]
    assert [r["message"] for r in damaged] == [numbers[1]]
    verify = server.command("verify", "--json", check=False)
    assert verify.returncode == 1
    problems = json.loads(verify.stdout)["problems"]
    assert len(problems) == 1
    assert f"message {numbers[1]} is damaged" in problems[0]


def test_a_damaged_message_in_the_queue(server):
    """It is returned, and the one beside it is delivered."""
    for word in ("good", "bad"):
        server.command("send", "--from", ALICE, "--subject", word,
                       "x@far.test", text=f"{word} text\n" * 30)
    server.flip(server.last_message())
    with Sink("127.0.0.1", server.next_hop) as sink:
        server.command("queue", "retry", "--all")
        sink.wait(1)
        end = time.monotonic() + 30
        while json.loads(server.command("queue", "list", "--json").stdout):
            assert time.monotonic() < end
            time.sleep(0.2)
        assert len(sink.messages) == 1
        assert sink.messages[0].header("Subject") == "good"
    imap = server.imap()
    kind, _, report = body(imap, 1)
    assert kind == "OK" and b"5.3.0" in report


def flip_in(server, table):
    """The page that was damaged; the server is stopped."""
    database = server.data / "store" / "postern.db"
    with sqlite3.connect(f"file:{database}?immutable=1", uri=True) as db:
        (page,), = db.execute("SELECT rootpage FROM sqlite_master "
                              "WHERE type='table' AND name=?", (table,))
    with open(database, "r+b") as f:
        f.seek(page * 4096 - 2000)
        octet = f.read(1)[0]
        f.seek(page * 4096 - 2000)
        f.write(bytes([octet ^ 1]))
    return page


def test_a_damaged_certificate_of_our_own(server):
    """Nobody gets in without it: a start says so, and what to do."""
    server.stop()
    page = flip_in(server, "secret")
    began = time.monotonic()
    with pytest.raises(RuntimeError):
        server.start()
    said = server.tail(None)
    assert "own certificate cannot be read: put store/ back" in said
    assert f"page {page} of postern.db is damaged" in said
    assert time.monotonic() - began < 20


def test_damaged_credentials(server):
    """Who logs in needs that page, and nobody else: mail comes in, and the
    operator sees who there is."""
    server.stop()
    page = flip_in(server, "credential")
    server.start()
    smtp = Smtp(server)
    smtp.do("EHLO client.example.net", 250)
    smtp.send_message("a@example.net", [ALICE], b"Subject: x\r\n\r\n")
    smtp.close()
    rows = json.loads(server.command("account", "list", "--json").stdout)
    assert {r["address"]: r["second-factor"] for r in rows} == {
        ALICE: "unknown", address("bob"): "unknown"}
    assert "unknown" in server.command("account", "second-factor",
                                       ALICE).stdout
    with imaplib.IMAP4_SSL("127.0.0.1", server.ports["imaps"],
                           ssl_context=client_context()) as imap:
        with pytest.raises(imaplib.IMAP4.error, match="CORRUPTION"):
            imap.login(ALICE, PASSWORD)
    assert f"page_damaged page={page}" in server.tail(None)
