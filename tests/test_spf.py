"""The suite of RFC 7208: every case of ../shared/vectors/spf-rfc7208, asked of
the program that the build makes of src/trust/spf.c."""

import ipaddress
import subprocess

import pytest
import yaml

from lib.server import BUILD, VECTORS

SUITE = VECTORS / "spf-rfc7208/rfc7208-tests.yml"
TYPES = {"A": 1, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28}


def octets(word):
    """As bytes, and in hex for the line."""
    if isinstance(word, str):
        word = word.encode("utf-8")
    return word.hex()


def data_of(kind, value):
    if kind in ("A", "AAAA"):
        return ipaddress.ip_address(value).packed
    if isinstance(value, list):         # strings of one record
        value = "".join(value)
    if kind == "TXT":
        return value.encode("latin-1")
    return value.rstrip(".").lower().encode()


def entries_of(zone, name, depth=10):
    """Of a name, or of what it is an alias of; None: of a loop of aliases."""
    for owner, entries in zone.items():
        if owner.rstrip(".").lower() != name.rstrip(".").lower():
            continue
        if isinstance(entries[0], dict) and "CNAME" in entries[0]:
            if depth == 0:
                return None
            return entries_of(zone, entries[0]["CNAME"], depth - 1)
        return entries
    return []


def lines_of(zone):
    """A zone of the suite as records. Where a name says nothing of TXT its SPF
    records are meant (a note at the top of the suite); TIMEOUT is for all it
    does not have."""
    for name in zone:
        entries = entries_of(zone, name)
        name = name.rstrip(".")
        records = [pair for e in entries or () if isinstance(e, dict)
                   for pair in e.items()]
        if entries is None or "TIMEOUT" in entries:
            for kind in set(TYPES) - {k for k, v in records if v != "NONE"}:
                yield ("F", name, TYPES[kind], 0, b"")
        of_txt = "TXT" in (kind for kind, _ in records)
        for kind, value in records:
            if kind == "SPF" and not of_txt:
                kind = "TXT"
            if value == "NONE" or kind not in TYPES:
                continue
            if value == "TIMEOUT":
                yield ("F", name, TYPES[kind], 0, b"")
                continue
            preference, value = value if kind == "MX" else (0, value)
            yield ("R", name, TYPES[kind], preference, data_of(kind, value))


def cases():
    if not SUITE.exists():
        return
    with open(SUITE, encoding="utf-8") as f:
        for scenario in yaml.safe_load_all(f):
            if scenario:
                for name, case in scenario["tests"].items():
                    yield pytest.param(scenario, case, id=name)


def ask(scenario, case):
    sender = case["mailfrom"] or "postmaster@" + case["helo"]
    domain = sender.rpartition("@")[2]
    said = [" ".join([word] + [octets(str(w)) for w in rest[:-1]] +
                     [octets(rest[-1])])
            for word, *rest in lines_of(scenario["zonedata"])]
    said.append(" ".join(["C", octets(case["host"]), octets(domain),
                          octets(sender), octets(case["helo"])]))
    out = subprocess.run([BUILD / "src/trust/spf-check"],
                         input="\n".join(said) + "\n", text=True, check=True,
                         capture_output=True, timeout=60).stdout
    return out.rstrip("\n").split("\t")


@pytest.mark.parametrize("scenario,case", cases())
def test_case(scenario, case):
    result, explanation, why = ask(scenario, case)
    right = case["result"]
    assert result in (right if isinstance(right, list) else [right]), why
    assert why
    if result == "fail" and case.get("explanation") not in (None, "DEFAULT"):
        # Hex digits of an address are right in either case (RFC 4291 2.2).
        assert explanation.lower() == case["explanation"].lower()
    if case.get("explanation") == "DEFAULT":
        assert explanation == ""


def test_all_were_read():
    """203 cases, were they there."""
    if not SUITE.exists():
        pytest.skip("no ../shared/vectors")
    assert len(list(cases())) == 203
