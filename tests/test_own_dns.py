"""What `postern domain dns` prints is put into a signed zone as it is, and
others believe it: the key of port 25 (DANE, RFC 7672) and the policy that web
serves (MTA-STS, RFC 8461), which another Postern's errand fetches."""

import json
import re
import subprocess
import time

import pytest
from lib.nsd import Nsd
from lib.policy_host import PATH, Authority
from lib.server import BUILD, ConfiguredServer
from test_sts import Finder

DOMAIN = "ours.test"
HOST = f"mail.{DOMAIN}"
HERE = "127.88.3.1"
ZONE = """\
$ORIGIN {domain}.
$TTL 1
@ SOA ns hostmaster 1 60 60 60 1
@ NS ns
ns A 127.0.0.1
mail A {address}
"""


class Host(ConfiguredServer):
    """Who hosts DOMAIN."""

    certificate, mode = None, "testing"

    def configure(self, more=""):
        text = (f"hostname = {HOST}\ndata = \"{self.data}\"\n"
                f"mta-sts-mode = {self.mode}\n" + more)
        for kind in "smtp", "http", "https":
            text += (f"listen {{ kind = {kind} address = {HERE} "
                     f"port = {self.ports[kind]} }}\n")
        if self.certificate:
            chain, key = self.certificate
            text += f'certificate {{ chain = "{chain}" key = "{key}" }}\n'
        self.conf.write_text(text)

    def start(self):
        super(ConfiguredServer, self).start()

    def dns(self, *more):
        return subprocess.run(
            [str(BUILD / "postern"), "domain", "dns", DOMAIN, "--config",
             str(self.conf), *more], check=True, capture_output=True,
            text=True).stdout

    def records(self, kind, start=""):
        return [row["value"] for row in json.loads(self.dns("--json"))
                if row["type"] == kind and row["name"].startswith(start)]

    def reload(self):
        self.configure()
        subprocess.run([str(BUILD / "postern"), "reload", "--config",
                        str(self.conf)], check=True, capture_output=True)


class Net:
    def __init__(self, tmp):
        tmp.chmod(0o755)
        self.authority = Authority(tmp)
        self.certificate = self.authority.certificate(
            HOST, f"mta-sts.{DOMAIN}", cn=HOST)
        for file in self.certificate:
            file.chmod(0o644)
        self.host = Host()
        self.host.certificate = self.certificate
        self.host.start()
        self.host.command("domain", "add", DOMAIN)
        self.dns = Nsd()
        self.publish(self.host.dns())
        self.dns.start()

    def publish(self, records):
        self.dns.add_zone(DOMAIN, ZONE.format(domain=DOMAIN, address=HERE) +
                          records, signed=True)

    def close(self):
        self.dns.stop()
        self.host.close()


@pytest.fixture(scope="module")
def net(tmp_path_factory):
    made = Net(tmp_path_factory.mktemp("own"))
    yield made
    made.close()


def curl(net, host, path=PATH, *more):
    return subprocess.run(
        ["curl", "-sS", "--max-time", "30", "--cacert",
         str(net.authority.roots), "--connect-to",
         f"{host}:443:{HERE}:{net.host.ports['https']}", *more,
         f"https://{host}{path}"], capture_output=True, timeout=60)


def test_policy_by_curl(net):
    """By a certificate of that name, and by no other."""
    assert curl(net, f"mta-sts.{DOMAIN}").stdout == (
        b"version: STSv1\r\nmode: testing\r\nmx: mail.ours.test\r\n"
        b"max_age: 604800\r\n")
    assert curl(net, HOST, PATH, "-o", "/dev/null", "-w",
                "%{http_code}").stdout == b"404"
    assert curl(net, "mta-sts.elsewhere.test").returncode == 60


def dane(net, *rows):
    """What a client of these records says of the server."""
    rows = [part for row in rows for part in ("-dane_tlsa_rrdata", row)]
    return subprocess.run(
        ["openssl", "s_client", "-connect",
         f"{HERE}:{net.host.ports['smtp']}", "-starttls", "smtp",
         "-dane_tlsa_domain", HOST, *rows, "-verify_return_error"],
        input=b"QUIT\r\n", capture_output=True, timeout=60).stdout


def test_key_of_port_25(net):
    found = net.host.records("TLSA", f"_25._tcp.{HOST}.")
    assert len(found) == 1 and re.fullmatch("3 1 1 [0-9a-f]{64}", found[0])
    assert b"Verify return code: 0 (ok)" in dane(net, found[0])
    assert b"Verify return code: 0 (ok)" not in dane(
        net, found[0][:-4] + "0000")
    assert "zone of mail.ours.test is signed" in net.host.dns()


def test_own_certificate_and_two_keys(net, tmp_path):
    """The one vault made; and of two certificates for the name, both keys."""
    host = net.host
    before = host.records("TLSA")
    tmp_path.chmod(0o755)
    rsa = [tmp_path / "rsa.pem", tmp_path / "rsa.key"]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days",
         "3", "-subj", f"/CN={HOST}", "-addext",
         f"subjectAltName=DNS:{HOST},DNS:mta-sts.{DOMAIN}", "-keyout",
         rsa[1], "-out", rsa[0]], check=True, capture_output=True)
    other = [tmp_path / "other.pem", tmp_path / "other.key"]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days",
         "3", "-subj", "/CN=x", "-addext", "subjectAltName=DNS:www.x.test",
         "-keyout", other[1], "-out", other[0]], check=True,
        capture_output=True)
    try:
        host.configure()
        host.conf.write_text("".join(
            f'certificate {{ chain = "{c}" key = "{k}" }}\n'
            for c, k in (other, rsa)) + host.conf.read_text())
        subprocess.run([str(BUILD / "postern"), "reload", "--config",
                        str(host.conf)], check=True, capture_output=True)
        wait_for(lambda: len(host.records("TLSA")) == 2)
        both = host.records("TLSA")
        assert before[0] in both
        new, = set(both) - set(before)
        for only in ("RSA+SHA256:RSA-PSS+SHA256", new), (
                "ECDSA+SHA256", before[0]):
            wait_for(lambda only=only: b"Verify return code: 0 (ok)" in
                     subprocess.run(
                ["openssl", "s_client", "-connect",
                 f"{HERE}:{host.ports['smtp']}", "-starttls", "smtp",
                 "-sigalgs", only[0], "-dane_tlsa_domain", HOST,
                 "-dane_tlsa_rrdata", only[1]], input=b"QUIT\r\n",
                capture_output=True, timeout=60).stdout)
        host.certificate = None
        host.reload()
        wait_for(lambda: len(host.records("TLSA")) == 1)
        own, = host.records("TLSA")
        assert own not in both
        wait_for(lambda: b"Verify return code: 0 (ok)" in dane(net, own))
        assert "No certificate here has it" in host.dns()
    finally:
        host.certificate = net.certificate
        host.reload()
    wait_for(lambda: host.records("TLSA") == before)
    assert "No certificate here has it" not in host.dns()


def wait_for(what, seconds=30):
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end
        time.sleep(0.2)


def test_report_address(net):
    assert net.host.records("TXT", f"_smtp._tls.{DOMAIN}.") == [
        f"v=TLSRPTv1; rua=mailto:mail-reports@{DOMAIN}"]
    # Whose address that is has mail, and nobody asks for reports there.
    name = f"mail-reports@{DOMAIN}"
    said = net.host.command("alias", "add", name, "a@elsewhere.test").stdout
    assert "is mail from now on" in said
    assert not net.host.records("TXT", f"_smtp._tls.{DOMAIN}.")
    assert net.host.records("TXT", f"_dmarc.{DOMAIN}.") == [
        "v=DMARC1; p=quarantine"]
    assert f"{name} has mail of its own" in net.host.dns()
    net.host.command("alias", "remove", name)
    assert net.host.records("TXT", f"_dmarc.{DOMAIN}.") == [
        f"v=DMARC1; p=quarantine; rua=mailto:{name}"]


def test_believed_by_another_postern(net, tmp_path):
    """Its errand fetches what the records name; another mode is another id,
    and what is published then is what is found."""
    tmp_path.chmod(0o755)
    there = Finder(tmp_path, net.dns, net.authority.roots,
                   net.host.ports["https"])
    with there:
        for mode in "testing", "enforce", "none":
            net.host.mode = mode
            net.host.reload()
            wait_for(lambda mode=mode: f"mode: {mode}\r\n".encode() in
                     curl(net, f"mta-sts.{DOMAIN}").stdout)
            record, = net.host.records("TXT", f"_mta-sts.{DOMAIN}.")
            number = re.fullmatch("v=STSv1; id=([0-9a-f]{16});", record)[1]
            net.publish(net.host.dns())
            net.dns.reload()
            found = there.ask_until("ours", lambda f, n=number: f["id"] == n,
                                    150)
            assert (found["mode"], found["id"], found["result"]) == (
                mode, number, "")
            if mode != "none":
                assert found["mx"] == HOST
                assert found["age"] == "604800"
