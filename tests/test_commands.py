"""The command line, with a server running and without one."""

import json
import os
import re
import signal
import socket
import ssl
import subprocess
import time

import pytest

from lib.server import BUILD, Server, address, free_offset
from lib.wire import Imap, Smtp

POSTERN = str(BUILD / "postern")


def postern(*args, text=None, cwd=None):
    return subprocess.run([POSTERN, *args], input=text, cwd=cwd,
                          capture_output=True, text=True, timeout=60,
                          stdin=None if text is not None
                          else subprocess.DEVNULL)


def fine(*args, text=None, cwd=None):
    done = postern(*args, text=text, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return done.stdout


def refused(*args, text=None, cwd=None, code=1):
    """One clear line on stderr, and the exit code."""
    done = postern(*args, text=text, cwd=cwd)
    assert done.returncode == code, (args, done)
    if code == 1:
        assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


@pytest.fixture
def data(tmp_path):
    (tmp_path / "postern-data").mkdir()
    return tmp_path


def test_help():
    listed = fine("help")
    for name in ("run", "demo", "domain", "account", "alias", "allow", "block", "verify", "backup", "restore", "journal",
                 "check-config", "version"):
        assert f"  {name} " in listed
        assert "usage: postern " + name in fine(name, "--help")
    assert json.loads(fine("version", "--json"))["version"]
    assert "no such command" in refused("frobnicate", code=2)
    assert "usage" in refused("account", "add", code=2)
    assert "--once is no option of it; postern domain --help" in refused(
        "domain", "list", "--once", code=2)


def test_without_a_server(data):
    assert "neither postern.conf" in refused("domain", "list",
                                             cwd=data / "postern-data")
    assert "no data folder of Postern; postern run makes one" in refused(
        "account", "list", cwd=data)
    fine("domain", "add", "other.example", cwd=data)
    fine("domain", "remove", "other.example", cwd=data)
    said = refused("account", "add", "you@example.org", "--password-stdin",
                   text="secret-1\n", cwd=data)
    assert "postern domain add example.org" in said
    fine("domain", "add", "example.org", cwd=data)
    fine("account", "add", "you@example.org", "--password-stdin",
         text="secret-1\n", cwd=data)
    assert "passwd" in refused("account", "add", "you@example.org",
                               "--password-stdin", text="x\n", cwd=data)
    assert "empty" in refused("account", "passwd", "you@example.org",
                              "--password-stdin", text="\n", cwd=data)
    assert "password-stdin" in refused("account", "passwd",
                                       "you@example.org", cwd=data)
    assert json.loads(fine("account", "list", "--json", cwd=data)) == [
        {"address": "you@example.org", "messages": 0, "octets": 0,
         "quota": "default", "send-as": "own", "second-factor": "off",
         "sending": "on",
         "most-messages": "none", "most-mailboxes": "none"}]
    assert "own, ours, anyone" in refused(
        "account", "send-as", "you@example.org", "all", cwd=data)
    assert "there is no account" in refused(
        "account", "send-as", "other@example.org", "ours", cwd=data)
    fine("account", "send-as", "you@example.org", "ours", cwd=data)
    assert json.loads(fine("account", "list", "--json", cwd=data))[0][
        "send-as"] == "ours"
    assert "you@example.org" in fine("account", "list", cwd=data)
    assert refused("domain", "remove", "example.org", cwd=data)
    assert "--yes" in refused("account", "remove", "you@example.org",
                              cwd=data)
    fine("account", "remove", "you@example.org", "--yes", cwd=data)
    fine("domain", "remove", "example.org", cwd=data)
    assert json.loads(fine("domain", "list", "--json", cwd=data)) == []
    assert json.loads(fine("verify", "--json", cwd=data))["problems"] == []


def test_with_a_server(demo):
    Imap(demo).login("alice").close()
    demo.command("domain", "add", "other.test")
    demo.command("account", "add", "carol@other.test", "--password-stdin",
                 text="the first one\n")
    assert "carol@other.test" in demo.command("account", "list").stdout
    demo.command("account", "remove", "carol@other.test", "--yes")
    demo.command("domain", "remove", "other.test")
    end = time.monotonic() + 5  # it is written in batches
    events = set()
    while "login" not in events and time.monotonic() < end:
        rows = json.loads(demo.command("journal", "--json").stdout)
        events = {row["event"] for row in rows}
        time.sleep(0.1)
    assert "login" in events
    assert demo.command("verify").returncode == 0


def test_journal_of_a_day(demo):
    day = ["--day", "1999-12-31"]
    assert json.loads(demo.command("journal", *day, "--json").stdout) == []
    assert "a day like" in demo.command("journal", "--day", "yesterday",
                                        check=False).stderr


def test_password_is_changed(demo):
    import imaplib
    tls = ssl.create_default_context(
        cafile=str(demo.data / "certificate.pem"))
    demo.command("domain", "add", "change.test")
    demo.command("account", "add", "dora@change.test", "--password-stdin",
                 text="the first one\n")
    demo.command("account", "passwd", "dora@change.test",
                 "--password-stdin", text="the second one\n")
    box = imaplib.IMAP4_SSL("localhost", demo.ports["imaps"],
                            ssl_context=tls, timeout=10)
    with pytest.raises(imaplib.IMAP4.error):
        box.login("dora@change.test", "the first one")
    box.login("dora@change.test", "the second one")
    box.logout()
    demo.command("account", "remove", "dora@change.test", "--yes")
    demo.command("domain", "remove", "change.test")


def test_check_config(tmp_path):
    conf = tmp_path / "postern.conf"
    conf.write_text("hostname = mail.example.org\n")
    assert "10 listening ports" in fine("check-config", cwd=tmp_path)
    assert json.loads(fine("check-config", "--json", str(conf)))
    conf.write_text("hostname = mail.example.org\nmx-worker = 2\n")
    assert f"{conf}:2: no such option 'mx-worker'" in refused(
        "check-config", str(conf))
    conf.write_text("hostname = a.b\ncertificate { chain = c key = k }\n")
    assert "chain" in refused("check-config", str(conf))
    assert "No such file" in refused("run", "--config", "/nowhere.conf")


def openssl(*args):
    subprocess.run(["openssl", *map(str, args)], check=True,
                   capture_output=True, timeout=60)


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    """Two pairs of certificate and key, and what is none."""
    folder = tmp_path_factory.mktemp("pairs")
    for name in "good", "other":
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=mail.test",
                "-days", 2, "-keyout", folder / f"{name}.key", "-out",
                folder / f"{name}.pem")
    openssl("x509", "-in", folder / "good.pem", "-signkey",
            folder / "good.key", "-days", -1, "-out", folder / "old.pem")
    openssl("pkey", "-in", folder / "good.key", "-aes128", "-passout",
            "pass:x", "-out", folder / "locked.key")
    openssl("pkey", "-in", folder / "good.key", "-outform", "der", "-out",
            folder / "der.key")
    openssl("x509", "-in", folder / "good.pem", "-outform", "der", "-out",
            folder / "der.pem")
    (folder / "empty").write_text("")
    (folder / "file").write_text("not a folder\n")
    return folder


@pytest.mark.parametrize("chain,key,wanted", [
    ("good.pem", "good.key", None),
    ("nothing", "good.key", "chain .*nothing: No such file"),
    ("good.pem", "nothing", "key .*nothing: No such file"),
    ("empty", "good.key", "chain .*empty: it is empty"),
    ("good.pem", "empty", "key .*empty: it is empty"),
    ("file", "good.key", "chain .*file holds no certificate"),
    ("good.key", "good.pem", "chain .*good.key holds no certificate"),
    ("der.pem", "good.key", "chain .*der.pem holds no certificate"),
    ("good.pem", "file", "key .*file holds no private key"),
    ("good.pem", "der.key", "key .*der.key holds no private key"),
    ("good.pem", "locked.key", "locked.key holds no private key"),
    ("good.pem", "other.key", "do not go together"),
    ("old.pem", "good.key", "old.pem: it has expired"),
])
def test_check_certificate(tmp_path, pairs, chain, key, wanted):
    """check-config loads what vault would."""
    conf = tmp_path / "postern.conf"
    conf.write_text("hostname = mail.test\n" f'certificate {{ chain = '
                    f'"{pairs / chain}" key = "{pairs / key}" }}\n')
    if wanted:
        assert re.search(wanted, refused("check-config", str(conf)))
    else:
        fine("check-config", str(conf))


def test_check_files(tmp_path, pairs):
    conf = tmp_path / "postern.conf"
    for line, wanted in (
            (f'data = "{pairs / "file"}"', "data: .*file is no folder"),
            ('trust-anchor = "nothing.key"', "nothing.key: No such file"),
            (f'trust-anchor = "{pairs / "empty"}"', "it is empty")):
        conf.write_text(f"hostname = mail.test\n{line}\n")
        assert re.search(wanted, refused("check-config", str(conf)))


def test_demo_once_twice(tmp_path):
    args = ["demo", "--once", "--data", str(tmp_path / "d"), "--port-offset",
            str(free_offset())]
    assert "* 1 EXISTS" in fine(*args)
    assert "* 2 EXISTS" in fine(*args)  # yesterday's mail is there


def test_demo_busy_port(tmp_path):
    offset = free_offset()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 143 + offset))
        taken.listen()
        said = refused("demo", "--once", "--data", str(tmp_path / "d"),
                       "--port-offset", str(offset))
    assert f"port {143 + offset} " in said and "--port-offset" in said


def test_demo_beside_a_demo(demo):
    said = refused("demo", "--once", "--data", str(demo.data),
                   "--port-offset", str(free_offset()))
    assert "runs on" in said


def test_demo_ends_by_ctrl_c():
    with Server() as server:
        below = server.processes()
        assert {"store", "vault", "mx", "front", "resolver",
                "relay"} <= set(below)
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(15) == 0
        for pids in below.values():
            for pid in pids:
                assert not os.path.exists(f"/proc/{pid}")


@pytest.mark.parametrize("role", ["store", "vault", "mx", "front"])
def test_a_dead_role_is_back(role):
    with Server() as server:
        server.kill_role(role)
        killed = time.monotonic()
        server.wait_ready(5)
        assert time.monotonic() - killed < 2.5


def make_certificate(folder, name):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN={name}",
         "-addext", f"subjectAltName=DNS:{name}", "-days", "2",
         "-keyout", str(folder / "key.pem"),
         "-out", str(folder / "chain.pem")],
        check=True, capture_output=True)


def served_certificate(port):
    pem = ssl.get_server_certificate(("127.0.0.1", port))
    return ssl.PEM_cert_to_DER_cert(pem)


def test_a_renewed_certificate_comes_in(tmp_path):
    """Configured files are served; SIGHUP takes new ones."""
    port = 993 + free_offset()
    conf = tmp_path / "postern.conf"
    conf.write_text(
        "hostname = mail.example.org\n"
        f"listen {{ kind = imaps address = localhost port = {port} }}\n"
        "certificate { chain = chain.pem key = key.pem }\n")
    seen = []

    def wait_for_another():
        end = time.monotonic() + 10
        while time.monotonic() < end:
            try:
                now = served_certificate(port)
                if now not in seen:
                    seen.append(now)
                    return
            except OSError:
                pass
            time.sleep(0.1)
        raise AssertionError((tmp_path / "log").read_text())

    make_certificate(tmp_path, "one.example.org")
    with open(tmp_path / "log", "wb") as log:
        server = subprocess.Popen([POSTERN, "run", "--config", str(conf)],
                                  stdout=log, stderr=log)
    try:
        wait_for_another()
        assert b"one.example.org" in seen[0]
        make_certificate(tmp_path, "two.example.org")
        server.send_signal(signal.SIGHUP)
        wait_for_another()
        assert b"two.example.org" in seen[1]
    finally:
        server.terminate()
        assert server.wait(15) == 0


def test_reload(tmp_path):
    offset = free_offset()
    conf = tmp_path / "postern.conf"
    listen = f"listen {{ kind = smtp port = {25 + offset} }}\n"
    conf.write_text("hostname = before.test\n" + listen)

    def greeting():
        with socket.create_connection(("127.0.0.1", 25 + offset), 5) as s:
            s.settimeout(5)
            return s.recv(200).decode()

    def wait_for(word):
        end = time.monotonic() + 10
        while time.monotonic() < end:
            try:
                if word in greeting():
                    return
            except OSError:
                pass
            time.sleep(0.05)
        raise AssertionError(f"no {word} in {greeting()}")

    with open(tmp_path / "log", "wb") as log:
        server = subprocess.Popen([POSTERN, "run", "--config", str(conf)],
                                  stdout=log, stderr=log)
    try:
        wait_for("before.test")
        conf.write_text("hostname = after.test\n" + listen)
        server.send_signal(signal.SIGHUP)
        wait_for("after.test")
        conf.write_text("nonsense\n")
        server.send_signal(signal.SIGHUP)
        time.sleep(0.3)
        assert "after.test" in greeting()
        assert "postern.conf:" in (tmp_path / "log").read_text()
    finally:
        server.terminate()
        assert server.wait(15) == 0


@pytest.mark.parametrize("name,says", [
    ("http://example.com", "that is a URL"),
    ("https://example.com/", "that is a URL"),
    ("you@example.com", "that is an address"),
    ("*", "two words at least"), ("localhost", "two words at least"),
    ("com", "two words at least"),
    ("*.example.com", "letters, digits and hyphens"),
    ("a..b", "letters, digits and hyphens"),
    (".example.com", "letters, digits and hyphens"),
    ("exa_mple.com", "letters, digits and hyphens"),
    ("exa mple.com", "letters, digits and hyphens"),
    ("a.-b.example", "letters, digits and hyphens"),
    ("a-.example.com", "letters, digits and hyphens"),
    ("a" * 64 + ".example.com", "63 of them"),
    ("[192.0.2.1].example", "letters, digits and hyphens"),
    ("example.com:25", "letters, digits and hyphens"),
    ("192.0.2.1", "an address of a machine"),
    ("example.com..", "the dot at its end"),
    (".".join(["a" * 63] * 4), "253 octets"),
    (".".join(["a" * 60] * 5), "longer than 255 octets"),
    ("", "two words at least")])
def test_what_is_no_domain(demo, name, says):
    done = demo.command("domain", "add", name, check=False)
    assert done.returncode == 1 and done.stderr.count("\n") == 1, done
    assert says in done.stderr, done.stderr


def test_a_dot_at_the_end_is_the_same_domain(demo):
    demo.command("domain", "add", "dotted.test.")
    try:
        listed = json.loads(demo.command("domain", "list", "--json").stdout)
        assert "dotted.test" in [row["domain"] for row in listed]
        again = demo.command("domain", "add", "dotted.test", check=False)
        assert "the domain is there" in again.stderr
    finally:
        demo.command("domain", "remove", "dotted.test.")


@pytest.mark.parametrize("password,says", [
    ("a", "8 characters at least"), ("seven77", "8 characters at least"),
    ("äöüßäöü", "8 characters at least"), ("", "is empty"),
    ("password", "tried first"), ("PassWord1", "tried first"),
    ("1qaz2wsx", "tried first"), ("87654321", "tried first"),
    ("Jennifer", "tried first"), ("88888888", "tried first"),
    ("123123123", "tried first"), ("password!", "tried first"),
    ("????????", "tried first"), ("pass.word@example.test", "tried first"),
    ("Pass.Word", "tried first")])
def test_passwords_that_are_tried_first(demo, password, says):
    done = demo.command("account", "add", "pass.word@example.test",
                        "--password-stdin", text=password + "\n",
                        check=False)
    assert done.returncode == 1 and done.stderr.count("\n") == 1, done
    assert says in done.stderr
    assert "pass.word" not in demo.command("account", "list").stdout


def test_a_password_is_made(demo):
    import imaplib
    tls = ssl.create_default_context(
        cafile=str(demo.data / "certificate.pem"))
    name, seen = "made@example.test", set()
    for command in ("add", "passwd"):
        said = demo.command("account", command, name,
                            "--make-password").stdout
        made = re.search(r"^its password is (\S+)$", said, re.M)[1]
        assert re.fullmatch(r"([2-9a-z]{5}-){3}[2-9a-z]{5}", made)
        seen.add(made)
        box = imaplib.IMAP4_SSL("localhost", demo.ports["imaps"],
                                ssl_context=tls, timeout=10)
        box.login(name, made)
        box.logout()
    assert len(seen) == 2
    demo.command("account", "remove", name, "--yes")


@pytest.mark.parametrize("command,says", [
    (("add", "alice@example.test"), "is there already"),
    (("add", "you@unknown.test"), "no mail is taken"),
    (("add", "nonsense"), "is no address"),
    (("passwd", "gone@example.test"), "no account gone@example.test")])
def test_the_address_comes_before_the_password(demo, command, says):
    """There is no terminal: whoever asks for a password says so."""
    done = demo.command("account", *command, check=False)
    assert done.returncode == 1 and says in done.stderr, done
    assert "password-stdin" not in done.stderr


@pytest.mark.parametrize("command", [
    ("account", "add", "A@example.test", "--make-password"),
    ("account", "remove", "A@example.test", "--yes"),
    ("alias", "add", "A@example.test", "b@example.test"),
    ("alias", "remove", "A@example.test"), ("domain", "remove", "A"),
    ("allow", "add", "A@example.test"), ("block", "remove", "A.test"),
    ("queue", "list", "--sender", "A@example.test"),
    ("queue", "list", "--domain", "A")], ids=" ".join)
def test_what_is_too_long_is_refused(demo, command):
    words = [w.replace("A", "a" * 5000) for w in command]
    done = demo.command(*words, check=False)
    assert done.returncode == 1 and done.stderr.count("\n") == 1, done


# ---- what strangers say, on a terminal ----------------------------------

CONTROLS = {"\x9b31m": "\\u009b31m", "\u202egnp": "\\u202egnp"}


def test_controls_of_strangers_are_escaped(demo):
    for raw in CONTROLS:
        smtp = Smtp(demo)
        smtp.do("EHLO client.example.net", 250)
        smtp.do("MAIL FROM:<mallory@example.net> SMTPUTF8", 250)
        smtp.do(f"RCPT TO:<{address('alice')}>", 250)
        smtp.do("DATA", 354)
        smtp.do(f"Message-ID: <{raw}@x>\r\n\r\nx\r\n.", 250)
        smtp.close()
    smtp = Smtp(demo)
    smtp.do("EHLO client.example.net", 250)
    smtp.do("MAIL FROM:<mallory@example.net> SMTPUTF8", 250)
    smtp.do("RCPT TO:<who\u202egnp@example.test>", 550)
    smtp.close()
    wanted = [escaped for escaped in CONTROLS.values()]
    end = time.monotonic() + 20
    for command in (("journal",), ("journal", "--json"),
                    ("trace", "mallory@example.net"),
                    ("trace", "--json", "mallory@example.net")):
        while True:
            said = demo.command(*command).stdout
            if all(w in said for w in wanted):
                break
            assert time.monotonic() < end, said
            time.sleep(0.2)
        assert not [c for c in said if "\x7f" <= c < "\xa0"
                    or c in "\u202e\u2066"], said
        if "--json" in command:
            back = json.dumps(json.loads(said), ensure_ascii=False)
            assert all(raw in back for raw in CONTROLS)
    log = demo.log.read_bytes()
    assert b"\xc2\x9b" not in log and b"\\xc2\\x9b31m" in log


@pytest.mark.parametrize("width", [80, 60, 132])
def test_tables_fit_a_terminal(demo, width):
    import fcntl
    import pty
    import struct
    import termios
    for command in (("journal",), ("queue", "list"), ("account", "list")):
        mine, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ,
                    struct.pack("4H", 24, width, 0, 0))
        shown = b""
        with subprocess.Popen([POSTERN, *command, "--data", demo.data],
                              stdin=subprocess.DEVNULL, stdout=theirs,
                              stderr=subprocess.DEVNULL) as process:
            os.close(theirs)
            try:
                while piece := os.read(mine, 65536):
                    shown += piece
            except OSError:
                pass
            assert process.wait(60) == 0
        os.close(mine)
        rows = shown.decode().splitlines()
        assert rows and max(map(len, rows)) <= max(width, 72), rows
