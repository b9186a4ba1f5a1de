#!/usr/bin/python3
"""Check the tree against the rules of the house; print what breaks them.

usage: check_tree.py [--root DIR] [CHECK...]

  includes  an include goes to its own folder or room, or one above it in
            FOLDERS and ROOMS; of a folder with rooms others see the top only;
            never to another of the DIALECTS
  calls     the same of what object files call, and no circle of more than
            three files within a room of store (needs a build folder:
            POSTERN_BUILD, or build/)
  headers   every header compiles by itself
  length    no file of src/ over 700 lines
  columns   no line over 80 columns (a tab is 8); rows of the message tables
            may be as wide as they are long to read, up to 90
  words     no word of a protocol in src/mail, nor one of its libraries beneath
  names     no static function that nobody can search for or break on
  marks     nothing left for later, no path of one machine, no registry host

Exits 1 if anything is found.
"""

import argparse
import collections
import os
import pathlib
import re
import shlex
import subprocess
import sys

# Each stands only on those before it.
FOLDERS = ("base rt mime dns errand trust store ldap pam policy vault mail smtp "
           "sieve "
           "imap pop3 http jmap api front relay carry conf master sendmail "
           "admin").split()
# The rooms of a folder in the same way; "" is what lies in the folder itself.
ROOMS = {
    "store": ["", "address", "disk", "fulltext", "shelf", "sql", "engine",
              "directory", "policy", "mailbox", "queue", "dispatch", "upkeep", "service"],
    "imap": ["grammar", ""],
}
# Rooms that no other folder looks into.
CLOSED = ("store",)
# Dialects of one thing: none knows of another.
DIALECTS = ("imap", "pop3", "jmap")
MAX_CIRCLE = 3
# What a folder says to all others: a role's and a client's files may include
# it wherever they are.
PUBLIC = ("messages.h", "client.h", "blob.h")
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)

MAX_LINES = 700
MAX_COLUMNS = 80
MAX_ROW_COLUMNS = 90
ROW = re.compile(r"#define \w+\(F, S\)|/\* +name  |\t[CNF]\(.*(\\|\*/)?$")
# A field of the envelope is called as its parameter.
PROTOCOL = re.compile(r"imap|smtp(?!utf8)|jmap|pop3", re.I)
# A static function called only that, behind its type or on the next line.
NAMES = re.compile(
    r"^static\b[^;={}()]*[\s*](find|finish|add|run|take|keep|put|start|stop"
    r"|begin|end|tell|fail|count)\(", re.M)
MARKS = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
# Folders of one machine, and hosts that packages are fetched from. Written so
# that this line does not find itself.
MACHINE = re.compile(r"/(?:work|root|home)/[a-z]|/usr/local/[a-z]+/[a-z]"
                     r"|registry\.npm|deb\.debian|[a-z]+\.pythonhosted")
TEXT = (".c", ".h", ".S", ".py", ".sh", ".mjs", ".build", ".txt", ".md",
        ".json", ".t", ".conf", "")


def files(root, *patterns):
    for pattern in patterns:
        for path in sorted(root.glob(pattern)):
            if path.is_file() and "node_modules" not in path.parts:
                yield path


def tracked(root):
    """Every text file that git would commit; all files without git."""
    git = subprocess.run(
        ["git", "-C", str(root), "ls-files", "-co", "--exclude-standard"],
        capture_output=True, text=True)
    if git.returncode == 0:
        paths = [root / name for name in git.stdout.splitlines()]
    else:
        paths = root.rglob("*")
    return [p for p in paths if p.is_file() and p.suffix in TEXT
            and "corpus" not in p.parts and "LICENSE" not in p.name]


def speaks_to_others(name):
    """role.c, client.c and client.h, and what helps them (role_x.c)."""
    return re.fullmatch(r"(role|client)(_\w+)?\.[ch]", name)


def rank(parts):
    """(folder, room) of src/..., as numbers that grow down the lists."""
    folder, room = parts[0], parts[1] if len(parts) > 2 else ""
    rooms = ROOMS.get(folder, [])
    return (FOLDERS.index(folder),
            rooms.index(room) if room in rooms else len(rooms))


def may_know(here, target):
    """Is it above, and not another dialect?"""
    return rank(target) <= rank(here) and not (
        here[0] != target[0] and here[0] in DIALECTS
        and target[0] in DIALECTS)


def may_include(here, target):
    """Both as parts of a path below src/; of tests/lib only tests know."""
    if target[0] == "lib":
        return here[-1].startswith("test_")
    if target[0] not in FOLDERS:
        return False
    if speaks_to_others(here[-1]) and target[-1] in PUBLIC:
        return True
    if not may_know(here, target):
        return False
    return (target[0] == here[0] or len(target) == 2
            or target[0] not in CLOSED)


def check_includes(root):
    for path in files(root, "src/**/*.[ch]"):
        here = path.relative_to(root / "src").parts
        if here[0] not in FOLDERS:
            yield f"{path}: {here[0]}/ is no folder of the design"
            continue
        for target in INCLUDE.findall(path.read_text(errors="replace")):
            if "/" not in target:
                yield f'{path}: include "{target}" by its folder'
            elif not may_include(here, target.split("/")):
                yield f"{path}: may not include {target}"


def calls_of(root, build):
    """file -> file -> the symbols it uses there, of all libraries."""
    sources = {str(p.relative_to(root / "src")).replace("/", "_"): p
               for p in files(root, "src/**/*.c")}
    defined, wanted = {}, collections.defaultdict(set)
    for path in sorted((build / "src").glob("*/*.a.p/*.o")):
        source = sources.get(f"{path.parts[-3]}_{path.name[:-2]}")
        if not source:
            continue    # of a file that has gone
        out = subprocess.run(["nm", str(path)], capture_output=True,
                             text=True).stdout
        for kind, name in re.findall(r" ([A-Z]) (\S+)$", out, re.M):
            if kind == "U":
                wanted[source].add(name)
            elif kind in "TDBR":
                defined[name] = source
    calls = collections.defaultdict(lambda: collections.defaultdict(list))
    for source, names in wanted.items():
        for name in sorted(names):
            if defined.get(name, source) != source:
                calls[source][defined[name]].append(name)
    return calls


def circles_of(calls):
    """Sets of files that all reach each other (Tarjan)."""
    seen, low, stack, found = {}, {}, [], []

    def visit(v):
        seen[v] = low[v] = len(seen)
        stack.append(v)
        for w in list(calls.get(v, ())):
            if w not in seen:
                visit(w)
                low[v] = min(low[v], low[w])
            elif w in stack:
                low[v] = min(low[v], seen[w])
        if low[v] == seen[v]:
            circle = stack[stack.index(v):]
            del stack[-len(circle):]
            if len(circle) > 1:
                found.append(sorted(circle))

    for v in list(calls):
        if v not in seen:
            visit(v)
    return found


def check_calls(root):
    build = root / os.environ.get("POSTERN_BUILD", "build")
    calls = calls_of(root, build)
    if not calls:
        yield f"{build}: no object files: build first"
    for source, there in calls.items():
        here = source.relative_to(root / "src").parts
        for target, names in there.items():
            if not may_know(here, target.relative_to(root / "src").parts):
                yield f"{source}: may not call {', '.join(names)} of {target}"
    for circle in circles_of(calls):
        if circle[0].is_relative_to(root / "src/store") and \
                len(circle) > MAX_CIRCLE:
            yield (f"{circle[0]}: one of a circle of {len(circle)}: "
                   f"{', '.join(p.name for p in circle[1:])}")


def pkg_flags():
    names = "libcrypto libssl sqlite3 libzstd libsodium libseccomp"
    out = subprocess.run(["pkg-config", "--cflags", *names.split()],
                         capture_output=True, text=True)
    return shlex.split(out.stdout)


def check_headers(root):
    flags = ["gcc", "-std=c17", "-D_GNU_SOURCE", "-Wall", "-Wextra",
             "-Werror", "-Wno-unused-function", "-fsyntax-only",
             "-I", str(root / "src"), "-I", str(root / "tests"),
             *pkg_flags(), "-x", "c", "-"]
    for path in files(root, "src/**/*.h"):
        name = path.relative_to(root / "src")
        out = subprocess.run(flags, capture_output=True, text=True,
                             input=f'#include "{name}"\n')
        if out.returncode:
            yield f"{path}: does not stand alone\n{out.stderr.strip()}"


def check_length(root):
    for path in files(root, "src/**/*.[chS]"):
        n = path.read_bytes().count(b"\n")
        if n > MAX_LINES:
            yield f"{path}: {n} lines"


def check_columns(root):
    for path in files(root, "src/**/*.[chS]", "tests/**/*.[ch]",
                      "bench/**/*.[ch]"):
        lines = path.read_text(errors="replace").splitlines()
        for number, line in enumerate(lines, 1):
            width = len(line.expandtabs(8))
            limit = MAX_ROW_COLUMNS if ROW.match(line) else MAX_COLUMNS
            if width > limit:
                yield f"{path}:{number}: {width} columns"


def check_words(root):
    for path in files(root, "src/mail/*.[ch]", "src/mail/meson.build"):
        text = path.read_text(errors="replace")
        for number, line in enumerate(text.splitlines(), 1):
            if PROTOCOL.search(line):
                yield f"{path}:{number}: {line.strip()}"


def check_names(root):
    for path in files(root, "src/**/*.c"):
        if re.search(r"^test_|_(test|fuzz)\.c$", path.name):
            continue
        text = path.read_text(errors="replace")
        for found in NAMES.finditer(text):
            line = text.count("\n", 0, found.start(1)) + 1
            yield f"{path}:{line}: static {found[1]}() says too little"


def check_packages(root):
    """Lists of packages: one on a line, and all else is a comment."""
    for path in files(root, "tools/packages-*.txt"):
        for n, line in enumerate(path.read_text().splitlines(), 1):
            if line and not line.startswith("#") and \
                    not re.fullmatch(r"[a-z0-9][a-z0-9+.:-]+", line):
                yield f"{path}:{n}: is neither a package nor a comment"


def check_marks(root):
    for path in tracked(root):
        if path.name == pathlib.Path(__file__).name:
            continue
        text = path.read_text(errors="replace")
        for number, line in enumerate(text.splitlines(), 1):
            if path.parts[-1] != "package-lock.json" and MARKS.search(line):
                yield f"{path}:{number}: {line.strip()}"
            if MACHINE.search(line):
                yield f"{path}:{number}: {line.strip()}"


CHECKS = {"includes": check_includes, "calls": check_calls,
          "headers": check_headers,
          "length": check_length, "columns": check_columns,
          "words": check_words, "names": check_names, "marks": check_marks,
          "packages": check_packages}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parents[1])
    parser.add_argument("checks", nargs="*", metavar="CHECK")
    args = parser.parse_args()
    found = [line for name in args.checks or CHECKS
             for line in CHECKS[name](args.root)]
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
