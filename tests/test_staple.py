"""What an authority says of a certificate, shown with it (RFC 6066 8, 6960):
made and looked at by OpenSSL's own command."""

import datetime
import re
import signal
import subprocess
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp

from lib.server import BUILD, free_offset

POSTERN = str(BUILD / "postern")
SAYS = "certificate: ocsp ocsp.der: "


def openssl(folder, *args, text=""):
    done = subprocess.run(["openssl", *args], cwd=folder, input=text,
                          capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, (args, done.stderr)
    return done.stdout


class Authority:
    """A small one, its openssl.cnf and all, in a folder of its own."""

    def __init__(self, folder):
        folder.mkdir()
        self.folder = folder
        (folder / "index").write_text("")
        (folder / "serial").write_text("1000\n")
        (folder / "conf").write_text(
            "[ca]\ndefault_ca = here\n[here]\ndatabase = index\n"
            "serial = serial\nnew_certs_dir = .\ncertificate = ca.pem\n"
            "private_key = ca.key\ndefault_md = sha256\npolicy = any\n"
            "copy_extensions = copy\ndefault_days = 2\n[any]\n"
            "commonName = supplied\n")
        openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=ours",
                "-days", "2", "-keyout", "ca.key", "-out", "ca.pem")

    def certificate(self, name, kind=("ec", "ec_paramgen_curve:prime256v1")):
        """Its files: NAME.pem, which is the chain, and NAME.key."""
        openssl(self.folder, "req", "-newkey", kind[0], "-pkeyopt", kind[1],
                "-nodes", "-subj", f"/CN={name}", "-addext",
                f"subjectAltName=DNS:{name}", "-keyout", f"{name}.key",
                "-out", "csr")
        openssl(self.folder, "ca", "-batch", "-config", "conf", "-in", "csr",
                "-notext", "-out", "leaf.pem")
        (self.folder / f"{name}.pem").write_text(
            (self.folder / "leaf.pem").read_text() +
            (self.folder / "ca.pem").read_text())
        return self.folder / f"{name}.pem", self.folder / f"{name}.key"

    def revoke(self, name):
        openssl(self.folder, "ca", "-batch", "-config", "conf", "-revoke",
                f"{name}.pem")

    def says(self, name, to):
        """An OCSP response about it, in the file `to`."""
        openssl(self.folder, "ocsp", "-index", "index", "-CA", "ca.pem",
                "-rsigner", "ca.pem", "-rkey", "ca.key", "-issuer", "ca.pem",
                "-cert", f"{name}.pem", "-respout", str(to), "-ndays", "1")

    def said(self, name, to, left_s):
        """One that holds so long, which the command cannot count; it names
        the certificate by SHA-256."""
        leaf, ours = (x509.load_pem_x509_certificate(
            (self.folder / f).read_bytes()) for f in (f"{name}.pem", "ca.pem"))
        key = serialization.load_pem_private_key(
            (self.folder / "ca.key").read_bytes(), None)
        now = datetime.datetime.now(datetime.timezone.utc)
        response = ocsp.OCSPResponseBuilder().add_response(
            leaf, ours, hashes.SHA256(), ocsp.OCSPCertStatus.GOOD,
            now - datetime.timedelta(hours=1),
            now + datetime.timedelta(seconds=left_s), None, None
        ).responder_id(ocsp.OCSPResponderEncoding.HASH, ours).sign(
            key, hashes.SHA256())
        to.write_bytes(response.public_bytes(serialization.Encoding.DER))


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path / "authority")


def configure(folder, offset, *pairs):
    text = ("hostname = one.example.org\n"
            "listen { kind = imaps address = localhost "
            f"port = {993 + offset} }}\n")
    for (chain, key), staple in pairs:
        text += f'certificate {{ chain = "{chain}" key = "{key}" '
        text += f"ocsp = {staple} }}\n" if staple else "}\n"
    (folder / "postern.conf").write_text(text)


def check(folder):
    return subprocess.run([POSTERN, "check-config", "postern.conf"],
                          cwd=folder, capture_output=True, text=True,
                          timeout=30)


class Running:
    def __init__(self, folder, offset):
        self.log = folder / "log"
        self.port = 993 + offset
        self.out = open(self.log, "wb")
        self.process = subprocess.Popen(
            [POSTERN, "run", "--config", "postern.conf"], cwd=folder,
            stdout=self.out, stderr=self.out)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        assert self.process.wait(15) == 0, self.log.read_text()
        self.out.close()

    def shown(self, *more):
        """What s_client prints of a handshake that asks for a staple."""
        end = time.monotonic() + 15
        while time.monotonic() < end:
            done = subprocess.run(
                ["openssl", "s_client", "-connect", f"127.0.0.1:{self.port}",
                 "-status", *more], input="", capture_output=True, text=True,
                timeout=20)
            if "OCSP response" in done.stdout:
                return done.stdout
            time.sleep(0.1)
        raise AssertionError(self.log.read_text())

    def wait_log(self, word):
        end = time.monotonic() + 15
        while word not in self.log.read_text():
            assert time.monotonic() < end, self.log.read_text()
            time.sleep(0.05)

    def wait_shown(self, what, name):
        end = time.monotonic() + 10
        while what not in self.shown("-servername", name):
            assert time.monotonic() < end
            time.sleep(0.2)

    def reload(self, word):
        self.process.send_signal(signal.SIGHUP)
        self.wait_log(word)


GOOD = "OCSP Response Status: successful"
NONE = "no response sent"


def serial(shown):
    return re.search(r"Serial Number: (\S+)", shown)[1]


def test_shown_and_renewed(tmp_path, authority):
    """Each certificate has its own; TLS 1.2 and 1.3; reloads bring others."""
    offset = free_offset()
    one = authority.certificate("one.example.org")
    two = authority.certificate("two.example.org")
    rsa = authority.certificate("one.example.org.rsa",
                                ("rsa", "rsa_keygen_bits:2048"))
    authority.says("one.example.org", tmp_path / "ocsp.der")
    authority.says("two.example.org", tmp_path / "two.der")
    configure(tmp_path, offset, (one, "ocsp.der"), (two, "two.der"),
              (rsa, None))
    done = check(tmp_path)
    assert done.returncode == 0, done.stderr
    with Running(tmp_path, offset) as server:
        first = server.shown("-servername", "one.example.org")
        assert GOOD in first and "Cert Status: good" in first
        second = server.shown("-servername", "two.example.org", "-tls1_2")
        assert GOOD in second and serial(first) != serial(second)
        assert NONE in server.shown("-servername", "one.example.org.rsa")

        # Garbage is not shown, and stops nobody.
        (tmp_path / "ocsp.der").write_text("no DER")
        server.reload("staple_refused")
        server.wait_log("it is no OCSP response")
        server.wait_log("certificates_taken")
        server.wait_shown(NONE, "one.example.org")
        assert GOOD in server.shown("-servername", "two.example.org")

        # So is an old one.
        authority.says("one.example.org", tmp_path / "ocsp.der")
        server.process.send_signal(signal.SIGHUP)
        server.wait_shown(GOOD, "one.example.org")
        authority.said("one.example.org", tmp_path / "ocsp.der", -1)
        server.reload("staple_old")
        server.wait_shown(NONE, "one.example.org")
        assert GOOD in server.shown("-servername", "two.example.org")


def test_becomes_old(tmp_path, authority):
    offset = free_offset()
    one = authority.certificate("one.example.org")
    configure(tmp_path, offset, (one, "ocsp.der"))
    authority.said("one.example.org", tmp_path / "ocsp.der", 10)
    until = time.monotonic() + 10
    with Running(tmp_path, offset) as server:
        assert GOOD in server.shown()
        time.sleep(max(0, until + 1 - time.monotonic()))
        assert NONE in server.shown()


@pytest.mark.parametrize("what, says", [
    ("missing", "certificate: ocsp .*No such file"),
    ("empty", "certificate: ocsp .*it is empty"),
    ("garbage", "it is no OCSP response in DER"),
    ("tail", "it is no OCSP response in DER"),
    ("another", "it is about another certificate"),
    ("revoked", "it says that the certificate is revoked"),
    ("forged", "it is not signed by who issued"),
    ("old", "it is out of date, fetch a new one"),
    ("alone", "the chain does not hold who issued"),
])
def test_refused(tmp_path, authority, what, says):
    one = authority.certificate("one.example.org")
    two = authority.certificate("two.example.org")
    der = tmp_path / "ocsp.der"
    name = "one.example.org"
    if what == "revoked":
        authority.revoke(name)
    if what == "forged":
        # Another authority that calls itself the same, of the same serials.
        authority = Authority(tmp_path / "other")
        authority.certificate(name)
    if what == "another":
        name = "two.example.org"
    authority.says(name, der)
    if what == "missing":
        der.unlink()
    elif what == "empty":
        der.write_bytes(b"")
    elif what == "garbage":
        der.write_bytes(b"\x30\x82\xff\xff nothing")
    elif what == "tail":
        der.write_bytes(der.read_bytes() + b"\0")
    elif what == "old":
        authority.said(name, der, -1)
    elif what == "alone":
        text = one[0].read_text()
        end = "-----END CERTIFICATE-----\n"
        one[0].write_text(text[:text.index(end) + len(end)])
    configure(tmp_path, 0, (one, "ocsp.der"), (two, None))
    done = check(tmp_path)
    assert done.returncode == 1
    assert re.search(says, done.stderr), done.stderr
