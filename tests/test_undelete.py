"""postern account deleted and undelete; mailboxes that are emptied by age."""

import json
import time

import pytest
from lib.jmap import Jmap
from lib.server import ConfiguredServer, address
from lib.wire import Imap

ALICE = address("alice")


@pytest.fixture
def server():
    with ConfiguredServer() as s:
        yield s


def deleted(server, *more):
    rows = json.loads(server.command("account", "deleted", ALICE, "--json",
                                     *more).stdout)
    return {row["mailbox"]: int(row["messages"]) for row in rows}


def append(wire, mailbox, text, flags=""):
    text = b"Subject: " + text.encode() + b"\r\n\r\ntext\r\n"
    wire.ask(b"APPEND %b (%b) {%d+}\r\n%b" % (
        mailbox.encode(), flags.encode(), len(text), text))


def remove_all(wire, mailbox):
    wire.select(mailbox)
    wire.ask("STORE 1:* +FLAGS (\\Deleted)")
    wire.ask("EXPUNGE")


def subjects(wire, mailbox):
    if wire.select(mailbox) == 0:
        return []
    rows = wire.ask("FETCH 1:* (FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
    return [(r[1].split(b"\r\n")[0][9:].decode(), b"\\Flagged" in b"".join(r))
            for r in rows if b"FETCH" in r[0]]


def test_a_person_has_it_back(server):
    mine, watching = (Imap(server).login("alice") for _ in range(2))
    append(mine, "Archive", "one", "\\Flagged")
    append(mine, "Archive", "two")
    append(mine, "INBOX", "three")
    mine.ask("CREATE Gone/There")
    append(mine, "Gone/There", "four")
    page = Jmap(server)
    remove_all(mine, "Archive")
    remove_all(mine, "INBOX")
    mine.ask("UNSELECT")
    mine.ask("DELETE Gone/There")
    mine.ask("DELETE Gone")
    time.sleep(1.5)
    assert deleted(server) == {"Archive": 2, "INBOX": 1, "Recovered": 1}
    shown = server.command("account", "deleted", ALICE).stdout.splitlines()
    assert shown[0].split() == ["MAILBOX", "MESSAGES", "OCTETS",
                                "DELETED-FROM", "DELETED-TO"]
    state = page.call("Email/get", ids=[])["state"]
    watching.select("Archive")
    done = server.command("account", "undelete", ALICE, "Archive")
    assert done.stdout == "2 messages are back\n"
    # Who has it open sees it come.
    assert any(b"2 EXISTS" in r[0] for r in watching.ask("NOOP"))
    assert subjects(mine, "Archive") == [("one", True), ("two", False)]
    assert json.loads(server.command("account", "undelete", ALICE, "--json",
                                     "--within", "1h").stdout)[
                                         "undeleted"] == 2
    assert subjects(mine, "INBOX") == [("three", False)]
    assert subjects(mine, "Recovered") == [("four", False)]
    assert deleted(server) == {}
    # And who only heard of what became of it.
    changed = page.call("Email/changes", sinceState=state)
    have = page.call("Email/query")["ids"]
    assert len(have) == 4 and sorted(have) == sorted(changed["created"])
    trace = server.command("journal", "--json").stdout
    assert '"undeleted"' in trace


def test_its_words(server):
    nobody = address("nobody")
    for verb in ("deleted", "undelete"):
        done = server.command("account", verb, nobody, check=False)
        assert done.returncode == 1 and f"no account {nobody}" in done.stderr
    done = server.command("account", "undelete", ALICE, "Nowhere",
                          check=False)
    assert done.returncode == 1 and "shows what there is" in done.stderr
    done = server.command("account", "deleted", ALICE, "--within", "soon",
                          check=False)
    assert done.returncode == 1 and "--within wants" in done.stderr
    assert server.command("account", "undelete",
                          ALICE).stdout == "0 messages are back\n"


def test_what_is_old_goes(server):
    """Each second counts: the option is in seconds here."""
    wire = Imap(server).login("alice")
    append(wire, "Junk", "junk")
    append(wire, "Trash", "thrown away")
    append(wire, "INBOX", "mail")
    time.sleep(2.1)
    server.stop()
    server.configure = lambda: ConfiguredServer.configure(
        server, "empty-junk = 1s\nkeep-deleted = 0\n")
    server.start()
    wire = Imap(server).login("alice")
    for _ in range(100):
        if wire.select("Junk") == 0:
            break
        time.sleep(0.1)
    assert subjects(wire, "Junk") == []
    assert subjects(wire, "Trash") == [("thrown away", False)]
    assert subjects(wire, "INBOX") == [("mail", False)]
    done = server.command("account", "deleted", ALICE)
    assert "keep-deleted = 0" in done.stderr
    assert '"emptied"' in server.command("journal", "--json").stdout
