"""HTTP with programs that people use, who is signed in, and what is lost."""

import base64
import http.client
import json
import subprocess
import time

import pytest
from lib.server import BUILD, PASSWORD, ConfiguredServer, address
from lib.wire import Imap, Wire, client_context

ALICE, BOB = address("alice"), address("bob")
JSON = {"Content-Type": "application/json"}


def connect(server):
    return http.client.HTTPSConnection("127.0.0.1", server.ports["https"],
                                       context=client_context(), timeout=60)


def basic(user=ALICE, password=PASSWORD):
    octets = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"Authorization": f"Basic {octets}"}


def ask(server, method, path, headers=(), body=None, connection=None):
    """(status, fields, body); on a connection of its own if none is given."""
    own = connection or connect(server)
    own.request(method, path, body=body, headers=dict(headers))
    answer = own.getresponse()
    octets = answer.read()
    if connection is None:
        own.close()
    return answer.status, answer.headers, octets


def sign_in(server, user=ALICE, password=PASSWORD):
    """What a page sends from now on."""
    status, fields, octets = ask(
        server, "POST", "/login", JSON,
        json.dumps({"user": user, "password": password}))
    assert status == 200, octets
    return {"Cookie": fields["Set-Cookie"].split(";")[0],
            "X-CSRF-Token": json.loads(octets)["token"]}


def is_in(server, headers):
    return ask(server, "GET", "/session", headers)[0] == 200


def until(what, seconds=20):
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end
        time.sleep(0.1)


# ---- programs ---------------------------------------------------------------

def curl(server, *args):
    return subprocess.run(
        ["curl", "-sS", "--insecure", "--max-time", "30", *args],
        capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("version", ["1.1", "2"])
def test_curl(demo, tmp_path, version):
    url = f"https://127.0.0.1:{demo.ports['https']}"
    status = ["-o", "/dev/null", "-w", "%{http_code} %{http_version}",
              f"--http{version}"]
    assert curl(demo, f"--http{version}", "-u", f"{ALICE}:{PASSWORD}",
                f"{url}/session") == \
        json.dumps({"user": ALICE}, separators=(",", ":")) + "\n"
    assert curl(demo, *status, "-u", f"{ALICE}:x", f"{url}/session") == \
        f"401 {version}"
    assert curl(demo, *status, "--http1.0", f"{url}/x") == "404 1.1"
    assert curl(demo, *status, "-I", f"{url}/x") == f"404 {version}"
    # In chunks, and from a cookie jar.
    jar = tmp_path / "jar"
    said = json.loads(curl(
        demo, "-c", str(jar), f"--http{version}", "-H",
        "Content-Type: application/json", *(
            ["-H", "Transfer-Encoding: chunked"] if version == "1.1" else
            ["-H", "Content-Length:"]), "-d",
        json.dumps({"user": ALICE, "password": PASSWORD}), f"{url}/login"))
    assert json.loads(curl(demo, "-b", str(jar), f"--http{version}",
                           f"{url}/session"))[
        "token"] == said["token"]
    assert curl(demo, *status, "-b", str(jar), "-X", "DELETE", "-H",
                f"X-CSRF-Token: {said['token']}", f"{url}/session") == \
        f"204 {version}"
    # More than it may be: refused before it is sent.
    big = tmp_path / "big"
    big.write_bytes(b"x" * (10 << 20))
    assert curl(demo, *status, "-H", "Content-Type: application/json",
                "--data-binary", f"@{big}", f"{url}/login") == \
        f"413 {version}"
    # From the port without TLS to the one with it.
    assert curl(demo, *status, "-L", "-u", f"{ALICE}:{PASSWORD}",
                "--location-trusted",
                f"http://127.0.0.1:{demo.ports['http']}/session") == \
        f"200 {version}"


def test_http_client(demo):
    """Many requests on one connection, one login."""
    c = connect(demo)
    for _ in range(20):
        status, _, octets = ask(demo, "GET", "/session", basic(), None, c)
        assert (status, json.loads(octets)) == (200, {"user": ALICE})
    c.close()
    status, fields, octets = ask(demo, "GET", "/no/such")
    assert status == 404
    assert json.loads(octets) == {"status": 404, "title": "Not Found"}
    assert fields["X-Content-Type-Options"] == "nosniff"


def test_pipelined(demo):
    wire = Wire(demo.ports["https"], True)
    wire.send(b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n" * 40)
    got = b""
    while got.count(b"HTTP/1.1 404 ") < 40 or not got.endswith(b"}\n"):
        assert wire.more()
        got = bytes(wire.buffer)
    wire.close()


def test_octet_by_octet(demo):
    wire = Wire(demo.ports["https"], True)
    body = b"%x\r\n%b\r\n0\r\n\r\n" % (2, b"{}")
    for octet in (b"POST /login HTTP/1.1\r\nHost: a\r\nContent-Type: "
                  b"application/json\r\nTransfer-Encoding: chunked\r\n\r\n" +
                  body):
        wire.send(bytes([octet]))
    assert wire.line() == b"HTTP/1.1 400 Bad Request"
    wire.close()


# ---- who is signed in --------------------------------------------------------

def test_wrong_passwords_are_slowed_down():
    """As in IMAP, and together with it: vault counts."""
    with ConfiguredServer() as server:
        seen = set()
        for i in range(40):
            seen.add(ask(server, "GET", "/session",
                         basic(BOB, f"wrong{i}"))[0])
            if 429 in seen:
                break
        assert seen == {401, 429}
        # Also with the right one, also by the form.
        status, fields, _ = ask(
            server, "POST", "/login", JSON,
            json.dumps({"user": BOB, "password": PASSWORD}))
        assert status == 429 and int(fields["Retry-After"]) > 0


def test_sessions():
    with ConfiguredServer() as server:
        alice, bob = sign_in(server), sign_in(server, BOB)
        assert is_in(server, alice) and is_in(server, bob)
        # A token is good with its own cookie only.
        mixed = {**alice, "X-CSRF-Token": bob["X-CSRF-Token"]}
        assert ask(server, "DELETE", "/session", mixed)[0] == 403
        # Store is started anew: nobody notices.
        server.kill_role("store")
        assert is_in(server, alice)
        # So is vault, and then store.
        server.kill_role("vault")
        time.sleep(1)
        server.kill_role("store")
        until(lambda: is_in(server, alice))
        # Everywhere is alice's, not bob's.
        second = sign_in(server)
        assert ask(server, "DELETE", "/sessions", second)[0] == 204
        assert not is_in(server, alice) and not is_in(server, second)
        assert is_in(server, bob)
        # Another password ends what began with the old one.
        server.command("account", "passwd", BOB, "--password-stdin",
                       text="quite-another-one\n")
        until(lambda: not is_in(server, bob))
        # What was in the process goes with it, and people sign in anew.
        alice = sign_in(server)
        server.kill_role("web")
        until(lambda: ask_again(server) == 404)
        assert not is_in(server, alice)
        assert is_in(server, sign_in(server))
        log = server.tail(None)
        assert " sign_out " in log and "why=everywhere" in log
        assert PASSWORD not in log and alice["X-CSRF-Token"] not in log


def ask_again(server):
    try:
        return ask(server, "GET", "/x")[0]
    except OSError:
        return None


def test_twenty_each(demo):
    first = sign_in(demo)
    others = [sign_in(demo) for _ in range(20)]
    assert not is_in(demo, first)
    assert all(is_in(demo, one) for one in others)
    assert ask(demo, "DELETE", "/sessions", others[0])[0] == 204


class LimitedServer(ConfiguredServer):
    def configure(self, more=""):
        super().configure("people-per-address = 1\nper-account = 2\n")


def test_limits():
    """Counted together with IMAP, which is another process."""
    with LimitedServer() as server:
        imap = [Imap(server).login("alice") for _ in range(2)]
        assert ask(server, "GET", "/session", basic())[0] == 429
        imap.pop().close()
        until(lambda: ask(server, "GET", "/session", basic())[0] == 200)
        there = [Wire(server.ports["http"]) for _ in range(9)]

        def refused():
            wire = Wire(server.ports["http"])
            there.append(wire)
            wire.send(b"GET / HTTP/1.0\r\n\r\n")
            try:
                return wire.line() is None
            except ConnectionError:
                return True
        until(refused)
        for wire in there:
            wire.close()
        until(lambda: ask_again(server) == 404)


def test_without_listener():
    """Nobody listens for browsers: there is no process for them."""
    class NoWeb(ConfiguredServer):
        def configure(self, more=""):
            super().configure(more)
            lines = self.conf.read_text().splitlines()
            self.conf.write_text("\n".join(
                line for line in lines if "kind = http" not in line) + "\n")

    with NoWeb() as server:
        assert server.processes("web") == []
        assert server.processes("front")


def test_executable_links_little():
    """No SQL, and no IMAP, in the process that parses HTTP."""
    octets = (BUILD / "postern-web").read_bytes()
    assert b"imap_start" not in octets and b"sqlite3_" not in octets
