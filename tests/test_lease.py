"""One server has a data folder, whatever is done to its locks; and a new one
waits a little for what the one before it still has."""

import contextlib
import os
import shutil
import socket
import subprocess
import threading
import time

import pytest
from lib.server import (BUILD, STANDARD, ConfiguredServer, address,
                        free_offset)
from lib.wire import Smtp


def deliver(server):
    smtp = Smtp(server)
    with contextlib.closing(smtp):
        smtp.do("EHLO client.example.net", 250)
        return smtp.send_message("a@example.net", [address("alice")],
                                 b"Subject: x\r\n\r\n")[0]


@pytest.fixture
def server():
    with ConfiguredServer() as s:
        yield s


def start_beside(server):
    """Another server in the same folder, on ports of its own."""
    text = server.conf.read_text()
    offset = free_offset()
    for name, port in STANDARD.items():
        text = text.replace(f"port = {server.ports[name]} ",
                            f"port = {port + offset} ")
    conf = server.conf.with_name("other.conf")
    conf.write_text(text)
    return subprocess.run([BUILD / "postern", "run", "--config", conf],
                          capture_output=True, text=True, timeout=60)


def test_locks_removed(server):
    (server.data / "lock").unlink()
    (server.data / "store" / "store.lock").unlink()
    second = start_beside(server)
    assert second.returncode == 1
    assert "another postern serves" in second.stderr, second.stderr
    # The first has noticed nothing, and can still be talked to.
    assert deliver(server) == 250
    server.command("account", "list")
    server.command("queue", "list")
    assert server.command("verify").returncode == 0


def test_lock_removed_and_stopped(server):
    """It runs, and is told to end, as with its lock."""
    (server.data / "lock").unlink()
    pid = server.process.pid
    assert f"process {pid} on {server.data}: running since 20" in \
        server.command("status").stdout
    said = server.command("stop").stdout
    assert said == f"process {pid} on {server.data}: stopped\n"
    assert server.process.wait(10) == 0
    assert "no postern runs" in server.command("status", check=False).stderr


def test_socket_removed(server):
    (server.data / "control").unlink()
    for command in ("status", "stop", "reload"):
        said = server.command(command, check=False)
        assert said.returncode == 1, said
        assert f"(process {server.process.pid}, says its lock)" in said.stderr
        assert 'its socket "control" there was removed' in said.stderr


def test_refused_for_its_lock(server):
    second = start_beside(server)
    assert second.returncode == 1 and "runs on" in second.stderr
    server.command("account", "list")


def test_ports_are_waited_for():
    """Processes of a server that was killed end one after the other."""
    server = ConfiguredServer()
    with socket.socket() as held:
        held.bind(("127.0.0.1", server.ports["imap"]))
        held.listen()
        threading.Timer(1.5, held.close).start()
        began = time.monotonic()
        with server:
            assert time.monotonic() - began > 1
            assert deliver(server) == 250


def test_port_of_somebody_else():
    server = ConfiguredServer()
    with socket.socket() as held:
        held.bind(("127.0.0.1", server.ports["imap"]))
        held.listen()
        with pytest.raises(RuntimeError, match="in use by another program"):
            server.start()


def test_stop_says_why(server):
    """Those who wait for a store that will not come end at once, and nobody
    has to be killed."""
    server.stop()
    (server.data / "store" / "postern.db").write_bytes(b"")
    began = time.monotonic()
    with pytest.raises(RuntimeError):
        server.start()
    server.process.wait(20)
    assert time.monotonic() - began < 4
    said = server.tail()
    assert "killed_at_deadline" not in said, said
    assert "postern.db is missing or empty" in said


def refused(server, says):
    with pytest.raises(RuntimeError):
        server.start()
    said = server.tail(None)
    assert says in said, said
    return said


def test_unreadable_is_not_missing(server):
    """Nobody is told to begin anew because of an owner or a mode."""
    server.stop()
    database = server.data / "store" / "postern.db"
    database.rename(database.with_name("kept"))
    database.mkdir()
    assert "missing" not in refused(
        server, "postern.db is there and cannot be opened: Is a directory")
    database.rmdir()
    database.with_name("kept").rename(database)
    server.start()
    assert deliver(server) == 250


def test_wal_without_a_commit(server):
    assert deliver(server) == 250
    server.kill_all()
    wal = server.data / "store" / "postern.db-wal"
    whole = wal.read_bytes()
    wal.write_bytes(whole[:2000])
    refused(server, "postern.db-wal is missing or empty")
    wal.write_bytes(whole)
    server.start()
    assert deliver(server) == 250


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to give files away")
def test_what_root_put_back(server):
    """cp as root from a backup: the files are root's, and the folder is not."""
    assert deliver(server) == 250
    server.stop()
    store = server.data / "store"
    uid = store.stat().st_uid
    assert uid != 0
    there = [path for path in store.rglob("*") if path.is_file()]
    assert {"postern.db", "postern.state", "reserve"} <= {
        path.name for path in there}
    for path in there:
        os.chown(path, 0, 0)
    server.start()
    assert deliver(server) == 250
    assert server.command("verify").returncode == 0
    assert {path.stat().st_uid for path in there} == {uid}
    assert (server.data / "vault" / "vault.key").stat().st_uid == 0


def code_of_mail(server):
    smtp = Smtp(server)
    with contextlib.closing(smtp):
        smtp.do("EHLO client.example.net", 250)
        smtp.do("MAIL FROM:<a@example.net>", 250)
        smtp.send(f"RCPT TO:<{address('alice')}>\r\n".encode())
        return smtp.reply()[0]


def test_something_else_for_the_reserve(server):
    """Mail waits, and the log says for what."""
    server.stop()
    reserve = server.data / "store" / "reserve"
    reserve.unlink()
    reserve.mkdir()
    server.start()
    assert code_of_mail(server) == 452
    assert 'disk_full error="reserve: Is a directory"' in server.tail(None)
    reserve.rmdir()
    end = time.monotonic() + 30
    while code_of_mail(server) != 250:
        assert time.monotonic() < end
        time.sleep(0.2)
    assert "disk_has_room" in server.tail(None)
    assert deliver(server) == 250


def test_journal_that_cannot_be_written(server):
    """Its rows are lost, and that is said; it comes back when it can."""
    def wait_for(words):
        end = time.monotonic() + 20
        while words not in server.tail(None):
            assert time.monotonic() < end, server.tail()
            time.sleep(0.1)

    journal = server.data / "store" / "journal"
    assert deliver(server) == 250
    time.sleep(1.5)
    shutil.rmtree(journal)
    journal.write_text("")
    assert deliver(server) == 250
    wait_for("journal_failed error=")
    journal.unlink()
    assert deliver(server) == 250
    wait_for("journal_lost rows=")
    assert "received" in server.command("journal").stdout


def test_key_that_is_no_file(server):
    """Nobody waits for what will not come."""
    server.stop()
    key = server.data / "vault" / "vault.key"
    key.rename(key.with_name("kept"))
    os.mkfifo(key, 0o600)
    assert "must be a file" in refused(server, "vault.key: ")
