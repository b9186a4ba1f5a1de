"""ARC (RFC 8617) in a running Postern: whom it believes, and what it seals of
what an alias leads elsewhere."""

import base64
import imaplib
import json
import re
import smtplib
import ssl

import dkim
import pytest
from cryptography.hazmat.primitives import serialization as s
from cryptography.hazmat.primitives.asymmetric import rsa

from lib.server import PASSWORD
from lib.wire import crlf
from lib.world import World

TRUSTED = ('arc-trusted = { "list.test", "LISTS.test" }\n'
           'list-trusted = { "nobody.test", "News.test", "list.test" }\n')
PASSED = "dmarc=pass header.from=reject.test"


@pytest.fixture(scope="module")
def world():
    with World() as w:
        key = rsa.generate_private_key(public_exponent=65537, key_size=1024)
        w.key = key.private_bytes(s.Encoding.PEM,
                                  s.PrivateFormat.TraditionalOpenSSL,
                                  s.NoEncryption())
        public = base64.b64encode(key.public_key().public_bytes(
            s.Encoding.DER, s.PublicFormat.SubjectPublicKeyInfo)).decode()
        w.host, w.author = w.address(), w.address()
        for policy in ("reject", "quarantine"):
            w.record(f'{policy} TXT "v=spf1 ip4:{w.author} -all"')
            w.record(f'_dmarc.{policy} TXT "v=DMARC1; p={policy}"')
        for name in ("list", "lists", "other", "news"):
            w.record(f'sel._domainkey.{name} TXT "v=DKIM1; p={public}"')
        w.record(f'news TXT "v=spf1 ip4:{w.host} -all"')
        # Nobody answers for what is below this name.
        w.record("lost._domainkey.list NS ns.dead")
        w.record("ns.dead A 127.77.255.254")
        w.public = public
        w.there = w.sink("there.test")
        w.here = w.postern("here.test", more=TRUSTED +
                           f'unjudged = "{w.address()}"\n')
        w.start()
        yield w


def message(subject, domain="reject.test"):
    return (f"From: News <news@{domain}>\r\nTo: bob@here.test\r\n"
            f"Subject: {subject}\r\nDate: Sat, 28 Nov 2026 12:00:00 +0000\r\n"
            f"Message-ID: <{subject}@{domain}>\r\n\r\nA few words.\r\n"
            ).encode()


def sealed(world, text, found=PASSED, by="list.test", status="none",
           selector="sel"):
    first = f"Authentication-Results: {by}; {found}; arc={status}\r\n"
    fields = dkim.arc_sign(first.encode() + text, selector.encode(),
                           by.encode(), world.key, by.encode(),
                           include_headers=[b"from", b"to", b"subject"])
    assert len(fields) == 3
    return b"".join(fields) + text


def send(world, text, to="bob@here.test", host=None, sender="a@list.test"):
    with smtplib.SMTP(world.here.ip, world.port, timeout=60,
                      local_hostname="mx.list.test",
                      source_address=(host or world.host, 0)) as smtp:
        smtp.ehlo()
        assert smtp.mail(sender)[0] == 250
        assert smtp.rcpt(to)[0] == 250
        code, said = smtp.data(text)
        return code, said.decode()


def folder_of(world, subject):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with imaplib.IMAP4_SSL("127.0.0.1", world.here.ports["imaps"],
                           ssl_context=context, timeout=60) as imap:
        imap.login("bob@here.test", PASSWORD)
        for folder in ("INBOX", "Junk"):
            imap.select(folder, readonly=True)
            if imap.search(None, "SUBJECT", subject)[1] != [b""]:
                return folder
    return None


def text_of(world, subject):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with imaplib.IMAP4_SSL("127.0.0.1", world.here.ports["imaps"],
                           ssl_context=context, timeout=60) as imap:
        imap.login("bob@here.test", PASSWORD)
        imap.select("INBOX", readonly=True)
        (found,) = imap.search(None, "SUBJECT", subject)[1]
        return imap.fetch(found.split()[-1], "(BODY.PEEK[])")[1][0][1]


def traced(world, who="a@list.test"):
    return world.here.command("trace", who).stdout


def test_a_trusted_sealer_vouches(world):
    assert send(world, message("bare"))[0] == 550
    assert send(world, sealed(world, message("vouched")))[0] == 250
    assert "arc=pass (vouched for by list.test)" in traced(world)
    assert send(world, sealed(world, message("vouched-2"),
                              by="lists.test"))[0] == 250
    why = world.here.command("explain", "a@list.test").stdout
    assert "one of arc-trusted has seen it proven" in why


def of_list(subject, *ids):
    return b"".join(b"List-Id: A list <%s>\r\n" % i for i in ids) + \
        message(subject)


def signed(world, text, domain="news.test", selector="sel"):
    return dkim.sign(text, selector.encode(), domain.encode(), world.key,
                     include_headers=[b"from", b"to", b"subject"]) + text


def test_a_trusted_list_vouches(world):
    assert send(world, of_list("l1", b"l.news.test"),
                sender="b@news.test")[0] == 250
    assert folder_of(world, "l1") == "INBOX"
    assert "mailing-list=trusted (news.test)" in traced(world, "b@news.test")
    assert "one of list-trusted sent it on" in \
        world.here.command("explain", "b@news.test").stdout
    assert send(world, signed(world, of_list("l2", b"NEWS.test")))[0] == 250


@pytest.mark.parametrize("ids", [
    (), (b"l.news.test", b"l.news.test"), (b"l.other.test",),
    (b"evilnews.test",), (b"news.test.evil.test",), (b"",)])
def test_no_trusted_list(world, ids):
    assert send(world, of_list("no-list", *ids),
                sender="b@news.test")[0] == 550


def test_not_proven_to_be_that_list(world):
    text = of_list("unproven", b"l.news.test")
    assert send(world, text)[0] == 550
    assert send(world, text, host=world.address(),
                sender="b@news.test")[0] == 550
    assert send(world, signed(world, text, "other.test"))[0] == 550
    bad = signed(world, text).replace(b"few words", b"few lies")
    assert send(world, bad)[0] == 550
    lost = signed(world, of_list("lost", b"l.list.test"), "list.test",
                  "a.lost")
    assert send(world, lost, sender="b@reject.test")[0] == 451


@pytest.mark.parametrize("name,change", [
    # It is not trusted, or has not seen it pass, or for somebody else.
    ("untrusted", {"by": "other.test"}),
    ("failed", {"found": "dmarc=fail header.from=reject.test"}),
    ("other-author", {"found": "dmarc=pass header.from=other.test"}),
])
def test_nobody_vouches(world, name, change):
    text = sealed(world, message(name), **change)
    assert send(world, text)[0] == 550
    assert "arc=pass (last sealed by " in traced(world)


def test_a_broken_chain_is_none(world):
    text = sealed(world, message("broken")).replace(b"few words", b"few lies")
    assert send(world, text)[0] == 550
    assert "arc=fail (message signature 1: the body was changed)" in \
        traced(world)


def test_nobody_behind_a_stranger(world):
    text = sealed(world, message("two"))
    text = sealed(world, text, "dmarc=fail", "other.test", "pass")
    assert send(world, text)[0] == 550
    text = sealed(world, message("three"))
    text = sealed(world, text, "dmarc=fail", "lists.test", "pass")
    assert send(world, text)[0] == 250


def test_into_inbox_though_quarantined(world):
    """What would go into Junk goes where it belongs."""
    text = message("q-bare", "quarantine.test")
    assert send(world, text)[0] == 250
    assert folder_of(world, "q-bare") == "Junk"
    text = sealed(world, message("q-sealed", "quarantine.test"),
                  "dmarc=pass header.from=quarantine.test")
    assert send(world, text)[0] == 250
    assert folder_of(world, "q-sealed") == "INBOX"


def test_dns_in_trouble(world):
    """Its key might have been the proof: later, not never."""
    text = sealed(world, message("lost"), selector="lost")
    code, said = send(world, text)
    assert (code, said[:5]) == (451, "4.4.3")
    text = sealed(world, message("lost-2"), selector="lost", by="other.test")
    assert send(world, text)[0] == 550


def test_a_rule_of_the_operator(world):
    """Which goes before what the domain wants."""
    world.here.command("allow", "add", world.host)
    try:
        assert send(world, message("allowed"))[0] == 250
    finally:
        world.here.command("allow", "remove", world.host)
    assert send(world, message("not allowed"))[0] == 550


# ---- what is sealed ------------------------------------------------------

@pytest.fixture(scope="module")
def forwarding(world):
    """out@ and both@ lead to a host that keeps what it gets; the keys of
    here.test are published."""
    here = world.here
    assert record_of(world)
    here.command("alias", "add", "out@here.test", "x@there.test")
    here.command("alias", "add", "both@here.test", "bob@here.test")
    here.command("alias", "add", "both@here.test", "y@there.test")
    return world


def record_of(world):
    """What dkimpy asks DNS for."""
    rows = json.loads(world.here.command("domain", "dns", "here.test",
                                         "--json").stdout)
    return {row["name"].rstrip("."): row["value"] for row in rows
            if "_domainkey" in row["name"]}


def dns_of(world):
    keys = record_of(world)
    public = world.public

    def look_up(name, timeout=5):
        name = name.decode().rstrip(".")
        if name in keys:
            return keys[name].encode()
        if name.startswith("sel._domainkey."):
            return f"v=DKIM1; p={public}".encode()
        return None
    return look_up


def forwarded(world, text, to="out@here.test", **how):
    before = len(world.there.messages)
    assert send(world, text, to, **how)[0] == 250
    world.there.wait(before + 1)
    return crlf(world.there.messages[-1].text)


def verify(world, octets):
    cv, results, why = dkim.arc_verify(octets, dnsfunc=dns_of(world))
    return cv, len(results), why


def test_forwarded_mail_is_sealed(forwarding):
    octets = forwarded(forwarding, message("first"),
                       host=forwarding.author, sender="a@reject.test")
    assert octets.startswith(b"ARC-Seal: i=1;")
    assert verify(forwarding, octets)[:2] == (b"pass", 1)
    found = re.search(rb"ARC-Authentication-Results: i=1; (.*?)\r\n(?=\S)",
                      octets, re.S)[1]
    assert b"mail.here.test;" in found and b"dmarc=pass" in found
    assert b"DKIM-Signature" not in octets
    changed = octets.replace(b"few words", b"few lies")
    assert verify(forwarding, changed)[0] == b"fail"
    changed = octets.replace(b"dmarc=pass", b"dmarc=fail", 1)
    assert verify(forwarding, changed)[0] == b"fail"


def test_a_chain_goes_on(forwarding):
    text = sealed(forwarding, message("second"))
    octets = forwarded(forwarding, text)
    assert octets.startswith(b"ARC-Seal: i=2;") and b" cv=pass;" in octets
    assert verify(forwarding, octets)[:2] == (b"pass", 2)


def test_a_broken_chain_is_called_broken(forwarding):
    """RFC 8617 5.1.2; and nobody goes on behind that."""
    text = sealed(forwarding, message("third", "open.test"))
    text = text.replace(b"few words", b"few lies")
    octets = forwarded(forwarding, text)
    assert octets.startswith(b"ARC-Seal: i=2;") and b" cv=fail;" in octets
    assert verify(forwarding, octets)[0] != b"pass"
    again = forwarded(forwarding, octets)
    assert b"i=3" not in again


def test_local_mail_is_not_sealed(forwarding):
    octets = forwarded(forwarding, message("fourth", "open.test"),
                       "both@here.test")
    assert octets.startswith(b"ARC-Seal: i=1;")
    assert b"ARC-Seal" not in text_of(forwarding, "fourth")
    send(forwarding, message("fifth", "open.test"))
    assert b"ARC-Seal" not in text_of(forwarding, "fifth")


def test_a_signature_outlives_it(forwarding):
    """What was signed by DKIM still is, and the seal covers it."""
    text = message("sixth", "list.test")
    text = dkim.sign(text, b"sel", b"list.test", forwarding.key,
                     include_headers=[b"From", b"Subject"]) + text
    octets = forwarded(forwarding, text)
    assert verify(forwarding, octets)[:2] == (b"pass", 1)
    assert dkim.verify(octets, dnsfunc=dns_of(forwarding))
    assert octets.count(b"DKIM-Signature:") == 1
    changed = octets.replace(b"DKIM-Signature:", b"DKIM-Signature: z=x;", 1)
    assert verify(forwarding, changed)[0] == b"fail"


def test_by_the_key_of_the_alias(forwarding):
    here = forwarding.here
    here.command("domain", "add", "second.test")
    here.command("alias", "add", "out@second.test", "x@there.test")
    octets = forwarded(forwarding, message("seventh", "open.test"),
                       "out@second.test")
    assert b" d=second.test;" in octets and b"d=here.test" not in octets
