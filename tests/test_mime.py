"""The facts of messages, beside what others say about the same messages.

build/src/imap/mime-facts scans a message and prints its facts. They are
compared with Python's email package and with the trees that come with the
vectors of mime4j and mail-parser, where those are at hand.
"""

import datetime
import email
import email.policy
import email.utils
import json
import os
import pathlib
import random
import re
import subprocess
import xml.etree.ElementTree as ET
from email.message import EmailMessage

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[1]
TOOL = ROOT / "build/src/imap/mime-facts"
VECTORS = pathlib.Path(os.environ.get("POSTERN_VECTORS",
                                      ROOT.parent / "shared/vectors"))
MIME4J = sorted((VECTORS / "mime4j/testmsgs").glob("*.msg"))
PARSER = sorted((VECTORS / "mail-parser/eml/rfc").glob("*.eml"))

# Where we mean to differ from mime4j or mail-parser, and why.
OTHERWISE = {
    # They decode a message that RFC 2046 5.2.1 forbids to encode.
    "base64encoded-rfc822message", "base64encoded-rfc822message-nested",
    "008",
    # A header goes on to the blank line here; mime4j lets the body begin at
    # the first line that is no field.
    "malformedHeaderStartsBody-noheader", "misplaced-boundary",
    # Their boundaries follow bare LF there; all is one header here.
    "bad-newlines-multiple-parts", "bad-newlines-multiple-parts-base64",
    # A boundary over 1000 octets is none.
    "very-long-boundary", "very-very-long-boundary",
    # Without a boundary parameter it is text.
    "missing-boundary",
}

# And from Python, which
PYTHON_OTHERWISE = OTHERWISE | {
    # ends a header at the first line that is no field,
    "basic-plain-with-bad-header-separator", "malformedHeader-nocrlfcrlf",
    "malformedHeader-noheader", "malformedHeaderStartsBody-nocrlfcrlf",
    # takes a boundary line for the start of an empty part's body,
    "multipartemptypart",
    # strips white space off the end of a boundary,
    "weird-boundary",
    # wants a boundary to be all of its line, which RFC 2046 5.1.1 does not,
    "ending-boundaries",
    # looks for parts in every kind of message/...,
    "001",
    # knows no white space ahead of the colon.
    "obsolete",
}


def stem(path):
    return getattr(path, "stem", None)


def crlf(octets):
    return re.sub(rb"\r?\n", b"\r\n", octets)


class Facts:
    """What mime-facts prints."""

    def __init__(self, message, piece=None):
        cmd = [TOOL] + ([str(piece)] if piece else [])
        self.message = message
        self.raw = subprocess.run(cmd, input=message, check=True,
                                  stdout=subprocess.PIPE, timeout=60).stdout
        self.values, self.sections, self.lists = {}, {}, {}
        at = 0
        while at < len(self.raw):
            at = self.take(at)

    def take(self, at):
        got = re.compile(rb"section (\w+) ([\d.]*) ?@ (\d+) (\d+)\n").match(
            self.raw, at)
        if got:
            path = tuple(int(n) for n in got[2].split(b".") if n)
            where = int(got[3]), int(got[4])
            assert sum(where) <= len(self.message)
            self.sections[got[1].decode(), path] = self.message[
                where[0]:where[0] + where[1]]
            return got.end()
        got = re.compile(rb"([\w-]+) (-?\w+)( -?\d+)?\n").match(self.raw, at)
        if got:
            self.values[got[1].decode()] = got[2].decode()
            return got.end()
        got = re.compile(rb"([\w-]+) (\d+):").match(self.raw, at)
        end = got.end() + int(got[2])
        self.values[got[1].decode()] = self.raw[got.end():end]
        self.lists.setdefault(got[1].decode(), []).append(
            self.raw[got.end():end])
        assert self.raw[end:end + 1] == b"\n"
        return end + 1

    def tree(self, name="bodystructure"):
        tree, end = parse(self.values[name], 0)
        assert end == len(self.values[name])
        return tree


def parse(text, at):
    """One IMAP value: a list, a string as octets, a number, or None."""
    if text[at:at + 1] == b"(":
        items, at = [], at + 1
        while text[at:at + 1] != b")":
            item, at = parse(text, at)
            items.append(item)
            at += text[at:at + 1] == b" "
        return items, at + 1
    got = re.compile(rb"\{(\d+)\}\r\n").match(text, at)
    if got:
        end = got.end() + int(got[1])
        return text[got.end():end], end
    got = re.compile(rb'"((?:[^"\\\r\n\0\x80-\xff]|\\["\\])*)"').match(text,
                                                                      at)
    if got:
        return re.sub(rb"\\(.)", rb"\1", got[1]), got.end()
    got = re.compile(rb"NIL|\d+").match(text, at)
    return (None if got[0] == b"NIL" else int(got[0])), got.end()


def shape(body):
    """A body structure as nested tuples of types."""
    if isinstance(body[0], list):
        n = sum(isinstance(item, list) for item in
                body[:next(i for i, item in enumerate(body)
                           if not isinstance(item, list))])
        return ("multipart/" + body[n].decode().lower(),
                *[shape(item) for item in body[:n]])
    name = (body[0] + b"/" + body[1]).decode().lower()
    return (name, shape(body[8])) if name == "message/rfc822" else (name,)


def leaves(body, path=(), message=True):
    """(path, body) of each part that has no parts, by IMAP's numbers."""
    if isinstance(body[0], list):
        for i, item in enumerate(body):
            if not isinstance(item, list):
                return
            yield from leaves(item, path + (i + 1,), False)
        return
    if message:
        path += (1,)
    if (body[0], body[1]) == (b"MESSAGE", b"RFC822"):
        yield from leaves(body[8], path, True)
    else:
        yield path, body


def check(message):
    """What holds for every message; its facts."""
    facts = Facts(message)
    for piece in (1, 2, 77, 512):
        assert Facts(message, piece).raw == facts.raw, f"pieces of {piece}"
    assert int(facts.values["size"]) == len(message)
    assert len(facts.sections["HEADER", ()]) == int(facts.values["header"])
    assert facts.sections["HEADER", ()] + facts.sections["TEXT", ()] == message
    for path, body in leaves(facts.tree()):
        octets = facts.sections["BODY", path]
        assert body[6] == len(octets)
        if body[0] == b"TEXT":
            assert body[7] == octets.count(b"\r\n")
    assert len(facts.tree("envelope")) == 10
    assert shape(facts.tree("body")) == shape(facts.tree())
    return facts


def shape_of_email(part):
    name = part.get_content_type()
    if name == "message/rfc822":
        return (name, shape_of_email(part.get_payload(0)))
    if part.is_multipart():
        return (name, *[shape_of_email(p) for p in part.get_payload()])
    # IMAP has no multipart without parts: it gets an empty text.
    return (name, ("text/plain",)) if name.startswith("multipart") else (name,)


def leaves_of_email(part):
    if part.is_multipart():
        for item in part.get_payload():
            yield from leaves_of_email(item)
    elif part.get_content_maintype() == "multipart":
        yield email.message_from_string("", policy=email.policy.SMTP)
    else:
        yield part


def same_as_email(message):
    facts = check(message)
    theirs = email.message_from_bytes(message, policy=email.policy.SMTP)
    assert shape(facts.tree()) == shape_of_email(theirs)
    ours = list(leaves(facts.tree()))
    parts = list(leaves_of_email(theirs))
    assert len(ours) == len(parts)
    for (path, body), part in zip(ours, parts):
        octets = facts.sections["BODY", path]
        # As it stands: get_payload() would already decode 8-bit text.
        payload = part._payload.encode("ascii", "surrogateescape")
        assert octets == crlf(payload), path
        name = part.get_filename()
        if name and name.isascii():
            assert name.encode() in str(body).encode()
    return facts, theirs


WORDS = ("postern gate wall guard Gr\u00fc\u00dfe caf\u00e9 \u65e5\u672c "
         "-- --x = .").split()


def random_text(rng):
    return "\n".join(" ".join(rng.choices(WORDS, k=rng.randrange(9)))
                     for _ in range(rng.randrange(6))) + "\n"


def random_part(rng, depth):
    m = EmailMessage(policy=email.policy.SMTP)
    kind = rng.randrange(6 if depth < 4 else 3)
    if kind == 0:
        m.set_content(random_text(rng), cte=rng.choice(
            ["quoted-printable", "base64", "8bit"]))
    elif kind == 1:
        m.set_content(random_text(rng), subtype="html")
    elif kind == 2:
        m.set_content(rng.randbytes(rng.randrange(200)), "image", "png",
                      filename=rng.choice(["a.png", "b (1).png", 'c".png']),
                      disposition="attachment")
    elif kind == 3:
        m.set_content(random_message(rng, depth + 1))
    else:
        m["Content-Type"] = rng.choice(["multipart/mixed",
                                        "multipart/alternative"])
        m.set_payload([random_part(rng, depth + 1)
                       for _ in range(rng.randrange(1, 4))])
    return m


def random_message(rng, depth=0):
    m = random_part(rng, depth)
    m["From"] = "Alice <alice@example.test>"
    m["To"] = ", ".join(f'"N, {i}" <n{i}@example.test>'
                        for i in range(rng.randrange(1, 5)))
    m["Subject"] = " ".join(rng.choices(WORDS, k=rng.randrange(20)))
    m["Date"] = email.utils.format_datetime(
        email.utils.localtime())
    m["Message-ID"] = f"<{rng.random()}@example.test>"
    return m


@pytest.mark.parametrize("seed", range(25))
def test_random(seed):
    message = random_message(random.Random(seed)).as_bytes()
    facts, theirs = same_as_email(crlf(message))
    envelope = facts.tree("envelope")
    assert [a[0] for a in envelope[5]] == [
        a.display_name.encode() for a in theirs["To"].addresses]
    assert facts.values["message-id"].decode() == theirs["Message-ID"][1:-1]
    assert facts.values["sent"] == str(int(theirs["Date"].datetime
                                           .timestamp()))


def shape_of_xml(part):
    """mime4j does not say types as such: only how things are nested."""
    for name in ("multipart", "message"):
        inner = part.find(name)
        if inner is not None and name == "multipart":
            parts = [shape_of_xml(p) for p in inner.findall("body-part")]
            return ("multipart", *(parts or [()]))
        if inner is not None:
            return ("message", shape_of_xml(inner))
    return ()


def bare(shape):
    if shape[0].startswith("multipart/"):
        return ("multipart", *[bare(s) for s in shape[1:]])
    return ("message", bare(shape[1])) if len(shape) > 1 else ()


@pytest.mark.parametrize("path", MIME4J, ids=stem)
def test_mime4j(path):
    facts = check(crlf(path.read_bytes()))
    if path.stem not in OTHERWISE:
        tree = ET.parse(path.with_suffix(".xml")).getroot()
        assert bare(shape(facts.tree())) == shape_of_xml(tree)


def shape_of_json(tree, i):
    part = tree["parts"][i]
    kind, value = next(iter(part["body"].items()))
    if kind == "Multipart":
        return ("multipart", *[shape_of_json(tree, k) for k in value])
    if kind == "Message":
        return ("message", shape_of_json(value, 0))
    return ()


@pytest.mark.parametrize("path", PARSER, ids=stem)
def test_mail_parser(path):
    facts = check(crlf(path.read_bytes()))
    tree = json.loads(path.with_suffix(".crlf.json").read_text())
    if path.stem not in OTHERWISE:
        assert bare(shape(facts.tree())) == shape_of_json(tree, 0)


@pytest.mark.parametrize("path", MIME4J + PARSER, ids=stem)
def test_vectors_as_email(path):
    if path.stem in PYTHON_OTHERWISE:
        pytest.skip("read otherwise on purpose")
    same_as_email(crlf(path.read_bytes()))


def field_cases(name):
    path = VECTORS / "mail-parser" / name
    if not path.exists():
        pytest.skip("no vectors beside the project")
    return json.loads(path.read_text())


def facts_of_field(name, case):
    value = crlf(case["header"].encode()).rstrip(b"\r\n")
    return Facts(name + b": " + value + b"\r\n\r\n")


def addresses_of(facts):
    """Of To:, "mailbox@host" without names, and ":" around groups."""
    for _, _, mailbox, host in facts.tree("envelope")[5] or []:
        if host is None:
            yield ":"
        else:
            yield (mailbox + (b"@" + host if host else b"")).decode()


def expected_addresses(expected):
    for group in (expected or {}).get("Group", []):
        if group["name"]:
            yield ":"
        yield from (a["address"] for a in group["addresses"])
        if group["name"]:
            yield ":"
    yield from (a["address"] for a in (expected or {}).get("List", []))


def test_vector_addresses():
    """What stands in comments is left out here, and routes are apart."""
    for case in field_cases("address.json"):
        if "(Empty list)" in case["header"]:
            continue
        want = [re.sub(r"\s|^@.*:", "", a) if "@" in a else a
                for a in expected_addresses(case["expected"]) if a]
        got = list(addresses_of(facts_of_field(b"To", case)))
        # A comment behind a group is an address there.
        want = want[:len(got)] if "end of the group" in str(case) else want
        assert got == want, case


def test_vector_dates():
    for case in field_cases("date.json"):
        want = case["expected"]
        if re.search(r"20 11 \(some|4 8 15|with SMTP", case["header"]):
            continue  # no date-time of RFC 5322
        facts = facts_of_field(b"Date", case)
        valid = bool(int(facts.values["flags"], 16) & 1)
        assert valid == bool(want and want["year"]), case
        if not valid:
            continue
        zone = want["tz_hour"] * 60 + want["tz_minute"]
        zone = datetime.timedelta(
            minutes=-zone if want["tz_before_gmt"] else zone)
        at = datetime.datetime(
            *[want[k] for k in ("year", "month", "day", "hour", "minute",
                                "second")], tzinfo=datetime.timezone(zone))
        assert int(facts.values["sent"]) == int(at.timestamp()), case


def test_vector_ids():
    for case in field_cases("id.json"):
        want = case["expected"] or []
        got = facts_of_field(b"References", case).lists.get("reference", [])
        assert [i.decode() for i in got] == [
            i.replace(" ", "") for i in want], case


def test_vector_types():
    for case in field_cases("content_type.json"):
        want = case["expected"]
        body = facts_of_field(b"Content-Type", case).tree()
        name = shape(body)[0]
        if not want or not want["c_subtype"]:
            assert name == "text/plain", case
            continue
        if want["c_type"] != "multipart":
            want_name = f"{want['c_type']}/{want['c_subtype']}".lower()
            assert want_name.startswith(name), case
        params = dict(zip(body[2][::2], body[2][1::2])) if isinstance(
            body[2], list) else {}
        for key, value in want.get("attributes") or []:
            found = params.get(key.upper().encode())
            # Sections and encoded words stand as they are in IMAP.
            if found is not None and b"=?" not in found and value.strip():
                assert found.decode() == value, case
