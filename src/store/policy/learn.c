#include "store/directory/resolve.h"
#include "store/engine/engine_int.h"
#include "store/engine/filter.h"

/*
 * learn.c - what people say of messages: STORE_learn. Also in a submit, of who
 * hands it in; see queue/submit.c.
 */

static bool
next_lesson(struct rd *r, enum lesson *lesson, struct str *traits)
{
	*lesson = (enum lesson)rd_le8(r);
	*traits = rd_take(r, TRAIT_OCTETS * (size_t)rd_le16(r));
	if (traits->n > TRAITS_OCTETS || !traits_are_in_order(*traits) ||
	    (*lesson != LESSON_spam && *lesson != LESSON_good))
		rd_fail(r);
	return rd_ok(r);
}

/* All of them, or none. */
int
write_learn(struct engine *e, struct write *w)
{
	const struct learn_ask *ask = w->ask;
	uint64_t account = w->caller->authority == AUTH_OPERATOR ?
	    FILTER_EVERYBODY : w->caller->account;
	struct rd r = rd_of(ask->lessons);
	enum lesson lesson;
	struct str traits;
	struct acct *a;
	int rc = account == FILTER_EVERYBODY ? 0 : acct_get(e, account, &a,
	    &w->err);

	/* It was removed since it connected: nobody would remove a row. */
	if (rc < 0)
		return rc;
	while (rd_left(&r) > 0)
		if (!next_lesson(&r, &lesson, &traits))
			return err_set(&w->err, E_INVALID, "no lesson");
	r = rd_of(ask->lessons);
	while (rd_left(&r) > 0 && next_lesson(&r, &lesson, &traits))
		filter_learn(e, account, traits, lesson == LESSON_spam);
	return 0;
}

int
write_spam_score(struct engine *e, struct write *w)
{
	const struct spam_score_ask *ask = w->ask;
	struct resolved who;
	uint64_t account = FILTER_EVERYBODY;
	double score;
	bool spam;

	if (ask->traits.n > 0 && !traits_are_in_order(ask->traits))
		return err_set(&w->err, E_INVALID, "no traits");
	if (ask->rcpt.n > 0) {
		if (resolve_address(&e->w, e->arena, ask->rcpt, &who,
		    &w->err) < 0)
			return w->err.code;
		if (who.kind == ADDRESS_ACCOUNT)
			account = who.account;
	}
	spam = filter_is_spam(e, account, ask->traits, &score);
	w->answer.spam_score = (struct spam_score_answer){
		(int64_t)(score * 1000), spam };
	return 0;
}

int
read_learned(struct reader *r, const struct caller *c unused_arg,
    const struct learned_ask *ask unused_arg, union store_answer *answer,
    struct err *err unused_arg)
{
	struct filter_counts n = filter_counts(r->e);

	answer->learned = (struct learned_answer){ n.spam, n.good,
		filter_knows(r->e) };
	return 0;
}
