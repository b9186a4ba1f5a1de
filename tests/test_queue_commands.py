"""postern queue and postern trace, with a destination that does not answer."""

import json
import re
import time

import pytest
from lib.server import UNLIMITED, ConfiguredServer, address

ALICE = address("alice")
# Nobody is there. What was found to be down rests, so that each test whose
# mail has to be tried has destinations of its own.
ROUTES = 'route "*" { host = "[127.0.0.1]" port = 1 private = true }\n'


class QueueServer(ConfiguredServer):
    limits = UNLIMITED

    def configure(self, more=""):
        super().configure(ROUTES + self.limits + more)

    def send(self, *to):
        said = self.command("send", "--from", ALICE, "--subject", "x", *to,
                            text="text\n").stdout
        return re.fullmatch(r"queued as (\d+)\n", said)[1]

    def rows(self, *args):
        return json.loads(self.command("queue", "list", "--json",
                                       *args).stdout)

    def wait_rows(self, want, *args):
        """Until this is so, or half a minute is over."""
        end = time.monotonic() + 30
        while time.monotonic() < end:
            rows = self.rows(*args)
            if want(rows):
                return rows
            time.sleep(0.1)
        raise AssertionError(rows)

    def queue(self, *args, code=0):
        done = self.command("queue", *args, check=False)
        assert done.returncode == code, done
        return done.stdout if code == 0 else done.stderr


@pytest.fixture(scope="module")
def running():
    with QueueServer() as server:
        yield server


@pytest.fixture
def server(running):
    running.queue("drop", "--all", "--yes")
    return running


def test_an_empty_queue(server):
    assert server.queue() == "The queue is empty.\n"
    assert "0 recipients of 0 messages" in server.queue("list")
    assert server.rows() == []
    summary = json.loads(server.queue("--json"))
    assert summary["recipients"] == 0 and summary["domains"] == []


def test_list_show_summary(server):
    first = server.send("a@example.net", "b@example.net", "c@other.example")
    second = server.send("a@example.net", ALICE)
    rows = server.wait_rows(
        lambda rows: len(rows) == 4 and all(
            r["attempts"] for r in rows[:3]))
    # The second goes where the first found nobody.
    assert rows[3]["attempts"] == 0
    assert {str(r["id"]) for r in rows} == {first, second}
    assert {r["sender"] for r in rows} == {ALICE}
    text = server.queue("list")
    assert "4 recipients of 2 messages" in text
    assert re.search(r"c@other\.example +1 +in \d+ (min|s) ", text)
    assert len(server.rows("--rcpt", "a@example.net")) == 2
    assert len(server.rows("--rcpt", "@example.net")) == 3
    assert len(server.rows("--domain", "other.example")) == 1
    assert len(server.rows("--sender", "@example.test")) == 4
    assert server.rows("--sender", "bob@example.test") == []
    assert server.rows("--older", "1h") == []
    shown = server.queue("show", first)
    assert "c@other.example" in shown
    assert "attempts     1" in shown
    assert len(json.loads(server.queue("show", second, "--json"))) == 1
    summary = json.loads(server.queue("--json"))
    assert (summary["recipients"], summary["messages"]) == (4, 2)
    assert summary["domains"][0] == {"domain": "example.net",
                                     "recipients": 3}
    assert "4 recipients of 2 messages, 0 held" in server.queue()


def test_changes(server):
    first = server.send("a@changes.example", "b@changes2.example")
    second = server.send("c@changes3.example")
    server.wait_rows(lambda rows: len(rows) == 3 and
                     all(r["attempts"] for r in rows))
    assert "1 recipient on hold" in server.queue("hold", second)
    held, = server.rows("--held")
    assert held["recipient"] == "c@changes3.example"
    assert held["state"] == "held"
    assert "2 recipients to be tried now" in server.queue("retry", first)
    server.wait_rows(lambda rows:
                     [r["attempts"] for r in rows] == [2, 2, 1])
    assert "1 recipient released" in server.queue("release", "--held")
    assert server.rows("--held") == []
    assert "--yes" in server.queue("drop", first, code=1)
    assert len(server.rows()) == 3
    assert "1 recipient dropped" in server.queue(
        "drop", "--domain", "changes.example", "--yes")
    assert [r["recipient"] for r in server.rows()] == [
        "b@changes2.example", "c@changes3.example"]
    assert "2 recipients dropped" in server.queue("drop", "--all", "--yes")
    assert server.rows() == []


def test_called_wrongly(server):
    assert "which?" in server.queue("retry", code=1)
    assert "either" in server.queue("retry", "1", "--all", code=1)
    assert "no number" in server.queue("hold", "x1", code=1)
    assert "--older" in server.queue("list", "--older", "soon", code=1)
    assert "--rcpt" in server.queue("list", "--rcpt", "nobody", code=1)
    assert "trace" in server.queue("show", "999999", code=1)
    server.queue("show", code=2)
    server.queue("explode", code=2)
    assert "trace 999999" in server.queue("retry", "999999", code=1)


def events(server, what, want):
    """Of the one message; the journal is written in batches."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        found = json.loads(server.command("trace", what, "--json").stdout)
        names = [e["event"] for m in found for e in m["events"]]
        if want <= set(names):
            return found
        time.sleep(0.2)
    raise AssertionError(found)


def test_trace_of_attempts(server):
    number = server.send("a@trace.example", ALICE)
    message, = events(server, number, {"received", "stored", "deferred"})
    names = [e["event"] for e in message["events"]]
    assert names[0] == "received" and names.index("queued") < names.index(
        "deferred")
    text = server.command("trace", number).stdout
    assert re.search(r"deferred +a@trace.example: 4\.4\.1 ", text)
    assert re.search(r"now +waits +a@trace.example, attempt 2 in ", text)


def test_trace(server):
    number = server.send("a@example.net", ALICE)
    message, = events(server, number, {"received", "stored", "queued"})
    assert [q["recipient"] for q in message["queue"]] == ["a@example.net"]
    text = server.command("trace", number).stdout
    assert re.search(rf"received +from <{ALICE}> by local uid", text)
    assert f"stored     in the mailbox of {ALICE}" in text
    assert re.search(r"now +waits +a@example.net, attempt ", text)
    for what in (message["message_id"], f"<{message['message_id']}>"):
        again, = events(server, what, {"queued"})
        assert again["message"] == int(number)
    server.queue("drop", number, "--yes")
    message, = events(server, number, {"dropped"})
    assert message["queue"] == []


def test_trace_of_an_address(server):
    numbers = [server.send("only@example.net", "b@example.net")
               for _ in range(3)]
    events(server, numbers[-1], {"queued"})
    found = json.loads(server.command("trace", "only@example.net",
                                      "--json").stdout)
    assert [str(m["message"]) for m in found] == numbers
    assert {e["address"] for e in found[0]["events"]} == {
        "", "only@example.net"}
    done = server.command("trace", "nobody@nowhere.test", check=False)
    assert done.returncode == 1 and "--days" in done.stderr
    assert server.command("trace", check=False).returncode == 2


def test_trace_of_an_alias(server):
    """What became of it at the address it leads to belongs to it."""
    server.command("alias", "add", "team@example.test", ALICE,
                   "far@example.net")
    number = server.send("team@example.test", "b@example.net")
    events(server, number, {"forwarded", "stored"})
    message, = json.loads(server.command("trace", "team@example.test",
                                         "--json").stdout)
    assert {(e["event"], e["address"]) for e in message["events"]} >= {
        ("received", ""), ("forwarded", ALICE), ("stored", ALICE),
        ("forwarded", "far@example.net"), ("queued", "far@example.net")}
    assert "b@example.net" not in {e["address"] for e in message["events"]}
    assert [q["recipient"] for q in message["queue"]] == ["far@example.net"]
    text = server.command("trace", "team@example.test").stdout
    assert f"events of other recipients: postern trace {number}" in text


def test_a_long_queue(server):
    """More recipients than a page has rows."""
    for i in range(4):
        server.send(*[f"u{i}-{n}@example.net" for n in range(900)])
    assert len(server.rows()) == 3600
    text = server.queue("list")
    assert "3600 recipients of 4 messages" in text
    assert text.count("example.net") >= 3600
    assert "3600 recipients on hold" in server.queue("hold", "--all")
    assert "3600 recipients dropped" in server.queue("drop", "--held",
                                                     "--yes")
