/*
 * store_room.c - what it costs that the database gives room back: a large
 * account goes, and while what it took is given to the disk in slices, one
 * message after the other is taken in between them.
 *
 *   store_room [FOLDER]     a scratch folder is made in FOLDER (/tmp)
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "store/engine/engine_int.h"
#include "store/service/test_fixture.h"

enum { DOUBLED = 17, TIMES_MAX = 100000, LOOK_S = 60 };

struct times {
	double us[TIMES_MAX];
	size_t n;
};

struct bench {
	struct fixture d;
	struct caller bob;
	uint64_t alice;
	int dirfd;
	double ahead_us;	/* what the clock has jumped */
	struct times slices, quiet, meanwhile;
};

static double
wall_us(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

/* Slices end by the true clock. */
static int64_t
mono_us(void *arg)
{
	struct bench *b = container_of(arg, struct bench, d);

	return (int64_t)(wall_us() + b->ahead_us);
}

static double
cpu_us(void)
{
	struct rusage r;

	(void)getrusage(RUSAGE_SELF, &r);
	return (double)r.ru_utime.tv_sec * 1e6 + (double)r.ru_utime.tv_usec +
	    (double)r.ru_stime.tv_sec * 1e6 + (double)r.ru_stime.tv_usec;
}

static double
database_mb(const struct bench *b)
{
	struct stat st;

	return fstatat(b->dirfd, "postern.db", &st, 0) < 0 ? 0 :
	    (double)st.st_size / 1e6;
}

static void
must(struct bench *b, int rc)
{
	if (rc >= 0)
		return;
	fprintf(stderr, "%s\n", b->d.err.text);
	exit(1);
}

static void
note(struct times *t, double began)
{
	if (t->n < TIMES_MAX)
		t->us[t->n++] = wall_us() - began;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double
ms_at(struct times *t, double part)
{
	qsort(t->us, t->n, sizeof(t->us[0]), compare);
	return t->n ? t->us[(size_t)((double)(t->n - 1) * part)] / 1e3 : 0;
}

/* One message, and copies of it. */
static void
fill_mailbox(struct bench *b, struct caller *who)
{
	struct open_answer in;

	must(b, fixture_append(&b->d, who, "INBOX", "text", 0, "$Forwarded",
	    NULL));
	for (int i = 0; i < DOUBLED; i++) {
		must(b, fixture_open_mailbox(&b->d, who, "INBOX", &in));
		must(b, fixture_copy(&b->d, who, &in, 1, UINT32_MAX,
		    "INBOX"));
	}
}

/* What stays lies behind what goes: all of it has to move. */
static void
fill(struct bench *b)
{
	struct caller alice;
	uint64_t bob;

	must(b, fixture_domain(&b->d, "a.test"));
	must(b, fixture_account(&b->d, "alice@a.test", &b->alice));
	must(b, fixture_account(&b->d, "bob@a.test", &bob));
	alice = fixture_person(b->alice);
	b->bob = fixture_person(bob);
	fill_mailbox(b, &alice);
	fill_mailbox(b, &b->bob);
}

static void
append(struct bench *b, struct times *t)
{
	double began = wall_us();

	must(b, fixture_append(&b->d, &b->bob, "INBOX", "text", 0, "", NULL));
	note(t, began);
}

static void
remove_alice(struct bench *b)
{
	struct account_remove_ask ask = { 77, STR("alice@a.test") };
	struct write w = { .caller = &b->d.operator_,
		.call = STORE_account_remove, .ask = &ask };
	bool more = true;

	must(b, fixture_write(&b->d, &w));
	while (more)
		must(b, engine_gc(b->d.e, &more, &b->d.err));
}

/* It looks every minute, and begins when it has looked for ten. */
static bool
wait_for_work(struct bench *b)
{
	bool more;

	for (int i = 0; i < 20 && !b->d.e->shrinking.at_work; i++) {
		b->ahead_us += LOOK_S * 1e6;
		must(b, engine_gc(b->d.e, &more, &b->d.err));
	}
	return b->d.e->shrinking.at_work;
}

static void
give_back(struct bench *b)
{
	double began = wall_us(), cpu = 0, before, mb = database_mb(b);
	bool more;

	while (b->d.e->shrinking.at_work) {
		double slice = wall_us();

		before = cpu_us();
		must(b, engine_gc(b->d.e, &more, &b->d.err));
		cpu += cpu_us() - before;
		note(&b->slices, slice);
		append(b, &b->meanwhile);
	}
	mb -= database_mb(b);
	printf("%.0f MB given back in %.1f s and %zu slices: %.1f ms of "
	    "processor time a MB; a slice takes %.1f ms (median), %.1f ms "
	    "(99 %%)\n", mb, (wall_us() - began) / 1e6, b->slices.n,
	    cpu / 1e3 / mb, ms_at(&b->slices, 0.5), ms_at(&b->slices, 0.99));
}

int
main(int argc, char **argv)
{
	struct bench *b = calloc(1, sizeof(*b));
	char path[256];
	struct files *real;

	(void)snprintf(path, sizeof(path), "%s/postern-XXXXXX",
	    argc > 1 ? argv[1] : "/tmp");
	if (!b || !mkdtemp(path))
		return 1;
	b->dirfd = open(path, O_RDONLY | O_DIRECTORY);
	real = files_real(b->dirfd);
	fixture_init(&b->d, real);
	b->d.o.mono_us = mono_us;
	must(b, fixture_open(&b->d));
	fill(b);
	remove_alice(b);
	for (int i = 0; i < 1000; i++)
		append(b, &b->quiet);
	if (!wait_for_work(b))
		return 1;
	give_back(b);
	printf("a message taken in: %.2f ms (median), %.2f ms (99 %%); behind "
	    "a slice: %.2f ms, %.2f ms\n", ms_at(&b->quiet, 0.5),
	    ms_at(&b->quiet, 0.99), ms_at(&b->meanwhile, 0.5),
	    ms_at(&b->meanwhile, 0.99));
	printf("problems: %d\n", fixture_verify(&b->d));
	fixture_close(&b->d);
	fixture_folder_end(path, b->dirfd, real);
	free(b);
	return 0;
}
