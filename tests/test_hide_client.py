"""hide-client: what people send does not say where they were."""

import base64
import email
import email.policy
import http.client
import json
import smtplib

from lib.server import PASSWORD, ConfiguredServer, address
from lib.wire import Imap, client_context

ALICE, BOB = address("alice"), address("bob")
CALLED = "alices-laptop.home.example"
TEXT = f"From: {ALICE}\r\nTo: {BOB}\r\nSubject: {{}}\r\n\r\nhello\r\n"


class Hiding(ConfiguredServer):
    hide = "hide-client = true\n"

    def configure(self, more=""):
        super().configure(self.hide + more)


class Telling(Hiding):
    hide = ""


def by_smtp(server, port, tls_first):
    context = client_context()
    smtp = smtplib.SMTP_SSL("127.0.0.1", server.ports[port], CALLED,
                            context=context) if tls_first else \
        smtplib.SMTP("127.0.0.1", server.ports[port], CALLED)
    with smtp:
        if not tls_first:
            smtp.starttls(context=context)
        smtp.login(ALICE, PASSWORD)
        smtp.sendmail(ALICE, [BOB], TEXT.format(port))


def by_http(server):
    login = base64.b64encode(f"{ALICE}:{PASSWORD}".encode()).decode()
    c = http.client.HTTPSConnection("127.0.0.1", server.ports["https"],
                                    context=client_context(), timeout=60)
    c.request("POST", "/api/v1/send", body=json.dumps({
        "from": ALICE, "to": [BOB], "subject": "http", "text": "hello\n"}),
        headers={"Authorization": f"Basic {login}",
                 "Content-Type": "application/json"})
    assert c.getresponse().status == 202
    c.close()


def received(server):
    """{subject: (octets of the message, its Received fields)} of bob's."""
    imap = Imap(server).login("bob")
    octets = imap.bodies() if imap.select() else []
    imap.close()
    mails = [(o, email.message_from_bytes(o, policy=email.policy.compat32))
             for o in octets]
    return {m["Subject"]: (o, m.get_all("Received")) for o, m in mails}


def send_all(server):
    by_smtp(server, "submission", False)
    by_smtp(server, "submissions", True)
    by_http(server)
    got = received(server)
    assert set(got) == {"submission", "submissions", "http"}
    return got


def test_nobody_reads_where_it_came_from():
    with Hiding() as server:
        for octets, fields in send_all(server).values():
            assert len(fields) == 1, fields
            assert fields[0].startswith("by "), fields
            assert "(Postern) with " in fields[0]
            assert CALLED.encode() not in octets
            assert b"127.0.0.1" not in octets
        # The operator does: here it is in the log, here in the journal.
        assert "peer=127.0.0.1" in server.tail(400)
        said = server.command("trace", ALICE)
        assert CALLED in said.stdout, said.stdout
        # What comes from the world says so as ever.
        with smtplib.SMTP("127.0.0.1", server.ports["smtp"],
                          "client.example") as smtp:
            smtp.sendmail("x@client.example", [BOB],
                          TEXT.format("world").replace(ALICE,
                                                       "x@client.example"))
        fields = received(server)["world"][1]
        assert fields[0].startswith("from client.example ([127.0.0.1])")


def test_without_the_option_it_says():
    with Telling() as server:
        for kind, (_, fields) in send_all(server).items():
            assert "[127.0.0.1]" in fields[0]
            assert kind == "http" or fields[0].startswith(f"from {CALLED} ")
