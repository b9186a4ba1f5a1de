/*
 * crash.c - what the store promised is there after every failure of the disk.
 *
 * The script runs once without faults and what can be seen after each step is
 * kept. Then it runs again, and before each step copies of the process go on
 * with a fault: for every point (a write, a sync, a change of size or of a
 * name) that the step has, and every kind of fault there. After the fault the
 * store is opened again and must show exactly what it showed before the step
 * under way, or after it; never anything else, and recounting must agree. The
 * step is asked again with its change ids: it must end as if nothing had
 * happened, and so must the rest of the script.
 *
 * Before each step, too, what operators and other programs do to the folder
 * (operators.c). And some points again by clocks that go back or jump.
 *
 *   crash [--long] [--seeds N] [--lie PREFIX] [--every N]
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "trial.h"

enum { OTHER_CLOCKS_EVERY = 3 };

static const char *const fault_names[FAULTS] = { "none", "fails", "full",
	"power, all kept", "power, all lost", "power, some kept" };

void
violation(struct trial *t, size_t step, const char *what, const char *more)
{
	t->violated = true;
	fprintf(stderr, "VIOLATION point %llu (%s, seed %llu) step %zu (%s): "
	    "%s: %s\n", (unsigned long long)t->point, fault_names[t->fault],
	    (unsigned long long)t->seed, step,
	    step < script_steps ? script[step].name : "end", what, more);
}

int
open_store(struct trial *t)
{
	fixture_init(&t->d, faulty_files(t->disk));
	t->d.o.pack_octets = 16384;
	t->d.o.wal_octets = 120000;
	t->d.o.reserve_octets = 300000;
	t->d.o.unused_pages = 4;
	t->d.o.ages.deleted_s = 1000;
	return fixture_open(&t->d);
}

bool
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

bool
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

bool
again(struct trial *t, size_t step)
{
	size_t which;

	if (script_run(&t->d, step) < 0) {
		violation(t, step, "asked again", t->d.err.text);
		return false;
	}
	return is_seen(t, step, &which, step + 1, step + 1);
}

void
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

void
die(struct trial *t)
{
	faulty_stop(t->disk);
	fixture_close(&t->d);
	faulty_restart(t->disk);
}

/* From this step on, the fault that is planned being ahead. */
static void
run_from(struct trial *t, size_t step)
{
	size_t i = step;

	while (i < script_steps && step_ok(t, i))
		i++;
	if (i == script_steps)
		(void)reopen(t, script_steps, script_steps, script_steps);
}

/* A fault while the first start makes everything. */
static void
run_first_start(struct trial *t, size_t step)
{
	t->disk = faulty_new();
	faulty_plan(t->disk, t->fault, t->point, t->seed);
	if (t->lie)
		faulty_lie(t->disk, t->lie);
	if (open_store(t) == 0 || reopen(t, 0, 0, 0))
		run_from(t, step);
}

static void
run_planned(struct trial *t, size_t step)
{
	faulty_plan(t->disk, t->fault, t->point, t->seed);
	run_from(t, step);
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
		g->points[i] = faulty_points(t.disk);
		ok = ok && script_dump(&t.d, &g->seen[i]) == 0;
	}
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

/* In a process of its own, which has all that this one has. 1: it was violated,
 * or the process died. */
static uint64_t
in_child(struct trial *t, void (*fn)(struct trial *t, size_t step),
    size_t step)
{
	int status = 0;
	pid_t child;

	(void)fflush(NULL);
	child = fork();
	bug_if(child < 0);
	if (child == 0) {
		fn(t, step);
		(void)fflush(NULL);
		_exit(t->violated);
	}
	bug_if(waitpid(child, &status, 0) != child);
	if (WIFSIGNALED(status))
		violation(t, step, "it died", strsignal(WTERMSIG(status)));
	return status != 0;
}

/* Every fault at every point from the one on to the next step. */
static uint64_t
try_faults(const struct options *o, struct trial *t, size_t step,
    uint64_t from, uint64_t to, void (*fn)(struct trial *t, size_t step),
    uint64_t *tried)
{
	uint64_t bad = 0;

	for (t->point = from; t->point <= to; t->point++) {
		if ((t->point - 1) % o->every)
			continue;
		for (int f = FAULT_EIO; f < FAULTS; f++) {
			bool chance = f == FAULT_POWER_SOME || f == FAULT_EIO;
			uint64_t seeds = chance ? o->seeds : 1, seed;

			t->fault = (enum fault)f;
			for (seed = 0; seed < seeds; seed++, (*tried)++) {
				t->seed = seed * 7919 + t->point;
				bad += in_child(t, fn, step);
			}
		}
	}
	t->fault = FAULT_NONE;
	return bad;
}

static uint64_t
try_acts(struct trial *t, size_t step, uint64_t *tried)
{
	uint64_t bad = 0;

	for (size_t i = 0; i < nacts; i++, (*tried)++) {
		uint64_t wrong = in_child(t, acts[i].run, step);

		if (wrong)
			fprintf(stderr, "(%s)\n", acts[i].name);
		bad += wrong;
	}
	return bad;
}

/* The script once more; before each step, copies of this process go other
 * ways. */
static uint64_t
try_steps(const struct options *o, const struct golden *g, uint64_t *tried)
{
	struct trial t = { .golden = g, .lie = o->lie };
	uint64_t bad = 0;
	size_t i;

	bad += try_faults(o, &t, 0, 1, g->points[0], run_first_start, tried);
	t.disk = faulty_new();
	if (o->lie)
		faulty_lie(t.disk, o->lie);
	bug_if(open_store(&t) < 0);
	for (i = 0; i < script_steps; i++) {
		bug_if(faulty_points(t.disk) != g->points[i]);
		bad += try_faults(o, &t, i, g->points[i] + 1, g->points[i + 1],
		    run_planned, tried);
		if (i % o->every == 0)
			bad += try_acts(&t, i, tried);
		bug_if(script_run(&t.d, i) < 0);
	}
	fixture_close(&t.d);
	faulty_free(t.disk);
	return bad;
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
	bad = try_steps(&some, g, tried);
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
