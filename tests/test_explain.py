"""Why a message went where it went, and that what `postern explain` tells people
to type does change it."""

import json
import shlex
import subprocess
import time

import pytest
from lib.server import BUILD
from test_judge import found
from test_policy import FromOutside, SENDER, folder, send, world  # noqa: F401

HOST = "198.51.100.7"
NEW = "203.0.113.8"     # nothing was taken from there


def explain(server, what, code=0):
    said = server.command("explain", what, "--json", check=False)
    assert said.returncode == code, said.stderr
    return json.loads(said.stdout)[-1] if code == 0 else said.stderr


def found_of(explained):
    """what: found."""
    return {f["what"]: f["found"] for f in explained["findings"]}


def says(explained, what):
    return next(f["says"] for f in explained["findings"]
                if f["what"] == what)


def typed(server, explained, does):
    """Type the command that does this; returns how to undo it."""
    command, = [c["command"] for c in explained["change"]
                if does in c["does"]]
    name, *args = shlex.split(command)
    assert name == "postern"
    server.command(*args)
    other = {"add": "remove", "remove": "add"}[args[1]]
    return lambda: server.command(args[0], other, *args[2:3])


def test_refused_by_a_rule(world):
    server = world.plain
    server.command("block", "add", "unproven.test")
    assert send(server, HOST, "ruled")[0] == 550
    why = explain(server, SENDER)
    assert found_of(why)["rule"] == "block"
    assert says(why, "rule") == "the operator refuses it: unproven.test"
    assert found_of(why)["refused"] == "550"
    assert "verdict" not in says(why, "refused")
    typed(server, why, "takes that rule away")
    assert send(server, HOST, "unruled")[0] == 250


def test_refused_by_dmarc(world):
    server = world.plain
    assert send(server, NEW, "forged", "a@strict.test")[0] == 550
    why = explain(server, "a@strict.test")
    assert found_of(why) == {"came": "", "dmarc": "fail", "spf": "fail",
                             "dkim": "none", "iprev": "permerror",
                             "score": "4.5",
                             "unproven": "1.0", "spf-fail": "1.5",
                             "dmarc-fail": "2.0", "refused": "550"}
    assert says(why, "dkim") == "nobody has signed it"
    # A name that nothing proves is no way in, so none is offered.
    assert [c["command"] for c in why["change"]] == [
        f"postern allow add {NEW}"]
    undo = typed(server, why, "this host hands in")
    assert send(server, NEW, "let in", "a@strict.test")[0] == 250
    undo()


def test_into_junk_by_a_rule(world):
    server = world.plain
    server.command("block", "add", "--junk", "dull.test")
    assert send(server, HOST, "dull", "a@dull.test")[0] == 250
    why = explain(server, "a@dull.test")
    assert found_of(why)["rule"] == "junk" and "junk" in found_of(why)
    typed(server, why, "takes that rule away")
    send(server, HOST, "bright", "a@dull.test")
    assert folder(server, "bright") == "INBOX"


@pytest.mark.parametrize("does, result", [
    ("into Junk", "Junk"), ("refuses mail", None)])
def test_unwelcome(world, does, result):
    server = world.plain
    sender = f"{str(result).lower()}@unwelcome.test"
    send(server, HOST, f"first {result}", sender)
    why = explain(server, sender)
    assert found_of(why)["stored"] == ""
    undo = typed(server, why, does)
    send(server, HOST, f"second {result}", sender)
    assert folder(server, f"second {result}") == result
    undo()


def test_let_in_by_a_rule(world):
    server = world.plain
    server.command("allow", "add", "203.0.113.64/26")
    send(server, "203.0.113.65", "ruled in", "a@strict.test")
    why = explain(server, "a@strict.test")
    assert says(why, "rule").endswith(": 203.0.113.64/26")
    typed(server, why, "takes that rule away")
    assert send(server, "203.0.113.65", "x", "a@strict.test")[0] == 550


def test_sent_away(world):
    server = world.unknown
    assert send(server, HOST, "greylisted", "a@grey.test")[0] == 451
    why = explain(server, "a@grey.test")
    assert found_of(why)["greylist"] == "wait"
    undo = typed(server, why, "this host hands in")
    assert send(server, HOST, "at once", "a@grey.test")[0] == 250
    undo()


def test_on_a_list(world):
    server = world.asking
    assert send(server, HOST, "listed", "a@proven.test")[0] == 550
    why = explain(server, "a@proven.test")
    assert found_of(why)["list"] == "refuse"
    assert "bad.list.test" in says(why, "list")
    assert {c["command"] for c in why["change"]} == {
        f"postern allow add {HOST}", "postern allow add a@proven.test"}


def test_nobody_of_that_name(world):
    server = world.plain
    with FromOutside(server, HOST) as smtp:
        smtp.ehlo()
        smtp.mail("x@unwelcome.test")
        assert smtp.rcpt("ghost@c.test")[0] == 550
    why = explain(server, "ghost@c.test")
    assert [c["command"] for c in why["change"]] == [
        "postern account add ghost@c.test",
        "postern alias add ghost@c.test PERSON"]


def test_handed_in_and_sent(world):
    server = world.plain
    world.send(server, "alice", ["x@there.test", "bob@c.test"], "out")
    world.there.wait(1)
    _, m = found(server, "out")
    why = explain(server, m["Message-ID"])
    assert "logged in" in says(why, "came")
    assert "dmarc" not in found_of(why)     # a login proves more
    assert found_of(why)["delivered"] == "250"
    assert not why["change"]


def test_names_that_are_no_names(world):
    """What somebody wrote into MAIL is never part of a line to type."""
    server = world.plain
    sender = '"$(reboot)`x`"@unwelcome.test'
    send(server, HOST, "shell", sender, author="a@unwelcome.test")
    why = explain(server, sender)
    assert not [c for c in why["change"] if "reboot" in c["command"]]
    text = server.command("explain", sender).stdout
    assert "\n  postern block" not in text


def test_for_people(world):
    server = world.plain
    send(server, HOST, "read", "reader@unwelcome.test")
    text = server.command("explain", "reader@unwelcome.test").stdout
    assert text.startswith("message ")
    for line in ("  came      ", "  spf       none      the domain in MAIL "
                 "FROM does not say", "To have it otherwise next time:\n  "
                 "postern block add reader@unwelcome.test --junk\n      "
                 "puts mail of this sender into Junk\n"):
        assert line in text, text
    assert "nothing of nobody@x.test" in explain(server, "nobody@x.test", 1)


# ---- postern check -------------------------------------------------------

TEXT = ("From: {author}\r\nSubject: checked\r\n\r\nA few words.\r\n")


def run_check(server, text, *args):
    """As the server is configured; the text by standard input."""
    return subprocess.run(
        [str(BUILD / "postern"), "check", "-", *args, "--config",
         str(server.conf)], input=text, capture_output=True, text=True,
        timeout=120)


def check(server, author, peer=HOST):
    """Its status, and what it says."""
    done = run_check(server, TEXT.format(author=author), "--peer", peer,
                     "--from", author, "--to", f"bob@{server.domain}",
                     "--json")
    assert done.returncode in (0, 1), done.stderr
    return done.returncode, json.loads(done.stdout)


def test_check_says_what_port_25_does(world):
    """Of each: the same answer, and the same verdict."""
    server = world.plain
    server.command("block", "add", "junk.test", "--junk")
    for author in ("a@strict.test", "news@unproven.test", "a@junk.test",
                   "news@proven.test"):
        status, said = check(server, author)
        code = send(server, HOST, f"really {author}", author)[0]
        assert (status, said["code"] or 250) == (code != 250, code)
        why = explain(server, author)
        words = {f["what"]: f["found"] for f in why["findings"]}
        would = {f["what"]: f["found"] for f in said["why"][0]["findings"]}
        for what in ("dmarc", "spf", "dkim", "rule", "score"):
            assert words.get(what) == would.get(what), (author, what)
    server.command("block", "remove", "junk.test")


def test_check_remembers_nothing(world):
    """Whoever was only checked waits as before, and nobody got anything."""
    server = world.unproven
    for _ in range(2):
        status, said = check(server, "news@unproven.test",
                             peer="203.0.113.77")
        assert (status, said["code"]) == (1, 451)
        time.sleep(6.5)  # greylist-delay
    assert "checked" not in server.command("trace", "news@unproven.test",
                                           check=False).stdout


def test_check_reads_plain_lines_and_standard_input(world):
    done = run_check(world.plain, TEXT.format(author="news@proven.test")
                     .replace("\r\n", "\n"), "--peer", HOST, "--from",
                     "news@proven.test")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("It would be taken\n")
    assert "X-Postern-Verdict: " in done.stdout
