#include <stdlib.h>

#include "policy/feedback.h"
#include "smtp/judge_int.h"

/*
 * What comes to where our domains have reports sent (RFC 7489 7.2, RFC 8460 5):
 * it is read here, by who holds it anyway, and what is in it goes to store.
 * What is none is mail like any other, for who runs the server.
 */

/* ---- its file, beside what it brings ------------------------------------- */

/* Of a part: who of the two wants its octets. */
struct both {
	struct mime_watch of[2];
	bool wants[2];
};

static bool
both_begin(void *arg, const struct mime_watched *part)
{
	struct both *b = arg;

	for (size_t i = 0; i < 2; i++)
		b->wants[i] = b->of[i].begin(b->of[i].arg, part);
	return b->wants[0] || b->wants[1];
}

static void
both_octets(void *arg, struct str octets)
{
	struct both *b = arg;

	for (size_t i = 0; i < 2; i++)
		if (b->wants[i])
			b->of[i].octets(b->of[i].arg, octets);
}

static void
both_end(void *arg)
{
	struct both *b = arg;

	for (size_t i = 0; i < 2; i++)
		if (b->wants[i])
			b->of[i].end(b->of[i].arg);
}

struct mime_watch
judge_watch(struct judging *j)
{
	struct mime_watch w = attachments_watch(j->attachments);

	if (!j->file)
		return w;
	j->both = calloc(1, sizeof(*j->both));
	bug_if(!j->both);
	j->both->of[0] = w;
	j->both->of[1] = feedback_file_watch(j->file);
	return (struct mime_watch){ j->both, both_begin, both_octets,
		both_end };
}

/* ---- what is in it ------------------------------------------------------- */

/* A domain that has sent it for sure: DMARC's, or whose SPF or DKIM passed. */
static struct str
proven_sender(const struct evidence *e)
{
	if (e->dmarc.verdict == DMARC_PASS)
		return e->dmarc.domain;
	if (e->spf.result == SPF_PASS)
		return e->spf_domain;
	for (size_t i = 0; i < e->ndkim; i++)
		if (e->dkim[i].verdict == DKIM_PASS)
			return e->dkim[i].domain;
	return STR_NULL;
}

static int
tell_store(const struct evidence *e, const struct feedback *f, bool *known,
    struct err *err)
{
	struct store *st = e->j->judge->store;
	struct feedback_add_ask ask = { .change = store_change_id(st),
		.rows = f->rows };
	struct feedback_add_answer answer;
	int rc;

	MSG_COPY(feedback_head, &ask, &f->head);
	ask.sender = str_lower(e->a, str_first(proven_sender(e), 255));
	rc = store_call(st, STORE_feedback_add, &ask, &answer, e->a, err);
	*known = rc == 0 && answer.known;
	return rc;
}

static struct str
say(const struct evidence *e, const struct feedback *f, bool known)
{
	const struct feedback_head *h = &f->head;

	return arena_printf(e->a, "%s of %.*s about %.*s, id %.*s%s",
	    h->kind == AGGREGATE_tls ? "tls" : "dmarc",
	    STR_FMT(str_first(h->org, 80)), STR_FMT(h->domain),
	    STR_FMT(str_first(h->id, 80)), known ? " (known before)" : "");
}

/* What store cannot take now goes to people, who can send it on. */
void
judge_read(const struct evidence *e, struct verdict *v)
{
	struct str file = feedback_file_octets(e->j->file);
	uint64_t salt = loop_random64(e->j->judge->loop) | 1;
	struct feedback f;
	struct err err = { 0 };
	bool known = false;
	int rc = file.n == 0 ? err_set(&err, E_INVALID, "no file in it looks "
	    "like a report") : e->j->judge->read_report(file, salt, e->a, &f,
	    &err);

	if (rc == 0)
		rc = tell_store(e, &f, &known, &err);
	v->read = rc == 0;
	v->report = v->read ? say(e, &f, known) :
	    arena_printf(e->a, "%s", err.text);
	v->words = str_first(arena_printf(e->a, "%.*s report=%s",
	    STR_FMT(v->words), v->read ? "read" : "none"), VERDICT_WORDS_MAX);
}
