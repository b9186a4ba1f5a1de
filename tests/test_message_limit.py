"""imap-message-limit: what a command does with more messages. RFC 9738"""

import re

import pytest
from lib.server import ConfiguredServer
from lib.wire import Imap

LIMIT = 5


class Limited(ConfiguredServer):
    def configure(self, more=""):
        super().configure(f"imap-message-limit = {LIMIT}\n" + more)


@pytest.fixture(scope="module")
def limited():
    with Limited() as s:
        yield s


def text(n):
    return b"Subject: %d\r\n\r\nbody" % n


def append(wire, box, numbers):
    for n in numbers:
        wire.ask(b"APPEND %b {%d+}\r\n%b" % (box, len(text(n)), text(n)))


@pytest.fixture
def wire(limited):
    """Eight messages, UIDs 1 to 8, of which the client has heard."""
    wire = Imap(limited).login("alice")
    for name in (b"box", b"other"):
        wire.ask(b"DELETE " + name, want=b"")
        wire.ask(b"CREATE " + name)
    append(wire, b"box", range(1, 9))
    wire.select("box")
    return wire


def lines(rows):
    return [r[0].decode() for r in rows]


def numbers(rows, kind):
    return [int(re.match(rf"\* (\d+) {kind}", line)[1])
            for line in lines(rows) if re.match(rf"\* \d+ {kind}", line)]


def searched(rows):
    return [int(n) for line in lines(rows) if line.startswith("* SEARCH")
            for n in line.split()[2:]]


def code(uid):
    return b"OK [MESSAGELIMIT %d %d]" % (LIMIT, uid)


def test_capability(wire):
    said = lines(wire.ask("CAPABILITY"))[0]
    assert f" MESSAGELIMIT={LIMIT} " in said and "SAVELIMIT" not in said


def test_fetch(wire):
    assert numbers(wire.ask("FETCH 1:* UID", code(4)), "FETCH") == [
        4, 5, 6, 7, 8]
    assert numbers(wire.ask("UID FETCH 2:6,8 FLAGS", code(3)), "FETCH") == [
        3, 4, 5, 6, 8]
    assert len(wire.ask("FETCH 4:8 UID", b"OK F")) == LIMIT
    assert len(wire.ask("FETCH 1,3,5,7 UID", b"OK F")) == 4
    assert len(wire.ask("FETCH * UID", b"OK F")) == 1
    wire.ask("UID FETCH 1:* FLAGS (PARTIAL -1:-6)",
             b"NO [MESSAGELIMIT %d]" % LIMIT)
    assert len(wire.ask("UID FETCH 1:* FLAGS (PARTIAL 1:5)", b"OK F")) == 5


def test_fetch_what_changed(wire):
    """It is these that count."""
    rows = wire.ask("FETCH 8 (MODSEQ)")
    modseq = int(re.search(r"MODSEQ \((\d+)\)", lines(rows)[-1])[1])
    wire.ask("STORE 1:2 +FLAGS.SILENT (\\Flagged)")
    assert numbers(wire.ask(f"FETCH 1:* FLAGS (CHANGEDSINCE {modseq})",
                            b"OK F"), "FETCH") == [1, 2]
    assert numbers(wire.ask("FETCH 1:* FLAGS (CHANGEDSINCE 1)", code(4)),
                   "FETCH") == [4, 5, 6, 7, 8]


def test_the_other_code_goes_first(wire):
    rows = wire.ask("STORE 1:* (UNCHANGEDSINCE 1) +FLAGS (\\Seen)",
                    b"OK [MODIFIED 4:8]")
    assert any(line.startswith(f"* NO [MESSAGELIMIT {LIMIT} 4]")
               for line in lines(rows))


def test_store(wire):
    wire.ask("STORE 1:* +FLAGS.SILENT (\\Flagged)", code(4))
    assert searched(wire.ask("SEARCH 1:5 FLAGGED")) == [4, 5]
    wire.ask("UID STORE 1:3 +FLAGS.SILENT (\\Flagged)", b"OK S")


def test_search(wire):
    """Those that are looked at count, not those that match."""
    assert searched(wire.ask("SEARCH ALL", code(4))) == [4, 5, 6, 7, 8]
    assert searched(wire.ask("SEARCH SUBJECT 2", code(4))) == []
    assert searched(wire.ask("SEARCH UID 1:5 SUBJECT 2", b"OK S")) == [2]
    assert searched(wire.ask("SEARCH UID 1:7 SUBJECT 2", code(3))) == []
    assert searched(wire.ask("SEARCH UIDBEFORE 4 NOT SUBJECT 2")) == [1, 3]
    assert searched(wire.ask("UID SEARCH 1:6 UID 2:8")) == [2, 3, 4, 5, 6]
    assert searched(wire.ask("SEARCH OR UID 1:2 UID 8", code(4))) == [8]
    wire.ask("SEARCH RETURN (SAVE) ALL", code(4))
    assert searched(wire.ask("SEARCH $")) == [4, 5, 6, 7, 8]
    rows = wire.ask("SEARCH RETURN (UPDATE COUNT) ALL", code(4))
    assert [line.split(" ", 2)[1] for line in lines(rows)] == ["ESEARCH", "NO"]


def test_what_has_to_be_all(wire):
    """SORT, THREAD and ESEARCH; COPY and APPEND are all or none."""
    over = b"NO [MESSAGELIMIT %d]" % LIMIT
    for command in ("SORT (SUBJECT) UTF-8 ALL", "THREAD REFS UTF-8 ALL",
                    "ESEARCH IN (mailboxes box) ALL"):
        assert wire.ask(command, over) == []
    assert wire.ask("SORT (SUBJECT) UTF-8 1:5", b"OK S")
    wire.ask("COPY 1:* other", b"NO [MESSAGELIMIT %d 4]" % LIMIT)
    append_many = b"APPEND other" + b" {1+}\r\nx" * (LIMIT + 1)
    wire.ask(append_many, over)
    assert wire.select("other") == 0
    wire.ask(b"APPEND other" + b" {1+}\r\nx" * LIMIT)
    assert wire.select("other") == LIMIT


def test_move(wire):
    """The client asks until nothing is left."""
    said = wire.ask("UID MOVE 1:8 other", code(4))
    assert "COPYUID" in lines(said)[0] and " 4:8 " in lines(said)[0]
    assert numbers(said, "EXPUNGE")
    wire.ask("UID MOVE 1:8 other", b"OK M")
    assert wire.select("other") == 8


def test_expunge(wire):
    wire.ask("STORE 3:* +FLAGS.SILENT (\\Deleted)", code(4))
    wire.ask("STORE 3 +FLAGS.SILENT (\\Deleted)")
    assert len(numbers(wire.ask("UID EXPUNGE 1:*", code(4)), "EXPUNGE")) == 5
    wire.ask("UID EXPUNGE 1:*", b"OK E")
    assert wire.select("box") == 2


def test_expunge_all(wire):
    """EXPUNGE has no limit, nor has STATUS."""
    wire.ask("STORE 1:3 +FLAGS.SILENT (\\Deleted)")
    wire.ask("STORE 4:8 +FLAGS.SILENT (\\Deleted)")
    assert any("MESSAGES 8" in line for line in lines(
        wire.ask("STATUS box (MESSAGES UNSEEN)")))
    assert len(numbers(wire.ask("EXPUNGE", b"OK E"), "EXPUNGE")) == 8
