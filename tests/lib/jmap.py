"""A JMAP client of a few lines: requests, and what came back."""

import base64
import http.client
import json
import urllib.parse

from .server import PASSWORD, address
from .wire import client_context

CORE = "urn:ietf:params:jmap:core"
MAIL = "urn:ietf:params:jmap:mail"
SUBMISSION = "urn:ietf:params:jmap:submission"


def whole(user):
    return user if "@" in user else address(user)


class Jmap:
    def __init__(self, server, user="alice"):
        self.server = server
        octets = base64.b64encode(
            f"{whole(user)}:{PASSWORD}".encode()).decode()
        self.login = {"Authorization": f"Basic {octets}"}
        self.user = user
        self.connection = self.connect()
        status, _, octets = self.http("GET", "/.well-known/jmap")
        assert status == 200, octets
        self.session = json.loads(octets)
        self.account = self.session["primaryAccounts"].get(MAIL)
        self.using = list(self.session["capabilities"])

    def connect(self):
        return http.client.HTTPSConnection(
            "127.0.0.1", self.server.ports["https"],
            context=client_context(), timeout=60)

    def sign_in(self):
        """By cookie from now on, as a page."""
        self.login = {}
        status, fields, octets = self.http(
            "POST", "/login", json.dumps({"user": whole(self.user),
                                          "password": PASSWORD}),
            {"Content-Type": "application/json"})
        assert status == 200, octets
        self.login = {"Cookie": fields["Set-Cookie"].split(";")[0],
                      "X-CSRF-Token": json.loads(octets)["token"]}

    def http(self, method, path, body=None, headers=()):
        self.connection.request(method, path, body=body,
                                headers={**self.login, **dict(headers)})
        answer = self.connection.getresponse()
        return answer.status, answer.headers, answer.read()

    def post(self, body, kind="application/json"):
        """(status, answer) of any octets as a request."""
        status, _, octets = self.http("POST", "/jmap/api/", body,
                                      {"Content-Type": kind})
        return status, json.loads(octets)

    def request(self, *calls, **more):
        """All of a response to these calls: (name, args) or (name, args,
        id)."""
        calls = [[call[0], {"accountId": self.account, **call[1]}
                  if not call[0].startswith("Core/") else call[1],
                  call[2] if len(call) > 2 else str(i)]
                 for i, call in enumerate(calls)]
        status, answer = self.post(json.dumps(
            {"using": self.using, "methodCalls": calls, **more}))
        assert status == 200, answer
        return answer

    def calls(self, *calls):
        """[(name, args)] of the responses."""
        return [(name, args) for name, args, _ in
                self.request(*calls)["methodResponses"]]

    def call(self, name, **args):
        """The answer to one call that must work."""
        (got, answer), *_ = self.calls((name, args))
        assert got == name, answer
        return answer

    def error(self, name, **args):
        """The type of the error that one call must be answered with."""
        (got, answer), *_ = self.calls((name, args))
        assert got == "error", answer
        return answer["type"]

    def mailbox(self, name):
        """The id of a mailbox by its name."""
        return next(box["id"] for box in self.call("Mailbox/get")["list"]
                    if box["name"] == name)

    def upload(self, octets, kind="application/octet-stream"):
        status, _, answer = self.http(
            "POST", f"/jmap/upload/{self.account}/", octets,
            {"Content-Type": kind})
        assert status == 201, answer
        return json.loads(answer)

    def download(self, blob, name="x", kind="application/octet-stream"):
        """(status, fields, octets)"""
        return self.http(
            "GET", f"/jmap/download/{self.account}/{blob}/"
            f"{urllib.parse.quote(name, safe='')}?accept="
            f"{urllib.parse.quote(kind, safe='')}")
