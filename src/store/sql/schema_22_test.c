/*
 * Tests of the step to version 22: what is in a database of 21 stays, and what
 * it lacks comes.
 */
#include <sqlite3.h>

#include "base/test.h"
#include "store/sql/schema.h"
#include "store/sql/test_steps.h"

/* What was held was held by number, since it was due. */
static void
test_held_stays(void **state unused_arg)
{
	static struct sql q;

	assert_int_equal(sqlite3_open(":memory:", &q.db), SQLITE_OK);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sqlite3_exec(q.db, BACK_TO_21
	    "INSERT INTO queue (message, account, reverse_path, size,"
	    " body_8bit, smtputf8, at, ret, envid, signature) VALUES (1, 1,"
	    " x'61', 1, 0, 0, 1, 0, x'', x'');"
	    "INSERT INTO queue_rcpt (message, rcpt, address, domain, state,"
	    " next_due, attempts, outcome, code, status, text, host, last,"
	    " noticed, notify, orcpt) VALUES (1, 0, x'61', x'61', 1, 77, 0, 0,"
	    " 0, x'', x'', x'', 0, 0, 0, x''), (1, 1, x'62', x'62', 0, 88, 0,"
	    " 0, 0, x'', x'', x'', 0, 0, 0, x'');", NULL, NULL, NULL), 0);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	for (uint64_t n = 0; n < 2; n++) {
		assert_int_equal(sql_first(&q, SQL_queue_rcpt_get, SQL_VALS(
		    vi(1), vi(n)), NULL), 1);
		assert_int_equal(sql_i64(&q, queue_rcpt_get, held_at),
		    n ? 0 : 77);
		assert_int_equal(sql_u32(&q, queue_rcpt_get, by_hand), !n);
		assert_int_equal(sql_i64(&q, queue_rcpt_get, stood), 0);
		assert_int_equal(sql_i64(&q, queue_rcpt_get, give_up), 0);
		sql_end(&q, SQL_queue_rcpt_get);
	}
	sql_close(&q);
}

/* Each of the five look-ups finds its own, and none that ends. */
static void
test_holds_come(void **state unused_arg)
{
	static struct sql q;
	static const struct { uint64_t kind; const char *what; } holds[] = {
		{ 1, "d.test" }, { 2, "a@s.test" }, { 2, "@s.test" },
		{ 3, "b@r.test" }, { 3, "@r.test" } };
	uint64_t n;

	assert_int_equal(sqlite3_open(":memory:", &q.db), SQLITE_OK);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sqlite3_exec(q.db, BACK_TO_21, NULL, NULL, NULL), 0);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	for (size_t i = 0; i < NELEM(holds); i++) {
		assert_int_equal(sql_first(&q, SQL_hold_of, SQL_VALS(
		    vs(STR("d.test")), vs(STR("a@s.test")), vs(STR("@s.test")),
		    vs(STR("b@r.test")), vs(STR("@r.test"))), NULL), 0);
		assert_int_equal(sql_run(&q, SQL_hold_put, SQL_VALS(
		    vi(holds[i].kind), vs(str_c(holds[i].what)), vi(9),
		    vs(STR("root")), vs(STR("why"))), NULL), 0);
		assert_int_equal(sql_first(&q, SQL_hold_of, SQL_VALS(
		    vs(STR("d.test")), vs(STR("a@s.test")), vs(STR("@s.test")),
		    vs(STR("b@r.test")), vs(STR("@r.test"))), NULL), 1);
		assert_int_equal(sql_u32(&q, hold_of, kind), holds[i].kind);
		assert_str(sql_str(&q, hold_of, what), holds[i].what);
		sql_end(&q, SQL_hold_of);
		assert_int_equal(sql_run(&q, SQL_hold_end, SQL_VALS(
		    vs(STR("root")), vi(holds[i].kind),
		    vs(str_c(holds[i].what))), NULL), 0);
	}
	assert_int_equal(sql_number(&q, SQL_hold_count, NULL, 0, &n, NULL),
	    0);
	assert_int_equal(n, NELEM(holds));
	sql_close(&q);
}

/* Nobody had limits of his own before version 22, and nobody was stopped. */
static void
test_limits_come(void **state unused_arg)
{
	static struct sql q;

	assert_int_equal(sqlite3_open(":memory:", &q.db), SQLITE_OK);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sqlite3_exec(q.db, BACK_TO_21, NULL, NULL, NULL), 0);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sql_first(&q, SQL_limits_get, SQL_VALS(vi(1)), NULL),
	    0);
	for (uint64_t i = 1; i <= 2; i++)
		assert_int_equal(sql_run(&q, SQL_limits_put, SQL_VALS(vi(7),
		    vi(i), vi(0), vi(0), vi(0), vi(5), vi(i + 10), vi(0),
		    vi(0), vi(0), vi(0), vi(6)), NULL), 0);
	assert_int_equal(sql_first(&q, SQL_limits_get, SQL_VALS(vi(7)), NULL),
	    1);
	assert_int_equal(sql_u64(&q, limits_get, messages_hour), 2);
	assert_int_equal(sql_u64(&q, limits_get, new_day), 5);
	assert_int_equal(sql_u64(&q, limits_get, most_messages_hour), 12);
	assert_int_equal(sql_u64(&q, limits_get, most_size), 6);
	sql_end(&q, SQL_limits_get);
	assert_int_equal(sql_first(&q, SQL_stopped_next, SQL_VALS(
	    vi(INT64_MAX)), NULL), 0);
	sql_close(&q);
}

/* What waited before version 22 has one signature at most. */
static void
test_queue_has_one_signature(void **state unused_arg)
{
	static struct sql q;

	assert_int_equal(sqlite3_open(":memory:", &q.db), SQLITE_OK);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sqlite3_exec(q.db, BACK_TO_21
	    "INSERT INTO queue (message, account, reverse_path, size,"
	    " body_8bit, smtputf8, at, ret, envid, signature) VALUES (1, 1,"
	    " x'61', 1, 1, 0, 1, 0, x'', x'62');"
	    "INSERT INTO queue_rcpt (message, rcpt, address, domain, state,"
	    " next_due, attempts, outcome, code, status, text, host, last,"
	    " noticed, notify, orcpt) VALUES (1, 0, x'61', x'61', 0, 1, 0, 0,"
	    " 0, x'', x'', x'', 0, 0, 0, x'');", NULL, NULL, NULL), 0);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sql_first(&q, SQL_queue_of, SQL_VALS(vi(1)), NULL),
	    1);
	assert_str(sql_str(&q, queue_of, signature), "b");
	assert_int_equal(sql_str(&q, queue_of, signature_7bit).n, 0);
	sql_end(&q, SQL_queue_of);
	sql_close(&q);
}

/* No account was PAM's before version 22. */
static void
test_pam_comes(void **state unused_arg)
{
	static struct sql q;

	assert_int_equal(sqlite3_open(":memory:", &q.db), SQLITE_OK);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sqlite3_exec(q.db, BACK_TO_21, NULL, NULL, NULL), 0);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sql_first(&q, SQL_pam_get, SQL_VALS(vi(1)), NULL), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(sql_run(&q, SQL_pam_put, SQL_VALS(vi(1),
		    vs(i ? STR("bert") : STR("anna"))), NULL), 0);
	assert_int_equal(sql_first(&q, SQL_pam_get, SQL_VALS(vi(1)), NULL), 1);
	assert_str(sql_str(&q, pam_get, user), "bert");
	sql_end(&q, SQL_pam_get);
	sql_close(&q);
}

/* App passwords from before are passwords. */
static void
test_app_passwords(void **state unused_arg)
{
	static struct sql q;

	assert_int_equal(sqlite3_open(":memory:", &q.db), SQLITE_OK);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sqlite3_exec(q.db, BACK_TO_21
	    "INSERT INTO app_password VALUES (7, 5, x'61', x'62', 1, 2, 0, 0,"
	    " x'', 0, x'63');", NULL, NULL, NULL), 0);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sql_first(&q, SQL_app_password_get, SQL_VALS(vi(7),
	    vi(5)), NULL), 1);
	assert_str(sql_str(&q, app_password_get, label), "b");
	assert_str(sql_str(&q, app_password_get, keys), "c");
	assert_int_equal(sql_u32(&q, app_password_get, kind), 0);
	sql_end(&q, SQL_app_password_get);
	sql_close(&q);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_held_stays),
		cmocka_unit_test(test_holds_come),
		cmocka_unit_test(test_limits_come),
		cmocka_unit_test(test_queue_has_one_signature),
		cmocka_unit_test(test_pam_comes),
		cmocka_unit_test(test_app_passwords),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
