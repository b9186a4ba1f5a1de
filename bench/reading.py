"""The rows of bench/imap: what each measures of a server, and what is to be
reached."""

import re
import statistics
import subprocess
import time

import letters
import peers
from readers import BIG, OWN, OWN_FIRST, WAITER, WRITER, Imap, appended

MOVED = COPIED = 1000
HEADERS = "BODY.PEEK[HEADER.FIELDS ({})]"
RARE = (letters.RARE_PERSON, letters.RARE_WORD)
# One after another, so that nobody asked for it before.
SELDOM_FIELDS = ("X-MAILER", "RETURN-PATH", "DKIM-SIGNATURE")
DELIVERIES_PER_S, DELIVERERS, WAITED = 2000, 10, 50
LOAD_SECONDS = 15
WARM = OWN


class Goal:
    def __init__(self, text, reached):
        self.text, self.reached = text, reached


def at_most(ratio):
    return Goal(f"at most {ratio} x",
                lambda ours, theirs, _: theirs and ours <= ratio * theirs)


def at_least(ratio):
    return Goal(f"at least {ratio} x",
                lambda ours, theirs, _: theirs and ours >= ratio * theirs)


def within(limit, unit):
    return Goal(f"at most {limit} {unit}", lambda ours, *_: ours <= limit)


def as_in(row, factor, faster=False):
    """What another row of ours has, within a factor."""
    def reached(ours, _, before):
        other = before.get(row, {}).get("postern")
        if not other:
            return None
        return ours * factor >= other if faster else ours <= factor * other
    return Goal(f"as {row}", reached)


class Row:
    """take(server, size, round) gives a figure, or None where there is none.
    What is worth something the first time only is not measured again."""

    def __init__(self, name, unit, take, goal=None, again=True):
        self.name, self.unit, self.take = name, unit, take
        self.goal, self.again = goal, again


def timed(name, command, goal=None, again=True):
    """A command in the large mailbox; what is not the first time is asked once
    before."""
    def take(server, size, k):
        box = server.big()
        if again and k == 0:
            box.ask(command)
        return box.ask(command)
    return Row(name, "ms", take, goal, again)


def seldom(server, size, k):
    return server.big().ask(
        f"FETCH 1:* ({HEADERS.format(SELDOM_FIELDS[k])})")


def store(server, size, k):
    box = server.big()
    took = box.ask("STORE 1:* +FLAGS.SILENT (\\Flagged)")
    box.ask("STORE 1:* -FLAGS.SILENT (\\Flagged)")
    return took


def move(server, size, k):
    return server.big().ask(f"MOVE 1:{MOVED} moved")


def expunge(server, size, k):
    box = server.big()
    box.ask(f"STORE 1:{size.box // 10} +FLAGS.SILENT (\\Deleted)")
    return box.ask("EXPUNGE")


def rate(server, size, connections, command, *options, pop3=False, most=0):
    done = subprocess.run(
        [peers.BUILD / "bench/imapload", *options,
         *(["--pop3"] if pop3 else []),
         str(server.pop3s if pop3 else server.imaps), str(connections),
         str(size.seconds), str(most or size.own), peers.PASSWORD, command],
        capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{server.name}: {done.stderr}")
    return float(re.search(r"rate=([\d.]+)", done.stdout)[1])


def body_own(connections):
    def take(server, size, k):
        return rate(server, size, connections, "UID FETCH # (BODY.PEEK[])",
                    "--own", str(OWN_FIRST))
    return take


def body_one(connections):
    """By message number: some have been expunged by then."""
    def take(server, size, k):
        return rate(server, size, connections, "FETCH # (BODY.PEEK[])",
                    most=size.box // 2)
    return take


def noop(server, size, k):
    return rate(server, size, 1, "NOOP")


def retr(server, size, k):
    return rate(server, size, 1, "RETR #", "--own", str(OWN_FIRST), pop3=True)


def fresh(server, name, k):
    """A session of the writer, and a mailbox with nothing in it."""
    box = Imap(server, WRITER)
    mailbox = f"{name}-{k}"
    box.ask(f"CREATE {mailbox}")
    return box, mailbox


def append_each(box, mailbox, messages):
    began = time.monotonic()
    for message in messages:
        box.send(f"APPEND {mailbox}".encode() + appended([message]))
        box.answer()
    return len(messages) / (time.monotonic() - began)


def append_one(server, size, k):
    box, mailbox = fresh(server, "one", k)
    return append_each(box, mailbox,
                       list(letters.Letters(99).make(size.appended)))


def append_full(server, size, k):
    messages = list(letters.Letters(98).make(size.appended))
    return append_each(Imap(server, BIG), "INBOX", messages)


def append_pipelined(server, size, k):
    box, mailbox = fresh(server, "pipelined", k)
    messages = list(letters.Letters(97).make(size.appended))
    began = time.monotonic()
    for message in messages:
        box.send(f"APPEND {mailbox}".encode() + appended([message]))
    box.answer()
    return len(messages) / (time.monotonic() - began)


def append_multi(server, size, k):
    box, mailbox = fresh(server, "multi", k)
    messages = list(letters.Letters(96).make(1000))
    octets = appended(messages)
    began = time.monotonic()
    box.send(f"APPEND {mailbox}".encode() + octets)
    box.answer()
    return len(messages) / (time.monotonic() - began)


def select_after_restart(user):
    def take(server, size, k):
        server.restart()
        return Imap(server, user).ask("SELECT INBOX")
    return take


def exists(server):
    """Median ms from a message's last octet to EXISTS in IDLE."""
    box = Imap(server, WAITER)
    box.ask("SELECT INBOX")
    took = []
    for octets, _ in letters.Letters(95).make(WAITED):
        box.send(b"IDLE")
        box.until(b"+ ")
        sent = server.deliver(octets)
        box.until(b" EXISTS")
        took.append((time.monotonic() - sent) * 1000)
        box.sock.sendall(b"DONE\r\n")
        box.answer()
    box.close()
    return statistics.median(took)


def exists_at_rest(server, size, k):
    return exists(server)


def exists_busy(server, size, k):
    """Of Postern alone: nobody else takes so many."""
    if server.name != "postern":
        return None
    load = subprocess.Popen(
        [peers.BUILD / "bench/smtpload", "--rate", str(DELIVERIES_PER_S),
         str(server.smtp), str(DELIVERERS),
         str(DELIVERIES_PER_S * LOAD_SECONDS), "4096", "90"],
        stdout=subprocess.DEVNULL)
    try:
        time.sleep(1)
        return exists(server)
    finally:
        load.kill()
        load.wait()


def idlers(server, n):
    boxes = []
    for i in range(n):
        boxes.append(Imap(server, OWN_FIRST + i % OWN))
        boxes[-1].ask("SELECT INBOX")
        boxes[-1].send(b"IDLE")
        boxes[-1].until(b"+ ")
    return boxes


def idle_memory(server, size, k):
    """Of one more, where some are there already."""
    boxes = idlers(server, WARM)
    time.sleep(2)
    before = server.memory_kb()
    boxes += idlers(server, size.idle)
    time.sleep(2)
    after = server.memory_kb()
    for box in boxes:
        box.close()
    return (after - before) / size.idle


ENVELOPES = "UID FETCH 1:* (FLAGS ENVELOPE BODYSTRUCTURE)"
LISTED = f"FETCH 1:* ({HEADERS.format('FROM TO SUBJECT DATE')})"

ROWS = (
    Row("idle TLS connection", "KB", idle_memory, within(20, "KB"),
        again=False),
    timed("FETCH 1:* ENVELOPE BODYSTRUCTURE, first", ENVELOPES, at_most(0.05),
          again=False),
    timed("FETCH 1:* ENVELOPE BODYSTRUCTURE, again", ENVELOPES,
          at_most(0.25)),
    timed("FETCH 1:* FLAGS", "FETCH 1:* (FLAGS)", at_most(0.2)),
    timed("FETCH 1:* RFC822.SIZE INTERNALDATE",
          "FETCH 1:* (RFC822.SIZE INTERNALDATE)", at_most(0.05)),
    timed("FETCH 1:* HEADER.FIELDS, cached", LISTED, at_most(0.3)),
    Row("FETCH 1:* HEADER.FIELDS, uncached", "ms", seldom, at_most(0.1)),
    timed("SEARCH UNSEEN", "SEARCH UNSEEN", at_most(0.3)),
    timed("SEARCH FROM", f'SEARCH FROM "{RARE[0]}"', at_most(0.3)),
    timed("SEARCH SINCE", "SEARCH SINCE 1-Mar-2025", at_most(0.3)),
    timed("SEARCH BODY, first", f'SEARCH BODY "{RARE[1]}"', again=False),
    timed("SEARCH BODY", f'SEARCH BODY "{RARE[1]}"', within(50, "ms")),
    timed("SEARCH TEXT", f'SEARCH TEXT "{RARE[1]}"', within(50, "ms")),
    timed("SORT DATE", "SORT (DATE) UTF-8 ALL", at_most(0.3)),
    timed("THREAD REFERENCES", "THREAD REFERENCES UTF-8 ALL", at_most(0.3)),
    Row("STORE 1:*", "ms", store, at_most(0.15)),
    timed("COPY 1000", f"COPY 1:{COPIED} copies", at_most(0.5)),
    Row("MOVE 1000", "ms", move, at_most(0.2)),
    Row("EXPUNGE of a tenth", "ms", expunge, at_most(0.2), again=False),
    *(Row(f"BODY.PEEK[] at {n}, own boxes", "/s", body_own(n), at_least(r))
      for n, r in ((1, 3), (10, 4), (50, 8))),
    *(Row(f"BODY.PEEK[] at {n}, one box", "/s", body_one(n),
          as_in(f"BODY.PEEK[] at {n}, own boxes", 1.1, faster=True))
      for n in (1, 10, 50)),
    Row("NOOP", "/s", noop, at_least(4)),
    Row("POP3 RETR", "/s", retr, at_least(3)),
    Row("APPEND one by one", "/s", append_one, at_least(3)),
    Row("APPEND pipelined", "/s", append_pipelined, at_least(10)),
    Row("MULTIAPPEND of 1000", "/s", append_multi, at_least(20)),
    Row("APPEND into the large box", "/s", append_full,
        as_in("APPEND one by one", 2, faster=True)),
    Row("EXISTS in IDLE, at rest", "ms", exists_at_rest, within(5, "ms")),
    Row("EXISTS in IDLE, 2000 deliveries/s", "ms", exists_busy,
        within(50, "ms")),
    Row("SELECT after restart, small box", "ms",
        select_after_restart(OWN_FIRST)),
    Row("SELECT after restart, large box", "ms", select_after_restart(BIG),
        as_in("SELECT after restart, small box", 2)),
)
