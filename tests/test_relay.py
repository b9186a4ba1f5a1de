"""Mail for other domains leaves, waits, is tried again, arrives once, or comes
back: Postern against next hops that behave in every way they can."""

import email
import email.policy
import hashlib
import smtplib
import subprocess
import time

import pytest
from lib.world import World, text


def eventually(look, seconds=30):
    """What look() returns, once it is true."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found or time.monotonic() > end:
            return found
        time.sleep(0.1)


def reports(server, person="alice", n=1, seconds=30):
    """The delivery reports in the person's INBOX, when there are n."""
    def look():
        found = [m for m in (email.message_from_bytes(
            octets, policy=email.policy.default)
            for octets in server.inbox(person))
            if m.get_content_type() == "multipart/report"]
        return found if len(found) >= n else None
    found = eventually(look, seconds)
    assert found, "no report came\n" + server.tail()
    return found


def outcome(report):
    """{final recipient: (action, status)} of a report."""
    found = {}
    for part in report.get_payload()[1].get_payload()[1:]:
        found[part["Final-Recipient"].split(";")[1].strip()] = (
            part["Action"], part["Status"])
    return found


def empty(server, seconds=20):
    """Does the queue get empty?"""
    return eventually(lambda: not server.queued(), seconds)


@pytest.fixture
def world():
    with World() as w:
        yield w


def pair(world, sender=None, **behaviour):
    """Our server, and a next hop for there.test."""
    here = world.postern("here.test", **(sender or {}))
    there = world.sink("there.test", **behaviour)
    world.start()
    return here, there


# ---- delivered ----------------------------------------------------------

def test_two_posterns(world):
    here, there = world.postern("here.test"), world.postern("there.test")
    world.start()
    world.send(here, "alice", ["bob@there.test"], "over there")
    world.send(there, "bob", ["alice@here.test"], "and back")
    assert eventually(lambda: there.inbox("bob"))
    assert eventually(lambda: here.inbox("alice"))
    message = there.inbox("bob")[0].decode()
    assert "Subject: over there" in message
    assert message.startswith("Return-Path: <alice@here.test>")
    # TLS by STARTTLS, though nobody can verify the certificate.
    assert "with ESMTPS" in message
    assert empty(here) and empty(there)


def test_octets_arrive_as_they_were(world):
    here, there = pair(world)
    body = ".\r\n..two\r\n.dot\r\nä ö\r\nlong " + "x" * 900 + "\r\n\r\n\r\n"
    world.send(here, "alice", ["bob@there.test"], body=body)
    taken = there.wait(1)[0]
    assert taken.sender == "alice@here.test"
    assert taken.text.endswith(body.encode())
    assert "BODY=8BITMIME" in taken.mail and "SIZE=" in taken.mail


def test_many_recipients_one_transaction(world):
    here, there = pair(world)
    people = [f"p{i}@there.test" for i in range(250)]
    world.send(here, "alice", people)
    eventually(lambda: sum(len(m.recipients) for m in there.messages) == 250)
    got = sorted(r for m in there.messages for r in m.recipients)
    assert got == sorted(people)
    assert len(there.messages) <= 5
    assert empty(here)


def test_connection_is_used_again(world):
    here, there = pair(world)
    for i in range(30):
        world.send(here, "alice", ["bob@there.test"], f"number {i}")
    there.wait(30)
    assert there.sessions < 15, there.sessions
    assert empty(here)


def test_signed(world):
    import dkim
    here, there = pair(world)
    world.send(here, "alice", ["bob@there.test"], "signed")
    octets = there.wait(1)[0].text
    keys = dict(r for r in dkim_records(here))
    n = octets.lower().count(b"dkim-signature:")
    assert n == 2, octets[:2000]
    for i in range(n):
        assert dkim.DKIM(octets).verify(
            idx=i, dnsfunc=lambda name, timeout=5: keys.get(
                name.decode().rstrip(".")))


def dkim_records(server):
    import json
    rows = json.loads(server.command("domain", "dns", server.domain,
                                     "--json").stdout)
    for row in rows:
        if "_domainkey" in row["name"]:
            name = row["name"].rstrip(".")
            if not name.endswith(server.domain):
                name += "." + server.domain
            value = row["value"].replace('" "', "").strip('"')
            yield name, value.encode()


def key_of(world, name):
    """What `pin` wants of the certificate that world.tls(name) shows."""
    chain = world.folder / f"{name}.30.pem"
    key = subprocess.run(["openssl", "x509", "-in", str(chain), "-noout",
                          "-pubkey"], check=True, capture_output=True).stdout
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "der"],
                         input=key, check=True, capture_output=True).stdout
    return hashlib.sha256(der).hexdigest()


@pytest.mark.parametrize("way", ["tls = verify", "tls = first", ""])
def test_password_for_a_verified_host_only(world, way):
    """A certificate with the right name that nobody vouches for: no password.
    RFC 4954 9, RFC 7817 4"""
    here, smart = world.postern("here.test"), world.sink()
    world.record(f"smart A {smart.address}")
    smart.behaviour.tls = world.tls("smart.test")
    smart.behaviour.tls_first = "first" in way
    smart.behaviour.login = ("me", "secret")
    here.more = (f'route "*" {{ host = "smart.test" port = {world.port} {way} '
                 'private = true user = me password = secret }')
    world.start()
    world.send(here, "alice", ["bob@there.example"])
    row = eventually(lambda: [r for r in here.queued() if r["attempts"]])[0]
    assert "certificate" in row["reply"] and row["status"] == "4.7.5"
    assert not smart.messages and not any("AUTH" in line for line in smart.log)


@pytest.mark.parametrize("tls", ["must", "verify", "first"])
def test_password_for_a_pinned_key(world, tls):
    """Another key: the reason names it, and nothing is said but EHLO. The
    right one: whatever the certificate says otherwise."""
    here, smart = world.postern("here.test"), world.sink()
    world.record(f"smart A {smart.address}")
    smart.behaviour.tls = world.tls("somebody.else")
    smart.behaviour.tls_first = tls == "first"
    smart.behaviour.login = ("me", "secret")
    key = key_of(world, "somebody.else")
    route = (f'route "*" {{ host = "smart.test" port = {world.port} '
             f'tls = {tls} pin = "PIN" private = true '
             'user = me password = secret }')
    here.more = route.replace("PIN", "0" * 64)
    world.start()
    world.send(here, "alice", ["bob@there.example"])
    row = eventually(lambda: [r for r in here.queued() if r["attempts"]])[0]
    assert f"another key than the pinned one: {key}" in row["reply"]
    assert row["status"] == "4.7.5"
    assert not smart.messages and not any("AUTH" in line for line in smart.log)
    here.more = route.replace("PIN", "0" * 64 + "  " + key.upper())
    here.configure()
    here.command("reload")
    assert smart.wait(1)[0].auth == ("me", "secret")
    assert empty(here)


def test_route_to_smart_host(world):
    here = world.postern("here.test", more="")
    smart = world.sink()
    world.record(f"smart A {smart.address}")
    smart.behaviour.tls = world.tls("smart.test")
    smart.behaviour.login = ("me", "secret")
    here.more = (f'route "*" {{ host = "smart.test" port = {world.port} '
                 f'tls = must pin = "{key_of(world, "smart.test")}" '
                 'private = true user = me password = secret }')
    world.start()
    world.send(here, "alice", ["a@one.example", "b@two.example"])
    eventually(lambda: sum(len(m.recipients) for m in smart.messages) == 2)
    assert all(m.auth == ("me", "secret") and m.tls for m in smart.messages)
    assert empty(here)


def test_routes_fallback_and_reload(world):
    here = world.postern("here.test")
    first, second = world.sink(), world.sink()
    route = ('route "x.example" {{ host = "[{}]" port = {} private = true '
             'fallback = "[{}]" fallback-port = {} }}')
    here.more = route.format(world.address(), world.port, first.address,
                             world.port)
    world.start()
    world.send(here, "alice", ["a@x.example"], "by the fallback")
    first.wait(1)
    here.more = route.format(second.address, world.port, first.address,
                             world.port)
    here.configure()
    import os
    import signal
    os.kill(here.process.pid, signal.SIGHUP)
    time.sleep(1)
    world.send(here, "alice", ["a@x.example"], "by the new route")
    second.wait(1)
    assert len(first.messages) == 1


# ---- order and choice of hosts -------------------------------------------

def test_order_of_hosts(world):
    here = world.postern("here.test")
    best, other = world.sink(), world.sink()
    world.record("multi MX 10 first.multi")
    world.record("multi MX 20 second.multi")
    world.record(f"first.multi A {best.address}")
    world.record(f"second.multi A {other.address}")
    world.start()
    world.send(here, "alice", ["bob@multi.test"], "to the best")
    best.wait(1)
    best.stop()
    world.send(here, "alice", ["bob@multi.test"], "to the other")
    other.wait(1)
    assert len(best.messages) == 1


def test_equal_hosts_share(world):
    here = world.postern("here.test")
    sinks = [world.sink(messages_a_session=1) for _ in range(3)]
    for i, sink in enumerate(sinks):
        world.record(f"equal MX 10 m{i}.equal")
        world.record(f"m{i}.equal A {sink.address}")
    world.start()
    for i in range(30):
        world.send(here, "alice", ["bob@equal.test"], f"number {i}")
    assert eventually(lambda: sum(len(s.messages) for s in sinks) == 30)
    assert all(s.messages for s in sinks), [len(s.messages) for s in sinks]


def test_no_mx_but_an_address(world):
    here = world.postern("here.test")
    sink = world.sink()
    world.record(f"plain A {sink.address}")
    world.start()
    world.send(here, "alice", ["bob@plain.test"])
    sink.wait(1)


def test_twenty_mx_of_which_one_lives(world):
    here = world.postern("here.test")
    sink = world.sink()
    for i in range(19):
        world.record(f"twenty MX {i} dead{i}.twenty")
        world.record(f"dead{i}.twenty A {world.address()}")
    world.record("twenty MX 30 live.twenty")
    world.record(f"live.twenty A {sink.address}")
    world.start()
    world.send(here, "alice", ["bob@twenty.test"])
    sink.wait(1)


# ---- comes back -----------------------------------------------------------

@pytest.mark.parametrize("record, status", [
    ("null MX 0 .", "5.1.10"),
    ("null TXT nothing", "5.1.2"),
    ("null MX 10 mail.here", "5.4.6"),
    ("other A 192.0.2.1", "5.1.2"),
    ("null MX 10 nowhere.null", "5.4.4"),
])
def test_no_host_to_be_had(world, record, status):
    here = world.postern("here.test")
    world.record(record)
    world.start()
    world.send(here, "alice", ["bob@null.test"])
    report = reports(here)[0]
    action, got = outcome(report)["bob@null.test"]
    assert action == "failed"
    # No such name, and a name without addresses, are both "no host".
    assert got == status or (got, status) in (
        ("5.4.4", "5.1.2"), ("5.1.2", "5.4.4")), report.as_string()
    assert empty(here)


def test_private_addresses_are_not_dialled(world):
    here, there = pair(world, sender={"relay": ""})
    world.send(here, "alice", ["bob@there.test"])
    report = reports(here)[0]
    assert outcome(report)["bob@there.test"][0] == "failed"
    assert "private" in report.as_string()
    assert there.sessions == 0


def test_unknown_user(world):
    here, there = pair(world, rcpt={"nobody": "550 5.1.1 No such person"})
    world.send(here, "alice", ["nobody@there.test"], "are you there")
    report = reports(here)[0]
    assert outcome(report)["nobody@there.test"] == ("failed", "5.1.1")
    whole = report.as_string()
    assert "No such person" in whole and "are you there" in whole
    assert report["Auto-Submitted"].startswith("auto-")
    assert here.inbox("alice")[0].startswith(b"Return-Path: <>")
    assert empty(here)


def test_mixed_answers(world):
    here, there = pair(world, rcpt={
        "no": "550 5.1.1 no", "full": "452 4.2.2 full", "later": [
            "451 4.7.1 greylisted", "250 ok"]})
    world.send(here, "alice", [f"{who}@there.test"
                               for who in ("yes", "no", "full", "later")])
    assert eventually(lambda: {r for m in there.messages
                               for r in m.recipients} ==
                      {"yes@there.test", "later@there.test"})
    report = reports(here)[0]
    assert outcome(report) == {"no@there.test": ("failed", "5.1.1")}
    waiting = here.queued()
    assert [row["recipient"] for row in waiting] == ["full@there.test"]
    assert sorted(r for m in there.messages for r in m.recipients) == [
        "later@there.test", "yes@there.test"]


def test_too_big(world):
    here, there = pair(world, ehlo=("PIPELINING", "SIZE 1000", "8BITMIME"))
    world.send(here, "alice", ["bob@there.test"], body="x" * 2000 + "\r\n")
    assert outcome(reports(here)[0])["bob@there.test"] == ("failed", "5.3.4")
    assert not there.messages


def test_too_big_said_at_the_end(world):
    here, there = pair(world, end="552 5.3.4 too big for us")
    world.send(here, "alice", ["bob@there.test"])
    assert outcome(reports(here)[0])["bob@there.test"] == ("failed", "5.3.4")


def test_eight_bits_are_not_forced_on_anybody(world):
    """test_eight_bits.py has what is converted."""
    here, there = pair(world, ehlo=("PIPELINING",))
    world.send(here, "alice", ["bob@there.test"], more="X-Odd: ä\r\n")
    assert outcome(reports(here)[0])["bob@there.test"] == ("failed", "5.6.3")
    world.send(here, "alice", ["bob@there.test"], body="ä\r\n")
    assert there.wait(1)[0].text.isascii()


def test_old_server_with_helo_only(world):
    here, there = pair(world, helo_only=True)
    world.send(here, "alice", ["bob@there.test"], body="a\r\n")
    there.wait(1)


def test_give_up(world):
    here = world.postern("here.test", queue="retry-min = 1s retry-max = 1s "
                         "give-up = 5s delay-notice = 2s")
    world.record(f"down MX 10 mail.down\nmail.down A {world.address()}")
    world.start()
    world.send(here, "alice", ["bob@down.test"])
    found = reports(here, n=2, seconds=40)
    actions = [outcome(r)["bob@down.test"] for r in found]
    assert actions[0][0] == "delayed" and actions[0][1][0] == "4"
    assert actions[1][0] == "failed", actions
    assert "refused" in found[1].as_string()
    assert empty(here)


def test_never_a_bounce_for_a_bounce(world):
    """A report that nobody takes ends; and NOTIFY=NEVER is never reported."""
    here, there = pair(world, rcpt={"nobody": "550 5.1.1 no"})
    world.send(here, "alice", ["nobody@there.test"],
               rcpt_options=["NOTIFY=NEVER"])
    assert eventually(lambda: any("nobody" in line for line in there.log))
    assert empty(here)
    time.sleep(1)
    assert not here.inbox("alice")


def test_what_notify_ret_and_envid_ask_for(world):
    here, there = pair(world, ehlo=("PIPELINING", "8BITMIME"),
                       rcpt={"nobody": "550 5.1.1 no"})
    world.send(here, "alice", ["bob@there.test"], "a receipt please",
               options=["RET=FULL", "ENVID=QQ+2B314"],
               rcpt_options=["NOTIFY=SUCCESS,FAILURE",
                             "ORCPT=rfc822;robert+2B@there.test"])
    report = reports(here)[0]
    assert outcome(report)["bob@there.test"][0] == "relayed"
    whole = report.as_string()
    assert "QQ+314" in whole and "robert+@there.test" in whole
    # Nothing failed: the header is enough. RFC 3461 4.3
    assert report.get_payload()[2].get_content_type() == \
        "text/rfc822-headers"
    world.send(here, "alice", ["nobody@there.test"], "all of it please",
               body="the whole text\r\n", options=["RET=FULL"])
    whole = reports(here, n=2)[1].get_payload()[2]
    assert whole.get_content_type() == "message/rfc822"
    assert "the whole text" in whole.as_string()


def test_notify_goes_on_to_those_who_know_it(world):
    here, there = pair(world)
    world.send(here, "alice", ["bob@there.test"],
               options=["RET=HDRS", "ENVID=abc"],
               rcpt_options=["NOTIFY=SUCCESS"])
    taken = there.wait(1)[0]
    assert "RET=HDRS" in taken.mail and "ENVID=abc" in taken.mail
    assert "NOTIFY=SUCCESS" in taken.rcpts[0]
    assert empty(here)
    assert not here.inbox("alice")


def test_delivered_here_reported_when_asked(world):
    here, there = pair(world)
    world.send(here, "alice", ["bob@here.test"],
               rcpt_options=["NOTIFY=SUCCESS"])
    assert outcome(reports(here)[0])["bob@here.test"][0] == "delivered"


# ---- trouble on the way -----------------------------------------------------

def test_down_and_up_again(world):
    here, there = pair(world)
    there.stop()
    for i in range(5):
        world.send(here, "alice", ["bob@there.test"], f"number {i}")
    eventually(lambda: all(row["attempts"] > 0 for row in here.queued()))
    assert len(here.queued()) == 5
    there.start()
    there.wait(5)
    assert empty(here)
    assert sorted(m.header("Subject") for m in there.messages) == [
        f"number {i}" for i in range(5)]


def test_dead_host_delays_nobody(world):
    """Mail for a host that swallows packets, and for one that works."""
    here, there = pair(world)
    world.send(here, "alice", [f"x@dead{i}.test" for i in range(5)])
    started = time.monotonic()
    world.send(here, "alice", ["bob@there.test"])
    there.wait(1, 10)
    assert time.monotonic() - started < 5


def test_421_in_the_middle(world):
    here, there = pair(world, messages_a_session=2)
    for i in range(9):
        world.send(here, "alice", ["bob@there.test"], f"number {i}")
    there.wait(9, 60)
    assert empty(here)
    assert len({m.header("Subject") for m in there.messages}) == 9


def test_every_octet_cut(world):
    """Each session is cut some octets later than the one before."""
    here, there = pair(world, sender={"queue": "retry-min = 1s retry-max = 1s"},
                       ehlo=("PIPELINING", "8BITMIME"))
    made = there._serve

    def serve(sock, number):
        import copy
        there.behaviour = copy.copy(there.behaviour)
        there.behaviour.cut_after = 3 * number if number < 64 else None
        made(sock, number)
    there._serve = serve
    for i in range(40):
        world.send(here, "alice", ["bob@there.test"], f"number {i}",
                   body="short\r\n")
    deadline = time.monotonic() + 200
    while time.monotonic() < deadline and here.queued():
        here.command("queue", "retry", "--all")
        time.sleep(0.3)
    assert not here.queued(), here.tail()
    subjects = [m.header("Subject") for m in there.messages]
    assert len(set(subjects)) == 40
    twice = len(subjects) - 40
    print(f"{there.sessions} sessions, {twice} messages came twice: their "
          "250 was cut")
    # The final 250 is some 20 octets of the dialogue.
    assert twice <= 40


def test_cut_after_the_final_dot(world):
    here, there = pair(world, cut_at_end=True)
    world.send(here, "alice", ["bob@there.test"])
    row = eventually(lambda: [r for r in here.queued() if r["attempts"]])[0]
    assert "lost" in row["reply"]
    there.behaviour.cut_at_end = False
    there.wait(1)
    assert empty(here)


def test_slow_server(world):
    here, there = pair(world, slow=0.02)
    world.send(here, "alice", ["bob@there.test"])
    there.wait(1, 60)
    assert empty(here)


def test_bad_certificate_where_nobody_asks(world):
    here, there = pair(world)
    there.behaviour.tls = world.tls("somebody.else")
    world.send(here, "alice", ["bob@there.test"])
    assert there.wait(1)[0].tls


def test_bad_certificate_where_it_matters(world):
    here = world.postern("here.test", relay="private = true tls = verify")
    there = world.sink("there.test")
    there.behaviour.tls = world.tls("somebody.else")
    world.start()
    world.send(here, "alice", ["bob@there.test"])
    row = eventually(lambda: [r for r in here.queued() if r["attempts"]])[0]
    assert "certificate" in row["reply"] and row["status"].startswith("4.7")
    assert not there.messages


def test_starttls_that_fails(world):
    here, there = pair(world, tls_garbage=True)
    there.behaviour.tls = world.tls("mail.there.test")
    world.send(here, "alice", ["bob@there.test"])
    assert not there.wait(1)[0].tls


def test_starttls_that_fails_where_it_must_not(world):
    here = world.postern("here.test", relay="private = true tls = must")
    there = world.sink("there.test", tls_garbage=True)
    there.behaviour.tls = world.tls("mail.there.test")
    world.start()
    world.send(here, "alice", ["bob@there.test"])
    row = eventually(lambda: [r for r in here.queued() if r["attempts"]])[0]
    assert row["status"].startswith("4.")
    assert not there.messages
    there.behaviour.tls_garbage = False
    assert there.wait(1)[0].tls


# ---- forwarding -------------------------------------------------------------

def test_forwarded_with_srs(world):
    here = world.postern("here.test")
    there, origin = world.sink("there.test"), world.sink("origin.test")
    world.start()
    here.command("alias", "add", "team@here.test", "bob@here.test",
                 "carol@there.test")
    smtp = smtplib.SMTP(here.ip, world.port, timeout=30)
    smtp.sendmail("someone@origin.test", ["team@here.test"], text(
        "someone@origin.test", ["team@here.test"], "to the team").encode())
    taken = there.wait(1)[0]
    assert taken.recipients == ["carol@there.test"]
    assert taken.sender.startswith("SRS0=")
    assert taken.sender.endswith("@here.test")
    assert len(here.inbox("bob")) == 1
    # Its bounce finds the way back; one that was made up does not.
    smtp.sendmail("", [taken.sender], text(
        "mailer@there.test", [taken.sender], "undelivered").encode())
    assert origin.wait(1)[0].recipients == ["someone@origin.test"]
    assert origin.messages[0].sender == ""
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        smtp.sendmail("", ["SRS0=AAAA=AA=origin.test=x@here.test"], "x")
    smtp.quit()


# ---- the operator --------------------------------------------------------------

def test_hold_release_drop_and_trace(world):
    here, there = pair(world)
    there.stop()
    world.send(here, "alice", ["bob@there.test"], "one")
    # An attempt that is under way goes on.
    row = eventually(lambda: [r for r in here.queued() if r["attempts"]])[0]
    number = str(row["id"])
    here.command("queue", "hold", number)
    there.start()
    time.sleep(3)
    assert not there.messages
    assert "held" in here.command("queue", "show", number).stdout
    here.command("queue", "release", number)
    there.wait(1)
    assert empty(here)
    # The journal is a second behind.
    life = eventually(lambda: (told := here.command("trace", number).stdout)
                      and "delivered" in told and told)
    for word in ("received", "queued", "deferred", "held", "released",
                 "delivered", "250"):
        assert word in life, life
    there.stop()
    world.send(here, "alice", ["bob@there.test"], "two")
    eventually(here.queued)
    here.command("queue", "drop", "--all", "--yes")
    assert not here.queued()
    assert here.command("verify").returncode == 0
