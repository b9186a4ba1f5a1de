/*
 * Tests of the step to version 20: what is in a database of 19 stays, and what
 * it lacks comes.
 */
#include <sqlite3.h>

#include "base/test.h"
#include "store/sql/schema.h"
#include "store/sql/test_steps.h"

/* No reports of others were kept before version 20. */
static void
test_feedback_comes(void **state unused_arg)
{
	static struct sql q;
	uint64_t n;

	assert_int_equal(sqlite3_open(":memory:", &q.db), SQLITE_OK);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sqlite3_exec(q.db, BACK_TO_19, NULL, NULL, NULL), 0);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sql_run(&q, SQL_feedback_add, SQL_VALS(
	    vs(STR("far.test")), vi(1), vs(STR("ours.test")), vs(STR("id")),
	    vi(86400), vi(70), vs(STR("head")), vs(STR("rows"))), NULL), 0);
	assert_int_equal(sql_number(&q, SQL_feedback_of_one, SQL_VALS(
	    vs(STR("far.test"))), &n, NULL), 0);
	assert_int_equal(n, 70);
	assert_int_equal(sql_number(&q, SQL_feedback_all, NULL, 0, &n, NULL),
	    0);
	assert_int_equal(n, 70);
	assert_int_equal(sql_run(&q, SQL_feedback_drop_of_one, SQL_VALS(
	    vs(STR("far.test"))), NULL), 0);
	assert_int_equal(sql_number(&q, SQL_feedback_all, NULL, 0, &n, NULL),
	    0);
	assert_int_equal(n, 0);
	sql_close(&q);
}

/* What waited before version 20 was to be there by no time. */
static void
test_queue_has_no_time(void **state unused_arg)
{
	static struct sql q;

	assert_int_equal(sqlite3_open(":memory:", &q.db), SQLITE_OK);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sqlite3_exec(q.db, BACK_TO_19
	    "INSERT INTO queue (message, account, reverse_path, size,"
	    " body_8bit, smtputf8, at, ret, envid, signature) VALUES (1, 1,"
	    " x'61', 1, 0, 0, 1, 0, x'', x'');"
	    "INSERT INTO queue_rcpt (message, rcpt, address, domain, state,"
	    " next_due, attempts, outcome, code, status, text, host, last,"
	    " noticed, notify, orcpt) VALUES (1, 0, x'61', x'61', 0, 1, 0, 0,"
	    " 0, x'', x'', x'', 0, 0, 0, x'');", NULL, NULL, NULL), 0);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sql_first(&q, SQL_queue_of, SQL_VALS(vi(1)), NULL),
	    1);
	assert_int_equal(sql_u32(&q, queue_of, by_mode), 0);
	assert_int_equal(sql_i64(&q, queue_of, deliver_by), 0);
	sql_end(&q, SQL_queue_of);
	assert_int_equal(sql_first(&q, SQL_queue_by, SQL_VALS(vi(0), vi(0),
	    vi(0)), NULL), 0);
	sql_close(&q);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_feedback_comes),
		cmocka_unit_test(test_queue_has_no_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
