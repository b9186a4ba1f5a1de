"""src/trust/iprev.c: has a host a name that leads back to it?  RFC 8601 2.7.3"""

import socket

import pytest

from lib import trust

V4, V6 = "192.0.2.25", "2001:db8::1"
REVERSE = "25.2.0.192.in-addr.arpa"
REVERSE6 = ("1." + "0." * 23 + "8.b.d.0.1.0.0.2.ip6.arpa")


def address(text):
    v6 = ":" in text
    return socket.inet_pton(socket.AF_INET6 if v6 else socket.AF_INET, text)


def ptr(name, reverse=REVERSE):
    return trust.record(reverse, "PTR", name)


def host(name, ip=V4):
    return trust.record(name, "AAAA" if ":" in ip else "A", address(ip))


@pytest.mark.parametrize("records,ip,wanted", [
    ([ptr("mail.example.org"), host("mail.example.org")], V4,
     ["pass", "mail.example.org"]),
    ([ptr("MAIL.example.org."), host("mail.example.org")], V4,
     ["pass", "mail.example.org"]),
    ([ptr("mail.example.org", REVERSE6), host("mail.example.org", V6)], V6,
     ["pass", "mail.example.org"]),
    ([ptr("mail.example.org"), host("mail.example.org", "192.0.2.26")], V4,
     ["fail", "mail.example.org"]),
    # One of the other kind is not the same.
    ([ptr("mail.example.org"), host("mail.example.org", V6)], V4,
     ["fail", "mail.example.org"]),
    ([ptr("mail.example.org")], V4, ["fail", "mail.example.org"]),
    ([], V4, ["permerror", ""]),
    ([ptr("bad\\032name.example.org")], V4, ["permerror", ""]),
    # One that is true is enough, of the first three.
    ([ptr("a.example"), ptr("b.example"), host("b.example")], V4,
     ["pass", "b.example"]),
    ([ptr("a.example"), ptr("b.example"), ptr("c.example"), ptr("d.example"),
      host("d.example")], V4, ["fail", "a.example"]),
    ([trust.failing(REVERSE, "PTR")], V4, ["temperror", ""]),
    ([ptr("a.example"), trust.failing("a.example", "A")], V4,
     ["temperror", "a.example"]),
    ([ptr("a.example"), ptr("b.example"), trust.failing("a.example", "A"),
      host("b.example", "192.0.2.26")], V4, ["temperror", "a.example"]),
    ([ptr("a.example"), ptr("b.example"), trust.failing("a.example", "A"),
      host("b.example")], V4, ["pass", "b.example"]),
])
def test_iprev(records, ip, wanted):
    assert trust.ask(records, "I", ip) == [wanted]
