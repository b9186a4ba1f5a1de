"""People on two and three Posterns write to each other, with the programs that
people use."""

import contextlib
import email
import email.policy
import os
import pathlib
import pty
import re
import select
import ssl
import subprocess
import time

import dkim
import pytest
from lib.server import BUILD, PASSWORD
from lib.world import World
from test_dane import of_key, publish, sha256
from test_relay import dkim_records, empty, eventually, outcome, reports

CLIENTS = pathlib.Path(__file__).parent / "clients"


@pytest.fixture
def world():
    with World() as w:
        yield w


def arrived(server, person, n=1):
    """The newest of the person's n messages: its octets, and as a Message."""
    def look():
        found = server.inbox(person)
        return found if len(found) >= n else None
    found = eventually(look)
    assert found, server.tail()
    return found[-1], email.message_from_bytes(found[-1],
                                               policy=email.policy.default)


def is_signed(octets, server):
    """How many signatures of the server's domain hold, all of which must."""
    keys = dict(dkim_records(server))
    n = octets.lower().count(b"\r\ndkim-signature:")
    for i in range(n):
        assert dkim.DKIM(octets).verify(
            idx=i, dnsfunc=lambda name, timeout=5: keys.get(
                name.decode().rstrip(".")))
    return n


def node(script, *args):
    done = subprocess.run(["node", script, *map(str, args)], cwd=CLIENTS,
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done
    return done.stdout


# ---- a conversation --------------------------------------------------------

class Mutt:
    """mutt, on a terminal that nobody looks at."""

    def __init__(self, server, person, folder):
        folder.mkdir()
        self.folder = folder
        login = f"{person}%40{server.domain}:{PASSWORD}"
        cert = ssl.get_server_certificate(
            ("127.0.0.1", server.ports["imaps"]))
        (folder / "cert").write_text(cert)
        (folder / "editor").write_text('#!/bin/sh\necho "Füße, answered." '
                                       '>>"$1"\n')
        (folder / "editor").chmod(0o755)
        (folder / "rc").write_text(
            f'set folder="imaps://{login}@127.0.0.1:{server.ports["imaps"]}"\n'
            f'set spoolfile="+INBOX"\nset certificate_file="{folder}/cert"\n'
            f'set smtp_url="smtp://{login}@127.0.0.1:'
            f'{server.ports["submission"]}"\n'
            f'set from="{person}@{server.domain}"\nset realname="Bob B."\n'
            f'set editor="{folder}/editor"\nset ssl_force_tls=yes\n'
            'set ssl_verify_host=no\nset ssl_verify_dates=no\n'
            'set fast_reply=yes\nset include=yes\nset copy=no\n'
            'set sort=date\nset wait_key=no\nset confirmappend=no\n'
            'set quit=yes\nset delete=no\nset charset=utf-8\nset sleep_time=0\n')

    def run(self, *keys, seconds=40):
        """Press the keys ("<reply>") and wait until it ends; what it drew."""
        command = ["mutt", "-n", "-F", str(self.folder / "rc"),
                   "-e", f"push '{''.join(keys)}'"]
        pid, fd = pty.fork()
        if pid == 0:
            os.chdir(self.folder)
            os.execvpe("mutt", command, dict(
                os.environ, TERM="xterm", HOME=str(self.folder),
                LC_ALL="C.UTF-8"))
        drawn, end = b"", time.monotonic() + seconds
        with contextlib.suppress(OSError):
            while time.monotonic() < end:
                if select.select([fd], [], [], 0.5)[0]:
                    octets = os.read(fd, 65536)
                    if not octets:
                        break
                    drawn += octets
            else:
                os.kill(pid, 9)
        os.close(fd)
        status = os.waitpid(pid, 0)[1]
        assert status == 0, drawn.decode(errors="replace")[-3000:]
        return drawn


def test_a_conversation(world):
    here, there = world.postern("here.test"), world.postern("there.test")
    world.start()
    said = node("nodemailer.mjs", here.ports["submissions"], "true",
                "alice@here.test", "bob@there.test", "alice@here.test",
                PASSWORD, "Grüße")
    assert said.startswith("250 ")
    octets, first = arrived(there, "bob")
    assert is_signed(octets, here) == 2
    attachment, = first.iter_attachments()
    assert attachment.get_content() == bytes(range(256))
    # Bob reads it, and answers.
    mutt = Mutt(there, "bob", world.folder / "mutt")
    copy = mutt.folder / "copy"
    mutt.run("<first-entry><pipe-message>cat >", str(copy),
             "<enter><reply><send-message><quit>")
    assert "Gr" in copy.read_text(errors="replace")
    octets, answer = arrived(here, "alice")
    assert is_signed(octets, there) == 2
    assert answer["Subject"] == "Re: Grüße"
    assert answer["In-Reply-To"] == first["Message-ID"]
    assert answer["Return-Path"] == "<bob@there.test>"
    text = answer.get_content()
    assert "> Grüße from nodemailer" in text and "Füße, answered." in text
    # And somebody's imapflow gets on with the same mailbox.
    assert '"appended":true' in node("imapflow.mjs", here.ports["imaps"],
                                     "alice@here.test", PASSWORD)
    assert empty(here) and empty(there)


# ---- forwarding ------------------------------------------------------------

def test_forwarded_by_the_one_in_between(world):
    a, b, c = (world.postern(f"{name}.test") for name in "abc")
    world.start()
    b.command("alias", "add", "team@b.test", "bob@b.test", "bob@c.test")
    world.send(a, "alice", ["team@b.test"], "to the team")
    octets, message = arrived(c, "bob")
    # b answers for what it sends on: SPF is about this address. RFC 7208
    assert re.fullmatch(r"<SRS0=[^=]+=[^=]+=a\.test=alice@b\.test>",
                        message["Return-Path"]), message["Return-Path"]
    assert is_signed(octets, a) == 2
    octets, message = arrived(b, "bob")
    assert message["Return-Path"] == "<alice@a.test>"
    assert is_signed(octets, a) == 2
    assert all(map(empty, (a, b, c)))
    assert not a.inbox("alice")


def test_bounces_find_the_way_back(world):
    """Refused by c: the report is of b. Refused by a, whom c forwards to: the
    report is of c, goes to b, and from there to alice. Each speaks of the
    address that was written to, and does not say where it leads."""
    a, b, c = (world.postern(f"{name}.test") for name in "abc")
    world.start()
    b.command("alias", "add", "gone@b.test", "nobody@c.test")
    b.command("alias", "add", "far@b.test", "further@c.test")
    c.command("alias", "add", "further@c.test", "nobody@a.test")
    world.send(a, "alice", ["gone@b.test"], "refused by c")
    report = reports(a)[0]
    assert report["From"].addresses[0].domain == "mail.b.test"
    assert outcome(report)["gone@b.test"] == ("failed", "5.1.1")
    assert "nobody@c.test" not in report.as_string()
    assert "refused by c" in report.as_string()
    world.send(a, "alice", ["far@b.test"], "refused at last")
    report = reports(a, n=2)[1]
    assert report["From"].addresses[0].domain == "mail.c.test"
    assert outcome(report)["far@b.test"] == ("failed", "5.1.1")
    assert "further@c.test" not in report.get_payload(1).as_string()
    assert report["Return-Path"] == "<>"
    assert "b.test" in report["Received"]
    assert all(map(empty, (a, b, c)))
    for server in (b, c):
        assert not server.inbox("alice")


# ---- local programs, receipts ----------------------------------------------

def test_sendmail_to_another_machine(world):
    here, there = world.postern("here.test"), world.postern("there.test")
    world.start()
    done = subprocess.run(
        [str(BUILD / "postern"), "sendmail", "-t", "-i", "-f",
         "alice@here.test"], timeout=60, capture_output=True,
        env=dict(os.environ, POSTERN_DATA=str(here.data)),
        input="To: Bob <bob@there.test>\nFrom: alice@here.test\n"
        "Bcc: alice@there.test\nSubject: Grüße vom Skript\n\nFüße\n.\n"
        .encode())
    assert done.returncode == 0, done
    octets, message = arrived(there, "bob")
    assert is_signed(octets, here) == 2
    assert message["Return-Path"] == "<alice@here.test>"
    assert octets.endswith("\r\n\r\nFüße\r\n.\r\n".encode())
    assert "Bcc" not in arrived(there, "alice")[1]
    # Nobody there: it comes back to whom it was from.
    here.command("send", "--from", "alice@here.test", "nobody@there.test",
                 text="x\n")
    assert outcome(reports(here)[0])["nobody@there.test"] == (
        "failed", "5.1.1")


def test_a_receipt(world):
    """Whose server is proven is told by the last one who has it, or, where that
    does not know, by the last who does. RFC 3461 5.2.2 (relayed)"""
    here, there = world.postern("here.test"), world.postern("there.test")
    blind = world.postern("blind.test", more="dmarc = off\n")
    world.start()
    world.send(here, "alice", ["bob@there.test"], "a receipt please",
               options=["RET=HDRS", "ENVID=abc"],
               rcpt_options=["NOTIFY=SUCCESS,FAILURE"])
    report = reports(here)[0]
    assert outcome(report)["bob@there.test"][0] == "delivered"
    assert report["From"].addresses[0].domain == "mail.there.test"
    assert "abc" in report.get_payload()[1].as_string()
    arrived(there, "bob")
    world.send(here, "alice", ["bob@blind.test"], "another",
               options=["RET=HDRS", "ENVID=abc"],
               rcpt_options=["NOTIFY=SUCCESS,FAILURE"])
    report = reports(here, n=2)[1]
    assert outcome(report)["bob@blind.test"][0] == "relayed"
    assert "abc" in report.get_payload()[1].as_string()
    arrived(blind, "bob")
    assert not there.inbox("alice")
    assert all(map(empty, (here, there, blind)))


# ---- by TLS all the way ----------------------------------------------------

def test_requiretls(world):
    """Asked for by somebody's mail program, kept from server to server, and in
    what comes back.                                              RFC 8689"""
    here = world.postern("here.test")
    chain, key = world.certificate("mail.there.test")
    there = world.postern("there.test", more=f'certificate {{ chain = '
                          f'"{chain}" key = "{key}" }}\n')
    publish(world, "there", "3 1 1 " + sha256(of_key(chain)))
    world.start(signed=True)
    argv = (here.ports["submissions"], "true", "alice@here.test")
    said = node("nodemailer.mjs", *argv, "bob@there.test", "alice@here.test",
                PASSWORD, "by TLS alone", "REQUIRETLS")
    assert said.startswith("250 ")
    arrived(there, "bob")
    assert eventually(lambda: re.search(
        "delivered .*to=bob@there.test .*tls=\"?TLSv1.3 DANE", here.tail(None)))
    # The way back has no keys that anybody publishes: bob's answer returns.
    world.send(there, "bob", ["alice@here.test"], "answer",
               options=["REQUIRETLS", "RET=FULL"])
    _, report = arrived(there, "bob", 2)
    part = report.get_payload(1).as_string()
    assert "Status: 5.7.10" in part, part
    assert report.get_payload(2).get_content_type() == "text/rfc822-headers"
    assert empty(here) and empty(there)


def test_deliver_by(world):
    """What has to be there by some time goes to who says it will see to it,
    and to nobody else.                                            RFC 2852"""
    here, there = world.postern("here.test"), world.postern("there.test")
    sink = world.sink("sink.test")
    world.start()
    world.send(here, "alice", ["bob@there.test"], options=["BY=60;RT"])
    arrived(there, "bob")
    _, report = arrived(here, "alice")
    part = report.get_payload(1).as_string()
    assert "Action: relayed" in part and "Deliver-By-Date: " in part
    world.send(here, "alice", ["bob@sink.test"], options=["BY=60;R"])
    _, report = arrived(here, "alice", 2)
    part = report.get_payload(1).as_string()
    assert "Action: failed" in part and "Status: 5.3.3" in part
    world.send(here, "alice", ["bob@sink.test"], options=["BY=60;N"])
    _, report = arrived(here, "alice", 3)
    assert "Action: relayed" in report.get_payload(1).as_string()
    assert len(sink.messages) == 1
    # By an alias there it goes on, with what is left; who is not there by
    # then comes back.
    there.command("alias", "add", "on@there.test", "x@sink.test")
    world.send(here, "alice", ["on@there.test"], options=["BY=60;R"])
    _, report = arrived(here, "alice", 4)
    assert "Status: 5.3.3" in report.get_payload(1).as_string()
    world.send(here, "alice", ["on@there.test"], options=["BY=60;N"])
    assert eventually(lambda: len(sink.messages) == 2)
    # Of that they tell, and not where it went.
    _, report = arrived(here, "alice", 5)
    assert "Action: relayed" in report.get_payload(1).as_string()
    assert "sink.test" not in report.as_string()
    assert empty(here) and empty(there)
    assert len(here.inbox("alice")) == 5


def test_priority(world):
    """It goes from server to server, and is worth what the next one thinks of
    strangers.                                                     RFC 6710"""
    here, there = world.postern("here.test"), world.postern("there.test")
    world.start()
    world.send(here, "alice", ["bob@there.test"], options=["MT-PRIORITY=3"])
    _, message = arrived(there, "bob")
    last, first = message.get_all("Received")
    assert "priority 3;" in first and "priority" not in last
    world.send(here, "alice", ["bob@there.test"], options=["MT-PRIORITY=-3"])
    _, message = arrived(there, "bob", 2)
    assert all("priority -3;" in field
               for field in message.get_all("Received"))
    assert empty(here)
