"""The suite of RFC 7208: every case of ../shared/vectors/spf-rfc7208, asked of
the program that the build makes of src/trust/spf.c."""

import ipaddress

import pytest
import yaml

from lib import trust
from lib.server import VECTORS

SUITE = VECTORS / "spf-rfc7208/rfc7208-tests.yml"


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
            for kind in set(trust.TYPES) - {k for k, v in records if v != "NONE"}:
                yield trust.failing(name, kind)
        of_txt = "TXT" in (kind for kind, _ in records)
        for kind, value in records:
            if kind == "SPF" and not of_txt:
                kind = "TXT"
            if value == "NONE" or kind not in trust.TYPES:
                continue
            if value == "TIMEOUT":
                yield trust.failing(name, kind)
                continue
            preference, value = value if kind == "MX" else (0, value)
            yield trust.record(name, kind, data_of(kind, value), preference)


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
    (answer,) = trust.ask(lines_of(scenario["zonedata"]), "S", case["host"],
                          domain, sender, case["helo"])
    return answer


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
