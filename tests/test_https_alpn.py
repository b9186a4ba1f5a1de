"""IMAP, POP3 and submission at the port of HTTPS, by ALPN (https-alpn); HTTP as
ever beside it; and at the ports of their own who speaks another protocol."""

import http.client
import imaplib
import poplib
import re
import smtplib
import socket
import ssl
import subprocess
import time

import pytest
from lib.server import PASSWORD, ConfiguredServer, address
from lib.wire import Imap, client_context

ALICE, BOB = address("alice"), address("bob")


class WithMail(ConfiguredServer):
    also = "https-alpn = true\n"

    def configure(self, more=""):
        super().configure(self.also + more)


class WithoutMail(WithMail):
    also = ""


@pytest.fixture(scope="module")
def server():
    with WithMail() as running:
        yield running


def context(*protocols):
    c = client_context()
    if protocols:
        c.set_alpn_protocols(protocols)
    return c


def connect(server, *protocols, port="https"):
    sock = socket.create_connection(("127.0.0.1", server.ports[port]), 30)
    return context(*protocols).wrap_socket(sock)


def is_refused(server, *protocols, port="https"):
    with pytest.raises(ssl.SSLError) as e:
        connect(server, *protocols, port=port)
    return "no application protocol" in str(e.value).lower().replace("_", " ")


def greeting(server, *protocols, port="https"):
    with connect(server, *protocols, port=port) as tls:
        return tls.selected_alpn_protocol(), tls.recv(4096)


class ImapBy443(imaplib.IMAP4):
    def __init__(self, server):
        self.server = server
        super().__init__("127.0.0.1", server.ports["https"])

    def _create_socket(self, timeout):
        return connect(self.server, "imap")


class SmtpBy443(smtplib.SMTP):
    def __init__(self, server):
        self.server = server
        super().__init__("127.0.0.1", server.ports["https"])

    def _get_socket(self, host, port, timeout):
        return connect(self.server, "smtp")


def page(server, *curl):
    """(version, status) of a request by curl."""
    done = subprocess.run(
        ["curl", "-sk", "-o", "/dev/null", "-w", "%{http_version} %{http_code}",
         *curl, f"https://127.0.0.1:{server.ports['https']}/"],
        capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done
    return done.stdout.split()


def test_mail_goes_both_ways(server):
    with SmtpBy443(server) as smtp:
        smtp.ehlo("client.example")
        assert "auth" in smtp.esmtp_features
        assert "starttls" not in smtp.esmtp_features
        smtp.login(ALICE, PASSWORD)
        smtp.sendmail(ALICE, [BOB], f"From: {ALICE}\r\nSubject: by 443\r\n\r\n"
                      "x\r\n")
    imap = ImapBy443(server)
    imap.login(BOB, PASSWORD)
    assert imap.select() == ("OK", [b"1"])
    _, found = imap.search(None, "SUBJECT", '"by 443"')
    assert found == [b"1"]
    _, fetched = imap.fetch("1", "(BODY[HEADER.FIELDS (RECEIVED)])")
    assert b"([127.0.0.1])" in fetched[0][1]
    assert b"with ESMTPSA" in fetched[0][1]
    imap.logout()
    pop3, words = greeting(server, "pop3")
    assert pop3 == "pop3" and words.startswith(b"+OK")
    tail = server.tail(400)
    assert re.search(r"front\.\d info login .*peer=127\.0\.0\.1", tail)


def test_openssl(server):
    done = subprocess.run(
        ["openssl", "s_client", "-alpn", "imap", "-quiet", "-connect",
         f"127.0.0.1:{server.ports['https']}"],
        input=b"a LOGOUT\r\n", capture_output=True, timeout=60)
    assert done.stdout.startswith(b"* OK") and b"a OK" in done.stdout, done


def test_http_is_as_ever(server):
    assert page(server, "--http1.1") == ["1.1", "200"]
    assert page(server, "--no-alpn") == ["1.1", "200"]
    if "HTTP2" in subprocess.run(["curl", "--version"], capture_output=True,
                                 text=True).stdout:
        assert page(server, "--http2") == ["2", "200"]
    # Who names HTTP has come to it, whatever else they name.
    with connect(server, "imap", "http/1.1") as tls:
        assert tls.selected_alpn_protocol() == "http/1.1"
    with connect(server, "x-other", "imap", "smtp") as tls:
        assert tls.selected_alpn_protocol() == "imap"
    assert is_refused(server, "x-other")
    c = http.client.HTTPSConnection("127.0.0.1", server.ports["https"],
                                    context=client_context())
    c.request("GET", "/")
    assert c.getresponse().status == 200
    c.close()


def test_ports_of_their_own(server):
    for port, own in (("imaps", "imap"), ("pop3s", "pop3"),
                      ("submissions", "smtp")):
        assert greeting(server, port=port)[0] is None
        assert greeting(server, own, port=port)[0] == own
        assert greeting(server, "h2", own, port=port)[0] == own
        for other in ({"imap", "pop3", "smtp", "h2", "http/1.1"} - {own}):
            assert is_refused(server, other, port=port), (port, other)


def hello(*protocols):
    """The octets of a ClientHello, and what goes on with it."""
    got, out = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context(*protocols).wrap_bio(got, out)
    with pytest.raises(ssl.SSLWantReadError):
        tls.do_handshake()
    return out.read(), tls, got, out


def finish(sock, tls, got, out):
    while True:
        try:
            tls.do_handshake()
            break
        except ssl.SSLWantReadError:
            sock.sendall(out.read())
            octets = sock.recv(1 << 16)
            assert octets
            got.write(octets)
    sock.sendall(out.read())
    while True:
        try:
            return tls.read(4096)
        except ssl.SSLWantReadError:
            got.write(sock.recv(1 << 16))


def dial(server):
    sock = socket.create_connection(("127.0.0.1", server.ports["https"]), 30)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


@pytest.mark.parametrize("protocol", ["imap", "http/1.1"])
def test_in_pieces(server, protocol):
    octets, *rest = hello(protocol)
    with dial(server) as sock:
        for i in range(0, len(octets), 40):
            sock.sendall(octets[i:i + 40])
            time.sleep(0.01)
        if protocol == "imap":
            assert finish(sock, *rest).startswith(b"* OK")
    # Cut into records, as RFC 8446 5.1 lets them.
    octets, *rest = hello(protocol)
    with dial(server) as sock:
        for i in range(5, len(octets), 100):
            part = octets[i:i + 100]
            sock.sendall(b"\x16\x03\x01" + len(part).to_bytes(2, "big") + part)
        if protocol == "imap":
            assert finish(sock, *rest).startswith(b"* OK")


def test_what_is_no_hello(server):
    for octets in (b"GET / HTTP/1.0\r\n\r\n", b"\x16\x03\x01\x00\x00",
                   b"\x16\x03\x01\x40\x00\x02" + b"x" * 100, b"\x00" * 5,
                   b"\x16\x03\x01\x00\x04\x01\xff\xff\xff" + b"x" * 40000):
        with dial(server) as sock:
            try:
                sock.sendall(octets)
                sock.shutdown(socket.SHUT_WR)
                while sock.recv(4096):
                    pass
            except TimeoutError:
                raise
            except OSError:
                pass    # it had ended before all of it was said
    # One who comes and says half of it keeps nobody out.
    halves = [dial(server) for _ in range(20)]
    for sock in halves:
        sock.sendall(hello("imap")[0][:100])
    assert greeting(server, "imap")[1].startswith(b"* OK")
    assert page(server)[1] == "200"
    for sock in halves:
        sock.close()


def test_many_at_once(server):
    """Also sessions that stay: they are front's, and web forgets them."""
    open_ones = [connect(server, "imap") for _ in range(40)]
    for tls in open_ones:
        assert tls.recv(4096).startswith(b"* OK")
    for i, tls in enumerate(open_ones):
        tls.sendall(b"a NOOP\r\n")
        assert tls.recv(4096).startswith(b"a OK"), i
        tls.close()


def eventually(what, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if what():
                return True
        except (OSError, ssl.SSLError):
            pass
        time.sleep(0.1)
    return False


def test_front_is_started_anew(server):
    stays = connect(server, "http/1.1")
    server.kill_role("front")
    assert eventually(lambda: greeting(server, "imap")[1].startswith(b"* OK"))
    for _ in range(10):  # each worker
        assert greeting(server, "imap")[1].startswith(b"* OK")
    stays.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert stays.recv(4096).startswith(b"HTTP/1.1 ")
    stays.close()
    server.kill_role("web")
    assert eventually(lambda: greeting(server, "imap")[1].startswith(b"* OK"))
    assert eventually(lambda: page(server)[1] == "200")


def test_limits_are_those_of_front():
    class Few(WithMail):
        also = WithMail.also + "people-per-address = 1\n"

    with Few() as server:  # of loopback: ten
        there = [connect(server, "imap") for _ in range(10)]
        for tls in there:
            assert tls.recv(4096).startswith(b"* OK")
        with pytest.raises((OSError, ssl.SSLError)):
            connect(server, "imap").recv(10)
        there.pop().close()
        assert eventually(
            lambda: greeting(server, "imap")[1].startswith(b"* OK"))
        for tls in there:
            tls.close()


def test_behind_a_proxy():
    """Front takes from web who it is that a proxy has named."""
    class Proxied(WithMail):
        also = WithMail.also + 'proxies = { "127.0.0.1" }\n'

    def said(server, address):
        with dial(server) as sock:
            sock.sendall(f"PROXY TCP4 {address} 203.0.113.1 4711 443\r\n"
                         .encode())
            with context("imap").wrap_socket(sock) as tls:
                return tls.recv(4096)

    with Proxied() as server:
        assert said(server, "198.51.100.7").startswith(b"* OK")
        assert eventually(lambda: re.search(
            r"front\.\d info disconnect .*peer=198\.51\.100\.7",
            server.tail(400)))
        server.command("ban", "add", "198.51.100.7")
        with pytest.raises((OSError, ssl.SSLError)):
            said(server, "198.51.100.7")
        assert said(server, "198.51.100.8").startswith(b"* OK")


def test_without_the_option():
    with WithoutMail() as server:
        for protocol in ("imap", "pop3", "smtp"):
            assert is_refused(server, protocol)
        assert page(server)[1] == "200"
        assert greeting(server, "imap", port="imaps")[0] == "imap"
