"""postern status, reload and stop; what a closed terminal leaves; and errors
as one line, or as JSON."""

import contextlib
import json
import os
import pty
import re
import signal
import subprocess
import time

import pytest
from lib.server import BUILD, ConfiguredServer, Server
from lib.wire import Imap, Smtp, Wire

POSTERN = str(BUILD / "postern")


@pytest.fixture(scope="module")
def server():
    with ConfiguredServer() as s:
        yield s


def eventually(look, seconds=20):
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return found


def test_status(server):
    said = server.command("status").stdout
    pid = server.process.pid
    assert re.fullmatch(
        rf"process {pid} on {server.data}: running since \S+Z\n", said), said
    told = json.loads(server.command("status", "--json").stdout)
    assert told["running"] is True and told["pid"] == pid
    assert told["data"] == str(server.data)


def test_status_of_what_does_not_serve(server):
    """A role that dies again and again is no healthy server."""
    key = server.data / "vault" / "vault.key"
    away = key.with_name("away")
    assert json.loads(server.command("status", "--json").stdout)["serving"]
    key.rename(away)
    try:
        server.kill_role("vault")
        said = eventually(lambda: [
            said for said in [server.command("status", check=False)]
            if said.returncode == 1 and "vault.key" in said.stdout])[-1]
        first, *others = said.stdout.splitlines()
        assert ": running, but not all of it, since " in first
        assert any(re.match(r"vault has died \(\d+ in a row\): ", line)
                   for line in others), others
        assert not any(line.startswith("store") for line in others)
        told = json.loads(server.command("status", "--json",
                                         check=False).stdout)
        assert told["running"] and not told["serving"]
        roles = {role["role"]: role for role in told["roles"]}
        assert roles["store"]["state"] == "serves"
        assert roles["vault"]["state"] != "serves"
        assert "vault.key" in roles["vault"]["why"]
    finally:
        away.replace(key)
    eventually(lambda: server.command("status",
                                      check=False).returncode == 0)


def test_status_of_what_does_not_answer(server):
    os.kill(server.process.pid, signal.SIGSTOP)
    try:
        said = server.command("status", check=False)
        assert said.returncode == 1
        assert ": running, but does not answer, since " in said.stdout
        told = json.loads(server.command("status", "--json",
                                         check=False).stdout)
        assert told["running"] and not told["serving"]
    finally:
        os.kill(server.process.pid, signal.SIGCONT)
    assert server.command("status").returncode == 0


def test_status_of_none(tmp_path):
    data = tmp_path / "d"
    subprocess.run([POSTERN, "domain", "add", "example.org", "--data", data],
                   check=True, capture_output=True)
    for command in ("status", "reload", "stop"):
        done = subprocess.run(
            [POSTERN, command, "--data", data, "--json"],
            capture_output=True, text=True, timeout=30)
        assert done.returncode == 1 and not done.stdout
        assert json.loads(done.stderr) == {
            "error": f"no postern runs on {data}", "command": command}


def test_reload(server):
    def postern_reload():
        return subprocess.run(
            [POSTERN, "reload", "--config", server.conf],
            capture_output=True, text=True, timeout=30)
    server.configure("max-message = 2M\n")
    done = postern_reload()
    assert done.returncode == 0 and "reloading" in done.stdout, done
    eventually(lambda: "SIZE 2097152" in Smtp(server).do(
        "EHLO client.example.net", 250))
    # A wrong one is refused before the server hears of it.
    for wrong in ("nonsense = 1\n", "certificate { chain = x key = y }\n"):
        server.configure(wrong)
        done = postern_reload()
        assert done.returncode == 1 and done.stderr.count("\n") == 1, done
    assert "reload_refused" not in server.tail(None)
    server.configure()


def test_stop():
    with ConfiguredServer() as server:
        below = server.processes()
        said = server.command("stop").stdout
        assert said == f"process {server.process.pid} on {server.data}: " \
            "stopped\n"
        assert server.process.wait(10) == 0
        assert below
        assert "no postern runs" in server.command(
            "stop", check=False).stderr


# ---- the terminal goes --------------------------------------------------

def roles_of(data):
    """Whoever was started with this folder in its command line, and below."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            line = open(f"/proc/{pid}/cmdline", "rb").read()
            if str(data).encode() in line:
                found.append(int(pid))
    return found


def stalled(server):
    """One of each kind that waits for nothing but its own next octet."""
    half = {kind: Wire(server.ports[kind]) for kind in
            ("smtp", "submission", "imap", "pop3", "http")}
    for kind, wire in half.items():
        if kind != "http":
            wire.line()
        wire.send(b"NOO")
    shaking = {kind: Wire(server.ports[kind]) for kind in
               ("submissions", "imaps", "pop3s", "https")}
    for wire in shaking.values():
        wire.send(b"\x16\x03\x01\x02\x00\x01")
    for kind, word in (("smtp", b"STARTTLS"), ("imap", b"a STARTTLS"),
                       ("pop3", b"STLS")):
        wire = Wire(server.ports[kind])
        wire.line()
        wire.send(word + b"\r\n")
        shaking[word] = wire
    text = Smtp(server)
    text.do("EHLO client.example.net", 250)
    text.do("MAIL FROM:<a@example.net>", 250)
    text.do("RCPT TO:<alice@example.test>", 250)
    text.do("DATA", 354)
    text.send(b"Subject: half")
    literal = Imap(server)
    literal.login("alice")
    literal.send(b"a APPEND INBOX {1000+}\r\nSubject: half")
    return half | shaking | {"text": text, "literal": literal}


def test_stop_with_who_stalls():
    """Nobody keeps a server that is to end by half a line, half a handshake,
    half a text; and they are told."""
    with ConfiguredServer() as server:
        there = stalled(server)
        time.sleep(0.5)
        began = time.monotonic()
        server.command("stop")
        assert time.monotonic() - began < 4.8
        assert "killed_at_deadline" not in server.tail()
        assert server.tail().count("tls_failed") == 7
        for kind in ("smtp", "submission", "text"):
            assert there[kind].line() == b"421 4.3.2 Shutting down"
        for kind in ("imap", "literal"):
            assert there[kind].line().startswith(b"* BYE ")
        assert there["pop3"].line().startswith(b"-ERR [SYS/TEMP] ")
        for wire in there.values():
            wire.close()


@pytest.mark.parametrize("kind", ["run", "demo"])
def test_a_closed_terminal_leaves_no_orphan(kind):
    """As a terminal's window that is closed over a shell."""
    server = (ConfiguredServer if kind == "run" else Server)()
    words = [POSTERN, *server.arguments()]
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp("bash", ["bash", "--norc", "-i"])
    try:
        os.write(terminal, (" ".join(words) + "\n").encode())
        shown = b""
        while (b" ready " if kind == "run" else b"Serving until") not in shown:
            shown += os.read(terminal, 65536)
        assert roles_of(server.data.parent)
    finally:
        os.close(terminal)
    os.waitpid(pid, 0)
    eventually(lambda: not roles_of(server.data.parent))
    assert "no postern runs" in server.command("status", check=False).stderr
    server._scratch.cleanup()


def test_a_signal_still_reads_the_file_again(server):
    server.configure("max-message = 3M\n")
    server.process.send_signal(signal.SIGHUP)
    eventually(lambda: "SIZE 3145728" in Smtp(server).do(
        "EHLO client.example.net", 250))


# ---- errors -------------------------------------------------------------

@pytest.mark.parametrize("words,says", [
    (("domain",), "what? postern domain --help says more"),
    (("domain", "add"), "usage: postern domain add NAME [--unsigned|--relay|--no-mail]"),
    (("domain", "list", "extra"), "usage: postern domain list [--json]"),
    (("domain", "frob"), '"frob" is not known'),
    (("account", "add", "a@b", "c@d"), "usage: postern account add ADDRESS"),
    (("alias", "add", "a@b"), "usage: postern alias add ADDRESS TARGET..."),
    (("queue", "show"), "usage: postern queue show ID [--json]"),
    (("queue", "frob"), '"frob" is not known'),
    (("trace",), "usage: postern trace"), (("trace", "a", "b"), "usage: "),
    (("journal", "today"), "usage: postern journal"),
    (("verify", "all"), "usage: postern verify [--json]"),
    (("mx",), "usage: postern mx"), (("mx", "a", "b"), "usage: postern mx"),
    (("run", "postern.conf"), "usage: postern run [--config FILE]"),
    (("demo", "now"), "usage: postern demo"),
    (("check-config", "a", "b"), "usage: postern check-config"),
    (("version", "2"), "usage: postern version"),
    (("status", "x"), "usage: postern status"),
    (("send",), "usage: postern send"),
    (("send", "--frob"), "usage: postern send")])
def test_wrong_words_are_one_line(words, says):
    done = subprocess.run([POSTERN, *words], capture_output=True, text=True,
                          timeout=10)
    assert done.returncode == 2 and not done.stdout, done
    assert done.stderr.count("\n") == 1 and says in done.stderr, done
    assert done.stderr.startswith(f"postern {words[0]}: "), done


def test_help_of_a_command():
    def said(*words):
        return subprocess.run([POSTERN, *words], capture_output=True,
                              text=True, timeout=10)
    for command in "domain", "queue", "help", "send", "sendmail":
        told = said("help", command)
        assert told.returncode == 0 and not told.stderr
        assert told.stdout == said(command, "--help").stdout, command
    told = said("help", "nonsense")
    assert told.returncode == 2 and not told.stdout
    assert 'nonsense: there is no such command' in told.stderr


@pytest.mark.parametrize("words,says", [
    (("queue", "show", "999999"), "there is no message 999999"),
    (("queue", "show", "none"), "no number of a message"),
    (("trace", "999999"), "nothing of 999999"),
    (("domain", "add", "localhost"), "two words"),
    (("domain", "remove", "unknown.test"), "no such domain"),
    (("account", "remove", "unknown@example.test", "--yes"),
     "there is no account unknown@"),
    (("journal", "--day", "x"), "--day wants a day"),
    (("journal", "--day", "2026-02-30"), "--day wants a day"),
    (("queue", "retry", "999999"), "nothing of message 999999"),
    (("queue", "hold", "999998", "999999"), "nothing of message 999998"),
    (("queue", "drop", "999999", "--yes"), "nothing of message 999999"),
    (("frob",), "no such command"),
    (("trace", "--days", "0", "1"), "--days wants a number"),
    (("verify", "--frob"), "is no option of it")])
def test_errors_as_json(server, words, says):
    done = server.command(*words, "--json", check=False)
    assert done.returncode in (1, 2) and not done.stdout, done
    told = json.loads(done.stderr)
    assert told["command"] == words[0] and says in told["error"], told
    assert set(told) == {"error", "command"}


def test_changes_as_json(server):
    def told(*words):
        return json.loads(server.command(*words, "--json").stdout)
    assert told("domain", "add", "json.test") == {"added": "json.test"}
    made = told("account", "add", "a@json.test", "--make-password")
    assert made["added"] == "a@json.test" and len(made["password"]) == 23
    made = told("account", "passwd", "a@json.test", "--make-password")
    assert made["changed"] == "a@json.test" and made["password"]
    assert told("alias", "add", "b@json.test", "a@json.test") == {
        "added": "b@json.test", "target": "a@json.test"}
    sent = subprocess.run(
        [POSTERN, "send", "--data", server.data, "--json", "a@json.test"],
        input="x", capture_output=True, text=True, timeout=30, check=True)
    assert json.loads(sent.stdout)["message"] > 0
    assert told("account", "send-as", "a@json.test", "ours") == {
        "changed": "a@json.test", "send-as": "ours"}
    assert told("alias", "remove", "b@json.test") == {
        "removed": "b@json.test"}
    assert told("account", "remove", "a@json.test", "--yes") == {
        "removed": "a@json.test"}
    assert told("domain", "remove", "json.test") == {"removed": "json.test"}


def test_a_name_that_is_not_there_is_no_warning(server):
    imap = Imap(server)
    imap.login("alice")
    imap.ask("SELECT nowhere", want=b"NO")
    imap.ask("STATUS nowhere (MESSAGES)", want=b"NO")
    imap.close()
    assert "command_failed" not in server.tail(None)


def test_the_log_says_for_whom(server):
    smtp = Smtp(server)
    smtp.do("EHLO client.example.net", 250)
    smtp.send_message("a@example.net", ["alice@example.test",
                                        "bob@example.test"], b"\r\nx\r\n")
    smtp.close()
    line = eventually(lambda: [row for row in server.tail().splitlines()
                               if " received " in row])[-1]
    assert " to=alice@example.test,bob@example.test recipients=2 " in line
