/*
 * aggregate_test.c - what is counted for aggregate reports: each message once,
 * with a bound, and gone with the report that is sent of it.
 */
#include "base/test.h"

#include "store/policy/policy.h"
#include "store/service/test_folder.h"
#include "store/service/test_ok.h"
#include "store/test_blob.h"

static struct dmarc_seen
seen_of(const char *domain, const char *host)
{
	return (struct dmarc_seen){ .domain = str_c(domain), .p = 2, .sp = 1,
		.rua = STR("mailto:a@example.org"),
		.host = str_make(host, 4), .disposition = 2,
		.header_from = str_c(domain), .envelope_from = STR("b.test"),
		.spf_domain = STR("b.test"), .spf_result = STR("fail"),
		.dkim = STR("example.org s1 fail\n") };
}

static int
refuse(struct folder *p, const struct dmarc_seen *s)
{
	struct caller mx = { .authority = AUTH_MX };
	auto_buf b = BUF_INIT(DMARC_SEEN_MAX);
	struct dmarc_refused_ask ask = { .change = ++p->d.change };
	struct write w = { .caller = &mx, .ask = &ask,
		.call = STORE_dmarc_refused };

	msg_put(&b, &dmarc_seen_shape, s);
	ask.seen = buf_get(&b);
	return fixture_write(&p->d, &w);
}

static int
send_report(struct folder *p, int64_t day, const char *domain,
    const char *to, uint32_t later_s)
{
	struct caller relay = { .authority = AUTH_RELAY };
	struct aggregate_send_ask ask = { .change = ++p->d.change,
		.kind = AGGREGATE_dmarc, .day = day,
		.domain = str_c(domain), .to = str_c(to), .later_s = later_s,
		.raw_size = 5,
		.octets = test_blob(STR("hello")) };
	struct write w = { .caller = &relay, .ask = &ask,
		.call = STORE_aggregate_send };

	return fixture_write(&p->d, &w);
}

static struct aggregate_next_answer
next(struct folder *p, struct reader *r)
{
	struct aggregate_next_ask ask = { 0 };
	union store_answer answer;

	OK(read_aggregate_next(r, &p->who, &ask, &answer, &p->d.err));
	return answer.aggregate_next;
}

static int64_t
day_of(struct folder *p)
{
	int64_t now = p->d.now_us / 1000000;

	return now - now % DAY_SECONDS;
}

static void
test_counted_and_sent(void **state)
{
	struct folder *p = *state;
	struct dmarc_seen one = seen_of("example.org", "\1\2\3\4"),
	    two = seen_of("example.org", "\1\2\3\5");
	struct aggregate_rows_ask ask = { .kind = AGGREGATE_dmarc,
		.domain = STR("example.org") };
	union store_answer answer;
	struct aggregate_row row;
	struct dmarc_row facts;
	struct reader *r;
	struct rd rd;
	uint64_t n = 0;

	OK(refuse(p, &one));
	OK(refuse(p, &two));
	one.rua = STR("mailto:c@example.org");	/* the record has changed */
	OK(refuse(p, &one));
	folder_open_again(p);
	OK(reader_open(p->d.e, &r, &p->d.err));
	assert_int_equal(next(p, r).known, 0);	/* the day is not over */
	ask.day = day_of(p);
	p->d.now_us += (DAY_SECONDS + 3600) * (int64_t)1000000;
	assert_int_equal(next(p, r).known, 1);
	assert_int_equal(next(p, r).day, ask.day);
	assert_int_equal(next(p, r).rows, 2);
	OK(read_aggregate_rows(r, &p->who, &ask, &answer, &p->d.err));
	rd = rd_of(answer.aggregate_rows.rows);
	while (rd_left(&rd) > 0 && msg_take(&rd, &aggregate_row_shape, &row)) {
		assert_true(msg_whole(row.facts, &dmarc_row_shape, &facts));
		assert_str(facts.header_from, "example.org");
		n += row.n;
	}
	assert_int_equal(n, 3);
	assert_int_equal(answer.aggregate_rows.next.n, 0);

	OK(send_report(p, ask.day, "example.org", "", 3600));
	assert_int_equal(next(p, r).known, 0);	/* in an hour */
	p->d.now_us += 3600 * (int64_t)1000000;
	assert_int_equal(next(p, r).known, 1);
	OK(send_report(p, ask.day, "example.org",
	    "c@example.org\nd@ours.test\n", 0));
	assert_int_equal(next(p, r).known, 0);
	assert_int_equal(send_report(p, ask.day, "example.org",
	    "c@example.org\n", 0), E_NOTFOUND);
	assert_int_equal(folder_count(p, "SELECT count(*) FROM queue_rcpt"),
	    1);	/* nobody is d@ours.test */
	assert_int_equal(folder_count(p, "SELECT count(*) FROM queue"
	    " WHERE reverse_path=x''"), 1);
	assert_int_equal(folder_count(p, "SELECT count(*) FROM aggregate_row"),
	    0);
	reader_close(r);
}

/* What nobody can send does not stay. */
static void
test_given_up(void **state)
{
	struct folder *p = *state;
	struct dmarc_seen one = seen_of("example.org", "\1\2\3\4");
	int64_t day = day_of(p);

	OK(refuse(p, &one));
	p->d.now_us += AGGREGATE_KEPT_DAYS * DAY_SECONDS * (int64_t)1000000;
	OK(send_report(p, day, "example.org", "", 1));
	assert_int_equal(folder_count(p, "SELECT count(*) FROM aggregate"), 1);
	p->d.now_us += DAY_SECONDS * (int64_t)1000000;
	OK(send_report(p, day, "example.org", "", 3600));
	assert_int_equal(folder_count(p, "SELECT count(*) FROM aggregate"), 0);
	assert_int_equal(folder_count(p, "SELECT count(*) FROM aggregate_row"),
	    0);
}

/* Mx is not believed. */
static void
test_what_is_none(void **state)
{
	struct folder *p = *state;
	struct dmarc_seen s = seen_of("example.org", "\1\2\3\4"), bad;

#define BAD(field, value) \
	bad = s; bad.field = value; \
	assert_int_equal(refuse(p, &bad), E_INVALID)
	BAD(domain, STR("a b"));
	BAD(domain, STR(""));
	BAD(host, STR("123"));
	BAD(p, 3);
	BAD(disposition, 3);
	BAD(reason, 9);
	BAD(rua, STR(""));
	BAD(dkim, STR("\1"));
	BAD(header_from, STR("\xc3\xbc"));
#undef BAD
	assert_int_equal(folder_count(p, "SELECT count(*) FROM aggregate"), 0);
}

/* So many rows of one report, and then of all. */
static void
fill(struct folder *p, const char *domain, int64_t day, uint64_t rows)
{
	struct engine *e = p->d.e;

	batch_begin(e);
	OK(batch_transaction(e, &p->d.err));
	OK(sql_run(&e->w, SQL_aggregate_add, SQL_VALS(vi(AGGREGATE_dmarc),
	    vi((uint64_t)day), vs(str_c(domain)), vs(STR("x")),
	    vi((uint64_t)day)), &p->d.err));
	for (uint64_t i = 0; i < rows; i++)
		OK(sql_run(&e->w, SQL_aggregate_grow, SQL_VALS(
		    vi(AGGREGATE_dmarc), vi((uint64_t)day),
		    vs(str_c(domain))), &p->d.err));
	OK(batch_finish(e, &p->d.err));
}

static void
test_bounded(void **state)
{
	struct folder *p = *state;
	struct dmarc_seen one = seen_of("full.test", "\1\2\3\4"),
	    other = seen_of("other.test", "\1\2\3\4");
	char domain[32];

	fill(p, "full.test", day_of(p), AGGREGATE_ROWS_MAX);
	OK(refuse(p, &one));
	assert_int_equal(folder_count(p, "SELECT lost FROM aggregate"), 1);
	for (int i = 0; i < AGGREGATE_ROWS_ALL / 1000 - 1; i++) {
		(void)snprintf(domain, sizeof(domain), "d%d.test", i);
		fill(p, domain, day_of(p) - DAY_SECONDS * (1 + i % 2), 1000);
	}
	assert_int_equal(folder_count(p, "SELECT count(*) FROM aggregate"
	    " WHERE domain=CAST('d1.test' AS BLOB)"), 1);
	OK(refuse(p, &other));
	/* The first of the oldest day has made room. */
	assert_int_equal(folder_count(p, "SELECT count(*) FROM aggregate"
	    " WHERE domain=CAST('d1.test' AS BLOB)"), 0);
	assert_int_equal(folder_count(p, "SELECT count(*) FROM aggregate_row"),
	    1);
}

/* Sessions, many at once. */
static void
test_sessions(void **state)
{
	struct folder *p = *state;
	struct caller relay = { .authority = AUTH_RELAY };
	struct tls_seen s = { .domain = STR("example.org"), .n = 3,
		.by = TLS_ROW_sts, .policy = STR("mode: enforce\n"),
		.mx = STR("mx.example.org"), .address = STR("\1\2\3\4") };
	auto_buf b = BUF_INIT(65536);
	struct tls_count_ask ask = { .change = ++p->d.change };
	struct write w = { .caller = &relay, .ask = &ask,
		.call = STORE_tls_count };

	msg_put(&b, &tls_seen_shape, &s);
	msg_put(&b, &tls_seen_shape, &s);
	s.by = TLS_ROW_BYS;
	msg_put(&b, &tls_seen_shape, &s);
	s.by = 0;
	s.n = 0;
	msg_put(&b, &tls_seen_shape, &s);
	s.n = 1;
	s.result = STR("\1");
	msg_put(&b, &tls_seen_shape, &s);
	s.result = STR("validation-failure");
	msg_put(&b, &tls_seen_shape, &s);
	ask.seen = buf_get(&b);
	OK(fixture_write(&p->d, &w));
	assert_int_equal(folder_count(p, "SELECT count(*) FROM aggregate_row"
	    " WHERE kind=2"), 2);
	assert_int_equal(folder_count(p, "SELECT sum(n) FROM aggregate_row"),
	    7);
	assert_int_equal(folder_count(p, "SELECT rows FROM aggregate"), 2);
}

int
main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, folder_set_up, \
	folder_tear_down_whole)
	const struct CMUnitTest tests[] = {
		T(test_counted_and_sent), T(test_given_up),
		T(test_what_is_none), T(test_bounded),
		T(test_sessions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
