/*
 * note.c - an assignment that is a note to a person: the words as a message,
 * handed back to store.                                  RFC 3834 3, 5, 5322
 */
#include "mail/deposit.h"
#include "mime/build.h"
#include "relay/note_words.h"
#include "relay/relay_int.h"

enum { PAUSE_MS = 2000 };

struct noting {
	struct delivery *d;
	struct note_item item;
	struct note_facts facts;
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

/* Of the server itself, to whom it is about. "auto-generated": nobody has
 * asked for it, and no responder answers (RFC 3834 2, 5). */
static int
write_message(struct noting *n)
{
	struct loop *l = n->d->relay->loop;
	struct str host = n->d->conf->c.hostname;
	const struct build_address from = { BUILD_MAILBOX, STR("Mail server"),
		arena_printf(n->d->item_mem, "postmaster@%.*s",
		    STR_FMT(host)) };
	const struct build_address to = { BUILD_MAILBOX, STR_NULL,
		n->item.address };
	const struct build_field fields[] = {
		{ .name = STR("From"), .form = BUILD_ADDRESSES,
		    .addresses = &from, .n = 1 },
		{ .name = STR("To"), .form = BUILD_ADDRESSES,
		    .addresses = &to, .n = 1 },
		{ .name = STR("Subject"), .form = BUILD_TEXT,
		    .text = buf_get(&n->subject) },
		{ .name = STR("Auto-Submitted"), .form = BUILD_RAW,
		    .text = STR("auto-generated") } };
	const struct build_part body = { .type = STR("text/plain"),
		.octets = buf_get(&n->text) };
	const struct build_options o = { .host = host, .at = loop_wall(l),
		.id = arena_printf(n->d->item_mem, "%016llx",
		    (unsigned long long)loop_random64(l)),
		.emit = put_octets, .arg = n->mail };

	return build_message(&o, fields, NELEM(fields), &body, &n->err);
}

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
		    F_INT("note", n->item.note), F_STR("to", n->item.address),
		    F_STR("about", buf_get(&n->subject)),
		    F_INT("message", answer.message));
	return e;
}

static int
send_note(struct noting *n)
{
	struct note_send_ask ask = { .lease = n->item.lease,
		.change = store_change_id(n->d->relay->o.store) };
	struct deposit_facts facts;
	int e = write_message(n);

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
	int e = E_INVALID;

	if (msg_take(&rd, &note_facts_shape, &n->facts) &&
	    note_words(&n->subject, &n->text, &n->item, &n->facts,
		n->d->conf->c.hostname))
		e = send_note(n);
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
	struct noting n = { .d = d, .item = *item,
		.subject = BUF_INIT(NOTE_WORDS_MAX),
		.text = BUF_INIT(NOTE_WORDS_MAX), .mail = deposit_new(&o) };
	int e = tell_person(&n);

	if (e < 0 && e != E_CANCELED)
		log_event(loop_log(r->loop), LOG_WARN, "note_failed",
		    F_INT("note", item->note), F_ERR(&n.err));
	if (e < 0 && e != E_CANCELED && !delivery_is_lost(d))
		(void)fiber_sleep(r->loop, loop_now_ms(r->loop) + PAUSE_MS);
	if (e < 0)
		reports_release(r->reports, d->generation, item->lease);
	deposit_free(n.mail);
	buf_free(&n.subject);
	buf_free(&n.text);
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
