"""Who has registered a name: every case of the Public Suffix List's own tests."""

import subprocess

import pytest
from lib.server import BUILD, VECTORS

PSL = VECTORS / "psl"
needs_vectors = pytest.mark.skipif(
    not VECTORS.is_dir(), reason="no vectors beside the project")


def registered(names):
    check = next(BUILD.rglob("public-suffix-check"))
    return subprocess.run(
        [check], input="".join(n + "\n" for n in names), text=True,
        check=True, capture_output=True).stdout.split("\n")[:-1]


def as_asked(name):
    """The form names have inside."""
    return name.lower() if name.isascii() else name.encode("idna").decode()


@needs_vectors
def test_every_case():
    lines = [line.split() for line in
             (PSL / "tests.txt").read_text("utf-8").splitlines()
             if line.strip() and not line.startswith("//")]
    assert len(lines) > 70 and all(len(line) == 2 for line in lines)
    got = registered(name for name, _ in lines)
    wrong = [(name, want, has) for (name, want), has in zip(lines, got)
             if name != "null" and has != as_asked(want)]
    assert not wrong
    print(f"{len(lines)} cases")
