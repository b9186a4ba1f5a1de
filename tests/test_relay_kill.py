"""Mail on its way out is not lost when roles die, or stop."""

import smtplib
import ssl
import time

import pytest

from lib.server import PASSWORD, UNLIMITED, ConfiguredServer, address
from lib.drain import Drain

MESSAGE = "From: alice@example.test\r\nSubject: out {}\r\n\r\nBody.\r\n"
MANY = 400


class Sender(ConfiguredServer):
    """All mail for elsewhere goes to one port."""

    def __init__(self, port):
        super().__init__()
        self.port = port

    def configure(self, more=""):
        super().configure(
            f'route "*" {{ host = "[127.0.0.1]" port = {self.port} '
            'private = true }\n'
            'queue { retry-min = "1s" retry-max = "2s" }\n' + UNLIMITED +
            more)

    def submit(self):
        """A connection, logged in as alice."""
        c = smtplib.SMTP("127.0.0.1", self.ports["submission"], timeout=30)
        c.starttls(context=ssl._create_unverified_context())
        c.login(address("alice"), PASSWORD)
        return c


def until(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture
def sink():
    with Drain() as sink:
        yield sink


@pytest.fixture
def sender(sink):
    with Sender(sink.port) as s:
        yield s


def test_no_role_that_dies_loses_mail(sender, sink):
    dead = {40: "relay", 120: "store", 200: "relay", 280: "resolver"}
    c = sender.submit()
    i = 0
    while i < MANY:
        if i in dead:
            assert sender.kill_role(dead.pop(i)) == 1
        try:
            c.sendmail(address("alice"), [f"x{i}@one.test"],
                       MESSAGE.format(i))
            i += 1
        except smtplib.SMTPResponseException as e:
            assert e.smtp_code < 500
        except smtplib.SMTPRecipientsRefused as e:
            assert all(code < 500 for code, _ in e.recipients.values())
    until(lambda: len(sink.texts) == MANY, 60)
    until(lambda: "0 recipients" in sender.command("queue", "list").stdout)


def test_stops_at_once(sender, sink):
    with sender.submit() as c:
        for i in range(20):
            c.sendmail(address("alice"), [f"x{i}@one.test"],
                       MESSAGE.format(i))
    begin = time.monotonic()
    sender.stop()
    assert time.monotonic() - begin < 6
    sender.start()
    until(lambda: len(sink.texts) == 20)
