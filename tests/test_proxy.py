"""A proxy in front of us says for whom it comes (PROXY protocol 1 and 2), on
every port and before TLS; nobody else may."""

import socket
import ssl
import struct
import time

import pytest
from lib.server import ConfiguredServer
from lib.wire import Imap, Smtp, Wire, client_context
from test_limits import closes, logged

PROXY = "127.0.0.9"


class Behind(ConfiguredServer):
    def configure(self, more=""):
        super().configure(f'proxies = {{ "{PROXY}" }}\nmx-workers = 1\n'
                          "smtp-per-address = 2\n" + more)


@pytest.fixture(scope="module")
def server():
    with Behind() as server:
        yield server


class ByProxy:
    """Comes from the proxy's address, and says this first."""

    header = b""

    def __init__(self, *args, header, **kwargs):
        self.header = header
        super().__init__(*args, **kwargs)

    def connect(self, port, timeout):
        sock = socket.create_connection(("127.0.0.1", port), timeout,
                                        (PROXY, 0))
        sock.sendall(self.header)
        return sock


class ProxiedSmtp(ByProxy, Smtp):
    pass


class ProxiedImap(ByProxy, Imap):
    pass


class ProxiedWire(ByProxy, Wire):
    pass


def v1(address):
    return f"PROXY TCP4 {address} 192.0.2.1 4711 25\r\n".encode()


def v2(address):
    rest = (socket.inet_aton(address) + socket.inet_aton("192.0.2.1")
            + struct.pack(">HH", 4711, 25) + b"\x04\0\x02xx")
    return (b"\r\n\r\n\0\r\nQUIT\n\x21\x11" + struct.pack(">H", len(rest))
            + rest)


@pytest.mark.parametrize("header", [v1, v2])
def test_who_it_is(server, header):
    smtp = ProxiedSmtp(server, header=header("198.51.100.7"))
    assert "[198.51.100.7]" in smtp.do("EHLO client.test", 250)[0]
    smtp.close()
    # Before TLS; and a login from there.
    imap = ProxiedImap(server, "imaps", header=header("198.51.100.8"))
    imap.login("alice")
    imap.close()
    logged(server, "peer=198.51.100.8")


@pytest.mark.parametrize("split", [0, 9, None])
@pytest.mark.parametrize("kind", ["imaps", "submissions", "https"])
@pytest.mark.parametrize("header", [v1, v2])
def test_tls_in_the_same_segment(server, header, kind, split):
    """Behind the header comes what the client has said by then, at once."""
    arrives, leaves = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_context().wrap_bio(arrives, leaves)
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    said = header("198.51.100.10") + leaves.read()
    with socket.create_connection(("127.0.0.1", server.ports[kind]), 10,
                                  (PROXY, 0)) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if split:
            sock.sendall(said[:split])
            time.sleep(0.1)
        sock.sendall(said[split or 0:-20 if split is None else None])
        if split is None:
            time.sleep(0.1)
            sock.sendall(said[-20:])
        while True:
            try:
                client.do_handshake()
                break
            except ssl.SSLWantReadError:
                sock.sendall(leaves.read())
                octets = sock.recv(1 << 16)
                assert octets
                arrives.write(octets)


def test_limits_are_of_whom_it_names(server):
    there = [ProxiedSmtp(server, header=v1("203.0.113.5")) for _ in range(2)]
    wire = ProxiedWire(server.ports["smtp"], header=v2("203.0.113.5"))
    assert closes(wire) == (
        b"421 4.7.0 Too many connections from your address\r\n")
    ProxiedSmtp(server, header=v1("198.51.100.9")).close()
    for smtp in there:
        smtp.close()


def test_the_proxy_itself(server):
    local = b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0"
    smtp = ProxiedSmtp(server, header=local)
    assert f"[{PROXY}]" in smtp.do("EHLO client.test", 250)[0]
    smtp.close()


@pytest.mark.parametrize("header", [b"EHLO client.test\r\n",
                                    b"PROXY TCP4 1.2.3 4.5.6.7 1 2\r\n"])
def test_it_has_to(server, header):
    assert closes(ProxiedWire(server.ports["smtp"], header=header)) == b""
    logged(server, f"proxy_failed peer={PROXY}")


def test_nobody_else_may(server):
    smtp = Smtp(server)
    smtp.do(v1("198.51.100.7").decode().strip(), 500)
    assert "[127.0.0.1]" in smtp.do("EHLO client.test", 250)[0]
    smtp.close()
