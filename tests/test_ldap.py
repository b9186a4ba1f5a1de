"""People whose password a directory elsewhere has: Debian's slapd, with
entries as OpenLDAP and as Active Directory has them."""

import contextlib
import imaplib
import json
import signal
import smtplib
import socket
import ssl
import statistics
import subprocess
import threading
import time

import pytest
from lib.nsd import free_port
from lib.server import BUILD, PASSWORD, ConfiguredServer, address
from lib.slapd import BASE, LOOKER, LOOKER_PASSWORD, Slapd, dn_of, person
from lib.wire import client_context
from test_app_passwords import add
from test_scram import attempt

CROWD = 620	# more than a page


def block(ldap, **more):
    lines = {"server": '"[127.0.0.1]"', "port": ldap.port,
             "roots": f'"{ldap.roots}"', "base": f'"ou=people,{BASE}"',
             "bind-dn": f'"{LOOKER}"', "password": LOOKER_PASSWORD,
             "sync": 0, "quota": "mailQuota", "remember": 0,
             "timeout": "3s", **more}
    return "ldap {\n" + "".join(
        f"    {key} = {value}\n" for key, value in lines.items()) + "}\n"


class LdapServer(ConfiguredServer):
    def __init__(self, ldap, **more):
        self.ldap, self.more = ldap, more
        super().__init__()

    def configure(self, more=""):
        super().configure(more + block(self.ldap, **self.more))

    def command(self, *args, check=True, text=None):
        """By its configuration, which says where the directory is."""
        done = subprocess.run(
            [str(BUILD / "postern"), *args, "--config", str(self.conf)],
            input=text, capture_output=True, text=True, timeout=300)
        if check and done.returncode:
            raise RuntimeError(f"postern {args}: {done.stderr}")
        return done

    def sync(self, *options, check=True):
        done = self.command("ldap", "sync", "--json", *options, check=check)
        return json.loads(done.stdout)

    def listed(self):
        rows = json.loads(self.command("ldap", "list", "--json").stdout)
        return {row["address"]: row for row in rows}

    def addresses(self):
        return {row["address"] for row in json.loads(self.command(
            "account", "list", "--json").stdout)}


def login(server, who, password):
    """True, False, or what the server says of itself."""
    imap = imaplib.IMAP4_SSL("127.0.0.1", server.ports["imaps"],
                             ssl_context=client_context(), timeout=60)
    try:
        imap.login(who if "@" in who else address(who), password)
        imap.logout()
        return True
    except imaplib.IMAP4.error as e:
        imap.shutdown()
        return "UNAVAILABLE" if "UNAVAILABLE" in str(e) else False


@pytest.fixture(scope="module")
def ldap():
    crowd = "\n".join(person(f"crowd{i}", f"pw{i}") for i in range(CROWD))
    with Slapd(crowd + "\n" + person("anna", "of anna", mailQuota="5M",
               proxyAddresses=["smtp:anna.m@example.test"])) as s:
        yield s


@pytest.fixture(scope="module")
def server(ldap):
    with LdapServer(ldap) as s:
        yield s


def test_dry_run_changes_nothing(server):
    said = server.sync("--dry-run")
    assert said["dry_run"] and said["added"] == said["entries"] == CROWD + 1
    assert server.listed() == {}
    assert address("anna") not in server.addresses()


def test_accounts_come(server):
    said = server.sync()
    assert said["added"] == said["entries"] == CROWD + 1
    assert said["left_out"] == said["gone"] == 0
    row = server.listed()[address("anna")]
    assert row["state"] == "there" and row["dn"] == dn_of("anna")
    assert row["aliases"] == "anna.m@example.test"
    again = server.sync()
    assert again["same"] == CROWD + 1 and again["added"] == 0
    rows = json.loads(server.command("account", "list", "--json").stdout)
    assert [r["quota"] for r in rows if r["address"] == address("anna")] \
        == ["5M"]


def test_login(server):
    assert login(server, "anna", "of anna") is True
    assert login(server, f"crowd{CROWD - 1}", f"pw{CROWD - 1}") is True
    assert login(server, "anna", "wrong") is False
    assert login(server, "anna", "pw1") is False
    # An empty one would be anybody's: RFC 4513 5.1.2.
    assert login(server, "anna", "") is False
    assert login(server, "nobody", "of anna") is False
    # Who has a password here is not asked about there.
    assert login(server, "alice", PASSWORD) is True
    assert login(server, "alice", "wrong") is False


def test_mail_comes_and_goes(server, ldap):
    with smtplib.SMTP("127.0.0.1", server.ports["submission"]) as smtp:
        smtp.starttls(context=client_context())
        smtp.login(address("anna"), "of anna")
        smtp.sendmail(address("anna"), ["anna.m@example.test"],
                      "Subject: hello\r\n\r\nto myself\r\n")
    imap = imaplib.IMAP4_SSL("127.0.0.1", server.ports["imaps"],
                             ssl_context=client_context())
    imap.login(address("anna"), "of anna")
    for _ in range(100):
        if int(imap.select()[1][0]) == 1:
            break
        time.sleep(0.05)
    assert int(imap.select()[1][0]) == 1
    imap.logout()


def test_password_is_changed_there(server, ldap):
    done = server.command("account", "passwd", address("anna"),
                          "--password-stdin", text="another one 17\n",
                          check=False)
    assert done.returncode == 1 and "LDAP" in done.stderr
    assert login(server, "anna", "another one 17") is False
    ldap.change("crowd7", "userPassword", "newer")
    assert login(server, "crowd7", "newer") is True
    assert login(server, "crowd7", "pw7") is False


def test_app_password(server):
    word = add(server, "phone", who=address("anna"))
    assert login(server, "anna", word) is True
    assert login(server, "anna", "of anna") is True


def test_renamed_and_gone(server, ldap):
    ldap.change("crowd1", "mail", "married@example.test")
    ldap.remove("crowd2", "crowd3")
    said = server.sync()
    assert (said["changed"], said["gone"]) == (1, 2)
    rows = server.listed()
    assert rows["crowd1@example.test"]["aliases"] == "married@example.test"
    assert rows["crowd2@example.test"]["state"] == "gone"
    # Nobody comes in, and nothing is lost.
    assert login(server, "crowd2", "pw2") is False
    assert "crowd2@example.test" in server.addresses()
    ldap.add(person("crowd2", "pw2"))
    said = server.sync()
    assert said["back"] == 1
    assert login(server, "crowd2", "pw2") is True


def test_sessions_of_who_is_gone_end(server, ldap):
    imap = imaplib.IMAP4_SSL("127.0.0.1", server.ports["imaps"],
                             ssl_context=client_context())
    imap.login("crowd4@example.test", "pw4")
    imap.select()
    ldap.remove("crowd4")
    assert server.sync()["gone"] == 1
    with pytest.raises((imaplib.IMAP4.error, OSError)):
        for _ in range(50):
            assert imap.status("INBOX", "(MESSAGES)")[0] == "OK"
            time.sleep(0.1)


def test_what_is_not_its(server, ldap):
    """Accounts and aliases of ours, other domains, postmaster."""
    server.command("alias", "add", "info@example.test", address("bob"))
    ldap.add(person("alice", "of ldap"),
             person("info", "x"),
             person("postmaster", "x"),
             person("elsewhere", "x", mail="x@elsewhere.test"),
             person("twice", "x", mail=address("anna")),
             person("greedy", "x", proxyAddresses=[
                 "smtp:alice@example.test", "smtp:info@example.test",
                 "smtp:abuse@example.test", "smtp:*@example.test",
                 "smtp:mine@example.test", "X500:/o=x"]))
    said = server.sync()
    left = {row["address"] for row in said["rows"]
            if row["what"] == "left_out"}
    assert left >= {address("alice"), "info@example.test",
                    "postmaster@example.test", "x@elsewhere.test",
                    address("anna"), "abuse@example.test",
                    "*@example.test"}
    assert login(server, "alice", "of ldap") is False
    assert login(server, "alice", PASSWORD) is True
    assert server.listed()["greedy@example.test"]["aliases"] == \
        "mine@example.test"
    aliases = server.command("alias", "list").stdout
    assert "info@example.test" in aliases
    ldap.remove("info", "postmaster", "elsewhere", "twice", "greedy")
    server.sync()


def test_address_that_was_given_up(server, ldap):
    """Who has it now is not given the account of who had it before, whichever
    entry comes first; only when that one has gone."""
    ldap.add(person("early", "of early", mail="early@elsewhere.test"),
             person("later", "of later"))
    assert server.sync()["added"] == 1
    ldap.change("later", "mail", "moved@example.test")
    ldap.change("early", "mail", address("later"))
    said = server.sync()
    assert address("later") in {row["address"] for row in said["rows"]
                                if row["what"] == "left_out"}
    assert server.listed()[address("later")]["dn"] == dn_of("later")
    assert login(server, "later", "of later") is True
    assert login(server, "later", "of early") is False
    ldap.remove("later")
    assert server.sync()["changed"] == 1
    assert login(server, "later", "of early") is True
    ldap.remove("early")
    assert server.sync()["gone"] == 1


def test_adopt_and_release(server, ldap):
    server.command("ldap", "adopt", address("alice"))
    assert login(server, "alice", PASSWORD) is True	# until it is seen there
    assert server.sync()["changed"] == 1
    assert login(server, "alice", "of ldap") is True
    assert login(server, "alice", PASSWORD) is False
    server.command("ldap", "release", address("alice"))
    assert login(server, "alice", PASSWORD) is True
    assert login(server, "alice", "of ldap") is False
    ldap.remove("alice")


def test_a_wrong_filter_locks_nobody(server, ldap):
    ldap.stop()
    ldap.start()
    before = server.listed()
    server.more = {"filter": '"(uid=crowd1*)"'}
    server.configure()
    server.command("reload")
    for _ in range(100):
        done = server.command("ldap", "sync", "--json", check=False)
        if done.returncode == 1 and "--force" in done.stderr:
            break
        time.sleep(0.1)
    said = json.loads(done.stdout)
    assert said["refused"] > CROWD / 2 and said["gone"] == 0
    after = server.listed()
    assert {a for a in after if after[a]["state"] == "gone"} == \
        {a for a in before if before[a]["state"] == "gone"}
    server.more = {}
    server.configure()
    server.command("reload")
    time.sleep(0.5)
    assert login(server, "crowd5", "pw5") is True


def test_server_away(server, ldap):
    ldap.stop()
    try:
        assert login(server, "anna", "of anna") == "UNAVAILABLE"
        # What nobody proves tells nothing of who there is.
        assert login(server, "nobody", "x") == "UNAVAILABLE"
        assert login(server, "alice", "wrong") == "UNAVAILABLE"
        assert login(server, "alice", PASSWORD) is True
        done = server.command("ldap", "sync", check=False)
        assert done.returncode == 1 and "refused" in done.stderr
    finally:
        ldap.start()
    assert login(server, "anna", "of anna") is True
    assert server.listed()[address("anna")]["state"] == "there"


def test_helper_killed(server):
    assert server.kill_role("ldap") == 1
    assert login(server, "anna", "of anna") is True
    assert login(server, "anna", "wrong") is False


def test_takes_as_long(server):
    """Who is in the directory, who is here, and who is nobody."""
    took = {}
    for who in ("anna", "alice", "nobody1") * 4:
        began = time.monotonic()
        assert login(server, who, f"wrong {time.time()}") is False
        took.setdefault(who, []).append(time.monotonic() - began)
    middle = [statistics.median(t) for t in took.values()]
    assert min(middle) > 0.4 and max(middle) - min(middle) < 0.1, took


def test_scram_says_nothing(server):
    """A proof needs what is not here: who is in the directory looks as who
    is nobody. An app password has what it needs."""
    for who in ("anna", "nobody2"):
        good, line, said = attempt(server, "imaps", "SCRAM-SHA-256",
                                   address(who), "of anna")
        assert not good and said == b"e=invalid-proof"
        assert line.endswith(b"Wrong user or password")
    word = add(server, "scram", who=address("anna"))
    assert attempt(server, "imaps", "SCRAM-SHA-256", address("anna"),
                   word)[0]


@pytest.mark.parametrize("how", ["first", "starttls"])
def test_tls_and_whose_it_is(ldap, how):
    port = ldap.port_tls if how == "first" else ldap.port
    with LdapServer(ldap, tls=how, port=port) as s:
        assert s.sync()["added"] > 0
        assert login(s, "anna", "of anna") is True
        # Not the name on its certificate; not by whom we trust.
        for more in ({"name": "other.example.test"},
                     {"roots": f'"{s.data}/certificate.pem"'}):
            if "roots" in more:
                (s.data / "certificate.pem").write_text(
                    ssl.get_server_certificate(
                        ("127.0.0.1", s.ports["imaps"])))
            s.more = {"tls": how, "port": port, **more}
            s.configure()
            s.command("reload")
            for _ in range(100):
                done = s.command("ldap", "sync", check=False)
                if done.returncode == 1 and "certificate" in done.stderr:
                    break
                time.sleep(0.1)
            assert done.returncode == 1 and "certificate" in done.stderr
            assert login(s, "anna", "of anna") == "UNAVAILABLE"


AD = {"id": "objectGUID", "aliases": "proxyAddresses", "filter":
      '"(&(objectClass=inetOrgPerson)'
      '(!(userAccountControl:1.2.840.113556.1.4.803:=2)))"'}


def test_active_directory():
    entries = "\n".join([
        person("carl", "of carl", mail="", **{
            "objectGUID:": "AQIDBAUGBwgJCgsMDQ7/EA==",
            "proxyAddresses": ["SMTP:Carl@Example.test",
                               "smtp:cc@example.test", "SIP:carl@x",
                               "X500:/o=Org/cn=carl"],
            "userAccountControl": "512"}),
        person("left", "x", **{
            "objectGUID:": "AQIDBAUGBwgJCgsMDQ7/EQ==",
            "userAccountControl": "514"})])
    with Slapd(entries) as ldap, LdapServer(ldap, **AD) as s:
        said = s.sync()
        assert said["added"] == 1 and said["left_out"] == 0
        assert s.listed()["carl@example.test"]["aliases"] == \
            "cc@example.test"
        assert login(s, "carl", "of carl") is True
        assert login(s, "left", "x") is False


class Liar:
    """An LDAP server that says what it likes."""

    def __init__(self, says):
        self.port, self.says = free_port(), says
        self.sock = socket.create_server(("127.0.0.1", self.port))
        self.roots = "/dev/null"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                s, _ = self.sock.accept()
                with s, contextlib.suppress(OSError):
                    s.settimeout(5)
                    s.recv(65536)
                    s.sendall(self.says)
                    while s.recv(65536):
                        pass


# Success to whatever it is asked first; with another id; entries without end;
# a length of everything; nothing of LDAP.
YES = b"\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x00\x04\x00"
LIES = [YES[:4] + b"\x02" + YES[5:], YES * 3, b"\x30\x84\xff\xff\xff\xff",
        b"\x30\x80\x02\x01", b"HTTP/1.1 200 OK\r\n\r\n", b"\0" * 70000,
        YES + b"\x30\x09\x02\x01\x02\x64\x04\x04\x00\x30\x00" * 200]


@pytest.mark.parametrize("says", LIES, ids=range(len(LIES)))
def test_a_server_that_lies(says):
    liar = Liar(says)
    with LdapServer(liar, tls="none", roots='"/dev/null"') as s:
        done = s.command("ldap", "sync", check=False)
        assert done.returncode == 1, done.stdout
        assert s.processes("ldap")
        assert login(s, "alice", PASSWORD) is True
        assert s.listed() == {}
    liar.sock.close()


def test_turned_on_and_off(ldap):
    with ConfiguredServer() as s:
        assert not s.processes("ldap")
        plain = s.conf.read_text()

        def becomes(text, there):
            s.conf.write_text(text)
            s.process.send_signal(signal.SIGHUP)
            time.sleep(0.2)
            for _ in range(100):
                if bool(s.processes("ldap")) == there:
                    break
                time.sleep(0.1)
            assert bool(s.processes("ldap")) == there

        becomes(plain + block(ldap), True)
        becomes(plain, False)
        # Also while it is just being started.
        for milliseconds in range(1, 40, 3):
            s.conf.write_text(plain + block(ldap))
            s.process.send_signal(signal.SIGHUP)
            time.sleep(milliseconds / 1000)
            becomes(plain, False)
