"""App passwords: made, used by real programs, shown, removed, kept apart."""

import datetime
import email.message
import imaplib
import json
import poplib
import smtplib
import subprocess

import pytest
from lib.server import PASSWORD, ConfiguredServer, address
from lib.wire import Imap, client_context
from test_http import JSON, ask, basic, sign_in

ALICE, BOB = address("alice"), address("bob")
CURL = {"imap": "imaps", "pop3": "pop3s", "smtp": "submissions",
        "http": "https"}


@pytest.fixture
def server():
    with ConfiguredServer() as s:
        yield s


def add(server, label, *options, who=ALICE):
    done = server.command("account", "app-password", "add", who, label,
                          "--json", *options)
    said = json.loads(done.stdout)
    assert said["added"] == label
    groups = said["password"].split("-")
    assert [len(g) for g in groups] == [5, 5, 5, 5]
    return said["password"]


def listed(server, who=ALICE):
    return json.loads(server.command("account", "app-password", "list", who,
                                     "--json").stdout)


def remove(server, *what, who=ALICE):
    return server.command("account", "app-password", "remove", who, *what)


def curl(server, service, password, user=ALICE):
    """Is it let in?"""
    port = server.ports[CURL[service]]
    url = f"{CURL[service].replace('submissions', 'smtps')}://127.0.0.1:{port}"
    more = ["-X", "NOOP"] if service == "smtp" else []
    if service == "http":
        url += "/session"
        more = ["--fail"]
    done = subprocess.run(
        ["curl", "-sS", "-k", "--max-time", "30", *more, "--user",
         f"{user}:{password}", url], capture_output=True, text=True)
    assert done.returncode in (0, 22, 67), done.stderr
    return done.returncode == 0


def test_each_service(server):
    every = add(server, "everything")
    for service in CURL:
        assert curl(server, service, every)
        assert curl(server, service, every.replace("-", "").upper())
        assert curl(server, service, PASSWORD)
        assert not curl(server, service, every, user=BOB)
        only = add(server, f"only {service}", "--for", service)
        for other in CURL:
            assert curl(server, other, only) == (service == other)
    # The page is for the person's own password.
    body = json.dumps({"user": ALICE, "password": every})
    assert ask(server, "POST", "/login", JSON, body)[0] == 401
    sign_in(server)


def test_programs(server):
    """smtplib, imaplib and poplib, as a program of one's own has it."""
    word = add(server, "Büro", "--for", "smtp,imap,pop3")
    message = email.message.EmailMessage()
    message["From"], message["To"], message["Subject"] = ALICE, ALICE, "x"
    message.set_content("text\n")
    with smtplib.SMTP("127.0.0.1", server.ports["submission"]) as smtp:
        smtp.starttls(context=client_context())
        smtp.login(ALICE, word)
        assert smtp.send_message(message) == {}
    with imaplib.IMAP4_SSL("127.0.0.1", server.ports["imaps"],
                           ssl_context=client_context()) as box:
        box.login(ALICE, word)
        # And the server's own note about the password.
        assert int(box.select("INBOX")[1][0]) >= 1
    pop = poplib.POP3_SSL("127.0.0.1", server.ports["pop3s"],
                          context=client_context())
    pop.user(ALICE)
    pop.pass_(word)
    assert pop.stat()[0] >= 1
    pop.quit()
    row, = listed(server)
    assert row["label"] == "Büro" and row["for"] == "imap,pop3,smtp"
    assert row["from"] == "127.0.0.1" and row["used"]
    journal = server.command("journal", "--json").stdout
    assert "Büro" in journal
    for text in (journal, server.tail(None)):
        assert word not in text and word.replace("-", "") not in text
    assert ' label="B\\xc3\\xbcro"' in server.tail(None)


def test_jmap(server):
    word = add(server, "a script", "--for", "http")
    status, _, octets = ask(server, "GET", "/.well-known/jmap",
                            basic(password=word))
    assert status in (200, 301, 302, 307, 308), octets


def imap(server, password):
    box = imaplib.IMAP4_SSL("127.0.0.1", server.ports["imaps"],
                            ssl_context=client_context())
    box.login(ALICE, password)
    box.select("INBOX")
    return box


def test_removed(server):
    """Who came in by it is out, everybody else stays."""
    lost, kept = add(server, "lost"), add(server, "kept")
    by_lost, by_kept, own = (imap(server, w) for w in (lost, kept, PASSWORD))
    page = sign_in(server)
    assert "no app password" in server.command(
        "account", "app-password", "remove", ALICE, "Lost",
        check=False).stderr
    remove(server, "lost")
    with pytest.raises(imaplib.IMAP4.error):
        by_lost.check()
        by_lost.select("INBOX")
    for box in (by_kept, own):
        assert box.select("INBOX")[0] == "OK"
        box.logout()
    assert ask(server, "GET", "/session", page)[0] == 200
    assert not curl(server, "imap", lost)
    assert curl(server, "imap", kept)
    assert [row["label"] for row in listed(server)] == ["kept"]
    remove(server, "--all")
    assert not curl(server, "imap", kept)
    assert listed(server) == []


def test_another_password_leaves_them(server):
    word = add(server, "phone")
    box, own = imap(server, word), imap(server, PASSWORD)
    server.command("account", "passwd", ALICE, "--password-stdin",
                   text="quite another one\n")
    assert box.select("INBOX")[0] == "OK"
    box.logout()
    with pytest.raises(imaplib.IMAP4.error):
        own.select("INBOX")
    assert curl(server, "imap", word)
    assert not curl(server, "imap", PASSWORD)
    # Nor does an end of the server, in whatever way.
    server.kill_all()
    server.start()
    assert curl(server, "imap", word)
    server.command("account", "remove", ALICE, "--yes")
    assert not curl(server, "imap", word)
    server.command("account", "add", ALICE, "--password-stdin",
                   text=PASSWORD + "\n")
    assert not curl(server, "imap", word)
    assert listed(server) == []


def test_vault_dies_meanwhile(server):
    """Sessions by app passwords outlive vault and store."""
    box = imap(server, add(server, "phone", "--for", "imap"))
    for role in ("vault", "store"):
        server.kill_role(role)
        assert box.select("INBOX")[0] == "OK"
    box.logout()


def test_expiry_and_words(server):
    tomorrow = datetime.date.today() + datetime.timedelta(days=1)
    for when in ("90d", "5m", str(tomorrow)):
        assert curl(server, "imap", add(server, when, "--expires", when))
    by_label = {row["label"]: row for row in listed(server)}
    after = tomorrow + datetime.timedelta(days=1)
    assert by_label[str(tomorrow)]["expires"] == f"{after}T00:00:00Z"
    wrong = [(("x", "--expires", "2020-01-01"), "a time to come"),
             (("x", "--expires", "soon"), "a time to come"),
             (("x", "--expires", "0d"), "a time to come"),
             (("x", "--for", "imap,page"), "some of imap"),
             (("x", "--for", ""), "says nothing"),
             (("90d",), "already"), (("",), "a label is"),
             (("x" * 65,), "64 octets"), (("a\nb",), "a label is")]
    for words, said in wrong:
        done = server.command("account", "app-password", "add", ALICE, *words,
                              check=False)
        assert done.returncode == 1 and said in done.stderr, (words, done)
        assert done.stderr.count("\n") == 1
    assert "no account" in server.command(
        "account", "app-password", "add", address("nobody"), "x",
        check=False).stderr
    done = server.command("account", "app-password", "remove", ALICE,
                          check=False)
    assert done.returncode == 1 and "--all" in done.stderr
    done = server.command("account", "app-password", "add", ALICE,
                          check=False)
    assert done.returncode == 2 and "usage" in done.stderr
    assert "--expires" in server.command("account", "app-password",
                                         "--help").stdout
    shown = server.command("account", "app-password", "add", ALICE,
                           "for people").stdout
    assert "shown this once" in shown


def test_guesses_are_slowed_down(server):
    """As those of any password, and together with them."""
    add(server, "phone")
    signs = "23456789abcdefghjkmnpqrstuvwxyzo"
    said = []
    for a in signs[:25]:
        with pytest.raises(imaplib.IMAP4.error) as refused:
            imap(server, f"{a}2345-6789a-bcdef-ghjkm")
        said.append(str(refused.value))
    assert "Wrong user" in said[0] and "Wrong user" not in said[-1]


def test_dialogue_says_nothing(server):
    """A right one for another service and a wrong one are told the same."""
    word = add(server, "mail", "--for", "smtp")
    said = set()
    for password in (word, "22222-22222-22222-22222", "wrong"):
        wire = Imap(server)
        wire.send(f"a LOGIN {ALICE} {password}\r\n".encode())
        said.add(wire.line())
        wire.close()
    assert said == {b"a NO [AUTHENTICATIONFAILED] Wrong user or password"}
