"""Scripts of Apache James about IMAP, where they agree with the RFCs.

Every response is compared, in no order, and of response texts only the codes:
the wording is each server's own. Each script has an account of its own with
nothing but an INBOX, as in James.
"""

import base64
import functools
import itertools
import re

import pytest
from lib import james
from lib.server import DOMAIN, PASSWORD
from lib.wire import Imap

# Their sessions begin before the login.
GREETED = {
    "ACLCommandsOnOtherUser", "ACLCommandsOnOwner", "Authenticate",
    "AuthenticatePlain", "BadTag", "BogusCommand", "IllegalTag", "JustTag",
    "Login", "LoginThreeStrikes", "NoCommand", "NoTag", "SharedMailbox",
    "ValidAuthenticated", "ValidSelected", "Welcome"}
# James's fixture for these: a mailbox "selected" with four messages.
SELECTED = {
    "Check", "Copy", "Expunge", "FetchBodyNoSection", "FetchEnvelope",
    "FetchInternalDate", "FetchMultipleMessages", "FetchPartial",
    "FetchPeek", "FetchRFC822", "FetchRFC822Header", "FetchRFC822Text",
    "FetchNILSaveDate", "FetchSaveDate", "FetchSingleMessage", "FetchText",
    "Move", "MoveNoMSG", "ObjectId", "RenameHierarchy", "RenameInbox",
    "RenameSelected", "Search", "SearchSaveDate", "SelectedStateCleanup",
    "Store", "Uid", "ValidNonAuthenticated"}
# Mailboxes of others, and the rights the user has there.
SHARED = {
    "ListWithSharedMailbox": {"boby": {
        "sharedMailbox": "lr", "sharedMailbox.child": "lr", "Sent": "lr"},
        "diana": {"sharedMailbox": "lr"}},
    "RenameSharedMailbox": {"boby": {
        "sharedMailbox": "eiklprstwx",
        "sharedMailbox-eilprstwx": "eilprstwx",
        "sharedMailbox.child1-eiklprstwx": "eiklprstwx",
        "sharedMailbox.child2-eiklprstw": "eiklprstw",
        "sharedMailbox.child3": "eiklprstwx",
        "sharedMailbox.child3.sub1": "eiklprstwx",
        "otherSharedMailbox": "eiklprstwx"}},
    "Sharing": {"boby": {f"mailbox-{rights}": rights for rights in (
        "l", "lr", "lrs", "lrw", "lri", "lrk", "lrx", "lrt", "lrte",
        "lra")}},
}
# Who is named and has no mailbox there, and what the user has before.
STRANGERS = {"ACLCommandsOnOwner": ["Boby"], "Rights": ["bob"]}
PREPARED = {"AuthenticatePlain": ["imapuser"], "SharedMailbox": [],
            "ListSpecialChar": ['"projects &- abc"', '"&AOk-valuations"',
                                '"mailbox #17"']}

# Why, of several.
BAD_STATE = "a command in the wrong state is BAD: RFC 3501 7.1.3"
READ_ONLY = "nothing can be changed with EXAMINE: RFC 3501 7.1"
HAS_CHILDREN = "what has children is not deleted: RFC 9051 6.3.5"
NO_BYE = "a mistake ends no session: it is BAD, RFC 3501 7.1.3"
NO_ITEM = "FETCH has at least one item: RFC 3501 9"
SUPERIORS = "RENAME makes the names above the new one: RFC 3501 6.3.5"
MACRO = "ALL, FULL and FAST stand without parentheses: RFC 3501 9"
NO_ENTRY = "GETMETADATA has at least one entry: RFC 5464 5"
ID = "who we are is no secret (RFC 2971 3.2), and nothing but strings is said"
REFERENCE = "a reference and a name are joined as they stand: RFC 3501 6.3.8"
USES = "a use is what CREATE has said (RFC 6154 3), no name has one"
QUOTED_ATOM = "the name of a mechanism is an atom: RFC 3501 9"
LINES = "nothing quoted has lines: RFC 3501 4.3"
LIMITS = "the bounds are each server's own"
EMBEDDED = "the header of a message in the message is text of it"
RIGHTS = "rights that can be granted one by one: RFC 4314 3.7"
QUOTA = "one root, and no bound by number of messages: doc/imap.md"

# Where Postern does otherwise on purpose, by the tags of those commands, or by
# how they begin. Each of these has to differ.
OTHERWISE = {
    "ACLCommandsOnOtherUser": {
        "a001": "a mailbox that test_james_acl has, and this fixture has not"},
    "ACLCommandsOnOwner": dict.fromkeys(("a011", "a012", "a014"), RIGHTS),
    "AppendExamineInbox": {"abcd EXAMINE": READ_ONLY},
    "AuthenticatePlain": {
        **dict.fromkeys(("0001", "0003", "0005", "0006", "0007"),
                        QUOTED_ATOM),
        "0002": "after 0001", "0004": "after 0003",
        "0008": "and nobody acts for somebody else"},
    "BadTag": {"(((": NO_BYE},
    "BogusCommand": {"A88345": NO_BYE},
    "ConcurrentDeleteSelected": {
        "1A": "the session goes on, with nothing in its mailbox: RFC 2180 3.3"},
    "ConcurrentExistsResponse": {
        "4b": "flags of a message that was not fetched are asked for"},
    "CondstoreDisable": dict.fromkeys(("A0", "A1"), "there is CONDSTORE"),
    "Create": {
        "15": "the name is well-formed, and cannot be: NO",
        "20": "what is ASCII is not encoded: RFC 3501 5.1.3",
        "21": "after 20", "a12 DELETE one": "after 20",
        "22": "there are no namespaces with #: RFC 2342 5"},
    "CreateErrorWithLongName": dict.fromkeys(("A1", "A4"), LIMITS),
    "Delete": {"14": HAS_CHILDREN},
    "ExamineEmpty": {"abcd EXAMINE": READ_ONLY},
    "ExamineReadOnly": {"ro1": READ_ONLY},
    "FetchInternalDate": {
        "F11": "INTERNALDATE keeps the zone that APPEND said"},
    "FetchMultipartBodyStructure": {"A6": NO_ITEM},
    "FetchNILSaveDate": {"f FETCH": "there is SAVEDATE"},
    "FetchPartial": {
        "f1 FETCH 2:5": "PARTIAL is for UID FETCH: RFC 9394 3.3"},
    "FetchSimpleBodyStructure": {"A7": NO_ITEM},
    "FetchSingleMessage": dict.fromkeys(("f16", "f17", "f18"), MACRO),
    "FetchStructureComplex": {
        "A10": NO_ITEM,
        "A131": "no charset is told that the message does not say"},
    "Id": {"a0": ID, "a1": ID},
    "IllegalTag": {41 * "+": NO_BYE},
    "InboxDeleteMessages": {"a DELETE": "no line of a script is without tag"},
    "JustTag": {"A88345": NO_BYE},
    "ListNamespace": dict.fromkeys(
        ("e2", "e3"), "there are no namespaces with #: RFC 2342 5"),
    "ListPercentWildcard": dict.fromkeys(("D3", "D4", "D7"), HAS_CHILDREN),
    "ListSubscribed": {
        "A24": "a child that is listed needs no CHILDINFO: RFC 5258 3.5",
        "A31": "REMOTE takes nothing away: RFC 5258 3.1"},
    "ListWithSharedMailbox": {
        **dict.fromkeys(('a7 LIST "#user"', "a7bis", "a8", "a10", "b07",
                         "b11", "b17"), REFERENCE),
        **dict.fromkeys(("b13", "b15"), "a space before RETURN: RFC 5258 6")},
    "LoginThreeStrikes": {"a005": LIMITS},
    "Metadata": {
        "g2": LINES, **dict.fromkeys(("g4", "g8", "g9", "m04", "m06", "m08"),
                                     NO_ENTRY),
        "g10": "all options stand in one list: RFC 5464 5",
        "g19": "MAXSIZE is a number, which may be 0: RFC 5464 5"},
    "MetadataWithBinaryData": {"a2": LINES},
    "MetadataWithLimitation": dict.fromkeys(("a1", "a4"), LIMITS),
    "MoveNoMSG": {
        "a4": "a UID that nobody has is no mistake: RFC 3501 6.4.8"},
    "NoCommand": {"A88345": NO_BYE},
    "NoTag": {"": NO_BYE},
    "Quota": {
        **dict.fromkeys(("A006", "A007 GETQUOTA", "A008"), QUOTA),
        "A007 SETQUOTA": "one list of limits: RFC 9208 7",
        "A005": QUOTA},
    "RenameHierarchy": dict.fromkeys(
        ("A8", "A10", "A12", "A14", "A16", "A19"), SUPERIORS),
    "RenameInbox": {"A4": "no UID is given twice: RFC 3501 2.3.1.1"},
    "RenameSelected": dict.fromkeys(
        ("A19", "A20"), "it was selected before, under its other name"),
    "RenameSharedMailbox": {
        **dict.fromkeys(("a7", "a8"), "a mailbox stays with its owner: "
                        "nobody's is renamed into somebody else's"),
        "a12": SUPERIORS},
    "Replace": dict.fromkeys(
        ("defg UID REPLACE", "ghij REPLACE"),
        "the old one has gone before the new one is told: RFC 8508 3.4"),
    "Rights": {"a3": RIGHTS},
    "SearchAtoms": {
        "A49": EMBEDDED,
        "A153": "the range is told as it was asked for: RFC 9394 3.1"},
    "SearchOptionSave": {"c": "SAVE alone has no answer: RFC 5182 2.1"},
    "SelectedStateCleanup": {"a1 DELETE": "the script says nothing of it"},
    "SharedMailbox": {
        "a005": "there are no namespaces with #: RFC 2342 5",
        'a006 LIST "" %': "after a005"},
    "SharingAccessLRS": {
        "a3": "\\Seen is each reader's own: no shared flag, RFC 4314 5.2"},
    "UidSearchAtoms": {"A109": EMBEDDED},
    "UserFlagsSupport": {
        "A9": "a keyword is told before it is seen, with A10",
        "A10": "see A9"},
    "ValidAuthenticated": {"a001": BAD_STATE},
    "ValidNonAuthenticated": {"a001": BAD_STATE, "abcd": BAD_STATE},
    "ValidSelected": {"a001": BAD_STATE},
    "XList": {
        '10 XLIST': "XLIST was Google's, before RFC 6154",
        **dict.fromkeys(('10 LIST "" *', "10 LIST (SPECIAL-USE"), USES)},
}

# Their delimiter is a dot.
NAMING = re.compile(
    r"(CREATE|DELETE|RENAME|SELECT|EXAMINE|STATUS|(UN)?SUBSCRIBE|X?LIST|LSUB|"
    r"(UID )?(COPY|MOVE)|APPEND|(GET|SET|DELETE)ACL|(MY|LIST)RIGHTS|"
    r"GETQUOTAROOT)\b", re.I)
# What they do not wait for, or have behind the tag.
MORE = re.compile(r"\* OK \[(CLOSED|COPYUID|MAILBOXID|URLMECH)")
EXPUNGED = re.compile(r"\* (\d+) EXPUNGE")


class Account:
    """One of James's people here."""

    number = 0

    def __init__(self, server, name):
        Account.number += 1
        self.server = server
        self.address = f"{name}{Account.number}@{DOMAIN}"
        server.command("account", "add", self.address, "--password-stdin",
                       text=f"{PASSWORD}\n")

    def share(self, boxes, person):
        """Mailboxes of which somebody else has some rights."""
        imap = Session(self)
        imap.log_in()
        imap.ask("DELETE Sent")
        for name, rights in boxes.items():
            name = name.replace(".", "/")
            imap.ask(f"CREATE {name}")
            imap.ask(f"SETACL {name} {person.address} {rights}")
            if re.search("mailbox-|child1", name):
                imap.append(name, 10)
        imap.close()


class Session(Imap):
    def __init__(self, account, people=None):
        super().__init__(account.server)
        self.account, self.people = account, people
        self.selected = []
        self.again = False

    def append(self, name, times):
        text = b"Subject: one\r\n\r\ntext\r\n"
        self.ask(b"APPEND " + name.encode() + times * (
            b" {%d+}\r\n" % len(text) + text))

    def log_in(self):
        self.ask(f"LOGIN {self.account.address} {PASSWORD}")

    def note_selected(self, words):
        """Nothing is recent in it the second time (a new session, RFC 3501
        1.2), nor where it is somebody else's. James has it otherwise."""
        if m := re.match(r'(?:SELECT|EXAMINE) "?(.*?)"?$', words, re.I):
            self.again = (m[1].lower() in self.selected or
                          m[1].startswith("Other Users/"))
            self.selected.append(m[1].lower())

    def say(self, command):
        """What came until the command had ended."""
        *lines, last = command.lines
        for line in lines:
            self.send(line.encode(errors="surrogateescape") + b"\r\n")
            if re.search(r"\{\d+\}$", line):
                came = self.response()
                if not came[0].startswith(b"+"):
                    return [came]
        self.send(last.encode(errors="surrogateescape") + b"\r\n")
        came = []
        while True:
            try:
                parts = self.response()
            except ConnectionError:
                return came
            came.append(parts)
            if parts[0].startswith((command.tag + " ").encode()) or (
                    not command.ends and parts[0].startswith(b"* B")):
                return came


class People:
    """Who is in a script, and what is theirs."""

    def __init__(self, server, name):
        self.name = name
        self.user = Account(server, "imapuser")
        self.ready = False
        self.all = {"imapuser": self.user}
        shared = SHARED.get(name, SHARED["Sharing"] if
                            name.startswith("SharingAccess") else {})
        for person, boxes in shared.items():
            self.all[person] = Account(server, person)
            self.all[person].share(boxes, self.user)
        for person in STRANGERS.get(name, ()):
            self.all[person] = Account(server, person)

    def session(self):
        """Before the login in some scripts, behind it in the others."""
        session = Session(self.user, self)
        if self.name not in GREETED:
            session.log_in()
            if not self.ready:
                self.prepare(session)
        elif self.name in PREPARED and not self.ready:
            first = Session(self.user)
            first.log_in()
            self.prepare(first)
            first.close()
        return session

    def prepare(self, session):
        """What James's fixtures have done before."""
        self.ready = True
        for use in "Archive", "Drafts", "Junk", "Sent", "Trash":
            session.ask(f"DELETE {use}")
            session.ask(f"UNSUBSCRIBE {use}")
        for box in PREPARED.get(self.name, ()):
            session.ask(f"CREATE {box}")
        if self.name.startswith("Sharing"):
            session.append("INBOX", 1)

    def box(self, m):
        """#user.boby.test"""
        who = self.all.get(m[1])
        below = (m[2] or "").replace(".", "/")
        return f'"Other Users/{who.address if who else m[1]}{below}"'

    def to_server(self, words):
        """A command as this server wants it."""
        if words.startswith("LOGIN"):
            words = words.replace("imapuser", self.user.address)
            return words.replace(" password", f" {PASSWORD}")
        if words.startswith("AUTHENTICATE PLAIN "):
            said = base64.b64decode(words.split()[-1]).decode()
            said = said.replace("imapuser", self.user.address).replace(
                "password", PASSWORD)
            return ("AUTHENTICATE PLAIN "
                    + base64.b64encode(said.encode()).decode())
        for theirs in "#private.imapuser.", "#private.":
            words = words.replace(theirs, "")
        if NAMING.match(words):
            # In quotes or not, and with something below or not.
            words = re.sub(r'"?#user\.(\w+|\*)((?:\.[^\s"]*)?)"?', self.box,
                           words)
            others = re.findall(r'"Other Users.*?"', words)
            head, literal = re.match(r"(.*?)(\{\d+\+?\})?$", words).groups()
            words = re.sub(r'"Other Users.*?"|\.',
                           lambda m: others.pop(0) if len(m[0]) > 1 else "/",
                           head) + (literal or "")
        if re.match("(SET|DELETE)ACL", words):
            words = re.sub(r"\b(Boby|bob|imapuser)\b", self.known, words)
        return words

    def known(self, m):
        return self.all[m[1]].address if m[1] in self.all else m[1]

    def to_james(self, text):
        for name, person in self.all.items():
            text = text.replace(f"Other Users/{person.address}",
                                f"#user.{name}").replace(person.address, name)
        return text.replace("Other Users/", "#user.")


# ---- a response in the forms that James may have given it ----

WHOLE = re.compile(r'"(?:[^"\\]|\\.)*"')
LITERAL = re.compile(r"\{(\d+)\}\r\n")


def items(text):
    """What spaces part in a list, each whole."""
    found, depth, word, i = [], 0, "", 0
    while i < len(text):
        if m := WHOLE.match(text, i):
            end = m.end()
        elif m := LITERAL.match(text, i):
            end = m.end() + int(m[1])
        else:
            end = i + 1
            depth += (text[i] in "([") - (text[i] in ")]")
        if text[i] == " " and not depth:
            found.append(word)
            word = ""
        else:
            word += text[i:end]
        i = end
    return found + [word]


FLAGS = re.compile(r"((?:PERMANENT)?FLAGS \\?\()([\\\w* ]*)\)")


def flags_sorted(text):
    """Of a response, and of a regular expression of theirs."""
    def of_one(m):
        escape = "\\" if m[2].endswith("\\") else ""
        flags = sorted(m[2].rstrip("\\").split(), key=lambda flag: (
            flag.endswith("*"), flag[0] != "\\", flag))
        return f"{m[1]}{' '.join(flags)}{escape})"
    return FLAGS.sub(of_one, text)


def quoted(name):
    name = name if name.startswith('"') else f'"{name}"'
    return name.replace("/", ".")


def as_literal(item, value):
    """Sections are literals there, and what is not there is an empty one."""
    if item.startswith(("BODY[", "RFC822.H", "RFC822.T")) and value[0] != "{":
        value = "" if value == "NIL" else value[1:-1]
        return f"{item} {{{len(value)}}}\r\n{value}"
    return f"{item} {value}"


class Orders:
    """The same items in every order, one after another."""

    def __init__(self, head, *lists):
        self.head, self.lists = head, lists

    def __iter__(self):
        for pairs in self.lists:
            for order in itertools.permutations(pairs):
                yield f"{self.head} ({' '.join(order)})"

    def __getitem__(self, i):
        return next(itertools.islice(self, i, None))


def fetched(head, text, asked):
    words = items(text)
    pairs = [as_literal(*pair) for pair in zip(words[::2], words[1::2])]
    if asked:
        return Orders(head, pairs)
    # RFC 7162 3.2.4 has the UID in what nobody asked for, James has not.
    return Orders(head, pairs, [p for p in pairs if p[:4] != "UID "])


def listed(head, attributes, name, more):
    """Children, uses, and whether it is subscribed and there."""
    words = attributes.split()
    if "\\NonExistent" in words:
        words = [w for w in words if "Children" not in w and
                 w != "\\Noselect"]
    words.sort(key=lambda w: (w == "\\NonExistent", w == "\\Subscribed",
                              "Children" not in w))
    return f'{head} ({" ".join(words)}) "." {quoted(name)}{more}'


def as_james(parts, asked, session):
    text = "".join(
        p.decode("latin-1") + ("\r\n" if i % 2 == 0 and p.endswith(b"}")
                               else "") for i, p in enumerate(parts))
    text = session.people.to_james(flags_sorted(text))
    if session.again:
        text = without_recent(text)
    if m := re.match(r"(\* (?:X?LIST|LSUB)) \((.*?)\) (?:\"/\"|NIL) "
                     r"(\S+|\".*?\")( \(.*\))?$", text):
        return [listed(m[1], m[2], m[3], m[4] or "")]
    if m := re.match(r"\* STATUS (.*?) \((.*)\)$", text):
        words = items(m[2])
        return Orders(f"* STATUS {quoted(m[1])}",
                      [f"{a} {b}" for a, b in zip(words[::2], words[1::2])])
    if m := re.match(r"\* METADATA (\S+)(.*)", text, re.S):
        return [f"* METADATA {quoted(m[1])}{m[2]}"]
    if re.match(r"\* (NAMESPACE|ACL|MYRIGHTS)", text):
        return [text.replace("/", ".")]
    if m := re.match(r"\* (?:OK|NO|BYE)( \[.*?\])?", text):
        return [m[0]]
    if m := re.match(r"(\* \d+ FETCH) \((.*)\)$", text, re.S):
        return fetched(m[1], m[2], asked)
    return [text]


# ---- comparing ----

def pattern(answer):
    """Without the wording, where it is wording."""
    if m := re.match(r"\\\* (?:OK|NO|BYE)( \\\[.*\\\])?", answer):
        if m[1] or "\\[" not in answer:
            answer = m[0]
    # Of one server's run; and what one script forgot to escape.
    answer = re.sub(r"UIDVALIDITY \d+", r"UIDVALIDITY \\d+", answer)
    answer = re.sub(r" \{(\d+)\}$", r" \\{\1\\}", answer)
    answer = re.sub(r"\b(Rhubard|Custard)\?", r"\1\\?", answer)
    return flags_sorted(answer)


def gone(numbers):
    """Which messages EXPUNGE names, whatever was told first."""
    there = list(range(10000))
    return sorted(there.pop(int(n)) for n in numbers)


def without_recent(text):
    return re.sub(r"\\+Recent | ?\\+Recent", "", text)


def alike(wanted, line):
    if matcher(wanted).fullmatch(line):
        return True
    if re.match(r"\* (ACL|MYRIGHTS) ", line):
        return any(granted(w) == granted(line)
                   for w in wanted.replace("\\", "").split("|"))
    # Parameters are in the order of the message here, and sorted there.
    return "BODY" in line and words_of(
        re.sub(r"\\(.)", r"\1", wanted)) == words_of(line)


@functools.lru_cache(maxsize=None)
def matcher(wanted):
    return re.compile(wanted, re.S)


@functools.lru_cache(maxsize=1000)
def words_of(line):
    return sorted(re.findall(r'"[^"]*"|[()]|[^\s()"]+', line.lower()))


def granted(line):
    """Whose rights, and which, without those that say nothing more."""
    return sorted(
        "".join(sorted(set(word) - {"c", "d"})) if set(word) <= set(
            "lrswipkxtecda") else word.replace("owner", "imapuser").lower()
        for word in line.replace('"', "").split())


def take(forms, wanted, used):
    """The first place where one of the forms was wanted is used."""
    for form in forms:
        lines = form.split("\r\n")
        for i in range(len(wanted) - len(lines) + 1):
            place = set(range(i, i + len(lines)))
            if not place & used and all(
                    map(alike, wanted[i:i + len(lines)], lines)):
                used |= place
                return True
    return False


def ended(command, line):
    """What is not as it was to end."""
    tag = re.escape(command.tag)
    want = next((a for a in command.answers if re.match(rf"{tag} ", a)), "")
    # A code that they have counts.
    m = re.match(rf"{tag} (OK|NO|BAD|\(\.\)\*)( \\\[.*?\\\])?", want)
    return [] if m and re.match(m[0], line) else [f"{want} != {line}"]


def differences(command, came, session):
    """Lines with a minus were to come, those with a plus were not."""
    tag = re.escape(command.tag)
    asked = re.match(r"(UID )?FETCH", command.words, re.I)
    selects = re.match(r"SELECT|EXAMINE", command.words, re.I)
    wanted = [pattern(a) for a in command.answers
              if not re.match(rf"{tag} |\\\+ |.*Server ready$", a)]
    forms, more = [], [f"- {command.ends}"] if command.ends else []
    for parts in came:
        if parts[0].startswith((command.tag + " ").encode()):
            more = ended(command, parts[0].decode())
        else:
            forms.append(as_james(parts, asked, session))
    if not selects or session.again:
        wanted = [w for w in wanted if not w.endswith(" RECENT")]
        forms = [form for form in forms if not form[0].endswith(" RECENT")]
    if session.again:
        wanted = [without_recent(w) for w in wanted]
    if re.match("DELETE|RENAME INBOX", command.words):
        # The messages of a selected mailbox go one by one here.
        forms = [form for form in forms if not EXPUNGED.match(form[0]) and
                 form[0] != "* NO [NONEXISTENT]"]
    expunged = [m[1] for w in wanted if (m := re.fullmatch(
        r"\\\* (\d+) EXPUNGE", w))]
    if gone(expunged) == gone(m[1] for form in forms if (
            m := EXPUNGED.fullmatch(form[0]))):
        wanted = [w for w in wanted if not w.endswith(" EXPUNGE")]
        forms = [form for form in forms if not EXPUNGED.match(form[0])]
    used = set()
    more += ["+ " + form[0] for form in forms
             if not take(form, wanted, used) and not MORE.match(form[0])]
    return ["- " + w for i, w in enumerate(wanted) if i not in used] + more


@pytest.mark.parametrize("name", james.scripts("imap"))
def test_script(demo, name):
    people = People(demo, name)
    commands = james.read("imap", name)
    if name in SELECTED:
        commands[:0] = james.read("imap", "SelectedStateSetup")
    otherwise = dict(OTHERWISE.get(name, {}))
    sessions, wrong, seen = {}, [], set()
    for command in commands:
        if command.session not in sessions:
            sessions[command.session] = people.session()
        if not command.lines:
            continue            # the greeting, which has come
        session = sessions[command.session]
        theirs = command.lines[0]
        tag, space, words = theirs.partition(" ")
        command.lines[0] = tag + space + people.to_server(words)
        session.note_selected(command.words)
        diff = differences(command, session.say(command), session)
        listed = [key for key in otherwise if key == tag or
                  " " in key and theirs.startswith(key)]
        if diff:
            seen |= set(listed)
        if diff and not listed:
            wrong.append("\n".join([theirs, command.lines[0], *diff]))
    for session in sessions.values():
        session.close()
    assert not wrong, "\n".join(wrong)
    assert seen == otherwise.keys(), "some agree: list them no longer"
