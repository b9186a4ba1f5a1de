"""Hostile code in each role: everything it tries must be refused.

The hostile roles are built from tests/redteam; each takes the place of one
honest role, behind the same walls, in a server whose other roles are honest.
"""

import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import pytest

from lib.server import BUILD, free_offset

ROLES = ("vault", "store", "mx", "front")
# Attempts each must have made: a role that tried less proves nothing.
LEAST = {"vault": 55, "store": 35, "mx": 65, "front": 60}
LINE = re.compile(r'attempt what=(?P<what>"(?:[^"\\]|\\.)*"|\S+) '
                  r'result=(?P<result>\S+) how=(?P<how>".*"|\S+)')
SECONDS = 60
NOBODY = 65534


def as_user(user):
    if user == os.geteuid():
        return []
    return ["setpriv", f"--reuid={user}", f"--regid={user}",
            "--clear-groups"]


@pytest.fixture(params=["root", "ordinary user"])
def place(request):
    """A scratch folder named in the host name, and who works in it."""
    if request.param == "root" and os.geteuid() != 0:
        pytest.skip("not root")
    user = 0 if request.param == "root" else os.geteuid() or NOBODY
    folder = pathlib.Path(tempfile.mkdtemp(prefix="rt-", dir="/tmp"))
    name = "rt-" + os.urandom(5).hex()
    folder = folder.rename(folder.with_name(name))
    folder.chmod(0o755)
    if user != os.geteuid():
        os.chown(folder, user, user)
    yield folder, user
    shutil.rmtree(folder)


def mix(folder, hostile):
    """A folder of executables in which one role is hostile."""
    there = folder / f"bin-{hostile}"
    there.mkdir()
    shutil.copy2(BUILD / "postern", there / "postern")
    for role in (*ROLES, "resolver"):
        name = f"postern-{role}"
        source = BUILD / "tests" / "redteam" if role == hostile else BUILD
        shutil.copy2(source / name, there / name)
    return there


def write_config(folder):
    offset = free_offset()
    path = folder / "postern.conf"
    path.write_text(
        f"hostname = {folder.name}.test\n"
        "data = data\n"
        "mx-workers = 2\nfront-workers = 1\n"
        f"listen {{ kind = smtp address = localhost port = {25 + offset} }}\n"
        f"listen {{ kind = imaps address = localhost port = {993 + offset} }}"
        "\n")
    return path


def attack(folder, user, hostile, workers):
    """Run until every hostile worker has done its worst, and been ended."""
    there = mix(folder, hostile)
    log = folder / f"log-{hostile}"
    with open(log, "wb") as out:
        server = subprocess.Popen(
            [*as_user(user), str(there / "postern"), "run", "--config",
             str(write_config(folder))],
            stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        try:
            text = wait_done(server, log, workers)
        finally:
            with contextlib.suppress(ProcessLookupError):
                server.send_signal(signal.SIGTERM)
            code = server.wait(20)
    assert code == 0, f"master did not survive:\n{text[-3000:]}"
    return text


def wait_done(server, log, workers):
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        text = log.read_text(errors="replace")
        if len(set(re.findall(r"attacks done index=(\d+)", text))) >= workers \
                and "role died" in text.split("attacks done", 1)[1]:
            return text
        assert server.poll() is None, "master is gone:\n" + text[-3000:]
        time.sleep(0.05)
    raise AssertionError("the attacks did not end:\n" + text[-3000:])


def people(folder, user):
    """What an honest server finds afterwards."""
    return subprocess.run(
        [*as_user(user), str(BUILD / "postern"), "account", "list",
         "--json", "--data", str(folder / "data")],
        capture_output=True, text=True, timeout=60, check=True).stdout


def died_of_attack(text, role):
    """Honest roles that died while others attacked."""
    died = re.findall(r"role died role=([a-z]+)", text)
    return [name for name in died if name != role]


def show(role, rows):
    print(f"\n== hostile {role}", file=sys.stderr)
    for what, result, how in dict.fromkeys(rows):
        print(f"  {what:50} {result:10} {how}", file=sys.stderr)


@pytest.mark.parametrize("role", ROLES)
def test_everything_is_refused(place, role):
    folder, user = place
    subprocess.run(
        [*as_user(user), str(BUILD / "postern"), "demo", "--once",
         "--data", str(folder / "data"), "--port-offset", str(free_offset())],
        check=True, stdin=subprocess.DEVNULL, capture_output=True,
        timeout=60)
    before = people(folder, user)
    text = attack(folder, user, role, 2 if role == "mx" else 1)
    rows = [(m["what"].strip('"'), m["result"], m["how"].strip('"'))
            for m in map(LINE.search, text.splitlines()) if m]
    show(role, rows)
    assert [row for row in rows if row[1] != "refused"] == []
    assert len({row[0] for row in rows}) >= LEAST[role]
    assert died_of_attack(text, role) == []
    assert people(folder, user) == before
