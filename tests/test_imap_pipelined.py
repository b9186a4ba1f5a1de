"""APPENDs that a client sends one behind the other, without waiting."""

import re
import time

from lib.server import Server
from lib.wire import Imap

MESSAGES = 100
APPENDED = re.compile(rb"m(\d+) OK \[APPENDUID \d+ (\d+)\] Appended")


def text(i):
    return b"Subject: %d\r\n\r\n%s\r\n" % (i, b"x" * (i * 97 % 3000))


def appends(first, n):
    return b"".join(b"m%d APPEND INBOX {%d+}\r\n%s\r\n" % (
        i, len(text(i)), text(i)) for i in range(first, first + n))


def connect(server):
    imap = Imap(server).login("alice")
    imap.select()
    return imap


def answers(imap, last):
    """(which, its UID) for each, up to the one with this tag."""
    told = []
    while True:
        line = imap.line()
        if found := APPENDED.fullmatch(line):
            told.append((int(found[1]), int(found[2])))
        elif not line.startswith(b"* "):
            assert line.startswith(last), line
            return told


def subjects(imap, uids):
    found = imap.ask(f"UID FETCH {uids} BODY.PEEK[HEADER.FIELDS (SUBJECT)]")
    return [int(re.search(rb"Subject: (\d+)", b"".join(p))[1])
            for p in found if b"FETCH" in p[0]]


def test_in_order(empty_demo):
    imap = connect(empty_demo)
    imap.send(appends(0, MESSAGES) + b"n NOOP\r\n")
    told = answers(imap, b"n OK")
    assert [which for which, _ in told] == list(range(MESSAGES))
    uids = [uid for _, uid in told]
    assert uids == sorted(set(uids))
    assert subjects(imap, f"{uids[0]}:{uids[-1]}") == list(range(MESSAGES))


def test_large_one_between(empty_demo):
    """Who waits for the others is told before it comes."""
    imap = connect(empty_demo)
    large = b"Subject: 1000\r\n\r\n" + b"x" * 200000
    imap.send(appends(0, 5) + b"l APPEND INBOX {%d+}\r\n" % len(large))
    told = []
    while len(told) < 5:
        if found := APPENDED.fullmatch(imap.line()):
            told.append(int(found[1]))
    assert told == list(range(5))
    imap.send(large + b"\r\nn NOOP\r\nk APPEND INBOX {%d+}\r\n" % len(large))
    assert answers(imap, b"l OK") == []
    assert answers(imap, b"n OK") == []
    imap.send(large + b"\r\n")
    assert answers(imap, b"k OK") == []


def test_hung_up(empty_demo):
    """Nobody reads what came of them: what is there is whole, in order."""
    for first in (0, MESSAGES):
        imap = connect(empty_demo)
        imap.send(appends(first, MESSAGES) + appends(first + MESSAGES, 1)[:-20])
        imap.sock.close()
        imap, found, before = connect(empty_demo), [], None
        while found != before:
            time.sleep(0.5)
            imap.ask("NOOP")
            before, found = found, subjects(imap, "1:*")
        mine = [i for i in found if i >= first]
        assert mine == list(range(first, first + len(mine)))
        assert len(mine) <= MESSAGES


def test_killed():
    """Store dies meanwhile: what was answered is there, and nothing twice."""
    with Server() as server:
        imap = connect(server)
        imap.send(appends(0, MESSAGES))
        told = []
        while (line := imap.line()) is not None:
            if found := APPENDED.fullmatch(line):
                told.append(int(found[1]))
                if len(told) == 20:
                    assert server.kill_role("store") == 1
            if line.startswith(b"m%d " % (MESSAGES - 1)):
                break
        assert len(told) >= 20
        there = subjects(connect(server), "1:*")
        assert set(told) <= set(there)
        assert there == sorted(set(there))
