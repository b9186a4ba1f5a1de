"""postern import --imap: from another server, and from hostile ones."""

import json
import re
import socket
import threading

import pytest

from lib.mailbox_state import connect, everything, folders, messages
from lib.server import PASSWORD, address
from test_export import fill
from test_import import bring, crlf, person, server, text  # noqa: F401


@pytest.fixture(scope="module")
def full(server):  # noqa: F811
    server.command("account", "add", address("there"), "--password-stdin",
                   text="postern-demo\n")
    fill(server, "there")
    return "there"


def take(server, person, port, *args, code=0, user=None,  # noqa: F811
         password=PASSWORD):
    done = server.command(
        "import", address(person), "--imap", f"localhost:{port}", "--user",
        user or address("there"), "--password-stdin", *args,
        text=password + "\n", check=False)
    assert done.returncode == code, (done.stdout, done.stderr)
    return done


def trusted(server):  # noqa: F811
    return ["--trust", str(server.data / "certificate.pem")]


@pytest.mark.parametrize("how", ["tls", "starttls", "plain"])
def test_another_postern(server, full, person, how):  # noqa: F811
    """All that it has; again only what is new."""
    port = server.ports["imaps" if how == "tls" else "imap"]
    args = {"tls": [], "starttls": ["--starttls"], "plain": ["--plain"]}[how]
    args += [] if how == "plain" else trusted(server)
    said = take(server, person, port, *args).stdout
    assert said.startswith("121 messages ("), said
    assert everything(server, person) == everything(server, full)
    assert folders(server, person) == folders(server, full)
    assert folders(server, person, "LSUB") == folders(server, full, "LSUB")
    said = json.loads(take(server, person, port, *args, "--json").stdout)
    assert said["imported"] == 0 and said["known"] == 121


def test_not_trusted(server, full, person, tmp_path):  # noqa: F811
    """Neither the certificate, nor the password, nor a word in clear."""
    done = take(server, person, server.ports["imaps"], code=1)
    assert "certificate" in done.stderr, done.stderr
    done = take(server, person, server.ports["imaps"], *trusted(server),
                code=1, password="wrong password")
    assert "does not let there@example.test in" in done.stderr
    done = server.command(
        "import", address(person), "--imap", "192.0.2.1:1", "--user", "x",
        "--plain", "--password-stdin", text="x\n", check=False)
    assert done.returncode == 1 and "this machine only" in done.stderr
    for wrong in (["--imap", "localhost:x", "--user", "u",
                   "--password-stdin"], ["--imap", "localhost"],
                  [str(tmp_path), "--user", "x"]):
        done = server.command("import", address(person), *wrong, text="x\n",
                              check=False)
        assert done.returncode, wrong
    assert messages(server, person) == []


class Scripted:
    """A server with one answer for each command that begins so."""

    def __init__(self, answers, greeting=b"* OK hello\r\n"):
        self.answers, self.greeting, self.said = answers, greeting, []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as lines:
                try:
                    connection.sendall(self.greeting)
                    for line in lines:
                        tag, _, rest = line.strip().partition(b" ")
                        self.said.append(rest)
                        connection.sendall(self.answer(rest) + tag +
                                           b" OK done\r\n")
                except OSError:
                    pass

    def answer(self, command):
        for begins, answer in self.answers:
            if re.match(begins, command):
                return answer
        return b""

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.socket.close()


def literal(octets):
    return b"{%d}\r\n%s" % (len(octets), octets)


def test_gmail(server, person):  # noqa: F811
    """A message is in many folders there, and once here."""
    def row(n, uid, number, octets):
        return (b"* %d FETCH (X-GM-MSGID %d UID %d FLAGS (\\Seen) "
                b'INTERNALDATE "03-Feb-2020 04:05:06 +0000")\r\n' % (
                    n, number, uid),
                b"* %d FETCH (BODY[] %s UID %d)\r\n" % (
                    n, literal(octets), uid))
    here = {}
    answers = [
        (b"CAPABILITY", b"* CAPABILITY IMAP4rev1 X-GM-EXT-1\r\n"),
        (b"LIST", b'* LIST (\\HasNoChildren \\All) "/" "[Gmail]/All Mail"\r\n'
         b'* LIST (\\Noselect) "/" "[Gmail]"\r\n'
         b'* LIST (\\Flagged) "/" "[Gmail]/Starred"\r\n'
         b'* LIST (\\Sent) "/" "[Gmail]/Gesendet"\r\n'
         b'* LIST () "/" "INBOX"\r\n* LIST () "/" "Work"\r\n')]
    boxes = {b"INBOX": [1], b"Work": [1, 2], b"[Gmail]/All Mail": [1, 2, 3, 4],
             b"[Gmail]/Gesendet": [4]}

    class Gmail(Scripted):
        def answer(self, command):
            if command.startswith(b"EXAMINE"):
                here["box"] = boxes[command.split(b'"')[1]]
                return (b"* %d EXISTS\r\n* OK [UIDVALIDITY 3] x\r\n" %
                        len(here["box"]))
            if command.startswith(b"FETCH"):
                return b"".join(row(i + 1, i + 10, 100 + n, b"")[0]
                                for i, n in enumerate(here["box"]))
            if command.startswith(b"UID FETCH"):
                uids = command.split()[2].split(b",")
                return b"".join(
                    row(i + 1, i + 10, 0, crlf(text(n)))[1]
                    for i, n in enumerate(here["box"])
                    if b"%d" % (i + 10) in uids)
            return super().answer(command)

    with Gmail(answers) as s:
        said = take(server, person, s.port, "--plain", user="x")
        assert said.stdout.startswith("4 messages "), said.stdout
    found = {f: [m[0] for m in messages(server, person, f)]
             for f in ("INBOX", "Work", "Sent", "Archive")}
    assert found == {"INBOX": [crlf(text(1))], "Work": [crlf(text(2))],
                     "Sent": [crlf(text(4))], "Archive": [crlf(text(3))]}
    assert not [c for c in s.said if re.match(rb"SELECT|STORE|UID STORE", c)]


BOX = [(b"LIST", b'* LIST () "." INBOX\r\n* LIST () "." INBOX.Work\r\n'),
       (b"EXAMINE \"INBOX\"", b"* 2 EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n"),
       (b"FETCH", b'* 1 FETCH (UID 5 FLAGS () INTERNALDATE "03-Feb-2020 '
        b'04:05:06 +0000")\r\n* 2 FETCH (UID 6 FLAGS (\\Seen $x))\r\n')]


def test_one_is_not_given(server, person):  # noqa: F811
    """Too long, or not there: it is named, and the other one comes."""
    answers = BOX + [(
        b"UID FETCH", b"* 2 FETCH (UID 6 BODY[] " + literal(crlf(text(6))) +
        b" FLAGS ())\r\n* 9 FETCH (UID 77 BODY[] \"stranger\")\r\n")]
    with Scripted(answers) as s:
        done = take(server, person, s.port, "--plain", code=1, user="x")
    assert "INBOX, UID 5: the server does not give it" in done.stderr
    assert [(m[0], m[1]) for m in messages(server, person)] == [
        (crlf(text(6)), {"\\Seen", "$x"})]
    assert "Work" in folders(server, person)	# INBOX is no level there


@pytest.mark.parametrize("answers, greeting, says", [
    ([], b"HTTP/1.1 400 Bad Request\r\n", "speaks no IMAP"),
    ([], b"* BYE full\r\n", "the server ended it: full"),
    ([(b"LIST", b"* LIST () \"/\" {9999999999}\r\n")], b"* OK\r\n",
     "says too much"),
    ([(b"LIST", b"* LIST () \"/\" \"" + b"x" * 70000 + b"\"\r\n")],
     b"* OK\r\n", "says too much"),
    ([(b"LIST", b"".join(b"* LIST () \"/\" %d\r\n" % n
                         for n in range(5000)))], b"* OK\r\n",
     "too many folders"),
    ([(b"LIST", b"".join(b"* LIST () \"/\" \"%d%s\"\r\n" % (n, b"x" * 3900)
                         for n in range(3000)))], b"* OK\r\n",
     "too many folders"),
    ([(b"LIST", b"* LIST () \"/\" INBOX\r\n"),
      (b"EXAMINE", b"* 4294967295 EXISTS\r\n")], b"* OK\r\n",
     "INBOX: it says that it has 4294967294 messages, and gives none"),
    ([(b"LOGIN", b"a99 OK\r\n")], b"* OK\r\n", "an answer to no command"),
    (BOX + [(b"UID FETCH", b"* 1 FETCH (((((\r\n")], b"* OK\r\n",
     "speaks no IMAP"),
    ([(b"LIST", b'* LIST () "/" "../../etc/passwd"\r\n'),
      (b"EXAMINE", b"* 4294967295 EXISTS\r\n"),
      (b"FETCH", b"* BYE\r\n")], b"* OK\r\n", "the server ended it"),
])
def test_hostile(server, person, answers, greeting, says):  # noqa: F811
    with Scripted(answers, greeting) as s:
        done = take(server, person, s.port, "--plain", code=1, user="x")
    assert says in done.stderr, done.stderr
    assert messages(server, person) == []


def test_flags_change_meanwhile(server, person):  # noqa: F811
    """What a server says unasked takes no message's place."""
    rows = b"".join(b"* %d FETCH (UID %d FLAGS ())\r\n" % (n, n)
                    for n in range(1, 65))
    texts = b"".join(b"* %d FETCH (UID %d BODY[] %s)\r\n" % (
        n, n, literal(crlf(text(n)))) for n in range(1, 65))
    answers = [
        (b"LIST", b"* LIST () \"/\" INBOX\r\n" + b"".join(
            b"* LIST (\\Noselect) \"/\" \"%s%d\"\r\n" % (b"x" * 3900, n)
            for n in range(3000))),
        (b"EXAMINE", b"* 64 EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n"),
        (b"FETCH", b"* 1 FETCH (UID 1 FLAGS ())\r\n" + rows),
        (b"UID FETCH", texts)]
    with Scripted(answers) as s:
        take(server, person, s.port, "--plain", user="x")
    assert len(messages(server, person)) == 64


def test_starttls_is_not_skipped(server, person):  # noqa: F811
    """Who says that we are in already, in clear, gets nothing."""
    with Scripted([], b"* PREAUTH hello\r\n") as s:
        done = take(server, person, s.port, "--starttls", *trusted(server),
                    code=1, user="x")
    assert "no STARTTLS here" in done.stderr
    assert not [c for c in s.said if b"LOGIN" in c]
