"""JMAP: emails, threads, blobs."""

import json
import os
import pathlib
import subprocess
import time

import pytest
from lib.jmap import Jmap
from lib.server import PASSWORD, address
from lib.wire import Imap

PLAIN = (b"From: =?utf-8?q?J=C3=BCrgen?= <juergen@example.net>\r\n"
         b"To: \"Doe, Jane\" <jane@example.org>, Friends: a@b.example,"
         b" c@d.example;\r\n"
         b"Subject: =?utf-8?b?R3LDvMOfZQ==?= to you\r\n"
         b"Date: Thu, 30 Oct 2014 14:12:00 +0800\r\n"
         b"Message-ID: <plain@example.net>\r\n"
         b"List-Post: <mailto:list@example.net> (a list)\r\n"
         b"X-Twice: one\r\nX-Twice: two\r\n"
         b"\r\nHello there\r\nsecond line\r\n")
REPLY = b"Re: =?utf-8?b?R3LDvMOfZQ==?= to you"
MIXED = (b"From: a@example.net\r\nTo: b@example.net\r\nSubject: mixed\r\n"
         b"Message-ID: <mixed@example.net>\r\n"
         b"In-Reply-To: <plain@example.net>\r\n"
         b"References: <plain@example.net>\r\n"
         b"Content-Type: multipart/mixed; boundary=m\r\n\r\n"
         b"--m\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n"
         b"--a\r\nContent-Type: text/plain; charset=iso-8859-1\r\n"
         b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
         b"t=FCr =\r\nauf\r\n"
         b"--a\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
         b"<p>t\xc3\xbcr <b>auf</b></p>\r\n--a--\r\n"
         b"--m\r\nContent-Type: application/pdf; name=\"a b.pdf\"\r\n"
         b"Content-Disposition: attachment; filename*=utf-8''%c3%bc.pdf\r\n"
         b"Content-Transfer-Encoding: base64\r\nContent-ID: <x@y>\r\n\r\n"
         b"SGVsbG8gUERG\r\n"
         b"--m\r\nContent-Type: message/rfc822\r\n\r\n" + PLAIN +
         b"\r\n--m--\r\n")


@pytest.fixture
def alice(demo):
    return Jmap(demo)


@pytest.fixture
def box(alice):
    """A mailbox of its own, gone afterwards."""
    made = alice.call("Mailbox/set", create={
        "b": {"name": f"box{time.monotonic_ns()}"}})["created"]["b"]["id"]
    yield made
    alice.call("Mailbox/set", destroy=[made], onDestroyRemoveEmails=True)


def put(alice, box, message, **more):
    """A message in this mailbox: what Email/import says of it."""
    blob = alice.upload(message)["blobId"]
    answer = alice.call("Email/import", emails={
        "i": {"blobId": blob, "mailboxIds": {box: True}, **more}})
    assert answer["notCreated"] is None, answer
    return answer["created"]["i"]


def get(alice, email, *properties, **more):
    args = {"properties": list(properties)} if properties else {}
    answer = alice.call("Email/get", ids=[email], **args, **more)
    assert answer["notFound"] == []
    return answer["list"][0]


# ---- RFC 8620 6: blobs ------------------------------------------------------

def test_upload_and_download(demo, alice):
    up = alice.upload(b"\0\1octets", "image/png")
    assert (up["size"], up["type"], up["accountId"]) == \
        (8, "image/png", alice.account)
    status, fields, octets = alice.download(up["blobId"], "\u00fc/x.png",
                                            "image/png")
    assert (status, octets) == (200, b"\0\1octets")
    assert fields["Content-Type"] == "image/png"
    assert fields["Content-Disposition"] == \
        "attachment; filename*=UTF-8''%C3%BC%2Fx.png"
    assert "immutable" in fields["Cache-Control"]
    assert fields["Vary"] == "Authorization, Cookie"
    for blob in "u123", "x", "b999999", up["blobId"] + "-9", \
            up["blobId"] + "-0":
        assert alice.download(blob)[0] == 404
    # Another account's ids mean nothing.
    bob = Jmap(demo, "bob")
    assert bob.download(up["blobId"])[0] == 404
    bob.account = alice.account
    assert bob.download(up["blobId"])[0] == 404
    assert bob.http("POST", f"/jmap/upload/{alice.account}/", b"x")[0] == 404
    assert alice.upload(b"")["size"] == 0


def test_upload_too_large(alice):
    status, _, octets = alice.http(
        "POST", f"/jmap/upload/{alice.account}/", None,
        {"Content-Length": "50000001"})
    assert status == 413
    assert json.loads(octets)["limit"] == "maxSizeUpload"


# ---- RFC 8621 4.2: Email/get ------------------------------------------------

def test_email_metadata(alice, box):
    made = put(alice, box, PLAIN, keywords={"$seen": True, "Work": True},
               receivedAt="2020-01-02T03:04:05Z")
    email = get(alice, made["id"])
    assert email["mailboxIds"] == {box: True}
    assert email["keywords"] == {"$seen": True, "work": True}
    assert email["receivedAt"] == "2020-01-02T03:04:05Z"
    assert email["sentAt"] == "2014-10-30T14:12:00+08:00"
    assert (email["size"], email["threadId"], email["blobId"]) == \
        (made["size"], made["threadId"], made["blobId"])
    assert email["subject"] == "Gr\u00fc\u00dfe to you"
    assert email["from"] == [{"name": "J\u00fcrgen",
                              "email": "juergen@example.net"}]
    assert [a["email"] for a in email["to"]] == \
        ["jane@example.org", "a@b.example", "c@d.example"]
    assert email["to"][0]["name"] == "Doe, Jane"
    assert email["cc"] is None and email["references"] is None
    assert email["messageId"] == ["plain@example.net"]
    assert email["preview"].startswith("Hello there")
    assert not email["hasAttachment"]
    assert email["bodyValues"] == {}
    assert [p["type"] for p in email["textBody"]] == ["text/plain"]
    assert "headers" not in email
    assert alice.download(email["blobId"])[2].endswith(PLAIN)


@pytest.mark.parametrize("property, value", [
    ("header:X-Twice", " two"), ("header:x-twice:all", [" one", " two"]),
    ("header:X-Twice:asText:all", ["one", "two"]),
    ("header:X-None", None), ("header:X-None:all", []),
    ("header:Subject:asText", "Gr\u00fc\u00dfe to you"),
    ("header:Date:asDate", "2014-10-30T14:12:00+08:00"),
    ("header:X-Twice:asDate", None), ("header:X-Twice:asURLs", None),
    ("header:List-Post:asURLs", ["mailto:list@example.net"]),
    ("header:Message-ID:asMessageIds", ["plain@example.net"]),
    ("header:To:asGroupedAddresses", [
        {"name": None, "addresses": [
            {"name": "Doe, Jane", "email": "jane@example.org"}]},
        {"name": "Friends", "addresses": [
            {"name": None, "email": "a@b.example"},
            {"name": None, "email": "c@d.example"}]}]),
])
def test_header_forms(alice, box, property, value):
    made = put(alice, box, PLAIN)
    assert get(alice, made["id"], property)[property] == value


@pytest.mark.parametrize("args", [
    {"properties": ["header:From:asDate"]},
    {"properties": ["header:Subject:asAddresses"]},
    {"properties": ["header:X:asNothing"]}, {"properties": ["header:"]},
    {"properties": ["header:X:all:asText"]}, {"properties": ["nothing"]},
    {"bodyProperties": ["nothing"]}, {"maxBodyValueBytes": -1},
])
def test_email_get_arguments(alice, args):
    assert alice.error("Email/get", ids=[], **args) == "invalidArguments"


def test_email_get_all(alice):
    assert alice.error("Email/get", ids=None) == "requestTooLarge"
    answer = alice.call("Email/get", ids=["e999999", "x"])
    assert answer["notFound"] == ["e999999", "x"]


def test_email_body(alice, box):
    email = put(alice, box, MIXED)["id"]
    body = get(alice, email, "textBody", "htmlBody", "attachments",
               "bodyValues", "bodyStructure", "hasAttachment",
               fetchAllBodyValues=True)
    text, = body["textBody"]
    html, = body["htmlBody"]
    pdf, message = body["attachments"]
    assert (text["type"], text["charset"]) == ("text/plain", "iso-8859-1")
    assert body["bodyValues"][text["partId"]] == {
        "value": "t\u00fcr auf", "isEncodingProblem": False,
        "isTruncated": False}
    assert body["bodyValues"][html["partId"]]["value"] == \
        "<p>t\u00fcr <b>auf</b></p>"
    assert (pdf["name"], pdf["cid"], pdf["disposition"], pdf["size"]) == \
        ("\u00fc.pdf", "x@y", "attachment", 9)
    assert alice.download(pdf["blobId"])[2] == b"Hello PDF"
    assert message["type"] == "message/rfc822"
    assert body["hasAttachment"]
    structure = body["bodyStructure"]
    assert (structure["type"], structure["partId"], structure["blobId"]) == \
        ("multipart/mixed", None, None)
    assert [p["type"] for p in structure["subParts"]] == [
        "multipart/alternative", "application/pdf", "message/rfc822"]
    # The message in the message, and its part.
    parsed = alice.call("Email/parse", blobIds=[message["blobId"], "b999999"],
                        fetchTextBodyValues=True)
    inner = parsed["parsed"][message["blobId"]]
    assert parsed["notFound"] == ["b999999"]
    assert inner["subject"] == "Gr\u00fc\u00dfe to you"
    assert list(inner["bodyValues"].values())[0]["value"].startswith("Hello")
    assert alice.download(inner["textBody"][0]["blobId"])[2] == \
        b"Hello there\r\nsecond line\r\n"
    one = get(alice, email, "bodyValues", fetchHTMLBodyValues=True,
              maxBodyValueBytes=6)["bodyValues"][html["partId"]]
    assert one == {"value": "<p>t\u00fc", "isEncodingProblem": False,
                   "isTruncated": True}
    assert get(alice, email, "bodyValues", fetchHTMLBodyValues=True,
               maxBodyValueBytes=9)["bodyValues"][html["partId"]]["value"] \
        == "<p>t\u00fcr "
    part = get(alice, email, "attachments", bodyProperties=[
        "header:Content-Type:asText", "headers"])["attachments"][0]
    assert part["header:Content-Type:asText"].startswith("application/pdf")
    assert len(part["headers"]) == 4


# ---- RFC 8621 3: threads ----------------------------------------------------

def test_threads(alice, box):
    first = put(alice, box, PLAIN.replace(b"plain@", b"th1@"),
                receivedAt="2020-01-01T00:00:00Z")
    state = alice.call("Thread/get", ids=[])["state"]
    reply = put(alice, box, MIXED.replace(b"plain@", b"th1@").replace(
        b"mixed@", b"th2@").replace(b"mixed", REPLY, 1))
    assert reply["threadId"] == first["threadId"]
    answer = alice.call("Thread/get", ids=[first["threadId"], "t999999"])
    assert answer["list"] == [{"id": first["threadId"],
                               "emailIds": [first["id"], reply["id"]]}]
    assert answer["notFound"] == ["t999999"]
    changes = alice.call("Thread/changes", sinceState=state)
    assert changes["updated"] == [first["threadId"]]
    assert changes["created"] == changes["destroyed"] == []


# ---- RFC 8621 4.3, 4.6: changes ---------------------------------------------

def test_changes_and_set(alice, box):
    trash = next(m["id"] for m in alice.call("Mailbox/get")["list"]
                 if m["role"] == "trash")
    state = alice.call("Email/get", ids=[])["state"]
    one = put(alice, box, PLAIN)["id"]
    two = put(alice, box, MIXED)["id"]
    changes = alice.call("Email/changes", sinceState=state)
    assert set(changes["created"]) == {one, two}
    state = changes["newState"]
    done = alice.call("Email/set", ifInState=state, update={
        one: {"keywords/$flagged": True, "keywords/a": True},
        two: {"keywords": {"$seen": True}, f"mailboxIds/{box}": None,
              f"mailboxIds/{trash}": True}})
    assert done["updated"] == {one: None, two: None}
    assert get(alice, one, "keywords")["keywords"] == \
        {"$flagged": True, "a": True}
    assert get(alice, two, "keywords", "mailboxIds") == {
        "id": two, "keywords": {"$seen": True}, "mailboxIds": {trash: True}}
    changes = alice.call("Email/changes", sinceState=state)
    assert set(changes["updated"]) == {one, two}
    assert changes["created"] == []
    state = changes["newState"]
    done = alice.call("Email/set", update={
        one: {"keywords": {"b": True}}, two: {"mailboxIds": {box: True}}})
    assert done["notUpdated"] is None
    assert get(alice, one, "keywords")["keywords"] == {"b": True}
    done = alice.call("Email/set", destroy=[one, two, "e999999"])
    assert done["destroyed"] == [one, two]
    assert done["notDestroyed"]["e999999"]["type"] == "notFound"
    assert alice.call("Email/get", ids=[one])["notFound"] == [one]
    assert set(alice.call("Email/changes", sinceState=state)["destroyed"]) \
        == {one, two}
    assert alice.error("Email/changes", sinceState="x") == \
        "cannotCalculateChanges"
    assert alice.error("Email/changes", sinceState=state, maxChanges=0) == \
        "invalidArguments"
    assert alice.error("Email/set", ifInState=state) == "stateMismatch"


@pytest.mark.parametrize("patch, error", [
    ({"subject": "x"}, "invalidProperties"),
    ({"keywords/a b": True}, "invalidProperties"),
    ({"keywords/a": False}, "invalidProperties"),
    ({"keywords": {"a": False}}, "invalidProperties"),
    ({"keywords": {"a": True}, "keywords/b": True}, "invalidProperties"),
    ({"mailboxIds": {}}, "invalidProperties"),
    ({"mailboxIds": {"m999999": True}}, "invalidProperties"),
    ({"mailboxIds/m999999": True}, "tooManyMailboxes"),
    (1, "invalidPatch"),
])
def test_update_errors(alice, box, patch, error):
    email = put(alice, box, PLAIN)["id"]
    done = alice.call("Email/set", update={email: patch})
    assert done["notUpdated"][email]["type"] == error
    assert get(alice, email, "keywords")["keywords"] == {}


def test_mailbox_counts(alice, box):
    state = alice.call("Mailbox/get", ids=[])["state"]
    put(alice, box, PLAIN)
    put(alice, box, PLAIN, keywords={"$draft": True})
    put(alice, box, PLAIN, keywords={"$seen": True})
    changes = alice.call("Mailbox/changes", sinceState=state)
    assert changes["updated"] == [box]
    assert "unreadEmails" in changes["updatedProperties"]
    answers = alice.calls(
        ("Mailbox/changes", {"sinceState": state}, "c"),
        ("Mailbox/get", {"#ids": {"resultOf": "c", "path": "/updated",
                                  "name": "Mailbox/changes"},
                         "#properties": {"resultOf": "c",
                                         "path": "/updatedProperties",
                                         "name": "Mailbox/changes"}}))
    assert answers[1][1]["list"] == [
        {"id": box, "totalEmails": 3, "unreadEmails": 1, "totalThreads": 3,
         "unreadThreads": 1}]
    done = alice.call("Mailbox/set", destroy=[box])
    assert done["notDestroyed"][box]["type"] == "mailboxHasEmail"


def test_deleted_is_not_there(demo, alice, box):
    """What IMAP has marked as \\Deleted is not visible (4.1.1)."""
    email = put(alice, box, PLAIN)["id"]
    name = alice.call("Mailbox/get", ids=[box])["list"][0]["name"]
    imap = Imap(demo).login("alice")
    imap.select(name)
    imap.ask(r"STORE 1 +FLAGS (\Deleted)")
    assert alice.call("Email/get", ids=[email])["notFound"] == [email]
    assert alice.call("Email/query", filter={"inMailbox": box})["ids"] == []
    assert alice.call("Mailbox/get", ids=[box])["list"][0][
        "totalEmails"] == 0


# ---- RFC 8621 4.4: Email/query ----------------------------------------------

def test_same_second(alice, box):
    """The newest first, also of those that came in one second."""
    came = [put(alice, box, PLAIN, receivedAt="2020-01-01T00:00:00Z")["id"]
            for _ in range(3)]
    for ascending in True, False:
        assert alice.call("Email/query", filter={"inMailbox": box}, sort=[
            {"property": "receivedAt", "isAscending": ascending}])["ids"] == \
            (came if ascending else came[::-1])
    assert alice.call("Email/query", filter={"inMailbox": box})["ids"] == \
        came[::-1]


def test_snippets(alice, box):
    """RFC 8621 5.1"""
    one = put(alice, box, PLAIN.replace(b"second line",
                                        b"is <b> & HELLO again"))["id"]
    two = put(alice, box, MIXED)["id"]
    answer = alice.call("SearchSnippet/get", emailIds=[one, two, "e999999"],
                        filter={"operator": "OR", "conditions": [
                            {"text": "hello"}, {"subject": "GR\u00dc\u00dfe"},
                            {"operator": "NOT", "conditions": [
                                {"text": "there"}]}]})
    assert answer["notFound"] == ["e999999"]
    assert {s["emailId"]: (s["subject"], s["preview"])
            for s in answer["list"]} == {
        one: ("<mark>Gr\u00fc\u00dfe</mark> to you",
              "<mark>Hello</mark> there is &lt;b&gt; &amp; "
              "<mark>HELLO</mark> again"),
        two: (None, None)}
    answer = alice.call("SearchSnippet/get", emailIds=[one])
    assert answer["list"] == [
        {"emailId": one, "subject": None, "preview": None}]
    long = put(alice, box, b"Subject: long\r\n\r\n" + b"a<b " * 50 +
               b"needle " + b"x " * 100)["id"]
    snippet, = alice.call("SearchSnippet/get", emailIds=[long],
                          filter={"body": "needle"})["list"]
    assert snippet["subject"] is None
    assert "a&lt;b <mark>needle</mark> x x" in snippet["preview"]
    assert len(snippet["preview"].encode()) <= 255
    assert alice.error("SearchSnippet/get", emailIds=[one], filter={
        "operator": "NONE", "conditions": []}) == "invalidArguments"


def test_has_attachment(alice, box):
    plain, mixed = (put(alice, box, m)["id"] for m in (PLAIN, MIXED))
    for wanted, email in (True, mixed), (False, plain):
        assert alice.call("Email/query", filter={
            "inMailbox": box, "hasAttachment": wanted})["ids"] == [email]


@pytest.fixture
def three(alice, box):
    return [put(alice, box, PLAIN.replace(b"plain@", b"q%d@" % i).replace(
                b"to you", b"number %d" % i) + b"x" * i * 100,
                receivedAt=f"2020-01-0{i}T00:00:00Z",
                keywords={"$seen": True} if i == 2 else {})["id"]
            for i in (1, 2, 3)]


@pytest.mark.parametrize("filter, found", [
    ({}, [3, 2, 1]), ({"hasKeyword": "$seen"}, [2]),
    ({"notKeyword": "$seen"}, [3, 1]),
    ({"before": "2020-01-02T00:00:00Z"}, [1]),
    ({"after": "2020-01-02T00:00:00Z"}, [3, 2]),
    ({"subject": "number 2"}, [2]), ({"subject": "\"number 3\""}, [3]),
    ({"from": "J\u00dcRGEN"}, [3, 2, 1]), ({"to": "nobody"}, []),
    ({"text": "second line"}, [3, 2, 1]), ({"body": "absent"}, []),
    ({"header": ["X-Twice"]}, [3, 2, 1]), ({"header": ["X-No"]}, []),
    ({"header": ["Subject", "NUMBER 1"]}, [1]),
    ({"minSize": 0, "maxSize": 10}, []),
    ({"inMailboxOtherThan": []}, [3, 2, 1]),
    ({"operator": "NOT", "conditions": [{"hasKeyword": "$seen"},
                                        {"subject": "3"}]}, [1]),
    ({"operator": "OR", "conditions": [{"subject": "1"},
                                       {"subject": "2"}]}, [2, 1]),
    ({"operator": "NOT", "conditions": [{}]}, []),
])
def test_query_filter(alice, box, three, filter, found):
    answer = alice.call("Email/query", calculateTotal=True, filter={
        "operator": "AND", "conditions": [{"inMailbox": box}, filter]})
    assert answer["ids"] == [three[i - 1] for i in found]
    assert answer["total"] == len(found)


def test_query_order_and_window(alice, box, three):
    def query(*by, **more):
        return alice.call("Email/query", filter={"inMailbox": box},
                          sort=[dict(b) for b in by], **more)

    up = {"property": "receivedAt"}
    assert query(up)["ids"] == three
    assert query({"property": "subject", "isAscending": False})["ids"] == \
        three[::-1]
    assert query({"property": "hasKeyword", "keyword": "$seen",
                  "isAscending": False}, up)["ids"] == \
        [three[1], three[0], three[2]]
    answer = query(up, anchor=three[1], anchorOffset=1, limit=5)
    assert (answer["position"], answer["ids"]) == (2, three[2:])
    assert query(up, position=-2, limit=1)["ids"] == three[1:2]
    assert query(up, position=7)["ids"] == []
    state = query(up)["queryState"]
    assert alice.call("Email/queryChanges", sinceQueryState=state)[
        "removed"] == []
    alice.call("Email/set", destroy=[three[0]])
    assert alice.error("Email/queryChanges", sinceQueryState=state) == \
        "cannotCalculateChanges"


def test_query_errors(alice):
    for args, error in (
            ({"anchor": "e999999"}, "anchorNotFound"),
            ({"sort": [{"property": "x"}]}, "unsupportedSort"),
            ({"sort": [{"property": "hasKeyword"}]}, "invalidArguments"),
            ({"sort": [{"property": "subject", "collation": "x"}]},
             "unsupportedSort"),
            ({"filter": {"x": 1}}, "unsupportedFilter"),
            ({"filter": {"before": "yesterday"}}, "invalidArguments"),
            ({"filter": {"hasKeyword": "a b"}}, "invalidArguments"),
            ({"filter": {"hasAttachment": 1}}, "invalidArguments"),
            ({"filter": {"operator": "AND"}}, "invalidArguments"),
            ({"limit": -1}, "invalidArguments")):
        assert alice.error("Email/query", **args) == error, args


def test_collapse(alice, box):
    first = put(alice, box, PLAIN.replace(b"plain@", b"co1@"),
                receivedAt="2020-01-01T00:00:00Z")["id"]
    reply = put(alice, box, MIXED.replace(b"plain@", b"co1@").replace(
        b"mixed@", b"co2@").replace(b"mixed", REPLY, 1))["id"]
    args = {"filter": {"inMailbox": box}, "calculateTotal": True}
    assert alice.call("Email/query", **args)["ids"] == [reply, first]
    answer = alice.call("Email/query", collapseThreads=True, **args)
    assert (answer["ids"], answer["total"]) == ([reply], 1)


# ---- RFC 8621 4.6: Email/set create -----------------------------------------

def test_create(alice, box):
    blob = alice.upload(b"\x89PNG", "image/png")["blobId"]
    done = alice.call("Email/set", create={"d": {
        "mailboxIds": {box: True}, "keywords": {"$draft": True},
        "from": [{"name": "\u00c4lice", "email": address("alice")}],
        "to": [{"name": None, "email": "b@example.net"}],
        "subject": "Gr\u00fc\u00dfe", "header:X-Own:asText": "yes",
        "textBody": [{"partId": "t", "type": "text/plain"}],
        "htmlBody": [{"partId": "h", "type": "text/html"}],
        "attachments": [
            {"blobId": blob, "type": "image/png", "name": "\u00fc.png",
             "disposition": "attachment"},
            {"blobId": blob, "type": "image/png", "cid": "i@x",
             "disposition": "inline"}],
        "bodyValues": {"t": {"value": "hello\nworld"},
                       "h": {"value": "<p>hello</p>"}}}})
    assert done["notCreated"] is None, done
    made = done["created"]["d"]
    email = get(alice, made["id"], "from", "to", "subject", "header:X-Own",
                "keywords", "messageId", "sentAt", "textBody", "htmlBody",
                "attachments", "bodyValues", fetchAllBodyValues=True)
    assert email["from"][0]["name"] == "\u00c4lice"
    assert email["subject"] == "Gr\u00fc\u00dfe"
    assert email["header:X-Own"] == " yes"
    assert email["keywords"] == {"$draft": True}
    assert email["messageId"] and email["sentAt"]
    values = email["bodyValues"]
    assert values[email["textBody"][0]["partId"]]["value"].strip() == \
        "hello\nworld"
    assert "<p>hello</p>" in values[email["htmlBody"][0]["partId"]]["value"]
    assert {a["name"] for a in email["attachments"]} == {"\u00fc.png", None}
    for part in email["attachments"]:
        assert alice.download(part["blobId"])[2] == b"\x89PNG"


def test_create_with_structure(alice, box):
    done = alice.call("Email/set", create={"d": {
        "mailboxIds": {box: True}, "subject": "s",
        "bodyStructure": {"type": "multipart/mixed", "subParts": [
            {"partId": "1", "type": "text/plain", "language": ["de"]},
            {"partId": "2", "type": "text/csv", "name": "a.csv"}]},
        "bodyValues": {"1": {"value": "a"}, "2": {"value": "b"}}}})
    email = get(alice, done["created"]["d"]["id"], "bodyStructure")
    assert [p["type"] for p in email["bodyStructure"]["subParts"]] == \
        ["text/plain", "text/csv"]
    assert email["bodyStructure"]["subParts"][0]["language"] == ["de"]


@pytest.mark.parametrize("more, wrong", [
    ({"mailboxIds": None}, "mailboxIds"), ({"headers": []}, "headers"),
    ({"header:From:asAddresses": []}, "header:From:asAddresses"),
    ({"header:Subject:asDate": "x"}, "header:Subject:asDate"),
    ({"header:Content-Type": " x"}, "header:Content-Type"),
    ({"from": "x"}, "from"), ({"to": [{"name": "x"}]}, "to"),
    ({"sentAt": "yesterday"}, "sentAt"), ({"keywords": []}, "keywords"),
    ({"receivedAt": 1}, "receivedAt"), ({"size": 1}, "size"),
    ({"bodyStructure": {"partId": "t"}}, "bodyStructure"),
    ({"textBody": [{"partId": "x"}]}, "bodyValues"),
    ({"textBody": [{"type": "text/plain"}]}, "partId"),
    ({"textBody": [{"partId": "t", "blobId": "b1"}]}, "partId"),
    ({"textBody": [{"partId": "t"}, {"partId": "t"}]}, "textBody"),
    ({"textBody": [{"partId": "t", "type": "text/html"}]}, "textBody"),
])
def test_create_errors(alice, box, more, wrong):
    done = alice.call("Email/set", create={"d": {
        "mailboxIds": {box: True}, "from": [], "subject": "s",
        "textBody": [{"partId": "t"}],
        "bodyValues": {"t": {"value": "a"}}, **more}})
    error = done["notCreated"]["d"]
    assert error["type"] == "invalidProperties"
    assert wrong in error["properties"]


def test_create_without_its_blob(alice, box):
    done = alice.call("Email/set", create={"d": {
        "mailboxIds": {box: True}, "attachments": [
            {"blobId": "u1", "type": "a/b"}]}})
    error = done["notCreated"]["d"]
    assert (error["type"], error["notFound"]) == ("blobNotFound", ["u1"])


def test_import_errors(alice, box):
    done = alice.call("Email/import", emails={
        "a": {"blobId": "u1", "mailboxIds": {box: True}},
        "b": {"mailboxIds": {box: True}}, "c": {"blobId": "u1"}})
    assert {e["type"] for e in done["notCreated"].values()} == \
        {"invalidProperties"}
    assert done["created"] is None
    assert alice.error("Email/import", emails={}, ifInState="1") == \
        "stateMismatch"


# ---- RFC 8620 7.3: events ---------------------------------------------------

class Events:
    """A stream of events, on a connection of its own."""

    def __init__(self, jmap, query, headers=()):
        self.connection = jmap.connect()
        self.connection.request(
            "GET", "/jmap/eventsource/?" + query,
            headers={**jmap.login, **dict(headers)})
        self.answer = self.connection.getresponse()

    def next(self):
        """The next event as its fields; None at the end."""
        event = {}
        while line := self.answer.readline():
            line = line.decode().rstrip("\n")
            if not line and event:
                return event
            if line and not line.startswith(":"):
                name, event[name] = line.split(": ", 1)[0], \
                    line.split(": ", 1)[1]
        return None


def test_events(alice, box):
    stream = Events(alice, "types=*&closeafter=no&ping=0")
    assert stream.answer.status == 200
    assert stream.answer.headers["Content-Type"] == "text/event-stream"
    put(alice, box, PLAIN)
    event = stream.next()
    assert event["event"] == "state"
    data = json.loads(event["data"])
    assert data["@type"] == "StateChange"
    changed = data["changed"][alice.account]
    assert {"Email", "Thread", "Mailbox"} <= set(changed)
    assert alice.call("Email/get", ids=[])["state"] == changed["Email"]
    stream.connection.close()
    # Who missed something hears of it at once, and no more if it wants.
    put(alice, box, PLAIN)
    again = Events(alice, "types=Email&closeafter=state&ping=300",
                   {"Last-Event-ID": event["id"]})
    data = json.loads(again.next()["data"])
    assert set(data["changed"][alice.account]) == {"Email"}
    assert again.next() is None


def test_events_of_a_sign_in(demo, alice, box):
    """Two pages of one sign-in are told both, and it goes on with calls."""
    page = Jmap(demo)
    page.sign_in()
    streams = [Events(page, "types=Mailbox&closeafter=state&ping=0")
               for _ in range(2)]
    put(page, box, PLAIN)
    for stream in streams:
        assert json.loads(stream.next()["data"])["changed"][alice.account]
        assert stream.next() is None


def test_events_ping(alice):
    stream = Events(alice, "types=*&closeafter=no&ping=1")
    while (event := stream.next())["event"] != "ping":
        continue
    assert json.loads(event["data"]) == {"interval": 5}
    stream.connection.close()


@pytest.mark.parametrize("query", [
    "", "types=*&closeafter=no", "types=*&closeafter=x&ping=0",
    "types=*&closeafter=no&ping=x"])
def test_events_query(alice, query):
    assert Events(alice, query).answer.status == 400


# ---- a program of others ----------------------------------------------------

def test_jmap_jam(demo):
    done = subprocess.run(
        ["node", "jmap-jam.mjs", str(demo.ports["https"]), address("alice"),
         PASSWORD], capture_output=True, text=True, timeout=60,
        cwd=pathlib.Path(__file__).parent / "clients",
        env={**os.environ, "NODE_TLS_REJECT_UNAUTHORIZED": "0"})
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert {"inbox", "sent", "trash"} <= set(seen.pop("roles"))
    assert seen == {
        "found": True, "updated": True, "same": True, "destroyed": True,
        "email": {"subject": "by jam", "keywords": {"$flagged": True}},
        "type": "message/rfc822", "error": "requestTooLarge"}
