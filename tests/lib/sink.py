"""A next hop that does as it is told: an SMTP server of the test's own.

    sink = Sink("127.0.0.9", 2525).start()
    sink.rcpt["nobody"] = "550 5.1.1 no such user"
    ...
    sink.messages    # Taken(sender, recipients, text), in order

It says what real servers say, and misbehaves where a test wants it: see the
attributes of Behaviour. Stopping and starting keeps what was taken.
"""

import dataclasses
import re
import socket
import ssl
import threading
import time


@dataclasses.dataclass
class Taken:
    sender: str
    recipients: list
    text: bytes
    mail: str           # the whole MAIL command
    rcpts: list         # the whole RCPT commands
    tls: bool
    session: int
    auth: tuple = ()
    began: float = 0    # time.monotonic() of MAIL
    when: float = 0     # and when it was taken: the 250 follows
    peer: str = ""      # from which address
    helo: str = ""      # the whole EHLO command

    def header(self, name):
        found = re.search(rb"(?im)^" + name.encode() + rb":[ \t]*(.*)",
                          self.text)
        return found[1].strip().decode() if found else None


@dataclasses.dataclass
class Behaviour:
    banner: str = "220 sink ESMTP"
    ehlo: tuple = ("PIPELINING", "SIZE 52428800", "8BITMIME", "DSN",
                   "ENHANCEDSTATUSCODES", "SMTPUTF8")
    helo_only: bool = False     # EHLO is answered 500
    mail: str = "250 2.1.0 ok"
    # By local part; else ok. A list is used up one by one.
    rcpt: dict = dataclasses.field(default_factory=dict)
    data: str = "354 go on"
    end: str = "250 2.0.0 taken"
    tls: ssl.SSLContext = None  # STARTTLS is offered
    tls_first: bool = False
    tls_garbage: bool = False   # offered, and then it fails
    login: tuple = ()           # (user, password) that AUTH PLAIN wants
    cut_after: int = None       # octets said in a session, then it is cut
    cut_at_end: bool = False    # cut after the final dot, nothing said
    keep_cut: bool = False      # and the message is taken all the same
    slow: float = 0             # seconds an octet
    think: float = 0            # seconds before a message is taken
    messages_a_session: int = None  # then 421


class Cut(Exception):
    pass


class Session:
    def __init__(self, sink, sock, number):
        self.sink, self.b, self.sock = sink, sink.behaviour, sock
        self.number, self.said, self.tls = number, 0, False
        self.auth, self.taken, self.began, self.helo = (), 0, 0, ""
        self.file = None

    def say(self, line):
        octets = (line + "\r\n").encode()
        if self.b.cut_after is not None:
            octets = octets[:max(0, self.b.cut_after - self.said)]
        slow = self.b.slow      # a test may change it in mid-line
        for i in range(0, len(octets), 1 if slow else len(octets)):
            self.sock.sendall(octets[i:i + 1] if slow else octets)
            if slow:
                time.sleep(slow)
        self.said += len(octets)
        if self.b.cut_after is not None and self.said >= self.b.cut_after:
            raise Cut

    def many(self, code, lines):
        for i, line in enumerate(lines):
            self.say(f"{code}{' ' if i == len(lines) - 1 else '-'}{line}")

    def start_tls(self):
        self.sock = self.b.tls.wrap_socket(self.sock, server_side=True)
        self.file = self.sock.makefile("rb")
        self.tls = True

    def run(self):
        if self.b.tls_first:
            self.start_tls()
        self.file = self.file or self.sock.makefile("rb")
        self.say(self.b.banner)
        self.reset()
        while True:
            line = self.file.readline()
            if not line.endswith(b"\n"):
                return
            text = line.decode(errors="replace").rstrip("\r\n")
            self.sink.log.append(text)
            verb, _, rest = text.partition(" ")
            handler = getattr(self, "do_" + verb.lower(), None)
            if not handler:
                self.say("500 5.5.2 what?")
            elif handler(text, rest) == "end":
                return

    def reset(self):
        self.sender, self.rcpts, self.rcpt_lines, self.mail_line = \
            None, [], [], ""

    def do_ehlo(self, text, rest):
        self.helo = text
        if self.b.helo_only:
            return self.say("500 5.5.1 HELO only")
        offers = list(self.b.ehlo)
        if self.b.tls and not self.tls:
            offers.append("STARTTLS")
        if self.b.login:
            offers.append("AUTH PLAIN LOGIN")
        return self.many(250, ["sink hello", *offers])

    def do_helo(self, text, rest):
        self.say("250 sink hello")

    def do_starttls(self, text, rest):
        self.say("220 2.0.0 go")
        if self.b.tls_garbage:
            self.sock.sendall(b"this is not TLS\r\n")
            return "end"
        self.start_tls()
        return None

    def do_auth(self, text, rest):
        import base64
        blank, user, password = base64.b64decode(
            rest.split()[1]).decode().split("\0")
        if (user, password) != self.b.login:
            return self.say("535 5.7.8 wrong")
        self.auth = (user, password)
        return self.say("235 2.7.0 welcome")

    def do_mail(self, text, rest):
        if self.b.messages_a_session is not None and \
                self.taken >= self.b.messages_a_session:
            self.say("421 4.7.0 enough for now")
            return "end"
        self.reset()
        self.began = time.monotonic()
        answer = self.b.mail
        if self.b.login and not self.auth:
            answer = "530 5.7.0 log in first"
        if answer[0] == "2":
            self.sender = re.match(r"(?i)FROM:\s*<([^>]*)>", rest)[1]
            self.mail_line = text
        self.say(answer)
        return "end" if answer.startswith("421") else None

    def do_rcpt(self, text, rest):
        address = re.match(r"(?i)TO:\s*<([^>]*)>", rest)[1]
        answer = self.b.rcpt.get(address.split("@")[0], "250 2.1.5 ok")
        if isinstance(answer, list):
            answer = answer.pop(0) if answer else "250 2.1.5 ok"
        if callable(answer):
            answer = answer()
        if self.sender is None:
            answer = "503 5.5.1 MAIL first"
        if answer[0] == "2":
            self.rcpts.append(address)
            self.rcpt_lines.append(text)
        self.say(answer)
        return "end" if answer.startswith("421") else None

    def do_data(self, text, rest):
        if not self.rcpts:
            return self.say("503 5.5.1 no recipients")
        self.say(self.b.data)
        if self.b.data[0] != "3":
            return "end" if self.b.data.startswith("421") else None
        lines = []
        while True:
            line = self.file.readline()
            if not line.endswith(b"\r\n"):
                raise Cut
            if line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b".") else line)
        time.sleep(self.b.think)
        message = Taken(self.sender, self.rcpts, b"".join(lines),
                        self.mail_line, self.rcpt_lines, self.tls,
                        self.number, self.auth, self.began,
                        peer=self.sock.getpeername()[0], helo=self.helo)
        if self.b.cut_at_end:
            if self.b.keep_cut:
                self.sink.take(message)
            raise Cut
        if self.b.end[0] == "2":
            self.sink.take(message)
            self.taken += 1
        self.say(self.b.end)
        self.reset()
        return "end" if self.b.end.startswith("421") else None

    def do_rset(self, text, rest):
        self.reset()
        self.say("250 2.0.0 ok")

    def do_noop(self, text, rest):
        self.say("250 2.0.0 ok")

    def do_quit(self, text, rest):
        self.say("221 2.0.0 bye")
        return "end"


class Sink:
    def __init__(self, address, port, **behaviour):
        self.address, self.port = address, port
        self.behaviour = Behaviour(**behaviour)
        self.messages, self.log = [], []
        self.sessions = 0
        self.changed = threading.Condition()
        self.listener = None
        self.open = set()

    def start(self):
        self.listener = socket.create_server(
            (self.address, self.port), backlog=128,
            family=socket.AF_INET6 if ":" in self.address
            else socket.AF_INET)
        threading.Thread(target=self._accept, args=(self.listener,),
                         daemon=True).start()
        return self

    def stop(self):
        """Gone from the network: connections too."""
        if self.listener:
            # A blocked accept() would keep the socket alive.
            self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
            self.listener = None
        for sock in list(self.open):
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def __enter__(self):
        return self.start()

    def __exit__(self, *exc):
        self.stop()

    def _accept(self, listener):
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            self.sessions += 1
            threading.Thread(target=self._serve, daemon=True,
                             args=(sock, self.sessions)).start()

    def _serve(self, sock, number):
        self.open.add(sock)
        session = Session(self, sock, number)
        try:
            session.run()
        except (Cut, OSError, AttributeError, TypeError):
            pass
        finally:
            self.open.discard(sock)
            for s in {session.sock, sock}:
                try:
                    s.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
                s.close()

    def take(self, message):
        with self.changed:
            message.when = time.monotonic()
            self.messages.append(message)
            self.changed.notify_all()

    def wait(self, n, seconds=30):
        """Until n messages were taken; returns them all."""
        with self.changed:
            if not self.changed.wait_for(
                    lambda: len(self.messages) >= n, seconds):
                raise AssertionError(
                    f"{len(self.messages)} of {n} messages came to "
                    f"{self.address}; last commands: {self.log[-20:]}")
            return list(self.messages)
