"""What DNS says, or does not, about where mail goes: what becomes of the
mail, and whether the operator and the sender are told why."""

import re
import socket
import time

import pytest
from lib.world import World
from test_relay import empty, eventually, outcome, reports


@pytest.fixture
def world():
    with World() as w:
        yield w


def told(server, number):
    """All that the operator is told about it, in lines made one."""
    shown = server.command("queue", "show", number, check=False)
    life = server.command("trace", number)
    return [re.sub(r"\s+", " ", out) for out in (shown.stdout, life.stdout)]


def waits(world, here, domain, *words, seconds=40):
    """Send there: it waits, and the operator can read why."""
    world.send(here, "alice", [f"bob@{domain}"])
    rows = eventually(lambda: [r for r in here.queued() if r["attempts"]
                               and r["recipient"].endswith(domain)], seconds)
    assert rows, here.tail()
    row, = rows
    assert row["status"].startswith("4."), row
    for said in told(here, str(row["id"])):
        for word in words:
            assert word in said, said
    return row


def comes_back(world, here, domain, status, *words):
    """Send there: it fails at once, and the sender can read why."""
    n = len(here.inbox("alice"))
    world.send(here, "alice", [f"bob@{domain}"])
    report = reports(here, n=n + 1)[-1]
    assert outcome(report)[f"bob@{domain}"] == ("failed", status)
    said = re.sub(r"\s+", " ", report.get_payload()[0].get_content())
    for word in words:
        assert word in said, said
    assert empty(here)
    message = re.search(r"relay info failed message=(\d+) to=bob@"
                        + re.escape(domain), here.tail(None))[1]
    life = told(here, message)[1]
    assert f"DNS: {domain}: " in life, life


# ---- DNS fails: mail waits ------------------------------------------------

def test_servfail_and_bogus(world):
    here = world.postern("here.test")
    world.record("broken NS ns")        # unsigned
    world.start()
    dns = world.dns
    here.more = f'stub-zone "broken.test" {{ servers = {{ "{dns.server}" }} }}'
    dns.add_zone("broken.test", None)
    dns.add_zone("bogus.test", "$ORIGIN bogus.test.\n$TTL 5\n"
                 "@ SOA ns host 1 60 60 60 5\n@ NS ns\nns A 127.0.0.1\n"
                 "@ MX 10 mail\nmail A 127.77.1.1\n", signed=True,
                 tamper=("127.77.1.1", "127.77.1.2"))
    dns.stop()
    dns.start()
    here.stop()     # it reads the anchors when it starts
    here.start()
    waits(world, here, "broken.test", "DNS", "broken.test")
    waits(world, here, "bogus.test", "DNS", "DNSSEC", "mail.bogus.test")
    # The zone is loaded at last.
    sink = world.sink().start()
    dns.add_zone("broken.test", "$ORIGIN broken.test.\n$TTL 5\n"
                 "@ SOA ns host 1 60 60 60 5\n@ NS ns\nns A 127.0.0.1\n"
                 f"@ MX 10 mail\nmail A {sink.address}\n")
    dns.stop()
    dns.start()
    sink.wait(1, 60)
    sink.stop()


def test_nobody_answers_for_a_while(world):
    deaf = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    deaf.bind(("127.0.0.1", 0))
    port = deaf.getsockname()[1]
    here = world.postern(
        "here.test", more='stub-zone "silent.test" { servers = { '
        f'"127.0.0.1@{port}" }} }}\n')
    other, there = world.sink("other.test"), world.sink("there.test")
    world.start()
    # Others do not wait for it.
    began = time.monotonic()
    world.send(here, "alice", ["bob@silent.test"])
    world.send(here, "alice", ["bob@other.test"])
    other.wait(1, 10)
    assert time.monotonic() - began < 5
    world.dns.stop()
    row = waits(world, here, "there.test", "DNS", "there.test: MX records")
    silent, = eventually(lambda: [r for r in here.queued() if r["attempts"]
                                  and r["domain"] == "silent.test"], 60)
    for said in told(here, str(silent["id"])):
        assert "DNS: silent.test: MX records" in said
        assert "did not answer" in said
    world.dns.start()
    there.wait(1, 60)
    assert eventually(lambda: [r["domain"] for r in here.queued()]
                      == ["silent.test"])
    time.sleep(1)
    assert len(there.messages) == 1
    life = told(here, str(row["id"]))[1]
    assert "deferred" in life and "delivered" in life
    deaf.close()


# ---- DNS answers ----------------------------------------------------------

def test_no_such_domain(world):
    here = world.postern("here.test")
    world.start()
    comes_back(world, here, "nowhere.test", "5.1.2", "bob@nowhere.test",
               "does not exist")


def test_cnames(world):
    """A loop comes back; a chain, and an MX that is one, lead to a host.
    RFC 5321 5.1, RFC 2181 10.3 (which forbids the last; many do it)."""
    here, there = world.postern("here.test"), world.sink("there.test")
    for line in ("loop CNAME loop2", "loop2 CNAME loop",
                 "c1 CNAME c2", "c2 CNAME c3", "c3 CNAME there",
                 "named MX 10 alias.named", "alias.named CNAME mail.there"):
        world.record(line)
    world.start()
    world.send(here, "alice", ["bob@c1.test", "bob@named.test"])
    eventually(lambda: len(there.messages) == 2)
    assert sorted(r for m in there.messages for r in m.recipients) == [
        "bob@c1.test", "bob@named.test"]
    waits(world, here, "loop.test", "DNS", "loop.test")


def test_first_host_has_no_address(world):
    here, there = world.postern("here.test"), world.sink("there.test")
    for line in ("half MX 10 gone.half", "half MX 20 mail.there",
                 "gone.half TXT nothing"):
        world.record(line)
    world.start()
    world.send(here, "alice", ["bob@half.test"])
    there.wait(1)
    assert empty(here)


def has_ipv6():
    with socket.socket(socket.AF_INET6) as s:
        try:
            s.bind(("::1", 0))
        except OSError:
            return False
    return True


@pytest.mark.skipif(not has_ipv6(), reason="no IPv6 on loopback")
def test_ipv6_alone(world):
    from lib.sink import Sink
    here = world.postern("here.test")
    world.record("six MX 10 mail.six\nmail.six AAAA ::1")
    world.start()
    with Sink("::1", world.port) as sink:
        world.send(here, "alice", ["bob@six.test"])
        sink.wait(1)
        assert empty(here)
    row = waits(world, here, "six.test", "mail.six.test", "::1",
                "refused")
    assert row["recipient"] == "bob@six.test"
