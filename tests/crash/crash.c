/*
 * crash.c - what the store promised is there after every failure of the disk.
 *
 * The script runs once without faults and what can be seen after each step is
 * kept. Then it runs again for every point (a write, a sync, a change of size
 * or of a name) and every kind of fault there. After the fault the store is
 * opened again and must show exactly what it showed before the step under
 * way, or after it; never anything else, and recounting must agree. The step
 * is asked again with its change ids: it must end as if nothing had happened,
 * and so must the rest of the script.
 *
 * Before each step, too: the process dies and begins again on a disk that is
 * full; and a second one begins, though the first goes on. And some points
 * again by clocks that go back or jump.
 *
 *   crash [--long] [--seeds N] [--lie PREFIX] [--every N]
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "faulty.h"
#include "script.h"

enum { STEPS_MAX = 64, OTHER_CLOCKS_EVERY = 3 };

struct golden {
	struct buf seen[STEPS_MAX + 1];	/* before step i */
	uint64_t points;
};

struct trial {
	const struct golden *golden;
	enum fault fault;
	uint64_t point, seed;
	const char *lie;
	struct faulty *disk;
	struct fixture d;
	bool violated;
};

static const char *const fault_names[FAULTS] = { "none", "fails", "full",
	"power, all kept", "power, all lost", "power, some kept" };

static void violation(struct trial *t, size_t step, const char *what,
    const char *more);

static void
violation(struct trial *t, size_t step, const char *what, const char *more)
{
	t->violated = true;
	fprintf(stderr, "VIOLATION point %llu (%s, seed %llu) step %zu (%s): "
	    "%s: %s\n", (unsigned long long)t->point, fault_names[t->fault],
	    (unsigned long long)t->seed, step,
	    step < script_steps ? script[step].name : "end", what, more);
}

static int
open_store(struct trial *t)
{
	fixture_init(&t->d, faulty_files(t->disk));
	t->d.o.pack_octets = 16384;
	t->d.o.wal_octets = 120000;
	t->d.o.reserve_octets = 300000;
	return fixture_open(&t->d);
}

/* What is seen now: which of the two steps' is it? */
static bool
is_seen(struct trial *t, size_t step, size_t *which, size_t least,
    size_t most)
{
	struct buf now = BUF_INIT(1 << 20);
	size_t i;
	bool ok = false;

	if (script_dump(&t->d, &now) < 0) {
		violation(t, step, "cannot look", t->d.err.text);
		buf_free(&now);
		return false;
	}
	for (i = least; i <= most && !ok; i++)
		ok = str_eq(buf_get(&now), buf_get(&t->golden->seen[i]));
	*which = i - 1;
	if (!ok) {
		violation(t, step, "shows something else", "");
		if (getenv("CRASH_SHOW"))
			fprintf(stderr, "--- is\n%.*s--- was\n%.*s",
			    (int)now.n, now.p,
			    (int)t->golden->seen[least].n,
			    t->golden->seen[least].p);
	}
	buf_free(&now);
	return ok;
}

static bool
recounts(struct trial *t, size_t step)
{
	int problems = fixture_verify(&t->d);

	if (problems == 0)
		return true;
	violation(t, step, "verify", problems < 0 ? t->d.err.text
						  : "problems");
	return false;
}

/* After it only the steps from least to most may be seen done. */
static bool
reopen(struct trial *t, size_t step, size_t least, size_t most)
{
	size_t which;

	fixture_close(&t->d);
	faulty_restart(t->disk);
	if (open_store(t) < 0) {
		violation(t, step, "does not open", t->d.err.text);
		return false;
	}
	return is_seen(t, step, &which, least, most) && recounts(t, step);
}

/* The step again, with its ids: whatever happened to it before, it ends as it
 * should. */
static bool
again(struct trial *t, size_t step)
{
	size_t which;

	if (script_run(&t->d, step) < 0) {
		violation(t, step, "asked again", t->d.err.text);
		return false;
	}
	return is_seen(t, step, &which, step + 1, step + 1);
}

/* What store does every second: it may find that there is room again. */
static void
clean_up(struct trial *t, size_t step)
{
	bool more = true;

	t->d.now_us += 10000000;
	while (more)
		if (engine_gc(t->d.e, &more, &t->d.err) < 0) {
			violation(t, step, "clean up", t->d.err.text);
			break;
		}
}

static bool
step_ok(struct trial *t, size_t step)
{
	int rc = script_run(&t->d, step);
	size_t which;
	bool ok;

	if (rc == 0)
		return true;
	if (!faulty_happened(t->disk)) {
		violation(t, step, "fails by itself", t->d.err.text);
		return false;
	}
	if (rc == E_FULL) { /* only this request failed, and wholly */
		faulty_room(t->disk);
		clean_up(t, step);
		ok = script[step].several ? recounts(t, step)
			: is_seen(t, step, &which, step, step);
	} else {
		ok = (t->d.dead || rc == E_IO) &&
		    reopen(t, step, step, step + 1);
	}
	if (!ok && !t->violated)
		violation(t, step, "another error", t->d.err.text);
	/* And what was acknowledged is not done twice. */
	return ok && again(t, step) && again(t, step);
}

static void
run(struct trial *t)
{
	size_t i;
	int rc = 0;

	t->disk = faulty_new();
	faulty_plan(t->disk, t->fault, t->point, t->seed);
	if (t->lie)
		faulty_lie(t->disk, t->lie);
	if (open_store(t) < 0)
		rc = reopen(t, 0, 0, 0) ? 0 : -1;
	for (i = 0; i < script_steps && rc == 0; i++)
		if (!step_ok(t, i))
			rc = -1;
	if (rc == 0)
		(void)reopen(t, script_steps, script_steps,
		    script_steps);
	fixture_close(&t->d);
	faulty_free(t->disk);
}

/* The way it should be; what is in memory must be what is on the disk. */
static bool
run_golden(struct golden *g)
{
	struct trial t = { .golden = g };
	bool ok = true;
	size_t i;

	t.disk = faulty_new();
	for (i = 0; i <= script_steps && ok; i++) {
		ok = i > 0 ? t.d.e != NULL : open_store(&t) == 0;
		if (ok && i > 0 && script_run(&t.d, i - 1) < 0) {
			violation(&t, i - 1, "golden", t.d.err.text);
			ok = false;
		}
		g->seen[i] = BUF_INIT(1 << 20);
		ok = ok && script_dump(&t.d, &g->seen[i]) == 0;
	}
	g->points = faulty_points(t.disk);
	ok = ok && reopen(&t, script_steps, script_steps, script_steps);
	fixture_close(&t.d);
	faulty_free(t.disk);
	return ok;
}

/* The steps before it, as they should be. */
static bool
run_until(struct trial *t, size_t step)
{
	t->disk = faulty_new();
	if (open_store(t) < 0)
		return false;
	for (size_t i = 0; i < step; i++)
		if (script_run(&t->d, i) < 0)
			return false;
	return true;
}

/* The process died, and the disk is full when the next one begins: it shows
 * what there is. The step is done or finds no room, and is done with room. */
static void
run_full(struct trial *t, size_t step)
{
	size_t which;
	int rc;

	if (!run_until(t, step))
		violation(t, step, "full", t->d.err.text);
	faulty_plan(t->disk, FAULT_POWER_ALL, faulty_points(t->disk) + 1, 0);
	fixture_close(&t->d);
	faulty_restart(t->disk);
	faulty_plan(t->disk, FAULT_FULL, faulty_points(t->disk) + 1, 0);
	if (open_store(t) < 0) {
		violation(t, step, "does not open when full", t->d.err.text);
	} else if (is_seen(t, step, &which, step, step)) {
		rc = script_run(&t->d, step);
		if (rc < 0 && rc != E_FULL)
			violation(t, step, "full", t->d.err.text);
		faulty_room(t->disk);
		clean_up(t, step);
		(void)(again(t, step) && again(t, step) && recounts(t, step));
	}
	fixture_close(&t->d);
	faulty_free(t->disk);
}

/* A second process has begun, as no lock kept it away: the first does not
 * write an octet more, also when it ends. */
static void
run_two(struct trial *t, size_t step)
{
	struct trial first;
	uint64_t points;
	bool more;

	if (!run_until(t, step))
		violation(t, step, "two", t->d.err.text);
	first = *t;
	first.d.o.arg = &first.d;
	if (open_store(t) < 0)
		violation(t, step, "second", t->d.err.text);
	points = faulty_points(t->disk);
	if (engine_gc(first.d.e, &more, &first.d.err) != E_STALE)
		violation(t, step, "the first one cleans", "");
	(void)script_run(&first.d, step);
	fixture_close(&first.d);
	if (faulty_points(t->disk) != points)
		violation(t, step, "the first one writes", "");
	if (again(t, step) && again(t, step))
		(void)recounts(t, step);
	fixture_close(&t->d);
	faulty_free(t->disk);
}

struct options {
	uint64_t seeds, every;
	const char *lie;
};

static struct options
options_of(int argc, char **argv)
{
	static const struct option names[] = {
		{ "long", no_argument, NULL, 'l' },
		{ "seeds", required_argument, NULL, 's' },
		{ "lie", required_argument, NULL, 'L' },
		{ "every", required_argument, NULL, 'e' },
		{ 0 },
	};
	struct options o = { 1, 1, NULL };
	int c;

	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		bool ok = true;

		if (c == 'l')
			o.seeds = 20;
		else if (c == 's')
			ok = str_u64(str_c(optarg), &o.seeds);
		else if (c == 'e')
			ok = str_u64(str_c(optarg), &o.every) && o.every;
		else if (c == 'L')
			o.lie = optarg;
		else
			ok = false;
		if (!ok)
			exit(2);
	}
	return o;
}

static uint64_t
try_one(const struct options *o, const struct golden *g, enum fault fault,
    uint64_t point, uint64_t seed)
{
	struct trial t = { .golden = g, .fault = fault, .point = point,
		.lie = o->lie, .seed = seed * 7919 + point };

	run(&t);
	return t.violated;
}

static uint64_t
try_fault(const struct options *o, const struct golden *g, enum fault fault,
    uint64_t *tried)
{
	bool chance = fault == FAULT_POWER_SOME || fault == FAULT_EIO;
	uint64_t seeds = chance ? o->seeds : 1, bad = 0, point, seed;

	for (point = 1; point <= g->points; point += o->every)
		for (seed = 0; seed < seeds; seed++, (*tried)++)
			bad += try_one(o, g, fault, point, seed);
	return bad;
}

static uint64_t
try_step(const struct golden *g, void (*fn)(struct trial *t, size_t step),
    size_t step)
{
	struct trial t = { .golden = g };

	fn(&t, step);
	return t.violated;
}

static uint64_t
try_clock(const struct options *o, uint64_t *tried)
{
	struct options some = *o;
	struct golden *g = calloc(1, sizeof(*g));
	uint64_t bad = 0;
	size_t i;

	bug_if(!g || script_steps > STEPS_MAX);
	if (script_clock != CLOCK_GOES)
		some.every *= OTHER_CLOCKS_EVERY;
	if (!run_golden(g))
		return 1;
	for (int fault = FAULT_EIO; fault < FAULTS; fault++)
		bad += try_fault(&some, g, (enum fault)fault, tried);
	for (i = 0; i < script_steps; i += (size_t)some.every, *tried += 2)
		bad += try_step(g, run_full, i) + try_step(g, run_two, i);
	for (i = 0; i <= script_steps; i++)
		buf_free(&g->seen[i]);
	free(g);
	return bad;
}

int
main(int argc, char **argv)
{
	struct options o = options_of(argc, argv);
	uint64_t tried = 0, violations = 0;

	for (int clock = 0; clock < CLOCKS; clock++) {
		script_clock = (enum script_clock)clock;
		violations += try_clock(&o, &tried);
	}
	printf("points tried: %llu, violations: %llu\n",
	    (unsigned long long)tried, (unsigned long long)violations);
	return violations > 0;
}
