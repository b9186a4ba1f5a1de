"""IMAP sessions that change mailboxes, lose their server, and go on."""

import itertools
import random
import re
import threading
import time

from .wire import Imap

APPENDUID = re.compile(rb"APPENDUID (\d+) (\d+)")
KEYWORDS = ("red", "green", "blue")


class Message:
    """What a session knows of one: an answer that did not come leaves open
    whether it was done."""

    def __init__(self, token):
        self.token = token
        self.uid = None			# once APPEND was answered with OK
        self.flags = set()		# STORE of which was answered with OK
        self.expunge = "no"		# "asked", or "done": it was answered


class ImapLoad(threading.Thread):
    """One session after another, in a mailbox that is only this one's."""

    def __init__(self, server, person, mailbox, seed):
        super().__init__()
        self.server, self.person, self.mailbox = server, person, mailbox
        self.random = random.Random(f"{seed} {person} {mailbox}")
        self.messages = []
        self.answered = 0
        self.ended = threading.Event()
        self.failure = None
        self._numbers = itertools.count(1)
        self._prefix = f"{seed:x}.{self.random.getrandbits(48):x}"

    def run(self):
        while not self.ended.is_set():
            try:
                imap = Imap(self.server, timeout=30).login(self.person)
                imap.select(self.mailbox)
                while not self.ended.is_set():
                    self._step(imap)
            except (OSError, EOFError, AssertionError):
                time.sleep(0.05)	# closed, or NO: it is away
            except Exception as e:	# a test that says nothing is worse
                self.failure = e
                return

    def _step(self, imap):
        there = [m for m in self.messages if m.uid and m.expunge == "no"]
        what = self.random.random()
        if not there or what < 0.4:
            self._append(imap)
        elif what < 0.8:
            self._flag(imap, self.random.choice(there))
        else:
            self._expunge(imap, self.random.choice(there))
        self.answered += 1

    def _append(self, imap):
        message = Message(f"{self._prefix}.{next(self._numbers)}")
        octets = f"X-Token: {message.token}\r\n\r\n".encode()
        octets += b"x" * 70 * self.random.choice((1, 10, 700)) + b"\r\n"
        self.messages.append(message)
        tag = b"a%d" % len(self.messages)
        imap.send(b"%s APPEND %s {%d+}\r\n%s\r\n" % (
            tag, self.mailbox.encode(), len(octets), octets))
        while not (line := imap.response()[0]).startswith(tag):
            pass
        assert line.startswith(tag + b" OK"), line
        message.uid = int(APPENDUID.search(line)[2])

    def _flag(self, imap, message):
        flag = self.random.choice(KEYWORDS)
        imap.ask(f"UID STORE {message.uid} +FLAGS.SILENT ({flag})")
        message.flags.add(flag)

    def _expunge(self, imap, message):
        message.expunge = "asked"
        imap.ask(f"UID STORE {message.uid} +FLAGS.SILENT (\\Deleted)")
        imap.ask(f"UID EXPUNGE {message.uid}")
        message.expunge = "done"

    def broken_promises(self):
        """What was answered with OK and is not so, once all is quiet."""
        imap = Imap(self.server, timeout=60).login(self.person)
        there = {}
        if imap.select(self.mailbox):
            for parts in imap.ask("UID FETCH 1:* (FLAGS "
                                  "BODY.PEEK[HEADER.FIELDS (X-TOKEN)])"):
                token = parts[1].split()[1].decode()
                uid = int(re.search(rb"UID (\d+)", b" ".join(
                    parts[::2]))[1])
                flags = re.search(rb"FLAGS \(([^)]*)\)", b" ".join(
                    parts[::2]))[1].decode().split()
                there.setdefault(token, []).append((uid, set(flags)))
        imap.close()
        return [*self._broken(there), *self._strangers(there)]

    def _broken(self, there):
        for m in self.messages:
            found = there.get(m.token, [])
            if len(found) > 1:
                yield f"{m.token} is there {len(found)} times"
            if m.uid and m.expunge == "no" and not found:
                yield f"{m.token} was appended and is gone"
            if m.expunge == "done" and found:
                yield f"{m.token} was expunged and is there"
            for uid, flags in found:
                if m.uid not in (None, uid):
                    yield f"{m.token} has UID {uid}, was told {m.uid}"
                if not m.flags <= flags:
                    yield f"{m.token} has lost {m.flags - flags}"

    def _strangers(self, there):
        known = {m.token for m in self.messages}
        uids = [m.uid for m in self.messages if m.uid]
        yield from (f"{token} is not ours" for token in there
                    if token not in known)
        if len(uids) != len(set(uids)):
            yield "a UID was given twice"
