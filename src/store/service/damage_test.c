/*
 * Tests of what a disk does to octets: whatever is read back otherwise than it
 * was written is told as damage, of that message and of no other.
 */
#include "base/test.h"

#include <endian.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/crc32c.h"
#include "base/timetext.h"
#include "store/engine/engine_int.h"
#include "store/service/test_folder.h"
#include "store/test_blob.h"

#define PACK "packs/0000000000000001"

enum { LONG = 90000, LARGE = 1500000 };

/* The length of its text, which is in p->back, or E_*. */
static int
content(struct folder *p, uint32_t uid)
{
	return fixture_content(&p->d, &p->who, p->in.mailbox, uid, p->back,
	    FOLDER_TEXT, NULL);
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

	folder_append(p, folder_text(p, 'A', 100));
	folder_append(p, folder_text(p, 'B', 300));
	folder_append(p, folder_text(p, 'C', 100));
	text = folder_text(p, 'B', 300);
	end = number(p, "at", 3);
	for (uint64_t at = number(p, "at", 2); at < end; at++) {
		int n;

		folder_flip(p, PACK, at);
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
		folder_flip(p, PACK, at);
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
	struct str text = folder_text(p, 'B', n);
	uint64_t end = from + RECORD_HEADER + n;
	struct fetch_row row[2];

	assert_int_equal(content(p, 2), n);
	assert_memory_equal(p->back, text.p, n);
	/* In the header: all of it. */
	for (uint64_t at = from; at < from + RECORD_HEADER; at++) {
		folder_flip(p, file, at);
		check_part(p, 2, 20000, 100, E_DAMAGED);
		folder_flip(p, file, at);
	}
	for (uint64_t at = from + RECORD_HEADER; at < end; at += 4999) {
		uint64_t in = at - from - RECORD_HEADER;

		folder_flip(p, file, at);
		check_part(p, 2, in, 1, E_DAMAGED);
		assert_int_equal(content(p, 2), E_DAMAGED);
		if (in > 10000)
			check_part(p, 2, 100, 4000, 0);
		if (in < 60000)
			check_part(p, 2, 80000, 4000, 0);
		assert_int_equal(content(p, 1), 100);
		folder_flip(p, file, at);
	}
	/* In the facts. */
	folder_flip(p, file, from + RECORD_HEADER + number(p, "length", 2) + 3);
	assert_int_equal(fixture_rows(&p->d, &p->who, &p->in, row, 2), 2);
	assert_str(row[0].facts, "facts of it");
	assert_int_equal(row[1].facts.n, 0);
	check_part(p, 2, 0, 4096, 0);
	folder_flip(p, file, from + RECORD_HEADER + number(p, "length", 2) + 3);
	check_part(p, 2, 0, 100000, 0);
	assert_int_equal(fixture_verify(&p->d), 0);
}

static void
test_long(void **state)
{
	struct folder *p = *state;

	folder_append(p, folder_text(p, 'A', 100));
	folder_append(p, folder_text(p, 'B', LONG));
	damage_long(p, PACK, number(p, "at", 2), LONG);
}

static void
test_large(void **state)
{
	struct folder *p = *state;

	folder_append(p, folder_text(p, 'A', 100));
	folder_append(p, folder_text(p, 'B', LARGE));
	damage_long(p, "blobs/0000000000000002", 0, LARGE);
}

/* Rows that lead to another message give nobody its octets. */
static void
test_astray(void **state)
{
	struct folder *p = *state;

	folder_append(p, folder_text(p, 'A', 300));
	folder_append(p, folder_text(p, 'B', 300));
	folder_append(p, folder_text(p, 'C', LONG));
	folder_append(p, folder_text(p, 'D', LONG));
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

	folder_append(p, folder_text(p, 'A', LARGE));
	folder_append(p, folder_text(p, 'B', LARGE));
	folder_append(p, folder_text(p, 'C', 100));
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
		.octets = test_blob(folder_text(p, 'A', 58)) };
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
	    " WHERE size>0; UPDATE account SET used=5000;"
	    " UPDATE domain SET used=5000");
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
		folder_append(p, folder_text(p, 'A', sizes[i]));
	for (uint32_t i = 0; i < NELEM(sizes); i++) {
		uint64_t at = number(p, "at", i + 1) + RECORD_HEADER;

		make_old(p, i + 1);
		assert_int_equal(content(p, i + 1), sizes[i]);
		assert_memory_equal(p->back, folder_text(p, 'A', sizes[i]).p,
		    sizes[i]);
		assert_int_equal(fixture_rows(&p->d, &p->who, &p->in, row, 2),
		    2);
		assert_str(row[i].facts, "facts of it");
		check_part(p, i + 1, 0, 200000, 0);
		folder_flip(p, PACK, at + 200);
		check_part(p, i + 1, 0, 200000, E_DAMAGED);
		folder_flip(p, PACK, at + 200);
	}
	/* Only the number of living octets is another than before. */
	assert_int_equal(fixture_verify(&p->d), 1);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, folder_set_up, \
    folder_tear_down)
	const struct CMUnitTest tests[] = {
		T(test_short),
		T(test_long),
		T(test_large),
		T(test_astray),
		T(test_gone),
		T(test_length),
		T(test_old),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
