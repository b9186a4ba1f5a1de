/*
 * Tests of what a disk does to octets: whatever is read back otherwise than it
 * was written is told as damage, of that message and of no other.
 */
#include "base/test.h"

#include <endian.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include "base/crc32c.h"
#include "base/timetext.h"
#include "store/engine/engine_int.h"
#include "store/service/test_fixture.h"
#include "store/test_blob.h"

#define PACK "packs/0000000000000001"

enum { LONG = 90000, LARGE = 1500000, ROOM = 2000000 };

struct folder {
	char path[FIXTURE_PATH];
	int dirfd;
	struct files *files;
	struct fixture d;
	uint64_t alice;
	struct caller who;
	struct open_answer in;
	char *text, *back;
};

static int
set_up(void **state)
{
	struct folder *p = calloc(1, sizeof(*p));

	p->files = fixture_folder(p->path, &p->dirfd);
	p->text = malloc(ROOM);
	p->back = malloc(ROOM);
	fixture_init(&p->d, p->files);
	assert_int_equal(fixture_open(&p->d), 0);
	assert_int_equal(fixture_domain(&p->d, "ours.test"), 0);
	assert_int_equal(fixture_account(&p->d, "alice@ours.test", &p->alice),
	    0);
	p->who = fixture_person(p->alice);
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	struct folder *p = *state;

	engine_forget(p->d.e, &p->who);
	fixture_close(&p->d);
	fixture_folder_end(p->path, p->dirfd, p->files);
	free(p->text);
	free(p->back);
	free(p);
	return 0;
}

/* Letters that tell a message from others, n of them. */
static struct str
text_of(struct folder *p, char first, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p->text[i] = i % 61 == 0 ? first :
		    "abcdefghijklmnopqrstuvwxyz"[(i * i / 7 + i / 1000) % 26];
	return str_make(p->text, n);
}

static void
append(struct folder *p, struct str text)
{
	struct append_ask ask = { .change = ++p->d.change,
		.name = STR("INBOX"), .octets = test_blob(text),
		.raw_size = text.n, .facts = STR("facts of it") };
	struct stage_ask piece = { 0 };
	struct write w = { .caller = &p->who, .call = STORE_stage,
		.ask = &piece };
	struct str blob = ask.octets;

	for (; blob.n > MSG_CHUNK && piece.offset < blob.n;
	    piece.offset += piece.octets.n) {
		piece.octets = str_first(str_from(blob,
		    (size_t)piece.offset), MSG_CHUNK);
		w.settled = false;
		assert_int_equal(fixture_write(&p->d, &w), 0);
		piece.stage = w.answer.stage.stage;
	}
	if (piece.stage)
		ask.octets = STR_NULL;
	ask.stage = piece.stage;
	w = (struct write){ .caller = &p->who, .call = STORE_append,
		.ask = &ask };
	assert_int_equal(fixture_write(&p->d, &w), 0);
	assert_int_equal(fixture_open_mailbox(&p->d, &p->who, "INBOX",
	    &p->in), 0);
}

/* The length of its text, which is in p->back, or E_*. */
static int
content(struct folder *p, uint32_t uid)
{
	return fixture_content(&p->d, &p->who, p->in.mailbox, uid, p->back,
	    ROOM, NULL);
}

static void
flip(struct folder *p, const char *file, uint64_t at)
{
	int fd = openat(p->dirfd, file, O_RDWR);
	char octet;

	assert_int_equal(pread(fd, &octet, 1, (off_t)at), 1);
	octet ^= 0x10;
	assert_int_equal(pwrite(fd, &octet, 1, (off_t)at), 1);
	close(fd);
}

static void
run_sql(struct folder *p, const char *text)
{
	if (sql_exec(&p->d.e->w, text, &p->d.err) < 0)
		fail_msg("%s", p->d.err.text);
}

static uint64_t
number(struct folder *p, const char *what, uint64_t blob)
{
	struct place at;

	assert_int_equal(place_get(&p->d.r->q, blob, &at, NULL), 0);
	return what[0] == 'a' ? at.at : what[0] == 'l' ? at.length :
	    what[0] == 'f' ? at.facts : at.crc;
}

/* Every octet of a short record, one after the other: none of it is ever given
 * out changed, and the messages beside it are served. */
static void
test_short(void **state)
{
	struct folder *p = *state;
	struct fetch_row row[3];
	struct str text;
	uint64_t end;

	append(p, text_of(p, 'A', 100));
	append(p, text_of(p, 'B', 300));
	append(p, text_of(p, 'C', 100));
	text = text_of(p, 'B', 300);
	end = number(p, "at", 3);
	for (uint64_t at = number(p, "at", 2); at < end; at++) {
		int n;

		flip(p, PACK, at);
		n = content(p, 2);
		/* But for zeros that fill the record up. */
		if (at < end - 7)
			assert_int_equal(n, E_DAMAGED);
		if (n >= 0)
			assert_memory_equal(p->back, text.p, text.n);
		assert_int_equal(content(p, 1), 100);
		assert_int_equal(content(p, 3), 100);
		assert_int_equal(fixture_rows(&p->d, &p->who, &p->in, row, 3),
		    3);
		if (n < 0)
			assert_int_equal(row[1].facts.n, 0);
		flip(p, PACK, at);
	}
	assert_int_equal(content(p, 2), 300);
	assert_memory_equal(p->back, text.p, text.n);
}

/* One that is read in parts: a flipped octet is found by whoever reads the
 * part it is in, and parts of it that are good are served. */
static void
check_part(struct folder *p, uint32_t uid, uint64_t offset, uint32_t len,
    int want)
{
	struct content_ask ask = { p->in.mailbox, uid, offset, len };
	union store_answer answer;

	assert_int_equal(reader_ask(p->d.r, &p->who, STORE_content, &ask,
	    &answer, &p->d.err), want);
	ask.want = WANT_CHECK;
	assert_int_equal(reader_ask(p->d.r, &p->who, STORE_content, &ask,
	    &answer, &p->d.err), want);
	if (want == 0)
		assert_true(answer.content.checked >= offset + len ||
		    answer.content.checked == answer.content.total);
}

static void
damage_long(struct folder *p, const char *file, uint64_t from, size_t n)
{
	struct str text = text_of(p, 'B', n);
	uint64_t end = from + RECORD_HEADER + n;
	struct fetch_row row[2];

	assert_int_equal(content(p, 2), n);
	assert_memory_equal(p->back, text.p, n);
	/* In the header: all of it. */
	for (uint64_t at = from; at < from + RECORD_HEADER; at++) {
		flip(p, file, at);
		check_part(p, 2, 20000, 100, E_DAMAGED);
		flip(p, file, at);
	}
	for (uint64_t at = from + RECORD_HEADER; at < end; at += 4999) {
		uint64_t in = at - from - RECORD_HEADER;

		flip(p, file, at);
		check_part(p, 2, in, 1, E_DAMAGED);
		assert_int_equal(content(p, 2), E_DAMAGED);
		if (in > 10000)
			check_part(p, 2, 100, 4000, 0);
		if (in < 60000)
			check_part(p, 2, 80000, 4000, 0);
		assert_int_equal(content(p, 1), 100);
		flip(p, file, at);
	}
	/* In the facts. */
	flip(p, file, from + RECORD_HEADER + number(p, "length", 2) + 3);
	assert_int_equal(fixture_rows(&p->d, &p->who, &p->in, row, 2), 2);
	assert_str(row[0].facts, "facts of it");
	assert_int_equal(row[1].facts.n, 0);
	check_part(p, 2, 0, 4096, 0);
	flip(p, file, from + RECORD_HEADER + number(p, "length", 2) + 3);
	check_part(p, 2, 0, 100000, 0);
	assert_int_equal(fixture_verify(&p->d), 0);
}

static void
test_long(void **state)
{
	struct folder *p = *state;

	append(p, text_of(p, 'A', 100));
	append(p, text_of(p, 'B', LONG));
	damage_long(p, PACK, number(p, "at", 2), LONG);
}

static void
test_large(void **state)
{
	struct folder *p = *state;

	append(p, text_of(p, 'A', 100));
	append(p, text_of(p, 'B', LARGE));
	damage_long(p, "blobs/0000000000000002", 0, LARGE);
}

/* Rows that lead to another message give nobody its octets. */
static void
test_astray(void **state)
{
	struct folder *p = *state;

	append(p, text_of(p, 'A', 300));
	append(p, text_of(p, 'B', 300));
	append(p, text_of(p, 'C', LONG));
	append(p, text_of(p, 'D', LONG));
	run_sql(p, "UPDATE blob SET at=(SELECT at FROM blob b WHERE b.blob="
	    "blob.blob+1), crc=(SELECT crc FROM blob b WHERE b.blob="
	    "blob.blob+1) WHERE blob IN (1, 3)");
	assert_int_equal(content(p, 1), E_DAMAGED);
	assert_int_equal(content(p, 3), E_DAMAGED);
	assert_int_equal(content(p, 2), 300);
	assert_int_equal(content(p, 4), LONG);
}

static bool
journal_has(struct folder *p, uint64_t message)
{
	char day[40];
	struct journal_read_ask ask = { .day = str_make(day, 10) };
	struct civil c = civil_of(p->d.now_us / 1000000);
	union store_answer answer;
	struct journal_row row;
	bool found = false;
	struct rd r;

	(void)snprintf(day, sizeof(day), "%04d-%02d-%02d", c.year,
	    c.month, c.day);
	engine_flush_journal(p->d.e);
	assert_int_equal(reader_ask(p->d.r, &p->d.operator_,
	    STORE_journal_read, &ask, &answer, &p->d.err), 0);
	r = rd_of(answer.journal_read.rows);
	while (rd_left(&r) > 0 && msg_take(&r, &journal_row_shape, &row))
		found |= row.event == JOURNAL_damaged &&
		    row.message == message;
	return found;
}

/* A file that is gone though it is named is damage, told in the journal; a
 * message that is gone is none. */
static void
test_gone(void **state)
{
	struct folder *p = *state;
	struct open_answer now;
	uint32_t expunged;
	bool more = true;

	append(p, text_of(p, 'A', LARGE));
	append(p, text_of(p, 'B', LARGE));
	append(p, text_of(p, 'C', 100));
	assert_int_equal(fixture_verify(&p->d), 0);
	assert_false(journal_has(p, 2));
	assert_int_equal(unlinkat(p->dirfd, "blobs/0000000000000002", 0), 0);
	fixture_close(&p->d);
	assert_int_equal(fixture_open(&p->d), 0);
	assert_int_equal(content(p, 2), E_DAMAGED);
	assert_true(journal_has(p, 2));
	assert_int_equal(content(p, 1), LARGE);
	assert_int_equal(content(p, 3), 100);
	assert_int_equal(fixture_verify(&p->d), 1);
	now = p->in;
	assert_int_equal(fixture_flags(&p->d, &p->who, &now, 2, 2, FLAGS_ADD,
	    FLAG_deleted, ""), 0);
	assert_int_equal(fixture_open_mailbox(&p->d, &p->who, "INBOX", &now),
	    0);
	assert_int_equal(fixture_expunge(&p->d, &p->who, &now, &expunged), 0);
	assert_int_equal(expunged, 1);
	p->d.now_us += 1000 * 1000000LL;
	while (more)
		assert_int_equal(engine_gc(p->d.e, &more, &p->d.err), 0);
	assert_int_equal(content(p, 2), E_NOTFOUND);
	assert_int_equal(fixture_verify(&p->d), 0);
}

/* What a role says of a message's length is not believed. */
static void
test_length(void **state)
{
	static const int64_t lies[] = { 1, -1, 4942 };
	struct folder *p = *state;
	struct append_ask ask = { .name = STR("INBOX"),
		.octets = test_blob(text_of(p, 'A', 58)) };
	struct stage_ask piece = { .octets = ask.octets };
	struct write w = { .caller = &p->who, .call = STORE_append,
		.ask = &ask };

	for (size_t i = 0; i < NELEM(lies); i++) {
		ask.change = ++p->d.change;
		ask.raw_size = (uint64_t)(58 + lies[i]);
		w.settled = false;
		assert_int_equal(fixture_write(&p->d, &w), E_INVALID);
	}
	/* Half a chunk, half a head, and what is none. */
	ask.raw_size = 58;
	for (size_t n = 0; n < piece.octets.n; n++) {
		ask.change = ++p->d.change;
		ask.octets = str_first(piece.octets, n);
		assert_int_equal(fixture_write(&p->d, &w), E_INVALID);
	}
	/* The same of a stage. */
	ask.octets = STR_NULL;
	for (size_t i = 0; i <= NELEM(lies); i++) {
		w = (struct write){ .caller = &p->who, .call = STORE_stage,
			.ask = &piece };
		assert_int_equal(fixture_write(&p->d, &w), 0);
		ask.stage = w.answer.stage.stage;
		ask.change = ++p->d.change;
		ask.raw_size = (uint64_t)(58 + (i ? lies[i - 1] : 0));
		w = (struct write){ .caller = &p->who, .call = STORE_append,
			.ask = &ask };
		assert_int_equal(fixture_write(&p->d, &w),
		    i ? E_INVALID : 0);
	}
	engine_forget(p->d.e, &p->who);
	/* One that was believed before. */
	assert_int_equal(fixture_verify(&p->d), 0);
	run_sql(p, "UPDATE email SET size=5000; UPDATE mailbox SET size=5000"
	    " WHERE size>0; UPDATE account SET used=5000");
	assert_int_equal(fixture_verify(&p->d), 1);
}

/* The record of a blob as it was written before there were sums. */
static void
make_old(struct folder *p, uint64_t blob)
{
	struct place at;
	char header[RECORD_HEADER], text[200];
	uint32_t sums = 0, v;
	int fd = openat(p->dirfd, PACK, O_RDWR);
	char *body;
	size_t n;

	assert_int_equal(place_get(&p->d.r->q, blob, &at, NULL), 0);
	if (at.length + at.facts > 32768)
		sums = (uint32_t)((at.length + at.facts + 4099) / 4100 * 4);
	n = (size_t)(at.length + at.facts - sums);
	body = malloc(n);
	assert_int_equal(pread(fd, body, n, (off_t)(at.at + RECORD_HEADER)),
	    n);
	at.facts -= sums;
	at.crc = crc32c(0, body, n);
	assert_int_equal(pread(fd, header, sizeof(header), (off_t)at.at),
	    sizeof(header));
	v = htole32(1);
	memcpy(header + 4, &v, 4);
	v = htole32(at.facts);
	memcpy(header + 24, &v, 4);
	v = htole32(at.crc);
	memcpy(header + 28, &v, 4);
	memset(header + 32, 0, 12);
	v = htole32(crc32c(0, header, 44));
	memcpy(header + 44, &v, 4);
	assert_int_equal(pwrite(fd, header, sizeof(header), (off_t)at.at),
	    sizeof(header));
	(void)snprintf(text, sizeof(text), "UPDATE blob SET facts=%u, crc=%u "
	    "WHERE blob=%llu", at.facts, at.crc, (unsigned long long)blob);
	run_sql(p, text);
	close(fd);
	free(body);
}

static void
test_old(void **state)
{
	static const size_t sizes[] = { 300, LONG };
	struct folder *p = *state;
	struct fetch_row row[2];

	for (size_t i = 0; i < NELEM(sizes); i++)
		append(p, text_of(p, 'A', sizes[i]));
	for (uint32_t i = 0; i < NELEM(sizes); i++) {
		uint64_t at = number(p, "at", i + 1) + RECORD_HEADER;

		make_old(p, i + 1);
		assert_int_equal(content(p, i + 1), sizes[i]);
		assert_memory_equal(p->back, text_of(p, 'A', sizes[i]).p,
		    sizes[i]);
		assert_int_equal(fixture_rows(&p->d, &p->who, &p->in, row, 2),
		    2);
		assert_str(row[i].facts, "facts of it");
		check_part(p, i + 1, 0, 200000, 0);
		flip(p, PACK, at + 200);
		check_part(p, i + 1, 0, 200000, E_DAMAGED);
		flip(p, PACK, at + 200);
	}
	/* Only the number of living octets is another than before. */
	assert_int_equal(fixture_verify(&p->d), 1);
}

enum { MANY = 300 };

static uint32_t
pages_of(struct folder *p)
{
	int fd = openat(p->dirfd, "postern.db", O_RDONLY);
	off_t size = lseek(fd, 0, SEEK_END);

	close(fd);
	return (uint32_t)(size / 4096);
}

static void
shell(struct folder *p, const char *what)
{
	char command[300];

	(void)snprintf(command, sizeof(command), "cd %s && %s", p->path, what);
	assert_int_equal(system(command), 0);
}

static unsigned char
reserved(struct folder *p)
{
	int fd = openat(p->dirfd, "postern.db", O_RDONLY);
	unsigned char octet = 0;

	assert_int_equal(pread(fd, &octet, 1, 20), 1);
	close(fd);
	return octet;
}

static void
append_many(struct folder *p)
{
	for (int i = 0; i < MANY; i++)
		assert_int_equal(fixture_append(&p->d, &p->who, "INBOX",
		    "text", 0, "", NULL), 0);
}

/* What is read is right, or told as damage; what is written is written, or
 * refused, and ends nothing. verify goes through all of it. */
static void
check_pages(struct folder *p)
{
	struct fetch_row *row = calloc(MANY + 1, sizeof(*row));
	int n = fixture_open_mailbox(&p->d, &p->who, "INBOX", &p->in), rc;

	if (n == 0)
		n = fixture_rows(&p->d, &p->who, &p->in, row, MANY + 1);
	if (n < 0)
		assert_int_equal(n, E_DAMAGED);
	else
		assert_int_equal(n, MANY);
	for (int i = 0; i < n; i++) {
		assert_int_equal(row[i].uid, i + 1);
		assert_int_equal(row[i].size, 4);
	}
	free(row);
	rc = fixture_append(&p->d, &p->who, "Sent", "text", 0, "", NULL);
	assert_true(rc == 0 || rc == E_DAMAGED);
	assert_false(p->d.dead);
	assert_true(fixture_verify(&p->d) > 0);
	assert_true(journal_has(p, 0));
}

/* Each page of the database in turn. */
static void
test_pages(void **state)
{
	struct folder *p = *state;
	uint32_t pages, opened = 0;

	append_many(p);
	assert_int_equal(fixture_verify(&p->d), 0);
	fixture_close(&p->d);
	assert_int_equal(reserved(p), 8);
	shell(p, "mkdir kept && cp -a postern.* packs blobs kept");
	pages = pages_of(p);
	assert_true(pages > 20);
	for (uint32_t page = 1; page <= pages; page++) {
		uint64_t at = (page - 1) * 4096 + (page == 1 ? 20 : page * 977 %
		    4096);
		int rc;

		flip(p, "postern.db", at);
		rc = fixture_open(&p->d);
		if (rc == 0)
			check_pages(p);
		else if (rc != E_DAMAGED)
			fail_msg("%d %s", rc, p->d.err.text);
		opened += rc == 0;
		fixture_close(&p->d);
		shell(p, "rm -rf postern.* packs blobs; "
		    "cp -a kept/. .");
	}
	/* Only the few pages that every start needs are in its way. */
	assert_true(opened > pages / 2);
}

static void
run_plain(sqlite3 *db, const char *text)
{
	char *why = NULL;

	if (sqlite3_exec(db, text, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", text, why);
}

/* Its tables and indices in a database whose pages have no checksums. */
static void
make_unsummed(struct folder *p)
{
	char old[100], plain[100], text[300];
	sqlite3_stmt *st;
	sqlite3 *db;

	(void)snprintf(old, sizeof(old), "%s/postern.db", p->path);
	(void)snprintf(plain, sizeof(plain), "%s/plain.db", p->path);
	assert_int_equal(sqlite3_open_v2(plain, &db, SQLITE_OPEN_READWRITE |
	    SQLITE_OPEN_CREATE, "unix"), SQLITE_OK);
	(void)snprintf(text, sizeof(text), "ATTACH '%s' AS old", old);
	run_plain(db, text);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT sql, name, type "
	    "FROM old.sqlite_schema WHERE sql IS NOT NULL ORDER BY type DESC",
	    -1, &st, NULL), SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW) {
		run_plain(db, (const char *)sqlite3_column_text(st, 0));
		(void)snprintf(text, sizeof(text), "INSERT INTO main.%s "
		    "SELECT * FROM old.%s", (const char *)
		    sqlite3_column_text(st, 1), (const char *)
		    sqlite3_column_text(st, 1));
		if (sqlite3_column_text(st, 2)[0] == 't')
			run_plain(db, text);
	}
	sqlite3_finalize(st);
	run_plain(db, "DETACH old; PRAGMA journal_mode=WAL");
	sqlite3_close(db);
	assert_int_equal(renameat(p->dirfd, "plain.db", p->dirfd,
	    "postern.db"), 0);
}

/* A database of before there were checksums. */
static void
test_migration(void **state)
{
	struct folder *p = *state;

	append_many(p);
	fixture_close(&p->d);
	make_unsummed(p);
	assert_int_equal(reserved(p), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(fixture_open(&p->d), 0);
		assert_int_equal(reserved(p), 8);
		assert_int_equal(fixture_verify(&p->d), 0);
		assert_int_equal(fixture_open_mailbox(&p->d, &p->who, "INBOX",
		    &p->in), 0);
		assert_int_equal(p->in.exists, MANY);
		fixture_close(&p->d);
	}
	flip(p, "postern.db", 4096 * 20 + 5);
	assert_int_equal(fixture_open(&p->d), 0);
	assert_true(fixture_verify(&p->d) > 0);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(test_short),
		T(test_long),
		T(test_large),
		T(test_astray),
		T(test_gone),
		T(test_length),
		T(test_old),
		T(test_pages),
		T(test_migration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
