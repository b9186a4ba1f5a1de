"""A store message is added to a copy of src/ by the steps of CONTRIBUTING.md,
and works: who may not is refused, and asked again it is not done twice."""

import pathlib
import re
import shlex
import shutil
import subprocess

from lib.server import BUILD

ROOT = pathlib.Path(__file__).resolve().parents[1]
STORE = "src/store/"
LINKED = "src/store/store_service_test"

# File, what the step is put in front of, what it is. The fifth is the test.
STEPS = [
    (STORE + "messages.h", "\n/* Notices to store: nobody answers. */", """\
 \\
	C(count,          answer, AUTH_ACCOUNT,      RUN_WRITER, CHANGE_once, own)
"""),
    (STORE + "messages.h", "/* ---- structs and shapes of all these",
     "#define FIELDS_count_ask(F, S) F(S, u64, change, 0) "
     "F(S, u32, add, 0)\n"),
    (STORE + "messages.h", "/* ---- structs and shapes of all these",
     "#define FIELDS_count_answer(F, S) F(S, u32, sum, 0)\n"),
    (STORE + "mailbox/append.c", None, """
int
write_count(struct engine *e, struct write *w)
{
	static uint32_t sum;

	(void)e;
	sum += ((const struct count_ask *)w->ask)->add;
	w->answer.count.sum = sum;
	return 0;
}
"""),
]
TEST = """
#include "store/service/test_world.h"

static void
ask(void *arg)
{
	struct world *w = arg;
	struct store *st = world_open_account(w,
	    world_account(w, "alice@example.test"));
	struct count_ask two = { 7, 2 }, three = { 7, 3 };
	struct count_answer answer;

	for (int i = 0; i < 2; i++) {
		OK(store_call(st, STORE_count, &two, &answer, w->a, &w->err));
		assert_int_equal(answer.sum, 2);
	}
	assert_int_equal(store_call(st, STORE_count, &three, &answer, w->a,
	    &w->err), E_INVALID);
	three.change++;
	OK(store_call(st, STORE_count, &three, &answer, w->a, &w->err));
	assert_int_equal(answer.sum, 5);
	assert_int_equal(store_call(w->mx, STORE_count, &three, &answer, w->a,
	    &w->err), E_DENIED);
	store_close(st);
	w->changed = 1;
	loop_stop(w->loop);
}

static void
test_count(void **state)
{
	world_run(*state, ask);
	assert_true(((struct world *)*state)->changed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_count,
		    world_set_up_fake, world_tear_down) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
"""
# What knows the numbers of calls; the rest is linked as it was built.
ANEW = ["messages.c", "engine/commit.c", "engine/engine.c",
        "engine/change_id.c", "mailbox/append.c", "service/calls.c",
        "service/service.c", "service/test_world.c", "service/service_test.c"]


def test_guide(tmp_path):
    shutil.copytree(ROOT / "src", tmp_path / "src")
    for name, before, text in STEPS:
        path = tmp_path / name
        old = path.read_text()
        at = len(old) if before is None else old.index(before)
        if text.startswith(" \\"):      # a row goes on with the one above
            at = len(old[:at].rstrip())
        path.write_text(old[:at] + text + old[at:])
    (tmp_path / STORE / "service/service_test.c").write_text(TEST)
    assert len(STEPS) + 1 <= 5

    commands = subprocess.run(
        ["ninja", "-C", BUILD, "-t", "commands", LINKED], check=True,
        capture_output=True, text=True).stdout.splitlines()
    objects = {}
    for line in commands:
        words = shlex.split(line)
        name = re.sub(r"^.*/src/store/", "", words[-1])
        if name not in ANEW or "-c" not in words:
            continue
        out = words[words.index("-o") + 1]
        objects[out] = str(tmp_path / name.replace("/", "_")) + ".o"
        words[-1] = str(tmp_path / STORE / name)
        words[words.index("-o") + 1] = objects[out]
        words = ["-I" + str(tmp_path / "src") if w == "-I../src" else
                 "-I" + str(tmp_path / "src/store") if w == "-I../src/store"
                 else w for w in words]
        at = words.index("-MQ")
        del words[at - 1:at + 4]        # no record of what it depends on
        subprocess.run(words, cwd=BUILD, check=True)
    assert len(objects) == len(ANEW), sorted(objects)
    words = shlex.split(commands[-1])
    words[words.index("-o") + 1] = str(tmp_path / "count_test")
    words = [objects.pop(w, w) for w in words]
    first = words.index("-o") + 2       # before the libraries
    words[first:first] = objects.values()
    subprocess.run(words, cwd=BUILD, check=True)
    subprocess.run([tmp_path / "count_test"], check=True)
