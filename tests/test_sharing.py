"""Mailboxes that people share, with a mail program's library and the
operator's command."""

import imaplib
import json
import ssl

import pytest
from lib.server import PASSWORD

ALICE, BOB = "alice@example.test", "bob@example.test"
TEAM = f'"Other Users/{BOB}/Team"'


def connect(demo, who):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    imap = imaplib.IMAP4_SSL("127.0.0.1", demo.ports["imaps"],
                             ssl_context=context)
    imap.login(who, PASSWORD)
    return imap


@pytest.fixture
def team(empty_demo):
    bob = connect(empty_demo, BOB)
    assert bob.create("Team")[0] == "OK"
    yield empty_demo, bob
    bob.delete("Team")
    bob.logout()


def access(demo, *words):
    return json.loads(demo.command("account", "access", *words,
                                   "--json").stdout or "[]")


def test_imaplib(team):
    demo, bob = team
    assert bob.setacl("Team", ALICE, "lrswi")[0] == "OK"
    assert f'"{ALICE}" lrswi' in bob.getacl("Team")[1][0].decode()
    alice = connect(demo, ALICE)
    assert alice.myrights(TEAM)[1][0].decode().endswith(" lrswi")
    assert "Other Users/" in alice.namespace()[1][0].decode()
    assert TEAM.strip('"') in str(alice.list()[1])
    assert alice.append(TEAM, r"(\Seen)", None, b"a: b\r\n\r\nc")[0] == "OK"
    assert alice.select(TEAM)[1] == [b"1"]
    assert alice.fetch("1", "(FLAGS)")[1][0].endswith(b"(\\Seen))")
    bob.select("Team")
    assert b"Seen" not in bob.fetch("1", "(FLAGS)")[1][0]
    assert bob.deleteacl("Team", ALICE)[0] == "OK"
    with pytest.raises(imaplib.IMAP4.error):
        alice.myrights(TEAM)
        raise imaplib.IMAP4.error
    assert alice.select(TEAM)[0] == "NO"
    alice.logout()
    bob.close()


def test_operator(team):
    demo, bob = team
    demo.command("account", "access", BOB, "Team", ALICE, "read")
    demo.command("account", "access", BOB, "Team", "anyone", "l")
    assert access(demo, BOB) == [
        {"owner": BOB, "mailbox": "Team", "who": "anyone", "rights": "l"},
        {"owner": BOB, "mailbox": "Team", "who": ALICE, "rights": "lrs"}]
    assert access(demo, ALICE) == []
    assert f'"{ALICE}" lrs' in bob.getacl("Team")[1][0].decode()
    for wrong in (("Team", ALICE, "lq"), ("Team", "x@example.test", "read"),
                  ("Nothing", ALICE, "read"), ("Team", BOB, "read")):
        assert demo.command("account", "access", BOB, *wrong,
                            check=False).returncode == 1, wrong
    demo.command("account", "access", BOB, "Team", ALICE, "none")
    demo.command("account", "access", BOB, "Team", "anyone", "none")
    assert access(demo) == []
