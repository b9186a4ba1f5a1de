"""The tree keeps the rules of the house, and the checker sees when not."""

import pathlib

import check_tree
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("name", check_tree.CHECKS)
def test_tree(name):
    found = list(check_tree.CHECKS[name](ROOT))
    assert not found, "\n" + "\n".join(found)


def plant(root, name, text):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


# Check, file, what is wrong with it; None where nothing is.
PLANTED = [
    ("includes", "src/base/a.c", '#include "rt/loop.h"\n', "rt/loop.h"),
    ("includes", "src/rt/a.c", '#include "base/str.h"\n', None),
    ("includes", "src/rt/a.c", '#include "rt/loop.h"\n', None),
    ("includes", "src/smtp/a.c", '#include "imap/x.h"\n', "imap/x.h"),
    ("includes", "src/rt/role.c", '#include "store/client.h"\n', None),
    ("includes", "src/rt/role_x.c", '#include "store/blob.h"\n', None),
    ("includes", "src/rt/keys.c", '#include "store/client.h"\n',
     "store/client.h"),
    ("includes", "src/rt/role.c", '#include "store/sql.h"\n',
     "store/sql.h"),
    ("includes", "src/rt/a.c", '#include "loop.h"\n', "loop.h"),
    ("includes", "src/rt/a.c", '#include "../base/str.h"\n', "base/str.h"),
    ("includes", "src/new/a.c", "", "no folder"),
    ("includes", "src/store/sql/a.c", '#include "store/disk/file.h"\n', None),
    ("includes", "src/store/sql/a.c", '#include "store/queue/x.h"\n',
     "store/queue/x.h"),
    ("includes", "src/store/client.c", '#include "store/disk/file.h"\n',
     "store/disk/file.h"),
    ("includes", "src/smtp/a.c", '#include "store/messages.h"\n', None),
    ("includes", "src/smtp/a.c", '#include "store/disk/file.h"\n',
     "store/disk/file.h"),
    ("includes", "src/imap/grammar/a.c", '#include "imap/imap_int.h"\n',
     "imap/imap_int.h"),
    ("includes", "src/imap/a.c", '#include "imap/grammar/scan.h"\n', None),
    ("includes", "src/pop3/a.c", '#include "imap/session.h"\n',
     "imap/session.h"),
    ("includes", "src/pop3/a.c", '#include "mail/view.h"\n', None),
    ("includes", "src/front/a.c", '#include "imap/session.h"\n', None),
    ("headers", "src/rt/a.h", "struct x *f(size_t n);\n", "stand alone"),
    ("headers", "src/rt/a.h", "#pragma once\nint f(void);\n", None),
    ("length", "src/rt/a.c", "\n" * 701, "701 lines"),
    ("length", "src/rt/a.c", "\n" * 700, None),
    ("columns", "src/rt/a.c", "\t" * 9 + "123456789\n", "81 columns"),
    ("columns", "src/rt/a.c", "\t" * 9 + "12345678\n", None),
    ("columns", "src/rt/a.h", "\tC(a," + " " * 75 + ") \\\n", None),
    ("columns", "src/rt/a.h", "\tC(a," + " " * 76 + ") \\\n", "91 columns"),
    ("words", "src/mail/a.c", "/* as in IMAP */\n", "IMAP"),
    ("words", "src/mail/meson.build", "dependencies: smtp_dep\n", "smtp_dep"),
    ("words", "src/mail/a.c", "bool smtputf8;\n", None),
    ("words", "src/smtp/a.c", "/* SMTP */\n", None),
    ("names", "src/rt/a.c", "int x;\nstatic void\nrun(void)\n", ":3: "),
    ("names", "src/rt/a.c", "static struct x *find(int);\n", "find()"),
    ("names", "src/rt/a.c", "static void\nrun_all(void)\n", None),
    ("names", "src/rt/a.c", "static int n;\n\nvoid\nrun(void)\n", None),
    ("names", "src/rt/a_test.c", "static void\nrun(void)\n", None),
    ("names", "src/rt/test_a.c", "static void\nrun(void)\n", None),
    ("marks", "src/rt/a.c", "/* TO" + "DO */\n", "DO"),
    ("marks", "doc/a.md", "/wo" + "rk/main\n", "main"),
    ("marks", "doc/a.md", "/var/lib/postern\n", None),
]


@pytest.mark.parametrize("check,name,text,wanted", PLANTED)
def test_planted(tmp_path, check, name, text, wanted):
    plant(tmp_path, name, text)
    found = list(check_tree.CHECKS[check](tmp_path))
    assert len(found) == (wanted is not None), found
    assert wanted is None or wanted in found[0]
