"""ClamAV and rspamd are shown what arrives: the real ones, and what pretends
to be one of them. Mail comes through a proxy that names addresses of the
world."""

import contextlib
import email.message
import json
import socket
import subprocess
import threading
import time

import pytest
from lib.nsd import free_port
from lib.scanners import HARMFUL, Clamd, Rspamd
from lib.server import BUILD, PATIENCE
from lib.world import World
from test_judge import found
from test_policy import FORWARDED, FromOutside

OPEN = FORWARDED + "greylist = off\n"
GTUBE = ("XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL"
         "*C.34X\r\n")


class Liar:
    """Says the same to everybody, or nothing, and never looks."""

    def __init__(self):
        self.port = free_port()
        self.says = b""
        self.waits = threading.Event()
        self.sock = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                s, _ = self.sock.accept()
                threading.Thread(target=self.answer, args=(s,),
                                 daemon=True).start()

    def answer(self, s):
        with s, contextlib.suppress(OSError):
            s.settimeout(60)
            if not self.says:
                self.waits.wait(60)
                return
            s.recv(65536)
            s.sendall(self.says)
            s.shutdown(socket.SHUT_WR)
            while s.recv(65536):
                pass

    def close(self):
        self.waits.set()
        self.sock.close()


@pytest.fixture(scope="module")
def world():
    with World() as w, Clamd() as clamd, Rspamd() as rspamd:
        w.clamd, w.rspamd, w.liar = clamd, rspamd, Liar()
        w.record('proven TXT "v=spf1 ip4:198.51.100.0/24 -all"')
        w.record('_dmarc.proven TXT "v=DMARC1; p=reject"')
        both = (f'clamav = "[127.0.0.1]"  clamav-port = {clamd.port}  '
                f'rspamd = "[127.0.0.1]"  rspamd-port = {rspamd.port}')
        liar = f'"[127.0.0.1]"  clamav-port = {w.liar.port}'
        w.both = w.postern("both.test", more=OPEN +
                           f"scan {{ {both}  most = 3M }}\n")
        w.mild = w.postern("mild.test", more=OPEN +
                           f"scan {{ {both}  virus = hold }}\n")
        w.strict = w.postern("strict.test", more=OPEN + "scan { clamav = "
                             f"{liar}  away = wait  timeout = 2s  most = 1M "
                             "}\n")
        w.lied = w.postern("lied.test", more=OPEN + "scan { rspamd = "
                           f'"[127.0.0.1]"  rspamd-port = {w.liar.port}  '
                           "timeout = 2s }\n")
        w.local = w.postern("local.test", more=OPEN + "scan { clamav-path = "
                            f'"{clamd.folder}/socket" }}\n')
        w.gone = w.postern("gone.test", more=OPEN + "scan { clamav-path = "
                           f'"{clamd.folder}/none" away = wait }}\n')
        w.start()
        yield w
        w.liar.close()


def message(subject, body="A few words.\r\n", octets=None):
    m = email.message.EmailMessage()
    m["From"], m["Subject"] = "news@proven.test", subject
    m.set_content(body)
    if octets:
        m.add_attachment(octets, maintype="application",
                         subtype="octet-stream", filename="a.dat")
    return m.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def send(server, text, to=("bob",)):
    with FromOutside(server, "198.51.100.7") as smtp:
        smtp.ehlo()
        assert smtp.mail("news@proven.test")[0] == 250
        for person in to:
            assert smtp.rcpt(f"{person}@{server.domain}")[0] == 250
        code, said = smtp.data(text)
        return code, said.decode()


def verdict(server, subject):
    """Of the one that was taken."""
    folder, m = found(server, subject)
    return folder, str(m["X-Postern-Verdict"])


def words(server):
    """Of the last one that was judged."""
    return [line for line in server.tail(0).splitlines()
            if " judged " in line][-1]


def test_by_its_socket(world):
    """clamd's own, in the file system; and one that is not there."""
    assert send(world.local, message("by path"))[0] == 250
    assert "clamav" not in words(world.local)
    code, said = send(world.local, message("harm", octets=HARMFUL))
    assert code == 550 and "Postern.Test" in said
    assert send(world.gone, message("nobody"))[0] == 451
    assert "connect to" in world.gone.tail(0)


def test_clean(world):
    assert send(world.both, message("clean"), ("bob", "alice"))[0] == 250
    assert found(world.both, "clean")[0] == "INBOX"
    assert "(rspamd 0.0)" in words(world.both)
    assert world.rspamd.told()[-1] == ("198.51.100.7 mx.test news@proven.test "
                                       "bob@both.test alice@both.test")


def test_virus(world):
    code, said = send(world.both, message("virus", octets=HARMFUL))
    assert code == 550
    assert said.startswith("5.7.1 It carries something harmful: Postern.Test")
    assert "virus 0.0: Postern.Test" in words(world.both)
    explained = world.both.command("trace", "news@proven.test").stdout
    assert "Postern.Test" in explained


def test_virus_held(world):
    assert send(world.mild, message("kept", octets=HARMFUL))[0] == 250
    held = json.loads(world.mild.command("held", "list", "--json").stdout)
    assert [h["subject"] for h in held] == ["kept"]


def test_points(world):
    """Those of rspamd count as ours do, and what it wants is done."""
    assert send(world.both, message("points 4"))[0] == 250
    assert found(world.both, "points 4")[0] == "INBOX"
    assert "rspamd 4.0: SUBJECT_POINTS" in words(world.both)
    assert send(world.both, message("points 7"))[0] == 250
    assert found(world.both, "points 7")[0] == "Junk"
    code, said = send(world.both, message("points 20"))
    assert (code, said[:5]) == (550, "5.7.1")
    assert "postmaster@mail.both.test" in said
    assert send(world.both, message("gtube", GTUBE))[0] == 550


def test_too_long(world):
    """rspamd, which would have refused it, is not shown it."""
    long = "x" * 70 + "\r\n"
    assert send(world.both, message("long", GTUBE + 60000 * long))[0] == 250
    assert "not-scanned 0.0: too long" in words(world.both)
    # clamd takes less than we show it.
    assert send(world.both, message("longish", 35000 * long))[0] == 250
    assert "clamav-away 0.0: INSTREAM size limit exceeded" \
        in words(world.both)


def test_rules_go_first(world):
    """Who is let in, or refused, by the operator is shown to nobody."""
    before = len(world.rspamd.told())
    world.both.command("allow", "add", "proven.test")
    assert send(world.both, message("points 30"))[0] == 250
    world.both.command("allow", "remove", "proven.test")
    world.both.command("block", "add", "proven.test")
    assert send(world.both, message("points 1"))[0] == 550
    world.both.command("block", "remove", "proven.test")
    assert len(world.rspamd.told()) == before


def test_silent(world):
    """Nothing is said in time: it has to come again, or is taken."""
    world.liar.says = b""
    code, said = send(world.strict, message("waits"))
    assert code == 451 and "away: try again later" in said
    assert send(world.lied, message("taken"))[0] == 250
    assert "rspamd-away" in words(world.lied)
    assert "scanner_away" in world.lied.tail(0)
    # It never will be short enough.
    assert send(world.strict, message("long", 20000 * ("x" * 70 + "\r\n")))[
        0] == 250


@pytest.mark.parametrize("says", [
    b"stream: OK", b"stream: OK\0", b"HTTP/1.1 200 OK\r\n\r\n" + bytes(99999),
    b"stream: Eicar\r\n250 2.0.0 FOUND\0", b"x" * 100000])
def test_lies_of_clamd(world, says):
    world.liar.says = says
    code, said = send(world.strict, message("lied to"))
    if says.startswith(b"stream: OK"):
        assert code == 250
    elif b"FOUND" in says:
        assert code == 550 and "Eicar??250 2.0.0" in said
    else:
        assert code == 451


@pytest.mark.parametrize("body", [
    b'{"action":"reject"}', b'{"score":1e999,"action":"reject"}', b"[]",
    b"[" * 100000, b'{"score":7,"action":"no action"}' + bytes(10)])
def test_lies_of_rspamd(world, body):
    world.liar.says = (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                       b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
    assert send(world.lied, message("lied to"))[0] == 250
    assert "rspamd-away" in words(world.lied)


def test_check_says_that_it_asks_neither(world):
    def check(*more):
        return subprocess.run(
            [str(BUILD / "postern"), "check", "-", "--config",
             str(world.mild.conf), "--peer", "198.51.100.7", "--from",
             "news@proven.test", "--to", "bob@mild.test", *more],
            timeout=120, capture_output=True, text=True,
            input=message("check", HARMFUL.decode()).decode()).stdout

    assert "ClamAV and rspamd were not asked" in check()
    assert json.loads(check("--json"))["scanners"] == "not asked"


def test_started_anew(world):
    """Scanners and errand may go and come; nothing has to be told."""
    world.both.kill_role("errand")
    world.clamd.stop()
    assert send(world.both, message("without clamd", octets=HARMFUL))[0] == 250
    assert "clamav-away 0.0: connect to 127.0.0.1" in words(world.both)
    world.clamd.start()
    assert send(world.both, message("again", octets=HARMFUL))[0] == 550


def until(world, good):
    """Of the messages from a reload on one is as it should be, soon."""
    end = time.monotonic() + 30 * PATIENCE
    while True:
        assert send(world.lied, message("reloaded"))[0] == 250
        if good(words(world.lied)):
            return
        assert time.monotonic() < end, words(world.lied)
        time.sleep(0.2)


def test_reload(world):
    """Another configuration holds from the next message on."""
    world.lied.more = OPEN + (f'scan {{ rspamd = "[127.0.0.1]"  rspamd-port = '
                              f"{world.rspamd.port} }}\n")
    world.lied.configure()
    world.lied.command("reload")
    until(world, lambda said: "rspamd 0.0" in said)
    world.lied.more = OPEN
    world.lied.configure()
    world.lied.command("reload")
    until(world, lambda said: "rspamd" not in said)
