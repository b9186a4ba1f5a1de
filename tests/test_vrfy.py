"""VRFY and EXPN: people who have logged in are told, strangers are not."""

import smtplib

import pytest
from lib.server import PASSWORD, ConfiguredServer, address
from lib.wire import client_context

ALICE = address("alice")


class Lists(ConfiguredServer):
    def configure(self, more=""):
        super().configure(more + "expn = true\n")


class Silent(ConfiguredServer):
    def configure(self, more=""):
        super().configure(more + "vrfy = false\n")


def submission(server, login=True):
    smtp = smtplib.SMTP_SSL("127.0.0.1", server.ports["submissions"],
                            context=client_context())
    smtp.ehlo("client.test")
    if login:
        smtp.login(ALICE, PASSWORD)
    return smtp


def say(smtp, line):
    smtp.send(line.encode() + b"\r\n")
    code, text = smtp.getreply()
    return code, text.decode()


@pytest.fixture(scope="module")
def lists():
    with Lists() as s:
        s.command("alias", "add", "staff@example.test", ALICE)
        s.command("alias", "add", "staff@example.test", address("bob"))
        s.command("alias", "add", "far@example.test", "x@elsewhere.test")
        s.command("alias", "add", "jürgen@example.test", ALICE)
        yield s


def test_people(lists):
    with submission(lists) as smtp:
        for said in (ALICE, f"<{ALICE}>", "Staff@Example.Test",
                     "alice+x@example.test"):
            assert say(smtp, f"VRFY {said}") == (
                250, f"2.1.5 <{said.strip('<>')}>")
        assert say(smtp, "VRFY nobody@example.test")[0] == 550
        assert say(smtp, "VRFY x@elsewhere.test")[0] == 252
        assert say(smtp, "VRFY alice") == (
            501, "5.1.3 Not an address; it looks like <you@example.org>")
        assert say(smtp, "VRFY")[0] == 501
        assert say(smtp, f"VRFY {ALICE} and more")[0] == 501
        # RFC 6531 3.7.4.2
        assert say(smtp, "VRFY jürgen@example.test")[0] == 553
        assert say(smtp, "VRFY jürgen@example.test SMTPUTF8") == (
            250, "2.1.5 <jürgen@example.test>")


def test_lists(lists):
    with submission(lists) as smtp:
        smtp.mail(ALICE)
        assert say(smtp, "EXPN staff@example.test") == (
            250, f"2.1.5 <{ALICE}>\n2.1.5 <bob@example.test>")
        assert say(smtp, "EXPN far@example.test") == (
            250, "2.1.5 <x@elsewhere.test>")
        assert say(smtp, f"EXPN {ALICE}") == (250, f"2.1.5 <{ALICE}>")
        assert say(smtp, "EXPN nobody@example.test")[0] == 550
        # What was begun is still there.
        assert smtp.rcpt(ALICE)[0] == 250


def test_many(lists):
    for n in range(102):
        lists.command("alias", "add", "all@example.test",
                      f"{'n' * 40}{n:03}@{'elsewhere' * 5}.test")
    with submission(lists) as smtp:
        code, said = say(smtp, "EXPN all@example.test")
        lines = said.split("\n")
        assert code == 250 and len(lines) == 101
        assert lines[-1] == "2.1.5 and others"


def test_strangers(lists):
    with submission(lists, login=False) as smtp:
        assert say(smtp, f"VRFY {ALICE}")[0] == 252
        assert say(smtp, "VRFY nobody@example.test")[0] == 252
        assert say(smtp, "EXPN staff@example.test")[0] == 502
    with smtplib.SMTP("127.0.0.1", lists.ports["smtp"]) as smtp:
        assert say(smtp, f"VRFY {ALICE}")[0] == 252
        assert say(smtp, "EXPN staff@example.test")[0] == 502


def test_nobody_is_told():
    with Silent() as server, submission(server) as smtp:
        assert say(smtp, f"VRFY {ALICE}")[0] == 252
        assert say(smtp, "VRFY nobody@example.test")[0] == 252
        assert say(smtp, f"EXPN {ALICE}")[0] == 502
