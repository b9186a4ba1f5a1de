/*
 * Accounts of a directory elsewhere (directory/ldap.c): what becomes of them,
 * and what whoever asks in its name cannot touch.
 */
#include "store/service/test_folder.h"
#include "store/service/test_ok.h"

static struct caller ldap = { .authority = AUTH_LDAP };

static struct ldap_put_ask
entry(const char *id, const char *address, const char *aliases)
{
	return (struct ldap_put_ask){ .id = str_c(id), .dn = STR("cn=x"),
		.address = str_c(address), .aliases = str_c(aliases) };
}

static int
put(struct folder *p, struct ldap_put_ask ask, struct ldap_put_answer *out)
{
	struct write w = { .caller = &ldap, .call = STORE_ldap_put,
		.ask = &ask };
	int rc;

	ask.change = ++p->d.change;
	rc = fixture_write(&p->d, &w);
	*out = w.answer.ldap_put;
	return rc;
}

static int
became(struct folder *p, const char *id, const char *address,
    const char *aliases)
{
	struct ldap_put_answer out;
	int rc = put(p, entry(id, address, aliases), &out);

	return rc < 0 ? rc : (int)out.became;
}

static int
go(struct folder *p, uint64_t account)
{
	struct ldap_gone_ask ask = { ++p->d.change, account };
	struct write w = { .caller = &ldap, .call = STORE_ldap_gone,
		.ask = &ask };

	return fixture_write(&p->d, &w);
}

static int
by_operator(struct folder *p, enum store_call call, const char *address)
{
	struct ldap_adopt_ask ask = { ++p->d.change, str_c(address) };
	struct write w = { .caller = &p->d.operator_, .call = call,
		.ask = &ask };

	return fixture_write(&p->d, &w);
}

static int
credential(struct folder *p, const char *address,
    struct credential_answer *out)
{
	struct credential_ask ask = { .login = str_c(address) };
	union store_answer answer;
	int rc = reader_ask(p->d.r, &p->d.vault, STORE_credential, &ask,
	    &answer, &p->d.err);

	*out = answer.credential;
	return rc;
}

static bool
leads(struct folder *p, const char *alias)
{
	char query[200];
	struct str s = str_c(alias), local = str_first(s, str_chr(s, '@'));

	(void)snprintf(query, sizeof(query), "SELECT count(*) FROM alias"
	    " WHERE local=CAST('%.*s' AS BLOB)", STR_FMT(local));
	return folder_count(p, query) == 1;
}

static void
test_comes_and_goes(void **state)
{
	struct folder *p = *state;
	struct credential_answer row;

	assert_int_equal(became(p, "1", "anna@ours.test", "a@ours.test\n"),
	    LDAP_ADDED);
	assert_int_equal(became(p, "1", "anna@ours.test", "a@ours.test\n"),
	    LDAP_SAME);
	assert_true(leads(p, "a@ours.test"));
	OK(credential(p, "Anna@ours.test", &row));
	assert_str(row.elsewhere, "cn=x");
	assert_int_equal(row.sealed.n, 0);
	assert_int_equal(became(p, "1", "anna@ours.test", "b@ours.test\n"),
	    LDAP_CHANGED);
	assert_false(leads(p, "a@ours.test"));
	assert_true(leads(p, "b@ours.test"));
	/* Whoever has it next is somebody else: RFC 7293. */
	assert_int_equal(folder_count(p, "SELECT count(*) FROM past_owner"
	    " WHERE local=CAST('a' AS BLOB)"), 1);
	OK(go(p, row.account));
	assert_int_equal(go(p, row.account), E_NOTFOUND);
	assert_int_equal(credential(p, "anna@ours.test", &row), E_NOTFOUND);
	/* Mail comes in still. */
	OK(fixture_submit(&p->d, 0, "to anna", (const char *const[]){
	    "anna@ours.test", NULL }, &(uint64_t){ 0 }));
	assert_int_equal(became(p, "1", "anna@ours.test", "b@ours.test\n"),
	    LDAP_BACK);
	OK(credential(p, "anna@ours.test", &row));
	/* The entry was made anew: the same address, so the same account. */
	assert_int_equal(became(p, "2", "anna@ours.test", "b@ours.test\n"),
	    LDAP_CHANGED);
}

/* Whose is it since then? */
static uint32_t
owner(struct folder *p, const char *address, int64_t since)
{
	struct rcpt_ask ask = { .address = str_c(address), .rrvs = RRVS_plain,
		.valid_since = since };
	struct rcpt_answer answer;
	struct recipient who;

	OK(reader_rcpt(p->d.r, &p->d.mx, &ask, &answer, &who, &p->d.err));
	return answer.kind;
}

/* An address that goes from one to another, and one whose entry is another's
 * now.                                                         RFC 7293 9 */
static void
test_owners(void **state)
{
	struct folder *p = *state;

	assert_int_equal(became(p, "1", "anna@ours.test", "a@ours.test\n"),
	    LDAP_ADDED);
	assert_int_equal(became(p, "2", "bert@ours.test", ""), LDAP_ADDED);
	assert_int_equal(owner(p, "anna@ours.test", 0), RCPT_LOCAL);
	assert_int_equal(owner(p, "a@ours.test", 0), RCPT_LOCAL);
	assert_int_equal(became(p, "1", "anna@ours.test", ""), LDAP_CHANGED);
	assert_int_equal(became(p, "2", "bert@ours.test", "a@ours.test\n"),
	    LDAP_CHANGED);
	assert_int_equal(owner(p, "a@ours.test", 0), RCPT_NEW_OWNER);
	assert_int_equal(owner(p, "bert@ours.test", 0), RCPT_LOCAL);
	assert_int_equal(became(p, "3", "bert@ours.test", "a@ours.test\n"),
	    LDAP_CHANGED);
	assert_int_equal(owner(p, "bert@ours.test", 0), RCPT_NEW_OWNER);
	assert_int_equal(owner(p, "anna@ours.test", 0), RCPT_LOCAL);
}

static void
test_dry(void **state)
{
	struct folder *p = *state;
	struct ldap_put_ask ask = entry("1", "anna@ours.test",
	    "a@ours.test\n");
	struct ldap_put_answer out;
	struct credential_answer row;

	ask.dry = true;
	OK(put(p, ask, &out));
	assert_int_equal(out.became, LDAP_ADDED);
	assert_int_equal(credential(p, "anna@ours.test", &row), E_NOTFOUND);
	assert_false(leads(p, "a@ours.test"));
}

/* What is ours, and of nobody. */
static void
test_not_its(void **state)
{
	static const char *const left_out[] = { "alice@ours.test",
		"info@ours.test", "abuse@ours.test", "*@ours.test",
		"x@theirs.test", "nonsense", "a b@ours.test" };
	struct folder *p = *state;
	struct alias_add_ask alias = { ++p->d.change, STR("info@ours.test"),
		STR("alice@ours.test") };
	struct write w = { .caller = &p->d.operator_, .call = STORE_alias_add,
		.ask = &alias };
	struct ldap_put_answer out;
	struct credential_answer row;

	OK(fixture_write(&p->d, &w));
	assert_int_equal(became(p, "1", "alice@ours.test", ""), E_EXISTS);
	assert_int_equal(became(p, "1", "info@ours.test", ""), E_EXISTS);
	assert_int_equal(became(p, "1", "x@theirs.test", ""), E_NOTFOUND);
	assert_int_equal(became(p, "1", "postmaster@ours.test", ""),
	    E_DENIED);
	assert_int_equal(became(p, "1", "*@ours.test", ""), E_EXISTS);
	assert_int_equal(became(p, "", "anna@ours.test", ""), E_INVALID);
	assert_int_equal(go(p, p->alice), E_NOTFOUND);
	OK(credential(p, "alice@ours.test", &row));
	assert_int_equal(row.elsewhere.n, 0);
	for (size_t i = 0; i < NELEM(left_out); i++) {
		char aliases[100];

		(void)snprintf(aliases, sizeof(aliases), "%s\n", left_out[i]);
		OK(put(p, entry("1", "anna@ours.test", aliases), &out));
		print_message("%.*s", STR_FMT(out.left_out));
		assert_true(str_starts(out.left_out, str_c(left_out[i])));
	}
	/* An entry is of one account; an alias is whose it was first. */
	assert_int_equal(became(p, "1", "carl@ours.test", ""), E_EXISTS);
	assert_int_equal(became(p, "1", "anna@ours.test", "a@ours.test\n"),
	    LDAP_CHANGED);
	OK(put(p, entry("2", "carl@ours.test", "a@ours.test\n"), &out));
	assert_true(out.left_out.n > 0);
}

/* Nothing else of store's is for it. */
static void
test_authority(void **state unused_arg)
{
	for (enum store_call c = 0; c < STORE_NCALLS; c++)
		assert_int_equal((store_calls[c].who & AUTH_LDAP) != 0,
		    c == STORE_ldap_list || c == STORE_ldap_put ||
		    c == STORE_ldap_gone);
}

static void
test_adopted(void **state)
{
	struct folder *p = *state;
	struct credential_answer row;
	struct account_passwd_ask ask = { .address = STR("alice@ours.test"),
		.sealed = STR("another") };
	struct write w = { .caller = &p->d.operator_,
		.call = STORE_account_passwd, .ask = &ask };

	OK(by_operator(p, STORE_ldap_adopt, "alice@ours.test"));
	assert_int_equal(by_operator(p, STORE_ldap_adopt, "alice@ours.test"),
	    E_EXISTS);
	/* Not yet. */
	OK(credential(p, "alice@ours.test", &row));
	assert_int_equal(row.elsewhere.n, 0);
	assert_int_equal(became(p, "1", "alice@ours.test", "al@ours.test\n"),
	    LDAP_CHANGED);
	OK(credential(p, "alice@ours.test", &row));
	assert_str(row.elsewhere, "cn=x");
	ask.change = ++p->d.change;
	assert_int_equal(fixture_write(&p->d, &w), E_INVALID);
	OK(by_operator(p, STORE_ldap_release, "alice@ours.test"));
	assert_int_equal(by_operator(p, STORE_ldap_release,
	    "alice@ours.test"), E_NOTFOUND);
	OK(credential(p, "alice@ours.test", &row));
	assert_int_equal(row.elsewhere.n, 0);
	assert_true(row.sealed.n > 0);
	ask.change = ++p->d.change;
	OK(fixture_write(&p->d, &w));
	/* Its alias is the operator's now. */
	assert_true(leads(p, "al@ours.test"));
}

/* What the operator takes from it is not its any more, and may be another's. */
static void
test_alias_removed(void **state)
{
	struct folder *p = *state;
	struct alias_remove_ask remove = { 0, STR("a@ours.test"), STR_NULL };
	struct write removes = { .caller = &p->d.operator_,
		.call = STORE_alias_remove, .ask = &remove };
	struct alias_add_ask add = { 0, STR("a@ours.test"),
		STR("alice@ours.test") };
	struct write adds = { .caller = &p->d.operator_,
		.call = STORE_alias_add, .ask = &add };
	struct ldap_put_answer out;

	assert_int_equal(became(p, "1", "anna@ours.test", "a@ours.test\n"),
	    LDAP_ADDED);
	add.change = ++p->d.change;
	OK(fixture_write(&p->d, &adds));
	/* One that leads to others as well stays the directory's. */
	remove.target = add.target;
	remove.change = ++p->d.change;
	OK(fixture_write(&p->d, &removes));
	assert_int_equal(folder_count(p, "SELECT count(*) FROM ldap_alias"),
	    1);
	remove.target = STR_NULL;
	remove.change = ++p->d.change;
	OK(fixture_write(&p->d, &removes));
	assert_false(leads(p, "a@ours.test"));
	assert_int_equal(folder_count(p, "SELECT count(*) FROM ldap_alias"),
	    0);
	add.change = ++p->d.change;
	OK(fixture_write(&p->d, &adds));
	OK(put(p, entry("1", "anna@ours.test", "a@ours.test\n"), &out));
	assert_true(str_starts(out.left_out, STR("a@ours.test")));
	assert_true(leads(p, "a@ours.test"));	/* to one: alice */
	remove.change = ++p->d.change;
	OK(fixture_write(&p->d, &removes));
	assert_int_equal(became(p, "1", "anna@ours.test", "a@ours.test\n"),
	    LDAP_CHANGED);
	assert_true(leads(p, "a@ours.test"));
}

static void
test_removed(void **state)
{
	struct folder *p = *state;
	struct account_remove_ask ask = { 0, STR("anna@ours.test") };
	struct write w = { .caller = &p->d.operator_,
		.call = STORE_account_remove, .ask = &ask };

	assert_int_equal(became(p, "1", "anna@ours.test", "a@ours.test\n"),
	    LDAP_ADDED);
	ask.change = ++p->d.change;
	OK(fixture_write(&p->d, &w));
	assert_false(leads(p, "a@ours.test"));
	assert_int_equal(folder_count(p, "SELECT count(*) FROM ldap_account"),
	    0);
	assert_int_equal(folder_count(p, "SELECT count(*) FROM ldap_alias"),
	    0);
	assert_int_equal(became(p, "1", "anna@ours.test", ""), LDAP_ADDED);
}

static void
test_list(void **state)
{
	enum { MANY = 450 };
	struct folder *p = *state;
	struct ldap_list_ask ask = { 0 };
	union store_answer answer;
	struct ldap_row row;
	int n = 0;

	for (int i = 0; i < MANY; i++) {
		char id[20], address[40], aliases[60];

		(void)snprintf(id, sizeof(id), "id%d", i);
		(void)snprintf(address, sizeof(address), "u%d@ours.test", i);
		(void)snprintf(aliases, sizeof(aliases), "a%d@ours.test\n",
		    i);
		assert_int_equal(became(p, id, address, aliases), LDAP_ADDED);
	}
	do {
		struct rd r;

		OK(reader_ask(p->d.r, &ldap, STORE_ldap_list, &ask, &answer,
		    &p->d.err));
		r = rd_of(answer.ldap_list.rows);
		while (rd_left(&r) > 0) {
			assert_true(msg_take(&r, &ldap_row_shape, &row));
			assert_true(row.account > ask.after);
			ask.after = row.account;
			assert_true(str_starts(row.aliases, STR("a")));
			n++;
		}
	} while (answer.ldap_list.more);
	assert_int_equal(n, MANY);
}

#define T(name) cmocka_unit_test_setup_teardown(name, folder_set_up, \
	folder_tear_down_whole)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_comes_and_goes), T(test_owners), T(test_dry),
		T(test_not_its),
		cmocka_unit_test(test_authority), T(test_adopted),
		T(test_removed), T(test_list), T(test_alias_removed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
