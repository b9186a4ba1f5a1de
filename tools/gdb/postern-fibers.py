"""Fibers in gdb: what every session that is suspended waits for.

    gdb -p PID -x tools/gdb/postern-fibers.py
    (gdb) info fibers           all fibers of the loop on this stack
    (gdb) fiber 2 backtrace     any command, as if fiber 2 ran now
    (gdb) fiber all backtrace

A fiber that is not running left its registers on its own stack, where
postern_switch() in src/rt/fiber.c put them: this reads the same layout. It
needs a process (not a core file) for "fiber N", as gdb unwinds from
registers, and puts them back when done.
"""

import gdb

STATES = ("new", "ready", "running", "waiting", "dead")
NEVER = (1 << 63) - 1

# Register and octets above the saved stack pointer, and how many octets there
# are in all.
LAYOUTS = {
    "i386:x86-64": ({"r15": 8, "r14": 16, "r13": 24, "r12": 32, "rbx": 40,
                     "rbp": 48, "rip": 56}, 64, "rsp"),
    "aarch64": ({**{f"x{19 + i}": 8 * i for i in range(12)}, "pc": 88},
                176, "sp"),
}


def pointer_at(address):
    kind = gdb.lookup_type("unsigned long").pointer()
    return int(gdb.Value(address).cast(kind).dereference())


def loop_in(frame):
    """The struct loop * that a frame works on, or None."""
    for name in ("l", "loop", "f"):
        try:
            value = frame.read_var(name)
            if str(value.type.unqualified()).startswith("struct fiber *"):
                value = value["loop"]
            if (str(value.type.unqualified()).startswith("struct loop *")
                    and int(value)):
                return value
        except (ValueError, gdb.error):
            continue
    return None


def find_loop():
    """From the innermost frame outwards, this thread first."""
    threads = list(gdb.selected_inferior().threads())
    before = gdb.selected_thread()
    threads.sort(key=lambda t: t.num != before.num)
    try:
        for thread in threads:
            thread.switch()
            frame = gdb.newest_frame()
            while frame:
                loop = loop_in(frame)
                if loop is not None:
                    return loop
                frame = frame.older()
    finally:
        before.switch()
    raise gdb.GdbError("no stack here is a loop's")


def fibers():
    loop = find_loop()
    end = loop["fibers"]["end"].address
    fiber = gdb.lookup_type("struct fiber")
    offset = next(f.bitpos // 8 for f in fiber.fields() if f.name == "link")
    link = loop["fibers"]["end"]["next"]
    while int(link) and link != end:
        yield loop, gdb.Value(int(link) - offset).cast(fiber.pointer())
        link = link["next"]


def state(fiber):
    return STATES[int(fiber["state"])]


def suspended(fiber):
    return state(fiber) not in ("running", "dead")


def deadline(loop, fiber):
    if not int(fiber["timer"]["slot"]):
        return "never"
    left = int(fiber["timer"]["at_ms"]) - int(loop["now_us"]) // 1000
    return f"{left / 1000:.1f} s"


class AsIf:
    """`with AsIf(fiber):` gdb sees the registers it was left with."""

    def __init__(self, fiber):
        arch = gdb.newest_frame().architecture().name()
        if arch not in LAYOUTS:
            raise gdb.GdbError(f"fibers are not known on {arch}")
        offsets, size, self.sp_name = LAYOUTS[arch]
        sp = int(fiber["sp"])
        self.values = {r: pointer_at(sp + at) for r, at in offsets.items()}
        self.values[self.sp_name] = sp + size

    def swap(self, values):
        before = {}
        for name, value in values.items():
            before[name] = int(gdb.parse_and_eval(f"(long)${name}"))
            gdb.execute(f"set ${name} = {value}", to_string=True)
        return before

    def __enter__(self):
        gdb.newest_frame().select()
        self.before = self.swap(self.values)

    def __exit__(self, *exc):
        gdb.newest_frame().select()
        self.swap(self.before)


class InfoFibers(gdb.Command):
    """List the fibers of this process's loop."""

    def __init__(self):
        super().__init__("info fibers", gdb.COMMAND_STATUS)

    def invoke(self, arg, from_tty):
        rows = [("Num", "Name", "State", "Deadline", "Stack", "Function")]
        for number, (loop, fiber) in enumerate(fibers(), 1):
            function = gdb.block_for_pc(int(fiber["fn"]))
            name = function.function if function else "?"
            rows.append((
                str(number), fiber["name"].string(),
                state(fiber) + (", canceled" if fiber["canceled"] else ""),
                deadline(loop, fiber), hex(int(fiber["stack"])), str(name)))
        widths = [max(map(len, column)) for column in zip(*rows)]
        for row in rows:
            print("  ".join(c.ljust(w) for c, w in zip(row, widths)).rstrip())


class Fiber(gdb.Command):
    """fiber NUMBER|all COMMAND: run a gdb command as if that fiber ran."""

    def __init__(self):
        super().__init__("fiber", gdb.COMMAND_STACK)

    def invoke(self, arg, from_tty):
        which, _, command = arg.partition(" ")
        if not which or not command:
            raise gdb.GdbError(self.__doc__)
        found = [(n, f) for n, (_, f) in enumerate(fibers(), 1)
                 if which in ("all", str(n))]
        if not found:
            raise gdb.GdbError(f"no fiber {which}")
        for number, fiber in found:
            print(f"Fiber {number} ({fiber['name'].string()}), "
                  f"{state(fiber)}")
            if suspended(fiber):
                with AsIf(fiber):
                    gdb.execute(command)
            else:
                gdb.execute(command)


InfoFibers()
Fiber()
