#include "policy/policy.h"

#include "policy/rule_text.h"

enum { RULE_TEXT_MAX = 400 };

static const struct {
	enum policy_act act;
	const char *name;
} words[] = {
	[RULE_allow] = { POLICY_ALLOW, "allow" },
	[RULE_block] = { POLICY_REFUSE, "block" },
	[RULE_junk] = { POLICY_JUNK, "junk" },
	[RULE_hold] = { POLICY_HOLD, "hold" },
};

/* What the operator said goes before all that is found; and what recipients or
 * their domains said, where all of them say the same. */
static void
decide_by_rule(const struct weigh_answer *w, struct arena *a,
    struct policy_decision *out)
{
	auto_buf b = BUF_INIT(RULE_TEXT_MAX);
	struct rule rule;

	MSG_COPY(rule, &rule, w);
	rule_text_put(&b, &rule);
	out->act = words[w->word].act;
	out->rule = str_dup(a, buf_get(&b));
	out->words = arena_printf(a, " rule=%s (%.*s%s%.*s)",
	    words[w->word].name, STR_FMT(str_first(out->rule, 100)),
	    w->owner.n > 0 ? ", of " : "", STR_FMT(str_first(w->owner, 100)));
}

/* RFC 6647. Who is known, has waited or needs not to says so in the verdict. */
static void
decide_by_greylist(const struct policy *p, const struct policy_facts *f,
    struct arena *a, struct policy_decision *out)
{
	static const char *const known[] = {
		[KNOWN_correspondent] = " greylist=pass (a recipient has "
		    "written to them)",
		[KNOWN_domain] = " greylist=pass (the domain is known)",
		[KNOWN_network] = " greylist=pass (the network is known)",
		[KNOWN_answer] = " greylist=pass (it answers mail of a "
		    "recipient)",
		[KNOWN_answered] = " greylist=pass (its author has answered a "
		    "recipient)",
	};
	const struct weigh_answer *w = f->store;

	if (w->known && w->known < NELEM(known)) {
		out->words = str_c(known[w->known]);
	} else if (f->proven && p->greylist == GREYLIST_UNPROVEN) {
		out->words = STR(" greylist=pass (proven)");
	} else if (f->list.then == DNS_LIST_ALLOW) {
		out->words = STR(" greylist=pass (on a list)");
	} else if (w->waited_s >= p->delay_s) {
		out->words = arena_printf(a, " greylist=pass (came again "
		    "after %llu s)", (unsigned long long)w->waited_s);
	} else {
		out->act = POLICY_DEFER;
		out->wait_s = p->delay_s - (w->waited_s > 0 ? w->waited_s : 0);
		out->words = STR(" greylist=wait");
	}
}

/* One that says none of these leaves the rest as it is. */
static bool
decide_by_list(const struct dns_listing *list, struct policy_decision *out)
{
	if (list->then == DNS_LIST_REFUSE)
		out->act = POLICY_REFUSE;
	else if (list->then == DNS_LIST_JUNK)
		out->act = POLICY_JUNK;
	else if (list->then == DNS_LIST_HOLD)
		out->act = POLICY_HOLD;
	return out->act != POLICY_JUDGE;
}

void
policy_decide(const struct policy *p, const struct policy_facts *f,
    struct arena *a, struct policy_decision *out)
{
	uint32_t word = f->store->word;

	*out = (struct policy_decision){ .act = POLICY_JUDGE };
	if (word != RULE_none && word < NELEM(words))
		decide_by_rule(f->store, a, out);
	else if ((f->wanted || !decide_by_list(&f->list, out)) && !f->here) {
		/* Also where nobody waits: it counts for the score, and for
		 * who is banned. */
		out->remember = !f->store->known || f->store->stale;
		if (p->greylist != GREYLIST_OFF)
			decide_by_greylist(p, f, a, out);
	}
	if (f->list.words.n > 0)
		out->words = arena_printf(a, "%.*s%.*s",
		    STR_FMT(f->list.words), STR_FMT(out->words));
}
