"""How connections leave: by SOCKS proxies (Debian's microsocks and Dante) and by
HAProxy, and what is said where they do not work."""

import contextlib
import json
import socket
import subprocess
import time

import pytest
from lib import nexthop
from lib.nsd import Nsd
from lib.world import BUILD, World
from test_relay import empty, eventually

DANTE = """\
logoutput: stderr
internal: {address} port = {port}
external: {leaves}
socksmethod: none
clientmethod: none
client pass {{ from: 0/0 to: 0/0 }}
socks block {{ from: 0/0 to: {blocked}/32 }}
socks pass {{ from: 0/0 to: 0/0 }}
"""
HAPROXY = """\
defaults
    mode tcp
    timeout connect 5s
    timeout client 60s
    timeout server 60s
listen out
    bind {address}:{port} accept-proxy
    server way 0.0.0.0 source 0.0.0.0 usesrc clientip
"""


@pytest.fixture
def world():
    with World() as w:
        yield w


@contextlib.contextmanager
def running(world, *command, at):
    """A program that listens there; its output is in the file that is given."""
    log = world.folder / f"proxy-{at[1]}.log"
    with log.open("ab") as out:
        program = subprocess.Popen(command, stdout=out, stderr=out)
    try:
        assert eventually(lambda: listens(at)), log.read_text()
        yield log
    finally:
        program.terminate()
        program.wait()


def listens(at):
    with socket.socket() as s:
        return s.connect_ex(at) == 0


def microsocks(world, at, leaves, *more):
    return running(world, "microsocks", "-i", at[0], "-p", str(at[1]),
                   "-b", leaves, *more, at=at)


def dante(world, at, leaves, blocked="192.0.2.1"):
    conf = world.folder / "danted.conf"
    conf.write_text(DANTE.format(address=at[0], port=at[1], leaves=leaves,
                                 blocked=blocked))
    return running(world, "danted", "-f", str(conf), at=at)


def haproxy(world, at):
    conf = world.folder / "haproxy.cfg"
    conf.write_text(HAPROXY.format(address=at[0], port=at[1]))
    return running(world, "haproxy", "-db", "-f", str(conf), at=at)


def place(world):
    return world.address(), world._free_port()


def waits(server, *words):
    """A message waits, and the queue says these words of it."""
    def look():
        rows = [r for r in server.queued() if r["attempts"]]
        return rows and all(w in json.dumps(rows) for w in words) and rows
    found = eventually(look)
    assert found, f"{server.queued()}\n{server.tail()}"
    return found


# ---- SOCKS --------------------------------------------------------------

def test_socks(world):
    at, leaves = place(world), world.address()
    here = world.postern("here.test", relay="private = true proxy = "
                         f"\"socks5://{at[0]}:{at[1]}\"")
    there = world.sink("there.test", tls=world.tls("mail.there.test"))
    with microsocks(world, at, leaves):
        world.start()
        world.send(here, "alice", ["bob@there.test"])
        there.wait(1)
        assert empty(here), here.tail()
    assert there.messages[0].peer == leaves
    assert there.messages[0].tls
    assert f"source=socks5://{at[0]}:{at[1]}" in here.tail()
    number = here.tail().split("delivered message=")[1].split()[0]
    life = eventually(lambda: (said := here.command(
        "trace", number).stdout) and "delivered" in said and said)
    assert f"source=socks5://{at[0]}:{at[1]}" in life


@pytest.mark.parametrize("by_file", [False, True])
def test_socks_login(world, by_file):
    """By a name of the DNS, too."""
    at = place(world)
    world.record(f"proxy A {at[0]}")
    secret = world.folder / "proxy.password"
    secret.write_text("s:ecret\n")
    who, more = ("me", f'proxy-password-file = "{secret}"') if by_file else (
        "me:s:ecret", "")
    here = world.postern(
        "here.test", more=f'route "there.test" {{ port = {world.port} '
        f'private = true proxy = "socks5://{who}@proxy.test:{at[1]}" {more} }}')
    there = world.sink("there.test")
    with microsocks(world, at, at[0], "-u", "me", "-P", "s:ecret"):
        world.start()
        world.send(here, "alice", ["bob@there.test"])
        there.wait(1)
        assert empty(here), here.tail()
    assert there.messages[0].peer == at[0]
    assert "ecret" not in here.tail()


def test_socks_refuses_the_login(world):
    at = place(world)
    here = world.postern("here.test", relay="private = true proxy = "
                         f"\"socks5://me:wrong@{at[0]}:{at[1]}\"")
    there = world.sink("there.test")
    with microsocks(world, at, at[0], "-u", "me", "-P", "right"):
        world.start()
        world.send(here, "alice", ["bob@there.test"])
        waits(here, f"the proxy {at[0]}:{at[1]} is of no use: "
              "it refuses the login")
    assert not there.messages and "wrong" not in here.tail()


def test_no_proxy_there(world):
    """Nobody is to blame but the proxy: once it is there all goes out, and no
    destination has to wait for itself."""
    at = place(world)
    here = world.postern("here.test", relay="private = true proxy = "
                         f"\"socks5://{at[0]}:{at[1]}\"")
    one, two = world.sink("one.test"), world.sink("two.test")
    world.start()
    world.send(here, "alice", ["a@one.test", "b@two.test"])
    waits(here, f"the proxy {at[0]}:{at[1]} is not reached",
          "Connection refused")
    with microsocks(world, at, at[0]):
        one.wait(1)
        two.wait(1)
        assert empty(here), here.tail()


def test_what_dante_says(world):
    at, leaves, shut = place(world), world.address(), world.address()
    world.record("shut MX 10 mail.shut")
    world.record(f"mail.shut A {shut}")
    here = world.postern("here.test", relay="private = true proxy = "
                         f"\"socks5://{at[0]}:{at[1]}\"")
    there, gone = world.sink("there.test"), world.sink("gone.test")
    with dante(world, at, leaves, blocked=shut) as log:
        world.start()
        gone.stop()
        world.send(here, "alice", ["bob@there.test", "a@gone.test",
                                   "a@shut.test"])
        there.wait(1)
        rows = waits(here, f"the proxy {at[0]}:{at[1]} does not reach it: "
                     "connection refused", f"the proxy {at[0]}:{at[1]} "
                     "refused: not allowed by its rules")
        assert len(rows) == 2, log.read_text()
        # It works: nothing of it says the contrary.
        time.sleep(3)
        assert "so soon" not in "".join(
            line for line in here.tail().splitlines() if "proxy" in line)
        gone.start()
        gone.wait(1)
        assert eventually(lambda: len(here.queued()) == 1), here.tail()
    assert there.messages[0].peer == leaves


def test_silent_proxy(world):
    """It takes connections and says nothing: the attempt ends, in words."""
    at = place(world)
    here = world.postern("here.test", relay="private = true proxy = "
                         f"\"socks5://{at[0]}:{at[1]}\"")
    world.sink("there.test")
    with socket.create_server(at):
        world.start()
        began = time.monotonic()
        world.send(here, "alice", ["bob@there.test"])
        assert eventually(lambda: any(r["attempts"] for r in here.queued()),
                          50), here.tail()
        waits(here, f"the proxy {at[0]}:{at[1]} does not answer")
        assert time.monotonic() - began > 25


def test_around_the_proxy(world):
    at = place(world)
    here = world.postern(
        "here.test", relay="private = true proxy = "
        f"\"socks5://{at[0]}:{at[1]}\"",
        more=f'route "near.test" {{ port = {world.port} private = true '
        'proxy = none }')
    near = world.sink("near.test")
    world.start()
    world.send(here, "alice", ["bob@near.test"])
    near.wait(1)
    assert empty(here), here.tail()


@pytest.mark.skipif(nexthop.available() is not None,
                    reason=str(nexthop.available()))
def test_postfix_behind_dante(world):
    at, leaves, ip = place(world), world.address(), world.address()
    world._names("there.test", ip)
    here = world.postern("here.test", relay="private = true proxy = "
                         f"\"socks5://{at[0]}:{at[1]}\"")
    hop = nexthop.NextHop("postfix", world.folder / "hop", ip, world.port,
                          "there.test")
    with dante(world, at, leaves), hop:
        world.start()
        world.send(here, "alice", ["bob@there.test"], "by Dante")
        assert eventually(lambda: hop.mail()), hop.log() + here.tail()
    assert f"[{leaves}]".encode() in hop.mail()[0]


# ---- HAProxy ------------------------------------------------------------

def test_haproxy(world):
    at, leaves = place(world), world.address()
    here = world.postern(
        "here.test", relay=f"private = true source = {leaves} "
        f"proxy = \"haproxy://{at[0]}:{at[1]}\"")
    there = world.sink("there.test", tls=world.tls("mail.there.test"))
    gone = world.sink("gone.test")
    with haproxy(world, at):
        world.start()
        gone.stop()
        world.send(here, "alice", ["bob@there.test", "a@gone.test"])
        there.wait(1)
        assert there.messages[0].peer == leaves and there.messages[0].tls
        waits(here, f"{leaves} by haproxy://{at[0]}:{at[1]}, ")
    assert f"source=\"{leaves} by haproxy://{at[0]}:{at[1]}\"" in here.tail()


def test_no_haproxy(world):
    at = place(world)
    here = world.postern("here.test", relay="private = true proxy = "
                         f"\"haproxy://{at[0]}:{at[1]}\"")
    there = world.sink("there.test")
    world.start()
    world.send(here, "alice", ["bob@there.test"])
    waits(here, f"the proxy {at[0]}:{at[1]} is not reached")
    said = subprocess.run(
        [BUILD / "postern", "mx", "--config", here.conf, "there.test"],
        capture_output=True, text=True, timeout=120).stdout
    assert f"Mail leaves by the proxy haproxy://{at[0]}:{at[1]}." in said
    with haproxy(world, at):
        there.wait(1)
        assert empty(here), here.tail()


# ---- pools --------------------------------------------------------------

def pool(name, addresses, more):
    listed = ", ".join(f'"{a}"' for a in addresses)
    return f'pool {name} {{ addresses = {{ {listed} }} {more} }}\n'


def test_pools_of_senders(world):
    """Each sender's mail by his own addresses, each with its name, and over no
    connection of another's."""
    news, plain, one = (world.address() for _ in range(3))
    here = world.postern(
        "here.test", relay=f"private = true source = {plain}",
        more=pool("news", [f"{news}@news.here.test"],
                  'senders = { "bob@here.test" }') +
        pool("all", [one], 'hello = out.here.test '
             'senders = { "else.test" }'))
    there = world.sink("there.test")
    world.start()
    there.stop()        # so that they leave together then
    for i in range(3):
        for who in ("alice", "bob"):
            world.send(here, who, ["x@there.test"], f"{who} {i}")
    assert eventually(lambda: all(r["attempts"] for r in here.queued()))
    there.start()
    here.command("queue", "retry", "--all", "--yes")
    there.wait(6)
    assert empty(here), here.tail()
    for m in there.messages:
        assert (m.peer, m.helo) == (
            (news, "EHLO news.here.test") if m.sender == "bob@here.test"
            else (plain, "EHLO mail.here.test")), m
    assert f"source={news}" in here.tail()


def test_fallback_of_each_pool(world):
    """What was not reached from one address may be from another."""
    ours = [world.address() for _ in range(2)]
    down, up = world.address(), world.sink()
    here = world.postern("here.test", more=pool(
        "one", [ours[0]], 'senders = { "alice@here.test" }') + pool(
        "two", [ours[1]], 'senders = { "bob@here.test" }') +
        f'route "there.test" {{ host = "[{down}]" port = {world.port} '
        f'private = true fallback = "[{up.address}]" '
        f'fallback-port = {world.port} }}')
    world.start()
    up.stop()
    for who in ("alice", "bob"):
        world.send(here, who, ["x@there.test"])
    assert eventually(lambda: all(r["attempts"] for r in here.queued()))
    up.start()
    here.command("queue", "retry", "--all", "--yes")
    up.wait(2)
    assert empty(here), here.tail()
    assert {m.peer for m in up.messages} == set(ours)
    # The last of each, together or one by one.
    last = here.tail().split("delivered")
    assert len(last) == 3 and all(f"address={down}" in part
                                  for part in last[:2]), here.tail()


def test_addresses_in_turn(world):
    ours = [world.address() for _ in range(3)]
    here = world.postern("here.test", more=pool(
        "all", ours, 'senders = { "here.test" }'))
    there = [world.sink(f"d{i}.test") for i in range(6)]
    world.start()
    for i in range(6):
        world.send(here, "alice", [f"x@d{i}.test"])
    for sink in there:
        sink.wait(1)
    assert {s.messages[0].peer for s in there} == set(ours)


def test_turns_of_each_kind(world):
    """Where there is one of a kind it takes nobody's turn of the other."""
    ours = [world.address() for _ in range(2)]
    here = world.postern("here.test", more=pool(
        "all", [*ours, "::1"], 'senders = { "here.test" }'))
    there = [world.sink(f"d{i}.test") for i in range(4)]
    for i in range(4):
        world.record(f"mail.d{i} AAAA ::1")     # is tried first
    world.start()
    for i, sink in enumerate(there):
        world.send(here, "alice", [f"x@d{i}.test"])
        sink.wait(1)
    assert sorted(s.messages[0].peer for s in there) == sorted(2 * ours)


def test_fallback_where_a_kind_is_missing(world):
    """A host that was dialled in vain is down, though it has an address that
    nobody here can dial; and still is when it is not tried so soon."""
    ours = world.address()
    up = world.sink()
    world.record(f"both A {world.address()}")
    world.record("both AAAA ::1")
    here = world.postern("here.test", queue="retry-min = 1h", more=pool(
        "four", [ours], 'senders = { "here.test" }') +
        f'route "there.test" {{ host = "both.test" port = {world.port} '
        f'private = true fallback = "[{up.address}]" '
        f'fallback-port = {world.port} }}')
    world.start()
    for n in (1, 2):
        world.send(here, "alice", ["x@there.test"], f"no {n}")
        up.wait(n)
    assert empty(here), here.tail()
    assert {m.peer for m in up.messages} == {ours}


def test_one_that_is_not_ours(world):
    """Others of the pool are; and where none is, nobody else is to blame."""
    ours = world.address()
    here = world.postern(
        "here.test", more=pool("mixed", ["192.0.2.77", ours],
                               'senders = { "alice@here.test" }') +
        pool("gone", ["192.0.2.78"], 'senders = { "bob@here.test" }'))
    there = world.sink("there.test")
    world.start()
    for i in range(2):
        world.send(here, "alice", ["x@there.test"], f"no {i}")
    there.wait(2)
    assert {m.peer for m in there.messages} == {ours}
    world.send(here, "bob", ["x@there.test"])
    waits(here, "connect from 192.0.2.78: Cannot assign requested address")
    world.send(here, "alice", ["x@there.test"], "goes all the same")
    there.wait(3)


def test_no_address_of_this_kind(world):
    here = world.postern("here.test", more=pool(
        "six", ["::1"], 'senders = { "here.test" }'))
    world.sink("there.test")
    world.start()
    world.send(here, "alice", ["x@there.test"])
    waits(here, "the pool six has no IPv4 address to leave from")


def test_pool_of_a_route(world):
    """It goes before the sender's; a reload changes it."""
    one, two, bobs = (world.address() for _ in range(3))
    lines = 'route "there.test" {{ port = {} private = true pool = p }}\n'
    here = world.postern("here.test", more=pool("p", [one], "") + pool(
        "bob", [bobs], 'senders = { "here.test" }') + lines.format(world.port))
    there, other = world.sink("there.test"), world.sink("other.test")
    world.start()
    world.send(here, "bob", ["x@there.test", "x@other.test"])
    there.wait(1)
    other.wait(1)
    assert (there.messages[0].peer, other.messages[0].peer) == (one, bobs)
    here.more = here.more.replace(one, two)
    here.configure()
    assert here.command("reload").returncode == 0
    assert eventually(lambda: sends(world, here, there) == two), here.tail()


def sends(world, here, there):
    n = len(there.messages)
    world.send(here, "bob", ["x@there.test"])
    return there.wait(n + 1)[n].peer


def test_a_pool_by_haproxy(world):
    at, ours = place(world), [world.address() for _ in range(2)]
    here = world.postern(
        "here.test", relay="private = true proxy = "
        f"\"haproxy://{at[0]}:{at[1]}\"",
        more=pool("all", ours, 'senders = { "here.test" }'))
    there = [world.sink(f"d{i}.test") for i in range(4)]
    with haproxy(world, at):
        world.start()
        for i in range(4):
            world.send(here, "alice", [f"x@d{i}.test"])
        for sink in there:
            sink.wait(1)
        assert empty(here), here.tail()
    assert {s.messages[0].peer for s in there} == set(ours)


def test_sources_command(world):
    """What the reverse DNS says of each; and it has to lead back."""
    world.record("out A 192.0.2.10")
    world.record("two A 192.0.2.99")
    reverse = Nsd()
    reverse.add_zone(
        "2.0.192.in-addr.arpa",
        "$ORIGIN 2.0.192.in-addr.arpa.\n$TTL 5\n"
        "@ SOA ns.test. host.test. 1 60 60 60 5\n@ NS ns.test.\n"
        "10 PTR out.test.\n11 PTR two.test.\n12 PTR out.test.\n",
        signed=False)
    reverse.start()
    here = world.postern(
        "here.test", relay="private = true source = 192.0.2.10",
        more=pool("news", ["192.0.2.10@out.test", "192.0.2.11@two.test",
                           "192.0.2.13"], "") +
        f'stub-zone "2.0.192.in-addr.arpa" {{ servers = {{ '
        f'"127.0.0.1@{reverse.port}" }} }}\n')
    world.start()
    try:
        done = subprocess.run(
            [BUILD / "postern", "sources", "--config", here.conf, "--json"],
            capture_output=True, text=True, timeout=120)
    finally:
        reverse.stop()
    assert done.returncode == 1
    assert [(r["of"], r["address"], r["hello"], r["state"])
            for r in json.loads(done.stdout)] == [
        ("pool news", "192.0.2.10", "out.test", "good"),
        ("pool news", "192.0.2.11", "two.test",
         "its name is two.test, which has another address"),
        ("pool news", "192.0.2.13", "mail.here.test",
         "it has no name in the reverse DNS"),
        ("relay", "192.0.2.10", "mail.here.test", "its name is out.test"),
    ]
