"""Programs that people use, against the demo."""

import email
import email.message
import email.policy
import imaplib
import json
import pathlib
import smtplib
import subprocess
import time

import pytest
from lib.server import PASSWORD, address
from lib.wire import Imap, Smtp, client_context

CLIENTS = pathlib.Path(__file__).parent / "clients"
ALICE, BOB = address("alice"), address("bob")
MESSAGE = (f"From: <{ALICE}>\r\nTo: <{BOB}>\r\nSubject: from a client\r\n"
           "\r\nHello Bob\r\n.dot\r\n")


def run(*args, text=None, want=0):
    done = subprocess.run(args, input=text, capture_output=True, text=True,
                          timeout=60, cwd=CLIENTS)
    assert done.returncode == want, f"{args}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def newest(demo, person):
    imap = Imap(demo).login(person)
    n = imap.select()
    assert n > 0, "no mail"
    octets, = imap.bodies(which=str(n))
    imap.close()
    return email.message_from_bytes(octets.replace(b"\r\n", b"\n"),
                                    policy=email.policy.default)


SWAKS = {
    "world": ("smtp", [], "a@example.net"),
    "world-tls": ("smtp", ["--tls"], "a@example.net"),
    "starttls": ("submission", ["--tls", "--auth", "PLAIN"], ALICE),
    "tls-on-connect": ("submissions", ["--tls-on-connect", "--auth",
                                       "LOGIN"], ALICE),
}


@pytest.mark.parametrize("how", SWAKS)
def test_swaks(empty_demo, how):
    port, options, sender = SWAKS[how]
    if "--auth" in options:
        options = options + ["--auth-user", ALICE, "--auth-password",
                             PASSWORD]
    run("swaks", "--server", "127.0.0.1", "--port",
        str(empty_demo.ports[port]), "--from", sender, "--to", BOB,
        "--header", f"Subject: swaks {how}", *options)
    assert newest(empty_demo, "bob")["Subject"] == f"swaks {how}"


def test_swaks_wrong_password(demo):
    run("swaks", "--server", "127.0.0.1", "--port",
        str(demo.ports["submissions"]), "--tls-on-connect", "--from", ALICE,
        "--to", BOB, "--auth", "PLAIN", "--auth-user", ALICE,
        "--auth-password", "wrong", want=28)


@pytest.mark.parametrize("scheme,port,tls", [
    ("smtp", "submission", ["--ssl-reqd"]), ("smtps", "submissions", [])])
def test_curl_sends(empty_demo, scheme, port, tls):
    run("curl", "-sS", "-k", *tls, "--url",
        f"{scheme}://127.0.0.1:{empty_demo.ports[port]}",
        "--user", f"{ALICE}:{PASSWORD}", "--mail-from", ALICE,
        "--mail-rcpt", BOB, "--upload-file", "-", text=MESSAGE)
    assert newest(empty_demo, "bob").get_content().endswith(".dot\n")


@pytest.mark.parametrize("scheme,port,tls", [
    ("imap", "imap", ["--ssl-reqd"]), ("imaps", "imaps", [])])
def test_curl_reads(empty_demo, tmp_path, scheme, port, tls):
    url = f"{scheme}://127.0.0.1:{empty_demo.ports[port]}"
    curl = ["curl", "-sS", "-k", *tls, "--user", f"{ALICE}:{PASSWORD}"]
    message = tmp_path / "message"
    message.write_bytes(MESSAGE.encode())
    run(*curl, "--upload-file", str(message), f"{url}/INBOX")
    assert "INBOX" in run(*curl, f"{url}/")
    assert run(*curl, f"{url}/INBOX;MAILINDEX=1").endswith(".dot\n")


@pytest.mark.parametrize("port", ["submission", "submissions"])
def test_smtplib(empty_demo, port):
    message = email.message.EmailMessage()
    message["From"], message["To"] = ALICE, BOB
    message["Subject"] = "Grüße by smtplib"
    message.set_content("Hello\n.\n..\nGrüße\n")
    if port == "submissions":
        smtp = smtplib.SMTP_SSL("127.0.0.1", empty_demo.ports[port],
                                context=client_context())
    else:
        smtp = smtplib.SMTP("127.0.0.1", empty_demo.ports[port])
        smtp.starttls(context=client_context())
    with smtp:
        with pytest.raises(smtplib.SMTPAuthenticationError):
            smtp.login(ALICE, "wrong")
        smtp.login(ALICE, PASSWORD)
        assert smtp.send_message(message) == {}
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            smtp.sendmail(ALICE, ["nobody@example.test"], MESSAGE)
        code, text = refused.value.recipients["nobody@example.test"]
        assert code == 550 and text.startswith(b"5.1.1")
    got = newest(empty_demo, "bob")
    assert got["Subject"] == "Grüße by smtplib"
    assert got.get_content() == "Hello\n.\n..\nGrüße\n"


@pytest.mark.parametrize("tls", ["imaps", "starttls"])
def test_imaplib(empty_demo, tls):
    if tls == "imaps":
        box = imaplib.IMAP4_SSL("127.0.0.1", empty_demo.ports["imaps"],
                                ssl_context=client_context())
    else:
        box = imaplib.IMAP4("127.0.0.1", empty_demo.ports["imap"])
        box.starttls(client_context())
    with box:
        box.login(ALICE, PASSWORD)
        assert any(b"INBOX" in line for line in box.list()[1])
        when = imaplib.Time2Internaldate(time.time())
        assert box.append("INBOX", "(\\Seen)", when,
                          MESSAGE.encode())[0] == "OK"
        assert box.select("INBOX") == ("OK", [b"1"])
        (head, octets), _ = box.fetch("1", "(FLAGS BODY[])")[1]
        assert octets == MESSAGE.encode() and b"\\Seen" in head
        assert box.search(None, "FROM", "alice", "SEEN")[1] == [b"1"]
        assert box.search("UTF-8", "BODY", '"hello bob"')[1] == [b"1"]
        assert box.uid("SEARCH", "UNSEEN")[1] == [b""]
        assert box.copy("1", "Archive")[0] == "OK"
        assert box.uid("MOVE", "1:*", "Sent")[0] == "OK"
        assert box.select("Sent") == ("OK", [b"1"])
        assert box.uid("MOVE", "1:*", "INBOX")[0] == "OK"
        assert box.select("INBOX") == ("OK", [b"1"])
        assert box.store("1", "+FLAGS", "(\\Deleted)")[0] == "OK"
        assert box.expunge()[1] == [b"1"]
        assert box.status("INBOX", "(MESSAGES)")[1][0].endswith(
            b"(MESSAGES 0)")
        assert box.close()[0] == "OK"


def test_imaplib_metadata(empty_demo, monkeypatch):
    """What is noted at a mailbox is told as it was written, and in a LIST."""
    for name in ("GETMETADATA", "SETMETADATA"):
        monkeypatch.setitem(imaplib.Commands, name, ("AUTH", "SELECTED"))
    box = imaplib.IMAP4_SSL("127.0.0.1", empty_demo.ports["imaps"],
                            ssl_context=client_context())
    with box:
        box.login(ALICE, PASSWORD)
        assert "METADATA" in box.capabilities
        assert box.xatom("SETMETADATA", "INBOX",
                         '(/private/comment "of \\"mine\\"")')[0] == "OK"
        assert box.xatom("GETMETADATA", "INBOX",
                         "(/private/comment /shared/x)")[0] == "OK"
        assert box.response("METADATA")[1] == [
            b'INBOX (/private/comment "of \\"mine\\"" /shared/x NIL)']
        assert box.xatom("SETMETADATA", "INBOX",
                         "(/private/comment NIL)")[0] == "OK"


def test_forward_without_download(empty_demo, monkeypatch):
    """imaplib signs the URL of a draft, smtplib hands it in by BURL."""
    for name in ("GENURLAUTH", "URLFETCH"):
        monkeypatch.setitem(imaplib.Commands, name, ("AUTH", "SELECTED"))
    box = imaplib.IMAP4_SSL("127.0.0.1", empty_demo.ports["imaps"],
                            ssl_context=client_context())
    with box:
        box.login(ALICE, PASSWORD)
        assert "URLAUTH" in box.capabilities
        assert box.append("Drafts", None, None, MESSAGE.encode())[0] == "OK"
        assert box.select("Drafts")[0] == "OK"
        uid = box.uid("SEARCH", "ALL")[1][0].split()[-1].decode()
        url = (f"imap://{ALICE.replace('@', '%40')}@mail.example.test/"
               f"Drafts/;UID={uid};URLAUTH=")
        names = [f'"{url}{who}" INTERNAL' for who in (
            "submit+" + ALICE.replace("@", "%40"), "authuser")]
        assert box.xatom("GENURLAUTH", *names)[0] == "OK"
        submit, fetch = box.response("GENURLAUTH")[1][0].split()
        assert box.xatom("URLFETCH", fetch.decode())[0] == "OK"
        got = box.response("URLFETCH")[1]
        assert got[0] == (fetch + b" {%d}" % len(MESSAGE), MESSAGE.encode())
    smtp = smtplib.SMTP_SSL("127.0.0.1", empty_demo.ports["submissions"],
                            context=client_context())
    with smtp:
        smtp.login(ALICE, PASSWORD)
        smtp.ehlo()
        assert smtp.esmtp_features["burl"] == "imap"
        assert smtp.mail(ALICE)[0] == smtp.rcpt(BOB)[0] == 250
        code, text = smtp.docmd("BURL", submit.strip(b'"').decode() + " LAST")
        assert code == 250, text
    assert newest(empty_demo, "bob").get_content().endswith(".dot\n")


def test_imaplib_folders(empty_demo):
    """Folders: made, renamed, subscribed to, removed with their mail."""
    box = imaplib.IMAP4_SSL("127.0.0.1", empty_demo.ports["imaps"],
                            ssl_context=client_context())
    with box:
        box.login(ALICE, PASSWORD)
        assert box.create("work/2026")[0] == "OK"
        assert box.create("work")[0] == "NO"
        assert box.append("work/2026", None, None,
                          MESSAGE.encode())[0] == "OK"
        assert box.subscribe("work/2026")[0] == "OK"
        assert b'() "/" work/2026' in box.lsub()[1]
        assert box.rename("work", "job")[0] == "OK"
        assert box.select("job/2026") == ("OK", [b"1"])
        assert box.unselect()[0] == "OK"
        assert box.unsubscribe("work/2026")[0] == "OK"
        assert box.delete("job")[0] == "NO"
        assert box.delete("job/2026")[0] == "OK"
        assert box.delete("job")[0] == "OK"
        assert not any(b"job" in line for line in box.list()[1])
        assert box.select("job")[0] == "NO"


def test_imaplib_notify(empty_demo):
    """NOTIFY: what another session does is there without a question."""
    boxes = [imaplib.IMAP4_SSL("127.0.0.1", empty_demo.ports["imaps"],
                               ssl_context=client_context())
             for _ in range(2)]
    with boxes[0] as box, boxes[1] as other:
        for b in boxes:
            b.login(ALICE, PASSWORD)
        assert box.select("INBOX") == ("OK", [b"0"])
        assert box.xatom("NOTIFY", "SET", "(selected (MessageNew (uid "
                         "envelope) MessageExpunge))", "(personal (MessageNew "
                         "MessageExpunge MailboxName))")[0] == "OK"
        assert other.append("INBOX", None, None, MESSAGE.encode())[0] == "OK"
        assert other.append("Drafts", None, None, MESSAGE.encode())[0] == "OK"
        assert other.create("told")[0] == "OK"
        told = b"".join(box.readline() for _ in range(5))
        for line in (b"* 1 EXISTS\r\n", b"* 1 FETCH (UID ",
                     b"* STATUS Drafts (MESSAGES 1 ",
                     b'* LIST (\\HasNoChildren) "/" told\r\n'):
            assert line in told
        assert box.noop()[0] == "OK"


def test_imaplib_utf8(empty_demo):
    """Names in UTF-8, then IMAP4rev2. (What append() of this imaplib makes of
    UTF8=ACCEPT puts "UTF8 (" into the message, so it comes first.)"""
    octets = b"Subject: one\r\n\r\n" + "Grüße\r\n".encode()
    box = imaplib.IMAP4_SSL("127.0.0.1", empty_demo.ports["imaps"],
                            ssl_context=client_context())
    with box:
        box.login(ALICE, PASSWORD)
        assert box.append("INBOX", None, None, b"\xfc: x\r\n\r\n")[0] == "OK"
        assert box.create("Entw&APw-rfe")[0] == "OK"
        assert box.append("Entw&APw-rfe", None, None, octets)[0] == "OK"
        assert box.enable("UTF8=ACCEPT")[0] == "OK"
        assert box.select('"Entwürfe"') == ("OK", [b"1"])
        assert box.search(None, 'BODY "GRÜSSE"')[1] == [b"1"]
        (_, got), _ = box.fetch("1", "(BINARY[1])")[1]
        assert got.decode() == "Grüße\r\n"
        assert box.unselect()[0] == "OK"
        assert box.enable("IMAP4rev2")[0] == "OK"
        assert box.select("INBOX") == ("OK", [b"1"])
        assert box.response("RECENT")[1] == [None]
        assert box.search(None, "ALL")[0] == "OK"
        assert box.response("ESEARCH")[1][0].startswith(b"(TAG ")


def test_imaplib_binary(empty_demo):
    """A large attachment, as it was before somebody encoded it."""
    file = b"".join(i.to_bytes(4, "big") for i in range(700001)) + b"\0"
    message = email.message.EmailMessage(policy=email.policy.SMTP)
    message["Subject"] = "large"
    message.set_content("see below")
    message.add_attachment(file, maintype="application",
                           subtype="octet-stream")
    box = imaplib.IMAP4_SSL("127.0.0.1", empty_demo.ports["imaps"],
                            ssl_context=client_context())
    with box:
        box.login(ALICE, PASSWORD)
        assert box.append("INBOX", None, None, bytes(message))[0] == "OK"
        box.select("INBOX")
        assert box.fetch("1", "(BINARY.SIZE[2])")[1] == [
            b"1 (BINARY.SIZE[2] %d)" % len(file)]
        (head, octets), _ = box.fetch("1", "(BINARY.PEEK[2])")[1]
        assert octets == file and b"~{" in head
        (_, octets), _ = box.fetch(
            "1", "(BINARY.PEEK[2]<1234567.100000>)")[1]
        assert octets == file[1234567:1334567]


@pytest.mark.parametrize("port,secure", [("submission", "false"),
                                         ("submissions", "true")])
def test_nodemailer(empty_demo, port, secure):
    out = run("node", "nodemailer.mjs", str(empty_demo.ports[port]), secure,
              ALICE, BOB, ALICE, PASSWORD, "Grüße nodemailer")
    assert out.startswith("250 ")
    got = newest(empty_demo, "bob")
    assert got["Subject"] == "Grüße nodemailer"
    text = got.get_body(("plain",)).get_content()
    assert text.splitlines()[:3] == ["Grüße from nodemailer", ".", "..dots"]
    assert "<b>nodemailer</b>" in got.get_body(("html",)).get_content()
    attachment, = got.iter_attachments()
    assert attachment.get_filename() == "blätter.bin"
    assert attachment.get_content() == bytes(range(256))


def test_imapflow(empty_demo):
    seen = json.loads(run("node", "imapflow.mjs",
                          str(empty_demo.ports["imaps"]), ALICE, PASSWORD))
    assert "INBOX" in seen.pop("list")
    assert [f for f in seen.pop("flags") if f != "\\Recent"] == ["\\Flagged"]
    assert seen.pop("status")["messages"] == 0
    assert seen.pop("folders") == {
        "created": [True, False], "path": "Entwürfe/2026",
        "renamed": "Entwürfe/2027", "subscribed": True, "messages": 0,
        "use": "\\Sent", "deleted": "Entwürfe/2027", "left": False,
    }
    assert seen == {
        "appended": True, "exists": 1, "compressed": True, "subject": "one",
        "type": "text/plain", "source": True, "size": True, "text": True,
        "added": ["Work", "\\Flagged", "\\Seen"], "told": 2, "left": 0,
        "found": [1], "notFound": [],
        "copied": 1, "moved": 1, "left_to_move": 0,
        "resync": {"gone": [[True, True]], "flags": [["\\Answered"]],
                   "exists": 2, "changed": 1, "same": 0},
    }


def test_size_limits(empty_demo):
    """SIZE as announced, and a text that is too long without it."""
    smtp = Smtp(empty_demo)
    words = [line.split() for line in smtp.do("EHLO client.example.net",
                                              250)]
    limit = next(int(w[1]) for w in words if w[0] == "SIZE")
    smtp.do(f"MAIL FROM:<a@example.net> SIZE={limit}", 250)
    smtp.do("RSET", 250)
    refused = smtp.do(f"MAIL FROM:<a@example.net> SIZE={limit + 1}", 552)
    assert refused[0].startswith("5.3.4")
    smtp.do("MAIL FROM:<a@example.net> SIZE=99999999999999999999", 552)
    # What was agreed to is taken, whatever we put in front of it.
    head = b"Subject: big\r\n\r\n"
    most = head + b"x" * 998 + b"\r\n"
    most += (b"x" * 998 + b"\r\n") * ((limit - len(most)) // 1000)
    most = most[:-2] + b"y" * (limit - len(most)) + b"\r\n"
    assert len(most) == limit
    code, lines = smtp.send_message("a@example.net", [BOB], most)
    assert code == 250, lines
    big = b"Subject: big\r\n\r\n" + (b"x" * 998 + b"\r\n") * (
        limit // 1000 + 1)
    code, lines = smtp.send_message("a@example.net", [BOB], big)
    assert code == 552 and lines[-1].startswith("5.3.4")
    smtp.do("NOOP", 250)
    imap = Imap(empty_demo).login("bob")
    assert imap.select() == 1


def test_large_message(empty_demo):
    """20 MB in by APPEND and by SMTP, and back, in whole and in pieces."""
    octets = b"Subject: large\r\n\r\n" + b"".join(
        b"%07d " % i * 9 + b"\r\n" for i in range(20 * 1024 * 1024 // 74))
    imap = Imap(empty_demo, timeout=120).login("bob")
    imap.select()
    imap.ask(b"APPEND INBOX {%d+}\r\n" % len(octets) + octets)
    assert imap.bodies(which="1") == [octets]
    smtp = Smtp(empty_demo, timeout=120)
    smtp.do("EHLO client.example.net", 250)
    code, lines = smtp.send_message("a@example.net", [BOB], octets)
    assert code == 250, lines
    imap.ask("NOOP")
    back, = imap.bodies("BODY.PEEK[]", "2")
    assert back.endswith(octets)
    pieces = [imap.bodies(f"BODY.PEEK[TEXT]<{at}.1000000>", "1")[0]
              for at in range(0, len(octets), 1000000)]
    assert b"".join(pieces) == octets.partition(b"\r\n\r\n")[2]
