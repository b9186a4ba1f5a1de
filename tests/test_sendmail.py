"""postern as sendmail, by the programs that call it, and `postern send`."""

import email
import email.policy
import os
import pathlib
import subprocess
import time

import pytest
from lib.server import BUILD, ConfiguredServer, address
from lib.wire import Imap

CLIENTS = pathlib.Path(__file__).parent / "clients"
ALICE, BOB = address("alice"), address("bob")
REMOTE = 'route "example.net" { host = "[127.0.0.1]" port = 1 private = true }\n'


class SendmailServer(ConfiguredServer):
    def configure(self, more=""):
        super().configure(REMOTE + more)

    def start(self):
        super().start()
        # Others go through it to the sockets.
        self.data.parent.chmod(0o755)
        self.path = self.data.parent / "sendmail"
        if not self.path.is_symlink():
            self.path.symlink_to(BUILD / "postern")

    @property
    def environment(self):
        return dict(os.environ, POSTERN_DATA=str(self.data))

    def sendmail(self, *args, text=b"", want=0, before=(), path=None):
        done = subprocess.run(
            [*before, str(path or self.path), *args], input=text,
            capture_output=True, timeout=60, env=self.environment)
        assert done.returncode == want, done
        return done

    def inbox(self, person="alice"):
        imap = Imap(self).login(person)
        octets = imap.bodies() if imap.select() else []
        imap.clear()
        imap.close()
        return [email.message_from_bytes(o, policy=email.policy.default)
                for o in octets]

    def one(self, person="alice"):
        message, = self.inbox(person)
        return message


@pytest.fixture(scope="module")
def running():
    with SendmailServer() as server:
        yield server


@pytest.fixture
def server(running):
    running.inbox("alice")
    running.inbox("bob")
    return running


def body(message):
    return message.get_payload().replace("\r\n", "\n")


def test_recipients_as_arguments(server):
    server.sendmail("-oi", ALICE, text=b"Subject: hi\n\nHello\n.\nmore\n")
    got = server.one()
    assert got["Subject"] == "hi"
    assert body(got) == "Hello\n.\nmore\n"
    assert got["From"].addresses[0].domain == "example.test"
    assert got["Date"] and got["Message-ID"].endswith("@example.test>")
    assert f"with LOCAL (uid {os.getuid()})" in got["Received"]


def test_recipients_in_the_header(server):
    server.sendmail("-t", "-i", text=(
        f"To: Alice <{ALICE}>\nBcc: {BOB},\n nobody@example.test\n"
        "From: Me <alice@example.test>\nSubject: both\n\nx\n").encode())
    for person in ("alice", "bob"):
        got = server.one(person)
        assert got["Bcc"] is None and got["To"] == f"Alice <{ALICE}>"
        assert got["From"] == "Me <alice@example.test>"


def test_a_dot_ends_it_without_i(server):
    server.sendmail(ALICE, text=b"\none\n.\ntwo\n")
    assert body(server.one()) == "one\n"


def test_who_it_is_from(server):
    server.sendmail("-i", "-f", BOB, "-F", "Bob Ü.", ALICE, text=b"\nx\n")
    got = server.one()
    assert got["Return-Path"] == f"<{BOB}>"
    assert got["From"].addresses[0].display_name == "Bob Ü."
    server.sendmail("-i", "-f", "<>", ALICE, text=b"\nx\n")
    assert server.one()["Return-Path"] == "<>"
    done = server.sendmail("-f", "me@elsewhere.test", ALICE, text=b"\nx\n",
                           want=77)
    assert b"me@elsewhere.test" in done.stderr
    assert server.inbox() == []


def test_refused_recipients(server):
    done = server.sendmail("-i", "nobody@example.test", text=b"\nx\n",
                           want=67)
    assert b"nobody@example.test" in done.stderr
    done = server.sendmail("-i", ALICE, "nobody@example.test", text=b"\nx\n")
    assert b"nobody@example.test" in done.stderr
    assert len(server.inbox()) == 1
    server.sendmail("-i", "<a@@b>", text=b"\nx\n", want=65)


def test_called_wrongly(server):
    server.sendmail(want=64)
    server.sendmail("-t", text=b"Subject: nobody\n\nx\n", want=64)
    server.sendmail("-bx", ALICE, want=64)
    server.sendmail("-f", want=64)


def test_what_makes_no_sense_is_made_sense_of(server):
    server.sendmail("-i", ALICE, text=(
        b"From me Sat Jan 1 00:00:00 2026\n"
        b"Subject: a\rBcc: bob@example.test\r\nX-N: a\0b\r\n"
        b"no header: here\n\ncr\rlf\n"))
    got = server.one()
    assert got["Subject"] == "a Bcc: bob@example.test"
    assert got["X-N"] == "ab"
    assert body(got) == "no header: here\n\ncr lf\n"
    assert server.inbox("bob") == []


def test_hostile_input(server):
    server.sendmail("-i", ALICE, text=b"A: " + b"x" * (3 << 20) + b"\n\nb\n",
                    want=65)
    many = ",\n ".join(f"u{i}@example.test" for i in range(2100))
    server.sendmail("-t", "-i", text=f"To: {many}\n\nx\n".encode(), want=65)
    assert server.inbox() == []
    many = ",\n ".join([f"u{i}@example.test" for i in range(1999)] + [ALICE])
    done = server.sendmail("-t", "-i", text=f"To: {many}\n\nx\n".encode())
    assert done.stderr.count(b"no such mailbox") == 1999
    assert len(server.inbox()) == 1
    server.sendmail("-i", ALICE, text=b"\0" * 100000)
    assert body(server.one()) == ""


def test_large_text(server):
    line = b"0123456789 abcdefghijklmnopqrstuvwxyz\n"
    server.sendmail("-i", ALICE, text=b"Subject: large\n\n" + line * 100000)
    assert body(server.one()) == (line * 100000).decode()
    server.sendmail("-i", ALICE, text=b"\n" + line * 2000000, want=65)
    assert server.inbox() == []


@pytest.mark.skipif(os.getuid() != 0, reason="only root becomes another")
def test_another_user(server):
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    server.sendmail("-i", "alice", text=b"Subject: x\n\ny\n", before=nobody)
    got = server.one()
    assert "(uid 65534)" in got["Received"]
    assert got["Return-Path"] == "<nobody@example.test>"
    done = server.sendmail("-bp", before=nobody, want=75)
    assert b"for the user who runs the server" in done.stderr
    server.sendmail("-q", before=nobody, want=75)


SMTP = (b"EHLO local\r\nMAIL FROM:<alice@example.test>\r\n"
        b"RCPT TO:<alice@example.test>\r\nDATA\r\nSubject: bs\r\n\r\n"
        b"..x\r\n.\r\nMAIL FROM:<me@elsewhere.test>\r\nQUIT\r\n")


def test_smtp_on_stdin(server, tmp_path):
    done = server.sendmail("-bs", text=SMTP)
    codes = [line[:3] for line in done.stdout.splitlines()
             if line[3:4] == b" "]
    assert codes == [b"220", b"250", b"250", b"250", b"354", b"250", b"553",
                     b"221"]
    got = server.one()
    assert body(got) == ".x\n" and got["Date"]
    batch = tmp_path / "batch"
    batch.write_bytes(SMTP.replace(b"QUIT\r\n", b""))
    with open(batch, "rb") as stdin:
        done = subprocess.run([server.path, "-bs"], stdin=stdin, timeout=30,
                              capture_output=True, env=server.environment)
    assert b"250 2.0.0" in done.stdout
    assert len(server.inbox()) == 1


@pytest.mark.parametrize("text", [
    SMTP[:SMTP.index(b"\r\n.\r\n")], SMTP[:SMTP.index(b"DATA")],
    b"HELO x\nMAIL FROM:<alice@example.test>\n"], ids=["text", "RCPT", "MAIL"])
def test_smtp_on_stdin_that_ends_early(server, text):
    """Nobody may take it for sent."""
    done = server.sendmail("-bs", text=text, want=65)
    assert b"it was not sent" in done.stderr
    assert b"250 2.0.0 Ok: queued" not in done.stdout
    assert not server.inbox()


def test_smtp_on_stdin_with_lf(server):
    """The first line says what lines end with: LF alone ends them then, and
    where it was CRLF a text with LFs ends no message early."""
    lines = (b"EHLO local", b"MAIL FROM:<alice@example.test>",
             b"RCPT TO:<alice@example.test>", b"DATA", b"Subject: lf", b"",
             b"..x", b".", b"QUIT")
    done = server.sendmail("-bs", text=b"\n".join(lines) + b"\n")
    assert b"\r\n250 2.0.0 Ok: queued" in done.stdout
    assert body(server.one()) == ".x\n"
    lines = lines[:5] + (b"\n.\nMAIL FROM:<alice@example.test>\nx",) + \
        lines[6:]
    done = server.sendmail("-bs", text=b"\r\n".join(lines) + b"\r\n")
    assert b"\r\n550 5.6.0 " in done.stdout
    assert len(server.inbox()) == 0


def test_other_names(server):
    for name in ("mailq", "newaliases"):
        path = server.path.parent / name
        path.symlink_to(BUILD / "postern")
        server.sendmail(path=path)


def test_by_configuration(server, tmp_path):
    done = subprocess.run([server.path, "-C", server.conf, "-i", ALICE],
                          input=b"\nx\n", timeout=30)
    assert done.returncode == 0 and len(server.inbox()) == 1


def test_no_server(tmp_path):
    env = dict(os.environ, POSTERN_DATA=str(tmp_path))
    command = [str(BUILD / "postern"), "sendmail", "-i", ALICE]
    done = subprocess.run(command, input=b"x\n" * (4 << 20), env=env,
                          capture_output=True, timeout=30)
    assert done.returncode == 75 and b"no server" in done.stderr
    done = subprocess.run([*command[:2], "-bs"], input=SMTP, env=env,
                          capture_output=True, timeout=30)
    assert done.returncode == 75 and done.stdout.startswith(b"421 ")


def test_store_dies_in_between(server):
    """The envelope was taken; the text comes after a restart."""
    sending = subprocess.Popen([server.path, "-i", ALICE],
                               stdin=subprocess.PIPE, env=server.environment)
    sending.stdin.write(b"Subject: through\n\n")
    sending.stdin.flush()
    time.sleep(0.3)
    assert server.kill_role("store") == 1
    sending.stdin.write(b"x\n")
    sending.stdin.close()
    assert sending.wait(40) == 0
    assert server.one()["Subject"] == "through"


# ---- programs --------------------------------------------------------------

def shell(server, command, **more):
    return subprocess.run(command, shell=True, env=dict(
        server.environment, **more), timeout=60, check=True,
        capture_output=True, text=True)


def test_cron(server):
    shell(server, f"(echo From: root; echo To: alice; echo Subject: Cron; "
          f"echo; echo out) | {server.path} -i -FCronDaemon -B8BITMIME -oem "
          "alice")
    got = server.one()
    assert got["Subject"] == "Cron" and body(got) == "out\n"


def test_email_package(server):
    message = email.message.EmailMessage()
    message["To"], message["Subject"] = ALICE, "Grüße"
    message.set_content("Füße\n")
    server.sendmail("-t", "-oi", "-oem", text=message.as_bytes())
    got = server.one()
    assert got["Subject"] == "Grüße" and got.get_content() == "Füße\r\n"


def test_s_nail(server):
    shell(server, f"echo hello | s-nail -:/ -Sv15-compat "
          f"-Smta={server.path} -Ssendwait -s 'from s-nail' -b {BOB} {ALICE}",
          MAILRC="/dev/null")
    for person in ("alice", "bob"):
        got = server.one(person)
        assert got["Subject"] == "from s-nail" and got["Bcc"] is None


def test_mutt(server, tmp_path):
    (tmp_path / "muttrc").write_text(
        f'set sendmail="{server.path} -oem -oi"\nset sendmail_wait=0\n'
        "set use_envelope_from=yes\nset copy=no\n"
        f'set from="{BOB}"\nset folder="{tmp_path}"\n')
    (tmp_path / "picture.png").write_bytes(bytes(range(256)) * 100)
    shell(server, f"echo Grüße | mutt -n -F {tmp_path}/muttrc -s 'von mutt' "
          f"-a {tmp_path}/picture.png -- {ALICE}", HOME=str(tmp_path),
          LC_ALL="C.UTF-8")
    got = server.one()
    assert got["Return-Path"] == f"<{BOB}>"
    assert got.get_body(("plain",)).get_content().strip() == "Grüße"
    picture, = got.iter_attachments()
    assert picture.get_content() == bytes(range(256)) * 100


def test_nodemailer(server):
    done = subprocess.run(
        ["node", "sendmail.mjs", server.path, BOB, ALICE, "Grüße"],
        cwd=CLIENTS, env=server.environment, capture_output=True, timeout=60)
    assert done.returncode == 0, done
    got = server.one()
    assert got["Subject"] == "Grüße" and got["Return-Path"] == f"<{BOB}>"
    text = got.get_body(("plain",)).get_content()
    assert text.splitlines() == ["Grüße", ".", "..dots"]
    attachment, = got.iter_attachments()
    assert attachment.get_content() == b"\7" * 300000


# ---- postern send ----------------------------------------------------------

def test_send(server, tmp_path):
    picture = tmp_path / "blätter.png"
    picture.write_bytes(os.urandom(200000))
    said = server.command(
        "send", "--from", f"Bob B. <{BOB}>", "--subject", "Grüße\nBcc: x",
        "--attach", str(picture), f"Ann <{ALICE}>",
        text="Füße\n.\nFrom here " + "x" * 2000 + "\n").stdout
    assert said.startswith("queued as ")
    got = server.one()
    assert got["Subject"].replace("\n", " ") == "Grüße Bcc: x"
    assert got["To"] == f"Ann <{ALICE}>" and got["Bcc"] is None
    assert got["From"] == f'"Bob B." <{BOB}>'
    assert not got.defects
    text = got.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert text == "Füße\n.\nFrom here " + "x" * 2000 + "\n"
    attachment, = got.iter_attachments()
    assert attachment.get_content_type() == "image/png"
    assert attachment.get_filename() == "blätter.png"
    assert attachment.get_content() == picture.read_bytes()
    done = server.command("send", "nobody@example.test", text="x",
                          check=False)
    assert done.returncode == 1 and "no such mailbox" in done.stderr
    assert server.command("send", check=False).returncode == 2


@pytest.mark.skipif(os.geteuid() != 0, reason="root alone has an /etc of its "
                    "own to mount")
def test_installed_server(running, tmp_path):
    """/etc/postern/postern.conf names the server, also where it names what is
    not for this user to read."""
    conf = tmp_path / "postern.conf"
    conf.write_text(
        f'hostname = "mail.example.org"\ndata = "{running.data}"\n'
        'route "example.com" { host = h.example.com user = u\n'
        '    password-file = "/nobody/may/read/this" }\n')
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-ec",
         "mount -t tmpfs none /etc; mkdir /etc/postern;"
         "cp $1 /etc/postern/postern.conf; cd /; unset POSTERN_DATA;"
         "exec $0 -f $2 $3",
         str(running.path), str(conf), ALICE, BOB],
        input=b"Subject: as installed\n\ntext\n", capture_output=True,
        timeout=60)
    assert done.returncode == 0, done
    assert running.one("bob")["Subject"] == "as installed"


def test_results_that_are_not_ours(running):
    """RFC 8601 5: nobody says in our name what we found out."""
    ours = "mail." + ALICE.split("@")[1]
    running.sendmail(ALICE, text=(
        f"Authentication-Results: {ours}; spf=pass\n"
        "Authentication-Results: other.example; spf=pass\n"
        "Subject: x\n\ntext\n").encode())
    assert running.one().get_all("Authentication-Results") == [
        "other.example; spf=pass"]
