"""RRVS (RFC 7293): mail that is for whoever had the address then, and for nobody
who has it now."""

import re
import smtplib
import time

import pytest
from lib.server import PASSWORD
from lib.world import World, text
from test_relay import empty, eventually, outcome, reports

FIELD = "Require-Recipient-Valid-Since: {}; {}\r\n"


@pytest.fixture
def world():
    with World() as w:
        yield w


def stamp(at):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))


def field(address, at):
    return FIELD.format(address, time.strftime(
        "%a, %d %b %Y %H:%M:%S +0000", time.gmtime(at)))


def rcpt(server, address, at, action=""):
    with smtplib.SMTP(server.ip, server.world.port) as smtp:
        smtp.ehlo("client.test")
        assert smtp.has_extn("rrvs")
        smtp.mail("a@client.test")
        code, said = smtp.rcpt(address, [f"RRVS={stamp(at)}{action}"])
        return code, said.decode()


def hand_in(server, to, more):
    with smtplib.SMTP(server.ip, server.world.port) as smtp:
        smtp.sendmail("a@client.test", [to], text("a@client.test", [to],
                                                  more=more))


def add(server, name):
    server.command("account", "add", f"{name}@{server.domain}",
                   "--password-stdin", text=PASSWORD + "\n")


def remove(server, name):
    server.command("account", "remove", f"{name}@{server.domain}", "--yes")


def test_owners_of_accounts(world):
    here = world.postern("here.test")
    world.start()
    long_ago, now = 1000000000, time.time()
    # Whose it always was says nothing of how old it is.
    for at in (0, long_ago, now, now + 100000):
        assert rcpt(here, "alice@here.test", at)[0] == 250
    assert rcpt(here, "nobody@here.test", 0)[1].startswith("5.1.1")
    remove(here, "bob")
    assert rcpt(here, "bob@here.test", now)[1].startswith("5.1.1")
    add(here, "bob")
    for to in ("bob@here.test", "BOB+x@Here.Test"):
        for at in (0, long_ago, now - 60):
            code, said = rcpt(here, to, at)
            assert code == 550 and said.startswith("5.7.17 "), to
        assert rcpt(here, to, time.time() + 5)[0] == 250, to
    # An office changes hands.
    add(here, "sales")
    remove(here, "sales")
    add(here, "sales")
    assert rcpt(here, "sales@here.test", long_ago)[0] == 250
    assert rcpt(here, "postmaster@here.test", long_ago)[0] == 250


def test_owners_of_aliases_and_domains(world):
    here = world.postern("here.test")
    world.start()
    here.command("alias", "add", "x@here.test", "alice@here.test")
    assert rcpt(here, "x@here.test", 0)[0] == 250
    # One more, and then only he.
    here.command("alias", "add", "x@here.test", "bob@here.test")
    assert rcpt(here, "x@here.test", 0)[1].startswith("5.7.17 ")
    time.sleep(1.1)
    between = time.time()
    time.sleep(1.1)
    assert rcpt(here, "x@here.test", between)[0] == 250
    here.command("alias", "remove", "x@here.test", "alice@here.test")
    assert rcpt(here, "x@here.test", between)[1].startswith("5.7.17 ")
    # Who has all the rest had the new account's mail.
    here.command("alias", "add", "*@here.test", "alice@here.test")
    assert rcpt(here, "carol@here.test", 0)[0] == 250
    add(here, "carol")
    assert rcpt(here, "carol@here.test", 0)[1].startswith("5.7.17 ")
    remove(here, "carol")
    assert rcpt(here, "carol@here.test", 0)[1].startswith("5.7.17 ")
    # And a domain that went and came again.
    here.command("domain", "add", "second.test")
    here.command("domain", "remove", "second.test")
    here.command("domain", "add", "second.test")
    here.command("account", "add", "dave@second.test", "--password-stdin",
                 text=PASSWORD + "\n")
    assert rcpt(here, "dave@second.test", 0)[1].startswith("5.7.18 ")
    assert rcpt(here, "dave@second.test", time.time() + 5)[0] == 250


def test_the_field(world):
    here = world.postern("here.test")
    world.start()
    remove(here, "bob")
    add(here, "bob")
    with pytest.raises(smtplib.SMTPDataError) as e:
        hand_in(here, "bob@here.test", field("Bob@here.test", 1000000000))
    assert e.value.smtp_code == 550
    assert e.value.smtp_error.startswith(b"5.7.17 ")
    # It is about who gets the message, and is not for him to see.
    for more in (field("bob@here.test", time.time() + 5),
                 field("alice@here.test", 1000000000),
                 FIELD.format("bob@here.test", "no date")):
        hand_in(here, "bob@here.test", more)
    assert eventually(lambda: len(here.inbox("bob")) == 3)
    assert not any(b"require-recipient" in m.lower()
                   for m in here.inbox("bob"))
    # What RCPT says counts.
    with smtplib.SMTP(here.ip, world.port) as smtp:
        smtp.sendmail("a@client.test", ["bob@here.test"],
                      text("a@client.test", ["bob@here.test"],
                           more=field("bob@here.test", 1000000000)),
                      rcpt_options=[f"RRVS={stamp(time.time() + 5)}"])
    # And of people here.
    with here.submission("alice") as smtp:
        with pytest.raises(smtplib.SMTPDataError) as e:
            smtp.sendmail("alice@here.test", ["bob@here.test"], text(
                "alice@here.test", ["bob@here.test"],
                more=field("bob@here.test", 1000000000)))
    assert e.value.smtp_error.startswith(b"5.7.17 ")


def test_it_travels_on(world):
    here, knows = world.postern("here.test"), world.sink("there.test")
    ignores = world.sink("else.test")
    knows.behaviour.ehlo += ("RRVS",)
    world.start()
    with here.submission("alice") as smtp:
        for action in ("", ";R", ";C"):
            for domain in ("there.test", "else.test"):
                to = f"x{action[1:]}@{domain}"
                smtp.sendmail(
                    "alice@here.test", [to],
                    text("alice@here.test", [to]), rcpt_options=[
                        f"RRVS=2014-04-04T01:01:00+02:00{action}"])
        # A field is said on, and stays for who does not hear of it.
        to = "f@there.test"
        smtp.sendmail("alice@here.test", [to], text(
            "alice@here.test", [to], more=field(to, 1396566060)))
    said = sorted(m.rcpts[0].split("> ")[1] for m in knows.wait(4))
    assert said == ["RRVS=2014-04-03T23:01:00Z",
                    "RRVS=2014-04-03T23:01:00Z;C",
                    "RRVS=2014-04-03T23:01:00Z;C",
                    "RRVS=2014-04-03T23:01:00Z;R"]
    assert any("Require-Recipient" in m.text.decode() for m in knows.messages)
    # Where it cannot be kept it comes back, unless it may go on.
    assert ignores.wait(1)[0].rcpts == ["RCPT TO:<xC@else.test>"]
    assert empty(here), here.tail()
    found = {}
    for report in reports(here, n=2):
        found.update(outcome(report))
        assert "RRVS" in report.as_string()
    assert found == {"x@else.test": ("failed", "5.7.19"),
                     "xR@else.test": ("failed", "5.7.19")}


def test_two_posterns(world):
    """The other one refuses, and the sender hears why; an alias says nothing
    of it to who knows nothing of whom it leads to (8.2)."""
    here, there = world.postern("here.test"), world.postern("there.test")
    far = world.sink("far.test")
    far.behaviour.ehlo += ("RRVS",)
    world.start()
    remove(there, "bob")
    add(there, "bob")
    there.command("alias", "add", "away@there.test", "x@far.test")
    with here.submission("alice") as smtp:
        for to in ("bob@there.test", "alice@there.test", "away@there.test"):
            smtp.sendmail("alice@here.test", [to],
                          text("alice@here.test", [to]),
                          rcpt_options=["RRVS=2014-04-03T23:01:00Z"])
    assert eventually(lambda: there.inbox("alice"))
    assert outcome(reports(here)[0]) == {
        "bob@there.test": ("failed", "5.7.17")}
    assert not there.inbox("bob")
    assert "RRVS" not in far.wait(1)[0].rcpts[0]


def test_what_leaves_later(world):
    """It is looked at again when it leaves."""
    here = world.postern("here.test")
    world.start()
    with here.submission("alice") as smtp:
        smtp.ehlo()
        smtp.sendmail("alice@here.test", ["bob@here.test"],
                      text("alice@here.test", ["bob@here.test"]),
                      mail_options=["HOLDFOR=5"],
                      rcpt_options=["RRVS=2014-04-03T23:01:00Z"])
    remove(here, "bob")
    add(here, "bob")
    assert outcome(reports(here)[0]) == {
        "bob@here.test": ("failed", "5.7.17")}
    assert not here.inbox("bob")
    assert re.search(r"5\.7\.17", here.command(
        "trace", "bob@here.test").stdout)
