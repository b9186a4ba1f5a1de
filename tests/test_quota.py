"""What an account may have: postern account quota."""

import json
import smtplib
import ssl

import pytest
from lib.server import PASSWORD, ConfiguredServer, address
from lib.wire import Imap

ALICE, BOB = address("alice"), address("bob")
LETTER = b"Subject: x\r\n\r\n" + b"0123456789" * 100 + b"\r\n"


@pytest.fixture
def server():
    with ConfiguredServer() as s:
        yield s


def append(wire, want=b"OK"):
    wire.ask(b"APPEND INBOX {%d+}\r\n%b" % (len(LETTER), LETTER), want)


def send(server):
    """Bob to Alice: the codes of RCPT and of the text, if it comes to it."""
    with smtplib.SMTP_SSL(
            "localhost", server.ports["submissions"],
            context=ssl._create_unverified_context()) as smtp:
        smtp.login(BOB, PASSWORD)
        smtp.mail(BOB)
        return smtp.rcpt(ALICE)


def quota_of(server, who):
    rows = json.loads(server.command("account", "list", "--json").stdout)
    return next(row["quota"] for row in rows if row["address"] == who)


def test_one_account_has_its_own(server):
    wire = Imap(server).login("alice")
    append(wire)
    assert send(server)[0] == 250
    assert quota_of(server, ALICE) == "default"
    assert server.command("account", "quota", ALICE, "2K").stdout == \
        f"{ALICE} may have: 2K\n"
    assert quota_of(server, ALICE) == "2K"
    assert quota_of(server, BOB) == "default"
    assert any(b"STORAGE 1 2 " in r[0]
               for r in wire.ask('GETQUOTA ""'))
    append(wire)
    append(wire, b"NO [OVERQUOTA]")
    server.command("account", "quota", ALICE, "1K")
    code, text = send(server)
    assert code == 452 and text.startswith(b"4.2.2")
    # It is what a start finds, too.
    server.stop()
    server.start()
    assert send(server)[0] == 452
    for word in ("none", "default"):
        server.command("account", "quota", ALICE, word)
        assert send(server)[0] == 250
        assert quota_of(server, ALICE) == word
    append(Imap(server).login("alice"))


def test_above_what_all_may_have(server):
    server.stop()
    server.configure = lambda: ConfiguredServer.configure(
        server, "quota = 500\n")
    server.start()
    wire = Imap(server).login("alice")
    append(wire, b"NO [OVERQUOTA]")
    server.command("account", "quota", ALICE, "5M")
    append(wire)
    server.command("account", "quota", ALICE, "none")
    append(wire)
    assert not any(b"STORAGE" in r[0] for r in wire.ask('GETQUOTA ""'))


def test_its_words(server):
    for wrong in ("0", "much", "-1", "9999999T"):
        done = server.command("account", "quota", ALICE, wrong, check=False)
        assert done.returncode in (1, 2), wrong
    done = server.command("account", "quota", ALICE, "much", check=False)
    assert "a size like 500M" in done.stderr
    done = server.command("account", "quota", address("nobody"), "1M",
                          check=False)
    assert done.returncode == 1 and f"no account {address('nobody')}" in done.stderr
