"""ETRN (RFC 1985): a server that was away asks for its mail, and it leaves at
once; nobody else hears anything."""

import re
import smtplib
import subprocess

import pytest
from lib.wire import Smtp
from lib.world import World
from test_relay import empty, eventually

CONF = """
etrn-peers = {{ "{peers}" }}
etrn-domains = {{ "there.test", "b\u00fc.test" }}
etrn-per-hour = {hourly}
"""
# What leaves sooner was asked for.
QUEUE = "retry-min = 1h retry-max = 4h"


@pytest.fixture
def world():
    with World() as w:
        yield w


def postern(world, peers="127.0.0.0/8", hourly=20):
    return world.postern("here.test", queue=QUEUE, more=CONF.format(
        peers=peers, hourly=hourly))


def ask(server, node):
    """As a server's cron job would."""
    with smtplib.SMTP(server.ip, server.world.port) as smtp:
        smtp.ehlo("branch.there.test")
        code, text = smtp.docmd("ETRN", node)
    return code, text.decode()


def offers(server):
    with smtplib.SMTP(server.ip, server.world.port) as smtp:
        smtp.ehlo("branch.there.test")
        return smtp.has_extn("etrn")


def waits(server, n):
    """n recipients were tried, and wait for an hour."""
    assert eventually(lambda: len(server.queued()) == n and all(
        row["attempts"] for row in server.queued())), server.tail()


def test_what_waits_leaves_at_once(world):
    here, sink = postern(world), world.sink("there.test")
    world.start()
    sink.stop()
    world.send(here, "alice", ["bob@there.test", "carol@there.test"])
    waits(here, 2)
    assert offers(here)
    code, text = ask(here, "other.there.test")
    assert (code, text[:6]) == (251, "2.0.0 ")
    sink.start()
    assert ask(here, "There.Test")[0] == 253
    assert empty(here), here.tail()
    assert len(sink.messages) == 1
    assert ask(here, "there.test")[0] == 251
    journal = here.command("trace", "bob@there.test").stdout
    assert "retried" in journal and "ETRN" in journal
    assert re.search(r" etrn session=.* node=there\.test below=0 waiting=2",
                     here.tail(400))


def test_all_below_a_domain(world):
    here, sink = postern(world), world.sink("there.test")
    below = world.sink("a.there.test")
    world.start()
    sink.stop()
    below.stop()
    world.send(here, "alice", ["bob@there.test", "bob@a.there.test"])
    waits(here, 2)
    sink.start()
    below.start()
    code, text = ask(here, "@there.test")
    assert code == 253 and " 2 pending" in text
    assert empty(here), here.tail()
    assert len(sink.messages) == len(below.messages) == 1


def test_who_may_and_what(world):
    here = postern(world, hourly=3)
    world.start()
    for node in ("elsewhere.test", "@test.example", "xthere.test",
                 "@example.com"):
        code, text = ask(here, node)
        assert code == 459 and "not one of yours" in text, node
    assert ask(here, "#there.test")[0] == 459
    assert ask(here, "")[0] == 500
    for node in ("localname", "@test", "a..there.test", "#"):
        assert ask(here, node)[0] == 501, node
    # As names are written, and not too often.
    assert ask(here, "xn--b-eha.test")[0] == 251
    for want in (251, 251, 251, 458):
        assert ask(here, "there.test")[0] == want
    assert ask(here, "a.there.test")[0] == 251
    assert re.search(r" etrn_refused .* node=elsewhere\.test ",
                     here.tail(400))


def test_fetchmail(world, tmp_path):
    """What people had for this when lines were dialled up."""
    here, sink = postern(world), world.sink("there.test")
    world.start()
    sink.stop()
    world.send(here, "alice", ["bob@there.test"])
    waits(here, 1)
    sink.start()
    rc = tmp_path / "rc"
    rc.write_text(f"poll {here.ip} protocol ETRN service {world.port} "
                  "fetchdomains there.test\n")
    rc.chmod(0o600)
    done = subprocess.run(
        ["fetchmail", "-v", "--nosyslog", "--pidfile", str(tmp_path / "pid"),
         "-f", str(rc)], capture_output=True, text=True, timeout=60,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"})
    assert "253 2.0.0" in done.stdout + done.stderr, done
    assert empty(here), here.tail()
    assert len(sink.messages) == 1


def test_strangers_hear_nothing(world):
    here = postern(world, peers="192.0.2.0/24")
    sink = world.sink("there.test")
    world.start()
    sink.stop()
    world.send(here, "alice", ["bob@there.test"])
    waits(here, 1)
    assert not offers(here)
    code, text = ask(here, "there.test")
    assert code == 459 and "not for you" in text
    assert ask(here, "nothing.test") == (459, text.replace("there.test",
                                                           "nothing.test"))
    assert len(here.queued()) == 1
    # Nor do those who log in.
    smtp = Smtp(here, "submission")
    smtp.start_tls()
    smtp.do("ETRN there.test", 502)
    smtp.close()
