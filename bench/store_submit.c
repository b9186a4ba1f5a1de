/*
 * store_submit.c - what a message costs the store beneath its connections:
 * messages a second, processor time and calls to the file layer, by batch.
 *
 *   store_submit [FOLDER]     a scratch folder is made in FOLDER (/tmp)
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "store/service/test_fixture.h"
#include "store/test_blob.h"

enum { ACCOUNTS = 100, OCTETS = 1800, FACTS = 1200, BATCH_MAX = 50 };

/* The real files, counted. */
struct counting {
	struct files files;
	struct files *real;
	struct files_ops ops;
	uint64_t calls, octets, syncs;
};

static struct counting *
counting_of(struct files *fs)
{
	return container_of(fs, struct counting, files);
}

static int
c_open(struct files *fs, const char *name, uint32_t how, struct file **f)
{
	struct counting *c = counting_of(fs);
	int rc = c->real->ops->open(c->real, name, how, f);

	if (rc == 0)
		(*f)->files = fs; /* so that its operations come here */
	c->calls++;
	return rc;
}

static int
c_write(struct file *f, const void *p, size_t n, uint64_t at)
{
	struct counting *c = counting_of(f->files);

	c->calls++;
	c->octets += n;
	return c->real->ops->write(f, p, n, at);
}

static int
c_sync(struct file *f)
{
	struct counting *c = counting_of(f->files);

	c->calls++;
	c->syncs++;
	return c->real->ops->sync(f);
}

static int
c_read(struct file *f, void *p, size_t n, uint64_t at, size_t *got)
{
	struct counting *c = counting_of(f->files);

	c->calls++;
	return c->real->ops->read(f, p, n, at, got);
}

#define NAMED(op, args, pass)                                         \
	static int c_##op args                                        \
	{                                                             \
		struct counting *c = counting_of(fs);                 \
		c->calls++;                                           \
		return c->real->ops->op pass;                         \
	}
NAMED(unlink, (struct files *fs, const char *n), (c->real, n))
NAMED(rename, (struct files *fs, const char *n, const char *to),
    (c->real, n, to))
NAMED(mkdir, (struct files *fs, const char *n), (c->real, n))
NAMED(sync_dir, (struct files *fs, const char *n), (c->real, n))
NAMED(exists, (struct files *fs, const char *n), (c->real, n))
NAMED(list, (struct files *fs, const char *n,
    void (*fn)(void *, const char *), void *a), (c->real, n, fn, a))

static void
counting_init(struct counting *c, struct files *real)
{
	c->real = real;
	c->ops = *real->ops;
	c->ops.open = c_open;
	c->ops.read = c_read;
	c->ops.write = c_write;
	c->ops.sync = c_sync;
	c->ops.unlink = c_unlink;
	c->ops.rename = c_rename;
	c->ops.mkdir = c_mkdir;
	c->ops.sync_dir = c_sync_dir;
	c->ops.exists = c_exists;
	c->ops.list = c_list;
	c->files.ops = &c->ops;
}

static double
cpu_us(void)
{
	struct rusage r;

	getrusage(RUSAGE_SELF, &r);
	return (double)r.ru_utime.tv_sec * 1e6 + (double)r.ru_utime.tv_usec +
	    (double)r.ru_stime.tv_sec * 1e6 + (double)r.ru_stime.tv_usec;
}

static double
wall_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

struct bench {
	struct fixture d;
	struct counting files;
	uint64_t account[ACCOUNTS];
	char octets[OCTETS], facts[FACTS], address[ACCOUNTS][32];
	struct submit_ask ask[BATCH_MAX];
	struct recipient rcpt[BATCH_MAX];
	struct write w[BATCH_MAX];
	uint64_t n;
};

static void
one_batch(struct bench *b, size_t batch)
{
	size_t i, who;

	for (i = 0; i < batch; i++) {
		who = (size_t)(b->n++ * 37 % ACCOUNTS);
		b->ask[i] = (struct submit_ask){ .change = ++b->d.change,
			.reverse_path = STR("sender@elsewhere.test"),
			.octets = str_make(b->octets, OCTETS),
			.raw_size = 4096, .facts = str_make(b->facts, FACTS),
			.message_id = STR("<1234567890@elsewhere.test>"),
			.peer = STR("192.0.2.1"), .helo = STR("elsewhere"),
			.protocol = STR("ESMTP"), .session = STR("a81f") };
		b->rcpt[i] = (struct recipient){
			.address = str_c(b->address[who]),
			.account = b->account[who] };
		b->w[i] = (struct write){ .caller = &b->d.mx,
			.call = STORE_submit, .ask = &b->ask[i],
			.rcpts = &b->rcpt[i], .nrcpts = 1 };
	}
	if (fixture_commit(&b->d, b->w, batch) < 0 || b->w[0].code < 0) {
		fprintf(stderr, "%s\n", b->d.err.text);
		exit(1);
	}
	b->d.now_us += 1000;
	engine_flush_journal(b->d.e);
}

static void
measure(struct bench *b, size_t batch, double seconds)
{
	double wall = wall_us(), cpu = cpu_us(), until = wall + seconds * 1e6;
	uint64_t n = b->n, calls = b->files.calls, octets = b->files.octets;
	uint64_t syncs = b->files.syncs;
	double k, before, longest = 0;

	while ((before = wall_us()) < until) {
		one_batch(b, batch);
		if (wall_us() - before > longest)
			longest = wall_us() - before;
	}
	k = (double)(b->n - n);
	printf("batch %2zu: %6.0f messages/s, %5.1f us processor time, "
	    "%4.2f file calls, %.2f syncs, %.1f KB written a message; the "
	    "longest commit took %.0f ms\n",
	    batch, k / (wall_us() - wall) * 1e6, (cpu_us() - cpu) / k,
	    (double)(b->files.calls - calls) / k,
	    (double)(b->files.syncs - syncs) / k,
	    (double)(b->files.octets - octets) / k / 1024, longest / 1e3);
}

static void
measure_rcpt(struct bench *b)
{
	enum { TIMES = 20000 };
	struct rcpt_answer answer;
	struct recipient who;
	double cpu = cpu_us();
	struct rcpt_ask ask;
	int i;

	for (i = 0; i < TIMES; i++) {
		ask.address = str_c(b->address[i % ACCOUNTS]);
		if (reader_rcpt(b->d.r, &b->d.mx, &ask, &answer, &who,
		    &b->d.err) < 0)
			exit(1);
	}
	printf("rcpt: %.1f us processor time\n", (cpu_us() - cpu) / TIMES);
}

static void
fill(struct bench *b)
{
	size_t i;

	for (i = 0; i < OCTETS; i++)
		b->octets[i] = (char)(i * 131 + i / 7);
	test_blob_packed(b->octets, OCTETS, 4096);
	memset(b->facts, 'f', FACTS);
	if (fixture_open(&b->d) < 0 || fixture_domain(&b->d, "a.test") < 0)
		exit(1);
	for (i = 0; i < ACCOUNTS; i++) {
		(void)snprintf(b->address[i], sizeof(b->address[i]),
		    "user%zu@a.test", i);
		if (fixture_account(&b->d, b->address[i], &b->account[i]) < 0)
			exit(1);
	}
}

int
main(int argc, char **argv)
{
	struct bench *b = calloc(1, sizeof(*b));
	char path[256];
	struct files *real;
	int dirfd;

	(void)snprintf(path, sizeof(path), "%s/postern-XXXXXX",
	    argc > 1 ? argv[1] : "/tmp");
	if (!b || !mkdtemp(path))
		return 1;
	dirfd = open(path, O_RDONLY | O_DIRECTORY);
	real = files_real(dirfd);
	counting_init(&b->files, real);
	fixture_init(&b->d, &b->files.files);
	b->d.o.pack_octets = 0;
	fill(b);
	measure(b, 20, 1);
	measure(b, 1, 2);
	measure(b, 10, 2);
	measure(b, 20, 2);
	measure(b, 50, 2);
	measure_rcpt(b);
	printf("problems: %d\n", fixture_verify(&b->d));
	fixture_close(&b->d);
	fixture_folder_end(path, dirfd, real);
	free(b);
	return 0;
}
