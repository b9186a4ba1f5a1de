/*
 * sts_test.c - policies of other domains are kept, replaced and bounded.
 */
#include "base/test.h"

#include "store/policy/policy.h"
#include "store/service/test_folder.h"
#include "store/service/test_ok.h"

static int
put(struct folder *p, const char *domain, const char *id, uint32_t mode,
    const char *mx, uint32_t max_age_s)
{
	struct caller relay = { .authority = AUTH_RELAY };
	struct sts_put_ask ask = { ++p->d.change, str_c(domain), str_c(id),
		mode, str_c(mx), max_age_s };
	struct write w = { .caller = &relay, .ask = &ask,
		.call = STORE_sts_put };

	return fixture_write(&p->d, &w);
}

static struct sts_get_answer
get(struct folder *p, struct reader *r, const char *domain)
{
	struct sts_get_ask ask = { str_c(domain) };
	union store_answer answer;

	OK(read_sts_get(r, &p->who, &ask, &answer, &p->d.err));
	return answer.sts_get;
}

static void
test_kept_and_replaced(void **state)
{
	struct folder *p = *state;
	struct reader *r;
	struct sts_get_answer is;

	OK(put(p, "example.org", "1", 2, "mx.example.org *.a.b", 1000));
	folder_open_again(p);
	OK(reader_open(p->d.e, &r, &p->d.err));
	is = get(p, r, "example.org");
	assert_int_equal(is.known, 1);
	assert_str(is.id, "1");
	assert_int_equal(is.mode, 2);
	assert_str(is.mx, "mx.example.org *.a.b");
	assert_int_equal(is.expires - is.fetched, 1000);
	assert_int_equal(is.fetched, p->d.now_us / 1000000);
	assert_int_equal(get(p, r, "example.net").known, 0);
	OK(put(p, "example.org", "2", 0, "", 0));
	is = get(p, r, "example.org");
	assert_str(is.id, "2");
	assert_int_equal(is.mx.n, 0);
	reader_close(r);
	assert_int_equal(folder_count(p, "SELECT count(*) FROM sts_policy"),
	    1);
}

/* Relay is not believed. */
static void
test_what_is_none(void **state)
{
	struct folder *p = *state;

	assert_int_equal(put(p, "", "1", 1, "a", 1), E_INVALID);
	assert_int_equal(put(p, "a b", "1", 1, "a", 1), E_INVALID);
	assert_int_equal(put(p, "b\xc3\xbc.c", "1", 1, "a", 1), E_INVALID);
	assert_int_equal(put(p, "a.b", "", 1, "a", 1), E_INVALID);
	assert_int_equal(put(p, "a.b", "1;", 1, "a", 1), E_INVALID);
	assert_int_equal(put(p, "a.b", "1", 3, "a", 1), E_INVALID);
	assert_int_equal(put(p, "a.b", "1", 1, "a\n", 1), E_INVALID);
	assert_int_equal(put(p, "a.b", "1", 1, "a", 31557601), E_INVALID);
	assert_int_equal(folder_count(p, "SELECT count(*) FROM sts_policy"),
	    0);
}

/* So many, in one transaction. */
static void
fill(struct folder *p, int n)
{
	struct engine *e = p->d.e;
	uint64_t now = (uint64_t)p->d.now_us / 1000000;
	char domain[32];

	batch_begin(e);
	OK(batch_transaction(e, &p->d.err));
	for (int i = 0; i < n; i++) {
		(void)snprintf(domain, sizeof(domain), "d%d.test", i);
		OK(sql_run(&e->w, SQL_sts_add, SQL_VALS(vs(str_c(domain)),
		    vs(STR("1")), vi(1), vs(STR("a")), vi(now),
		    vi(now + 5000)), &p->d.err));
	}
	OK(batch_finish(e, &p->d.err));
}

/* What has expired goes, and then what will expire first. */
static void
test_bounded(void **state)
{
	struct folder *p = *state;

	OK(put(p, "old.test", "1", 1, "a", 1));
	OK(put(p, "first.test", "1", 1, "a", 1000));
	p->d.now_us += 5000000;
	fill(p, STS_ROWS_MAX - 2);
	OK(put(p, "last.test", "1", 1, "a", 5000));
	assert_int_equal(folder_count(p, "SELECT count(*) FROM sts_policy"),
	    STS_ROWS_MAX);
	assert_int_equal(folder_count(p, "SELECT count(*) FROM sts_policy"
	    " WHERE domain=CAST('old.test' AS BLOB)"), 0);
	OK(put(p, "d5.test", "2", 1, "a", 5000));
	assert_int_equal(folder_count(p, "SELECT count(*) FROM sts_policy"
	    " WHERE domain=CAST('first.test' AS BLOB)"), 1);
	OK(put(p, "more.test", "1", 1, "a", 5000));
	assert_int_equal(folder_count(p, "SELECT count(*) FROM sts_policy"),
	    STS_ROWS_MAX);
	assert_int_equal(folder_count(p, "SELECT count(*) FROM sts_policy"
	    " WHERE domain=CAST('first.test' AS BLOB)"), 0);
}

int
main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, folder_set_up, \
	folder_tear_down_whole)
	const struct CMUnitTest tests[] = {
		T(test_kept_and_replaced), T(test_what_is_none),
		T(test_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
