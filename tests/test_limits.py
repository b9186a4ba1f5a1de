"""How many connections an address and an account may have, over all workers."""

import time

import pytest
from lib.server import PASSWORD, ConfiguredServer, address
from lib.wire import Imap, Smtp, Wire

# Of loopback there may be ten times as many.
LIMITS = ("smtp-per-address = 2\npeople-per-address = 3\nper-account = 4\n"
          "mx-workers = 2\nfront-workers = 2\n")


class LimitedServer(ConfiguredServer):
    def configure(self, more=LIMITS):
        super().configure(more)


@pytest.fixture(scope="module")
def server():
    with LimitedServer() as server:
        yield server


def logged(server, words):
    end = time.monotonic() + 10
    while words not in server.tail(400):
        assert time.monotonic() < end, words
        time.sleep(0.1)


def closes(wire):
    """What is said before the end."""
    said = b""
    while True:
        try:
            octets = wire.sock.recv(4096)
        except ConnectionResetError:
            octets = b""
        if not octets:
            return said
        said += octets


def test_by_address(server):
    there = [Wire(server.ports["smtp"]) for _ in range(20)]
    for wire in there:
        assert wire.line().startswith(b"220 ")
    assert closes(Wire(server.ports["smtp"])) == (
        b"421 4.7.0 Too many connections from your address\r\n")
    logged(server, "limited by=address peer=127.0.0.1")
    # Room is made by whoever goes, in whichever worker.
    there.pop().close()
    end = time.monotonic() + 10
    while True:
        wire = Wire(server.ports["smtp"])
        if wire.line().startswith(b"220 "):
            break
        assert time.monotonic() < end
        time.sleep(0.1)
    there.append(wire)
    # People are counted apart.
    people = [Wire(server.ports["imap"]) for _ in range(30)]
    for wire in people:
        assert wire.line().startswith(b"* OK ")
    assert closes(Wire(server.ports["imap"])).startswith(
        b"* BYE [UNAVAILABLE] Too many connections from your address")
    assert closes(Wire(server.ports["submission"])).startswith(b"421 4.7.0 ")
    for wire in there + people:
        wire.close()


def test_by_account(server):
    end = time.monotonic() + 10
    while True:     # those before are leaving
        try:
            there = [Imap(server).login("alice") for _ in range(4)]
            break
        except (AssertionError, OSError):
            assert time.monotonic() < end
            time.sleep(0.2)
    refused = Imap(server)
    refused.ask(f"LOGIN {address('alice')} {PASSWORD}", want=b"NO [LIMIT]")
    smtp = Smtp(server, "submissions")
    with pytest.raises(AssertionError, match="421"):
        smtp.login("alice")
    logged(server, " by=account ")
    Imap(server).login("bob").close()
    there.pop().close()
    end = time.monotonic() + 10
    while True:
        try:
            Imap(server).login("alice").close()
            break
        except AssertionError:
            assert time.monotonic() < end
            time.sleep(0.1)
    for imap in there:
        imap.close()


def test_worker_dies(server):
    """What a worker counted goes with it."""
    there = [Wire(server.ports["smtp"]) for _ in range(20)]
    for wire in there:
        assert wire.line().startswith(b"220 ")
    server.kill_role("mx")
    for wire in there:
        wire.close()
    end = time.monotonic() + 20
    while True:
        try:
            if Wire(server.ports["smtp"]).line().startswith(b"220 "):
                break
        except (AssertionError, OSError):
            pass
        assert time.monotonic() < end
        time.sleep(0.2)


def test_a_long_literal_that_does_not_wait(server):
    """Its octets belong to the command that they came with, however many they
    are, and the session goes on. RFC 7888 4"""
    imap = Imap(server).login("alice")
    octets = b"x LOGOUT\r\n" * 30000
    imap.send(b"a SELECT {%d+}\r\n" % len(octets) + octets +
              b" {3+}\r\nabc\r\nb NOOP\r\n")
    assert imap.line() == b"a BAD [TOOBIG] The command is too long"
    assert imap.line().startswith(b"b OK")
    imap.close()


def test_a_gateway_logs_in_for_one_after_the_other(server):
    wire = Imap(server)
    for _ in range(210):
        wire.login("alice")
        wire.ask("UNAUTHENTICATE")
    wire.login("alice").select()
