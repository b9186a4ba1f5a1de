"""The census of stacks: how deep any fiber of any role ever was, while
messages came, and left, that are made to be hard. A stack has 64 KiB."""

import re
import time

from lib.server import ConfiguredServer, address
from lib.wire import Imap, Smtp
from lib.world import World

DEEPEST = 32 << 10


def nested(depth):
    """Parts in parts in parts, each with a header of its own."""
    inner = b"Content-Type: text/plain; charset=utf-8\r\n\r\ntext\r\n"
    for i in range(depth):
        mark = b"b%d" % i
        inner = (b"Content-Type: multipart/mixed; boundary=" + mark +
                 b"\r\n\r\n--" + mark + b"\r\n" + inner +
                 b"\r\n--" + mark + b"--\r\n")
    return b"Subject: deep\r\n" + inner


def enclosed(depth):
    """A message in a message in a message."""
    inner = b"Subject: inmost\r\n\r\ntext\r\n"
    for i in range(depth):
        inner = (b"Subject: %d\r\nContent-Type: message/rfc822\r\n\r\n" % i +
                 inner)
    return inner


def crowded():
    """Comments in comments, groups, words of every kind."""
    return (b"To: " + b"(" * 500 + b")" * 500 + b" g:" +
            b",\r\n ".join(b'"x%d" <a%d@b.test>' % (i, i) for i in range(3000)) +
            b";\r\nSubject: =?utf-8?q?" + b"=41" * 2000 + b"?=\r\n\r\ntext\r\n")


HARD = [nested(100), enclosed(100), crowded(), b"x" * 60000 + b"\r\n"]


def census(server, roles):
    """What each role said at its end."""
    peaks = re.findall(r" (\w+)\S* debug stacks peak=(\d+)",
                       server.log.read_text())
    assert roles <= {role for role, _ in peaks}
    assert all(int(peak) < DEEPEST for _, peak in peaks), peaks
    print(peaks)


def test_no_fiber_needs_half_a_stack():
    with ConfiguredServer() as server:
        server.stop()
        plain = server.configure
        server.configure = lambda: plain("log-level = debug\n")
        server.start()
        smtp = Smtp(server)
        smtp.do("EHLO client.example.test", 250)
        for message in HARD:
            code, _ = smtp.send_message("x@y.test", [address("bob")], message)
            assert code == 250
        imap = Imap(server).login("bob")
        assert imap.select() == len(HARD)
        imap.ask("FETCH 1:* (FLAGS ENVELOPE BODY BODYSTRUCTURE BODY[])")
        imap.ask("FETCH 1:* (BODY[1.1.1.1.1] BODY[HEADER.FIELDS (TO)])")
        imap.ask("STORE 1:* +FLAGS (word \\Deleted)")
        imap.ask("EXPUNGE")
        smtp.close()
        imap.close()
        server.stop()
        census(server, {"mx", "front", "store", "vault"})


def test_nor_do_those_that_reach_out():
    """TLS to a next hop, signed names, refusals with much to report."""
    long = "550 5.1.1 " + "no such user, " * 30
    with World() as w:
        here = w.postern("here.test", more="log-level = debug\n")
        there = w.sink("there.test", tls=w.tls("mail.there.test"),
                       rcpt={"no": long})
        w.start()
        session = here.submission("alice")
        for message in HARD:
            session.sendmail("alice@here.test",
                             ["yes@there.test", "no@there.test",
                              "nobody@nowhere.test"],
                             message, rcpt_options=["NOTIFY=FAILURE"])
        session.quit()
        there.wait(len(HARD))
        end = time.monotonic() + 30
        while len(here.inbox("alice")) < len(HARD):
            assert time.monotonic() < end, here.tail()
            time.sleep(0.2)
        here.stop()
        census(here, {"relay", "resolver"})
