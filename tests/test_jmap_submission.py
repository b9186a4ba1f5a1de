"""JMAP: identities, and handing in mail.                   RFC 8621 6, 7"""

import time

import pytest
from lib.jmap import SUBMISSION, Jmap
from lib.server import DOMAIN, address


@pytest.fixture
def alice(demo):
    return Jmap(demo)


@pytest.fixture
def draft(alice):
    """Makes a draft: its id."""
    made = []

    def make(**more):
        answer = alice.call("Email/set", create={"d": {
            "mailboxIds": {alice.mailbox("Drafts"): True},
            "keywords": {"$draft": True, "$seen": True},
            "from": [{"name": None, "email": address("alice")}],
            "subject": f"submitted {time.monotonic_ns()}",
            "bodyStructure": {"type": "text/plain", "partId": "t"},
            "bodyValues": {"t": {"value": "Hello"}}, **more}})
        assert answer["notCreated"] is None, answer
        made.append(answer["created"]["d"]["id"])
        return made[-1]
    yield make
    alice.call("Email/set", destroy=made)


def people(*names):
    return [{"name": None, "email": address(name)} for name in names]


def submit(alice, email, envelope=None, **more):
    return alice.call("EmailSubmission/set", create={"s": {
        "identityId": "i1", "emailId": email,
        **({"envelope": envelope} if envelope else {})}}, **more)


def refused(alice, email, envelope=None):
    answer = submit(alice, email, envelope)
    assert answer["created"] is None
    return answer["notCreated"]["s"]


def got(person, subject):
    """The email of this subject in somebody's INBOX."""
    return person.call("Email/query", filter={
        "inMailbox": person.mailbox("INBOX"), "subject": subject})["ids"]


def subject_of(alice, email):
    return alice.call("Email/get", ids=[email],
                      properties=["subject"])["list"][0]["subject"]


def test_announced(alice):
    mine = alice.session["accounts"][alice.account]["accountCapabilities"]
    assert mine[SUBMISSION] == {"maxDelayedSend": 0,
                                "submissionExtensions": {}}
    assert alice.session["primaryAccounts"][SUBMISSION] == alice.account


def test_identity(alice):
    one, = alice.call("Identity/get")["list"]
    assert (one["email"], one["mayDelete"]) == (address("alice"), False)
    again = alice.call("Identity/get", ids=["i1", "i2"], properties=["email"])
    assert again["list"] == [{"id": "i1", "email": address("alice")}]
    assert again["notFound"] == ["i2"]
    changes = alice.call("Identity/changes", sinceState=again["state"])
    assert changes["updated"] == []
    answer = alice.call("Identity/set", update={"i1": {"name": "Alice"}},
                        create={"x": {"email": "a@b.test"}})
    assert answer["notUpdated"]["i1"]["type"] == "forbidden"
    assert answer["notCreated"]["x"]["type"] == "forbidden"
    answer = alice.call("Identity/set", destroy=["i1", "i2"])
    assert answer["notDestroyed"]["i1"]["type"] == "forbidden"
    assert answer["notDestroyed"]["i2"]["type"] == "notFound"


def test_sent(demo, alice, draft):
    """In one request: the draft is handed in, and is in Sent."""
    email = draft(to=people("bob"), bcc=people("alice"))
    drafts, sent = alice.mailbox("Drafts"), alice.mailbox("Sent")
    subject = subject_of(alice, email)
    answers = alice.calls(("EmailSubmission/set", {
        "create": {"s": {"identityId": "i1", "emailId": email}},
        "onSuccessUpdateEmail": {"#s": {
            f"mailboxIds/{drafts}": None, f"mailboxIds/{sent}": True,
            "keywords/$draft": None}}}, "0"))
    assert [name for name, _ in answers] == ["EmailSubmission/set",
                                             "Email/set"]
    made = answers[0][1]["created"]["s"]
    assert made["undoStatus"] == "final"
    assert answers[1][1]["updated"] == {email: None}
    mine = alice.call("Email/get", ids=[email], properties=[
        "mailboxIds", "keywords", "bcc"])["list"][0]
    assert mine["mailboxIds"] == {sent: True}
    assert mine["keywords"] == {"$seen": True}
    assert mine["bcc"][0]["email"] == address("alice")
    # It has come to both; nobody reads of the Bcc.             RFC 8621 7.5
    for person in alice, Jmap(demo, "bob"):
        one, = got(person, subject)
        theirs = person.call("Email/get", ids=[one], properties=[
            "bcc", "to", "header:Return-Path:asRaw", "messageId"])["list"][0]
        assert theirs["bcc"] is None
        assert theirs["to"] == people("bob")
        assert address("alice") in theirs["header:Return-Path:asRaw"]
    # What was handed in is no object of the account any more.
    assert alice.call("EmailSubmission/get", ids=[made["id"]])["notFound"] \
        == [made["id"]]
    assert alice.call("EmailSubmission/query")["ids"] == []
    alice.call("Email/set", destroy=got(alice, subject))


def test_envelope(demo, alice, draft):
    """Whom the header names is nobody's business but the readers'."""
    email = draft(to=[{"name": None, "email": "list@example.net"}])
    subject = subject_of(alice, email)
    answer = submit(alice, email, {
        "mailFrom": {"email": address("alice"), "parameters": None},
        "rcptTo": [{"email": address("bob")}]},
        onSuccessDestroyEmail=["#s"])
    assert "s" in answer["created"]
    assert len(got(Jmap(demo, "bob"), subject)) == 1
    assert alice.call("Email/get", ids=[email])["notFound"] == [email]


def test_refused(alice, draft):
    email = draft(to=people("bob"))
    mail_from = {"email": address("alice")}
    to = [{"email": address("bob")}]
    assert refused(alice, draft())["type"] == "noRecipients"
    assert refused(alice, email, {"mailFrom": mail_from, "rcptTo": []}) \
        ["type"] == "noRecipients"
    wrong = refused(alice, email, {"mailFrom": mail_from, "rcptTo": [
        *to, {"email": "no address"}, {"email": address("nobody-here")}]})
    assert wrong["type"] == "invalidRecipients"
    assert "no address" in wrong["invalidRecipients"]
    wrong = refused(alice, email, {"mailFrom": mail_from, "rcptTo": [
        *to, {"email": address("nobody-here")}]})
    assert (wrong["type"], wrong["invalidRecipients"]) == \
        ("invalidRecipients", [address("nobody-here")])
    assert refused(alice, email, {"mailFrom": {"email": address("bob")},
                                  "rcptTo": to})["type"] == \
        "forbiddenMailFrom"
    assert refused(alice, draft(to=people("bob"), **{
        "from": people("bob")}))["type"] == "forbiddenFrom"
    assert refused(alice, email, {"mailFrom": {
        "email": address("alice"), "parameters": {"HOLDFOR": "1"}},
        "rcptTo": to})["type"] == "invalidProperties"
    assert refused(alice, "e999999")["type"] == "invalidProperties"
    many = refused(alice, email, {"mailFrom": mail_from, "rcptTo": [
        {"email": f"p{i}@example.net"} for i in range(1001)]})
    assert many["type"] == "tooManyRecipients"
    assert many["maxRecipients"] <= 1000
    answer = alice.call("EmailSubmission/set", create={
        "a": {"identityId": "i2", "emailId": email},
        "b": {"identityId": "i1", "emailId": email, "undoStatus": "final"}},
        destroy=["s1"], update={"s2": {"undoStatus": "canceled"}})
    assert answer["notCreated"]["a"]["properties"] == ["identityId"]
    assert answer["notCreated"]["b"]["properties"] == ["undoStatus"]
    assert answer["notDestroyed"]["s1"]["type"] == "notFound"
    assert answer["notUpdated"]["s2"]["type"] == "notFound"
    # Nobody is left out because of how the header writes an address.
    for written, said in ((b'b\xfcb@example.net', "b\ufffdb@example.net"),
                          (b'"no body"@' + DOMAIN.encode(),
                           f'"no body"@{DOMAIN}')):
        blob = alice.upload(b"From: %b\r\nTo: %b, %b\r\n\r\nHello\r\n" % (
            address("alice").encode(), address("bob").encode(),
            written))["blobId"]
        email = alice.call("Email/import", emails={"i": {
            "blobId": blob, "mailboxIds": {alice.mailbox("Drafts"): True}}}
            )["created"]["i"]["id"]
        wrong = refused(alice, email)
        assert (wrong["type"], wrong["invalidRecipients"]) == \
            ("invalidRecipients", [said])
        alice.call("Email/set", destroy=[email])
    # Nothing follows from what was not handed in.
    answers = alice.calls(("EmailSubmission/set", {
        "create": {"s": {"identityId": "i1", "emailId": "e999999"}},
        "onSuccessDestroyEmail": ["#s"]}))
    assert not any(answer.get("destroyed") for _, answer in answers)
