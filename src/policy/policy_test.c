#include "policy/policy.h"

#include "base/test.h"
#include "policy/rule_text.h"

static struct arena *a;

static void
test_rule_text(void **state unused_arg)
{
	static const struct {
		const char *text;
		enum rule_kind kind;	/* 0: it is none */
		const char *shown;
	} t[] = {
		{ "news@example.org", RULE_address, "news@example.org" },
		{ "example.org", RULE_domain, "example.org" },
		{ "@example.org", RULE_domain, "example.org" },
		{ "192.0.2.0/24", RULE_network, "192.0.2.0/24" },
		{ "2001:db8::1", RULE_network, "2001:db8::1" },
		{ "192.0.2.7/24", 0, NULL },
		{ "192.0.2", 0, NULL },
		{ "192.0.2.0/99", 0, NULL },
		{ "news@", 0, NULL },
		{ "@", 0, NULL },
		{ "", 0, NULL },
		{ "org", 0, NULL },
		{ ".org", 0, NULL },
		{ "a..org", 0, NULL },
		{ "a b.org", 0, NULL },
		{ "https://example.org/", 0, NULL },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		auto_buf b = BUF_INIT(100);
		struct rule r;
		bool is = rule_text_read(str_c(t[i].text), a, &r);

		assert_int_equal(is, t[i].kind != 0);
		if (!is)
			continue;
		assert_int_equal(r.kind, t[i].kind);
		rule_text_put(&b, &r);
		assert_str(buf_get(&b), t[i].shown);
	}
}

static struct policy_decision
decision(const struct policy *p, struct weigh_answer w, bool proven,
    bool here)
{
	struct policy_facts f = { .store = &w, .proven = proven,
		.here = here };
	struct policy_decision d;

	policy_decide(p, &f, a, &d);
	return d;
}

static void
test_rules_come_first(void **state unused_arg)
{
	const struct policy p = { GREYLIST_UNKNOWN, 60 };
	static const enum policy_act want[] = { [RULE_allow] = POLICY_ALLOW,
		[RULE_block] = POLICY_REFUSE, [RULE_junk] = POLICY_JUNK };
	struct policy_decision d;

	for (uint32_t word = RULE_allow; word <= RULE_junk; word++) {
		d = decision(&p, (struct weigh_answer){ .kind = RULE_domain,
		    .subject = STR("example.org"), .word = word,
		    .waited_s = -1 }, false, false);
		assert_int_equal(d.act, want[word]);
		assert_str(d.rule, "example.org");
		assert_false(d.remember);
	}
	assert_str(d.words, " rule=junk (example.org)");
}

/* Behind a rule, before greylisting; one that allows says nothing else. */
static void
test_lists(void **state unused_arg)
{
	static const struct {
		enum rule_word rule;
		enum dns_list_then then;
		enum policy_act act;
		const char *words;
	} t[] = {
		{ RULE_none, DNS_LIST_REFUSE, POLICY_REFUSE, " list=x" },
		{ RULE_none, DNS_LIST_JUNK, POLICY_JUNK, " list=x" },
		{ RULE_none, DNS_LIST_ALLOW, POLICY_JUDGE,
		    " list=x greylist=pass (on a list)" },
		{ RULE_none, 0, POLICY_DEFER, " list=x greylist=wait" },
		{ RULE_allow, DNS_LIST_REFUSE, POLICY_ALLOW,
		    " list=x rule=allow (example.org)" },
	};
	const struct policy p = { GREYLIST_UNKNOWN, 60 };

	for (size_t i = 0; i < NELEM(t); i++) {
		const struct weigh_answer w = { .kind = RULE_domain,
			.subject = STR("example.org"), .word = t[i].rule,
			.waited_s = -1 };
		struct policy_facts f = { .store = &w, .list = {
			.then = t[i].then, .words = STR(" list=x") } };
		struct policy_decision d;

		policy_decide(&p, &f, a, &d);
		assert_int_equal(d.act, t[i].act);
		assert_str(d.words, t[i].words);
	}
}

static void
test_greylist(void **state unused_arg)
{
	static const struct {
		enum greylist_rule rule;
		uint32_t known;
		bool stale;
		int64_t waited_s;
		bool proven, here;
		enum policy_act act;
		int64_t wait_s;
		bool remember;
	} t[] = {
		{ GREYLIST_OFF, 0, false, -1, false, false, POLICY_JUDGE, 0,
		    true },
		{ GREYLIST_OFF, KNOWN_network, false, -1, false, false,
		    POLICY_JUDGE, 0, false },
		{ GREYLIST_OFF, KNOWN_network, true, -1, false, false,
		    POLICY_JUDGE, 0, true },
		{ GREYLIST_UNPROVEN, 0, false, -1, false, false, POLICY_DEFER,
		    60, true },
		{ GREYLIST_UNPROVEN, 0, false, -1, true, false, POLICY_JUDGE,
		    0, true },
		{ GREYLIST_UNKNOWN, 0, false, -1, true, false, POLICY_DEFER,
		    60, true },
		{ GREYLIST_UNKNOWN, KNOWN_domain, false, -1, true, false,
		    POLICY_JUDGE, 0, false },
		{ GREYLIST_UNKNOWN, KNOWN_network, true, -1, false, false,
		    POLICY_JUDGE, 0, true },
		{ GREYLIST_UNPROVEN, KNOWN_correspondent, false, -1, false,
		    false, POLICY_JUDGE, 0, false },
		{ GREYLIST_UNPROVEN, KNOWN_answer, false, -1, false, false,
		    POLICY_JUDGE, 0, false },
		{ GREYLIST_UNKNOWN, KNOWN_answered, false, -1, false, false,
		    POLICY_JUDGE, 0, false },
		{ GREYLIST_UNPROVEN, 0, false, 0, false, false, POLICY_DEFER,
		    60, true },
		{ GREYLIST_UNPROVEN, 0, false, 59, false, false, POLICY_DEFER,
		    1, true },
		{ GREYLIST_UNPROVEN, 0, false, 60, false, false, POLICY_JUDGE,
		    0, true },
		{ GREYLIST_UNKNOWN, 0, false, -1, false, true, POLICY_JUDGE, 0,
		    false },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		struct policy p = { t[i].rule, 60 };
		struct policy_decision d = decision(&p, (struct weigh_answer){
		    .known = t[i].known, .stale = t[i].stale,
		    .waited_s = t[i].waited_s }, t[i].proven, t[i].here);

		assert_int_equal(d.act, t[i].act);
		assert_int_equal(d.wait_s, t[i].wait_s);
		assert_int_equal(d.remember, t[i].remember);
		assert_int_equal(d.words.n > 0, t[i].rule != GREYLIST_OFF &&
		    !t[i].here);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rule_text),
		cmocka_unit_test(test_rules_come_first),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_greylist),
	};
	int rc;

	a = arena_new(1 << 20);
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(a);
	return rc;
}
