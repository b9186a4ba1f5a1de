"""What the end-to-end tests share: a running demo, and dialogue files."""

import collections
import json
import pathlib
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from lib.dialogue import Dialogue, Failure, clear  # noqa: E402
from lib.server import BUILD, SharedServer  # noqa: E402

DIALOGUES = ("smtp", "lmtp", "imap", "pop3", "http", "relay")
BROKEN = []


def pytest_addoption(parser):
    parser.addoption("--only", default="",
                     help="run the tests whose id has this in it")
    parser.addoption("--collected", type=pathlib.Path,
                     help="write to this file, as JSON, how many tests there "
                     "are in each file and in each folder of dialogues")
    parser.addoption("--long", action="store_true",
                     help="the long forms of the kill and load tests")


def pytest_collection_modifyitems(config, items):
    only = config.getoption("--only")
    dropped = [item for item in items if only not in item.nodeid]
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = [item for item in items if only in item.nodeid]


def pytest_collectreport(report):
    """A file that cannot be read has one test, which fails."""
    if report.failed:
        BROKEN.append(report.nodeid)


def pytest_collection_finish(session):
    collected = session.config.getoption("--collected")
    if not collected:
        return
    counts = collections.Counter(BROKEN)
    for item in session.items:
        file, _, _ = item.nodeid.partition("::")
        counts[file if file.endswith(".py") else file.rpartition("/")[0]] += 1
    collected.write_text(json.dumps(counts))


class Shared:
    """One server for all tests of a run that do it no harm."""
    server = None

    @classmethod
    def get(cls):
        if cls.server is None:
            cls.server = SharedServer()
            cls.server.start()
        return cls.server


def pytest_sessionfinish(session):
    if Shared.server:
        Shared.server.close()
        Shared.server = None


@pytest.fixture
def demo():
    return Shared.get()


@pytest.fixture
def empty_demo(demo):
    """The shared demo with nobody's mail in it."""
    clear(demo, "alice")
    clear(demo, "bob")
    return demo


@pytest.fixture
def long(request):
    return request.config.getoption("--long")


class DialogueFile(pytest.File):
    def collect(self):
        kind = QueueDialogue if self.path.parent.name == "relay" \
            else DialogueItem
        yield kind.from_parent(self, name=self.path.stem)


class QueueDialogue(pytest.Item):
    """In one process, on a clock of its own: tests/relay/dialogue.c."""

    def runtest(self):
        done = subprocess.run(
            [BUILD / "tests/relay/relay_dialogue", self.path],
            capture_output=True, text=True, timeout=120)
        if done.returncode:
            raise Failure(done.stderr)

    def repr_failure(self, info):
        return str(info.value)

    def reportinfo(self):
        return self.path, 0, str(self.path.name)


class DialogueItem(pytest.Item):
    def runtest(self):
        server = Shared.get()
        if self.path.parent.name in ("imap", "pop3"):
            clear(server, "alice")
            clear(server, "bob")
        Dialogue(server, self.path.read_text(),
                 self.path.parent.name).run()

    def repr_failure(self, info):
        if isinstance(info.value, Failure):
            return f"{self.path}: {info.value}"
        return super().repr_failure(info)

    def reportinfo(self):
        return self.path, 0, str(self.path.name)


def pytest_collect_file(file_path, parent):
    if file_path.suffix == ".t" and file_path.parent.name in DIALOGUES:
        return DialogueFile.from_parent(parent, path=file_path)
    return None
