"""The census of stacks: how deep any fiber of any role ever was, while
messages came that are made to be hard. A stack has 64 KiB."""

import re

from lib.server import ConfiguredServer, address
from lib.wire import Imap, Smtp

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


def test_no_fiber_needs_half_a_stack():
    hard = [nested(100), enclosed(100), crowded(), b"x" * 60000 + b"\r\n"]
    with ConfiguredServer() as server:
        server.stop()
        plain = server.configure
        server.configure = lambda: plain("log-level = debug\n")
        server.start()
        smtp = Smtp(server)
        smtp.do("EHLO client.example.test", 250)
        for message in hard:
            code, _ = smtp.send_message("x@y.test", [address("bob")], message)
            assert code == 250
        imap = Imap(server).login("bob")
        assert imap.select() == len(hard)
        imap.ask("FETCH 1:* (FLAGS ENVELOPE BODY BODYSTRUCTURE BODY[])")
        imap.ask("FETCH 1:* (BODY[1.1.1.1.1] BODY[HEADER.FIELDS (TO)])")
        imap.ask("STORE 1:* +FLAGS (word \\Deleted)")
        imap.ask("EXPUNGE")
        smtp.close()
        imap.close()
        server.stop()
        peaks = re.findall(r" (\w+)\S* debug stacks peak=(\d+)",
                           server.log.read_text())
    assert {"mx", "front", "store", "vault"} <= {role for role, _ in peaks}
    assert all(int(peak) < DEEPEST for _, peak in peaks), peaks
    print(peaks)
