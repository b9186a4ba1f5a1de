"""What `meson install` puts into a folder works from there."""

import os
import pathlib
import re
import subprocess

import pytest
from lib.server import BUILD, ConfiguredServer, Server, free_offset

ROLES = {"master", "store", "vault", "resolver", "relay", "mx", "front",
         "web", "errand", "ldap", "pam", "sendmail"}


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The prefix, below a root folder of its own."""
    root = tmp_path_factory.mktemp("root")
    subprocess.run(["meson", "install", "-C", str(BUILD), "--no-rebuild",
                    "--quiet", "--destdir", str(root)], check=True,
                   capture_output=True, text=True)
    prefix, = {p.parent.parent for p in root.rglob("bin/postern")}
    # As others on the machine see it.
    for path in [root.parent, root, *root.rglob("*")]:
        path.chmod(path.stat().st_mode | 0o555)
    return prefix


def test_what_is_there(installed):
    libexec = {p.name for p in (installed / "libexec/postern").iterdir()}
    assert libexec == {f"postern-{role}" for role in ROLES}
    assert [p.name for p in (installed / "bin").iterdir()] == ["postern"]
    pages = sorted(p.name for p in installed.rglob("man/man*/*"))
    assert [re.sub(r"\.gz$", "", p) for p in pages] == [
        "postern.1", "postern.conf.5"]


def test_demo(installed, tmp_path):
    command = [installed / "bin/postern", "demo", "--once", "--data",
               tmp_path / "data", "--port-offset", str(free_offset())]
    done = subprocess.run(command, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "It went through" in done.stdout


def test_sendmail(installed):
    """By the name that other programs call, in libexec's own executable."""
    with Server() as server:
        sendmail = server.data.parent / "sendmail"
        os.symlink(installed / "bin/postern", sendmail)
        done = subprocess.run([sendmail, "-bp"], capture_output=True,
                              text=True, env={"POSTERN_DATA":
                                              str(server.data)})
        assert done.returncode == 0, done.stderr
        assert "0 recipients" in done.stdout or "empty" in done.stdout


def without(installed, tmp_path, program, *command):
    """What is said, in one line, where a program is missing."""
    there = installed / "libexec/postern" / program
    there.rename(tmp_path / program)
    try:
        done = subprocess.run([installed / "bin/postern", *command],
                              capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, cwd=tmp_path)
    finally:
        (tmp_path / program).rename(there)
    assert done.returncode == (75 if command[0] == "send" else 1)
    said, = done.stderr.splitlines()
    return said


def test_a_role_is_missing(installed, tmp_path):
    """One line and the end; nothing is started and nothing dies."""
    said = without(installed, tmp_path, "postern-relay", "demo", "--data",
                   tmp_path / "data", "--port-offset", str(free_offset()))
    assert said.endswith("/libexec/postern lacks postern-relay: build or "
                         "install all of Postern")


def test_a_program_is_missing(installed, tmp_path):
    """The master, for all that start one, and sendmail."""
    conf = tmp_path / "postern.conf"
    conf.write_text("hostname = mail.example.test\ndata = data\n")
    for program, *command in (
            ("master", "run", "--config", conf),
            ("master", "demo", "--data", tmp_path / "data"),
            ("master", "domain", "add", "a.test", "--config", conf),
            ("master", "mx", "there.test", "--config", conf),
            ("sendmail", "send", "-t")):
        said = without(installed, tmp_path, f"postern-{program}", *command)
        assert f"postern-{program} is neither beside postern nor" in said


def test_what_the_master_carries():
    """Root's process: nothing that commands, TLS or SQL need."""
    with ConfiguredServer() as server:
        status = pathlib.Path(f"/proc/{server.process.pid}")
        assert (status / "exe").readlink().name == "postern-master"
        maps = (status / "maps").read_text()
    assert "libc.so" in maps
    for name in ("libcrypto", "libssl", "libsqlite", "libsodium", "libz"):
        assert name not in maps, name
