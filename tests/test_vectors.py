"""Messages of others go in by SMTP and come back by IMAP octet for octet."""

import re

import pytest
from lib import vectors
from lib.server import VECTORS
from lib.wire import Imap, Smtp

needs_vectors = pytest.mark.skipif(
    not VECTORS.is_dir(), reason="no vectors beside the project")

# What is put in front: whole header fields, in this order.  RFC 5321 4.4
TRACE = re.compile(
    rb"Return-Path: <[^>\r\n]*>\r\n"
    rb"Delivered-To: [^\r\n]+\r\n"
    rb"Received: [^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*")


def behind_trace(octets):
    match = TRACE.match(octets)
    assert match, octets[:300]
    return octets[match.end():]


@needs_vectors
@pytest.mark.parametrize("folder", sorted(
    {pattern.split("/")[0] for pattern, _ in vectors.SOURCES} |
    {"james-mpt"}))
def test_all_there(folder):
    assert any(p.is_file() for p in (VECTORS / folder).rglob("*")), folder


@needs_vectors
def test_there_and_back(empty_demo):
    good, refused = [], []
    for name, octets in vectors.messages():
        (refused if vectors.must_be_refused(octets) else good).append(
            (name, octets))
    assert len(good) > 150, "the vectors are not all there"
    smtp = Smtp(empty_demo)
    smtp.do("EHLO client.example.net", 250)
    for name, octets in good:
        code, lines = smtp.send_message(
            "a@example.net", ["alice@example.test"], octets)
        assert code == 250, f"{name}: {code} {lines}"
    smtp.close()
    imap = Imap(empty_demo).login("alice")
    assert imap.select() == len(good)
    for number, (name, octets) in enumerate(good, 1):
        back, = imap.bodies(which=str(number))
        assert behind_trace(back) == octets, name
    print(f"{len(good)} messages there and back")


def refused_messages():
    """Those that hold a bare CR or a NUL; few or none do by nature, so some
    get one in their midst."""
    for i, (name, octets) in enumerate(vectors.messages()):
        if vectors.must_be_refused(octets):
            yield name, octets
        elif i % 20 == 0:
            for bad in (b"\r", b"\0"):
                middle = len(octets) // 2
                yield (f"{name} with {bad!r}",
                       octets[:middle] + b"x" + bad + b"x" + octets[middle:])


@needs_vectors
def test_refused(empty_demo):
    smtp = None
    for i, (name, octets) in enumerate(refused_messages()):
        print(f"{name}: {vectors.must_be_refused(octets)}")
        # A session ends after some errors: use several.
        if i % 10 == 0:
            smtp = Smtp(empty_demo)
            smtp.do("EHLO client.example.net", 250)
        code, lines = smtp.send_message(
            "a@example.net", ["alice@example.test"], octets)
        assert code == 550 and lines[-1].startswith("5.6.0"), name
    assert smtp, "nothing was tried"
    assert Imap(empty_demo).login("alice").select() == 0


@needs_vectors
def test_append_and_fetch(empty_demo):
    """The same by APPEND: whole, no trace in front; NUL has no way in."""
    imap = Imap(empty_demo).login("bob")
    imap.select()
    sent = []
    for name, octets in vectors.messages():
        if b"\0" in octets:
            continue
        imap.ask(b"APPEND INBOX {%d+}\r\n" % len(octets) + octets)
        sent.append((name, octets))
    for number, (name, octets) in enumerate(sent, 1):
        back, = imap.bodies(which=str(number))
        assert back == octets, name


@needs_vectors
def test_every_item_of_every_message(empty_demo):
    """No structure, however odd, makes FETCH fail."""
    imap = Imap(empty_demo).login("bob")
    imap.select()
    n = 0
    for _, octets in vectors.messages():
        if b"\0" not in octets:
            imap.ask(b"APPEND INBOX {%d+}\r\n" % len(octets) + octets)
            n += 1
    rows = imap.ask("FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE "
                    "BODY BODYSTRUCTURE BODY.PEEK[HEADER] "
                    "BODY.PEEK[TEXT]<0.100> BODY.PEEK[1] BODY.PEEK[1.MIME])")
    assert sum(b" FETCH (" in parts[0] for parts in rows) == n
