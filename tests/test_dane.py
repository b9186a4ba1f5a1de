"""Keys that mail hosts publish in a signed DNS, and what becomes of mail
where they are not shown.                                   RFC 7672, RFC 6698
"""

import hashlib
import json
import re
import ssl
import subprocess

import pytest
from lib.world import World
from test_relay import empty, eventually
from test_relay_dns import waits


@pytest.fixture
def world():
    with World() as w:
        yield w


def openssl(*args, octets=None):
    return subprocess.run(["openssl", *map(str, args)], input=octets,
                          check=True, capture_output=True).stdout


def of_key(chain):
    """Its public key, for a record of selector 1."""
    pem = openssl("x509", "-in", chain, "-pubkey", "-noout")
    return openssl("pkey", "-pubin", "-outform", "DER", octets=pem)


def of_cert(chain):
    return openssl("x509", "-in", chain, "-outform", "DER")


def sha256(octets):
    return hashlib.sha256(octets).hexdigest()


def context(chain, key):
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    c.load_cert_chain(chain, key)
    return c


def publish(world, label, *records):
    for record in records:
        world.record(f"_{world.port}._tcp.mail.{label} TLSA {record}")


def authority(world, names, name="ca.test"):
    """A certificate for these names by an authority of our own, whose
    certificate comes with it: (chain, key, authority's certificate)."""
    ca, ca_key = world.certificate(name)
    f = world.folder
    openssl("req", "-new", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=leaf",
            "-keyout", f / "leaf.key", "-out", f / "leaf.csr")
    (f / "leaf.ext").write_text("subjectAltName=" + ",".join(
        f"DNS:{n}" for n in names) + "\n")
    leaf = openssl("x509", "-req", "-in", f / "leaf.csr", "-CA", ca, "-CAkey",
                   ca_key, "-days", "30", "-extfile", f / "leaf.ext")
    (f / "leaf.pem").write_bytes(leaf + ca.read_bytes())
    return f / "leaf.pem", f / "leaf.key", ca


def pair(world, *records, relay="private = true", more="", tls=True,
         signed=True):
    """Ours, and there.test with a certificate in which nothing is right but
    its key, which a record of "KEY" names."""
    here = world.postern("here.test", relay=relay,
                         more=more.replace("PORT", str(world.port)))
    there = world.sink("there.test")
    chain, key = world.certificate("somebody.else")
    if tls:
        there.behaviour.tls = context(chain, key)
    publish(world, "there", *(r.replace("KEY", sha256(of_key(chain)))
                              for r in records))
    world.start(signed=signed)
    return here, there


def arrives(world, here, there, words, n=1):
    """It does, and the journal says by what it was proven."""
    world.send(here, "alice", ["bob@there.test"])
    got = there.wait(n)[n - 1]
    said = eventually(lambda: re.findall(
        r"delivered .*to=bob@there.test .*?tls=(\"[^\"]*\"|\S*)",
        here.tail(None)))
    assert said[-1].strip('"') == words, said
    assert empty(here)
    return got


WRONG = "3 1 1 " + "ab" * 32


@pytest.mark.parametrize("records", [
    ["3 1 1 KEY"],
    [WRONG, "3 1 1 KEY"],               # a key is being changed
    ["1 1 1 " + "cd" * 32, "3 1 1 KEY", "9 9 9 00"],
])
def test_the_key_that_is_published(world, records):
    arrives(world, *pair(world, *records), "TLSv1.3 DANE")


def security(here, domain, code=0):
    """What `postern mx` says of its hosts."""
    said = here.command("mx", "--config", str(here.conf), "--json", domain,
                        check=False)
    assert said.returncode == code, said.stderr
    return {row["host"]: (row["security"], row["note"])
            for row in json.loads(said.stdout)}


def test_postern_mx(world):
    here, _ = pair(world, WRONG, more='route "clear.test" { tls = none '
                   'mx = true port = PORT }\n')
    for domain in "plain", "clear":
        world.sink(f"{domain}.test")
    world.dns.add_zone("test", world.zone(), signed=True)
    world.dns.reload()
    assert [security(here, f"{domain}.test") for domain in
            ("there", "plain", "clear")] == [
        {f"mail.{domain}.test": (need, "private address")}
        for domain, need in (("there", "DANE"), ("plain", "TLS if offered"),
                             ("clear", "none"))]


def test_another_key(world):
    here, there = pair(world, WRONG)
    row = waits(world, here, "there.test", "TLSA")
    assert row["status"] == "4.7.5" and not there.messages


def test_no_tls_though_dns_says_so(world):
    here, there = pair(world, "3 1 1 KEY", tls=False)
    row = waits(world, here, "there.test", "no TLS, though its domain says")
    assert row["status"] == "4.7.4" and not there.messages


def test_handshakes_that_fail_are_not_passed_over(world):
    here, there = pair(world, "3 1 1 KEY")
    there.behaviour.tls_garbage = True
    waits(world, here, "there.test", "TLS")
    assert not there.messages
    there.behaviour.tls_garbage = False
    assert there.wait(1)[0].tls


@pytest.mark.parametrize("record", ["1 1 1 KEY", "0 0 1 KEY", "3 1 1 abcd",
                                    "3 1 9 KEY", "7 1 1 KEY"])
def test_records_of_no_use_want_tls_all_the_same(world, record):
    """RFC 7672 2.2, 3.1.3."""
    here, there = pair(world, record)
    arrives(world, here, there, "TLSv1.3")


def test_records_of_no_use_and_no_tls(world):
    here, there = pair(world, "1 1 1 KEY", tls=False)
    waits(world, here, "there.test", "no TLS")
    assert not there.messages


@pytest.mark.parametrize("names, good", [
    (["mail.there.test"], True),
    (["*.there.test"], True),
    (["there.test"], True),             # the next hop: 3.2.2
    (["elsewhere.test"], False),
])
def test_an_authority_that_is_published(world, names, good):
    here = world.postern("here.test")
    there = world.sink("there.test")
    chain, key, ca = authority(world, names)
    there.behaviour.tls = context(chain, key)
    publish(world, "there", "2 0 1 " + sha256(of_cert(ca)))
    world.start()
    if good:
        arrives(world, here, there, "TLSv1.3 DANE")
    else:
        row = waits(world, here, "there.test", "certificate is for else")
        assert row["status"] == "4.7.5" and not there.messages


def test_aliases(world):
    """Of the records, and of the host: the name at the end is asked for
    first, then the one at the beginning. 2.2.3"""
    here = world.postern("here.test")
    there = world.sink("there.test")
    chain, key = world.certificate("somebody.else")
    there.behaviour.tls = context(chain, key)
    good = "3 1 1 " + sha256(of_key(chain))
    p = world.port
    world.record(f"_{p}._tcp.mail.there CNAME tlsa.keys")
    world.record(f"tlsa.keys TLSA {good}")
    for line in (f"a MX 1 mx.a\nmx.a CNAME end.a\nend.a A {there.address}",
                 f"_{p}._tcp.end.a TLSA {good}\n_{p}._tcp.mx.a TLSA {WRONG}",
                 f"b MX 1 mx.b\nmx.b CNAME end.b\nend.b A {there.address}",
                 f"_{p}._tcp.mx.b TLSA {good}"):
        world.record(line)
    world.start()
    arrives(world, here, there, "TLSv1.3 DANE")
    world.send(here, "alice", ["bob@a.test", "bob@b.test"])
    there.wait(3)
    both = [("a", "TLSv1.3 DANE"), ("b", "TLSv1.3 DANE")]
    assert eventually(lambda: both == sorted(re.findall(
        r"delivered .*to=bob@([ab]).test .*tls=\"(.*?)\"",
        here.tail(None))))


def test_what_nobody_can_prove_is_not_believed(world):
    arrives(world, *pair(world, WRONG, signed=False), "TLSv1.3")


def test_an_unsigned_domain_at_a_signed_host(world):
    """2.2.1: the host is proven, and not that it is that domain's."""
    here = world.postern("here.test")
    there = world.sink("there.test")
    chain, key = world.certificate("somebody.else")
    there.behaviour.tls = context(chain, key)
    publish(world, "there", "3 1 1 " + sha256(of_key(chain)))
    world.record("plain NS ns")         # unsigned
    world.start()
    zone = "$ORIGIN plain.test.\n$TTL 5\n@ SOA ns host 1 60 60 60 5\n" \
        "@ NS ns\nns A 127.0.0.1\n@ MX 10 mail.there.test.\n"
    world.dns.add_zone("plain.test", zone)
    world.dns.stop()
    world.dns.start()
    world.send(here, "alice", ["bob@plain.test"])
    there.wait(1)
    assert eventually(lambda: 'tls="TLSv1.3 DANE of the host"'
                      in here.tail(None))


def test_records_that_cannot_be_had(world):
    """An answer that is forged is no answer: 2.1.2. Other hosts are tried."""
    here = world.postern("here.test")
    there, second = world.sink("there.test"), world.sink()
    world.record(f"_{world.port}._tcp.mail.there CNAME x.keys")
    world.record(f"both MX 1 mail.there\nboth MX 2 second\n"
                 f"second A {second.address}\nkeys NS ns")
    there.behaviour.tls = world.tls("mail.there.test")
    world.start()
    here.more = 'stub-zone "keys.test" { servers = { ' \
        f'"{world.dns.server}" }} }}\n'
    zone = "$ORIGIN keys.test.\n$TTL 5\n@ SOA ns host 1 60 60 60 5\n" \
        f"@ NS ns\nns A 127.0.0.1\nx TLSA {WRONG}\n"
    world.dns.add_zone("keys.test", zone, signed=True,
                       tamper=("ab" * 32, "cd" * 32))
    world.dns.stop()
    world.dns.start()
    here.stop()
    here.start()
    row = waits(world, here, "there.test", "TLSA records of", "bogus")
    assert row["status"] == "4.4.3"
    need, note = security(here, "there.test", 1)["mail.there.test"]
    assert need == "unknown" and note.endswith("bogus by DNSSEC")
    world.send(here, "alice", ["bob@both.test"])
    second.wait(1)
    assert not there.messages


def test_the_next_host_when_the_first_shows_another_key(world):
    here = world.postern("here.test")
    there, second = world.sink("there.test"), world.sink()
    world.record(f"there MX 20 second\nsecond A {second.address}")
    publish(world, "there", WRONG)
    there.behaviour.tls = world.tls("mail.there.test")
    world.start()
    world.send(here, "alice", ["bob@there.test"])
    second.wait(1)
    assert not there.messages and empty(here)


@pytest.mark.parametrize("how", [
    {"relay": "private = true dane = false"},
    {"more": 'route "there.test" { mx = true tls = must port = PORT }\n'},
])
def test_the_operator_says_otherwise(world, how):
    arrives(world, *pair(world, WRONG, **how), "TLSv1.3")


# ---- what the message itself says of TLS: RFC 8689 -------------------------

def test_tls_required_no(world):
    """Sent to whom is to be told that their keys are wrong."""
    here, there = pair(world, WRONG)
    world.send(here, "alice", ["bob@there.test"], more="TLS-Required: No\r\n")
    got, = there.wait(1)
    assert got.tls and got.header("TLS-Required") == "No"
    assert empty(here)


def test_requiretls_by_dane(world):
    """A key that is published is as good as a certificate, where the next
    server promises to go on so."""
    here, there = pair(world, "3 1 1 KEY")
    there.behaviour.ehlo = (*there.behaviour.ehlo, "REQUIRETLS")
    world.send(here, "alice", ["bob@there.test"], options=["REQUIRETLS"])
    got, = there.wait(1)
    assert got.tls and "REQUIRETLS" in got.mail.split()
    assert empty(here)
