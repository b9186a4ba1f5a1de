"""Data folders are lost in part, and people have their mail again: with the
commands and as doc/data-folder.md says, of a server that runs."""

import imaplib
import json
import os
import re
import shutil
import textwrap

import pytest
from lib.server import PASSWORD, ConfiguredServer, address

ALICE, BOB = address("alice"), address("bob")


class RepairServer(ConfiguredServer):
    def imap(self, who=ALICE):
        imap = imaplib.IMAP4_SSL("localhost", self.ports["imaps"])
        imap.login(who, PASSWORD)
        return imap

    def append(self, who, subjects):
        imap = self.imap(who)
        for s in subjects:
            # Large enough for a file of its own, also when it is packed.
            body = os.urandom(1500000).hex() if s == "large" else "x"
            body = "\r\n".join(textwrap.wrap(body, 76))
            text = f"Subject: {s}\r\n\r\n{body}\r\n".encode()
            assert imap.append("INBOX", None, None, text)[0] == "OK"
        imap.logout()

    def subjects(self, who, mailbox):
        imap = self.imap(who)
        if imap.select(mailbox)[0] != "OK":
            imap.logout()
            return None
        _, rows = imap.fetch("1:*", "(BODY.PEEK[])")
        imap.logout()
        return sorted(r[1].split(b"\r\n")[0].decode()[9:] for r in rows
                      if isinstance(r, tuple))

    def repair(self, *more, check=True):
        return json.loads(self.command("verify", "--repair", "--json", *more,
                                       check=check).stdout)

    @property
    def store(self):
        return self.data / "store"


@pytest.fixture
def server():
    with RepairServer() as s:
        yield s


def test_yesterdays_database(server):
    server.append(ALICE, ["old"])
    server.stop()
    shutil.copy(server.store / "postern.db", server.data / "kept")
    server.start()
    server.append(ALICE, ["new", "large"])
    server.append(BOB, ["his"])
    server.stop()
    shutil.copy(server.data / "kept", server.store / "postern.db")
    (server.store / "postern.state").unlink()
    server.start()
    assert "mail_unnamed" in server.tail(None)
    assert server.subjects(ALICE, "INBOX") == ["old"]
    dry = server.repair("--dry-run")
    assert dry["dry_run"] and dry["recovered"] == 3
    assert server.subjects(ALICE, "Recovered") is None
    done = server.repair()
    assert (done["recovered"], done["left"]) == (3, 0)
    assert server.subjects(ALICE, "Recovered") == ["large", "new"]
    assert server.subjects(BOB, "Recovered") == ["his"]
    assert server.repair()["done"] == []
    assert not list(server.store.glob("*/stray-*"))
    server.command("verify")
    server.stop()
    server.start()
    assert server.subjects(ALICE, "Recovered") == ["large", "new"]


def test_no_database(server):
    server.append(ALICE, ["one", "large"])
    server.append(BOB, ["his"])
    server.stop()
    for name in server.store.glob("postern.db*"):
        name.unlink()
    (server.store / "postern.state").write_text("lost\n")
    server.start()
    server.command("domain", "add", "example.test")
    # In another order than before: numbers say nothing.
    names = (server.store / "accounts.txt").read_text().split()
    assert ALICE in names and BOB in names
    server.command("account", "add", "--password-stdin", BOB,
                   text=PASSWORD + "\n")
    left = server.repair(check=False)
    assert (left["recovered"], left["left"]) == (1, 2)
    assert f"no account {ALICE}" in left["done"][0]
    server.command("account", "add", "--password-stdin", ALICE,
                   text=PASSWORD + "\n")
    done = server.command("verify", "--repair").stdout
    assert "has lost its flags, mailbox and date of arrival" in done
    assert "2 recovered, 0 restored, 0 removed, 0 counts put right, 0 left" \
        in done
    assert server.subjects(ALICE, "Recovered") == ["large", "one"]
    assert server.subjects(BOB, "Recovered") == ["his"]
    assert server.repair()["done"] == []


def test_files_come_back_or_do_not(server):
    server.append(ALICE, ["one", "large"])
    server.append(BOB, ["his"])
    pack = next((server.store / "packs").glob("0*"))
    blob = next((server.store / "blobs").glob("0*"))
    server.stop()
    pack.rename(server.data / "pack")
    blob.unlink()
    server.start()
    assert "file_missing" in server.tail(None)
    verify = server.command("verify", check=False)
    assert verify.returncode == 1 and "stray" not in verify.stdout
    # While it runs, from the backup.
    backup = pack.parent / "stray-backup"
    shutil.copy(server.data / "pack", backup)
    # And all know of it.
    verify = server.command("verify", check=False).stdout
    assert re.search(r"^1 files \(\d+ octets\) that the database does not name",
                     verify, re.M)
    assert "store/packs/stray-*" in verify and "verify\n--repair" in verify
    if os.getuid() == 0:    # the server is another user
        done = server.repair("--dry-run")
        assert "open packs/stray-backup: Permission denied" in done["done"]
        owner = (server.data / "pack").stat()
        os.chown(backup, owner.st_uid, owner.st_gid)
    done = server.repair()
    assert (done["restored"], done["removed"]) == (2, 1)
    assert server.subjects(ALICE, "INBOX") == ["one"]
    assert server.subjects(BOB, "INBOX") == ["his"]
    # What was removed is named for five minutes more, in sessions that show it.
    verify = json.loads(server.command("verify", "--json",
                                       check=False).stdout)
    assert (verify["strays"], verify["stray_octets"],
            verify["tables_aside"]) == (0, 0, 0)


def test_usage(server):
    help_ = server.command("verify", "--help").stdout
    assert "--repair" in help_ and "--forget" in help_
    assert server.command("verify", "--dry-run", check=False).returncode == 2
