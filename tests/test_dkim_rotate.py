"""Keys that sign mail make way for others, whose records are published ahead:
what was signed before, during and after is good to dkimpy and libopendkim, by
what a name server has at the end.         RFC 6376 3.1, 3.6.1, RFC 8616 5"""

import json
import random
import re
import time

import dkim
import pytest

from lib.world import World
from test_dkim import OpenDkim, only
from test_relay import eventually

U, A = "bücher.test", "xn--bcher-kva.test"


class Names:
    """The zone test. with records that come and go."""

    def __init__(self, world):
        self.world, self.text, self.serial = world, {}, 1

    def publish(self, *keys, **texts):
        self.text |= {k["name"]: k["value"] for k in keys}
        self.serial += 1
        lines = []
        for name, value in self.text.items():
            parts = [value[i:i + 255] for i in range(0, len(value), 255)]
            lines.append(f"{name} TXT " + " ".join(f'"{p}"' for p in parts))
        zone = self.world.zone().replace("host.test. 1 ",
                                         f"host.test. {self.serial} ")
        self.world.dns.add_zone("test", zone + "\n".join(lines) + "\n",
                                signed=True)
        self.world.dns.reload()

    def look_up(self, name, timeout=5):
        found = self.world.dns.dig(name.decode(), "TXT")
        return "".join(re.findall(r'"([^"]*)"', found[0])).encode() \
            if found else None


@pytest.fixture(scope="module")
def world():
    with World() as w:
        w.here = w.postern("here.test")
        w.there = w.sink("there.test")
        w.start()
        w.names = Names(w)
        yield w


def keys_of(server, domain="here.test"):
    """What is to be published, by what it is for."""
    rows = json.loads(server.command("domain", "dns", domain,
                                     "--json").stdout)
    found = {"in use": [], "publish": [], "has signed": [], "revoked": []}
    for row in rows:
        if "._domainkey." in row["name"]:
            use = next(u for u in found if row["use"].startswith(u))
            found[use].append(row)
    return found


def everything(keys):
    return [k for rows in keys.values() for k in rows]


def selector(row):
    return row["name"].split("._domainkey.")[0]


def rotate(server, *args, domain="here.test", check=True):
    """What is not there yet was asked for a moment ago: the resolver may know
    for as long as the zone says that it is not."""
    done = []

    def once():
        done[:] = [server.command("domain", "rotate", domain, *args,
                                  check=False)]
        return done[0].returncode == 0
    assert eventually(once, 15) or not check, done[0].stderr
    return done[0]


def receive(world, subject, send=True):
    if send:
        world.send(world.here, "alice", ["bob@there.test"], subject)

    def look():
        for message in world.there.messages:
            if f"Subject: {subject}\r\n".encode() in message.text:
                return message.text
        return None
    found = eventually(look)
    assert found, world.here.tail()
    return found


def selectors(octets):
    """Of RSA and Ed25519."""
    return re.findall(rb" s=([^;\s]+);", octets)


def is_good(world, octets, i):
    try:
        return dkim.DKIM(octets).verify(idx=i, dnsfunc=world.names.look_up)
    except dkim.DKIMException:
        return False


def verify(world, octets):
    assert len(selectors(octets)) == 2
    return [is_good(world, octets, i) for i in range(2)]


def test_what_is_printed(world):
    keys = keys_of(world.here)
    assert {u: len(rows) for u, rows in keys.items()} == {
        "in use": 2, "publish": 2, "has signed": 0, "revoked": 0}
    for row in everything(keys):
        assert re.fullmatch(r"p\d{8}[re]-[0-9a-f]{8}", selector(row))
    zone = world.here.command("domain", "dns", "here.test").stdout
    today = time.strftime("%Y-%m-%d", time.gmtime())
    assert f"; in use since {today}, rsa:\n{keys['in use'][0]['name']} IN " \
        "TXT \"v=DKIM1; k=rsa; p=" in zone
    assert f"; publish, ed25519; it signs after the one in use (postern " \
        f"domain rotate):\n{keys['publish'][1]['name']} IN TXT " in zone


def test_refused_until_published(world):
    """Nothing there, something else there, one of two there; and then."""
    here, names = world.here, world.names
    keys = keys_of(here)
    no = here.command("domain", "rotate", "here.test", check=False)
    assert no.returncode == 1 and "is not in DNS" in no.stderr
    rsa, ed25519 = keys["publish"]
    other = dict(rsa, value=keys["in use"][0]["value"])
    names.publish(*keys["in use"], other)
    assert eventually(lambda: "is not what is in DNS" in here.command(
        "domain", "rotate", "here.test", check=False).stderr)
    testing = dict(rsa, value=rsa["value"].replace("k=rsa;", "k=rsa; t=y;"))
    names.publish(testing, ed25519)
    assert "is not what is in DNS" in rotate(here, check=False).stderr
    assert keys_of(here) == keys
    # White space and what else it says do no harm.
    names.publish(dict(rsa, value=rsa["value"].replace("p=", "n=a note; p= ")))
    wrong = here.command("domain", "rotate", "here.test", "--algorithm",
                         "dsa", check=False)
    assert "wants rsa or ed25519" in wrong.stderr
    rows = json.loads(rotate(here, "--algorithm", "rsa", "--json").stdout)
    after = keys_of(here)
    assert [selector(k) for k in after["in use"]] == \
        [selector(rsa), selector(keys["in use"][1])]
    assert [selector(k) for k in after["has signed"]] == \
        [selector(keys["in use"][0])]
    assert {r["selector"] for r in rows} == \
        {selector(k) for k in everything(after)}
    assert after["has signed"][0]["value"] == keys["in use"][0]["value"]
    days = re.search(r"may be removed from (\d{4}-\d\d-\d\d)$",
                     after["has signed"][0]["use"]).group(1)
    # What it signed may be held for 90 days, and be tried for a minute.
    assert days in (time.strftime("%Y-%m-%d", time.gmtime(
        time.time() + 97 * 86400 + s)) for s in (0, 60))


def test_before_during_after(world, tmp_path):
    here = world.here
    world.names.publish(*everything(keys_of(here)))
    before = receive(world, "before")
    world.there.behaviour.mail = "451 4.3.0 not now"
    world.send(here, "alice", ["bob@there.test"], "during")
    assert eventually(lambda: any(row["attempts"]
                                  for row in here.queued()))
    rotate(here)
    world.there.behaviour.mail = "250 2.1.0 ok"
    after = receive(world, "after")
    during = receive(world, "during", send=False)
    world.names.publish(*everything(keys_of(here)))
    assert selectors(before) == selectors(during)
    assert not set(selectors(before)) & set(selectors(after))
    assert [s.decode() for s in selectors(after)] == \
        [selector(k) for k in keys_of(here)["in use"]]
    for octets in (before, during, after):
        assert verify(world, octets) == [True, True]
    path = tmp_path / "keys"
    path.write_text("".join(f"{n.rstrip('.')} {v}\n"
                            for n, v in world.names.text.items()))
    verifier = OpenDkim(path)
    for octets in (before, during, after):
        for algorithm in (b"rsa-sha256", b"ed25519-sha256"):
            assert verifier.verify(only(octets, algorithm)) == 0


def test_revoked(world):
    """Nobody believes the old key any more, once that is published."""
    here = world.here
    world.names.publish(*everything(keys_of(here)))
    old = receive(world, "stolen")
    rotate(here, "--revoke")
    keys = keys_of(here)
    assert not keys["has signed"] and len(keys["revoked"]) == 5
    assert {k["value"] for k in keys["revoked"]} == {"v=DKIM1; p="}
    world.names.publish(*everything(keys))
    assert not any(is_good(world, old, i) for i in range(2))
    assert verify(world, receive(world, "again ours")) == [True, True]


def test_forced(world):
    """Without DNS, and for a domain that has no keys, or is none."""
    here = world.here
    keys = keys_of(here)
    here.command("domain", "rotate", "here.test", "--force",
                 "--algorithm=ed25519")
    assert [selector(k) for k in keys_of(here)["in use"]] == \
        [selector(keys["in use"][0]), selector(keys["publish"][1])]
    here.command("domain", "add", "relayed.test", "--relay")
    for name in ("relayed.test", "no.test"):
        no = here.command("domain", "rotate", name, "--force", check=False)
        assert no.returncode == 1 and "is signed here" in no.stderr
    wrong = here.command("domain", "list", "--force", check=False)
    assert wrong.returncode == 2


def test_beyond_ascii(world):
    """Whichever form is typed, and written in From."""
    here = world.here
    here.command("domain", "add", U)
    world.names.publish(*everything(keys_of(here, A)))
    shown = rotate(here, "--algorithm", "rsa", domain=U)
    assert f"postern domain dns {A}" in shown.stdout
    rotate(here, "--algorithm", "ed25519", domain=A)
    keys = keys_of(here, U)
    assert [len(rows) for rows in keys.values()] == [2, 2, 2, 0]
    assert all(k["name"].endswith(f"._domainkey.{A}.")
               for k in everything(keys))
    here.command("account", "send-as", "alice@here.test", "ours")
    world.names.publish(*everything(keys))
    for n, domain in enumerate((U, A)):
        smtp = here.submission("alice")
        smtp.sendmail("alice@here.test", ["bob@there.test"],
                      f"From: x@{domain}\r\nSubject: form {n}\r\n\r\n"
                      "text\r\n".encode(),
                      ["SMTPUTF8"])
        smtp.quit()
        octets = receive(world, f"form {n}", send=False)
        assert octets.count(f"d={A};".encode()) == 2
        assert [s.decode() for s in selectors(octets)] == \
            [selector(k) for k in keys["in use"]]
        assert verify(world, octets) == [True, True]


def test_killed(world):
    """Whatever dies while keys change, what is printed is what signs."""
    here = world.here
    rng = random.Random(5)
    seen = set()
    for n in range(4):
        here.command("domain", "rotate", "here.test", "--force",
                     "--algorithm", "ed25519", check=False)
        time.sleep(rng.random() / 20)
        here.kill_role("store" if n % 2 else "vault")
        eventually(lambda: here.command("domain", "dns", "here.test",
                                        check=False).returncode == 0)
        keys = keys_of(here)
        names = [selector(k) for k in everything(keys)]
        assert len(set(names)) == len(names)
        assert [len(keys["in use"]), len(keys["publish"])] == [2, 2]
        seen.add(names[1])
        if n % 2:
            octets = receive(world, f"killed {n}")
            assert [s.decode() for s in selectors(octets)] == \
                [selector(k) for k in keys["in use"]]
            world.names.publish(*everything(keys))
            assert verify(world, octets) == [True, True]
    assert len(seen) > 1


def test_by_itself():
    """Where the reserve is published, and only there."""
    with World() as w:
        here = w.postern("here.test", more="dkim-rotate = 3s\n")
        w.start()
        names = Names(w)
        keys = keys_of(here)
        assert eventually(lambda: "dkim_rotate_waits" in here.tail(400))
        assert 'why="not in DNS"' in here.tail(400)
        assert keys_of(here) == keys
        names.publish(*everything(keys))
        wanted = [selector(k) for k in keys["publish"]]
        assert eventually(lambda: [selector(k) for k in keys_of(here)[
            "in use"]] == wanted), here.tail()
        rotated = [line for line in here.tail(400).splitlines()
                   if "dkim_rotated" in line]
        assert len(rotated) == 2 and all("by=itself" in line
                                         for line in rotated), rotated
        # The next ones are not published, so these stay.
        time.sleep(5)
        assert [selector(k) for k in keys_of(here)["in use"]] == wanted
