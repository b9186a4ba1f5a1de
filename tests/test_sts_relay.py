"""What relay does with the policies of destinations (MTA-STS): which hosts get
the mail, and with which certificates.                          RFC 8461 4, 5
"""

import re
import socket

import pytest
from lib.policy_host import Authority, PolicyHost, policy
from lib.world import World
from test_dane import context, of_key, publish, security, sha256
from test_relay import empty, eventually
from test_relay_dns import waits


def free_port(address):
    with socket.socket() as s:
        s.bind((address, 0))
        return s.getsockname()[1]


class Policies:
    """A small internet in which there.test has a policy."""

    def __init__(self, world, mx="mail.there.test", mode="enforce",
                 relay="private = true", more="", published=True):
        self.world = world
        self.authority = Authority(world.folder)
        address = world.address()
        port = free_port(address)
        self.here = world.postern(
            "here.test", relay=relay, more=f"errand {{ port = {port} "
            f"private = true }}\ntrusted-roots = \"{self.authority.roots}\"\n"
            + more)
        self.there = world.sink("there.test")
        world.record(f"mta-sts.there A {address}")
        if published:
            world.record('_mta-sts.there TXT "v=STSv1; id=1"')
        self.host = PolicyHost(address, port, *self.authority.certificate(
            "mta-sts.there.test"))
        self.host.text = policy(mode, mx)

    def certificate(self, *names):
        return context(*self.authority.certificate(*names))

    def start(self, signed=True):
        self.world.start(signed=signed)
        return self.here, self.there

    def arrives(self, words, domain="there.test", to=None):
        self.world.send(self.here, "alice", [f"bob@{domain}"])
        (to or self.there).wait(1)
        said = eventually(lambda: re.findall(
            rf"delivered .*to=bob@{domain} .*?tls=(\"[^\"]*\"|\S*)",
            self.here.tail(None)))
        assert said[-1].strip('"') == words, said
        assert empty(self.here)


@pytest.fixture
def world():
    with World() as w:
        yield w


@pytest.mark.parametrize("mx", ["mail.there.test", "*.there.test"])
def test_a_host_that_it_names(world, mx):
    p = Policies(world, mx)
    p.there.behaviour.tls = p.certificate("mail.there.test")
    here, _ = p.start()
    p.arrives("TLSv1.3 MTA-STS")
    assert security(here, "there.test")["mail.there.test"][0] == "MTA-STS"


@pytest.mark.parametrize("names, trusted", [
    (["elsewhere.test"], True),
    (["mail.there.test"], False),
    (["there.test"], True),         # the host's name counts, not that: 4.1
])
def test_a_certificate_that_is_not_good(world, names, trusted):
    p = Policies(world)
    p.there.behaviour.tls = p.certificate(*names) if trusted else \
        world.tls(names[0])
    here, there = p.start()
    row = waits(world, here, "there.test", "certificate")
    assert row["status"] == "4.7.5" and not there.messages


def test_no_tls(world):
    p = Policies(world)
    here, there = p.start()
    row = waits(world, here, "there.test", "no TLS, though its domain")
    assert row["status"] == "4.7.4" and not there.messages


def test_a_host_that_it_does_not_name(world):
    p = Policies(world, "other.there.test")
    p.there.behaviour.tls = p.certificate("mail.there.test")
    second = world.sink()
    second.behaviour.tls = p.certificate("other.there.test")
    here, there = p.start()
    row = waits(world, here, "there.test", "does not name this host")
    assert row["status"] == "4.7.5" and not there.messages
    # Another MX, which it names.
    world.record(f"there MX 20 other.there\nother.there A {second.address}")
    world.dns.add_zone("test", world.zone(), signed=True)
    world.dns.reload()
    assert second.wait(1, 60)[0].tls
    assert not there.messages


def test_testing_changes_nothing(world):
    p = Policies(world, "other.there.test", "testing")
    p.start()
    p.arrives("")


def test_one_that_nobody_can_fetch_changes_nothing(world):
    p = Policies(world)
    p.host.status = 500
    p.start()
    p.arrives("")


def test_what_was_fetched_once_is_kept(world):
    """Whoever takes record and policy away, or the server that knew them: 5.1,
    10.2."""
    p = Policies(world)
    p.there.behaviour.tls = p.certificate("mail.there.test")
    here, there = p.start()
    p.arrives("TLSv1.3 MTA-STS")
    there.behaviour.tls = None
    p.host.close()
    world.records.remove('_mta-sts.there TXT "v=STSv1; id=1"')
    world.dns.add_zone("test", world.zone(), signed=True)
    world.dns.reload()
    here.stop()
    here.start()
    waits(world, here, "there.test", "no TLS, though its domain")
    assert len(there.messages) == 1


def test_dane_goes_before(world):
    """A good certificate is no key that the host has published: 2."""
    p = Policies(world)
    p.there.behaviour.tls = p.certificate("mail.there.test")
    publish(world, "there", "3 1 1 " + "ab" * 32)
    here, there = p.start()
    row = waits(world, here, "there.test", "TLSA")
    assert row["status"] == "4.7.5" and not there.messages


def test_dane_is_enough(world):
    """Of a signed domain whose policy names another host."""
    p = Policies(world, "other.there.test")
    chain, key = world.certificate("somebody.else")
    p.there.behaviour.tls = context(chain, key)
    publish(world, "there", "3 1 1 " + sha256(of_key(chain)))
    p.start()
    p.arrives("TLSv1.3 DANE")


@pytest.mark.parametrize("how", [
    {"relay": "private = true mta-sts = false"},
    {"more": 'route "there.test" { mx = true tls = must port = PORT }\n'},
    {"more": 'route "there.test" { host = "mail.there.test" port = PORT }\n'},
])
def test_the_operator_says_otherwise(world, how):
    how = {k: v.replace("PORT", str(world.port)) for k, v in how.items()}
    p = Policies(world, "other.there.test", **how)
    p.there.behaviour.tls = world.tls("mail.there.test")
    p.start()
    p.arrives("TLSv1.3")
    assert not p.host.asked
