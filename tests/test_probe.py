"""postern probe: a delivery up to RCPT, each step of it shown."""

import json
import re
import signal
import subprocess
import time

import pytest
import test_dane
from lib import nexthop
from lib.server import BUILD
from lib.world import World


@pytest.fixture
def world():
    with World() as w:
        yield w


def probe(server, *args, code=0):
    """All steps, and the result behind them."""
    done = server.command("probe", "--json", *args, check=False)
    assert done.returncode == code, done
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return lines[:-1], lines[-1]


def told(steps, step):
    return [s["text"] for s in steps if s["step"] == step]


def test_another_postern(world):
    here, there = world.postern("here.test"), world.postern("there.test")
    world.start()
    steps, end = probe(here, "bob@there.test", "--from", "alice@here.test")
    assert end == {"result": "taken", "failed": "", "code": 0, "text": "",
                   "advice": ""}
    assert told(steps, "route") == [
        f"by the MX of there.test, port {world.port}"]
    assert told(steps, "DNS") == [
        f"MX 10 mail.there.test [{there.ip}], proven by DNSSEC"]
    assert "DANE: no TLSA records that are proven" in told(steps, "policy")
    assert "so it has to be: TLS if offered" in told(steps, "policy")
    assert told(steps, "connect") == [
        f"to mail.there.test [{there.ip}] port {world.port} from any address",
        "somebody is there"]
    assert told(steps, "greeting")[0].startswith("220 mail.there.test")
    assert "250 STARTTLS" in told(steps, "EHLO")
    assert told(steps, "STARTTLS")[0].startswith("220 ")
    tls = told(steps, "TLS")
    assert tls[0].startswith("TLSv1.3, TLS_")
    assert re.match(r"its certificate: of .*mail\.there\.test.*, issued by "
                    r"itself, good until 20\d\d-\d\d-\d\d, key [0-9a-f]{64}$",
                    tls[1])
    assert "nobody asks for that" in tls[2]
    assert told(steps, "MAIL")[0] == "from <alice@here.test>"
    assert told(steps, "MAIL")[1].startswith("250 ")
    assert told(steps, "RCPT")[1].startswith("250 ")
    assert told(steps, "RSET")[0].startswith("250 ")
    assert told(steps, "QUIT")[0].startswith("221 ")
    assert [s["ms"] for s in steps] == sorted(s["ms"] for s in steps)
    # Nothing was sent, and nothing waits.
    assert not there.inbox("bob") and not here.queued()
    steps, end = probe(here, "nobody@there.test", code=1)
    assert (end["result"], end["failed"], end["code"]) == ("never", "RCPT",
                                                           550)
    assert "come back to its sender" in end["advice"]
    # Of a domain the postmaster, and by nobody.
    done = here.command("probe", "there.test")
    assert "RCPT      to <postmaster@there.test>" in done.stdout
    assert "MAIL      from <>" in done.stdout
    assert done.stdout.endswith("It would be taken.\n")


def test_hosts_one_after_the_other(world):
    here = world.postern("here.test")
    first, second = world.sink(), world.sink()
    first.behaviour.rcpt = {"bob": "451 4.7.1 not now"}
    world.record("many MX 10 gone.many")
    world.record("many MX 20 first.many")
    world.record("many MX 30 second.many")
    world.record(f"gone.many A {world.address()}")
    world.record(f"first.many A {first.address}")
    world.record(f"second.many A {second.address}")
    world.start()
    steps, end = probe(here, "alice@many.test")
    assert end["result"] == "taken"
    assert len(told(steps, "DNS")) == 3
    assert any("refused" in t for t in told(steps, "host"))
    assert len(told(steps, "greeting")) == 1
    # "later" sends it on to the next.
    steps, end = probe(here, "bob@many.test")
    assert end["result"] == "taken" and len(told(steps, "greeting")) == 2
    assert "451 4.7.1 not now" in told(steps, "RCPT")
    steps, end = probe(here, "alice@many.test", "--all")
    assert end["result"] == "taken" and len(told(steps, "greeting")) == 2
    assert not first.messages and not second.messages
    assert not any(line.startswith(("DATA", "BDAT")) for line in
                   first.log + second.log)


def test_what_goes_wrong(world):
    here, sink = world.postern("here.test"), world.sink("there.test")
    world.record("null MX 0 .")
    world.record(f"dead MX 10 dead\ndead A {world.address()}")
    here.more = 'route "no.test" { refuse = "we do not speak" }\n'
    world.start()
    cases = [("nowhere.test", "DNS", "never", "postern mx"),
             ("a@null.test", "DNS", "never", "postern mx"),
             ("a@no.test", "route", "never", "postern.conf"),
             ("a@dead.test", "host", "later", "port 25")]
    for whom, failed, result, advice in cases:
        _, end = probe(here, whom, code=1)
        assert (end["failed"], end["result"]) == (failed, result), end
        assert advice in end["advice"]
    # It offers no TLS, which is demanded.
    _, end = probe(here, "a@there.test", "--tls", "required", code=1)
    assert end["result"] != "taken" and end["failed"] in ("session", "host")
    assert "TLS" in end["text"]
    assert probe(here, "a@there.test", "--tls", "optional")[1][
        "result"] == "taken"
    done = here.command("probe", "a@dead.test", check=False)
    assert "It would wait, at host:" in done.stdout
    assert "What to do: nobody is there" in done.stdout
    assert not sink.messages


def test_what_was_down_is_asked(world):
    """Neither is what was remembered in the way, nor is it made worse; who
    answers is forgotten as one that was down."""
    here = world.postern("here.test", queue="retry-min = 1h")
    there = world.sink("there.test")
    world.record("also MX 10 mail.there\nthird MX 10 mail.there")
    world.start()
    there.stop()
    _, result = probe(here, "bob@there.test", code=1)
    assert "refused" in result["text"]
    # That keeps no mail from trying it.
    world.send(here, "alice", ["bob@there.test"])
    said = attempt(here, "bob@there.test")
    assert "refused" in said and "so soon" not in said
    world.send(here, "alice", ["bob@also.test"])
    assert "not tried again so soon" in attempt(here, "bob@also.test")
    steps, result = probe(here, "bob@there.test", code=1)
    assert "not tried again" not in result["text"]
    assert any("refused" in t for t in told(steps, "host"))
    there.start()
    assert probe(here, "bob@there.test")[1]["result"] == "taken"
    # By a domain of which nothing is known yet, and without a retry.
    world.send(here, "alice", ["carol@third.test"])
    there.wait(1)


def attempt(server, recipient):
    """What came of its first one."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        for row in server.queued():
            if row["attempts"] and recipient in json.dumps(row):
                return json.dumps(row)
        time.sleep(0.1)
    raise AssertionError(server.queued())


def test_two_at_a_time_and_an_end(world):
    here = world.postern("here.test")
    slow = world.sink("slow.test", slow=2)
    world.start()
    command = [str(BUILD / "postern"), "probe", "a@slow.test", "--data",
               str(here.data)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE)
               for _ in range(2)]
    for one in running:
        assert one.stdout.readline().split()[2] == b"route"
    done = here.command("probe", "a@slow.test", check=False)
    assert done.returncode == 1 and "try again" in done.stderr
    # Who goes away ends it.
    for one in running:
        one.send_signal(signal.SIGINT)
        one.wait()
    end = time.monotonic() + 10
    while time.monotonic() < end:
        one = subprocess.Popen(command, stdout=subprocess.PIPE)
        line = one.stdout.readline()
        one.kill()
        one.wait()
        if line:
            break
    assert line.split()[2] == b"route"
    assert not slow.messages


def test_called_wrongly(world):
    here = world.postern("here.test")
    world.start()
    for words, code in ((("a@b@",), 1), (("--tls", "much", "a@b.test"), 1),
                        ((), 2), (("a@b.test", "c@d.test"), 2)):
        assert here.command("probe", *words, check=False).returncode == code
    # Nobody but the operator has that socket.
    socket = here.data / "control-relay"
    assert socket.is_socket() and socket.stat().st_mode & 0o777 == 0o600


def test_keys_and_policies(world):
    """A published key is what is shown, or nobody is spoken with."""
    here, right = world.postern("here.test"), world.sink("right.test")
    wrong = world.sink("wrong.test")
    chain, key = world.certificate("somebody.else")
    for sink, label, record in (
            (right, "right", "3 1 1 " + test_dane.sha256(
                test_dane.of_key(chain))), (wrong, "wrong", test_dane.WRONG)):
        sink.behaviour.tls = test_dane.context(chain, key)
        test_dane.publish(world, label, record)
    world.start()
    steps, end = probe(here, "a@right.test")
    assert end["result"] == "taken"
    assert "DANE: 1 TLSA records" in told(steps, "policy")
    assert "so it has to be: DANE" in told(steps, "policy")
    assert "it is proven to be the host, by DANE" in told(steps, "TLS")
    assert told(steps, "TLS")[1].startswith(
        "its certificate: of somebody.else, issued by itself")
    steps, end = probe(here, "a@wrong.test", code=1)
    assert (end["result"], end["failed"], end["code"]) == ("later", "session",
                                                           0)
    assert "has to be safe" in end["advice"]
    assert not told(steps, "MAIL") and len(wrong.messages) == 0


@pytest.mark.skipif(nexthop.available() is not None,
                    reason=str(nexthop.available()))
def test_postfix(world):
    here, address = world.postern("here.test"), world.address()
    world.record(f"there MX 10 mail.there\nmail.there A {address}")
    world.start()
    hop = nexthop.NextHop("postfix", world.folder / "hop", address,
                          world.port, "there.test")
    with hop:
        steps, end = probe(here, "bob@there.test", "--from", "a@here.test")
        assert end["result"] == "taken", hop.log()
        assert "250 PIPELINING" in told(steps, "EHLO")
        assert any(t.startswith("TLSv1.3") for t in told(steps, "TLS"))
        steps, end = probe(here, "nobody@there.test", code=1)
        assert end["result"] == "never" and end["code"] // 100 == 5
        assert told(steps, "RSET")[0].startswith("250 ")
        assert not hop.mail()
