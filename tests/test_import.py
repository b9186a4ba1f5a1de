"""postern import: Maildir, mbox and messages in files, each of them once."""

import calendar
import json
import mailbox
import os
import pathlib
import poplib
import re
import shutil
import signal
import ssl
import subprocess
import tempfile
import time

import pytest

from lib.mailbox_state import connect, folders, messages
from lib.server import BUILD, Server, address

ARRIVED = calendar.timegm((2020, 2, 3, 4, 5, 6))


@pytest.fixture(scope="module")
def server():
    with Server() as s:
        yield s


@pytest.fixture
def person(server):
    """Somebody new each time."""
    name = f"p{time.monotonic_ns()}"
    server.command("account", "add", address(name), "--password-stdin",
                   text="postern-demo\n")
    return name


def text(n, more=""):
    return (f"From: a@elsewhere.test\nSubject: {n}\n"
            f"Message-ID: <{n}@elsewhere.test>\n\n{more or n}\n").encode()


def crlf(octets):
    return octets.replace(b"\n", b"\r\n")


def put(folder, name, octets, at=ARRIVED):
    """A file of a Maildir that arrived then."""
    for sub in ("cur", "new", "tmp"):
        (folder / sub).mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(octets)
    os.utime(path, (at, at))
    return path


def bring(server, person, *args, code=0):
    done = server.command("import", address(person), *map(str, args),
                          check=False)
    assert done.returncode == code, done.stderr
    return done


def test_maildir(server, person, tmp_path):
    """Folders, flags, keywords, dates, subscriptions; and once only."""
    md = tmp_path / "md"
    put(md, f"cur/{ARRIVED + 50}.M1.host:2,FS", text(1))
    put(md, f"new/{ARRIVED}.M2.host", text(2), ARRIVED + 90)
    (md / "dovecot-keywords").write_text("0 $Label1\n1 Work\n")
    put(md, f"cur/{ARRIVED}.M3.host,S=9:2,RPTab", text(3))
    put(md / ".Entw&APw-rfe", f"cur/{ARRIVED}.M4.host:2,D", text(4))
    put(md / ".Work.2024", f"cur/{ARRIVED}.M5.host:2,a", text(5))
    put(md / ".Sent Items", f"cur/{ARRIVED}.M6.host:2,S", text(6))
    put(md / ".Empty.One", "tmp/half", b"half")
    (md / "subscriptions").write_text("V\t2\n\nWork\t2024\nGone\n")
    said = bring(server, person, md).stdout
    assert said == "6 messages (0.0 MB) in 5 folders imported\n"

    found = {m[0]: m for m in messages(server, person)}
    assert set(found) == {crlf(text(n)) for n in (1, 2, 3)}
    assert found[crlf(text(1))][1] == {"\\Flagged", "\\Seen"}
    assert found[crlf(text(2))][1] == set()
    assert found[crlf(text(3))][1] == {"\\Answered", "\\Deleted",
                                       "$Forwarded", "$Label1", "Work"}
    for one in found.values():	# the earlier of name and file
        assert time.mktime(one[2]) == ARRIVED, one
    assert messages(server, person, "Work/2024")[0][1] == set()
    assert messages(server, person, "Drafts")[0][1] == {"\\Draft"}
    assert len(messages(server, person, "Sent")) == 1
    assert "Empty/One" in folders(server, person)
    seen = folders(server, person, "LSUB")
    assert "Work/2024" in seen and "Gone" in seen
    assert "Empty/One" not in seen

    said = bring(server, person, md).stdout
    assert said.startswith("0 messages ") and "6 had come before" in said
    # Whatever became of it, here and there.
    imap = connect(server, person)
    imap.select("INBOX")
    imap.store("1:*", "+FLAGS", "\\Deleted")
    imap.expunge()
    imap.logout()
    (md / f"cur/{ARRIVED + 50}.M1.host:2,FS").rename(
        md / f"cur/{ARRIVED + 50}.M1.host:2,")
    put(md, f"cur/{ARRIVED}.M7.host:2,", text(7))
    said = bring(server, person, md).stdout
    assert said.startswith("1 message ") and "6 had come before" in said
    assert [m[0] for m in messages(server, person)] == [crlf(text(7))]


def test_other_maildirs(server, person, tmp_path):
    """A folder of Maildirs, as mbsync has them; Dovecot's LAYOUT=fs."""
    put(tmp_path / "Inbox", "cur/1.a:2,S", text(1))
    put(tmp_path / "Work", "cur/1.a:2,S", text(2))
    put(tmp_path / "Work/Deep", "cur/1.a:2,S", text(3))
    bring(server, person, tmp_path)
    for folder, n in (("INBOX", 1), ("Work", 2), ("Work/Deep", 3)):
        assert [m[0] for m in messages(server, person, folder)] == [
            crlf(text(n))]


def test_into(server, person, tmp_path):
    put(tmp_path, "cur/1.a:2,S", text(1))
    put(tmp_path / ".Sent", "cur/1.a:2,S", text(2))
    bring(server, person, tmp_path, "--into", "Old/2024")
    assert len(messages(server, person, "Old/2024")) == 1
    assert len(messages(server, person, "Old/2024/Sent")) == 1


FROM = b"From ann@far.test Mon Feb  3 04:05:06 2020\n"


def test_mbox(server, person, tmp_path):
    """Quoted lines, lengths, what programs noted; a file that is one's own."""
    inbox = tmp_path / address(person).split("@")[0]
    inbox.write_bytes(
        FROM + text(1, ">From quoted\n>>From twice") + b"\n" +
        FROM + b"Status: RO\nX-Status: AF\nX-Keywords: Work\n" + text(2) +
        b"\n" + FROM + b"Content-Length: 62\n" + text(3, "a\n\n" +
        FROM.decode() + "\n>From unquoted") + b"\n" + FROM + text(4))
    done = bring(server, person, inbox)
    assert done.stdout.startswith("4 messages "), done.stdout
    found = messages(server, person)
    assert [m[0] for m in found] == [crlf(t) for t in (
        text(1, "From quoted\n>From twice"), text(2),
        text(3, "a\n\n" + FROM.decode() + "\n>From unquoted"), text(4))]
    assert found[1][1] == {"\\Seen", "\\Answered", "\\Flagged", "Work"}
    assert time.mktime(found[0][2]) == ARRIVED
    # Another program has noted something else since, and there is one more.
    inbox.write_bytes(inbox.read_bytes().replace(b"RO\n", b"O\n") + b"\n" +
                      FROM + text(5))
    said = bring(server, person, inbox).stdout
    assert said.startswith("1 message ") and "4 had come before" in said


def test_python_writes_mbox(server, person, tmp_path):
    box = mailbox.mbox(tmp_path / "Archive 2019")
    wanted = []
    for n in range(50):
        one = mailbox.mboxMessage(text(n, f"From {n}\nFrom x"))
        one.set_flags("RAF" if n % 2 else "")
        one.set_from("x@y.test", time.gmtime(ARRIVED + n))
        box.add(one)
        wanted.append(crlf(text(n, f"From {n}\nFrom x")))
    box.close()
    bring(server, person, tmp_path / "Archive 2019")
    found = messages(server, person, "Archive 2019")
    assert [m[0] for m in found] == wanted
    assert found[1][1] == {"\\Seen", "\\Answered", "\\Flagged"}
    assert [time.mktime(m[2]) - ARRIVED for m in found] == list(range(50))


def test_thunderbird(server, person, tmp_path):
    """A folder of mbox files; what was deleted in one is still in it."""
    (tmp_path / "Work.sbd").mkdir()
    (tmp_path / "Inbox").write_bytes(
        b"From - Mon Feb  3 04:05:06 2020\nX-Mozilla-Status: 0001\n"
        b"X-Mozilla-Status2: 00000000\nX-Mozilla-Keys: $label1     \n" +
        text(1) + b"\nFrom - Mon Feb  3 04:05:06 2020\n"
        b"X-Mozilla-Status: 0009\n" + text(2) + b"\n")
    (tmp_path / "Inbox.msf").write_text("// <!-- <mdb:mork:z -->")
    (tmp_path / "Work.sbd/Deep").write_bytes(
        b"From \nX-Mozilla-Status: 1002\n" + text(3))
    (tmp_path / "Work.sbd/letter.eml").write_bytes(crlf(text(4)))
    said = bring(server, person, tmp_path).stdout
    assert "3 messages" in said and "1 file passed over" in said
    found = messages(server, person)
    assert [(m[0], m[1]) for m in found] == [
        (crlf(text(1)), {"\\Seen", "$label1"})]
    assert messages(server, person, "Work/Deep")[0][1] == {
        "\\Answered", "$Forwarded"}
    assert messages(server, person, "Work")[0][0] == crlf(text(4))


def test_what_cannot_be_taken(server, person, tmp_path):
    """It is named, and the rest goes on."""
    put(tmp_path, "cur/1.good:2,", text(1))
    put(tmp_path, "cur/2.empty:2,", b"")
    put(tmp_path, "cur/3.good:2,", b"Subject: nul\n\n\0\n")
    with open(tmp_path / "cur/4.long:2,", "wb") as f:
        f.write(text(4))
        f.truncate(80 << 20)
    (tmp_path / "cur/5.link:2,").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "cur/6.pipe:2,")
    (tmp_path / "cur/7.folder").mkdir()
    (tmp_path / ".Link").symlink_to("/etc")
    done = bring(server, person, tmp_path, code=1)
    assert "/2.empty:2,: it is empty\n" in "/" + done.stderr
    assert "4.long:2,: longer than " in done.stderr
    assert "2 could not be taken" in done.stdout
    assert [m[0] for m in messages(server, person)] == [
        crlf(text(1)), b"Subject: nul\r\n\r\n\x80\r\n"]
    done = bring(server, person, tmp_path, "--json", code=1)
    said = json.loads(done.stdout)
    assert said["imported"] == 0 and said["known"] == 2
    assert [p["what"] for p in said["problems"]] == ["2.empty:2,",
                                                     "4.long:2,"]


def test_over_quota(server, person, tmp_path):
    """What has room comes; with more room the rest does."""
    server.command("account", "quota", address(person), "100K")
    for n, size in enumerate((40000, 200000, 40000, 30000)):
        put(tmp_path, f"cur/{n}.x:2,", text(n, "x" * size))
    done = bring(server, person, tmp_path, code=1)
    assert "1.x:2,: over quota" in done.stderr
    assert "3.x:2,: over quota" in done.stderr
    assert len(messages(server, person)) == 2
    server.command("account", "quota", address(person), "none")
    assert bring(server, person, tmp_path).stdout.startswith("2 messages ")
    assert len(messages(server, person)) == 4


def test_large_message(server, person, tmp_path):
    big = text(1, "0123456789abcdef" * 4 + "\n") * 1
    big += os.urandom(3 << 20).hex(" ", 30).replace(" ", "\n").encode() + b"\n"
    put(tmp_path, "cur/1.big:2,S", big)
    put(tmp_path, "cur/2.small:2,S", text(2))
    bring(server, person, tmp_path)
    assert [m[0] for m in messages(server, person)] == [
        crlf(big), crlf(text(2))]
    assert "2 had come before" in bring(server, person, tmp_path).stdout


def test_called_wrongly(server, person, tmp_path):
    for args, says in (
            ((), "postern import --help says more"),
            ((address(person),), "postern import --help says more"),
            ((address(person), "/nowhere"), "No such file"),
            (("nobody@example.test", tmp_path), "there is no account"),
            (("alice", tmp_path), "")):
        done = server.command("import", *map(str, args), check=False)
        assert done.returncode and says in done.stderr, done.stderr
    (tmp_path / "x").write_bytes(b"\x7fELF\0\0")
    done = bring(server, person, tmp_path / "x", code=1)
    assert "neither a message nor an mbox" in done.stderr
    os.mkfifo(tmp_path / "pipe")
    done = bring(server, person, tmp_path / "pipe", code=1)
    assert "neither a file nor a folder" in done.stderr


def test_dry_run(server, person, tmp_path):
    put(tmp_path / ".New", "cur/1.a:2,", text(1))
    put(tmp_path, "cur/1.a:2,", text(2))
    said = json.loads(bring(server, person, tmp_path, "--dry-run",
                            "--json").stdout)
    assert said["imported"] == 2 and said["dry_run"]
    assert messages(server, person) == []
    assert "New" not in folders(server, person)


def test_without_a_server(tmp_path):
    """No server runs: its store and vault do, for that moment."""
    with Server() as s:
        s.stop()
        put(tmp_path, "cur/1.a:2,", text(1))
        assert "1 message " in s.command(
            "import", address("bob"), str(tmp_path)).stdout
        s.start()
        assert crlf(text(1)) in [m[0] for m in messages(s, "bob")]


def test_killed_half_way(server, person, tmp_path):
    """20,000 messages; killed twice in the middle: each is there once."""
    wanted = 20000
    for folder in (tmp_path, tmp_path / ".Work"):
        for sub in ("cur", "new", "tmp"):
            (folder / sub).mkdir(parents=True)
    for n in range(wanted):
        folder = tmp_path if n % 2 else tmp_path / ".Work"
        (folder / "cur" / f"{ARRIVED + n}.M{n}.host:2,S").write_bytes(text(n))

    def count():
        rows = json.loads(server.command("account", "list", "--json").stdout)
        return {r["address"]: r for r in rows}[address(person)]["messages"]

    reached = 0
    for part in (5000, 12000):
        process = subprocess.Popen(
            [str(BUILD / "postern"), "import", address(person),
             str(tmp_path), "--data", str(server.data)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None and count() < part:
            pass
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert reached < count() < wanted
        reached = count()
    bring(server, person, tmp_path)
    assert count() == wanted
    imap = connect(server, person)
    subjects = []
    for folder in ("INBOX", "Work"):
        imap.select(folder, readonly=True)
        for row in imap.fetch("1:*", "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1]:
            if isinstance(row, tuple):
                subjects.append(int(row[1].split()[1]))
    imap.logout()
    assert sorted(subjects) == list(range(wanted))
    assert server.command("verify").returncode == 0


def uidl(server, person):
    """What POP3 calls the messages, by their subject."""
    pop = poplib.POP3_SSL("127.0.0.1", server.ports["pop3s"],
                          context=ssl._create_unverified_context())
    pop.user(address(person))
    pop.pass_("postern-demo")
    found = {}
    for line in pop.uidl()[1]:
        number, name = line.decode().split()
        assert pop.uidl(number).decode() == f"+OK {number} {name}"
        head = b"\n".join(pop.top(number, 0)[1])
        found[re.search(rb"Subject: (\S+)", head)[1].decode()] = name
    pop.quit()
    return found


def fetched(server, person, known):
    """How many fetchmail takes that leaves mail on the server."""
    with tempfile.TemporaryDirectory() as folder:
        return fetched_into(server, person, pathlib.Path(folder), known)


def fetched_into(server, person, folder, known):
    (folder / "rc").write_text(
        f"poll 127.0.0.1 protocol pop3 service {server.ports['pop3s']} uidl\n"
        f"  user '{address(person)}' password 'postern-demo' ssl\n"
        f"  no sslcertck keep\n  mda 'cat > {folder}/in/$$'\n")
    (folder / "rc").chmod(0o600)
    (folder / "in").mkdir(exist_ok=True)
    (folder / "ids").write_text("".join(
        f"{address(person)}@127.0.0.1 {name}\n" for name in known))
    (folder / "ids").chmod(0o600)
    user = "nobody" if os.geteuid() == 0 else None
    if user:
        for path in folder, *folder.rglob("*"):
            shutil.chown(path, user)
    done = subprocess.run(
        ["fetchmail", "-f", folder / "rc", "--idfile", folder / "ids",
         "--pidfile", folder / "pid", "--nosyslog"], user=user,
        group=user and "nogroup", capture_output=True, timeout=120,
        extra_groups=[] if user else None, cwd=folder,
        stdin=subprocess.DEVNULL, env={**os.environ, "HOME": str(folder)})
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return len(list((folder / "in").iterdir()))


def test_unique_ids_of_dovecot(server, person, tmp_path):
    """Who left mail on the old server downloads nothing again."""
    md = tmp_path / "md"
    for n in range(1, 6):
        put(md, f"cur/{ARRIVED}.M{n}.host,S=9:2,S", text(n))
    put(md / ".Work", f"cur/{ARRIVED}.M9.host:2,S", text(9))
    (md / "dovecot-uidlist").write_text(
        "3 V1275660208 N25022 G3085f01b7f11094c501100008c4a11c1\n"
        f"7 :{ARRIVED}.M1.host,S=9:2,\n"
        f"8 W9 Pqpop.8 :{ARRIVED}.M2.host,S=9:2,S\n"
        f"9 Pqpop.8 :{ARRIVED}.M3.host,S=9\n"
        f"10 Pno\tne :{ARRIVED}.M4.host,S=9\n")
    (md / ".Work/dovecot-uidlist").write_text(
        f"3 V7 N9\n8 Pwork :{ARRIVED}.M9.host:2,\n")
    bring(server, person, md)
    found = uidl(server, person)
    assert (found["1"], found["2"]) == ("000000074C0907B0", "qpop.8")
    # No two are called the same, and what cannot be one is none.
    ours = {found[n] for n in "345"}
    assert len(ours) == 3 and all(re.fullmatch(r"\d+\.\d+", x) for x in ours)
    assert fetched(server, person, ["000000074C0907B0", "qpop.8"]) == 3
    # It stays with the message, and a copy is another one.
    imap = connect(server, person)
    imap.select("INBOX")
    imap.copy("2", "INBOX")
    imap.copy("2", "Work")
    imap.store("2", "+FLAGS", "(\\Deleted)")
    imap.logout()
    again = uidl(server, person)
    assert again["2"] != "qpop.8" and again["1"] == found["1"]
    bring(server, person, md)
    assert uidl(server, person) == again
    assert fetched(server, person, list(found.values())) == 1


def test_unique_ids_of_mbox(server, person, tmp_path):
    box = tmp_path / "mbox"
    box.write_bytes(b"".join(
        b"From a@b.test Mon Feb  3 04:05:06 2020\nX-UIDL: %s\n%s\n" %
        (name, text(n)) for n, name in ((1, b'Q$"!abc'), (2, b"x" * 71),
                                        (3, b"two words"), (4, b""))))
    bring(server, person, box)
    found = uidl(server, person)
    assert found["1"] == 'Q$"!abc'
    assert all(re.fullmatch(r"\d+\.\d+", found[n]) for n in "234")
    assert b'X-UIDL: Q$"!abc' in b"".join(
        m[0] for m in messages(server, person))
