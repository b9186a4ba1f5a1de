"""A small internet on loopback: domains in a signed DNS zone, each with a
mail server at an address of its own, all on one port.

    with World() as w:
        here = w.postern("here.test")
        there = w.sink("there.test")        # or another postern
        w.start()
        w.send(here, "alice", ["bob@there.test"], "hello")
        there.wait(1)

Postern is told that mail servers listen on that port (relay { port }), who
answers for test. (stub-zone, trust-anchor), and that the addresses are
private and meant to be.
"""

import contextlib
import pathlib
import random
import smtplib
import socket
import ssl
import subprocess
import tempfile

from lib.nsd import Nsd
from lib.server import (BUILD, PASSWORD, UNLIMITED, ConfiguredServer,
                        free_offset)
from lib.sink import Sink

CONFIGURATION = """\
hostname = "{hostname}"
data = "{data}"
listen {{ kind = smtp address = "{address}" port = {port} }}
listen {{ kind = submission address = "localhost" port = {submission} }}
listen {{ kind = submissions address = "localhost" port = {submissions} }}
listen {{ kind = imap address = "localhost" port = {imap} }}
listen {{ kind = imaps address = "localhost" port = {imaps} }}
stub-zone "test" {{ servers = {{ "127.0.0.1@{dns}" }} }}
trust-anchor = "{anchor}"
relay {{ port = {port} {relay} }}
queue {{ {queue} }}
{more}
"""
# Impatient: what takes minutes and hours in the world takes seconds here.
QUEUE = "retry-min = 1s retry-max = 2s give-up = 60s delay-notice = 0"
RELAY = "private = true"


class Domain(ConfiguredServer):
    """A Postern that serves one domain, at mail.DOMAIN."""

    def __init__(self, world, domain, people=("alice", "bob"), queue=QUEUE,
                 relay=RELAY, more=""):
        super().__init__(data=world.folder / domain / "data")
        self.data.parent.mkdir()
        self.world, self.domain, self.people = world, domain, people
        self.queue, self.relay, self.more = queue, relay, more
        self.ip = world.address()
        self.hostname = f"mail.{domain}"
        self.ports["smtp"] = world.port

    def configure(self, more=""):
        self.conf.write_text(CONFIGURATION.format(
            hostname=self.hostname, data=self.data, address=self.ip,
            port=self.world.port, dns=self.world.dns.port,
            anchor=self.world.dns.anchor, relay=self.relay, queue=self.queue,
            more=self.more + UNLIMITED + more, **{k: v for k, v in self.ports.items()
                                      if k != "smtp"}))

    def start(self):
        new = not self.data.exists()
        super(ConfiguredServer, self).start()
        if not new:
            return
        self.command("domain", "add", self.domain)
        for person in self.people:
            self.command("account", "add", f"{person}@{self.domain}",
                         "--password-stdin", text=PASSWORD + "\n")

    def queued(self):
        """Rows of the queue, as programs get them."""
        import json
        return json.loads(
            self.command("queue", "list", "--json").stdout or "[]")

    def submission(self, person):
        """A session of smtplib, logged in."""
        smtp = smtplib.SMTP("127.0.0.1", self.ports["submission"],
                            timeout=60)
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        smtp.starttls(context=context)
        smtp.login(f"{person}@{self.domain}", PASSWORD)
        return smtp

    def inbox(self, person):
        """All messages of the person's INBOX, as octets."""
        import imaplib
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        imap = imaplib.IMAP4_SSL("127.0.0.1", self.ports["imaps"],
                                 ssl_context=context, timeout=60)
        imap.login(f"{person}@{self.domain}", PASSWORD)
        imap.select("INBOX", readonly=True)
        found = imap.uid("FETCH", "1:*", "(BODY.PEEK[])")[1]
        imap.logout()
        return [part[1] for part in found if isinstance(part, tuple)]


def text(sender, to, subject="hello", body="A few words.\r\n", more=""):
    return (f"From: {sender}\r\nTo: {', '.join(to)}\r\n"
            f"Subject: {subject}\r\n{more}\r\n{body}")


class World:
    def __init__(self):
        self._stack = contextlib.ExitStack()
        self.folder = pathlib.Path(self._stack.enter_context(
            tempfile.TemporaryDirectory(prefix="world-")))
        self.port = self._free_port()
        self._net = random.randrange(1, 250)
        self._next = 0
        self.records = []
        self.servers = []
        self.dns = None

    @staticmethod
    def _free_port():
        with socket.socket() as s:
            s.bind(("0.0.0.0", 0))
            return s.getsockname()[1]

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self._stack.close()

    def address(self):
        """An address of 127/8 that nobody here has."""
        self._next += 1
        return f"127.77.{self._net}.{self._next}"

    def record(self, line):
        """A line of the zone test. (names relative to it)."""
        self.records.append(line)

    def _names(self, domain, address):
        label = domain.removesuffix(".test")
        self.record(f"{label} MX 10 mail.{label}")
        self.record(f"mail.{label} A {address}")

    def postern(self, domain, **options):
        server = Domain(self, domain, **options)
        self._names(domain, server.ip)
        self.servers.append(server)
        return server

    def sink(self, domain=None, **behaviour):
        """A Sink, which is the MX of the domain, if one is named."""
        sink = Sink(self.address(), self.port, **behaviour)
        if domain:
            self._names(domain, sink.address)
        self.servers.append(sink)
        return sink

    def zone(self):
        """The text of test., as far as it is known."""
        return "$ORIGIN test.\n$TTL 5\n" \
            "@ SOA ns.test. host.test. 1 60 60 60 5\n@ NS ns\n" \
            "ns A 127.0.0.1\n" + "\n".join(self.records) + "\n"

    def start(self, signed=True):
        self.dns = Nsd()
        self.dns.add_zone("test", self.zone(), signed=signed)
        self.dns.start()
        self._stack.callback(self.dns.stop)
        for server in self.servers:
            self._stack.enter_context(server)
        return self

    def certificate(self, name, days=30, issuer=None):
        """(chain, key) files of a certificate for a name."""
        chain = self.folder / f"{name}.{days}.pem"
        key = self.folder / f"{name}.{days}.key"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:P-256", "-nodes", "-days", str(days),
             "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}",
             "-keyout", str(key), "-out", str(chain)],
            check=True, capture_output=True)
        return chain, key

    def tls(self, name, **options):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.certificate(name, **options))
        return context

    def send(self, server, person, to, subject="hello", body="Words.\r\n",
             options=(), rcpt_options=(), more=""):
        """Submit as a person; returns what smtplib does."""
        sender = f"{person}@{server.domain}"
        smtp = server.submission(person)
        try:
            return smtp.sendmail(
                sender, to, text(sender, to, subject, body, more).encode(),
                options, rcpt_options)
        finally:
            smtp.quit()


__all__ = ["World", "Domain", "text", "BUILD", "free_offset"]
