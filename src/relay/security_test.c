#include "relay/security.h"

#include "base/test.h"

/* What the route says, what DNS has, what the policy wants: what has to be. */
static void
test_order(void **state unused_arg)
{
	enum { NONE, NAMED, OTHER, AWAY };	/* the policy */
	static const struct {
		enum route_tls route;
		bool published;
		enum tlsa_result tlsa;
		bool whole;
		int policy;
		enum security_by by;
		enum route_tls tls;
		const char *refused, *need;
	} t[] = {
		{ ROUTE_TLS_MAY, true, TLSA_NONE, false, NONE, SECURITY_ROUTE,
		    ROUTE_TLS_MAY, NULL, "TLS if offered" },
		{ ROUTE_TLS_MUST, true, TLSA_NONE, true, NONE, SECURITY_ROUTE,
		    ROUTE_TLS_MUST, NULL, "TLS" },
		{ ROUTE_TLS_MAY, true, TLSA_FOUND, true, NONE, SECURITY_DANE,
		    ROUTE_TLS_MUST, NULL, "DANE" },
		{ ROUTE_TLS_MAY, true, TLSA_FOUND, false, NONE, SECURITY_DANE,
		    ROUTE_TLS_MUST, NULL, "DANE of the host" },
		{ ROUTE_TLS_MAY, true, TLSA_FAILED, true, NONE, SECURITY_DANE,
		    ROUTE_TLS_MAY, "4.4.3", "unknown" },
		{ ROUTE_TLS_MAY, true, TLSA_NONE, false, NAMED, SECURITY_STS,
		    ROUTE_TLS_VERIFY, NULL, "MTA-STS" },
		{ ROUTE_TLS_MAY, true, TLSA_NONE, true, OTHER, SECURITY_STS,
		    ROUTE_TLS_VERIFY, "4.7.5", "MTA-STS" },
		{ ROUTE_TLS_MAY, true, TLSA_NONE, true, AWAY, SECURITY_STS,
		    ROUTE_TLS_VERIFY, "4.3.0", "MTA-STS" },
		/* RFC 8461 2: a policy makes up for no key. */
		{ ROUTE_TLS_MAY, true, TLSA_FOUND, true, NAMED, SECURITY_DANE,
		    ROUTE_TLS_MUST, NULL, "DANE" },
		{ ROUTE_TLS_MAY, true, TLSA_FOUND, true, OTHER, SECURITY_DANE,
		    ROUTE_TLS_MUST, NULL, "DANE" },
		{ ROUTE_TLS_MAY, true, TLSA_FAILED, false, NAMED,
		    SECURITY_DANE, ROUTE_TLS_MAY, "4.4.3", "unknown" },
		/* Whose host it is the policy says. */
		{ ROUTE_TLS_MAY, true, TLSA_FOUND, false, OTHER, SECURITY_STS,
		    ROUTE_TLS_VERIFY, "4.7.5", "MTA-STS" },
		/* The operator's word is the last. */
		{ ROUTE_TLS_NONE, false, TLSA_FOUND, true, OTHER,
		    SECURITY_ROUTE, ROUTE_TLS_NONE, NULL, "none" },
		{ ROUTE_TLS_VERIFY, false, TLSA_FAILED, true, AWAY,
		    SECURITY_ROUTE, ROUTE_TLS_VERIFY, NULL, "verified TLS" },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		const struct route route = { .tls = t[i].route,
			.published = t[i].published };
		const struct security_policy policy = {
			.enforced = t[i].policy == NAMED ||
			    t[i].policy == OTHER,
			.names_host = t[i].policy == NAMED,
			.unknown = t[i].policy == AWAY };
		static struct tlsa_set tlsa;
		struct security got;

		tlsa.result = t[i].tlsa;
		tlsa.whole = t[i].whole;
		tlsa.why = STR("why");
		security_choose(&route, &tlsa, &policy, &got);
		assert_int_equal(got.by, t[i].by);
		assert_int_equal(got.tls, t[i].tls);
		assert_int_equal(got.refused.n > 0, t[i].refused != NULL);
		if (t[i].refused)
			assert_string_equal(got.status, t[i].refused);
		assert_int_equal(got.dane != NULL, t[i].by == SECURITY_DANE &&
		    t[i].tlsa == TLSA_FOUND);
		assert_string_equal(security_need(&got), t[i].need);
	}
}

/* What it is for a message that demands TLS all the way. RFC 8689 2 */
static void
test_required(void **state unused_arg)
{
	enum { NO_KEYS, UNUSABLE, KEYS };
	static const struct {
		enum security_by by;
		enum route_tls tls;
		int keys;
		bool pin, named;
		const char *refused;	/* by security_choose() */
		enum route_tls want;
		const char *status;	/* NULL: it may be used */
	} t[] = {
		{ SECURITY_ROUTE, ROUTE_TLS_MAY, NO_KEYS, false, true, NULL,
		    ROUTE_TLS_VERIFY, NULL },
		{ SECURITY_ROUTE, ROUTE_TLS_MUST, NO_KEYS, false, true, NULL,
		    ROUTE_TLS_VERIFY, NULL },
		{ SECURITY_ROUTE, ROUTE_TLS_FIRST, NO_KEYS, false, true, NULL,
		    ROUTE_TLS_FIRST, NULL },
		{ SECURITY_ROUTE, ROUTE_TLS_MAY, NO_KEYS, true, true, NULL,
		    ROUTE_TLS_MUST, NULL },
		{ SECURITY_ROUTE, ROUTE_TLS_NONE, NO_KEYS, false, true, NULL,
		    ROUTE_TLS_NONE, "5.7.10" },
		{ SECURITY_ROUTE, ROUTE_TLS_VERIFY, NO_KEYS, false, false,
		    NULL, ROUTE_TLS_VERIFY, "5.7.10" },
		{ SECURITY_DANE, ROUTE_TLS_MUST, KEYS, false, true, NULL,
		    ROUTE_TLS_MUST, NULL },
		/* Its keys, but whose host is it? */
		{ SECURITY_DANE, ROUTE_TLS_MUST, KEYS, false, false, NULL,
		    ROUTE_TLS_MUST, "5.7.10" },
		{ SECURITY_DANE, ROUTE_TLS_MUST, UNUSABLE, false, true, NULL,
		    ROUTE_TLS_VERIFY, NULL },
		{ SECURITY_DANE, ROUTE_TLS_MAY, NO_KEYS, false, true, "4.4.3",
		    ROUTE_TLS_MAY, "4.4.3" },
		/* A policy names it, signed or not. */
		{ SECURITY_STS, ROUTE_TLS_VERIFY, NO_KEYS, false, false, NULL,
		    ROUTE_TLS_VERIFY, NULL },
		{ SECURITY_STS, ROUTE_TLS_VERIFY, NO_KEYS, false, false,
		    "4.7.5", ROUTE_TLS_VERIFY, "5.7.10" },
		{ SECURITY_STS, ROUTE_TLS_VERIFY, NO_KEYS, false, true,
		    "4.3.0", ROUTE_TLS_VERIFY, "4.3.0" },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		const struct route route = { .tls = t[i].tls,
			.pin = t[i].pin ? STR("abcd") : STR_NULL };
		const struct tls_dane dane = { .n = t[i].keys == KEYS };
		struct security s = { .by = t[i].by, .tls = t[i].tls,
			.dane = t[i].keys ? &dane : NULL,
			.refused = t[i].refused ? STR("why") : STR_NULL,
			.status = t[i].refused };

		security_require(&route, t[i].named, &s);
		assert_int_equal(s.tls, t[i].want);
		assert_int_equal(s.dane != NULL, t[i].keys == KEYS);
		assert_int_equal(s.refused.n > 0, t[i].status != NULL);
		if (t[i].status)
			assert_string_equal(s.status, t[i].status);
	}
}

/* Only what was proven is said. */
static void
test_words(void **state unused_arg)
{
	static const struct tls_dane dane;
	static const struct {
		enum security_by by;
		bool dane, unsigned_way, on, verified;
		const char *words;
	} t[] = {
		{ SECURITY_ROUTE, false, false, true, true, "TLSv1.3" },
		{ SECURITY_DANE, true, false, true, true, "TLSv1.3 DANE" },
		{ SECURITY_DANE, true, true, true, true,
		    "TLSv1.3 DANE of the host" },
		{ SECURITY_DANE, true, false, true, false, "TLSv1.3" },
		{ SECURITY_STS, false, false, true, true, "TLSv1.3 MTA-STS" },
		{ SECURITY_STS, false, false, true, false, "TLSv1.3" },
		{ SECURITY_STS, false, false, false, true, "" },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		const struct security s = { .by = t[i].by,
			.dane = t[i].dane ? &dane : NULL,
			.unsigned_way = t[i].unsigned_way };
		const struct tls_facts tls = { .on = t[i].on,
			.verified = t[i].verified,
			.version = t[i].on ? STR("TLSv1.3") : STR("") };
		char words[SECURITY_WORDS];

		security_words(&s, &tls, words);
		assert_string_equal(words, t[i].words);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_required),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
