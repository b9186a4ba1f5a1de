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

from lib.server import BUILD, Server, free_offset

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
    for name in ("run", "demo", "domain", "account", "alias", "verify", "journal",
                 "check-config", "version"):
        assert f"  {name} " in listed
        assert "usage: postern " + name in fine(name, "--help")
    assert json.loads(fine("version", "--json"))["version"]
    assert "no command" in refused("frobnicate", code=2)
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
         "send-as": "own"}]
    assert "own, ours, anyone" in refused(
        "account", "send-as", "you@example.org", "all", cwd=data)
    assert "no such account" in refused(
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
    demo.command("domain", "add", "other.test")
    demo.command("account", "add", "carol@other.test", "--password-stdin",
                 text="first\n")
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
                 text="first\n")
    demo.command("account", "passwd", "dora@change.test",
                 "--password-stdin", text="second\n")
    box = imaplib.IMAP4_SSL("localhost", demo.ports["imaps"],
                            ssl_context=tls, timeout=10)
    with pytest.raises(imaplib.IMAP4.error):
        box.login("dora@change.test", "first")
    box.login("dora@change.test", "second")
    box.logout()
    demo.command("account", "remove", "dora@change.test", "--yes")
    demo.command("domain", "remove", "change.test")


def test_check_config(tmp_path):
    conf = tmp_path / "postern.conf"
    conf.write_text("hostname = mail.example.org\n")
    assert "6 listening ports" in fine("check-config", cwd=tmp_path)
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
        assert {"store", "vault", "mx", "front", "resolver", "relay"} <= set(below)
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
