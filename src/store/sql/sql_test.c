/*
 * Tests of the table of statements: each one is good SQL, and its columns are
 * called what they are listed as.
 */
#include <sqlite3.h>

#include "base/test.h"
#include "store/sql/schema.h"
#include "store/sql/test_steps.h"

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
	static struct sql q;
	sqlite3_stmt *st;

	assert_int_equal(sqlite3_open(":memory:", &q.db), SQLITE_OK);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
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
	static struct sql q;

	assert_int_equal(sqlite3_open(":memory:", &q.db), SQLITE_OK);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
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

/* A database as version 4 had it, with both forms of a domain in it: 1 and 2
 * have one address in the two, 3 is called as an alias of the other form. */
#define T(text) "CAST('" text "' AS BLOB)"
#define U "b\xc3\xbc.test"
#define A "xn--b-eha.test"
#define ACCOUNT(n, address)                                                   \
	"INSERT INTO account VALUES (" n ", " T(address) ", 1,1,1,1,1,0,0,0);" \
	"INSERT INTO credential VALUES (" n ", x'');"
static const char of_version_4[] =
    BACK_TO_4
    "INSERT INTO domain VALUES (" T(U) ", 2, 1), (" T(A) ", 1, 2);"
    ACCOUNT("1", "Anna@" U) ACCOUNT("2", "anna@" A) ACCOUNT("3", "Info@" U)
    ACCOUNT("4", "bert@" U)
    "INSERT INTO address VALUES (" T(U) "," T("anna") ", 1),"
    " (" T(A) "," T("anna") ", 2), (" T(U) "," T("info") ", 3),"
    " (" T(U) "," T("bert") ", 4);"
    "INSERT INTO alias VALUES (" T(A) "," T("info") "," T("anna@" A) "),"
    " (" T("plain.test") "," T("x") "," T("anna@" U) "),"
    " (" T("plain.test") "," T("x") "," T("You@b\xc3\xbcr.test") "),"
    " (" T(U) "," T("both") "," T("bert@" U) "),"
    " (" T(A) "," T("both") "," T("anna@" A) ");"
    "INSERT INTO queue (message, account, reverse_path, size, at, body_8bit)"
    " VALUES (7, 1, " T("Anna@" U) ", 1, 1, 0),"
    " (8, 1, " T("bert@" U) ", 1, 1, 0),"
    " (9, 1, " T("z@b\xc3\xbcr.test") ", 1, 1, 0);";

/* What is left of it, a line a row. */
static const char of_version_5[] =
    "SELECT 'domain', name, accounts, first FROM domain UNION ALL"
    " SELECT 'account', account.address, account.account, sealed_to"
    " FROM account JOIN credential USING (account) UNION ALL"
    " SELECT 'address', local, domain, account FROM address UNION ALL"
    " SELECT 'alias', local, domain, target FROM alias UNION ALL"
    " SELECT 'queue', message, reverse_path, 0 FROM queue ORDER BY 1, 2, 3, 4";
static const char left[] =
    "account anna-1@" A " 1 Anna@" U "\n"
    "account anna@" A " 2 \n"
    "account bert@" A " 4 bert@" U "\n"
    "account info-3@" A " 3 Info@" U "\n"
    "address anna " A " 2\n"
    "address anna-1 " A " 1\n"
    "address bert " A " 4\n"
    "address info-3 " A " 3\n"
    "alias both " A " anna@" A "\n"
    "alias both " A " bert@" A "\n"
    "alias info " A " anna@" A "\n"
    "alias x plain.test You@xn--br-yka.test\n"
    "alias x plain.test anna-1@" A "\n"
    "domain " A " 3 2\n"
    "queue 7 anna-1@" A " 0\n"
    "queue 8 bert@" A " 0\n"
    /* What is not of a domain of ours is not looked at. */
    "queue 9 z@b\xc3\xbcr.test 0\n";

static bool
test_a_label(struct str name, struct arena *a, struct str *out)
{
	if (str_eq(name, STR(U)))
		*out = STR(A);
	else if (str_eq(name, STR("b\xc3\xbcr.test")))
		*out = STR("xn--br-yka.test");
	else
		return false;
	*out = str_dup(a, *out);
	return true;
}

static void
test_names_get_a_labels(void **state unused_arg)
{
	struct schema_needs needs = { .a_label = test_a_label };
	auto_buf b = BUF_INIT(10000);
	static struct sql q;
	sqlite3_stmt *st;

	assert_int_equal(sqlite3_open(":memory:", &q.db), SQLITE_OK);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	if (sqlite3_exec(q.db, of_version_4, NULL, NULL, NULL))
		fail_msg("%s", sqlite3_errmsg(q.db));
	assert_int_equal(schema_migrate(&q, &needs, NULL), 0);
	assert_int_equal(sqlite3_prepare_v2(q.db, of_version_5, -1, &st,
	    NULL), SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW)
		for (int i = 0; i < 4; i++)
			buf_printf(&b, "%s%s", sqlite3_column_text(st, i),
			    i < 3 ? " " : "\n");
	sqlite3_finalize(st);
	assert_str(buf_get(&b), left);
	sql_close(&q);
}

/* Until version 4 every mailbox was told as subscribed; and what there was
 * before version 6 is new to nobody. */
static void
test_mailboxes_are_subscribed(void **state unused_arg)
{
	static struct sql q;
	uint64_t n = 0;

	assert_int_equal(sqlite3_open(":memory:", &q.db), SQLITE_OK);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	if (sqlite3_exec(q.db, BACK_TO_4 "INSERT INTO mailbox VALUES"
	    " (1, 1, " T("INBOX") ", 1, 7, 1, 0, 0, 0, 0, 1),"
	    " (2, 1, " T("INBOX") ", 1, 8, 5, 3, 0, 0, 0, 1),"
	    " (2, 2, " T("Sent") ", 2, 9, 1, 0, 0, 0, 0, 1)", NULL, NULL,
	    NULL))
		fail_msg("%s", sqlite3_errmsg(q.db));
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sql_number(&q, SQL_subscription_count, SQL_VALS(
	    vi(1), vs(STR("x"))), &n, NULL), 0);
	assert_int_equal(n, 1);
	assert_int_equal(sql_number(&q, SQL_subscription_count, SQL_VALS(
	    vi(2), vs(STR("Sent"))), &n, NULL), 0);
	assert_int_equal(n, 1);
	assert_int_equal(sql_first(&q, SQL_mailbox_get, SQL_VALS(vi(2), vi(1)),
	    NULL), 1);
	assert_int_equal(sql_u64(&q, mailbox_get, recent), 0);
	assert_int_equal(sql_u64(&q, mailbox_get, recent_from), 5);
	sql_end(&q, SQL_mailbox_get);
	sql_close(&q);
}

/* Emails of before version 7 get their places: a copy that is on its way has
 * none, and copies are of the conversation of what they are copies of. */
static void
test_emails_get_places(void **state unused_arg)
{
	static const struct {
		uint64_t email, thread, mailbox, uid, created;
	} want[] = { { 1, 1, 2, 8, 1 }, { 2, 2, 1, 6, 1 }, { 3, 2, 2, 9, 1 },
		{ 4, 2, 0, 0, 0 } };
	static struct sql q;

	assert_int_equal(sqlite3_open(":memory:", &q.db), SQLITE_OK);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	if (sqlite3_exec(q.db, BACK_TO_6 "INSERT INTO email VALUES"
	    " (1, 1, 1, 1, 0, 0, 0, 9, x'', x'', 0, 0),"
	    " (1, 2, 1, 1, 0, 0, 0, 9, x'', x'', 0, 0),"
	    " (1, 3, 1, 1, 0, 0, 0, 9, x'', x'', 0, 2),"
	    " (1, 4, 1, 1, 0, 0, 0, 9, x'', x'', 0, 2);"
	    "INSERT INTO placement VALUES (1, 1, 5, 1, 3, 4, 0, 4),"
	    " (1, 1, 6, 2, 3, 3, 0, 0), (1, 2, 8, 1, 4, 4, 0, 0),"
	    " (1, 2, 9, 3, 5, 5, 0, 0)", NULL, NULL, NULL))
		fail_msg("%s", sqlite3_errmsg(q.db));
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	if (sqlite3_exec(q.db, "UPDATE email SET created=9 WHERE created=0",
	    NULL, NULL, NULL))
		fail_msg("%s", sqlite3_errmsg(q.db));
	for (size_t i = 0; i < NELEM(want); i++) {
		assert_int_equal(sql_first(&q, SQL_email_placed, SQL_VALS(
		    vi(1), vi(want[i].email)), NULL), 1);
		assert_int_equal(sql_u64(&q, email_placed, thread),
		    want[i].thread);
		assert_int_equal(sql_u64(&q, email_placed, mailbox),
		    want[i].mailbox);
		assert_int_equal(sql_u64(&q, email_placed, uid), want[i].uid);
		assert_int_equal(sql_u64(&q, email_placed, created),
		    want[i].created ? want[i].created : 9);
		sql_end(&q, SQL_email_placed);
	}
	sql_close(&q);
}

/* Nobody had an app password before version 9; their own are what they were. */
static void
test_app_passwords_come(void **state unused_arg)
{
	static struct sql q;
	uint64_t n = 1;

	assert_int_equal(sqlite3_open(":memory:", &q.db), SQLITE_OK);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	if (sqlite3_exec(q.db, BACK_TO_8 "INSERT INTO credential VALUES"
	    " (1, " T("sealed") ", x'')", NULL, NULL, NULL))
		fail_msg("%s", sqlite3_errmsg(q.db));
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sql_number(&q, SQL_app_password_count, SQL_VALS(
	    vi(1)), &n, NULL), 0);
	assert_int_equal(n, 0);
	assert_int_equal(sql_first(&q, SQL_credential_get, SQL_VALS(vi(1)),
	    NULL), 1);
	assert_str(sql_str(&q, credential_get, sealed), "sealed");
	sql_end(&q, SQL_credential_get);
	sql_close(&q);
}

/* What waited before version 10 waits on, made of nobody knows what. */
static void
test_waiting_ones_stay(void **state unused_arg)
{
	static struct sql q;

	assert_int_equal(sqlite3_open(":memory:", &q.db), SQLITE_OK);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	if (sqlite3_exec(q.db, BACK_TO_9 "INSERT INTO later VALUES"
	    " (7, 1, 1000, 10, x'')", NULL, NULL, NULL))
		fail_msg("%s", sqlite3_errmsg(q.db));
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sql_first(&q, SQL_later_list, SQL_VALS(vi(1), vi(0),
	    vi(0)), NULL), 1);
	assert_int_equal(sql_u64(&q, later_list, message), 7);
	assert_int_equal(sql_i64(&q, later_list, due), 1000);
	assert_int_equal(sql_u64(&q, later_list, email), 0);
	sql_end(&q, SQL_later_list);
	sql_close(&q);
}

/* When a message was placed was not kept before version 11. */
static void
test_placements_have_dates(void **state unused_arg)
{
	static struct sql q;

	assert_int_equal(sqlite3_open(":memory:", &q.db), SQLITE_OK);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	if (sqlite3_exec(q.db, BACK_TO_10 "INSERT INTO placement VALUES"
	    " (1, 1, 5, 1, 3, 4, 0, 0)", NULL, NULL, NULL))
		fail_msg("%s", sqlite3_errmsg(q.db));
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sql_run(&q, SQL_placement_add, SQL_VALS(vi(1), vi(1),
	    vi(6), vi(2), vi(4), vi(0), vi(1700000000)), NULL), 0);
	assert_int_equal(sql_first(&q, SQL_column_load, SQL_VALS(vi(1), vi(1)),
	    NULL), 1);
	assert_int_equal(sql_u64(&q, column_load, saved), 0);
	assert_int_equal(sql_next(&q, SQL_column_load, NULL), 1);
	assert_int_equal(sql_u64(&q, column_load, saved), 1700000000);
	sql_end(&q, SQL_column_load);
	sql_close(&q);
}

/* Nothing was learned before version 12. */
static void
test_filters_come(void **state unused_arg)
{
	static struct sql q;
	uint64_t n;

	assert_int_equal(sqlite3_open(":memory:", &q.db), SQLITE_OK);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sqlite3_exec(q.db, BACK_TO_11, NULL, NULL, NULL), 0);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sql_first(&q, SQL_filter_get, SQL_VALS(vi(0)), NULL),
	    0);
	assert_int_equal(sql_number(&q, SQL_version, NULL, 0, &n, NULL), 0);
	assert_int_equal(n, SCHEMA_VERSION);
	sql_close(&q);
}

/* Nothing was brought in from elsewhere before version 15. */
static void
test_carried_come(void **state unused_arg)
{
	static struct sql q;
	uint64_t n;

	assert_int_equal(sqlite3_open(":memory:", &q.db), SQLITE_OK);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sqlite3_exec(q.db, BACK_TO_14, NULL, NULL, NULL), 0);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	for (int i = 1; i >= 0; i--)
		assert_int_equal(sql_change(&q, SQL_carried_add, SQL_VALS(
		    vi(1), vs(STR("0123456789abcdef"))), NULL), i);
	assert_int_equal(sql_number(&q, SQL_carried_has, SQL_VALS(vi(1),
	    vs(STR("0123456789abcdef"))), &n, NULL), 0);
	assert_int_equal(n, 1);
	sql_close(&q);
}

/* Nothing was kept of what domains say about TLS before version 16. */
static void
test_sts_policies_come(void **state unused_arg)
{
	static struct sql q;
	uint64_t n;

	assert_int_equal(sqlite3_open(":memory:", &q.db), SQLITE_OK);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sqlite3_exec(q.db, BACK_TO_15, NULL, NULL, NULL), 0);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sql_run(&q, SQL_sts_add, SQL_VALS(
	    vs(STR("example.org")), vs(STR("1")), vi(2), vs(STR("a b")), vi(1),
	    vi(2)), NULL), 0);
	assert_int_equal(sql_number(&q, SQL_sts_count, NULL, 0, &n, NULL), 0);
	assert_int_equal(n, 1);
	sql_close(&q);
}

/* Nobody was told anything before version 16. */
static void
test_notes_come(void **state unused_arg)
{
	static struct sql q;
	uint64_t n;

	assert_int_equal(sqlite3_open(":memory:", &q.db), SQLITE_OK);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sqlite3_exec(q.db, BACK_TO_15, NULL, NULL, NULL), 0);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sql_run(&q, SQL_note_add, SQL_VALS(vi(9), vi(1),
	    vi(3), vi(5), vs(STR("facts")), vs(STR_NULL)), NULL), 0);
	assert_int_equal(sql_first(&q, SQL_noted_get, SQL_VALS(vi(1),
	    vi(3), vs(STR_NULL)), NULL), 0);
	assert_int_equal(sql_number(&q, SQL_version, NULL, 0, &n, NULL), 0);
	assert_int_equal(n, SCHEMA_VERSION);
	sql_close(&q);
}

/* Nothing was counted for reports before version 19. */
static void
test_aggregates_come(void **state unused_arg)
{
	static struct sql q;
	uint64_t n;

	assert_int_equal(sqlite3_open(":memory:", &q.db), SQLITE_OK);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sqlite3_exec(q.db, BACK_TO_18, NULL, NULL, NULL), 0);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sql_run(&q, SQL_aggregate_add, SQL_VALS(vi(1),
	    vi(86400), vs(STR("example.org")), vs(STR("policy")),
	    vi(172800)), NULL), 0);
	assert_int_equal(sql_run(&q, SQL_aggregate_grow, SQL_VALS(vi(1),
	    vi(86400), vs(STR("example.org"))), NULL), 0);
	assert_int_equal(sql_number(&q, SQL_aggregate_room, NULL, 0, &n, NULL),
	    0);
	assert_int_equal(n, 2);
	sql_close(&q);
}

/* What is in the accounts of a domain was not counted before version 18, and
 * no unique-ids of others were kept. */
static void
test_domains_are_counted(void **state unused_arg)
{
	static struct sql q;
	uint64_t n;

	assert_int_equal(sqlite3_open(":memory:", &q.db), SQLITE_OK);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	if (sqlite3_exec(q.db, BACK_TO_17
	    "INSERT INTO domain VALUES (" T("a.test") ", 2, 1),"
	    " (" T("b.test") ", 0, 0);"
	    "INSERT INTO account VALUES (1, " T("x@A.test") ", 1, 1, 1, 1, 1,"
	    " 2, 30, 0, 0), (2, " T("y@a.test") ", 1, 1, 1, 1, 1, 1, 12, 0, 0);"
	    "INSERT INTO address VALUES (" T("a.test") "," T("x") ", 1),"
	    " (" T("a.test") "," T("y") ", 2);"
	    "INSERT INTO email VALUES (1, 1, 1, 1, 0, 0, 0, 9, x'', x'', 0, 0,"
	    " 1, 1, 1, 1), (1, 2, 1, 1, 0, 0, 0, 9, x'', x'', 0, 0, 1, 2, 1,"
	    " 1)", NULL, NULL, NULL))
		fail_msg("%s", sqlite3_errmsg(q.db));
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sql_number(&q, SQL_uidl_any, SQL_VALS(vi(1)), &n,
	    NULL), 0);
	assert_int_equal(n, 0);
	assert_int_equal(sql_first(&q, SQL_domain_get, SQL_VALS(
	    vs(STR("a.test"))), NULL), 1);
	assert_int_equal(sql_u64(&q, domain_get, used), 42);
	assert_int_equal(sql_u64(&q, domain_get, quota), 0);
	assert_int_equal(sql_u64(&q, domain_get, first), 1);
	sql_end(&q, SQL_domain_get);
	assert_int_equal(sql_first(&q, SQL_domain_get, SQL_VALS(
	    vs(STR("b.test"))), NULL), 1);
	assert_int_equal(sql_u64(&q, domain_get, used), 0);
	sql_end(&q, SQL_domain_get);
	assert_int_equal(sql_first(&q, SQL_account_get, SQL_VALS(vi(1)),
	    NULL), 1);
	assert_int_equal(sql_u64(&q, account_get, used), 30);
	assert_int_equal(sql_u64(&q, account_get, most_messages), 0);
	sql_end(&q, SQL_account_get);
	sql_close(&q);
}

/* What waited before version 17 asked for nothing of TLS. */
static void
test_queue_asks_for_no_tls(void **state unused_arg)
{
	static struct sql q;

	assert_int_equal(sqlite3_open(":memory:", &q.db), SQLITE_OK);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sqlite3_exec(q.db, BACK_TO_16
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
	assert_int_equal(sql_u32(&q, queue_of, require_tls), 0);
	assert_int_equal(sql_i64(&q, queue_of, priority), 0);
	sql_end(&q, SQL_queue_of);
	sql_close(&q);
}

/* Nothing was noted at mailboxes before version 17. */
static void
test_metadata_comes(void **state unused_arg)
{
	static struct sql q;

	assert_int_equal(sqlite3_open(":memory:", &q.db), SQLITE_OK);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sqlite3_exec(q.db, BACK_TO_16, NULL, NULL, NULL), 0);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sql_run(&q, SQL_metadata_put, SQL_VALS(vi(1), vi(1),
	    vi(2), vs(STR("/shared/a")), vs(STR("b"))), NULL), 0);
	assert_int_equal(sql_first(&q, SQL_metadata_count, SQL_VALS(vi(1),
	    vi(1), vi(2), vi(5)), NULL), 1);
	assert_int_equal(sql_u64(&q, metadata_count, here), 1);
	assert_int_equal(sql_u64(&q, metadata_count, octets), 15);
	sql_end(&q, SQL_metadata_count);
	sql_close(&q);
}

/* Who had a password before version 16 has no second factor. */
static void
test_factors_come(void **state unused_arg)
{
	static struct sql q;

	assert_int_equal(sqlite3_open(":memory:", &q.db), SQLITE_OK);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sqlite3_exec(q.db, BACK_TO_15 "INSERT INTO credential"
	    " VALUES (1, x'616c696365', x'');", NULL, NULL, NULL), 0);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sql_first(&q, SQL_credential_get, SQL_VALS(vi(1)),
	    NULL), 1);
	assert_str(sql_str(&q, credential_get, sealed), "alice");
	assert_int_equal(sql_str(&q, credential_get, factor).n, 0);
	sql_end(&q, SQL_credential_get);
	sql_close(&q);
}

/* Nothing was shared before version 17. */
static void
test_acl_comes(void **state unused_arg)
{
	static struct sql q;
	uint64_t any;

	assert_int_equal(sqlite3_open(":memory:", &q.db), SQLITE_OK);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sqlite3_exec(q.db, BACK_TO_16 "INSERT INTO copying"
	    " VALUES (1, 2, 3, 4, 5, 6, 7, 0, 9);", NULL, NULL, NULL), 0);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sql_number(&q, SQL_acl_any, NULL, 0, &any, NULL), 0);
	assert_int_equal(any, 0);
	assert_int_equal(sql_first(&q, SQL_copying_get, SQL_VALS(vi(1),
	    vi(2)), NULL), 1);
	assert_int_equal(sql_u64(&q, copying_get, reader), 0);
	sql_end(&q, SQL_copying_get);
	sql_close(&q);
}

/* App passwords of before version 17 have no keys for SCRAM. */
static void
test_app_keys_come(void **state unused_arg)
{
	static struct sql q;

	assert_int_equal(sqlite3_open(":memory:", &q.db), SQLITE_OK);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sqlite3_exec(q.db, BACK_TO_16 "INSERT INTO"
	    " app_password VALUES (1, 5, x'61', x'62', 15, 1, 0, 0, x'', 0)",
	    NULL, NULL, NULL), 0);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sql_first(&q, SQL_app_keys_list, SQL_VALS(vi(1)),
	    NULL), 1);
	assert_int_equal(sql_u64(&q, app_keys_list, number), 5);
	assert_int_equal(sql_str(&q, app_keys_list, keys).n, 0);
	assert_int_equal(sql_next(&q, SQL_app_keys_list, NULL), 0);
	sql_close(&q);
}

/* Nobody had keys for URLs before version 18. */
static void
test_url_keys_come(void **state unused_arg)
{
	static struct sql q;

	assert_int_equal(sqlite3_open(":memory:", &q.db), SQLITE_OK);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sqlite3_exec(q.db, BACK_TO_17, NULL, NULL, NULL), 0);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sql_first(&q, SQL_url_key_get, SQL_VALS(vi(1), vi(1),
	    vi(2)), NULL), 0);
	assert_int_equal(sql_run(&q, SQL_url_key_add, SQL_VALS(vi(1), vi(1),
	    vi(2), vs(STR("key"))), NULL), 0);
	assert_int_equal(sql_first(&q, SQL_url_key_get, SQL_VALS(vi(1), vi(1),
	    vi(2)), NULL), 1);
	assert_str(sql_str(&q, url_key_get, key), "key");
	sql_end(&q, SQL_url_key_get);
	sql_close(&q);
}

/* Nobody was banned before version 19. */
static void
test_bans_come(void **state unused_arg)
{
	static struct sql q;

	assert_int_equal(sqlite3_open(":memory:", &q.db), SQLITE_OK);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sqlite3_exec(q.db, BACK_TO_18, NULL, NULL, NULL), 0);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sql_first(&q, SQL_ban_list, SQL_VALS(vi(1), vi(0),
	    vs(STR("")), vi(10)), NULL), 0);
	assert_int_equal(sql_run(&q, SQL_ban_put, SQL_VALS(vs(STR("abcd")),
	    vi(32), vi(3), vi(1), vi(1), vi(9), vi(1), vs(STR("why"))), NULL),
	    0);
	assert_int_equal(sql_first(&q, SQL_ban_list, SQL_VALS(vi(1), vi(0),
	    vs(STR("")), vi(10)), NULL), 1);
	assert_str(sql_str(&q, ban_list, reason), "why");
	sql_end(&q, SQL_ban_list);
	sql_close(&q);
}

/* Nothing was held before version 19. */
static void
test_held_comes(void **state unused_arg)
{
	static struct sql q;

	assert_int_equal(sqlite3_open(":memory:", &q.db), SQLITE_OK);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sqlite3_exec(q.db, BACK_TO_18 "INSERT INTO"
	    " sender_rule VALUES (2, 0, " T("bad.test") ", 3, 4)", NULL, NULL,
	    NULL), 0);
	assert_int_equal(schema_migrate(&q, NULL, NULL), 0);
	assert_int_equal(sql_first(&q, SQL_held_sums, SQL_VALS(vi(1)), NULL),
	    1);
	assert_int_equal(sql_u64(&q, held_sums, messages), 0);
	sql_end(&q, SQL_held_sums);
	/* All rules are the server's. */
	assert_int_equal(sql_first(&q, SQL_rule_get, SQL_VALS(vi(0),
	    vs(STR("")), vi(2), vi(0), vs(STR("bad.test"))), NULL), 1);
	assert_int_equal(sql_u64(&q, rule_get, word), 3);
	sql_end(&q, SQL_rule_get);
	sql_close(&q);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bans_come),
		cmocka_unit_test(test_url_keys_come),
		cmocka_unit_test(test_held_comes),
		cmocka_unit_test(test_metadata_comes),
		cmocka_unit_test(test_acl_comes),
		cmocka_unit_test(test_aggregates_come),
		cmocka_unit_test(test_notes_come),
		cmocka_unit_test(test_carried_come),
		cmocka_unit_test(test_domains_are_counted),
		cmocka_unit_test(test_factors_come),
		cmocka_unit_test(test_queue_asks_for_no_tls),
		cmocka_unit_test(test_sts_policies_come),
		cmocka_unit_test(test_filters_come),
		cmocka_unit_test(test_names_get_a_labels),
		cmocka_unit_test(test_mailboxes_are_subscribed),
		cmocka_unit_test(test_emails_get_places),
		cmocka_unit_test(test_app_keys_come),
		cmocka_unit_test(test_app_passwords_come),
		cmocka_unit_test(test_waiting_ones_stay),
		cmocka_unit_test(test_placements_have_dates),
		cmocka_unit_test(test_statements),
		cmocka_unit_test(test_columns_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
