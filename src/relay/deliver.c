/*
 * deliver.c - the messages of an assignment, one after the other over one
 * connection, and what becomes of each recipient.
 *
 * A host's refusal of MAIL, RCPT or the text is the recipient's result; other
 * hosts are not asked for a better one (RFC 5321 5.1 is about hosts that
 * cannot be reached). A connection lost before the text began was nobody's
 * answer: the message goes over another. Once the text has begun it is for
 * later, and never for another host now: the server may have taken it
 * (4.5.3.2.6).
 */
#include "relay/relay_int.h"

enum {
	RCPTS_MAX = 100,	/* of one transaction: RFC 5321 4.5.3.1.8 */
	/* An assignment holds a fiber, and the destination's turn, no longer
	 * than what it has begun needs. */
	ASSIGNMENT_MS = 10 * 60 * 1000,
	/* MAIL to the end of the text. RFC 5321 4.5.3.2 is about each wait. */
	TRANSACTION_MS = 15 * 60 * 1000,
	RCPT_MS = 10 * 1000,
	OCTETS_A_MS = 4,
	LOOK_MS = 100,
};

/* One message, to some recipients that are still without a result. */
struct delivery_item {
	struct delivery *d;
	const struct queue_item *item;
	struct prefetch *text;
	struct queue_rcpt *todo;
	size_t ntodo;
	int64_t since_ms;
	bool begun;	/* its text, in this transaction */
	bool wire;	/* it was the connection that failed, not reading */
	struct err err;	/* of reading */
	int rc;
};

/* Results --------------------------------------------------------------- */

static void
release(struct delivery *d, uint64_t lease)
{
	reports_release(d->relay->reports, d->generation, lease);
}

static void
add_result(struct delivery_item *c, const struct queue_rcpt *rcpt,
    struct queue_result *q)
{
	static const char *const names[] = {
		[OUTCOME_delivered] = "delivered",
		[OUTCOME_relayed] = "delivered",
		[OUTCOME_deferred] = "deferred",
		[OUTCOME_failed] = "failed",
	};
	struct delivery *d = c->d;
	struct relay *r = d->relay;

	q->lease = c->item->lease;
	q->n = rcpt->n;
	log_event(loop_log(r->loop), LOG_INFO, names[q->outcome],
	    F_INT("message", c->item->message), F_STR("to", rcpt->address),
	    F_STR("host", q->host), F_STR("address", q->address),
	    F_INT("code", q->code), F_STR("status", q->status),
	    F_STR("tls", q->tls),
	    F_INT("ms", loop_now_ms(r->loop) - c->since_ms),
	    F_STR("text", q->text));
	reports_add(r->reports, d->generation,
	    delivered_id(c->item, rcpt), q);
}

/* All that are left: no host takes it. For good only if somebody said so, and
 * nobody anything else. */
static void
no_host(struct delivery_item *c)
{
	const struct verdict *v = &c->d->verdict;
	bool failed = v->never && !v->later;

	for (size_t i = 0; i < c->ntodo; i++) {
		struct queue_result q = {
			.outcome = failed ? OUTCOME_failed : OUTCOME_deferred,
			.down = v->later && !v->reached,
			.code = (uint32_t)v->code,
			.status = str_c(v->status),
			.text = buf_get(&v->words),
			.host = v->host,
			.address = str_c(v->address),
			.tls = str_c(v->tls),
		};

		add_result(c, &c->todo[i], &q);
	}
	c->ntodo = 0;
}

/* The text cannot be had. E_NOTFOUND, E_IO: it is gone or does not make sense,
 * and another try would not help (RFC 3463 X.3.0). */
static void
unread(struct delivery_item *c, const struct queue_rcpt *rcpt, int e)
{
	bool gone = e == E_NOTFOUND || e == E_IO;
	struct queue_result q = {
		.outcome = gone ? OUTCOME_failed : OUTCOME_deferred,
		.status = gone ? STR("5.3.0") : STR("4.3.0"),
		.text = gone ? STR("the stored message cannot be read")
			     : STR("the message could not be read now"),
	};

	add_result(c, rcpt, &q);
}

static void
log_unread(const struct delivery_item *c, int e, const struct err *err)
{
	log_event(loop_log(c->d->relay->loop),
	    e == E_NOTFOUND || e == E_IO ? LOG_ERROR : LOG_WARN, "text",
	    F_INT("message", c->item->message), F_ERR(err));
}

static void
no_text(struct delivery_item *c, int e, const struct err *err)
{
	log_unread(c, e, err);
	for (size_t i = 0; i < c->ntodo; i++)
		unread(c, &c->todo[i], e);
	c->ntodo = 0;
}

static void
answered(struct delivery_item *c, const struct queue_rcpt *rcpt,
    const struct smtp_answer *a)
{
	const struct delivery *d = c->d;
	const struct smtp_client *client = d->conn->client;
	struct tls_facts tls = smtp_client_tls_facts(client);
	char room[48];
	struct queue_result q = {
		.outcome = OUTCOME_deferred,
		.code = (uint32_t)a->code,
		.status = str_c(a->status),
		.text = a->text,
		.host = connect_host(d)->name,
		.address = host_address_text(&d->conn->address, room),
		.tls = tls.on ? tls.version : STR_NULL,
	};

	/* RFC 3461 5.2.2: what becomes of NOTIFY=SUCCESS. */
	if (answer_is_good(a))
		q.outcome = smtp_client_offers(client) & OFFER_DSN ?
		    OUTCOME_delivered : OUTCOME_relayed;
	else if (answer_is_final(a))
		q.outcome = OUTCOME_failed;
	add_result(c, rcpt, &q);
}

/* The text -------------------------------------------------------------- */

struct wire {
	struct delivery_item *c;
	struct smtp_client *client;
};

static int
to_wire(void *arg, struct str octets)
{
	const struct wire *w = arg;
	int e;

	/* By its number another message may have been read. */
	if (delivery_is_lost(w->c->d))
		return E_PEER;
	e = smtp_client_text(w->client, octets);
	w->c->wire |= e < 0;
	return e;
}

/* Signatures of ours first, then the message as it came. */
static int
write_text(void *arg, struct smtp_client *client, struct err *err)
{
	struct delivery_item *c = arg;
	struct wire w = { c, client };

	c->begun = true;
	c->rc = to_wire(&w, c->item->signature);
	if (c->rc == 0)
		c->rc = prefetch_give(c->text, to_wire, &w, &c->err);
	if (c->rc < 0 && !c->wire && err)
		*err = c->err;
	return c->rc;
}

/* One transaction ------------------------------------------------------- */

/* Nobody's answer: the connection went, or the server let go of it, before
 * any text. 421: RFC 5321 3.8. */
static bool
is_no_answer(const struct delivery_item *c, const struct smtp_answer *a)
{
	return !c->begun && !smtp_client_usable(c->d->conn->client) &&
	    (a->code == 0 || a->code == 421);
}

/* "Too many recipients" when others were taken: they go next (RFC 5321
 * 4.5.3.1.10). */
static bool
is_surplus(const struct smtp_outgoing_rcpt *r, bool some)
{
	return some && !r->accepted && r->answer.code == 452;
}

static bool
some_accepted(const struct smtp_outgoing *m)
{
	for (size_t i = 0; i < m->nrcpts; i++)
		if (m->rcpts[i].accepted && answer_is_good(&m->rcpts[i].answer))
			return true;
	return false;
}

/* Results for the first n; who gets none stays in todo. */
static void
settle(struct delivery_item *c, const struct smtp_outgoing *m)
{
	bool some = some_accepted(m);
	const struct smtp_answer *lost = NULL;
	size_t kept = 0, n = m->nrcpts;

	for (size_t i = 0; i < n; i++) {
		const struct smtp_outgoing_rcpt *r = &m->rcpts[i];

		if (is_no_answer(c, &r->answer)) {
			lost = &r->answer;
			c->todo[kept++] = c->todo[i];
		} else if (is_surplus(r, some)) {
			c->todo[kept++] = c->todo[i];
		} else if (r->accepted && c->rc < 0 && !c->wire) {
			unread(c, &c->todo[i], c->rc);
		} else {
			answered(c, &c->todo[i], &r->answer);
		}
	}
	memmove(c->todo + kept, c->todo + n,
	    (c->ntodo - n) * sizeof(*c->todo));
	c->ntodo -= n - kept;
	if (lost)
		connect_lost(c->d, lost);
}

/* The connection after a transaction. */
static void
look_after(struct delivery *d, bool begun)
{
	if (!d->conn)
		return;
	d->conn->used = true;
	if (!smtp_client_usable(d->conn->client)) {
		if (begun)
			connect_lost_text(d);
		pool_drop(d->conn);
		d->conn = NULL;
		return;
	}
	d->losses = 0;
	if (smtp_client_messages(d->conn->client) >= CONN_MESSAGES_MAX) {
		pool_give(d->conn);
		d->conn = NULL;
	}
}

static void
fill_rcpts(struct smtp_outgoing *m, const struct delivery_item *c)
{
	m->nrcpts = c->ntodo < RCPTS_MAX ? c->ntodo : RCPTS_MAX;
	m->rcpts = arena_array(c->d->txn_mem, m->nrcpts, sizeof(*m->rcpts));
	for (size_t i = 0; i < m->nrcpts; i++)
		m->rcpts[i] = (struct smtp_outgoing_rcpt){
			.address = c->todo[i].address,
			.notify = c->todo[i].notify,
			.orcpt = c->todo[i].orcpt,
		};
}

/* 0: go on with what is left in todo. E_CANCELED. */
static int
transact(struct delivery_item *c)
{
	struct delivery *d = c->d;
	const struct queue_item *item = c->item;
	struct smtp_outgoing m = {
		.reverse_path = item->reverse_path,
		.size = item->size + item->signature.n,
		.body_8bit = item->body_8bit,
		.smtputf8 = item->smtputf8,
		.ret = item->ret,
		.envid = item->envid,
		.text = write_text,
		.arg = c,
	};

	c->begun = c->wire = false;
	c->rc = 0;
	fill_rcpts(&m, c);
	smtp_client_until(d->conn->client, loop_now_ms(d->relay->loop) +
	    TRANSACTION_MS + RCPT_MS * (int64_t)m.nrcpts +
	    (int64_t)(m.size / OCTETS_A_MS));
	if (smtp_client_send(d->conn->client, &m, d->txn_mem) < 0)
		return E_CANCELED;
	if (c->rc < 0 && !c->wire && delivery_is_lost(d))
		return E_CANCELED;
	if (c->rc < 0 && !c->wire)
		log_unread(c, c->rc, &c->err);
	settle(c, &m);
	look_after(d, c->begun);
	arena_reset(d->txn_mem);
	return 0;
}

/* Messages -------------------------------------------------------------- */

static void
decode_rcpts(struct delivery_item *c)
{
	struct rd rd = rd_of(c->item->rcpts);
	struct queue_rcpt rcpt;
	size_t n = 0;

	while (rd_left(&rd) > 0 && msg_take(&rd, &queue_rcpt_shape, &rcpt))
		n++;
	c->todo = arena_array(c->d->item_mem, n + 1, sizeof(*c->todo));
	rd = rd_of(c->item->rcpts);
	while (c->ntodo < n &&
	    msg_take(&rd, &queue_rcpt_shape, &c->todo[c->ntodo]))
		c->ntodo++;
}

/* Under leases that are gone another fiber may still wait to hear what became
 * of it. */
static bool
others_have_it(const struct delivery_item *c)
{
	const struct delivery *d = c->d->relay->deliveries;

	while (d && (d == c->d || d->message != c->item->message ||
	    !delivery_is_lost(d)))
		d = d->next;
	return d;
}

static int
wait_for_others(const struct delivery_item *c)
{
	struct loop *l = c->d->relay->loop;
	int e = 0;

	while (e == 0 && others_have_it(c))
		e = fiber_sleep(l, loop_now_ms(l) + LOOK_MS);
	return e;
}

/* Those who have had it: only store does not know. */
static void
skip_delivered(struct delivery_item *c)
{
	struct delivery *d = c->d;
	struct queue_result q;
	size_t kept = 0;

	for (size_t i = 0; i < c->ntodo; i++) {
		struct delivered_id id = delivered_id(c->item, &c->todo[i]);

		if (reports_delivered(d->relay->reports, id, &q,
		    d->item_mem)) {
			q.lease = c->item->lease;
			reports_add(d->relay->reports, d->generation, id, &q);
		} else {
			c->todo[kept++] = c->todo[i];
		}
	}
	c->ntodo = kept;
}

/* May more begin? */
static bool
may_go_on(struct delivery *d)
{
	return reports_room(d->relay->reports) == 0 && !delivery_is_lost(d) &&
	    !d->relay->giving_back &&
	    loop_now_ms(d->relay->loop) < d->late_ms;
}

/* 0, or E_CANCELED: somebody is left without a result. Not everybody, if that
 * is for the time it takes: what is given back is due at once, and must have
 * become less. */
static int
deliver_rcpts(struct delivery_item *c)
{
	struct err err = { 0 };
	size_t all;
	int e;

	decode_rcpts(c);
	if (c->ntodo == 0)	/* nobody is left: no result would end it */
		release(c->d, c->item->lease);
	skip_delivered(c);
	all = c->ntodo;
	while (c->ntodo > 0) {
		if (c->ntodo < all && !may_go_on(c->d))
			return E_CANCELED;
		if ((e = connect_next(c->d)) == E_CANCELED)
			return e;
		if (e < 0) {
			no_host(c);
			break;
		}
		e = prefetch_wait(c->text, &err);
		if (delivery_is_lost(c->d) || e == E_CANCELED)
			return E_CANCELED;
		if (e < 0)
			no_text(c, e, &err);
		else if ((e = transact(c)) < 0)
			return e;
	}
	return 0;
}

static bool
next_item(struct rd *rd, struct queue_item *item)
{
	return rd_left(rd) > 0 && msg_take(rd, &queue_item_shape, item);
}

/* Item by item; the text of the next is read while this one is sent. False:
 * the rest is given back. */
static bool
deliver_item(struct delivery *d, const struct queue_item *item, struct rd ahead,
    size_t i)
{
	struct queue_item next;
	struct delivery_item c = { .d = d, .item = item,
		.text = &d->text[i % 2],
		.since_ms = loop_now_ms(d->relay->loop) };
	bool good;

	if (!c.text->relay)
		prefetch_begin(c.text, d->relay, d->generation, item);
	if (next_item(&ahead, &next))
		prefetch_begin(&d->text[(i + 1) % 2], d->relay, d->generation,
		    &next);
	d->until_ms = 0;
	good = wait_for_others(&c) == 0 && !delivery_is_lost(d);
	d->message = item->message;
	good = good && deliver_rcpts(&c) == 0;
	d->message = 0;
	prefetch_end(c.text);
	arena_reset(d->txn_mem);
	arena_reset(d->item_mem);
	return good;
}

void
deliver(struct delivery *d, const struct take_answer *work)
{
	struct rd rd = rd_of(work->items);
	struct queue_item item;
	bool good;
	size_t i = 0;

	d->destination = work->destination;
	d->again = work->again;
	d->late_ms = loop_now_ms(d->relay->loop) + ASSIGNMENT_MS;
	good = connect_begin(d) != E_CANCELED;
	while (next_item(&rd, &item)) {
		good = good && may_go_on(d) && deliver_item(d, &item, rd, i++);
		if (!good)
			release(d, item.lease);
	}
	prefetch_end(&d->text[0]);
	prefetch_end(&d->text[1]);
	/* In the middle of something it is not for others. */
	connect_end(d);
}
