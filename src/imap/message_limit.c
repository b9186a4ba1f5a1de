/*
 * message_limit.c - no more messages in a command than the operator lets there
 * be: MESSAGELIMIT.                                               RFC 9738
 */
#include "imap/imap_int.h"
#include "mail/search.h"

/* The UID of the last but n - 1. */
static uint32_t
lowest_of(const struct search_result *found, uint32_t n)
{
	size_t i = found->runs.n;

	while (found->runs.p[--i].n < n)
		n -= found->runs.p[i].n;
	return found->runs.p[i].uid + (found->runs.p[i].n - n);
}

static struct str
uids_from(struct imap_session *s, const struct search_result *found,
    uint32_t lowest)
{
	auto_buf b = BUF_INIT(8 * SEARCH_RUNS_MAX);

	for (size_t i = 0; i < found->runs.n; i++) {
		const struct search_run *run = &found->runs.p[i];
		uint32_t last = run->uid + run->n - 1;

		if (last >= lowest)
			selection_add(&b, run->uid > lowest ? run->uid :
			    lowest, last);
	}
	return str_dup(s->cmd, buf_get(&b));
}

int
imap_limit(struct imap_session *s, struct selection *messages,
    struct condition *also, uint32_t *lowest, struct err *err)
{
	const uint32_t limit = s->service->message_limit;
	struct condition in = { .kind = messages->by_uid ? COND_UID :
		COND_NUMBER, .set = messages->ranges, .next = also };
	const struct condition both = { .kind = COND_AND, .kids = &in };
	struct search_result found = { 0 };
	int e;

	*lowest = 0;
	if (limit == 0 || s->view.exists <= limit)
		return 0;
	e = search_mailbox(&s->view, &both, &found, err);
	s->view.heard = 0;	/* before the command: see recent.c */
	if (e >= 0 && found.n > limit) {
		*lowest = lowest_of(&found, limit);
		*messages = (struct selection){ uids_from(s, &found, *lowest),
			true };
	}
	search_result_free(&found);
	return e;
}

int
imap_limit_search(struct imap_session *s, struct mailbox_view *v,
    struct arena *mem, struct condition **c, uint32_t *lowest,
    struct err *err)
{
	const uint32_t limit = s->service->message_limit;
	struct condition all = { .kind = COND_ALL };
	struct condition in = { .kind = COND_AND, .kids = &all };
	struct condition *from, *both;
	struct search_result found = { 0 };
	int e;

	*lowest = 0;
	if (limit == 0 || v->exists <= limit)
		return 0;
	/* What is looked at is what all of it has to be in. */
	for (const struct condition *k = (*c)->kind == COND_AND ?
	    (*c)->kids : *c; k; k = k->next) {
		if (k->kind != COND_UID && k->kind != COND_NUMBER)
			continue;
		from = arena_new_of(mem, struct condition);
		*from = *k;
		from->next = in.kids;
		in.kids = from;
	}
	e = search_mailbox(v, &in, &found, err);
	if (e >= 0 && found.n > limit) {
		auto_buf set = BUF_INIT(8);

		*lowest = lowest_of(&found, limit);
		selection_add(&set, *lowest, UINT32_MAX - 1);
		from = arena_new_of(mem, struct condition);
		both = arena_new_of(mem, struct condition);
		*from = (struct condition){ .kind = COND_UID,
			.set = str_dup(mem, buf_get(&set)), .next = *c };
		*both = (struct condition){ .kind = COND_AND, .kids = from };
		*c = both;
	}
	search_result_free(&found);
	return e;
}

struct answer
imap_over_limit(struct imap_session *s, uint32_t lowest)
{
	const uint32_t limit = s->service->message_limit;

	return (struct answer){ ANSWER_NO, lowest == 0 ?
		arena_printf(s->cmd, "MESSAGELIMIT %u", limit) :
		arena_printf(s->cmd, "MESSAGELIMIT %u %u", limit, lowest),
		STR("Too many messages at once") };
}

struct answer
imap_limited(struct imap_session *s, uint32_t lowest, struct answer a)
{
	struct answer over;

	if (lowest == 0)
		return a;
	over = imap_over_limit(s, lowest);
	if (a.kind == ANSWER_OK && a.code.n == 0) {
		a.code = over.code;
		a.text = STR("That was done with the newest of them");
	} else {
		imap_say_answer(s, STR_NULL, &over);
	}
	return a;
}
