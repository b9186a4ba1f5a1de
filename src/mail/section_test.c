#include "mail/section.h"

#include "mail/test_world.h"

#define PREFIX "Delivered-To: alice\r\n"
#define HEADER "Subject: one\r\nX-A: 1\r\n 2\r\n\r\n"
#define BODY "hello\r\n"
#define MESSAGE PREFIX HEADER BODY

static int
collect(void *arg, struct str octets)
{
	struct buf *b = arg;

	buf_str(b, octets);
	return buf_failed(b) ? E_FULL : 0;
}

static struct mail_message
message(struct world *w)
{
	const struct fetch_row row = { .uid = 10, .size = w->text.n,
		.prefix_len = sizeof(PREFIX) - 1 };

	return message_of(&w->account, 1, &row);
}

static void
sections(struct world *w)
{
	static const struct {
		enum facts_what what;
		size_t npath;
		uint32_t part;
		const char *want;	/* NULL: there is none */
	} rows[] = {
		{ FACTS_BODY_ALL, 0, 0, MESSAGE },
		{ FACTS_HEADER, 0, 0, PREFIX HEADER },
		{ FACTS_TEXT, 0, 0, BODY },
		{ FACTS_BODY_ALL, 1, 1, BODY },
		{ FACTS_BODY_ALL, 1, 2, NULL },
		{ FACTS_HEADER, 1, 1, NULL },
	};
	struct arena *mem = arena_new(MESSAGE_FACTS_MEM);
	struct mail_message m;
	struct err err = { 0 };
	struct facts f;

	w->text = STR(MESSAGE);
	m = message(w);
	assert_int_equal(message_facts(&m, mem, &f, &err), 0);
	assert_int_equal(f.size, sizeof(HEADER BODY) - 1);
	assert_str(f.base_subject, "one");
	for (size_t i = 0; i < NELEM(rows); i++) {
		auto_buf got = BUF_INIT(4096);
		struct octet_range at;
		int e = message_section(&m, &f, rows[i].what, &rows[i].part,
		    rows[i].npath, &at, &err);

		if (!rows[i].want) {
			assert_int_equal(e, E_NOTFOUND);
			assert_int_equal(err.code, 0);
			continue;
		}
		assert_int_equal(e, 0);
		assert_int_equal(message_read(&m, at, collect, &got, &err), 0);
		assert_str(buf_get(&got), rows[i].want);
	}
	arena_free(mem);
}

static void
fields(struct world *w)
{
	static const struct str names[] = { STR("x-a"), STR("none") };
	auto_buf got = BUF_INIT(4096);
	struct mail_message m;
	struct err err = { 0 };

	w->text = STR(MESSAGE);
	m = message(w);
	assert_int_equal(message_fields(&m, (struct octet_range){ 0,
	    sizeof(PREFIX HEADER) - 1 }, names, 2, false, &got, &err), 0);
	assert_str(buf_get(&got), "X-A: 1\r\n 2\r\n\r\n");
	buf_reset(&got);
	assert_int_equal(message_fields(&m, (struct octet_range){ 0,
	    sizeof(PREFIX HEADER) - 1 }, names, 2, true, &got, &err), 0);
	assert_str(buf_get(&got), PREFIX "Subject: one\r\n\r\n");
}

/* The facts in a row are a cache: kept if they fit, else made anew. */
static void
facts_again(struct world *w)
{
	struct arena *mem = arena_new(MESSAGE_FACTS_MEM);
	struct mime_scan *scan = mime_scan_new(mem, NULL);
	auto_buf record = BUF_INIT(MIME_RECORD_MAX);
	struct mail_message m;
	struct err err = { 0 };
	struct facts f;

	mime_scan_feed(scan, STR("Subject: kept\r\n\r\n"));
	mime_scan_finish(scan, &record);
	m = (struct mail_message){ .account = &w->account, .uid = 10,
		.size = 20, .prefix_len = 3, .facts = buf_get(&record) };
	assert_int_equal(message_facts(&m, mem, &f, &err), 0);
	assert_str(f.base_subject, "kept");
	/* Of a message of another size, of none, of nonsense. */
	w->text = STR(MESSAGE);
	m = message(w);
	m.facts = buf_get(&record);
	assert_int_equal(message_facts(&m, mem, &f, &err), 0);
	assert_str(f.base_subject, "one");
	m.facts = STR("nonsense");
	assert_int_equal(message_facts(&m, mem, &f, &err), 0);
	assert_str(f.base_subject, "one");
	m.prefix_len = (uint32_t)m.size + 1;
	assert_int_equal(message_facts(&m, mem, &f, &err), E_PROTO);
	arena_free(mem);
}

static void
failures(struct world *w)
{
	auto_buf got = BUF_INIT(4096), little = BUF_INIT(3);
	struct mail_message m;
	struct err err = { 0 };
	char *large = calloc(1, MESSAGE_HEADER_MAX + 1);

	assert_non_null(large);
	m = (struct mail_message){ .account = &w->account, .size = 100 };
	assert_int_equal(message_read(&m, (struct octet_range){ 0, 100 },
	    collect, &got, &err), E_NOTFOUND);
	w->text = STR("short");
	assert_int_equal(message_read(&m, (struct octet_range){ 0, 100 },
	    collect, &got, &err), E_DAMAGED);
	assert_int_equal(message_read(&m, (struct octet_range){ 0, 5 },
	    collect, &little, &err), E_FULL);
	w->text = str_make(large, MESSAGE_HEADER_MAX + 1);
	err = (struct err){ 0 };
	assert_int_equal(message_fields(&m, (struct octet_range){ 0,
	    w->text.n }, NULL, 0, true, &got, &err), E_LIMIT);
	assert_int_equal(err.code, E_LIMIT);
	free(large);
}

static void
test_sections(void **state unused_arg)
{
	world_run(sections);
}

static void
test_fields(void **state unused_arg)
{
	world_run(fields);
}

static void
test_facts_again(void **state unused_arg)
{
	world_run(facts_again);
}

static void
test_failures(void **state unused_arg)
{
	world_run(failures);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sections),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_facts_again),
		cmocka_unit_test(test_failures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
