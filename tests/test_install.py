"""What `meson install` puts into a folder works from there."""

import os
import re
import subprocess

import pytest
from lib.server import BUILD, Server, free_offset

ROLES = {"store", "vault", "resolver", "relay", "mx", "front", "web",
         "sendmail"}


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


def test_a_role_is_missing(installed, tmp_path):
    """One line and the end; nothing is started and nothing dies."""
    (installed / "libexec/postern/postern-relay").rename(tmp_path / "relay")
    try:
        done = subprocess.run(
            [installed / "bin/postern", "demo", "--data", tmp_path / "data",
             "--port-offset", str(free_offset())], capture_output=True,
            text=True, stdin=subprocess.DEVNULL, cwd=tmp_path)
    finally:
        (tmp_path / "relay").rename(
            installed / "libexec/postern/postern-relay")
    assert done.returncode == 1
    said, = done.stderr.splitlines()
    assert said.endswith("/../libexec/postern lacks postern-relay: build or "
                         "install all of Postern")
