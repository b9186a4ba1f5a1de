"""Text of 8 bits for servers that take 7: it is converted where nobody's
signature breaks, and signed so; else it comes back (RFC 6152 3). And texts of
any octets, which come in as lines (RFC 3030 3)."""

import base64
import email
import email.policy
import json
import poplib
import shutil
import smtplib
import ssl
import subprocess

import dkim
import pytest
from lib import nexthop
from lib.world import PASSWORD, World
from test_relay import empty, eventually, outcome, pair, reports
from test_two_posterns import Mutt

# Else nobody of this machine is.
JUDGED = 'unjudged = "192.0.2.1"\n'
OLD = ("PIPELINING", "SIZE", "ENHANCEDSTATUSCODES")

PARTS = """\
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="=outer"
Content-Transfer-Encoding: 8bit

Nobody reads this.
--=outer
Content-Type: multipart/alternative; boundary="=outer-inner"
Content-Transfer-Encoding: 8bit

--=outer-inner
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Schöne Grüße = viele.\u0020
.
--=outer-inner
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: 8bit

<p>Доброе утро, это длинный текст на кириллице</p>
--=outer-inner--

--=outer
Content-Type: application/octet-stream; name=x
Content-Transfer-Encoding: base64

AAECAwQ=
--=outer
Content-Type: message/rfc822
Content-Transfer-Encoding: 8bit

From: somebody@else.test
Subject: inside
MIME-Version: 1.0
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: 8bit

Käse

--=outer--
""".replace("\n", "\r\n").encode()


@pytest.fixture
def world():
    with World() as w:
        yield w


def head(sender, to, subject="eight bits"):
    return (f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\n"
            "Date: Sun, 22 Nov 2026 07:00:00 +0000\r\n"
            "Message-ID: <1@client.test>\r\n").encode()


def submit(server, octets, to="bob@there.test", options=("BODY=8BITMIME",)):
    smtp = server.submission("alice")
    try:
        smtp.sendmail(f"alice@{server.domain}", [to], octets, options)
    finally:
        smtp.quit()


def contents(octets):
    """What the parts of a message are, and what they say."""
    message = email.message_from_bytes(octets, policy=email.policy.compat32)
    return [(part.get_content_type(), part.get_charset(), part.get_filename(),
             None if part.is_multipart() else part.get_payload(decode=True))
            for part in message.walk()]


def verifies(server, octets):
    """Do both of our signatures hold, for somebody else's verifier?"""
    records = {row["name"]: row["value"] for row in json.loads(
        server.command("domain", "dns", server.domain, "--json").stdout)
        if row["type"] == "TXT"}
    assert octets.count(b"DKIM-Signature: ") == 2
    return all(dkim.DKIM(octets).verify(
        idx=i, dnsfunc=lambda name, **_: records.get(name.decode()))
        for i in (0, 1))


def test_converted_and_signed(world):
    here, there = pair(world, ehlo=OLD)
    text = head("alice@here.test", "bob@there.test") + PARTS
    submit(here, text)
    taken = there.wait(1)[0]
    assert "BODY=" not in taken.mail
    assert int(taken.mail.split("SIZE=")[1].split()[0].rstrip(">")) == \
        len(taken.text)
    assert taken.text.isascii()
    assert max(map(len, taken.text.split(b"\r\n"))) <= 998
    assert contents(taken.text) == contents(text)
    assert b"Content-Transfer-Encoding: 8bit" not in taken.text
    assert verifies(here, taken.text)
    assert empty(here)
    assert "converted" in here.tail(500)


def test_it_stays_as_it_is_for_all_others(world):
    here, there = world.postern("here.test"), world.sink("there.test")
    old = world.sink("old.test", ehlo=OLD)
    world.start()
    text = head("alice@here.test", "bob@there.test") + PARTS
    smtp = here.submission("alice")
    smtp.sendmail("alice@here.test", ["bob@there.test", "eve@old.test"], text,
                  ["BODY=8BITMIME"])
    smtp.quit()
    whole, seven = there.wait(1)[0].text, old.wait(1)[0].text
    assert whole.endswith(PARTS) and verifies(here, whole)
    assert seven.isascii() and verifies(here, seven)
    assert contents(whole) == contents(seven)


@pytest.mark.parametrize("body", [
    "Nothing says what it is: ä\r\n",
    "".join(f"Zeile {i} mit Ä\r\n" for i in range(30000)),
    "ä" * 400 + "\r\n" + "no end"], ids=["short", "long", "no end"])
def test_without_a_word_of_mime(world, body):
    """And longer than what is read ahead."""
    here, there = pair(world, ehlo=OLD)
    text = head("alice@here.test", "bob@there.test") + b"\r\n" + body.encode()
    submit(here, text, options=())
    taken = there.wait(1)[0]
    assert taken.text.isascii()
    got = contents(taken.text)[0][3]
    assert got.rstrip(b"\r\n") == body.encode().rstrip(b"\r\n")
    assert verifies(here, taken.text)


SIGNED = b"""\
MIME-Version: 1.0\r
Content-Type: multipart/signed; boundary=s; protocol=application/x\r
\r
--s\r
Content-Type: text/plain; charset=utf-8\r
Content-Transfer-Encoding: 8bit\r
\r
caf\xc3\xa9\r
--s\r
Content-Type: application/x\r
\r
signed\r
--s--\r
"""


@pytest.mark.parametrize("name, more, why", [
    ("header", "X-Name: J\u00fcrgen\r\n\r\nWords\r\n".encode(), "beyond ASCII"),
    ("signed part", SIGNED, "beyond ASCII"),
    ("signed by others", b"DKIM-Signature: v=1; a=rsa-sha256; d=other.test; "
     b"s=x; h=From; bh=AAAA; b=AAAA\r\n\r\n\xc3\xa4\r\n", "signed"),
], ids=["header", "signed part", "signed by others"])
def test_returned(world, name, more, why):
    here, there = pair(world, ehlo=OLD)
    submit(here, head("alice@here.test", "bob@there.test") + more)
    report = reports(here)[0]
    assert outcome(report)["bob@there.test"] == ("failed", "5.6.3")
    words = report.as_string()
    assert "8BITMIME" in words and why in " ".join(words.split()), words
    assert not there.messages and empty(here)


def test_forwarded(world):
    """What others sent to an alias goes on as far as nobody has signed it;
    our seal is left behind, for it is over the other text."""
    here, there = pair(world, {"more": JUDGED}, ehlo=OLD)
    here.command("alias", "add", "away@here.test", "bob@there.test")
    smtp = smtplib.SMTP(here.ip, world.port, timeout=30,
                        source_address=(world.address(), 0))
    text = head("eve@far.test", "away@here.test") + PARTS
    smtp.sendmail("eve@far.test", ["away@here.test"], text, ["BODY=8BITMIME"])
    smtp.quit()
    taken = there.wait(1)[0]
    assert taken.text.isascii()
    assert contents(taken.text) == contents(text)
    assert b"ARC-Seal" not in taken.text


def test_what_leaves_later(world):
    here, there = pair(world, ehlo=OLD)
    text = head("alice@here.test", "bob@there.test") + PARTS
    submit(here, text, options=("BODY=8BITMIME", "HOLDFOR=2"))
    taken = there.wait(1)[0]
    assert contents(taken.text) == contents(text)
    assert verifies(here, taken.text)


@pytest.mark.skipif(nexthop.available() is not None,
                    reason=str(nexthop.available()))
def test_postfix_without_8bitmime():
    with World() as world:
        here = world.postern("here.test")
        address = world.address()
        world.record(f"there MX 10 mail.there\nmail.there A {address}")
        world.start()
        hop = nexthop.NextHop("postfix", world.folder / "hop", address,
                              world.port, "there.test",
                              more="smtpd_discard_ehlo_keywords = 8bitmime")
        text = head("alice@here.test", "bob@there.test") + PARTS
        with hop:
            submit(here, text)
            assert eventually(lambda: hop.mail()), hop.log() + here.tail()
            taken, = hop.mail()
        taken = taken.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        assert taken.isascii()
        assert contents(taken) == contents(text)
        assert verifies(here, taken[taken.index(b"DKIM-Signature:"):])


# ---- octets of any kind, on the way in ------------------------------------

OCTETS = bytes(range(256)) * 5 + b"\r\n.\r\n\n.\n\r.\r\nMAIL FROM:<x@y.test>\r\n"

BINARY = (b"MIME-Version: 1.0\r\n"
          b"Content-Type: multipart/mixed; boundary=b\r\n"
          b"Content-Transfer-Encoding: binary\r\n\r\n"
          b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n"
          b"Content-Transfer-Encoding: binary\r\n\r\n"
          b"unix\nlines, and caf\xc3\xa9\n\r\n"
          b"--b\r\nContent-Type: image/x; name=picture\r\n"
          b"Content-Transfer-Encoding: binary\r\n\r\n" + OCTETS +
          b"\r\n--b--\r\n")


def submit_binary(smtp, sender, to, octets, chunk=700):
    """By BDAT; the answer to the last chunk."""
    smtp.ehlo_or_helo_if_needed()
    assert smtp.has_extn("binarymime") and smtp.has_extn("chunking")
    smtp.mail(sender, ["BODY=BINARYMIME"])
    smtp.rcpt(to)
    while octets:
        piece, octets = octets[:chunk], octets[chunk:]
        last = b"" if octets else b" LAST"
        smtp.send(b"BDAT %d%s\r\n" % (len(piece), last) + piece)
        code, answer = smtp.getreply()
        if code != 250:
            break
    return code, answer


def check_binary(octets):
    """It has lines, and says what was sent."""
    assert b"\0" not in octets
    assert octets.count(b"\r") == octets.count(b"\n") == octets.count(b"\r\n")
    _, text, picture = contents(octets)
    assert text[3] == b"unix\nlines, and caf\xc3\xa9\n"
    assert picture[3] == OCTETS and picture[2] == "picture"


def test_binary_comes_in(world):
    here = world.postern("here.test")
    here.more = ('listen { kind = pop3s address = "localhost" '
                 f'port = {here.ports["pop3s"]} }}\n')
    world.start()
    smtp = smtplib.SMTP(here.ip, world.port, timeout=30)
    text = head("eve@far.test", "alice@here.test") + BINARY
    code, answer = submit_binary(smtp, "eve@far.test", "alice@here.test", text)
    assert code == 250, answer
    # It is of one message.
    smtp.mail("eve@far.test")
    smtp.rcpt("alice@here.test")
    smtp.send(b"BDAT %d LAST\r\n" % len(text) + text)
    assert smtp.getreply()[0] == 550
    smtp.quit()
    mail = eventually(lambda: here.inbox("alice"))
    assert len(mail) == 1
    check_binary(mail[0])
    context = ssl._create_unverified_context()
    pop = poplib.POP3_SSL("127.0.0.1", here.ports["pop3s"], context=context)
    pop.user("alice@here.test")
    pop.pass_(PASSWORD)
    check_binary(b"\r\n".join(pop.retr(1)[1]) + b"\r\n")
    pop.quit()
    assert "came_in_binary" in here.tail(500)


def test_binary_goes_on(world):
    """What people hand in so is signed as it leaves."""
    here, there = pair(world)
    text = head("alice@here.test", "bob@there.test") + BINARY
    smtp = here.submission("alice")
    code, answer = submit_binary(smtp, "alice@here.test", "bob@there.test",
                                 text)
    assert code == 250, answer
    smtp.quit()
    taken = there.wait(1)[0]
    check_binary(taken.text)
    assert verifies(here, taken.text)


def test_signature_of_the_sender_is_verified_first(world):
    """Over the text as it came, which is then encoded."""
    key = subprocess.run(["openssl", "genrsa", "2048"], check=True,
                         capture_output=True).stdout
    public = subprocess.run(
        ["openssl", "rsa", "-pubout", "-outform", "DER"], input=key,
        check=True, capture_output=True).stdout
    record = "v=DKIM1; k=rsa; p=" + base64.b64encode(public).decode()
    parts = " ".join(f'"{record[i:i + 200]}"'
                     for i in range(0, len(record), 200))
    here = world.postern("here.test", more=JUDGED)
    world.record(f"sel._domainkey.far TXT {parts}")
    world.start()
    # dkimpy makes line ends of a bare LF.
    octets = OCTETS.replace(b"\r\n", b"").replace(b"\n", b"")
    text = head("eve@far.test", "alice@here.test") + (
        b"MIME-Version: 1.0\r\nContent-Type: image/x\r\n"
        b"Content-Transfer-Encoding: binary\r\n\r\n" + octets + b"\r\n")
    text = dkim.sign(text, b"sel", b"far.test", key,
                     canonicalize=(b"relaxed", b"relaxed")) + text
    smtp = smtplib.SMTP(here.ip, world.port, timeout=30,
                        source_address=(world.address(), 0))
    code, answer = submit_binary(smtp, "eve@far.test", "alice@here.test", text)
    assert code == 250, answer
    smtp.quit()
    mail = eventually(lambda: here.inbox("alice"))[0]
    assert b"dkim=pass" in mail, mail.split(b"image/x")[0].decode()
    assert contents(mail)[0][3] == octets + b"\r\n"


@pytest.mark.skipif(shutil.which("mutt") is None, reason="there is no mutt")
def test_mutt_shows_it(world):
    here, _ = pair(world)
    smtp = smtplib.SMTP(here.ip, world.port, timeout=30)
    submit_binary(smtp, "eve@far.test", "alice@here.test",
                  head("eve@far.test", "alice@here.test") + BINARY)
    smtp.quit()
    assert eventually(lambda: here.inbox("alice"))
    mutt = Mutt(here, "alice", world.folder / "mutt")
    copy = mutt.folder / "copy"
    mutt.run("<first-entry><pipe-message>cat >", str(copy), "<enter><quit>")
    assert contents(copy.read_bytes())[2][3] == OCTETS
