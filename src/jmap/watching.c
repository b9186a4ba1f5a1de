/*
 * watching.c - which states of a person have changed, for whoever tells of it.
 */
#include "jmap/watching.h"

#include "http/sign_in.h"
#include "jmap/boxes.h"
#include "jmap/email.h"

enum { EMAIL, THREAD, MAILBOX, EMAIL_DELIVERY, QUOTA, TYPES };
/* EmailDelivery (RFC 8621 1.5) changes with all that becomes of emails. */
static const char *const types[TYPES] = { "Email", "Thread", "Mailbox",
	"EmailDelivery", "Quota" };

uint32_t
type_named(struct str name)
{
	for (size_t i = 0; i < TYPES; i++)
		if (str_eq(name, str_c(types[i])))
			return 1U << i;
	return 0;
}

/* ---- being woken --------------------------------------------------------- */

static void
wake_all(void *arg, const struct changed *what unused_arg)
{
	struct person *p = arg;

	list_each(struct watching, w, &p->watching, link) {
		w->changed = true;
		fiber_wake(p->jmap->loop, w->fiber);
	}
}

static void
wake_at_stop(struct stop_hook *h)
{
	struct watching *w = container_of(h, struct watching, stop);

	fiber_wake(http_loop(w->r), w->fiber);
}

static bool
is_only_one(const struct person *p, const struct watching *of)
{
	list_each(struct watching, w, &p->watching, link)
		if (w != of && w->r->account == of->r->account)
			return false;
	return true;
}

int
watching_begin(struct watching *w, struct http_request *r, struct err *err)
{
	struct person *p = person_of(r);

	w->r = r;
	w->fiber = fiber_self(http_loop(r));
	account_on_change(r->account, wake_all, p);
	list_append(&p->watching, &w->link);
	loop_on_stop(http_loop(r), &w->stop, wake_at_stop);
	return account_watch_all(r->account, true, err);
}

void
watching_end(struct watching *w)
{
	struct person *p;
	struct err err = { 0 };

	if (!w->r)
		return;
	p = person_of(w->r);
	loop_off_stop(&w->stop);
	if (is_only_one(p, w)) {
		account_on_change(w->r->account, NULL, NULL);
		(void)account_watch_all(w->r->account, false, &err);
	}
	list_unlink(&w->link);
	w->r = NULL;
}

bool
watching_may_stay(const struct http_request *r, bool watches)
{
	struct err err = { 0 };

	return !loop_stopping(http_loop(r)) &&
	    (!r->sign_in || !r->sign_in->ended) &&
	    (watches ? account_watch_all(r->account, true, &err) :
		account_watch(r->account, 0, &err)) == 0;
}

/* ---- what has changed ---------------------------------------------------- */

int
watching_look(struct watching *w, uint32_t *changed, struct err *err)
{
	struct call c = { .http = w->r, .jmap = jmap_of(w->r),
		.person = person_of(w->r), .account = w->r->account };
	char now[TYPES][QUOTA_STATE_MAX];
	struct mailbox_list list;
	int e;

	w->changed = false;
	e = email_state(&c, now[EMAIL], err);
	*changed = 0;
	if (e == 0) {
		e = mailboxes_list(c.account, &list, err);
		if (e == 0)
			boxes_state(&list, now[MAILBOX]);
		mailboxes_free(&list);
	}
	now[QUOTA][0] = '\0';
	if (e == 0 && w->wanted >> QUOTA & 1)
		e = quota_state(c.account, now[QUOTA], err);
	if (e < 0)
		return e;
	memcpy(now[THREAD], now[EMAIL], STATE_MAX);
	memcpy(now[EMAIL_DELIVERY], now[EMAIL], STATE_MAX);
	for (size_t i = 0; i < TYPES; i++) {
		if (strcmp(now[i], w->state[i]) != 0)
			*changed |= 1U << i;
		memcpy(w->state[i], now[i], sizeof(now[i]));
	}
	*changed &= w->wanted;
	return 0;
}

void
watching_put_token(struct buf *b, const struct watching *w)
{
	buf_printf(b, "%s/%s", w->state[EMAIL], w->state[MAILBOX]);
}

void
watching_put_change(struct buf *b, const struct watching *w, uint32_t changed)
{
	buf_chr(b, '{');
	out_put_str(b, "@type", STR("StateChange"));
	out_name(b, "changed");
	out_open(b, '{');
	out_name(b, person_of(w->r)->id);
	out_open(b, '{');
	for (size_t i = 0; i < TYPES; i++)
		if (changed >> i & 1)
			out_put_str(b, types[i], str_c(w->state[i]));
	out_close(b, '}');
	out_close(b, '}');
}
