"""What strangers do too often, over all workers: they are told when to come
again, and who guesses addresses or passwords is banned for a while. They come
through a proxy that names addresses of the world."""

import json
import subprocess
import time

import pytest
from lib.server import ConfiguredServer, address
from lib.wire import Imap
from test_limits import closes, logged
from test_proxy import PROXY, ProxiedImap, ProxiedSmtp, ProxiedWire, v1

LIMITS = """
mx-workers = 2
smtp-per-address = 50
greylist-delay = 1s
messages-per-network = 6
recipients-per-network = 60
messages-per-recipient = 9
unknown-recipients = 10
smtp-errors = 30
failed-logins = 6
ban-time = 6s
tarpit = 1s
"""


class Strict(ConfiguredServer):
    def configure(self, more=""):
        super().configure(f'proxies = {{ "{PROXY}" }}\n' + LIMITS + more)


@pytest.fixture(scope="module")
def server():
    with Strict() as server:
        yield server


def smtp(server, peer):
    s = ProxiedSmtp(server, header=v1(peer))
    s.do("EHLO client.test", 250)
    return s


def say(s, command):
    s.send(command.encode() + b"\r\n")
    code, lines = s.reply()
    return f"{code} {lines[-1]}"


def asks(server, peer, to="bob"):
    """What the recipient was answered with."""
    s = smtp(server, peer)
    s.do("MAIL FROM:<a@client.test>", 250)
    said = say(s, f"RCPT TO:<{address(to)}>")
    s.close()
    return said


def sends(server, peer):
    s = smtp(server, peer)
    s.do("MAIL FROM:<a@client.test>", 250)
    s.do(f"RCPT TO:<{address('bob')}>", 250)
    s.do("DATA", 354)
    said = say(s, "From: a@client.test\r\nSubject: x\r\n\r\nx\r\n.")
    s.close()
    return said


def bans(server):
    rows = json.loads(server.command("ban", "list", "--json").stdout)
    return {row["network"]: row for row in rows}


def banned(server, network, within=5):
    end = time.monotonic() + within
    while network not in bans(server):
        assert time.monotonic() < end, server.tail(50)
        time.sleep(0.1)
    return bans(server)[network]


def flood(server, peer):
    """Guesses addresses until it is sent away: how often, and the last
    words."""
    s = smtp(server, peer)
    s.do("MAIL FROM:<a@client.test>", 250)
    for n in range(1, 100):
        said = say(s, f"RCPT TO:<guess{n}@{address('x').split('@')[1]}>")
        if not said.startswith("550 5.1.1"):
            return n, said
    raise AssertionError("nobody minds")


def test_unknown_recipients(server):
    began = time.monotonic()
    n, said = flood(server, "203.0.113.5")
    assert n == 11 and said.startswith("421 4.7.1 Too many recipients from "
                                       "your network that nobody has; come "
                                       "again in ")
    # From the third one on it waited a second for each.
    assert time.monotonic() - began > 7
    row = banned(server, "203.0.113.0/24")
    assert (row["by"], row["door"], row["times"]) == ("recipients", "mail", 1)
    until = row["until"]
    # The whole network, at this door alone.
    assert closes(ProxiedWire(server.ports["smtp"],
                              header=v1("203.0.113.99"))) == (
        b"421 4.7.0 Your network 203.0.113.0/24 is banned for sending to too "
        b"many unknown recipients until %s\r\n" % until.encode())
    ProxiedImap(server, "imaps", header=v1("203.0.113.5")).close()
    logged(server, "banned network=203.0.113.0/24 by=recipients seconds=6")
    time.sleep(7)
    # It has not forgotten, and the next time it is four times as long.
    n, said = flood(server, "203.0.113.6")
    assert n <= 2 and said.startswith("421 4.7.1 ")
    assert banned(server, "203.0.113.0/24")["times"] == 2
    logged(server, "banned network=203.0.113.0/24 by=recipients seconds=24")
    server.command("ban", "lift", "203.0.113.0/24")
    smtp(server, "203.0.113.7").close()


def test_good_networks_are_spared(server):
    """Whose mail was taken is told, and not banned."""
    assert sends(server, "198.51.100.7").startswith("451 4.7.1")
    time.sleep(1.1)
    assert sends(server, "198.51.100.7").startswith("250")
    n, said = flood(server, "198.51.100.8")
    assert n == 11 and said.startswith("421 4.7.1 ")
    logged(server, "not_banned network=198.51.100.0/24 by=recipients")
    assert "198.51.100.0/24" not in bans(server)
    assert sends(server, "198.51.100.7").startswith("250")


def test_messages_of_a_network(server):
    """In whichever worker, from whichever of its addresses."""
    for n in range(6):
        assert asks(server, f"192.0.2.{n}", "alice").startswith("250"), n
    said = asks(server, "192.0.2.77", "alice")
    assert said.startswith("450 4.7.1 ") and "come again in" in said
    assert asks(server, "192.0.3.1", "alice").startswith("250")
    assert asks(server, "192.0.4.1", "alice").startswith("250")
    # And then too many have come for alice, from everywhere.
    assert asks(server, "192.0.5.1", "alice").startswith("250")
    assert asks(server, "192.0.6.1", "alice").startswith("450 4.7.1 ")
    assert asks(server, "192.0.6.1").startswith("250")


def test_errors(server):
    for _ in range(2):
        s = smtp(server, "203.0.114.5")
        for _ in range(20):
            said = say(s, "NONSENSE")
        assert said.startswith("421 4.7.0 ")
    row = banned(server, "203.0.114.0/24")
    assert (row["by"], row["door"]) == ("errors", "mail")


def test_failed_logins(server):
    good = ProxiedImap(server, "imaps", header=v1("192.0.7.200"))
    good.login("alice")
    good.close()
    for peer in ("192.0.7.9", "192.0.8.9"):
        for n in range(8):
            try:
                imap = ProxiedImap(server, "imaps", header=v1(peer))
            except (OSError, AttributeError):    # let in no more
                break
            imap.ask(f"LOGIN {address('bob')} wrong-{n}", b"NO")
            imap.close()
    row = banned(server, "192.0.8.9")
    assert (row["by"], row["door"]) == ("logins", "people")
    logged(server, "not_banned network=192.0.7.9 by=logins")
    assert "192.0.7.9" not in bans(server)
    # Its mail comes in.
    smtp(server, "192.0.8.9").close()
    Imap(server).close()


def test_swaks(server):
    """A real client is told in its own words."""
    def swaks(peer, to):
        return subprocess.run(
            ["swaks", "--server", "127.0.0.1", "--port",
             str(server.ports["smtp"]), "--local-interface", PROXY,
             "--proxy-version", "1", "--proxy-family", "TCP4",
             "--proxy-source", peer, "--proxy-source-port", "4711",
             "--proxy-dest", "192.0.2.1", "--proxy-dest-port", "25",
             "--from", "a@client.test", "--ehlo", "client.test",
             "--to", ",".join(to)], capture_output=True, text=True,
            timeout=60)

    domain = address("x").split("@")[1]
    done = swaks("203.0.115.5", [f"nobody{n}@{domain}" for n in range(12)])
    assert "550 5.1.1" in done.stdout and "421 4.7.1 " in done.stdout
    banned(server, "203.0.115.0/24")
    done = swaks("203.0.115.6", [address("bob")])
    assert "is banned for sending to too many" in done.stdout


def test_manners(server):
    """What HELO says, and who does not wait for its answer: found, no reason
    to refuse."""
    for helo, word in (("192.0.2.1", "helo-address"), ("pc", "helo-no-name")):
        s = ProxiedSmtp(server, header=v1("192.0.9.1"))
        s.do(f"EHLO {helo}", 250)
        s.do(f"MAIL FROM:<{word}@client.test>", 250)
        s.do(f"RCPT TO:<{address('bob')}>", 250)
        s.do("DATA", 354)
        say(s, "Subject: x\r\n\r\nx\r\n.")
        s.close()
        assert word in server.command("trace", f"{word}@client.test").stdout
