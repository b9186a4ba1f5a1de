"""Mail of strangers: what the operator said of them, and greylisting. They come
through a proxy that names addresses of the world, for this machine itself is
never sent away."""

import json
import smtplib
import socket
import subprocess
import time

import pytest

from lib.server import BUILD
from lib.world import World
from test_judge import found

PROXY = "127.0.0.9"
FORWARDED = f'proxies = {{ "{PROXY}" }}\nmx-workers = 1\n'
SENDER = "news@unproven.test"


# In the order in which they are asked.
LISTS = """
dns-list "good.list.test" { then = allow }
dns-list "bad.list.test" { answers = "127.0.0.0/28" }
dns-list "names.list.test" { of = domains  then = junk }
dns-list "paid.list.test" { }
dns-list "all.list.test" { answers = "127.0.0.77" }
dns-list "dead.list.test" { }
"""
LISTED = """\
2.0.0.127.good.list A 127.0.0.2
9.100.51.198.good.list A 127.0.0.2
2.0.0.127.bad.list A 127.0.0.2
7.100.51.198.bad.list A 127.0.0.3
7.100.51.198.bad.list TXT "see https://bad.list.test/7"
8.2.0.192.bad.list A 127.0.0.99
9.100.51.198.bad.list A 127.0.0.2
1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.7.0.0.0.8.b.d.0.1.0.0.2.bad.list A 127.0.0.2
test.names.list A 127.0.0.2
listed.test.names.list A 127.0.0.4
*.paid.list A 127.255.255.254
*.all.list A 127.0.0.2
dead.list NS ns.dead
ns.dead A 127.77.255.254"""


class FromOutside(smtplib.SMTP):
    """From an address that a proxy names."""

    def __init__(self, server, address):
        self.outside = address
        super().__init__(server.ip, server.world.port, timeout=60,
                         local_hostname="mx.test")

    def _get_socket(self, host, port, timeout):
        sock = socket.create_connection((host, port), timeout, (PROXY, 0))
        kind = "TCP6" if ":" in self.outside else "TCP4"
        here = "2001:db8::1" if ":" in self.outside else "192.0.2.1"
        sock.sendall(f"PROXY {kind} {self.outside} {here} 4711 25\r\n"
                     .encode())
        return sock


@pytest.fixture(scope="module")
def world():
    with World() as w:
        w.record('proven TXT "v=spf1 ip4:198.51.100.0/24 ip6:2001:db8::/32 '
                 '-all"')
        w.record('_dmarc.proven TXT "v=DMARC1; p=reject"')
        w.record('strict TXT "v=spf1 -all"')
        w.record('_dmarc.strict TXT "v=DMARC1; p=reject"')
        w.unproven = w.postern("a.test", more=FORWARDED +
                               "greylist-delay = 6s\n")
        w.unknown = w.postern("b.test", more=FORWARDED +
                              "greylist = unknown\ngreylist-delay = 6s\n")
        w.plain = w.postern("c.test", more=FORWARDED + "greylist = off\n")
        w.blind = w.postern("d.test", more=FORWARDED + "dmarc = off\n")
        for line in LISTED.splitlines():
            w.record(line)
        w.asking = w.postern("e.test", more=FORWARDED + LISTS +
                             "greylist = unknown\n")
        w.record('loose TXT "v=spf1 -all"')
        w.record('_dmarc.loose TXT "v=DMARC1; p=none"')
        w.scored = w.postern("f.test", more=FORWARDED + "greylist = off\n"
                             "junk-score = 1\nrefuse-score = 3\n")
        w.there = w.sink("there.test")
        w.slow = w.postern("g.test", more=FORWARDED + "greylist = off\n"
                           "messages-per-domain = 3\ngreeting-delay = 3s\n")
        w.start()
        yield w


def send(server, address, subject, sender=SENDER, author=None, to="bob",
         more_to=()):
    """What the text was answered with: code, words."""
    to = [f"{p}@{server.domain}" for p in (to, *more_to)]
    text = (f"From: {author or sender or 'mailer@unproven.test'}\r\n"
            f"Subject: {subject}\r\n\r\nA few words.\r\n").encode()
    with FromOutside(server, address) as smtp:
        smtp.ehlo()
        assert smtp.mail(sender)[0] == 250
        for one in to:
            assert smtp.rcpt(one)[0] == 250
        code, said = smtp.data(text)
        return code, said.decode()


def folder(server, subject, person="bob"):
    return found(server, subject, person)[0]


# ---- what the operator says ----------------------------------------------

@pytest.mark.parametrize("who", [SENDER, "unproven.test", "198.51.100.7",
                                 "198.51.100.0/24"])
def test_block(world, who):
    server = world.plain
    assert server.command("block", "add", who).stdout == \
        f"{who} is blocked\n"
    code, said = send(server, "198.51.100.7", "blocked")
    assert code == 550 and said.startswith("5.7.1 ") and who in said
    assert folder(server, "blocked") is None
    assert "a rule of the operator" in \
        server.command("trace", SENDER).stdout
    server.command("block", "remove", who)
    assert send(server, "198.51.100.7", f"free {who}")[0] == 250
    assert folder(server, f"free {who}") == "INBOX"


def test_block_of_the_author(world):
    """Whatever MAIL says; a name below the domain, too."""
    server = world.plain
    server.command("block", "add", "bad.test")
    for author in ("x@bad.test", "X@Mail.BAD.test"):
        assert send(server, "203.0.113.1", "author", author=author)[0] == 550
    assert send(server, "203.0.113.1", "near", author="x@notbad.test")[0] == \
        250
    server.command("block", "remove", "bad.test")


def test_block_of_ipv6(world):
    server = world.plain
    server.command("block", "add", "2001:db8:5::/48")
    assert send(server, "2001:db8:5:1::9", "six")[0] == 550
    assert send(server, "2001:db8:6:1::9", "six")[0] == 250
    server.command("block", "remove", "2001:db8:5::/48")


def test_into_junk(world):
    server = world.plain
    server.command("block", "add", "--junk", "junk.test")
    assert send(server, "203.0.113.1", "dull", "a@junk.test")[0] == 250
    assert folder(server, "dull") == "Junk"
    assert "rule=junk (junk.test)" in \
        server.command("trace", "a@junk.test").stdout
    server.command("block", "remove", "junk.test")


def test_the_closest_rule_counts(world):
    server = world.plain
    server.command("block", "add", "203.0.113.0/24", "unproven.test")
    server.command("allow", "add", "203.0.113.64/26")
    # A name that nothing proves is no pass ...
    server.command("allow", "add", "good@unproven.test")
    assert send(server, "203.0.113.1", "near", "good@unproven.test")[0] == 550
    server.command("block", "remove", "unproven.test")
    # ... and the smaller network is.
    assert send(server, "203.0.113.1", "near")[0] == 550
    assert send(server, "203.0.113.65", "nearer")[0] == 250
    server.command("allow", "remove", "203.0.113.64/26",
                   "good@unproven.test")
    server.command("block", "remove", "203.0.113.0/24")


def test_allow_of_a_proven_name(world):
    server = world.plain
    server.command("block", "add", "198.51.100.0/24")
    assert send(server, "198.51.100.7", "first", "a@proven.test")[0] == 550
    server.command("allow", "add", "proven.test")
    assert send(server, "198.51.100.7", "second", "a@proven.test")[0] == 250
    assert "rule=allow (proven.test)" in \
        server.command("trace", "a@proven.test").stdout
    server.command("allow", "remove", "proven.test")
    server.command("block", "remove", "198.51.100.0/24")


def test_allow_vouches_for_a_forwarder(world):
    """What the domain wants refused comes in by a network that is allowed."""
    server = world.plain
    assert send(server, "192.0.2.77", "forward", "a@strict.test")[0] == 550
    server.command("allow", "add", "192.0.2.77")
    assert send(server, "192.0.2.77", "forward", "a@strict.test")[0] == 250
    assert folder(server, "forward") == "INBOX"
    server.command("allow", "remove", "192.0.2.77")


def test_rules_without_dmarc(world):
    """Nor does anybody wait for a proof that nobody looks for."""
    server = world.blind
    assert send(server, "192.0.2.77", "blind", "a@strict.test")[0] == 250
    server.command("block", "add", "strict.test")
    assert send(server, "192.0.2.77", "blind", "a@strict.test")[0] == 550
    server.command("block", "remove", "strict.test")


def test_rules_survive_and_are_listed(world):
    server = world.plain
    assert json.loads(server.command("block", "add", "10.0.0.0/8",
                                     "--json").stdout) == {
        "added": "10.0.0.0/8"}
    server.command("allow", "add", "x@Y.example")
    server.command("block", "add", "--junk", "bücher.example")
    server.stop()
    server.start()
    rows = json.loads(server.command("block", "list", "--json").stdout)
    assert [(r["who"], r["kind"], r["does"]) for r in rows] == [
        ("xn--bcher-kva.example", "domain", "junk"),
        ("10.0.0.0/8", "network", "refuse")]
    assert "bücher.example" in server.command("block", "list").stdout
    rows = json.loads(server.command("allow", "list", "--json").stdout)
    assert [(r["who"], r["does"]) for r in rows] == [("x@y.example", "allow")]
    # The last word counts, and only what is so is taken back.
    server.command("block", "add", "x@y.example")
    done = server.command("allow", "remove", "x@y.example", check=False)
    assert done.returncode == 1 and "it is not allowed" in done.stderr
    assert json.loads(server.command("allow", "list", "--json").stdout) == []
    server.command("block", "remove", "x@y.example", "10.0.0.0/8",
                   "bücher.example")


@pytest.mark.parametrize("who", ["192.0.2.1/24", "192.0.2.0/33", "x@", "org",
                                 "http://a.example/", "a b.example", ""])
def test_what_is_no_rule(world, who):
    done = world.plain.command("block", "add", who, check=False)
    assert done.returncode == 1 and done.stderr.count("\n") == 1


# ---- greylisting -----------------------------------------------------------

def test_greylisting(world):
    server = world.unproven
    code, said = send(server, "198.51.100.20", "grey")
    assert code == 451 and said.startswith("4.7.1 ")
    assert "6 seconds" in said
    # Too soon; and another sender is another try.
    assert send(server, "198.51.100.20", "grey")[0] == 451
    time.sleep(6.1)
    assert send(server, "198.51.100.20", "grey", "else@unproven.test")[0] == \
        451
    # Of the same network, and the memory is in the database.
    server.stop()
    server.start()
    assert send(server, "198.51.100.99", "grey")[0] == 250
    assert folder(server, "grey") == "INBOX"
    trace = server.command("trace", SENDER).stdout
    assert ": 451 Nobody here knows" in trace and "greylist=pass (came again after" in trace
    # RFC 6647 5: from now on whatever the envelope says.
    assert send(server, "198.51.100.5", "more", "else@unproven.test",
                to="alice")[0] == 250
    assert "the network is known" in \
        server.command("trace", "else@unproven.test").stdout
    assert send(server, "198.51.101.5", "more")[0] == 451


def test_who_is_proven_need_not_wait(world):
    assert send(world.unproven, "198.51.100.200", "proven",
                "a@proven.test")[0] == 250
    assert "greylist=" in world.unproven.command(
        "trace", "a@proven.test").stdout


def test_unless_all_have_to(world):
    server = world.unknown
    assert send(server, "198.51.100.30", "all", "a@proven.test")[0] == 451
    time.sleep(6.1)
    assert send(server, "198.51.100.30", "all", "a@proven.test")[0] == 250
    # Its domain is known now, from wherever it is proven.
    assert send(server, "2001:db8:9::1", "domain", "b@proven.test")[0] == 250
    assert "the domain is known" in \
        server.command("trace", "b@proven.test").stdout


def test_whom_somebody_wrote_to(world):
    server = world.unproven
    assert send(server, "203.0.113.40", "reply", "carol@there.test",
                to="alice")[0] == 451
    world.send(server, "alice", ["Carol@there.test"])
    # Known to alice, not to bob; a report is nobody's.
    assert send(server, "203.0.113.50", "reply", "carol@there.test")[0] == 451
    assert send(server, "203.0.113.60", "reply", "")[0] == 451
    assert send(server, "203.0.113.70", "reply", "carol@there.test",
                to="alice")[0] == 250
    assert folder(server, "reply", "alice") == "INBOX"


MESSAGE_ID = "1f6d0e21-5f3b-4c8e-9b3a-7d2c61a0e4f5@client.test"


def test_who_answers_what_somebody_sent(world):
    """Whoever it is: he has had the message. Nothing that can be guessed, and
    nothing that somebody else sent, counts."""
    server = world.unproven
    for n, (name, to) in enumerate((("x20261130120000", "there.test"),
                                    (MESSAGE_ID, "there.test"))):
        world.send(server, "alice", [f"sales{n}@{to}"],
                   more=f"Message-ID: <{name}>\r\n")

    def answer(address, name, subject, to="alice", sender="desk@other.test",
               field="In-Reply-To"):
        text = (f"From: {sender}\r\n{field}: <{name}>\r\n"
                f"Subject: {subject}\r\n\r\nA few words.\r\n").encode()
        with FromOutside(server, address) as smtp:
            smtp.ehlo()
            smtp.mail(sender)
            smtp.rcpt(f"{to}@{server.domain}")
            return smtp.data(text)[0]

    assert answer("203.0.114.10", "x20261130120000", "guessed") == 451
    assert answer("203.0.114.10", MESSAGE_ID, "of bob", to="bob") == 451
    assert answer("203.0.114.10", MESSAGE_ID, "an answer") == 250
    place, message = found(server, "an answer", "alice")
    assert place == "INBOX"
    said = " ".join(message["X-Postern-Verdict"].split())
    today = time.strftime("%Y-%m-%d", time.gmtime())
    assert f"answers a message of {today} of its recipient" in said
    trace = server.command("trace", "desk@other.test").stdout
    assert "greylist=pass (it answers mail of a recipient)" in trace
    assert f"answer -3.0: to a message of {today}" in trace
    assert "it answers mail that a recipient sent" in server.command(
        "explain", "desk@other.test").stdout
    # Not by another's name.
    assert answer("203.0.115.10", MESSAGE_ID, "forged",
                  sender="x@strict.test") == 550
    assert answer("203.0.115.10", MESSAGE_ID, "forged",
                  sender="x@loose.test") == 451
    # Whose name is proven is known from then on, without any id.
    assert answer("198.51.100.66", f"1@x> <{MESSAGE_ID}", "proven answer",
                  sender="a@proven.test", field="References") == 250
    assert send(server, "203.0.116.10", "later", "a@proven.test",
                to="alice")[0] == 550
    assert send(server, "198.51.100.66", "again", "a@proven.test",
                to="alice")[0] == 250
    assert "answered -3.0" in server.command("trace", "a@proven.test").stdout


def test_who_looks_like_somebody_written_to(world):
    """Only to those who write there, and to nobody who writes to both."""
    server = world.plain
    for name in ("looka1ike", "iookalike", "l\u043e\u043ekalike"):
        world.send(server, "alice", ["sales@lookalike.test"])
        who = f"x@{name.encode('idna').decode()}.test"
        for n, person in enumerate(("alice", "bob")):
            assert send(server, "203.0.117.10", f"{name.encode()} {n}", who,
                        to=person)[0] == 250
        trace = server.command("trace", who).stdout
        assert trace.count("like-known 4.0: looks like lookalike.test") == 1
        said = found(server, f"{name.encode()} 0", "alice")[1]
        said = " ".join(said["X-Postern-Verdict"].split())
        assert "looks like lookalike.test, which its recipient writes to" \
            in said
        said = found(server, f"{name.encode()} 1")[1]["X-Postern-Verdict"]
        assert "looks like" not in said
    assert "is none that a recipient writes to, and looks like one" in \
        server.command("explain", who).stdout
    world.send(server, "alice", ["sales@looka1ike.test"])
    assert send(server, "203.0.117.10", "both", "y@looka1ike.test",
                to="alice")[0] == 250
    assert "like-known" not in server.command("trace",
                                              "y@looka1ike.test").stdout


def test_too_much_of_one_domain(world):
    """From wherever it comes; but not of whom nobody knows the domain."""
    server = world.slow
    for n, ip in enumerate(("198.51.100.1", "2001:db8::1", "198.51.100.2")):
        assert send(server, ip, f"much {n}", "a@proven.test")[0] == 250
    code, said = send(server, "2001:db8:1::1", "too much", "b@proven.test")
    assert code == 451 and said.startswith("4.7.1 proven.test has sent as ")
    trace = server.command("trace", "b@proven.test").stdout
    assert "domain-rate=wait (proven.test)" in trace
    assert "its domain has sent as much as it may" in \
        server.command("explain", "b@proven.test").stdout
    for n in range(4):
        assert send(server, "198.51.100.3", f"unproven {n}")[0] == 250
    # Whom all recipients have written to is another matter.
    world.send(server, "alice", ["b@proven.test"])
    assert send(server, "198.51.100.4", "wanted", "b@proven.test",
                to="alice")[0] == 250
    server.command("allow", "add", "proven.test")
    assert send(server, "198.51.100.4", "allowed", "c@proven.test")[0] == 250
    server.command("allow", "remove", "proven.test")


def greeted_after(server, address):
    start = time.monotonic()
    with FromOutside(server, address) as smtp:
        smtp.ehlo()
        return time.monotonic() - start


def test_strangers_wait_for_the_greeting(world):
    server = world.slow
    assert greeted_after(server, "203.0.118.1") > 2.9
    assert send(server, "203.0.118.1", "good")[0] == 250
    assert greeted_after(server, "203.0.118.2") < 2
    assert greeted_after(server, "203.0.119.2") > 2.9
    # Nor does who is not judged.
    start = time.monotonic()
    with smtplib.SMTP(server.ip, world.port, timeout=60,
                      source_address=(world.address(), 0)):
        assert time.monotonic() - start < 2


def test_this_machine_never_waits(world):
    server = world.unproven
    with smtplib.SMTP(server.ip, world.port, timeout=60,
                      source_address=(world.address(), 0)) as smtp:
        smtp.sendmail(SENDER, ["bob@a.test"], b"Subject: here\r\n\r\nx\r\n")
    assert folder(server, "here") == "INBOX"


def test_who_is_allowed_never_waits(world):
    server = world.unproven
    server.command("allow", "add", "203.0.113.200")
    assert send(server, "203.0.113.200", "allowed")[0] == 250
    server.command("allow", "remove", "203.0.113.200")


# ---- lists in DNS ----------------------------------------------------------

@pytest.mark.parametrize("address", ["198.51.100.7", "2001:db8:7::1"])
def test_refused_by_a_list(world, address):
    code, said = send(world.asking, address, "on it")
    assert code == 550
    assert said.startswith(f"5.7.1 {address} is on the list bad.list.test: ")
    assert ("see https://bad.list.test/7" in said) == ("." in address)
    assert folder(world.asking, "on it") is None
    assert f"list=refuse ({address} on bad.list.test: 127.0.0." in \
        world.asking.log.read_text()
    assert f"{address} is on the list bad.list.test" in \
        world.asking.command("trace", SENDER).stdout


def test_domain_on_a_list(world):
    """That of MAIL FROM or of From; who is not judged waits for nothing."""
    for n, (sender, author) in enumerate((
            ("x@listed.test", None), (SENDER, "x@listed.test"))):
        assert send(world.asking, f"203.0.113.{20 + n}", f"name {n}", sender,
                    author)[0] == 250
        assert folder(world.asking, f"name {n}") == "Junk"


def test_allowed_by_a_list(world):
    """It says more than those behind it; DMARC is another matter."""
    assert send(world.asking, "198.51.100.9", "good")[0] == 250
    assert folder(world.asking, "good") == "INBOX"
    code, said = send(world.asking, "198.51.100.9", "forged",
                      author="x@strict.test")
    assert code == 550 and said.startswith("5.7.26")


def test_lists_that_are_no_use(world):
    """They neither refuse nor let in; who is on none is judged as ever."""
    code, said = send(world.asking, "192.0.2.8", "not counting")
    assert code == 451 and "greylisting" in said
    log = world.asking.log.read_text()
    assert "list=refuses-us (paid.list.test: 127.255.255.254)" in log
    assert "list=unknown (dead.list.test)" in log


def test_rule_before_list(world):
    server = world.asking
    server.command("allow", "add", "198.51.100.7")
    assert send(server, "198.51.100.7", "ruled")[0] == 250
    assert folder(server, "ruled") == "INBOX"
    server.command("allow", "remove", "198.51.100.7")


def test_lists_command(world):
    def lists(*args):
        return subprocess.run(
            [BUILD / "postern", "lists", "--config", world.asking.conf,
             *args], capture_output=True, text=True, timeout=120)

    def states(*args):
        done = lists("--json", *args)
        return done.returncode, {row["list"].split(".")[0]: row["state"]
                                 for row in json.loads(done.stdout)}
    status, state = states()
    assert status == 1
    assert state["good"] == state["bad"] == state["names"] == "works"
    assert state["paid"] == "refuses to answer us: 127.255.255.254"
    assert state["all"] == "has everybody on it: given up?"
    assert state["dead"] == "does not answer"
    status, state = states("198.51.100.7")
    assert state["good"] == state["all"] == "no"
    assert state["bad"] == "yes: 127.0.0.3, see https://bad.list.test/7"
    assert state["names"] == "not asked"
    status, state = states("listed.test")
    assert state["names"] == "yes: 127.0.0.4" and state["bad"] == "not asked"
    done = lists("a b")
    assert done.returncode == 1 and "neither" in done.stderr


# ---- all of it together --------------------------------------------------

def test_score(world):
    """No finding decides, and all of them do; an allowed host goes before."""
    server = world.scored
    proven = "news@proven.test"
    assert send(server, "198.51.100.7", "fine", proven)[0] == 250
    assert folder(server, "fine") == "INBOX"
    assert send(server, "203.0.113.1", "doubtful")[0] == 250
    assert folder(server, "doubtful") == "Junk"
    loose = "news@loose.test"
    code, said = send(server, "203.0.113.1", "bad", loose)
    assert code == 550 and said.startswith("5.7.1 This looks too much like")
    words = server.command("trace", loose).stdout
    assert ("score=4.5 (unproven 1.0, spf-fail 1.5: loose.test, "
            "dmarc-fail 2.0: loose.test)") in words
    explained = server.command("explain", loose).stdout
    for says in ("score", "4.5", "neither SPF nor DKIM proves any domain",
                 "does not send from there: loose.test"):
        assert says in explained
    server.command("allow", "add", "203.0.113.1")
    assert send(server, "203.0.113.1", "allowed", loose)[0] == 250
    assert folder(server, "allowed") == "INBOX"
    server.command("allow", "remove", "203.0.113.1")


def test_verdict_for_its_reader(world):
    """In front of the text; nobody else can have written it."""
    server = world.scored
    text = ("From: news@proven.test\r\nX-Postern-Verdict: all is well\r\n"
            "Subject: said\r\n\r\nA few words.\r\n")
    with FromOutside(server, "198.51.100.9") as smtp:
        smtp.sendmail("news@proven.test", ["bob@f.test"], text)
    fields = found(server, "said")[1].get_all("X-Postern-Verdict")
    assert len(fields) == 1
    assert " ".join(fields[0].split()).startswith("passed DMARC by SPF of "
                                                  "proven.test; ")
