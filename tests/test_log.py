"""Every event that is logged is one word, and doc/log.md has it with its
levels and fields; and the other way round."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[1]
CALL = re.compile(r"\blog_(?:ctx_)?event\(")
WORD = re.compile(r"[a-z][a-z0-9_]*")
LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')
LEVEL = re.compile(r"\bLOG_([A-Z]+)\b")
KEY = re.compile(r"\bF_(?:STR|INT)\(([^,]+),")
ROW = re.compile(r"\| `([^`]+)` \| ([a-z, ]+) \|([^|]*)\| ([^|]+) \|")


def arguments(text, start):
    """What stands between the "(" at start and its ")", cut at commas."""
    found, depth, begin, at = [], 0, start + 1, start
    while True:
        c = text[at]
        if c == '"':
            at = LITERAL.match(text, at).end()
            continue
        if c in "({[":
            depth += 1
        elif c in ")}]":
            depth -= 1
        if depth == 0 or (c == "," and depth == 1):
            found.append(text[begin:at])
            begin = at + 1
        if depth == 0:
            return found
        at += 1


def literals(text, name):
    """The strings of an argument, or of the table that it looks into."""
    table = re.match(r"\s*(\w+)\[", name)
    if table:
        name = re.search(rf"\b{table[1]}\[\] = {{(.*?)}};", text, re.S)[1]
        return LITERAL.findall(name)
    # "a" "b" is one string.
    return LITERAL.findall(re.sub(r'"\s+"', "", name))


def logged(root):
    """Each event: where it is first, its levels, its fields."""
    found = {}
    for path in sorted(root.glob("src/**/*.c")):
        if path.name.endswith("_test.c"):
            continue
        text = path.read_text()
        for call in CALL.finditer(text):
            _, level, name, *fields = arguments(text, call.end() - 1)
            keys = {k for f in fields for key in KEY.findall(f)
                    for k in LITERAL.findall(key)}
            if any("F_ERR(" in f for f in fields):
                keys.add("error")
            events = literals(text, name)
            assert events, f"{path}: which event is {name}?"
            for event in events:
                _, levels, all_keys = found.setdefault(
                    event, (path, set(), set()))
                levels.update(w.lower() for w in LEVEL.findall(level))
                all_keys.update(keys)
    return found


def listed(text):
    """The rows of doc/log.md: levels and fields by event."""
    rows = {}
    for event, levels, fields, _ in ROW.findall(text):
        same = re.fullmatch(r"as `(\w+)`", fields.strip())
        keys = rows[same[1]][1] if same else {
            key for key in re.findall(r"[\w-]+", fields) if key != "or"}
        assert event not in rows, f"{event} stands there twice"
        rows[event] = (set(levels.split(", ")), keys)
    return rows


def differences(root):
    events, rows = logged(root), listed((root / "doc/log.md").read_text())
    for event, (path, levels, keys) in sorted(events.items()):
        if not WORD.fullmatch(event):
            yield f'{path}: "{event}" is no word'
        elif event not in rows:
            yield f"doc/log.md lacks {event}, of {path}"
        elif rows[event] != (levels, keys):
            yield (f"doc/log.md has {event} with {rows[event]}, and {path} "
                   f"with {(levels, keys)}")
    for event in sorted(rows.keys() - events.keys()):
        yield f"nobody logs {event} of doc/log.md"


def test_events():
    found = list(differences(ROOT))
    assert not found, "\n" + "\n".join(found)


def test_planted(tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "doc").mkdir()
    (tmp_path / "src/a.c").write_text("""
        static const char *const names[] = { [A] = "one", [B] = "two" };
        log_event(l, bad ? LOG_WARN : LOG_INFO, names[x], F_INT("n", f(1)));
        log_ctx_event(&s->log, LOG_WARN, "not a "
            "word", F_ERR(&err));
        log_event(l, LOG_INFO, a ? "three" : "four",
            F_STR(b ? "yes" : "no", STR(",)")));
        """)
    (tmp_path / "doc/log.md").write_text("""
| `one` | info, warn | n | what |
| `two` | info | n | a level is missing |
| `three` | info | yes or no | right |
| `five` | info | | nobody |
""")
    found = list(differences(tmp_path))
    assert [re.sub(r"[^ ]*/a\.c", "a.c", f).split(", ")[0].split(" with ")[0]
            for f in found] == [
        "doc/log.md lacks four",
        'a.c: "not a word" is no word',
        "doc/log.md has two",
        "nobody logs five of doc/log.md"]
