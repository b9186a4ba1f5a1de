/*
 * Tests of the step to version 21: what is in a database of 20 stays, and what
 * it lacks comes.
 */
#include <sqlite3.h>

#include "base/test.h"
#include "store/sql/schema.h"
#include "store/sql/test_steps.h"

/* What waited before version 21 was of no class of solicitation. */
static void
test_queue_has_no_class(void **state unused_arg)
{
	static struct sql q;

	assert_int_equal(sqlite3_open(":memory:", &q.db), SQLITE_OK);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sqlite3_exec(q.db, BACK_TO_20
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
	assert_int_equal(sql_str(&q, queue_of, solicit).n, 0);
	assert_str(sql_str(&q, queue_of, address), "a");
	sql_end(&q, SQL_queue_of);
	sql_close(&q);
}

/* Domains had their mailboxes here. */
static void
test_domains_stay(void **state unused_arg)
{
	static struct sql q;

	assert_int_equal(sqlite3_open(":memory:", &q.db), SQLITE_OK);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sqlite3_exec(q.db, BACK_TO_20
	    "INSERT INTO domain VALUES (x'61', 2, 1, 0, 0, 0);", NULL, NULL,
	    NULL), 0);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sql_first(&q, SQL_domain_get, SQL_VALS(
	    vs(STR("a"))), NULL), 1);
	assert_int_equal(sql_u32(&q, domain_get, relayed), 0);
	assert_int_equal(sql_u64(&q, domain_get, accounts), 2);
	sql_end(&q, SQL_domain_get);
	assert_int_equal(sql_run(&q, SQL_relayed_add, SQL_VALS(vs(STR("a")),
	    vs(STR("bob"))), NULL), 0);
	sql_close(&q);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_queue_has_no_class),
		cmocka_unit_test(test_domains_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
