/*
 * Tests of the table of statements: each one is good SQL, and its columns are
 * called what they are listed as.
 */
#include <sqlite3.h>

#include "base/test.h"
#include "store/sql/schema.h"

struct statement {
	const char *name, *columns, *text;
};

#define NAMES(...) #__VA_ARGS__
static const struct statement statements[] = {
#define S(name, text) { #name, NULL, (text) },
#define R(name, columns, text) \
	{ #name, NAMES columns, "SELECT " NAMES columns " " text },
#define E(name, columns, text) { #name, NAMES columns, (text) },
	STATEMENTS(S, R, E)
	DIALECT_STATEMENTS(S)
#undef E
#undef R
#undef S
};

/* The columns of a prepared statement, as a list. */
static struct str
columns_of(sqlite3_stmt *st, struct buf *b)
{
	buf_reset(b);
	for (int i = 0; i < sqlite3_column_count(st); i++) {
		if (i)
			buf_lit(b, ", ");
		buf_str(b, str_c(sqlite3_column_name(st, i)));
	}
	return buf_get(b);
}

static void
test_statements(void **state unused_arg)
{
	auto_buf b = BUF_INIT(1000);
	struct sql q = { 0 };
	sqlite3_stmt *st;

	assert_int_equal(sqlite3_open(":memory:", &q.db), SQLITE_OK);
	assert_int_equal(schema_migrate(&q, NULL), 0);
	for (size_t i = 0; i < NELEM(statements); i++) {
		const struct statement *s = &statements[i];

		st = NULL;
		if (sqlite3_prepare_v2(q.db, s->text, -1, &st, NULL))
			fail_msg("%s: %s", s->name, sqlite3_errmsg(q.db));
		if (s->columns)
			assert_str(columns_of(st, &b), s->columns);
		sqlite3_finalize(st);
	}
	sql_close(&q);
}

static void
test_columns_by_name(void **state unused_arg)
{
	struct sql q = { 0 };

	assert_int_equal(sqlite3_open(":memory:", &q.db), SQLITE_OK);
	assert_int_equal(schema_migrate(&q, NULL), 0);
	assert_int_equal(sql_run(&q, SQL_blob_add, SQL_VALS(vi(1), vi(2),
	    vi(3), vi(4), vi(5), vi(6), vi(7), vi(8)), NULL), 0);
	assert_int_equal(sql_first(&q, SQL_blob_get, SQL_VALS(vi(1)), NULL),
	    1);
	assert_int_equal(sql_u64(&q, blob_get, pack), 2);
	assert_int_equal(sql_u32(&q, blob_get, facts), 5);
	assert_int_equal(sql_u64(&q, blob_get, refs), 7);
	assert_int_equal(sql_u32(&q, blob_get, front), 8);
	sql_end(&q, SQL_blob_get);
	sql_close(&q);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_statements),
		cmocka_unit_test(test_columns_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
