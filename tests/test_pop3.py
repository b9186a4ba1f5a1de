"""POP3 with programs that people use, several sessions, and failures."""

import contextlib
import os
import os
import pathlib
import poplib
import shutil
import subprocess
import tempfile
import time

import pytest
from lib.server import DOMAIN, PASSWORD, ConfiguredServer, address
from lib.wire import Imap, Wire, client_context, crlf

ALICE = address("alice")
MESSAGES = [
    b"Subject: one\r\n\r\n.\r\n..two\r\nlast\r\n",
    b"Subject: two\r\nX-Long: " + b"x" * 900 + b"\r\n\r\nGr\xc3\xbc\xc3\x9fe\r\n",
    b"Subject: three\r\n\r\n" + b"0123456789 \r\n" * 100000,
]


def fill(server, person="alice", messages=MESSAGES):
    imap = Imap(server).login(person)
    for octets in messages:
        imap.ask(b"APPEND INBOX {%d+}\r\n" % len(octets) + octets)
    imap.close()


def left(server, person="alice"):
    imap = Imap(server).login(person)
    imap.select()
    bodies = imap.bodies()
    imap.close()
    return bodies


class Pop3(Wire):
    """Commands and answers of one session that is logged in."""

    def __init__(self, server, person="alice"):
        super().__init__(server.ports["pop3s"], True)
        assert self.line().startswith(b"+OK ")
        self.user, self.greeting = address(person), None

    def ask(self, command, want=b"+OK"):
        self.send(command.encode() + b"\r\n")
        line = self.line()
        assert line is not None and line.startswith(want), (command, line)
        return line

    def login(self, want=b"+OK"):
        self.ask(f"USER {self.user}")
        self.ask(f"PASS {PASSWORD}", want)
        return self


def until(what, seconds=20):
    end = time.monotonic() + seconds
    while True:
        try:
            return what()
        except (AssertionError, OSError):
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


# ---- programs ---------------------------------------------------------------

@pytest.mark.parametrize("tls", ["pop3s", "stls"])
def test_poplib(empty_demo, tls):
    fill(empty_demo)
    if tls == "pop3s":
        box = poplib.POP3_SSL("127.0.0.1", empty_demo.ports["pop3s"],
                              context=client_context())
    else:
        box = poplib.POP3("127.0.0.1", empty_demo.ports["pop3"])
        with pytest.raises(poplib.error_proto, match="Only inside TLS"):
            box.user(ALICE)
        box.stls(client_context())
    assert "USER" in box.capa() and "TOP" in box.capa()
    box.user(ALICE)
    box.pass_(PASSWORD)
    assert box.stat() == (3, sum(map(len, MESSAGES)))
    sizes = [int(line.split()[1]) for line in box.list()[1]]
    for n, octets in enumerate(MESSAGES, 1):
        _, lines, count = box.retr(n)
        assert b"".join(line + b"\r\n" for line in lines) == octets
        assert count == len(octets) == sizes[n - 1]
        assert box.top(n, 0)[1][-1] == b""
    ids = [line.split()[1] for line in box.uidl()[1]]
    assert len(set(ids)) == 3
    box.dele(1)
    assert box.stat()[0] == 2
    box.rset()
    box.dele(2)
    box.quit()
    assert left(empty_demo) == [MESSAGES[0], MESSAGES[2]]


@pytest.mark.parametrize("scheme,port,tls", [
    ("pop3", "pop3", ["--ssl-reqd"]), ("pop3s", "pop3s", [])])
def test_curl(empty_demo, scheme, port, tls):
    fill(empty_demo)
    curl = ["curl", "-sS", "-k", *tls, "--user", f"{ALICE}:{PASSWORD}"]
    url = f"{scheme}://127.0.0.1:{empty_demo.ports[port]}/"

    def run(*args):
        return subprocess.run([*curl, *args], capture_output=True,
                              check=True, timeout=60).stdout

    assert run(url).split() == [
        word for n, m in enumerate(MESSAGES, 1)
        for word in (b"%d" % n, b"%d" % len(m))]
    for n, octets in enumerate(MESSAGES, 1):
        assert run(url + str(n)) == octets
    run("--request", "DELE", "--list-only", url + "2")
    assert left(empty_demo) == [MESSAGES[0], MESSAGES[2]]


def fetchmail(server, folder, keep):
    (folder / "rc").write_text(
        f"poll 127.0.0.1 protocol pop3 "
        f"service {server.ports['pop3s']} uidl\n"
        f"  user '{ALICE}' password '{PASSWORD}' ssl\n"
        f"  no sslcertck {'keep' if keep else 'no keep fetchall'}\n"
        f"  mda 'cat > {folder}/in/$$'\n")
    (folder / "rc").chmod(0o600)
    return ["fetchmail", "-f", str(folder / "rc"), "--idfile",
            str(folder / "ids"), "--pidfile", str(folder / "pid"),
            "--nosyslog"], (0, 1)


def getmail(server, folder, keep):
    for name in "new", "cur", "tmp":
        (folder / "in" / name).mkdir(exist_ok=True)
    (folder / "getmailrc").write_text(
        "[retriever]\ntype = SimplePOP3SSLRetriever\nserver = 127.0.0.1\n"
        f"port = {server.ports['pop3s']}\nusername = {ALICE}\n"
        f"password = {PASSWORD}\n"
        f"[destination]\ntype = Maildir\npath = {folder}/in/\n"
        f"[options]\nread_all = false\ndelete = {str(not keep).lower()}\n"
        "delivered_to = false\nreceived = false\n")
    return ["getmail", "--getmaildir", str(folder)], (0,)


def mpop(server, folder, keep):
    for name in "new", "cur", "tmp":
        (folder / "in" / name).mkdir(exist_ok=True)
    (folder / "rc").write_text(
        f"defaults\naccount a\nhost 127.0.0.1\nport {server.ports['pop3s']}\n"
        f"user {ALICE}\npassword {PASSWORD}\nauth plain\n"
        "tls on\ntls_starttls off\ntls_certcheck off\n"
        f"delivery maildir {folder}/in\nuidls_file {folder}/ids\n"
        f"only_new on\nkeep {'on' if keep else 'off'}\n"
        "received_header off\n")
    (folder / "rc").chmod(0o600)
    return ["mpop", "-C", str(folder / "rc"), "a"], (0,)


@pytest.fixture
def home():
    """A folder of somebody who is not root: getmail wants it so."""
    with tempfile.TemporaryDirectory(prefix="postern-") as name:
        yield pathlib.Path(name)


@pytest.mark.parametrize("keep", [True, False], ids=["keep", "delete"])
@pytest.mark.parametrize("program", [fetchmail, getmail, mpop])
def test_program(empty_demo, home, program, keep):
    """Each message once, and what is left on the server or is not."""
    user = "nobody" if os.geteuid() == 0 else None
    (home / "in").mkdir()
    fill(empty_demo)

    def run():
        command, codes = program(empty_demo, home, keep)
        if user:
            for path in home, *home.rglob("*"):
                shutil.chown(path, user)
        done = subprocess.run(command, capture_output=True, timeout=120,
                              user=user, group=user and "nogroup",
                              extra_groups=[] if user else None,
                              cwd=home, stdin=subprocess.DEVNULL,
                              env={**os.environ, "HOME": str(home)})
        assert done.returncode in codes, done.stdout + done.stderr

    def got():
        return sorted(path.read_bytes() for path in
                      (home / "in").rglob("*") if path.is_file())

    def subjects():
        return sorted(line for octets in got()
                      for line in octets.splitlines()
                      if line.startswith(b"Subject: "))

    run()
    wanted = [b"Subject: one", b"Subject: three", b"Subject: two"]
    assert subjects() == wanted
    for octets in MESSAGES:
        body = crlf(octets).split(b"\r\n\r\n", 1)[1]
        assert any(crlf(g).endswith(b"\r\n\r\n" + body) or
                   crlf(g).rstrip() == octets.rstrip() for g in got())
    assert len(left(empty_demo)) == (3 if keep else 0)
    fill(empty_demo, messages=[b"Subject: zulu\r\n\r\nnew\r\n"])
    run()
    assert subjects() == sorted(wanted + [b"Subject: zulu"])
    assert len(left(empty_demo)) == (4 if keep else 0)


# ---- what is lost, and what is not ------------------------------------------

def test_lost_connection(empty_demo):
    fill(empty_demo)
    box = Pop3(empty_demo).login()
    box.ask("DELE 1")
    box.close()
    # Half a command behind it is none either.
    box = Pop3(empty_demo).login()
    box.ask("DELE 1")
    box.send(b"QUIT")
    box.close()
    time.sleep(0.3)
    assert left(empty_demo) == MESSAGES


def test_many(empty_demo):
    """Page by page, each line once and in order; and all of it deleted."""
    n = 3000
    imap = Imap(empty_demo).login("bob")
    for i in range(n):
        octets = b"Subject: %d\r\n\r\n" % i + b"x" * (i % 50) + b"\r\n"
        imap.send(b"a APPEND INBOX {%d+}\r\n" % len(octets) + octets +
                  b"\r\n")
    for i in range(n):
        assert imap.line().startswith(b"a OK ")
    box = Pop3(empty_demo, "bob").login()

    def listing(command):
        box.ask(command)
        lines = []
        while (line := box.line()) != b".":
            lines.append(line.split())
        return lines

    sizes = listing("LIST")
    assert [int(number) for number, _ in sizes] == list(range(1, n + 1))
    assert box.ask("STAT") == b"+OK %d %d" % (
        n, sum(int(size) for _, size in sizes))
    assert len({uid for _, uid in listing("UIDL")}) == n
    box.send(b"".join(b"DELE %d\r\n" % i for i in range(1, n + 1, 2)))
    for i in range(1, n + 1, 2):
        assert box.line().startswith(b"+OK")
    assert listing("LIST") == sizes[1::2]
    assert box.ask("STAT") == b"+OK %d %d" % (
        n // 2, sum(int(size) for _, size in sizes[1::2]))
    box.ask("QUIT")
    imap.select()
    assert [octets.split(b"\r\n")[0] for octets in imap.bodies()] == [
        b"Subject: %d" % i for i in range(1, n, 2)]
    imap.close()


# ---- a server of its own -----------------------------------------------------

class OwnServer(ConfiguredServer):
    options = ""

    def configure(self, more=""):
        super().configure(more + self.options)


def test_killed_before_quit(tmp_path):
    """Everything dies between DELE and QUIT: nothing is removed. After +OK to
    QUIT it is, whatever dies then."""
    with OwnServer() as server:
        fill(server)
        box = Pop3(server).login()
        ids = [box.ask(f"UIDL {n}").split()[-1] for n in (1, 2, 3)]
        box.ask("DELE 1")
        server.kill_all()
        with contextlib.suppress(OSError):
            box.close()
        server.start()
        assert left(server) == MESSAGES
        box = Pop3(server).login()
        assert [box.ask(f"UIDL {n}").split()[-1] for n in (1, 2, 3)] == ids
        box.ask("DELE 1")
        box.ask("DELE 3")
        box.ask("QUIT")
        server.kill_all()
        server.start()
        assert left(server) == [MESSAGES[1]]
        box = Pop3(server).login()
        assert box.ask("UIDL 1").split()[-1] == ids[1]
        # A store that is started anew in the middle is not noticed.
        server.kill_role("store")
        assert box.ask("LIST 1") == b"+OK 1 %d" % len(MESSAGES[1])
        box.ask("DELE 1")
        box.ask("QUIT")
        assert left(server) == []


class ExclusiveServer(OwnServer):
    options = "pop3-exclusive = true\nfront-workers = 2\n"


def test_exclusive():
    """One session a maildrop, over all workers, and also when one has died."""
    with ExclusiveServer() as server:
        box = Pop3(server).login()
        for _ in range(8):
            other = Pop3(server)
            other.login(b"-ERR [IN-USE] ")
            # The session goes on, for others too.
            other.user = address("bob")
            other.login()
            other.ask("QUIT")
            assert other.line() is None
        assert " by=alone " in server.tail(200)
        # IMAP is not kept out.
        Imap(server).login("alice").close()
        box.ask("QUIT")
        box = until(lambda: Pop3(server).login())
        box.close()
        box = until(lambda: Pop3(server).login())
        server.kill_role("front")
        until(lambda: Pop3(server).login())
        box.close()


class DelayingServer(OwnServer):
    options = "pop3-login-delay = 3s\nfront-workers = 2\n"


def test_login_delay():
    with DelayingServer() as server:
        box = Pop3(server).login()
        box.ask("CAPA")
        lines = []
        while (line := box.line()) != b".":
            lines.append(line)
        assert b"LOGIN-DELAY 3" in lines
        box.ask("QUIT")
        for _ in range(4):
            early = Pop3(server)
            early.login(b"-ERR [LOGIN-DELAY] ")
            early.close()
        # Nobody hears of it who does not know the password.
        early = Pop3(server)
        early.ask(f"USER {ALICE}")
        early.ask("PASS wrong", b"-ERR [AUTH] ")
        Pop3(server, "bob").login().ask("QUIT")
        time.sleep(3)
        Pop3(server).login()
        assert f"alice@{DOMAIN}" in server.tail(200)


class LimitedServer(OwnServer):
    options = "people-per-address = 1\nper-account = 2\n"


def test_limits():
    """Counted together with IMAP."""
    with LimitedServer() as server:
        imap = [Imap(server).login("alice") for _ in range(2)]
        box = Pop3(server)
        box.login(b"-ERR [IN-USE] ")
        assert " by=account " in server.tail(200)
        imap.pop().close()
        until(lambda: Pop3(server).login())
        there = [Wire(server.ports["pop3"]) for _ in range(7)]

        def refused():
            wire = Wire(server.ports["pop3"])
            there.append(wire)
            assert wire.line().startswith(b"-ERR [SYS/TEMP] Too many conn")
        until(refused)
