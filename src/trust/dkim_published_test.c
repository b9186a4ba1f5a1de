#include "base/test.h"
#include "trust/dkim_published.h"

#define KEY "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"
#define OURS "v=DKIM1; k=rsa; p=" KEY

/* What may stand in the place of what we print, and what may not. */
static const struct {
	const char *found;
	bool is;
} rows[] = {
	{ OURS, true },
	{ "v=DKIM1; p=" KEY, true },		/* RSA, if nothing is said */
	{ "p=" KEY, true },
	{ "v=DKIM1;k=rsa;n=of 2026;t=s;p= MIIBIjANBgkqhk\r\n iG9w0BAQEF "
	  "AAOCAQ8A;", true },
	{ "v=DKIM1; k=rsa; h=sha256; p=" KEY, true },
	{ "v=DKIM1; k=rsa; h=sha1; p=" KEY, false },
	{ "v=DKIM1; k=rsa; t=y; p=" KEY, false },
	{ "v=DKIM1; k=rsa; s=other; p=" KEY, false },
	{ "v=DKIM1; k=ed25519; p=" KEY, false },
	{ "v=DKIM1; k=rsa; p=" KEY "AAAA", false },
	{ "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8B", false },
	{ "v=DKIM1; k=rsa; p=", false },
	{ "v=DKIM1; k=rsa", false },
	{ "v=DKIM2; k=rsa; p=" KEY, false },
	{ "v=spf1 -all", false },
	{ "", false },
};

static void
test_is_record(void **state unused_arg)
{
	for (size_t i = 0; i < NELEM(rows); i++)
		if (dkim_is_record(str_c(rows[i].found), STR(OURS)) !=
		    rows[i].is)
			fail_msg("%s", rows[i].found);
	assert_false(dkim_is_record(STR("v=DKIM1; p="), STR("v=DKIM1; p=")));
}

/* What DNS has at the name: up to three texts, or it fails. */
struct zone {
	const char *texts[3];
	bool fails;
	struct str asked;
};

static void
look_up(void *arg, struct str name, enum dns_type type,
    struct lookup_answer *answer, struct arena *a)
{
	struct zone *z = arg;
	auto_buf b = BUF_INIT(4096);

	assert_int_equal(type, DNS_TXT);
	z->asked = str_dup(a, name);
	for (size_t i = 0; i < NELEM(z->texts) && z->texts[i]; i++)
		msg_put(&b, &dns_record_shape, &(struct dns_record){ 0,
		    str_c(z->texts[i]) });
	answer->result = z->fails ? DNS_FAILED : b.n > 0 ? DNS_OK :
	    DNS_NODATA;
	answer->records = str_dup(a, buf_get(&b));
}

static void
test_published(void **state unused_arg)
{
	static struct {
		struct zone zone;
		enum dkim_published is;
	} t[] = {
		{ { { OURS }, false, STR_NULL }, DKIM_IS_PUBLISHED },
		{ { { OURS, "p=" KEY }, false, STR_NULL },
		  DKIM_IS_PUBLISHED },
		{ { { OURS, "v=spf1" }, false, STR_NULL },
		  DKIM_OTHER_PUBLISHED },
		{ { { "v=spf1" }, false, STR_NULL }, DKIM_OTHER_PUBLISHED },
		{ { { NULL }, false, STR_NULL }, DKIM_NOT_PUBLISHED },
		{ { { OURS }, true, STR_NULL }, DKIM_PUBLISHED_UNSURE },
	};
	struct arena *a = arena_new(DNS_ANSWER_MEMORY);

	for (size_t i = 0; i < NELEM(t); i++) {
		const struct trust_dns dns = { look_up, &t[i].zone };

		assert_int_equal(dkim_published(&dns, STR("a.test"),
		    STR("sel"), STR(OURS), a), t[i].is);
		assert_str(t[i].zone.asked, "sel._domainkey.a.test");
		assert_true(strlen(dkim_published_words(t[i].is)) > 0);
		arena_reset(a);
	}
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_is_record),
		cmocka_unit_test(test_published),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
