"""Ten IMAP sessions of all kinds do things at random in two mailboxes; a model
(lib/imap_model.py) says what each of them may hear, and must.

POSTERN_SEED=n repeats what a failure printed.
"""

import os
import random
import re

import pytest
from lib.imap_model import CODE, Mail, Model, Session, check, numbers
from lib.imap_model import MODSEQ
from lib.server import SharedServer

FLAGS = ("\\Seen", "\\Answered", "\\Flagged", "\\Deleted", "\\Draft", "red",
         "green")
KINDS = ((), (), ("CONDSTORE",), ("CONDSTORE",), ("QRESYNC",), ("QRESYNC",),
         ("IMAP4rev2",), ("IMAP4rev2", "QRESYNC"), ("UIDONLY",),
         ("UIDONLY", "QRESYNC"))
BOXES = ("one", "two")
FEW, MANY = 6, 40
EVERY = 100		# commands between two looks at everything
HOW_OFTEN = {"fetch": 14, "changed": 5, "store": 25, "unchanged": 6,
             "expunge": 5, "uid_expunge": 4, "append": 10, "copy": 6,
             "move": 6, "search": 10, "noop": 8, "check": 1, "select": 7,
             "examine": 3, "close": 2, "unselect": 2, "status": 3, "idle": 8,
             "again": 1}


class Random:
    def __init__(self, server, seed):
        self.server, self.chance = server, random.Random(seed)
        self.model = Model(BOXES)
        self.tokens = 0
        self.done = 0
        self.observer = Session(server, self.model, "observer",
                                "CONDSTORE")
        for name in BOXES:
            self.observer.ask(f"CREATE {name}")
        self.sessions = [Session(server, self.model, f"{i} {' '.join(kind)}",
                                 *kind) for i, kind in enumerate(KINDS)]
        self.kept = {}			# (session name, box): see remember()

    # Choosing.

    def box(self):
        return self.model.boxes[self.chance.choice(BOXES)]

    def flags(self, most=3):
        return frozenset(self.chance.sample(
            FLAGS, self.chance.randrange(0, most + 1)))

    def choose(self, s):
        """(the set as it is said, its messages, whether they are UIDs)"""
        by_uid = not s.numbers or self.chance.random() < 0.5
        view = s.view
        if not view:
            return "1:*", [], True
        a, b = sorted(self.chance.choices(range(len(view)), k=2))
        if self.chance.random() < 0.2:
            a, b = 0, len(view) - 1
        some = view[a:b + 1]
        last = "*" if b == len(view) - 1 and self.chance.random() < 0.5 \
            else None
        if by_uid:
            text = f"{some[0].uid}:{last or some[-1].uid}"
        else:
            text = f"{a + 1}:{last or b + 1}"
        if not last and self.chance.random() < 0.3:
            some = self.chance.sample(some, min(len(some), 3))
            text = ",".join(str(m.uid if by_uid else view.index(m) + 1)
                            for m in some)
        return text, some, by_uid

    # One command each.

    def noop(self, s):
        s.ask("NOOP", "NOOP")

    def check(self, s):
        s.ask("CHECK", "CHECK")

    def fetch(self, s):
        said, some, by_uid = self.choose(s)
        items = self.chance.choice((
            "FLAGS", "UID FLAGS", "UID", "UID INTERNALDATE RFC822.SIZE",
            "UID BODY.PEEK[HEADER.FIELDS (X-Token)]", "BODY[] UID",
            *(("FLAGS MODSEQ",) if s.condstore else ())))
        if "BODY[]" in items and not s.read_only:
            for m in some:
                if not m.gone:
                    self.model.flag(m, "+", {"\\Seen"})
        _, heard = self.command(s, "FETCH", by_uid, f"{said} ({items})")
        want = items.split()[0].encode()
        told = {id(m) for kind, m, text in heard
                if kind in ("FETCH", "UIDFETCH") and want in text}
        for m in some:
            check(m.gone or id(m) in told, "FETCH without", m)

    def changed(self, s):
        """Who comes with an old modseq hears what changed, and what went."""
        if not s.condstore or s.box is None or \
                (s.name, s.box.name) not in self.kept:
            return self.noop(s)
        high, there = self.kept[s.name, s.box.name]
        seen = [m for m in s.view if not m.gone]
        vanished = " VANISHED" if "QRESYNC" in s.enabled else ""
        _, heard = self.command(
            s, "FETCH", True,
            f"1:* (FLAGS) (CHANGEDSINCE {high}{vanished})")
        self.resynced(s, there, heard, seen, bool(vanished))

    def resynced(self, s, there, heard, seen, vanished=True):
        """What was kept, with what was heard, is what there is."""
        there = dict(there)
        for kind, what, text in heard:
            if kind in ("FETCH", "UIDFETCH") and b"FLAGS" in text:
                there[what] = what.flags
            if kind in ("EARLIER", "VANISHED"):
                for uid in what:
                    check(all(m.gone for m in s.box.mails if m.uid == uid),
                          "vanished, and is there:", uid)
                there = {m: f for m, f in there.items() if m.uid not in what}
        if not vanished:
            there = {m: f for m, f in there.items() if not m.gone}
        now = {m: m.flags for m in seen}
        check(there == now, "kept and changed", there, "of", now)

    def remember(self, s):
        """As a client does, with what was told as far as which modseq."""
        if s.box is None or not s.condstore:
            return
        _, heard = self.observer.ask(
            f"STATUS {s.box.name} (HIGHESTMODSEQ)")
        high = int(re.search(rb"HIGHESTMODSEQ (\d+)", heard[0][2])[1])
        self.kept[s.name, s.box.name] = (
            high, {m: m.flags for m in s.box.live()})

    def store(self, s, since=None):
        said, some, by_uid = self.choose(s)
        mode, flags = self.chance.choice(("", "+", "-")), self.flags()
        silent = self.chance.random() < 0.5
        refused = {m for m in some if since is not None and not m.gone and
                   m.modseq > since}
        if s.read_only:
            return self.command(
                s, "STORE", by_uid, f"{said} +FLAGS (\\Seen)", want=b"NO")
        for m in some:
            if m.gone or m in refused:
                continue
            self.model.flag(m, mode, flags)
            if silent and m in s.known:
                was = s.known[m]
                s.known[m] = {"": flags, "+": was | flags,
                              "-": was - flags}[mode]
        if since is not None:
            s.condstore = True
        condition = "" if since is None else f" (UNCHANGEDSINCE {since})"
        end, heard = self.command(
            s, "STORE", by_uid, f"{said}{condition} {mode}FLAGS"
            f"{'.SILENT' if silent else ''} ({' '.join(sorted(flags))})",
            want=(b"OK", b"NO"))
        check(end.startswith(b"OK") or any(m.gone for m in some), end)
        told = {id(m) for kind, m, text in heard
                if kind in ("FETCH", "UIDFETCH") and
                (silent or b"FLAGS" in text)}
        for m in some:
            check(m.gone or m in refused or id(m) in told or
                  (silent and not s.condstore), "STORE without", m)
        code = CODE.search(end)
        named = numbers(code[2]) if code and code[1] == b"MODIFIED" else []
        uids = {m.uid if by_uid else s.view.index(m) + 1 for m in refused}
        check(set(named) >= uids and len(set(named) - uids) <=
              sum(m.gone for m in some), "MODIFIED", named, "not", uids)

    def unchanged(self, s):
        """The observer looks up what the modseqs are."""
        if s.box is None or not s.view or "QRESYNC" not in s.enabled:
            return self.noop(s)
        self.look(s.box)
        modseqs = [m.modseq for m in s.box.live()]
        if not modseqs:
            return self.noop(s)
        self.store(s, self.chance.choice(modseqs))

    def expunge(self, s, uids=None):
        """Of what it was told of: nobody expunges what he never saw."""
        if not s.read_only:
            for m in s.view:
                if "\\Deleted" in m.flags and (uids is None or
                                               m.uid in uids):
                    m.gone = True
        said = "EXPUNGE" if uids is None else \
            "UID EXPUNGE " + ",".join(map(str, uids))
        s.ask(said, "EXPUNGE", (b"NO",) if s.read_only else (b"OK",))

    def uid_expunge(self, s):
        if not s.box.mails:
            return self.noop(s)
        self.expunge(s, {m.uid for m in self.chance.choices(
            s.box.mails, k=8)})

    def append(self, s):
        box, texts, new = self.box(), [], []
        for _ in range(self.chance.choice((1, 1, 2, 3))):
            self.tokens += 1
            flags = self.flags(2)
            octets = (f"X-Token: {self.tokens}.\r\nSubject: {self.tokens}"
                      "\r\n\r\n" + "text\r\n" * self.chance.choice((1, 900)))
            texts.append(f" ({' '.join(sorted(flags))}) {{{len(octets)}+}}"
                         f"\r\n{octets}")
            new.append(box.add(f"{self.tokens}.", flags, self.model.highest))
        end, _ = s.ask(f"APPEND {box.name}" + "".join(texts), "APPEND")
        check(numbers(CODE.search(end)[2].split()[1]) ==
              [m.uid for m in new], end)

    def copy(self, s, move=False):
        said, some, by_uid = self.choose(s)
        to = self.box()
        if move and s.read_only:
            return self.command(s, "MOVE", by_uid, f"{said} {to.name}",
                                want=b"NO")
        taken = [m for m in sorted(some, key=lambda m: m.uid)
                 if not (move and m.gone)]
        new = [to.add(m.token, m.copied(), self.model.highest)
               for m in taken]
        gone = any(m.gone for m in some)
        for m, there in zip(taken, new) if move else ():
            m.gone, m.moved = True, there
        end, heard = self.command(
            s, "MOVE" if move else "COPY", by_uid, f"{said} {to.name}",
            want=(b"OK", b"NO") if move and gone else b"OK")
        codes = [CODE.search(text) for text in
                 [end, *(text for _, _, text in heard)]]
        codes = [c[2].split() for c in codes if c and c[1] == b"COPYUID"]
        check(len(codes) == (1 if taken else 0), "COPYUID", codes, taken)
        if taken:
            check(numbers(codes[0][1]) == [m.uid for m in taken] and
                  numbers(codes[0][2]) == [m.uid for m in new],
                  codes, taken, new)

    def move(self, s):
        self.copy(s, move=True)

    def search(self, s):
        by_uid = not s.numbers or self.chance.random() < 0.5
        flag = self.chance.choice(FLAGS)
        key = (f"KEYWORD {flag}" if flag[0] != "\\" else flag[1:].upper())
        wanted = {m for m in s.view if flag in m.flags}
        if self.chance.random() < 0.3:
            key, wanted = f"NOT {key}", set(s.view) - wanted
        if self.chance.random() < 0.3:
            said, some, uids = self.choose(s)
            key += f" {'UID ' if uids else ''}{said}"
            wanted &= set(some)
        names = {m: m.uid if by_uid else i
                 for i, m in enumerate(s.view, 1)}
        _, heard = self.command(s, "SEARCH", by_uid, key)
        text = next(t for _, _, t in heard if b"SEARCH" in t)
        if text.startswith(b"* ESEARCH"):
            found = re.search(rb" ALL ([\d:,]+)", text)
            found = set(numbers(found[1]) if found else ())
        else:
            found = set(map(int, text.split()[2:]))
        must = {names[m] for m in wanted if not m.gone}
        check(must <= found <= {names[m] for m in names if m in wanted or
                                m.gone}, key, "found", found, "not", must)

    def select(self, s, verb="SELECT"):
        self.leave(s)
        box, more, there = self.box(), "", None
        kept = self.kept.get((s.name, box.name))
        if "QRESYNC" in s.enabled and kept and self.chance.random() < 0.7:
            high, there = kept
            more = f" (QRESYNC ({self.validity[box.name]} {high}))"
        s.forget()
        s.box, s.read_only = box, verb == "EXAMINE"
        s.view, s.told = box.live(), box.uidnext - 1
        _, heard = s.ask(f"{verb} {box.name}{more}", verb)
        check(any(kind == "EXISTS" for kind, _, _ in heard), "no EXISTS")
        said = b"\n".join(text for _, _, text in heard)
        check(int(re.search(rb"UIDNEXT (\d+)", said)[1]) == box.uidnext,
              said, box.uidnext)
        if there is not None:
            self.resynced(s, there, heard, s.view)

    def examine(self, s):
        self.select(s, "EXAMINE")

    def leave(self, s):
        """What it was told is all that there is."""
        if s.box:
            s.ask("NOOP", "NOOP")
            s.must_be_told()
            self.remember(s)

    def close(self, s):
        self.leave(s)
        if not s.read_only:
            for m in s.view:
                m.gone = m.gone or "\\Deleted" in m.flags
        _, heard = s.ask("CLOSE", "CLOSE")
        check(not any(kind for kind, _, _ in heard), "CLOSE says", heard)
        s.forget()

    def unselect(self, s):
        self.leave(s)
        s.ask("UNSELECT", "UNSELECT")
        s.forget()

    def status(self, s):
        box = self.box()
        _, heard = s.ask(f"STATUS {box.name} (MESSAGES UIDNEXT UNSEEN "
                         "DELETED)", "STATUS")
        said = next(text for _, _, text in heard if b"* STATUS" in text)
        live = box.live()
        for word, n in (
                ("MESSAGES", len(live)), ("UIDNEXT", box.uidnext),
                ("UNSEEN", sum("\\Seen" not in m.flags for m in live)),
                ("DELETED", sum("\\Deleted" in m.flags for m in live))):
            check(int(re.search(rb"%s (\d+)" % word.encode(), said)[1]) == n,
                  said, word, n)

    def idle(self, s):
        """Until it is this one's turn again."""
        s.imap.tag += 1
        s.imap.send(b"t%d IDLE\r\n" % s.imap.tag)
        while not (parts := s.imap.response())[0].startswith(b"+"):
            s.hear(parts, "IDLE")
        s.idle = True

    def done_idle(self, s):
        s.hear_idle()
        s.imap.send(b"DONE\r\n")
        while not (parts := s.imap.response())[0].startswith(
                b"t%d OK" % s.imap.tag):
            s.hear(parts, "IDLE")
        s.idle = False

    def again(self, s):
        """It goes, and another one comes."""
        self.leave(s)
        s.imap.close()
        self.sessions[self.sessions.index(s)] = Session(
            self.server, self.model, s.name, *sorted(s.enabled))

    # All of it.

    def command(self, s, verb, by_uid, args, want=b"OK"):
        want = want if isinstance(want, tuple) else (want,)
        return s.ask(f"{'UID ' if by_uid else ''}{verb} {args}",
                     f"UID {verb}" if by_uid else verb, want)

    def look(self, box):
        """All that a mailbox has, by somebody who was not there before."""
        o = self.observer
        o.forget()
        o.box, o.read_only = box, True
        o.view, o.told = box.live(), box.uidnext - 1
        o.ask(f"EXAMINE {box.name}", "EXAMINE")
        _, heard = o.ask("UID FETCH 1:* (FLAGS MODSEQ "
                         "BODY.PEEK[HEADER.FIELDS (X-Token)])", "UID FETCH")
        check([m for _, m, _ in heard if isinstance(m, Mail)] == box.live(),
              "there is", heard, "not", box.live())
        for _, m, text in heard:
            check(not isinstance(m, Mail) or MODSEQ.search(text), text)
        o.ask("UNSELECT")
        o.forget()

    def step(self, s):
        if s.idle:
            if self.chance.random() < 0.5:
                self.done_idle(s)
            return
        kinds = list(HOW_OFTEN)
        what = self.chance.choices(kinds, HOW_OFTEN.values())[0]
        size = max(len(b.live()) for b in self.model.boxes.values())
        if size > MANY and what in ("append", "copy"):
            what = "expunge"
        if size < FEW and what in ("expunge", "uid_expunge", "move"):
            what = "append"
        if s.box is None and what not in ("append", "noop", "status",
                                          "examine", "again"):
            what = "select"
        self.done += 1
        getattr(self, what)(s)
        verb = {"fetch": "FETCH", "store": "STORE", "search": "SEARCH",
                "unchanged": "STORE"}.get(what)
        if s.box and not s.idle:
            s.must_be_told(verb)

    def run(self, steps):
        self.validity = {}
        for name in BOXES:
            _, heard = self.observer.ask(f"STATUS {name} (UIDVALIDITY)")
            self.validity[name] = int(re.search(
                rb"UIDVALIDITY (\d+)", heard[0][2])[1])
        for i in range(1, steps + 1):
            self.step(self.chance.choice(self.sessions))
            for s in self.sessions:
                if s.idle:
                    s.hear_idle()
            if i % EVERY == 0:
                for box in self.model.boxes.values():
                    self.look(box)
                    box.forget(self.sessions)
        for s in self.sessions:
            if s.idle:
                self.done_idle(s)
            self.noop(s)
            s.must_be_told()


@pytest.mark.timeout(7200)
def test_imap_random(long):
    seed = int(os.environ.get("POSTERN_SEED") or
               random.SystemRandom().randrange(1 << 32))
    with SharedServer() as server:
        found = Random(server, seed)
        try:
            found.run(200000 if long else 2000)
            # The same on the disk.
            server.stop()
            server.start()
            found.observer = Session(server, found.model, "observer",
                                     "CONDSTORE")
            for box in found.model.boxes.values():
                found.look(box)
        except Exception as e:
            print("\n".join(found.model.log))
            raise AssertionError(f"seed {seed}, command "
                                 f"{found.done}: {e!r}") from e
    print(f"seed {seed}, {found.tokens} appended")
