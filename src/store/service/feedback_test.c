/*
 * feedback_test.c - reports that others sent us: each once, with bounds, for
 * the operator alone; and the message of one that was read is in no mailbox.
 */
#include "store/engine/engine_int.h"
#include "store/service/test_folder.h"
#include "store/service/test_ok.h"

static struct str
rows_of(struct buf *b, uint32_t n)
{
	struct feedback_dmarc_row row = { .n = 3, .host = STR("\1\2\3\4"),
		.header_from = STR("ours.test"), .passed = STR("spf=a.test") };

	buf_reset(b);
	for (uint32_t i = 0; i < n; i++)
		msg_put(b, &feedback_dmarc_row_shape, &row);
	assert_false(buf_failed(b));
	return buf_get(b);
}

static struct feedback_add_ask
one(const char *id, struct str rows, uint32_t nrows)
{
	return (struct feedback_add_ask){ .kind = AGGREGATE_dmarc,
		.domain = STR("Ours.test"), .org = STR("Far"),
		.id = str_c(id), .sender = STR("far.test"), .begins = 86400,
		.ends = 172799, .bad = 3 * nrows, .nrows = nrows,
		.rows = rows };
}

/* 1: it was known. */
static int
tell(struct folder *p, struct feedback_add_ask ask)
{
	struct caller mx = { .authority = AUTH_MX };
	struct write w = { .caller = &mx, .ask = &ask,
		.call = STORE_feedback_add };
	int rc;

	ask.change = ++p->d.change;
	rc = fixture_write(&p->d, &w);
	return rc < 0 ? rc : w.answer.feedback_add.known;
}

static uint32_t
listed(struct folder *p, const char *domain, struct feedback_row *last)
{
	struct caller operator = { .authority = AUTH_OPERATOR };
	struct feedbacks_ask ask = { .domain = str_c(domain) };
	union store_answer answer;
	uint32_t n = 0;

	do {
		struct rd r;

		OK(reader_ask(p->d.r, &operator, STORE_feedbacks, &ask,
		    &answer, &p->d.err));
		r = rd_of(answer.feedbacks.rows);
		while (rd_left(&r) > 0 &&
		    msg_take(&r, &feedback_row_shape, last))
			n++;
		ask.after = answer.feedbacks.next;
	} while (ask.after > 0);
	return n;
}

static void
test_kept(void **state)
{
	struct folder *p = *state;
	struct caller operator = { .authority = AUTH_OPERATOR };
	struct feedback_get_ask ask;
	union store_answer answer;
	struct feedback_row row;
	struct buf b = BUF_INIT(FEEDBACK_ROWS_OCTETS);

	assert_int_equal(tell(p, one("a", rows_of(&b, 2), 2)), 0);
	assert_int_equal(tell(p, one("a", rows_of(&b, 2), 2)), 1);
	folder_open_again(p);
	assert_int_equal(tell(p, one("a", rows_of(&b, 1), 1)), 1);
	assert_int_equal(tell(p, one("b", rows_of(&b, 0), 0)), 0);
	assert_int_equal(listed(p, "", &row), 2);
	assert_int_equal(listed(p, "ours.test", &row), 2);
	assert_int_equal(listed(p, "s.test", &row), 0);
	assert_int_equal(listed(p, "test", &row), 2);
	ask.report = row.report - 1;
	OK(reader_ask(p->d.r, &operator, STORE_feedback_get, &ask, &answer,
	    &p->d.err));
	assert_str(answer.feedback_get.domain, "ours.test");
	assert_int_equal(answer.feedback_get.bad, 6);
	assert_strs(answer.feedback_get.facts, rows_of(&b, 2));
	ask.report = 77;
	assert_int_equal(reader_ask(p->d.r, &operator, STORE_feedback_get,
	    &ask, &answer, &p->d.err), E_NOTFOUND);
	buf_free(&b);
}

#define BAD(code, member, value)                                      \
	do {                                                          \
		struct feedback_add_ask bad = one("x", rows, 1);      \
		bad.member = (value);                                 \
		assert_int_equal(tell(p, bad), (code));               \
	} while (0)

static void
test_refused(void **state)
{
	struct folder *p = *state;
	struct buf b = BUF_INIT(FEEDBACK_ROWS_OCTETS);
	struct str rows = rows_of(&b, 1);

	BAD(E_NOTFOUND, domain, STR("theirs.test"));
	BAD(E_NOTFOUND, domain, STR("test"));
	BAD(E_INVALID, domain, STR("ours.test "));
	BAD(E_INVALID, domain, STR(""));
	BAD(E_INVALID, kind, 3);
	BAD(E_INVALID, id, STR(""));
	BAD(E_INVALID, org, STR("a\33[2J"));
	BAD(E_INVALID, nrows, 2);
	BAD(E_INVALID, nrows, 0);
	BAD(E_INVALID, rows, str_first(rows, rows.n - 1));
	BAD(E_INVALID, kind, AGGREGATE_tls);	/* whose rows are others */
	BAD(0, domain, STR("below.ours.test"));
	buf_free(&b);
}

/* Who sends too much pushes out what is his, and in time all goes. */
static void
test_bounds(void **state)
{
	struct folder *p = *state;
	struct buf b = BUF_INIT(FEEDBACK_ROWS_OCTETS);
	struct str rows = rows_of(&b, FEEDBACK_ROWS_MAX);
	struct feedback_add_ask other = one("other", STR_NULL, 0);
	uint64_t fit = FEEDBACK_OF_ONE / (FEEDBACK_COST + rows.n);
	struct feedback_row row;
	bool more = true;
	char id[32];

	other.sender = STR_NULL;
	assert_int_equal(tell(p, other), 0);
	for (uint64_t i = 0; i < fit + 3; i++) {
		(void)snprintf(id, sizeof(id), "%d", (int)i);
		assert_int_equal(tell(p, one(id, rows, FEEDBACK_ROWS_MAX)), 0);
	}
	assert_int_equal(listed(p, "", &row), fit + 1);
	assert_int_equal(folder_count(p, "SELECT count(*) FROM feedback"
	    " WHERE sender=x''"), 1);
	assert_int_equal(tell(p, one("0", rows, FEEDBACK_ROWS_MAX)), 0);
	assert_int_equal(tell(p, one("9", rows, FEEDBACK_ROWS_MAX)), 1);
	p->d.now_us += (FEEDBACK_KEPT_DAYS + 1) * (int64_t)DAY_SECONDS *
	    1000000;
	while (more)
		OK(engine_gc(p->d.e, &more, &p->d.err));
	assert_int_equal(listed(p, "", &row), 0);
	buf_free(&b);
}

static uint32_t
mails(struct folder *p)
{
	struct open_answer in;

	OK(fixture_open_mailbox(&p->d, &p->who, "INBOX", &in));
	return in.exists;
}

/* Its address is every domain's; who has it gets what is no report. */
static void
test_messages(void **state)
{
	static const char *const only[] = { "mail-reports@ours.test", NULL },
	    *const both[] = { "Mail-Reports+a@ours.test", "alice@ours.test",
		NULL };
	struct folder *p = *state;
	bool more = true;

	OK(fixture_submit(&p->d, 0, "no report", only, NULL));
	assert_int_equal(mails(p), 1);
	p->d.read = true;
	OK(fixture_submit(&p->d, 0, "a report", only, NULL));
	assert_int_equal(mails(p), 1);
	OK(fixture_submit(&p->d, 0, "a report", both, NULL));
	assert_int_equal(mails(p), 2);
	OK(fixture_submit(&p->d, 0, "hello", both + 1, NULL));
	assert_int_equal(mails(p), 3);
	while (more)
		OK(engine_gc(p->d.e, &more, &p->d.err));
	assert_int_equal(folder_count(p, "SELECT count(*) FROM blob"), 3);
}

/* Somebody's name, or an alias, is theirs. */
static void
test_taken_name(void **state)
{
	static const char *const to[] = { "mail-reports@ours.test", NULL };
	struct folder *p = *state;
	const struct domains_ask ask = { .only = STR("ours.test") };
	union store_answer answer = { 0 };
	uint64_t account;

	OK(reader_ask(p->d.r, &p->d.operator_, STORE_domains, &ask, &answer,
	    &p->d.err));
	assert_int_equal(answer.domains.own, 0);
	OK(fixture_account(&p->d, "mail-reports@ours.test", &account));
	OK(reader_ask(p->d.r, &p->d.operator_, STORE_domains, &ask, &answer,
	    &p->d.err));
	assert_int_equal(answer.domains.own, 1);
	p->d.read = true;
	OK(fixture_submit(&p->d, 0, "a report", to, NULL));
	assert_int_equal(folder_count(p, "SELECT count(*) FROM email"), 1);
	assert_int_equal(mails(p), 0);
}

int
main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, folder_set_up, \
	folder_tear_down_whole)
	const struct CMUnitTest tests[] = {
		T(test_kept),
		T(test_refused),
		T(test_bounds),
		T(test_messages),
		T(test_taken_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
