"""What arrives on port 25 is judged by SPF, DKIM and DMARC, with a real zone
behind it, and what the domain wants is done."""

import base64
import email
import json
import re
import smtplib
import time

import dkim
import pytest
from nacl.signing import SigningKey

from lib.jmap import Jmap
from lib.server import PATIENCE
from lib.world import World

SELECTOR = b"sel"


@pytest.fixture(scope="module")
def world():
    with World() as w:
        w.key = SigningKey.generate()
        w.good, w.other, w.gateway = (w.address() for _ in range(3))
        public = base64.b64encode(bytes(w.key.verify_key)).decode()
        for policy in ("reject", "quarantine", "none"):
            w.record(f'{policy} TXT "v=spf1 ip4:{w.good} -all"')
            w.record(f'_dmarc.{policy} TXT "v=DMARC1; p={policy}"')
            w.record(f'sel._domainkey.{policy} TXT '
                     f'"v=DKIM1; k=ed25519; p={public}"')
        w.record('open TXT "v=spf1 +all"')
        w.record("nobody.asks TXT \"x\"")
        # Nobody answers for what is below this name.
        w.record("lost._domainkey.reject NS ns.dead")
        w.record("ns.dead A 127.77.255.254")
        unjudged = f'unjudged = "{w.gateway}"\n'
        w.here = w.postern("here.test", more=unjudged)
        w.marking = w.postern("marking.test", more=unjudged +
                              "dmarc = mark\n")
        w.trusting = w.postern("trusting.test", more="dmarc = off\n" +
                               unjudged)
        w.here.more += ('listen { kind = https address = "localhost" '
                        f'port = {w.here.ports["https"]} }}\n')
        w.start()
        yield w


def send(world, ip, message, to="bob@here.test", sender="news@{}",
         domain="reject.test"):
    server = {"here": world.here, "marking": world.marking,
              "trusting": world.trusting}[to.split("@")[1].split(".")[0]]
    with smtplib.SMTP(server.ip, world.port, timeout=60, local_hostname="mx.test",
                      source_address=(ip, 0)) as smtp:
        smtp.ehlo()
        sender = sender.format(domain)
        assert smtp.mail(sender)[0] == 250
        assert smtp.rcpt(to)[0] == 250
        code, said = smtp.data(message)
        return code, said.decode()


def message(subject, domain="reject.test", more="", author=None):
    author = author or f"From: News <news@{domain}>\r\n"
    return (f"{author}To: bob@here.test\r\nSubject: {subject}\r\n"
            f"Date: Sat, 28 Nov 2026 12:00:00 +0000\r\n"
            f"Message-ID: <{subject}@{domain}>\r\n{more}"
            "\r\nA few words.\r\n").encode()


def sign(world, text, domain, selector=SELECTOR):
    return dkim.sign(text, selector, domain.encode(),
                     base64.b64encode(bytes(world.key)),
                     signature_algorithm=b"ed25519-sha256",
                     include_headers=[b"From", b"Subject"]) + text


def found(server, subject, person="bob"):
    """Folder and message of the one with this subject."""
    import imaplib
    import ssl
    from lib.server import PASSWORD
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with imaplib.IMAP4_SSL("127.0.0.1", server.ports["imaps"],
                           ssl_context=context, timeout=60) as imap:
        imap.login(f"{person}@{server.domain}", PASSWORD)
        for folder in ("INBOX", "Junk"):
            imap.select(folder, readonly=True)
            for part in imap.uid("FETCH", "1:*", "(BODY.PEEK[])")[1]:
                if not isinstance(part, tuple):
                    continue
                m = email.message_from_bytes(part[1])
                if m["Subject"] == subject:
                    return folder, m
    return None, None


def results(m):
    """method -> result, of the field that we wrote."""
    fields = m.get_all("Authentication-Results") or []
    assert len(fields) == 1
    text = re.sub(r"\([^)]*\)", "", re.sub(r"\s+", " ", fields[0]))
    verdict = dict(re.findall(r"; ?(\w+)=(\w+)", text))
    # Of other tests: no host here has a name, nobody has sealed anything.
    assert (verdict.pop("arc"), verdict.pop("iprev")) == ("none", "permerror")
    return verdict, text


def test_spf_is_a_proof(world):
    assert send(world, world.good, message("spf"))[0] == 250
    folder, m = found(world.here, "spf")
    verdict, text = results(m)
    assert folder == "INBOX"
    assert verdict == {"spf": "pass", "dkim": "none", "dmarc": "pass"}
    assert text.startswith("mail.here.test;")
    assert "smtp.mailfrom=news@reject.test" in text
    assert "header.from=reject.test" in text
    keys = m.keys()
    assert keys.index("Authentication-Results") < keys.index("Received")


def test_dkim_is_a_proof(world):
    signed = sign(world, message("dkim"), "reject.test")
    assert send(world, world.other, signed)[0] == 250
    folder, m = found(world.here, "dkim")
    verdict, text = results(m)
    assert folder == "INBOX"
    assert verdict == {"spf": "fail", "dkim": "pass", "dmarc": "pass"}
    assert "header.d=reject.test header.s=sel" in text


def test_refused(world):
    code, said = send(world, world.other, message("forged"))
    assert (code, said[:7]) == (550, "5.7.26 ")
    assert "reject.test" in said
    assert found(world.here, "forged") == (None, None)
    for who in ("bob@here.test", "news@reject.test"):
        assert "(DMARC)" in world.here.command("trace", who).stdout


def test_a_signature_of_another(world):
    """It may be good, and yet proves nothing of this domain."""
    signed = sign(world, message("another"), "none.test")
    assert send(world, world.other, signed)[0] == 550


def test_changed_on_the_way(world):
    signed = sign(world, message("changed"), "reject.test")
    assert send(world, world.other,
                signed.replace(b"few words", b"new words"))[0] == 550


def test_spf_of_another(world):
    """MAIL FROM of the sender's own domain, From of somebody else's."""
    assert send(world, world.other, message("mine"),
                domain="open.test")[0] == 550


def test_put_aside(world):
    text = message("aside", "quarantine.test")
    assert send(world, world.other, text, domain="quarantine.test")[0] == 250
    folder, m = found(world.here, "aside")
    assert folder == "Junk"
    assert results(m)[0]["dmarc"] == "fail"
    trace = world.here.command("trace", "aside@quarantine.test").stdout
    assert "dmarc=fail" in trace
    assert "junk" in trace


def test_policy_none(world):
    text = message("none", "none.test")
    assert send(world, world.other, text, domain="none.test")[0] == 250
    folder, m = found(world.here, "none")
    assert folder == "INBOX"
    assert results(m)[0] == {"spf": "fail", "dkim": "none", "dmarc": "fail"}


def test_who_says_nothing(world):
    text = message("silent", "nobody.test")
    assert send(world, world.other, text, domain="nobody.test")[0] == 250
    folder, m = found(world.here, "silent")
    assert folder == "INBOX"
    assert results(m)[0] == {"spf": "none", "dkim": "none", "dmarc": "none"}


def test_dns_in_trouble(world):
    """It matters where the answer decides, and nowhere else."""
    signed = sign(world, message("trouble"), "reject.test", b"lost")
    code, said = send(world, world.other, signed)
    assert (code, said[:6]) == (451, "4.4.3 ")
    signed = sign(world, message("no-trouble"), "reject.test", b"lost")
    assert send(world, world.good, signed)[0] == 250
    assert results(found(world.here, "no-trouble")[1])[0]["dkim"] == \
        "temperror"


def test_two_authors(world):
    text = message("two", author="From: a@none.test\r\nFrom: b@open.test\r\n")
    assert send(world, world.good, text)[0] == 250
    folder, m = found(world.here, "two")
    assert results(m)[0]["dmarc"] == "permerror"
    text = message("both", author="From: a@none.test, b@open.test\r\n")
    assert send(world, world.good, text)[0] == 250
    folder, m = found(world.here, "both")
    assert folder == "Junk"


def test_report_with_empty_sender(world):
    """SPF is asked about the name in EHLO."""
    assert send(world, world.good, message("report", "none.test"),
                sender="")[0] == 250
    assert "smtp.helo=mx.test" in results(found(world.here, "report")[1])[1]


def test_results_of_others_that_claim_to_be_ours(world):
    text = message("claim", more="Authentication-Results: mail.here.test; "
                   "dmarc=pass header.from=reject.test\r\n"
                   "Authentication-Results: elsewhere.test; spf=pass\r\n")
    assert send(world, world.good, text)[0] == 250
    fields = found(world.here, "claim")[1].get_all("Authentication-Results")
    assert [f.split(";")[0] for f in fields] == ["mail.here.test",
                                                 "elsewhere.test"]


def test_whose_mail_is_not_judged(world):
    assert send(world, world.gateway, message("gateway"))[0] == 250
    folder, m = found(world.here, "gateway")
    assert folder == "INBOX" and "Authentication-Results" not in m


def test_mark_only_says(world):
    assert send(world, world.other, message("marked"),
                to="bob@marking.test")[0] == 250
    folder, m = found(world.marking, "marked")
    assert folder == "INBOX"
    assert results(m)[0]["dmarc"] == "fail"


def test_off(world):
    assert send(world, world.other, message("off"),
                to="bob@trusting.test")[0] == 250
    folder, m = found(world.trusting, "off")
    assert folder == "INBOX" and "Authentication-Results" not in m


def test_who_is_away_answers_no_forged_sender(world):
    """An author who proves who he is proves nothing of MAIL FROM, where the
    answer goes."""
    jmap = Jmap(world.here, "bob@here.test")
    jmap.call("VacationResponse/set",
              update={"singleton": {"isEnabled": True}})
    for name, ip, author, sender in (
            ("away1", world.other, "open.test", "forged@none.test"),
            ("away2", world.good, "none.test", "real@none.test")):
        assert send(world, ip, message(name, author), sender=sender)[0] == 250
    end = time.monotonic() + 20 * PATIENCE
    queued = set()
    while "real@none.test" not in queued:
        assert time.monotonic() < end, queued
        time.sleep(0.2)
        rows = json.loads(world.here.command("journal", "--json").stdout)
        queued = {r["address"] for r in rows if r["event"] == "queued"}
    jmap.call("VacationResponse/set",
              update={"singleton": {"isEnabled": False}})
    assert "forged@none.test" not in queued
