"""Mail that is kept apart, and what people and domains say of senders: by the
operator's commands and by what people who have signed in ask for."""

import email
import json
import time
from urllib.parse import quote

import pytest
from lib.server import PATIENCE
from lib.world import World
from test_http import JSON, ask, sign_in
from test_explain import explain, found_of, says, typed
from test_policy import FORWARDED, FromOutside, folder, send

HOST = "198.51.100.7"
BAD = "x@bad.test"


@pytest.fixture(scope="module")
def world():
    with World() as w:
        w.record('bad TXT "v=spf1 ip4:198.51.100.0/24 -all"')
        w.record('_dmarc.bad TXT "v=DMARC1; p=none"')
        w.record('loose TXT "v=spf1 -all"')
        w.record('_dmarc.loose TXT "v=DMARC1; p=none"')
        w.record("7.100.51.198.odd.list A 127.0.0.2")
        w.server = w.postern("a.test", more=FORWARDED + "greylist = off\n")
        w.server.more += ('listen { kind = https address = "localhost" '
                          f'port = {w.server.ports["https"]} }}\n')
        # 4.5 points are what nothing proves, and is not of the domain.
        w.strict = w.postern("b.test", more=FORWARDED + "greylist = off\n"
                             "junk-score = 2\nhold-score = 4\n")
        w.listed = w.postern("c.test", more=FORWARDED + "greylist = off\n"
                             'dns-list "odd.list.test" { then = hold }\n')
        w.refusing = w.postern("d.test", more=FORWARDED + "greylist = off\n"
                               "refuse-score = 4\n")
        w.start()
        yield w


def held(server, *args):
    return json.loads(server.command("held", "list", "--json", *args).stdout)


def from_bad(server, subject, to="bob", more_to=()):
    return send(server, HOST, subject, BAD, to=to, more_to=more_to)


def test_rule_holds(world):
    server = world.server
    server.command("block", "add", "bad.test", "--hold")
    assert from_bad(server, "apart")[0] == 250
    server.command("block", "remove", "bad.test")
    assert folder(server, "apart") is None
    row, = held(server)
    assert (row["subject"], row["from"], row["recipient"]) == (
        "apart", BAD, "bob@a.test")
    assert row["verdict"].startswith("dmarc=pass")
    shown = server.command("held", "show", str(row["id"])).stdout
    assert "apart" in shown and "A few words" not in shown
    why = explain(server, str(row["id"]))
    assert found_of(why)["rule"] == "hold" and "held" in found_of(why)
    # What it says to type does it, and is what is left then.
    assert f"postern held drop {row['id']}" in [
        c["command"] for c in why["change"]]
    command, = [c["command"] for c in why["change"]
                if c["command"].startswith("postern held release")]
    assert "released" in server.command(*command.split()[1:]).stdout
    assert folder(server, "apart") == "INBOX"
    assert held(server) == []
    gone = server.command("held", "release", str(row["id"]), check=False)
    assert gone.returncode == 1 and "is not held" in gone.stderr
    events = server.command("trace", str(row["id"])).stdout
    assert "held" in events and "released" in events


def test_score_holds(world):
    server = world.strict
    assert send(server, "203.0.113.1", "doubtful", "news@loose.test")[0] == 250
    row, = held(server)
    assert row["subject"] == "doubtful" and "score=4.5" in row["verdict"]
    assert "dropped" in server.command("held", "drop", str(row["id"])).stdout
    assert held(server) == [] and folder(server, "doubtful") is None


def test_list_holds(world):
    server = world.listed
    assert send(server, HOST, "listed", "a@far.test")[0] == 250
    row, = held(server)
    assert "list=hold" in row["verdict"]


def test_of_several(world):
    """Each has it as he says, and only all refuse."""
    server = world.server
    server.command("block", "add", "bad.test", "--for", "alice@a.test")
    assert from_bad(server, "hers", to="alice")[0] == 550
    assert from_bad(server, "both", more_to=("alice",))[0] == 250
    assert folder(server, "both") == "INBOX"
    assert folder(server, "both", "alice") == "Junk"
    assert "as junk by a rule of alice@a.test" in server.command(
        "trace", BAD).stdout
    code, said = from_bad(server, "again", to="alice")
    assert code == 550 and "a rule of its recipients" in said
    assert "alice" not in said
    why = explain(server, BAD)
    assert says(why, "rule") == "a rule of alice@a.test refuses it: bad.test"
    typed(server, why, "takes that rule away")
    assert from_bad(server, "let in", to="alice")[0] == 250
    assert folder(server, "let in", "alice") == "INBOX"
    # One of all people of the domain, and one who wants it.
    server.command("block", "add", "bad.test", "--for", "a.test")
    assert from_bad(server, "no", more_to=("alice",))[0] == 550
    server.command("allow", "add", BAD, "--for", "bob@a.test")
    assert from_bad(server, "his", more_to=("alice",))[0] == 250
    assert folder(server, "his") == "INBOX"
    assert folder(server, "his", "alice") == "Junk"
    rows = json.loads(server.command("block", "list", "--json").stdout)
    assert [(r["who"], r["for"]) for r in rows] == [("bad.test", "a.test")]
    server.command("block", "remove", "bad.test", "--for", "a.test")
    server.command("allow", "remove", BAD, "--for", "bob@a.test")
    wrong = server.command("block", "add", "x.test", "--for", "far.test",
                           check=False)
    assert wrong.returncode == 1 and "no domain of this server" in wrong.stderr


def test_one_wants_what_others_would_refuse(world):
    """It is held for the others: nobody can be refused alone."""
    server = world.refusing
    sender = "news@loose.test"
    server.command("allow", "add", "203.0.113.1", "--for", "bob@d.test")
    assert send(server, "203.0.113.1", "wanted", sender,
                to="alice")[0] == 550
    assert send(server, "203.0.113.1", "wanted", sender, to="alice",
                more_to=("bob",))[0] == 250
    assert folder(server, "wanted") == "INBOX"
    assert folder(server, "wanted", "alice") is None
    row, = held(server)
    assert row["recipient"] == "alice@d.test"


def page(server, who, method, path, form=None):
    status, _, octets = ask(server, method, path, {**who, **JSON},
                            json.dumps(form) if form else None)
    return status, json.loads(octets) if octets else None


def test_people_themselves(world):
    server = world.server
    bob, alice = (sign_in(server, f"{p}@a.test") for p in ("bob", "alice"))
    for who in "bad.test", "a@b.test", "192.0.2.0/24":
        assert page(server, bob, "POST", "/account/rules",
                    {"who": who, "does": "hold"})[0] == 204
    rules = page(server, bob, "GET", "/account/rules")[1]["rules"]
    assert sorted((r["who"], r["does"]) for r in rules) == sorted(
        (w, "hold") for w in ("bad.test", "a@b.test", "192.0.2.0/24"))
    assert page(server, alice, "GET", "/account/rules")[1] == {"rules": []}
    assert from_bad(server, "for both", more_to=("alice",))[0] == 250
    assert folder(server, "for both", "alice") == "INBOX"
    row, = page(server, bob, "GET", "/account/held")[1]["held"]
    assert row["subject"] == "for both" and row["from"] == BAD
    assert page(server, alice, "GET", "/account/held")[1] == {"held": []}
    path = f"/account/held/{row['message']}"
    for method, what in ("POST", path + "/release"), ("DELETE", path):
        assert page(server, alice, method, what)[0] == 404
    assert page(server, bob, "POST", path + "/release")[0] == 204
    assert folder(server, "for both") == "INBOX"
    assert page(server, bob, "DELETE", path)[0] == 404
    for who in "bad.test", "a@b.test", "192.0.2.0/24":
        one = f"/account/rules/{quote(who, safe='')}"
        assert page(server, bob, "DELETE", one)[0] == 204
        assert page(server, bob, "DELETE", one)[0] == 404
    for form, status in (({"who": "bad.test"}, 400),
                         ({"who": "bad.test", "does": "burn"}, 422),
                         ({"who": "192.0.2.1/24", "does": "block"}, 422),
                         ({"who": "", "does": "block"}, 422)):
        assert page(server, bob, "POST", "/account/rules", form)[0] == status
    # Who has not signed in has none of it.
    for path in "/account/held", "/account/rules":
        assert ask(server, "GET", path, {})[0] == 401


def test_told_by_mail(world):
    """What is new, in words that stay within their lines."""
    server = world.server
    server.command("block", "add", "bad.test", "--hold", "--for",
                   "alice@a.test")
    with FromOutside(server, HOST) as smtp:
        smtp.sendmail(BAD, ["alice@a.test"], f"From: {BAD}\r\nSubject: "
                      "=?utf-8?q?win=0Afrom:_bank_https://x.test/?="
                      "\r\n\r\nA few words.\r\n")
    server.command("block", "remove", "bad.test", "--for", "alice@a.test")
    end = time.monotonic() + 60 * PATIENCE
    letters = []
    while not letters and time.monotonic() < end:
        time.sleep(0.5)
        letters = [m for m in map(email.message_from_bytes,
                                  server.inbox("alice"))
                   if m["Subject"] == "Mail for you was held back"]
    text, = (m.get_payload(decode=True).decode() for m in letters)
    number = held(server, "--for", "alice@a.test")[0]["id"]
    assert f"number:   {number}\n" in text.replace("\r\n", "\n")
    assert "\nfrom: bank" not in text and "https://" not in text
