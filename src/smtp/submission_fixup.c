#include "smtp/submission_fixup.h"

#include "base/err.h"
#include "base/timetext.h"
#include "mime/header.h"
#include "mime/header_end.h"

struct submission_fixup {
	struct submission_fixup_options o;
	enum { HOLDING, ADDING, LETTING_GO, PASSING } state;
	struct header_end end;
	struct buf held, added;
};

struct submission_fixup *
submission_fixup_new(struct arena *a, const struct submission_fixup_options *o)
{
	struct submission_fixup *t = arena_new_of(a, struct submission_fixup);

	t->o = *o;
	t->o.hostname = str_dup(a, o->hostname);
	t->o.id = str_dup(a, o->id);
	t->end = HEADER_END_INIT;
	buf_init(&t->held, SUBMISSION_FIXUP_MAX);
	buf_init(&t->added, 1000);
	return t;
}

void
submission_fixup_free(struct submission_fixup *t)
{
	if (!t)
		return;
	buf_free(&t->held);
	buf_free(&t->added);
}

/* Is there none of this name? */
static bool
lacks(const struct submission_fixup *t, struct str name)
{
	return !header_get(buf_get(&t->held), name).p;
}

/* RFC 5322 3.6.1, 3.6.4 */
static void
add_fields(struct submission_fixup *t)
{
	if (lacks(t, STR("Date"))) {
		buf_lit(&t->added, "Date: ");
		time_rfc5322(&t->added, t->o.at);
		buf_lit(&t->added, "\r\n");
	}
	if (lacks(t, STR("Message-ID")))
		buf_printf(&t->added, "Message-ID: <%.*s@%.*s>\r\n",
		    STR_FMT(t->o.id), STR_FMT(t->o.hostname));
	bug_if(buf_failed(&t->added));
}

/* Part of the header; true if that was the last of it. */
static bool
hold(struct submission_fixup *t, struct str *in)
{
	size_t room = t->held.cap - t->held.n;
	struct str piece = str_first(*in, room);
	size_t n = header_end_find(&t->end, piece);

	buf_put(&t->held, piece.p, n);
	*in = str_from(*in, n);
	if (header_end_found(&t->end)) {
		add_fields(t);
		return true;
	}
	return t->held.n == t->held.cap;	/* as it is */
}

/* The next slice of what is held, if it is time for it. */
static bool
let_go(struct submission_fixup *t, struct str *out)
{
	if (t->state == ADDING) {
		t->state = LETTING_GO;
		*out = buf_get(&t->added);
		if (out->n > 0)
			return true;
	}
	if (t->state != LETTING_GO)
		return false;
	t->state = PASSING;
	*out = buf_get(&t->held);
	return out->n > 0;
}

bool
submission_fixup_next(struct submission_fixup *t, struct str *in,
    struct str *out)
{
	if (t->state == HOLDING && in->n > 0 && hold(t, in))
		t->state = ADDING;
	if (let_go(t, out))
		return true;
	if (t->state != PASSING || in->n == 0)
		return false;
	*out = *in;
	*in = str_from(*in, in->n);
	return true;
}

bool
submission_fixup_rest(struct submission_fixup *t, struct str *out)
{
	if (t->state == HOLDING) {	/* it is nothing but a header */
		add_fields(t);
		t->state = ADDING;
	}
	return let_go(t, out);
}
