"""Debian's Postfix, Exim and OpenSMTPD take our mail, and refuse it; and we
take theirs, and refuse it."""

import email
import email.policy
import smtplib

import pytest
from lib import nexthop
from lib.world import World, text
from test_relay import empty, eventually, outcome, reports

pytestmark = [
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
        # Over TLS, but for the OpenSMTPD of Debian 12: it offers STARTTLS and
        # cannot do it (with OpenSSL 3), and gets its mail all the same.
        received = first[0].split(b"Received:")[1].lower()
        assert (b"with esmtps " in received) == (kind != "opensmtpd")


@pytest.mark.parametrize("kind", sorted(nexthop.PACKAGES))
def test_from_them(kind):
    """What they send is taken; and what is refused they can report: we are
    understood by their clients, over TLS."""
    with World() as world:
        here = world.postern("here.test")
        world.start()
        hop = nexthop.NextHop(kind, world.folder / "hop", world.address(),
                              world.port, "there.test",
                              back=(here.ip, world.port))
        bob, alice = "bob@there.test", "alice@here.test"
        body = "ä\r\n.\r\n..\r\n" + "x" * 900 + "\r\n"
        with hop, smtplib.SMTP(hop.address, hop.port, timeout=30) as smtp:
            smtp.sendmail(bob, [alice], text(bob, [alice], "to you",
                                             body).encode(),
                          ["BODY=8BITMIME"])
            for i in range(5):
                smtp.sendmail(bob, [alice, "nobody@here.test"],
                              text(bob, [alice], f"no {i}").encode())
            assert eventually(lambda: len(here.inbox("alice")) >= 6), \
                hop.log() + here.tail()
            assert eventually(lambda: len(hop.mail()) >= 5), hop.log()
            back = [email.message_from_bytes(m, policy=email.policy.default)
                    for m in hop.mail()]
            # Exim sends in chunks to whoever takes them, and says "K".
            assert kind != "exim" or \
                eventually(lambda: " K " in hop.log()), hop.log()
        mail = here.inbox("alice")
        assert len(mail) == 6
        assert all(b"with ESMTPS" in m.split(b"Received:")[1] for m in mail)
        first, = [m for m in mail if b"to you" in m]
        assert first.endswith(body.encode())
        for report in back:
            assert "nobody@here.test" in report.as_string()
            assert "5.1.1" in report.as_string(), report.as_string()
