"""doc/smtp.md: what EHLO offers on each port, in clear, inside TLS and after a
login is what its table of extensions says (each line is one word of EHLO), and
every row of "At the door" is answered as it says."""

import pathlib

import pytest
from lib.dialogue import unescape
from lib.wire import Smtp

DOC = pathlib.Path(__file__).resolve().parents[1] / "doc" / "smtp.md"


def table(first):
    """The rows of the table whose header begins with this word, as cells."""
    lines = DOC.read_text().splitlines()
    start = next(i for i, line in enumerate(lines)
                 if line.startswith(f"| {first} |"))
    found = []
    for line in lines[start + 2:]:
        if not line.startswith("|"):
            break
        found.append([c.strip() for c in line.strip("|").split("|")])
    assert found
    return found


def wanted(column, tls, login):
    words = set()
    for extension, *cells in table("extension"):
        word, says = extension.split()[0], cells[column]
        if says.split(",")[0] == "no" or (says.startswith("inside TLS") and not tls):
            continue
        if says.startswith("after the login") and not login:
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


def answer(smtp, said):
    """(code and status, the reply) of the last command."""
    if not said.startswith(b"EHLO"):
        smtp.do("EHLO client.test", 250)
    if said.startswith((b"RCPT", b"TEXT")):
        smtp.do("MAIL FROM:<a@client.test>", 250)
    if said.startswith(b"TEXT "):
        smtp.do("RCPT TO:<bob@example.test>", 250)
        smtp.do("DATA", 354)
        said = said[5:] + b"\r\n."
    smtp.send(said + b"\r\n")
    code, lines = smtp.reply()
    return f"{code} {lines[0]}"


@pytest.mark.parametrize("what, said, want", table("what"))
def test_at_the_door(demo, what, said, want):
    smtp = Smtp(demo)
    got = answer(smtp, unescape(said.strip("`").encode()))
    assert (got + " ").startswith(want + " "), what
    smtp.close()
