"""The second factor: set up, signed in with, taken off; and what mail programs
are told while it is on. Codes are made here, by RFC 6238."""

import base64
import hashlib
import hmac
import imaplib
import json
import poplib
import smtplib
import struct
import threading
import time
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from lib.server import PASSWORD, ConfiguredServer, address
from lib.wire import client_context
from test_app_passwords import CURL, add, curl
from test_http import JSON, ask, basic, connect, is_in, sign_in

ALICE, BOB = address("alice"), address("bob")
FACTOR = "/account/second-factor"
SAYS = "app password"


@pytest.fixture
def server():
    with ConfiguredServer() as s:
        yield s


def code(secret, ahead=0):
    """RFC 6238 4.2"""
    step = struct.pack(">Q", int(time.time()) // 30 + ahead)
    hs = hmac.new(base64.b32decode(secret), step, hashlib.sha1).digest()
    at = hs[19] & 15
    return f"{(struct.unpack('>I', hs[at:at + 4])[0] & 2**31 - 1) % 10**6:06}"


def wrong(secret):
    good = {code(secret, i) for i in (-2, -1, 0, 1, 2)}
    return next(c for c in (f"{n:06}" for n in range(9)) if c not in good)


def post(server, who, path, **form):
    status, fields, octets = ask(server, "POST", path, {**who, **JSON},
                                 json.dumps(form))
    return status, json.loads(octets or b"{}"), fields


def shown(server, who):
    status, _, octets = ask(server, "GET", FACTOR, who)
    assert status == 200
    return json.loads(octets)


def set_up(server, who, first=0):
    """The secret and the recovery codes."""
    status, offer, _ = post(server, who, FACTOR + "/offer", password=PASSWORD)
    assert status == 200, offer
    status, said, _ = post(server, who, FACTOR, password=PASSWORD,
                           offer=offer["offer"],
                           code=code(offer["secret"], first))
    assert status == 200, said
    assert len(set(said["recoveryCodes"])) == 10
    return offer["secret"], said["recoveryCodes"]


def log_in(server, **more):
    return post(server, {}, "/login", user=ALICE, password=PASSWORD, **more)


def events(server, event):
    return [r["text"] for r in json.loads(
        server.command("journal", "--json").stdout) if r["event"] == event]


def test_set_up_and_sign_in(server):
    here, there = sign_in(server, ALICE), sign_in(server, ALICE)
    assert shown(server, here) == {"on": False}
    status, offer, _ = post(server, here, FACTOR + "/offer",
                            password=PASSWORD)
    uri = urlsplit(offer["uri"])
    assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
    assert unquote(uri.path).endswith(":" + ALICE)
    assert parse_qs(uri.query)["secret"] == [offer["secret"]]
    assert len(base64.b32decode(offer["secret"])) == 20
    # Nothing is on before a first code is right.
    form = {"password": PASSWORD, "offer": offer["offer"]}
    status, said, _ = post(server, here, FACTOR, **form,
                           code=wrong(offer["secret"]))
    assert status == 422 and "not the code" in said["detail"]
    assert log_in(server)[0] == 200
    status, said, _ = post(server, here, FACTOR, **form,
                           code=code(offer["secret"], -1))
    codes = said["recoveryCodes"]
    assert status == 200 and len(codes) == 10
    assert shown(server, here) == {"on": True, "recoveryCodes": 10}
    # Here they go on; who came in by the password alone does not.
    assert is_in(server, here) and not is_in(server, there)

    status, said, fields = log_in(server)
    assert status == 401 and said["codeWanted"]
    assert "Set-Cookie" not in fields
    assert log_in(server, code=wrong(offer["secret"]))[0] == 401
    now = code(offer["secret"])
    status, said, fields = log_in(server, code=f"{now[:3]} {now[3:]}")
    assert status == 200, said
    assert log_in(server, code=now)[0] == 401, "a code is good once"
    assert log_in(server, code=codes[3].upper())[0] == 200
    assert log_in(server, code=codes[3])[0] == 401
    assert shown(server, here)["recoveryCodes"] == 9
    assert events(server, "factor") == [
        "its owner set it up", "a recovery code was used, 9 are left"]
    assert any("wrong code" in t for t in events(server, "login-failed"))

    # It is on the disk, whatever happens: a code that was used, too.
    server.kill_all()
    server.start()
    assert log_in(server)[1]["codeWanted"]
    assert log_in(server, code=codes[3])[0] == 401
    assert log_in(server, code=codes[4])[0] == 200
    journal = server.command("journal", "--json").stdout
    for text in (journal, server.tail(None)):
        assert offer["secret"] not in text
        assert not any(c in text for c in codes)


def test_programs(server):
    """They are told what they want, and come in by app passwords."""
    word = add(server, "phone")
    here = sign_in(server, ALICE)
    context = client_context()
    before = imaplib.IMAP4_SSL("127.0.0.1", server.ports["imaps"],
                               ssl_context=context)
    before.login(ALICE, PASSWORD)
    before.select("INBOX")
    set_up(server, here)
    with pytest.raises(imaplib.IMAP4.error):
        before.select("INBOX")
        before.select("INBOX")
    for service in CURL:
        assert not curl(server, service, PASSWORD)
        assert curl(server, service, word)
        assert curl(server, service, PASSWORD, user=BOB)
    with smtplib.SMTP("127.0.0.1", server.ports["submission"]) as smtp:
        smtp.starttls(context=context)
        with pytest.raises(smtplib.SMTPAuthenticationError) as refused:
            smtp.login(ALICE, PASSWORD)
        assert refused.value.smtp_code == 534
        assert refused.value.smtp_error.startswith(b"5.7.9 ")
        assert SAYS.encode() in refused.value.smtp_error
    box = imaplib.IMAP4_SSL("127.0.0.1", server.ports["imaps"],
                            ssl_context=context)
    with pytest.raises(imaplib.IMAP4.error) as refused:
        box.login(ALICE, PASSWORD)
    assert "[ALERT] " in str(refused.value)
    assert SAYS in str(refused.value)
    with pytest.raises(imaplib.IMAP4.error) as refused:
        box.login(ALICE, "wrong")
    assert SAYS not in str(refused.value)
    pop = poplib.POP3_SSL("127.0.0.1", server.ports["pop3s"], context=context)
    pop.user(ALICE)
    with pytest.raises(poplib.error_proto) as refused:
        pop.pass_(PASSWORD)
    assert SAYS in str(refused.value)
    status, _, octets = ask(server, "GET", "/session", basic(ALICE, PASSWORD))
    assert status == 401 and SAYS in json.loads(octets)["detail"]
    assert is_in(server, here)
    # Others at the same server come in as ever.
    sign_in(server, BOB)


def test_own_account(server):
    """What is asked of who has signed in, and what of who has not."""
    here = sign_in(server, ALICE)
    secret, codes = set_up(server, here, -1)
    offer = FACTOR + "/offer"
    assert post(server, here, offer, password=PASSWORD)[0] == 409
    assert post(server, here, offer, password="wrong")[0] == 403
    assert post(server, here, FACTOR, password=PASSWORD, offer="eA==",
                code="1")[0] == 409
    assert post(server, here, FACTOR, password=PASSWORD)[0] == 400
    for path in (FACTOR + "/off", FACTOR + "/codes"):
        assert post(server, here, path, password=PASSWORD)[0] == 400
        status, said, _ = post(server, here, path, password=PASSWORD,
                               code="nothing like one")
        assert status == 422 and said["detail"] == "wrong code"
        assert post(server, here, path, password="wrong",
                    code=codes[0])[0] == 403
    # New ones, and the former are worth nothing.
    status, said, _ = post(server, here, FACTOR + "/codes", password=PASSWORD,
                           code=code(secret))
    assert status == 200 and not set(said["recoveryCodes"]) & set(codes)
    # Who has signed in may go on making app passwords, and change theirs.
    assert post(server, here, "/account/app-passwords", password=PASSWORD,
                label="x")[0] == 201
    word = add(server, "other")
    for password in (PASSWORD, word):
        assert ask(server, "GET", FACTOR, basic(ALICE, password))[0] in (
            401, 403)
    status, said, _ = post(server, here, FACTOR + "/off", password=PASSWORD,
                           code=said["recoveryCodes"][0])
    assert status == 204 and shown(server, here) == {"on": False}
    assert post(server, here, FACTOR + "/off", password=PASSWORD,
                code=code(secret, 1))[0] == 404
    sign_in(server, ALICE)
    assert curl(server, "imap", PASSWORD)
    # Another password leaves it as it is, and here one goes on.
    there = sign_in(server, ALICE)
    secret, codes = set_up(server, there)
    status, said, fields = post(server, there, "/account/password",
                                password=PASSWORD, new="another of my words")
    assert status == 200, said
    here = {"Cookie": fields["Set-Cookie"].split(";")[0],
            "X-CSRF-Token": said["token"]}
    assert is_in(server, here) and not is_in(server, there)
    assert shown(server, here)["on"]
    status, said, _ = post(server, {}, "/login", user=ALICE,
                           password="another of my words")
    assert status == 401 and said["codeWanted"]
    status, _, _ = post(server, here, FACTOR + "/off", code=codes[0],
                        password="another of my words")
    assert status == 204
    server.command("account", "passwd", ALICE, "--password-stdin",
                   text=PASSWORD + "\n")
    here = sign_in(server, ALICE)
    # Nor does the operator's.
    secret, codes = set_up(server, here)
    server.command("account", "passwd", ALICE, "--password-stdin",
                   text="quite another one\n")
    status, said, _ = post(server, {}, "/login", user=ALICE,
                           password="quite another one")
    assert status == 401 and said["codeWanted"]


def test_two_at_once(server):
    """One code lets one of them in."""
    _, codes = set_up(server, sign_in(server, ALICE))
    lines = [connect(server) for _ in range(4)]
    for line in lines:
        ask(server, "GET", "/session", connection=line)
    together = threading.Barrier(len(lines))
    said = []

    def enter(line, form):
        together.wait()
        said.append(ask(server, "POST", "/login", JSON, form, line)[0])
    # What they send is on its way before the first of them is on the disk.
    for one in codes[:2]:
        said.clear()
        form = json.dumps({"user": ALICE, "password": PASSWORD, "code": one})
        threads = [threading.Thread(target=enter, args=(line, form))
                   for line in lines]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        assert said.count(200) == 1 and set(said) == {200, 401}, said


def test_the_operator(server):
    def says(*words, **more):
        return server.command("account", "second-factor", *words, **more)
    here = sign_in(server, ALICE)
    assert "off" in says(ALICE).stdout
    assert "no second" in says(ALICE, "off", check=False).stderr
    set_up(server, here)
    assert json.loads(says(ALICE, "--json").stdout) == {
        "account": ALICE, "second-factor": "on"}
    rows = json.loads(server.command("account", "list", "--json").stdout)
    assert {r["address"]: r["second-factor"] for r in rows}[ALICE] == "on"
    assert {r["address"]: r["second-factor"] for r in rows}[BOB] == "off"
    assert "by the person" in says(ALICE, "on", check=False).stderr
    assert "no account" in says(address("nobody"), check=False).stderr
    assert "off" in says(ALICE, "off").stdout
    assert events(server, "factor")[-1] == "the operator took it off"
    sign_in(server, ALICE)
    assert is_in(server, here) and shown(server, here) == {"on": False}


def test_guesses_are_slowed(server):
    """Of who knows the password, sooner than those who do not."""
    secret, codes = set_up(server, sign_in(server, ALICE))
    bad = wrong(secret)
    said = []
    for _ in range(50):
        said.append(log_in(server, code=bad)[0])
        if said[-1] == 429:
            break
        bad = f"{(int(bad) + 1) % 10**6:06}"
        if bad in {code(secret, i) for i in range(-2, 3)}:
            bad = "999999"
    assert set(said) == {401, 429} and said.count(401) <= 34, said
    assert log_in(server, code=codes[0])[0] == 429
