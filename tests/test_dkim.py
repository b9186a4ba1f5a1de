"""What people send is signed, and others' verifiers find it good.

The signature is read from the queue of the stopped server; the text it is for
is what a local recipient of the same submission got (RFC 6376, RFC 8463)."""

import ctypes
import json
import random
import re
import sqlite3
import subprocess

import dkim
import pytest

from lib.server import DOMAIN, ConfiguredServer, address
from lib.wire import Imap, Smtp, crlf

# Nobody answers there: what leaves waits.
NOWHERE = 'nameservers = { "127.0.0.1@1" }\n'
FAR = "someone@far.test"
FROM = f"From: Alice <{address('alice')}>\r\n".encode()
REST = (b"To: someone@far.test\r\nSubject: signed\r\n"
        b"Date: Sun, 22 Nov 2026 07:00:00 +0000\r\n"
        b"Message-ID: <1@client.test>\r\n")
HEADER = FROM + REST


class Unreachable(ConfiguredServer):
    def configure(self, more=NOWHERE):
        super().configure(more)


def noise(seed, lines):
    """Lines of words, white space and nothing, some with dots ahead."""
    rng = random.Random(seed)
    pieces = [b" ", b"\t", b"  ", b" \t ", b".", b"..", b"word", b"=20",
              "\u00fc\u20ac".encode(), b""]
    return b"".join(b"".join(rng.choices(pieces, k=rng.randrange(9))) + b"\r\n"
                    for _ in range(lines))


MESSAGES = {
    "plain": HEADER + b"\r\nHello.\r\n",
    "nothing but From": FROM + b"\r\nHello.\r\n",
    "no body": HEADER + b"\r\n",
    "no blank line": HEADER,
    "blank body": HEADER + b"\r\n\r\n \r\n\t\r\n",
    "blank end": HEADER + b"\r\n\r\n Hi  there \t\r\n\r\n\r\n",
    "folds": b"SUBJECT:\r\n\t a\r\n  \t b \t\r\n" + FROM.replace(
        b"From: ", b"from:\t \r\n ") + b"To: a@far.test,\r\n\tb@far.test\r\n"
        b"X-Odd:\r\n x\r\nReferences: <a@b>\r\n <c@d>\r\n\r\nfolded\r\n",
    "twice": HEADER + b"To: again@far.test\r\nList-Id: 1\r\nList-Id: 2\r\n"
             b"MIME-Version: 1.0\r\nContent-Type: text/plain;\r\n"
             b" charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" +
             "Gr\u00fc\u00dfe\r\n".encode(),
    "two authors": b"From: x@elsewhere.test, " + FROM[6:] +
                   b"Sender: " + FROM[6:] + REST + b"\r\nWe.\r\n",
    "dots": HEADER + b"\r\n.\r\n..\r\n. x\r\n",
    "noise": HEADER + b"\r\n" + noise(1, 200),
    "large": HEADER + b"\r\n" + noise(2, 40000),
    "somebody else's": HEADER.replace(b"alice", b"bob") + b"\r\nService.\r\n",
}
UNSIGNED = {
    "elsewhere's": HEADER.replace(DOMAIN.encode(), b"elsewhere.test"),
}


class Sent:
    """All of the messages above, sent by alice to somebody far and to bob."""

    def __init__(self):
        with Unreachable() as server:
            self.records = {
                row["name"]: row["value"] for row in json.loads(
                    server.command("domain", "dns", DOMAIN, "--json").stdout)
                if row["type"] == "TXT"}
            self.zone = server.command("domain", "dns", DOMAIN).stdout
            everything = {**MESSAGES, **UNSIGNED}
            # A service: may write as anybody, and is signed as who is ours.
            server.command("account", "send-as", address("alice"), "anyone")
            for octets in everything.values():
                submit(server, octets)
            server.kill_role("vault")
            submit(server, MESSAGES["plain"])
            server.kill_role("store")
            submit(server, MESSAGES["plain"])
            imap = Imap(server).login("bob")
            imap.select()
            got = imap.bodies()
            imap.close()
            server.stop()
            names = [*everything, "new vault", "new store"]
            self.messages = dict(zip(names, zip(signatures(server.data), got),
                                     strict=True))

    def signed(self, name):
        signature, stored = self.messages[name]
        return signature + re.sub(
            rb"\A(Return-Path|Delivered-To): [^\n]*\n"
            rb"(Return-Path|Delivered-To): [^\n]*\n", b"", stored)

    def dns(self, name, **_kwargs):
        return self.records.get(name.decode())


def submit(server, octets):
    smtp = Smtp(server, "submissions")
    smtp.login("alice")
    code, lines = smtp.send_message(address("alice"), [FAR, address("bob")],
                                    octets)
    assert code == 250, lines
    smtp.close()


def signatures(data):
    db = sqlite3.connect(next(data.glob("store/*.db")))
    rows = db.execute("SELECT signature FROM queue ORDER BY message")
    found = [bytes(row[0]) for row in rows]
    db.close()
    return found


@pytest.fixture(scope="module")
def sent():
    return Sent()


@pytest.mark.parametrize("name", [*MESSAGES, "new vault", "new store"])
def test_dkimpy(sent, name):
    message = sent.signed(name)
    assert message.count(b"DKIM-Signature: ") == 2
    for idx in (0, 1):
        assert dkim.DKIM(message).verify(idx=idx, dnsfunc=sent.dns)


@pytest.mark.parametrize("name", UNSIGNED)
def test_unsigned(sent, name):
    assert sent.messages[name][0] == b""


def test_added_fields(sent):
    stored = sent.messages["nothing but From"][1]
    assert len(re.findall(rb"(?m)^Date: ", stored)) == 1
    assert len(re.findall(rb"(?m)^Message-ID: <[^@>]+@mail\.", stored)) == 1
    assert sent.messages["plain"][1].endswith(b"\n" + MESSAGES["plain"])


@pytest.mark.parametrize("change", [
    lambda m: m.replace(b"Hello", b"hello"),
    lambda m: m + b"x\r\n",
    lambda m: m.replace(b"\nSubject: signed", b"\nSubject: changed"),
    lambda m: m.replace(b"\nFrom: ", b"\nFrom: Mallory <m@x.test>\r\nFrom: "),
    lambda m: m.replace(b"\nTo: ", b"\nSubject: another\r\nTo: "),
    lambda m: m.replace(b"\nTo: ", b"\nReply-To: m@x.test\r\nTo: "),
    lambda m: re.sub(rb" t=\d+", b" t=1", m),
])
def test_tampered(sent, change):
    message = change(sent.signed("plain"))
    assert message != sent.signed("plain")
    for idx in (0, 1):
        try:
            good = dkim.DKIM(message).verify(idx=idx, dnsfunc=sent.dns)
        except dkim.DKIMException:
            good = False
        assert not good


class OpenDkim:
    """libopendkim with the keys in a file, by its C interface."""

    SETOPT, QUERYMETHOD, QUERYINFO, QUERY_FILE = 1, 6, 7, 1

    def __init__(self, keys):
        self.c = ctypes.CDLL("libopendkim.so.11")
        for name in ("dkim_init", "dkim_verify"):
            getattr(self.c, name).restype = ctypes.c_void_p
        self.lib = ctypes.c_void_p(self.c.dkim_init(None, None))
        method = ctypes.c_int(self.QUERY_FILE)
        path = ctypes.create_string_buffer(str(keys).encode())
        assert self.c.dkim_options(self.lib, self.SETOPT, self.QUERYMETHOD,
                                   ctypes.byref(method), 4) == 0
        assert self.c.dkim_options(self.lib, self.SETOPT, self.QUERYINFO,
                                   path, len(path.value)) == 0

    def verify(self, message):
        """0 if good: DKIM_STAT_OK."""
        status = ctypes.c_int()
        d = ctypes.c_void_p(self.c.dkim_verify(self.lib, b"id", None,
                                               ctypes.byref(status)))
        header, _, body = message.partition(b"\r\n\r\n")
        for field in re.split(rb"\r\n(?![ \t])", header):
            if field:
                assert self.c.dkim_header(d, field, len(field)) == 0
        status = self.c.dkim_eoh(d)
        if status == 0 and body:
            status = self.c.dkim_body(d, body, len(body))
        if status == 0:
            status = self.c.dkim_eom(d, None)
        self.c.dkim_free(d)
        return status


def only(message, algorithm):
    """With the signature of this algorithm alone."""
    fields = re.findall(rb"DKIM-Signature: (?:.*\r\n)(?:[ \t].*\r\n)*", message)
    rest = message[sum(map(len, fields)):]
    return next(f for f in fields if b"a=" + algorithm in f) + rest


@pytest.mark.parametrize("name", [*MESSAGES, "new vault", "new store"])
def test_opendkim(sent, name, tmp_path):
    keys = tmp_path / "keys"
    keys.write_text("".join(f"{n.rstrip('.')} {v}\n"
                            for n, v in sent.records.items()
                            if "_domainkey" in n))
    verifier = OpenDkim(keys)
    for algorithm in (b"rsa-sha256", b"ed25519-sha256"):
        message = only(sent.signed(name), algorithm)
        assert verifier.verify(message) == 0
        assert verifier.verify(message.replace(
            b"From: ", b"From: x").replace(b"from:", b"from:x")) != 0


def test_fields_are_narrow(sent):
    for signature, _ in sent.messages.values():
        assert all(len(line) <= 78 for line in signature.split(b"\r\n"))
        assert b"\n" not in signature.replace(b"\r\n", b"")


def test_zone(sent, tmp_path):
    """What is printed to paste can be pasted: a name server reads it and has
    the same texts."""
    zone = tmp_path / "zone"
    zone.write_text(f"$ORIGIN {DOMAIN}.\n$TTL 60\n"
                    "@ IN SOA ns hostmaster 1 1 1 1 1\n@ IN NS ns\n"
                    "ns IN A 127.0.0.1\n" + sent.zone)
    got = subprocess.run(["ldns-read-zone", str(zone)], check=True,
                         capture_output=True, text=True).stdout
    texts = {line.split("\t")[0]: "".join(re.findall(r'"([^"]*)"', line))
             for line in got.splitlines() if "\tTXT\t" in line}
    assert texts == sent.records
    assert f"{DOMAIN}.\t60\tIN\tMX\t10 mail.{DOMAIN}." in got


def test_records(sent):
    keys = [v for n, v in sent.records.items() if "_domainkey" in n]
    assert len(keys) == 4   # two sign, two are in reserve
    assert sent.records[f"_dmarc.{DOMAIN}."].startswith("v=DMARC1; p=")
    assert sent.records[f"{DOMAIN}."].startswith("v=spf1 ")
