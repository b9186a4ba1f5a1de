#include "store/engine/filter.h"
#include "store/queue/held.h"

/*
 * Where each recipient here gets a message: as his rule says, or his domain's
 * or the server's; else as whoever took it in says, or its reader has taught
 * what he calls spam. What they would refuse goes to Junk: others did not.
 */

static struct fate
by_text(struct submitting *s, uint64_t account)
{
	const struct submit_ask *ask = s->ask;
	double score;

	if (s->w->caller->authority != AUTH_MX || ask->lesson == LESSON_good ||
	    !filter_is_spam(s->e, account, ask->traits, &score))
		return (struct fate){ FATE_inbox, STR_NULL };
	return (struct fate){ FATE_junk, arena_printf(s->e->arena,
	    "as junk by its text (%.1f)", score) };
}

/* What is apart of somebody who has too much of it lies in Junk, where it
 * counts. What stands in front of it there is not known yet: some octets. */
static int
hold(struct submitting *s, uint64_t account, struct fate *out)
{
	struct acct *a;
	int rc = acct_get(s->e, account, &a, &s->w->err);

	if (rc == 0)
		rc = held_may(s->e, a, s->ask->raw_size + s->ask->front.n,
		    &s->w->err);
	if (rc > 0)
		*out = (struct fate){ FATE_held, STR_NULL };
	else
		*out = (struct fate){ FATE_junk, STR("as junk, for too much "
		    "is held for this account") };
	return rc < 0 ? rc : 0;
}

static struct str
by_rule(struct submitting *s, const struct rule_found *f)
{
	if (f->owner.n == 0)
		return STR("as junk");
	return arena_printf(s->e->arena, "as junk by a rule of %.*s",
	    STR_FMT(f->owner));
}

static int
find_fate(struct submitting *s, struct rule_search *rules, uint64_t account,
    struct fate *out)
{
	const struct submit_ask *ask = s->ask;
	struct rule_found f = { .word = RULE_none };
	int rc = rules->host.n ? rules_find(rules, account, &f) : 0;

	if (rc < 0 || f.word == RULE_allow)
		return rc;
	if (f.word == RULE_hold)
		return hold(s, account, out);
	if (f.word != RULE_none) {
		*out = (struct fate){ FATE_junk, by_rule(s, &f) };
		return 0;
	}
	if (ask->hold && s->w->caller->authority == AUTH_MX)
		return hold(s, account, out);
	*out = ask->junk ? (struct fate){ FATE_junk, STR("as junk") } :
	    by_text(s, account);
	return 0;
}

bool
submit_only_reads(const struct submitting *s, const struct recipient *r)
{
	return s->ask->read && r->reports && r->account && !s->due;
}

struct rule_search
submit_rules(struct submitting *s)
{
	const struct submit_ask *ask = s->ask;
	bool mx = s->w->caller->authority == AUTH_MX;

	return (struct rule_search){ .q = &s->e->w, .a = s->e->arena,
		.sender = ask->reverse_path, .author = ask->author,
		.host = mx ? ask->handed_by : STR_NULL,
		.sender_proven = ask->sender_proven,
		.author_proven = ask->author_proven, .err = &s->w->err };
}

int
submit_fates(struct submitting *s)
{
	struct rule_search rules = submit_rules(s);
	struct fate *fates = arena_array(s->e->arena, s->to.n + 1,
	    sizeof(*fates));
	int rc = 0;

	for (size_t i = 0; i < s->to.n && rc == 0; i++) {
		fates[i] = (struct fate){ FATE_inbox, STR_NULL };
		if (submit_only_reads(s, s->to.rcpt[i]))
			fates[i].place = FATE_read;
		else if (s->to.rcpt[i]->account)
			rc = find_fate(s, &rules, s->to.rcpt[i]->account,
			    &fates[i]);
	}
	s->fates = fates;
	return rc;
}

struct fate
submit_fate(const struct submitting *s, size_t n)
{
	if (s->fates)
		return s->fates[n];
	if (submit_only_reads(s, s->to.rcpt[n]))
		return (struct fate){ FATE_read, STR_NULL };
	return (struct fate){ s->ask->junk ? FATE_junk : FATE_inbox,
		STR("as junk") };
}
