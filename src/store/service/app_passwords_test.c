#include "base/test.h"

#include "store/engine/engine_int.h"
#include "store/service/test_folder.h"

/*
 * App passwords: the rows of an account, and what a login is told of them.
 */

static int
add(struct folder *p, uint64_t number, const char *label, uint32_t services)
{
	struct app_password_add_ask ask = { ++p->d.change,
		STR("Alice@ours.test"), number,
		STR("0123456789abcdef0123456789abcdef"), str_c(label),
		services, 0 };
	struct write w = { .caller = &p->d.vault, .ask = &ask,
		.call = STORE_app_password_add };

	return fixture_write(&p->d, &w);
}

static int
remove_label(struct folder *p, const char *label, uint32_t *removed)
{
	struct app_password_remove_ask ask = { ++p->d.change,
		STR("alice@ours.test"), str_c(label) };
	struct write w = { .caller = &p->d.operator_, .ask = &ask,
		.call = STORE_app_password_remove };
	int rc = fixture_write(&p->d, &w);

	*removed = rc < 0 ? 0 : w.answer.app_password_remove.removed;
	return rc;
}

static size_t
count(struct folder *p)
{
	struct app_passwords_ask ask = { STR("alice@ours.test") };
	union store_answer answer = { 0 };
	struct app_password_row row;
	struct rd r;
	size_t n = 0;

	assert_int_equal(reader_ask(p->d.r, &p->d.operator_,
	    STORE_app_passwords, &ask, &answer, &p->d.err), 0);
	r = rd_of(answer.app_passwords.rows);
	for (; rd_left(&r) > 0; n++)
		assert_true(msg_take(&r, &app_password_row_shape, &row));
	return n;
}

static bool
is_told(struct folder *p, uint64_t number, const char *label)
{
	struct credential_ask ask = { STR("alice@ours.test"), number };
	union store_answer answer = { 0 };

	assert_int_equal(reader_ask(p->d.r, &p->d.vault, STORE_credential,
	    &ask, &answer, &p->d.err), 0);
	assert_int_equal(answer.credential.account, p->alice);
	if (answer.credential.proof.n == 0)
		return false;
	assert_str(answer.credential.label, label);
	return true;
}

/* An account's own connection names nobody: whatever it says, it is about
 * itself. */
static void
test_ones_own(void **state)
{
	struct folder *p = *state;
	struct app_passwords_ask list = { STR("alice@ours.test") };
	struct app_password_remove_ask ask = { 0, STR("alice@ours.test"),
		STR("Phone") };
	struct write w = { .ask = &ask, .call = STORE_app_password_remove };
	union store_answer answer = { 0 };
	struct caller bob;
	uint64_t id;

	assert_int_equal(fixture_account(&p->d, "bob@ours.test", &id), 0);
	bob = fixture_person(id);
	assert_int_equal(add(p, 5, "Phone", SERVICE_imap), 0);
	assert_int_equal(reader_ask(p->d.r, &bob, STORE_app_passwords, &list,
	    &answer, &p->d.err), 0);
	assert_int_equal(answer.app_passwords.rows.n, 0);
	w.caller = &bob;
	ask.change = ++p->d.change;
	assert_int_equal(fixture_write(&p->d, &w), E_NOTFOUND);
	assert_int_equal(count(p), 1);
	w.caller = &p->who;
	ask = (struct app_password_remove_ask){ ++p->d.change, STR_NULL,
		STR("Phone") };
	assert_int_equal(fixture_write(&p->d, &w), 0);
	assert_int_equal(count(p), 0);
}

static void
test_added_and_removed(void **state)
{
	struct folder *p = *state;
	uint32_t removed;

	assert_int_equal(add(p, 5, "Phone", SERVICE_imap), 0);
	assert_int_equal(add(p, 6, "Phone", SERVICE_imap), E_EXISTS);
	assert_int_equal(add(p, 6, "B\xc3\xbcro, 2", SERVICES_apps), 0);
	assert_true(is_told(p, 5, "Phone"));
	assert_true(is_told(p, 6, "B\xc3\xbcro, 2"));
	assert_false(is_told(p, 7, ""));
	assert_false(is_told(p, 0, ""));
	assert_int_equal(count(p), 2);
	assert_int_equal(remove_label(p, "phone", &removed), E_NOTFOUND);
	assert_int_equal(remove_label(p, "Phone", &removed), 0);
	assert_int_equal(removed, 1);
	assert_false(is_told(p, 5, ""));
	assert_int_equal(add(p, 5, "Phone", SERVICE_smtp), 0);
	assert_int_equal(remove_label(p, "", &removed), 0);
	assert_int_equal(removed, 2);
	assert_int_equal(remove_label(p, "", &removed), 0);
	assert_int_equal(removed, 0);
	assert_int_equal(count(p), 0);
}

static void
test_what_is_none(void **state)
{
	static const char *const labels[] = { "", " x", "x ", "a\nb", "\x7f",
		"\xc2\x9b", "\xff", ".", ".." };
	struct folder *p = *state;

	for (size_t i = 0; i < NELEM(labels); i++)
		assert_int_equal(add(p, 1, labels[i], SERVICE_imap),
		    E_INVALID);
	assert_int_equal(add(p, 0, "x", SERVICE_imap), E_INVALID);
	assert_int_equal(add(p, 1, "x", 0), E_INVALID);
	assert_int_equal(add(p, 1, "x", SERVICE_page), E_INVALID);
	assert_int_equal(count(p), 0);
}

/* Bounded; and the account takes them along. */
static void
test_many(void **state)
{
	struct folder *p = *state;
	struct account_remove_ask ask = { 0, STR("alice@ours.test") };
	struct write w = { .caller = &p->d.operator_, .ask = &ask,
		.call = STORE_account_remove };
	uint64_t n = 1;
	char label[16];

	for (uint64_t i = 1; i <= APP_PASSWORDS_MAX; i++) {
		(void)snprintf(label, sizeof(label), "p %u", (unsigned)i);
		assert_int_equal(add(p, i, label, SERVICES_apps), 0);
	}
	assert_int_equal(add(p, 99, "one more", SERVICES_apps), E_LIMIT);
	assert_int_equal(count(p), APP_PASSWORDS_MAX);
	ask.change = ++p->d.change;
	assert_int_equal(fixture_write(&p->d, &w), 0);
	assert_int_equal(sql_number(&p->d.e->w, SQL_app_password_count,
	    SQL_VALS(vi(p->alice)), &n, &p->d.err), 0);
	assert_int_equal(n, 0);
}

static void
test_used(void **state)
{
	struct folder *p = *state;
	struct app_password_used_ask ask = { ++p->d.change, p->alice, 5,
		STR("192.0.2.7"), SERVICE_smtp };
	struct write w = { .caller = &p->d.vault, .ask = &ask,
		.call = STORE_app_password_used };
	struct credential_ask who = { STR("alice@ours.test"), 5 };
	union store_answer answer = { 0 };

	assert_int_equal(fixture_write(&p->d, &w), 0);
	assert_int_equal(count(p), 0);
	assert_int_equal(add(p, 5, "Phone", SERVICES_apps), 0);
	ask.change = ++p->d.change;
	assert_int_equal(fixture_write(&p->d, &w), 0);
	assert_int_equal(reader_ask(p->d.r, &p->d.vault, STORE_credential,
	    &who, &answer, &p->d.err), 0);
	assert_int_equal(answer.credential.used, p->d.now_us / 1000000);
	assert_str(answer.credential.used_from, "192.0.2.7");
	assert_int_equal(answer.credential.used_for, SERVICE_smtp);
}

static int
renew(struct folder *p, uint64_t number, const char *keys, const char *was)
{
	struct keys_renew_ask ask = { ++p->d.change, p->alice, number,
		str_c(keys), str_c(was) };
	struct write w = { .caller = &p->d.vault, .ask = &ask,
		.call = STORE_keys_renew };

	return fixture_write(&p->d, &w);
}

/* Keys are put in the place of those that were there, and of no others; nobody
 * is out by that. */
static void
test_keys(void **state)
{
	struct folder *p = *state;
	struct credential_ask who = { STR("alice@ours.test"), 5 };
	struct app_keys_ask list = { p->alice };
	union store_answer answer = { 0 };
	struct app_keys_row row;
	char before[100];
	struct rd r;

	assert_int_equal(add(p, 5, "Phone", SERVICES_apps), 0);
	assert_int_equal(renew(p, 5, "k1", "k0"), E_STALE);
	assert_int_equal(renew(p, 6, "k1", ""), E_STALE);
	assert_int_equal(renew(p, 5, "k1", ""), 0);
	assert_int_equal(renew(p, 5, "k2", "k1"), 0);
	assert_int_equal(reader_ask(p->d.r, &p->d.vault, STORE_app_keys,
	    &list, &answer, &p->d.err), 0);
	r = rd_of(answer.app_keys.rows);
	assert_true(msg_take(&r, &app_keys_row_shape, &row));
	assert_int_equal(row.number, 5);
	assert_str(row.keys, "k2");
	assert_true(rd_done(&r));
	list.account++;
	assert_int_equal(reader_ask(p->d.r, &p->d.vault, STORE_app_keys,
	    &list, &answer, &p->d.err), 0);
	assert_int_equal(answer.app_keys.rows.n, 0);

	assert_int_equal(reader_ask(p->d.r, &p->d.vault, STORE_credential,
	    &who, &answer, &p->d.err), 0);
	assert_str(answer.credential.app_keys, "k2");
	(void)snprintf(before, sizeof(before), "%.*s",
	    STR_FMT(answer.credential.sealed));
	assert_int_equal(renew(p, 0, "sealed anew", "not it"), E_STALE);
	assert_int_equal(renew(p, 0, "sealed anew", before), 0);
	assert_int_equal(reader_ask(p->d.r, &p->d.vault, STORE_credential,
	    &who, &answer, &p->d.err), 0);
	assert_str(answer.credential.sealed, "sealed anew");
}

static int
add_certificate(struct folder *p, const char *who, uint64_t number,
    const char *label)
{
	struct app_password_add_ask ask = { ++p->d.change, str_c(who), number,
		STR("0123456789abcdef0123456789abcdef"), str_c(label),
		SERVICE_imap, 0, .keys = STR("sealed"),
		.kind = APP_certificate };
	struct write w = { .caller = &p->d.vault, .ask = &ask,
		.call = STORE_app_password_add };

	return fixture_write(&p->d, &w);
}

static int
owner(struct folder *p, uint64_t number, const char *want)
{
	struct certificate_owner_ask ask = { number };
	union store_answer answer = { 0 };
	int rc = reader_ask(p->d.r, &p->d.vault, STORE_certificate_owner,
	    &ask, &answer, &p->d.err);

	if (rc == 0)
		assert_str(answer.certificate_owner.address, want);
	return rc;
}

/* One key is one of an account's, and perhaps another's, too: then it does not
 * say whose it is. It proves nothing by SCRAM. */
static void
test_certificates(void **state)
{
	struct folder *p = *state;
	struct app_keys_ask list = { p->alice };
	union store_answer answer = { 0 };
	uint32_t removed;
	uint64_t id;

	assert_int_equal(fixture_account(&p->d, "bob@ours.test", &id), 0);
	assert_int_equal(add(p, 6, "Phone", SERVICE_imap), 0);
	assert_int_equal(add_certificate(p, "alice@ours.test", 5, "Laptop"),
	    0);
	assert_int_equal(add_certificate(p, "alice@ours.test", 5, "Again"),
	    E_EXISTS);
	assert_true(is_told(p, 5, "Laptop"));
	assert_int_equal(owner(p, 5, "alice@ours.test"), 0);
	assert_int_equal(owner(p, 6, ""), E_NOTFOUND);
	assert_int_equal(owner(p, 7, ""), E_NOTFOUND);
	assert_int_equal(reader_ask(p->d.r, &p->d.vault, STORE_app_keys,
	    &list, &answer, &p->d.err), 0);
	assert_true(str_find(answer.app_keys.rows, STR("sealed")) ==
	    answer.app_keys.rows.n);
	assert_int_equal(add_certificate(p, "bob@ours.test", 5, "Laptop"), 0);
	assert_int_equal(owner(p, 5, ""), E_NOTFOUND);
	assert_int_equal(remove_label(p, "Laptop", &removed), 0);
	assert_int_equal(owner(p, 5, "bob@ours.test"), 0);
	assert_int_equal(count(p), 1);
}

int
main(void)
{
#define ROW(t) cmocka_unit_test_setup_teardown(t, folder_set_up, \
    folder_tear_down_whole)
	const struct CMUnitTest tests[] = {
		ROW(test_ones_own),
		ROW(test_added_and_removed),
		ROW(test_what_is_none),
		ROW(test_many),
		ROW(test_used),
		ROW(test_keys),
		ROW(test_certificates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
