"""What an account or a domain may have: postern account|domain quota."""

import json
import smtplib
import ssl
import time

import pytest
from lib.jmap import Jmap
from lib.server import DOMAIN, PASSWORD, PATIENCE, ConfiguredServer, address
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


def from_outside(server, *to):
    """The answers to RCPT of a stranger."""
    with smtplib.SMTP("localhost", server.ports["smtp"]) as smtp:
        smtp.ehlo("mail.example.net")
        smtp.mail("stranger@example.net")
        return [smtp.rcpt(who)[0] for who in to]


def domain_row(server):
    row, = json.loads(server.command("domain", "list", "--json").stdout)
    return row


def test_messages(server):
    wire = Imap(server).login("alice")
    append(wire)
    assert server.command("account", "quota", ALICE, "messages", "3").stdout \
        == f"{ALICE} may have: 3 messages\n"
    append(wire)
    assert any(b"MESSAGE 2 3 " in r[0] for r in wire.ask('GETQUOTA ""'))
    wire.ask("SELECT INBOX")
    wire.ask("COPY 1:2 Archive", b"NO [OVERQUOTA]")
    wire.ask("COPY 1 Archive")
    append(wire, b"NO [OVERQUOTA]")
    assert send(server)[0] == 452
    assert from_outside(server, ALICE, BOB) == [452, 250]
    quotas = Jmap(server).call("Quota/get")["list"]
    assert [(q["id"], q["used"], q["hardLimit"], q["warnLimit"])
            for q in quotas if q["id"] != "mailboxes"] == [
                ("messages", 3, 3, 2)]
    wire.ask("STORE 1 +FLAGS (\\Deleted)")
    wire.ask("EXPUNGE")
    assert from_outside(server, ALICE) == [250]
    server.command("account", "quota", ALICE, "messages", "none")
    append(wire)
    append(wire)


def test_mailboxes(server):
    wire = Imap(server).login("alice")
    n = len(wire.ask('LIST "" *'))
    server.command("account", "quota", ALICE, "mailboxes", str(n + 1))
    assert any(b"MAILBOX %d %d)" % (n, n + 1) in r[0]
               for r in wire.ask('GETQUOTA ""'))
    wire.ask("CREATE a/b", b"NO [OVERQUOTA]")
    wire.ask("CREATE a")
    wire.ask("CREATE b", b"NO [OVERQUOTA]")
    jmap = Jmap(server)
    said = jmap.call("Mailbox/set", create={"x": {"name": "b"}})
    assert said["notCreated"]["x"]["type"] == "overQuota"
    rows = json.loads(server.command("account", "list", "--json").stdout)
    assert next((r["most-messages"], r["most-mailboxes"]) for r in rows
                if r["address"] == ALICE) == ("none", str(n + 1))
    assert f"default, {n + 1} mailboxes" in server.command(
        "account", "list").stdout
    wire.ask("DELETE a")
    wire.ask("CREATE b")


def test_a_domain(server):
    alice, bob = Imap(server).login("alice"), Imap(server).login("bob")
    before = int(domain_row(server)["octets"])
    append(alice)
    append(bob)
    assert domain_row(server) == {
        "domain": DOMAIN, "accounts": domain_row(server)["accounts"],
        "octets": before + 2 * len(LETTER), "quota": "none",
        "mail": "here"}
    assert server.command("domain", "quota", DOMAIN, "3K").stdout == \
        f"{DOMAIN} may have: 3K\n"
    assert domain_row(server)["quota"] == "3K"
    append(alice)
    append(alice, b"NO [OVERQUOTA]")
    server.command("domain", "quota", DOMAIN, "2K")
    assert from_outside(server, ALICE, BOB) == [452, 452]
    assert send(server)[0] == 452
    # Nobody is shown how much the others have.          RFC 9425 8
    assert [q["id"] for q in Jmap(server).call("Quota/get")["list"]] == [
        "mailboxes"]
    assert not any(b"STORAGE" in r[0] for r in bob.ask('GETQUOTA ""'))
    server.stop()
    server.start()
    assert from_outside(server, ALICE, BOB) == [452, 452]
    # What one of them deletes is room for the other.
    bob = Imap(server).login("bob")
    bob.ask("SELECT INBOX")
    bob.ask("STORE 1 +FLAGS (\\Deleted)")
    bob.ask("EXPUNGE")
    assert from_outside(server, ALICE, BOB) == [250, 250]
    assert server.command("verify").returncode == 0
    server.command("domain", "quota", DOMAIN, "none")
    append(bob)


def test_a_domain_is_warned_about(server):
    """Its postmaster, who is whoever was there first."""
    wire = Imap(server).login("bob")
    letter = b"Subject: x\r\n\r\n" + b"0123456789" * 90000 + b"\r\n"
    wire.ask(b"APPEND INBOX {%d+}\r\n%b" % (len(letter), letter))
    server.command("domain", "quota", DOMAIN, "1M")
    first = Imap(server).login("alice")
    end = time.monotonic() + 20 * PATIENCE
    while True:
        first.ask("SELECT INBOX")
        text = b"".join(b"".join(r) for r in first.ask(
            "UID FETCH 1:* BODY.PEEK[]"))
        if b"Subject: A domain is four fifths full" in text:
            break
        assert time.monotonic() < end
        time.sleep(0.1)
    assert f"To: postmaster@{DOMAIN}".encode() in text
    assert f"domain {DOMAIN} together".encode() in text


def test_words_of_the_others(server):
    for args in (("account", "quota", ALICE, "messages", "0"),
                 ("account", "quota", ALICE, "messages", "5K"),
                 ("account", "quota", ALICE, "folders", "5"),
                 ("domain", "quota", DOMAIN, "0"),
                 ("domain", "quota", DOMAIN, "default"),
                 ("domain", "quota", DOMAIN),
                 ("domain", "quota", "other.test", "5M")):
        assert server.command(*args, check=False).returncode in (1, 2), args
    # All of it in one line: what was added is not lost by another one.
    server.command("account", "quota", ALICE, "5M")
    server.command("account", "quota", ALICE, "messages", "9")
    assert quota_of(server, ALICE) == "5M"
