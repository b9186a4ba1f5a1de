/*
 * Accounts whose password PAM proves (directory/pam.c): who says so, who
 * cannot, and what becomes of the password from before.
 */
#include "store/service/test_folder.h"
#include "store/service/test_ok.h"

/* The other asks are the beginning of this one. */
static int
mark(struct folder *p, enum store_call call, const char *address,
    const char *user)
{
	struct pam_add_ask ask = { ++p->d.change, str_c(address),
		str_c(user) };
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

static int
passwd(struct folder *p, const char *address)
{
	struct account_passwd_ask ask = { .change = ++p->d.change,
		.address = str_c(address), .sealed = STR("sealed") };
	struct write w = { .caller = &p->d.operator_,
		.call = STORE_account_passwd, .ask = &ask };

	return fixture_write(&p->d, &w);
}

static void
test_comes_and_goes(void **state)
{
	struct folder *p = *state;
	struct credential_answer row;

	OK(mark(p, STORE_pam_add, "anna@ours.test", "anna.m"));
	OK(credential(p, "Anna@ours.test", &row));
	assert_str(row.elsewhere, "anna.m");
	assert_int_equal(row.sealed.n, 0);
	assert_true(row.by_pam);
	assert_int_equal(mark(p, STORE_pam_add, "anna@ours.test", "x"),
	    E_EXISTS);
	assert_int_equal(mark(p, STORE_pam_add, "anna@elsewhere.test", "x"),
	    E_NOTFOUND);
	assert_int_equal(passwd(p, "anna@ours.test"), E_EXISTS);
	/* Another user. */
	OK(mark(p, STORE_pam_adopt, "anna@ours.test", "other"));
	OK(credential(p, "anna@ours.test", &row));
	assert_str(row.elsewhere, "other");
	OK(mark(p, STORE_pam_release, "anna@ours.test", ""));
	assert_int_equal(mark(p, STORE_pam_release, "anna@ours.test", ""),
	    E_NOTFOUND);
	assert_int_equal(credential(p, "anna@ours.test", &row), E_NOTFOUND);
	OK(passwd(p, "anna@ours.test"));
	OK(credential(p, "anna@ours.test", &row));
	assert_int_equal(row.elsewhere.n, 0);
	assert_false(row.by_pam);
	assert_str(row.sealed, "sealed");
	/* What was here comes back when it is released. */
	OK(mark(p, STORE_pam_adopt, "anna@ours.test", "anna"));
	OK(mark(p, STORE_pam_release, "anna@ours.test", ""));
	OK(credential(p, "anna@ours.test", &row));
	assert_str(row.sealed, "sealed");
}

static void
test_names(void **state)
{
	static const char *const good[] = { "a", "Anna.M_2-x+y", "DOM\\anna",
		"anna@REALM", "anna$" };
	static const char *const bad[] = { "", "-r", ".", "..", ".a", "a/b",
		"a b", "a:b", "a\nb", "a\tb", "\303\244" };
	struct folder *p = *state;

	OK(mark(p, STORE_pam_add, "anna@ours.test", "anna"));
	for (size_t i = 0; i < NELEM(good); i++)
		OK(mark(p, STORE_pam_adopt, "anna@ours.test", good[i]));
	for (size_t i = 0; i < NELEM(bad); i++) {
		assert_int_equal(mark(p, STORE_pam_adopt, "anna@ours.test",
		    bad[i]), E_INVALID);
		assert_int_equal(mark(p, STORE_pam_add, "bert@ours.test",
		    bad[i]), E_INVALID);
	}
}

/* One account has one password. */
static void
test_ldap_beside(void **state)
{
	struct folder *p = *state;
	struct caller ldap = { .authority = AUTH_LDAP };
	struct ldap_put_ask entry = { .change = ++p->d.change,
		.address = STR("anna@ours.test"), .id = STR("1"),
		.dn = STR("cn=x") };
	struct write w = { .caller = &ldap, .call = STORE_ldap_put,
		.ask = &entry };

	OK(mark(p, STORE_pam_add, "anna@ours.test", "anna"));
	assert_int_equal(fixture_write(&p->d, &w), E_EXISTS);
	assert_int_equal(mark(p, STORE_ldap_adopt, "anna@ours.test", ""),
	    E_EXISTS);
	OK(mark(p, STORE_pam_release, "anna@ours.test", ""));
	OK(mark(p, STORE_ldap_adopt, "anna@ours.test", ""));
	assert_int_equal(mark(p, STORE_pam_adopt, "anna@ours.test", "anna"),
	    E_EXISTS);
	OK(mark(p, STORE_ldap_release, "anna@ours.test", ""));
	OK(mark(p, STORE_pam_adopt, "anna@ours.test", "anna"));
}

static void
test_others(void **state unused_arg)
{
	static const enum store_call calls[] = { STORE_pam_add,
		STORE_pam_adopt, STORE_pam_release };
	static const uint32_t who[] = { AUTH_VAULT, AUTH_MX, AUTH_RELAY,
		AUTH_LDAP, AUTH_LOCAL, AUTH_ACCOUNT };

	for (size_t i = 0; i < NELEM(calls); i++)
		for (size_t k = 0; k < NELEM(who); k++)
			assert_true((store_calls[calls[i]].who & who[k]) == 0);
}

/* The account is removed, and another gets its address. */
static void
test_removed(void **state)
{
	struct folder *p = *state;
	struct account_remove_ask ask = { ++p->d.change,
		STR("anna@ours.test") };
	struct write w = { .caller = &p->d.operator_,
		.call = STORE_account_remove, .ask = &ask };

	OK(mark(p, STORE_pam_add, "anna@ours.test", "anna"));
	OK(fixture_write(&p->d, &w));
	assert_int_equal(folder_count(p, "SELECT count(*) FROM pam_account"),
	    0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, folder_set_up, \
	folder_tear_down_whole)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_comes_and_goes), T(test_names), T(test_ldap_beside),
		cmocka_unit_test(test_others), T(test_removed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
