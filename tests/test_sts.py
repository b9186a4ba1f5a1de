"""MTA-STS (RFC 8461): policies of other domains, found in DNS, fetched by
errand from real web servers, kept by store.

A program in the place of relay asks, as relay does, and logs what it found."""

import gzip
import json
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time

import pytest
from lib.nsd import Nsd
from lib.policy_host import PATH, Authority, PolicyHost, for_ever, policy
from lib.server import BUILD, ConfiguredServer
from test_relay import eventually

FOUND = re.compile(r' sts_found domain=(\S+) mode=(\S+) id=(\S+) mx=(".*?"|\S+)'
                   r' max_age=(\d+) result=(\S+) why=(".*?"|\S+)')
CONFIGURATION = """\
hostname = mail.here.test
data = "{data}"
listen {{ kind = smtp address = localhost port = {smtp} }}
stub-zone "test" {{ servers = {{ "127.0.0.1@{dns}" }} }}
trust-anchor = "{anchor}"
trusted-roots = "{roots}"
errand {{ port = {port} private = {private} stay = {stay} }}
"""
# Each has an address of its own, so that one port will do for all.
DOMAINS = {name: f"127.88.1.{n}" for n, name in enumerate((
    "good", "testing", "none", "wild", "other-name", "cn-only", "self-signed",
    "expired", "old-tls", "html", "moved", "missing", "long", "long-header",
    "slow", "malformed", "no-host", "closed", "two-records", "packed",
    "no-type"), 1)}


class Finder(ConfiguredServer):
    """A Postern with the other relay, which asks about its routes."""

    def __init__(self, tmp, dns, roots, port):
        super().__init__(data=tmp / "here" / "data")
        self.data.parent.mkdir()
        self.bin = tmp / "bin"
        self.bin.mkdir()
        for program in BUILD.glob("postern*"):
            if program.is_file():
                shutil.copy2(program, self.bin / program.name)
        shutil.copy2(BUILD / "tests" / "sts" / "postern-relay", self.bin)
        self.dns, self.roots, self.port = dns, roots, port
        self.private, self.stay, self.domains = "true", "5m", ()

    def configure(self, more=""):
        self.conf.write_text(CONFIGURATION.format(
            data=self.data, dns=self.dns.port, anchor=self.dns.anchor,
            roots=self.roots, port=self.port, private=self.private,
            stay=self.stay,
            **self.ports) + "".join(
                f'route "{d}.test" {{ refuse = x }}\n' for d in self.domains)
            + more)

    def start(self):
        with open(self.log, "ab") as log:
            self._log_start = log.tell()
            self.process = subprocess.Popen(
                [str(self.bin / "postern"), *self.arguments()],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True)
        self.wait_ready()

    def ask(self, *domains, seconds=90):
        """What is found out about these, by domain."""
        self.domains = domains
        self.configure()
        at = self.log.stat().st_size
        self.process.send_signal(signal.SIGHUP)
        return self.wait_found(at, domains, seconds)

    def ask_until(self, domain, is_so, seconds=40):
        """A record takes its time to be known everywhere."""
        end = time.monotonic() + seconds
        while not is_so(found := self.ask(domain)[domain]):
            assert time.monotonic() < end, found
            time.sleep(0.3)
        return found

    def wait_found(self, at, domains, seconds=90):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            text = self.log.read_bytes()[at:].decode(errors="replace")
            found = {m[1].removesuffix(".test"): dict(zip(
                ("mode", "id", "mx", "age", "result", "why"),
                (part.strip('"') for part in m.groups()[1:])))
                for m in FOUND.finditer(text)}
            if set(domains) <= set(found) and " sts_done " in text:
                return found
            time.sleep(0.05)
        raise AssertionError(self.tail(80))


def zone(ids, hosts=()):
    lines = ["$ORIGIN test.", "$TTL 1",
             "@ SOA ns.test. host.test. 1 60 60 60 1", "@ NS ns",
             "ns A 127.0.0.1"]
    for name, address in DOMAINS.items():
        lines.append(f'_mta-sts.{name} TXT "v=STSv1; id={ids[name]};"')
        if name != "no-host":
            lines.append(f"mta-sts.{name} A {address}")
    lines.append('_mta-sts.two-records TXT "v=STSv1; id=2;"')
    return "\n".join([*lines, *hosts, ""])


class Net:
    def __init__(self, tmp):
        self.folder = tmp / "net"
        self.folder.mkdir()
        self.authority = Authority(self.folder)
        self.ids = dict.fromkeys(DOMAINS, "1")
        self.dns = Nsd()
        self.dns.add_zone("test", zone(self.ids), signed=True)
        self.dns.start()
        self.hosts = {}
        with socket.socket() as s:
            s.bind(("0.0.0.0", 0))
            self.port = s.getsockname()[1]
        for name in DOMAINS:
            self.serve(name)

    def serve(self, name):
        if name in ("closed", "no-host"):
            return
        host = f"mta-sts.{name}.test"
        names = {"wild": [f"*.{name}.test"],
                 "other-name": [f"www.{name}.test"], "cn-only": []}.get(
                     name, [host])
        who = self.authority
        if name == "self-signed":
            (self.folder / "other").mkdir()
            who = Authority(self.folder / "other")
        files = who.certificate(*names, cn=host,
                                days=-1 if name == "expired" else 30)

        def old(context):
            if name == "old-tls":
                context.minimum_version = ssl.TLSVersion.TLSv1
                context.maximum_version = ssl.TLSVersion.TLSv1_1
                context.set_ciphers("ALL:@SECLEVEL=0")
        self.hosts[name] = PolicyHost(DOMAINS[name], self.port, *files,
                                      tls=old)

    def close(self):
        for host in self.hosts.values():
            host.close()
        self.dns.stop()

    def publish(self, **ids):
        self.ids.update(ids)
        self.dns.add_zone("test", zone(self.ids), signed=True)
        self.dns.reload()


@pytest.fixture(scope="module")
def net(tmp_path_factory):
    made = Net(tmp_path_factory.mktemp("sts"))
    yield made
    made.close()


@pytest.fixture
def here(net, tmp_path):
    tmp_path.chmod(0o755)
    server = Finder(tmp_path, net.dns, net.authority.roots, net.port)
    with server:
        yield server


def test_policies(net, here):
    """What is found, is as it was published: by a certificate for the name,
    or for all names of that level."""
    net.hosts["testing"].text = policy("testing", "a.test\nmx: *.b.test", 77)
    net.hosts["none"].text = policy("none")
    net.hosts["wild"].type = "Text/Plain; charset=utf-8"
    found = here.ask("good", "testing", "none", "wild", "nobody")
    assert found["good"] == {
        "mode": "enforce", "id": "1", "mx": "mx.example.org", "age": "604800",
        "result": "", "why": ""}
    assert found["testing"]["mode"] == "testing"
    assert found["testing"]["mx"] == "a.test *.b.test"
    assert found["testing"]["age"] == "77"
    assert (found["none"]["mode"], found["none"]["id"]) == ("none", "1")
    assert found["wild"]["mode"] == "enforce", found
    assert (found["nobody"]["mode"], found["nobody"]["id"]) == ("none", "")
    (host, path, headers), = net.hosts["good"].asked
    assert host == f"mta-sts.good.test:{net.port}" and path == PATH
    assert set(headers) == {"Host", "User-Agent", "Accept"}
    # It is there without being fetched again, after a crash of everything.
    here.kill_all()
    at = here.log.stat().st_size
    here.start()
    assert here.wait_found(at, ["good"])["good"]["mode"] == "enforce"
    assert len(net.hosts["good"].asked) == 1


def answer_with(status=200, headers=(), octets=b""):
    def answer(handler):
        handler.send_response(status)
        for header in headers:
            handler.send_header(*header)
        handler.end_headers()
        handler.wfile.write(octets)
        handler.close_connection = True
    return answer


def test_what_is_no_policy(net, here):
    """Each is no policy, said in the words of RFC 8460 4.3."""
    plain = ("Content-Type", "text/plain")
    hosts = net.hosts
    hosts["html"].type = "text/html"
    hosts["no-type"].type = None
    hosts["missing"].status = 404
    hosts["moved"].answer = answer_with(301, [plain, (
        "Location", f"https://mta-sts.good.test:{net.port}{PATH}")], policy())
    hosts["long"].answer = answer_with(200, [plain], b"x: y\n" * 20000)
    hosts["long-header"].answer = answer_with(
        200, [plain, *[("X-More", "y" * 1000)] * 20], policy())
    hosts["malformed"].text = b"version: STSv1\nmode: enforce\n"
    # A bomb, for whoever unpacks: what came is not a policy.
    hosts["packed"].headers = [("Content-Encoding", "gzip")]
    hosts["packed"].text = gzip.compress(b"x: y\n" * 10_000_000)
    wanted = {
        "other-name": "sts-webpki-invalid", "cn-only": "sts-webpki-invalid",
        "self-signed": "sts-webpki-invalid", "expired": "sts-webpki-invalid",
        "old-tls": "sts-policy-fetch-error", "html": "sts-policy-fetch-error",
        "no-type": "sts-policy-fetch-error",
        "moved": "sts-policy-fetch-error", "missing": "sts-policy-fetch-error",
        "long": "sts-policy-fetch-error",
        "long-header": "sts-policy-fetch-error",
        "malformed": "sts-policy-invalid", "packed": "sts-policy-",
        "no-host": "sts-policy-fetch-error",
        "closed": "sts-policy-fetch-error", "two-records": ""}
    asked = len(hosts["good"].asked)
    found = here.ask(*wanted)
    for name, result in wanted.items():
        assert found[name]["mode"] == "none", (name, found[name])
        assert found[name]["id"] == "", (name, found[name])
        assert found[name]["result"].startswith(result), (name, found[name])
        assert found[name]["why"], (name, found[name])
    assert "301" in found["moved"]["why"]
    assert "too long" in found["long"]["why"]
    assert "too long" in found["long-header"]["why"]
    assert "text/html" in found["html"]["why"]
    assert len(hosts["good"].asked) == asked
    # Who answers without end is left in time, and holds nobody up.
    hosts["slow"].answer = for_ever
    began = time.monotonic()
    pids = here.processes("errand")
    assert here.ask("slow", seconds=100)["slow"]["result"] == \
        "sts-policy-fetch-error"
    assert 50 < time.monotonic() - began < 80
    assert here.processes("errand") == pids


def test_never_downgraded(net, here):
    """A policy that was fetched stays until its time is over, whatever those
    on the way do; and a new one takes its place."""
    host = net.hosts["good"]
    asked = len(host.asked)
    assert here.ask("good")["good"]["id"] == net.ids["good"]
    host.status = 500
    net.publish(good="2")
    found = here.ask_until("good", lambda f: f["result"])
    assert (found["mode"], found["id"]) == ("enforce", "1")
    assert found["result"] == "sts-policy-fetch-error"
    assert re.search(r"relay warn sts_failed domain=good.test "
                     r"result=sts-policy-fetch-error why=.* kept=1",
                     here.tail(None))
    assert len(host.asked) == asked + 2
    here.ask("good")        # not so soon again: 3.3
    assert len(host.asked) == asked + 2
    host.status, host.text = 200, policy("testing")
    net.publish(good="3")
    found = here.ask_until("good", lambda f: f["id"] != "1")
    assert (found["mode"], found["id"], found["result"]) == (
        "testing", "3", "")


def test_private_addresses(net, here):
    """By itself errand goes to nobody's own network, whoever names it."""
    here.private = "false"
    here.configure()
    here.stop()
    here.start()
    asked = len(net.hosts["good"].asked)
    found = here.ask("good")["good"]
    assert found["result"] == "sts-policy-fetch-error"
    assert "private" in found["why"]
    assert len(net.hosts["good"].asked) == asked


def test_errand_dies(net, here):
    """Who asks is asked for again of the one that follows."""
    assert here.ask("testing")["testing"]["id"]
    old = here.processes("errand")
    assert here.kill_role("errand") == 1
    assert here.ask("wild")["wild"]["mode"] == "enforce"
    assert here.processes("errand") != old


def test_errand_sleeps(net, here):
    """It runs from the first ask on, until none has come for a while."""
    here.stay = "2s"
    here.configure()
    here.stop()
    here.start()
    assert not here.processes("errand")
    for domain in "good", "wild":       # each needs it once
        assert here.ask(domain)[domain]["id"]
        assert here.processes("errand")
        roles = eventually(lambda: [
            role for role in json.loads(here.command(
                "status", "--json", check=False).stdout)["roles"]
            if role["state"] == "sleeps"])
        assert [(r["role"], r["pid"], r["why"]) for r in roles] == [
            ("errand", 0, "")]
        status = here.command("status").stdout
        assert ": running since " in status and status.count("\n") == 1
    assert "role_died" not in here.tail(None)
