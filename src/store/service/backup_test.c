/*
 * Tests of a backup while the store goes on, and of the first start of what
 * came from one.
 */
#include "base/test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/backup_name.h"
#include "store/engine/engine_int.h"
#include "store/service/test_folder.h"

struct target {
	char path[FIXTURE_PATH];
	int dirfd;
	struct files *files;
	struct backup_begin_answer begun;
	size_t nfiles;
};

static int
begin(struct fixture *d, struct caller *who, struct backup_begin_answer *out)
{
	struct backup_begin_ask ask = { 0 };
	struct write w = { .caller = who, .call = STORE_backup_begin,
		.ask = &ask };
	int rc = fixture_write(d, &w);

	if (rc == 0)
		*out = w.answer.backup_begin;
	return rc;
}

static int
ask_for(struct fixture *d, enum store_call call, const void *ask,
    union store_answer *answer)
{
	return reader_ask(d->r, &d->operator_, call, ask, answer, &d->err);
}

static int
copy_database(struct fixture *d)
{
	struct backup_copy_ask ask = { 0 };
	union store_answer answer;
	int rc;

	do
		rc = ask_for(d, STORE_backup_copy, &ask, &answer);
	while (rc == 0 && answer.backup_copy.left > 0);
	return rc;
}

/* All of it, or `octets`. */
static int
copy_file(struct fixture *d, struct target *t, const char *name,
    uint64_t octets)
{
	struct backup_read_ask ask = { .name = str_c(name) };
	union store_answer answer;
	struct str got;
	int rc, fd = openat(t->dirfd, name, O_CREAT | O_TRUNC | O_WRONLY, 0600);

	assert_true(fd >= 0);
	do {
		ask.most = octets - ask.offset < MSG_CHUNK ? (uint32_t)(octets
		    - ask.offset) : MSG_CHUNK;
		rc = ask_for(d, STORE_backup_read, &ask, &answer);
		got = rc == 0 ? answer.backup_read.octets : STR_NULL;
		assert_int_equal(write(fd, got.p, got.n), (ssize_t)got.n);
		ask.offset += got.n;
	} while (rc == 0 && got.n > 0 && ask.offset < octets);
	close(fd);
	return rc;
}

struct listed {
	char name[64];
	uint64_t octets;
};

static size_t
list_files(struct fixture *d, struct listed *out, size_t most)
{
	char cursor[64] = "";
	struct backup_files_ask ask = { 0 };
	union store_answer answer;
	struct backup_row row;
	size_t n = 0;

	do {
		struct rd r;

		ask.cursor = str_c(cursor);
		assert_int_equal(ask_for(d, STORE_backup_files, &ask,
		    &answer), 0);
		r = rd_of(answer.backup_files.rows);
		while (rd_left(&r) > 0 && n < most) {
			assert_true(msg_take(&r, &backup_row_shape, &row));
			(void)snprintf(out[n].name, sizeof(out[n].name),
			    "%.*s", STR_FMT(row.name));
			out[n++].octets = row.octets;
		}
		(void)snprintf(cursor, sizeof(cursor), "%.*s",
		    STR_FMT(answer.backup_files.next));
	} while (cursor[0]);
	return n;
}

static void
target_new(struct target *t)
{
	t->files = fixture_folder(t->path, &t->dirfd);
	assert_int_equal(mkdirat(t->dirfd, "packs", 0700), 0);
	assert_int_equal(mkdirat(t->dirfd, "blobs", 0700), 0);
	assert_int_equal(mkdirat(t->dirfd, "journal", 0700), 0);
}

static void
put_state(struct target *t, const char *text)
{
	int fd = openat(t->dirfd, "postern.state", O_CREAT | O_TRUNC |
	    O_WRONLY, 0600);

	assert_int_equal(write(fd, text, strlen(text)),
	    (ssize_t)strlen(text));
	close(fd);
}

static struct listed all_files[200];

/* Once the copy of the database is whole. */
static void
target_take(struct folder *p, struct target *t)
{
	char state[64];

	assert_int_equal(copy_file(&p->d, t, "postern.db", UINT64_MAX), 0);
	for (size_t i = 0; i < t->nfiles; i++)
		assert_int_equal(copy_file(&p->d, t, all_files[i].name,
		    all_files[i].octets), 0);
	engine_forget(p->d.e, &p->d.operator_);
	(void)snprintf(state, sizeof(state), "restored %llu\n",
	    (unsigned long long)t->begun.fence);
	put_state(t, state);
}

/* What began before `meanwhile` is copied after it. */
static void
back_up(struct folder *p, struct target *t, void (*meanwhile)(struct folder *))
{
	target_new(t);
	assert_int_equal(begin(&p->d, &p->d.operator_, &t->begun), 0);
	if (meanwhile)
		meanwhile(p);
	t->nfiles = list_files(&p->d, all_files, NELEM(all_files));
	assert_int_equal(copy_file(&p->d, t, "postern.db", UINT64_MAX),
	    E_INVALID);
	assert_int_equal(copy_database(&p->d), 0);
	target_take(p, t);
}

static void
open_target(struct fixture *d, struct target *t, int64_t now_us)
{
	fixture_init(d, t->files);
	d->now_us = now_us;
	d->change = 9000000;
	assert_int_equal(fixture_open(d), 0);
}

static void
target_end(struct fixture *d, struct target *t)
{
	fixture_close(d);
	fixture_folder_end(t->path, t->dirfd, t->files);
}

static uint32_t
inbox(struct fixture *d, uint64_t account, struct open_answer *in)
{
	struct caller who = fixture_person(account);

	assert_int_equal(fixture_open_mailbox(d, &who, "INBOX", in), 0);
	return in->exists;
}

static void
deliver_more(struct folder *p)
{
	static char text[3000];

	for (int i = 0; i < 30; i++) {
		memset(text, 'a' + i % 26, sizeof(text) - 1);
		text[sizeof(text) - 1] = '\0';
		folder_mail(p, text);
	}
	folder_append(p, folder_text(p, 'L', 1900000));
}

static int
files_in(struct folder *p, const char *dir)
{
	char text[300];
	FILE *f;
	int n = 0;

	(void)snprintf(text, sizeof(text), "ls %s/%s | wc -l", p->path, dir);
	f = popen(text, "r");
	assert_int_equal(fscanf(f, "%d", &n), 1);
	(void)pclose(f);
	return n;
}

static void
let_time_pass(struct folder *p, int64_t seconds)
{
	bool more = false;

	for (int i = 0; i < 30; i++) {
		p->d.now_us += seconds * 1000000 / 30;
		do
			assert_int_equal(engine_gc(p->d.e, &more, &p->d.err),
			    0);
		while (more);
	}
}

static void
expunge_all(struct folder *p)
{
	uint32_t gone;

	assert_int_equal(fixture_open_mailbox(&p->d, &p->who, "INBOX",
	    &p->in), 0);
	assert_int_equal(fixture_remove(&p->d, &p->who, &p->in, 1, 1000,
	    &gone), 0);
	let_time_pass(p, 540);
}

/* What was there when it began, and nothing that came since; whole. */
static void
test_moment(void **state)
{
	struct folder *p = *state;
	struct fixture d = { 0 };
	struct target t = { 0 };
	struct open_answer in, before;
	struct stat st;

	deliver_more(p);
	(void)inbox(&p->d, p->alice, &before);
	back_up(p, &t, deliver_more);
	assert_int_equal(fstatat(p->dirfd, "backup.db", &st, 0), -1);
	assert_int_equal(fixture_verify(&p->d), 0);
	open_target(&d, &t, p->d.now_us);
	assert_int_equal(inbox(&d, p->alice, &in), 31);
	assert_int_equal(fixture_verify(&d), 0);
	assert_true(in.uidvalidity > before.uidvalidity);
	assert_true(d.e->next_blob > p->d.e->next_blob);
	target_end(&d, &t);
}

/* The second start is one like others. */
static void
test_opened_again(void **state)
{
	struct folder *p = *state;
	struct fixture d = { 0 };
	struct target t = { 0 };
	struct open_answer in, again;
	struct backup_begin_answer begun;

	folder_mail(p, "Subject: one\r\n\r\none\r\n");
	back_up(p, &t, NULL);
	open_target(&d, &t, p->d.now_us);
	(void)inbox(&d, p->alice, &in);
	assert_int_equal(begin(&d, &d.operator_, &begun), 0);
	assert_true(begun.folder != t.begun.folder);
	engine_forget(d.e, &d.operator_);
	fixture_close(&d);
	open_target(&d, &t, p->d.now_us);
	assert_int_equal(inbox(&d, p->alice, &again), 1);
	assert_int_equal(again.uidvalidity, in.uidvalidity);
	target_end(&d, &t);
}

/* Which emails changed since a state of before cannot be told. */
static void
test_states(void **state)
{
	struct folder *p = *state;
	struct fixture d = { 0 };
	struct target t = { 0 };
	struct caller who = fixture_person(p->alice);
	struct changes_ask ask = { 0 };
	union store_answer answer;

	folder_mail(p, "Subject: one\r\n\r\none\r\n");
	back_up(p, &t, NULL);
	folder_mail(p, "Subject: two\r\n\r\ntwo\r\n");
	open_target(&d, &t, p->d.now_us);
	for (ask.since = 1; ask.since < 10; ask.since++)
		assert_int_equal(reader_ask(d.r, &who, STORE_changes, &ask,
		    &answer, &d.err), E_STALE);
	target_end(&d, &t);
}

/* Written to between the steps, and the WAL of before has to last. */
static void
test_writes_meanwhile(void **state)
{
	struct folder *p = *state;
	struct backup_copy_ask ask = { 0 };
	union store_answer answer;
	struct fixture d = { 0 };
	struct target t = { 0 };
	struct open_answer in;
	int steps = 0;

	for (int i = 0; i < 15; i++)
		deliver_more(p);
	target_new(&t);
	assert_int_equal(begin(&p->d, &p->d.operator_, &t.begun), 0);
	t.nfiles = list_files(&p->d, all_files, NELEM(all_files));
	do {
		assert_int_equal(ask_for(&p->d, STORE_backup_copy, &ask,
		    &answer), 0);
		deliver_more(p);
		expunge_all(p);
		steps++;
	} while (answer.backup_copy.left > 0);
	assert_true(steps >= 2);
	target_take(p, &t);
	open_target(&d, &t, p->d.now_us);
	assert_int_equal(inbox(&d, p->alice, &in), 15 * 31);
	assert_int_equal(fixture_verify(&d), 0);
	target_end(&d, &t);
	assert_int_equal(fixture_verify(&p->d), 0);
}

static int
queued_with(struct fixture *d, uint32_t state)
{
	struct queue_list_ask ask = { 0 };
	union store_answer answer;
	struct queue_row row;
	struct rd r;
	int n = 0;

	assert_int_equal(ask_for(d, STORE_queue_list, &ask, &answer), 0);
	r = rd_of(answer.queue_list.rows);
	while (rd_left(&r) > 0 && msg_take(&r, &queue_row_shape, &row))
		n += row.state == state;
	return n;
}

/* What was to leave by now may have; what is to leave later will. */
static void
test_later_is_put_off(void **state)
{
	struct folder *p = *state;
	struct fixture d = { 0 };
	struct target t = { 0 };
	const char *to[] = { "x@elsewhere.test", NULL };
	int64_t now = p->d.now_us / 1000000;
	bool more;

	for (int64_t in_s = 100; in_s <= 10000; in_s *= 100) {
		p->d.hold_until = now + in_s;
		assert_int_equal(fixture_submit_as(&p->d, &p->who,
		    "alice@ours.test", "Subject: x\r\n\r\nx\r\n", to, NULL),
		    0);
	}
	back_up(p, &t, NULL);
	open_target(&d, &t, (now + 5000) * 1000000);
	for (int i = 0; i < 5; i++)
		assert_int_equal(engine_gc(d.e, &more, &d.err), 0);
	assert_int_equal(queued_with(&d, QUEUE_later), 2);
	assert_int_equal(fixture_verify(&d), 0);
	d.now_us += (int64_t)6000 * 1000000;
	for (int i = 0; i < 5; i++)
		assert_int_equal(engine_gc(d.e, &more, &d.err), 0);
	assert_int_equal(queued_with(&d, QUEUE_later), 1);
	target_end(&d, &t);
}

static void
test_queue_is_held(void **state)
{
	struct folder *p = *state;
	struct fixture d = { 0 };
	struct target t = { 0 };
	const char *to[] = { "x@elsewhere.test", NULL };

	assert_int_equal(fixture_submit_as(&p->d, &p->who, "alice@ours.test",
	    "Subject: out\r\n\r\nout\r\n", to, NULL), 0);
	back_up(p, &t, NULL);
	open_target(&d, &t, p->d.now_us);
	assert_int_equal(fixture_queue_change(&d, QUEUE_RETRY, to[0]), 0);
	assert_int_equal(engine_queue_news(d.e).n, 0);
	assert_int_equal(fixture_queue_change(&d, QUEUE_RELEASE, to[0]), 0);
	assert_true(engine_queue_news(d.e).n > 0);
	assert_int_equal(fixture_verify(&d), 0);
	target_end(&d, &t);
}

/* A hold that ends, and an account that is let send again, at whose queues a
 * slice was done when the backup was made: in the copy nothing of that goes
 * on. */
static void
test_nothing_goes_on(void **state)
{
	struct folder *p = *state;
	struct fixture d = { 0 };
	struct target t = { 0 };
	const char *to[] = { "a@far.test", "b@far.test", "c@far.test",
		"d@far.test", NULL };
	struct hold_put_ask put = { 901, HOLD_destination, STR("far.test"),
		STR("root"), STR("they move") };
	struct hold_end_ask end = { 902, HOLD_destination, STR("far.test"),
		STR("root") };
	struct limit_put_ask limit = { 903, STR("alice@ours.test"),
		SEND_LIMIT_recipients_day, 1 };
	struct unlock_ask unlock = { 904, STR("alice@ours.test"), 0 };
	struct write w = { .caller = &p->d.operator_, .call = STORE_hold_put,
		.ask = &put };
	bool more = true;

	assert_int_equal(fixture_write(&p->d, &w), 0);
	for (int i = 0; i < 120; i++)
		assert_int_equal(fixture_submit_as(&p->d, &p->who,
		    "alice@ours.test", "Subject: x\r\n\r\nx\r\n", to, NULL),
		    0);
	w = (struct write){ .caller = &p->d.operator_,
		.call = STORE_limit_put, .ask = &limit };
	assert_int_equal(fixture_write(&p->d, &w), 0);
	assert_int_equal(fixture_submit_as(&p->d, &p->who, "alice@ours.test",
	    "x", to, NULL), E_RATE);
	w = (struct write){ .caller = &p->d.operator_, .call = STORE_unlock,
		.ask = &unlock };
	assert_int_equal(fixture_write(&p->d, &w), 0);
	w = (struct write){ .caller = &p->d.operator_,
		.call = STORE_hold_end, .ask = &end };
	assert_int_equal(fixture_write(&p->d, &w), 0);
	assert_true(w.answer.hold_end.more);
	assert_int_equal(folder_count(p, "SELECT count(*) FROM stopped"), 1);
	back_up(p, &t, NULL);
	open_target(&d, &t, p->d.now_us);
	while (more)
		assert_int_equal(engine_gc(d.e, &more, &d.err), 0);
	assert_int_equal(queued_with(&d, QUEUE_held), 480);
	assert_int_equal(fixture_verify(&d), 0);
	target_end(&d, &t);
}

/* What is deleted meanwhile stays till the end, and goes then. */
static void
test_pins(void **state)
{
	struct folder *p = *state;
	struct fixture d = { 0 };
	struct target t = { 0 };
	struct open_answer in;

	deliver_more(p);
	assert_int_equal(files_in(p, "blobs"), 1);
	back_up(p, &t, expunge_all);
	assert_int_equal(files_in(p, "blobs"), 1);
	open_target(&d, &t, p->d.now_us);
	assert_int_equal(inbox(&d, p->alice, &in), 31);
	assert_int_equal(fixture_verify(&d), 0);
	target_end(&d, &t);
	let_time_pass(p, 600);
	assert_int_equal(files_in(p, "blobs"), 0);
}

static void
test_one_at_a_time(void **state)
{
	struct folder *p = *state;
	struct caller other = { .authority = AUTH_OPERATOR };
	struct backup_begin_answer a, b;

	assert_int_equal(begin(&p->d, &p->d.operator_, &a), 0);
	assert_int_equal(begin(&p->d, &other, &b), E_BUSY);
	engine_forget(p->d.e, &other);
	assert_int_equal(copy_database(&p->d), 0);
	engine_forget(p->d.e, &p->d.operator_);
	assert_int_equal(copy_database(&p->d), E_STALE);
	assert_int_equal(begin(&p->d, &other, &b), 0);
	assert_int_equal(b.folder, a.folder);
	assert_int_equal(copy_database(&p->d), E_STALE);
	engine_forget(p->d.e, &other);
}

static void
test_idle(void **state)
{
	struct folder *p = *state;
	struct backup_begin_answer a;
	struct stat st;

	assert_int_equal(begin(&p->d, &p->d.operator_, &a), 0);
	assert_int_equal(fstatat(p->dirfd, "backup.db", &st, 0), 0);
	let_time_pass(p, BACKUP_IDLE_S + 60);
	assert_int_equal(fstatat(p->dirfd, "backup.db", &st, 0), -1);
	assert_int_equal(copy_database(&p->d), E_STALE);
	assert_non_null(strstr(p->d.err.text, "nothing was asked"));
}

/* Whoever was killed leaves nothing. */
static void
test_killed(void **state)
{
	struct folder *p = *state;
	struct backup_begin_answer a;
	struct stat st;

	folder_mail(p, "Subject: one\r\n\r\none\r\n");
	assert_int_equal(begin(&p->d, &p->d.operator_, &a), 0);
	assert_int_equal(copy_database(&p->d), 0);
	folder_crash(p);
	assert_int_equal(fstatat(p->dirfd, "backup.db", &st, 0), 0);
	folder_open_again(p);
	assert_int_equal(fstatat(p->dirfd, "backup.db", &st, 0), -1);
}

static void
test_half_restored(void **state)
{
	struct folder *p = *state;
	struct fixture d = { 0 };
	struct target t = { 0 };

	back_up(p, &t, NULL);
	put_state(&t, "restoring\n");
	fixture_init(&d, t.files);
	assert_int_equal(fixture_open(&d), E_INVALID);
	assert_non_null(strstr(d.err.text, "not come to its end"));
	target_end(&d, &t);
}

/* The page that is damaged is told, and nothing is left. */
static void
test_damaged_page(void **state)
{
	struct folder *p = *state;
	struct backup_begin_answer a;
	struct stat st;

	deliver_more(p);
	fixture_close(&p->d);
	folder_flip(p, "postern.db", 4096 * 12 + 3000);
	folder_open_again(p);
	assert_int_equal(begin(&p->d, &p->d.operator_, &a), 0);
	assert_int_equal(copy_database(&p->d), E_DAMAGED);
	assert_non_null(strstr(p->d.err.text, "page 13"));
	assert_int_equal(fstatat(p->dirfd, "backup.db", &st, 0), -1);
}

static void
test_names(void **state unused_arg)
{
	static const struct {
		const char *name;
		enum backup_kind kind;
	} t[] = { { "postern.db", BACKUP_database },
		{ "vault.key", BACKUP_key },
		{ "packs/00000000000000ff", BACKUP_pack },
		{ "blobs/00000000000000ff", BACKUP_blob },
		{ "journal/2026-11-29", BACKUP_journal },
		{ "journal/2026-11-29.12", BACKUP_journal },
		{ "journal/2026-11-29.0", BACKUP_no_name },
		{ "journal/2026-11-29.", BACKUP_no_name },
		{ "journal/2026-11-29/", BACKUP_no_name },
		{ "packs/00000000000000fF", BACKUP_no_name },
		{ "packs/00000000000000f", BACKUP_no_name },
		{ "packs/../../../etc/passwd", BACKUP_no_name },
		{ "packs/stray-0000000000000001.0", BACKUP_no_name },
		{ "postern.db-wal", BACKUP_no_name },
		{ "", BACKUP_no_name } };

	for (size_t i = 0; i < NELEM(t); i++)
		assert_int_equal(backup_name_of(str_c(t[i].name)).kind,
		    t[i].kind);
	assert_int_equal(backup_name_of(STR("packs/00000000000000ff")).id,
	    255);
	assert_int_equal(backup_name_of(STR("journal/2026-11-29.12")).id,
	    20261129);
	assert_int_equal(backup_name_of(STR("journal/2026-11-29.12")).part,
	    12);
}

#define TEST(x) cmocka_unit_test_setup_teardown(x, folder_set_up, \
	folder_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_moment),
		TEST(test_opened_again),
		TEST(test_states),
		TEST(test_writes_meanwhile),
		TEST(test_later_is_put_off),
		TEST(test_queue_is_held),
		TEST(test_nothing_goes_on),
		TEST(test_pins),
		TEST(test_one_at_a_time),
		TEST(test_idle),
		TEST(test_killed),
		TEST(test_half_restored),
		TEST(test_damaged_page),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
