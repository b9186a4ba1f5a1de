"""postern export, and what comes back of it."""

import contextlib
import json
import mailbox
import os
import random
import signal
import subprocess
import time

import pytest

from lib.mailbox_state import connect, everything, folders
from lib.server import BUILD, Server, address
from test_import import ARRIVED, bring, person, server  # noqa: F401

SUBJECTS = ["plain", "From here on", ">From there"]


def fill(server, name):
    """Folders, flags, keywords, dates, and texts that mbox has to quote."""
    chance = random.Random(7)
    imap = connect(server, name)
    names = ["INBOX", "Work", "Work/2024", "Sent", '"with space"',
             "B&APw-cher", "a.b", '"tilde ~&-"']
    for folder in names[1:]:
        imap.create(folder)
    imap.create("Empty")
    imap.subscribe("Work/2024")
    imap.subscribe("Nowhere")
    for n in range(120):
        body = "".join(chance.choice(
            ["From x\r\n", ">From y\r\n", "text\r\n", "\r\n", ".\r\n",
             "x" * 2000 + "\r\n"]) for _ in range(chance.randrange(30)))
        # An mbox has a line's end at the end.
        octets = (f"From: a@elsewhere.test\r\nSubject: "
                  f"{chance.choice(SUBJECTS)} {n}\r\n\r\n{body}").encode()
        flags = " ".join(chance.sample(
            ["\\Seen", "\\Answered", "\\Flagged", "\\Draft", "\\Deleted",
             "$Forwarded", "Work", "$Label1"], chance.randrange(5)))
        date = imaplib_date(ARRIVED + chance.randrange(10**8))
        done = imap.append(chance.choice(names), f"({flags})", date, octets)
        assert done[0] == "OK", done
    imap.append("INBOX", "", imaplib_date(ARRIVED),
                b"Subject: large\r\n\r\n" + (b"0123456789" * 7 + b"\r\n") *
                60000)
    imap.logout()


def imaplib_date(at):
    return time.strftime('"%d-%b-%Y %H:%M:%S +0000"', time.gmtime(at))


@pytest.fixture(scope="module")
def full(server):  # noqa: F811
    server.command("account", "add", address("full"), "--password-stdin",
                   text="postern-demo\n")
    fill(server, "full")
    return "full"


def test_maildir_and_back(server, full, person, tmp_path):  # noqa: F811
    """Octets, flags, keywords, dates, folders and subscriptions."""
    done = server.command("export", address(full), str(tmp_path / "x"))
    assert done.stdout.startswith("121 messages ("), done.stdout
    bring(server, person, tmp_path / "x")
    assert everything(server, person) == everything(server, full)
    assert folders(server, person) == folders(server, full)
    assert folders(server, person, "LSUB") == folders(server, full, "LSUB")
    # It says which ones they are.
    assert "121 had come before" in bring(server, person,
                                          tmp_path / "x").stdout


def test_mbox_and_back(server, full, person, tmp_path):  # noqa: F811
    said = json.loads(server.command("export", address(full), "--mbox",
                                     "--json", str(tmp_path / "x")).stdout)
    assert said["exported"] == 121 and said["problems"] == []
    bring(server, person, tmp_path / "x")
    assert everything(server, person) == everything(server, full)


def test_python_reads_it(server, full, tmp_path):  # noqa: F811
    wanted = everything(server, full)
    server.command("export", address(full), str(tmp_path / "md"))
    server.command("export", address(full), str(tmp_path / "mb"), "--mbox")
    md = mailbox.Maildir(tmp_path / "md", create=False)
    assert sorted(md.list_folders()) == sorted(
        ["Work", "Work.2024", "Sent", "with space", "B&APw-cher", "Empty",
         "a&AC4-b", "tilde ~&-"] + extra(tmp_path / "md"))
    for name, box in (("INBOX", md), ("Work/2024", md.get_folder(
            "Work.2024"))):
        assert sorted(m.as_bytes().replace(b"\n", b"\r\n")
                      for m in box) == sorted(
            octets for octets, _, _ in wanted[name])
        assert sorted(m.get_date() for m in box) == sorted(
            time.mktime(date) for _, _, date in wanted[name])
    box = mailbox.mbox(tmp_path / "mb" / "Work" / "2024.mbox", create=False)
    assert len(box) == len(wanted["Work/2024"])
    assert sorted("\\Seen" in flags for _, flags, _ in
                  wanted["Work/2024"]) == sorted(
        "R" in m.get_flags() for m in box)


def extra(folder):
    """Those that every account has."""
    return [n for n in ("Drafts", "Trash", "Junk", "Archive")
            if (folder / ("." + n)).is_dir()]


def test_refused(server, full, tmp_path):  # noqa: F811
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "mine").write_text("x")
    for args, says in (((address(full), tmp_path / "there"), "is not empty"),
                       ((address(full), tmp_path / "a" / "b"), "No such"),
                       (("nobody@example.test", tmp_path / "n"),
                        "there is no account"),
                       ((address(full),), "usage: postern export")):
        done = server.command("export", *map(str, args), check=False)
        assert done.returncode and says in done.stderr, done.stderr
    assert os.listdir(tmp_path / "there") == ["mine"]


def test_names_stay_below(server, person, tmp_path):  # noqa: F811
    """Folders that are called as ways out of it."""
    imap = connect(server, person)
    names = ['".."', '"../../out"', '"./x"', '"...."']
    for name in names:
        if imap.create(name)[0] == "OK":
            imap.append(name, "", imaplib_date(ARRIVED),
                        b"Subject: x\r\n\r\nx\r\n")
    imap.logout()
    wanted = everything(server, person)
    assert wanted
    inside = tmp_path / "deep" / "er"
    inside.mkdir(parents=True)
    for kind in ("md", "mb"):
        server.command("export", address(person), str(inside / kind),
                       *(["--mbox"] if kind == "mb" else []))
    assert sorted(os.listdir(tmp_path)) == ["deep"]
    assert sorted(os.listdir(tmp_path / "deep")) == ["er"]
    assert sorted(os.listdir(inside)) == ["mb", "md"]


def test_without_a_server(tmp_path):
    with Server() as s:
        s.stop()
        done = s.command("export", address("bob"), str(tmp_path / "x"))
        assert done.stdout.startswith("1 message ")


def test_mbox_names_meet(server, person, tmp_path):  # noqa: F811
    """Two folders that would be one file: one is told, the rest comes."""
    imap = connect(server, person)
    for n, name in enumerate(("a", "a.mbox/b", ".c", "_c", "z",
                              "l" * 256 + "/d")):
        imap.create(name)
        imap.append(name, "", imaplib_date(ARRIVED),
                    b"Subject: %d\r\n\r\nx\r\n" % n)
    imap.logout()
    done = server.command("export", address(person), str(tmp_path / "x"),
                          "--mbox", check=False)
    assert done.returncode == 1
    assert done.stderr.count("of another folder") == 2, done.stderr
    assert done.stderr.count("so long a name") == 2, done.stderr
    assert done.stdout.startswith("3 messages "), done.stdout
    for name in ("a", "_c", "z"):
        assert len(mailbox.mbox(tmp_path / "x" / f"{name}.mbox")) == 1


def has_octets(folder):
    found = []
    with contextlib.suppress(FileNotFoundError):
        found = [f for f in folder.iterdir() if f.stat().st_size]
    return bool(found)


def test_mbox_killed(server, person, tmp_path):  # noqa: F811
    """Half an mbox is not called as a whole one is."""
    (tmp_path / "mbox").write_bytes(b"".join(
        b"From a@b.test Mon Feb  3 04:05:06 2020\nSubject: %d\n\n%s\n\n" %
        (n, b"x" * 60) for n in range(3000)))
    server.command("import", address(person), str(tmp_path / "mbox"))
    out = tmp_path / "out"
    process = subprocess.Popen(
        [str(BUILD / "postern"), "export", address(person), str(out),
         "--mbox", "--data", str(server.data)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None and not has_octets(out):
        pass
    process.kill()
    assert process.wait() == -signal.SIGKILL, "it was faster"
    assert has_octets(out)
    inbox = out / "INBOX.mbox"
    assert not inbox.exists() or inbox.read_bytes().count(
        b"\nSubject: ") == 3000
