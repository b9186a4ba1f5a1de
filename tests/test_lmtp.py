"""LMTP: by whom and where, what each recipient hears, and Debian's Postfix in
front, Dovecot behind; PRDR: rules and quotas answer for each, and Debian's Exim
asks for it."""

import os
import signal
import smtplib
import socket
import stat

import pytest
from lib import nexthop
from lib.server import ConfiguredServer, address
from lib.wire import Imap, Smtp, Wire
from lib.world import World, text
from test_policy import FromOutside
from test_relay import eventually

ALICE, BOB = address("alice"), address("bob")
LETTER = b"Subject: x\r\n\r\n" + b"0123456789" * 100 + b"\r\n"
LONG = ("x" * 60 + "\r\n") * 80
FORWARDED = 'proxies = { "127.0.0.9" }\n'


class Lmtp(Smtp):
    """Over a socket in the file system, or a port."""

    def connect(self, port, timeout):
        if isinstance(port, int):
            return super().connect(port, timeout)
        sock = socket.socket(socket.AF_UNIX)
        sock.settimeout(timeout)
        sock.connect(str(port))
        return sock

    def __init__(self, server, port="lmtp"):
        Wire.__init__(self, server.ports[port])
        self.expect(220)
        self.do("LHLO front.test", 250)

    def each(self, sender, recipients, octets=LETTER, more=""):
        """RCPT's codes are 250; then what the text is answered with."""
        self.begin(sender, recipients, more)
        return self.finish(len(recipients), octets)

    def begin(self, sender, recipients, more=""):
        self.do(f"MAIL FROM:<{sender}>{more}", 250)
        for one in recipients:
            self.do(f"RCPT TO:<{one}>", 250)

    def finish(self, n, octets=LETTER):
        self.do("DATA", 354)
        self.send(octets + b".\r\n")
        return [said(self.reply()) for _ in range(n)]


class Prdr(Lmtp):
    def __init__(self, server):
        Smtp.__init__(self, server)
        self.do("EHLO front.test", 250)

    def finish(self, n, octets=LETTER):
        return super().finish(n + 2, octets)


def said(reply):
    code, lines = reply
    return f"{code} {lines[0]}"[:9].strip() if code != 353 else "353"


class InFront(ConfiguredServer):
    def configure(self, more=""):
        folder = self.data.parent / "in-front"
        if not folder.exists():
            folder.mkdir()
            if os.geteuid() == 0:
                os.chown(folder, 7777, 7778)
        self.ports["path"] = self.path = folder / "postern"
        super().configure(f'listen {{ kind = lmtp path = "{self.path}" }}\n'
                          + more)


@pytest.fixture
def server():
    with InFront() as s:
        yield s


def test_in_the_file_system(server):
    lmtp = Lmtp(server, "path")
    assert lmtp.each("a@far.test", [ALICE, BOB]) == ["250 2.0.0"] * 2
    lmtp.close()
    imap = Imap(server).login("alice")
    imap.select()
    header, = imap.bodies("BODY.PEEK[HEADER]")
    assert b"Received: from front.test (unix)\r\n\tby mail." in header
    assert b"(Postern) with LMTP" in header
    imap.close()
    # Whoever has the folder says who comes.
    found = server.path.stat()
    assert stat.S_ISSOCK(found.st_mode) and found.st_mode & 0o777 == 0o660
    if os.geteuid() == 0:
        assert (found.st_uid, found.st_gid) == (7777, 7778)
    # What a server that was killed left there is no reason not to start.
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()
    assert server.path.exists()
    server.start()
    lmtp = Lmtp(server, "path")
    assert lmtp.each("a@far.test", [ALICE]) == ["250 2.0.0"]
    lmtp.close()
    server.stop()
    assert not server.path.exists()


def test_what_is_not_ours_stays(server):
    server.stop()
    server.path.write_text("somebody's")
    with pytest.raises(RuntimeError, match="cannot listen at"):
        server.start()
    assert server.path.read_text() == "somebody's"
    server.path.unlink()
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(server.path))
        other.listen()
        with pytest.raises(RuntimeError, match="in use"):
            server.start()
    server.path.unlink()


def test_whom_it_is_for(server):
    server.stop()
    server.configure()
    more = 'lmtp-peers = { "192.0.2.25" }\n'
    server.configure = lambda: InFront.configure(server, more)
    server.start()
    wire = Wire(server.ports["lmtp"])
    assert wire.line().startswith(b"554 5.7.1 ")
    assert wire.line() is None
    wire.close()
    assert "lmtp_refused peer=127.0.0.1" in server.tail()
    # The file system decides about the other one.
    Lmtp(server, "path").close()


@pytest.mark.parametrize("judged", [True, False])
def test_who_judges(server, judged):
    server.stop()
    more = 'unjudged = { "192.0.2.1" }\n' + (
        "lmtp-judge = true\n" if judged else "")
    server.configure = lambda: InFront.configure(server, more)
    server.start()
    lmtp = Lmtp(server)
    assert lmtp.each("a@far.test", [ALICE]) == ["250 2.0.0"]
    lmtp.close()
    imap = Imap(server).login("alice")
    imap.select()
    header, = imap.bodies("BODY.PEEK[HEADER]")
    assert (b"Authentication-Results:" in header) == judged
    imap.close()


@pytest.mark.parametrize("line, words", [
    ('kind = lmtp port = 25', "never for LMTP"),
    ('kind = smtp path = "x"', "for kind = lmtp"),
    ('kind = lmtp path = "x" port = 24', "stands alone"),
    ('kind = lmtp port = 24 tls = may', "cannot have this"),
])
def test_what_is_no_listener(server, line, words):
    server.stop()
    server.configure = lambda: InFront.configure(
        server, f"listen {{ {line} }}\n")
    with pytest.raises(RuntimeError, match=words):
        server.start()


def fill(server, person):
    """So that its mailbox is full, from now on."""
    imap = Imap(server).login(person)
    for _ in range(2):
        imap.ask(b"APPEND INBOX {%d+}\r\n%b" % (len(LETTER), LETTER))
    imap.close()
    server.command("account", "quota", address(person), "1K")


@pytest.mark.parametrize("kind", [Lmtp, Prdr])
def test_a_mailbox_becomes_full(server, kind):
    lmtp = kind(server)
    more = " PRDR" if kind is Prdr else ""
    first = ["353"] if more else []
    lmtp.begin("a@far.test", [ALICE, BOB], more)
    fill(server, "alice")
    assert lmtp.finish(2) == first + ["452 4.2.2", "250 2.0.0"] + (
        ["250 2.0.0"] if more else [])
    server.command("account", "quota", ALICE, "default")
    lmtp.begin("a@far.test", [ALICE, BOB], more)
    server.command("account", "quota", ALICE, "1K")
    fill(server, "bob")
    assert lmtp.finish(2) == first + ["452 4.2.2"] * 2 + (
        ["450 4.2.0"] if more else [])
    lmtp.close()
    # Those who were told 250 have it, and nobody else.
    for person, n in ("alice", 2), ("bob", 3):
        imap = Imap(server).login(person)
        assert imap.select() == n
        imap.close()
    trace = server.command("trace", ALICE).stdout
    assert "Mailbox full" in trace and "452" in trace


class PrdrFromOutside(FromOutside):
    def each(self, sender, recipients, words):
        self.ehlo()
        assert self.mail(sender, ["PRDR"])[0] == 250
        for one in recipients:
            assert self.rcpt(one)[0] == 250
        assert self.docmd("DATA")[0] == 354
        self.send(f"From: {sender}\r\nSubject: x\r\n\r\n{words}\r\n.\r\n")
        found = [self.getreply()]
        while found[0][0] == 353 and len(found) < len(recipients) + 2:
            found.append(self.getreply())
        return [(code, words[:5].decode()) for code, words in found]


def test_rules_answer_for_each():
    with World() as w:
        w.record('loose TXT "v=spf1 ip4:198.51.100.0/24 -all"')
        here = w.postern("here.test", more=FORWARDED + "greylist = off\n"
                         "refuse-score = 1\n")
        kind = w.postern("kind.test", more=FORWARDED + "greylist = off\n"
                         "refuse-score = 0\n")
        w.start()

        def each(server, *people, sender="x@loose.test", ip="198.51.100.7"):
            with PrdrFromOutside(server, ip) as smtp:
                return smtp.each(sender, [f"{p}@{server.domain}"
                                          for p in people], "hi")

        kind.command("block", "add", "loose.test", "--for", "bob@kind.test")
        assert each(kind, "alice", "bob") == [
            (353, "An an"), (250, "2.0.0"), (550, "5.7.1"), (250, "2.0.0")]
        assert len(kind.inbox("alice")) == 1 and not kind.inbox("bob")
        # Of all of them, one answer.
        assert each(kind, "bob") == [(550, "5.7.1")]
        # What nobody's rule has in is refused, to the others alone.
        bad = {"sender": "x@loose.test", "ip": "203.0.113.9"}
        assert each(here, "alice", "bob", **bad) == [(550, "5.7.1")]
        here.command("allow", "add", "203.0.113.9", "--for", "bob@here.test")
        assert each(here, "alice", "bob", **bad) == [
            (353, "An an"), (550, "5.7.1"), (250, "2.0.0"), (250, "2.0.0")]
        assert len(here.inbox("bob")) == 1 and not here.inbox("alice")
        held = here.command("held", "list").stdout
        assert "alice" not in held


@pytest.mark.skipif(nexthop.available() is not None,
                    reason=str(nexthop.available()))
def test_exim_asks_for_it():
    with World() as w:
        here = w.postern("here.test", queue="")
        w.start()
        hop = nexthop.NextHop("exim", w.folder / "hop", w.address(), w.port,
                              "there.test", back=(here.ip, w.port))
        here.command("account", "quota", "alice@here.test", "8K")
        to = ["alice@here.test", "bob@here.test"]
        with hop, smtplib.SMTP(hop.address, hop.port, timeout=30) as smtp:
            for i in range(2):
                smtp.sendmail("bob@there.test", to, text(
                    "bob@there.test", to, f"no {i}", LONG).encode())
                assert eventually(lambda i=i: len(here.inbox("bob")) > i), \
                    hop.log() + here.tail()
            # alice was full at RCPT by then; bob has both.
            assert eventually(lambda: "PRDR" in hop.log()), hop.log()
        assert len(here.inbox("alice")) == 1


@pytest.mark.skipif(nexthop.available() is not None,
                    reason=str(nexthop.available()))
@pytest.mark.parametrize("by_path", [False, True])
def test_dovecot_behind(by_path):
    with World() as w:
        at = w.address()
        way = (f'path = "{w.folder}/hop/run/socket"' if by_path else
               f'host = "[{at}]" port = {w.port}')
        here = w.postern("here.test", more=f'route "there.test" {{ '
                         f'protocol = lmtp {way} }}')
        w.start()
        hop = nexthop.NextHop("dovecot", w.folder / "hop", at, w.port,
                              "there.test")
        to = [f"{who}@there.test" for who in ("carol", "nobody", "bob")]
        with hop:
            w.send(here, "alice", to, "to three")
            assert eventually(lambda: hop.mail()), hop.log() + here.tail()
            assert eventually(lambda: here.inbox("alice")), here.tail()
            report, = here.inbox("alice")
            assert b"Final-Recipient: rfc822; nobody@there.test" in report
            assert report.count(b"Final-Recipient:") == 1
            row, = here.queued()
            assert "carol@there.test" in str(row), row
        assert len(hop.mail()) == 1
        assert "LMTP" in hop.mail()[0].decode()


@pytest.mark.skipif(nexthop.available() is not None,
                    reason=str(nexthop.available()))
def test_postfix_in_front():
    with World() as w:
        port = w._free_port()
        here = w.postern("here.test", more=f"listen {{ kind = lmtp "
                         f"port = {port} }}\n")
        w.start()
        hop = nexthop.NextHop("postfix", w.folder / "hop", w.address(),
                              w.port, "there.test",
                              back=("127.0.0.1", port), lmtp=True)
        here.command("account", "quota", "alice@here.test", "8K")
        to = ["alice@here.test", "nobody@here.test", "bob@here.test"]
        with hop, smtplib.SMTP(hop.address, hop.port, timeout=30) as smtp:
            for i in range(2):
                smtp.sendmail("bob@there.test", to, text(
                    "bob@there.test", to, f"no {i}", LONG).encode())
                assert eventually(lambda i=i: len(here.inbox("bob")) > i), \
                    hop.log() + here.tail()
            assert eventually(lambda: len(hop.mail()) >= 2), hop.log()
            assert all(b"nobody@here.test" in m and b"5.1.1" in m
                       and b"bob@here.test>: host" not in m
                       for m in hop.mail())
            assert eventually(lambda: "452 4.2.2" in hop.log()), hop.log()
        assert len(here.inbox("alice")) == 1
        assert all(b"with LMTP" in m for m in here.inbox("bob"))


