"""Messages handed in by HTTP: what doc/api.md says, done; and whatever texts
there are, read again by Python."""

import base64
import datetime
import email
import email.policy
import http.client
import json
import os
import pathlib
import random
import re
import subprocess
import time

import pytest
from lib.server import PASSWORD, ConfiguredServer, address
from lib.wire import Imap, Smtp, client_context

ALICE, BOB = address("alice"), address("bob")
DOC = pathlib.Path(__file__).resolve().parents[1] / "doc/api.md"
JSON = "application/json"
# What goes elsewhere stays in the queue.
NOWHERE = ('route "*" { host = "[127.0.0.1]" port = 1 private = true }\n'
           "queue { hold-messages = 2 }\n")


@pytest.fixture(scope="module")
def server():
    class ApiServer(ConfiguredServer):
        def configure(self, more=""):
            super().configure(NOWHERE + more)

    with ApiServer() as running:
        yield running


def post(server, body, path="/api/v1/send", kind=JSON, user=ALICE, key=None):
    """(status, answer)"""
    login = base64.b64encode(f"{user}:{PASSWORD}".encode()).decode()
    fields = {"Authorization": f"Basic {login}", "Content-Type": kind}
    if key:
        fields["Idempotency-Key"] = key
    c = http.client.HTTPSConnection("127.0.0.1", server.ports["https"],
                                    context=client_context(), timeout=60)
    c.request("POST", path, headers=fields,
              body=body if isinstance(body, bytes) else json.dumps(body))
    answer = c.getresponse()
    octets = answer.read()
    c.close()
    return answer.status, json.loads(octets)


def inbox(server, person):
    imap = Imap(server).login(person)
    octets = imap.bodies() if imap.select() else []
    imap.clear()
    imap.close()
    return [email.message_from_bytes(o, policy=email.policy.default)
            for o in octets]


@pytest.fixture(autouse=True)
def empty(server):
    for person in ("alice", "bob"):
        inbox(server, person)


def plain(**more):
    return dict({"from": ALICE, "to": BOB, "subject": "x", "text": "y\n"},
                **more)


def test_doc(server, tmp_path):
    """Every example there, as it stands."""
    curl = tmp_path / "curl"
    curl.write_text('#!/bin/sh\nexec /usr/bin/curl -sS --insecure '
                    '-w "%{stderr}%{http_code}" "$@"\n')
    curl.chmod(0o755)
    environment = dict(
        os.environ, PATH=f"{tmp_path}:{os.environ['PATH']}",
        LOGIN=f"{ALICE}:{PASSWORD}",
        SERVER=f"https://127.0.0.1:{server.ports['https']}")
    domain = ALICE.split("@")[1]
    examples = re.findall(r"```sh\n(.*?)```", DOC.read_text(), re.S)
    assert len(examples) == 4
    for example in examples:
        done = subprocess.run(
            ["sh", "-c", example.replace("example.org", domain)],
            env=environment, capture_output=True, text=True, timeout=60)
        lists = "/later" in example
        assert done.stderr == ("200" if lists else "202"), (example, done)
        json.loads(done.stdout)
    got = inbox(server, "bob")
    assert [m["Subject"] for m in got] == ["Your invoice", "News for Bob",
                                           "Ready"]
    assert [p.get_content_type() for p in got[0].walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html",
        "application/pdf"]
    assert got[1]["List-Unsubscribe"] == \
        f"<https://{domain}/unsubscribe/b1>"
    assert got[2]["Message-ID"]
    hers, = inbox(server, "alice")
    assert (hers["Subject"], hers["To"]) == ("News for Al", ALICE)


TEXTS = ["plain", "", "two  spaces\tand ", "Grüße aus München", "日本語 " * 40,
         "=?utf-8?q?no_word?=", "a\r\nBcc: eve@example.org", "--=_1-x\n--=_1",
         "x" * 2000, 'a "quoted" \\ name', "line\n" * 50, "\x07bell", "🐴",
         ". dot\n.\nFrom me\n", "word " * 60, "(comment), <a@b>; x: y"]


def cleaned(text):
    return re.sub("[\x00-\x1f\x7f]", " ", text)


def test_round_trip(server):
    """Python's reader finds in it what was asked for."""
    rng = random.Random(20261128)
    for _ in range(40):
        subject, text, html, name, file = (rng.choice(TEXTS)
                                           for _ in range(5))
        octets = rng.randbytes(rng.randrange(40000))
        status, answer = post(server, {
            "from": {"address": ALICE, "name": name}, "to": BOB,
            "subject": subject, "text": text, "html": html,
            "attachments": [
                {"content": base64.b64encode(octets).decode(), "name": file},
                {"content": base64.b64encode(octets[:50]).decode(),
                 "type": "image/png", "cid": "i@x"}]})
        assert status == 202, answer
        got, = inbox(server, "bob")
        assert got["Message-ID"] == answer["message_id"]
        assert cleaned(got["Subject"]).strip() == cleaned(subject).strip()
        person, = got["From"].addresses
        assert person.addr_spec == ALICE
        # Python puts spaces between the encoded words of a name (RFC 2047
        # 6.2 has none), and makes one of several.
        assert "".join(person.display_name.split()) == \
            "".join(cleaned(name).split())
        assert got["Bcc"] is None
        parts = [p for p in got.walk() if not p.is_multipart()]
        assert len(parts) == 4
        lines = text.replace("\r\n", "\n").replace("\n", "\r\n")
        assert parts[0].get_payload(decode=True).decode() == lines
        assert parts[1].get_content_type() == "text/html"
        assert parts[2]["Content-ID"] == "<i@x>"
        assert parts[3].get_payload(decode=True) == octets
        assert (parts[3].get_filename() or "").strip() == \
            cleaned(file).strip()


@pytest.mark.parametrize("more, status, pointer", [
    ({"from": BOB}, 403, "#/from"),
    ({"from": "eve@example.net"}, 403, "#/from"),
    ({"to": [BOB, "nobody"]}, 422, "#/to/1"),
    ({"to": []}, 422, "#/to"),
    ({"headers": {"DKIM-Signature": "x"}}, 422, "#/headers/DKIM-Signature"),
    ({"headers": {"Sender": BOB}}, 422, "#/headers/Sender"),
    ({"attachments": [{"content": "!"}]}, 422, "#/attachments/0"),
    ({"attachments": [{"content": "", "type": "x"}]}, 422, None),
    ({"ssubject": "x"}, 422, "#/ssubject"),
    ({"send_at": 5}, 422, "#/send_at"),
    ({"send_at": "tomorrow"}, 422, "#/send_at"),
    ({"send_at": "2026-12-01T08:00:00+01:00"}, 422, "#/send_at"),
    ({"send_at": "9999-12-31T23:59:59Z"}, 422, "#/send_at"),
    ({"each": True}, 422, "#/to"),
])
def test_refused(server, more, status, pointer):
    got, answer = post(server, plain(**more))
    assert (got, answer.get("pointer")) == (status, pointer), answer
    assert answer["detail"]
    assert inbox(server, "bob") == []


def test_recipients(server):
    """Each has an answer of its own; nobody at all is a refusal."""
    status, answer = post(server, plain(
        to=[BOB, address("nobody")], cc="x@example.net", bcc=[ALICE]))
    assert status == 202
    assert [(r["address"], r["accepted"], r.get("status"))
            for r in answer["recipients"]] == [
        (BOB, True, None), (address("nobody"), False, "5.1.1"),
        ("x@example.net", True, None), (ALICE, True, None)]
    trace = server.command("trace", str(answer["message"])).stdout
    assert "x@example.net" in trace and "HTTPS" in trace
    hers, = inbox(server, "alice")
    assert hers["Bcc"] is None and hers["Cc"] == "x@example.net"
    assert len(inbox(server, "bob")) == 1
    status, answer = post(server, plain(to=address("nobody")))
    assert status == 422 and "message" not in answer


def test_key(server):
    """Sent once, however often it is asked; also by a server started anew."""
    status, first = post(server, plain(), key="one")
    assert status == 202
    assert post(server, plain(), key="one") == (202, first)
    assert post(server, plain(text="z"), key="one")[0] == 422
    # Another account's key is another key.
    assert post(server, {"from": BOB, "to": ALICE, "text": "x"}, user=BOB,
                key="one")[0] == 202
    for role in ("store", "web"):
        server.kill_role(role)
    for _ in range(100):
        try:
            status, again = post(server, plain(), key="one")
        except (OSError, http.client.HTTPException):
            continue
        if status == 202:
            break
    assert again == first
    assert len(inbox(server, "bob")) == 1
    big = base64.b64encode(b"x" * 3000000).decode()
    for _ in range(2):
        status, _ = post(server, plain(attachments=[{"content": big}]),
                         key="big")
        assert status == 202
    assert len(inbox(server, "bob")) == 1


def test_each(server):
    asked = {"each": True, "from": ALICE, "subject": "{{n}}",
             "html": "<p>{{ n }}</p>", "to": [
                 {"address": BOB, "values": {"n": "<B>"}},
                 {"address": ALICE, "values": {"n": "A"}}]}
    assert post(server, asked)[0] == 422
    status, first = post(server, asked, key="each")
    assert status == 202 and len(first["messages"]) == 2
    assert post(server, asked, key="each") == (202, first)
    his, = inbox(server, "bob")
    assert his["Subject"] == "<B>" and "&lt;B&gt;" in his.get_content()
    assert len(inbox(server, "alice")) == 1
    # Nothing goes out before all of it is right.
    asked["to"].append({"address": BOB})
    status, answer = post(server, asked, key="other")
    assert (status, answer["pointer"]) == (422, "#/subject")
    assert inbox(server, "alice") == []


def in_seconds(n):
    at = datetime.datetime.now(datetime.timezone.utc)
    return (at + datetime.timedelta(seconds=n)).strftime("%Y-%m-%dT%H:%M:%SZ")


def arrived(server):
    """Bob's mail, within a while."""
    for _ in range(100):
        got = inbox(server, "bob")
        if got:
            return got
        time.sleep(0.2)
    return []


def test_later(server):
    """What is to leave later does, once, and not before."""
    at = in_seconds(4)
    status, answer = post(server, plain(send_at=at), key="later")
    assert status == 202
    assert post(server, plain(send_at=at), key="later") == (status, answer)
    assert inbox(server, "bob") == []
    number = str(answer["message"])
    assert "later" in server.command("queue", "show", number).stdout
    assert len(arrived(server)) == 1
    assert in_seconds(0) >= at
    time.sleep(1.5)
    assert inbox(server, "bob") == []
    # A time that has passed is now; it may be said of a ready message too.
    assert post(server, plain(send_at="2001-01-01T00:00:00Z"))[0] == 202
    assert len(inbox(server, "bob")) == 1
    path = f"/api/v1/send/message?from={ALICE}&to={BOB}&send_at="
    octets = f"From: {ALICE}\r\n\r\nb\r\n".encode()
    kind = "message/rfc822"
    assert post(server, octets, path + "x", kind)[0] == 422
    status, answer = post(server, octets, path + in_seconds(1000), kind)
    assert status == 202
    number = str(answer["message"])
    assert inbox(server, "bob") == []
    server.command("queue", "release", number)
    assert len(arrived(server)) == 1


def later(server, method="GET", path="", user=ALICE):
    """(status, answer)"""
    login = base64.b64encode(f"{user}:{PASSWORD}".encode()).decode()
    c = http.client.HTTPSConnection("127.0.0.1", server.ports["https"],
                                    context=client_context(), timeout=60)
    c.request(method, "/api/v1/later" + path,
              headers={"Authorization": f"Basic {login}"})
    answer = c.getresponse()
    octets = answer.read()
    c.close()
    return answer.status, json.loads(octets) if octets else None


def test_taken_back(server):
    """Who handed it in sees it and takes it back; nobody else does."""
    assert later(server) == (200, {"messages": []})
    at = in_seconds(1000)
    status, answer = post(server, plain(send_at=at, to=[BOB, "x@far.test"]))
    assert status == 202
    number = answer["message"]
    status, listed = later(server)
    one, = listed["messages"]
    assert status == 200 and "next" not in listed
    assert one.pop("received_at") <= in_seconds(0)
    assert one.pop("size") > 100
    assert one == {"message": number, "send_at": at, "from": ALICE,
                   "recipients": 2, "to": [BOB, "x@far.test"]}
    assert later(server, path=f"?after={number}")[1] == {"messages": []}
    assert later(server, path="?after=x")[0] == 400
    assert later(server, path="?x=1")[0] == 400
    assert later(server, user=BOB)[1] == {"messages": []}
    assert later(server, "DELETE", f"/{number}", user=BOB)[0] == 404
    assert later(server, "DELETE", f"/{number + 1000}")[0] == 404
    assert later(server, "DELETE", "/x")[0] == 404
    assert later(server, "DELETE", f"/{number}") == (204, None)
    assert later(server, "DELETE", f"/{number}") == (204, None)
    assert later(server)[1] == {"messages": []}
    assert "taken back by its sender" in \
        server.command("trace", str(number)).stdout
    # Too late.
    status, answer = post(server, plain(send_at=in_seconds(2)))
    assert status == 202
    assert len(arrived(server)) == 1
    assert later(server, "DELETE", f"/{answer['message']}")[0] == 409
    assert later(server)[1] == {"messages": []}


def test_too_many_later(server):
    """So many of an account wait, and no more, by HTTP or SMTP."""
    numbers = []
    for _ in range(2):
        status, answer = post(server, plain(send_at=in_seconds(1000)))
        assert status == 202
        numbers.append(str(answer["message"]))
    status, answer = post(server, plain(send_at=in_seconds(1000)))
    assert (status, answer["pointer"]) == (422, "#/send_at")
    smtp = Smtp(server, "submissions")
    smtp.login("alice")
    said, = smtp.do(f"MAIL FROM:<{ALICE}> HOLDFOR=1000", 552)
    assert said.startswith("5.7.16 ")
    server.command("queue", "drop", *numbers, "--yes")
    smtp.do(f"MAIL FROM:<{ALICE}> HOLDFOR=1000", 250)
    smtp.close()
    assert inbox(server, "bob") == []


def test_ready(server):
    path = f"/api/v1/send/message?from={ALICE}&to={BOB}"
    kind = "message/rfc822"

    def ready(octets, where=path):
        return post(server, octets, where, kind)

    octets = f"From: {ALICE}\r\nBcc: {BOB}\r\nSubject: a\r\n\r\nb\r\n".encode()
    assert ready(octets)[0] == 202
    got, = inbox(server, "bob")
    assert got["Bcc"] is None and got["Date"] and got["Message-ID"]
    assert ready(octets.replace(b"\r\n", b"\n"))[0] == 422
    assert ready(octets + b"\0\r\n")[0] == 422
    assert ready(b"From: %s\r\n\r\nb\r\n" % BOB.encode())[0] == 403
    assert ready(b"From: %s\r\n" % ALICE.encode() + octets)[0] == 422
    assert ready(octets, path + "&x=y")[0] == 422
    assert ready(octets, f"/api/v1/send/message?to={BOB}")[0] == 422
    assert inbox(server, "bob") == []


def test_others(server):
    """Who is nobody, what is no JSON, what is too much."""
    assert post(server, b"{", key=None)[0] == 400
    assert post(server, b"{}", kind="text/plain")[0] == 415
    assert post(server, plain(), key="k" * 256)[0] == 400
    c = http.client.HTTPSConnection("127.0.0.1", server.ports["https"],
                                    context=client_context(), timeout=60)
    c.request("POST", "/api/v1/send", "{}", {"Content-Type": JSON})
    assert c.getresponse().status == 401
    c.close()
