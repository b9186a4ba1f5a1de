"""kill -9 of a role, or of all at once, under load: every message answered
with 250 is there, once for each acknowledged recipient; and what IMAP answered
with OK to APPEND, STORE and EXPUNGE is so."""

import collections
import random
import re
import time

import pytest
from lib.imap_load import ImapLoad
from lib.load import Load
from lib.server import PEOPLE, ConfiguredServer, address
from lib.wire import Imap, Smtp

ROLES = ("mx", "front", "store", "vault")
MESSAGE_ID = re.compile(rb"(?i)Message-ID: <([^>]+)>")


def found(server, person):
    """How often each token is in the person's INBOX."""
    imap = Imap(server, timeout=120).login(person)
    counts = collections.Counter()
    if imap.select():
        for header in imap.bodies(
                "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"):
            counts[MESSAGE_ID.search(header)[1].decode()] += 1
    imap.close()
    return counts


def kill_at_random(server, rng, seconds, kills):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(rng.uniform(0.3, 1.5))
        what = rng.choice(ROLES + ("all",))
        kills[what] += 1
        if what == "all":
            server.kill_all()
            time.sleep(rng.uniform(0, 0.3))
            server.start()
        else:
            server.kill_role(what)
    time.sleep(1)


@pytest.mark.timeout(1200)
def test_kill_under_load(long):
    seed = random.SystemRandom().randrange(1 << 32)
    rng = random.Random(seed)
    kills = collections.Counter()
    with ConfiguredServer() as server:
        load = Load(server.ports["smtp"], seed, sessions=20)
        load.run(lambda: kill_at_random(
            server, rng, 300 if long else 20, kills))
        server.stop()
        server.start()
        boxes = {person: found(server, person) for person in PEOPLE}
        verified = server.command("verify", check=False)

    wanted = [(person, token) for token, people in load.acknowledged.items()
              for person in people]
    lost = [w for w in wanted if not boxes[w[0]][w[1]]]
    twice = [(person, token) for person, box in boxes.items()
             for token, n in box.items() if n > 1]
    stray = [(person, token) for person, box in boxes.items()
             for token in box if person not in load.tried.get(token, ())]
    here = sum(sum(box.values()) for box in boxes.values())
    print(f"seed {seed}, kills {dict(kills)}")
    print(f"acknowledged {len(wanted)} found {here} "
          f"duplicates {len(twice)} lost {len(lost)} "
          f"unacknowledged but there {here - len(wanted) + len(lost)} "
          f"refused {load.refused} connections lost "
          f"{load.lost_connections}")
    assert len(wanted) > 100, "too little was sent to mean anything"
    assert not lost and not twice and not stray, (
        seed, lost[:5], twice[:5], stray[:5])
    assert verified.returncode == 0, verified.stdout + verified.stderr


@pytest.mark.timeout(1200)
def test_kill_under_imap(long):
    seed = random.SystemRandom().randrange(1 << 32)
    rng = random.Random(seed)
    kills = collections.Counter()
    with ConfiguredServer() as server:
        loads = [ImapLoad(server, person, mailbox, seed)
                 for person in PEOPLE for mailbox in ("Archive", "Drafts")]
        for load in loads:
            load.start()
        kill_at_random(server, rng, 300 if long else 20, kills)
        for load in loads:
            load.ended.set()
        for load in loads:
            load.join()
        server.stop()
        server.start()
        broken = [line for load in loads for line in load.broken_promises()]
        verified = server.command("verify", check=False)

    messages = [m for load in loads for m in load.messages]
    print(f"seed {seed}, kills {dict(kills)}, "
          f"appended {sum(m.uid is not None for m in messages)} of "
          f"{len(messages)}, flagged {sum(len(m.flags) for m in messages)}, "
          f"expunged {sum(m.expunge == 'done' for m in messages)}")
    assert not [load.failure for load in loads if load.failure]
    assert sum(load.answered for load in loads) > 100, "too little was done"
    assert not broken, (seed, broken[:5])
    assert verified.returncode == 0, verified.stdout + verified.stderr


@pytest.fixture(scope="module")
def server():
    with ConfiguredServer() as s:
        yield s


def works(server):
    """Mail comes in, is there, and can be read."""
    smtp = Smtp(server)
    smtp.do("EHLO client.example.net", 250)
    code, lines = smtp.send_message("a@example.net", [address("alice")],
                                    b"Subject: works\r\n\r\n")
    smtp.close()
    assert code == 250, lines
    imap = Imap(server).login("alice")
    assert imap.select() > 0
    imap.close()


def wait_for_works(server, seconds):
    end = time.monotonic() + seconds
    while True:
        try:
            return works(server)
        except (OSError, AssertionError):
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


@pytest.mark.parametrize("role", [*ROLES, "resolver", "relay", "web"])
def test_back_within_a_second(server, role):
    before = set(server.processes(role))
    assert before
    began = time.monotonic()
    server.kill_role(role)
    wait_for_works(server, 5)
    # Mail of our own needs neither resolver nor relay.
    while len(after := set(server.processes(role)) - before) < len(before):
        assert time.monotonic() - began < 5, server.tail()
        time.sleep(0.01)
    took = time.monotonic() - began
    print(f"{role}: {took * 1000:.0f} ms")
    assert len(after) == len(before) and not after & before
    # A second for the role, and something for what we did to see it.
    assert took < 2, took


def ask_until_ok(imap, command, seconds=5):
    """A connection may say NO while its store is away, but stays."""
    end = time.monotonic() + seconds
    while True:
        try:
            return imap.ask(command)
        except AssertionError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def test_session_survives_store(server):
    """Nobody types a password again."""
    works(server)
    imap = Imap(server).login("alice")
    n = imap.select()
    before = imap.bodies(which=str(n))
    for _ in range(3):
        server.kill_role("store")
        ask_until_ok(imap, "NOOP")
        assert imap.bodies(which=str(n)) == before
        works(server)
        ask_until_ok(imap, "NOOP")
    ask_until_ok(imap, f"STORE {n} +FLAGS (\\Flagged)")
    flags, = imap.ask(f"FETCH {n} FLAGS")
    assert b"\\Flagged" in flags[0]


def test_session_survives_vault(server):
    imap = Imap(server).login("alice")
    imap.select()
    server.kill_role("vault")
    imap.ask("NOOP")
    wait_for_works(server, 5)
    imap.ask("NOOP")


def test_idle_survives_store(server):
    imap = Imap(server).login("alice")
    n = imap.select()
    imap.send(b"i IDLE\r\n")
    assert imap.line().startswith(b"+")
    server.kill_role("store")
    wait_for_works(server, 5)
    imap.sock.settimeout(10)
    while (line := imap.line()) != b"* %d EXISTS" % (n + 1):
        assert line and line.startswith(b"* "), line
    imap.send(b"DONE\r\n")
    while not (line := imap.line()).startswith(b"i OK"):
        assert line.startswith(b"* "), line
