"""Somebody is away: VacationResponse (RFC 8621 8), and who hears of it."""

import email
import email.policy
import json
import smtplib
import time

import pytest
from lib.jmap import Jmap
from lib.server import DOMAIN, PASSWORD, PATIENCE, ConfiguredServer, address
from lib.wire import Imap, client_context

VACATION = "urn:ietf:params:jmap:vacationresponse"
ALICE, BOB = address("alice"), address("bob")
WORDS = "I am in the mountains.\nWrite to Bob.\n"


@pytest.fixture
def server():
    with ConfiguredServer() as s:
        yield s


def using(server, who="alice"):
    return Jmap(server, who)


def get(jmap):
    return jmap.call("VacationResponse/get")


def put(jmap, **patch):
    return jmap.call("VacationResponse/set",
                     update={"singleton": patch})


def away(server, **more):
    said = put(using(server), isEnabled=True, textBody=WORDS, **more)
    assert said["updated"] == {"singleton": None}, said


def letter(**fields):
    text = {"From": BOB, "To": ALICE, "Subject": "a question",
            "Message-ID": "<q1@example.test>", **fields}
    return "".join(f"{k.replace('_', '-')}: {v}\r\n"
                   for k, v in text.items() if v) + "\r\nHello?\r\n"


def send(server, text, sender=BOB, to=(ALICE,)):
    """Bob's own programs, or the world."""
    if sender == BOB:
        smtp = smtplib.SMTP_SSL("localhost", server.ports["submissions"],
                                context=client_context())
        smtp.login(BOB, PASSWORD)
    else:
        smtp = smtplib.SMTP("localhost", server.ports["smtp"])
    with smtp:
        assert smtp.sendmail(sender, list(to), text.encode()) == {}


def letters(wire):
    wire.ask("SELECT INBOX")
    return [email.message_from_bytes(part, policy=email.policy.default)
            for row in wire.ask("UID FETCH 1:* BODY.PEEK[]")
            for part in row if b"Subject:" in part]


def answers(wire, n):
    end = time.monotonic() + 20 * PATIENCE
    while True:
        found = [m for m in letters(wire)
                 if m["Auto-Submitted"] == "auto-replied"
                 and m["Return-Path"] == "<>"]
        if len(found) >= n or time.monotonic() > end:
            assert len(found) == n, [m["Subject"] for m in found]
            return found
        time.sleep(0.1)


def pending():
    """Had anybody been answered, it would be there by now."""
    time.sleep(1)


def test_one_is_answered_once(server):
    wire = Imap(server).login("bob")
    send(server, letter())
    away(server)
    send(server, letter())
    found, = answers(wire, 1)
    assert found["From"] == ALICE and found["To"] == BOB
    assert found["Subject"] == "Auto: a question"
    assert found["In-Reply-To"] == "<q1@example.test>"
    assert found["References"] == "<q1@example.test>"
    assert found["Return-Path"] == "<>"		# RFC 3834 3.3
    assert found["Date"] and found["Message-ID"]
    assert found.get_content().split() == WORDS.split()
    # And not again within a week, also by another server.
    server.stop()
    server.start()
    send(server, letter(Subject="again"))
    wire = Imap(server).login("bob")
    pending()
    answers(wire, 1)
    # Another text is for those, too, who know the old one.
    put(using(server), subject="Back in May", htmlBody="<p>See <b>you</b>",
        textBody=None)
    send(server, letter(References="<a@x> <b@y>",
                        Subject="=?utf-8?q?Gr=C3=BC=C3=9Fe?="))
    found = answers(wire, 2)[1]
    assert found["Subject"] == "Back in May"
    assert found["References"] == "<a@x> <b@y> <q1@example.test>"
    html = found.get_body(("html",))
    assert "<b>you</b>" in html.get_content()
    assert "See you" in found.get_body(("plain",)).get_content()
    # What is not set is made up.
    put(using(server), subject=None, htmlBody=None, textBody=None)
    send(server, letter(Subject="=?utf-8?q?Gr=C3=BC=C3=9Fe?="))
    found = answers(wire, 3)[2]
    assert found["Subject"] == "Auto: Grüße"
    assert "I am away" in found.get_content()


def test_who_is_never_answered(server):
    away(server)
    wire = Imap(server).login("bob")
    for fields in (
            {"To": "others@example.net"}, {"To": None},
            {"List_Id": "<x.example.net>"}, {"List_Unsubscribe": "<x:y>"},
            {"Precedence": "bulk"}, {"Auto_Submitted": "auto-generated"},
            {"Auto_Submitted": "auto-replied"}, {"X_Loop": "y"}):
        send(server, letter(**fields))
    # Nobody, programs, and herself.
    with smtplib.SMTP("localhost", server.ports["smtp"]) as smtp:
        smtp.sendmail("", [ALICE], letter())
    for sender in ("owner-list@example.net", "mailer-daemon@example.net",
                   "noreply@example.net", "x-request@example.net"):
        send(server, letter(From=sender), sender)
    send(server, letter(From=ALICE), ALICE)
    pending()
    answers(wire, 0)
    answers(Imap(server).login("alice"), 0)
    assert server.command("queue", "list").stdout.count("example.net") == 0
    # And Bob has not been used up by all of that.
    send(server, letter(To=None, Cc=f"x@y, {ALICE.upper()}"))
    answers(wire, 1)


def test_the_world_is_answered(server):
    server.stop()
    server.configure = lambda: ConfiguredServer.configure(
        server, 'route "*" { refuse = "later" }\n')
    server.start()
    away(server)
    send(server, letter(From="anna@example.net"), "anna@example.net")
    end = time.monotonic() + 20 * PATIENCE
    while "anna@example.net" not in (
            said := server.command("journal", "--json").stdout) or \
            '"later' not in said and "later" not in said:
        assert time.monotonic() < end, said
        time.sleep(0.2)
    rows = [r for r in json.loads(said) if r["address"] == "anna@example.net"]
    assert any(r["event"] == "queued" for r in rows), rows
    # It has no sender, so nobody is told that it failed.
    assert not any(r["event"] == "reported" for r in rows), rows


def test_aliases(server):
    own, team = f"info@{DOMAIN}", f"team@{DOMAIN}"
    server.command("alias", "add", own, ALICE)
    server.command("alias", "add", team, ALICE, BOB)
    away(server)
    wire = Imap(server).login("bob")
    send(server, letter(To=team), to=[team])	# many are behind it
    pending()
    answers(wire, 0)
    send(server, letter(To=own), to=[own])
    assert answers(wire, 1)[0]["From"] == ALICE
    put(using(server), subject="x")
    plus = f"alice+news@{DOMAIN}"
    send(server, letter(To=plus), to=[plus])
    answers(wire, 2)


def test_two_who_are_away(server):
    """They would go on for ever."""
    away(server)
    assert put(using(server, "bob"), isEnabled=True)["updated"]
    send(server, letter())
    answers(Imap(server).login("bob"), 1)
    pending()
    answers(Imap(server).login("alice"), 0)
    assert len(letters(Imap(server).login("bob"))) == 1


def test_dates(server):
    wire = Imap(server).login("bob")
    away(server, fromDate="2999-01-01T00:00:00Z")
    send(server, letter())
    away(server, fromDate=None, toDate="2001-01-01T00:00:00Z")
    send(server, letter())
    pending()
    answers(wire, 0)
    away(server, fromDate="2001-01-01T00:00:00Z",
         toDate="2999-01-01T00:00:00Z")
    send(server, letter())
    answers(wire, 1)


def test_junk_is_not_answered(server):
    away(server)
    server.command("block", "add", BOB, "--junk")
    server.command("block", "add", "spam@example.net", "--junk")
    send(server, letter(From="spam@example.net"), "spam@example.net")
    pending()
    assert server.command("queue", "list").stdout.count("example.net") == 0
    assert b"EXISTS" in b"".join(
        r[0] for r in Imap(server).login("alice").ask("SELECT Junk"))


def test_get_and_set(server):
    jmap = using(server)
    assert jmap.session["primaryAccounts"][VACATION] == jmap.account
    none = {"id": "singleton", "isEnabled": False, "fromDate": None,
            "toDate": None, "subject": None, "textBody": None,
            "htmlBody": None}
    before = get(jmap)
    assert before["list"] == [none] and before["notFound"] == []
    full = {"isEnabled": True, "fromDate": "2026-12-20T08:00:00Z",
            "toDate": "2027-01-06T08:00:00Z", "subject": "Fort",
            "textBody": "Grüße\n", "htmlBody": ""}
    said = put(jmap, **full)
    assert said["updated"] == {"singleton": None}
    assert said["oldState"] == before["state"] != said["newState"]
    now = get(jmap)
    assert now["list"] == [{"id": "singleton", **full}]
    assert now["state"] == said["newState"]
    # Another account has its own.
    assert get(using(server, "bob"))["list"] == [none]
    ids = jmap.call("VacationResponse/get",
                    ids=["singleton", "x"], properties=["subject"])
    assert ids["list"] == [{"id": "singleton", "subject": "Fort"}]
    assert ids["notFound"] == ["x"]
    for patch, wrong in (
            ({"isEnabled": 1}, "isEnabled"), ({"fromDate": "x"}, "fromDate"),
            ({"toDate": "2026-12-19T08:00:00Z"}, "toDate"),
            ({"subject": 5}, "subject"), ({"textBody": "x" * 40000},
                                          "textBody"),
            ({"id": "y"}, "id"), ({"color": "red"}, "color")):
        error = put(jmap, **patch)["notUpdated"]["singleton"]
        assert error["type"] == "invalidProperties"
        assert error["properties"] == [wrong]
    said = jmap.call("VacationResponse/set",
                     create={"a": {}}, destroy=["singleton", "x"])
    assert said["notCreated"]["a"]["type"] == "singleton"
    assert said["notDestroyed"]["singleton"]["type"] == "singleton"
    assert said["notDestroyed"]["x"]["type"] == "notFound"
    assert get(jmap)["list"] == [{"id": "singleton", **full}]
    # It is what the disk has, and the operator sees and ends.
    server.stop()
    server.start()
    shown = server.command("account", "vacation", ALICE)
    assert "Fort" in shown.stdout and "    Grüße" in shown.stdout
    row, = json.loads(server.command("account", "vacation", ALICE,
                                     "--json").stdout)
    assert row["vacation"] == "on" and row["to"] == full["toDate"]
    server.command("account", "vacation", ALICE, "off")
    assert get(using(server))["list"] == [
        {"id": "singleton", **full, "isEnabled": False}]
    done = server.command("account", "vacation", ALICE, "on", check=False)
    assert done.returncode and "off" in done.stderr
    done = server.command("account", "vacation", "nobody@" + DOMAIN,
                          check=False)
    assert done.returncode


def test_none_twice_and_none_lost(server):
    away(server)
    n = 8
    for i in range(n):
        server.command("account", "add", f"p{i}@{DOMAIN}",
                       "--password-stdin", text=PASSWORD + "\n")
    for i in range(n):
        send(server, letter(From=f"p{i}@{DOMAIN}"), f"p{i}@{DOMAIN}")
        server.kill_role("relay" if i % 2 else "store")
        end = time.monotonic() + 20 * PATIENCE
        while server.command("account", "list", check=False).returncode:
            assert time.monotonic() < end
            time.sleep(0.1)
    for i in range(n):
        answers(Imap(server).login(f"p{i}"), 1)
