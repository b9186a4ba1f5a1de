"""Steady load: what is written ahead stays small, and so does the memory."""

import pathlib
import random
import time

import pytest
from lib.load import Load
from lib.server import BUILD, PEOPLE, ConfiguredServer
from lib.wire import Imap

WAL_MAX = 128 << 20	# the writer begins it afresh at 64 MB
GROWTH_MAX_KB = 64 << 10


def memory_kb(server):
    total = 0
    for pids in server.processes().values():
        for pid in pids:
            rollup = pathlib.Path(f"/proc/{pid}/smaps_rollup")
            total += next(int(line.split()[1])
                          for line in rollup.read_text().splitlines()
                          if line.startswith("Pss:"))
    return total


@pytest.mark.timeout(900)
def test_steady(long):
    seconds = 300 if long else 10
    wal, memory = [], []

    def watch(server):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(seconds / 20)
            wal.append(max((p.stat().st_size
                            for p in server.data.rglob("*-wal")), default=0))
            memory.append(memory_kb(server))

    with ConfiguredServer() as server:
        load = Load(server.ports["smtp"], random.randrange(1 << 32), 20)
        load.run(lambda: watch(server))
        counts = {p: Imap(server, timeout=60).login(p).select()
                  for p in PEOPLE}
    wanted = {p: sum(p in people for people in load.acknowledged.values())
              for p in PEOPLE}
    print(f"{sum(wanted.values())} delivered, WAL up to "
          f"{max(wal) >> 20} MB, memory {memory[0] >> 10} to "
          f"{max(memory) >> 10} MB")
    assert not load.refused and not load.lost_connections
    assert counts == wanted
    assert 0 < max(wal) <= WAL_MAX
    # AddressSanitizer keeps what was freed for a while.
    if "asan" not in BUILD.name:
        assert max(memory[len(memory) // 2:]) - memory[len(memory) // 4] < (
            GROWTH_MAX_KB)
