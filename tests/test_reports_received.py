"""What others report to us: read as it comes in, kept as numbers, and shown by
`postern reports received`. The reports are another Postern's, and some that are
made here."""

import email
import gzip
import io
import json
import re
import smtplib
import time
import zipfile
from email.message import EmailMessage
from email.policy import SMTP
from xml.etree import ElementTree

import pytest

from lib.server import PATIENCE
from lib.world import World

# Not this machine itself, whose mail is not judged.
JUDGED = 'unjudged = "192.0.2.1"\ngreylist = off\n'
ADDRESS = "mail-reports@ours.test"


@pytest.fixture(scope="module")
def world():
    with World() as w:
        w.good, w.bad = w.address(), w.address()
        w.record(f'reporter TXT "v=spf1 ip4:{w.good} -all"')
        w.record('_dmarc.reporter TXT "v=DMARC1; p=none"')
        w.record(f'_dmarc.ours TXT "v=DMARC1; p=none; rua=mailto:{ADDRESS}"')
        # Relay dials from there.
        w.record('mail.other TXT "v=spf1 ip4:127.0.0.1 -all"')
        w.ours = w.postern("ours.test", more=JUDGED)
        w.other = w.postern("other.test", more=JUDGED)
        w.start()
        yield w


def command(server, *words):
    return json.loads(server.command("reports", *words, "--json").stdout)


def wait_for(what, seconds=90):
    end = time.monotonic() + seconds * PATIENCE
    while not (found := what()):
        assert time.monotonic() < end
        time.sleep(0.5)
    return found


def send(world, server, ip, text, to, sender="reports@reporter.test"):
    with smtplib.SMTP(server.ip, world.port, timeout=60,
                      local_hostname="mx.reporter.test",
                      source_address=(ip, 0)) as smtp:
        smtp.ehlo()
        assert smtp.mail(sender)[0] == 250
        for one in to:
            assert smtp.rcpt(one)[0] == 250
        return smtp.data(text)[0]


def xml_report(report, rows, domain="ours.test", org="Reporter Inc."):
    """As an implementation that is none of ours writes it."""
    root = ElementTree.Element("feedback")
    meta = ElementTree.SubElement(root, "report_metadata")
    for name, value in (("org_name", org), ("email", "x@reporter.test"),
                        ("report_id", report)):
        ElementTree.SubElement(meta, name).text = value
    span = ElementTree.SubElement(meta, "date_range")
    ElementTree.SubElement(span, "begin").text = "1793491200"
    ElementTree.SubElement(span, "end").text = "1793577599"
    policy = ElementTree.SubElement(root, "policy_published")
    for name, value in (("domain", domain), ("p", "none"), ("pct", "100")):
        ElementTree.SubElement(policy, name).text = value
    for ip, count, dkim, spf, passed in rows:
        record = ElementTree.SubElement(root, "record")
        row = ElementTree.SubElement(record, "row")
        ElementTree.SubElement(row, "source_ip").text = ip
        ElementTree.SubElement(row, "count").text = str(count)
        done = ElementTree.SubElement(row, "policy_evaluated")
        for name, value in (("disposition", "none"), ("dkim", dkim),
                            ("spf", spf)):
            ElementTree.SubElement(done, name).text = value
        names = ElementTree.SubElement(record, "identifiers")
        ElementTree.SubElement(names, "header_from").text = domain
        results = ElementTree.SubElement(record, "auth_results")
        result = ElementTree.SubElement(results, "spf")
        ElementTree.SubElement(result, "domain").text = passed
        ElementTree.SubElement(result, "result").text = "pass"
    return ElementTree.tostring(root, xml_declaration=True, encoding="utf-8")


def tls_report(report):
    return json.dumps({
        "organization-name": "Reporter Inc.",
        "date-range": {"start-datetime": "2026-11-01T00:00:00Z",
                       "end-datetime": "2026-11-01T23:59:59Z"},
        "contact-info": "x@reporter.test", "report-id": report,
        "policies": [{
            "policy": {"policy-type": "sts", "policy-string": [],
                       "policy-domain": "ours.test"},
            "summary": {"total-successful-session-count": 90,
                        "total-failure-session-count": 4},
            "failure-details": [{
                "result-type": "certificate-expired",
                "sending-mta-ip": "192.0.2.7",
                "receiving-mx-hostname": "mail.ours.test",
                "failed-session-count": 4}]}]}).encode()


def zipped(data):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("report.xml", data)
    return out.getvalue()


def message(data, kind, name, domain="reporter.test"):
    m = EmailMessage()
    m["From"] = f"reports@{domain}"
    m["To"] = ADDRESS
    m["Subject"] = f"Report Domain: ours.test Submitter: {domain}"
    m.set_content("A report.")
    m.add_attachment(data, *kind.split("/"), filename=name)
    return m.as_bytes(policy=SMTP)


ROWS = [("198.51.100.7", 30, "pass", "pass", "ours.test"),
        ("198.51.100.9", 12, "fail", "pass", "ours.test"),
        ("203.0.113.5", 7, "fail", "fail", "mailer.example")]


def subjects(world):
    return [str(email.message_from_bytes(raw)["Subject"])
            for raw in world.ours.inbox("alice")]


def test_published(world):
    """Whoever asks DNS finds the address, and it is one."""
    records = {r["name"].rstrip("."): r["value"] for r in json.loads(
        world.ours.command("domain", "dns", "ours.test", "--json").stdout)
        if r["type"] == "TXT"}
    assert f"rua=mailto:{ADDRESS}" in records["_dmarc.ours.test"]
    assert records["_smtp._tls.ours.test"] == \
        f"v=TLSRPTv1; rua=mailto:{ADDRESS}"
    assert command(world.ours, "received") == []


def test_of_another_postern(world):
    """What one server counts and sends is what the other shows."""
    text = ("From: News <news@ours.test>\r\nTo: bob@other.test\r\n"
            "Subject: hello\r\n\r\nWords.\r\n").encode()
    for _ in range(3):
        assert send(world, world.other, world.bad, text, ["bob@other.test"],
                    "news@reporter.test") == 250
    # It is signed, so it has to have keys.
    world.other.command("domain", "dns", "other.test")
    world.other.command("reports", "send")
    row, = wait_for(lambda: command(world.ours, "received", "ours.test"))
    assert (row["domain"], row["about"], row["good"], row["bad"]) == \
        ("ours.test", "dmarc", 0, 3)
    assert row["from"] == re.sub(r"[0-9]+$", "0/24", world.bad)
    one, = command(world.ours, "each")
    assert one["of"] == "other.test"
    assert one["sender"] == "mail.other.test"	# by SPF of its HELO
    line, = command(world.ours, "show", str(one["report"]))
    assert (line["host"], line["count"], line["from"]) == \
        (world.bad, 3, "ours.test")
    assert not [s for s in subjects(world) if "Report" in s]
    log = world.ours.tail(0)
    assert "report_read" in log and "about ours.test" in log
    message = re.search(r"received .*message=([0-9]+)", log)[1]
    explained = world.ours.command("explain", message).stdout
    assert "in no mailbox" in explained and "postern reports" in explained
    # Nothing answers a report.
    assert command(world.ours, "list") == []


@pytest.mark.parametrize("wrap, kind, name", [
    (gzip.compress, "application/gzip", "a!ours.test!1!2.xml.gz"),
    (zipped, "application/zip", "a!ours.test!1!2.zip"),
    (bytes, "text/xml", "report.xml")])
def test_wrapped(world, wrap, kind, name):
    for _ in range(2):		# the same again counts once
        assert send(world, world.ours, world.good, message(
            wrap(xml_report("id-of " + kind, ROWS)), kind, name),
            [ADDRESS]) == 250
    assert len([r for r in command(world.ours, "each")
                if r["of"] == "Reporter Inc."]) == {
        "application/gzip": 1, "application/zip": 2, "text/xml": 3}[kind]
    rows = {r["from"]: r for r in command(world.ours, "received")}
    n = rows["198.51.100.0/24"]["reports"]
    assert rows["198.51.100.0/24"]["good"] == 42 * n
    assert rows["203.0.113.0/24"]["bad"] == 7 * n
    assert rows["203.0.113.0/24"]["what"] == "spf=mailer.example"
    assert not [s for s in subjects(world) if "Report" in s]


def test_tls(world):
    assert send(world, world.ours, world.good, message(
        gzip.compress(tls_report("t1")), "application/tlsrpt+gzip",
        "r.json.gz"), [ADDRESS]) == 250
    row, = (r for r in command(world.ours, "received")
            if r["about"] == "tls")
    assert (row["from"], row["good"], row["bad"], row["what"]) == \
        ("sts", 90, 4, "certificate-expired, mail.ours.test")


def test_not_proven(world):
    """It is listed, marked, and counts in no sum."""
    before = command(world.ours, "received")
    assert send(world, world.ours, world.bad, message(
        xml_report("forged", ROWS), "text/xml", "r.xml", "forger.test"),
        [ADDRESS], "x@forger.test") == 250
    assert [r["sender"] for r in command(world.ours, "each")].count(
        "(not proven)") == 1
    assert command(world.ours, "received") == before
    assert "nobody is proven" in world.ours.command(
        "reports", "received").stdout


@pytest.mark.parametrize("name, data, why", [
    ("entities", b'<!DOCTYPE f [<!ENTITY a "b">]><feedback>&a;</feedback>',
     "document type"),
    ("bomb", gzip.compress(b" " * (20 << 20)), "it has more than"),
    ("of others", xml_report("o", ROWS, "elsewhere.test"),
     "elsewhere.test is no domain of ours"),
    ("deep", b'{"a":' * 100, "JSON is wrong")])
def test_not_read(world, name, data, why):
    """It goes to whoever runs the server, who sees why in the log."""
    raw = message(data, "application/octet-stream", "r.bin")
    raw = raw.replace(b"Subject: ", b"Subject: " + name.encode() + b" ", 1)
    assert send(world, world.ours, world.good, raw, [ADDRESS]) == 250
    assert [s for s in subjects(world) if s.startswith(name)]
    assert why in [line for line in world.ours.tail(0).splitlines()
                   if "report_not_read" in line][-1]


def test_mail(world):
    """The address of reports has a person behind it."""
    raw = (b"From: a@reporter.test\r\nSubject: who are you\r\n\r\nhello\r\n")
    assert send(world, world.ours, world.good, raw, [ADDRESS]) == 250
    assert "who are you" in subjects(world)


def test_others_get_it(world):
    """Whoever else it is sent to has the message itself."""
    raw = message(xml_report("both", ROWS), "text/xml", "r.xml")
    assert send(world, world.ours, world.good, raw,
                [ADDRESS, "bob@ours.test"]) == 250
    assert any(b"Report Domain" in m for m in world.ours.inbox("bob"))
    assert not [s for s in subjects(world) if s.startswith("Report")]


def test_about_ourselves(world):
    """What we see in our own name is told, and mailed to nobody."""
    text = ("From: News <news@ours.test>\r\nTo: bob@ours.test\r\n"
            "Subject: forged\r\n\r\nWords.\r\n").encode()
    assert send(world, world.ours, world.bad, text, ["bob@ours.test"],
                "news@reporter.test") == 250
    world.ours.command("domain", "dns", "ours.test")
    world.ours.command("reports", "send")
    assert wait_for(lambda: [r for r in command(world.ours, "each")
                             if r["of"] == "ours.test"])
    wait_for(lambda: not command(world.ours, "list"))
    assert not [s for s in subjects(world) if s.startswith("Report")]


def test_kept(world):
    """What was answered with 250 is there after a kill, and looks well."""
    before = command(world.ours, "each")
    world.ours.kill_all()
    world.ours.start()
    assert command(world.ours, "each") == before
    verify = world.ours.command("verify")
    assert verify.returncode == 0, verify.stdout


def test_wrong_words(world):
    assert "no report 999999" in world.ours.command(
        "reports", "show", "999999", check=False).stderr
    assert "no number" in world.ours.command(
        "reports", "show", "x", check=False).stderr
