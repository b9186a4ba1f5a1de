"""The two servers of bench/imap, filled with mail, and its client."""

import os
import signal
import smtplib
import socket
import ssl
import time

import letters
import peers
import processes

SENDER = "load@sender.test"
BIG = 0				# whose INBOX is the large one
OWN_FIRST, OWN = 1, 50		# whose INBOX is read by themselves alone
WRITER = 97			# who appends to new mailboxes
WAITER = 98			# who waits in IDLE
LUMP, FILLERS = 200, 4


def unseen(i):
    return i % 5 == 0


class Imap:
    def __init__(self, server, user):
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self.sock = context.wrap_socket(
            socket.create_connection(("127.0.0.1", server.imaps), 60))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.settimeout(600)
        self.buffer = bytearray(1 << 18)
        self.sock.recv(4096)
        self.tag = 0
        self.ask(f"LOGIN {peers.user(user)} {peers.PASSWORD}")

    def send(self, command):
        """Its tag is a word that no mail has at the start of a line."""
        self.tag += 1
        self.sock.sendall(b"bench~%d " % self.tag + command + b"\r\n")

    def answer(self, tag=None):
        """Read to its end, which is the end of what has come."""
        tag = b"bench~%d " % (tag or self.tag)
        held = b""
        while True:
            n = self.sock.recv_into(self.buffer)
            if n == 0:
                raise ConnectionError("IMAP connection lost")
            held = (held + self.buffer[:n])[-8192:]
            if not held.endswith(b"\r\n"):
                continue
            last = held[:-2].rpartition(b"\r\n")[2]
            if last.startswith(tag):
                if not last.startswith(tag + b"OK"):
                    raise RuntimeError(last.decode())
                return

    def ask(self, command):
        """Milliseconds until all of the answer is there."""
        began = time.monotonic()
        self.send(command.encode())
        self.answer()
        return (time.monotonic() - began) * 1000

    def until(self, word):
        """Read until it was said, outside of any command's answer."""
        held = b""
        while word not in held:
            n = self.sock.recv_into(self.buffer)
            if n == 0:
                raise ConnectionError("IMAP connection lost")
            held = held[-64:] + self.buffer[:n]

    def close(self):
        self.sock.close()


def appended(messages, plus=b"+"):
    """The arguments of one APPEND of all of them (RFC 3502)."""
    return b"".join(
        b"%s {%d%s}\r\n%s" % (b"" if unseen(i) else b" (\\Seen)", len(octets),
                              plus, octets)
        for i, (octets, _) in enumerate(messages))


class Filled:
    """What both have in common."""

    box = None

    def big(self):
        """The session that has the large mailbox selected."""
        if self.box is None:
            self.box = Imap(self, BIG)
            self.box.ask("SELECT INBOX")
        return self.box

    def leave(self):
        if self.box:
            self.box.close()
            self.box = None

    def fill(self, size, progress):
        for user in range(OWN_FIRST, OWN_FIRST + OWN):
            progress(f"{self.name}: mailbox {user} of {OWN}")
            self.put(user, letters.Letters(user).make(size.own),
                     lambda n: None)
        self.put(BIG, letters.Letters(4711).make(size.box), lambda n: progress(
            f"{self.name}: {n:,} of {size.box:,} messages"))
        box = self.big()
        box.ask("CREATE copies")
        box.ask("CREATE moved")

    def memory_kb(self):
        return processes.memory_kb(*self.roots())[0]

    def deliver(self, octets):
        """One message to who waits; when its last octet was sent."""
        if self.sender is None:
            self.sender = self.connect_sender()
        self.sender.mail(SENDER)
        self.sender.rcpt(peers.user(WAITER))
        self.sender.docmd("DATA")
        sent = time.monotonic()
        self.sender.send(octets + b"\r\n.\r\n")
        code, words = self.sender.getreply()
        if code != 250:
            raise RuntimeError(f"{self.name}: {code} {words}")
        return sent

    sender = None


class Postern(Filled, peers.Postern):
    def put(self, user, messages, said):
        """By several sessions at once, so that commits are shared."""
        boxes = [Imap(self, user) for _ in range(FILLERS)]
        waiting, n, lump, turn = set(), 0, [], 0

        def send():
            nonlocal turn
            box = boxes[turn % FILLERS]
            if box in waiting:
                box.answer()
            box.send(b"APPEND INBOX" + appended(lump))
            waiting.add(box)
            turn += 1
            lump.clear()

        for message in messages:
            lump.append(message)
            n += 1
            if len(lump) == LUMP:
                send()
                said(n)
        if lump:
            send()
        for box in boxes:
            if box in waiting:
                box.answer()
            box.close()

    def connect_sender(self):
        smtp = smtplib.SMTP("127.0.0.1", self.smtp, "sender.test")
        smtp.ehlo()
        return smtp

    def restart(self):
        """Store alone: that is what knows mailboxes."""
        self.leave()
        old = self.store()
        os.kill(old, signal.SIGKILL)
        end = time.monotonic() + 60
        while self.store() in (None, old) and time.monotonic() < end:
            time.sleep(0.05)
        while True:
            try:
                Imap(self, WAITER).close()
                return
            except RuntimeError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)

    def store(self):
        for pid in processes.tree(*self.roots()):
            if processes.name(pid) == "postern-store":
                return pid
        return None


class Dovecot(Filled, peers.Dovecot):
    def put(self, user, messages, said):
        """As files, as it would have written them itself."""
        home = self.folder / "mail" / peers.user(user).split("@")[0]
        for folder in ("cur", "new", "tmp"):
            (home / "Maildir" / folder).mkdir(parents=True)
        for written, (octets, when) in enumerate(messages, 1):
            text = octets.replace(b"\r\n", b"\n")
            path = home / "Maildir/cur" / (
                f"{when}.M{written}P1.bench,S={len(text)},"
                f"W={len(octets)}:2,{'' if unseen(written) else 'S'}")
            path.write_bytes(text)
            os.utime(path, (when, when))
            if written % 1000 == 0:
                said(written)
        peers.run("chown", "-R", self.owner.pw_uid, home)

    def connect_sender(self):
        lmtp = smtplib.LMTP(str(self.lmtp), local_hostname="sender.test")
        lmtp.ehlo()
        return lmtp

    def restart(self):
        self.leave()
        self.stop()
        self.start()
