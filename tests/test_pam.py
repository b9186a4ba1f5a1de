"""People whose password this machine's PAM has: pam_unix with users of a view
of the server's own, modules that say no, ask for more, hang and crash, and what
they can reach."""

import contextlib
import imaplib
import json
import os
import pathlib
import re
import signal
import smtplib
import statistics
import subprocess
import threading
import time

import pytest
from lib.pam import UNIX, PamPlace, PamServer, have
from lib.server import BUILD, PASSWORD, address
from lib.wire import client_context
from test_app_passwords import add
from test_scram import attempt

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="not root")
needs_look = pytest.mark.skipif(
    not (BUILD / "tests/pam/pam_look.so").exists(), reason="no pam_look.so")
needs_exec = pytest.mark.skipif(not have("exec"), reason="no pam_exec")
PERMIT = "auth required pam_permit.so\naccount required pam_permit.so\n"


def login(server, who, password):
    """True, False, or what the server says of itself."""
    imap = imaplib.IMAP4_SSL("127.0.0.1", server.ports["imaps"],
                             ssl_context=client_context(), timeout=60)
    try:
        imap.login(address(who), password)
        imap.logout()
        return True
    except imaplib.IMAP4.error as e:
        imap.shutdown()
        return "UNAVAILABLE" if "UNAVAILABLE" in str(e) else False


def by_smtp(server, who, password):
    with smtplib.SMTP("127.0.0.1", server.ports["submission"]) as smtp:
        smtp.starttls(context=client_context())
        try:
            smtp.login(address(who), password)
            return True
        except smtplib.SMTPAuthenticationError as e:
            return e.smtp_code


def by_http(server, who, password):
    done = subprocess.run(
        ["curl", "-sk", "-o", "/dev/null", "-w", "%{http_code}", "-u",
         f"{address(who)}:{password}",
         f"https://127.0.0.1:{server.ports['https']}/.well-known/jmap", "-L"],
        capture_output=True, text=True, timeout=60)
    return int(done.stdout)


def logged(server, event, since=0):
    return [line for line in server.tail(None).splitlines()
            if f" {event} " in line][since:]


@contextlib.contextmanager
def serving(service, view=False, people=("anna",), **more):
    """A server with these accounts, and this service."""
    with PamPlace() as pam:
        pam.service(service(pam) if callable(service) else service)
        with PamServer(pam, view=view, **more) as server:
            for name in people:
                server.command("pam", "add", address(name), f"p-{name}")
            yield server


@pytest.fixture(scope="module")
def unix():
    """The real one, with users of this machine."""
    if os.geteuid() != 0:
        pytest.skip("not root")
    if not have("unix", "succeed_if"):
        pytest.skip("no pam_unix")
    with serving(UNIX, view=True, people=("anna", "gone", "low", "none")) \
            as server:
        yield server


# pam_unix --------------------------------------------------------------------

def test_unix(unix):
    assert login(unix, "anna", "of anna") is True
    assert login(unix, "anna", "wrong") is False
    assert login(unix, "anna", "") is False
    # It is the password of that user, and not of the account's name.
    assert login(unix, "low", "of anna") is False
    assert login(unix, "alice", PASSWORD) is True
    assert login(unix, "nobody", "of anna") is False
    # An ended account, one that the service does not let in, no user at all.
    assert login(unix, "gone", "of gone") is False
    assert "expired" in logged(unix, "pam_refused")[-1]
    assert login(unix, "low", "of low") is False
    assert login(unix, "none", "x") is False
    assert not logged(unix, "pam_away")
    assert "of gone" not in unix.tail(None)


def test_every_way_in(unix):
    assert by_smtp(unix, "anna", "of anna") is True
    assert by_smtp(unix, "anna", "wrong") == 535
    assert by_http(unix, "anna", "of anna") == 200
    assert by_http(unix, "anna", "wrong") == 401


def test_mail_is_as_elsewhere(unix):
    with smtplib.SMTP("127.0.0.1", unix.ports["submission"]) as smtp:
        smtp.starttls(context=client_context())
        smtp.login(address("anna"), "of anna")
        smtp.sendmail(address("anna"), [address("anna")],
                      "Subject: hello\r\n\r\nto myself\r\n")
    imap = imaplib.IMAP4_SSL("127.0.0.1", unix.ports["imaps"],
                             ssl_context=client_context())
    imap.login(address("anna"), "of anna")
    for _ in range(100):
        if int(imap.select()[1][0]) == 1:
            break
        time.sleep(0.05)
    assert int(imap.select()[1][0]) == 1
    imap.logout()


def test_scram_and_app_passwords(unix):
    who = address("anna")
    assert not attempt(unix, "imaps", "SCRAM-SHA-256", who, "of anna")[0]
    assert not attempt(unix, "imaps", "SCRAM-SHA-256", who, "wrong")[0]
    app = add(unix, "phone", who=who)
    assert login(unix, "anna", app) is True
    assert attempt(unix, "imaps", "SCRAM-SHA-256", who, app)[0]


def test_who_is_there_is_not_seen(unix):
    """A wrong password of somebody, of an account of ours, and of nobody."""
    def took(who):
        began = time.monotonic()
        assert login(unix, who, "wrong") is False
        return time.monotonic() - began

    times = {who: statistics.median(took(who) for _ in range(2))
             for who in ("anna", "alice", "nobody", "none")}
    assert max(times.values()) - min(times.values()) < 0.3, times
    assert min(times.values()) > 1.8


def test_where_from(unix):
    """Modules are told, for what they log and count."""
    with PamPlace() as pam:
        script = pam.script('[ "$PAM_RHOST" = 127.0.0.1 ] && '
                            '[ "$PAM_TTY" = postern ] && '
                            '[ "$PAM_SERVICE" = postern ] && '
                            '[ "$PAM_USER" = p-anna ]')
        pam.service(f"auth required pam_exec.so {script}\n"
                    "account required pam_permit.so\n")
        with PamServer(pam) as server:
            server.command("pam", "add", address("anna"), "p-anna")
            assert login(server, "anna", "any") is True


@as_root
def test_without_the_group(unix):
    """No right to read /etc/shadow: nobody is wrong, and nobody gets in."""
    with serving(UNIX, view=True, groups='""') as server:
        assert login(server, "anna", "of anna") == "UNAVAILABLE"
        assert logged(server, "pam_away")


@as_root
def test_a_group_that_there_is_not():
    with PamPlace() as pam:
        server = PamServer(pam, groups="no-such-group")
        with pytest.raises(RuntimeError):
            with server:
                pass
        assert "there is no group no-such-group" in server.tail(None)


# Accounts --------------------------------------------------------------------

def test_commands():
    with serving(PERMIT, people=()) as server:
        server.command("pam", "add", address("anna"))
        server.command("pam", "adopt", address("alice"), "al.ice")
        rows = json.loads(server.command("pam", "list", "--json").stdout)
        assert {(r["address"], r["user"]) for r in rows} == {
            (address("anna"), "anna"), (address("alice"), "al.ice")}
        # All is permitted: of these two, and of nobody else.
        assert login(server, "anna", "any") is True
        assert login(server, "alice", "any") is True
        assert login(server, "bob", "any") is False
        assert login(server, "nobody", "any") is False
        failed = server.command("account", "passwd", address("anna"),
                                "--password-stdin", text="other words 1\n",
                                check=False)
        assert failed.returncode and "PAM's" in failed.stderr
        for wrong in ("-r", "a/b", "..", "a:b", "x" * 129):
            failed = server.command("pam", "adopt", address("bob"), wrong,
                                    check=False)
            assert failed.returncode, wrong
        server.command("pam", "release", address("alice"))
        assert login(server, "alice", "any") is False
        assert login(server, "alice", PASSWORD) is True
        assert server.command("pam", "release", address("alice"),
                              check=False).returncode
        server.command("pam", "release", address("anna"))
        assert login(server, "anna", "any") is False
        server.command("account", "passwd", address("anna"),
                       "--password-stdin", text="of anna here\n")
        assert login(server, "anna", "of anna here") is True
        assert server.command("verify").returncode == 0


def test_who_is_in_is_out():
    with serving(PERMIT) as server:
        imap = imaplib.IMAP4_SSL("127.0.0.1", server.ports["imaps"],
                                 ssl_context=client_context())
        imap.login(address("anna"), "any")
        imap.select()
        server.command("pam", "adopt", address("anna"), "another")
        with pytest.raises((imaplib.IMAP4.abort, OSError)):
            for _ in range(50):
                imap.noop()
                time.sleep(0.05)


def test_a_reload_brings_it_and_takes_it():
    with serving(PERMIT) as server:
        assert login(server, "anna", "any") is True
        block = server.conf.read_text()
        server.conf.write_text(block.split("pam {")[0])
        server.command("reload")
        for _ in range(100):
            if not server.processes("pam"):
                break
            time.sleep(0.05)
        assert not server.processes("pam")
        assert login(server, "anna", "any") == "UNAVAILABLE"
        server.conf.write_text(block)
        server.command("reload")
        for _ in range(100):
            if login(server, "anna", "any") is True:
                return
            time.sleep(0.1)
        raise AssertionError(server.tail())


def test_remembered():
    with serving(PERMIT, remember="5m") as server:
        assert login(server, "anna", "any") is True
        server.pam.service("auth required pam_deny.so\n")
        assert login(server, "anna", "any") is True
        assert login(server, "anna", "other") is False


# Modules ---------------------------------------------------------------------

@needs_exec
def test_the_password_is_said_once():
    """And to nobody else: what a module asks besides is no."""
    def twice(pam):
        pam.script("tr -d '\\0' | grep -qx 'of anna'")
        return (f"auth required pam_exec.so expose_authtok {pam.root}/script\n"
                "account required pam_permit.so\n")

    with serving(twice) as server:
        assert login(server, "anna", "of anna") is True
        assert login(server, "anna", "of bert") is False


@needs_look
def test_what_a_module_asks_besides():
    """It is not told, and whatever it then says is no."""
    with serving(PERMIT) as server:
        look = server.pam.look()
        for what, asked in (("twice", "Your code: "), ("name", "Your name: "),
                            ("stubborn", "Your name: ")):
            server.pam.service(f"auth required {look} {what}\n"
                               "account required pam_permit.so\n")
            assert login(server, "anna", "any") is False
            said = logged(server, "pam_refused")[-1]
            assert f"something else than the password ({asked})" in said, said


@needs_look
def test_in_the_process_of_an_attempt():
    """Nothing is open there but what it needs; its end is its own."""
    with serving(PERMIT, timeout="1s") as server:
        look, who = server.pam.look(), server.tries()
        for what, wanted, event, words in (
                ("files", False, "pam_refused", "5 files, PATH=/usr/sbin"),
                ("crash", "UNAVAILABLE", "pam_away", "signal 6"),
                ("exit", "UNAVAILABLE", "pam_away", "code 0"),
                ("hang", "UNAVAILABLE", "pam_away", "in time")):
            server.pam.service(f"auth required {look} {what}\n"
                               "account required pam_permit.so\n")
            assert login(server, "anna", "any") == wanted, what
            assert words in logged(server, event)[-1], server.tail(5)
        assert server.tries() == who
        server.pam.service(PERMIT)
        assert login(server, "anna", "any") is True


def test_no_service():
    """That of "other" is not ours."""
    with serving(PERMIT) as server:
        (server.pam.folder / "postern").rename(server.pam.folder / "other")
        assert login(server, "anna", "any") == "UNAVAILABLE"
        assert "No such file" in logged(server, "pam_away")[-1]
        # and a service that names no module, or none that there is
        server.pam.service("auth required pam_of_nobody.so\n")
        assert login(server, "anna", "any") in (False, "UNAVAILABLE")


@needs_exec
def test_a_module_that_hangs():
    """It meets its deadline, with all that it has started; others go on."""
    def hanging(pam):
        pam.script('[ "$PAM_USER" = p-bert ] && exit 0; '
                   "sleep 300 & sleep 301")
        return (f"auth required pam_exec.so {pam.root}/script\n"
                "account required pam_permit.so\n")

    with serving(hanging, people=("anna", "bert"), timeout="2s") as server:
        who, = server.tries()
        threads = []
        said = []

        def one(name):
            began = time.monotonic()
            said.append((name, login(server, name, "any"),
                         time.monotonic() - began))

        # More of them than there may be at a time.
        for name in ["anna"] * 20:
            threads.append(threading.Thread(target=one, args=(name,)))
            threads[-1].start()
        end = time.monotonic() + 20
        while len(server.tries()) <= 16:    # each has programs below it
            assert time.monotonic() < end and any(t.is_alive()
                                                  for t in threads)
            time.sleep(0.05)
        for t in threads:
            t.join()
        assert all(what == "UNAVAILABLE" for _, what, _ in said), said
        assert all(took < 9 for _, _, took in said), said
        assert login(server, "bert", "any") is True
        time.sleep(0.5)
        assert server.tries() == [who]
        assert "in time" in logged(server, "pam_away")[0]


@needs_exec
def test_a_module_that_crashes():
    """The end of an attempt is not that of anybody else."""
    def crashing(pam):
        pam.script('[ "$PAM_USER" = p-bert ] || kill -ABRT $PPID')
        return (f"auth required pam_exec.so {pam.root}/script\n"
                "account required pam_permit.so\n")

    with serving(crashing, people=("anna", "bert")) as server:
        who = server.tries()
        for _ in range(3):
            assert login(server, "anna", "any") == "UNAVAILABLE"
        assert "signal 6" in logged(server, "pam_away")[0]
        assert login(server, "bert", "any") is True
        assert server.tries() == who
        assert not logged(server, "role_died")


def test_its_processes_are_killed():
    with serving(PERMIT) as server:
        first, = server.tries()
        os.kill(first, signal.SIGKILL)
        for _ in range(100):
            if server.tries() not in ([], [first]):
                break
            time.sleep(0.05)
        assert login(server, "anna", "any") is True
        second, = server.tries()
        server.kill_role("pam")
        for _ in range(100):
            if not pathlib.Path("/proc", str(second)).exists():
                break
            time.sleep(0.05)
        assert not pathlib.Path("/proc", str(second)).exists()
        assert login(server, "anna", "any") is True


@needs_exec
def test_the_end_of_the_role_is_that_of_attempts():
    """Also of what they have started, wherever it has gone."""
    mark = "300.0" + str(os.getpid())

    def sleepers():
        found = []
        for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
            try:
                if path.read_bytes() == f"sleep\0{mark}\0".encode():
                    found.append(path.parent.name)
            except OSError:
                pass
        return found

    def hanging(pam):
        pam.script(f"sleep {mark} & setsid sleep {mark} & sleep {mark}")
        return f"auth required pam_exec.so {pam.root}/script\n"

    with serving(hanging) as server:
        for _ in range(3):
            who = threading.Thread(target=login, args=(server, "anna", "any"))
            who.start()
            for _ in range(100):
                if len(sleepers()) == 3:
                    break
                time.sleep(0.05)
            assert len(sleepers()) == 3
            server.kill_role("pam")
            for _ in range(100):
                if not sleepers():
                    break
                time.sleep(0.05)
            assert not sleepers()
            who.join()


# What a module that is somebody else's could do ------------------------------

TRIES = """
no() { if "$@" >/dev/null 2>&1; then echo "could: $*"; fi; }
no sh -c 'echo x >"$1"' sh @DATA@/../mine
no touch /tmp/pam-was-here
no touch /dev/shm/pam-was-here
no sh -c 'echo x >>/etc/passwd'
no ls @DATA@
no cat @DATA@/vault/vault.key
no ls @DATA@/store
no cat @DATA@/lock
no cat /proc/@ROLE@/environ
no cat /proc/@ROLE@/mem
no ls -l /proc/@ROLE@/fd/
no ls -l /proc/@SPAWNER@/fd/
no ls -l /proc/$PPID/fd/
no kill -0 @ROLE@
no kill -0 @SPAWNER@
no kill -0 @MASTER@
no unshare --user true
no unshare --mount true
no mount -t tmpfs none /mnt
no chroot / true
no nsenter -t @MASTER@ -m true
no dmesg
no setpriv --reuid=0 true
no mknod /tmp/pam-null c 1 3
no ln -s /etc/passwd /tmp/pam-link
no mv /etc/hostname /etc/other
for n in 3 4 5 6 7 8 9; do
    if [ -e /proc/self/fd/$n ]; then echo "could: descriptor $n"; fi
done
[ "$(umask)" = 0077 ] || echo "could: umask"
cat /proc/self/status | grep -q 'NoNewPrivs:.1' || echo "could: new rights"
echo "@UID@"
"""


@needs_exec
def test_what_modules_reach():
    with serving(PERMIT) as server:
        role, = server.processes("pam")
        spawner, = server.tries()
        text = TRIES
        for name, value in {
                "DATA": server.data, "ROLE": role, "SPAWNER": spawner,
                "MASTER": server.process.pid,
                "UID": "uid=$(id -u) groups=$(id -G)"}.items():
            text = text.replace(f"@{name}@", str(value))
        script = server.pam.script(text + "\nexit 1")
        server.pam.service(f"auth required pam_exec.so stdout {script}\n")
        assert login(server, "anna", "any") is False
        said = logged(server, "pam_refused")[-1]
        assert "could:" not in said, said
        uid = int(re.search(r"uid=(\d+)", said)[1])
        if os.geteuid() == 0:
            assert uid == 61840 + 10
            assert len(re.search(r"groups=([\d ]+)", said)[1].split()) == 2
        # Nothing of it is told to the person, nor kept from others.
        server.pam.service(PERMIT)
        assert login(server, "anna", "any") is True
