#include "store/engine/quota.h"
#include "store/queue/queue_int.h"

/*
 * Who of those that are named gets a message, where each of them is answered
 * for: by his room and by his own rules. Those that an alias leads to are the
 * alias's affair, which is answered for as a whole: nobody's mailbox is too
 * full for it, and their rules put into Junk what they do not want (fate.c).
 */

int
submit_check_recipient(struct submitting *s, const struct recipient *r)
{
	struct err *err = &s->w->err;
	struct acct *a;
	struct mbox *m;
	int rc;

	if (r->account == 0 || submit_only_reads(s, r))
		return 0;
	rc = acct_get(s->e, r->account, &a, err);
	if (rc == 0)
		rc = acct_inbox(s->e, a, &m, err);
	if (rc == E_NOTFOUND)
		return err_set(err, E_BUSY, "a recipient has just gone");
	if (rc < 0)
		return rc;
	/* One full mailbox behind an alias must not keep the message from
	 * the others, and its sender knows of no mailbox: it goes over its
	 * quota by this one. */
	if (r->via.n == 0 && quota_room(s->e, a) == 0)
		return err_set(err, E_FULL, "a mailbox is full");
	if (m->uidnext + s->to.n >= UINT32_MAX)
		return err_set(err, E_LIMIT, "no UIDs left");
	return 0;
}

static int
by_rules(struct submitting *s, struct rule_search *rules,
    const struct recipient *r, uint8_t *out)
{
	struct rule_found f = { .word = RULE_none };
	int rc = rules->host.n > 0 ? rules_find(rules, r->account, &f) : 0;

	if (f.word == RULE_block)
		*out = EACH_blocked;
	else if (f.word == RULE_none && s->ask->refuse)
		*out = EACH_refused;
	return rc;
}

static int
choose_one(struct submitting *s, struct rule_search *rules,
    const struct recipient *r, uint8_t *out)
{
	int rc;

	*out = EACH_taken;
	if (r->account == 0) {
		*out = s->ask->refuse ? EACH_refused : EACH_taken;
		return 0;
	}
	if (submit_only_reads(s, r))
		return 0;
	rc = by_rules(s, rules, r, out);
	if (rc < 0 || *out != EACH_taken)
		return rc;
	rc = submit_check_recipient(s, r);
	if (rc == E_FULL)
		*out = EACH_full;
	else if (rc == E_BUSY || rc == E_LIMIT)
		*out = EACH_later;
	return *out == EACH_taken ? rc : 0;
}

int
submit_choose(struct submitting *s)
{
	const struct write *w = s->w;
	struct rule_search rules = submit_rules(s);
	struct recipient *named;
	uint8_t *each;
	int rc = 0;

	s->named = w->rcpts;
	s->nnamed = w->nrcpts;
	if (!s->ask->each)
		return 0;
	named = arena_array(s->e->arena, w->nrcpts, sizeof(*named));
	each = arena_array(s->e->arena, w->nrcpts, sizeof(*each));
	s->nnamed = 0;
	for (size_t i = 0; i < w->nrcpts && rc == 0; i++) {
		rc = choose_one(s, &rules, &w->rcpts[i], &each[i]);
		if (each[i] == EACH_taken)
			named[s->nnamed++] = w->rcpts[i];
	}
	s->named = named;
	s->w->answer.submit.each = str_make((const char *)each, w->nrcpts);
	return rc;
}
