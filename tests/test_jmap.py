"""JMAP: the session, requests and their errors, mailboxes."""

import json

import pytest
from lib.jmap import CORE, MAIL, Jmap
from lib.server import address


@pytest.fixture
def alice(demo):
    return Jmap(demo)


def problem(answer):
    return answer["type"].removeprefix("urn:ietf:params:jmap:error:")


# ---- RFC 8620 2: the session ------------------------------------------------

def test_session(alice):
    session = alice.session
    assert session["username"] == address("alice")
    account = session["accounts"][alice.account]
    assert account["name"] == address("alice")
    assert account["isPersonal"] and not account["isReadOnly"]
    assert account["accountCapabilities"][MAIL]["maxMailboxesPerEmail"] == 1
    assert set(session["primaryAccounts"]) == \
        set(account["accountCapabilities"])
    assert session["capabilities"][CORE]["maxObjectsInGet"] >= 500
    origin = f"https://127.0.0.1:{alice.server.ports['https']}/jmap/"
    for url in "apiUrl", "downloadUrl", "uploadUrl", "eventSourceUrl":
        assert session[url].startswith(origin)
    answer = alice.request(("Core/echo", {}))
    assert answer["sessionState"] == session["state"]


def test_each_has_their_own(demo, alice):
    bob = Jmap(demo, "bob")
    assert bob.account != alice.account
    assert bob.error("Mailbox/get", accountId=alice.account) == \
        "accountNotFound"


# ---- RFC 8620 3.6.1: requests that are none ---------------------------------

@pytest.mark.parametrize("body, kind, error", [
    (b"{", "application/json", "notJSON"),
    (b"\xff", "application/json", "notJSON"),
    (b'{"using":[],"using":[],"methodCalls":[]}', "application/json",
     "notJSON"),
    (b"[" * 40 + b"]" * 40, "application/json", "notJSON"),
    (b'{"using":[],"methodCalls":[]}', "text/plain", "notJSON"),
    (b"[]", "application/json", "notRequest"),
    (b'{"using":[]}', "application/json", "notRequest"),
    (b'{"using":[1],"methodCalls":[]}', "application/json", "notRequest"),
    (b'{"using":[],"methodCalls":[["a",{}]]}', "application/json",
     "notRequest"),
    (b'{"using":[],"methodCalls":[],"createdIds":{"a":1}}',
     "application/json", "notRequest"),
    (b'{"using":["urn:x"],"methodCalls":[]}', "application/json",
     "unknownCapability"),
])
def test_request_errors(alice, body, kind, error):
    status, answer = alice.post(body, kind)
    assert (status, problem(answer)) == (400, error)


def test_request_limits(alice):
    status, answer = alice.post(json.dumps(
        {"using": [CORE], "methodCalls": [["Core/echo", {}, "a"]] * 33}))
    assert (status, problem(answer), answer["limit"]) == \
        (400, "limit", "maxCallsInRequest")
    status, _, octets = alice.http(
        "POST", "/jmap/api/", None,
        {"Content-Type": "application/json", "Content-Length": "10000001"})
    answer = json.loads(octets)
    assert (status, problem(answer), answer["limit"]) == \
        (413, "limit", "maxSizeRequest")


# ---- RFC 8620 3.6.2, 4: methods ---------------------------------------------

def test_echo(alice):
    args = {"a": [1, None, {"b": "\u00fc\"\\\n\u2028\U0001f600"}]}
    answer = alice.request(("Core/echo", args, "x"), ("Core/nothing", {}))
    assert answer["methodResponses"] == [
        ["Core/echo", args, "x"], ["error", {"type": "unknownMethod"}, "1"]]
    assert "createdIds" not in answer


def test_method_of_a_capability_that_is_not_used(alice):
    alice.using = [CORE]
    assert alice.error("Mailbox/get") == "unknownMethod"


@pytest.mark.parametrize("args", [
    {"accountId": 1}, {"accountId": None}, {"ids": "a"}, {"ids": [1]},
    {"ids": ["a b"]}, {"nothing": 1}, {"properties": ["nothing"]},
    {"properties": [None]},
])
def test_arguments(alice, args):
    assert alice.error("Mailbox/get", **args) == "invalidArguments"


def test_account_not_found(alice):
    assert alice.error("Mailbox/get", accountId="nobody") == \
        "accountNotFound"


def test_too_many_ids(alice):
    assert alice.error("Mailbox/get", ids=[f"x{i}" for i in range(1001)]) \
        == "requestTooLarge"


# ---- RFC 8620 3.7: references -----------------------------------------------

ECHO = {"ids": ["a", "b"], "list": [{"x": [1, 2]}, {"x": [3]}, {"x": 4}],
        "a/b~c": {"0": None}}


@pytest.mark.parametrize("path, value", [
    ("", ECHO), ("/ids", ["a", "b"]), ("/ids/1", "b"),
    ("/list/*/x", [1, 2, 3, 4]), ("/list/0/x/1", 2), ("/a~1b~0c/0", None),
    ("/ids/*", ["a", "b"]),
])
def test_reference(alice, path, value):
    answers = alice.calls(
        ("Core/echo", ECHO, "t"),
        ("Core/echo", {"#v": {"resultOf": "t", "name": "Core/echo",
                              "path": path}}))
    assert answers[1] == ("Core/echo", {"v": value})


@pytest.mark.parametrize("reference", [
    {"resultOf": "t", "name": "Core/echo", "path": "/nothing"},
    {"resultOf": "t", "name": "Core/echo", "path": "ids"},
    {"resultOf": "t", "name": "Core/echo", "path": "/ids/2"},
    {"resultOf": "t", "name": "Core/echo", "path": "/ids/00"},
    {"resultOf": "t", "name": "Core/echo", "path": "/ids/-"},
    {"resultOf": "t", "name": "Core/echo", "path": "/list/*/y"},
    {"resultOf": "t", "name": "Core/echo", "path": "/ids/*/x"},
    {"resultOf": "t", "name": "Core/echo", "path": "/a~2b"},
    {"resultOf": "t", "name": "Core/other", "path": "/ids"},
    {"resultOf": "u", "name": "Core/echo", "path": "/ids"},
    {"resultOf": "t", "path": "/ids"}, 1, None,
])
def test_references_to_nothing(alice, reference):
    answers = alice.calls(("Core/echo", ECHO, "t"),
                          ("Core/echo", {"#v": reference}))
    assert answers[1] == ("error", {"type": "invalidResultReference"})


def test_reference_beside_the_argument(alice):
    answers = alice.calls(
        ("Core/echo", ECHO, "t"),
        ("Core/echo", {"v": 1, "#v": {"resultOf": "t", "name": "Core/echo",
                                      "path": "/ids"}}))
    assert answers[1][1]["type"] == "invalidArguments"


def test_created_ids(alice):
    answer = alice.request(("Core/echo", {}), createdIds={"a": "m1"})
    assert answer["createdIds"] == {"a": "m1"}


# ---- RFC 8621 2: mailboxes --------------------------------------------------

@pytest.fixture
def box(alice):
    """A mailbox of its own, gone afterwards."""
    made = alice.call("Mailbox/set", create={"b": {"name": "T\u00fcr"}})
    yield made["created"]["b"]["id"]
    ids = alice.call("Mailbox/query", sortAsTree=True)["ids"]
    alice.call("Mailbox/set", onDestroyRemoveEmails=True, destroy=[
        m["id"] for m in reversed(alice.call("Mailbox/get", ids=ids)["list"])
        if m["role"] is None])


def test_mailbox_get(alice, box):
    answer = alice.call("Mailbox/get", ids=None)
    roles = {m["role"]: m for m in answer["list"]}
    assert {"inbox", "sent", "drafts", "trash", "junk"} <= set(roles)
    assert not roles["inbox"]["myRights"]["mayDelete"]
    one = alice.call("Mailbox/get", ids=[box, "m999999", box],
                     properties=["name", "parentId"])
    assert one["list"] == [{"id": box, "name": "T\u00fcr",
                            "parentId": None}]
    assert one["notFound"] == ["m999999"]
    assert alice.call("Mailbox/get", ids=[])["list"] == []


def test_mailbox_state(alice, box):
    state = alice.call("Mailbox/get", ids=[])["state"]
    answer = alice.call("Mailbox/changes", sinceState=state)
    assert answer["newState"] == state and answer["created"] == []
    done = alice.call("Mailbox/set", update={box: {"name": "x"}})
    assert (done["oldState"], done["updated"]) == (state, {box: None})
    assert done["newState"] != state
    assert alice.error("Mailbox/set", ifInState=state,
                       update={box: {"name": "y"}}) == "stateMismatch"


def test_mailbox_tree(alice, box):
    made = alice.call("Mailbox/set", create={
        "c": {"name": "c", "parentId": "#p", "isSubscribed": False},
        "p": {"name": "p", "parentId": box}})["created"]
    assert alice.call("Mailbox/get", ids=[made["c"]["id"]])["list"][0] \
        ["parentId"] == made["p"]["id"]
    assert alice.call("Mailbox/query", filter={"parentId": box})["ids"] == \
        [made["p"]["id"]]
    done = alice.call("Mailbox/set", destroy=[box])
    assert done["notDestroyed"][box]["type"] == "mailboxHasChild"
    # What is subscribed goes with its name.
    alice.call("Mailbox/set", update={box: {"name": "z"}})
    assert [m["isSubscribed"] for m in alice.call(
        "Mailbox/get", ids=[box, made["p"]["id"], made["c"]["id"]],
        properties=["isSubscribed"])["list"]] == [True, True, False]
    alice.call("Mailbox/set", update={made["c"]["id"]: {"parentId": None}})
    assert alice.call("Mailbox/get", ids=[made["c"]["id"]])["list"][0] \
        ["parentId"] is None


@pytest.mark.parametrize("object, wrong", [
    ({}, "name"), ({"name": "a/b"}, "name"), ({"name": ""}, "name"),
    ({"name": 1}, "name"), ({"name": "INBOX"}, "name"),
    ({"name": "x", "parentId": "m999999"}, "parentId"),
    ({"name": "x", "parentId": "#nothing"}, "parentId"),
    ({"name": "x", "role": "inbox"}, "role"),
    ({"name": "x", "role": "nothing"}, "role"),
    ({"name": "x", "totalEmails": 1}, "totalEmails"),
    ({"name": "x", "isSubscribed": 1}, "isSubscribed"),
    ({"name": "x", "other": 1}, "other"),
])
def test_mailbox_wrong(alice, object, wrong):
    error = alice.call("Mailbox/set", create={"a": object})["notCreated"]["a"]
    assert (error["type"], error["properties"]) == \
        ("invalidProperties", [wrong])


def test_mailbox_refusals(alice, box):
    inbox = alice.mailbox("INBOX")
    done = alice.call("Mailbox/set", update={
        inbox: {"name": "x"}, "m999999": {"name": "x"},
        "#nothing": {"name": "x"}, box: {"role": "trash"}},
        destroy=[inbox, "m999999"])
    types = {key: e["type"] for key, e in done["notUpdated"].items()}
    assert types == {inbox: "forbidden", "m999999": "notFound",
                     "#nothing": "notFound", box: "invalidProperties"} or \
        types[inbox] == "willDestroy"
    assert done["notDestroyed"]["m999999"]["type"] == "notFound"
    assert done["notDestroyed"][inbox]["type"] in \
        ("forbidden", "mailboxHasEmail")
    # A whole object may come back as it was.
    whole = alice.call("Mailbox/get", ids=[box])["list"][0]
    done = alice.call("Mailbox/set", update={box: whole})
    assert done["updated"] == {box: None}


def test_mailbox_query(alice, box):
    everything = alice.call("Mailbox/query", calculateTotal=True)
    assert everything["total"] == len(everything["ids"])
    names = {m["id"]: m["name"] for m in alice.call("Mailbox/get")["list"]}
    by_name = alice.call("Mailbox/query", sort=[{"property": "name"}])["ids"]
    back = alice.call("Mailbox/query", sort=[
        {"property": "name", "isAscending": False}])["ids"]
    assert [names[i].lower() for i in by_name] == \
        sorted(n.lower() for n in names.values())
    assert back == by_name[::-1]
    assert alice.call("Mailbox/query", filter={"name": "T\u00dcR"})["ids"] \
        == [box]
    assert alice.call("Mailbox/query", filter={
        "operator": "NOT", "conditions": [{"hasAnyRole": True}]})["ids"] == \
        [box]
    window = alice.call("Mailbox/query", sort=[{"property": "name"}],
                        anchor=by_name[2], anchorOffset=-1, limit=2)
    assert (window["position"], window["ids"]) == (1, by_name[1:3])
    assert alice.call("Mailbox/query", sort=[{"property": "name"}],
                      position=-1)["ids"] == by_name[-1:]
    assert alice.error("Mailbox/query", anchor="m999999") == "anchorNotFound"
    assert alice.error("Mailbox/query", filter={"x": 1}) == \
        "unsupportedFilter"
    assert alice.error("Mailbox/query", sort=[{"property": "x"}]) == \
        "unsupportedSort"
    assert alice.error("Mailbox/query", filter={
        "operator": "XOR", "conditions": []}) == "invalidArguments"
    state = everything["queryState"]
    assert alice.call("Mailbox/queryChanges", sinceQueryState=state)[
        "added"] == []
    assert alice.error("Mailbox/queryChanges", sinceQueryState="x") == \
        "cannotCalculateChanges"
