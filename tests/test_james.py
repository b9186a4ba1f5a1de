"""Scripts of Apache James, where they agree with the RFCs.

Only codes are compared: the wording is each server's own. Names are mapped to
the demo's domain. A run of "S: 250-..." lines up to "S: 250 ..." is one
reply, whose keywords must all be offered.
"""

import re

import pytest
from lib.server import PASSWORD, VECTORS
from lib.wire import Smtp

SCRIPTS = VECTORS / "james-mpt" / "smtp"

# Where Postern does otherwise on purpose.
SKIPPED = {
    "authplain": "AUTH before EHLO and without TLS is refused here",
    "starttls_session_fixation":
        "AUTH without TLS is refused here; STARTTLS inside a transaction "
        "too, by dialogue smtp/starttls.t",
    "starttls_with_injection":
        "RFC 3207 asks to forget what came behind STARTTLS, not for a 451: "
        "see dialogue smtp/starttls_injection.t",
}
# No keyword of the EHLO answer that RFC 4954 knows, or not before TLS.
NOT_OFFERED = re.compile(r"AUTH.*")


def scripts():
    if not SCRIPTS.is_dir():
        return [pytest.param("none", marks=pytest.mark.skip(
            reason="no vectors beside the project"))]
    return [pytest.param(path.stem, marks=[pytest.mark.skip(
                reason=SKIPPED[path.stem])] if path.stem in SKIPPED else [])
            for path in sorted(SCRIPTS.glob("*.test"))]


def translate(line):
    return line.replace("@mydomain.tld", "@example.test")


def read(text):
    """("C", line) and ("S", code, keywords) in the script's order."""
    steps = []
    for line in text.splitlines():
        if line.startswith("C:"):
            steps.append(("C", translate(line[3:])))
        elif line.startswith("S:"):
            code, more, word = re.match(
                r"S: (\d{3})(-|\.\*|) ?(.*)", line).groups()
            last = steps[-1] if steps else None
            if last and last[0] == "S" and last[3]:
                last[2].append(word)
                last[3] = more == "-"
            else:
                steps.append(["S", int(code), [], more != ""])
    return steps


@pytest.fixture
def starttls_account(demo):
    """One script writes to a user of this name."""
    name = "starttls@example.test"
    demo.command("account", "add", name, "--password-stdin",
                 text=f"{PASSWORD}\n")
    yield
    demo.command("account", "remove", name, "--yes")


@pytest.mark.parametrize("name", scripts())
def test_script(empty_demo, starttls_account, name):
    smtp = Smtp.__new__(Smtp)
    super(Smtp, smtp).__init__(empty_demo.ports["smtp"])
    for step in read((SCRIPTS / f"{name}.test").read_text()):
        if step[0] == "C":
            smtp.send(step[1].encode() + b"\r\n")
            continue
        _, code, words, _ = step
        got, lines = smtp.reply()
        assert got == code, (step, lines)
        for word in words:
            if not NOT_OFFERED.fullmatch(word):
                assert word in [line.strip() for line in lines], word
    smtp.close()
