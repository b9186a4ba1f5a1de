"""NO-SOLICITING (RFC 3865): classes that the operator does not want are refused,
by what MAIL says and by what the header says; others travel on."""

import re
import smtplib

import pytest
from lib.world import World, text
from test_relay import eventually

MORE = 'no-soliciting = { "net.example:ADV", "org.example:ADV:ADLT" }'
CLASS = "Solicitation: {}\r\n"


@pytest.fixture
def world():
    with World() as w:
        yield w


def hand_in(server, options=(), more=""):
    with smtplib.SMTP(server.ip, server.world.port) as smtp:
        smtp.sendmail("a@client.test", ["bob@there.test"],
                      text("a@client.test", ["bob@there.test"], more=more),
                      mail_options=options)


def test_what_is_refused(world):
    there = world.postern("there.test", more=MORE)
    world.start()
    with smtplib.SMTP(there.ip, world.port) as smtp:
        smtp.ehlo("client.test")
        assert smtp.esmtp_features["no-soliciting"].split() == [
            "net.example:ADV,org.example:ADV:ADLT"]
    # By MAIL: nobody hears of a recipient.
    with pytest.raises(smtplib.SMTPSenderRefused) as e:
        hand_in(there, ["SOLICIT=x,Net.Example:adv"])
    assert e.value.smtp_code == 550
    assert b"5.7.1 " in e.value.smtp_error
    assert b"SOLICIT=Net.Example:adv" in e.value.smtp_error
    # By the header, also where it is not written as it should be.
    for value in ("org.example:ADV:ADLT", "x, org.example:ADV:ADLT",
                  "x,\r\n\tnet.example:adv"):
        with pytest.raises(smtplib.SMTPDataError) as e:
            hand_in(there, more=CLASS.format(value))
        assert e.value.smtp_code == 550, value
        assert b"SOLICIT=" in e.value.smtp_error
    assert "solicitation_refused" in there.tail(400)
    # What is another one comes in, and so does what says nothing.
    hand_in(there, ["SOLICIT=net.example:ADVICE"],
            CLASS.format("net.example:ADVICE"))
    hand_in(there)
    assert eventually(lambda: len(there.inbox("bob")) == 2)
    message = there.inbox("bob")[0].decode()
    assert re.search(r"with ESMTP\r\n\t\(SOLICIT=net\.example:ADVICE\)",
                     message)


def test_people_here_are_not_asked(world):
    here = world.postern("here.test", more=MORE)
    world.start()
    with here.submission("alice") as smtp:
        assert smtp.esmtp_features["no-soliciting"] == ""
        smtp.sendmail("alice@here.test", ["bob@here.test"],
                      text("alice@here.test", ["bob@here.test"],
                           more=CLASS.format("net.example:ADV")),
                      mail_options=["SOLICIT=net.example:ADV"])
    assert eventually(lambda: here.inbox("bob"))


def test_it_travels_on(world):
    """What the header says is what the next server hears, and only one that
    offers it."""
    here, knows = world.postern("here.test"), world.sink("there.test")
    ignores = world.sink("else.test")
    knows.behaviour.ehlo += ("NO-SOLICITING",)
    world.start()
    to = ["bob@there.test", "bob@else.test"]
    with here.submission("alice") as smtp:
        for more, options in (
                (CLASS.format("a:A,b:B"), []),
                (CLASS.format("a:A"), ["SOLICIT=x:X"]),
                ("", ["SOLICIT=x:X"]),
                (CLASS.format("no list"), []), ("", [])):
            smtp.sendmail("alice@here.test", to, text(
                "alice@here.test", to, more=more), mail_options=options)
    said = [re.search(r" SOLICIT=(\S*)", m.mail) for m in knows.wait(5)]
    assert sorted(s[1] if s else "" for s in said) == [
        "", "", "a:A", "a:A,b:B", "x:X"]
    assert not any("SOLICIT" in m.mail for m in ignores.wait(5))


def test_refused_by_the_next_server(world):
    """The sender hears why."""
    here = world.postern("here.test")
    there = world.postern("there.test", more=MORE)
    world.start()
    with here.submission("alice") as smtp:
        smtp.sendmail("alice@here.test", ["bob@there.test"], text(
            "alice@here.test", ["bob@there.test"],
            more=CLASS.format("net.example:ADV")))
    assert eventually(lambda: here.inbox("alice")), here.tail()
    report = here.inbox("alice")[0].decode()
    assert "5.7.1" in report and "SOLICIT=net.example:ADV" in report
    assert not there.inbox("bob")
