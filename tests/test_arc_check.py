"""Chains of others, judged by src/trust/arc_check.c: the suite of vectors, the
messages of mail-auth, and what dkimpy seals."""

import base64
import re
import subprocess

import dkim
import pytest

from lib import trust
from lib.server import BUILD, VECTORS
from lib.wire import crlf

SUITE = VECTORS / "arc-suite/arc-draft-validation-tests.yml"
NOW = 1667843664
# RFC 8617 5.2, 2 has a chain fail whose last seal says so; the draft that the
# suite was written for had no word for it yet.
OVER = {"": "fail"}


def cases():
    import yaml
    if not SUITE.exists():
        return []
    return [pytest.param(suite["txt-records"], test, id=name)
            for suite in yaml.safe_load_all(SUITE.read_text()) if suite
            for name, test in suite["tests"].items()]


def records_of(texts):
    return [trust.record(name, "TXT", text) for name, text in texts.items()]


def judge(records, message, trusted="", author="", now=NOW):
    ((status, n, oldest, why, vouched),) = trust.ask(
        records, "A", str(now), message, trusted, author)
    return {"status": status, "n": int(n), "oldest": int(oldest),
            "why": why, "vouched": vouched}


def test_all_of_the_suite():
    assert not SUITE.exists() or len(cases()) == 171


@pytest.mark.parametrize("texts,test", cases())
def test_suite(texts, test):
    found = judge(records_of(texts), crlf(test["message"].encode()), now=12346)
    wanted = test["cv"].lower()
    assert found["status"] == OVER.get(wanted, wanted), found


def of_others():
    return sorted((VECTORS / "mail-auth/arc").glob("*.txt"))


@pytest.mark.parametrize("path", of_others(), ids=lambda p: p.name)
def test_messages_of_others(path):
    dns, _, message = path.read_bytes().partition(b"\n\n")
    records = [trust.record(name.rstrip("."), "TXT", text)
               for name, _, text in
               (line.partition(" ") for line in dns.decode().splitlines())]
    found = judge(records, crlf(message))
    assert found["status"] == "pass", found
    changed = crlf(message)[:-2] + b"x\r\n"
    assert judge(records, changed)["status"] == "fail"


# ---- what dkimpy seals ---------------------------------------------------

MESSAGE = crlf(b"""Authentication-Results: one.example; dkim=pass; \
dmarc=pass (p=reject) header.from=example.org
From: Alice <alice@example.org>
To: bob@example.net
Subject: two   spaces
 folded
Date: Sat, 28 Nov 2026 12:00:00 +0000
Message-ID: <1@example.org>

Text  with   spaces \x20
and a last line
""")


@pytest.fixture(scope="module")
def key():
    from cryptography.hazmat.primitives import serialization as s
    from cryptography.hazmat.primitives.asymmetric import rsa
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(s.Encoding.PEM,
                                s.PrivateFormat.TraditionalOpenSSL,
                                s.NoEncryption())
    public = key.public_key().public_bytes(
        s.Encoding.DER, s.PublicFormat.SubjectPublicKeyInfo)
    return private, base64.b64encode(public).decode()


SEALERS = ["one.example", "two.example", "three.example"]


def zone(key, names=SEALERS):
    return [trust.record(f"sel._domainkey.{name}", "TXT",
                         f"v=DKIM1; k=rsa; p={key[1]}") for name in names]


def seal(key, message, sealer, found="dkim=fail; dmarc=fail", headers=None):
    """As a host of this name does that found this, and arc= what we find."""
    status = judge(zone(key), message)["status"]
    first = b"Authentication-Results: %s; %s; arc=%s\r\n" % (
        sealer.encode(), found.encode(), status.encode())
    fields = dkim.arc_sign(first + message, b"sel", sealer.encode(), key[0],
                           sealer.encode(), include_headers=headers or
                           [b"from", b"to", b"subject", b"date"])
    assert len(fields) == 3
    return b"".join(fields) + message


PASSED = "dkim=pass; dmarc=pass (p=reject) header.from=example.org"


def test_seals_of_dkimpy(key):
    message = MESSAGE
    assert judge(zone(key), message) == {
        "status": "none", "n": 0, "oldest": 0, "why": "", "vouched": ""}
    for n in range(1, 4):
        message = seal(key, message, SEALERS[n - 1])
        found = judge(zone(key), message)
        assert (found["status"], found["n"], found["oldest"]) == ("pass", n, 0)
    for change in [(b"last line", b"last lime"), (b"bob@", b"eve@"),
                   (b"dmarc=fail", b"dmarc=pass")]:
        assert change[0] in message
        changed = message.replace(*change)
        assert judge(zone(key), changed)["status"] == "fail", change


def test_oldest_pass(key):
    """The second one changed the text: that is the end of the first signature,
    not of the chain."""
    message = seal(key, MESSAGE, "one.example")
    first = b"Authentication-Results: two.example; arc=pass\r\n"
    later = message + b"-- \r\nthe list\r\n"
    fields = dkim.arc_sign(first + later, b"sel", b"two.example", key[0],
                           b"two.example", include_headers=[b"from"])
    found = judge(zone(key), b"".join(fields) + later)
    assert (found["status"], found["n"], found["oldest"]) == ("pass", 2, 2)
    assert judge(zone(key), later)["status"] == "fail"


@pytest.mark.parametrize("trusted,author,chain,who", [
    # The last one saw DMARC pass.
    ("one.example", "example.org", [("one.example", PASSED)], "one.example"),
    ("x.example one.example", "example.org", [("one.example", PASSED)],
     "one.example"),
    ("ONE.example", "EXAMPLE.org", [("one.example", PASSED)], "one.example"),
    # Nobody is trusted by himself, nor who has such a name in it.
    ("", "example.org", [("one.example", PASSED)], ""),
    ("example", "example.org", [("one.example", PASSED)], ""),
    ("xone.example", "example.org", [("one.example", PASSED)], ""),
    # It did not pass, or for somebody else.
    ("one.example", "example.org", [("one.example", "dmarc=fail")], ""),
    ("one.example", "example.org", [("one.example", "dkim=pass")], ""),
    ("one.example", "example.org", [("one.example",
     "dmarc=pass header.from=evil.example")], ""),
    ("one.example", "example.org", [("one.example", "dmarc=pass")],
     "one.example"),
    ("one.example", "example.org", [("one.example",
     "dkim=fail reason=\"; dmarc=pass\"; spf=fail (; dmarc=pass)")], ""),
    # Through hands that are all trusted, and through one that is not.
    ("one.example two.example", "example.org",
     [("one.example", PASSED), ("two.example", "dmarc=fail")], "one.example"),
    ("one.example", "example.org",
     [("one.example", PASSED), ("two.example", "dmarc=fail")], ""),
    ("two.example", "example.org",
     [("one.example", PASSED), ("two.example", "dmarc=fail")], ""),
    ("two.example", "example.org",
     [("one.example", "dmarc=fail"), ("two.example", PASSED)], "two.example"),
])
def test_who_vouches(key, trusted, author, chain, who):
    message = MESSAGE.partition(b"\r\n")[2]
    for sealer, found in chain:
        message = seal(key, message, sealer, found)
    assert judge(zone(key), message, trusted, author)["vouched"] == who
    broken = message.replace(b"last line", b"last lime")
    assert judge(zone(key), broken, trusted, author)["vouched"] == ""


def test_nobody_vouches_for_an_unsigned_author(key):
    message = seal(key, MESSAGE.partition(b"\r\n")[2], "one.example", PASSED,
                   headers=[b"to", b"from"])
    assert judge(zone(key), message, "one.example",
                 "example.org")["vouched"] == "one.example"
    message = MESSAGE.partition(b"\r\n")[2]
    suite = [c for c in cases() if c.id == "ams_fields_h_empty"]
    if not suite:
        pytest.skip("no vectors")
    texts, test = suite[0].values
    found = judge(records_of(texts), crlf(test["message"].encode()),
                  "example.org", "d1.example.org", now=12346)
    assert (found["status"], found["vouched"]) == ("pass", "")


# ---- what is wrong -------------------------------------------------------

def test_dns_out_of_reach(key):
    """RFC 8617 5.2.1: also that is for good."""
    message = seal(key, MESSAGE, "one.example")
    found = judge([trust.failing("sel._domainkey.one.example", "TXT")],
                  message)
    assert (found["status"], found["why"]) == \
        ("fail", "message signature 1: DNS failed for its key")
    assert judge([], message)["why"] == \
        "message signature 1: its key is not in DNS"


def test_a_seal_of_another_key(key):
    message = seal(key, seal(key, MESSAGE, "one.example"), "two.example")
    found = judge(zone(key, ["two.example"]), message)
    assert found["why"] == "seal 1: its key is not in DNS"


@pytest.mark.parametrize("change,why", [
    ((rb"ARC-Seal:.*?t=\d+; (?=\S)", b"ARC-Seal: i=51; "),
     "a field has no number from 1 to 50"),
    ((rb"ARC-Authentication-Results: i=1;",
      b"ARC-Authentication-Results: i=2;"), "a set is not whole"),
    ((rb"ARC-Authentication-Results: i=1;",
      b"ARC-Authentication-Results: i=51;"),
     "a field has no number from 1 to 50"),
    ((rb"cv=none", b"cv=pass"), "a seal contradicts its place"),
    ((rb"cv=none", b"cv=fail"), "its last seal says that it was broken"),
    ((rb"cv=none", b"cv=good"), "it says nothing of the chain"),
    ((rb"(ARC-Authentication-Results: i=1;)", rb"\1 x\r\n\1"),
     "a field is there twice"),
])
def test_wrong_structure(key, change, why):
    message = seal(key, MESSAGE, "one.example")
    assert re.search(change[0], message, re.S), message
    changed = re.sub(change[0], change[1], message, count=1, flags=re.S)
    assert (judge(zone(key), changed)["status"],
            judge(zone(key), changed)["why"]) == ("fail", why)


def test_fifty_sets(key):
    """As many as there may be, and a second one of the last number."""
    message = MESSAGE
    for n in range(50):
        message = seal(key, message, SEALERS[n % 3])
    found = judge(zone(key), message)
    assert (found["status"], found["n"], found["oldest"]) == ("pass", 50, 0)
    more = re.search(rb"ARC-Seal:.*?\r\n(?=\S)", message, re.S)[0]
    assert judge(zone(key), more.replace(b"i=50", b"i=51") + message)[
        "status"] == "fail"


def test_large_headers(key):
    """Much of it is an answer, not a stop."""
    message = seal(key, MESSAGE, "one.example")
    many = b"Received: x\r\n" * 8000 + message
    assert judge(zone(key), many)["why"] == \
        "message signature 1: the header has too many fields"
    assert judge(zone(key), b"ARC-Seal: i=1\r\n" * 6000)["status"] == "fail"
    assert judge(zone(key), b"X: " + b"y" * 200000 + b"\r\n" + message)[
        "status"] == "none"


# ---- what is sealed, by the suite of vectors -------------------------------

SIGNING = VECTORS / "arc-suite/arc-draft-sign-tests.yml"
SEES = {"none": 1, "pass": 2, "fail": 3}


def signing_cases():
    import yaml
    if not SIGNING.exists():
        return []
    return [pytest.param(suite, test, id=name)
            for suite in yaml.safe_load_all(SIGNING.read_text()) if suite
            for name, test in suite["tests"].items()]


def test_all_of_the_signing_suite():
    assert not SIGNING.exists() or len(signing_cases()) == 17


def tags_of(text):
    """name -> value, without its white space."""
    return {name.strip(): re.sub(r"\s", "", value) for name, _, value in
            (tag.partition("=") for tag in text.split(";") if tag.strip())}


def words_of(text):
    return re.sub(r"\s+", " ", re.sub(r";\s*", "; ", text)).strip()


def found_there(message, host):
    """What fields of this host say, in one: mx makes one for itself, and reads
    none, so the suite's are put together here."""
    head = re.sub(r"\n[ \t]+", " ", message.partition("\n\n")[0])
    said = [line.partition(": ")[2].partition(";") for line in
            head.splitlines() if line.startswith("Authentication-Results: ")]
    return host + "; " + "; ".join(
        rest.strip() for who, _, rest in said if who == host)


@pytest.mark.parametrize("suite,test", signing_cases())
def test_signing_suite(suite, test):
    records = records_of(suite["txt-records"])
    message = crlf(test["message"].encode())
    found = found_there(test["message"], test["srv-id"])
    status = re.search(r"arc=(\w+)", found)
    status = status[1] if status else judge(records, message)["status"]
    ((n, fields, body, chain),) = trust.ask(
        records, "P", test["sig-headers"], message)
    if not test["AS"]:
        # 5.1, 2: nobody goes on behind a chain that was called broken.
        assert n == "0"
        return
    said = [suite["privatekey"], suite["sel"], suite["domain"], n,
            str(SEES[status]), str(test["t"]), found, test["sig-headers"]]
    line = " ".join([*map(trust.octets, said), fields, body, chain])
    out = subprocess.run([BUILD / "src/vault/arc-seal"], check=True,
                         input=(line + "\n").encode(),
                         capture_output=True, timeout=60).stdout
    ours = {name.decode(): value.decode() for name, value in
            re.findall(rb"(?m)^(ARC-[\w-]+):((?:.*\r\n)(?:[ \t].*\r\n)*)",
                       out)}
    for name, wanted in [("ARC-Seal", test["AS"]),
                         ("ARC-Message-Signature", test["AMS"])]:
        made, given = tags_of(ours[name]), tags_of(wanted)
        # Our tags stand in another order, so the signature is another one.
        made.pop("b"), given.pop("b")
        assert made == given
    assert words_of(ours["ARC-Authentication-Results"]) == \
        words_of(test["AAR"])
    # Ours is good for dkimpy and for us. Of theirs the message signature is:
    # the suite does not say how the fields were folded that it sealed.
    theirs = b"".join(f"{name}: {words_of(test[key])}\r\n".encode()
                      for name, key in [
                          ("ARC-Seal", "AS"), ("ARC-Message-Signature", "AMS"),
                          ("ARC-Authentication-Results", "AAR")])
    text = {name: value.encode() for name, value in
            suite["txt-records"].items()}
    cv, results, why = dkim.arc_verify(
        out + message, dnsfunc=lambda q, **_: text.get(
            q.decode().rstrip(".")))
    if status == "fail":
        assert cv != b"pass" and "cv=fail" in ours["ARC-Seal"]
        assert seal_is_good(suite, out, ours)
        return
    assert cv == b"pass", why
    assert judge(records, out + message)["status"] == "pass"
    assert judge(records, theirs + message)["why"] == \
        f"seal {n}: the header was changed"


def seal_is_good(suite, out, ours):
    """RFC 8617 5.1.2: over its own set alone."""
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding

    def relaxed(name):
        value = re.sub(r"[ \t]+", " ", ours[name].replace("\r\n", ""))
        return f"{name.lower()}:{value.strip()}"
    octets = "\r\n".join(relaxed(name) for name in [
        "ARC-Authentication-Results", "ARC-Message-Signature", "ARC-Seal"])
    head, _, signature = octets.rpartition("b=")
    key = serialization.load_pem_private_key(
        suite["privatekey"].encode(), None).public_key()
    key.verify(base64.b64decode(signature), (head + "b=").encode(),
               padding.PKCS1v15(), hashes.SHA256())
    return True
