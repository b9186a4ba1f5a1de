"""JMAP Quota (RFC 9425): what an account may have, and has."""

import json

import pytest
from lib.jmap import CORE, MAIL, Jmap
from lib.server import ConfiguredServer, address
from lib.wire import Imap

QUOTA = "urn:ietf:params:jmap:quota"
ALICE = address("alice")
LETTER = b"Subject: x\r\n\r\n" + b"0123456789" * 100 + b"\r\n"


@pytest.fixture(scope="module")
def server():
    with ConfiguredServer() as s:
        yield s


@pytest.fixture
def alice(server):
    server.command("account", "quota", ALICE, "100K")
    return Jmap(server)


def append(server):
    wire = Imap(server).login("alice")
    wire.ask(b"APPEND INBOX {%d+}\r\n%b" % (len(LETTER), LETTER))


def found(alice, **args):
    return alice.call("Quota/query", **args)["ids"]


def test_what_there_is(server, alice):
    assert alice.session["primaryAccounts"][QUOTA] == alice.account
    before = alice.call("Quota/get")
    octets, mailboxes = before["list"]
    assert octets == {
        "id": "octets", "resourceType": "octets", "used": octets["used"],
        "hardLimit": 102400, "scope": "account", "name": "Mail",
        "types": ["Email"], "warnLimit": 81920, "softLimit": None,
        "description": None}
    assert (mailboxes["resourceType"], mailboxes["hardLimit"],
            mailboxes["types"]) == ("count", 2000, ["Mailbox"])
    append(server)
    changed = alice.call("Quota/changes", sinceState=before["state"])
    assert changed["updated"] == ["octets"]
    assert changed["updatedProperties"] == ["used"]
    assert changed["created"] == changed["destroyed"] == []
    # As the RFC shows it, in one request.
    (_, _), (_, now) = alice.calls(
        ("Quota/changes", {"sinceState": before["state"]}),
        ("Quota/get", {
            "#ids": {"resultOf": "0", "name": "Quota/changes",
                     "path": "/updated"},
            "#properties": {"resultOf": "0", "name": "Quota/changes",
                            "path": "/updatedProperties"}}))
    assert now["list"] == [{"id": "octets",
                            "used": octets["used"] + len(LETTER)}]
    assert now["state"] == changed["newState"]
    assert alice.call("Quota/get", ids=["octets", "x"])["notFound"] == ["x"]


def test_limits_come_and_go(server, alice):
    limited = alice.call("Quota/get")["state"]
    server.command("account", "quota", ALICE, "1M")
    changed = alice.call("Quota/changes", sinceState=limited)
    assert (changed["updated"], changed["updatedProperties"]) == (
        ["octets"], None)
    server.command("account", "quota", ALICE, "none")
    changed = alice.call("Quota/changes", sinceState=limited)
    assert changed["destroyed"] == ["octets"]
    free = changed["newState"]
    assert [q["id"] for q in alice.call("Quota/get")["list"]] == ["mailboxes"]
    server.command("account", "quota", ALICE, "1M")
    assert alice.call("Quota/changes", sinceState=free)["created"] == [
        "octets"]


def test_query(server, alice):
    assert found(alice) == ["octets", "mailboxes"]
    assert found(alice, filter={"type": "Email"}) == ["octets"]
    assert found(alice, filter={"resourceType": "count"}) == ["mailboxes"]
    assert found(alice, filter={"scope": "domain"}) == []
    assert found(alice, filter={"name": "ailb"}) == ["mailboxes"]
    assert found(alice, filter={"operator": "NOT", "conditions": [
        {"type": "Email"}]}) == ["mailboxes"]
    by = [{"property": "name", "isAscending": False}]
    assert found(alice, sort=by) == ["mailboxes", "octets"]
    append(server)
    assert found(alice, sort=[{"property": "used"}]) == ["mailboxes",
                                                         "octets"]
    assert found(alice, anchor="mailboxes") == ["mailboxes"]
    assert found(alice, limit=1, position=-1) == ["mailboxes"]
    said = alice.call("Quota/query", calculateTotal=True)
    assert said["total"] == 2
    assert alice.call("Quota/queryChanges",
                      sinceQueryState=said["queryState"])["added"] == []
    server.command("account", "quota", ALICE, "messages", "100000")
    assert found(alice, sort=[{"property": "name"}]) == [
        "octets", "mailboxes", "messages"]
    assert found(alice, filter={"type": "Email"}, sort=[
        {"property": "used"}]) == ["messages", "octets"]
    server.command("account", "quota", ALICE, "messages", "none")


@pytest.mark.parametrize("name, args, error", [
    ("Quota/changes", {"sinceState": "x"}, "cannotCalculateChanges"),
    ("Quota/changes", {"sinceState": "1.2.3"}, "cannotCalculateChanges"),
    ("Quota/changes", {"sinceState": "1.2.3.4.5.6.7"}, "cannotCalculateChanges"),
    ("Quota/changes", {"sinceState": "1.2.3.4.5.g"}, "cannotCalculateChanges"),
    ("Quota/changes", {"sinceState": "1" * 17 + ".2.3.4.5.6"},
     "cannotCalculateChanges"),
    ("Quota/changes", {"sinceState": "1.2.3.4.5.6", "maxChanges": 0},
     "invalidArguments"),
    ("Quota/query", {"filter": {"color": "x"}}, "unsupportedFilter"),
    ("Quota/query", {"filter": {"name": 7}}, "invalidArguments"),
    ("Quota/query", {"sort": [{"property": "scope"}]}, "unsupportedSort"),
    ("Quota/query", {"anchor": "x"}, "anchorNotFound"),
    ("Quota/get", {"properties": ["color"]}, "invalidArguments"),
    ("Quota/set", {}, "unknownMethod"),
])
def test_refused(alice, name, args, error):
    (got, said), *_ = alice.calls((name, args))
    assert (got, said["type"]) == ("error", error)


def test_types_that_are_not_known(alice):
    """Who did not ask for mail has nothing that is limited."""
    alice.using = [CORE, QUOTA]
    assert alice.call("Quota/get")["list"] == []
    assert found(alice) == []
    alice.using = [CORE, MAIL]
    (got, said), *_ = alice.calls(("Quota/get", {}))
    assert (got, said["type"]) == ("error", "unknownMethod")


def test_pushed(server, alice):
    c = alice.connect()
    c.request("GET", "/jmap/eventsource/?types=Quota&closeafter=state&ping=0",
              headers=alice.login)
    answer = c.getresponse()
    append(server)
    text = answer.read().decode()
    line = [x for x in text.splitlines() if x.startswith("data: ")][-1]
    changed = json.loads(line[6:])["changed"][alice.account]
    assert changed == {"Quota": alice.call("Quota/get")["state"]}
