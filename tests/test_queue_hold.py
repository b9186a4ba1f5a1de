"""Holds of postern queue, and one message that is edited or given up."""

import imaplib
import json
import ssl
import time

import pytest
from lib.server import PASSWORD
from test_queue_commands import ALICE, QueueServer


@pytest.fixture(scope="module")
def running():
    with QueueServer() as server:
        yield server


@pytest.fixture
def server(running):
    running.queue("drop", "--all", "--yes")
    for hold in holds(running):
        running.queue("release", f"--{hold['kind']}", hold["what"].lstrip("@"))
    return running


def holds(server):
    return json.loads(server.queue("held", "--json"))


def states(server, *args):
    return {r["recipient"]: r["state"] for r in server.rows(*args)}


def test_a_destination(server):
    server.send("a@example.net", "b@other.example")
    said = server.queue("hold", "--destination", "Example.NET", "--reason",
                        "their server moves")
    assert said == ("The destination example.net is on hold: 1 recipient "
                    "that waited, and what comes\n")
    assert "still" in server.queue("hold", "--destination", "example.net",
                                   "--reason", "it moves")
    number = server.send("c@example.net")
    assert states(server, "--domain", "example.net") == {
        "a@example.net": "held", "c@example.net": "held"}
    server.wait_rows(lambda rows: rows[0]["attempts"],
                     "--domain", "other.example")
    assert all(r["held"] for r in server.rows("--held"))
    hold, = holds(server)
    assert hold["kind"] == "destination" and hold["what"] == "example.net"
    assert hold["recipients"] == 2 and hold["reason"] == "it moves"
    assert hold["by"] and hold["since"].startswith("20")
    assert hold["state"] == "stands"
    assert "2 held" in server.queue()
    shown = server.queue("show", number)
    assert "a hold of the destination example.net, by" in shown
    assert "it moves" in shown
    # Neither a filter nor a retry gets past it.
    assert "2 more are held by a hold" in server.queue("release", "--all")
    assert json.loads(server.queue("release", "--held", "--json")) == {
        "changed": 0, "kept": 2}
    server.queue("retry", "--all")
    assert len(server.rows("--held")) == 2
    text = server.command("explain", number).stdout
    assert "by a hold of the destination example.net" in text
    assert "postern queue held" in text


def test_after_a_restart(server):
    server.send("a@restart.example")
    server.queue("hold", "--destination", "restart.example")
    server.stop()
    server.start()
    server.send("b@restart.example")
    assert set(states(server).values()) == {"held"}
    assert holds(server)[0]["recipients"] == 2
    said = server.queue("release", "--destination", "restart.example")
    assert "is over: 2 recipients released" in said
    server.wait_rows(lambda rows: all(r["attempts"] or r["next"]
                                      for r in rows) and
                     not any(r["held"] for r in rows))
    assert holds(server) == []
    assert server.queue("held") == "There are no holds.\n"
    assert "no hold of the destination restart.example" in server.queue(
        "release", "--destination", "restart.example", code=1)


def test_a_killed_store(server):
    """A hold that was answered stands, whatever dies then."""
    server.queue("hold", "--sender", "example.test")
    server.kill_role("store")
    number = server.send("a@killed.example")
    assert states(server) == {"a@killed.example": "held"}
    assert "a hold of the sender @example.test" in server.queue("show",
                                                                number)


def test_senders_and_recipients(server):
    assert "0 recipients" in server.queue("hold", "--sender", ALICE)
    server.queue("hold", "--recipient", "x@people.example")
    server.queue("hold", "--recipient", "whole.example", "--json")
    assert [(h["kind"], h["what"]) for h in holds(server)] == [
        ("sender", ALICE), ("recipient", "@whole.example"),
        ("recipient", "x@people.example")]
    server.send("y@people.example", "x@people.example", "z@whole.example")
    assert set(states(server).values()) == {"held"}
    assert "1 recipient released" in server.queue("release", "--sender",
                                                  ALICE)
    assert {a: s == "held" for a, s in states(server).items()} == {
        "y@people.example": False, "x@people.example": True,
        "z@whole.example": True}
    # Of this sender there is no hold any more: a filter, as it was.
    assert "2 more are held by a hold" in server.queue("release", "--sender",
                                                       ALICE)
    said = json.loads(server.queue("release", "--recipient", "whole.example",
                                   "--json"))
    assert said == {"ended": "recipient", "what": "@whole.example",
                    "changed": 1}


def test_a_long_queue(server):
    for i in range(4):
        server.send(*[f"u{i}-{n}@long.example" for n in range(900)])
    assert "3600 recipients that waited" in server.queue(
        "hold", "--destination", "long.example")
    assert len(server.rows("--held")) == 3600
    assert "3600 recipients released" in server.queue(
        "release", "--destination", "long.example")
    assert server.rows("--held") == []


def test_called_wrongly(server):
    assert "a domain" in server.queue("hold", "--destination", "a@b.example",
                                      code=1)
    assert "one at a time" in server.queue(
        "hold", "--destination", "a.example", "--sender", "b.example", code=1)
    assert "nothing else" in server.queue(
        "hold", "--destination", "a.example", "--older", "1h", code=1)
    assert "nothing else" in server.queue("hold", "1", "--recipient", "a@b",
                                          code=1)
    server.queue("list", "--destination", "a.example", code=2)
    server.queue("drop", "--recipient", "a@b.example", code=2)
    server.queue("retry", "--give-up", "2d", code=2)
    server.queue("edit", code=2)
    server.queue("edit", "1", "--all", code=2)
    assert "signed" in server.queue("edit", "1", code=1)
    assert "OLD=NEW" in server.queue("edit", "1", "--recipient", "a@b.example",
                                     code=1)
    assert "-9 to 9" in server.queue("edit", "1", "--priority", "10", code=1)
    assert "--give-up" in server.queue("edit", "1", "--give-up", "soon",
                                       code=1)
    assert "no such message" in server.queue("edit", "999999", "--priority",
                                             "1", code=1)
    assert "trace 999999" in server.queue("expire", "999999", code=1)
    assert "no number" in server.queue("expire", "x", code=1)


def change(server, *args, code=0):
    """Until nobody has it in his hands."""
    end = time.monotonic() + 20
    while True:
        done = server.command("queue", *args, check=False)
        if "being delivered" not in done.stderr or time.monotonic() > end:
            assert done.returncode == code, done
            return done.stdout if code == 0 else done.stderr
        time.sleep(0.1)


def events(server, number):
    """Also of a report about it."""
    found = json.loads(server.command("trace", number, "--json").stdout)
    return [(e["event"], e["address"], e["text"]) for m in found
            for e in m["events"]]


def test_edit(server):
    number = server.send("bob@exmaple.example", "carol@exmaple.example")
    said = change(server, "edit", number, "--recipient",
                  "bob@exmaple.example=bob@example.example")
    assert said == "1 recipient changed\n"
    rows = server.wait_rows(lambda rows: rows[0]["attempts"],
                            "--domain", "example.example")
    assert rows[0]["recipient"] == "bob@example.example"
    assert "of this server" in change(
        server, "edit", number, "--recipient",
        f"bob@example.example={ALICE}", code=1)
    change(server, "edit", number, "--without", "carol@exmaple.example")
    change(server, "edit", number, "--priority", "-3", "--give-up", "30d",
           "--sender", "<>")
    row, = server.rows()
    assert row["priority"] == -3 and row["sender"] == ""
    assert row["expires"] > time.strftime(
        "%Y-%m-%dT", time.gmtime(time.time() + 29 * 86400))
    told = [e for e in events(server, number) if e[0] == "edited"]
    who = told[0][2].split("by ")[1]
    assert [(a, t) for _, a, t in told] == [
        ("bob@example.example", f"instead of bob@exmaple.example, by {who}"),
        ("carol@exmaple.example",
         f"is no recipient of it any more, by {who}"),
        ("bob@example.example", f"from <> instead of <{ALICE}>, by {who}"),
        ("bob@example.example", f"priority -3 instead of 0, by {who}"),
        ("bob@example.example", told[-1][2])]
    assert "given up at 20" in told[-1][2]
    change(server, "edit", number, "--without", "bob@example.example")
    assert server.rows() == []


def test_expire(server):
    number = server.send("a@expire.example")
    server.queue("hold", "--destination", "expire.example")
    assert "1 recipient given up" in change(server, "expire", number)
    end = time.monotonic() + 30
    while server.rows() and time.monotonic() < end:
        time.sleep(0.1)
    assert server.rows() == []
    names = [e[0] for e in events(server, number)]
    assert "expired" in names and "failed" in names and "reported" in names
    with imaplib.IMAP4_SSL("localhost", server.ports["imaps"],
                           ssl_context=ssl._create_unverified_context()
                           ) as imap:
        imap.login(ALICE, PASSWORD)
        imap.select()
        _, found = imap.search(None, "BODY", "expire.example")
        _, text = imap.fetch(found[0].split()[-1], "(BODY[])")
    assert b"given up by the postmaster of this server" in text[0][1]
    assert b"Status: 4.4.7" in text[0][1]
