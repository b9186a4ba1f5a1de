"""Scripts of Apache James about rights (RFC 4314), where they agree with it.

Each says by its MYRIGHTS what Boby has let the user do with a mailbox; so he
does here. How commands end is compared, what was counted, and which rights
were said; the wording is each server's own.
"""

import re

import pytest
from lib import james
from lib.server import address
from lib.wire import Imap

BOX = f'"Other Users/{address("bob")}/Box'
NAMES = {"user.Boby.test": f'{BOX}/test"', "user.Boby.yaourt": f'{BOX}/more"',
         "user.Boby": f'{BOX}"', "user.imapuser.test": "test",
         "user.imapuser": "INBOX"}
PEOPLE = {"Boby": address("bob"), "benwa": "anyone"}
NAME = re.compile("|".join(re.escape(n) for n in NAMES))

# Where Postern does otherwise on purpose, by the tags of those commands.
OTHERWISE = {
    "ACLIntegrationRightK": {
        "a003": "a mailbox stays with its owner: nobody's is renamed into "
                "somebody else's"},
    "ACLIntegrationRightX": {
        "a002": "the same, out of it"},
    "ACLIntegrationRightA": {
        "a004": "an owner has all rights always: there are no optional ones"},
    "ACLIntegrationWithoutRightA": {
        "a004": "LISTRIGHTS takes the right a: RFC 4314 4"},
    **{f"ACLIntegrationWithoutRight{right}": {
        "a006": "FLAGS takes off what it does not name, which may be done"}
       for right in "STW"},
}
# Of these the user's own mailboxes have all rights.
OWN = {"user.imapuser.test", "user.imapuser"}


def translate(words):
    words = NAME.sub(lambda m: NAMES[m[0]], words)
    words = re.sub(r"\b(Boby|benwa)$|\b(benwa) ", lambda m: PEOPLE[
        m[1] or m[2]] + ("" if m[1] else " "), words)
    return words.replace('LIST "user." "Boby"', f'LIST "" {BOX}"').replace(
        'LSUB "user." "Boby"', f'LSUB "" {BOX}"')


def message(i):
    return f"Subject: {i}\r\n\r\nhello\r\n".encode()


def append(imap, name, flags):
    text = message(flags)
    imap.ask(b"APPEND %s (%s) {%d+}\r\n%s" % (name.encode(), flags.encode(),
                                              len(text), text))


@pytest.fixture
def boby(empty_demo):
    """Boby with his mailbox, and the user with four messages."""
    user = Imap(empty_demo).login("alice")
    boby = Imap(empty_demo).login("bob")
    boby.ask("CREATE Box")
    for flags in "", "\\Seen", "\\Flagged", "\\Deleted":
        append(user, "INBOX", flags)
    user.ask("CREATE test")
    yield boby
    user.ask("DELETE test")
    user.ask(f'UNSUBSCRIBE {BOX}"')
    user.close()
    # What is in the way was made by the script, or by let().
    for name in "Box/test", "Box/more", "Box":
        boby.ask(f"DELETE {name}", want=b"")
    boby.close()


def members(line):
    """Rights without the virtual ones, c and d, which say nothing more."""
    return "".join(sorted(set(line.split()[-1]) - {"c", "d"}))


def let(boby, commands):
    """What the script expects to be there."""
    counted = False
    for command in commands:
        words, answers = command.words, command.answers
        if m := re.match(r"MYRIGHTS (\S+)", words):
            rights = members(answers[0])
            if m[1] == "user.Boby.test":
                boby.ask("CREATE Box/test")
            if m[1] not in OWN:
                name = "Box/test" if m[1].endswith(".test") else "Box"
                boby.ask(f"SETACL {name} {address('alice')} {rights}")
        elif words == "SELECT user.Boby" and not counted:
            counted = True
            for flags in "\\Seen", "\\Flagged", "\\Deleted", "":
                if "\\* 4 EXISTS" in answers:
                    append(boby, "Box", flags)
        elif words.startswith(("COPY", "APPEND")):
            counted = True      # what the user has put there


def compare(words, wanted, came):
    """What is said beside the end."""
    lines = [b"".join(parts).decode() for parts in came]
    for want in wanted:
        if m := re.match(r"\\\* (\d+) EXISTS", want):
            assert f"* {m[1]} EXISTS" in lines, (words, lines)
        elif re.match(r"\\\* MYRIGHTS", want) and want.split()[2] not in OWN:
            assert members(lines[0]) == members(want), (words, lines)
        elif m := re.match(r"\\\* (LIST|LSUB) ", want):
            assert any(line.startswith(f"* {m[1]} ") for line in lines), (
                words, lines)
    for kind in "LIST", "LSUB":
        if words.startswith(kind + " ") and not any(
                f"* {kind}" in want for want in wanted):
            assert not lines, (words, lines)


@pytest.mark.parametrize("name", james.scripts("imap-acl"))
def test_script(empty_demo, boby, name):
    commands = james.read("imap-acl", name)
    otherwise = OTHERWISE.get(name, {})
    let(boby, commands)
    user = Imap(empty_demo).login("alice")
    compared = 0
    for command in commands:
        tag, words = command.tag, command.words
        if words.startswith("LOGIN"):
            continue
        text = "\r\n".join(command.lines[1:]).encode()
        octets = re.sub(rb"\{\d+\}$", b"{%d+}\r\n" % len(text) + text,
                        translate(words).encode())
        came = user.ask(octets, want=b"" if tag in otherwise else
                        command.ends.encode())
        if tag not in otherwise:
            compare(words, command.answers, came)
            compared += 1
    assert compared > 0
    user.close()
