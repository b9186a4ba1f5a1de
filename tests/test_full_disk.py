"""A server on a disk that is full, or read-only, and one whose locks were taken
away: a small file system in a mount namespace of the server's own."""

import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

import pytest
from lib.server import PATIENCE, PASSWORD, ConfiguredServer, address
from lib.wire import Imap, Smtp

SIZE = "160m"


def can_mount():
    return os.geteuid() == 0 and shutil.which("unshare") and subprocess.run(
        ["unshare", "-m", "true"], capture_output=True).returncode == 0


pytestmark = pytest.mark.skipif(
    not can_mount(), reason="needs root and mount namespaces")


class SmallServer(ConfiguredServer):
    """Its data folder lies on a tmpfs that only its processes see; a shell
    that stays in there does what the test wants done."""

    def __init__(self):
        super().__init__()
        self.data.mkdir()
        self.shell = subprocess.Popen(
            ["unshare", "-m", "sh", "-c",
             f"mount -t tmpfs -o size={SIZE} none {self.data} && "
             f"mkdir {self.data}/d && echo mounted && exec sleep 3600"],
            stdout=subprocess.PIPE)
        assert self.shell.stdout.readline() == b"mounted\n"
        self._top = self.data
        self.data = self.data / "d"
        self._command = self.inside()
        self.people = False

    def inside(self):
        return ["nsenter", "-m", "-t", str(self.shell.pid)]

    def do(self, command, check=True):
        return subprocess.run([*self.inside(), "sh", "-c", command],
                              check=check, capture_output=True, text=True)

    @property
    def conf(self):
        return self._top.parent / "postern.conf"

    def command(self, *args, check=True, text=None):
        from lib.server import BUILD
        done = subprocess.run(
            [*self.inside(), str(BUILD / "postern"), *args,
             "--data", str(self.data)],
            input=text, capture_output=True, text=True, timeout=120)
        assert not check or done.returncode == 0, done.stderr + self.tail()
        return done

    def start(self):
        # It is not to be seen from here, so never "new" to the class above.
        super(ConfiguredServer, self).start()
        if not self.people:
            self.people = True
            self.command("domain", "add", "example.test")
            self.command("account", "add", address("alice"),
                         "--password-stdin", text=PASSWORD + "\n")

    def fill(self):
        self.do(f"cat /dev/zero > {self._top}/filler", check=False)

    def make_room(self):
        self.do(f"rm {self._top}/filler")

    def events(self, name):
        return len(re.findall(rf" store \w+ {name}\b", self.tail(None)))

    def close(self):
        try:
            super().close()
        finally:
            self.shell.kill()
            self.shell.wait()


def deliver(server, octets=10):
    """The code of the first answer that is no success, or 250."""
    smtp = Smtp(server)
    with contextlib.closing(smtp):
        smtp.do("EHLO client.example.net", 250)
        for line in ("MAIL FROM:<a@example.net>",
                     f"RCPT TO:<{address('alice')}>", "DATA"):
            smtp.send(line.encode() + b"\r\n")
            code, _ = smtp.reply()
            if code >= 400:
                return code
        text = "".join(os.urandom(35).hex() + "\r\n"
                       for _ in range(octets // 72))
        smtp.send(f"Subject: x\r\n\r\n{text}.\r\n".encode())
        return smtp.reply()[0]


def eventually(look, seconds=20 * PATIENCE):
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end
        time.sleep(0.1)
    return found


@pytest.fixture
def small():
    with SmallServer() as s:
        yield s


def fill_up(server):
    """By others, and by mail."""
    server.fill()
    for _ in range(2000):
        if deliver(server, 100000) != 250:
            break
    server.fill()
    assert eventually(lambda: deliver(server) == 452)


def inbox(server):
    imap = Imap(server).login("alice")
    return imap, imap.select()


@pytest.mark.timeout(300)
def test_full(small):
    """Mail waits at its senders; who deletes makes room, also after the store
    died; and it is said once."""
    for _ in range(20):
        assert deliver(small, 20000) == 250
    fill_up(small)
    small.kill_role("store")
    eventually(lambda: len(small.processes("store")) == 1)
    imap, n = inbox(small)
    assert n >= 20
    assert len(imap.bodies("BODY.PEEK[]")) == n
    assert deliver(small, 100000) == 452
    imap.ask("STORE 1:* +FLAGS.SILENT (\\Deleted)")
    imap.ask("EXPUNGE")
    imap.close()
    assert small.events("disk_low") >= 1
    assert small.events("disk_full") <= 2	# of each process
    # All of it, from the start.
    small.stop()
    small.start()
    small.make_room()
    assert eventually(lambda: deliver(small) == 250)
    assert small.command("verify").returncode == 0


@pytest.mark.timeout(300)
def test_read_only(small):
    """It starts, and what is there can be read."""
    for _ in range(3):
        assert deliver(small, 2000) == 250
    small.kill_all()
    small.do(f"mount -o remount,ro,size={SIZE} none {small._top}")
    small.start()
    imap, n = inbox(small)
    assert n == 3 and len(imap.bodies("BODY.PEEK[]")) == 3
    imap.close()
    assert deliver(small) == 451
    assert small.events("only_reading") == 1
    small.do(f"mount -o remount,rw,size={SIZE} none {small._top}")
    assert eventually(lambda: deliver(small) == 250)
    imap, n = inbox(small)
    assert n == 4
    imap.close()
