#!/usr/bin/python3
"""./test: build, run every test, count, and end with one line
"N passed, N failed, N skipped". Exits 0 only if all that should have run did,
and passed: what a runner says by its exit status and what it wrote down have to
agree, and whoever was listed and has no result has failed.

A test that runs into its time limit fails by name. The limits are long; a slow
machine sets POSTERN_PATIENCE to a number that they are multiplied with.
"""

import argparse
import contextlib
import functools
import json
import multiprocessing.pool
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

ROOT = pathlib.Path(__file__).resolve().parents[1]
PATIENCE = float(os.environ.get("POSTERN_PATIENCE", "1"))
# meson's 30 s for a test that names no limit of its own is for fast machines.
MESON_TIMES = 10
PYTEST_SECONDS = 600
PYTEST_RUN_SECONDS = 3 * 3600
# Two take two thirds of the time. Once in a while one of them waits for the
# other longer than it can: what failed is run again, alone.
PYTESTS_AT_ONCE = 2
AGAIN_MAX = 5     # where more failed, it was not that
# These begin first, so that no processor waits for one of them at the end.
LONGEST = ("test_page", "test_relay", "test_nexthop", "test_dsn_readers",
           "test_keys", "test_runner", "test_commands", "test_kill", "imap")
SANITIZE = "-Db_sanitize=address,undefined", "-Db_lundef=false"
# What Run.build() is called with, beside the first one. Tests are built with
# clang where they are fuzzed.
WITH_CLANG = ("build with clang", "build-clang"), {
    "cc": "clang", "tests": "disabled"}
ARM64 = ("build for aarch64", "build-arm64", "--cross-file",
         "build-arm64/cross.ini", "-Dpage=disabled"), {}
# What qemu-user is not: a kernel. That of this machine does it for the others.
NOT_EMULATED = {
    "rt/sandbox": "it has threads of its own, and no seccomp",
    "vault/role-sandboxed": "it has threads of its own, and no seccomp",
    "vault/role_dkim-sandboxed": "it has threads of its own, and no seccomp",
    "rt/conn_limits": "its MADV_REMOVE gives nothing back",
    "master": "it executes no program of another machine",
    "conf/docs": "python executes no program of another machine",
}
SANITIZED = ("build with ASan and UBSan", "build-asan", *SANITIZE), {}

# cmocka's own counts: one that ends early with status 0 has not passed.
RUNNING = re.compile(r"^\[=+\] Running (\d+) test", re.M)
RAN = re.compile(r"^\[ +(OK|SKIPPED) \] (\w+)", re.M)
REPLAYED = re.compile(r"^(\d+) inputs replayed$", re.M)


class Results:
    """What passed, failed or was skipped, by name, and why."""

    def __init__(self):
        self.passed = 0
        self.failed = []
        self.skipped = []
        self.unsteady = []

    def ok(self):
        self.passed += 1

    def fail(self, name, why):
        self.failed.append(f"{name}: {why}")

    def skip(self, name, why):
        self.skipped.append(f"{name}: {why}")

    def __len__(self):
        return self.passed + len(self.failed) + len(self.skipped)


def say(text):
    print(f"\n== {text}", flush=True)


def last_line(text):
    lines = [line.strip() for line in (text or "").splitlines()]
    return ([line for line in lines if line] or ["no reason given"])[-1][:200]


def runs(command, **more):
    """The exit status; 127 where there is no such program."""
    try:
        return subprocess.run(command, cwd=ROOT, **more).returncode
    except FileNotFoundError as e:
        print(f"there is no {e.filename}", file=more.get("stdout"))
        return 127


class Run:
    def __init__(self, pattern, vectors):
        self.pattern = pattern
        self.vectors = vectors
        self.results = Results()

    def step(self, name, *command, env=None):
        """One thing that works or not, counted as a test."""
        say(name)
        with tempfile.TemporaryFile("w+", errors="replace") as log:
            status = runs([str(c) for c in command], stdout=log, stderr=log,
                          env={**os.environ, **(env or {})})
            log.seek(0)
            lines = log.read().splitlines()
        print("\n".join(lines[-3 if status == 0 else -60:]), flush=True)
        if status:
            self.results.fail(name, f"exit status {status}: "
                              + last_line("\n".join(lines)))
        else:
            self.results.ok()
        return status == 0

    def configure(self, name, folder, *options, cc="gcc", tests="enabled"):
        """Once."""
        # Where CC is said, meson does not look for ccache itself.
        cache = "ccache " if shutil.which("ccache") else ""
        env = {"CC": os.environ.get("CC", cache + cc) if cc == "gcc"
               else cache + cc}
        known = ROOT / folder / "meson-info/intro-buildoptions.json"
        setup = ["meson", "setup", folder, f"-Dtests={tests}", *options]
        if known.exists():
            # ./run made it, on a machine without what tests need.
            wanted = [o for o in json.loads(known.read_text())
                      if o["name"] == "tests" and o["value"] == tests]
            setup = [] if wanted else [*setup, "--reconfigure"]
        return not setup or self.step(f"{name}: configure", *setup, env=env)

    def build(self, name, folder, *options, **more):
        """Configure once, compile; warnings are errors."""
        return (self.configure(name, folder, *options, **more) and
                self.step(name, "ninja", "-C", folder))

    @contextlib.contextmanager
    def meanwhile(self, *builds):
        """Compile, in the time that tests leave, what is built after them; how
        far it came does not matter, and what fails fails there."""
        folders = [folder for (name, folder, *options), more in builds
                   if self.configure(name, folder, *options, **more)]
        idle = subprocess.Popen(
            ["chrt", "--idle", "0", "sh", "-c",
             'for f; do ninja -C "$f"; done', "sh", *folders], cwd=ROOT,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True)
        try:
            yield
        finally:
            os.killpg(idle.pid, signal.SIGTERM)
            idle.wait()

    # Tests declared in meson.build: units, replays of fuzz corpora.

    def meson_tests(self, folder, label, times=1, but=None, unable=None):
        """All of them, or all but those of one suite and those that this
        machine cannot do, which are skipped with the reason."""
        listed = subprocess.run(["meson", "test", "-C", folder, "--list",
                                 "--no-rebuild"],
                                cwd=ROOT, capture_output=True, text=True)
        names = [line for line in listed.stdout.splitlines()
                 if " / " in line and f":{but} / " not in line]
        if listed.returncode or not names:
            self.results.fail(f"{label} meson", "lists no tests: "
                              + last_line(listed.stdout + listed.stderr))
            return
        chosen = {n.rsplit(" / ")[-1] for n in names if self.pattern in n}
        names = [n for n in names if n.rsplit(" / ")[-1] in chosen]
        for name in sorted(chosen & set(unable or {})):
            self.results.skip(f"{label} {name}", unable[name])
            chosen.remove(name)
            names = [n for n in names if n.rsplit(" / ")[-1] != name]
        if not names:
            return
        say(f"{label}: {len(names)} tests of meson")
        log = ROOT / folder / "meson-logs/testlog.json"
        log.unlink(missing_ok=True)
        status = runs(["meson", "test", "-C", folder, "--no-rebuild",
                       "--print-errorlogs", "--quiet", "--timeout-multiplier",
                       str(MESON_TIMES * PATIENCE * times),
                       *(["--no-suite", but] if but else []),
                       *(sorted(chosen) if self.pattern or unable else [])])
        ran = {}
        if log.exists():
            for line in log.read_text(errors="replace").splitlines():
                test = json.loads(line)
                ran[test["name"]] = test
        before = len(self.results.failed)
        for name in names:
            self.meson_verdict(f"{label} {name}", ran.pop(name, None))
        for name in ran:
            self.results.fail(f"{label} {name}", "ran, and is not listed")
        self.agree(f"{label} meson", status, before)

    def meson_verdict(self, name, test):
        if not test:
            self.results.fail(name, "did not run")
        elif test["result"] == "TIMEOUT":
            self.results.fail(name, f"hangs: ended after "
                              f"{test['duration']:.0f} s")
        elif test["result"] == "SKIP":
            self.results.skip(name, last_line(test["stdout"]))
        elif test["result"] not in ("OK", "EXPECTEDFAIL"):
            self.results.fail(name, f"{test['result'].lower()}, exit status "
                              f"{test['returncode']}")
        elif why := self.incomplete(name, test.get("stdout") or ""):
            self.results.fail(name, why)
        else:
            self.results.ok()

    def incomplete(self, name, said):
        """Why a status of 0 is not believed, or None."""
        ran = RAN.findall(said)
        wanted = sum(map(int, RUNNING.findall(said)))
        for verdict, test in ran:
            if verdict == "SKIPPED":
                self.results.skip(f"{name} {test}", "skipped by itself")
        if len(ran) != wanted:
            return f"{len(ran)} of its {wanted} tests ran"
        if " / fuzz/" in name:
            replayed = REPLAYED.findall(said)
            if not replayed or int(replayed[-1]) == 0:
                return "replayed no input"
        return None

    # Tests over the wire: each file (each folder of dialogues) in a pytest of
    # its own, with a demo of its own, so it finds there what it would find
    # alone.

    def pytest_tests(self, folder, label, *args, times=1):
        say(f"{label}: end to end")
        pytest = functools.partial(self.pytest, folder, times)
        collected = ROOT / folder / "pytest.json"
        collected.unlink(missing_ok=True)
        status, said = pytest(*(args or ("tests",)), "--collect-only",
                              "--collected", collected)
        # 2: files that cannot be read; 5: nothing with that pattern.
        if status not in (0, 2, 5) or not collected.exists():
            self.results.fail(f"{label} pytest", "lists no tests: "
                              + last_line(said))
            return
        counts = json.loads(collected.read_text())
        more = [arg for arg in args if arg.startswith("--")]

        def run(unit):
            xml = ROOT / folder / "pytest" / f"{pathlib.Path(unit).stem}.xml"
            xml.unlink(missing_ok=True)
            return unit, xml, *pytest(f"tests/{unit}", "--junitxml",
                                      xml, *more)

        def verdict(unit, xml, status):
            self.pytest_verdicts(label, unit, counts[unit], xml, status)

        first = [u for name in LONGEST for u in counts
                 if pathlib.Path(u).stem == name]
        failed = []
        with multiprocessing.pool.ThreadPool(PYTESTS_AT_ONCE) as pool:
            for unit, xml, status, said in pool.imap_unordered(
                    run, [*first, *(u for u in counts if u not in first)]):
                print(f"{unit}: {last_line(said)}" if status == 0 else said,
                      flush=True)
                if status in (0, None):
                    verdict(unit, xml, status)
                else:
                    failed.append((unit, xml, status))
        for unit, xml, status in failed:
            if len(failed) <= AGAIN_MAX:
                say(f"{label}: {unit} again, alone")
                unit, xml, status, said = run(unit)
                print(said, flush=True)
            verdict(unit, xml, status)
            if status == 0:
                self.results.unsteady.append(f"{label} {unit}")

    def pytest(self, folder, times, *args):
        """The exit status, None if it had to be ended, and what it said."""
        with tempfile.TemporaryFile("w+", errors="replace") as log:
            try:
                status = runs(
                    [sys.executable, "-m", "pytest", *map(str, args),
                     "--only", self.pattern,
                     "-o", f"timeout={PYTEST_SECONDS * PATIENCE * times:.0f}"],
                    env={**os.environ, "POSTERN_BUILD": folder},
                    stdout=log, stderr=log,
                    timeout=PYTEST_RUN_SECONDS * PATIENCE)
            except subprocess.TimeoutExpired:
                status = None
            log.seek(0)
            return status, log.read()

    def pytest_verdicts(self, label, unit, count, xml, status):
        name = f"{label} pytest {unit}"
        if status is None:
            self.results.fail(name, "hangs")
            return
        if not xml.exists():
            self.results.fail(name, "ended early, with exit status "
                              f"{status} and without results")
            return
        suite = ET.parse(xml).getroot().find("testsuite")
        before = len(self.results.failed)
        seen = set()
        for case in suite.iter("testcase"):
            if not case.get("name"):
                continue    # pytest ended in the middle of it
            self.pytest_verdict(label, case)
            seen.add((case.get("classname"), case.get("name")))
        if len(seen) != count:
            self.results.fail(name, f"{len(seen)} of its {count} tests ran")
        self.agree(name, status, before)

    def pytest_verdict(self, label, case):
        name = " ".join(filter(None, (label, case.get("classname"),
                                      case.get("name"))))
        skipped = case.find("skipped")
        for kind in ("failure", "error"):
            if (found := case.find(kind)) is not None:
                why = (found.get("message") or "").splitlines()
                self.results.fail(name, (why or [kind])[0][:200])
                return
        if skipped is None:
            self.results.ok()
            return
        why = skipped.get("message") or "no reason given"
        if self.vectors and ("vectors" in why or "empty parameter" in why):
            self.results.fail(name, why)
        else:
            self.results.skip(name, why)

    def agree(self, name, status, before):
        """What a runner says by its status is what its tests say."""
        failed = len(self.results.failed) - before
        if (status != 0) != (failed > 0):
            self.results.fail(name, f"exit status {status}, and {failed} of "
                              "its tests failed")

    def fuzz_minutes(self):
        if not self.build("build fuzz targets", "build-fuzz", "-Dfuzz=true",
                          *SANITIZE, cc="clang"):
            return
        targets = [p for p in sorted((ROOT / "build-fuzz").rglob("fuzz_*"))
                   if p.is_file() and os.access(p, os.X_OK)]
        for target in targets:
            name = target.name.removeprefix("fuzz_")
            corpus = ROOT / "build-fuzz/corpus" / name
            corpus.mkdir(parents=True, exist_ok=True)
            self.step(f"fuzz/{name} for a minute", target,
                      "-max_total_time=" + os.environ.get("FUZZ_SECONDS",
                                                          "60"),
                      "-rss_limit_mb=2048", "-timeout=10",
                      "-print_final_stats=1", corpus, f"tests/corpus/{name}")

    def everything(self, args):
        lock = ROOT / "tests/node_modules/.package-lock.json"
        wanted = ROOT / "tests/package-lock.json"
        if not (lock.exists() and
                lock.stat().st_mtime >= wanted.stat().st_mtime):
            self.step("npm ci", "npm", "--prefix", "tests", "ci",
                      "--no-audit", "--no-fund")
        if not self.build("build with gcc", "build"):
            return
        before = len(self.results)
        self.meson_tests("build", "gcc")
        later = [build for build, wanted in (
            (WITH_CLANG, args.clang or args.long),
            (SANITIZED, args.asan or args.long)) if wanted]
        with self.meanwhile(*later):
            self.pytest_tests("build", "gcc",
                              *(["tests", "--long"] if args.long else []))
        if self.pattern and len(self.results) == before:
            self.results.fail("./test", "no test has "
                              f"{self.pattern!r} in its name")
            return
        for build, more in later:
            if self.build(*build, **more) and build is SANITIZED[0]:
                self.sanitized(args)
        if args.long:
            self.step("crash at every write, more seeds",
                      "build/tests/crash/crash", "--long")
            self.fuzz_minutes()
            self.arm64()

    def arm64(self):
        if (self.step("libraries for aarch64", "tools/arm64", "build-arm64")
                and self.build(*ARM64[0], **ARM64[1])):
            self.meson_tests("build-arm64", "aarch64", times=10, but="crash",
                             unable=NOT_EMULATED)

    def sanitized(self, args):
        # Of the crash tests what is among the units.
        self.meson_tests("build-asan", "asan", times=3,
                         but=None if args.long else "crash")
        self.pytest_tests("build-asan", "asan", times=3, *(
            ["tests"] if args.long else
            ["tests/smtp", "tests/imap", "tests/pop3", "tests/http"]))

    def report(self):
        say("results")
        for name in self.results.skipped:
            print("skipped:", name)
        for name in self.results.unsteady:
            print("passed only when alone:", name)
        for name in self.results.failed:
            print("failed:", name)
        print(f"{self.results.passed} passed, {len(self.results.failed)} "
              f"failed, {len(self.results.skipped)} skipped", flush=True)
        return 1 if self.results.failed or not self.results.passed else 0


def main():
    parser = argparse.ArgumentParser(
        prog="./test", formatter_class=argparse.RawDescriptionHelpFormatter,
        description=__doc__)
    parser.add_argument("--clang", action="store_true",
                        help="also build what is installed with clang")
    parser.add_argument("--asan", action="store_true", help="also run unit "
                        "tests and dialogues under ASan + UBSan")
    parser.add_argument("--long", action="store_true",
                        help="both, every test under ASan + UBSan, a minute "
                        "for each fuzz target, the long forms of the kill "
                        "and crash tests, and aarch64 under qemu-user")
    parser.add_argument("--vectors", action="store_true", help="fail where "
                        "the messages of others, ../shared/vectors, are not")
    parser.add_argument("pattern", metavar="PATTERN", nargs="?", default="",
                        help="only tests whose name has it inside: unit, "
                        "fuzz, smtp/, imap/, test_vectors ...")
    args = parser.parse_args()
    os.environ.update(CCACHE_BASEDIR=str(ROOT), CCACHE_NOHASHDIR="1")
    run = Run(args.pattern, args.vectors)
    run.everything(args)
    return run.report()


if __name__ == "__main__":
    sys.exit(main())
