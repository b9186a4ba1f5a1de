"""JMAP: identities, and handing in mail.                   RFC 8621 6, 7"""

import datetime
import time

import pytest
from lib.jmap import SUBMISSION, Jmap
from lib.server import DOMAIN, address
from lib.wire import Smtp


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


def in_seconds(n):
    at = datetime.datetime.now(datetime.timezone.utc) + \
        datetime.timedelta(seconds=n)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


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
    later, until = mine[SUBMISSION]["submissionExtensions"]["FUTURERELEASE"]
    for plain in "REQUIRETLS", "MT-PRIORITY":
        assert mine[SUBMISSION]["submissionExtensions"][plain] == []
    assert mine[SUBMISSION]["submissionExtensions"]["DELIVERBY"] == ["30"]
    assert mine[SUBMISSION]["maxDelayedSend"] == int(later) == 90 * 86400
    assert in_seconds(89 * 86400 - 60) <= until <= in_seconds(90 * 86400)
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
    for parameters in ({"RET": "HDRS"}, {"REQUIRETLS": "yes"}, {"SIZE": "1"},
                       {"BODY": "7BIT"}, {"SMTPUTF8": None},
                       {"BY": "0;R"}, {"BY": "29;R"}, {"BY": None},
                       {"BY": "60;N", "HOLDFOR": "60"},
                       {"MT-PRIORITY": "10"}, {"MT-PRIORITY": None},
                       {"MT-PRIORITY": "1", "mt-priority": "1"},
                       {"HOLDFOR": 1},
                       {"HOLDFOR": None}, {"HOLDFOR": "0"}, {"HOLDFOR": "x"},
                       {"HOLDFOR": "7776001"}, {"HOLDUNTIL": "tomorrow"},
                       {"HOLDUNTIL": "9999-12-31T23:59:59Z"},
                       {"HOLDFOR": "9 SIZE=1"},
                       {"HOLDFOR": "9", "HOLDUNTIL": in_seconds(9)}):
        assert refused(alice, email, {"mailFrom": {
            "email": address("alice"), "parameters": parameters},
            "rcptTo": to})["type"] == "invalidProperties", parameters
    assert refused(alice, email, {"mailFrom": mail_from, "rcptTo": [
        {**to[0], "parameters": {"HOLDFOR": "9"}}]})["type"] == \
        "invalidProperties"
    assert refused(alice, email, {
        "mailFrom": {"email": "", "parameters": {"HOLDFOR": "9"}},
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


def held(**parameters):
    return {"mailFrom": {"email": address("alice"), "parameters": parameters},
            "rcptTo": [{"email": address("bob")},
                       {"email": address("alice")}]}


def test_priority(demo, alice, draft):
    """As by SMTP: lowered to what people may ask for.         RFC 6710 4.1"""
    for asked, has in ("9", "4"), ("-9", "-9"):
        made = submit(alice, draft(to=people("bob")), held(
            HOLDFOR="2000", **{"MT-PRIORITY": asked}))["created"]["s"]
        shown = demo.command("queue", "show", made["id"][1:]).stdout
        assert f"priority     {has}\n" in shown
        alice.call("EmailSubmission/set",
                   update={made["id"]: {"undoStatus": "canceled"}})


def test_deliver_by(demo, alice, draft):
    made = submit(alice, draft(to=people("bob")), held(
        BY="3600;R", HOLDFOR="2000"))["created"]["s"]
    shown = demo.command("queue", "show", made["id"][1:]).stdout
    assert "deliver by   " in shown and ", or it comes back" in shown
    alice.call("EmailSubmission/set",
               update={made["id"]: {"undoStatus": "canceled"}})


def one_of(alice, submission):
    return alice.call("EmailSubmission/get", ids=[submission])["list"][0]


def pending(alice, **more):
    return alice.call("EmailSubmission/query", filter={
        "undoStatus": "pending", **more}, sort=[
            {"property": "sentAt", "isAscending": False}])["ids"]


def test_taken_back(demo, alice, draft):
    """It waits, is seen, and taken back by whose it is; nobody has it."""
    bob = Jmap(demo, "bob")
    email = draft(to=people("bob"))
    subject = subject_of(alice, email)
    before = alice.call("EmailSubmission/get")["state"]
    assert alice.call("EmailSubmission/changes",
                      sinceState=before)["created"] == []
    at = in_seconds(1000)
    answer = submit(alice, email, held(HOLDUNTIL=at), onSuccessUpdateEmail={
        "#s": {"mailboxIds": {alice.mailbox("Sent"): True},
               "keywords/$draft": None}})
    made = answer["created"]["s"]
    assert (made["undoStatus"], made["sendAt"]) == ("pending", at)
    assert answer["newState"] != answer["oldState"] == before
    assert alice.error("EmailSubmission/changes", sinceState=before) == \
        "cannotCalculateChanges"
    assert alice.call("EmailSubmission/changes",
                      sinceState=answer["newState"])["updated"] == []
    one = one_of(alice, made["id"])
    mine, = alice.call("Email/get", ids=[email])["list"]
    assert one == {**made, "identityId": "i1", "emailId": email,
                   "threadId": mine["threadId"], "envelope": {
                       "mailFrom": {"email": address("alice"),
                                    "parameters": {"HOLDUNTIL": at}},
                       "rcptTo": [{"email": address(who), "parameters": None}
                                  for who in ("bob", "alice")]}}
    # Which of them.
    other = submit(alice, draft(to=people("bob")),
                   held(HOLDFOR="2000"))["created"]["s"]
    assert in_seconds(1990) <= other["sendAt"] <= in_seconds(2010)
    assert pending(alice) == [other["id"], made["id"]]
    for condition in ({"emailIds": [email]}, {"before": other["sendAt"]},
                      {"threadIds": [mine["threadId"]]}):
        assert pending(alice, **condition) == [made["id"]], condition
    assert pending(alice, after=other["sendAt"]) == [other["id"]]
    assert pending(alice, identityIds=["i2"]) == []
    assert alice.call("EmailSubmission/query", calculateTotal=True, filter={
        "operator": "NOT", "conditions": [{"emailIds": [email]}]},
        anchor=other["id"], limit=1)["ids"] == [other["id"]]
    assert alice.error("EmailSubmission/query",
                       filter={"x": 1}) == "unsupportedFilter"
    assert alice.error("EmailSubmission/query", filter={
        "before": "soon"}) == "unsupportedFilter"
    assert alice.error("EmailSubmission/query", sort=[
        {"property": "x"}]) == "unsupportedSort"
    # It is nobody else's.
    assert bob.call("EmailSubmission/get", ids=[made["id"]])["list"] == []
    assert bob.call("EmailSubmission/query")["ids"] == []
    back = {made["id"]: {"undoStatus": "canceled"}}
    assert bob.call("EmailSubmission/set", update=back)["notUpdated"][
        made["id"]]["type"] == "notFound"
    # Nothing else of it changes, nor can it be forgotten.
    for wrong in ({"undoStatus": "final"}, {"sendAt": in_seconds(0)},
                  {"undoStatus": "canceled", "emailId": "e1"}):
        assert alice.call("EmailSubmission/set", update={made["id"]: wrong})[
            "notUpdated"][made["id"]]["type"] == "invalidProperties"
    assert alice.call("EmailSubmission/set", destroy=[made["id"]])[
        "notDestroyed"][made["id"]]["type"] == "forbidden"
    (_, answer), (_, moved) = alice.calls(("EmailSubmission/set", {
        "update": back, "onSuccessUpdateEmail": {made["id"]: {
            "mailboxIds": {alice.mailbox("Drafts"): True},
            "keywords/$draft": True}}}))
    assert answer["updated"] == {made["id"]: None}
    assert email in moved["updated"]
    assert one_of(alice, made["id"])["undoStatus"] == "canceled"
    assert one_of(alice, made["id"])["envelope"] is None
    assert pending(alice) == [other["id"]]
    # Again is as good; that of an email that is gone stays what it was.
    alice.call("Email/set", destroy=[email])
    back[other["id"]] = {"undoStatus": "canceled"}
    assert alice.call("EmailSubmission/set",
                      update=back)["notUpdated"] is None
    assert one_of(alice, made["id"])["emailId"] == email
    assert got(bob, subject) == []


def test_too_late(demo, alice, draft):
    bob = Jmap(demo, "bob")
    email = draft(to=people("bob"))
    subject = subject_of(alice, email)
    made = submit(alice, email, held(HOLDFOR="1"))["created"]["s"]
    end = time.monotonic() + 20
    while not got(bob, subject) and time.monotonic() < end:
        time.sleep(0.2)
    assert len(got(bob, subject)) == 1
    answer = alice.call("EmailSubmission/set", update={
        made["id"]: {"undoStatus": "canceled"}},
        onSuccessDestroyEmail=[made["id"]])
    assert answer["notUpdated"][made["id"]]["type"] == "cannotUnsend"
    assert one_of(alice, made["id"])["undoStatus"] == "final"
    assert alice.call("Email/get", ids=[email])["notFound"] == []


def test_of_another_protocol(demo, alice):
    """What was handed in by SMTP is seen as well."""
    smtp = Smtp(demo, "submissions")
    smtp.login("alice")
    smtp.do(f"MAIL FROM:<{address('alice')}> HOLDFOR=1000", 250)
    smtp.do(f"RCPT TO:<{address('bob')}>", 250)
    smtp.do("DATA", 354)
    smtp.do("Subject: held\r\n\r\nx\r\n.", 250)
    smtp.close()
    submission, = pending(alice)
    one = one_of(alice, submission)
    assert alice.call("Email/get", ids=[one["emailId"]])["list"] == []
    assert alice.call("EmailSubmission/set", update={
        submission: {"undoStatus": "canceled"}})["notUpdated"] is None
    assert pending(alice) == []
