/*
 * Under steady load: sessions follow a mailbox by sync while the writer
 * delivers, flags and expunges; each must end with exactly what is there, and
 * the log of the database must not grow.
 */
#include "base/test.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/service/test_fixture.h"
#include "store/test_blob.h"

enum { SESSIONS = 3, ROUNDS = 400, BATCH = 20, WAL = 4 << 20, MOST = 20000 };

struct session {
	pthread_t thread;
	struct reader *r;
	struct caller who;
	struct open_answer in;
	const bool *stop;
	bool tell_expunges; /* only now and then */
	uint32_t *uid;	/* in order of sequence numbers */
	size_t n;
	uint64_t arrivals, expunges;
	unsigned syncs, gone;
	const char *wrong;
};

#define WANT(cond)                            \
	do {                                  \
		if (!(cond)) {                \
			s->wrong = #cond;     \
			return false;         \
		}                             \
	} while (0)

static bool
ask(struct session *s, enum store_call call, const void *what,
    union store_answer *answer)
{
	struct err err;

	return reader_ask(s->r, &s->who, call, what, answer, &err) == 0;
}

/* The new ones, by sequence number. */
static bool
fetch_new(struct session *s, uint32_t exists)
{
	uint32_t set[2] = { (uint32_t)s->n + 1, exists };
	struct fetch_ask f = { .mailbox = s->in.mailbox,
		.arrivals = s->arrivals, .expunges = s->expunges,
		.set = str_make((const char *)set, 8) };
	union store_answer answer;
	struct fetch_row row;
	struct rd r;

	while (s->n < exists) {
		WANT(ask(s, STORE_fetch, &f, &answer));
		r = rd_of(answer.fetch.rows);
		while (rd_left(&r) > 0) {
			WANT(msg_take(&r, &fetch_row_shape, &row));
			WANT(row.seq == s->n + 1);
			WANT(s->n == 0 || row.uid > s->uid[s->n - 1]);
			WANT(s->n < MOST);
			s->uid[s->n++] = row.uid;
		}
		f.cursor = answer.fetch.next;
		WANT(f.cursor || s->n == exists);
	}
	return true;
}

static bool
take_gone(struct session *s, struct str gone)
{
	uint32_t seq, before = UINT32_MAX;
	struct rd r = rd_of(gone);

	while (rd_left(&r) > 0) {
		seq = rd_le32(&r);
		WANT(seq >= 1 && seq <= s->n && seq < before);
		memmove(&s->uid[seq - 1], &s->uid[seq],
		    (s->n - seq) * sizeof(*s->uid));
		s->n--;
		s->gone++;
		before = seq;
	}
	return true;
}

static bool
take_rows(struct session *s, struct str rows)
{
	struct rd r = rd_of(rows);
	struct fetch_row row;

	while (rd_left(&r) > 0) {
		WANT(msg_take(&r, &fetch_row_shape, &row));
		WANT(row.seq >= 1 && row.seq <= s->n);
		WANT(s->uid[row.seq - 1] == row.uid);
	}
	return true;
}

static bool
sync_once(struct session *s, bool expunges)
{
	struct sync_ask what = { s->in.mailbox, s->arrivals, s->expunges,
		expunges };
	union store_answer answer;
	uint32_t exists;
	bool more;

	do {
		WANT(ask(s, STORE_sync, &what, &answer));
		WANT(answer.sync.arrivals >= s->arrivals);
		WANT(answer.sync.expunges >= s->expunges);
		WANT(take_gone(s, answer.sync.gone));
		WANT(take_rows(s, answer.sync.rows));
		s->arrivals = what.arrivals = answer.sync.arrivals;
		s->expunges = what.expunges = answer.sync.expunges;
		exists = answer.sync.exists;
		WANT(exists >= s->n);
		more = answer.sync.more;
		WANT(fetch_new(s, exists));
		s->syncs++;
	} while (more);
	return true;
}

static void *
session_main(void *arg)
{
	struct session *s = arg;
	unsigned i = 0;

	while (!__atomic_load_n(s->stop, __ATOMIC_ACQUIRE) && !s->wrong) {
		(void)sync_once(s, s->tell_expunges || ++i % 16 == 0);
		usleep(200);
	}
	if (!s->wrong)
		(void)sync_once(s, true);
	return NULL;
}

static void
begin(struct session *s, struct fixture *d, struct caller who, const bool *stop,
    bool tell)
{
	struct open_ask open = { STR("INBOX") };
	union store_answer answer;

	assert_int_equal(reader_open(d->e, &s->r, &d->err), 0);
	s->who = who;
	s->stop = stop;
	s->tell_expunges = tell;
	s->uid = calloc(MOST, sizeof(*s->uid));
	assert_true(ask(s, STORE_open, &open, &answer));
	s->in = answer.open;
	s->in.keywords = STR_NULL;
	s->arrivals = s->expunges = s->in.modseq;
	assert_int_equal(pthread_create(&s->thread, NULL, session_main, s),
	    0);
}

static void
deliver_some(struct fixture *d, uint64_t account)
{
	struct submit_ask *ask = calloc(BATCH, sizeof(*ask));
	struct recipient to = { .address = STR("alice@a.test"),
		.account = account };
	struct write *w = calloc(BATCH, sizeof(*w));
	size_t i;

	for (i = 0; i < BATCH; i++) {
		ask[i] = (struct submit_ask){ .change = ++d->change,
			.octets = test_blob(STR("text of a message")),
			.raw_size = 17 };
		w[i] = (struct write){ .caller = &d->mx,
			.call = STORE_submit, .ask = &ask[i], .rcpts = &to,
			.nrcpts = 1 };
	}
	assert_int_equal(fixture_commit(d, w, BATCH), 0);
	assert_int_equal(w[BATCH - 1].code, 0);
	free(ask);
	free(w);
}

static void
change_some(struct fixture *d, struct caller *who, uint32_t round)
{
	struct open_answer in;
	uint32_t gone, low;

	assert_int_equal(fixture_open_mailbox(d, who, "INBOX", &in), 0);
	low = round * 15 > 40 ? round * 15 - 40 : 1;
	assert_int_equal(fixture_flags(d, who, &in, low, low + 9, FLAGS_ADD,
	    FLAG_seen | FLAG_deleted, ""), 0);
	assert_int_equal(fixture_flags(d, who, &in, low + 12, low + 14,
	    FLAGS_ADD, FLAG_flagged, "work"), 0);
	if (round % 3 == 0)
		assert_int_equal(fixture_expunge(d, who, &in, &gone), 0);
}

static uint64_t
wal_size(int dirfd)
{
	struct stat st;

	assert_int_equal(fstatat(dirfd, "postern.db-wal", &st, 0), 0);
	return (uint64_t)st.st_size;
}

static void
check(struct session *s, struct fixture *d)
{
	struct fetch_row *rows = calloc(MOST, sizeof(*rows));
	struct open_answer in;
	int n, i;

	pthread_join(s->thread, NULL);
	if (s->wrong)
		fail_msg("%s", s->wrong);
	assert_int_equal(fixture_open_mailbox(d, &s->who, "INBOX", &in), 0);
	n = fixture_rows(d, &s->who, &in, rows, MOST);
	assert_int_equal(n, s->n);
	for (i = 0; i < n; i++)
		assert_int_equal(rows[i].uid, s->uid[i]);
	print_message("%u syncs, %u told gone, %zu left\n", s->syncs,
	    s->gone, s->n);
	free(rows);
	free(s->uid);
	reader_close(s->r);
}

static void
test_steady(void **state unused_arg)
{
	char path[FIXTURE_PATH];
	static struct session s[SESSIONS];
	bool stop = false;
	uint64_t account, most = 0, size;
	struct caller alice;
	struct files *files;
	struct fixture d;
	uint32_t i;
	int dirfd;

	files = fixture_folder(path, &dirfd);
	fixture_init(&d, files);
	d.o.wal_octets = WAL;
	assert_int_equal(fixture_open(&d), 0);
	assert_int_equal(fixture_domain(&d, "a.test"), 0);
	assert_int_equal(fixture_account(&d, "alice@a.test", &account), 0);
	alice = fixture_person(account);
	for (i = 0; i < SESSIONS; i++)
		begin(&s[i], &d, alice, &stop, i != 0);
	for (i = 0; i < ROUNDS; i++) {
		deliver_some(&d, account);
		change_some(&d, &alice, i);
		size = wal_size(dirfd);
		most = size > most ? size : most;
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELEASE);
	for (i = 0; i < SESSIONS; i++)
		check(&s[i], &d);
	print_message("the log was at most %llu octets\n",
	    (unsigned long long)most);
	assert_true(most < WAL + WAL / 4);
	assert_int_equal(fixture_verify(&d), 0);
	fixture_close(&d);
	fixture_folder_end(path, dirfd, files);
}

static int
count_files(int dirfd, const char *name)
{
	DIR *dir = fdopendir(openat(dirfd, name, O_RDONLY | O_DIRECTORY));
	struct dirent *e;
	int n = 0;

	while ((e = readdir(dir)))
		n += e->d_name[0] != '.';
	closedir(dir);
	return n;
}

/* Some come into the queue, and those before leave it. */
static void
queue_some(struct fixture *d, struct caller *who, uint64_t *message)
{
	static const char *const to[] = { "x@far.test", NULL };
	static const struct fixture_outcome gone = { 0, OUTCOME_delivered };
	static char text[1000] = { 0 };
	bool more = true;
	size_t i;

	memset(text, 'x', sizeof(text) - 1);
	for (i = 0; i < BATCH; i++) {
		if (message[i])
			assert_int_equal(
			    fixture_report(d, message[i], &gone, 1), 0);
		assert_int_equal(fixture_submit_as(d, who, "alice@a.test", text,
		    to, &message[i]), 0);
	}
	d->now_us += 30000000;
	while (more)
		assert_int_equal(engine_gc(d->e, &more, &d->err), 0);
}

/* A queue that mail goes through does not grow, nor what keeps it. */
static void
test_queue(void **state unused_arg)
{
	char path[FIXTURE_PATH];
	static uint64_t message[BATCH];
	uint64_t account, before = 0;
	struct caller alice;
	struct files *files;
	struct fixture d;
	int dirfd, i;

	files = fixture_folder(path, &dirfd);
	fixture_init(&d, files);
	d.o.wal_octets = 1 << 20;
	d.o.pack_octets = 64 << 10;
	assert_int_equal(fixture_open(&d), 0);
	assert_int_equal(fixture_domain(&d, "a.test"), 0);
	assert_int_equal(fixture_account(&d, "alice@a.test", &account), 0);
	alice = fixture_person(account);
	for (i = 0; i < 60; i++) {
		queue_some(&d, &alice, message);
		/* Ids of changes are kept for an hour; a pack goes after a
		 * minute, and each round fills less than one. */
		assert_true(count_files(dirfd, "packs") <= 5);
		if (i == 20)
			before = wal_size(dirfd);
	}
	assert_true(wal_size(dirfd) <= before + (1 << 20));
	assert_int_equal(fixture_verify(&d), 0);
	fixture_close(&d);
	fixture_folder_end(path, dirfd, files);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steady),
		cmocka_unit_test(test_queue),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
