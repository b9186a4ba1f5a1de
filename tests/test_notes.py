"""Mail of the server's own to people: what is told, once, and what is not."""

import email
import email.policy
import json
import smtplib
import socket
import ssl
import time

import pytest
from lib.server import DOMAIN, PASSWORD, PATIENCE, ConfiguredServer, address
from lib.wire import Imap
from test_app_passwords import add
from test_http import sign_in
from test_own_account import CHOSEN, post
from test_second_factor import FACTOR, set_up

ALICE, BOB = address("alice"), address("bob")
MEGABYTE = 1 << 20


@pytest.fixture
def server():
    with ConfiguredServer() as s:
        yield s


class ImapFrom(Imap):
    """From another address of this machine: a network of its own."""

    def __init__(self, server, address):
        self.address = address
        super().__init__(server)

    def connect(self, port, timeout):
        other = "::1" if ":" in self.address else "127.0.0.1"
        return socket.create_connection((other, port), timeout,
                                        (self.address, 0))


def letters(wire, box="INBOX"):
    found = []
    wire.ask(f"SELECT {box}")
    for row in wire.ask("UID FETCH 1:* BODY.PEEK[]"):
        for part in row:
            if b"Subject:" in part:
                found.append(email.message_from_bytes(
                    part, policy=email.policy.default))
    return found


def notes(wire, n, box="INBOX"):
    """Subjects of what the server wrote, once there are n."""
    end = time.monotonic() + 20 * PATIENCE
    while True:
        found = [m for m in letters(wire, box)
                 if m["From"].addresses[0].display_name == "Mail server"]
        if len(found) >= n or time.monotonic() > end:
            assert len(found) == n, [m["Subject"] for m in found]
            return found
        time.sleep(0.1)


def fill(wire, octets):
    text = b"Subject: fill\r\n\r\n" + b"0123456789abcde\n" * (octets // 16)
    wire.ask(b"APPEND Archive {%d+}\r\n%b" % (len(text), text))


def fields_are_right(note, to=ALICE):
    assert str(note["From"]) == f"Mail server <postmaster@mail.{DOMAIN}>"
    assert note["To"] == to
    # RFC 3834 5: nothing answers this; 3.3: nor is there anybody to tell.
    assert note["Auto-Submitted"] == "auto-generated"
    assert note["Return-Path"] == "<>"
    assert note["Message-ID"] and note["Date"]


def test_a_mailbox_that_fills(server):
    server.command("account", "quota", ALICE, "2M")
    wire = Imap(server).login("alice")
    fill(wire, MEGABYTE)
    notes(wire, 0)
    fill(wire, MEGABYTE * 7 // 10)
    note, = notes(wire, 1)
    assert note["Subject"] == "Your mailbox is four fifths full"
    fields_are_right(note)
    text = note.get_content()
    assert "1.7 MB of the 2.0 MB" in text and "delete large messages" in text
    fill(wire, MEGABYTE // 20)
    fill(wire, MEGABYTE // 5)
    note = notes(wire, 2)[1]
    assert note["Subject"] == "Your mailbox is nearly full"
    # It comes also where there is no room any more, and is told once, also
    # by a server that was started anew.
    server.command("account", "quota", ALICE, "1M")
    server.stop()
    server.start()
    wire = Imap(server).login("alice")
    with smtplib.SMTP("localhost", server.ports["smtp"]) as smtp:
        smtp.helo("client.example.net")
        smtp.mail("someone@example.net")
        assert smtp.rcpt(ALICE)[0] == 452
    notes(wire, 2)
    # Once there was room, it is told again; but not twice a day.
    server.command("account", "quota", ALICE, "100M")
    server.command("account", "quota", ALICE, "2M")
    notes(wire, 2)
    assert "note" in server.command("trace", ALICE).stdout


def test_small_quotas_are_not_told(server):
    server.command("account", "quota", ALICE, "100K")
    wire = Imap(server).login("alice")
    fill(wire, 99 << 10)
    notes(wire, 0)


def test_networks(server):
    wire = Imap(server).login("alice")
    ImapFrom(server, "::1").login("alice")
    notes(wire, 0)		# the first of all is no news, nor is this machine
    there = ImapFrom(server, "127.0.9.1").login("alice")
    note, = notes(wire, 1)
    assert note["Subject"] == "A login from a new network"
    fields_are_right(note)
    text = note.get_content()
    assert "127.0.9.1" in text and "imap" in text and ALICE in text
    assert "Choose another password at once" in text
    ImapFrom(server, "127.0.9.77").login("alice")
    # Another account's networks are its own.
    ImapFrom(server, "127.0.9.1").login("bob")
    server.stop()
    server.start()
    there = ImapFrom(server, "127.0.9.3").login("alice")
    word = add(server, "my phone")
    Imap(server).login("alice")
    box = ImapFrom(server, "127.0.77.1")
    box.ask(f'LOGIN {ALICE} "{word}"')
    found = notes(there, 3)
    assert [m["Subject"] for m in found[1:]] == [
        "A new app password was made", "A login from a new network"]
    assert "program:  my phone" in found[2].get_content()
    assert "whoever runs this server" in found[1].get_content()
    notes(Imap(server).login("bob"), 0)


def test_who_fails_is_not_told(server):
    Imap(server).login("alice")
    box = ImapFrom(server, "127.0.9.1")
    box.ask(f"LOGIN {ALICE} wrong", want=b"NO")
    notes(Imap(server).login("alice"), 0)


def test_networks_are_not_told_of(server):
    server.stop()
    server.configure = lambda: ConfiguredServer.configure(
        server, "login-notes = false\n")
    server.start()
    wire = Imap(server).login("alice")
    ImapFrom(server, "127.0.9.1").login("alice")
    notes(wire, 0)


def test_passwords(server):
    here = sign_in(server)
    assert post(server, here, "/account/password", password=PASSWORD,
                new=CHOSEN)[0] == 200
    server.command("account", "passwd", ALICE, "--password-stdin",
                   text=PASSWORD + "\n")
    wire = Imap(server).login("alice")
    his, operators = notes(wire, 2)
    for note in (his, operators):
        assert note["Subject"] == "Your password was changed"
        fields_are_right(note)
    assert "127.0.0.1" in his.get_content()
    assert "whoever runs this server" in operators.get_content()


def test_second_factors(server):
    here = sign_in(server)
    _, codes = set_up(server, here)
    assert post(server, here, FACTOR + "/codes", password=PASSWORD,
                code=codes[0])[0] == 200
    server.command("account", "second-factor", ALICE, "off")
    _, codes = set_up(server, here)
    assert post(server, here, FACTOR + "/off", password=PASSWORD,
                code=codes[0])[0] == 204
    told = notes(Imap(server).login("alice"), 4)
    on, off = "A second factor was set up", "The second factor was taken off"
    assert [m["Subject"] for m in told] == [on, off, on, off]
    for note in told:
        fields_are_right(note)
    froms = [m.get_content().split("from: ")[1].split("\n")[0].strip()
             for m in told]
    assert froms == ["127.0.0.1", "whoever runs this server", "127.0.0.1",
                     "127.0.0.1"]


def test_nobody_fills_a_mailbox_with_them(server):
    for i in range(12):
        server.command("account", "passwd", ALICE, "--password-stdin",
                       text=PASSWORD + "\n")
    notes(Imap(server).login("alice"), 10)


def test_none_twice_and_none_lost(server):
    """Whatever dies while they are made."""
    wire = Imap(server).login("alice")
    for i in range(10):
        server.command("account", "passwd", ALICE, "--password-stdin",
                       text=PASSWORD + "\n")
        server.kill_role("relay" if i % 2 else "store")
        end = time.monotonic() + 20 * PATIENCE
        while server.command("account", "list", check=False).returncode:
            assert time.monotonic() < end
            time.sleep(0.1)
    wire = Imap(server).login("alice")
    notes(wire, 10)
