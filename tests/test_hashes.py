"""Passwords that come as the hash of another server: they are good at once, and
are ours from the first login on."""

import concurrent.futures
import subprocess

import pytest
from lib.server import PASSWORD, ConfiguredServer
from test_app_passwords import curl
from test_scram import attempt

WORDS = "ein schöner Tag 7"


@pytest.fixture(scope="module")
def server():
    with ConfiguredServer() as s:
        yield s


def run(*command, text=None):
    return subprocess.run(command, capture_output=True, check=True, text=True,
                          input=text).stdout.strip()


# By openssl passwd, slappasswd, and doveadm pw of Dovecot 2.3.
MADE = {
    "shadow": run("openssl", "passwd", "-6", "-stdin", text=WORDS + "\n"),
    "openldap": run("slappasswd", "-h", "{SSHA}", "-s", WORDS),
    "dovecot": "{SSHA512}C9kwPkzFisls4845Zg8c6DIRoLpJ2AoHVKKCOeuAlcLuRduM/pIOA"
               "ZFSGFh/XAkhHjQLbaW05Jz/gihsHCE6FJn9AA4=",
    "bcrypt": "{BLF-CRYPT}$2y$05$0Fp1Rwpzg0X4pitYbDH50utYVVNUul1AsVEbotSgTijWz"
              "eHgi.dZi",
    "argon2": "{ARGON2ID}$argon2id$v=19$m=65536,t=3,p=1$kGDtBppaaYuHPfUCr3BjMA"
              "$R/q3xBy+4F7eKogxavyawo71s0ZhqKLoNP5YosmnMG8",
}


def put(server, what, name, hashed):
    return server.command("account", what, f"{name}@example.test",
                          "--hash-stdin", text=hashed + "\n", check=False)


def proves(server, name, words=WORDS):
    return attempt(server, "imaps", "SCRAM-SHA-256", f"{name}@example.test",
                   words)[0]


def says(server, name, words=WORDS):
    return curl(server, "imap", words, f"{name}@example.test")


@pytest.mark.parametrize("name", MADE)
def test_becomes_ours(server, name):
    assert put(server, "add", name, MADE[name]).returncode == 0
    # It can be proven by saying it, and by nothing else.
    assert not proves(server, name)
    assert not says(server, name, "another 7 words")
    assert says(server, name)
    assert proves(server, name) and not proves(server, name, "another 7 words")
    assert says(server, name)


def test_many_at_once(server):
    """Whoever makes it ours, all of them are in and stay."""
    assert put(server, "add", "many", MADE["shadow"]).returncode == 0
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        assert all(pool.map(lambda _: says(server, "many"), range(6)))
    assert proves(server, "many")


def test_in_the_place_of_another(server):
    assert put(server, "passwd", "alice", MADE["bcrypt"]).returncode == 0
    assert not says(server, "alice", PASSWORD)
    server.stop()
    server.start()
    assert says(server, "alice") and proves(server, "alice")


def test_refused(server):
    for hashed, why in (("{PLAIN}x", "--password-stdin"), ("", "crypt(3)"),
                        ("$2y$31$" + "a" * 53, "too long"),
                        ("{SSHA}abcd", "not whole")):
        done = put(server, "add", "nobody", hashed)
        assert done.returncode == 1 and why in done.stderr, done
    assert "nobody@" not in server.command("account", "list").stdout
