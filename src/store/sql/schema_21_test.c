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
	assert_int_equal(sql_u32(&q, queue_of, rrvs), 0);
	assert_int_equal(sql_i64(&q, queue_of, valid_since), 0);
	sql_end(&q, SQL_queue_of);
	sql_close(&q);
}

static void
check_past(struct sql *q, const char *domain, const char *local, int64_t until)
{
	assert_int_equal(sql_first(q, SQL_past_owner_get, SQL_VALS(
	    vs(str_c(domain)), vs(str_c(local))), NULL), 1);
	if (until)
		assert_int_equal(sql_i64(q, past_owner_get, until), until);
	else	/* now */
		assert_true(sql_i64(q, past_owner_get, until) > 1700000000);
	assert_int_equal(sql_u32(q, past_owner_get, known), 0);
	sql_end(q, SQL_past_owner_get);
}

/* An account is as old as its INBOX; of what else there was nobody knows. */
static void
test_nobody_knows(void **state unused_arg)
{
	static struct sql q;

	assert_int_equal(sqlite3_open(":memory:", &q.db), SQLITE_OK);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sqlite3_exec(q.db, BACK_TO_20
	    "INSERT INTO domain (name, accounts, first) VALUES (x'64', 2, 7);"
	    "INSERT INTO address VALUES (x'64', x'61', 7), (x'64', x'62', 8),"
	    " (x'64', x'63', 9);"
	    "INSERT INTO alias VALUES (x'64', x'78', x'61'),"
	    " (x'64', x'78', x'62');"
	    "INSERT INTO mailbox (account, mailbox, name, special,"
	    " uidvalidity, uidnext, messages, unseen, deleted, size, modseq)"
	    " VALUES (7, 1, x'61', 1, 1600000000, 1, 0, 0, 0, 0, 0),"
	    " (7, 2, x'62', 2, 1600000001, 1, 0, 0, 0, 0, 0),"
	    " (9, 1, x'61', 1, 4000000000, 1, 0, 0, 0, 0, 0);",
	    NULL, NULL, NULL), 0);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	check_past(&q, "d", "", 0);
	check_past(&q, "d", "a", 1600000000);
	check_past(&q, "d", "b", 0);
	check_past(&q, "d", "x", 0);
	/* A clock that was ahead: no later than now. */
	assert_int_equal(sql_first(&q, SQL_past_owner_get, SQL_VALS(
	    vs(STR("d")), vs(STR("c"))), NULL), 1);
	assert_true(sql_i64(&q, past_owner_get, until) < 4000000000);
	sql_end(&q, SQL_past_owner_get);
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

/* No account was a directory's before version 21. */
static void
test_ldap_comes(void **state unused_arg)
{
	static struct sql q;
	uint64_t n;

	assert_int_equal(sqlite3_open(":memory:", &q.db), SQLITE_OK);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sqlite3_exec(q.db, BACK_TO_20, NULL, NULL, NULL), 0);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sql_number(&q, SQL_ldap_count, NULL, 0, &n, NULL), 0);
	assert_int_equal(n, 0);
	/* Two that were not seen yet; an id is of one. */
	for (uint64_t i = 1; i <= 2; i++)
		assert_int_equal(sql_run(&q, SQL_ldap_put, SQL_VALS(vi(i),
		    vs(STR("")), vs(STR(""))), NULL), 0);
	assert_int_equal(sql_run(&q, SQL_ldap_put, SQL_VALS(vi(1),
	    vs(STR("id")), vs(STR("cn=a"))), NULL), 0);
	assert_true(sql_run(&q, SQL_ldap_put, SQL_VALS(vi(2),
	    vs(STR("id")), vs(STR("cn=b"))), NULL) < 0);
	assert_int_equal(sql_number(&q, SQL_ldap_of_id, SQL_VALS(
	    vs(STR("id"))), &n, NULL), 0);
	assert_int_equal(n, 1);
	sql_close(&q);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_queue_has_no_class),
		cmocka_unit_test(test_nobody_knows),
		cmocka_unit_test(test_domains_stay),
		cmocka_unit_test(test_ldap_comes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
