"""Every message among the test vectors of others, as octets with CRLF."""

import re

from .server import VECTORS
from .wire import crlf


def _whole(path):
    yield path.name, path.read_bytes()


def _after_dns(path):
    """mail-auth: TXT records, a blank line, the message."""
    _, _, message = path.read_bytes().partition(b"\n\n")
    yield path.name, message


def _after_data(path):
    """cyrus-sieve serverm: an SMTP dialogue; the text stands behind DATA."""
    text = crlf(path.read_bytes())
    found = re.search(rb"^DATA\r\n(.*?)^\.\r\n", text, re.S | re.M)
    if found:
        message = found[1]
        if message.startswith(b"."):
            message = message[1:]
        yield path.name, message.replace(b"\r\n..", b"\r\n.")


def _arc_suite(path):
    import yaml
    for suite in yaml.safe_load_all(path.read_text()):
        for name, test in ((suite or {}).get("tests") or {}).items():
            if test.get("message"):
                yield f"{path.stem}:{name}", test["message"].encode()


SOURCES = [
    ("mail-parser/eml/rfc/*.eml", _whole),
    ("mime4j/testmsgs/*.msg", _whole),
    ("mail-auth/dkim/*.txt", _after_dns),
    ("mail-auth/arc/*.txt", _after_dns),
    ("mail-auth/arf/*.eml", _whole),
    ("arc-suite/*.yml", _arc_suite),
    ("cyrus-sieve/*/testm/*", _whole),
    ("cyrus-sieve/*/serverm/*", _after_data),
]


def messages():
    """(name, octets) of each; every LF is a CRLF, the last line is ended."""
    for pattern, split in SOURCES:
        folder = pattern.split("/")[0]
        for path in sorted(VECTORS.glob(pattern)):
            for name, octets in split(path):
                octets = re.sub(rb"(?<!\r)\n", b"\r\n", octets)
                if not octets.endswith(b"\r\n"):
                    octets += b"\r\n"
                yield f"{folder}/{name}", octets


def must_be_refused(octets):
    """Why these octets may not pass: a CR that ends no line, or a NUL."""
    if b"\0" in octets:
        return "NUL"
    if re.search(rb"\r(?!\n)", octets):
        return "bare CR"
    return None
