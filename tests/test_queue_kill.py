"""kill -9 of relay, store or everything while a full queue drains: every
recipient is delivered, still queued or reported. What came again was under
way when somebody died, or its 250 was not yet committed; nothing else did."""

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
# Seconds from a 250 of a next hop until store has committed it, and from the
# end of store until relay begins nothing more: a few ms, on a busy machine.
COMMIT = NOTICE = 0.3


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


def kill_at_random(server, rng, until, most):
    """[(what, just before it, just after it)] of the kills."""
    kills, first = [], ["relay", "store", "all"]
    rng.shuffle(first)
    while not until() and len(kills) < most:
        time.sleep(rng.uniform(0.2, 0.8))
        what = first.pop() if first else rng.choice(
            ("relay", "store", "resolver", "all"))
        before = time.monotonic()
        if what == "all":
            server.kill_all()
        else:
            server.kill_role(what)
        kills.append((what, before, time.monotonic()))
        if what == "all":
            time.sleep(rng.uniform(0, 0.3))
            server.start()
    return kills


def token(octets):
    return int(TOKEN.search(octets)[1])


def excuse(taken, kills):
    """Why this may come again: "" if nothing explains it. A kill of those
    who know of a delivery (resolver does not) while it was under way, or
    before its 250 can have been committed."""
    for what, before, after in kills:
        if what == "resolver":
            continue
        if taken.began <= after + NOTICE and taken.when >= before:
            return "under way"
        if before - COMMIT <= taken.when <= before:
            return "not committed"
    return ""


def again(messages, kills):
    """A Counter of the excuses of all that came once more."""
    copies = collections.defaultdict(list)
    for message in messages:
        copies[token(message.text)].append(message)
    found = collections.Counter()
    for n, taken in copies.items():
        taken.sort(key=lambda m: m.when)
        for message in taken[:-1]:
            found[excuse(message, kills)] += 1
    return found


@pytest.mark.timeout(1200)
def test_kill_while_the_queue_drains(long):
    seed = random.SystemRandom().randrange(1 << 32)
    rng = random.Random(seed)
    total = 10000 if long else 3000
    with World() as world:
        here = world.postern("here.test")
        # Disks of others take their time, too: there is always something
        # under way.
        sinks = [world.sink(f"there{i}.test", think=0.06) for i in range(5)]
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
            return len({token(m.text) for s in sinks for m in
                        list(s.messages)}) >= total - len(refused)
        kills = kill_at_random(here, rng, done, 40 if long else 12)
        end = time.monotonic() + 60
        while time.monotonic() < end and here.queued():
            time.sleep(0.2)
        waiting = here.queued()
        here.stop()
        here.start()
        messages = [m for s in sinks for m in s.messages]
        came = {token(m.text) for m in messages}
        back = collections.Counter(map(token, here.inbox("alice")))
        verified = here.command("verify", check=False)
    lost = [n for n in range(total) if n not in came and n not in back]
    twice = again(messages, kills)
    count = dict(collections.Counter(k[0] for k in kills))
    print(f"seed {seed}, kills {count}: {len(came)} of {total} delivered, "
          f"{len(back)} came back, {len(waiting)} wait, {len(lost)} lost; "
          f"came again: {dict(twice)}")
    assert len(kills) >= 3, "it was over before it began"
    assert not lost, (seed, lost[:10])
    assert not waiting, (seed, waiting[:3])
    assert set(back) == refused and not refused & came
    assert set(back.values()) == {1}, (seed, back)
    assert not twice[""], (seed, twice)
    assert verified.returncode == 0, verified.stdout + verified.stderr
