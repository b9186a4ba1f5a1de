"""Domains beyond ASCII: one name has one form inside, and either may be typed.
                                            RFC 5890 to 5892, UTS 46, RFC 6531"""

import base64
import email
import email.policy
import imaplib
import json
import os
import smtplib
import ssl
import subprocess

import dkim
import pytest
from lib.server import BUILD, PASSWORD
from lib.world import World
from test_relay import dkim_records, empty, eventually

U, A = "bücher.test", "xn--bcher-kva.test"
OLD = "ökl.test".encode("idna").decode()


@pytest.fixture(scope="module")
def world():
    """The bookshop here is known to the world by its A-label, there is a
    plain domain, and a host that knows no SMTPUTF8 has another such name."""
    with World() as w:
        w.here, w.there = w.postern(A, people=()), w.postern("there.test")
        w.old = w.sink(OLD, ehlo=("8BITMIME",))
        w.start()
        w.here.command("domain", "remove", A)
        w.here.command("domain", "add", "BÜCHER.test.")
        for person in ("anna", "jörg"):
            w.here.command("account", "add", f"{person}@{U}",
                           "--password-stdin", text=PASSWORD + "\n")
        yield w


def plain_tls():
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def submission(server, user):
    smtp = smtplib.SMTP("127.0.0.1", server.ports["submission"], timeout=60)
    smtp.starttls(context=plain_tls())
    smtp.ehlo()
    smtp.user, smtp.password = user, PASSWORD
    code, _ = smtp.docmd("AUTH", "PLAIN " + __import__("base64").b64encode(
        f"\0{user}\0{PASSWORD}".encode()).decode())
    assert code == 235, user
    return smtp


def inbox(server, user):
    imap = imaplib.IMAP4_SSL("127.0.0.1", server.ports["imaps"],
                             ssl_context=plain_tls(), timeout=60)
    imap.authenticate(
        "PLAIN", lambda _: f"\0{user}\0{PASSWORD}".encode())
    imap.select("INBOX", readonly=True)
    found = imap.uid("FETCH", "1:*", "(BODY.PEEK[])")[1]
    imap.logout()
    return [part[1] for part in found if isinstance(part, tuple)]


def arrived(server, user, subject):
    def look():
        for octets in inbox(server, user):
            message = email.message_from_bytes(octets,
                                               policy=email.policy.default)
            if message["Subject"] == subject:
                return octets, message
        return None
    found = eventually(look)
    assert found, server.tail()
    return found


def say(smtp, line, code):
    smtp.send(line.encode() + b"\r\n")
    got = smtp.getreply()
    assert got[0] == code, (line, got)


def test_one_domain_whatever_is_typed(world):
    here = world.here
    for name in (U, A, "Bücher.Test", "XN--BCHER-KVA.test", "bu\u0308cher.test"):
        again = here.command("domain", "add", name, check=False)
        assert again.returncode == 1 and "the domain is there" in again.stderr
    assert here.command("domain", "list").stdout.splitlines()[1].split()[:2] \
        == [U, "2"]
    listed, = json.loads(here.command("domain", "list", "--json").stdout)
    assert listed["domain"] == A and listed["accounts"] == 2
    people = here.command("account", "list").stdout
    assert f"anna@{U}" in people and f"jörg@{U}" in people
    known = here.command("account", "add", f"anna@{A}", "--make-password",
                         check=False)
    assert known.returncode == 1 and "is there already" in known.stderr
    wrong = here.command("domain", "add", "\u202e.test", check=False)
    assert wrong.returncode == 1 and "no name of a domain" in wrong.stderr
    zone = here.command("domain", "dns", U).stdout
    assert f"What {U} publishes" in zone and f"{A}. IN MX" in zone
    assert f"._domainkey.{A}. IN TXT" in zone


@pytest.mark.parametrize("user", [f"anna@{U}", f"anna@{A}",
                                  "anna@BÜCHER.Test"])
def test_login_and_imap(world, user):
    submission(world.here, user).quit()
    inbox(world.here, user)


def test_user_that_grows(world):
    """Short as it is typed, longer inside than any address: nobody's."""
    user = "a" * 200 + "@" + "é." * 30 + "test"
    front = world.here.processes("front")
    smtp = smtplib.SMTP("127.0.0.1", world.here.ports["submission"],
                        timeout=60)
    smtp.starttls(context=plain_tls())
    smtp.ehlo()
    code, _ = smtp.docmd("AUTH", "PLAIN " + base64.b64encode(
        f"\0{user}\0{PASSWORD}".encode()).decode())
    assert code == 535
    with pytest.raises(imaplib.IMAP4.error, match="Wrong user or password"):
        inbox(world.here, user)
    assert world.here.processes("front") == front


def test_mail_for_either_form(world):
    """By SMTP from the world, with and without SMTPUTF8."""
    for n, to in enumerate((f"anna@{A}", f"anna@{U}", f"jörg@{U}",
                            f"jörg@{A}")):
        smtp = smtplib.SMTP(world.here.ip, world.port, timeout=60)
        smtp.ehlo("client.test")
        utf8 = "" if to.isascii() else " SMTPUTF8"
        say(smtp, f"MAIL FROM:<x@there.test>{utf8}", 250)
        say(smtp, f"RCPT TO:<{to}>", 250)
        say(smtp, "DATA", 354)
        say(smtp, f"Subject: form {n}\r\n\r\ntext\r\n.", 250)
        smtp.quit()
        arrived(world.here, to, f"form {n}")


def test_what_is_no_name_is_refused(world):
    smtp = smtplib.SMTP(world.here.ip, world.port, timeout=60)
    smtp.ehlo("client.test")
    say(smtp, "MAIL FROM:<x@there.test> SMTPUTF8", 250)
    say(smtp, "RCPT TO:<anna@\u202e.test>", 501)
    say(smtp, f"RCPT TO:<nobody@{U}>", 550)
    smtp.quit()


@pytest.mark.parametrize("sender", [f"anna@{U}", f"anna@{A}"])
def test_signed_and_answered(world, sender):
    """From and MAIL FROM in either form are anna's; the other server finds
    the key by the A-label, and what she gets back finds her."""
    here, there = world.here, world.there
    smtp = submission(here, f"anna@{U}")
    utf8 = "" if sender.isascii() else " SMTPUTF8"
    say(smtp, f"MAIL FROM:<{sender}>{utf8}", 250)
    say(smtp, "RCPT TO:<bob@there.test>", 250)
    say(smtp, "DATA", 354)
    say(smtp, f"From: Anna <{sender}>\r\nTo: bob@there.test\r\n"
        f"Subject: from {sender.isascii()}\r\n\r\ntext\r\n.", 250)
    octets, message = arrived(there, "bob@there.test",
                              f"from {sender.isascii()}")
    assert message["Return-Path"] == f"<anna@{A}>"
    keys = dict(dkim_records(here))
    assert octets.count(f"d={A};".encode()) == 2
    for i in range(2):
        assert dkim.DKIM(octets).verify(
            idx=i, dnsfunc=lambda name, timeout=5: keys.get(
                name.decode().rstrip(".")))
    # Nobody else's: neither in the envelope nor in the header.
    say(smtp, f"MAIL FROM:<jörg@{U}> SMTPUTF8", 553)
    say(smtp, f"MAIL FROM:<anna@{A}> SMTPUTF8", 250)
    say(smtp, "RCPT TO:<bob@there.test>", 250)
    say(smtp, "DATA", 354)
    say(smtp, f"From: jörg@{U}\r\nSubject: no\r\n\r\ntext\r\n.", 553)
    # It comes back to her.
    say(smtp, f"MAIL FROM:<{sender}>{utf8}", 250)
    say(smtp, "RCPT TO:<nobody@there.test>", 250)
    say(smtp, "DATA", 354)
    say(smtp, f"From: {sender}\r\nSubject: back {sender.isascii()}\r\n\r\n.",
        250)
    smtp.quit()
    def report():
        return [m for m in inbox(here, f"anna@{A}")
                if b"nobody@there.test" in m and
                f"back {sender.isascii()}".encode() in m]
    assert eventually(report), here.tail()
    assert eventually(lambda: empty(here))


def test_next_hop_without_smtputf8(world):
    """A recipient whose domain alone is beyond ASCII needs no SMTPUTF8."""
    smtp = submission(world.there, "bob@there.test")
    say(smtp, "MAIL FROM:<bob@there.test> SMTPUTF8", 250)
    say(smtp, "RCPT TO:<chef@ökl.test>", 250)
    say(smtp, "DATA", 354)
    say(smtp, "From: bob@there.test\r\nSubject: old\r\n\r\ntext\r\n.", 250)
    smtp.quit()
    got = world.old.wait(1)[0]
    assert got.recipients == [f"chef@{OLD}"]
    assert not world.there.inbox("alice")


def test_aliases_lead_to_one(world):
    here = world.here
    here.command("alias", "add", f"laden@{U}", f"anna@{U}")
    twice = here.command("alias", "add", f"laden@{A}", f"anna@{A}",
                         check=False)
    assert twice.returncode == 1 and "leads to" in twice.stderr
    row = json.loads(here.command("alias", "list", "--json").stdout)
    assert row == [{"address": f"laden@{A}", "target": f"anna@{A}"}]
    assert f"laden@{U}" in here.command("alias", "list").stdout
    smtp = submission(here, f"anna@{A}")
    say(smtp, f"MAIL FROM:<laden@{U}> SMTPUTF8", 250)
    smtp.quit()
    here.command("alias", "remove", f"laden@{A}")


def test_local_programs_filters_and_trace(world):
    here = world.here
    done = subprocess.run(
        [str(BUILD / "postern"), "sendmail", "-i", "-f", f"anna@{U}",
         f"bob@{U}", f"anna@{U}"], capture_output=True, timeout=60,
        env=dict(os.environ, POSTERN_DATA=str(here.data)),
        input=f"From: anna@{U}\nSubject: local\n\ntext\n".encode())
    assert b"no such mailbox" in done.stderr
    arrived(here, f"anna@{A}", "local")
    for typed in (f"anna@{U}", f"anna@{A}"):
        traced = here.command("trace", typed)
        assert f"in the mailbox of anna@{U}" in traced.stdout
        assert A in here.command("trace", typed, "--json").stdout
    assert f"anna@{A}" in here.command("journal").stdout or \
        f"anna@{U}" in here.command("journal").stdout
