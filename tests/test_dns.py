"""Names: the resolver against real name servers, and `postern mx`."""

import collections
import contextlib
import json
import socket
import subprocess
import threading
import time

import pytest

from lib.nsd import Nsd, free_port, zone_text
from lib.resolver import Resolver
from lib.server import BUILD, ConfiguredServer

MANY = [(100 - i, f"mx{i}") for i in range(25)]
LONG = "v=DKIM1; " + "k" * 600
STRINGS = " ".join(f'"{LONG[i:i + 200]}"' for i in range(0, len(LONG), 200))
SIGNED = zone_text("signed.test", [(10, "mx"), (20, "alias"), (30, "gone")], {
    "mx": ["127.0.0.11", "127.0.0.12", "::1"], "other": "127.0.0.13"}, f"""
alias CNAME other
txt TXT {STRINGS}
txt TXT "second"
_25._tcp.mx TLSA 3 1 1 {'ab' * 32}
xn--bcher-kva MX 5 mx
null MX 0 .
loop1 CNAME loop2
loop2 CNAME loop1
away CNAME gone
""")
UNSIGNED = zone_text("unsigned.test", [(10, "mx.signed.test."), (5, "mx")], {
    "mx": "198.51.100.9", "@": "127.0.0.14"}, "nomx A 127.0.0.15\n"
    "5.0.0.127.rev PTR mx.unsigned.test.\n"
    "failing MX 10 mx.lame.test.\nboth MX 10 mx.lame.test.\n"
    "both MX 20 mx\npublic A 8.8.4.4\n"
    "long TXT " + " ".join([f'"{"y" * 250}"'] * 20) + "\nodd MX 1 a\\032b\n")


class Named(ConfiguredServer):
    """A server with DNS settings."""

    def __init__(self, more, **rest):
        super().__init__(**rest)
        self.more = more

    def arguments(self):
        self.configure(self.more)
        return ["run", "--config", str(self.conf)]


@pytest.fixture(scope="module")
def nsd():
    with Nsd() as nsd:
        nsd.add_zone("signed.test", SIGNED, signed=True)
        nsd.add_zone("unsigned.test", UNSIGNED)
        nsd.add_zone("bogus.test", zone_text("bogus.test", [(10, "mx")], {
            "mx": "127.0.0.66", "good": "127.0.0.65"}),
            signed=True, tamper=("127.0.0.66", "127.0.0.67"))
        nsd.add_zone("stripped.test", zone_text("stripped.test", [
            (10, "mx")], {"mx": "127.0.0.68"}), signed=True)
        # Its key is known, and then it has no signatures any more.
        nsd.add_zone("stripped.test", zone_text("stripped.test", [
            (10, "mx")], {"mx": "127.0.0.68"}))
        nsd.add_zone("lame.test", None)
        nsd.add_zone("many.test", zone_text("many.test", MANY, {
            f"mx{i}": f"127.0.1.{i}" for i in range(25)}))
        nsd.start()
        yield nsd


@pytest.fixture(scope="module")
def deaf():
    """A port that takes questions and never answers."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        yield s.getsockname()[1]


@pytest.fixture(scope="module")
def server(nsd, deaf):
    silent = f'stub-zone "silent.test" {{ servers = {{"127.0.0.1@{deaf}"}} }}'
    with Named(nsd.configuration() + silent + "\n") as server:
        yield server


@pytest.fixture
def resolver(server):
    with Resolver(server) as resolver:
        yield resolver


def mx(server, *args, code=0):
    done = subprocess.run(
        [str(BUILD / "postern"), "mx", "--config", str(server.conf),
         "--json", *args], capture_output=True, text=True, timeout=120)
    assert done.returncode == code, done
    assert (code == 0) == (done.stderr == ""), done.stderr
    return json.loads(done.stdout), done.stderr


# Records of every kind

def wire(name):
    return name.strip(".").lower().encode()


def test_as_dig_shows_them(nsd, resolver):
    answer = resolver.ask("Signed.TEST.", "MX")
    assert (answer.result, answer.security) == ("ok", "secure")
    assert answer.name == answer.canonical == "signed.test"
    assert 0 < answer.ttl <= 300
    shown = [line.split() for line in nsd.dig("signed.test", "MX")]
    assert sorted(answer.records) == sorted(
        (int(preference), wire(host)) for preference, host in shown)
    for name, kind, family in (("mx.signed.test", "A", socket.AF_INET),
                               ("mx.signed.test", "AAAA", socket.AF_INET6)):
        answer = resolver.ask(name, kind)
        assert answer.security == "secure"
        assert answer.data == sorted(socket.inet_pton(family, line)
                                     for line in nsd.dig(name, kind))


def test_text(resolver):
    answer = resolver.ask("txt.signed.test", "TXT")
    assert answer.data == [b"second", LONG.encode()]
    assert answer.security == "secure"


def test_tlsa_and_ptr(resolver):
    answer = resolver.ask("_25._tcp.mx.signed.test", "TLSA")
    assert answer.data == [b"\x03\x01\x01" + b"\xab" * 32]
    assert answer.security == "secure"
    answer = resolver.ask("5.0.0.127.rev.unsigned.test", "PTR")
    assert answer.data == [b"mx.unsigned.test"]
    assert answer.security == "insecure"


def test_nothing(resolver):
    for name, kind, result, security in (
            ("gone.signed.test", "A", "nxdomain", "secure"),
            ("mx.signed.test", "MX", "nodata", "secure"),
            ("gone.unsigned.test", "A", "nxdomain", "insecure"),
            ("mx.unsigned.test", "AAAA", "nodata", "insecure")):
        answer = resolver.ask(name, kind)
        assert (answer.result, answer.security) == (result, security)
        assert answer.records == [] and answer.ttl <= 60


def test_cnames(resolver):
    answer = resolver.ask("alias.signed.test", "A")
    assert answer.data == [b"\x7f\0\0\x0d"]
    assert answer.canonical == "other.signed.test"
    assert resolver.ask("alias.signed.test", "CNAME").data == [
        b"other.signed.test"]
    answer = resolver.ask("loop1.signed.test", "A")
    assert answer.result == "failed" and answer.why
    answer = resolver.ask("away.signed.test", "A")
    assert (answer.result, answer.canonical) == (
        "nxdomain", "gone.signed.test")


def test_many_and_null(resolver):
    assert len(resolver.ask("many.test", "MX").records) == 25
    assert resolver.ask("null.signed.test", "MX").records == [(0, b"")]
    assert resolver.ask("odd.unsigned.test", "MX").data == [
        b"a\\032b.unsigned.test"]


def test_names_of_other_scripts(resolver):
    answer = resolver.ask("B\N{LATIN CAPITAL LETTER U WITH DIAERESIS}cher"
                          ".signed.test", "MX")
    assert answer.name == "xn--bcher-kva.signed.test"
    assert answer.records == [(5, b"mx.signed.test")]


@pytest.mark.parametrize("name", [
    "", ".", "a..test", "x" * 64 + ".test", ".".join(["x" * 63] * 4),
    "a b.test", b"\xff.test", b"a\0b.test", "a\\.b.test", "\N{SOFT HYPHEN}"])
def test_no_names(resolver, name):
    answer = resolver.ask(name, "A")
    assert answer.result == "bad-name" and answer.why


def test_no_types(resolver):
    for kind in (0, 2, 6, 255, 65536 + 1, 2 ** 32 - 1):
        answer = resolver.ask("signed.test", kind)
        assert answer.result == "failed" and answer.why


# Trouble

def test_bogus(resolver):
    for name in ("mx.bogus.test", "mx.stripped.test"):
        answer = resolver.ask(name, "A")
        assert (answer.result, answer.security) == ("failed", "bogus")
        assert answer.records == [] and len(answer.why) > 20
    assert resolver.ask("good.bogus.test", "A").security == "secure"


def test_servfail(resolver):
    answer = resolver.ask("lame.test", "MX")
    assert (answer.result, answer.security) == ("failed", "insecure")
    assert "failed" in answer.why


def test_too_late(resolver):
    """Others are not held up by it, and it is answered once."""
    begin = time.monotonic()
    late = resolver.send("silent.test", "MX")
    quick = resolver.send("mx.signed.test", "A")
    assert resolver.receive()[0] == quick
    assert time.monotonic() - begin < 2
    number, answer = resolver.receive()
    assert (number, answer.result) == (late, "failed") and answer.why
    assert time.monotonic() - begin < 25
    assert resolver.ask("mx.signed.test", "A").result == "ok"


def test_who_asks_goes_away(server, resolver):
    pids = server.processes("resolver")
    for _ in range(5):
        with Resolver(server) as other:
            for i in range(50):
                other.send(f"x{i}.silent.test", "A")
            other.send("gone2.signed.test", "A")
    time.sleep(0.3)
    assert resolver.ask("signed.test", "MX").result == "ok"
    assert server.processes("resolver") == pids


def test_many_at_once(resolver):
    asked = {}
    for i in range(400):
        asked[resolver.send(f"n{i}.unsigned.test", "A")] = i
    for _ in range(400):
        number, answer = resolver.receive()
        i = asked.pop(number)
        assert answer.name == f"n{i}.unsigned.test"
        assert answer.result == "nxdomain"
    assert not asked


def test_it_remembers(nsd, resolver):
    resolver.ask("public.unsigned.test", "A")
    before = nsd.queries()
    for _ in range(20):
        assert resolver.ask("public.unsigned.test", "A").result == "ok"
    assert nsd.queries() == before


# postern mx

def test_mx(server):
    rows, _ = mx(server, "signed.test")
    hosts = list(dict.fromkeys(row["host"] for row in rows))
    assert hosts == ["mx.signed.test", "alias.signed.test",
                     "gone.signed.test"]
    first = [row for row in rows if row["host"] == hosts[0]]
    assert [row["address"] for row in first][0] == "::1"
    assert {row["address"] for row in first} == {
        "127.0.0.11", "127.0.0.12", "::1"}
    assert {(row["preference"], row["mx"], row["dnssec"]) for row in first
            } == {(10, "secure", "secure")}
    assert rows[-2]["address"] == "127.0.0.13"
    assert rows[-1]["note"] == "no address: no such name"
    rows, _ = mx(server, "unsigned.test")
    assert [(row["host"], row["mx"]) for row in rows][:2] == [
        ("mx.unsigned.test", "insecure"), ("mx.signed.test", "insecure")]
    rows, _ = mx(server, "nomx.unsigned.test.")
    assert [(row["host"], row["mx"], row["preference"]) for row in rows] == [
        ("nomx.unsigned.test", "none", 0)]
    rows, _ = mx(server, "many.test")
    assert [row["host"] for row in rows] == [
        f"mx{24 - i}.many.test" for i in range(20)]
    rows, _ = mx(server, "both.unsigned.test")
    assert [bool(row["address"]) for row in rows] == [False, True]


@pytest.mark.parametrize("domain, words", [
    ("null.signed.test", "null MX, secure"),
    ("gone.signed.test", "no such domain"),
    ("_25._tcp.mx.signed.test", "neither MX records nor addresses"),
    ("odd.unsigned.test", "none of its mail hosts has an address"),
    ("failing.unsigned.test", "would wait"),
    ("bogus.test", "bogus"),
    ("stripped.test", "bogus"),
    ("lame.test", "name servers failed"),
    ("a..b", "can be no domain name"),
    ("[1.2.3]", "no address literal"),
])
def test_mx_goes_nowhere(server, domain, words):
    if domain == "bogus.test":      # its MX is good, its host is not
        _, said = mx(server, "mx.bogus.test", code=1)
    else:
        _, said = mx(server, domain, code=1)
    assert words in said and said.count("\n") == 1, said


def test_mx_from(server):
    rows, said = mx(server, "signed.test", "--from", "Alias.Signed.Test",
                    code=1)
    assert "private" in said or "come back" in said
    notes = collections.defaultdict(set)
    for row in rows:
        notes[row["host"]].add(row["note"])
    assert notes["mx.signed.test"] == {"private address: refused"}
    assert notes["alias.signed.test"] == {"ourselves: cut"}
    assert notes["gone.signed.test"] == {
        "behind ourselves in the order: cut"}
    rows, _ = mx(server, "public.unsigned.test", "--from", "mx.signed.test")
    assert rows[0]["note"] == "tried 1"
    _, said = mx(server, "signed.test", "--from", "mx.signed.test", code=1)
    assert "come back" in said


def test_mx_for_people(server):
    done = subprocess.run(
        [str(BUILD / "postern"), "mx", "--config", str(server.conf),
         "signed.test"], capture_output=True, text=True, timeout=60)
    lines = done.stdout.splitlines()
    assert lines[0].split()[:5] == ["PREFERENCE", "HOST", "MX", "MX_TTL",
                                    "ADDRESS"]
    assert lines[1].split()[:3] == ["10", "mx.signed.test", "secure"]


def test_mx_without_a_server(nsd, tmp_path):
    """With a configuration and no data folder; with neither."""
    conf = tmp_path / "postern.conf"
    conf.write_text(f'hostname = "mail.example.org"\n'
                    f'data = "{tmp_path}/none"\n' + nsd.configuration())
    run = dict(cwd=tmp_path, capture_output=True, text=True, timeout=60,
               env={"TMPDIR": str(tmp_path)})
    done = subprocess.run([str(BUILD / "postern"), "mx", "signed.test"],
                          **run)
    assert done.returncode == 0, done.stderr
    assert "mx.signed.test" in done.stdout
    conf.unlink()
    done = subprocess.run([str(BUILD / "postern"), "mx", "x.invalid"], **run)
    assert done.returncode == 1
    assert "no such domain" in done.stderr
    done = subprocess.run([str(BUILD / "postern"), "mx"], **run)
    assert done.returncode == 2 and "usage" in done.stderr
    assert list(tmp_path.iterdir()) == []


# The role

def test_forwarding_and_reload(nsd, deaf):
    """Name servers for everything; others after a reload."""
    with Named(f'nameservers = {{"127.0.0.1@{deaf}"}}\n') as server:
        first = server.processes("resolver")
        # Its anchors, not the root's: nothing here leads down from that.
        server.configure(f'nameservers = {{"{nsd.server}"}}\n'
                         f'trust-anchor = "{nsd.anchor}"\n')
        server.process.send_signal(1)
        end = time.monotonic() + 20
        while server.processes("resolver") in (first, []):
            assert time.monotonic() < end, server.tail()
            time.sleep(0.05)
        result = None
        while result != "ok" and time.monotonic() < end:
            with contextlib.suppress(OSError, AssertionError), \
                    Resolver(server) as resolver:
                result = resolver.ask("mx.unsigned.test", "A").result
        assert result == "ok"


def test_it_is_replaced(server):
    with Resolver(server) as resolver:
        assert resolver.ask("signed.test", "MX").result == "ok"
    assert server.kill_role("resolver") == 1
    end = time.monotonic() + 20
    while True:
        rows, _ = mx(server, "signed.test")
        if rows:
            break
        assert time.monotonic() < end
    with Resolver(server) as resolver:
        assert resolver.ask("signed.test", "MX").result == "ok"


def test_what_is_too_long_comes_by_tcp(resolver):
    """Over 1232 octets: truncated by UDP, and asked again."""
    answer = resolver.ask("long.unsigned.test", "TXT")
    assert answer.result == "ok", answer.why
    assert answer.data == [b"y" * 5000]


class Liar(threading.Thread):
    """Answers each question with octets of its own making."""

    def __init__(self, replies):
        super().__init__(daemon=True)
        self.replies, self.asked = replies, 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", free_port()))
        self.port = self.socket.getsockname()[1]

    def run(self):
        while True:
            try:
                question, peer = self.socket.recvfrom(4096)
            except OSError:
                return
            reply = self.replies[self.asked % len(self.replies)]
            self.asked += 1
            self.socket.sendto(question[:2] + reply(question), peer)


def test_liars():
    """Name servers that answer rubbish: failures, and nobody dies."""
    replies = [
        lambda q: b"",
        lambda q: b"\xff" * 500,
        lambda q: b"\x84\0\0\1\xff\xff\0\0\0\0" + q[12:],
        lambda q: b"\x84\0\0\1\0\1\0\0\0\0" + q[12:-11] +
        b"\xc0\x0c\0\x0f\0\1\0\0\0\1\0\4\0\1\xc0\xff",
        lambda q: b"\x84\0\0\1\0\1\0\0\0\0" + q[12:-11] +
        b"\xc0\x0c\0\1\0\1\0\0\0\1\0\xff\1",
    ]
    liar = Liar(replies)
    liar.start()
    with Named(f'stub-zone "lies.test" {{ servers = '
               f'{{"127.0.0.1@{liar.port}"}} }}\n') as server, \
            Resolver(server) as resolver:
        pids = server.processes("resolver")
        numbers = {resolver.send(f"n{i}.lies.test", "MX") for i in range(20)}
        for _ in range(20):
            number, answer = resolver.receive()
            numbers.remove(number)
            assert answer.result in ("failed", "nodata", "ok")
        assert liar.asked > 0
        assert server.processes("resolver") == pids
    liar.socket.close()
