"""Scripts of Apache James about IMAP, read as commands and what answers them.

    C: line         send a line
    S: regex        a line of the answer
    SUB { ... }     lines of the answer, in any order
    SESSION: 2      go on with this connection
    REINIT          go on with new connections
    AWAIT, WAIT, LOG, TIMER, # ...    nothing that is said
"""

import re
from dataclasses import dataclass, field

import pytest

from .server import VECTORS

# James's announces whether it waits for a "+" before the literal.
LITERAL = re.compile(r"\{(\d+)(\+?)\}$")
SILENT = re.compile(r"(AWAIT|WAIT|LOG|TIMER)\b|#|\s*$|[{}]|SUB \{")


@dataclass
class Command:
    session: str = ""
    lines: list = field(default_factory=list)
    answers: list = field(default_factory=list)

    @property
    def tag(self):
        return self.lines[0].split(" ", 1)[0]

    @property
    def words(self):
        return self.lines[0].partition(" ")[2]

    @property
    def ends(self):
        """What it ends with: OK, NO or BAD; None where that is not said."""
        for answer in self.answers:
            if m := re.match(rf"{re.escape(self.tag)} (\w+)", answer):
                return m[1]
        return None


def scripts(folder):
    """The names of those in the folder, as parameters of a test."""
    folder = VECTORS / "james-mpt" / folder
    if not folder.is_dir():
        return [pytest.param("none", marks=pytest.mark.skip(
            reason="no vectors beside the project"))]
    return sorted(path.stem for path in folder.glob("*.test"))


def read(folder, name):
    path = VECTORS / "james-mpt" / folder / f"{name}.test"
    commands, session, again = [], "", 0
    left = None             # octets of a literal that have not come
    for line in path.read_text(errors="surrogateescape").splitlines():
        if line.startswith("C:"):
            text = line[3:] if line[2:3] == " " else line[2:]
            if left is None:
                commands.append(Command(session))
                left = 0
            commands[-1].lines.append(text)
            literal = LITERAL.search(text[left:])
            left -= len(text) + 2
            if left < 0:
                left = int(literal[1]) if literal else None
        elif line.startswith("S:"):
            if not commands:
                commands.append(Command(session))   # before anything is sent
            commands[-1].answers.append(line[2:].removeprefix(" "))
        elif m := re.match(r"SESSION: (\w+)", line):
            session = m[1]
        elif line.startswith("REINIT"):
            again += 1
            session = f"again {again}"
        elif not SILENT.match(line):
            raise ValueError(f"{name}: {line}")
    return commands
