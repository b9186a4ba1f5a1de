"""Aggregate reports of DMARC (RFC 7489 7.2) and about TLS (RFC 8460): what is
counted, and the report that another server gets of it."""

import email
import gzip
import json
import pathlib
import re
import smtplib
import subprocess
import time
import xml.etree.ElementTree as ElementTree

import dkim
import pytest

from lib.server import PATIENCE
from lib.world import World

SCHEMA = pathlib.Path(__file__).parent / "dmarc_report.xsd"
# Not this machine itself, whose mail is not judged.
JUDGED = 'unjudged = "192.0.2.1"\ngreylist = off\n'


@pytest.fixture(scope="module")
def world():
    with World() as w:
        w.good, w.bad = w.address(), w.address()
        for name, policy, rua in (
                ("strict", "reject", "alice@there.test!9m"),
                ("loose", "quarantine", "alice@there.test"),
                ("quiet", "reject", None),
                ("foreign", "reject", "alice@there.test"),
                ("small", "none", "alice@there.test!1k")):
            w.record(f'{name} TXT "v=spf1 ip4:{w.good} -all"')
            asks = f"; rua=mailto:{rua}" if rua else ""
            w.record(f'_dmarc.{name} TXT "v=DMARC1; p={policy}{asks}"')
        # foreign asks for reports to somebody who does not want them.
        for name in ("strict", "loose", "small"):
            w.record(f'{name}.test._report._dmarc.there TXT "v=DMARC1"')
        for name in ("there", "plain"):
            w.record(f'_smtp._tls.{name} TXT "v=TLSRPTv1; '
                     'rua=https://x.test/y,mailto:alice@there.test"')
        w.plain = w.sink("plain.test")
        w.quiet = w.sink("untold.test")
        w.here = w.postern("here.test", more=JUDGED +
                           'report-from = "a@no-keys.test"\n')
        w.there = w.postern("there.test")
        w.start()
        yield w


def send(world, ip, domain, subject="hello", sender="news@{}"):
    text = (f"From: News <news@{domain}>\r\nTo: bob@here.test\r\n"
            f"Subject: {subject}\r\n\r\nWords.\r\n")
    with smtplib.SMTP(world.here.ip, world.port, timeout=60,
                      local_hostname="mx.test",
                      source_address=(ip, 0)) as smtp:
        smtp.ehlo()
        assert smtp.mail(sender.format(domain))[0] == 250
        assert smtp.rcpt("bob@here.test")[0] == 250
        return smtp.data(text.encode())[0]


def counted(server, about="dmarc"):
    rows = json.loads(server.command("reports", "list", "--json").stdout)
    return {row["domain"]: row for row in rows if row["about"] == about}


def wait_for(what, seconds=90):
    end = time.monotonic() + seconds * PATIENCE
    while not (found := what()):
        assert time.monotonic() < end
        time.sleep(0.5)
    return found


def reports(world, tls=False):
    return {str(m["Subject"]): (m, raw) for raw in world.there.inbox("alice")
            if "Report Domain" in str((m := email.message_from_bytes(
                raw))["Subject"]) and bool(m["TLS-Report-Domain"]) == tls}


def xml_of(message):
    part, = (p for p in message.walk()
             if p.get_content_type() == "application/gzip")
    return part.get_filename(), gzip.decompress(part.get_payload(decode=True))


def test_counted(world):
    for _ in range(3):
        assert send(world, world.good, "strict.test") == 250
    for _ in range(2):
        assert send(world, world.bad, "strict.test") == 550
    assert send(world, world.bad, "loose.test") == 250	# into Junk
    assert send(world, world.good, "sub.loose.test", sender="a@loose.test") \
        == 250
    assert send(world, world.bad, "quiet.test") == 550
    assert send(world, world.good, "foreign.test") == 250
    assert send(world, world.good, "small.test") == 250
    # No report is about reports.
    assert send(world, world.good, "strict.test",
                "Report Domain: a.test Submitter: b.test Report-ID: <1>") \
        == 250
    rows = counted(world.here)
    assert {d: (r["count"], r["rows"]) for d, r in rows.items()} == {
        "strict.test": (5, 2), "loose.test": (2, 2), "foreign.test": (1, 1),
        "small.test": (1, 1)}
    assert rows["strict.test"]["to"] == "mailto:alice@there.test!9m"


def test_waits_for_keys(world):
    """What cannot be signed is not sent, and stays."""
    assert json.loads(world.here.command("reports", "send", "--json").stdout) \
        == {"reports": 4}
    wait_for(lambda: world.here.tail(0).count("aggregate_waits") >= 2)
    assert not reports(world)
    rows = counted(world.here)
    assert rows["strict.test"]["count"] == 5
    # Nobody may get these, keys or not.
    assert "foreign.test" not in rows


def test_sent(world):
    world.here.more = JUDGED
    world.here.configure()
    world.here.command("reload")
    keys = {r["name"].rstrip("."): r["value"] for r in json.loads(
        world.here.command("domain", "dns", "here.test", "--json").stdout)}
    world.here.command("reports", "send")
    got = wait_for(lambda: len(r := reports(world)) == 2 and r)
    assert wait_for(lambda: not counted(world.here))
    for subject, (message, raw) in got.items():
        domain, reporter, name = re.fullmatch(
            r"Report Domain: (\S+) Submitter: (\S+) Report-ID: <(\S+)>",
            re.sub(r"\s+", " ", subject)).groups()
        assert reporter == "here.test"
        assert message["From"] == "postmaster@here.test"
        assert message["Return-Path"] == "<>"
        assert message["Auto-Submitted"] == "auto-generated"
        check_signature(raw, keys)
        file, xml = xml_of(message)
        root = check_xml(xml)
        begin = root.findtext("report_metadata/date_range/begin")
        end = root.findtext("report_metadata/date_range/end")
        assert file == f"here.test!{domain}!{begin}!{end}.xml.gz"
        assert int(begin) % 86400 == 0 and int(begin) < int(end)
        assert root.findtext("report_metadata/report_id") == name
        assert root.findtext("policy_published/domain") == domain
        records = {r.findtext("row/source_ip") + " " +
                   r.findtext("identifiers/header_from"):
                   r for r in root.iter("record")}
        if domain == "strict.test":
            assert root.findtext("policy_published/p") == "reject"
            check_strict(world, records)
        else:
            check_loose(world, records)
    log = world.here.tail(0)
    assert "aggregate_sent domain=strict.test" in log
    assert "more octets than they take" in log	# small.test


def values(record):
    return [record.findtext(name) for name in (
        "row/count", "row/policy_evaluated/disposition",
        "row/policy_evaluated/dkim", "row/policy_evaluated/spf",
        "auth_results/spf/domain", "auth_results/spf/result")]


def check_strict(world, records):
    assert values(records.pop(f"{world.good} strict.test")) == [
        "3", "none", "fail", "pass", "strict.test", "pass"]
    assert values(records.pop(f"{world.bad} strict.test")) == [
        "2", "reject", "fail", "fail", "strict.test", "fail"]
    assert not records


def check_loose(world, records):
    assert values(records.pop(f"{world.good} sub.loose.test")) == [
        "1", "none", "fail", "pass", "loose.test", "pass"]
    assert values(records.pop(f"{world.bad} loose.test")) == [
        "1", "quarantine", "fail", "fail", "loose.test", "fail"]
    assert not records


def check_xml(xml):
    """The schema of the RFC has no word against it."""
    done = subprocess.run(["xmllint", "--noout", "--schema", SCHEMA, "-"],
                          input=xml, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    return ElementTree.fromstring(xml)


def check_signature(raw, keys):
    def record(name, timeout=5):
        return keys[name.decode().rstrip(".")].encode()

    start = raw.index(b"DKIM-Signature:")
    assert b"d=here.test" in raw
    assert dkim.verify(raw[start:], dnsfunc=record)


def test_tls_counted(world):
    to = ["bob@there.test", "x@plain.test", "x@untold.test"]
    world.send(world.here, "alice", to, "about TLS")
    wait_for(lambda: {"there.test", "plain.test"} <=
             set(counted(world.here, "tls")))
    rows = counted(world.here, "tls")
    assert "untold.test" not in rows
    assert rows["there.test"]["count"] >= 1
    assert rows["plain.test"]["count"] >= 1


def test_tls_sent(world):
    keys = {r["name"].rstrip("."): r["value"] for r in json.loads(
        world.here.command("domain", "dns", "here.test", "--json").stdout)}
    before = counted(world.here, "tls")["plain.test"]["count"]
    world.here.command("reports", "send")
    got = wait_for(lambda: len(r := reports(world, tls=True)) == 2 and r)
    for message, raw in got.values():
        domain = message["TLS-Report-Domain"]
        assert message["TLS-Report-Submitter"] == "here.test"
        assert message["TLS-Required"] == "No"
        assert message["Return-Path"] == "<>"
        assert message.get_content_type() == "multipart/report"
        assert message.get_param("report-type") == "tlsrpt"
        check_signature(raw, keys)
        file, report = json_of(message)
        assert report["contact-info"] == "postmaster@here.test"
        assert report["date-range"]["start-datetime"].endswith("T00:00:00Z")
        assert re.fullmatch(f"here.test!{domain}![0-9]+![0-9]+.json.gz", file)
        assert report["report-id"] in re.sub(r"\s+", " ", message["Subject"])
        policy, = report["policies"]
        assert policy["policy"] == {"policy-type": "no-policy-found",
                                    "policy-domain": domain}
        good, bad = (policy["summary"][f"total-{how}-session-count"]
                     for how in ("successful", "failure"))
        if domain == "there.test":
            assert good >= 1 and bad == 0 and not policy["failure-details"]
        else:
            assert good == 0 and bad == before
            failure, = policy["failure-details"]
            assert failure == {
                "result-type": "starttls-not-supported",
                "receiving-mx-hostname": "mail.plain.test",
                "receiving-ip": world.plain.address,
                "failed-session-count": before}
    # What takes reports away is in none.
    time.sleep(35)
    assert "there.test" not in counted(world.here, "tls")


def json_of(message):
    part, = (p for p in message.walk()
             if p.get_content_type() == "application/tlsrpt+gzip")
    return part.get_filename(), json.loads(
        gzip.decompress(part.get_payload(decode=True)))


def test_held_is_put_aside(world):
    """Who asked hears that it was not simply taken."""
    before = set(reports(world))
    world.here.command("block", "add", "loose.test", "--hold")
    assert send(world, world.good, "loose.test") == 250
    world.here.command("block", "remove", "loose.test")
    world.here.command("reports", "send")
    subject, = wait_for(lambda: set(reports(world)) - before)
    record, = check_xml(xml_of(reports(world)[subject][0])[1]).iter("record")
    assert values(record) == ["1", "quarantine", "fail", "pass", "loose.test",
                              "pass"]
    wait_for(lambda: not counted(world.here))


def test_off(world):
    """Nothing is counted, and what was is forgotten."""
    assert send(world, world.good, "strict.test") == 250
    assert "strict.test" in counted(world.here)
    world.here.configure("dmarc-reports = false\n")
    world.here.command("reload")

    def is_off():
        before = counted(world.here)
        return send(world, world.good, "loose.test") == 250 and \
            counted(world.here) == before
    wait_for(is_off)
    world.here.command("reports", "send")
    wait_for(lambda: not counted(world.here))


def test_help(world):
    assert "usage: postern reports list" in \
        world.here.command("reports", "--help").stdout
