"""The index of words: a search by it says what reading all mail says.

Every search is asked twice: with the file of the index taken away, so that the
messages are read, and then by the index that this has filled.
"""

import base64
import json
import os
import quopri
import random
import time

import pytest
from lib.jmap import Jmap
from lib.server import ConfiguredServer, address
from lib.wire import Imap

ALICE = address("alice")
SEED = int(os.environ.get("POSTERN_SEED", "20261129"))
VOCABULARY = ["harbour", "Harbourmaster", "lantern", "lanterns", "Straße",
              "STRASSE", "öl", "会议室", "今天的会议", "x1y2z3", "don't",
              "world-wide", "a_b", "co-operate", "e", "ab", "Ångström",
              "ﬁne", "жук", "émigré", "naïve", "ก็ดี", "z" * 90, "q9" * 45]
FIELDS = ("From", "To", "Cc", "Subject", "X-Thing")
KEYS = ("TEXT", "BODY", "SUBJECT", "FROM", "TO", "HEADER X-Thing",
        "FUZZY TEXT", "FUZZY BODY", "FUZZY SUBJECT", "FUZZY HEADER X-Thing")


@pytest.fixture
def server():
    with ConfiguredServer() as s:
        yield s


def words(chance, n):
    return " ".join(chance.choice(VOCABULARY) + chance.choice(["", ",", "."])
                    for _ in range(n))


def encoded(text):
    return "=?utf-8?b?" + base64.b64encode(text.encode()).decode() + "?="


def body(chance):
    """Fields and octets of a part."""
    text = words(chance, chance.randrange(1, 30)) + "\n"
    kind = chance.choice(("plain", "html"))
    if kind == "html":
        text = "<p>" + text.replace(" ", " <b>", 1) + "</b></p><style>ab</style>"
    if chance.random() < 0.5:
        how, octets = "quoted-printable", quopri.encodestring(text.encode())
    else:
        how, octets = "base64", base64.encodebytes(text.encode())
    return (f"Content-Type: text/{kind}; charset=utf-8\n"
            f"Content-Transfer-Encoding: {how}\n\n").encode() + octets


def message(chance):
    head = (f"From: {encoded(words(chance, 2)[:20])} <harbour@example.net>\n"
            f"To: \"Lantern, co-operate\" <ab.{chance.randrange(9)}@e.example>"
            ", e@x1y2z3.example\n"
            f"Subject: {encoded(words(chance, 2)[:25])}"
            f" {encoded(words(chance, 1)[:25])}\n"
            f"X-Thing: {chance.choice(VOCABULARY[:2])} {chance.random()}\n")
    if chance.random() < 0.4:
        text = (b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b"
                b"\n\n--b\n" + body(chance) + b"\n--b\nX-Inner: lantern\n"
                + body(chance) + b"\n--b--\n")
    else:
        text = b"MIME-Version: 1.0\n" + body(chance)
    return (head.encode() + text).replace(b"\r\n", b"\n").replace(b"\n",
                                                                  b"\r\n")


def needle(chance):
    word = chance.choice(VOCABULARY)
    if chance.random() < 0.6:
        begin = chance.randrange(len(word))
        word = word[begin:begin + chance.randrange(1, 60)]
    if len(word) > 3 and chance.random() < 0.2:
        at = chance.randrange(len(word))
        word = word[:at] + chance.choice(["", "x"]) + word[at + 1:]
    if chance.random() < 0.3:
        word += chance.choice([" ", ", ", "-", ". ", " <"]) + \
            chance.choice(VOCABULARY)[:chance.randrange(1, 9)]
    return word


def append(wire, box, texts):
    for text in texts:
        wire.ask(b"APPEND %b {%d+}\r\n%b" % (box.encode(), len(text), text))


def found(wire, key, text):
    octets = text.encode()
    rows = wire.ask(b"UID SEARCH CHARSET UTF-8 %b {%d+}\r\n%b" % (
        key.encode(), len(octets), octets))
    return next(set(r[0].split()[2:]) for r in rows if r[0].startswith(
        b"* SEARCH"))


def index_of(server):
    return server.data / "store" / "index"


def forget(server):
    for file in index_of(server).glob("*"):
        file.unlink()


def compare(server, wire, chance, n, boxes):
    """As many searches in each of the mailboxes; how many found anything."""
    hits = 0
    asked = [(chance.choice(KEYS), needle(chance)) for _ in range(n)]
    by_index = {}
    for box in boxes:
        wire.select(box)
        for key, text in asked:
            by_index[box, key, text] = found(wire, key, text)
    for box in boxes:
        wire.select(box)
        for key, text in asked:
            forget(server)
            read = found(wire, key, text)
            again = found(wire, key, text)
            assert read == again == by_index[box, key, text], (box, key, text)
            hits += bool(read)
    return hits


def test_the_same_answers(server):
    """Behind, and after all that can become of mail."""
    chance = random.Random(SEED)
    wire = Imap(server).login("alice")
    append(wire, "INBOX", (message(chance) for _ in range(60)))
    assert compare(server, wire, chance, 60, ["INBOX"]) > 20
    append(wire, "INBOX", (message(chance) for _ in range(20)))
    assert compare(server, wire, chance, 20, ["INBOX"]) > 5
    wire.select("INBOX")
    wire.ask("CREATE Work")
    wire.ask("COPY 1:10 Work")
    wire.ask("MOVE 5:20 Work")
    wire.ask("STORE 30:40 +FLAGS (\\Deleted)")
    wire.ask("EXPUNGE")
    assert compare(server, wire, chance, 20, ["INBOX", "Work"]) > 5
    time.sleep(1.5)
    server.command("account", "undelete", ALICE)
    assert compare(server, wire, chance, 20, ["INBOX", "Work"]) > 5
    server.kill_role("store")
    wire = Imap(server).login("alice")
    assert compare(server, wire, chance, 20, ["INBOX", "Work"]) > 5


def test_reindex(server):
    chance = random.Random(SEED + 1)
    wire = Imap(server).login("alice")
    append(wire, "INBOX", (message(chance) for _ in range(30)))
    wire.ask("CREATE Work")
    append(wire, "Work", (message(chance) for _ in range(12)))
    done = json.loads(server.command("account", "reindex", ALICE,
                                     "--json").stdout)
    assert done["reindexed"] == done["indexed"] == 42
    assert done["index_octets"] == sum(
        f.stat().st_size for f in index_of(server).glob("*"))
    said = server.command("account", "reindex", ALICE).stdout
    assert said.startswith("42 messages (") and "the index has 42" in said
    assert compare(server, wire, chance, 20, ["INBOX", "Work"]) > 5
    # A damaged one is none.
    server.command("account", "reindex", ALICE)
    index = next(index_of(server).glob("*"))
    octets = bytearray(index.read_bytes())
    octets[len(octets) // 2] ^= 4
    index.write_bytes(octets)
    assert compare(server, wire, chance, 10, ["INBOX"]) > 2
    refused = server.command("account", "reindex", "nobody@example.test",
                             check=False)
    assert refused.returncode == 1 and "no account" in refused.stderr
    server.command("account", "reindex", ALICE)
    assert list(index_of(server).glob("*"))
    server.command("account", "remove", ALICE, "--yes")
    for _ in range(100):
        if not list(index_of(server).glob("*")):
            return
        time.sleep(0.2)
    raise AssertionError("the index of a removed account stays")


def test_by_jmap(server):
    chance = random.Random(SEED + 2)
    wire = Imap(server).login("alice")
    append(wire, "INBOX", (message(chance) for _ in range(30)))
    page = Jmap(server)
    for text in ("harbour", "lantern", "会议", "straße", "nowhere"):
        for name in ("text", "body", "subject"):
            asked = dict(filter={name: text})
            forget(server)
            read = page.call("Email/query", **asked)["ids"]
            assert page.call("Email/query", **asked)["ids"] == read
            wire.select("INBOX")
            assert len(read) == len(found(wire, name.upper(), text))


def test_a_folder_that_cannot_be_written(server):
    """A search needs no index."""
    wire = Imap(server).login("alice")
    append(wire, "INBOX", [b"Subject: x\r\n\r\nlantern\r\n"])
    index_of(server).write_text("no folder")
    wire.select("INBOX")
    for _ in range(2):
        assert found(wire, "BODY", "anter") == {b"1"}
    index_of(server).unlink()
    for _ in range(2):
        assert found(wire, "BODY", "anter") == {b"1"}
    assert list(index_of(server).glob("*"))


def test_import_fills_it(server, tmp_path):
    """As large afterwards as if it were made anew; what was there, too."""
    chance = random.Random(SEED + 2)
    wire = Imap(server).login("alice")
    append(wire, "INBOX", (message(chance) for _ in range(10)))
    assert not list(index_of(server).glob("*"))
    for i in range(30):
        (tmp_path / f"{i}.eml").write_bytes(message(chance))
    server.command("import", ALICE, str(tmp_path), "--into", "Old", "--dry-run")
    assert not list(index_of(server).glob("*"))
    server.command("import", ALICE, str(tmp_path), "--into", "Old")
    file, = index_of(server).glob("*")
    filled = file.stat().st_size
    assert compare(server, wire, chance, 20, ["INBOX", "Old"]) > 5
    done = json.loads(server.command("account", "reindex", ALICE,
                                     "--json").stdout)
    assert done["indexed"] == 40
    assert 0.8 < filled / done["index_octets"] < 1.25
