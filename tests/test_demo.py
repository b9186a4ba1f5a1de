"""The life of a demo: start, stop, start again, as whoever."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

import pytest
from lib.server import (BUILD, PASSWORD, ROOT, ConfiguredServer, Server,
                        address)
from lib.wire import Imap, Smtp


# errand is started by whoever asks it.
ROLES = ("mx", "front", "store", "vault", "resolver", "relay", "web")


def deliver(server, subject):
    smtp = Smtp(server)
    smtp.do("EHLO client.example.net", 250)
    code, lines = smtp.send_message(
        "a@example.net", [address("alice")],
        f"Subject: {subject}\r\n\r\n".encode())
    smtp.close()
    assert code == 250, lines


def subjects(server):
    imap = Imap(server).login("alice")
    if not imap.select():
        return []
    found = [re.search(rb"Subject: (.*?)\r\n", h)[1].decode()
             for h in imap.bodies("BODY.PEEK[HEADER.FIELDS (SUBJECT)]")]
    imap.close()
    return found


def validity(server):
    imap = Imap(server).login("alice")
    text = b"".join(p[0] for p in imap.ask("SELECT INBOX"))
    return re.search(rb"UIDVALIDITY (\d+)", text)[1]


def test_second_start_keeps_mail():
    with Server() as server:
        deliver(server, "yesterday")
        before = validity(server)
        server.stop()
        assert server.process.returncode == 0
        server.start()
        assert "yesterday" in subjects(server)
        assert validity(server) == before
        deliver(server, "today")
        assert subjects(server)[-2:] == ["yesterday", "today"]


def test_stops_with_sessions_open():
    """Everybody is told; nobody holds it up."""
    with Server() as server:
        smtp = Smtp(server)
        smtp.do("EHLO client.example.net", 250)
        imap = Imap(server).login("alice")
        imap.select()
        idle = Imap(server).login("bob")
        idle.select()
        idle.send(b"i IDLE\r\n")
        assert idle.line().startswith(b"+")
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < 10
        assert server.process.returncode == 0
        assert smtp.line().startswith(b"421 ")
        assert imap.line().startswith(b"* BYE")
        assert idle.line().startswith(b"* BYE")


def test_reload():
    """New sessions have the new configuration, old ones go on."""
    with ConfiguredServer() as server:
        imap = Imap(server).login("alice")
        imap.select()
        old = Smtp(server)
        server.configure("max-message = 1M\n")
        server.process.send_signal(signal.SIGHUP)
        end = time.monotonic() + 5
        while "SIZE 1048576" not in (
                new := Smtp(server)).do("EHLO client.example.net", 250):
            assert time.monotonic() < end
            time.sleep(0.05)
        old.do("EHLO client.example.net", 250)
        new.do("MAIL FROM:<a@example.net> SIZE=1048577", 552)
        imap.ask("NOOP")
        deliver(server, "after a reload")
        imap.ask("NOOP")
        # One that is wrong changes nothing, and is logged.
        server.configure("nonsense = 1\n")
        server.process.send_signal(signal.SIGHUP)
        time.sleep(0.5)
        assert "SIZE 1048576" in Smtp(server).do(
            "EHLO client.example.net", 250)
        assert "nonsense" in server.tail()


def test_one_at_a_time():
    """The data folder is locked: a second one says so and leaves."""
    with Server() as server:
        second = subprocess.run(
            [BUILD / "postern", "demo", "--data", server.data,
             "--port-offset", str(server.offset + 17)],
            capture_output=True, text=True, timeout=30,
            stdin=subprocess.DEVNULL)
        assert second.returncode != 0
        assert "already" in second.stderr
        deliver(server, "still there")
        # And the operator reaches the first one still.
        assert "alice" in server.command("account", "list").stdout


def test_port_in_use(demo, tmp_path):
    second = subprocess.run(
        [BUILD / "postern", "demo", "--data", tmp_path / "data",
         "--port-offset", str(demo.offset)],
        capture_output=True, text=True, timeout=30,
        stdin=subprocess.DEVNULL)
    assert second.returncode != 0
    assert "in use" in second.stderr, second.stderr


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"),
                    reason="needs root to become somebody else")
def test_ordinary_user(tmp_path_factory):
    folder = pathlib.Path("/tmp") / f"postern-nobody-{os.getpid()}"
    folder.mkdir(mode=0o700)
    os.chown(folder, 65534, 65534)
    as_nobody = ["setpriv", "--reuid=65534", "--regid=65534",
                 "--clear-groups", "--"]
    try:
        reachable = subprocess.run(
            [*as_nobody, "test", "-x", str(BUILD / "postern")])
        if reachable.returncode:
            pytest.skip("the build folder is closed to others")
        with Server(data=folder / "data", command=as_nobody) as server:
            deliver(server, "as an ordinary user")
            assert subjects(server)[-1] == "as an ordinary user"
            owners = {p.stat().st_uid for p in folder.rglob("*")}
            assert owners == {65534} or owners == {0, 65534}
    finally:
        shutil.rmtree(folder)


def test_roles_are_processes(demo):
    found = demo.processes()
    assert set(ROLES) <= set(found), found
    assert all(len(found[role]) == 1
               for role in ("store", "vault", "resolver", "relay", "web"))
    assert "errand" not in found
    workers = min(os.cpu_count(), 8)
    assert len(found["mx"]) == len(found["front"]) == workers


def test_sandboxes_are_closed(demo):
    """Every role but the master has seccomp on and no new privileges."""
    for role in ROLES:
        for pid in demo.processes(role):
            status = pathlib.Path(f"/proc/{pid}/status").read_text()
            assert re.search(r"^Seccomp:\t2$", status, re.M), role
            assert re.search(r"^NoNewPrivs:\t1$", status, re.M), role


def test_many_connections(demo):
    """A thousand idle people, and one more is served at once."""
    # One address of this machine may have 500 to port 25.
    crowd = [Imap(demo, "imap") for _ in range(600)]
    crowd += [Smtp(demo) for _ in range(400)]
    began = time.monotonic()
    deliver(demo, "through the crowd")
    assert time.monotonic() - began < 2
    for one in crowd:
        one.close()


HELP = re.compile(r"\busage\b", re.I)


@pytest.mark.parametrize("command", [
    [], ["demo"], ["run"], ["check-config"], ["account"], ["domain"],
    ["account", "add"], ["account", "list"], ["account", "passwd"],
    ["account", "remove"], ["domain", "add"], ["domain", "list"],
    ["domain", "remove"], ["verify"]])
def test_help(command):
    done = subprocess.run([BUILD / "postern", *command, "--help"],
                          capture_output=True, text=True, timeout=10)
    assert done.returncode == 0 and HELP.search(done.stdout), done


@pytest.mark.parametrize("command", [
    ["nonsense"], ["account", "nonsense"], ["run", "--nonsense"],
    ["run", "one", "two"], ["account", "add"],
    ["check-config", "/nonexistent.conf"],
    ["run", "--config", "/nonexistent.conf"],
    ["account", "list", "--data", "/nonexistent"]])
def test_refused(command):
    """Non-zero, nothing on stdout, and on stderr one line or the usage."""
    done = subprocess.run([BUILD / "postern", *command],
                          capture_output=True, text=True, timeout=10)
    assert done.returncode != 0 and not done.stdout, done
    assert "usage: postern" in done.stderr or (
        done.stderr.count("\n") == 1), done.stderr


def test_example_configuration():
    done = subprocess.run(
        [BUILD / "postern", "check-config",
         ROOT / "dist" / "postern.conf.example"],
        capture_output=True, text=True, timeout=10)
    assert done.returncode == 0, done.stderr
    assert "hostname is still that of the example" in done.stdout


@pytest.mark.parametrize("line,wanted", [
    ("nonsense = 1", "nonsense"),
    ('listen { kind = smtp port = 25 address = localhost } '
     'listen { kind = imap port = 25 address = "127.0.0.1" }',
     "port 25 is another block's already"),
    ('listen { kind = smtp port = 25 address = "0.0.0.0" } '
     'listen { kind = imap port = 25 address = "192.0.2.1" }',
     "port 25 is another block's already"),
    ("queue { retry-min = 5m give-up = 1m }", "give-up is less than"),
    ("queue { delay-notice = 6d give-up = 5d }", "delay-notice is not less"),
    ('route "a.test" { host = "192.0.2.1" }', "an address like [192.0.2.1]"),
    ('route "a.test" { host = "[192.0.2.300]" }', "a name, or an address"),
    ('route "a.test" { host = "a b" }', "a name, or an address"),
    ('route "a.test" { fallback = "[1.2.3]" }', "a name, or an address"),
    ('route "http://a.test" { }', 'expected "example.org"'),
    ('route "a.test" { } route "A.test" { }', "no mail would come here"),
    ('route "*" { } route "a.test" { }', "no mail would come here"),
    ('data = "a\x01b"', "no text in UTF-8"),
    ("divert = \"\"", "divert: expected"),
    ("max-recipients = 99", "100"),
    ('max-message = "many"', "max-message"),
])
def test_bad_configuration(tmp_path, line, wanted):
    """File, line, and what was expected."""
    conf = tmp_path / "postern.conf"
    conf.write_text(f'hostname = "mx.example.test"\n{line}\n')
    done = subprocess.run([BUILD / "postern", "check-config", conf],
                          capture_output=True, text=True, timeout=10)
    assert done.returncode != 0
    assert re.search(r"postern\.conf:2: ", done.stderr), done.stderr
    assert wanted in done.stderr, done.stderr


@pytest.mark.parametrize("line,wanted", [
    ('data = "/nonexistent/a/b"', "no /nonexistent/a to make it in"),
    ("trust-anchor = anyfile", "holds neither a DS nor a DNSKEY"),
    ("data = full", "no data folder of Postern, and not empty"),
    ("data = anyfile", "is no folder")])
def test_files_of_a_configuration(tmp_path, line, wanted):
    """As run would find them; and nothing is made."""
    (tmp_path / "anyfile").write_text("DS and DNSKEY\n")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "something").write_text("x")
    conf = tmp_path / "postern.conf"
    conf.write_text(f'hostname = "mx.example.test"\n{line}\n')
    before = sorted(tmp_path.rglob("*"))
    done = subprocess.run([BUILD / "postern", "check-config", conf],
                          capture_output=True, text=True, timeout=10)
    assert done.returncode == 1 and wanted in done.stderr, done
    assert sorted(tmp_path.rglob("*")) == before


def test_a_hostname_with_a_long_label(tmp_path):
    conf = tmp_path / "postern.conf"
    conf.write_text(f'hostname = "{"a" * 64}.example.test"\n')
    done = subprocess.run([BUILD / "postern", "check-config", conf],
                          capture_output=True, text=True, timeout=10)
    assert done.returncode == 1 and "a name like" in done.stderr, done


def add_account(demo, name, password, check=True):
    return demo.command("account", "add", name, "--password-stdin",
                        text=f"{password}\n", check=check)


@pytest.fixture
def carol(demo):
    name = "carol@example.test"
    add_account(demo, name, "first secret")
    yield name
    demo.command("account", "remove", name, "--yes", check=False)


def imap_login(demo, name, password):
    imap = Imap(demo)
    imap.ask(f'LOGIN {name} "{password}"')
    return imap


def test_accounts(demo, carol):
    assert carol in demo.command("account", "list").stdout
    imap = imap_login(demo, carol, "first secret")
    assert imap.select() == 0
    demo.command("account", "passwd", carol, "--password-stdin",
                 text="second secret\n")
    imap_login(demo, carol, "second secret").close()
    with pytest.raises(AssertionError):
        imap_login(demo, carol, "first secret")
    again = add_account(demo, carol, "another secret", check=False)
    assert again.returncode != 0 and again.stderr.count("\n") == 1
    demo.command("account", "remove", carol, "--yes")
    with pytest.raises(AssertionError):
        imap_login(demo, carol, "second secret")
    smtp = Smtp(demo)
    smtp.do("EHLO client.example.net", 250)
    smtp.do("MAIL FROM:<a@example.net>", 250)
    smtp.do(f"RCPT TO:<{carol}>", 550)


def test_domains(demo):
    assert "example.test" in demo.command("domain", "list").stdout
    demo.command("domain", "add", "second.test")
    try:
        assert "second.test" in demo.command("domain", "list").stdout
        add_account(demo, "dave@second.test", "a long secret")
        smtp = Smtp(demo)
        smtp.do("EHLO client.example.net", 250)
        smtp.do("MAIL FROM:<a@example.net>", 250)
        smtp.do("RCPT TO:<dave@second.test>", 250)
        # Not while somebody lives there.
        assert demo.command("domain", "remove", "second.test",
                            check=False).returncode != 0
        demo.command("account", "remove", "dave@second.test", "--yes")
    finally:
        demo.command("domain", "remove", "second.test")
    assert "second.test" not in demo.command("domain", "list").stdout


def test_verify(demo):
    deliver(demo, "to be counted")
    done = demo.command("verify")
    assert done.returncode == 0, done.stdout + done.stderr


def test_password_is_not_in_the_log(demo):
    imap_login(demo, address("alice"), PASSWORD).close()
    log = demo.log.read_text(errors="replace")
    assert address("alice") in log and PASSWORD not in log
