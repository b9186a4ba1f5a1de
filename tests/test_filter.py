"""The filter: it learns from what people sort, and from `postern learn`, and puts
what looks like spam into Junk."""

import imaplib
import json
import os
import random
import signal
import ssl
import subprocess
import time
from pathlib import Path

import pytest

from lib.server import BUILD, PASSWORD
from lib.world import World
from test_policy import FORWARDED, FromOutside, found

SPAM = """winner congratulations lottery prize claim million dollars urgent
transfer bank account viagra pills discount cheap offer click here now limited
guarantee investment profit bitcoin casino bonus free credit loan approved
unsubscribe dear friend beneficiary inheritance confidential""".split()
GOOD = """meeting agenda minutes review patch branch release notes lunch friday
train station garden dinner recipe school kids holiday photos book chapter
draft invoice project deadline server logs compiler kernel question answer
thanks regards tomorrow morning weather""".split()
# Nobody likes it but who buys there.
SHOP = SPAM[:12] + """trousers jacket shoes sizes summer linen cotton autumn
colours delivery basket branches collection shirts wool sandals""".split()


def text(words, seed, author):
    """A message with words of this kind; every seed another one."""
    chance = random.Random(seed)
    said = " ".join(chance.choice(words) for _ in range(60))
    return (f"From: {author}\r\nTo: bob@ours.test\r\n"
            f"Subject: {chance.choice(words)} {seed}\r\n"
            f"Message-ID: <{seed}@elsewhere.test>\r\n\r\n{said}\r\n").encode()


def spam(seed, author="offers@spam.test"):
    return text(SPAM, seed, author)


def good(seed, author="ann@friends.test"):
    return text(GOOD, seed, author)


@pytest.fixture(scope="module")
def world():
    with World() as w:
        w.record('proven TXT "v=spf1 ip4:198.51.100.0/24 -all"')
        w.record('_dmarc.proven TXT "v=DMARC1; p=none"')
        w.taught = w.postern("a.test", more=FORWARDED + "greylist = off\n")
        w.people = w.postern("b.test", more=FORWARDED + "greylist = off\n")
        w.off = w.postern("c.test", more=FORWARDED + "greylist = off\n"
                          "spam-filter = false\n")
        w.there = w.sink("proven.test")
        w.start()
        yield w


def deliver(server, message, to="bob", sender="x@unproven.test",
            address="203.0.113.5"):
    """From a stranger; the folder it is in then."""
    with FromOutside(server, address) as smtp:
        smtp.ehlo()
        smtp.mail(sender)
        assert smtp.rcpt(f"{to}@{server.domain}")[0] == 250
        assert smtp.data(message)[0] == 250
    subject = message.split(b"Subject: ")[1].split(b"\r\n")[0].decode()
    return found(server, subject, to)[0]


def files(folder, messages):
    folder.mkdir(parents=True)
    for i, one in enumerate(messages):
        (folder / f"{i}.eml").write_bytes(one.replace(b"\r\n", b"\n"))
    return str(folder)


def counts(server):
    return json.loads(server.command("learn", "show", "--json").stdout)


def test_learned_from_files(world, tmp_path):
    """A folder, a Maildir and an mbox; before that everything comes in."""
    server = world.taught
    assert deliver(server, spam(1)) == "INBOX"
    assert "says nothing before" in server.command("learn", "show").stdout
    assert server.command("learn", "spam", files(
        tmp_path / "junk", [spam(n) for n in range(100, 160)])).stdout == \
        "60 messages learned\n"
    files(tmp_path / "md" / "cur", [good(n) for n in range(200, 230)])
    files(tmp_path / "md" / ".Sub" / "cur",
          [good(n) for n in range(230, 240)])
    files(tmp_path / "md" / ".hidden", [])
    (tmp_path / "mbox").write_bytes(b"".join(
        b"From ann Sat Nov 28 12:00:00 2026\n" +
        good(n).replace(b"\r\n", b"\n") + b"\n" for n in range(240, 260)))
    server.command("learn", "good", tmp_path / "md", tmp_path / "mbox")
    assert counts(server) == {"spam": 60, "good": 60, "decides": True}
    deliver(server, good(3))	# mx hears from store that there is a filter
    assert deliver(server, spam(2)) == "Junk"
    assert deliver(server, good(2)) == "INBOX"
    assert "as junk by its text (" in server.command(
        "trace", f"bob@{server.domain}").stdout


def test_it_is_kept(world):
    server = world.taught
    server.stop()
    server.start()
    server.wait_ready()
    deliver(server, good(13))
    assert deliver(server, spam(12)) == "Junk"


def test_what_cannot_be_learned(world, tmp_path):
    server = world.taught
    was = counts(server)
    for path, why in ((tmp_path / "none", "No such file"),
                      ("/dev/null", "neither a file nor a folder")):
        done = server.command("learn", "spam", path, check=False)
        assert done.returncode == 1 and why in done.stderr
    # All of them, or none: these are more than one ask.
    (tmp_path / "many").write_bytes(b"".join(
        b"From x\n" + spam(n) + b"\n" for n in range(7000, 7600)))
    server.command("learn", "spam", tmp_path / "many", tmp_path / "none",
                   check=False)
    assert counts(server) == was
    (tmp_path / "many").unlink()
    # Whatever is in them.
    for n, octets in enumerate((b"", b"\n", b"\0" * 100000, b"\xff" * 70000,
                                b"From \n\nFrom \n\nFrom x", b"A:" * 50000)):
        (tmp_path / f"{n}").write_bytes(octets)
    (tmp_path / "link").symlink_to("/etc/passwd")
    # Read to its end it would take hours.
    os.truncate(tmp_path / "3", 1 << 42)
    server.command("learn", "good", tmp_path)
    assert counts(server)["good"] - was["good"] == 3


def test_who_looks_falls_silent(world, tmp_path):
    """The process that looks at messages, which one of them may have captured,
    keeps nobody waiting for ever."""
    server = world.off
    (tmp_path / "mbox").write_bytes(b"From x\n\nabc\n\n" * 2_000_000)
    with subprocess.Popen([BUILD / "postern", "learn", "good",
                           tmp_path / "mbox", "--data", server.data],
                          stderr=subprocess.PIPE, text=True) as command:
        try:
            children = Path(f"/proc/{command.pid}/task/{command.pid}/children")
            for _ in range(500):
                if children.read_text():
                    break
                time.sleep(0.02)
            child = int(children.read_text())
            os.kill(child, signal.SIGSTOP)
            assert "says nothing" in command.communicate(timeout=60)[1]
            assert command.returncode == 1
            assert not Path(f"/proc/{child}").exists()
        finally:
            command.kill()


def test_a_correspondent_is_heard(world):
    """Whom bob writes to, and proves to be it, sends him no spam; it is learned
    that this is none."""
    server = world.taught
    world.send(server, "bob", "friend@proven.test")
    was = counts(server)
    message = spam(20, "friend@proven.test")
    assert deliver(server, message, sender="friend@proven.test",
                   address="198.51.100.7") == "INBOX"
    assert counts(server)["good"] == was["good"] + 1
    # Anybody can write a name.
    deliver(server, spam(21, "friend@proven.test"))
    assert counts(server)["good"] == was["good"] + 1


def test_rules_go_before(world):
    server = world.taught
    server.command("allow", "add", "203.0.113.77")
    assert deliver(server, spam(30), address="203.0.113.77") == "INBOX"


def test_off(world, tmp_path):
    server = world.off
    server.command("learn", "spam", files(
        tmp_path / "junk", [spam(n) for n in range(100, 160)]))
    server.command("learn", "good", files(
        tmp_path / "good", [good(n) for n in range(200, 260)]))
    deliver(server, good(41))
    assert deliver(server, spam(40)) == "INBOX"


class Mailbox:
    def __init__(self, server, person):
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self.imap = imaplib.IMAP4_SSL("127.0.0.1", server.ports["imaps"],
                                      ssl_context=context, timeout=60)
        self.imap.login(f"{person}@{server.domain}", PASSWORD)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.imap.logout()

    def take(self, message, source, target):
        """It comes into one mailbox and is taken to the other."""
        assert self.imap.append(source, None, None, message)[0] == "OK"
        self.imap.select(source)
        assert self.imap.uid("MOVE", "*", target)[0] == "OK"


def test_people_teach(world):
    """Where they put a message says what it is; what they throw away, or move
    within their folders, says nothing."""
    server = world.people
    with Mailbox(server, "bob") as bob:
        bob.imap.create("Friends")
        bob.imap.create("Other")
        for n in range(30):
            bob.take(spam(1000 + n), "INBOX", "Junk")
            bob.take(good(2000 + n), "INBOX", "Friends")
        # Many at once: as many as one ask holds.
        for n in range(25):
            bob.imap.append("INBOX", None, None, spam(3000 + n))
            bob.imap.append("Other", None, None, good(4000 + n))
        bob.imap.select("INBOX")
        bob.imap.uid("MOVE", "1:*", "Junk")
        bob.imap.select("Other")
        bob.imap.uid("COPY", "1:*", "INBOX")
        assert counts(server)["spam"] == 55
        assert counts(server)["good"] == 30
        bob.imap.select("INBOX")
        bob.imap.uid("COPY", "1:*", "Friends")
        assert counts(server)["good"] == 55
        now = counts(server)
        bob.take(spam(5000), "INBOX", "Trash")
        bob.take(spam(5001), "Friends", "Other")
        bob.take(spam(5002), "Junk", "Trash")
        assert counts(server) == now
    deliver(server, good(50))
    assert deliver(server, spam(51)) == "Junk"
    assert deliver(server, spam(52), to="alice") == "Junk"
    assert deliver(server, good(53), to="alice") == "INBOX"


def test_one_wants_what_others_do_not(world):
    """What alice takes out of Junk comes to her; what is spam to all stays."""
    server = world.people
    taken = 0
    with Mailbox(server, "alice") as alice:
        for n in range(12):
            message = text(SHOP, 6000 + n, "shop@bargains.test")
            if deliver(server, message, to="alice") == "Junk":
                alice.imap.select("Junk")
                assert alice.imap.uid("MOVE", "*", "INBOX")[0] == "OK"
                taken += 1
    assert 0 < taken < 6
    for n in range(5):
        message = text(SHOP, 6100 + n, "shop@bargains.test")
        assert deliver(server, message, to="alice") == "INBOX"
        assert deliver(server, spam(6200 + n)) == "Junk"
        assert deliver(server, spam(6300 + n), to="alice") == "Junk"


def test_keywords_teach(world):
    """A button of a mail program that has keywords for it."""
    server = world.people
    was = counts(server)
    with Mailbox(server, "bob") as bob:
        bob.imap.append("Other", None, None, spam(4500))
        bob.imap.select("Other")
        for keywords, spams, goods in (
                ("NonJunk $NotJunk", 0, 1), ("$Junk", 1, 1),
                ("$Junk $NotJunk", 1, 1), ("Junky", 1, 1)):
            bob.imap.uid("STORE", "*", "+FLAGS", f"({keywords})")
            assert counts(server) == {
                **was, "spam": was["spam"] + spams,
                "good": was["good"] + goods}
        bob.imap.uid("STORE", "*", "-FLAGS", "($Junk)")
        assert counts(server)["spam"] == was["spam"] + 1
