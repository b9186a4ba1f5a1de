"""./test goes red, and says by name why, for each way in which a test can fail
or not run: tried on a small project that has each fault once."""

import pathlib
import re
import subprocess

import pytest
from lib.server import ROOT

OPTIONS = "option('tests', type: 'feature', value: 'auto')\n"
# What a program of cmocka's says.
GOOD = """\
echo '[==========] Running 2 test(s).'
echo '[       OK ] test_one'
{}
"""
SECOND = "echo '[       OK ] test_two'"
REPLAY = "echo {} inputs replayed"
# In the place of a server and its dialogues, by whatever name conftest.py asks
# for one.
SERVER = """
import pathlib
BUILD = pathlib.Path("build")
class Server:
    def start(self): pass
    def close(self): pass
def __getattr__(name): return Server
"""
DIALOGUE = """
class Failure(Exception): pass
def clear(server, person): pass
class Dialogue:
    def __init__(self, server, text, protocol): self.text = text
    def run(self):
        if self.text != "fine": raise Failure(self.text)
"""


class Project:
    """One unit test, one replay, one dialogue, one other test; all pass."""

    def __init__(self, root):
        self.root = root
        self.bin = root / "bin"
        self.meson = {}
        for name in ("test", "tools/need", "tools/run_tests.py",
                     "tests/conftest.py", "tests/pytest.ini"):
            self.write(name, (ROOT / name).read_text(), 0o755)
        self.pytest("lib/server", SERVER)
        self.pytest("lib/dialogue", DIALOGUE)
        for name in ("build", "test", "node"):
            self.write(f"tools/packages-{name}.txt", "bash\n")
        self.write("tests/package-lock.json", "{}")
        self.write("tests/node_modules/.package-lock.json", "{}")
        self.write("meson_options.txt", OPTIONS)
        self.unit("unit", "base/good", GOOD.format(SECOND))
        self.unit("fuzz", "fuzz/good", REPLAY.format(3))
        self.write("tests/smtp/noop.t", "fine")
        self.pytest("test_good", "def test_good():\n    pass\n")

    def write(self, name, text, mode=0o644):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)

    def unit(self, suite, name, script):
        file = name.replace("/", "_") + ".sh"
        self.write(file, "#!/bin/sh\n" + script, 0o755)
        limit = ", timeout: 1" if name.endswith("hangs") else ""
        self.meson[name] = (f"test('{name}', find_program('./{file}'), "
                            f"suite: '{suite}'{limit})\n")

    def pytest(self, name, text):
        self.write(f"tests/{name}.py", text)

    def test(self, *args, **env):
        self.write("meson.build", "project('fake')\n" +
                   "".join(self.meson.values()))
        done = subprocess.run(
            [self.root / "test", *args], cwd=self.root, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL, timeout=500,
            env={"PATH": f"{self.bin}:/usr/bin:/bin:/usr/sbin:/sbin",
                 "HOME": str(self.root), "LANG": "C.UTF-8", **env})
        return done.returncode, done.stdout


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path / "project")


def is_red(project, *names, args=(), **env):
    """Not 0, and the end of what was said names each of the names."""
    code, said = project.test(*args, **env)
    assert code == 1, said
    last = said.strip().splitlines()[-1]
    failed = re.findall(r"^failed: .*$", said, re.M)
    match = re.fullmatch(r"(\d+) passed, (\d+) failed, (\d+) skipped", last)
    assert match and int(match[2]) == len(failed), said
    for name in names:
        assert any(re.search(name, line) for line in failed), said
    return said


def test_green(project):
    code, said = project.test()
    assert code == 0, said
    # Configured, built; unit, replay, dialogue, and the other.
    assert said.endswith("\n6 passed, 0 failed, 0 skipped\n"), said


def test_built_without_tests(project):
    """./run configured it on a machine that had no cmocka."""
    code, said = project.test()
    subprocess.run(["meson", "configure", "build", "-Dtests=auto"],
                   cwd=project.root, check=True, capture_output=True)
    code, said = project.test()
    assert code == 0, said
    options = subprocess.run(["meson", "introspect", "--buildoptions",
                              "build"], cwd=project.root, text=True,
                             capture_output=True).stdout
    assert re.search(r'"name": "tests", "value": "enabled"', options)


# Scripts of unit tests and replays.
UNITS = {
    "base/fails": ("exit 1", "fail, exit status 1"),
    "base/crashes": ("kill -SEGV $$", "fail, exit status -11"),
    "base/killed": ("kill -KILL $$", "fail, exit status -9"),
    # Status 0, and half of what was announced.
    "base/stops": (GOOD.format("exit 0"), "1 of its 2 tests ran"),
    "base/hangs": ("sleep 600", r"hangs: ended after \d+ s"),
    "fuzz/fails": ("exit 1", "fail, exit status 1"),
    "fuzz/empty": (REPLAY.format(0), "replayed no input"),
    "fuzz/silent": ("true", "replayed no input"),
}
# Functions of one file of pytest's.
PYTESTS = {
    "fails": ("assert 1 == 2", "assert 1 == 2"),
    "hangs": ("import time; time.sleep(600)", "Timeout >2"),
    "lacks": ("import subprocess; subprocess.run(['no-such-tool'])",
              "No such file or directory: 'no-such-tool'"),
}
# Files that end pytest itself.
ENDS = {
    "quits": ("def test_it():\n    os._exit(0)",
              "ended early, with exit status 0 and without results"),
    "killed": ("def test_it():\n    os.kill(os.getpid(), 9)",
               "ended early, with exit status -9 and without results"),
    "enough": ("def test_it():\n    pytest.exit('enough', 0)",
               "0 of its 1 tests ran"),
}


def test_each_fault_by_name(project):
    for name, (script, _) in UNITS.items():
        project.unit(name.split("/")[0], name, script)
    text = "import pytest\n"
    for name, (statement, _) in PYTESTS.items():
        text += (f"@pytest.mark.timeout(2)\ndef test_{name}():\n"
                 f"    {statement}\n")
    project.pytest("test_bad", text)
    project.write("tests/smtp/bad.t", "line 3: 250 is wanted")
    said = is_red(
        project, *(f" {name}: {why}" for name, (_, why) in UNITS.items()),
        *(f" test_{name}: .*{why}" for name, (_, why) in PYTESTS.items()),
        r"smtp\.bad.*: .*line 3: 250 is wanted")
    wrong = len(UNITS) + len(PYTESTS) + 1
    assert said.endswith(f"\n6 passed, {wrong} failed, 0 skipped\n"), said


def test_end_of_pytest(project):
    """Who ends it early, or cannot be read, takes nobody else along."""
    for name, (text, _) in ENDS.items():
        project.pytest(f"test_{name}", f"import os, pytest\n{text}\n")
    project.pytest("test_broken", "import nothing_like_this\n")
    said = is_red(project, "gcc test_broken: collection failure",
                  *(f"pytest test_{name}.py: {why}"
                    for name, (_, why) in ENDS.items()))
    # Of the third what is counted and the exit status disagree, too.
    assert said.endswith("\n6 passed, 5 failed, 0 skipped\n"), said


def test_again_alone(project):
    """What fails beside another file, and not alone, is named, and no more."""
    project.pytest("test_unsteady", "import pathlib\ndef test_it():\n"
                   "    seen = pathlib.Path('seen')\n"
                   "    assert seen.exists() or not seen.touch() and False\n")
    code, said = project.test()
    assert code == 0, said
    assert "\npassed only when alone: gcc test_unsteady.py\n" in said, said
    assert said.endswith("\n7 passed, 0 failed, 0 skipped\n"), said


def test_end_of_collection(project):
    project.pytest("test_quits", "import os\nos._exit(0)\n")
    is_red(project, "gcc pytest: lists no tests")


def test_skipped(project):
    """Is named with its reason; what needs vectors may be forbidden to."""
    project.pytest("test_skips", "import pytest\n@pytest.mark.skip(reason="
                   "'no vectors here')\ndef test_it():\n    pass\n")
    project.unit("unit", "base/skips", "echo no such kernel\nexit 77")
    code, said = project.test()
    assert code == 0, said
    assert "skipped: gcc test_skips test_it: no vectors here" in said
    assert re.search("skipped: .* base/skips: no such kernel", said), said
    assert said.endswith("\n6 passed, 0 failed, 2 skipped\n"), said
    is_red(project, "test_it: no vectors here", args=["--vectors"])


def test_build(project):
    project.meson["bad"] = ("custom_target('bad', output: 'bad', command: "
                            "'false', build_by_default: true)\n")
    is_red(project, "build with gcc: exit status 1")


def test_no_such_test(project):
    said = is_red(project, "no test has 'no_such_test' in its name",
                  args=["no_such_test"])
    assert said.endswith(" 1 failed, 0 skipped\n")


def test_pattern(project):
    project.unit("unit", "base/bad", "exit 1")
    for pattern in ("fuzz", "smtp/", "test_good"):
        code, said = project.test(pattern)
        assert code == 0, said
    is_red(project, "base/bad", args=["base/"])


def test_missing_tool(project):
    """A package that cannot be had ends it before anything is counted."""
    project.write("tools/packages-test.txt", "no-such-package\n")
    project.write("bin/apt-get", "#!/bin/sh\nexit 100\n", 0o755)
    code, said = project.test()
    assert code == 1, said
    assert said.endswith("could not install: no-such-package\n"), said
    assert "passed" not in said


def test_missing_program(project):
    project.write("bin/ninja", "#!/bin/sh\necho 1.11; exit 127\n", 0o755)
    is_red(project, "build with gcc: .*exit status ")
