/*
 * person_test.c - entries of several directories as people.
 */
#include "base/test.h"
#include "ldap/person.h"
#include "ldap/test_entry.h"

static const struct person_attributes openldap = { .id = STR("entryUUID"),
	.mail = STR("mail"), .quota = STR("mailQuota"),
	.aliases = STR("mailAlternateAddress proxyAddresses") };
static const struct person_attributes ad = { .id = STR("objectGUID"),
	.mail = STR("mail"), .aliases = STR("proxyAddresses") };

struct row {
	const struct person_attributes *names;
	struct str pairs;
	const char *why;	/* NULL: it is one */
	const char *id, *address, *aliases;
	uint64_t quota;
};

static const struct row rows[] = {
	{ &openldap, STR("entryUUID=U-1\0mail=Anna@Example.ORG\0"), NULL,
	    "u-1", "anna@example.org", "", 0 },
	{ &openldap, STR("ENTRYUUID=u\0Mail=a@b.test\0mail=second@b.test\0"
	    "mailAlternateAddress=c@b.test\0mailQuota=2G\0"), NULL, "u",
	    "a@b.test", "c@b.test\n", (uint64_t)2 << 30 },
	/* Active Directory: an id of octets, words before addresses. */
	{ &ad, STR("objectGUID=\x01\x02\xff\x04\0"
	    "mail=a@b.test\0proxyAddresses=SMTP:a@b.test\0"
	    "proxyAddresses=smtp:Alias@b.test\0"
	    "proxyAddresses=X500:/o=Org/cn=a@b.test\0"
	    "proxyAddresses=sip:a@b.test\0"), NULL, "0102ff04", "a@b.test",
	    "a@b.test\nalias@b.test\n", 0 },
	{ &ad, STR("objectGUID=g\0proxyAddresses=smtp:x@b.test\0"
	    "proxyAddresses=SMTP:main@b.test\0"), NULL, "g", "main@b.test",
	    "x@b.test\nmain@b.test\n", 0 },
	{ &openldap, STR("entryUUID=u\0mail=a@b\xc3\xbc" "cher.test\0"), NULL,
	    "u", "a@xn--bcher-kva.test", "", 0 },
	/* Options of an attribute are no part of its name. */
	{ &openldap, STR("entryUUID=u\0mail;lang-de=a@b.test\0"), NULL, "u",
	    "a@b.test", "", 0 },
	{ &openldap, STR("entryUUID=u\0"), "it has no address", 0 },
	{ &openldap, STR("mail=a@b.test\0"), "it has no id", 0 },
	{ &openldap, STR("entryUUID=u\0mail=a\0"),
	    "its address is none that can be here", 0 },
	{ &openldap, STR("entryUUID=u\0mail=a b@c.test\0"),
	    "its address is none that can be here", 0 },
	{ &openldap, STR("entryUUID=u\0mail=a\n@c.test\0"),
	    "its address is none that can be here", 0 },
	{ &openldap, STR("entryUUID=u\0mail=\xff@c.test\0"),
	    "its address is none that can be here", 0 },
	{ &openldap, STR("entryUUID=u\0mail=a@b.test\0mailQuota=much\0"),
	    "its quota is no size", 0 },
	{ &openldap, STR("entryUUID=u\0mail=a@b.test\0"
	    "mailQuota=99999999999T\0"), "its quota is no size", 0 },
	{ &openldap, STR("entryUUID=0123456789012345678901234567890123456789"
	    "0123456789012345678901234567890123456789\0mail=a@b.test\0"),
	    "its id cannot be one", 0 },
};

static void
test_rows(void **state unused_arg)
{
	for (size_t i = 0; i < NELEM(rows); i++) {
		const struct row *w = &rows[i];
		struct arena *a = arena_new(1 << 16);
		auto_buf b = BUF_INIT(8192);
		struct ldap_message entry = { .dn = STR("cn=a,dc=b"),
			.attributes = entry_attributes(&b, w->pairs) };
		struct person p;
		const char *why = NULL;

		print_message("row %zu\n", i);
		assert_int_equal(person_read(&entry, w->names, a, &p, &why),
		    w->why == NULL);
		if (w->why) {
			assert_string_equal(why, w->why);
		} else {
			assert_str(p.id, w->id);
			assert_str(p.dn, "cn=a,dc=b");
			assert_str(p.address, w->address);
			assert_str(p.aliases, w->aliases);
			assert_int_equal(p.with_quota, w->quota > 0);
			assert_int_equal(p.quota, w->quota);
		}
		arena_free(a);
	}
}

/* More than anybody has is cut, and not all of it is kept. */
static void
test_many(void **state unused_arg)
{
	struct arena *a = arena_new(4 << 20);
	auto_buf b = BUF_INIT(1 << 20), pairs = BUF_INIT(1 << 20);
	struct ldap_message entry = { .dn = STR("cn=a") };
	struct person p;
	const char *why = NULL;

	buf_put(&pairs, "entryUUID=u\0mail=a@b.test\0", 26);
	for (int i = 0; i < 1000; i++) {
		buf_printf(&pairs, "proxyAddresses=smtp:alias%d@b.test", i);
		buf_chr(&pairs, '\0');
	}
	entry.attributes = entry_attributes(&b, buf_get(&pairs));
	assert_true(person_read(&entry, &openldap, a, &p, &why));
	assert_true(p.aliases.n <= PERSON_ALIASES_MAX);
	entry.attributes = str_first(entry.attributes,
	    entry.attributes.n - 1);
	assert_false(person_read(&entry, &openldap, a, &p, &why));
	assert_string_equal(why, "it cannot be read");
	arena_free(a);
}

static void
test_nobody(void **state unused_arg)
{
	struct arena *a = arena_new(4096);

	assert_str(person_nobody(STR("dc=b"), 255, a),
	    "cn=nobody-00000000000000ff,dc=b");
	assert_str(person_nobody(STR(""), 255, a),
	    "cn=nobody-00000000000000ff");
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
