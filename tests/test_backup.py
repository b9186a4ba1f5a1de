"""postern backup and restore: while mail comes in, killed half way, damaged,
on a full disk; and a restored folder is one like others."""

import contextlib
import imaplib
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import time

import pytest
from lib.load import Load
from lib.server import (BUILD, PASSWORD, PATIENCE, PEOPLE, ConfiguredServer,
                        address)
from lib.wire import Imap, Smtp

MESSAGE_ID = re.compile(rb"(?i)Message-ID: <([^>]+)>")


def postern(*args, check=True):
    done = subprocess.run([str(BUILD / "postern"), *map(str, args)],
                          capture_output=True, text=True,
                          timeout=120 * PATIENCE)
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done


def backup(server, where, *args, check=True):
    done = postern("backup", where, "--json", *args, "--data", server.data,
                   check=check)
    return json.loads(done.stdout) if check else done


def points(where):
    rows = json.loads(postern("backup", "list", where, "--json").stdout)
    return [row["point"] for row in rows]


def tokens(server, person):
    imap = Imap(server, timeout=120).login(person)
    found = []
    if imap.select():
        found = [MESSAGE_ID.search(h)[1].decode() for h in imap.bodies(
            "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]")]
    imap.close()
    return found


def send(server, n, octets=1000, person="alice", prefix="m"):
    smtp = Smtp(server)
    smtp.do("EHLO x.example.net", 250)
    for i in range(n):
        body = os.urandom(octets // 2).hex()
        lines = "\r\n".join(body[k:k + 76] for k in range(0, len(body), 76))
        smtp.send_message(
            "a@example.net", [address(person)],
            f"Message-ID: <{prefix}{i}@x>\r\nSubject: {prefix}{i}\r\n\r\n"
            f"{lines}\r\n".encode())
    smtp.close()


@contextlib.contextmanager
def restored(where, folder, *args):
    """A server that begins with what a backup has."""
    postern("restore", where, *args, "--data", folder)
    with ConfiguredServer(folder) as server:
        yield server


def is_whole(server):
    done = server.command("verify", check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.timeout(600)
def test_under_load(tmp_path, long):
    """2,000 messages come in while backups are made: each has all that was
    answered before it began, once, and starts."""
    before = []
    load = None

    def make_five():
        for _ in range(20 if long else 5):
            goal = len(load.acknowledged) + 400
            end = time.monotonic() + 120 * PATIENCE
            while (len(load.acknowledged) < goal and
                   time.monotonic() < end):
                time.sleep(0.05)
            acknowledged = dict(load.acknowledged)
            made = backup(server, tmp_path / "b", "--keep", "100")
            before.append((made["point"], acknowledged,
                           dict(load.tried)))

    with ConfiguredServer() as server:
        load = Load(server.ports["smtp"], random.getrandbits(32), sessions=8)
        load.run(make_five)
        is_whole(server)
    assert len(load.acknowledged) >= 2000
    assert points(tmp_path / "b") == [b[0] for b in before]
    postern("backup", "verify", tmp_path / "b")
    for number, (point, acknowledged, tried) in enumerate(before):
        data = tmp_path / f"restored{number}"
        with restored(tmp_path / "b", data, "--at", point) as server:
            boxes = {p: tokens(server, p) for p in PEOPLE}
            is_whole(server)
        lost = [(p, t) for t, people in acknowledged.items() for p in people
                if t not in boxes[p]]
        assert not lost, lost[:5]
        for person, box in boxes.items():
            assert len(box) == len(set(box))
            assert all(person in tried.get(t, ()) for t in box)
        shutil.rmtree(data)


def test_only_what_is_new(tmp_path):
    where = tmp_path / "b"
    with ConfiguredServer() as server:
        send(server, 40, 200000)
        send(server, 2, 4000000, prefix="large")
        first = backup(server, where)
        again = backup(server, where)
        assert first["copied_octets"] > 6000000
        assert again["octets"] >= first["octets"]
        assert again["copied_files"] <= 2, "postern.db, the journal"
        send(server, 1, 3000, prefix="last")
        third = backup(server, where)
        grown = third["copied_octets"] - again["copied_octets"]
        assert 1000 < grown < 200000
        # The first is what it was, though files have grown since.
        postern("backup", "verify", where)
        half = where / "points" / "2001-01-01T000000Z"
        half.mkdir()
        (half / "postern.db").write_text("of a run that was ended")
        kept = backup(server, where, "--keep", "2")
        assert not half.exists()
        assert kept["points"] == 2 and kept["removed_points"] == 2
        assert points(where)[-1] == kept["point"]
        postern("backup", "verify", where)
    with restored(where, tmp_path / "r") as server:
        assert len(tokens(server, "alice")) == 43
        is_whole(server)
        # And goes on, in the same folder of backups: as another one.
        send(server, 3, 1000, prefix="since")
        backup(server, where)
        assert len({r["folder"] for r in json.loads(postern(
            "backup", "list", where, "--json").stdout)}) == 2
        postern("backup", "verify", where)
        backup(server, where, "--keep", "1")
        assert len(list((where / "files").iterdir())) == 1
    with restored(where, tmp_path / "r2") as server:
        assert len(tokens(server, "alice")) == 46


def test_without_a_server(tmp_path):
    with ConfiguredServer(tmp_path / "data") as server:
        send(server, 3)
    backup(server, tmp_path / "b")
    with restored(tmp_path / "b", tmp_path / "r") as server:
        assert sorted(tokens(server, "alice")) == ["m0@x", "m1@x", "m2@x"]


def test_clients_begin_anew(tmp_path):
    """Nobody who saw newer mail takes old mail for it."""
    with ConfiguredServer() as server:
        send(server, 3)
        backup(server, tmp_path / "b")
        send(server, 3, prefix="since")
        seen = status(server)
    with restored(tmp_path / "b", tmp_path / "r") as server:
        now = status(server)
        assert now["MESSAGES"] == 3 and seen["MESSAGES"] == 6
        assert now["UIDVALIDITY"] > seen["UIDVALIDITY"]
        before = imaplib_list(server)
        assert "INBOX" in before and "Sent" in before


def status(server):
    imap = imaplib.IMAP4_SSL("localhost", server.ports["imaps"])
    imap.login(address("alice"), PASSWORD)
    _, lines = imap.status("INBOX", "(MESSAGES UIDNEXT UIDVALIDITY)")
    imap.logout()
    return {k.decode(): int(v) for k, v in re.findall(
        rb"([A-Z]+) (\d+)", lines[0])}


def imaplib_list(server):
    imap = imaplib.IMAP4_SSL("localhost", server.ports["imaps"])
    imap.login(address("alice"), PASSWORD)
    _, lines = imap.list()
    imap.logout()
    return [line.split()[-1].decode().strip('"') for line in lines]


def in_folder(server, name):
    """How many are in a folder of alice's; None: there is none."""
    imap = Imap(server).login("alice")
    try:
        return imap.select(name)
    except AssertionError:
        return None
    finally:
        imap.close()


def test_one_account_by_hand(tmp_path):
    """As doc/backup.md has it: mail comes back beside what is there."""
    where, then, files = (tmp_path / n for n in ("b", "then", "you"))
    with ConfiguredServer() as server:
        send(server, 3)
        backup(server, where)
        Imap(server).login("alice").clear("INBOX")
        send(server, 1, prefix="since")
        postern("restore", where, "--data", then)
        postern("export", address("alice"), files, "--data", then)
        for _ in range(2):
            server.command("import", address("alice"), str(files), "--into",
                           "Restored")
            assert tokens(server, "alice") == ["since0@x"]
            assert in_folder(server, "Restored") == 3
        is_whole(server)


def test_one_account(tmp_path):
    where, scratch = tmp_path / "b", tmp_path / "scratch"
    scratch.mkdir()

    def restore(*args, check=True):
        done = server.command("restore", str(where), "--account",
                              address("alice"), "--scratch", str(scratch),
                              *args, check=check)
        assert not list(scratch.iterdir())
        return done

    with ConfiguredServer() as server:
        send(server, 3)
        imap = Imap(server).login("alice")
        imap.select()
        for name, n in ("Work", 1), ("Work/2024", 2), ("Workshop", 3):
            imap.ask(f"CREATE {name}")
            imap.ask(f"COPY 1:{n} {name}")
        imap.close()
        backup(server, where)
        Imap(server).login("alice").clear("INBOX")
        send(server, 1, prefix="since")
        for taken, known in (9, 0), (0, 9):
            done = json.loads(restore("--json").stdout)
            assert (done["imported"], done["known"]) == (taken, known), done
            assert tokens(server, "alice") == ["since0@x"]
            assert in_folder(server, "Restored") == 3
            assert in_folder(server, "Restored/Work/2024") == 2
        assert "3 messages " in restore("--folder", "Work", "--into",
                                        "Then").stdout
        assert in_folder(server, "Then/Work") == 1
        assert in_folder(server, "Then/Work/2024") == 2
        assert in_folder(server, "Then/Workshop") is None
        is_whole(server)
        # What is wrong is said, and nothing is left.
        for words, args in (
                ("no such folder", ("--folder", "Nowhere")),
                ("before", ("--at", "2001-01-01"))):
            done = restore(*args, check=False)
            assert done.returncode == 1 and words in done.stderr, done
        done = server.command("restore", str(where), "--account",
                              address("nobody"), check=False)
        assert done.returncode == 1 and "nobody" in done.stderr, done
        assert server.command("restore", str(where), "--into", "x",
                              check=False).returncode == 2


def test_one_account_ended(tmp_path):
    """What is copied meanwhile is as secret as the backup: it goes."""
    where, scratch = tmp_path / "b", tmp_path / "scratch"
    scratch.mkdir()
    with ConfiguredServer() as server:
        send(server, 20, octets=2_000_000)
        backup(server, where)
        running = subprocess.Popen(
            [str(BUILD / "postern"), "restore", str(where), "--account",
             address("alice"), "--scratch", str(scratch), "--data",
             str(server.data)], stdout=subprocess.DEVNULL)
        end = time.monotonic() + 30
        while not list(scratch.glob("*/then/store")):
            assert time.monotonic() < end and running.poll() is None
            time.sleep(0.001)
        running.send_signal(signal.SIGTERM)
        assert running.wait(30) != 0
        assert not list(scratch.iterdir())


def test_key(tmp_path):
    """With it people log in; without it the backup has no secret to open."""
    where = tmp_path / "b"
    with ConfiguredServer() as server:
        key = (server.data / "vault" / "vault.key").read_bytes()
        done = postern("backup", where, "--without-key", "--data",
                       server.data)
        assert "Without vault.key" in done.stdout
        assert not list(where.rglob("vault.key"))
        time.sleep(1.1)
        backup(server, where)
    copies = list(where.rglob("vault.key"))
    assert [c.read_bytes() for c in copies] == [key]
    for path in [where, *where.rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path
    done = postern("restore", where, "--at", points(where)[0], "--data",
                   tmp_path / "r")
    assert "Without vault.key" in done.stdout
    assert not (tmp_path / "r" / "vault" / "vault.key").exists()
    (tmp_path / "r" / "vault" / "vault.key").write_bytes(key)
    (tmp_path / "r" / "vault" / "vault.key").chmod(0o600)
    with ConfiguredServer(tmp_path / "r") as server:
        assert tokens(server, "alice") == []


def kill_after(process, seconds):
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.mark.parametrize("level", [[], ["--compress", "3"]])
def test_halves_go(tmp_path, level):
    """What a run of the one form or the other was ended at is in no point."""
    where = tmp_path / "b"
    with ConfiguredServer() as server:
        backup(server, where)
        (where / "unfinished").mkdir(mode=0o700)
        for name in ("postern.db.part", "postern.db.zst.part"):
            (where / "unfinished" / name).write_bytes(b"half")
        backup(server, where, *level)
        assert not list(where.rglob("*.part"))


@pytest.mark.timeout(600)
def test_backup_killed(tmp_path, long):
    """At any moment: what was there stays whole, and the next one goes on."""
    where = tmp_path / "b"
    rng = random.Random()
    with ConfiguredServer() as server:
        send(server, 5)
        backup(server, where, "--keep", "1000")
        whole = 1
        for n in range(60 if long else 15):
            send(server, 4, 400000, prefix=f"k{n}-")
            began = time.monotonic()
            process = subprocess.Popen(
                [str(BUILD / "postern"), "backup", str(where), "--keep",
                 "1000", "--data", str(server.data),
                 *(["--compress", "3"] if n % 2 else [])],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            kill_after(process, rng.uniform(0, 0.15))
            now = len(points(where))
            assert whole <= now <= whole + 1
            whole = now
            checked = json.loads(postern("backup", "verify", where,
                                         "--json").stdout)
            assert checked["points"] == whole and not checked["problems"]
            assert time.monotonic() - began < 60 * PATIENCE
        made = backup(server, where, "--keep", "1000")
        assert made["problems"] == 0
        assert not (where / "unfinished").exists()
        assert not list(where.rglob("*.part"))
        for point in (where / "points").iterdir():
            assert len(list(point.glob("postern.db*"))) == 1
        wanted = sorted(tokens(server, "alice"))
        is_whole(server)
        strays = list((server.data / "store").rglob("stray-*"))
        assert not strays and not (
            server.data / "store" / "backup.db").exists()
    with restored(where, tmp_path / "r") as server:
        assert sorted(tokens(server, "alice")) == wanted
        is_whole(server)


@pytest.mark.timeout(600)
def test_server_killed(tmp_path):
    where = tmp_path / "b"
    rng = random.Random()
    failed = 0
    with ConfiguredServer() as server:
        send(server, 20, 800000)
        backup(server, where)
        for n in range(8):
            send(server, 20, 800000, prefix=f"k{n}-")
            process = subprocess.Popen(
                [str(BUILD / "postern"), "backup", str(where), "--data",
                 str(server.data)], stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, text=True)
            time.sleep(rng.uniform(0.01, 0.1))
            server.kill_role("store")
            _, said = process.communicate(timeout=60 * PATIENCE)
            failed += process.returncode != 0
            if process.returncode:
                assert said.count("\n") == 1 and "postern backup: " in said
            postern("backup", "verify", where)
        assert failed > 0, "no backup was under way"
        backup(server, where)
        wanted = sorted(tokens(server, "alice"))
        is_whole(server)
        assert not (server.data / "store" / "backup.db").exists()
    with restored(where, tmp_path / "r") as server:
        assert sorted(tokens(server, "alice")) == wanted
        is_whole(server)


def starts_not(data):
    """All that a server says which does not start. (Ports that were free may
    be somebody else's by then.)"""
    for _ in range(3):
        server = ConfiguredServer(data)
        with contextlib.suppress(RuntimeError):
            server.start()
            pytest.fail("it starts")
        server.stop()
        said = server.tail(None)
        if "in use" not in said:
            break
    return said


@pytest.mark.timeout(600)
def test_restore_killed(tmp_path):
    """The server does not begin with half of it, and says what to do."""
    where = tmp_path / "b"
    with ConfiguredServer() as server:
        send(server, 100, 800000)
        backup(server, where)
        wanted = sorted(tokens(server, "alice"))
    halves = 0
    for n in range(20):
        data = tmp_path / f"r{n}"
        state = data / "store" / "postern.state"
        process = subprocess.Popen(
            [str(BUILD / "postern"), "restore", str(where), "--data",
             str(data)], stdout=subprocess.DEVNULL)
        while not state.exists() and process.poll() is None:
            time.sleep(0.001)
        kill_after(process, 0.01 * (n % 4))
        if process.returncode == 0 or "restoring" not in state.read_text():
            continue
        halves += 1
        said = starts_not(data)
        assert "has not come to its end: run it again" in said, said
        if halves == 3:
            break
    assert halves > 0
    with restored(where, data) as server:
        assert sorted(tokens(server, "alice")) == wanted
        is_whole(server)


def flip(path, at=None):
    octets = bytearray(path.read_bytes())
    octets[len(octets) // 2 if at is None else at] ^= 1
    path.write_bytes(octets)


def test_damage(tmp_path):
    """A bit that changed is found, and nothing of it restored."""
    where = tmp_path / "b"
    with ConfiguredServer(tmp_path / "data") as server:
        send(server, 3, 3000)
        send(server, 1, 4000000, prefix="large")
        backup(server, where)
    for name in ("postern.db", "packs/0000000000000001", "vault.key",
                 "blobs/*", "journal/*", "manifest"):
        path = next(where.rglob(name))
        flip(path)
        done = postern("backup", "verify", where, check=False)
        assert done.returncode == 1 and str(path) in done.stdout, done
        done = postern("restore", where, "--data", tmp_path / "r",
                       check=False)
        assert done.returncode == 1 and str(path) in done.stderr, done
        flip(path)
    short = next(where.rglob("packs/*"))
    octets = short.read_bytes()
    short.write_bytes(octets[:-1])
    done = postern("backup", "verify", where, check=False)
    assert done.returncode == 1 and "too short" in done.stdout
    short.unlink()
    done = postern("backup", "verify", where, check=False)
    assert done.returncode == 1 and str(short) in done.stdout
    os.mkfifo(short)	# nobody writes, and nobody waits for it
    done = postern("backup", "verify", where, check=False)
    assert done.returncode == 1 and str(short) in done.stdout
    short.unlink()
    # What is missing here is copied again.
    backup(server, where)
    postern("backup", "verify", where)
    postern("restore", where, "--data", tmp_path / "r")


def test_what_is_gone(tmp_path):
    """A file that the server lost is told; the backup still has it."""
    where = tmp_path / "b"
    with ConfiguredServer(tmp_path / "data") as server:
        send(server, 3, 3000)
        backup(server, where)
    pack = server.data / "store" / "packs" / "0000000000000001"
    pack.unlink()
    done = backup(server, where, check=False)
    assert done.returncode == 1 and "the backup has it" in done.stderr
    with restored(where, tmp_path / "r") as server:
        assert len(tokens(server, "alice")) == 3


def test_went_back(tmp_path):
    """A data folder that was put back by other means has packs of the same
    name with something else in them."""
    where = tmp_path / "b"
    data = tmp_path / "data"
    with ConfiguredServer(data) as server:
        send(server, 3, 3000)
        backup(server, tmp_path / "first")
    shutil.copytree(data, tmp_path / "copy")
    with ConfiguredServer(data) as server:
        send(server, 5, 3000, prefix="a")
        backup(server, where)
    shutil.rmtree(data)
    (tmp_path / "copy").rename(data)
    with ConfiguredServer(data) as server:
        send(server, 5, 3000, prefix="b")
        done = backup(server, where, check=False)
        assert done.returncode == 1 and "another folder for" in done.stderr
        postern("backup", "verify", where)
        backup(server, tmp_path / "first")
        postern("backup", "verify", tmp_path / "first")


class QueueServer(ConfiguredServer):
    """Nobody answers where its mail goes."""

    def configure(self, more=""):
        super().configure('route "*" { host = "[127.0.0.1]" port = 1 '
                          'private = true }\n' + more)

    def states(self):
        rows = json.loads(self.command("queue", "list", "--json").stdout)
        return [row["state"] for row in rows]


def test_queue(tmp_path):
    """What was queued and may have been sent since is held."""
    with QueueServer() as server:
        server.command("send", "--from", address("alice"), "--subject", "x",
                       "x@example.net", text="text\n")
        assert len(server.states()) == 1
        backup(server, tmp_path / "b")
    postern("restore", tmp_path / "b", "--data", tmp_path / "r")
    with QueueServer(tmp_path / "r") as server:
        assert server.states() == ["held"]
        server.command("queue", "release", "--all")
        assert server.states() not in ([], ["held"])


def test_compressed(tmp_path):
    """Points of both kinds in one folder; each is what it was."""
    where = tmp_path / "b"
    with ConfiguredServer() as server:
        send(server, 60)
        plain = backup(server, where)
        send(server, 1, prefix="then")
        packed = backup(server, where, "--compress", "9")
        send(server, 1, prefix="since")
        backup(server, where, "--compress", "19")
        first, second, _ = (where / "points" / p for p in points(where))
        assert not (second / "postern.db").exists()
        assert ((second / "postern.db.zst").stat().st_size * 3 <
                (first / "postern.db").stat().st_size)
        assert packed["octets"] < plain["octets"]
        assert "Zstandard" in subprocess.run(
            ["file", str(second / "postern.db.zst")], capture_output=True,
            text=True).stdout or not shutil.which("file")
    postern("backup", "verify", where)
    for point, n in zip(points(where), (60, 61, 62), strict=True):
        with restored(where, tmp_path / point, "--at", point) as server:
            assert len(tokens(server, "alice")) == n
            is_whole(server)
    # One that is damaged is no data folder.
    with open(second / "postern.db.zst", "r+b") as f:
        f.seek(5000)
        octet = f.read(1)
        f.seek(5000)
        f.write(bytes([octet[0] ^ 4]))
    assert "postern.db.zst is damaged" in postern(
        "backup", "verify", where, check=False).stdout
    done = postern("restore", where, "--at", second.name, "--data",
                   tmp_path / "r", check=False)
    assert done.returncode == 1 and "postern.db.zst is damaged" in done.stderr
    # What is removed goes as a whole.
    with ConfiguredServer(tmp_path / points(where)[0]) as server:
        backup(server, where, "--keep", "1")
        assert len(list((where / "points").iterdir())) == 1


@pytest.mark.parametrize("way", ["b", "store/b", "", "store/packs",
                                 "vault/../store/x"])
def test_not_inside(tmp_path, way):
    with ConfiguredServer(tmp_path / "data") as server:
        there = {p for p in server.data.rglob("*") if "journal" not in str(p)}
        done = backup(server, server.data / way, check=False)
        assert done.returncode == 1 and "inside the data" in done.stderr
        link = tmp_path / "link"
        link.symlink_to(server.data / "store")
        done = backup(server, link / "b", check=False)
        assert done.returncode == 1 and "inside the data" in done.stderr
        assert not {p for p in server.data.rglob("*")
                    if "journal" not in str(p)} - there
        backup(server, tmp_path / "data2")


def test_refusals(tmp_path):
    other = tmp_path / "other"
    other.mkdir(mode=0o700)
    (other / "file").write_text("of somebody")
    with ConfiguredServer() as server:
        done = backup(server, other, check=False)
        assert done.returncode == 1 and "not empty" in done.stderr
        done = postern("backup", "list", other, check=False)
        assert done.returncode == 1 and "no backup" in done.stderr
        open_ = tmp_path / "open"
        open_.mkdir()
        open_.chmod(0o777)
        done = backup(server, open_, check=False)
        assert done.returncode == 1 and "chmod go-w" in done.stderr
        where = tmp_path / "b"
        backup(server, where)
        done = postern("restore", where, "--data", server.data, check=False)
        assert done.returncode == 1 and "runs on" in done.stderr
        done = postern("restore", where, "--at", "2001", "--data",
                       tmp_path / "r", check=False)
        assert done.returncode == 1 and "of that time" in done.stderr
        assert not (tmp_path / "r").exists()
        for wrong in ("yesterday", "29.11.2026", "2026-13-01", "2026-1", "",
                      "2099-01-01T11:70", "2099-01-01T11:10:00.5Z"):
            done = postern("restore", where, "--at", wrong, "--data",
                           tmp_path / "r", check=False)
            assert done.returncode == 1, wrong
            assert "--at wants a time" in done.stderr
        assert not (tmp_path / "r").exists()
        for right in ("2099", "2099-02", "2099-02-28 10", "2099-02-28T10:38Z",
                      "2099-02-28T103859Z"):
            postern("restore", where, "--at", right, "--data",
                    tmp_path / f"at{right}")
        data = server.data
        server.stop()
        done = postern("restore", where, "--data", data, check=False)
        assert done.returncode == 1 and "already" in done.stderr
        # The key of another server, of which it may be the only one.
        other = tmp_path / "at2099"
        shutil.rmtree(other / "store")
        done = postern("restore", where, "--data", other, check=False)
        assert done.returncode == 1 and "move the rest away" in done.stderr
        (other / "store").mkdir()
        (other / "vault" / "vault.key").write_text("mine")
        done = postern("restore", where, "--data", other, check=False)
        assert done.returncode == 1 and "vault.key already" in done.stderr
        assert (other / "vault" / "vault.key").read_text() == "mine"
    done = postern("backup", tmp_path / "b", "--data", tmp_path / "none",
                   check=False)
    assert done.returncode == 1 and "no data folder" in done.stderr
    assert postern("backup", check=False).returncode == 2
    assert postern("backup", "list", check=False).returncode == 2
    assert not pathlib.Path("list").exists()
    assert postern("backup", where, "--keep", "0",
                   check=False).returncode == 2
    for level in ("0", "20", "x"):
        done = postern("backup", where, "--compress", level, check=False)
        assert done.returncode == 2 and "1 to 19" in done.stderr


def can_mount():
    return os.geteuid() == 0 and shutil.which("unshare") and subprocess.run(
        ["unshare", "-m", "true"], capture_output=True).returncode == 0


@pytest.mark.skipif(not can_mount(),
                    reason="needs root and mount namespaces")
def test_full_disk(tmp_path):
    """Another file system, and no room on it: the earlier backup stays."""
    small = tmp_path / "small"
    small.mkdir()
    shell = subprocess.Popen(
        ["unshare", "-m", "sh", "-c", f"mount -t tmpfs -o size=12m,mode=700 "
         f"none {small} && echo mounted && exec sleep 3600"],
        stdout=subprocess.PIPE)
    assert shell.stdout.readline() == b"mounted\n"
    inside = ["nsenter", "-m", "-t", str(shell.pid)]

    def there(*args):
        return subprocess.run(
            [*inside, str(BUILD / "postern"), *map(str, args)],
            capture_output=True, text=True, timeout=60 * PATIENCE)

    try:
        with ConfiguredServer() as server:
            send(server, 5, 3000)
            done = there("backup", small, "--data", server.data)
            assert done.returncode == 0, done.stderr
            send(server, 30, 800000)
            done = there("backup", small, "--data", server.data)
            assert done.returncode == 1 and done.stderr.count("\n") == 1
            assert "no room is left" in done.stderr
            assert "before it are whole" in done.stderr
            done = there("backup", "verify", small, "--json")
            assert done.returncode == 0, done.stdout + done.stderr
            assert json.loads(done.stdout)["points"] == 1
            is_whole(server)
    finally:
        os.kill(shell.pid, signal.SIGKILL)
        shell.wait()


@pytest.mark.skipif(not can_mount(),
                    reason="needs root and mount namespaces")
def test_full_server(tmp_path):
    """No room for a copy of the database on the server's own disk: it says so,
    nothing of it is left there, and mail goes on."""
    from test_full_disk import SmallServer
    with SmallServer() as server:
        where = server._top / "b"
        server.do(f"mkdir -m 700 {where}")
        server.command("backup", str(where))
        for full in ("head -c 1G /dev/zero >{0}/filler || true",
                     "truncate -s -100k {0}/filler"):
            server.do(full.format(server._top))
            done = server.command("backup", str(where), check=False)
            assert done.returncode == 1, done
            assert re.search("no room|disk is full", done.stderr), done
            assert server.do(f"ls {server.data}/store/backup.db",
                             check=False).returncode != 0
        server.do(f"rm {server._top}/filler")
        send(server, 2)
        server.command("backup", str(where))
        assert len(tokens(server, "alice")) == 2
        is_whole(server)


def test_restored_by_age(tmp_path):
    """--at takes what people write."""
    where = tmp_path / "b"
    with ConfiguredServer() as server:
        for i in range(3):
            send(server, 1, prefix=f"p{i}-")
            backup(server, where)
            time.sleep(1.1)
    names = points(where)
    middle = f"{names[1][:13]}:{names[1][13:15]}:{names[1][15:17]}"
    done = postern("restore", where, "--at", middle, "--json", "--data",
                   tmp_path / "r")
    assert json.loads(done.stdout)["point"] == names[1]
    done = postern("restore", where, "--at", names[2][:10], "--json",
                   "--data", tmp_path / "r2")
    assert json.loads(done.stdout)["point"] == names[2]
    assert pathlib.Path(tmp_path / "r2" / "store" / "postern.db").exists()
