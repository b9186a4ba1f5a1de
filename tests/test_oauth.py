"""Logins by tokens of an issuer: OAUTHBEARER (RFC 7628) and XOAUTH2 in each
protocol, Bearer in HTTP; who is let in, who is not, and what is asked for it."""

import base64
import hmac
import json
import pathlib
import signal
import subprocess
import time

import pytest
from lib.issuer import Issuer, Key, b64url
from lib.nsd import Nsd
from lib.policy_host import Authority
from lib.scram import Login
from lib.server import PASSWORD, ConfiguredServer, address
from test_app_passwords import add, curl
from test_http import ask
from test_logins import logins

ALICE, BOB = address("alice"), address("bob")
PORTS = ["submissions", "imaps", "pop3s"]
REFUSED = {"submissions": b"535 5.7.8 ", "imaps": b"a NO [AUTHENTICATIONFAIL",
           "pop3s": b"-ERR [AUTH] "}
AWAY = {"submissions": b"454 4.7.0 ", "imaps": b"a NO [UNAVAILABLE]",
        "pop3s": b"-ERR [SYS/TEMP] "}
HERE = pathlib.Path(__file__).parent
CONFIGURATION = """
stub-zone "test" {{ servers = {{ "127.0.0.1@{dns.port}" }} }}
trust-anchor = "{dns.anchor}"
trusted-roots = "{roots}"
errand {{ private = true stay = 2s }}
failed-logins = 0
"""


class World:
    """DNS, an authority, and issuers; servers that believe them."""

    def __init__(self, tmp):
        self.folder = tmp
        self.authority = Authority(tmp)
        self.dns = Nsd()
        self.dns.add_zone("test", "\n".join([
            "$ORIGIN test.", "$TTL 1",
            "@ SOA ns.test. host.test. 1 60 60 60 1", "@ NS ns",
            "ns A 127.0.0.1", "id A 127.0.0.1", "other A 127.0.0.1", ""]),
            signed=True)
        self.dns.start()
        self.issuers = []

    def issuer(self, host="id.test", certified=None, **more):
        made = Issuer(host, *self.authority.certificate(certified or host),
                      **more)
        self.issuers.append(made)
        return made

    def close(self):
        for one in self.issuers:
            one.close()
        self.dns.stop()


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("oauth"))
    yield made
    made.close()


class Believer(ConfiguredServer):
    def __init__(self, world, *blocks):
        super().__init__()
        self.data.parent.chmod(0o755)
        self.world, self.blocks = world, blocks

    def configure(self, more=""):
        super().configure(CONFIGURATION.format(
            dns=self.world.dns, roots=self.world.authority.roots) +
            "\n".join(f"oauth {{ {b} }}" for b in self.blocks) + more)

    def logged(self, event):
        return [line for line in self.tail(None).splitlines()
                if f" {event} " in line]


def block(issuer, more=""):
    return f'issuer = "{issuer.url}" audience = mail {more}'


@pytest.fixture(scope="module")
def issuer(world):
    return world.issuer(path="/realm")


@pytest.fixture(scope="module")
def server(world, issuer):
    with Believer(world, block(issuer, "scope = mail")) as s:
        yield s


def oauthbearer(token, user=ALICE):
    return (f"n,{'a=' + user if user else ''},\1host=127.0.0.1\1port=1\1"
            f"auth=Bearer {token}\1\1").encode()


def xoauth2(token, user=ALICE):
    return f"user={user}\1auth=Bearer {token}\1\1".encode()


FORMS = {"OAUTHBEARER": oauthbearer, "XOAUTH2": xoauth2}


def show(server, port, token, user=ALICE, mechanism="OAUTHBEARER",
         initial=True):
    """(in or not, the last line, what was said on the way)"""
    message = FORMS[mechanism](token, user)
    with Login(server, port) as login:
        if initial and (port != "pop3s" or len(message) < 3000):
            said, line = login.begin(mechanism, message)
        else:
            said, line = login.begin(mechanism)
            assert said == b"", line
            said, line = login.respond(message)
        if said is None:
            return login.is_in(line), line, b""
        error = said
        said, line = login.respond(b"\1" if mechanism == "OAUTHBEARER"
                                   else b"")
        assert said is None
        return login.is_in(line), line, error


def good(issuer, who=ALICE, **more):
    return issuer.token(who, **{"scope": "openid mail", **more})


# ---- who is let in -----------------------------------------------------------

@pytest.mark.parametrize("port", PORTS)
def test_each_mechanism(server, issuer, port):
    with Login(server, port) as login:
        assert {"OAUTHBEARER", "XOAUTH2"} < set(login.offered())
    for mechanism in FORMS:
        for initial in (True, False):
            for alg in issuer.keys:
                came, line, said = show(server, port, good(issuer, alg=alg),
                                        mechanism=mechanism, initial=initial)
                assert came and not said, line
    # It says itself whose it is; in any case of letters.
    assert show(server, port, good(issuer), user="")[0]
    assert show(server, port, good(issuer, "Alice@EXAMPLE.test"))[0]
    # And something can be done then.
    with Login(server, port) as login:
        said, line = login.begin("oauthbearer", oauthbearer(good(issuer)))
        assert login.is_in(line), line
        login.say({"submissions": b"MAIL FROM:<" + ALICE.encode() + b">",
                   "imaps": b"b SELECT INBOX", "pop3s": b"STAT"}[port])
        assert login.wire.line()[:3] in (b"250", b"* 0", b"+OK")


def test_long_tokens(server, issuer):
    """As some issuers make them: eight thousand octets will do."""
    token = good(issuer, groups="g" * 5200)
    assert 7000 < len(token) < 8192
    for port in PORTS:
        assert show(server, port, token, initial=False)[0]
    assert show(server, "submissions", token)[0]
    assert show(server, "imaps", token)[0]
    long = good(issuer, groups="g" * 6300)
    assert len(long) > 8192
    for port in PORTS:
        assert show(server, port, long, initial=False)[1].startswith(
            REFUSED[port])


# ---- who is not --------------------------------------------------------------

def wrong_tokens(issuer):
    """By name."""
    stranger = Key("ES256", "es256")
    now = int(time.time())
    made = good(issuer)
    header, payload, signature = made.split(".")
    none = b64url(b'{"alg":"none"}')
    public = json.dumps(issuer.keys["RS256"].public()).encode()
    hs = b64url(b'{"alg":"HS256"}') + "." + payload
    return {
        "another key": good(issuer, key=stranger),
        "no signature": f"{none}.{payload}.",
        "none, signed": good(issuer, header={"alg": "none"}),
        "HMAC by the public key": hs + "." + b64url(hmac.digest(
            public, hs.encode(), "sha256")),
        "another alg": good(issuer, header={"alg": "RS256"}),
        "another payload": ".".join((header, b64url(json.dumps(
            issuer.claims(BOB, scope="mail")).encode()), signature)),
        "crit": good(issuer, header={"crit": ["b64"], "b64": False}),
        "for something else": good(issuer, header={"typ": "logout+jwt"}),
        "another issuer": good(issuer, iss=issuer.url + "/"),
        "no issuer": good(issuer, iss=None),
        "another audience": good(issuer, aud="web"),
        "no audience": good(issuer, aud=None),
        "no scope": issuer.token(ALICE),
        "another scope": good(issuer, scope="mailing"),
        "no end": good(issuer, exp=None),
        "not yet": good(issuer, nbf=now + 3600),
        "from tomorrow": good(issuer, iat=now + 86400),
        "nobody's": issuer.token(None, scope="mail"),
        "not verified": good(issuer, email_verified=False),
        "nobody here": good(issuer, address("nobody")),
        "somebody else's": good(issuer, BOB),
        "an array": good(issuer, email=[ALICE]),
        "opaque": "bm90aGluZw",
        "a password": PASSWORD,
    }


def restart_vault(server):
    """Limits are forgotten."""
    before = server.processes("vault")
    server.kill_role("vault")
    end = time.monotonic() + 30
    while server.processes("vault") in ([], before):
        assert time.monotonic() < end
        time.sleep(0.05)
    time.sleep(0.5)


def test_wrong_ones(server, issuer):
    config = issuer.url + "/.well-known/openid-configuration"
    for n, (name, token) in enumerate(wrong_tokens(issuer).items()):
        if n % 12 == 0:		# more of one user are too many
            restart_vault(server)
        came, line, said = show(server, "imaps", token)
        assert not came and line.startswith(REFUSED["imaps"]), (name, line)
        assert json.loads(said) == {
            "status": "invalid_token", "schemes": "bearer", "scope": "mail",
            "openid-configuration": config}, name
    assert show(server, "imaps", good(issuer))[0]
    for port in PORTS:
        token = good(issuer, aud="x")
        came, line, said = show(server, port, token, mechanism="XOAUTH2")
        assert not came and line.startswith(REFUSED[port]), line
        assert json.loads(said)["status"] == "401"


def test_expired(server, issuer):
    """It is refused, and is no guess: nobody is locked out by it."""
    restart_vault(server)
    for n in range(25):
        token = good(issuer, exp=int(time.time()) - 70 - n)
        came, line, said = show(server, "imaps", token)
        assert not came and b"invalid_token" in said
    assert show(server, "imaps", good(issuer))[0]


@pytest.mark.parametrize("port", PORTS)
def test_messages(server, issuer, port):
    restart_vault(server)
    with Login(server, port) as login:
        for message in (b"", b"x", b"n,,", b"p=tls-unique,,\1auth=Bearer x\1\1",
                        oauthbearer("x")[:-1], xoauth2("x")):
            if port != "submissions" and login.wire.sock.fileno() < 0:
                break
            said, line = login.begin("OAUTHBEARER")
            said, line = login.respond(message)
            assert json.loads(said)["status"] == "invalid_request", line
            said, line = login.respond(b"\1")
            assert said is None and line.startswith(REFUSED[port]), line
        # It is called off: before the message, and behind the error.
        said, line = login.begin("OAUTHBEARER")
        login.say(b"*")
        assert login.wire.line().startswith((b"501", b"a BAD", b"-ERR"))
        said, line = login.begin("OAUTHBEARER", oauthbearer(good(issuer)))
        assert login.is_in(line)


def test_guessing_ends(server, issuer):
    """Wrong tokens are counted like wrong passwords."""
    restart_vault(server)
    with Login(server, "submissions") as login:
        for n in range(5):
            said, line = login.begin("XOAUTH2", xoauth2(f"guess{n}"))
            said, line = login.respond(b"")
        assert line.startswith(b"421 4.7.0 "), line
    for n in range(120):
        came, line, said = show(server, "imaps", f"guess.guess.gues{n:04}")
        if line.startswith(AWAY["imaps"]):
            break
    assert line.startswith(AWAY["imaps"]), line
    restart_vault(server)
    # The same one again is one guess.
    for _ in range(120):
        came, line, said = show(server, "imaps", "guess.guess.gues")
    assert line.startswith(REFUSED["imaps"])
    assert show(server, "imaps", good(issuer))[0]


def test_nobody_looks_like_somebody(server, issuer):
    """Whoever a wrong token is said to be of, it looks and takes the same; and
    a good one of nobody here as one that is somebody else's."""
    restart_vault(server)
    told, times = set(), {}
    for round in range(8):
        for user in (ALICE, address("nobody"), "x@elsewhere.test"):
            begin = time.monotonic()
            came, line, said = show(server, "imaps", f"wrong{round}", user)
            times.setdefault(user, []).append(time.monotonic() - begin)
            told.add((line, said))
    assert len(told) == 1
    least = [min(t) for t in times.values()]	# a busy machine adds to it
    assert max(least) - min(least) < 0.05, least
    _, line, said = show(server, "imaps", good(issuer, address("nobody")),
                         user=address("nobody"))
    assert (line, said) in told


def test_password_still_works(server):
    for service in ("smtp", "imap", "pop3", "http"):
        assert curl(server, service, PASSWORD)


# ---- HTTP --------------------------------------------------------------------

def bearer(server, token):
    return ask(server, "GET", "/session", {"Authorization":
                                           f"Bearer {token}"})


def test_http(server, issuer):
    restart_vault(server)
    status, headers, body = bearer(server, good(issuer))
    assert status == 200 and json.loads(body) == {"user": ALICE}
    for token in (good(issuer, aud="x"), "x y", "", PASSWORD):
        status, headers, body = bearer(server, token)
        assert status == 401, token
        fields = headers.get_all("WWW-Authenticate")
        assert fields[0].startswith("Basic ")
        assert fields[1] == ('Bearer realm="postern", scope="mail", '
                             'error="invalid_token"')
    status, headers, body = ask(server, "GET", "/session")
    assert headers.get_all("WWW-Authenticate")[1] == (
        'Bearer realm="postern", scope="mail"')
    # JMAP takes it; the account's own things want a sign-in.
    for path, wanted in (("/.well-known/jmap", 200), ("/sessions", 403)):
        headers = {"Authorization": f"Bearer {good(issuer)}"}
        status, _, _ = ask(server, "GET", path, headers)
        if status in (301, 307, 308):
            status, _, _ = ask(server, "GET", "/jmap/session", headers)
        assert status == wanted, path


# ---- programs of others ------------------------------------------------------

def node(script, *args):
    return subprocess.run(
        ["node", str(HERE / "clients" / script), *args], cwd=HERE,
        capture_output=True, text=True, timeout=60).stdout.strip()


def test_nodemailer(server, issuer):
    port = str(server.ports["submissions"])
    said = node("nodemailer_oauth.mjs", port, ALICE, good(issuer), "by token")
    assert said.startswith("250 2."), said
    said = node("nodemailer_oauth.mjs", port, ALICE, good(issuer, aud="x"),
                "x")
    assert said.startswith("EAUTH 535"), said


def test_imapflow(server, issuer):
    port = str(server.ports["imaps"])
    assert node("imapflow_oauth.mjs", port, ALICE,
                good(issuer)).startswith("in ")
    said = node("imapflow_oauth.mjs", port, ALICE, good(issuer, aud="x"))
    assert said.startswith("out AUTHENTICATIONFAILED"), said


@pytest.mark.parametrize("url,port", [("smtps", "submissions"),
                                      ("imaps", "imaps"), ("pop3s", "pop3s")])
def test_curl(server, issuer, url, port):
    restart_vault(server)

    def run(token, mechanism):
        return subprocess.run(
            ["curl", "-sS", "-k", "--max-time", "30",
             *(["-X", "NOOP"] if url == "smtps" else []), "--user", ALICE,
             "--oauth2-bearer", token, "--login-options",
             f"AUTH={mechanism}", f"{url}://127.0.0.1:{server.ports[port]}"],
            capture_output=True, text=True).returncode

    for mechanism in FORMS:
        assert run(good(issuer), mechanism) == 0
        assert run(good(issuer, aud="x"), mechanism) == 67


# ---- beside a second factor; what its owner sees -----------------------------

def test_logins_are_shown(server, issuer):
    before = server.command("account", "logins", BOB, "--json").stdout
    assert not json.loads(before)
    for port in PORTS:
        assert show(server, port, good(issuer, BOB), BOB)[0]
    assert not show(server, "imaps", good(issuer, BOB, aud="web"), BOB)[0]
    rows = logins(server, BOB, 4)
    assert [(r["protocol"], r["result"], r["reason"]) for r, _ in rows] == [
        ("smtp", "ok", ""), ("imap", "ok", ""), ("pop3", "ok", ""),
        ("imap", "failed", "a token that is for somebody else")]
    brief = server.command("account", "logins", BOB).stdout
    assert brief.count(" token") >= 3, brief
    rows = json.loads(server.command("account", "logins", BOB,
                                     "--json").stdout)
    assert [r["mechanism"] for r in rows] == ["OAUTHBEARER"] * 3 + [""]


def test_store_restarts(server, issuer):
    """A session goes on over another store, as long as its token is good."""
    def seconds(n):
        return good(issuer, exp=int(time.time()) - 60 + n)

    with Login(server, "imaps") as login, Login(server, "imaps") as short:
        said, line = login.begin("XOAUTH2", xoauth2(good(issuer)))
        assert login.is_in(line), line
        said, line = short.begin("XOAUTH2", xoauth2(seconds(3)))
        assert short.is_in(line), line
        time.sleep(3.5)
        server.kill_role("store")
        login.say(b"b STATUS INBOX (MESSAGES)")
        assert login.wire.line().startswith(b"* STATUS"), server.tail()
        short.say(b"b STATUS INBOX (MESSAGES)")
        assert not short.wire.line().startswith(b"* STATUS")


# ---- what is asked for it ----------------------------------------------------

def test_keys_are_kept(world):
    """They are fetched once; a new one comes when it is needed; when the issuer
    is away, the old ones go on."""
    issuer = world.issuer()
    with Believer(world, block(issuer)) as server:
        for _ in range(3):
            assert show(server, "imaps", issuer.token(ALICE))[0]
        assert issuer.asked == ["/.well-known/openid-configuration", "/jwks"]
        issuer.broken = True
        assert show(server, "imaps", issuer.token(ALICE))[0]
        # Who shows what nobody has signed has them fetched at most once a
        # minute.
        for n in range(3):
            assert not show(server, "imaps", issuer.token(
                ALICE, key=Key("EdDSA", f"k{n}")))[0]
        assert len(issuer.asked) == 2
        # vault anew: nobody knows any key, and nobody is told it is wrong.
        restart_vault(server)
        for port in PORTS:
            begin = time.monotonic()
            came, line, said = show(server, port, issuer.token(ALICE))
            assert not came and line.startswith(AWAY[port]) and not said, line
            assert time.monotonic() - begin < 8
        assert bearer(server, issuer.token(ALICE))[0] == 503
        failed, = {line.split(" issuer_failed ")[1] for line in
                   server.logged("issuer_failed")}
        assert issuer.url in failed and "404" in failed
        assert curl(server, "imap", PASSWORD)
        # And there again.
        issuer.broken = False
        end = time.monotonic() + 30
        while not show(server, "imaps", issuer.token(ALICE))[0]:
            assert time.monotonic() < end
            time.sleep(0.5)


def test_slow_issuer(world):
    """Nobody waits for ever, and nobody else waits for it."""
    issuer = world.issuer()
    issuer.slow = 60
    with Believer(world, block(issuer)) as server:
        with Login(server, "imaps") as login:
            login.say(b"a AUTHENTICATE XOAUTH2 " + base64.b64encode(
                xoauth2(issuer.token(ALICE))))
            begin = time.monotonic()
            assert curl(server, "imap", PASSWORD)
            assert time.monotonic() - begin < 5
            line = login.wire.line()
            assert line.startswith(AWAY["imaps"]), line
            assert 5 < time.monotonic() - begin < 20


def test_only_whom_it_may(world):
    """Its keys are where the operator says or on its own host; its certificate
    is for its name."""
    issuer, stranger = world.issuer(), world.issuer("other.test")
    issuer.jwks_uri = stranger.url + "/jwks"
    false = world.issuer("id.test", certified="other.test")
    for one, more, why in (
            (issuer, "", "another host"),
            (false, "", "certificate")):
        with Believer(world, block(one, more)) as server:
            came, line, said = show(server, "imaps", one.token(ALICE))
            assert line.startswith(AWAY["imaps"]), line
            assert any(why in x for x in server.logged("issuer_failed")), why
    assert stranger.asked == []
    with Believer(world, block(
            issuer, f'keys-url = "{stranger.url}/jwks"')) as server:
        assert not show(server, "imaps", issuer.token(ALICE))[0]
        assert show(server, "imaps", issuer.token(
            ALICE, key=stranger.keys["ES256"]))[0]
    assert stranger.asked == ["/jwks"]


def test_keys_of_a_file(world):
    """Nobody is asked. A file that is none is told of."""
    issuer = world.issuer()
    keys = world.folder / "issuer.jwks"
    keys.write_text(json.dumps(issuer.jwks()))
    with Believer(world, block(issuer, f'keys = "{keys}"')) as server:
        assert show(server, "imaps", issuer.token(ALICE, alg="RS256"))[0]
        assert not show(server, "imaps", issuer.token(
            ALICE, key=Key("ES256", "es256")))[0]
        # The file is read again with the configuration.
        issuer.keys["RS256"] = Key("RS256", "new")
        assert not show(server, "imaps", issuer.token(ALICE, alg="RS256"))[0]
        keys.write_text(json.dumps(issuer.jwks()))
        server.process.send_signal(signal.SIGHUP)
        end = time.monotonic() + 20
        while not show(server, "imaps",
                       issuer.token(ALICE, alg="RS256"))[0]:
            assert time.monotonic() < end
            time.sleep(0.2)
    assert issuer.asked == []


def test_several_issuers(world):
    """Each for its own domains, and for no others'."""
    ours, theirs = world.issuer(), world.issuer("other.test")
    with Believer(world, block(ours, "domains = example.test"),
                  block(theirs, "domains = other.test")) as server:
        assert show(server, "imaps", ours.token(ALICE))[0]
        assert show(server, "pop3s", ours.token(ALICE), user="")[0]
        for token in (theirs.token(ALICE), theirs.token(ALICE, iss=ours.url),
                      ours.token(ALICE, key=theirs.keys["ES256"])):
            came, line, said = show(server, "imaps", token)
            assert not came and json.loads(said)[
                "openid-configuration"].startswith(ours.url)
        # Of whom it could be nobody says: then no issuer is named.
        came, line, said = show(server, "imaps", "x", user="")
        assert "openid-configuration" not in json.loads(said)


def test_introspection(world):
    """Tokens that nobody can read: their issuer is asked, as who we are."""
    issuer = world.issuer()
    secret = world.folder / "secret"
    secret.write_text(issuer.client[1] + "\n")
    with Believer(world, block(
            issuer, f'introspection = "{issuer.url}/introspect" '
            f'client-id = postern client-secret-file = "{secret}" '
            "domains = example.test claim = username")) as server:
        for port in PORTS:
            token = issuer.opaque(None, username="alice")
            assert show(server, port, token)[0]
            assert show(server, port, token, mechanism="XOAUTH2")[0]
        # What was said is good for a minute.
        assert issuer.asked == ["/introspect"] * 3
        assert issuer.headers[0]["Content-Type"] == \
            "application/x-www-form-urlencoded"
        for token in (issuer.opaque(None, username="bob"),
                      issuer.opaque(None, username="alice", aud="web"),
                      issuer.opaque(None, username="alice", aud=None),
                      issuer.opaque(None, username=ALICE + "x"),
                      issuer.opaque(None, username="alice",
                                    exp=int(time.time()) - 100),
                      issuer.opaque(ALICE), "nothing"):
            came, line, said = show(server, "imaps", token)
            assert not came and line.startswith(REFUSED["imaps"]), line
        # Signed ones are asked about as well, and are known by nobody.
        assert not show(server, "imaps", issuer.token(ALICE))[0]
        issuer.broken = True
        came, line, said = show(server, "imaps", issuer.opaque(
            None, username="alice"))
        assert line.startswith(AWAY["imaps"]), line
        assert show(server, "imaps", token := next(iter(issuer.known)))[0], \
            token
    # No other role is told the password.
    assert issuer.client[1].split(":")[0] not in server.tail(None)


def test_none_is_configured(world):
    """Then there are no such mechanisms."""
    with Believer(world) as server:
        for port in PORTS:
            with Login(server, port) as login:
                assert not {"OAUTHBEARER", "XOAUTH2"} & set(login.offered())
                said, line = login.begin("OAUTHBEARER", oauthbearer("x"))
                assert line.startswith((b"504", b"a NO [CANNOT]", b"-ERR"))
        status, headers, _ = bearer(server, "x")
        assert status == 401
        assert len(headers.get_all("WWW-Authenticate")) == 1


def test_reload(world):
    """An issuer comes and goes with the configuration."""
    issuer = world.issuer()
    with Believer(world) as server:
        assert not bearer(server, issuer.token(ALICE))[0] == 200
        server.blocks = [block(issuer)]
        server.configure()
        server.process.send_signal(signal.SIGHUP)
        end = time.monotonic() + 30
        while bearer(server, issuer.token(ALICE))[0] != 200:
            assert time.monotonic() < end, server.tail()
            time.sleep(0.3)
        assert show(server, "imaps", issuer.token(ALICE))[0]
        server.blocks = []
        server.configure()
        server.process.send_signal(signal.SIGHUP)
        while bearer(server, issuer.token(ALICE))[0] == 200:
            assert time.monotonic() < end, server.tail()
            time.sleep(0.3)
