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
 *   crash [--long] [--seeds N] [--lie PREFIX] [--every N]
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "faulty.h"
#include "script.h"

enum { STEPS_MAX = 50 };

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

int
main(int argc, char **argv)
{
	struct options o = options_of(argc, argv);
	struct golden *g = calloc(1, sizeof(*g));
	uint64_t tried = 0, violations = 0;
	size_t i;

	bug_if(!g || script_steps > STEPS_MAX);
	if (!run_golden(g))
		return 1;
	for (int fault = FAULT_EIO; fault < FAULTS; fault++)
		violations += try_fault(&o, g, (enum fault)fault, &tried);
	printf("points tried: %llu (%llu in the script), violations: %llu\n",
	    (unsigned long long)tried, (unsigned long long)g->points,
	    (unsigned long long)violations);
	for (i = 0; i <= script_steps; i++)
		buf_free(&g->seen[i]);
	free(g);
	return violations > 0;
}
