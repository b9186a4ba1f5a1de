"""Whose the data folder is: no command takes a folder over, and root follows
nothing that somebody else could have put there."""

import contextlib
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile

import pytest
from lib.server import BUILD, ConfiguredServer

POSTERN = str(BUILD / "postern")
NOBODY = 65534

needs_root = pytest.mark.skipif(os.geteuid() != 0,
                                reason="needs root to be somebody else")


def postern(*args, text=None, cwd=None, env=None):
    return subprocess.run(
        [POSTERN, *map(str, args)], input=text or "", cwd=cwd,
        capture_output=True, text=True, timeout=60,
        env=None if env is None else {**os.environ, **env})


def refused(*args, says, **more):
    done = postern(*args, **more)
    assert done.returncode == 1 and done.stderr.count("\n") == 1, done
    assert says in done.stderr, done.stderr
    return done.stderr


def look(folder):
    """All that is in it, with owners and modes."""
    found = {}
    for path in [folder, *sorted(folder.rglob("*"))]:
        st = path.lstat()
        found[str(path)] = (st.st_mode, st.st_uid, st.st_gid, st.st_size)
    return found


@pytest.fixture
def scratch():
    """A folder that anybody may walk through."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="owner-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


COMMANDS = [
    ("domain", "list"), ("domain", "dns", "example.org"),
    ("domain", "remove", "example.org"), ("account", "list"),
    ("account", "add", "a@example.org", "--password-stdin"),
    ("account", "passwd", "a@example.org", "--password-stdin"),
    ("account", "remove", "a@example.org", "--yes"), ("alias", "list"),
    ("alias", "add", "a@example.org", "b@example.org"), ("queue",),
    ("queue", "list"), ("queue", "drop", "--all", "--yes"),
    ("trace", "a@example.org"), ("verify",), ("journal",),
    ("status",), ("reload",), ("stop",), ("mx", "example.org"),
    ("allow", "list"), ("block", "add", "example.net"),
    ("send", "a@example.org")]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_command_takes_a_folder_over(scratch, command):
    d = scratch / "d"
    d.mkdir()
    (d / "store").mkdir(0o750)
    (d / "store" / "theirs").write_text("x")
    before = look(d)
    refused(*command, "--data", d, says=f"{d} is no data folder of Postern",
            text="a long password\n")
    assert look(d) == before
    missing = scratch / "missing"
    refused(*command, "--data", missing, text="a long password\n",
            says=str(missing) if command[0] == "send" else
            "there is no data folder")
    assert not missing.exists()


def test_those_that_make_one_want_it_empty(scratch):
    d = scratch / "d"
    d.mkdir()
    (d / "store").mkdir()
    (d / "something").write_text("x")
    before = look(d)
    conf = scratch / "postern.conf"
    conf.write_text(f'hostname = "mail.example.org"\ndata = "{d}"\n')
    says = f"{d} is no data folder of Postern, and not empty"
    refused("domain", "add", "example.org", "--data", d, says=says)
    refused("demo", "--once", "--data", d, says=says)
    done = postern("run", "--config", conf)
    assert done.returncode == 1 and says in done.stderr, done
    assert look(d) == before


def test_the_first_domain_makes_it_and_says_so(scratch):
    d = scratch / "d"
    done = postern("domain", "add", "example.org", "--data", d)
    assert done.returncode == 0, done
    assert f"made the data folder {d}\n" in done.stdout
    assert d.stat().st_mode & 0o777 == 0o711
    assert (d / "submit").stat().st_mode & 0o777 == 0o755
    second = postern("domain", "add", "example.net", "--data", d)
    assert second.returncode == 0 and "made" not in second.stdout, second


def test_a_mode_that_somebody_set_stays(scratch):
    d = scratch / "d"
    d.mkdir(0o700)
    (d / "lost+found").mkdir()     # of a new file system
    assert postern("domain", "add", "example.org", "--data",
                   d).returncode == 0
    assert d.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o1777, 0o777, 0o757])
def test_a_folder_that_others_may_write_into(scratch, mode):
    d = scratch / "d"
    d.mkdir()
    d.chmod(mode)
    before = look(d)
    # The advice fits: a folder that others share is told apart.
    refused("domain", "list", "--data", d,
            says=f"{d} is no data folder of Postern")
    refused("domain", "add", "example.org", "--data", d,
            says=f"{d} can be written by others, as no data folder may be: "
            "chmod go-w,")
    assert look(d) == before
    # Sticky: nobody else can move what is ours.
    inner = d / "inner"
    if not mode & 0o1000:
        refused("domain", "add", "example.org", "--data", inner,
                says=f"{d}, on the way to the data folder, can be written by "
                "others: chmod +t")
        d.chmod(mode | 0o1000)
    done = postern("domain", "add", "example.org", "--data", inner)
    assert done.returncode == 0, done
    # One that was given away later.
    inner.chmod(mode)
    refused("domain", "list", "--data", inner,
            says=f"{inner} can be written by others")


def test_links_of_our_own_are_followed(scratch):
    (scratch / "far").mkdir()
    (scratch / "near").symlink_to("far")
    (scratch / "whole").symlink_to(scratch / "near")
    done = postern("domain", "add", "example.org", "--data",
                   scratch / "whole" / "." / "d" / "")
    assert done.returncode == 0, done
    assert (scratch / "far" / "d" / "store").is_dir()
    (scratch / "loop").symlink_to("loop")
    refused("domain", "list", "--data", scratch / "loop", says="links")


def test_store_is_missed(scratch):
    d = scratch / "d"
    assert postern("domain", "add", "example.org", "--data",
                   d).returncode == 0
    (d / "store").rename(scratch / "away")
    for command in (("domain", "add", "example.net"), ("account", "list")):
        refused(*command, "--data", d, says='has no folder "store"')
    assert not (d / "store").exists()
    (scratch / "away").rename(d / "store")
    assert "example.org" in postern("domain", "list", "--data", d).stdout


# ---- root among others --------------------------------------------------

@needs_root
def test_a_folder_of_somebody_else(scratch):
    """He could exchange what is in it at any moment."""
    home = scratch / "home"
    home.mkdir()
    d = home / "postern-data"
    assert postern("domain", "add", "example.org", "--data",
                   d).returncode == 0
    for whose in (home, d):
        os.chown(whose, NOBODY, NOBODY)
        before = look(home)
        for command in (("queue",), ("account", "list"),
                        ("domain", "add", "example.net")):
            said = refused(*command, "--data", d, says="belongs to user 65534")
            assert whose.name in said
        assert look(home) == before
        os.chown(whose, 0, 0)
    assert postern("domain", "list", "--data", d).returncode == 0


@needs_root
@pytest.mark.parametrize("name", ["postern.conf", "postern-data"])
def test_what_lies_here_is_not_followed(scratch, name):
    home = scratch / "home"
    home.mkdir()
    victim = scratch / "victim"
    victim.write_text("precious\n")
    d = home / "postern-data"
    d.mkdir()
    (d / "store").mkdir()
    (d / "vault").mkdir()
    (d / "lock").symlink_to(victim)
    if name == "postern.conf":
        (home / name).write_text("hostname = mail.example.org\n")
    subprocess.run(["chown", "-hR", f"{NOBODY}", home], check=True)
    for command in (("queue",), ("account", "list"), ("run",),
                    ("check-config",), ("domain", "add", "example.net")):
        if name == "postern-data" and command[0] in ("run", "check-config"):
            continue
        done = postern(*command, cwd=home)
        assert done.returncode == 1, done
        assert f"{name} here, or this folder, is not root's" in done.stderr
    # Also a folder of root's, in which a file is not.
    os.chown(home, 0, 0)
    assert postern("queue", cwd=home).returncode == 1
    # And the file itself, whoever leads there.
    os.chown(d, 0, 0)
    refused("queue", "--data", d, says="lock")
    assert victim.read_text() == "precious\n"


@needs_root
def test_who_listens_is_looked_at(scratch):
    """Another's socket in the right place is told no password."""
    d = scratch / "d"
    assert postern("domain", "add", "example.org", "--data",
                   d).returncode == 0
    ready, heard = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            with socket.socket(socket.AF_UNIX) as s:
                os.chdir(scratch)
                s.bind("theirs")
                os.setuid(NOBODY)
                s.listen(1)
                os.write(ready[1], b"x")
                s.settimeout(20)
                conn = s.accept()[0]
                conn.settimeout(2)
                os.write(heard[1], b"octets " + conn.recv(100))
        os._exit(0)
    os.close(heard[1])
    assert os.read(ready[0], 1) == b"x"
    os.rename(scratch / "theirs", d / "control")
    refused("account", "list", "--data", d,
            says="who listens on control socket control is user 65534")
    assert os.read(heard[0], 100) in (b"", b"octets ")
    os.waitpid(child, 0)


# ---- where a server is found --------------------------------------------

def test_variables(scratch):
    data, conf = scratch / "d", scratch / "postern.conf"
    conf.write_text(f'hostname = "mail.example.org"\ndata = "{data}"\n')
    away = scratch / "away"
    away.mkdir()
    assert postern("domain", "add", "example.org", cwd=away,
                   env={"POSTERN_CONFIG": str(conf)}).returncode == 0
    for env in ({"POSTERN_CONFIG": str(conf)}, {"POSTERN_DATA": str(data)}):
        done = postern("domain", "list", "--json", cwd=away, env=env)
        assert json.loads(done.stdout) == [
            {"domain": "example.org", "accounts": 0, "octets": 0,
             "quota": "none", "mail": "here"}], done
    assert "fine" in postern("check-config", cwd=away, env={
        "POSTERN_CONFIG": str(conf)}).stdout
    # What is said goes before it.
    refused("domain", "list", "--data", scratch / "none", cwd=away,
            env={"POSTERN_DATA": str(data)}, says="there is no data folder")


@needs_root
def test_installed(scratch):
    """/etc/postern/postern.conf, from anywhere."""
    conf = scratch / "postern.conf"
    conf.write_text(f'hostname = "mail.example.org"\n'
                    f'data = "{scratch}/d"\n')
    assert postern("domain", "add", "example.org", "--config",
                   conf).returncode == 0
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-ec",
         "mount -t tmpfs none /etc; mkdir /etc/postern; cp $1 /etc/postern;"
         "cd /; $0 domain list; $0 check-config", POSTERN, conf],
        capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done
    assert "example.org" in done.stdout and "fine" in done.stdout


def test_lock_is_no_link():
    """Of a running server's folder, too."""
    with ConfiguredServer() as server:
        server.stop()
        (server.data / "lock").unlink()
        (server.data / "lock").symlink_to(server.data / "elsewhere")
        with pytest.raises(RuntimeError, match="does not serve"):
            server.start()
        assert not (server.data / "elsewhere").exists()
        (server.data / "lock").unlink()
