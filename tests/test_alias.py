"""Aliases from the command line to the mailbox, and mail that is sent on."""

import json
import sqlite3

import pytest

from lib.server import DOMAIN, ConfiguredServer, address
from lib.wire import Imap, Smtp

MESSAGE = b"Subject: to an alias\r\n\r\nHello.\r\n"
SENDER = "someone@world.test"
# Nobody answers there: what leaves waits.
NOWHERE = 'nameservers = { "127.0.0.1@1" }\n'


class Unreachable(ConfiguredServer):
    def configure(self, more=NOWHERE):
        super().configure(more)


@pytest.fixture(scope="module")
def server():
    with Unreachable() as s:
        s.command("domain", "add", "empty.test")
        yield s


@pytest.fixture
def add(server):
    """Make aliases that are gone after the test, the last one first."""
    made = []

    def make(name, *targets):
        server.command("alias", "add", name, *targets)
        if name not in made:
            made.append(name)

    yield make
    for name in reversed(made):
        server.command("alias", "remove", name)


@pytest.fixture
def boxes(server):
    """How many messages each of the two got since the test began."""
    imap = {p: Imap(server).login(p) for p in ("alice", "bob")}
    before = {p: i.select() for p, i in imap.items()}
    yield lambda: tuple(i.select() - before[p] for p, i in imap.items())
    for i in imap.values():
        i.close()


def send(server, *recipients, sender=SENDER):
    smtp = Smtp(server)
    smtp.do("EHLO world.test", 250)
    code, lines = smtp.send_message(sender, recipients, MESSAGE)
    smtp.close()
    assert code == 250, lines


def rcpt(server, recipient, sender=SENDER):
    """The code that RCPT gets."""
    smtp = Smtp(server)
    smtp.do("EHLO world.test", 250)
    smtp.do(f"MAIL FROM:<{sender}>", 250)
    smtp.send(f"RCPT TO:<{recipient}>\r\n".encode())
    code, _ = smtp.reply()
    smtp.close()
    return code


def refused(server, *args):
    done = server.command(*args, check=False)
    assert done.returncode == 1 and done.stderr.count("\n") == 1, done
    return done.stderr


def queued(server):
    """(sender, recipient) of all that waits; the server is started anew."""
    server.stop()
    db = sqlite3.connect(server.data / "store" / "postern.db")
    rows = db.execute(
        "SELECT CAST(reverse_path AS TEXT), CAST(address AS TEXT) FROM queue"
        " JOIN queue_rcpt USING (message) ORDER BY message").fetchall()
    db.close()
    server.start()
    return rows


def test_command(server):
    team = f"team@{DOMAIN}"
    server.command("alias", "add", team, address("alice"), "x@far.test")
    listed = json.loads(server.command("alias", "list", "--json").stdout)
    assert listed == [{"address": team, "target": address("alice")},
                      {"address": team, "target": "x@far.test"}]
    assert "far.test" in server.command("alias", "list").stdout
    assert "already" in refused(server, "alias", "add", team, "x@FAR.test")
    assert "account" in refused(server, "alias", "add", address("bob"), team)
    assert "domain add" in refused(server, "alias", "add", "a@b.test", team)
    assert "nobody" in refused(server, "alias", "add", team, f"no@{DOMAIN}")
    assert "lead back" in refused(server, "alias", "add", team, team)
    assert team in refused(server, "account", "remove", "--yes",
                           address("alice"))
    done = server.command("account", "add", team, "--password-stdin",
                          text="a password\n", check=False)
    assert done.returncode == 1 and "alias remove" in done.stderr
    server.command("alias", "remove", team, "x@far.test")
    assert "not lead" in refused(server, "alias", "remove", team, "y@z.test")
    server.command("alias", "remove", team)
    assert "no such" in refused(server, "alias", "remove", team)
    assert json.loads(server.command("alias", "list", "--json").stdout) == []
    assert server.command("alias", "add", team, check=False).returncode == 2


def test_to_two(server, add, boxes):
    add(f"team@{DOMAIN}", address("alice"), address("bob"))
    add(f"all@{DOMAIN}", f"team@{DOMAIN}", address("alice"))
    send(server, f"Team@{DOMAIN}")
    assert boxes() == (1, 1)
    send(server, f"team@{DOMAIN}", f"all@{DOMAIN}", address("bob"))
    assert boxes() == (2, 2)


def test_loop_is_cut(server, add, boxes):
    """By "*" an alias can lead to what becomes one that leads back."""
    add(f"*@{DOMAIN}", address("bob"))
    add(f"s@{DOMAIN}", f"t+x@{DOMAIN}", address("alice"))
    add(f"t@{DOMAIN}", f"s@{DOMAIN}")
    send(server, f"t@{DOMAIN}")
    assert boxes() == (1, 0)
    # So that both can go again.
    server.command("alias", "remove", f"s@{DOMAIN}", f"t+x@{DOMAIN}")


def test_plus_and_catch_all(server, add, boxes):
    assert rcpt(server, f"whoever@{DOMAIN}") == 550
    send(server, f"alice+news@{DOMAIN}")
    add(f"*@{DOMAIN}", address("bob"))
    send(server, f"whoever@{DOMAIN}")
    assert boxes() == (1, 1)
    with_plus = Imap(server).login("alice")
    with_plus.select()
    assert f"Delivered-To: alice+news@{DOMAIN}".encode() in \
        with_plus.bodies(which="*")[0]
    with_plus.close()


def test_postmaster_and_abuse(server, add, boxes):
    for name in (f"abuse@{DOMAIN}", f"postmaster@{DOMAIN}", "postmaster"):
        send(server, name)
    assert boxes() == (3, 0)
    assert rcpt(server, "abuse@empty.test") == 550
    add("abuse@empty.test", address("bob"))
    send(server, "abuse@empty.test")
    assert boxes() == (3, 1)


def test_senders(server, add):
    add(f"team@{DOMAIN}", address("alice"))
    add(f"all@{DOMAIN}", f"team@{DOMAIN}")
    smtp = Smtp(server, "submissions")
    smtp.login("alice")
    for sender, code in ((address("alice"), 250), ("", 250),
                         (f"alice+x@{DOMAIN}", 250),
                         (f"team@{DOMAIN}", 250), (f"all@{DOMAIN}", 553),
                         (address("bob"), 553), (SENDER, 553)):
        smtp.do(f"MAIL FROM:<{sender}>", code)
        smtp.do("RSET", 250)
    smtp.close()


def test_sent_on_and_back(server, add):
    add(f"out@{DOMAIN}", "bob@far.test")
    add(f"*@{DOMAIN}", address("bob"))
    send(server, f"out@{DOMAIN}")
    path, to = queued(server)[-1]
    assert to == "bob@far.test"
    assert path.startswith("SRS0=")
    assert path.endswith(f"=world.test=someone@{DOMAIN}")
    assert rcpt(server, path) == 550
    forged = path[:6] + ("B" if path[6] == "A" else "A") + path[7:]
    assert rcpt(server, forged, sender="") == 550
    assert rcpt(server, "x@far.test", sender="") == 550
    send(server, path, sender="")
    assert queued(server)[-1:] == [("", SENDER)]
    rows = json.loads(server.command("journal", "--json").stdout)
    ways = [(row["address"], row["text"]) for row in rows
            if row["event"] == "forwarded"]
    assert ways[-2:] == [("bob@far.test", f"by=out@{DOMAIN}"),
                         (SENDER, f"by={path}")]


def test_data_is_sound(server):
    server.command("verify")
