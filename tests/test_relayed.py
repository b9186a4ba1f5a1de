"""Domains whose mail is taken and passed on: a backup MX, a gateway in front of
another server; who may be written to, and who hears of a failure."""

import json
import smtplib

import pytest
from lib.world import World, text
from test_policy import FORWARDED, FromOutside
from test_relay import eventually


def outside(server, sender, to, ip="198.51.100.7", subject="x"):
    with FromOutside(server, ip) as smtp:
        smtp.sendmail(sender, [to], text(sender, [to], subject))


def refusal(server, sender, to, ip="198.51.100.7"):
    with pytest.raises(smtplib.SMTPRecipientsRefused) as e:
        outside(server, sender, to, ip)
    return e.value.recipients[to][0]


def relay(server, domain, *addresses):
    server.command("domain", "add", domain, "--relay")
    if addresses:
        server.command("domain", "addresses", domain, "add", *addresses)


def journal(server, event):
    rows = json.loads(server.command("journal", "--json").stdout)
    return [row for row in rows if row["event"] == event]


def test_backup():
    with World() as w:
        w.record('proven TXT "v=spf1 ip4:198.51.100.0/24 -all"')
        w.record("there MX 20 mail.here")
        here = w.postern("here.test", more=FORWARDED + "greylist = off\n")
        there = w.postern("there.test", more='unjudged = { "127.0.0.0/8" }\n')
        w.start()
        assert refusal(here, "a@proven.test", "bob@there.test") == 550
        relay(here, "there.test", "bob", "carol@there.test")
        # Of those that there are there, and nobody else.
        assert refusal(here, "a@proven.test", "dave@there.test") == 550
        there.stop()
        outside(here, "a@proven.test", "bob@there.test")
        assert eventually(lambda: any(r["attempts"] for r in here.queued())), \
            here.tail()
        there.start()
        assert eventually(lambda: there.inbox("bob")), here.tail()
        letter = there.inbox("bob")[0].decode()
        assert "Return-Path: <a@proven.test>" in letter
        assert "([198.51.100.7])\r\n\tby mail.here.test" in letter
        # What was found of it stands in it.
        assert "Authentication-Results: mail.here.test" in letter
        assert "spf=pass" in letter
        assert eventually(lambda: not here.queued())
        here.command("domain", "remove", "there.test")
        assert refusal(here, "a@proven.test", "bob@there.test") == 550


def test_who_hears_of_a_failure():
    with World() as w:
        w.record("there MX 20 mail.here")
        w.record('from TXT "v=spf1 ip4:198.51.100.7 ?all"')
        here = w.postern("here.test", more=FORWARDED + "greylist = off\n")
        w.postern("there.test", more='unjudged = { "127.0.0.0/8" }\n')
        sender = w.sink("from.test")
        w.start()
        relay(here, "there.test", "gone")
        # Who may be another is not written to.
        outside(here, "a@from.test", "gone@there.test", "203.0.113.9")
        assert eventually(lambda: journal(here, "failed")), here.tail()
        assert eventually(lambda: not here.queued())
        assert not sender.messages
        outside(here, "a@from.test", "gone@there.test")
        assert eventually(lambda: sender.messages), here.tail()
        assert b"5.1.1" in sender.messages[0].text
        assert len(sender.messages) == 1


def test_gateway():
    with World() as w:
        inside = w.sink()
        here = w.postern("here.test", more=FORWARDED + "greylist = off\n"
                         f'route "there.test" {{ host = "[{inside.address}]" '
                         f'port = {w.port} '
                         "private = true }\n")
        w.record("there MX 10 mail.here")
        w.record("loop MX 10 mail.here")
        w.start()
        relay(here, "there.test", "*")
        outside(here, "a@far.test", "Anybody@there.test")
        assert eventually(lambda: inside.messages), here.tail()
        assert inside.messages[0].recipients == ["Anybody@there.test"]
        assert inside.messages[0].sender == "a@far.test"
        # People here write there as to anybody.
        w.send(here, "alice", ["carol@there.test"])
        assert eventually(lambda: len(inside.messages) == 2), here.tail()
        # Without a route and another host it would come back here.
        relay(here, "loop.test", "bob")
        outside(here, "a@far.test", "bob@loop.test")
        assert eventually(lambda: journal(here, "failed")), here.tail()
        assert "5.4.6" in str(journal(here, "failed"))


def test_how_many_an_hour():
    with World() as w:
        here = w.postern("here.test", more=FORWARDED + "greylist = off\n"
                         "messages-per-recipient = 2\n")
        w.record("there MX 20 mail.here")
        w.start()
        relay(here, "there.test", "bob", "carol")
        for _ in range(2):
            outside(here, "a@far.test", "bob@there.test")
        assert refusal(here, "a@far.test", "bob@there.test") == 450
        outside(here, "a@far.test", "carol@there.test")


def test_commands(demo):
    command = demo.command
    done = command("domain", "add", "r.test", "--relay").stdout
    assert "domain addresses r.test" in done
    assert command("domain", "addresses", "r.test").stdout.split() == [
        "ADDRESS"]
    command("domain", "addresses", "r.test", "add", "bob", "Carol@r.test")
    rows = json.loads(command("domain", "addresses", "r.test",
                              "--json").stdout)
    assert rows == [{"address": "bob@r.test"}, {"address": "carol@r.test"}]
    done = command("domain", "addresses", "r.test", "set", "-",
                   text="# all of them\n\ndave\nbob@r.test\ndave\n").stdout
    assert done == "r.test: 2 addresses, 1 of them new, 1 gone\n"
    assert command("domain", "addresses", "r.test").stdout.split()[1:] == [
        "bob@r.test", "dave@r.test"]
    done = command("domain", "addresses", "r.test", "set", "-",
                   text="# none\n", check=False)
    assert done.returncode and "no address in it" in done.stderr
    done = command("domain", "addresses", "r.test", "remove", "dave",
                   "--json").stdout
    assert json.loads(done) == {"removed": "dave@r.test"}
    many = "".join(f"user{i}\n" for i in range(5000))
    done = command("domain", "addresses", "r.test", "set", "-", "--json",
                   text=many).stdout
    assert json.loads(done) == {"added": 5000, "removed": 1}
    assert len(command("domain", "addresses",
                       "r.test").stdout.splitlines()) == 5001
    rows = {row["domain"]: row for row in json.loads(
        command("domain", "list", "--json").stdout)}
    assert rows["r.test"]["mail"] == "relayed"
    assert rows["example.test"]["mail"] == "here"
    zone = command("domain", "dns", "r.test").stdout
    assert "r.test. IN MX 20 " in zone and "_domainkey" not in zone
    assert "spf1" not in zone and "_smtp._tls" not in zone
    assert 'route "r.test"' in zone
    for args, words in [
            (["account", "add", "x@r.test", "--make-password"], "passed on"),
            (["domain", "addresses", "example.test", "add", "x"],
             "mailboxes here"),
            (["domain", "addresses", "r.test", "add", "x@example.test"],
             "no address of"),
            (["domain", "addresses", "no.test"], "no such domain")]:
        done = command(*args, check=False)
        assert done.returncode and words in done.stderr, (args, done.stderr)
    assert command("domain", "add", "s.test", "--relay", "--unsigned",
                   check=False).returncode == 2
    assert command("domain", "addresses", "r.test", "set",
                   check=False).returncode == 2
    command("domain", "remove", "r.test")
