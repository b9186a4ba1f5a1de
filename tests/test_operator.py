"""What whoever runs a server sees and sets: routes, limits, reasons."""

import collections
import email
import email.policy
import json
import re
import signal
import subprocess
import threading
import time

import pytest
from lib.server import BUILD, address
from lib.wire import Imap, Smtp
from lib.world import World, text
from test_relay import key_of


def eventually(look, seconds=30):
    """What look() returns, once it is true."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found or time.monotonic() > end:
            return found
        time.sleep(0.1)


def trace(server, what, until):
    """The journal is written in batches: once this is in it."""
    found = eventually(lambda: (said := server.command(
        "trace", what, check=False).stdout) and until in said and said)
    assert found, f"{until} is not in the trace of {what}"
    return found


@pytest.fixture
def world():
    with World() as w:
        yield w


# ---- reports ------------------------------------------------------------

def newest(demo, name):
    """The newest message in somebody's INBOX."""
    imap = Imap(demo).login(name)
    bodies = imap.bodies("BODY.PEEK[]") if imap.select() else []
    imap.close()
    return email.message_from_bytes(
        bodies[-1], policy=email.policy.default) if bodies else None


def words(report):
    return " ".join(report.get_payload()[0].get_content().split())


def submit(demo, to, subject, notify=""):
    smtp = Smtp(demo, "submissions")
    smtp.do("EHLO client.example.net", 250)
    smtp.login("alice")
    smtp.do(f"MAIL FROM:<{address('alice')}>", 250)
    smtp.do(f"RCPT TO:<{to}>{notify}", 250)
    smtp.do("DATA", 354)
    smtp.do(f"Subject: {subject}\r\nMessage-ID: <{subject}@x>\r\n\r\nx\r\n.",
            250)
    smtp.close()


def test_refused_at_once(empty_demo):
    """It comes back at once, with the reason; no name is looked up."""
    submit(empty_demo, "somebody@example.com", "stranger")
    report = eventually(lambda: newest(empty_demo, "alice"))
    assert report["Subject"] == "Undelivered: stranger"
    assert "this is a test: it sends no mail to other domains" \
        in words(report)
    assert "Your own mail server sends no mail there" in words(report)
    assert json.loads(
        empty_demo.command("queue", "list", "--json").stdout) == []
    said = trace(empty_demo, "<stranger@x>", "reported")
    assert "failed     somebody@example.com: 5.7.1 this is a test" in said
    assert "host=" not in said


def test_success_is_reported(empty_demo):
    submit(empty_demo, address("bob"), "tell-me", " NOTIFY=SUCCESS")
    report = eventually(lambda: newest(empty_demo, "alice"))
    assert report["Subject"] == "Delivered: tell-me"
    assert "The message is in the mailbox." in words(report)


@pytest.mark.parametrize("words,wanted", [
    (["queue", "list", "--bogus"], "--bogus is no option of it"),
    (["queue", "list", "-x"], "-x is no option of it"),
    (["queue", "list", "--days", "3"], "--days is no option of it"),
    (["trace", "--days", "none", "1"], "--days wants a number"),
    (["trace", "x", "--days"], "--days wants a value")])
def test_wrong_options_are_one_line(words, wanted):
    done = subprocess.run([BUILD / "postern", *words], capture_output=True,
                          text=True, timeout=10)
    assert done.returncode == 2 and not done.stdout, done
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.startswith(f"postern {words[0]}: {wanted}"), done


def test_sendmail_says_how():
    done = subprocess.run([BUILD / "postern", "sendmail", "--help"],
                          capture_output=True, text=True, timeout=10)
    assert done.returncode == 0 and done.stdout.startswith("usage: sendmail")


# ---- routes -------------------------------------------------------------

def routes(world, *rows):
    return {"more": "".join(
        f'route "{match}" {{ port = {world.port} private = true {rest} }}\n'
        for match, rest in rows)}


def test_refused_by_a_route(world):
    here = world.postern("here.test", **routes(
        world, ("there.test", 'refuse = "closed in August"')))
    there = world.sink("there.test")
    world.start()
    world.send(here, "alice", ["bob@there.test"], "no")
    said = eventually(lambda: here.inbox("alice"))[0].decode()
    assert "5.7.1 closed in August" in said
    assert there.sessions == 0
    done = subprocess.run(
        [BUILD / "postern", "mx", "--config", here.conf, "there.test"],
        capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "closed in August" in done.stderr, done


def test_mx_tells_of_the_route(world):
    here = world.postern("here.test", **routes(
        world, ("there.test", 'host = "mail.smart.test"')))
    world.sink("there.test")
    world.start()

    def mx(domain, *more):
        return subprocess.run(
            [BUILD / "postern", "mx", "--config", here.conf, domain, *more],
            capture_output=True, text=True, timeout=60)
    done = mx("there.test")
    assert done.returncode == 0, done
    assert f"to mail.smart.test, port {world.port}." in done.stdout
    assert "mail.there.test" in done.stdout
    # For programs: DNS alone.
    assert json.loads(mx("there.test", "--json").stdout)[0]["host"] == \
        "mail.there.test"
    assert "A route" not in mx("here.test").stdout


def test_wrong_password_waits_and_says_so(world):
    """And does not use the connection of those who have the right one."""
    smart = world.sink(login=("u", "right"), tls=world.tls("smart.test"))
    way = (f'host = "[{smart.address}]" tls = must '
           f'pin = "{key_of(world, "smart.test")}" user = u password = ')
    here = world.postern("here.test", **routes(
        world, ("good.test", way + "right"), ("bad.test", way + "wrong")))
    world.start()
    world.send(here, "alice", ["x@good.test"])
    smart.wait(1)
    world.send(here, "alice", ["x@bad.test"])
    row, = eventually(lambda: [r for r in here.queued() if r["attempts"]])
    assert row["recipient"] == "x@bad.test" and row["code"] == 535
    assert row["status"] == "4.7.8" and "wrong" in row["reply"]
    assert "tls=TLSv1.3" in trace(here, "x@bad.test", "deferred")
    assert len(smart.messages) == 1


def test_dials_from_the_source_of_the_route(world):
    there = world.sink("there.test")
    peers = []
    serve = there._serve

    def note(sock, number):
        peers.append(sock.getpeername()[0])
        serve(sock, number)
    there._serve = note
    here = world.postern("here.test", **routes(
        world, ("there.test", 'source = "127.0.0.9"')))
    world.start()
    world.send(here, "alice", ["bob@there.test"])
    there.wait(1)
    assert peers == ["127.0.0.9"]


# ---- limits -------------------------------------------------------------

def submit_many(here, to, n):
    sender = f"alice@{here.domain}"
    smtp = here.submission("alice")
    for i in range(n):
        smtp.sendmail(sender, [to], text(sender, [to], f"{i}").encode())
    smtp.quit()


def test_connections_to_one_destination(world):
    there = world.sink("there.test", slow=0.002)
    at_once, most = collections.Counter(), []
    serve = there._serve

    def count(sock, number):
        at_once["n"] += 1
        most.append(at_once["n"])
        try:
            serve(sock, number)
        finally:
            at_once["n"] -= 1
    there._serve = count
    here = world.postern("here.test",
                         relay="private = true per-destination = 3")
    world.start()
    threads = [threading.Thread(target=submit_many,
                                args=(here, "bob@there.test", 15))
               for _ in range(6)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    there.wait(90, 60)
    assert max(most) == 3, most


def test_new_before_old(world):
    """What was never tried does not stand behind what waits."""
    there = world.sink("there.test", mail="451 4.3.2 later")
    here = world.postern("here.test", queue="retry-min = 5m",
                         relay="private = true per-destination = 1")
    world.start()
    submit_many(here, "bob@there.test", 120)
    assert eventually(lambda: all(r["attempts"] for r in here.queued()), 60)
    there.behaviour.mail = "250 2.1.0 ok"
    there.behaviour.slow = 0.0003
    here.command("queue", "retry", "--all")
    there.wait(3)
    world.send(here, "alice", ["fresh@there.test"])
    eventually(lambda: [m for m in there.messages
                        if m.recipients == ["fresh@there.test"]])
    assert len(there.messages) < 90, len(there.messages)
    there.behaviour.slow = 0
    there.wait(121, 60)


def reload(server):
    server.process.send_signal(signal.SIGHUP)
    assert eventually(lambda: " reload" in server.tail(400)), server.tail()


def test_rate_and_reload(world):
    """No more than so many a minute, until SIGHUP lifts the limit."""
    there = world.sink("there.test")
    here = world.postern("here.test", relay="private = true rate = 10")
    world.start()
    submit_many(here, "bob@there.test", 25)
    there.wait(10)
    time.sleep(2)
    assert len(there.messages) == 10
    here.relay = "private = true"
    here.configure()
    reload(here)
    there.wait(25)


def test_queue_settings_on_reload(world):
    here = world.postern("here.test", queue="retry-min = 5m")
    world.record("down MX 10 mail.down")
    world.record("mail.down A 127.0.0.1")
    world.start()
    world.send(here, "alice", ["x@down.test"], "first")
    eventually(lambda: [r for r in here.queued() if r["attempts"]])
    here.queue = "retry-min = 1s retry-max = 2s give-up = 4s"
    here.configure()
    reload(here)
    report = eventually(lambda: here.inbox("alice"))[0].decode()
    assert "Subject: Undelivered: first" in report
    assert "4.4.7 not delivered in time" in report


def test_double_bounces(world):
    """A report that nobody takes: to postmaster, if that is wished."""
    here = world.postern(
        "here.test", queue="retry-min = 1s double-bounces = true")
    there = world.sink("there.test", mail="550 5.1.8 we do not like you")
    world.start()
    # A report of ours to there.test comes from nobody: forward to them.
    here.command("alias", "add", "gone@here.test", "nobody@there.test")
    import smtplib
    with smtplib.SMTP(here.ip, world.port, timeout=30) as smtp:
        smtp.sendmail("stranger@there.test", ["gone@here.test"],
                      b"Subject: lost\r\n\r\nx\r\n")
    boxes = eventually(lambda: here.inbox("alice"))
    assert boxes and b"lost" in boxes[0], here.tail()
    assert there.sessions >= 1


# ---- reasons ------------------------------------------------------------

def test_why_the_second_one_waits(world):
    """It was never tried, because the destination is known to be down."""
    here = world.postern("here.test", queue="retry-min = 5m")
    world.record("down MX 10 mail.down")
    world.record("mail.down A 127.0.0.1")
    world.start()
    world.send(here, "alice", ["x@down.test"])
    eventually(lambda: [r for r in here.queued() if r["attempts"]])
    world.send(here, "alice", ["y@down.test"])
    first, second = here.queued()
    assert second["attempts"] == 0
    assert second["next"] > second["queued"]
    why = "the destination could not be reached for earlier mail"
    assert second["reply"] == why
    number = str(second["id"])
    assert re.search(r" in [56] min +the destination", here.command(
        "queue", "list", "--rcpt", "y@down.test").stdout)
    assert why in here.command("queue", "show", number).stdout
    assert re.search(rf"attempt 1 in [56] min: {why}", trace(
        here, number, "now"))


def test_greylisting_is_no_refusal(world):
    """A delay notice does not say that the message is unwanted."""
    here = world.postern("here.test", queue="retry-min = 1s retry-max = 2s "
                         "delay-notice = 2s give-up = 6s")
    there = world.sink("there.test")
    there.behaviour.rcpt["grey"] = "451 4.7.1 Greylisted"
    world.start()
    world.send(here, "alice", ["grey@there.test"], "hello")
    boxes = eventually(lambda: len(here.inbox("alice")) == 2 and
                       here.inbox("alice"))
    delayed, gone = (email.message_from_bytes(
        m, policy=email.policy.default) for m in boxes)
    assert delayed["Subject"] == "Delayed: hello"
    assert "does not take the message yet" in words(delayed)
    # Once, when the machine was busy until the notice was due.
    assert re.search(r"It was tried (once|\d+ times in less than a minute), ",
                     words(delayed))
    assert gone["Subject"] == "Undelivered: hello"
    assert "In the words of a machine: 4.4.7 not delivered in time; at " \
        "last: 451 4.7.1 Greylisted" in words(gone)
