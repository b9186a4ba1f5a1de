"""The runner of dialogues, tried on a server that says what it is told."""

import socketserver
import threading

import pytest
from lib.dialogue import Dialogue, Failure, unescape


class Echo(socketserver.StreamRequestHandler):
    """Greets, then answers every line with itself in angle brackets."""

    def handle(self):
        self.wfile.write(b"220 ready\r\n")
        for line in self.rfile:
            if line == b"QUIT\r\n":
                self.wfile.write(b"221 bye\r\n")
                return
            self.wfile.write(b"<" + line[:-2] + b">\r\n")


class Fake:
    def __init__(self):
        self.server = socketserver.ThreadingTCPServer(
            ("127.0.0.1", 0), Echo)
        self.server.daemon_threads = True
        self.ports = {"smtp": self.server.server_address[1]}
        threading.Thread(target=self.server.serve_forever,
                         daemon=True).start()


@pytest.fixture(scope="module")
def fake():
    f = Fake()
    yield f
    f.server.shutdown()
    f.server.server_close()


GOOD = [
    "S: 220 ready\nC: a\nS: <a>",
    "S~ 2.. .*\nC: a b  c\nS~ <a b  c>",
    "S* 220 .*\nPIPE\nC: a\nC: b\nC: c\nS* <c>",
    "S: 220 ready\nPIPE\nC: a\nC: b\nS{\nS: <b>\nS~ <.>\n}",
    "S: 220 ready\nRAW a\\r\nRAW \\nb\\x0d\\n\nS: <a>\nS: <b>",
    "S~ 220 (?P<word>.*)\nC: ${word}\nS: <${word}>",
    "S: 220 ready\nCONN b\nS: 220 ready\nC: b\nCONN a\nC: a\nS: <a>\n"
    "CONN b\nS: <b>",
    "# x\n\nS: 220 ready\nC: QUIT\nS: 221 bye\nCLOSED\nS: 220 ready",
    "S: 220 ready\nC: a\nNONE b\nS: <a>",
    "S: 220 ready\nNONE .*",
]
BAD = [
    "S: 220 steady",
    "S: 220 read",
    "S~ 220",
    "S: 220 ready\nC: a\nS{\nS: <b>\n}",
    "S: 220 ready\nC: a\nCLOSED",
    "S: 220 ready\nC: QUIT\nS* never",
    "S: 220 ready\nC: a\nNONE <a>",
    "S: 220 ready\nPIPE\nC: a",
    "S: 220 ready\nS{\nS: <b>",
    "S: 220 ready\nC: a\nS: <${unset}>",
    "WHAT",
]


@pytest.mark.parametrize("text", GOOD)
def test_good(fake, text):
    Dialogue(fake, text, "smtp").run()


@pytest.mark.parametrize("text", BAD)
def test_bad(fake, text):
    with pytest.raises(Failure):
        Dialogue(fake, text, "smtp").run()


def test_unescape():
    assert unescape(rb"a\r\n\0\x41\\n") == b"a\r\n\0A\\n"
    assert unescape(rb"<\(ab*3)>\(\x30*2)\(*4)") == b"<ababab>00"
    assert unescape(rb"\q \(x") == rb"\q \(x"
