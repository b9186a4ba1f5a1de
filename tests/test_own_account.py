"""What people change of their own account at the page's server: the password,
app passwords. Each asks for the password once more."""

import json
import threading
from urllib.parse import quote

import pytest
from lib.server import PASSWORD, ConfiguredServer, address
from lib.wire import Imap
from test_app_passwords import add, curl, listed
from test_http import JSON, ask, basic, is_in, sign_in

ALICE, BOB = address("alice"), address("bob")
CHOSEN = "another of my words"
APPS = "/account/app-passwords"


@pytest.fixture
def server():
    with ConfiguredServer() as s:
        yield s


def post(server, who, path, **form):
    status, fields, octets = ask(server, "POST", path, {**who, **JSON},
                                 json.dumps(form))
    return status, json.loads(octets or b"{}"), fields


def test_another_password(server):
    here, there = sign_in(server), sign_in(server)
    imap = Imap(server).login("alice")
    word = add(server, "phone", who=ALICE)
    status, said, fields = post(server, here, "/account/password",
                                password=PASSWORD, new=CHOSEN)
    assert status == 200 and said["user"] == ALICE
    # The page goes on; nobody else who came in by the old one does.
    here = {"Cookie": fields["Set-Cookie"].split(";")[0],
            "X-CSRF-Token": said["token"]}
    assert is_in(server, here) and not is_in(server, there)
    with pytest.raises((ConnectionError, AssertionError)):
        imap.ask("SELECT INBOX")
    for service in ("imap", "pop3", "smtp", "http"):
        assert not curl(server, service, PASSWORD)
        assert curl(server, service, CHOSEN)
        assert curl(server, service, word)
    rows = json.loads(server.command("journal", "--json").stdout)
    assert any(r["event"] == "password" and r["address"] == ALICE
               for r in rows), rows
    # It is what the disk has.
    server.stop()
    server.start()
    assert curl(server, "imap", CHOSEN) and not curl(server, "imap", PASSWORD)


def test_two_at_once(server):
    """The password that one of them typed is not theirs any more."""
    words = [f"{CHOSEN} {i}" for i in range(4)]
    pages = [sign_in(server) for _ in words]
    codes = [0] * len(words)

    def change(i):
        codes[i] = post(server, pages[i], "/account/password",
                        password=PASSWORD, new=words[i])[0]
    threads = [threading.Thread(target=change, args=(i,))
               for i in range(len(words))]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert codes.count(200) == 1, codes
    assert set(codes) <= {200, 401, 403, 409}, codes
    for code, word in zip(codes, words):
        assert curl(server, "imap", word) == (code == 200)


@pytest.mark.parametrize("form, status, detail", [
    ({"password": "wrong", "new": CHOSEN}, 403, "Wrong password"),
    ({"password": PASSWORD, "new": "short"}, 422, "8 characters"),
    ({"password": PASSWORD, "new": "password1"}, 422, "tried first"),
    ({"password": PASSWORD, "new": ALICE.upper()}, 422, "tried first"),
    ({"password": PASSWORD, "new": ""}, 422, "empty"),
    ({"password": PASSWORD, "new": "x" * 1025}, 400, "Expected"),
    ({"password": PASSWORD}, 400, "Expected"),
    ({"new": CHOSEN}, 400, "Expected"),
    ({"password": PASSWORD, "new": 17}, 400, "Expected"),
])
def test_refused(demo, form, status, detail):
    who = sign_in(demo)
    got, said, _ = post(demo, who, "/account/password", **form)
    assert got == status and detail in said["detail"], said
    assert is_in(demo, who) and curl(demo, "imap", PASSWORD)


def test_only_who_signed_in(server):
    word = add(server, "phone", who=ALICE)
    for password in (PASSWORD, word):
        for method, path in (("POST", "/account/password"), ("POST", APPS),
                             ("GET", APPS), ("DELETE", APPS + "/phone")):
            form = json.dumps({"password": PASSWORD, "new": CHOSEN,
                               "label": "x"}) if method == "POST" else None
            headers = {**basic(ALICE, password), **(JSON if form else {})}
            assert ask(server, method, path, headers, form)[0] == 403
    # Nor a page of somebody else that has the cookie sent.
    who = sign_in(server)
    del who["X-CSRF-Token"]
    assert post(server, who, "/account/password", password=PASSWORD,
                new=CHOSEN)[0] == 403
    assert curl(server, "imap", PASSWORD)
    assert [x["label"] for x in listed(server)] == ["phone"]
    # An app password is not what proves who one is.
    who = sign_in(server)
    assert post(server, who, "/account/password", password=word,
                new=CHOSEN)[0] == 403
    assert post(server, who, APPS, password=word, label="x")[0] == 403


def test_guessing_is_slowed(server):
    who = sign_in(server)
    codes = [post(server, who, "/account/password", password=f"wrong {i}",
                  new=CHOSEN)[0] for i in range(30)]
    assert codes[0] == 403 and codes[-1] == 429
    assert post(server, who, APPS, password="wrong", label="x")[0] == 429


def test_app_passwords(server):
    who, bob = sign_in(server), sign_in(server, BOB)
    label = "Anna's /phone/ 100% ☎"
    status, said, _ = post(server, who, APPS, password=PASSWORD, label=label,
                           services=["imap", "smtp"], days=90)
    assert status == 201 and said["label"] == label
    word = said["appPassword"]
    assert curl(server, "imap", word) and curl(server, "smtp", word)
    assert not curl(server, "pop3", word) and not curl(server, "http", word)
    status, said, _ = post(server, who, APPS, password=PASSWORD, label="all")
    assert status == 201 and curl(server, "pop3", said["appPassword"])
    rows = json.loads(ask(server, "GET", APPS, who)[2])["appPasswords"]
    assert [r["label"] for r in rows] == [label, "all"]
    assert rows[0]["services"] == ["imap", "smtp"] and "expires" in rows[0]
    assert rows[1]["services"] == ["imap", "pop3", "smtp", "http"]
    assert "expires" not in rows[1] and "made" in rows[1]
    assert rows[0]["usedFrom"] == "127.0.0.1"
    # Another person's are not to be seen, nor removed.
    assert json.loads(ask(server, "GET", APPS, bob)[2]) == {
        "appPasswords": []}
    assert ask(server, "DELETE", f"{APPS}/all", bob)[0] == 404
    assert curl(server, "pop3", said["appPassword"])
    # What came in by one that goes is out; the page and others go on.
    imap = Imap(server)
    imap.ask(f'LOGIN {ALICE} "{word}"')
    assert ask(server, "DELETE", f"{APPS}/{quote(label, safe='')}",
               who)[0] == 204
    with pytest.raises((ConnectionError, AssertionError)):
        imap.ask("SELECT INBOX")
    assert is_in(server, who) and not curl(server, "imap", word)
    assert [x["label"] for x in listed(server)] == ["all"]
    for form, want in (({"label": "all"}, 409), ({"label": ""}, 422),
                       ({"label": "a\nb"}, 422), ({"label": ".."}, 422), ({"label": "x" * 65}, 422),
                       ({"label": "x", "services": ["web"]}, 400),
                       ({"label": "x", "services": []}, 400),
                       ({"label": "x", "services": "imap"}, 400),
                       ({"label": "x", "days": 0}, 400),
                       ({"label": "x", "days": 2**63 - 1}, 400),
                       ({"label": "x", "password": "wrong"}, 403)):
        got = post(server, who, APPS, **{"password": PASSWORD, **form})
        assert got[0] == want and got[1]["title"], (form, got)
    assert [x["label"] for x in listed(server)] == ["all"]


def test_where_one_is_signed_in(server):
    """The sign-ins of one's own account, each of which can be ended."""
    first = sign_in(server, ALICE)
    asked = ask(server, "POST", "/login", {**JSON, "User-Agent": 'a "b"\t'},
                json.dumps({"user": ALICE, "password": PASSWORD}))
    said = json.loads(asked[2])
    here = {"Cookie": asked[1]["Set-Cookie"].split(";")[0],
            "X-CSRF-Token": said["token"]}
    bob = sign_in(server, BOB)

    def shown(who):
        status, _, octets = ask(server, "GET", "/sessions", who)
        assert status == 200
        return json.loads(octets)["sessions"]
    rows = shown(here)
    assert [row["here"] for row in rows] == [False, True]
    assert rows[1]["userAgent"] == 'a "b"' and rows[1]["begun"]
    assert {row["from"] for row in rows} <= {"127.0.0.1", "::1"}
    # What opens one is not among it, and others see none of it.
    secret = first["Cookie"].split(".")[1]
    assert secret not in json.dumps(rows)
    one = "/sessions/" + rows[0]["id"]
    assert len(shown(bob)) == 1
    assert ask(server, "DELETE", one, bob)[0] == 404
    assert ask(server, "DELETE", one, {"Cookie": here["Cookie"]})[0] == 403
    assert is_in(server, first)
    assert ask(server, "DELETE", one, here)[0] == 204
    assert not is_in(server, first) and is_in(server, here)
    assert ask(server, "DELETE", one, here)[0] == 404
    assert ask(server, "DELETE", "/sessions/x", here)[0] == 404
    assert ask(server, "GET", "/sessions", basic(ALICE, PASSWORD))[0] == 403
    # One's own, too.
    assert ask(server, "DELETE", "/sessions/" + shown(here)[0]["id"],
               here)[0] == 204
    assert not is_in(server, here)


def test_where_one_came_from(server):
    """By any way in; one's own only, and only for who has signed in."""
    who = sign_in(server, BOB)

    def shown(who, want=200):
        status, _, octets = ask(server, "GET", "/account/networks", who)
        assert status == want, octets
        return want == 200 and json.loads(octets)["networks"]
    row, = shown(who)
    assert row["network"] == "127.0.0.0/24"
    assert row["first"] == row["last"] and row["first"].endswith("Z")
    shown(basic(BOB, PASSWORD), 403)
    shown({}, 401)
