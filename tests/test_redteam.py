"""Hostile code in each role: everything it tries must be refused.

The hostile roles are built from tests/redteam; each takes the place of one
honest role, behind the same sandbox, in a server whose other roles are honest.
"""

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import pytest

from lib.nsd import Nsd, zone_text
from lib.server import BUILD, free_offset
from lib.sink import Sink

ROLES = ("vault", "store", "mx", "front", "relay", "resolver", "web",
         "errand", "ldap", "pam")
# Attempts each must have made: a role that tried less proves nothing.
LEAST = {"vault": 80, "store": 45, "mx": 124, "front": 82, "relay": 87,
         "resolver": 40, "web": 89, "errand": 35, "ldap": 120, "pam": 40}
LINE = re.compile(r'attempt what=(?P<what>"(?:[^"\\]|\\.)*"|\S+) '
                  r'result=(?P<result>\S+) how=(?P<how>".*"|\S+)')
SECONDS = 60
NOBODY = 65534


def as_user(user):
    if user == os.geteuid():
        return []
    return ["setpriv", f"--reuid={user}", f"--regid={user}",
            "--clear-groups"]


@pytest.fixture(params=["root", "ordinary user"])
def place(request):
    """A scratch folder named in the host name, and who works in it."""
    if request.param == "root" and os.geteuid() != 0:
        pytest.skip("not root")
    user = 0 if request.param == "root" else os.geteuid() or NOBODY
    folder = pathlib.Path(tempfile.mkdtemp(prefix="rt-", dir="/tmp"))
    name = "rt-" + os.urandom(5).hex()
    folder = folder.rename(folder.with_name(name))
    folder.chmod(0o755)
    if user != os.geteuid():
        os.chown(folder, user, user)
    yield folder, user
    shutil.rmtree(folder)


def mix(folder, hostile):
    """A folder of executables in which one role is hostile."""
    there = folder / f"bin-{hostile}"
    there.mkdir(exist_ok=True)
    for program in ("postern", "postern-master"):
        shutil.copy2(BUILD / program, there / program)
    for role in ROLES:
        name = f"postern-{role}"
        source = BUILD / "tests" / "redteam" if role == hostile else BUILD
        shutil.copy2(source / name, there / name)
    return there


def write_config(folder, more=""):
    offset = free_offset()
    path = folder / "postern.conf"
    # RFC 8037 A.2: tests/redteam/bearer.c has what its other half has signed.
    (folder / "issuer.jwks").write_text(json.dumps({"keys": [{
        "kty": "OKP", "crv": "Ed25519",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}))
    path.write_text(
        f"hostname = {folder.name}.test\n"
        # Mail about logins from afar would be mail that nobody sent.
        "login-notes = false\n"
        # So that web has front as a peer.
        "https-alpn = true\n"
        "data = data\n"
        "mx-workers = 2\nfront-workers = 1\n"
        f"listen {{ kind = smtp address = localhost port = {25 + offset} }}\n"
        f"listen {{ kind = imaps address = localhost port = {993 + offset} }}"
        "\n"
        f"listen {{ kind = https address = localhost port = {7443 + offset} }}"
        '\noauth { issuer = "https://id.nowhere.test" audience = mail '
        f"keys = issuer.jwks }}\n{more}")
    return path


# Where nobody listens: what is sent there stays in the queue.
NOWHERE = "".join(
    f'route "{name}.test" {{ host = "[127.0.0.1]" port = 2 private = true }}\n'
    for name in ("first", "second"))


def postern(folder, user, *args, text=None):
    return subprocess.run(
        [*as_user(user), str(BUILD / "postern"), *args,
         "--data", str(folder / "data")], input=text,
        capture_output=True, text=True, timeout=60, check=True).stdout


def wait_for(log, what, seconds=30):
    end = time.monotonic() + seconds
    while what not in (text := log.read_text(errors="replace")):
        assert time.monotonic() < end, text[-3000:]
        time.sleep(0.02)
    return text


@contextlib.contextmanager
def honest(folder, user, more=""):
    """A server without any hostile role."""
    log = folder / "log-honest"
    with open(log, "wb") as out:
        server = subprocess.Popen(
            [*as_user(user), str(BUILD / "postern"), "run", "--config",
             str(write_config(folder, more))],
            stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    try:
        wait_for(log, " ready ")
        yield log
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(20) == 0


def send(folder, user, *to):
    postern(folder, user, "send", "--from", "alice@example.test",
            "--subject", "hello", *to, text="words\n")


def rows(folder, user):
    """What is in the queue on hold: nobody was given it."""
    return json.loads(postern(folder, user, "queue", "list", "--held",
                              "--json") or "[]")


class Nothing:
    """What a hostile role needs around it, before and while it runs."""

    config = ""

    def __init__(self, folder, user):
        self.folder, self.user = folder, user

    def before(self):
        pass

    def during(self, log):
        pass

    def after(self):
        pass

    def end(self):
        pass


class Queue(Nothing):
    """One message for relay to be given, and one that it never is."""

    config = NOWHERE

    def before(self):
        with honest(self.folder, self.user, NOWHERE):
            send(self.folder, self.user, "a@second.test")
            self._queue("hold", "--domain", "second.test")
            send(self.folder, self.user, "a@first.test")
            self.held = rows(self.folder, self.user)
        assert len(self.held) == 1

    def _queue(self, *args):
        postern(self.folder, self.user, "queue", *args)

    def during(self, log):
        wait_for(log, "takes kind=1")
        self._queue("retry", "--domain", "first.test")

    def after(self):
        with honest(self.folder, self.user, NOWHERE):
            # Time stands still for what is held: it may be here for longer.
            assert [{**r, "expires": 0} for r in rows(
                self.folder, self.user)] == [{**r, "expires": 0}
                                             for r in self.held]


class Names(Nothing):
    """Mail to many domains, so that relay asks for many names."""

    def during(self, log):
        wait_for(log, "info lies")
        for i in range(30):
            with contextlib.suppress(subprocess.CalledProcessError):
                send(self.folder, self.user, f"x@d{i}.test")


class Hop(Nothing):
    """A next hop that takes whatever a hostile store has relay send."""

    def __init__(self, folder, user):
        super().__init__(folder, user)
        port = 26 + free_offset()
        self.sink = Sink("127.0.0.1", port).start()
        self.config = (f'route "*" {{ host = "[127.0.0.1]" port = {port} '
                       "private = true }\n")

    def end(self):
        self.sink.stop()


class Policy(Nothing):
    """Mail to a domain with a policy: errand runs when somebody asks it."""

    def __init__(self, folder, user):
        super().__init__(folder, user)
        self.dns = Nsd()
        self.dns.add_zone("far.test", zone_text(
            "far.test", [(1, "mail")], {"mail": "127.0.0.1"},
            '_mta-sts TXT "v=STSv1; id=1"'))
        self.dns.start()
        self.config = (self.dns.configuration() +
                       "relay { port = 2 private = true }\n")

    def during(self, log):
        wait_for(log, " ready ")
        send(self.folder, self.user, "a@far.test")

    def end(self):
        self.dns.stop()


class Directory(Nothing):
    """One that nobody is: ldap runs where there is said to be one."""

    config = ('ldap { server = "[127.0.0.1]" port = 2 tls = none '
              'base = "dc=test" }\n')


class Pam(Nothing):
    """It runs where passwords of this machine are asked for."""

    config = "pam { }\n"


class Bound(Nothing):
    """Carol has a certificate, whose key tests/redteam/external.c knows."""

    config = "client-certificates = true\ncram-md5 = true\n"

    def before(self):
        carol = "carol@example.test"
        key = self.folder / "carol.pem"
        key.write_text("-----BEGIN PUBLIC KEY-----\n"
                       "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcH"
                       "URo=\n-----END PUBLIC KEY-----\n")
        key.chmod(0o644)
        with honest(self.folder, self.user):
            postern(self.folder, self.user, "account", "add", carol,
                    "--password-stdin", text="somebody else's\n")
            postern(self.folder, self.user, "account", "app-password", "add",
                    carol, "Laptop", "--certificate", str(key))
            # She is told of it.
            for _ in range(300):
                if number(people(self.folder, self.user), "carol") > 0:
                    return
                time.sleep(0.1)
            raise AssertionError("no note")


AROUND = {"front": Bound, "relay": Queue, "resolver": Names, "store": Hop,
          "errand": Policy, "ldap": Directory, "pam": Pam}


def attack(folder, user, hostile, workers, around):
    """Run until every hostile worker has done its worst, and been ended."""
    there = mix(folder, hostile)
    log = folder / f"log-{hostile}"
    with open(log, "wb") as out:
        server = subprocess.Popen(
            [*as_user(user), str(there / "postern"), "run", "--config",
             str(write_config(folder, around.config))],
            stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        try:
            around.during(log)
            text = wait_done(server, log, workers)
        finally:
            with contextlib.suppress(ProcessLookupError):
                server.send_signal(signal.SIGTERM)
            code = server.wait(20)
    assert code == 0, f"master did not survive:\n{text[-3000:]}"
    return text


def wait_done(server, log, workers):
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        text = log.read_text(errors="replace")
        if len(set(re.findall(r"attacks done index=(\d+)", text))) >= workers \
                and "role_died" in text.split("attacks done", 1)[1]:
            return text
        assert server.poll() is None, "master is gone:\n" + text[-3000:]
        time.sleep(0.05)
    raise AssertionError("the attacks did not end:\n" + text[-3000:])


def people(folder, user):
    """What an honest server finds afterwards."""
    return json.loads(postern(folder, user, "account", "list", "--json"))


def died_of_attack(text, role):
    """Honest roles that died while others attacked."""
    died = re.findall(r"role_died role=([a-z]+)", text)
    return [name for name in died if name != role]


def show(role, rows):
    print(f"\n== hostile {role}", file=sys.stderr)
    for what, result, how in dict.fromkeys(rows):
        print(f"  {what:50} {result:10} {how}", file=sys.stderr)


def attempts(text):
    """(what, result, how) of each. A kernel without rules for TCP ports lets
    a role that may dial dial anybody: the master says so."""
    found = [(m["what"].strip('"'), m["result"], m["how"].strip('"'))
             for m in map(LINE.search, text.splitlines()) if m]
    if "landlock-network" in text:
        found = [row for row in found if "port" not in row[0]]
    return found


def number(found, person):
    """Of messages that the person has."""
    return next(p["messages"] for p in found
                if p["address"].startswith(person))


def make_people(folder, user):
    subprocess.run(
        [*as_user(user), str(BUILD / "postern"), "demo", "--once",
         "--data", str(folder / "data"), "--port-offset", str(free_offset())],
        check=True, stdin=subprocess.DEVNULL, capture_output=True,
        timeout=60)


@pytest.mark.parametrize("role", ROLES)
def test_everything_is_refused(place, role):
    folder, user = place
    make_people(folder, user)
    around = AROUND.get(role, Nothing)(folder, user)
    try:
        around.before()
        before = people(folder, user)
        text = attack(folder, user, role, 2 if role == "mx" else 1, around)
        around.after()
    finally:
        around.end()
    found = attempts(text)
    show(role, found)
    assert [row for row in found if row[1] != "refused"] == []
    assert len({row[0] for row in found}) >= LEAST[role]
    assert died_of_attack(text, role) == []
    after = people(folder, user)
    if role == "relay":     # the sender gets what it says is a report
        assert number(after, "alice") == number(before, "alice") + 1
    if role == "web":       # he is told of the second factor that came and went
        assert number(after, "bob") - number(before, "bob") in range(3)
    other = {"relay": "alice", "resolver": "alice", "web": "bob"}.get(role)
    after, before = (
        [p for p in both if not other or not p["address"].startswith(other)]
        for both in (after, before))
    assert after == before


def test_a_program_on_this_machine(place):
    """It may submit. Whatever else it asks for is refused, and what it may
    ask for has bounds."""
    folder, user = place
    make_people(folder, user)
    before = people(folder, user)
    with honest(folder, user) as log:
        done = subprocess.run(
            [*as_user(NOBODY if os.geteuid() == 0 else user),
             str(BUILD / "tests" / "redteam" / "redteam-local"),
             str(folder / "data")], capture_output=True, text=True,
            timeout=120)
        assert done.returncode == 0, done.stderr[-3000:]
        text = log.read_text()
    found = attempts(done.stderr)
    show("program", found)
    assert [row for row in found if row[1] != "refused"] == []
    assert len({row[0] for row in found}) >= 70
    assert "role_died" not in text
    for role in "store", "vault":   # and it is said who was thrown out
        assert re.search(rf"{role} warn thrown_out who=local index=\d+ why=\S",
                         text)
    assert people(folder, user) == before
