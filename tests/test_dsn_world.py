"""Reports that strangers ask for on port 25 (DSN, RFC 3461): of mail whose sender
is proven, and of so much of it."""

import email
import smtplib

import pytest
from lib.world import World, text
from test_policy import FORWARDED, FromOutside
from test_relay import eventually, outcome
from test_relayed import journal

ASKED = ["NOTIFY=SUCCESS,FAILURE"]
PROVEN, OTHER = "198.51.100.7", "203.0.113.9"


@pytest.fixture(scope="module")
def world():
    with World() as w:
        w.record(f'from TXT "v=spf1 ip4:{PROVEN} ?all"')
        w.here = w.postern("here.test", more=FORWARDED + "greylist = off\n")
        w.blind = w.postern("blind.test", more=FORWARDED + "dmarc = off\n")
        w.sender = w.sink("from.test")
        w.far = w.sink("far.test", ehlo=("PIPELINING", "8BITMIME"))
        w.start()
        yield w


def hand_in(server, to, ip=PROVEN, asked=ASKED, options=("ENVID=abc",)):
    with FromOutside(server, ip) as smtp:
        smtp.ehlo("mx.from.test")
        smtp.sendmail("a@from.test", to, text("a@from.test", to), options,
                      asked)


def report_of(taken):
    return email.message_from_bytes(taken.text)


def told(world, n):
    assert eventually(lambda: len(world.sender.messages) >= n), \
        world.here.tail()
    return report_of(world.sender.messages[n - 1])


def settled(world):
    assert eventually(lambda: not world.here.queued()), world.here.tail()


def test_offered_where_senders_are_proven(world):
    for server, offered in ((world.here, True), (world.blind, False)):
        with FromOutside(server, PROVEN) as smtp:
            smtp.ehlo("mx.from.test")
            assert smtp.has_extn("dsn") == offered
    with pytest.raises(smtplib.SMTPRecipientsRefused) as e:
        hand_in(world.blind, ["alice@blind.test"], options=())
    assert e.value.recipients["alice@blind.test"][0] == 555


def test_who_is_told(world):
    world.sender.messages.clear()
    hand_in(world.here, ["alice@here.test"])
    report = told(world, 1)
    assert outcome(report)["alice@here.test"][0] == "delivered"
    assert "abc" in report.get_payload()[1].as_string()
    # Whom somebody else may have named hears nothing; nor who did not ask.
    hand_in(world.here, ["alice@here.test"], OTHER)
    hand_in(world.here, ["alice@here.test"], asked=())
    hand_in(world.here, ["alice@here.test"], asked=["NOTIFY=NEVER"])
    assert eventually(lambda: len(world.here.inbox("alice")) == 4)
    settled(world)
    assert len(world.sender.messages) == 1


def test_time_is_told_nobody(world):
    """Whoever hands in mail that is judged does not hear that it went on: no
    door counts how often he asks for it (BY=, RFC 2852)."""
    world.sender.messages.clear()
    world.here.command("alias", "add", "by@here.test", "by@far.test")
    before = len(world.far.messages)
    hand_in(world.here, ["by@here.test"], asked=(), options=("BY=60;NT",))
    assert eventually(lambda: len(world.far.messages) > before)
    settled(world)
    assert not world.sender.messages


def test_aliases_say_nothing_of_whom_they_lead_to(world):
    world.sender.messages.clear()
    world.here.command("alias", "add", "sales@here.test", "alice@here.test")
    world.here.command("alias", "add", "away@here.test", "bob@far.test")
    for n, to in enumerate(("sales@here.test", "away@here.test"), 1):
        hand_in(world.here, [to])
        report = told(world, n)
        assert outcome(report)[to][0] == "expanded"
        assert "alice@" not in report.as_string()
        assert "far.test" not in report.as_string()
    assert eventually(lambda: world.far.messages)
    settled(world)
    assert len(world.sender.messages) == 2


def test_passed_on(world):
    """Who has the mailboxes reports, or we do that he does not."""
    world.sender.messages.clear()
    world.here.command("domain", "add", "far.test", "--relay")
    world.here.command("domain", "addresses", "far.test", "add", "carol")
    hand_in(world.here, ["carol@far.test"])
    assert outcome(told(world, 1))["carol@far.test"][0] == "relayed"
    hand_in(world.here, ["carol@far.test"], OTHER)
    settled(world)
    assert len(world.sender.messages) == 1
    world.here.command("domain", "remove", "far.test")


def test_so_many(world):
    """100 an hour of a network; behind them it is as if nobody had asked."""
    world.sender.messages.clear()
    with FromOutside(world.here, PROVEN) as smtp:
        smtp.ehlo("mx.from.test")
        for _ in range(120):
            smtp.sendmail("a@from.test", ["alice@here.test"], "x", (), ASKED)
    settled(world)
    said = [rcpt for m in world.sender.messages 
            for rcpt in outcome(report_of(m))]
    assert 80 < len(said) < 110, len(said)
    assert not journal(world.here, "failed")
