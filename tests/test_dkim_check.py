"""Signatures of others, judged by src/trust/dkim_check.c: the messages of
mail-auth, and what dkimpy signs in every way it can."""

import base64
import hashlib
import re

import dkim
import pytest
from nacl.signing import SigningKey

from lib import trust
from lib.server import VECTORS
from lib.wire import crlf

FOLDER = VECTORS / "mail-auth/dkim"
NOW = 1667843664
MESSAGE = crlf(b"""From: Alice <alice@example.org>
To: bob@example.net
Subject: =?utf-8?q?a_=C3=BC?=  two   spaces
 folded
Date: Sat, 28 Nov 2026 12:00:00 +0000
Message-ID: <1@example.org>

Text  with   spaces \x20
and a last line

""" + b"\n\n")


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """kind -> (private key as dkimpy wants it, p= of the record)"""
    from cryptography.hazmat.primitives import serialization as s
    from cryptography.hazmat.primitives.asymmetric import rsa

    def rsa_pair(bits):
        key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
        private = key.private_bytes(s.Encoding.PEM,
                                    s.PrivateFormat.TraditionalOpenSSL,
                                    s.NoEncryption())
        public = key.public_key().public_bytes(
            s.Encoding.DER, s.PublicFormat.SubjectPublicKeyInfo)
        return private, base64.b64encode(public).decode()
    key = SigningKey.generate()
    return {"rsa": rsa_pair(2048), "short": rsa_pair(768),
            "ed25519": (base64.b64encode(bytes(key)),
                        base64.b64encode(bytes(key.verify_key)).decode())}


def zone(keys, kind, rest=""):
    k = "ed25519" if kind == "ed25519" else "rsa"
    return [trust.record("sel._domainkey.example.org", "TXT",
                         f"v=DKIM1; k={k}; {rest}p={keys[kind][1]}")]


def sign(keys, message, kind="rsa", **how):
    algorithm = b"ed25519-sha256" if kind == "ed25519" else b"rsa-sha256"
    how.setdefault("include_headers",
                   [b"From", b"To", b"Subject", b"Date", b"Reply-To"])
    return dkim.sign(message, b"sel", b"example.org", keys[kind][0],
                     signature_algorithm=algorithm, **how) + message


def judge(records, message, now=NOW):
    (n,), *results = trust.ask(records, "D", str(now), message)
    assert int(n) == len(results)
    return results


def verdict(records, message, now=NOW):
    ((word, domain, _, why),) = judge(records, message, now)
    return word, why


def of_others():
    return sorted(FOLDER.glob("*.txt")) if FOLDER.exists() else []


@pytest.mark.parametrize("path", of_others(), ids=lambda p: p.name)
def test_messages_of_others(path):
    dns, _, message = path.read_bytes().partition(b"\n\n")
    records = [trust.record(name.rstrip("."), "TXT", text)
               for name, _, text in
               (line.partition(" ") for line in dns.decode().splitlines())]
    results = judge(records, crlf(message))
    assert results
    assert {word for word, *_ in results} <= {"pass", "policy"}, results
    assert any(word == "pass" for word, *_ in results)


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
@pytest.mark.parametrize("canon", [(a, b) for a in (b"simple", b"relaxed")
                                   for b in (b"simple", b"relaxed")])
def test_dkimpy(keys, kind, canon):
    signed = sign(keys, MESSAGE, kind, canonicalize=canon)
    records = zone(keys, kind)
    assert verdict(records, signed) == ("pass", "")
    assert judge(records, signed)[0][1:3] == ["example.org", "sel"]
    changed = signed.replace(b"last line", b"last lime")
    assert verdict(records, changed) == ("fail", "the body was changed")
    changed = signed.replace(b"bob@", b"eve@")
    assert verdict(records, changed) == ("fail", "the header was changed")
    added = b"Reply-To: eve@example.net\r\n" + signed
    assert verdict(records, added) == ("fail", "the header was changed")
    spaced = signed.replace(b"two   spaces", b"two spaces")
    assert verdict(records, spaced)[0] == \
        ("pass" if canon[0] == b"relaxed" else "fail")
    spaced = signed.replace(b"with   spaces", b"with spaces")
    assert verdict(records, spaced)[0] == \
        ("pass" if canon[1] == b"relaxed" else "fail")


@pytest.mark.parametrize("canon", [(b"simple", b"simple"),
                                   (b"relaxed", b"relaxed")])
@pytest.mark.parametrize("body", [b"", b"\r\n", b"\r\n\r\n", b" \r\n",
                                  b"no end", b"\r", b"a\rb\r\n", b"\r\r\n"])
def test_bodies(keys, canon, body):
    head = MESSAGE.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    signed = sign(keys, head + body, canonicalize=canon)
    assert verdict(zone(keys, "rsa"), signed) == ("pass", ""), body


def test_length(keys):
    records = zone(keys, "rsa")
    signed = sign(keys, MESSAGE, length=True)
    assert re.search(rb"l=\d+", signed)
    assert verdict(records, signed) == ("pass", "")
    assert verdict(records, signed + b"more\r\n") == \
        ("policy", "only the beginning of the body is signed")
    assert verdict(records, signed.replace(b"and a last line", b"")) == \
        ("fail", "the body is shorter than what was signed")


def test_two_signatures(keys):
    signed = sign(keys, sign(keys, MESSAGE), "ed25519")
    records = zone(keys, "rsa")
    words = [word for word, *_ in judge(records, signed)]
    assert words == ["permerror", "pass"]


@pytest.mark.parametrize("domain", ["b\u00fccher.example",
                                    "xn--bcher-kva.example"])
@pytest.mark.parametrize("selector", ["s\u00e9l", "xn--sl-bja"])
@pytest.mark.parametrize("identity", ["@b\u00fccher.example",
                                      "x@m.xn--bcher-kva.example", None])
def test_beyond_ascii(keys, domain, selector, identity):
    """Whichever form is written, it is one name. RFC 8616 5"""
    signed = utf8_signature(keys, domain, selector, identity) + MESSAGE
    name = "xn--sl-bja._domainkey.xn--bcher-kva.example"
    records = [trust.record(name, "TXT", f"v=DKIM1; p={keys['rsa'][1]}")]
    assert verdict(records, signed) == ("pass", "")
    assert judge(records, signed)[0][1:3] == \
        ["xn--bcher-kva.example", "xn--sl-bja"]
    assert verdict(records, signed.replace(b"bob@", b"eve@")) == \
        ("fail", "the header was changed")
    other = utf8_signature(keys, domain, selector, "@k\u00fcche.example")
    assert verdict(records, other + MESSAGE) == \
        ("permerror", "it is for an identity of another domain")


@pytest.mark.parametrize("domain", [
    b"b\xfccher.example", b"b\xc3.example", "\u202e.example".encode(),
    "b\u00fccher..example".encode(), "\u00e9".encode() * 200])
def test_no_such_name(keys, domain):
    """Latin-1, half a character, what turns the line around, too long."""
    field = utf8_signature(keys, "D", "sel", None).replace(b"d=D", b"d=" +
                                                            domain)
    word, why = verdict(zone(keys, "rsa"), field + MESSAGE)
    assert word == "permerror"
    assert why in ("no domain or no selector", "no list of tags")


def utf8_signature(keys, domain, selector, identity):
    """The field, made by hand: dkimpy knows A-labels only."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding
    from cryptography.hazmat.primitives.serialization import \
        load_pem_private_key

    head, _, body = MESSAGE.partition(b"\r\n\r\n")
    body = re.sub(rb"[ \t]+(?=\r\n)", b"", re.sub(rb"[ \t]+", b" ", body))
    body = body.rstrip(b"\r\n") + b"\r\n"
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    field = f"v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; " + \
        (f"i={identity}; " if identity else "") + \
        f"s={selector}; h=From:To; bh={digest}; b="
    signed = b"".join(
        line.split(b": ", 1)[0].lower() + b":" + line.split(b": ", 1)[1] +
        b"\r\n" for line in head.split(b"\r\n")[:2]) + \
        b"dkim-signature:" + field.encode()
    key = load_pem_private_key(keys["rsa"][0], None)
    signature = key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
    return b"DKIM-Signature: " + field.encode() + \
        base64.b64encode(signature) + b"\r\n"


def test_no_more_than_eight(keys):
    signed = MESSAGE
    for _ in range(10):
        signed = sign(keys, signed)
    assert [w for w, *_ in judge(zone(keys, "rsa"), signed)] == ["pass"] * 8


def test_none():
    assert judge([], MESSAGE) == []


@pytest.mark.parametrize("change,why", [
    ((b"v=1", b"v=2"), "not version 1"),
    ((b"a=rsa-sha256", b"a=rsa-sha512"), "unknown algorithm"),
    ((b"c=relaxed/simple", b"c=loose"), "unknown canonicalization"),
    ((b"q=dns/txt", b"q=http"), "its key is not in DNS"),
    ((b"d=example.org", b"d=exa mple.org"), "no domain or no selector"),
    ((b"i=@example.org", b"i=@example.net"),
     "it is for an identity of another domain"),
    ((b"t=", b"t=x"), "a number is none"),
    ((b"h=from", b"h=frog"), "From is not signed"),
    ((b"bh=", b"b="), "no list of tags"),
])
def test_wrong_fields(keys, change, why):
    signed = sign(keys, MESSAGE, canonicalize=(b"relaxed", b"simple"))
    head, _, rest = signed.partition(MESSAGE[:20])
    assert change[0] in head.lower() or change[0] in head, head
    changed = re.sub(re.escape(change[0]), change[1], head, count=1,
                     flags=re.I)
    assert verdict(zone(keys, "rsa"), changed + MESSAGE) == ("permerror", why)


def test_sha1_proves_nothing(keys):
    signed = sign(keys, MESSAGE).replace(b"rsa-sha256", b"rsa-sha1", 1)
    assert verdict(zone(keys, "rsa"), signed) == \
        ("policy", "SHA-1 proves nothing")


def test_expired(keys):
    signed = sign(keys, MESSAGE)
    head, _, rest = signed.partition(b" t=")
    when = int(re.match(rb"\d+", rest)[0])
    signed = head + b" x=%d; t=" % (when + 10) + rest
    assert verdict(zone(keys, "rsa"), signed, when + 11) == \
        ("fail", "it has expired")
    assert verdict(zone(keys, "rsa"), signed, when + 10)[1] != \
        "it has expired"


@pytest.mark.parametrize("record,word,why", [
    (None, "permerror", "its key is not in DNS"),
    ("", "permerror", "no key in the record"),
    ("v=DKIM1; p=", "permerror", "its key was revoked"),
    ("v=DKIM2; p=AAAA", "permerror", "no key record of DKIM"),
    ("p=AAAA; v=DKIM1", "permerror", "no key record of DKIM"),
    ("v=DKIM1; k=dsa; p=AAAA", "permerror", "a key of an unknown kind"),
    ("v=DKIM1; s=web; p=AAAA", "permerror", "a key that is not for mail"),
    ("v=DKIM1; h=sha1; p=AAAA", "permerror", "its key is not for this hash"),
    ("v=DKIM1; k=ed25519; p=AAAA", "permerror",
     "its key is of another kind"),
    ("v=DKIM1; p=AAAA", "permerror", "its key cannot be read"),
    ("v=DKIM1; p=AAAA; p=BBBB", "permerror", "no key record"),
])
def test_keys(keys, record, word, why):
    records = [] if record is None else \
        [trust.record("sel._domainkey.example.org", "TXT", record)]
    assert verdict(records, sign(keys, MESSAGE)) == (word, why)


def test_key_out_of_reach(keys):
    records = [trust.failing("sel._domainkey.example.org", "TXT")]
    assert verdict(records, sign(keys, MESSAGE)) == \
        ("temperror", "DNS failed for its key")


def test_short_key(keys):
    assert verdict(zone(keys, "short"), sign(keys, MESSAGE, "short")) == \
        ("policy", "its key is too short to be worth anything")


def test_strict_and_testing(keys):
    below = sign(keys, MESSAGE, identity=b"@mail.example.org")
    assert verdict(zone(keys, "rsa"), below) == ("pass", "")
    assert verdict(zone(keys, "rsa", "t=s; "), below) == \
        ("permerror", "its key is not for subdomains")
    assert verdict(zone(keys, "rsa", "t=y; "), sign(keys, MESSAGE)) == \
        ("pass", "testing")


def test_large_headers(keys):
    """Ten thousand fields are an answer, not a stop."""
    signed = sign(keys, MESSAGE)
    many = b"Received: x\r\n" * 8000 + signed
    assert verdict(zone(keys, "rsa"), many) == \
        ("permerror", "the header has too many fields")
    assert judge(zone(keys, "rsa"), b"X: " + b"y" * 200000 + b"\r\n" +
                 signed) == []
