"""What a mailbox is while several IMAP sessions change it, and what each of
them may be told, and must be.                   RFC 3501, 7162, 9051, 9586

Commands are given one at a time, so the model knows what there is; a session
knows what it was told. Whatever it hears is held against both at once, by
message numbers that only what it heard has made."""

import collections
import re
import select

from .server import PASSWORD, address
from .wire import Imap

NUMBERED = re.compile(
    rb"\* (\d+) (EXISTS|EXPUNGE|RECENT|FETCH|UIDFETCH)(?: \((.*))?$",
    re.S)
FLAGS = re.compile(rb"FLAGS \(([^)]*)\)")
MODSEQ = re.compile(rb"\bMODSEQ \((\d+)\)")
UID = re.compile(rb"\bUID (\d+)")
VANISHED = re.compile(rb"\* VANISHED (\(EARLIER\) )?([\d:,]+)$")
CODE = re.compile(rb"\[(\w+) ([^\]]*)\]")
# What says of no message that it is gone.               RFC 9051 7.5.1
NUMBERS_COUNT = {"FETCH", "STORE", "SEARCH"}


LOGGED = 300		# lines
SAID = 160		# octets of one


class Wrong(AssertionError):
    """Something that should not have been said, or should."""


def check(true, *what):
    if not true:
        raise Wrong(" ".join(map(str, what)))


def numbers(text):
    """The numbers of a set that has no * in it."""
    found = []
    for piece in text.decode().split(",") if text else ():
        low, _, high = piece.partition(":")
        a, b = sorted((int(low), int(high or low)))
        found += range(a, b + 1)
    return found


class Mail:
    def __init__(self, uid, token, flags):
        self.uid, self.token, self.flags = uid, token, frozenset(flags)
        self.gone = False
        self.modseq = None		# until a session was told it
        self.above = 0			# it has to be
        self.was = set()		# the flags it had before
        self.moved = None		# the Mail that it became

    def copied(self):
        """The flags of a copy: of what moved away, as they are there now."""
        now = self
        while now.moved:
            now = now.moved
        return (now.flags - {"\\Deleted"}) | (self.flags & {"\\Deleted"})

    def __repr__(self):
        return (f"<{self.uid} {' '.join(sorted(self.flags))}"
                f"{' gone' if self.gone else ''} {self.modseq}>")


class Box:
    def __init__(self, name):
        self.name = name
        self.mails = []			# in the order of their UIDs
        self.uidnext = 1

    def live(self):
        return [m for m in self.mails if not m.gone]

    def forget(self, sessions):
        """What has gone, and every session knows."""
        here = [s for s in sessions if s.box is self]
        seen = {m for s in here for m in s.view}
        told = min((s.told for s in here), default=self.uidnext)
        self.mails = [m for m in self.mails if not m.gone or m in seen or
                      m.uid > told]

    def add(self, token, flags, above):
        mail = Mail(self.uidnext, token, flags)
        mail.above = above
        self.uidnext += 1
        self.mails.append(mail)
        return mail


class Model:
    def __init__(self, names):
        self.boxes = {name: Box(name) for name in names}
        self.highest = 0		# modseq that anybody was told
        self.log = collections.deque(maxlen=LOGGED)

    def flag(self, mail, mode, flags):
        """What changes nothing leaves its modseq as well."""
        flags = {"": frozenset(flags), "+": mail.flags | flags,
                 "-": mail.flags - flags}[mode]
        if flags == mail.flags:
            return
        mail.was.add(mail.flags)
        mail.flags, mail.modseq, mail.above = flags, None, self.highest

    def told_modseq(self, mail, modseq):
        if mail.modseq is None or (mail.gone and modseq > mail.modseq):
            check(modseq > mail.above, "modseq", modseq, "of", mail,
                  "is not above", mail.above)
            mail.modseq = modseq	# of what is gone: when it went
            self.highest = max(self.highest, modseq)
        check(modseq == mail.modseq, "modseq", modseq, "of", mail)


class Session:
    """One connection, and what it was told of the mailbox selected."""

    def __init__(self, server, model, name, *enabled):
        self.model, self.name, self.enabled = model, name, set(enabled)
        self.imap = Imap(server, timeout=30).login("alice")
        if enabled:
            self.imap.ask("ENABLE " + " ".join(enabled))
        self.condstore = bool(self.enabled & {"CONDSTORE", "QRESYNC"})
        self.numbers = "UIDONLY" not in self.enabled
        self.vanishes = bool(self.enabled & {"QRESYNC", "UIDONLY"})
        self.rev2 = "IMAP4rev2" in self.enabled
        self.forget()

    def note(self, octets):
        """What a failure is read by."""
        self.model.log.append(f"{self.name} {octets[:SAID]!r}")

    def forget(self):
        self.box, self.read_only, self.idle = None, False, False
        self.view = []			# message number - 1: Mail
        self.known = {}			# Mail: the flags it was told
        self.told = 0			# no UID above is in the view

    # What is said.

    def ask(self, command, verb=None, want=(b"OK",), literal=b""):
        """(the end of the answer, what was untagged before it)"""
        self.imap.tag += 1
        tag = b"t%d " % self.imap.tag
        line = command.encode() + literal
        self.note(line)
        self.imap.send(tag + line + b"\r\n")
        heard = []
        while True:
            parts = self.imap.response()
            self.note(b"".join(parts))
            if parts[0].startswith(tag):
                break
            heard.append(self.hear(parts, verb))
        end = parts[0][len(tag):]
        check(end.split()[0] in want, command[:200], "was answered", end)
        return end, heard

    def hear(self, parts, verb):
        """Take what is untagged; its mail where it is about one."""
        text = b"".join(parts)
        if (found := VANISHED.match(text)):
            self.hear_vanished(found, verb)
            return ("VANISHED" if not found[1] else "EARLIER",
                    numbers(found[2]), text)
        found = NUMBERED.match(text)
        if not found:
            return (None, None, text)
        n, kind = int(found[1]), found[2].decode()
        if kind == "EXISTS":
            self.hear_exists(n)
            return (kind, n, text)
        if kind == "RECENT":
            check(not self.rev2, "RECENT after IMAP4rev2")
            return (kind, n, text)
        if kind == "EXPUNGE":
            self.hear_expunge(n, verb)
            return (kind, n, text)
        return (kind, self.hear_fetch(n, kind, verb, text), text)

    def hear_exists(self, n):
        """What came since, or what of it is still there: nothing else."""
        if self.box is None:
            self.counted = n		# SELECT
            return
        new = [m for m in self.box.mails if m.uid > self.told]
        live = [m for m in new if not m.gone]
        for some in (live, new):
            if n == len(self.view) + len(some):
                self.view += some
                self.told = self.box.mails[-1].uid if new else self.told
                return
        raise Wrong(f"EXISTS {n} where {len(self.view)} were told and "
                    f"{len(live)} of {len(new)} are new and there")

    def may_expunge(self, verb):
        check(verb not in NUMBERS_COUNT, "expunged in", verb)
        check(self.box, "expunged, and nothing is selected")

    def hear_expunge(self, n, verb):
        self.may_expunge(verb)
        check(not self.vanishes, "EXPUNGE after QRESYNC or UIDONLY")
        check(1 <= n <= len(self.view), "EXPUNGE", n, "of", len(self.view))
        mail = self.view.pop(n - 1)
        check(mail.gone, "EXPUNGE", n, "is", mail)

    def hear_vanished(self, found, verb):
        check(self.vanishes, "VANISHED, and nobody enabled it")
        if found[1]:
            return
        self.may_expunge(verb)
        for uid in numbers(found[2]):
            mail = next((m for m in self.view if m.uid == uid), None)
            check(mail, "VANISHED", uid, "is not known here")
            check(mail.gone, "VANISHED", uid, "is", mail)
            self.view.remove(mail)

    def hear_fetch(self, n, kind, verb, text):
        check((kind == "FETCH") == self.numbers, kind, "here")
        if self.numbers:
            check(1 <= n <= len(self.view), "FETCH", n, "of",
                  len(self.view))
            mail = self.view[n - 1]
        else:
            mail = next((m for m in self.view if m.uid == n), None)
            check(mail, "UIDFETCH", n, "is not known here")
        if (uid := UID.search(text)):
            check(int(uid[1]) == mail.uid, text, "is", mail)
        if (modseq := MODSEQ.search(text)):
            check(self.condstore, "MODSEQ where nobody wants it")
            # What comes in IDLE may have been so a moment ago.
            if verb != "IDLE":
                self.model.told_modseq(mail, int(modseq[1]))
            else:
                check(int(modseq[1]) <= (mail.modseq or 1 << 63), text)
        if (flags := FLAGS.search(text)):
            flags = frozenset(flags[1].decode().split())
            check("\\Recent" not in flags or not self.rev2, text)
            flags -= {"\\Recent"}
            check(flags == mail.flags or
                  (verb == "IDLE" and flags in mail.was) or
                  (mail.gone and flags == mail.flags | {"\\Seen"}),
                  text[:SAID], "is", mail)
            self.known[mail] = flags
        if b"X-Token" in text:
            check(f"X-Token: {mail.token}".encode() in text, text, "is",
                  mail)
        return mail

    # What it has to know by now.

    def is_told(self):
        """All of it: what came, what went, how what it knows is flagged."""
        return (self.view == self.box.live() and
                all(self.known.get(m, m.flags) == m.flags for m in self.view))

    def must_be_told(self, verb=None):
        """Behind a command; what went may have to wait."""
        if self.box is None:
            return
        if verb not in NUMBERS_COUNT:
            check(self.view == self.box.live(), self.name, "sees",
                  self.view, "of", self.box.live())
        else:
            check([m for m in self.view if not m.gone] == self.box.live(),
                  self.name, "sees", self.view, "of", self.box.live())
        for mail in self.view:
            known = self.known.get(mail, mail.flags)
            check(known == mail.flags or mail.gone, self.name, "believes",
                  sorted(known), "of", mail)

    def hear_idle(self, seconds=10):
        """In IDLE: until all was told, which nobody has to ask for."""
        while not self.is_told():
            if not self.imap.buffer and not self.imap_ready(seconds):
                self.must_be_told()
            parts = self.imap.response()
            self.note(b"".join(parts))
            self.hear(parts, "IDLE")

    def imap_ready(self, seconds):
        return (self.imap.sock.pending() or
                select.select([self.imap.sock], [], [], seconds)[0])
