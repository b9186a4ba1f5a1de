"""tools/gdb/postern-fibers.py on a process with three suspended fibers."""

import re
import subprocess

from lib.server import BUILD, ROOT


def gdb(*commands):
    args = [arg for c in commands for arg in ("-ex", c)]
    done = subprocess.run(
        ["gdb", "-nx", "-batch", "-ex", "set confirm off",
         "-ex", f"source {ROOT}/tools/gdb/postern-fibers.py",
         "-ex", "set disable-randomization off",
         "-ex", "run", *args, str(BUILD / "tests" / "fiber_probe")],
        capture_output=True, text=True, timeout=120,
        stdin=subprocess.DEVNULL)
    return done.stdout + done.stderr


def test_list():
    out = gdb("info fibers")
    rows = re.findall(r"^\d+ .*$", out, re.M)
    assert len(rows) == 3, out
    assert any(re.search(r"waiter +waiting +never .*probe_waiter", r)
               for r in rows), out
    for name in ("one", "two"):
        assert any(re.search(rf"sleeper {name} +waiting +(59|60)\.\d s "
                             ".*probe_sleeper", r) for r in rows), out


def test_backtrace_and_back():
    out = gdb("fiber all backtrace", "backtrace")
    fibers = out.split("Fiber ")[1:]
    assert len(fibers) == 3, out
    sleepers = [f for f in fibers if "probe_sleeper" in f]
    assert len(sleepers) == 2, out
    assert all("probe_inner" in f and "fiber_sleep" in f
               for f in sleepers), out
    # The process's own registers are back: the last backtrace is the loop's.
    assert re.search(r"probe_stop.*\n(.*\n)*.*loop_run.*\n.*main", out), out
