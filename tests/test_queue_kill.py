"""kill -9 of relay, store or everything while a full queue drains: every
recipient is delivered, still queued or reported. What came twice are those
whose 250 was not yet committed here; they are counted."""

import collections
import random
import re
import socket
import ssl
import threading
import time

import pytest
from lib.server import PASSWORD
from lib.world import World

TOKEN = re.compile(rb"(?m)^X-Token: (\d+)\r$")
THREADS = 4


def fill(server, numbers, domain):
    """Submit a message for each number, pipelined, over one session."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    sock = context.wrap_socket(socket.create_connection(
        ("127.0.0.1", server.ports["submissions"]), 60))
    replies = sock.makefile("rb")

    def expect(code):
        line = replies.readline()
        while line[3:4] == b"-":
            line = replies.readline()
        assert line.startswith(code), line

    import base64
    sender = f"alice@{server.domain}"
    login = base64.b64encode(f"\0{sender}\0{PASSWORD}".encode()).decode()
    expect(b"220")
    for line, code in ((f"EHLO x", b"250"), (f"AUTH PLAIN {login}", b"235")):
        sock.sendall(line.encode() + b"\r\n")
        expect(code)
    for n in numbers:
        to = f"bob{n % 97}@{domain(n)}"
        sock.sendall(f"MAIL FROM:<{sender}>\r\nRCPT TO:<{to}>\r\nDATA\r\n"
                     .encode())
        for code in (b"250", b"250", b"354"):
            expect(code)
        sock.sendall(f"From: {sender}\r\nTo: {to}\r\nSubject: n\r\n"
                     f"X-Token: {n}\r\n\r\n{'text ' * 50}\r\n.\r\n".encode())
        expect(b"250")
    sock.sendall(b"QUIT\r\n")
    sock.close()


def fill_all(server, total, domain):
    failures = []

    def work(i):
        try:
            fill(server, range(i, total, THREADS), domain)
        except BaseException as e:
            failures.append(e)
    threads = [threading.Thread(target=work, args=(i,))
               for i in range(THREADS)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    if failures:
        raise failures[0]


def kill_at_random(server, rng, kills, until, most):
    while not until() and sum(kills.values()) < most:
        time.sleep(rng.uniform(0.2, 1.2))
        what = rng.choice(("relay", "store", "resolver", "all"))
        kills[what] += 1
        if what == "all":
            server.kill_all()
            time.sleep(rng.uniform(0, 0.3))
            server.start()
        else:
            server.kill_role(what)


@pytest.mark.timeout(1200)
def test_kill_while_the_queue_drains(long):
    seed = random.SystemRandom().randrange(1 << 32)
    rng = random.Random(seed)
    kills = collections.Counter()
    total = 10000 if long else 3000
    with World() as world:
        here = world.postern("here.test")
        sinks = [world.sink(f"there{i}.test") for i in range(5)]
        sinks[4].behaviour.rcpt = {"bob7": "550 5.1.1 no such person"}
        world.start()
        for sink in sinks:
            sink.stop()
        fill_all(here, total, lambda n: f"there{n % 5}.test")
        refused = {n for n in range(total) if n % 5 == 4 and n % 97 == 7}
        for sink in sinks:
            sink.start()
        here.command("queue", "retry", "--all")

        def done():
            return sum(len(s.messages) for s in sinks) >= \
                total - len(refused)
        kill_at_random(here, rng, kills, done, 40 if long else 12)
        end = time.monotonic() + 300
        while time.monotonic() < end and here.queued():
            here.command("queue", "retry", "--all", check=False)
            time.sleep(1)
        waiting = here.queued()
        here.stop()
        here.start()
        came = collections.Counter(
            int(TOKEN.search(m.text)[1]) for s in sinks for m in s.messages)
        back = collections.Counter(
            int(TOKEN.search(octets)[1]) for octets in here.inbox("alice"))
        verified = here.command("verify", check=False)
    lost = [n for n in range(total) if n not in came and n not in back]
    twice = sum(c - 1 for c in came.values())
    print(f"seed {seed}, kills {dict(kills)}: {len(came)} of {total} "
          f"delivered, {len(back)} came back, {twice} came twice, "
          f"{len(waiting)} wait, {len(lost)} lost")
    assert sum(kills.values()) >= 3, "it was over before it began"
    assert not lost, (seed, lost[:10])
    assert not waiting, (seed, waiting[:3])
    assert set(back) == refused and not refused & set(came)
    # At most what was on its way at each kill: a batch a connection.
    assert twice <= sum(kills.values()) * 200, (seed, twice)
    assert verified.returncode == 0, verified.stdout + verified.stderr
