/*
 * store_queue.c - what a large queue costs: putting a million messages into
 * it, accepting more beside them, starting with them, handing them out and
 * taking what became of them.
 *
 *   store_queue [FOLDER [MESSAGES [DESTINATIONS]]]
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "store/client.h"
#include "store/service/test_fixture.h"
#include "store/dispatch/destination_schedule.h"
#include "store/service/service.h"
#include "store/test_blob.h"

enum { OCTETS = 600, BATCH = 50, FIBERS = 16, HANDED_OUT = 100000 };

struct bench {
	struct fixture d;
	struct files *files;
	uint64_t account, n, destinations;
	char octets[OCTETS];
	char address[BATCH][64];
	struct submit_ask ask[BATCH];
	struct recipient rcpt[BATCH];
	struct write w[BATCH];
	struct caller who;
	/* Handing out. */
	struct clock clock;
	struct loop *loop;
	struct service *service;
	struct store *relay;
	uint64_t taken, takes;
	int running;
};

static double
now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static double
cpu_us(void)
{
	struct rusage r;

	getrusage(RUSAGE_SELF, &r);
	return (double)r.ru_utime.tv_sec * 1e6 + (double)r.ru_utime.tv_usec +
	    (double)r.ru_stime.tv_sec * 1e6 + (double)r.ru_stime.tv_usec;
}

/* What the process has in memory, in MB. */
static double
resident_mb(void)
{
	unsigned long long size = 0, pages = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	if (f && fscanf(f, "%llu %llu", &size, &pages) != 2)
		pages = 0;
	if (f)
		fclose(f);
	return (double)pages * (double)sysconf(_SC_PAGESIZE) / 1e6;
}

static void
put_batch(struct bench *b)
{
	size_t i;

	for (i = 0; i < BATCH; i++) {
		(void)snprintf(b->address[i], sizeof(b->address[i]),
		    "user%llu@host%llu.far.test",
		    (unsigned long long)b->n % 977,
		    (unsigned long long)(b->n * 7919 % b->destinations));
		b->n++;
		b->ask[i] = (struct submit_ask){ .change = ++b->d.change,
			.reverse_path = STR("alice@a.test"),
			.octets = str_make(b->octets, OCTETS),
			.raw_size = 900, .facts = STR("some facts of it"),
			.message_id = STR("<1234567890@a.test>"),
			.peer = STR("192.0.2.1"), .protocol = STR("ESMTPSA") };
		b->rcpt[i] = (struct recipient){
			.address = str_c(b->address[i]) };
		b->w[i] = (struct write){ .caller = &b->who,
			.call = STORE_submit, .ask = &b->ask[i],
			.rcpts = &b->rcpt[i], .nrcpts = 1 };
	}
	if (fixture_commit(&b->d, b->w, BATCH) < 0 || b->w[0].code < 0) {
		fprintf(stderr, "%s\n", b->w[0].err.text);
		exit(1);
	}
	b->d.now_us += 5000;
	engine_flush_journal(b->d.e);
}

static void
put_many(struct bench *b, uint64_t n, const char *what)
{
	uint64_t until = b->n + n;
	double at = now_s(), cpu = cpu_us();

	while (b->n < until)
		put_batch(b);
	printf("%-34s %8.0f messages/s, %6.1f us processor time each\n", what,
	    (double)n / (now_s() - at), (cpu_us() - cpu) / (double)n);
}

/* ---- handing out ------------------------------------------------------- */

static int64_t
wall_us(void *arg)
{
	struct bench *b = arg;

	return b->clock.wall_us(&b->clock);
}

static int64_t
mono_us(void *arg)
{
	struct bench *b = arg;

	return b->clock.mono_us(&b->clock);
}

static void
randomness(void *arg, void *p, size_t n)
{
	struct bench *b = arg;

	loop_random(b->loop, p, n);
}

static void
fatal(void *arg, const struct err *why)
{
	(void)arg;
	bug("%s", why->text);
}

static size_t
results_of(struct str items, struct buf *out)
{
	struct rd r = rd_of(items);
	struct queue_item item;
	size_t n = 0;

	for (; rd_left(&r) > 0; n++) {
		if (!msg_take(&r, &queue_item_shape, &item))
			bug("an item makes no sense");
		msg_put(out, &queue_result_shape, &(struct queue_result){
		    .lease = item.lease, .n = 0,
		    .outcome = OUTCOME_delivered, .code = 250,
		    .status = STR("2.0.0"), .text = STR("fine"),
		    .host = STR("mx.far.test"), .address = STR("192.0.2.9"),
		    .tls = STR("TLSv1.3") });
	}
	return n;
}

static void
relay_fiber(void *arg)
{
	struct bench *b = arg;
	struct arena *a = arena_new(4 << 20);
	struct buf results = BUF_INIT(100000);
	struct take_ask ask = { 1000 };
	struct take_answer answer;
	struct report_ask report;
	struct done done;
	struct err err;
	size_t n;

	while (b->taken < HANDED_OUT) {
		arena_reset(a);
		buf_reset(&results);
		if (store_call(b->relay, STORE_take, &ask, &answer, a, &err))
			bug("take: %s", err.text);
		n = results_of(answer.items, &results);
		if (n == 0)
			break;
		b->taken += n;
		b->takes++;
		report = (struct report_ask){ store_change_id(b->relay),
			buf_get(&results) };
		if (store_call(b->relay, STORE_report, &report, &done, a,
		    &err) < 0)
			bug("report: %s", err.text);
	}
	buf_free(&results);
	arena_free(a);
	if (--b->running == 0)
		loop_stop(b->loop);
}

static void
hand_out(struct bench *b)
{
	struct engine_options o = { .files = b->files, .wall_us = wall_us,
		.mono_us = mono_us, .random = randomness, .arg = b,
		.max_message = 50 << 20, .queue = { .retry_min_s = 300,
		.retry_max_s = 14400, .expire_s = 432000,
		.host_connections = 20 }, .calls = service_engine_calls };
	struct service_options so = { .readers = 2, .fatal = fatal };
	struct err err = { 0 };
	struct engine *e;
	double at, cpu, before = resident_mb();
	int fds[2], i;

	b->clock = clock_real();
	b->loop = loop_new(&b->clock, NULL);
	at = now_s();
	if (engine_open(&o, &e, &err) < 0)
		bug("%s", err.text);
	printf("%-34s %8.0f ms\n", "opening the engine",
	    (now_s() - at) * 1e3);
	so.loop = b->loop;
	so.engine = e;
	at = now_s();
	if (service_new(&so, &b->service, &err) < 0)
		bug("%s", err.text);
	printf("%-34s %8.0f ms, %.1f MB more in memory\n",
	    "reading the queue", (now_s() - at) * 1e3,
	    resident_mb() - before);
	if (ipc_pair(fds, &err) < 0 || service_connect(b->service, fds[0],
	    AUTH_RELAY, 0, 0, &err) < 0)
		bug("%s", err.text);
	b->relay = store_new(b->loop, fds[1], NULL, NULL);
	at = now_s();
	cpu = cpu_us();
	for (i = 0; i < FIBERS; i++, b->running++)
		fiber_spawn(b->loop, "relay", relay_fiber, b);
	loop_run(b->loop);
	printf("%-34s %8.0f messages/s, %6.1f us processor time each "
	    "(relay's with it), %.1f a batch\n", "take and report",
	    (double)b->taken / (now_s() - at),
	    (cpu_us() - cpu) / (double)b->taken,
	    (double)b->taken / (double)b->takes);
	printf("%-34s %8.1f MB\n", "in memory then", resident_mb());
	store_close(b->relay);
	service_free(b->service);
	for (i = 0; i < 10; i++)
		loop_once(b->loop, 0);
	loop_free(b->loop);
	engine_close(e);
}

/* ---- the plan alone ---------------------------------------------------- */

static void
measure_plan(uint64_t n)
{
	struct queue_settings o = { .host_connections = 4,
		.retry_min_s = 300, .retry_max_s = 3600 };
	struct schedule *p = schedule_new(42);
	double at = now_s(), mb = resident_mb();
	char name[64];
	uint64_t i;

	schedule_settings(p, &o);
	for (i = 0; i < n; i++) {
		int k = snprintf(name, sizeof(name), "host%llu.far.test",
		    (unsigned long long)i);

		schedule_news(p, &(struct queue_news){ QUEUE_NEWS_fresh, i,
		    (int64_t)(i * 7919 % 100000), str_make(name,
		    (size_t)k) });
	}
	printf("%-34s %8.0f octets each, %.2f us to add one\n",
	    "destinations in the plan", (resident_mb() - mb) * 1e6 /
	    (double)n, (now_s() - at) * 1e6 / (double)n);
	schedule_free(p);
}

static uint64_t
number(int argc, char **argv, int i, uint64_t otherwise)
{
	uint64_t n;

	return i < argc && str_u64(str_c(argv[i]), &n) && n ? n : otherwise;
}

int
main(int argc, char **argv)
{
	struct bench *b = calloc(1, sizeof(*b));
	uint64_t messages = number(argc, argv, 2, 1000000);
	char path[256];
	int dirfd;

	(void)snprintf(path, sizeof(path), "%s/postern-XXXXXX",
	    argc > 1 ? argv[1] : "/tmp");
	if (!b || !mkdtemp(path))
		return 1;
	measure_plan(1000000);
	b->destinations = number(argc, argv, 3, 1000);
	dirfd = open(path, O_RDONLY | O_DIRECTORY);
	b->files = files_real(dirfd);
	fixture_init(&b->d, b->files);
	b->d.o.pack_octets = 0;
	if (fixture_open(&b->d) < 0 || fixture_domain(&b->d, "a.test") < 0 ||
	    fixture_account(&b->d, "alice@a.test", &b->account) < 0)
		return 1;
	b->who = fixture_person(b->account);
	test_blob_packed(b->octets, OCTETS, 900);
	put_many(b, 20000, "accept, nothing queued");
	put_many(b, messages, "accept, until all are queued");
	put_many(b, 20000, "accept, all queued");
	printf("%-34s %8.1f MB\n", "in memory then", resident_mb());
	fixture_close(&b->d);
	hand_out(b);
	fixture_folder_end(path, dirfd, b->files);
	free(b);
	return 0;
}
