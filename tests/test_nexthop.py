"""Debian's Postfix, Exim and OpenSMTPD take our mail, and refuse it."""

import pytest
from lib import nexthop
from lib.world import World
from test_relay import empty, eventually, outcome, reports

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.skipif(nexthop.available() is not None,
                       reason=str(nexthop.available())),
]


@pytest.mark.parametrize("kind", sorted(nexthop.PACKAGES))
def test_next_hop(kind):
    with World() as world:
        here = world.postern("here.test")
        address = world.address()
        world.record(f"there MX 10 mail.there\nmail.there A {address}")
        world.start()
        hop = nexthop.NextHop(kind, world.folder / "hop", address,
                              world.port, "there.test")
        # Down at first, then up: it comes once.
        world.send(here, "alice", ["bob@there.test"], "while it was down",
                   body="ä\r\n.\r\n..\r\n")
        assert eventually(lambda: [r for r in here.queued()
                                   if r["attempts"]])
        with hop:
            for i in range(20):
                world.send(here, "alice", ["bob@there.test"], f"no {i}")
            world.send(here, "alice", ["nobody@there.test",
                                       "bob@there.test"], "to both")
            assert eventually(lambda: len(hop.mail()) >= 22), hop.log()
            report = reports(here)[0]
            assert outcome(report)["nobody@there.test"][0] == "failed"
            assert empty(here), hop.log() + here.tail()
            mail = hop.mail()
        assert len(mail) == 22
        first = [m for m in mail if b"while it was down" in m]
        assert len(first) == 1
        assert "ä\n.\n..\n".encode() in first[0].replace(b"\r\n", b"\n")
        assert all(b"DKIM-Signature:" in m for m in mail)
        # Over TLS: each of them says so in its Received field.
        assert b"TLS" in first[0].split(b"Received:")[1].upper()
