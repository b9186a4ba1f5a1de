/*
 * note.c - an assignment that is a note: the words as a message, handed back to
 * store. To a person, of the server; or of a person who is away, to somebody
 * who wrote.                                             RFC 3834 3, 5, 5322
 */
#include "mail/deposit.h"
#include "mime/build.h"
#include "mime/html_text.h"
#include "relay/note_words.h"
#include "relay/relay_int.h"

enum {
	PAUSE_MS = 2000,
	REFERENCES_MAX = 21,
	TEXT_MAX = 2 * VACATION_BODY_MAX,
};

struct noting {
	struct delivery *d;
	struct note_item item;
	struct note_facts facts;
	struct vacation vacation;	/* of an answer */
	struct buf subject, text;
	struct deposit *mail;
	struct err err;
};

static int
put_octets(void *arg, struct str octets, struct err *err)
{
	deposit_write(arg, octets);
	return deposit_failed(arg, err);
}

struct writing {
	const struct build_address *from;
	struct str to, submitted;
	const struct build_part *body;
	const struct str *ids;		/* what it answers is the last */
	size_t nids;
};

static int
write_message(struct noting *n, const struct writing *w)
{
	struct loop *l = n->d->relay->loop;
	const struct build_address to = { BUILD_MAILBOX, STR_NULL, w->to };
	const struct build_field fields[] = {
		{ .name = STR("From"), .form = BUILD_ADDRESSES,
		    .addresses = w->from, .n = 1 },
		{ .name = STR("To"), .form = BUILD_ADDRESSES,
		    .addresses = &to, .n = 1 },
		{ .name = STR("Subject"), .form = BUILD_TEXT,
		    .text = buf_get(&n->subject) },
		{ .name = STR("Auto-Submitted"), .form = BUILD_RAW,
		    .text = w->submitted },
		{ .name = STR("In-Reply-To"), .form = BUILD_IDS,
		    .list = w->ids + w->nids - (w->nids > 0),
		    .n = w->nids > 0 },
		{ .name = STR("References"), .form = BUILD_IDS,
		    .list = w->ids, .n = w->nids } };
	const struct build_options o = { .at = loop_wall(l),
		.host = n->d->conf->c.hostname,
		.id = arena_printf(n->d->item_mem, "%016llx",
		    (unsigned long long)loop_random64(l)),
		.emit = put_octets, .arg = n->mail };

	return build_message(&o, fields, NELEM(fields) -
	    (w->nids > 0 ? 0 : 2), w->body, &n->err);
}

/* ---- of the server itself ------------------------------------------------ */

/* To whom it is about, or who is to hear of it. "auto-generated": nobody has
 * asked for it, and no responder answers (RFC 3834 2, 5). */
static int
write_note(struct noting *n)
{
	const struct build_address from = { BUILD_MAILBOX, STR("Mail server"),
		arena_printf(n->d->item_mem, "postmaster@%.*s",
		    STR_FMT(n->d->conf->c.hostname)) };
	const struct build_part body = { .type = STR("text/plain"),
		.octets = buf_get(&n->text) };

	return write_message(n, &(struct writing){ .from = &from,
	    .to = n->item.to.n ? n->item.to : n->item.address,
	    .submitted = STR("auto-generated"),
	    .body = &body });
}

/* ---- of somebody who is away --------------------------------------------- */

static void
put_subject(struct noting *n)
{
	const struct vacation *v = &n->vacation;

	if (v->has & VACATION_subject)
		buf_str(&n->subject, v->subject);
	else if (n->facts.subject.n > 0)	/* RFC 5230 4.8 */
		buf_printf(&n->subject, "Auto: %.*s",
		    STR_FMT(n->facts.subject));
	else
		buf_lit(&n->subject, "Auto: away");
}

/* What the person says; of HTML alone, its text as well; of nothing at all what
 * most say.                                                     RFC 8621 8 */
static void
put_text(struct noting *n)
{
	const struct vacation *v = &n->vacation;
	struct html_text h = { 0 };

	if (v->has & VACATION_text) {
		buf_str(&n->text, v->text);
	} else if (v->has & VACATION_html) {
		html_text_more(&h, v->html, &n->text);
		html_text_end(&h, &n->text);
	} else {
		buf_lit(&n->text, "Thank you for your message. I am away at "
		    "the moment, and shall read it when\nI am back.\n");
	}
}

/* The last one is what is answered. */
static size_t
ids_of(struct noting *n, struct str ids[REFERENCES_MAX])
{
	struct str rest = n->facts.ids, one;
	size_t k = 0;

	while (k < REFERENCES_MAX && rest.n > 0) {
		if (!str_cut(rest, ' ', &one, &rest))
			rest = STR_NULL;
		ids[k++] = one;
	}
	return k;
}

/* In their name, to whoever wrote. "auto-replied", and it answers what it says:
 * RFC 3834 3.1.5, 3.1.7, 5. */
static int
write_answer(struct noting *n)
{
	struct str ids[REFERENCES_MAX];
	const struct build_address from = { BUILD_MAILBOX, STR_NULL,
		n->item.address };
	const struct build_part text = { .type = STR("text/plain"),
		.octets = buf_get(&n->text) }, html = {
		.type = STR("text/html"), .octets = n->vacation.html };
	const struct build_shape shape = { .text = &text,
		.html = n->vacation.has & VACATION_html ? &html : NULL };

	return write_message(n, &(struct writing){ .from = &from,
	    .to = n->item.to, .submitted = STR("auto-replied"),
	    .ids = ids, .nids = ids_of(n, ids),
	    .body = build_shape(n->d->item_mem, &shape) });
}

static bool
read_vacation(struct noting *n)
{
	struct rd rd = rd_of(n->item.vacation);

	return n->item.to.n > 0 && rd_left(&rd) > 0 &&
	    msg_take(&rd, &vacation_shape, &n->vacation);
}

/* ---- handing it back ----------------------------------------------------- */

static int
hand_back(struct noting *n, const struct note_send_ask *ask)
{
	struct delivery *d = n->d;
	struct note_send_answer answer;
	int e;

	if (delivery_is_lost(d))
		return err_set(&n->err, E_PEER, "store was restarted");
	e = store_call(d->relay->o.store, STORE_note_send, ask, &answer,
	    d->item_mem, &n->err);
	if (e == 0)
		log_event(loop_log(d->relay->loop), LOG_INFO, "noted",
		    F_INT("note", n->item.note),
		    F_STR("to", n->item.to.n ? n->item.to : n->item.address),
		    F_STR("about", n->item.kind == NOTE_vacation ?
			STR("vacation") : buf_get(&n->subject)),
		    F_INT("message", answer.message));
	return e;
}

static int
send_note(struct noting *n, int (*write)(struct noting *n))
{
	struct note_send_ask ask = { .lease = n->item.lease,
		.change = store_change_id(n->d->relay->o.store) };
	struct deposit_facts facts;
	int e = write(n);

	if (e == 0)
		e = deposit_finish(n->mail, &facts, &n->err);
	if (e < 0)
		return e;
	MSG_COPY(deposited, &ask, &facts);
	return hand_back(n, &ask);
}

/* What cannot be written will never be. */
static int
drop_note(struct noting *n)
{
	const struct note_send_ask ask = { .lease = n->item.lease,
		.change = store_change_id(n->d->relay->o.store), .drop = 1 };

	return hand_back(n, &ask);
}

static int
tell_person(struct noting *n)
{
	struct rd rd = rd_of(n->item.facts);
	bool known = msg_take(&rd, &note_facts_shape, &n->facts);
	int e = E_INVALID;

	if (known && n->item.kind == NOTE_vacation && read_vacation(n)) {
		if (!n->vacation.enabled)	/* they are back */
			return drop_note(n);
		put_subject(n);
		put_text(n);
		e = send_note(n, write_answer);
	} else if (known && note_words(&n->subject, &n->text, &n->item,
	    &n->facts, n->d->conf->c.hostname)) {
		if (n->text.n == 0)
			return drop_note(n);
		e = send_note(n, write_note);
	}
	else
		(void)err_set(&n->err, e, "nothing is known of such a note");
	if (e == E_INVALID || e == E_LIMIT) {
		log_event(loop_log(n->d->relay->loop), LOG_ERROR,
		    "note_dropped", F_INT("note", n->item.note),
		    F_STR("to", n->item.address), F_ERR(&n->err));
		e = drop_note(n);
	}
	return e;
}

static void
note_item(struct delivery *d, const struct note_item *item)
{
	struct relay *r = d->relay;
	const struct deposit_options o = { .store = r->o.store,
		.compress = d->conf->c.compress, .loop = r->loop };
	struct noting *n = arena_new_of(d->item_mem, struct noting);
	int e;

	*n = (struct noting){ .d = d, .item = *item,
		.subject = BUF_INIT(NOTE_WORDS_MAX),
		.text = BUF_INIT(TEXT_MAX), .mail = deposit_new(&o) };
	e = tell_person(n);

	if (e < 0 && e != E_CANCELED)
		log_event(loop_log(r->loop), LOG_WARN, "note_failed",
		    F_INT("note", item->note), F_ERR(&n->err));
	if (e < 0 && e != E_CANCELED && !delivery_is_lost(d))
		(void)fiber_sleep(r->loop, loop_now_ms(r->loop) + PAUSE_MS);
	if (e < 0)
		reports_release(r->reports, d->generation, item->lease);
	deposit_free(n->mail);
	buf_free(&n->subject);
	buf_free(&n->text);
}

void
note_person(struct delivery *d, const struct take_answer *work)
{
	struct rd rd = rd_of(work->items);
	struct note_item item;

	while (rd_left(&rd) > 0 && msg_take(&rd, &note_item_shape, &item)) {
		if (d->relay->giving_back || delivery_is_lost(d))
			reports_release(d->relay->reports, d->generation,
			    item.lease);
		else
			note_item(d, &item);
		arena_reset(d->item_mem);
	}
}
