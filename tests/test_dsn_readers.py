"""Reports to senders, read by those who did not write them.

build/src/relay/dsn-cases prints one report for each case. Python's email
package takes them apart, and two readers of bounces written in Perl say what
they understand: Sisimai and Mail::DeliveryStatus::BounceParser.
"""

import email
import email.policy
import json
import quopri
import subprocess

import pytest

from lib.server import BUILD

TOOL = BUILD / "src/relay/dsn-cases"
POLICY = email.policy.SMTPUTF8

# name: recipients (address, action, status), and whether the message is whole
CASES = {
    "unknown": [("bob@example.net", "failed", "5.1.1")],
    "later": [("bob@example.net", "failed", "5.1.1")],
    "full": [("bob@example.net", "failed", "4.2.2")],
    "whole": [("bob@example.net", "failed", "5.3.4")],
    "delayed": [("bob@example.net", "delayed", "4.4.1")],
    "nohost": [("bob@example.net", "failed", "5.1.2")],
    "relayed": [("bob@example.net", "relayed", "2.0.0")],
    "late": [("bob@example.net", "delayed", "4.4.7")],
    "passed": [("bob@example.net", "relayed", "2.0.0")],
    "local": [("bob@example.net", "delivered", "2.0.0")],
    "expanded": [("bob@example.net", "expanded", "2.0.0")],
    "plain": [("bob@example.net", "failed", "5.1.1")],
    "alias": [("carol@example.com", "failed", "5.1.1")],
    "stranger": [("bob@example.net", "failed", "5.1.1")],
    "mixed": [("bob@example.net", "failed", "5.7.1"),
              ("carol@example.com", "delayed", "4.3.2"),
              ("dave@example.edu", "relayed", "2.0.0")],
    "hostile": [("bob@example.net", "failed", "5.1.1")],
    "eight": [("bob@example.net", "failed", "5.1.1")],
    "utf8": [("böb@example.net", "failed", "5.1.1")],
    "utf8ascii": [("b\\x{F6}b@example.net", "failed", "5.6.7")],
}
WHOLE = {"whole": "message/rfc822", "utf8": "message/global"}

# What the two programs say, in words of their own, of failures.
SISIMAI = {"unknown": "userunknown", "plain": "userunknown",
           "alias": "userunknown", "stranger": "userunknown",
           "later": "userunknown", "full": "mailboxfull",
           "whole": "mesgtoobig", "nohost": "hostunknown",
           "hostile": "userunknown", "eight": "userunknown"}
BOUNCEPARSER = {"unknown": "user_unknown"}
# It goes by the Original-Recipient.
ORIGINAL = {"unknown": "bob+news@example.net",
            "alias": "bob@example.net",
            "hostile": "x  Action: delivered"}

SISIMAI_SCRIPT = """
use Sisimai; use JSON::PP;
my $found = Sisimai->make('STDIN', 'delivered' => 1) || [];
print encode_json([map { my $r = $_->damn;
    +{ map { $_ => "$r->{$_}" } qw(recipient action deliverystatus reason) }
    } @$found]);
"""
BOUNCEPARSER_SCRIPT = """
use Mail::DeliveryStatus::BounceParser; use JSON::PP;
local $/; my $text = <STDIN>; $text =~ s/\\r\\n/\\n/g;
my $b = eval { Mail::DeliveryStatus::BounceParser->new($text) };
print encode_json({ bounce => $b->is_bounce ? 1 : 0,
    reports => [map { { address => $_->get('email'),
        reason => $_->get('std_reason') } } $b->reports] });
"""


def report(name):
    out = subprocess.run([TOOL, name], capture_output=True, check=True,
                         timeout=20)
    return out.stdout


def parsed(name):
    return email.message_from_bytes(report(name), policy=POLICY)


def perl(script, octets):
    out = subprocess.run(["perl", "-e", script], input=octets,
                         capture_output=True, check=True, timeout=60)
    return json.loads(out.stdout)


def status_blocks(part):
    """Of message/delivery-status and its sister: a list of fields each."""
    if part.get_content_subtype() == "delivery-status":
        return part.get_payload()
    # Python does not know the sister.
    inner = part.get_payload()
    text = inner[0].as_bytes(policy=POLICY).decode()
    return [email.message_from_string(block, policy=POLICY)
            for block in text.replace("\r\n", "\n").strip().split("\n\n")]


def test_cases_are_all_here():
    out = subprocess.run([TOOL], capture_output=True, text=True, timeout=20)
    assert out.stdout.split() == list(CASES)


@pytest.mark.parametrize("name", CASES)
def test_structure(name):
    message = parsed(name)
    assert message.get_content_type() == "multipart/report"
    assert message["Content-Type"].params["report-type"] == "delivery-status"
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["From"].addresses[0].username == "MAILER-DAEMON"
    assert message["MIME-Version"] == "1.0"
    assert not [part.defects for part in message.walk() if part.defects]
    text, status, original = message.get_payload()
    assert text.get_content_type() == "text/plain"
    for address, _, _ in CASES[name]:
        # What people read is written as they write it.
        assert address.replace("\\x{F6}", "ö") in text.get_content()
    assert status.get_content_type() == (
        "message/global-delivery-status" if name == "utf8"
        else "message/delivery-status")
    assert original.get_content_type() == WHOLE.get(
        name, "message/global-headers" if name == "utf8ascii"
        else "text/rfc822-headers")


@pytest.mark.parametrize("name", CASES)
def test_octets(name):
    octets = report(name)
    lines = octets.split(b"\r\n")
    assert lines.pop() == b""
    for line in lines:
        assert len(line) <= 998
        assert not set(line) & {0, 10, 13}
    message = parsed(name)
    for part in message.walk():
        if part["Content-Transfer-Encoding"] == "7bit":
            assert not part.is_multipart() or octets.isascii() \
                or part is not message
    if message["Content-Transfer-Encoding"] == "7bit":
        assert octets.isascii()
    # A host without 8BITMIME takes it, but for what was asked to come back
    # whole, and for senders whose own address is beyond ASCII.
    assert octets.isascii() == (name not in ("whole", "utf8"))


@pytest.mark.parametrize("name", CASES)
def test_fields(name):
    _, status, _ = parsed(name).get_payload()
    about, *recipients = status_blocks(status)
    assert about["Reporting-MTA"] == "dns; mx.example.org"
    assert about["Arrival-Date"]
    assert about["Future-Release-Request"] == (
        "until;2026-11-22T06:01:01Z" if name == "later" else None)
    found = []
    for fields in recipients:
        kind, address = fields["Final-Recipient"].split("; ", 1)
        assert kind == ("rfc822" if address.isascii() and "\\" not in address
                        else "utf-8")
        assert len(fields.get_all("Action")) == 1
        assert len(fields.get_all("Status")) == 1
        found.append((address, fields["Action"], fields["Status"]))
        assert ("Will-Retry-Until" in fields) == (
            fields["Action"] == "delayed")
    assert found == CASES[name]


def test_envelope_id_and_original_recipient_lose_their_encoding():
    _, status, _ = parsed("unknown").get_payload()
    about, bob = status_blocks(status)
    assert about["Original-Envelope-Id"] == "QQ314159+x"
    assert bob["Original-Recipient"] == "rfc822; bob+news@example.net"
    assert bob["Remote-MTA"] == "dns; mx.example.net"
    assert bob["Diagnostic-Code"] == "smtp; 550 5.1.1 No such user here"


def test_it_belongs_to_the_thread_of_the_message():
    message = parsed("unknown")
    assert message["In-Reply-To"] == "<lunch.1@example.org>"
    assert message["References"] == "<lunch.1@example.org>"
    assert message["Subject"] == "Undelivered: Lunch on Friday"
    assert parsed("eight")["Subject"] == "Undelivered: Grüße aus Köln"
    assert "References" not in parsed("hostile")


def test_whole_message_comes_back():
    original = parsed("whole").get_payload()[2].get_payload()[0]
    assert original["Subject"] == "Lunch on Friday"
    assert original.get_payload(decode=True) == b"Bring caf\xc3\xa9.\r\n"


def test_header_in_seven_bits_comes_back():
    part = parsed("utf8ascii").get_payload()[2]
    assert part["Content-Transfer-Encoding"] == "quoted-printable"
    header = quopri.decodestring(part.get_payload()[0].as_bytes())
    assert "Subject: Grüße aus Köln".encode() in header


@pytest.mark.parametrize("name", CASES)
def test_sisimai(name):
    got = perl(SISIMAI_SCRIPT, report(name))
    want = [(a, s) for a, action, s in CASES[name] if action == "failed"
            and a.isascii() and "\\" not in a]
    found = {entry["recipient"]: entry for entry in got}
    for address, status in want:
        assert found[address]["action"] == "failed"
        assert found[address]["deliverystatus"] == status
        if name in SISIMAI:
            assert found[address]["reason"] == SISIMAI[name]
    for address, action, _ in CASES[name]:
        if action != "failed" and address in found:
            assert found[address]["action"] != "failed"


@pytest.mark.parametrize("name", CASES)
def test_bounceparser(name):
    got = perl(BOUNCEPARSER_SCRIPT, report(name))
    failed = {ORIGINAL.get(name, a) for a, action, _ in CASES[name]
              if action == "failed" and a.isascii() and "\\" not in a}
    # To it, a report that anything is only delayed is no bounce.
    if failed and name != "mixed":
        assert got["bounce"]
        assert failed <= {r["address"] for r in got["reports"]}
    if name in BOUNCEPARSER:
        assert got["reports"][0]["reason"] == BOUNCEPARSER[name]
