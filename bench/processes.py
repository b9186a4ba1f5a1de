"""What a tree of processes costs, read from /proc."""

import os
import pathlib

HZ = os.sysconf("SC_CLK_TCK")


def _stat(pid):
    """Fields of /proc/PID/stat from the state on; None if it is gone."""
    try:
        text = pathlib.Path("/proc", str(pid), "stat").read_text()
    except OSError:
        return None
    return text.rsplit(")", 1)[1].split()


def tree(*roots):
    """The pids of the roots and of everything below them."""
    below = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit() and (stat := _stat(entry)):
            below.setdefault(int(stat[1]), []).append(int(entry))
    found, todo = [], list(roots)
    while todo:
        pid = todo.pop()
        found.append(pid)
        todo += below.get(pid, [])
    return found


def name(pid):
    """As the kernel has it, 15 octets of it; None if it is gone."""
    try:
        return pathlib.Path("/proc", str(pid), "comm").read_text().strip()
    except OSError:
        return None


def cpu_ms(*roots):
    """Of the trees so far; processes that ended count in their parent."""
    ticks = 0
    for pid in tree(*roots):
        if stat := _stat(pid):
            ticks += sum(map(int, stat[11:15]))
    return ticks * 1000 / HZ


def memory_kb(*roots):
    """Proportional memory (PSS) of the trees: total, and by process name."""
    total, by_name = 0, {}
    for pid in tree(*roots):
        try:
            rollup = pathlib.Path("/proc", str(pid), "smaps_rollup")
            pss = next(int(line.split()[1])
                       for line in rollup.read_text().splitlines()
                       if line.startswith("Pss:"))
            name = pathlib.Path("/proc", str(pid), "comm").read_text()
        except (OSError, StopIteration):
            continue
        total += pss
        count, kb = by_name.get(name.strip(), (0, 0))
        by_name[name.strip()] = (count + 1, kb + pss)
    return total, by_name
