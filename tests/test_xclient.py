"""XCLIENT and XFORWARD: a server in front says for whom it comes, or who gave it
a message. What goes by address then, what is written down; Debian's Postfix."""

import json
import re
import smtplib

import pytest
from lib import nexthop
from lib.server import ConfiguredServer, address
from lib.wire import Imap, Smtp
from lib.world import World, text
from test_relay import eventually

FRONT = "127.0.0.9"
PEERS = (f'xclient-peers = {{ "{FRONT}" }}\n'
         f'xforward-peers = {{ "{FRONT}" }}\n')


class Behind(ConfiguredServer):
    def configure(self, more=""):
        super().configure(PEERS + "mx-workers = 1\nsmtp-per-address = 2\n"
                          "greylist = off\n" + more)


@pytest.fixture(scope="module")
def server():
    with Behind() as server:
        yield server


class Front(Smtp):
    """Comes from the front's address."""

    def __init__(self, server, port="smtp", client=None):
        super().__init__(server, port, source=FRONT)
        if client:
            self.do(f"XCLIENT ADDR={client}", 220)

    def message(self, sender, to, more=()):
        for line in more:
            self.do(line, 250)
        self.do(f"MAIL FROM:<{sender}>", 250)
        self.do(f"RCPT TO:<{to}>", 250)
        self.do("DATA", 354)
        self.send(f"From: {sender}\r\nSubject: x\r\n\r\nhi\r\n.\r\n".encode())
        return self.expect(250)


def logged(server, pattern):
    assert eventually(lambda: re.search(pattern, server.tail(400))), pattern


def journal(server, event):
    rows = json.loads(server.command("journal", "--json").stdout)
    return [row for row in rows if row["event"] == event]


def header(server, person):
    imap = Imap(server).login(person)
    n = imap.select()
    found = imap.bodies("BODY.PEEK[HEADER]")[n - 1]
    imap.close()
    return found.decode()


def test_it_is_who_it_says(server):
    smtp = Front(server, client="198.51.100.7")
    smtp.do("EHLO client.test", 250)
    smtp.message("a@far.test", address("alice"))
    smtp.do("RCPT TO:<x>", 503)
    smtp.do("MAIL FROM:<a@far.test>", 250)
    smtp.do("RCPT TO:<nobody@example.test>", 550)
    smtp.close()
    found = header(server, "alice")
    assert "from client.test ([198.51.100.7])" in found
    # What comes from this machine is not judged; this does not.
    assert "Authentication-Results:" in found
    # Both of them are written down.
    row = journal(server, "via")[-1]
    assert row["peer"] == "198.51.100.7"
    assert row["text"] == f"XCLIENT of {FRONT}"
    row = journal(server, "refused")[-1]
    assert row["peer"] == "198.51.100.7"
    assert row["text"].endswith(f"(XCLIENT of {FRONT})")
    logged(server, f"xclient .*peer={FRONT} address=198.51.100.7")
    logged(server, "received .*peer=198.51.100.7")
    assert f"XCLIENT of {FRONT}" in server.command(
        "trace", address("alice")).stdout


def test_limits_are_of_whom_it_names(server):
    there = [Front(server, client="203.0.113.5") for _ in range(2)]
    smtp = Front(server)
    smtp.do("XCLIENT ADDR=203.0.113.5", 421)
    assert smtp.line() is None
    smtp.close()
    # And are free again when it has gone.
    there.pop().close()
    logged(server, "disconnect .*peer=203.0.113.5")
    Front(server, client="203.0.113.5").close()
    there.pop().close()


@pytest.mark.parametrize("more, code", [(["--for", "1h"], 421), ([], 554)])
def test_bans_are_of_whom_it_names(server, more, code):
    server.command("ban", "add", "203.0.113.64", *more)
    smtp = Front(server)
    assert "is banned" in smtp.do("XCLIENT ADDR=203.0.113.64", code)[0]
    assert smtp.line() is None
    smtp.close()
    server.command("ban", "lift", "203.0.113.64")
    Front(server, client="203.0.113.64").close()


def test_nobody_logs_in_by_it(server):
    smtp = Front(server, "submissions")
    smtp.do(f"XCLIENT ADDR=198.51.100.9 LOGIN={address('alice')}", 550)
    smtp.do("XCLIENT ADDR=198.51.100.9 LOGIN=[UNAVAILABLE]", 220)
    smtp.do("EHLO client.test", 250)
    smtp.do(f"MAIL FROM:<{address('alice')}>", 530)
    smtp.close()
    smtp = Front(server, "submissions")
    smtp.login("alice")
    smtp.do("XCLIENT ADDR=198.51.100.9", 220)
    smtp.do("EHLO client.test", 250)
    # The login was another's.
    smtp.do(f"MAIL FROM:<{address('alice')}>", 530)
    smtp.login("alice")
    smtp.do(f"MAIL FROM:<{address('alice')}>", 250)
    smtp.close()
    logged(server, "login .*peer=198.51.100.9")


def test_xforward_is_written_down(server):
    smtp = Front(server)
    smtp.do("EHLO front.test", 250)
    said = ["XFORWARD NAME=client.test ADDR=198.51.100.20 IDENT=4ABC",
            "XFORWARD HELO=two+20words NAME=[UNAVAILABLE]"]
    smtp.message("a@far.test", address("bob"), said)
    n = len(journal(server, "via"))
    row = journal(server, "via")[-1]
    assert row["text"] == ("XFORWARD addr=198.51.100.20 helo=two_words "
                           "ident=4ABC")
    assert row["peer"] == FRONT
    # It was for one message, and changed nothing: that is loopback.
    smtp.message("a@far.test", address("bob"))
    smtp.close()
    assert len(journal(server, "via")) == n
    found = header(server, "bob")
    assert f"from front.test ([{FRONT}])" in found
    assert "Authentication-Results" not in found


def test_spf_is_of_whom_it_names():
    with World() as w:
        w.record('strict TXT "v=spf1 ip4:198.51.100.7 -all"')
        here = w.postern("here.test", more='greylist = off\n'
                         'xclient-peers = { "127.0.0.0/8" }\n')
        w.start()
        for client, result in ("198.51.100.7", "pass"), ("203.0.113.9",
                                                         "fail"):
            with smtplib.SMTP(here.ip, w.port, timeout=30) as smtp:
                assert smtp.docmd(f"XCLIENT ADDR={client}")[0] == 220
                smtp.ehlo("client.strict.test")
                smtp.sendmail("a@strict.test", ["alice@here.test"],
                              text("a@strict.test", ["alice@here.test"]))
            assert f"spf={result}" in here.inbox("alice")[-1].decode()


@pytest.mark.skipif(nexthop.available() is not None,
                    reason=str(nexthop.available()))
@pytest.mark.parametrize("lmtp", [False, True])
def test_postfix_in_front(lmtp):
    with World() as w:
        port = w._free_port()
        here = w.postern("here.test", more="listen { kind = lmtp port = "
                         f'{port} }}\nxforward-peers = {{ "127.0.0.0/8" }}\n')
        w.start()
        hop = nexthop.NextHop("postfix", w.folder / "hop", w.address(),
                              w.port, "there.test", lmtp=lmtp,
                              back=("127.0.0.1", port) if lmtp else
                              (here.ip, w.port))
        to = ["bob@here.test"]
        with hop, smtplib.SMTP(hop.address, hop.port, timeout=30) as smtp:
            smtp.ehlo("client.test")
            for i in range(2):
                smtp.sendmail("bob@there.test", to,
                              text("bob@there.test", to, f"no {i}"))
                assert eventually(lambda i=i: len(here.inbox("bob")) > i), \
                    hop.log() + here.tail()
        rows = journal(here, "via")
        assert len(rows) == 2
        for row in rows:
            ident = row["text"].split("ident=")[1].split()[0]
            assert any(f"id {ident}\r\n".encode() in m
                       for m in here.inbox("bob"))
            assert "helo=client.test" in row["text"]
            assert "addr=127.0.0.1" in row["text"]
