r"""Dialogues: what a client sends and what the server must answer.

A file is read top to bottom, one direction a line:

    # text          a comment
    PORT imap       the port that new connections go to (else the folder's
                    name); one of smtp, submission, submissions, imap, imaps,
                    pop3, pop3s, http, https, lmtp
    FROM 127.0.0.9  new connections come from this address
    CONN b          go on with connection b, opened on first use; a file
                    begins on connection "a", which opens at its first line
    C: text         send text and CRLF
    RAW text        send text as it stands
    PIPE            hold back what is sent until the next line that expects
                    something: several commands in one write
    S: text         the next line is exactly this
    S~ regex        the next line matches this, whole
    S* regex        skip lines up to one that matches
    S{ ... }        the next lines match the S: and S~ lines between the
                    braces, in any order
    NONE regex      nothing that matches has come or comes within 0.3 s
    TLS             TLS starts now
    DEFLATE         both ways are compressed from now on
    LOGIN alice     log in, over TLS in SMTP (sends EHLO first)
    CLOSED          the server closes the connection
    CLEAR alice     alice's mailboxes as those of a new account
    MAIL alice TEXT deliver a message with this subject to alice, over a
                    connection of its own
    APPEND alice INBOX [(FLAGS)] ["DATE"]
    | line          put the message of the "|" lines into alice's mailbox,
    |               over a connection of its own; sets ${size}

In what is sent: \r \n \0 \t \xNN \\ and \(text*1000), which repeats text
(text may hold escapes). A named group of a regex, (?P<uid>\d+), sets ${uid},
which may be used in every later line; in S: and S~ lines as literal text.
"""

import re
import select
import time

from . import wire
from .server import DOMAIN, PASSWORD, address

ESCAPE = re.compile(rb"\\(?:\((?P<text>.*?)\*(?P<times>\d+)\)"
                    rb"|x(?P<hex>[0-9a-fA-F]{2})|(?P<one>[rn0t\\]))")
ONE = {b"r": b"\r", b"n": b"\n", b"0": b"\0", b"t": b"\t", b"\\": b"\\"}
VARIABLE = re.compile(r"\$\{(\w+)\}")


class Failure(AssertionError):
    pass


def unescape(octets):
    def one(match):
        if match["text"] is not None:
            return unescape(match["text"]) * int(match["times"])
        if match["hex"]:
            return bytes.fromhex(match["hex"].decode())
        return ONE[match["one"]]
    return ESCAPE.sub(one, octets)


class Dialogue:
    def __init__(self, server, text, protocol):
        self.server = server
        self.protocol = protocol
        self.lines = text.splitlines()
        self.port = protocol
        self.source = None
        self.wires = {}
        self.name = "a"
        self.vars = {"domain": DOMAIN, "password": PASSWORD}
        self.held = None
        self.group = None
        self.message = None
        self.tags = 0

    def run(self):
        try:
            for number, line in enumerate(self.lines, 1):
                try:
                    self.step(line)
                except (Failure, AssertionError, OSError, KeyError,
                        ValueError) as e:
                    raise Failure(f"line {number}: {line}\n{e!s}") from e
            self.append_message()
            if self.group is not None or self.held is not None:
                raise Failure("ends inside S{ or PIPE")
        finally:
            for w in self.wires.values():
                w.close()

    def step(self, line):
        if self.message is not None and line.startswith("|"):
            self.message[1].append(unescape(line[2:].encode()))
            return
        self.append_message()
        if not line.strip() or line.lstrip().startswith("#"):
            return
        word, _, rest = line.partition(" ")
        if word == "}":
            self.close_group()
        elif self.group is not None:
            self.group.append((word, self.pattern(word, rest)))
        else:
            self.STEPS[word](self, rest)

    # What is sent.

    def wire(self):
        if self.name not in self.wires:
            self.wires[self.name] = wire.Wire(
                self.server.ports[self.port],
                self.port in wire.IMPLICIT_TLS, source=self.source)
        return self.wires[self.name]

    def substitute(self, text):
        return VARIABLE.sub(lambda m: self.vars[m[1]], text)

    def send(self, octets):
        if self.held is not None:
            self.held += octets
        else:
            self.wire().send(octets)

    def do_send(self, rest):
        self.send(unescape(self.substitute(rest).encode()) + b"\r\n")

    def do_raw(self, rest):
        self.send(unescape(self.substitute(rest).encode()))

    def do_pipe(self, rest):
        self.held = b""

    def flush(self):
        if self.held is not None:
            held, self.held = self.held, None
            self.wire().send(held)

    # What is expected.

    def pattern(self, word, rest):
        if word == "S:":
            return re.compile(re.escape(self.substitute(rest)))
        if word in ("S~", "S*", "NONE"):
            return re.compile(VARIABLE.sub(
                lambda m: re.escape(self.vars[m[1]]), rest))
        raise Failure(f"{word} is not known here")

    def next_line(self):
        self.flush()
        line = self.wire().line()
        if line is None:
            raise Failure("the server closed the connection")
        return line.decode("utf-8", "backslashreplace")

    def keep(self, match):
        self.vars.update(
            {k: v for k, v in match.groupdict().items() if v is not None})

    def do_exact(self, rest):
        self.expect(self.pattern("S:", rest))

    def do_match(self, rest):
        self.expect(self.pattern("S~", rest))

    def expect(self, pattern):
        line = self.next_line()
        match = pattern.fullmatch(line)
        if not match:
            raise Failure(f"came:   {line}")
        self.keep(match)

    def do_skip(self, rest):
        pattern, seen = self.pattern("S*", rest), []
        while True:
            try:
                line = self.next_line()
            except (Failure, OSError) as e:
                raise Failure("came:\n" + "\n".join(seen)) from e
            match = pattern.fullmatch(line)
            if match:
                self.keep(match)
                return
            seen.append(line)

    def close_group(self):
        group, self.group = self.group, None
        while group:
            line = self.next_line()
            for i, (_, pattern) in enumerate(group):
                match = pattern.fullmatch(line)
                if match:
                    self.keep(match)
                    del group[i]
                    break
            else:
                raise Failure(f"came:   {line}")

    def do_group(self, rest):
        self.group = []

    def do_none(self, rest):
        pattern = self.pattern("NONE", rest)
        self.flush()
        w, end = self.wire(), time.monotonic() + 0.3
        while (left := end - time.monotonic()) > 0:
            # Readable may mean no more than a ticket of TLS.
            w.sock.settimeout(left)
            try:
                if select.select([w.sock], [], [], left)[0] and not w.more():
                    break
            except TimeoutError:
                break
            finally:
                w.sock.settimeout(wire.TIMEOUT)
        lines = bytes(w.buffer).split(b"\r\n")
        for line in lines if lines[-1] else lines[:-1]:
            if pattern.fullmatch(line.decode("utf-8", "backslashreplace")):
                raise Failure(f"came:   {line!r}")

    def do_closed(self, rest):
        self.flush()
        try:
            line = self.wire().line()
        except ConnectionResetError:
            line = None
        if line is not None:
            raise Failure(f"came:   {line!r}")
        self.wires.pop(self.name).close()

    # Shorthands.

    def do_port(self, rest):
        self.port = rest.strip()

    def do_from(self, rest):
        self.source = rest.strip()

    def do_conn(self, rest):
        self.name = rest.strip()

    def do_tls(self, rest):
        self.flush()
        self.wire().tls()

    def do_deflate(self, rest):
        self.wire().deflate()

    def do_login(self, person):
        if self.port.startswith("imap"):
            self.tags += 1
            self.step(f"C: login{self.tags} LOGIN {address(person)} "
                      f"{PASSWORD}")
            self.step(f"S* login{self.tags} OK .*")
            return
        if self.port.startswith("pop3"):
            self.step(f"C: USER {address(person)}")
            self.step("S~ \\+OK .*")
            self.step(f"C: PASS {PASSWORD}")
            self.step("S~ \\+OK .*")
            return
        self.step("C: EHLO client.example.test")
        self.step("S* 250 .*")
        plain = wire.base64.b64encode(
            f"\0{address(person)}\0{PASSWORD}".encode()).decode()
        self.step(f"C: AUTH PLAIN {plain}")
        self.step("S~ 235 .*")

    def do_clear(self, person):
        clear(self.server, person)

    def do_mail(self, rest):
        person, _, subject = rest.partition(" ")
        octets = wire.crlf(
            f"From: <sender@example.net>\nTo: <{address(person)}>\n"
            f"Subject: {self.substitute(subject)}\n\nHello\n".encode())
        smtp = wire.Smtp(self.server)
        try:
            smtp.do("EHLO client.example.net", 250)
            code, lines = smtp.send_message(
                "sender@example.net", [address(person)], octets)
            if code != 250:
                raise Failure(f"{code} {lines}")
        finally:
            smtp.close()

    def do_append(self, rest):
        self.message = (rest.split(" ", 2), [])

    def append_message(self):
        if self.message is None:
            return
        (person, mailbox, *rest), lines = self.message
        self.message = None
        octets = b"".join(line + b"\r\n" for line in lines)
        self.vars["size"] = str(len(octets))
        append(self.server, person, mailbox, "".join(rest), octets)

    STEPS = {
        "C:": do_send, "RAW": do_raw, "PIPE": do_pipe,
        "S:": do_exact, "S~": do_match, "S*": do_skip,
        "S{": do_group, "NONE": do_none, "CLOSED": do_closed,
        "PORT": do_port, "FROM": do_from, "CONN": do_conn, "TLS": do_tls,
        "DEFLATE": do_deflate, "LOGIN": do_login,
        "CLEAR": do_clear, "MAIL": do_mail, "APPEND": do_append,
    }


def append(server, person, mailbox, flags, octets):
    imap = wire.Imap(server).login(person)
    try:
        imap.send(f"a APPEND {mailbox} {flags}".rstrip().encode() +
                  b" {%d}\r\n" % len(octets))
        while not (line := imap.line()).startswith(b"+"):
            if line.startswith(b"a "):
                raise Failure(line.decode())
        imap.send(octets + b"\r\n")
        while not (line := imap.line()).startswith(b"a "):
            pass
        if not line.startswith(b"a OK"):
            raise Failure(line.decode())
    finally:
        imap.close()


# What a new account has, and what for.
MAILBOXES = {b"INBOX": b"", b"Archive": b"\\Archive", b"Drafts": b"\\Drafts",
             b"Junk": b"\\Junk", b"Sent": b"\\Sent", b"Trash": b"\\Trash"}


def names(imap, command):
    """Names as they are sent, with their attributes."""
    found = {}
    for parts in imap.ask(command):
        attributes, name = parts[0].split(b'"/" ', 1)
        found[name] = attributes
    return found


def clear(server, person):
    """All mailboxes as a new account has them, and empty."""
    imap = wire.Imap(server).login(person)
    try:
        there = {name: line for name, line in
                 names(imap, 'LIST "" "*"').items()
                 if not name.startswith(b'"Other Users/')}
        for name in sorted(there, key=len, reverse=True):
            if MAILBOXES.get(name, b"?") not in there[name]:
                imap.ask(b"DELETE " + name)
                del there[name]
            else:
                imap.clear(name.decode())
        for name in MAILBOXES.keys() - there.keys():
            imap.ask(b"CREATE %b (USE (%b))" % (name, MAILBOXES[name]))
        subscribed = names(imap, 'LSUB "" "*"')
        for name in subscribed.keys() - MAILBOXES.keys():
            imap.ask(b"UNSUBSCRIBE " + name)
        for name in MAILBOXES.keys() - subscribed.keys():
            imap.ask(b"SUBSCRIBE " + name)
    finally:
        imap.close()
