"""What an account may send: put off, stopped, told, held, unlocked; by every
protocol, from two sessions at once, and over a kill."""

import json
import re
import smtplib
import threading
import time
from contextlib import closing

import pytest
from lib.jmap import Jmap
from lib.server import PASSWORD, PATIENCE, address
from lib.wire import Imap, client_context
from test_api import post
from test_notes import letters, notes
from test_queue_commands import QueueServer

ALICE, BOB = address("alice"), address("bob")
LIMITS = """\
limits {
    messages-per-hour = 40
    recipients-per-day = 30
    new-recipients-per-day = 6
    message-size = 100K
}
"""


class LimitedServer(QueueServer):
    limits = LIMITS

    def limit(self, who=ALICE, **limits):
        words = [w for k, v in limits.items()
                 for w in ("--" + k.replace("_", "-"), str(v))]
        return json.loads(self.command("account", "limit", who, *words,
                                       "--json").stdout)

    def unlock(self, *words, who=ALICE):
        return json.loads(self.command("account", "unlock", who, *words,
                                       "--json").stdout)

    def smtp(self, who=ALICE):
        client = smtplib.SMTP("127.0.0.1", self.ports["submission"],
                              timeout=60)
        client.starttls(context=client_context())
        client.login(who, PASSWORD)
        return client


@pytest.fixture
def server():
    with LimitedServer() as running:
        yield running


def strangers(n, word="x"):
    return [f"{word}{i}@elsewhere.example" for i in range(n)]


def letter(size=10, who=ALICE):
    return (f"From: {who}\r\nSubject: a letter\r\n\r\n" +
            ("x" * 76 + "\r\n") * (size // 78 + 1))


def send(client, to, who=ALICE, size=10):
    """None, or (code, words) of the refusal."""
    try:
        client.sendmail(who, to, letter(size, who))
    except smtplib.SMTPRecipientsRefused as e:
        code, words = next(iter(e.recipients.values()))
    except smtplib.SMTPResponseException as e:
        code, words = e.smtp_code, e.smtp_error
    else:
        return None
    return code, words.decode()


def used(server, limit, who=ALICE):
    return server.limit(who)["limits"][limit]["used"]


def test_an_hour_is_put_off(server):
    server.limit(messages_per_hour=3, recipients_per_hour=5)
    with server.smtp() as client:
        for _ in range(3):
            assert send(client, [BOB]) is None
        code, words = send(client, [BOB])
        assert code == 450 and words.startswith("4.7.1 ")
        minutes = re.search(
            r"may send 3 messages an hour; come again in (\d+) minutes",
            words)
        assert 18 <= int(minutes[1]) <= 20
        # Nothing else happened to it.
        assert server.limit()["sending"] == "on"
        assert used(server, "messages-per-hour") == 3
        server.limit(messages_per_hour="none")
        assert send(client, [BOB]) is None
        # Five in the hour were four, and two are too many.
        refused = client.sendmail(ALICE, [BOB, "postmaster@example.test"],
                                  letter())
        assert list(refused) == ["postmaster@example.test"]
        code, words = refused["postmaster@example.test"]
        assert code == 450
        assert b"may write to 5 recipients an hour; come again in" in words
        server.unlock()
        server.limit(recipients_per_hour=1)
        refused = client.sendmail(ALICE, [BOB, ALICE], letter())
    assert b"and these are more" in refused[ALICE][1]
    # Of bob nothing was counted.
    with server.smtp(BOB) as client:
        assert send(client, [ALICE], BOB) is None
    assert used(server, "messages-per-hour", BOB) == 1


def test_size(server):
    with server.smtp() as client:
        assert send(client, [BOB], size=90000) is None
        client.ehlo_or_helo_if_needed()
        client.mail(ALICE, ["SIZE=200000"])
        code, words = client.rcpt(BOB)
        assert (code, words) == (552, b"5.3.4 Message too big for your "
                                      b"account")
        client.rset()
        client.esmtp_features.pop("size")
        assert send(client, [BOB], size=200000)[0] == 552
        server.limit(message_size="300K")
        assert send(client, [BOB], size=200000) is None
    status, answer = post(server, {
        "from": ALICE, "to": BOB, "subject": "x", "text": "x" * 400000})
    assert status == 413, answer


def held(server):
    return sorted(r["recipient"] for r in server.rows("--held"))


def test_stopped(server):
    """Two hundred strangers in the small, and all that follows."""
    with server.smtp() as client, closing(Imap(server)) as mine:
        mine.login("alice")
        assert send(client, strangers(4)) is None
        # Whom it wrote to is no stranger any more, and people here are none.
        assert send(client, [*strangers(4), BOB]) is None
        assert used(server, "new-recipients-per-day") == 4
        assert used(server, "recipients-per-day") == 9
        assert held(server) == []
        code, words = send(client, strangers(3, "y"))
        assert code == 450
        assert words == ("4.7.1 Sending is stopped: your account wrote to "
                         "more than 6 addresses that were new to it in a "
                         "day; ask whoever runs this server")
        # Nothing goes now, on this connection or another, at RCPT already.
        assert send(client, [BOB]) == (450, words)
        with server.smtp() as other:
            other.ehlo_or_helo_if_needed()
            other.mail(ALICE)
            assert other.rcpt(BOB)[0] == 450
        status, problem = post(server, {"from": ALICE, "to": BOB,
                                        "subject": "x", "text": "x"})
        assert status == 429
        assert problem["detail"] == words.removeprefix("4.7.1 ")
        done = server.command("send", "--from", ALICE, "--subject", "x", BOB,
                              text="x\n", check=False)
        assert done.returncode == 1 and "Sending is stopped" in done.stderr
        # What waited is held, and of others nothing is.
        server.wait_rows(lambda rows: len(rows) == 8, "--held")
        assert held(server) == sorted(2 * strangers(4))
        is_now = server.limit()
        assert is_now["sending"] == "stopped"
        assert is_now["stopped-by"] == "6 new-recipients-per-day"
        rows = json.loads(server.command("account", "list", "--json").stdout)
        assert {r["address"]: r["sending"] for r in rows} == {
            ALICE: "stopped", BOB: "on"}
        # The owner reads of it, and whoever runs the server, who is alice
        # here, too: once each.
        told = notes(mine, 2)
        assert {m["Subject"] for m in told} == {
            "Sending was stopped: too many new recipients"}
        assert {m["To"] for m in told} == {ALICE,
                                           "postmaster@example.test"}
        texts = "".join(m.get_content() for m in told).replace("\r", "")
        assert "more than 6\naddresses" in texts
        assert f"postern account unlock {ALICE} --drop-queue" in texts
        assert "127.0.0.1" in texts
        journal = server.command("trace", ALICE).stdout
        assert "stopped" in journal
    # It is as it was after a kill.
    server.kill_all()
    server.start()
    with server.smtp() as client:
        assert send(client, [BOB]) == (450, words)
        assert server.unlock() == {
            "unlocked": ALICE, "was-stopped": True, "released": 8,
            "more": False}
        assert held(server) == []
        assert len(server.rows()) == 8
        assert used(server, "new-recipients-per-day") == 0
        assert send(client, strangers(6, "z")) is None
        assert send(client, strangers(1, "w"))[0] == 450
    assert server.unlock("--drop-queue")["dropped"] == 14
    assert server.rows() == []
    assert server.unlock() == {
        "unlocked": ALICE, "was-stopped": False, "released": 0,
        "more": False}


def test_recipients_of_a_day(server):
    """They are counted wherever they are, and over all protocols."""
    server.limit(recipients_per_day=4)
    with server.smtp() as client:
        assert send(client, [BOB, ALICE]) is None
    assert post(server, {"from": ALICE, "to": BOB, "subject": "x",
                         "text": "x"})[0] == 202
    # Any user of the machine may do so in her name.
    server.command("send", "--from", ALICE, "--subject", "x", BOB,
                   text="x\n")
    assert used(server, "recipients-per-day") == 3
    assert post(server, {"from": ALICE, "to": BOB, "subject": "x",
                         "text": "x"})[0] == 202
    assert post(server, {"from": ALICE, "to": BOB, "subject": "x",
                         "text": "x"})[0] == 429
    assert server.limit()["stopped-by"] == "4 recipients-per-day"


def test_two_at_once(server):
    """They have one limit between them, to the letter."""
    server.limit(messages_per_hour=25)
    taken = []

    def many():
        with server.smtp() as client:
            for _ in range(20):
                taken.append(send(client, [BOB]) is None)

    both = [threading.Thread(target=many) for _ in range(3)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert len(taken) == 60 and sum(taken) == 25
    # Also where the store was killed between two of them.
    server.kill_role("store")
    end = time.monotonic() + 30 * PATIENCE
    while server.processes("store") == [] and time.monotonic() < end:
        time.sleep(0.1)
    with server.smtp() as client:
        assert send(client, [BOB])[0] == 450


def test_jmap(server):
    server.limit(recipients_per_day=1)
    jmap = Jmap(server, "alice")
    boxes = jmap.call("Mailbox/get", ids=None)["list"]
    drafts = next(b["id"] for b in boxes if b["role"] == "drafts")
    identity = jmap.call("Identity/get", ids=None)["list"][0]["id"]

    def submit():
        created = jmap.call("Email/set", create={"e": {
            "mailboxIds": {drafts: True}, "from": [{"email": ALICE}],
            "to": [{"email": BOB}], "subject": "x",
            "bodyValues": {"t": {"value": "x"}},
            "textBody": [{"partId": "t", "type": "text/plain"}]}})
        return jmap.call("EmailSubmission/set", create={"s": {
            "identityId": identity,
            "emailId": created["created"]["e"]["id"]}})

    assert submit()["created"]
    assert submit()["notCreated"]["s"] == {
        "type": "forbiddenToSend",
        "description": "Sending is stopped: your account wrote to more than "
                       "1 recipients in a day; ask whoever runs this server"}


def test_forwarding_counts_for_nobody(server):
    """What comes for alice and leads elsewhere is not alice's doing."""
    server.command("alias", "add", "list@example.test",
                   *strangers(8, "f"))
    with smtplib.SMTP("127.0.0.1", server.ports["smtp"], timeout=60) as mx:
        mx.sendmail("somebody@sender.example", ["list@example.test"],
                    letter(who="somebody@sender.example"))
    assert server.limit()["limits"]["messages-per-hour"]["used"] == 0
    # Nor are those whom an alias of ours names new to who writes to it.
    with server.smtp() as client:
        assert send(client, ["list@example.test"]) is None
    assert used(server, "new-recipients-per-day") == 0
    assert used(server, "recipients-per-day") == 1


def test_what_leaves_later_waits(server):
    """A stopped account's does not leave, and is dropped with the rest."""
    server.limit(recipients_per_day=2)
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 4))
    assert post(server, {"from": ALICE, "to": BOB, "subject": "later",
                         "text": "x", "send_at": when})[0] == 202
    with server.smtp() as client:
        assert send(client, [BOB, ALICE])[0] == 450
    assert server.limit()["sending"] == "stopped"
    time.sleep(7)
    with closing(Imap(server)) as his:
        his.login("bob")
        assert letters(his) == []
    assert server.unlock("--drop-queue")["dropped"] == 1
    assert server.rows() == []


def test_words_that_are_wrong(server):
    for words in (["--messages-per-day", "many"], ["--message-size", "x"],
                  ["--messages-per-day", "0"]):
        done = server.command("account", "limit", ALICE, *words, check=False)
        assert done.returncode == 1 and "none, default" in done.stderr
    for verb in ("limit", "unlock"):
        done = server.command("account", verb, "nobody@example.test",
                              check=False)
        assert done.returncode == 1 and "nobody@example.test" in done.stderr
    text = server.command("account", "limit", ALICE, "--messages-per-day",
                          "7").stdout
    assert re.search(r"messages-per-day +7 +the account +0", text)
    assert re.search(r"messages-per-hour +40 +default +0", text)
    server.limit(messages_per_day="default")
    assert server.limit()["limits"]["messages-per-day"] == {
        "most": 1000, "own": False, "used": 0}
