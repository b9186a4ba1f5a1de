"""SCRAM-SHA-256 and SCRAM-SHA-1, bound to TLS or not, in each protocol: who is
let in, who is not, what others see of it; and real programs."""

import base64
import subprocess
import unicodedata

import pytest
from lib.scram import HASHES, MECHANISMS, Login, Scram
from lib.server import PASSWORD, ConfiguredServer, address
from lib.wire import Wire
from test_app_passwords import add, curl
from test_logins import logins
from test_two_posterns import Mutt

ALICE, BOB = address("alice"), address("bob")
PORTS = ["submissions", "imaps", "pop3s"]
REFUSED = {"submissions": b"535 5.7.8 ", "imaps": b"a NO [AUTHENTICATIONFAIL",
           "pop3s": b"-ERR [AUTH] "}


@pytest.fixture(scope="module")
def server():
    with ConfiguredServer() as s:
        yield s


def attempt(server, port, mechanism, user=ALICE, password=PASSWORD, flag=None,
            initial=True, change=None):
    with Login(server, port) as login:
        exchange = Scram(mechanism, user, password, login.wire, flag)
        if change:
            change(exchange)
        return login.scram(exchange, initial)


@pytest.mark.parametrize("port", PORTS)
def test_each_mechanism(server, port):
    with Login(server, port) as login:
        plain = ["PLAIN", "LOGIN"] if port == "submissions" else ["PLAIN"]
        # -PLUS is for who asks for it.
        assert sorted(login.offered()) == sorted([*HASHES, *plain])
    for mechanism in MECHANISMS:
        for initial in (True, False):
            good, line, said = attempt(server, port, mechanism,
                                       initial=initial)
            assert good and said.startswith(b"v="), line
        good, line, said = attempt(server, port, mechanism.lower())
        assert good, line
    # And something can be done then.
    with Login(server, port) as login:
        exchange = Scram("SCRAM-SHA-256", ALICE, PASSWORD, login.wire)
        assert login.scram(exchange)[0]
        login.say({"submissions": b"MAIL FROM:<" + ALICE.encode() + b">",
                   "imaps": b"b SELECT INBOX", "pop3s": b"STAT"}[port])
        assert login.wire.line()[:3] in (b"250", b"* 0", b"+OK")


@pytest.mark.parametrize("port", PORTS)
def test_wrong_ones(server, port):
    for mechanism in "SCRAM-SHA-256-PLUS", "SCRAM-SHA-1":
        for user, password in ((ALICE, "wrong"), (BOB, "wrong"),
                               ("nobody@example.test", PASSWORD)):
            good, line, said = attempt(server, port, mechanism, user,
                                       password)
            assert not good and said == b"e=invalid-proof"
            assert line.startswith(REFUSED[port]), line
            assert line.endswith(b"Wrong user or password")


def test_channel_binding(server):
    def other_tls(exchange):
        exchange.binding = b"x" * len(exchange.binding)

    good, line, said = attempt(server, "imaps", "SCRAM-SHA-256-PLUS",
                               change=other_tls)
    assert not good and said == b"e=channel-bindings-dont-match"
    # It is not announced, so who could bind need not (RFC 5802 6).
    assert attempt(server, "imaps", "SCRAM-SHA-256", flag="y")[0]
    # What is not bound, or not like this, is no -PLUS; and the other way.
    for mechanism, flag in (("SCRAM-SHA-256-PLUS", "n"),
                            ("SCRAM-SHA-256-PLUS", "y"),
                            ("SCRAM-SHA-256", "p=tls-server-end-point"),
                            ("SCRAM-SHA-256-PLUS", "p=tls-unique"),
                            ("SCRAM-SHA-256-PLUS", "p=nothing")):
        good, line, said = attempt(server, "imaps", mechanism, flag=flag)
        assert not good and line.startswith(REFUSED["imaps"]) and not said
    assert attempt(server, "imaps", "SCRAM-SHA-256-PLUS")[0]


@pytest.mark.parametrize("port", PORTS)
def test_exchange(server, port):
    with Login(server, port) as login:
        # It is called off, at each point.
        for at in range(3):
            exchange = Scram("SCRAM-SHA-256", ALICE, PASSWORD, login.wire)
            said, line = login.begin("SCRAM-SHA-256")
            if at > 0:
                said, line = login.respond(exchange.first())
            if at > 1:
                said, line = login.respond(exchange.final(said))
                assert exchange.is_signed(said)
            login.say(b"*")
            line = login.wire.line()
            assert line.startswith((b"501", b"a BAD", b"-ERR")), line
        # Behind that nobody is in, and somebody may come.
        for first in (b"", b"x", b"n,,n=,r=x", b"n,,n=a,r=x\0",
                      b"n,,m=x,n=alice,r=abc",
                      b"n,,n=" + b"a" * 321 + b",r=abc"):
            said, line = login.begin("SCRAM-SHA-256")
            said, line = login.respond(first)
            assert said is None and line.startswith(REFUSED[port]), line
        for spoil in (lambda m: m[:-3], lambda m: m + b",x=y",
                      lambda m: m.replace(b",r=", b",r=x"),
                      lambda m: b"c=biws", lambda m: b""):
            exchange = Scram("SCRAM-SHA-1", ALICE, PASSWORD, login.wire)
            said, line = login.begin("SCRAM-SHA-1", exchange.first())
            said, line = login.respond(spoil(exchange.final(said)))
            if said is not None:
                assert said.startswith(b"e="), said
                said, line = login.respond(b"")
            assert said is None and line.startswith(REFUSED[port]), line
        # A last word that is none is no consent.
        exchange = Scram("SCRAM-SHA-256", ALICE, PASSWORD, login.wire)
        said, line = login.begin("SCRAM-SHA-256", exchange.first())
        said, line = login.respond(exchange.final(said))
        said, line = login.respond(b"no")
        assert not login.is_in(line)
        assert login.scram(exchange)[0]


def test_nobody_looks_like_somebody(server):
    """Salt and count are told of each, the same every time."""
    told = {}
    for user in (ALICE, BOB, "nobody@example.test", "none@example.test",
                 "x@elsewhere.test"):
        for mechanism in HASHES:
            with Login(server, "imaps") as login:
                exchange = Scram(mechanism, user, "x", login.wire)
                said, _ = login.begin(mechanism, exchange.first())
                exchange.final(said)
                assert len(base64.b64decode(exchange.salt)) == 16
                assert exchange.count == 10000
                told.setdefault(user, set()).add(exchange.salt)
                assert len(said) == len(exchange.nonce) + 2 + 24 + 27 + 8
    assert all(len(salts) == 1 for salts in told.values())
    assert len(set.union(*told.values())) == len(told)


def test_replay(server):
    """What was heard of one exchange is worth nothing in another."""
    with Login(server, "imaps") as login, Login(server, "imaps") as other:
        exchange = Scram("SCRAM-SHA-256", ALICE, PASSWORD, login.wire)
        said, _ = login.begin("SCRAM-SHA-256", exchange.first())
        heard = exchange.final(said)
        again, _ = other.begin("SCRAM-SHA-256", exchange.first())
        assert again != said
        said, line = other.respond(heard)
        assert said == b"e=other-error"
        said, line = other.respond(b"")
        assert not other.is_in(line)
        # Bob's exchange is not proven by what alice knows.
        exchange = Scram("SCRAM-SHA-256", BOB, "alice's", other.wire)
        assert not other.scram(exchange)[0]


def test_app_passwords(server):
    word = add(server, "mutt", "--for", "imap")
    assert attempt(server, "imaps", "SCRAM-SHA-256-PLUS", password=word)[0]
    assert attempt(server, "imaps", "SCRAM-SHA-1", password=word)[0]
    assert not attempt(server, "pop3s", "SCRAM-SHA-1", password=word)[0]
    assert not attempt(server, "imaps", "SCRAM-SHA-1", BOB, word)[0]
    # Another password of its owner's leaves it alone.
    server.command("account", "passwd", ALICE, "--password-stdin",
                   text="quite another one")
    try:
        assert attempt(server, "imaps", "SCRAM-SHA-256", password=word)[0]
        assert not attempt(server, "imaps", "SCRAM-SHA-256")[0]
        assert attempt(server, "imaps", "SCRAM-SHA-256",
                       password="quite another one")[0]
    finally:
        server.command("account", "passwd", ALICE, "--password-stdin", text=PASSWORD)
    server.command("account", "app-password", "remove", ALICE, "mutt")
    assert not attempt(server, "imaps", "SCRAM-SHA-256", password=word)[0]


def test_history(server):
    who = address("carol")
    server.command("account", "add", who, "--password-stdin", text=PASSWORD)
    assert attempt(server, "imaps", "SCRAM-SHA-256", who)[0]
    assert not attempt(server, "submissions", "SCRAM-SHA-1", who, "no")[0]
    assert [(row["protocol"], row["result"], row["reason"], n)
            for row, n in logins(server, who, 2)] == [
        ("imap", "ok", "", 1),
        ("smtp", "failed", "wrong user or password", 1)]


def test_forms_of_a_password(server):
    """Of one character or of two: the same password, however it is said."""
    who = address("dora")
    one = unicodedata.normalize("NFC", "Grüße, ça va?")
    two = unicodedata.normalize("NFD", one)
    assert one != two
    for stored in one, two:
        if stored is one:
            server.command("account", "add", who, "--password-stdin", text=stored)
        else:
            server.command("account", "passwd", who, "--password-stdin", text=stored)
        for typed in one, two, one.replace(" ", "\u00a0"):
            for service in ("imap", "smtp", "pop3", "http"):
                assert curl(server, service, typed, user=who)
        for mechanism in HASHES:
            assert attempt(server, "imaps", mechanism, who, one)[0]
    done = server.command("account", "passwd", who, "--password-stdin",
                          text="with\ta tab", check=False)
    assert done.returncode != 0 and "cannot be seen" in done.stderr


def test_in_clear_there_is_none(server):
    wire = Wire(server.ports["imap"])
    wire.line()
    wire.send(b"a CAPABILITY\r\n")
    assert b"SCRAM" not in wire.line()
    wire.line()
    wire.send(b"b AUTHENTICATE SCRAM-SHA-256 biws\r\n")
    assert wire.line().startswith(b"b NO [PRIVACYREQUIRED]")


# Real programs ---------------------------------------------------------------

@pytest.mark.parametrize("protocol", ["smtp", "imap"])
@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_gsasl(server, protocol, mechanism):
    port = {"smtp": "submission", "imap": "imap"}[protocol]

    def gsasl(password, *more):
        return subprocess.run(
            ["gsasl", f"--{protocol}", "--verbose", "--mechanism", mechanism,
             f"--connect=127.0.0.1:{server.ports[port]}", "--x509-ca-file=",
             "--authentication-id", ALICE, "--starttls",
             "--password", password, "--no-client-first", *more],
            capture_output=True, text=True, input="", timeout=60)

    # It says "y" where it could bind and is told not to.
    more = [] if mechanism.endswith("-PLUS") else ["--no-cb"]
    done = gsasl(PASSWORD, *more)
    assert done.returncode == 0, done.stdout + done.stderr
    assert gsasl("wrong", *more).returncode != 0


def by_mechanism(server, mechanism, since):
    """How many logins the log tells of, from that octet on."""
    log = server.log.read_text(errors="replace")[since:]
    return sum(" login " in line and f"mechanism={mechanism} " in line
               and "result=ok" in line for line in log.splitlines())


@pytest.mark.parametrize("mechanism", HASHES)
def test_mutt(server, tmp_path, mechanism):
    since = server.log.stat().st_size
    server.domain = ALICE.split("@")[1]
    mutt = Mutt(server, "alice", tmp_path / "mutt")
    with open(mutt.folder / "rc", "a") as rc:
        rc.write(f'set imap_authenticators="{mechanism.lower()}"\n')
    mutt.run("<quit>")
    assert by_mechanism(server, mechanism, since) == 1


@pytest.mark.parametrize("mechanism", ["scram-sha-1", "scram-sha-256"])
def test_msmtp(server, mechanism):
    def msmtp(password):
        return subprocess.run(
            ["msmtp", "--host=127.0.0.1", "--tls=on", "--tls-starttls=on",
             f"--port={server.ports['submission']}", "--tls-certcheck=off",
             f"--auth={mechanism}", f"--user={ALICE}", f"--from={ALICE}",
             f"--passwordeval=echo '{password}'", BOB],
            capture_output=True, text=True, timeout=60,
            input="Subject: by msmtp\n\nHello\n")

    done = msmtp(PASSWORD)
    assert done.returncode == 0, done.stderr
    assert msmtp("wrong").returncode != 0
