"""What a program sends on a laptop: to the demo, from and to anybody, and it
can be looked at."""

import email
import email.policy
import imaplib
import os
import re
import smtplib
import ssl
import subprocess
import time

import pytest
from lib.server import BUILD, PASSWORD, ROOT, Server, address
from lib.wire import Imap, Smtp

OUTSIDE = "customer@elsewhere.example"


@pytest.fixture(scope="module")
def laptop():
    with Server() as server:
        yield server


def inbox(server, person="alice"):
    imap = Imap(server).login(person)
    bodies = imap.bodies("BODY.PEEK[]") if imap.select() else []
    imap.close()
    return [email.message_from_bytes(b, policy=email.policy.default)
            for b in bodies]


def newest(server, subject, person="alice"):
    found = [m for m in inbox(server, person) if m["Subject"] == subject]
    assert found, [m["Subject"] for m in inbox(server, person)]
    assert len(found) == 1
    return found[0]


def message(subject, sender="noreply@shop.test", to=OUTSIDE):
    m = email.message.EmailMessage()
    m["From"], m["To"], m["Subject"] = sender, to, subject
    m.set_content("Thank you for your order.\n")
    return m


def test_smtplib_without_a_word_more(laptop):
    with smtplib.SMTP("127.0.0.1", laptop.ports["smtp"], timeout=30) as smtp:
        assert smtp.ehlo()[0] == 250 and not smtp.has_extn("starttls")
        smtp.send_message(message("plain"))
    got = newest(laptop, "plain")
    assert got["Delivered-To"] == OUTSIDE or OUTSIDE in str(got)
    assert got["Return-Path"] == "<noreply@shop.test>"


@pytest.mark.parametrize("port", [1525, 587])
def test_login_in_clear(laptop, port):
    """As any sender, and anybody's recipients in one message."""
    subject = f"login {port}"
    with smtplib.SMTP("127.0.0.1", laptop.offset + port, timeout=30) as smtp:
        smtp.login(address("alice"), PASSWORD)
        smtp.send_message(message(subject), to_addrs=[
            OUTSIDE, "another@elsewhere.example", "typo@example.test",
            address("alice"), address("bob")])
    newest(laptop, subject)
    newest(laptop, subject, "bob")


def test_starttls_where_it_is_offered(laptop):
    context = ssl.create_default_context(
        cafile=str(laptop.data / "certificate.pem"))
    context.check_hostname = False
    with smtplib.SMTP("127.0.0.1", laptop.ports["submission"],
                      timeout=30) as smtp:
        smtp.starttls(context=context)
        smtp.login(address("alice"), PASSWORD)
        smtp.send_message(message("inside TLS"))
    newest(laptop, "inside TLS")


def test_imap_in_clear(laptop):
    imap = imaplib.IMAP4("127.0.0.1", laptop.ports["imap"], timeout=30)
    assert "LOGINDISABLED" not in imap.capabilities
    assert "STARTTLS" in imap.capabilities
    imap.login(address("alice"), PASSWORD)
    assert imap.select()[0] == "OK"
    imap.logout()


@pytest.mark.parametrize("options", [
    "port: PORT.smtp", "port: PORT.smtp2, auth: AUTH",
    "port: PORT.submission, ignoreTLS: true, auth: AUTH"])
def test_nodemailer(laptop, options):
    if not (ROOT / "tests/node_modules/nodemailer").exists():
        pytest.skip("nodemailer is not installed: npm --prefix tests ci")
    subject = f"node {options[6:16]}{'auth' in options}"
    ports = {**laptop.ports, "smtp2": laptop.offset + 1525}
    script = f"""
        import nodemailer from 'nodemailer';
        const PORT = {ports};
        const AUTH = {{ user: '{address("alice")}', pass: '{PASSWORD}' }};
        const t = nodemailer.createTransport(
            {{ host: '127.0.0.1', {options} }});
        await t.sendMail({{ from: 'Shop <noreply@shop.test>',
            to: '{OUTSIDE}', subject: '{subject}', text: 'Thanks.' }});
        t.close();
    """
    done = subprocess.run(
        ["node", "--input-type=module", "-e", script], timeout=60,
        cwd=ROOT / "tests", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    newest(laptop, subject)


def sendmail(laptop, *args, text):
    return subprocess.run(
        [BUILD / "postern", "sendmail", *args], input=text, text=True,
        env={**os.environ, "POSTERN_DATA": str(laptop.data)},
        capture_output=True, timeout=60)


def test_sendmail_t(laptop):
    done = sendmail(laptop, "-t", "-f", "noreply@shop.test", text=(
        f"From: noreply@shop.test\nTo: {OUTSIDE}\nSubject: from PHP\n\nHi\n"))
    assert done.returncode == 0, done
    got = newest(laptop, "from PHP")
    assert "by mail.example.test (Postern) with LOCAL" in got["Received"]


def test_aliases_and_reports_stay_here(laptop):
    laptop.command("alias", "add", "team@example.test", OUTSIDE,
                   address("alice"))
    with smtplib.SMTP("127.0.0.1", laptop.ports["smtp"], timeout=30) as smtp:
        smtp.send_message(message("to a team", to="team@example.test"))
    newest(laptop, "to a team")
    smtp = Smtp(laptop, "submissions")
    smtp.do("EHLO client.example.net", 250)
    smtp.login("alice")
    smtp.do("MAIL FROM:<noreply@shop.test>", 250)
    smtp.do(f"RCPT TO:<{address('bob')}> NOTIFY=SUCCESS", 250)
    smtp.do("DATA", 354)
    smtp.do("Subject: tell me\r\n\r\nx\r\n.", 250)
    smtp.close()
    end = time.monotonic() + 30
    while "Delivered: tell me" not in [m["Subject"] for m in inbox(laptop)]:
        assert time.monotonic() < end, laptop.tail()
        time.sleep(0.1)


def test_nothing_waits(laptop):
    assert laptop.command("queue", "list", "--json").stdout.split() == [
        "[", "]"]


def test_the_first_screen_says_how_to_look(laptop):
    said = laptop.log.read_text()
    assert str(laptop.offset + 1525) in said
    send = re.search(r"^  (POSTERN_DATA=.* sendmail -t)$", said, re.M)[1]
    subprocess.run(send, shell=True, check=True, text=True, timeout=60,
                   input=f"To: {OUTSIDE}\nSubject: as shown\n\nHi\n")
    look = re.search(r"^  (curl .*)$", said, re.M)[1]
    shown = subprocess.run(look, shell=True, check=True, text=True,
                           timeout=60, capture_output=True).stdout
    assert "Subject: as shown" in shown, shown
    look = re.search(r"^  (.* journal --data .*)$", said, re.M)[1]
    assert "received" in subprocess.run(
        look, shell=True, check=True, text=True, timeout=60,
        capture_output=True).stdout


def test_deliver_outside():
    """The other behaviour: as a server in the world."""
    with Server() as server:
        server.stop()
        server.arguments = lambda: [
            *Server.arguments(server), "--deliver-outside"]
        server.start()
        with smtplib.SMTP("127.0.0.1", server.ports["smtp"],
                          timeout=30) as smtp:
            with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
                smtp.send_message(message("no"))
            assert refused.value.recipients[OUTSIDE][0] == 550
        with smtplib.SMTP("127.0.0.1", server.ports["submission"],
                          timeout=30) as smtp:
            with pytest.raises(smtplib.SMTPNotSupportedError):
                smtp.login(address("alice"), PASSWORD)
        smtp = Smtp(server, "submissions")
        smtp.do("EHLO client.example.net", 250)
        smtp.login("alice")
        smtp.do("MAIL FROM:<noreply@shop.test>", 553)
        smtp.do(f"MAIL FROM:<{address('alice')}>", 250)
        smtp.do("RCPT TO:<x@no-such-domain.invalid>", 250)
        smtp.do("DATA", 354)
        smtp.do("Subject: out\r\n\r\nx\r\n.", 250)
        smtp.close()
        assert "Subject: out" not in [m["Subject"] for m in inbox(server)]
        assert "leaves by MX" in server.log.read_text()


@pytest.mark.parametrize("line,says", [
    ('tls = may', "wants an address of loopback"),
    ('tls = none address = "192.0.2.1"', "wants an address of loopback"),
    ('tls = always', "expected one of login, may, none"),
])
def test_clear_only_on_loopback(tmp_path, line, says):
    conf = tmp_path / "postern.conf"
    conf.write_text('hostname = "mail.example.org"\n'
                    f"listen {{ kind = submission port = 2525 {line} }}\n")
    done = subprocess.run([BUILD / "postern", "check-config", conf],
                          capture_output=True, text=True, timeout=10)
    assert done.returncode == 1 and says in done.stderr, done
