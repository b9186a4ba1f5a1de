"""Networks that may not even connect: postern ban. They come through a proxy
that names addresses of the world."""

import json
import time

import pytest
from lib.wire import Imap
from test_limits import closes, logged
from test_proxy import Behind, ProxiedImap, ProxiedSmtp, ProxiedWire, v1


@pytest.fixture(scope="module")
def server():
    with Behind() as server:
        yield server


def said(server, kind, address):
    return closes(ProxiedWire(server.ports[kind], header=v1(address)))


def is_let_in(server, address):
    smtp = ProxiedSmtp(server, header=v1(address))
    smtp.do("EHLO client.test", 250)
    smtp.close()


def test_by_hand(server):
    """Until it is lifted, at every door."""
    done = server.command("ban", "add", "192.0.2.0/24", "2001:db8:5::/48",
                          "--reason", "they know why")
    assert done.stdout == ("192.0.2.0/24 is banned\n"
                           "2001:db8:5::/48 is banned\n")
    network = b"Your network 192.0.2.0/24 is banned\r\n"
    assert said(server, "smtp", "192.0.2.7") == b"554 5.7.1 " + network
    assert said(server, "submission", "192.0.2.7") == b"421 4.7.0 " + network
    assert said(server, "imap", "192.0.2.7") == (b"* BYE [UNAVAILABLE] " +
                                                 network)
    for kind in ("imaps", "submissions", "https"):
        assert said(server, kind, "192.0.2.7") == b""
    logged(server, "limited by=ban peer=192.0.2.7")
    is_let_in(server, "192.0.3.7")
    rows = json.loads(server.command("ban", "list", "--json").stdout)
    assert [(r["network"], r["door"], r["by"], r["until"], r["times"],
             r["reason"]) for r in rows] == [
        ("192.0.2.0/24", "all", "operator", "", 1, "they know why"),
        ("2001:db8:5::/48", "all", "operator", "", 1, "they know why")]
    done = server.command("ban", "lift", "192.0.2.0/24", "2001:db8:5::/48")
    assert "192.0.2.0/24 is no longer banned\n" in done.stdout
    is_let_in(server, "192.0.2.7")
    assert "it is not banned" in server.command(
        "ban", "lift", "192.0.2.0/24", check=False).stderr


def test_for_a_while(server):
    """At one door, as long as was said, and told so."""
    server.command("ban", "add", "198.51.100.7", "--for", "4s",
                   "--at-door", "mail")
    until = json.loads(server.command("ban", "list", "--json").stdout)[0]
    assert until["door"] == "mail"
    assert said(server, "smtp", "198.51.100.7") == (
        b"421 4.7.0 Your network 198.51.100.7 is banned until %s\r\n" %
        until["until"].encode())
    imap = ProxiedImap(server, "imaps", header=v1("198.51.100.7"))
    imap.login("alice")
    imap.close()
    time.sleep(5)
    is_let_in(server, "198.51.100.7")
    assert server.command("ban", "list", "--json").stdout == "[\n]\n"


def test_it_survives(server):
    server.command("ban", "add", "203.0.113.9")
    server.stop()
    server.start()
    assert said(server, "smtp", "203.0.113.9").startswith(b"554 5.7.1 ")
    server.command("ban", "lift", "203.0.113.9")
    is_let_in(server, "203.0.113.9")


@pytest.mark.parametrize("args, why", [
    (["127.0.0.1"], "this machine"), (["::1"], "this machine"),
    (["10.0.0.0/7"], "too much"), (["2001:db8::/15"], "bits end"),
    (["example.org"], "is no network"), (["192.0.2.1/24"], "is no network"),
    (["192.0.2.1", "--for", "soon"], "--for wants"),
    (["192.0.2.1", "--at-door", "cat"], "--at-door wants"),
    (["192.0.2.1", "--reason", "x" * 201], "200 octets")])
def test_what_is_wrong(server, args, why):
    done = server.command("ban", "add", *args, check=False)
    assert done.returncode != 0 and why in done.stderr
    assert server.command("ban", "list", "--json").stdout == "[\n]\n"
    Imap(server).close()
