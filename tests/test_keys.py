"""Certificates renewed and half renewed, vault.key lost, sessions resumed."""

import imaplib
import re
import shutil
import signal
import smtplib
import socket
import ssl
import subprocess
import time

import pytest

from lib.server import BUILD, PATIENCE, children, free_offset

POSTERN = str(BUILD / "postern")
ANYBODY = ssl.create_default_context()
ANYBODY.check_hostname = False
ANYBODY.verify_mode = ssl.CERT_NONE


def openssl(*args):
    subprocess.run(["openssl", *map(str, args)], check=True,
                   capture_output=True, timeout=60)


def make_pair(folder, name):
    """name.pem and name.key."""
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN={name}",
            "-addext", f"subjectAltName=DNS:{name}", "-days", 2,
            "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem")


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pairs")
    for name in "old.test", "new.test":
        make_pair(folder, name)
    openssl("pkey", "-in", folder / "new.test.key", "-aes128", "-passout",
            "pass:x", "-out", folder / "locked.key")
    openssl("x509", "-in", folder / "new.test.pem", "-outform", "der",
            "-out", folder / "der.pem")
    (folder / "empty").write_text("")
    (folder / "large").write_bytes(b"x" * 200000)
    one = (folder / "new.test.pem").read_text()
    (folder / "cut.pem").write_text(one + one[:300])
    (folder / "short.pem").write_text(one[:300])
    return folder


class Run:
    """`postern run` with these files, until the block ends."""

    def __init__(self, folder, more="", pair=True):
        self.folder = folder
        offset = free_offset()
        self.smtp, self.imaps = 25 + offset, 993 + offset
        self.listen = (
            f"listen {{ kind = smtp address = 127.0.0.1 port = {self.smtp} }}\n"
            f"listen {{ kind = imaps address = 127.0.0.1 port = {self.imaps} }}"
            f"\n{more}\n")
        self.log = folder / "log"
        self.configure(pair=pair)

    def configure(self, hostname="mail.test", pair=True):
        (self.folder / "postern.conf").write_text(
            f"hostname = {hostname}\n{self.listen}" + pair *
            "certificate { chain = chain.pem key = key.pem }\n")

    def take(self, chain, key):
        for source, name in (chain, "chain.pem"), (key, "key.pem"):
            if source.exists():
                shutil.copyfile(source, self.folder / name)
            else:
                (self.folder / name).unlink(missing_ok=True)

    def __enter__(self):
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [POSTERN, "run", "--config",
                 str(self.folder / "postern.conf")], stdout=log, stderr=log)
        self.wait_for("master info ready ")
        return self

    def __exit__(self, *exc):
        self.process.terminate()
        assert self.process.wait(15 * PATIENCE) == 0
        assert "bug" not in self.said()

    def said(self):
        return self.log.read_text()

    def wait_for(self, pattern, after=0):
        end = time.monotonic() + 30 * PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            if found := re.search(pattern, self.said()[after:]):
                return found
            time.sleep(0.02)
        raise AssertionError(f"no {pattern!r} in:\n{self.said()}")

    def reload(self, pattern):
        """SIGHUP, and what is logged of it."""
        before = len(self.said())
        self.process.send_signal(signal.SIGHUP)
        return self.wait_for(pattern, before)

    def roles(self, name):
        return [p for p, n in children(self.process.pid).items()
                if n == name]

    def names(self):
        """Whose certificates are shown: by SMTP and by IMAP."""
        found = []
        with smtplib.SMTP("127.0.0.1", self.smtp, timeout=10) as c:
            c.starttls(context=ANYBODY)
            found.append(c.sock.getpeercert(True))
        with socket.create_connection(("127.0.0.1", self.imaps), 10) as s, \
                ANYBODY.wrap_socket(s) as t:
            assert t.recv(100).startswith(b"* OK")
            found.append(t.getpeercert(True))
        return {m.decode() for der in found
                for m in re.findall(rb"[a-z]+\.test", der)}

    def wait_for_names(self, wanted):
        end = time.monotonic() + 10 * PATIENCE
        while (now := self.names()) != wanted:
            assert time.monotonic() < end, (now, self.said())
            time.sleep(0.05)


HALVES = [
    ("new.test.pem", "old.test.key", "mismatch"),
    ("old.test.pem", "new.test.key", "mismatch"),
    ("empty", "new.test.key", "chain.pem: it is empty"),
    ("new.test.pem", "empty", "key.pem: it is empty"),
    ("none", "new.test.key", "chain.pem: No such file"),
    ("new.test.pem", "none", "key.pem: No such file"),
    ("large", "new.test.key", "chain.pem: too large"),
    ("der.pem", "new.test.key", "no certificate"),
    ("cut.pem", "new.test.key", "not all of one"),
    ("short.pem", "new.test.key", "not all of one"),
    ("new.test.key", "new.test.pem", "no private key"),
    ("new.test.pem", "locked.key", "no private key"),
]


def test_half_a_renewal(tmp_path, pairs):
    """What is not whole is refused, the old pair goes on, also in a vault that
    is started anew; then comes the whole one."""
    run = Run(tmp_path)
    run.take(pairs / "old.test.pem", pairs / "old.test.key")
    with run:
        assert run.names() == {"old.test"}
        vault = run.roles("postern-vault")
        for chain, key, why in HALVES:
            run.take(pairs / chain, pairs / key)
            line = run.reload("certificates_refused .*").group()
            assert why in line, line
            assert run.names() == {"old.test"}
        assert run.roles("postern-vault") == vault
        before = len(run.said())
        subprocess.run(["kill", "-9", *map(str, vault)], check=True)
        run.wait_for("role_died role=vault", before)
        run.wait_for_names({"old.test"})
        run.take(pairs / "new.test.pem", pairs / "new.test.key")
        run.reload("certificates_taken")
        run.wait_for_names({"new.test"})
        assert "certificates_failed" not in run.said()


@pytest.mark.parametrize("chain,key,why", HALVES)
def test_run_and_check_refuse(tmp_path, pairs, chain, key, why):
    run = Run(tmp_path)
    run.take(pairs / chain, pairs / key)
    done = subprocess.run([POSTERN, "run", "--config",
                           str(tmp_path / "postern.conf")],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert why in done.stderr, done.stderr
    done = subprocess.run([POSTERN, "check-config",
                           str(tmp_path / "postern.conf")],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and done.stderr.count("\n") == 1


def test_who_came_before(tmp_path, pairs):
    """STARTTLS of a connection that is older than the renewal."""
    run = Run(tmp_path)
    run.take(pairs / "old.test.pem", pairs / "old.test.key")
    with run, smtplib.SMTP("127.0.0.1", run.smtp, timeout=10) as before:
        before.ehlo()
        run.take(pairs / "new.test.pem", pairs / "new.test.key")
        run.reload("certificates_taken")
        run.wait_for_names({"new.test"})
        before.starttls(context=ANYBODY)
        assert before.noop()[0] == 250


def test_files_come_and_go(tmp_path, pairs):
    """Without files the server has a certificate of its own, for the name it
    has now."""
    run = Run(tmp_path)
    run.take(pairs / "old.test.pem", pairs / "old.test.key")
    with run:
        run.configure(pair=False)
        run.reload("certificates_taken .*files=0")
        run.wait_for_names({"mail.test"})
        run.configure(hostname="post.test", pair=False)
        run.reload("certificates_taken .*files=0")
        run.wait_for_names({"post.test"})
        run.configure()
        run.reload("certificates_taken .*files=2")
        run.wait_for_names({"old.test"})


def refuses_to_start(folder):
    """Its words."""
    done = subprocess.run([POSTERN, "run", "--config",
                           str(folder / "postern.conf")],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 1, done.stderr
    assert "info ready" not in done.stderr
    assert done.stderr.count(" error ") <= 3, done.stderr
    assert "killed_at_deadline" not in done.stderr
    return done.stderr


@pytest.mark.parametrize("lost", ["key", "folder", "other", "octet"])
def test_vault_key_lost(tmp_path, lost):
    """Nothing begins without the key of what is sealed, and all is as it was
    when it is back."""
    run = Run(tmp_path, pair=False)
    vault = tmp_path / "postern-data" / "vault"
    with run:
        subprocess.run([POSTERN, "domain", "add", "mail.test"],
                       cwd=tmp_path, check=True, capture_output=True)
        subprocess.run([POSTERN, "account", "add", "a@mail.test",
                        "--password-stdin"],
                       cwd=tmp_path, check=True, capture_output=True,
                       input=b"postern-demo\n")
        names = run.names()
    kept = tmp_path / "kept"
    shutil.copytree(vault, kept)
    if lost == "folder":
        shutil.rmtree(vault)
    elif lost == "key":
        (vault / "vault.key").unlink()
    else:
        octets = bytearray((vault / "vault.key").read_bytes())
        octets[5] ^= 1
        (vault / "vault.key").write_bytes(
            bytes(octets) if lost == "octet" else b"k" * 32)
    missing = lost in ("key", "folder")
    said = refuses_to_start(tmp_path)
    assert ("vault.key was missing" if missing else
            "vault.key does not open what store/ keeps") in said
    assert "backup" in said
    assert "does not open" in refuses_to_start(tmp_path)
    done = subprocess.run([POSTERN, "account", "list"], cwd=tmp_path,
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "vault.key" in done.stderr
    shutil.copyfile(kept / "vault.key", vault / "vault.key")
    with run:
        assert run.names() == names
        with imaplib.IMAP4_SSL("127.0.0.1", run.imaps,
                               ssl_context=ANYBODY) as c:
            assert c.login("a@mail.test", "postern-demo")[0] == "OK"


def test_vault_key_of_nothing(tmp_path, pairs):
    """A key that seals nothing yet may go."""
    run = Run(tmp_path)
    run.take(pairs / "old.test.pem", pairs / "old.test.key")
    with run:
        pass
    (tmp_path / "postern-data" / "vault" / "vault.key").unlink()
    with run:
        assert run.names() == {"old.test"}


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2,
                                     ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("kind", ["smtp", "imaps"])
def test_sessions_resume_anywhere(tmp_path, version, kind):
    """Whichever worker accepts, and also one that was started anew."""
    run = Run(tmp_path, more="mx-workers = 4\nfront-workers = 4", pair=False)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = context.maximum_version = version

    def once(session):
        with socket.create_connection(
                ("127.0.0.1", run.smtp if kind == "smtp" else run.imaps),
                10) as s:
            if kind == "smtp":
                s.recv(1000)
                s.sendall(b"STARTTLS\r\n")
                assert s.recv(1000).startswith(b"220")
            with context.wrap_socket(s, session=session) as t:
                t.sendall(b"NOOP\r\n" if kind == "smtp" else b"a NOOP\r\n")
                while b"NOOP" not in (said := t.recv(1000)) and \
                        b"Ok" not in said and b"OK" not in said:
                    assert said
                return t.session, t.session_reused

    with run:
        session, reused = once(None)
        assert not reused
        for i in range(60):
            if i == 30:
                role = "mx" if kind == "smtp" else "front"
                pids = run.roles(f"postern-{role}")
                assert len(pids) == 4
                before = len(run.said())
                subprocess.run(["kill", "-9", *map(str, pids)], check=True)
                end = time.monotonic() + 20 * PATIENCE
                while len(re.findall("role_died", run.said()[before:])) < 4:
                    assert time.monotonic() < end
                    time.sleep(0.05)
                run.names()
            session, reused = once(session)
            assert reused, i


def test_ciphers(tmp_path):
    """Of TLS 1.2 only those with AEAD and forward secrecy."""
    run = Run(tmp_path, pair=False)
    with run:
        for cipher, wanted in (
                ("ECDHE-ECDSA-AES128-GCM-SHA256", True),
                ("ECDHE-ECDSA-AES256-GCM-SHA384", True),
                ("ECDHE-ECDSA-CHACHA20-POLY1305", True),
                ("ECDHE-ECDSA-AES128-SHA256", False),
                ("ECDHE-ECDSA-AES256-SHA", False),
                ("ECDHE-RSA-AES128-SHA", False),
                ("ECDHE-ECDSA-AES128-CCM", False),
                ("AES128-GCM-SHA256", False)):
            done = subprocess.run(
                ["openssl", "s_client", "-tls1_2", "-cipher", cipher,
                 "-connect", f"127.0.0.1:{run.imaps}"], input=b"",
                capture_output=True, timeout=30)
            assert (b"BEGIN CERTIFICATE" in done.stdout) == wanted, cipher
