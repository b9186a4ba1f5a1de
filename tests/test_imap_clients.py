"""Programs that keep a copy of somebody's mail and bring both sides together:
each changes while they do not look, and in the end both are the same."""

import hashlib
import mailbox
import re
import ssl
import subprocess

import pytest
from lib.server import PASSWORD, address
from lib.wire import Imap

ALICE = address("alice")
FLAGS = {"\\Seen": "S", "\\Flagged": "F", "\\Answered": "R", "\\Draft": "D"}


def text(subject):
    return (f"From: <{ALICE}>\r\nTo: <{ALICE}>\r\nSubject: {subject}\r\n"
            f"Message-ID: <{subject}@{ALICE}>\r\n\r\n{subject}\r\n").encode()


class Remote:
    def __init__(self, server):
        self.imap = Imap(server).login("alice")

    def append(self, folder, subject):
        octets = text(subject)
        self.imap.ask(b"APPEND %s {%d+}\r\n%s" % (
            folder.encode(), len(octets), octets))

    def store(self, subject, flag):
        self.imap.select()
        found = self.imap.ask(f"UID SEARCH SUBJECT {subject}")
        uid = next(p[0] for p in found if b"SEARCH" in p[0]).split()[-1]
        self.imap.ask(f"UID STORE {uid.decode()} +FLAGS.SILENT ({flag})")
        if flag == "\\Deleted":
            self.imap.ask("EXPUNGE")
        self.imap.ask("CLOSE")

    def folders(self):
        return {p[0].split()[-1].strip(b'"').decode()
                for p in self.imap.ask('LIST "" *') if b"* LIST" in p[0]}

    def mail(self, folder):
        """Subjects, with the flags that a Maildir has as well."""
        found = {}
        if not self.imap.select(folder):
            return found
        for parts in self.imap.ask(
                "FETCH 1:* (FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])"):
            if len(parts) > 1:
                words = re.search(rb"FLAGS \(([^)]*)\)", parts[0])[1]
                found[parts[1].split()[1].decode()] = "".join(sorted(
                    FLAGS.get(w, "") for w in words.decode().split()))
        return found


class Local:
    """A Maildir for each folder."""

    def __init__(self, path):
        self.path = path

    def box(self, folder):
        return mailbox.Maildir(self.path / folder, create=True)

    def append(self, folder, subject):
        self.box(folder).add(text(subject).replace(b"\r\n", b"\n"))

    def find(self, subject):
        box = self.box("INBOX")
        return box, next(k for k, m in box.items() if
                         m["Subject"] == subject)

    def flag(self, subject, letter):
        box, key = self.find(subject)
        message = box[key]
        message.add_flag(letter)
        message.set_subdir("cur")
        box[key] = message

    def remove(self, subject):
        box, key = self.find(subject)
        box.remove(key)

    def mail(self, folder):
        return {m["Subject"]: "".join(sorted(set(m.get_flags()) &
                                             set(FLAGS.values())))
                for m in self.box(folder)}


def mbsync(server, folder):
    (folder / "state").mkdir()	# it outlives its folders
    rc = folder / "mbsyncrc"
    rc.write_text(
        "IMAPAccount a\nHost 127.0.0.1\n"
        f"Port {server.ports['imaps']}\nUser {ALICE}\nPass {PASSWORD}\n"
        f"SSLType IMAPS\nCertificateFile {server.data}/certificate.pem\n\n"
        "IMAPStore remote\nAccount a\n\n"
        f"MaildirStore local\nPath {folder}/Mail/\n"
        f"Inbox {folder}/Mail/INBOX\nSubFolders Verbatim\n\n"
        "Channel c\nFar :remote:\nNear :local:\nPatterns *\nCreate Both\n"
        f"Remove Both\nExpunge Both\nSyncState {folder}/state/\n")
    return ["mbsync", "-c", str(rc), "-a"]


def offlineimap(server, folder):
    der = ssl.PEM_cert_to_DER_cert(
        (server.data / "certificate.pem").read_text())
    rc = folder / "offlineimaprc"
    rc.write_text(
        f"[general]\naccounts = a\nmetadata = {folder}/meta\n"
        "ui = quiet\n\n[Account a]\nlocalrepository = l\n"
        "remoterepository = r\n\n[Repository l]\ntype = Maildir\n"
        f"localfolders = {folder}/Mail\n\n[Repository r]\ntype = IMAP\n"
        "remotehost = 127.0.0.1\nssl = yes\n"
        f"remoteport = {server.ports['imaps']}\nremoteuser = {ALICE}\n"
        f"remotepass = {PASSWORD}\n"
        f"cert_fingerprint = {hashlib.sha256(der).hexdigest()}\n")
    return ["offlineimap", "-c", str(rc), "-o"]


def run(command):
    done = subprocess.run(command, capture_output=True, text=True,
                          timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("program", [mbsync, offlineimap])
def test_both_sides(empty_demo, tmp_path, program):
    (tmp_path / "Mail").mkdir()
    remote, local = Remote(empty_demo), Local(tmp_path / "Mail")
    new = f"{program.__name__}-far", f"{program.__name__}-near"
    for subject in ("both-flag", "both-remove", "far-removes",
                    "near-removes", "stays"):
        remote.append("INBOX", subject)
    command = program(empty_demo, tmp_path)
    run(command)
    assert local.mail("INBOX") == remote.mail("INBOX")
    assert len(local.mail("INBOX")) == 5

    remote.store("both-flag", "\\Flagged")
    local.flag("both-flag", "S")
    remote.store("both-remove", "\\Deleted")
    local.remove("both-remove")
    remote.store("far-removes", "\\Deleted")
    local.remove("near-removes")
    remote.append("INBOX", "from-far")
    local.append("INBOX", "from-near")
    remote.imap.ask(f"CREATE {new[0]}")
    remote.append(new[0], "in-far")
    local.append(new[1], "in-near")
    for _ in range(2):		# the second has nothing to do
        run(command)
        assert remote.mail("INBOX") == local.mail("INBOX") == {
            "both-flag": "FS", "stays": "", "from-far": "",
            "from-near": ""}
        for folder, subject in zip(new, ("in-far", "in-near")):
            assert remote.mail(folder) == local.mail(folder) == {
                subject: ""}


def test_mbsync_removes_folders(empty_demo, tmp_path):
    """On either side; it takes only what is empty."""
    (tmp_path / "Mail").mkdir()
    remote, local = Remote(empty_demo), Local(tmp_path / "Mail")
    for folder in ("gone-far", "gone-near"):
        remote.imap.ask(f"CREATE {folder}")
    command = mbsync(empty_demo, tmp_path)
    run(command)
    remote.imap.ask("DELETE gone-far")
    for folder in ("cur", "new", "tmp"):
        (local.path / "gone-near" / folder).rmdir()
    for file in (local.path / "gone-near").iterdir():
        file.unlink()
    (local.path / "gone-near").rmdir()
    run(command)
    assert not remote.folders() & {"gone-far", "gone-near"}
    assert not (local.path / "gone-far" / "cur").exists()


def test_imapfilter(empty_demo, tmp_path):
    remote = Remote(empty_demo)
    for subject in ("bill-1", "bill-2", "advert", "letter"):
        remote.append("INBOX", subject)
    rules = tmp_path / "rules.lua"
    rules.write_text(f"""
options.truststore = '{empty_demo.data}/certificate.pem'
options.hostnames = false
options.certificates = false
options.timeout = 30
account = IMAP {{ server = '127.0.0.1', ssl = 'auto',
    port = {empty_demo.ports['imaps']}, username = '{ALICE}',
    password = '{PASSWORD}' }}
account:create_mailbox('Bills');
(account.INBOX:contain_subject('bill-') *
    account.INBOX:is_unseen()):move_messages(account.Bills)
account.INBOX:contain_body('advert'):delete_messages()
account.INBOX:is_smaller(10000):mark_flagged()
""")
    run(["imapfilter", "-c", str(rules)])
    assert remote.mail("INBOX") == {"letter": "F"}
    assert remote.mail("Bills") == {"bill-1": "", "bill-2": ""}
