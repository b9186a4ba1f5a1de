"""Thunderbird: what a person does in it, and what the server has afterwards
as imaplib sees it."""

import contextlib
import email.parser
import email.policy
import imaplib
import time

import pytest
from lib import thunderbird
from lib.server import PASSWORD, PATIENCE, SharedServer, address
from lib.wire import Smtp, client_context, crlf

pytestmark = pytest.mark.skipif(
    bool(thunderbird.missing()),
    reason=f"not installed: {' '.join(thunderbird.missing())}")

ALICE, BOB = address("alice"), address("bob")
NEW = ["INBOX", "Archive", "Drafts", "Junk", "Sent", "Trash"]


@pytest.fixture(scope="module")
def bird(tmp_path_factory):
    """Alice's, connected."""
    folder = tmp_path_factory.mktemp("thunderbird")
    with SharedServer() as server, thunderbird.Thunderbird(
            server, "alice", folder) as bird:
        bird.do("connect", NEW)
        yield bird


def write(server, subject, words="Hello Alice"):
    """Bob writes to Alice."""
    smtp = Smtp(server, "submissions")
    smtp.login("bob")
    code, lines = smtp.send_message(BOB, [ALICE], crlf((
        f"From: Bob <{BOB}>\nTo: <{ALICE}>\nSubject: {subject}\n"
        f"Message-ID: <{subject}@{BOB}>\nMIME-Version: 1.0\n"
        "Content-Type: text/plain; charset=utf-8\n\n"
        f"{words}\n").encode()))
    assert code == 250, lines
    smtp.close()


@contextlib.contextmanager
def mailbox(server, name, person="alice"):
    with imaplib.IMAP4_SSL("127.0.0.1", server.ports["imaps"],
                           ssl_context=client_context()) as imap:
        imap.login(address(person), PASSWORD)
        assert imap.select(name, readonly=True)[0] == "OK"
        yield imap


def mail(server, name, person="alice"):
    """Messages by their subjects, and their flags."""
    found = {}
    with mailbox(server, name, person) as imap:
        numbers = imap.search(None, "ALL")[1][0].split()
        for number in numbers:
            data = imap.fetch(number, "(FLAGS BODY.PEEK[])")[1]
            message = email.parser.BytesParser(
                policy=email.policy.default).parsebytes(data[0][1])
            flags = imaplib.ParseFlags(b"".join(
                part if isinstance(part, bytes) else part[0]
                for part in data))
            found[message["Subject"]] = message, {f.decode() for f in flags}
    return found


def folders(server):
    with mailbox(server, "INBOX") as imap:
        return {line.split(b' "/" ')[1].strip(b'"').decode()
                for line in imap.list()[1]}


def soon(what):
    """It sends some things behind a person's back."""
    end = time.monotonic() + 30 * PATIENCE
    while not what() and time.monotonic() < end:
        time.sleep(0.05)
    return what()


def test_read(bird):
    """What comes appears by itself; what is clicked on is read."""
    write(bird.server, "read-me", "Grüße aus dem Test")
    bird.do("arrives", "INBOX", "read-me")
    assert mail(bird.server, "INBOX")["read-me"][1].isdisjoint({"\\Seen"})
    assert bird.do("read", "INBOX", "read-me") == "Grüße aus dem Test"
    assert soon(lambda: "\\Seen" in mail(bird.server, "INBOX")["read-me"][1])


def test_reply(bird):
    """By SMTP to who wrote it, by IMAP into Sent, and the flag."""
    write(bird.server, "answer-me", "What do you think?")
    bird.do("fetchMail", "INBOX", "answer-me")
    bird.do("reply", "INBOX", "answer-me", "I think it works.")
    subject = "Re: answer-me"
    assert soon(lambda: subject in mail(bird.server, "INBOX", "bob"))
    came, _ = mail(bird.server, "INBOX", "bob")[subject]
    assert soon(lambda: subject in mail(bird.server, "Sent"))
    sent, flags = mail(bird.server, "Sent")[subject]
    assert "\\Seen" in flags
    assert came["From"].addresses[0].addr_spec == ALICE
    assert came["To"].addresses[0].addr_spec == BOB
    assert came["In-Reply-To"] == f"<answer-me@{BOB}>"
    text = came.get_content()
    assert "I think it works." in text and "> What do you think?" in text
    assert (sent["Message-ID"], sent.get_content()) == (
        came["Message-ID"], text)
    assert soon(lambda: "\\Answered" in mail(
        bird.server, "INBOX")["answer-me"][1])


def test_sort(bird):
    """Move, copy, star, delete."""
    for subject in "keep", "copy", "star", "delete":
        write(bird.server, subject)
        bird.do("fetchMail", "INBOX", subject)
    bird.do("move", "INBOX", "keep", "Archive")
    assert soon(lambda: mail(bird.server, "Archive").keys() == {"keep"})
    bird.do("move", "INBOX", "copy", "Archive", True)
    assert soon(lambda: mail(bird.server, "Archive").keys() == {
        "keep", "copy"})
    bird.do("star", "INBOX", "star")
    assert soon(lambda: "\\Flagged" in mail(bird.server, "INBOX")["star"][1])
    bird.do("remove", "INBOX", "delete")
    assert soon(lambda: mail(bird.server, "Trash").keys() == {"delete"})
    inbox = mail(bird.server, "INBOX").keys()
    assert {"copy", "star"} <= inbox
    assert inbox.isdisjoint({"keep", "delete"})
    bird.do("update", "Archive")
    assert bird.do("subjects", "Archive") == ["copy", "keep"]


def test_search(bird):
    """On the server: words in the text, an umlaut, nothing."""
    for subject, words in {"bill-1": "forty euros", "bill-2": "fünfzig Euro",
                           "letter": "no money at all"}.items():
        write(bird.server, subject, words)
        bird.do("fetchMail", "INBOX", subject)
    assert bird.do("search", "INBOX", "Subject", "BILL-") == [
        "bill-1", "bill-2"]
    assert bird.do("search", "INBOX", "Body", "euro") == ["bill-1", "bill-2"]
    assert bird.do("search", "INBOX", "Body", "FÜNFZIG") == ["bill-2"]
    assert bird.do("search", "INBOX", "Sender", BOB[:4]) == bird.do(
        "subjects", "INBOX")
    assert bird.do("search", "INBOX", "Body", "nobody wrote this") == []


def test_folders(bird):
    """Made, one below another, filled, renamed with what is below, and
    thrown away."""
    bird.do("makeFolder", "", "Projects")
    bird.do("makeFolder", "Projects", "Brücke")
    assert {"Projects", "Projects/Br&APw-cke"} <= folders(bird.server)
    write(bird.server, "plan")
    bird.do("fetchMail", "INBOX", "plan")
    bird.do("move", "INBOX", "plan", "Projects/Brücke")
    assert soon(lambda: mail(bird.server, '"Projects/Br&APw-cke"'))
    bird.do("renameFolder", "Projects", "Old projects")
    assert folders(bird.server) >= {"Old projects",
                                    "Old projects/Br&APw-cke"}
    assert "Projects" not in folders(bird.server)
    assert mail(bird.server, '"Old projects/Br&APw-cke"').keys() == {"plan"}
    bird.do("removeFolder", "Old projects")
    assert soon(lambda: folders(bird.server) == {
        *NEW, "Trash/Old projects", "Trash/Old projects/Br&APw-cke"})
    assert mail(bird.server, '"Trash/Old projects/Br&APw-cke"').keys() == {
        "plan"}
