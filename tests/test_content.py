"""What a message shows and brings: names and links that want to be taken for
others, files by what they are. Mail comes through a proxy that names addresses of
the world."""

import email.message
import hashlib
import io
import json
import subprocess
import zipfile

import pytest

from lib.server import BUILD
from lib.world import World
from test_judge import found
from test_policy import FORWARDED, FromOutside

LISTS = """
dns-list "urls.list.test" { of = urls }
dns-list "hashes.list.test" { of = hashes  then = junk }
"""
BAD_HASH = hashlib.sha1(b"bad@proven.test").hexdigest()
LISTED = f"""\
evil.test.urls.list A 127.0.0.2
9.2.0.192.urls.list A 127.0.0.2
test.urls.list A 127.0.0.2
{BAD_HASH}.hashes.list A 127.0.0.2"""
PE = b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0" + bytes(500)


@pytest.fixture(scope="module")
def world():
    with World() as w:
        w.record('proven TXT "v=spf1 ip4:198.51.100.0/24 -all"')
        w.record('_dmarc.proven TXT "v=DMARC1; p=reject"')
        for line in LISTED.splitlines():
            w.record(line)
        w.listed = w.postern("listed.test", more=FORWARDED +
                             "greylist = off\n" + LISTS)
        w.plain = w.postern("ours.test", more=FORWARDED + "greylist = off\n"
                            "hold-score = 0\n")
        w.mild = w.postern("mild.test", more=FORWARDED + "greylist = off\n"
                           "attachments { programs = mark  macros = refuse  "
                           "scripts = mark  disk-images = hold }\n")
        w.start()
        yield w


def message(subject, author="news@proven.test", html=None, files=(),
            **fields):
    m = email.message.EmailMessage()
    m["From"], m["Subject"] = author, subject
    for name, value in fields.items():
        m[name.replace("_", "-")] = value
    m.set_content("A few words.")
    if html:
        m.add_alternative(html, subtype="html")
    for name, octets in files:
        m.add_attachment(octets, maintype="application",
                         subtype="octet-stream", filename=name)
    return m.as_bytes().replace(b"\n", b"\r\n")


def send(server, text):
    with FromOutside(server, "198.51.100.7") as smtp:
        smtp.ehlo()
        assert smtp.mail("news@proven.test")[0] == 250
        assert smtp.rcpt(f"bob@{server.domain}")[0] == 250
        code, said = smtp.data(text)
        return code, said.decode()


def folder(server, subject):
    return found(server, subject, "bob")[0]


def trace(server):
    return server.command("trace", "news@proven.test").stdout


def packed(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, octets in files.items():
            z.writestr(name.replace("_", "."), octets)
    return out.getvalue()


def test_phishing(world):
    """Nothing but what it shows puts it into Junk; explain says what that is."""
    server = world.plain
    code, said = send(server, message(
        "verify", '"it@ours.test" <it@0urs.test>',
        '<p><a href="http://192.0.2.9/x">https://ours.test/mail</a></p>',
        Reply_To="it@elsewhere.test"))
    assert code == 250
    assert folder(server, "verify") == "Junk"
    words = trace(server)
    for word in ("name-address 2.5: From shows ours.test and is of 0urs.test",
                 "look-alike 4.0: From 0urs.test looks like ours.test",
                 "reply-elsewhere 0.8", "link-number 1.0: 192.0.2.9",
                 "link-text 2.0: ours.test leads to 192.0.2.9"):
        assert word in words, word
    explained = server.command("explain", "news@proven.test").stdout
    for says in ("the name in From shows another address",
                 "a name looks like one of ours and is another",
                 "a link shows one place and leads to another"):
        assert says in explained, says


def test_innocent(world):
    server = world.plain
    for subject, text in (
            ("plain", message("plain")),
            ("newsletter", message(
                "newsletter", html='<a href="http://click.proven.test/1">'
                "www.proven.test</a>", List_Unsubscribe="<http://x.test/>")),
            ("list", message("list", '"Ann via list" <l@proven.test>',
                             Reply_To="l@lists.test", List_Id="<l.test>"))):
        assert send(server, text)[0] == 250
        assert folder(server, subject) == "INBOX", subject


def test_program(world):
    server = world.plain
    before = len(trace(server))
    code, said = send(server, message("exe", files=[("a.pdf", PE)]))
    assert code == 550
    assert said == ("5.7.1 Such files are not taken here (a.pdf: program PE "
                    "under a false name): send it in another way")
    code, said = send(server, message("zip", files=[
        ("invoice.zip", packed(invoice_pdf_exe=b"x"))]))
    assert code == 550 and "invoice.zip: invoice.pdf.exe: program" in said
    words = trace(server)[before:]
    assert "attachments=refuse (a.pdf: program PE under a false name)" in words
    assert "false-name 3.0" in words
    explained = server.command("explain", "news@proven.test").stdout
    assert "files of that kind are refused" in explained
    assert "it brings a program" in explained


@pytest.mark.parametrize("name, octets", [
    ("run.js", b"alert(1)"), ("disk.iso", b"x"),
    ("report.docx", packed(**{"word/document_xml": b"<w/>",
                              "word/vbaProject_bin": b"x"})),
])
def test_junk(world, name, octets):
    server = world.plain
    assert send(server, message(f"with {name}",
                                files=[(name, octets)]))[0] == 250
    assert folder(server, f"with {name}") == "Junk"


def test_harmless_files(world):
    server = world.plain
    files = [("invoice.pdf", b"%PDF-1.7\n"), ("photo.jpg", b"\xff\xd8\xff\xe0"),
             ("work.zip", packed(**{f"f{i}_js": b"x" for i in range(9)})),
             ("text.docx", packed(**{"word/document_xml": b"<w/>"}))]
    assert send(server, message("harmless", files=files))[0] == 250
    assert folder(server, "harmless") == "INBOX"


def test_allowed_and_other_rules(world):
    server = world.plain
    text = message("allowed", files=[("a.exe", PE)])
    server.command("allow", "add", "proven.test")
    try:
        assert send(server, text)[0] == 250
        assert folder(server, "allowed") == "INBOX"
    finally:
        server.command("allow", "remove", "proven.test")
    server = world.mild
    assert send(server, message("marked", files=[("a.exe", PE)]))[0] == 250
    assert folder(server, "marked") == "INBOX"
    assert "program 4.0: a.exe: program PE" in trace(server)
    code, said = send(server, message("docm", files=[("a.docm", b"x")]))
    assert code == 550 and "a.docm: macros" in said


def test_hold(world):
    """Kept apart, whatever the score comes to."""
    image = [("disk.iso", b"x")]
    assert send(world.mild, message("image", files=image))[0] == 250
    held, = json.loads(world.mild.command("held", "list", "--json").stdout)
    assert held["subject"] == "image"
    assert "attachments=hold (disk.iso" in trace(world.mild)


@pytest.mark.parametrize("link, what", [
    ("http://a.b.evil.test/x", "evil.test"),
    ("https://u@evil.test:80", "evil.test"), ("http://192.0.2.9/", "192.0.2.9"),
])
def test_list_of_urls(world, link, what):
    code, said = send(world.listed, message(
        "urls", html=f'<a href="{link}">see</a>'))
    assert code == 550
    assert said.startswith(f"5.7.1 {what} is on the list urls.list.test")


def test_list_of_hashes(world):
    server = world.listed
    assert send(server, message("hash", "Bad@proven.test"))[0] == 250
    assert folder(server, "hash") == "Junk"
    assert "list=junk (bad@proven.test on hashes.list.test" in trace(server)
    assert send(server, message("reply", List_Id="<x.test>",
                                Reply_To="bad@proven.test"))[0] == 250
    assert folder(server, "reply") == "Junk"
    assert send(server, message(
        "good", html='<a href="http://good.test">see</a>'))[0] == 250
    assert folder(server, "good") == "INBOX"


def test_lists_command(world):
    server = world.listed

    def states(*who):
        done = subprocess.run(
            [str(BUILD / "postern"), "lists", *who, "--config",
             str(server.conf), "--json"], timeout=60, capture_output=True,
            text=True)
        return {r["list"]: r["state"] for r in json.loads(done.stdout)}

    assert states() == {"urls.list.test": "works",
                        "hashes.list.test": "answers"}
    assert states("evil.test")["urls.list.test"].startswith("yes: 127.0.0.2")
    there = states("bad@proven.test")
    assert there["hashes.list.test"].startswith("yes: 127.0.0.2")
    assert there["urls.list.test"] == "not asked"


def test_check(world):
    """postern check finds the same in a file."""
    server = world.plain
    done = subprocess.run(
        [str(BUILD / "postern"), "check", "-", "--config", str(server.conf),
         "--peer", "198.51.100.7", "--from", "news@proven.test", "--to",
         "bob@ours.test"], timeout=120, capture_output=True,
        input=message("check", files=[("a.exe", PE)]))
    assert b"a.exe: program PE" in done.stdout, done.stderr
    assert b"ClamAV" not in done.stdout
