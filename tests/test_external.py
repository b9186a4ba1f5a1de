"""EXTERNAL, by certificates that are bound to accounts, and CRAM-MD5, by app
passwords that were made for it: in each protocol, and by real programs."""

import base64
import hmac
import imaplib
import json
import poplib
import smtplib
import socket
import ssl
import subprocess
import time

import pytest
from lib import wire
from lib.scram import Login
from lib.server import PASSWORD, ConfiguredServer, address
from lib.wire import Wire, client_context
from test_app_passwords import add, curl, listed, remove

ALICE, BOB = address("alice"), address("bob")
PORTS = ["submissions", "imaps", "pop3s"]
SERVICES = {"submissions": "smtp", "imaps": "imap", "pop3s": "pop3"}
REFUSED = {"submissions": b"535 5.7.8 ", "imaps": b"a NO [AUTHENTICATIONFAIL",
           "pop3s": b"-ERR [AUTH] "}
UNKNOWN = {"submissions": b"504 ", "imaps": b"a NO [CANNOT]",
           "pop3s": b"-ERR Unknown"}
LATER = {"submissions": b"454 4.7.0 ", "imaps": b"a NO [UNAVAILABLE]",
         "pop3s": b"-ERR [SYS/TEMP]"}
ON = "client-certificates = true\ncram-md5 = true\n"


class Certificates(ConfiguredServer):
    def configure(self, more=""):
        super().configure(more + ON)


@pytest.fixture(scope="module")
def server():
    with Certificates() as s:
        yield s


def certificate(folder, name, *how):
    """A certificate of one's own, and its key, in a file each."""
    pem, key = folder / f"{name}.pem", folder / f"{name}.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-nodes", "-subj", f"/CN={name}",
         *(how or ["-newkey", "ec", "-pkeyopt",
                   "ec_paramgen_curve:prime256v1"]),
         "-days", "1", "-keyout", key, "-out", pem], check=True,
        capture_output=True)
    return pem, key


@pytest.fixture(scope="module")
def pair(tmp_path_factory, server):
    pair = certificate(tmp_path_factory.mktemp("alice"), "alice")
    bind(server, "Laptop", pair[0])
    return pair


def bind(server, label, pem, *options, who=ALICE, check=True):
    return server.command("account", "app-password", "add", who, label,
                          "--certificate", str(pem), *options, check=check)


class Shown(Login):
    """A connection in which a certificate is shown; or none."""

    def __init__(self, server, port, pair=None, version=None):
        self.context = client_context()
        if pair:
            self.context.load_cert_chain(*map(str, pair))
        if version:
            self.context.minimum_version = version
            self.context.maximum_version = version
        before = wire.client_context
        wire.client_context = lambda: self.context
        try:
            super().__init__(server, port)
        finally:
            wire.client_context = before

    def external(self, user=b"", initial=True):
        """Is somebody in, and the last line."""
        if initial:
            verb = b"a AUTHENTICATE" if self.port == "imaps" else b"AUTH"
            self.say(verb + b" EXTERNAL "
                     + (base64.b64encode(user) or b"="))
            said, line = self.challenge()
        else:
            said, line = self.begin("EXTERNAL")
            assert said == b"", line
            said, line = self.respond(user)
        assert said is None
        return self.is_in(line), line


VERSIONS = [ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_2]


@pytest.mark.parametrize("port", PORTS)
@pytest.mark.parametrize("version", VERSIONS)
def test_who_comes_in(server, pair, port, version):
    for initial in True, False:
        for user in b"", ALICE.encode(), ALICE.upper().encode():
            with Shown(server, port, pair, version) as login:
                assert "EXTERNAL" in login.offered()
                good, line = login.external(user, initial)
                assert good, line
    with Shown(server, port, pair, version) as login:
        assert login.external()[0]
        login.say({"submissions": b"MAIL FROM:<" + ALICE.encode() + b">",
                   "imaps": b"b SELECT INBOX", "pop3s": b"STAT"}[port])
        assert login.wire.line().startswith((b"250", b"* ", b"+OK"))


@pytest.mark.parametrize("port", PORTS)
@pytest.mark.parametrize("version", VERSIONS)
def test_who_does_not(server, pair, tmp_path, port, version):
    # Who shows nothing is not told of it, and comes in by what they know.
    with Shown(server, port, None, version) as login:
        assert "EXTERNAL" not in login.offered()
        good, line = login.external()
        assert not good and line.startswith(UNKNOWN[port]), line
        first = f"\0{ALICE}\0{PASSWORD}".encode()
        assert login.is_in(login.begin("PLAIN", first)[1])
    # Somebody else, nobody, what is no name; and no other try after it.
    for user in (BOB.encode(), b"nobody@example.test", b"x\0y", b"\xff",
                 b"a" * 321):
        with Shown(server, port, pair, version) as login:
            good, line = login.external(user)
            assert not good and line.startswith(REFUSED[port]), line
            if b"@" in user:
                assert not login.external()[0]
                if port != "submissions":
                    assert "EXTERNAL" not in login.offered()
    # A certificate of nobody's.
    other = certificate(tmp_path, "alice")
    for user in ALICE.encode(), b"":
        with Shown(server, port, other, version) as login:
            assert "EXTERNAL" in login.offered()
            good, line = login.external(user)
            assert not good and line.startswith(REFUSED[port]), line


def test_vault_begins_again(server, pair):
    """It knows of no handshake from before; that is nobody's fault."""
    logins = [Shown(server, port, pair) for port in PORTS]
    for login in logins:
        login.offered()
    server.kill_role("vault")
    for port, login in zip(PORTS, logins):
        with login:
            good, line = login.external(ALICE.encode())
            assert not good and line.startswith(LATER[port]), line
        with Shown(server, port, pair) as again:
            assert again.external(ALICE.encode())[0]


def test_same_key_other_certificate(server, pair, tmp_path):
    """It is renewed: what is known is the key."""
    again = tmp_path / "again.pem"
    subprocess.run(["openssl", "req", "-x509", "-key", pair[1], "-subj",
                    "/CN=somebody else", "-days", "1", "-out", again],
                   check=True, capture_output=True)
    with Shown(server, "imaps", (again, pair[1])) as login:
        assert login.external()[0]


@pytest.mark.parametrize("how", [
    ["-newkey", "rsa:2048"], ["-newkey", "ed25519"],
    ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:secp384r1"]])
def test_kinds_of_keys(server, tmp_path, how):
    pair = certificate(tmp_path, "x", *how)
    bind(server, "Kind", pair[0])
    # TLS 1.2 has one list of curves, for both sides.
    for version in VERSIONS[:1] if "384" in how[-1] else VERSIONS:
        with Shown(server, "imaps", pair, version) as login:
            assert login.external()[0]
    remove(server, "Kind")


def test_limits(server, tmp_path):
    """It is an app password: services, a time, a list, a use, an end."""
    one = certificate(tmp_path, "one")
    bind(server, "One", one[0], "--for", "imap")
    for port in PORTS:
        with Shown(server, port, one) as login:
            assert login.external()[0] == (port == "imaps")
    row, = [r for r in listed(server) if r["label"] == "One"]
    assert row["kind"] == "certificate" and row["for"] == "imap"
    assert row["from"] == "127.0.0.1" and row["by"] == "imap"
    # It is there already; and is another's as well: then who?
    done = bind(server, "Two", one[0], check=False)
    assert done.returncode and "already" in done.stderr
    bind(server, "Bob's", one[0], who=BOB)
    for user, want in ((b"", False), (ALICE.encode(), True),
                       (BOB.encode(), True)):
        with Shown(server, "imaps", one) as login:
            assert login.external(user)[0] == want
    # Who came in by it is out with it.
    with Shown(server, "imaps", one) as login:
        assert login.external(ALICE.encode())[0]
        remove(server, "One")
        login.say(b"b SELECT INBOX")
        assert login.wire.line().startswith((b"* BYE", b"b NO"))
    with Shown(server, "imaps", one) as login:
        assert not login.external(ALICE.encode())[0]
    remove(server, "Bob's", who=BOB)
    said = json.loads(bind(server, "Json", one[0], "--json").stdout)
    assert said == {"added": "Json", "kind": "certificate"}
    remove(server, "Json")


def public_key_of_rsa(bits):
    """One that long, in PEM; it takes too long to make a real one."""
    def der(tag, octets):
        n = len(octets)
        return bytes([tag, 0x82]) + n.to_bytes(2, "big") + octets

    number = b"\0" + b"\xff" * (bits // 8)
    key = der(0x30, der(2, number) + b"\2\3\1\0\1")
    kind = bytes.fromhex("300d06092a864886f70d0101010500")
    spki = der(0x30, kind + der(3, b"\0" + key))
    return ("-----BEGIN PUBLIC KEY-----\n" + base64.encodebytes(spki).decode()
            + "-----END PUBLIC KEY-----\n")


def test_what_is_no_certificate(server, tmp_path, pair):
    for text in ("", "x", "-----BEGIN CERTIFICATE-----\nAAAA\n"
                 "-----END CERTIFICATE-----\n", pair[1].read_text()):
        (tmp_path / "x.pem").write_text(text)
        done = bind(server, "None", tmp_path / "x.pem", check=False)
        assert done.returncode and "no certificate" in done.stderr
    weak = certificate(tmp_path, "weak", "-newkey", "rsa:1024")
    done = bind(server, "Weak", weak[0], check=False)
    assert done.returncode and "2048" in done.stderr
    big = tmp_path / "big.pem"
    big.write_text(public_key_of_rsa(16384))
    done = bind(server, "Big", big, check=False)
    assert done.returncode and "8192" in done.stderr, done.stderr
    done = bind(server, "Web", pair[0], "--for", "http", check=False)
    assert done.returncode and "imap, pop3 and smtp" in done.stderr


def test_history(server, pair):
    with Shown(server, "imaps", pair) as login:
        assert login.external()[0]
    log = server.log.read_text(errors="replace")
    assert f"user={ALICE} mechanism=EXTERNAL result=ok" in log
    # The journal is written about once a second.
    for _ in range(50):
        rows = json.loads(server.command("account", "logins", ALICE,
                                         "--json").stdout)
        if any(r.get("app-password") == "Laptop"
               for r in rows):
            return
        time.sleep(0.1)
    raise AssertionError(rows)


@pytest.mark.parametrize("version", VERSIONS)
def test_resumed(server, pair, version):
    """Who shows a certificate gets no ticket: each handshake is a whole one."""
    context = client_context()
    context.minimum_version = context.maximum_version = version
    context.load_cert_chain(*map(str, pair))
    with Shown(server, "imaps", pair, version) as login:
        assert login.external()[0]
        session = login.wire.sock.session
        assert not session.has_ticket
    # Others do, and come again by it; then they have shown nothing.
    bare = client_context()
    bare.minimum_version = bare.maximum_version = version
    with bare.wrap_socket(socket.create_connection(
            ("127.0.0.1", server.ports["imaps"]))) as first:
        first.recv(100)
        session = first.session
    assert session.has_ticket
    with bare.wrap_socket(socket.create_connection(
            ("127.0.0.1", server.ports["imaps"])),
            session=session) as again:
        assert again.session_reused
        assert b"EXTERNAL" not in again.recv(4096)


def test_nobody_is_asked(tmp_path):
    """Where the option is not set: neither asked, nor in by one."""
    pair = certificate(tmp_path, "x")
    with ConfiguredServer() as server:
        bind(server, "Laptop", pair[0])
        done = subprocess.run(
            ["openssl", "s_client", "-connect",
             f"127.0.0.1:{server.ports['imaps']}"], input="a LOGOUT\r\n",
            capture_output=True, text=True, timeout=60)
        assert "No client certificate CA names sent" in done.stdout
        assert "Requested Signature Algorithms" not in done.stdout
        with Shown(server, "imaps", pair) as login:
            assert "EXTERNAL" not in login.offered()
            assert "CRAM-MD5" not in login.offered()
            assert login.external()[1].startswith(UNKNOWN["imaps"])
            assert login.begin("CRAM-MD5")[1].startswith(UNKNOWN["imaps"])


@pytest.mark.parametrize("kind, offered", [("rsa:2048", True),
                                           ("ed25519", False)])
def test_kinds_of_the_server(tmp_path, kind, offered):
    """Signatures that are the same each time prove nothing of this one."""
    pair = certificate(tmp_path, "x")
    chain, key = certificate(tmp_path, "server", "-newkey", kind)

    class Other(Certificates):
        def configure(self, more=""):
            super().configure(
                more + f'certificate {{ chain = "{chain}" key = "{key}" }}\n')

    with Other() as server:
        bind(server, "Laptop", pair[0])
        for version in VERSIONS:
            with Shown(server, "imaps", pair, version) as login:
                assert ("EXTERNAL" in login.offered()) == offered
                good, line = login.external()
                assert good == offered, line
                assert good or line.startswith(UNKNOWN["imaps"]), line
        # TLS 1.2 with PKCS #1, as who has nothing better does.
        done = subprocess.run(
            ["openssl", "s_client", "-tls1_2", "-quiet", "-ign_eof",
             "-sigalgs", "RSA+SHA256:ECDSA+SHA256:ed25519",
             "-cert", pair[0], "-key", pair[1],
             "-connect", f"127.0.0.1:{server.ports['imaps']}"],
            input="a CAPABILITY\r\nb LOGOUT\r\n", capture_output=True,
            text=True, timeout=60)
        assert "b OK" in done.stdout, done.stdout + done.stderr
        assert "EXTERNAL" not in done.stdout


# CRAM-MD5 --------------------------------------------------------------------

@pytest.fixture(scope="module")
def device(server):
    return add(server, "Scanner", "--cram-md5")


def digest(password, challenge):
    return hmac.new(password.encode(), challenge, "md5").hexdigest().encode()


@pytest.mark.parametrize("port", PORTS)
def test_cram(server, device, port):
    seen = set()
    for user, password, want in (
            (ALICE, device, True), (ALICE.upper(), device, True),
            (ALICE, PASSWORD, False), (BOB, device, False),
            ("nobody@example.test", device, False)):
        with Shown(server, port) as login:
            assert "CRAM-MD5" in login.offered()
            challenge, line = login.begin("CRAM-MD5")
            assert challenge.startswith(b"<") and challenge.endswith(b">")
            seen.add(challenge)
            said, line = login.respond(user.encode() + b" "
                                       + digest(password, challenge))
            assert said is None and login.is_in(line) == want, line
            if not want:
                assert line.startswith(REFUSED[port])
                assert line.endswith(b"Wrong user or password")
    assert len(seen) == 5
    with Shown(server, port) as login:
        # What stood for one challenge is worth nothing for another.
        challenge, _ = login.begin("CRAM-MD5")
        old = ALICE.encode() + b" " + digest(device, challenge)
        assert not login.is_in(login.respond(b"x")[1])
        login.begin("CRAM-MD5")
        assert login.respond(old)[1].startswith(REFUSED[port])
        # The server begins.
        line = login.begin("CRAM-MD5", b"x")[1]
        assert line.startswith({"submissions": b"501 5.7.0", "imaps": b"a BAD",
                                "pop3s": b"-ERR"}[port]), line
        login.begin("CRAM-MD5")
        login.say(b"*")
        assert login.wire.line().startswith((b"501", b"a BAD", b"-ERR"))


def test_cram_in_clear(server, device):
    clear = Wire(server.ports["imap"])
    clear.line()
    clear.send(b"a CAPABILITY\r\n")
    assert b"CRAM" not in clear.line()
    clear.line()
    clear.send(b"b AUTHENTICATE CRAM-MD5\r\n")
    assert clear.line().startswith(b"b NO [PRIVACYREQUIRED]")


def test_cram_also_otherwise(server, device):
    """It is an app password like others; others are not for CRAM-MD5."""
    for service in "imap", "pop3", "smtp", "http":
        assert curl(server, service, device)
    other = add(server, "Other")
    with Shown(server, "imaps") as login:
        challenge, _ = login.begin("CRAM-MD5")
        line = login.respond(ALICE.encode() + b" "
                             + digest(other, challenge))[1]
        assert line.startswith(REFUSED["imaps"])
    kinds = {r["label"]: r["kind"] for r in listed(server)}
    assert kinds["Scanner"] == "cram-md5" and kinds["Other"] == "password"
    remove(server, "Other")


# Real programs ---------------------------------------------------------------

def ok(done):
    assert done.returncode == 0, done.stdout + done.stderr


def run(*args, text=""):
    return subprocess.run([str(a) for a in args], capture_output=True,
                          text=True, input=text, timeout=60)


@pytest.mark.parametrize("protocol", ["smtp", "imap"])
def test_gsasl(server, pair, device, protocol):
    port = {"smtp": "submission", "imap": "imap"}[protocol]

    def gsasl(*more):
        return run("gsasl", f"--{protocol}", "--verbose", "--starttls",
                   f"--connect=127.0.0.1:{server.ports[port]}",
                   "--x509-ca-file=", *more)

    external = ["--mechanism", "EXTERNAL", f"--x509-cert-file={pair[0]}",
                f"--x509-key-file={pair[1]}"]
    ok(gsasl(*external, "--authorization-id", ALICE))
    assert gsasl(*external, "--authorization-id", BOB).returncode != 0
    cram = ["--mechanism", "CRAM-MD5", "--authentication-id", ALICE,
            "--password"]
    ok(gsasl(*cram, device))
    assert gsasl(*cram, PASSWORD).returncode != 0


def test_swaks(server, device):
    def swaks(password):
        return run("swaks", "--server", "127.0.0.1", "--port",
                   server.ports["submission"], "--tls", "--auth", "CRAM-MD5",
                   "--auth-user", ALICE, "--auth-password", password,
                   "--from", ALICE, "--to", BOB)

    ok(swaks(device))
    assert swaks(PASSWORD).returncode != 0


def test_msmtp(server, pair, device):
    def msmtp(*more):
        return run("msmtp", "--host=127.0.0.1", "--tls=on",
                   "--tls-starttls=on", "--tls-certcheck=off",
                   f"--port={server.ports['submission']}",
                   f"--from={ALICE}", *more, BOB, text="Subject: x\n\nHello\n")

    cert = [f"--tls-cert-file={pair[0]}", f"--tls-key-file={pair[1]}",
            "--auth=external"]
    ok(msmtp(*cert, f"--user={ALICE}"))
    assert msmtp(*cert, f"--user={BOB}").returncode != 0
    assert msmtp("--auth=external", f"--user={ALICE}").returncode != 0
    ok(msmtp("--auth=cram-md5", f"--user={ALICE}",
             f"--passwordeval=echo '{device}'"))


@pytest.mark.parametrize("url,more", [
    ("imaps", []), ("pop3s", []), ("smtps", ["-X", "NOOP"])])
def test_curl(server, pair, url, more):
    port = server.ports[url if url != "smtps" else "submissions"]

    def try_it(*cert, user=ALICE):
        return run("curl", "-sS", "-k", "--max-time", "30", *more,
                   "--login-options", "AUTH=EXTERNAL", "--user", f"{user}:",
                   *cert, f"{url}://127.0.0.1:{port}/")

    cert = ["--cert", pair[0], "--key", pair[1]]
    ok(try_it(*cert))
    assert try_it(*cert, user=BOB).returncode != 0
    assert try_it().returncode != 0


def test_python(server, pair, device):
    context = client_context()
    context.load_cert_chain(*map(str, pair))
    with imaplib.IMAP4_SSL("127.0.0.1", server.ports["imaps"],
                           ssl_context=context) as imap:
        assert "AUTH=EXTERNAL" in imap.capabilities
        assert imap.authenticate("EXTERNAL", lambda _: b"")[0] == "OK"
    with imaplib.IMAP4("127.0.0.1", server.ports["imap"]) as imap:
        assert "AUTH=EXTERNAL" not in imap.capabilities
        imap.starttls(context)
        assert "AUTH=EXTERNAL" in imap.capabilities
        assert imap.authenticate("EXTERNAL", lambda _: ALICE.encode())[0] \
            == "OK"
    with imaplib.IMAP4_SSL("127.0.0.1", server.ports["imaps"],
                           ssl_context=client_context()) as imap:
        assert imap.login_cram_md5(ALICE, device)[0] == "OK"
    with smtplib.SMTP("127.0.0.1", server.ports["submission"]) as smtp:
        smtp.starttls(context=client_context())
        smtp.ehlo()
        smtp.user, smtp.password = ALICE, device
        assert smtp.auth("CRAM-MD5", smtp.auth_cram_md5,
                         initial_response_ok=False)[0] == 235
    pop = poplib.POP3_SSL("127.0.0.1", server.ports["pop3s"],
                          context=context)
    assert "EXTERNAL" in pop.capa()["SASL"]
    assert pop._shortcmd("AUTH EXTERNAL =").startswith(b"+OK")
    pop.quit()
