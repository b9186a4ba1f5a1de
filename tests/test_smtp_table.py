"""What EHLO offers on each port, in clear, inside TLS and after a login, is what
the table of doc/smtp.md says; each line there is one word of EHLO."""

import pathlib

import pytest
from lib.wire import Smtp

DOC = pathlib.Path(__file__).resolve().parents[1] / "doc" / "smtp.md"


def rows():
    """{word: (RFC, port 25, submission)}"""
    found = {}
    for line in DOC.read_text().splitlines():
        cells = [c.strip() for c in line.strip("|").split("|")]
        if line.startswith("| extension") or line.startswith("|--"):
            continue
        if not line.startswith("| ") or len(cells) != 4:
            if found:
                return found
            continue
        found[cells[0].split()[0]] = cells[1:]
    raise AssertionError("no table")


def wanted(column, tls, login):
    words = set()
    for word, cells in rows().items():
        says = cells[column]
        if says == "no" or (says.startswith("inside TLS") and not tls):
            continue
        if word == "STARTTLS" and tls or word == "AUTH" and login:
            continue
        words.add(word)
    return words


def offered(smtp):
    lines = smtp.do("EHLO client.example.test", 250)[1:]
    words = [line.split()[0] for line in lines]
    assert len(set(words)) == len(words)
    return set(words)


@pytest.mark.parametrize("port, column", [("smtp", 1), ("submission", 2)])
def test_in_clear_and_inside_tls(demo, port, column):
    smtp = Smtp(demo, port)
    assert offered(smtp) == wanted(column, False, False)
    smtp.do("STARTTLS", 220)
    smtp.tls()
    assert offered(smtp) == wanted(column, True, False)
    smtp.close()


def test_after_a_login(demo):
    smtp = Smtp(demo, "submissions")
    assert offered(smtp) == wanted(2, True, False)
    smtp.login("alice")
    assert offered(smtp) == wanted(2, True, True)
    smtp.close()
