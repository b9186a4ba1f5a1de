"""postern account logins: who came in, from where, by what; and who did not."""

import json
import time

import pytest
from lib.server import PASSWORD, ConfiguredServer, address
from lib.wire import Imap
from test_app_passwords import ALICE, BOB, CURL, add, curl, imap, remove
from test_http import JSON, ask, sign_in

# Of the rows of --json, but time and count.
OK = {"peer": "127.0.0.1", "result": "ok", "app-password": "", "reason": ""}
FAILED = {**OK, "result": "failed", "reason": "wrong user or password"}


@pytest.fixture(scope="module")
def server():
    with ConfiguredServer() as s:
        yield s


def logins(server, who, total):
    """The rows, as soon as so many logins are in the journal; it is written
    about once a second."""
    for _ in range(100):
        rows = json.loads(server.command("account", "logins", who,
                                         "--json").stdout)
        if sum(row["count"] for row in rows) >= total:
            break
        time.sleep(0.1)
    assert sum(row["count"] for row in rows) == total, rows
    assert [row["time"] for row in rows] == sorted(r["time"] for r in rows)
    # An hour may end meanwhile: then there are two lines.
    merged = {}
    for row in rows:
        del row["time"], row["mechanism"]
        count = row.pop("count")
        key = json.dumps(row, sort_keys=True)
        merged[key] = merged.get(key, 0) + count
    return [(json.loads(key), count) for key, count in merged.items()]


def test_each_way(server):
    word = add(server, "Anna's (old) phone", who=ALICE)
    only = add(server, "scanner", "--for", "smtp", who=ALICE)
    for service in CURL:
        assert curl(server, service, PASSWORD)
        assert curl(server, service, PASSWORD)
        assert curl(server, service, word)
        assert not curl(server, service, "wrong")
    assert not curl(server, "imap", only)
    sign_in(server)
    body = json.dumps({"user": ALICE, "password": word})
    assert ask(server, "POST", "/login", JSON, body)[0] == 401
    rows = logins(server, ALICE, 4 * 4 + 3)
    expected = [({**OK, "protocol": "web"}, 1)]
    for service in CURL:
        expected += [
            ({**OK, "protocol": service}, 2),
            ({**OK, "protocol": service,
              "app-password": "Anna's (old) phone"}, 1),
            ({**FAILED, "protocol": service}, 1)]
    expected += [
        ({**FAILED, "protocol": "imap", "app-password": "scanner",
          "reason": "an app password that is not for this"}, 1),
        ({**FAILED, "protocol": "web", "app-password": "Anna's (old) phone",
          "reason": "an app password that is not for this"}, 1)]
    for row in expected:
        assert row in rows, (row, rows)
    assert len(rows) == len(expected)
    shown = server.command("account", "logins", ALICE).stdout
    assert word not in shown and PASSWORD not in shown
    lines = shown.splitlines()
    assert lines[0].split() == ["TIME", "FROM", "BY", "RESULT", "COUNT",
                                "WITH"]
    plain = [x for x in lines if x.endswith("password")]
    assert plain and all(len(x) <= 80 for x in plain)
    assert any(x.endswith('ok          1  "Anna\'s (old) phone"')
               for x in lines)
    assert any("failed      1  \"scanner\": an app password that is not" in x
               for x in lines)
    # What it was called stays known when it is gone.
    remove(server, "--all")
    assert logins(server, ALICE, 4 * 4 + 3) == rows


def test_nothing_drives_a_terminal(server):
    label = "x\u202ey"
    imap(server, add(server, label, who=ALICE)).logout()
    time.sleep(1.5)
    shown = server.command("account", "logins", ALICE).stdout
    assert label not in shown and '"x\\u202ey"' in shown
    assert '"x\\u202ey"' in server.command("account", "logins", ALICE,
                                           "--json").stdout


def test_others_do_not_count(server):
    """Nor does what somebody says who is not let in."""
    for user in (address("nobody"), BOB.upper(), "x" * 300):
        wire = Imap(server)
        wire.send(f'a LOGIN "{user}" wrong\r\n'.encode())
        assert wire.line().startswith(b"a NO")
        wire.close()
    assert logins(server, BOB, 1) == [({**FAILED, "protocol": "imap"}, 1)]
    assert logins(server, address("Nobody"), 1) == [
        ({**FAILED, "protocol": "imap"}, 1)]


def test_words(server):
    none = address("nobody-at-all")
    done = server.command("account", "logins", none, check=False)
    assert done.returncode == 1 and f"no account {none}" in done.stderr
    done = server.command("account", "logins", ALICE, "--days", "0",
                          check=False)
    assert done.returncode == 2 and "--days wants" in done.stderr
    done = server.command("account", "logins", check=False)
    assert done.returncode == 2 and "logins ADDRESS [--days" in done.stderr
    assert "logins shows" in server.command("account", "--help").stdout
    server.command("account", "add", none, "--make-password")
    assert server.command("account", "logins", none,
                          "--json").stdout == "[\n]\n"
