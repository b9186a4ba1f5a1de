"""Domains that are here and take no mail, and a host that takes none: what others
are told, by whatever way they come (RFC 7504, RFC 7505)."""

import json
import os
import smtplib
import subprocess

import pytest
from lib.nsd import free_port
from lib.server import BUILD, PASSWORD, ConfiguredServer, address
from lib.wire import Wire, client_context
from test_api import post

ALICE = address("alice")
PARKED = "parked.test"


class NoMail(ConfiguredServer):
    def configure(self, more=""):
        self.only_sends = getattr(self, "only_sends", None) or free_port()
        super().configure('listen { kind = no-mail address = "127.0.0.1" '
                          f'port = {self.only_sends} }}\n' + more)


@pytest.fixture(scope="module")
def server():
    with NoMail() as running:
        running.command("domain", "add", PARKED, "--no-mail")
        yield running


def refused(smtp, sender, to):
    with pytest.raises(smtplib.SMTPRecipientsRefused) as e:
        smtp.sendmail(sender, [to], "Subject: x\r\n\r\nx\r\n")
    return e.value.recipients[to]


@pytest.mark.parametrize("local", ["bob", "postmaster", "abuse", "x+y"])
def test_nobody_is_there(server, local):
    to = f"{local}@{PARKED}"
    with smtplib.SMTP("127.0.0.1", server.ports["smtp"]) as smtp:
        code, words = refused(smtp, "a@client.example", to)
    assert (code, words[:7]) == (556, b"5.1.10 ")
    with smtplib.SMTP_SSL("127.0.0.1", server.ports["submissions"],
                          context=client_context()) as smtp:
        smtp.login(ALICE, PASSWORD)
        assert refused(smtp, ALICE, to)[0] == 556
    status, answer = post(server, {"from": ALICE, "to": [to],
                                   "subject": "x", "text": "x"})
    assert "5.1.10" in json.dumps(answer), (status, answer)
    done = subprocess.run(
        [str(BUILD / "postern-sendmail"), "-i", to], text=True,
        input="Subject: x\n\nx\n", capture_output=True, timeout=60,
        env=dict(os.environ, POSTERN_DATA=str(server.data)))
    assert done.returncode == 67, done  # EX_NOUSER
    assert "the domain takes no mail" in done.stderr
    # Nobody else is in the way of it.
    with smtplib.SMTP("127.0.0.1", server.ports["smtp"]) as smtp:
        smtp.sendmail("a@client.example", [ALICE], "Subject: x\r\n\r\nx\r\n")


def test_what_is_published(server):
    zone = server.command("domain", "dns", PARKED).stdout
    for record in (f"{PARKED}. IN MX 0 .", f'{PARKED}. IN TXT "v=spf1 -all"',
                   f'*._domainkey.{PARKED}. IN TXT "v=DKIM1; p="',
                   f'_dmarc.{PARKED}. IN TXT "v=DMARC1; p=reject; sp=reject"'):
        assert record + "\n" in zone, zone
    assert "TLSA" not in zone and "_mta-sts" not in zone
    rows = json.loads(server.command("domain", "list", "--json").stdout)
    assert {r["domain"]: r["mail"] for r in rows}[PARKED] == "none"


def test_what_it_cannot_have(server):
    for args in (["account", "add", f"x@{PARKED}", "--make-password"],
                 ["alias", "add", f"x@{PARKED}", ALICE],
                 ["alias", "add", address("new"), f"x@{PARKED}"],
                 ["domain", "addresses", PARKED, "add", "x"],
                 ["domain", "add", "x.test", "--no-mail", "--relay"],
                 ["domain", "add", "x.test", "--no-mail", "--unsigned"]):
        assert server.command(*args, check=False).returncode, args
    # Nor does anybody write as one of it.
    with smtplib.SMTP_SSL("127.0.0.1", server.ports["submissions"],
                          context=client_context()) as smtp:
        smtp.login(ALICE, PASSWORD)
        with pytest.raises(smtplib.SMTPSenderRefused) as e:
            smtp.sendmail(f"alice@{PARKED}", [ALICE], "Subject: x\r\n\r\n")
        assert e.value.smtp_code == 553


def test_it_can_have_mail_later(server):
    server.command("domain", "add", "later.test", "--no-mail")
    server.command("domain", "remove", "later.test")
    server.command("domain", "add", "later.test", "--unsigned")
    server.command("account", "add", "carol@later.test", "--password-stdin",
                   text=PASSWORD + "\n")
    with smtplib.SMTP("127.0.0.1", server.ports["smtp"]) as smtp:
        smtp.sendmail("a@client.example", ["carol@later.test"],
                      "Subject: x\r\n\r\nx\r\n")


def test_a_host_that_takes_none(server):
    wire = Wire(server.only_sends)
    assert wire.line() == b"521 mail.example.test takes no mail"
    for said in (b"EHLO client.example", b"MAIL FROM:<a@client.example>",
                 b"STARTTLS", b"XYZZY"):
        wire.send(said + b"\r\n")
        assert wire.line().startswith(b"521 5.3.2 "), said
    wire.send(b"QUIT\r\n")
    assert wire.line().startswith(b"221 ") and wire.line() is None
    # Who does not stop is let go of.
    wire = Wire(server.only_sends)
    wire.line()
    codes = []
    while (line := wire.line() if not wire.send(b"NOOP\r\n") else None):
        codes.append(line[:3])
        if line.startswith(b"421"):
            break
    assert set(codes) == {b"521", b"421"} and wire.line() is None
    assert "no_mail" in server.tail(400)
    # A program of others understands it.
    with pytest.raises(smtplib.SMTPConnectError) as e:
        smtplib.SMTP("127.0.0.1", server.only_sends)
    assert e.value.smtp_code == 521
