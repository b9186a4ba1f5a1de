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
	/* Of the transaction: */
	bool begun;	/* its text */
	bool wire;	/* it was the connection that failed, not reading */
	struct err err;	/* of reading */
	int rc;
};

/* Results --------------------------------------------------------------- */

static void
add_result(struct delivery_item *x, const struct queue_rcpt *rcpt,
    struct queue_result *q)
{
	static const char *const names[] = {
		[OUTCOME_delivered] = "delivered",
		[OUTCOME_relayed] = "delivered",
		[OUTCOME_deferred] = "deferred",
		[OUTCOME_failed] = "failed",
	};
	struct delivery *d = x->d;
	struct relay *r = d->relay;

	q->lease = x->item->lease;
	q->n = rcpt->n;
	log_event(loop_log(r->loop), LOG_INFO, names[q->outcome],
	    F_INT("message", x->item->message), F_STR("to", rcpt->address),
	    F_STR("host", q->host), F_STR("address", q->address),
	    F_INT("code", q->code), F_STR("status", q->status),
	    F_STR("tls", q->tls),
	    F_INT("ms", loop_now_ms(r->loop) - x->since_ms),
	    F_STR("text", q->text));
	reports_add(r->reports, d->generation, delivered_id(x->item, rcpt), q);
}

/* All that are left: no host takes it. */
static void
add_no_host(struct delivery_item *x)
{
	const struct verdict *v = &x->d->verdict;

	for (size_t i = 0; i < x->ntodo; i++) {
		struct queue_result q = {
			.outcome = v->rank == VERDICT_NEVER ? OUTCOME_failed :
			    OUTCOME_deferred,
			.down = verdict_is_down(v),
			.code = (uint32_t)v->code,
			.status = str_c(v->status),
			.text = buf_get(&v->words),
			.host = v->host,
			.address = str_c(v->address),
			.tls = str_c(v->tls),
		};

		add_result(x, &x->todo[i], &q);
	}
	x->ntodo = 0;
}

/* The text cannot be had. E_NOTFOUND, E_IO: it is gone or does not make sense,
 * and another try would not help (RFC 3463 X.3.0). */
static void
add_unread(struct delivery_item *x, const struct queue_rcpt *rcpt, int e)
{
	bool gone = e == E_NOTFOUND || e == E_IO;
	struct queue_result q = {
		.outcome = gone ? OUTCOME_failed : OUTCOME_deferred,
		.status = gone ? STR("5.3.0") : STR("4.3.0"),
		.text = gone ? STR("the stored message cannot be read")
			     : STR("the message could not be read now"),
	};

	add_result(x, rcpt, &q);
}

static void
log_unread(const struct delivery_item *x, int e, const struct err *err)
{
	log_event(loop_log(x->d->relay->loop),
	    e == E_NOTFOUND || e == E_IO ? LOG_ERROR : LOG_WARN, "text_failed",
	    F_INT("message", x->item->message), F_ERR(err));
}

static void
add_answer(struct delivery_item *x, const struct queue_rcpt *rcpt,
    const struct smtp_answer *a)
{
	const struct delivery *d = x->d;
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
	add_result(x, rcpt, &q);
}

/* One transaction ------------------------------------------------------- */

struct text_sink {
	struct delivery_item *x;
	struct smtp_client *client;
};

static int
send_octets(void *arg, struct str octets)
{
	const struct text_sink *sink = arg;
	int e;

	/* By its number another message may have been read. */
	if (delivery_is_lost(sink->x->d))
		return E_PEER;
	e = smtp_client_text(sink->client, octets);
	sink->x->wire |= e < 0;
	return e;
}

/* Signatures of ours first, then the message as it came. */
static int
send_text(void *arg, struct smtp_client *client, struct err *err)
{
	struct delivery_item *x = arg;
	struct text_sink sink = { x, client };

	x->begun = true;
	x->rc = send_octets(&sink, x->item->signature);
	if (x->rc == 0)
		x->rc = prefetch_give(x->text, send_octets, &sink, &x->err);
	if (x->rc < 0 && !x->wire && err)
		*err = x->err;
	return x->rc;
}

/* Results for those of the transaction; who gets none stays in todo. */
static void
settle_transaction(struct delivery_item *x, const struct smtp_outgoing *m)
{
	struct smtp_client *client = x->d->conn->client;
	const struct smtp_answer *lost = NULL;
	size_t kept = 0, n = m->nrcpts;
	bool some = false;	/* were taken */

	for (size_t i = 0; i < n; i++)
		some |= m->rcpts[i].accepted &&
		    answer_is_good(&m->rcpts[i].answer);
	for (size_t i = 0; i < n; i++) {
		const struct smtp_outgoing_rcpt *r = &m->rcpts[i];
		const struct smtp_answer *a = &r->answer;

		if (!x->begun && !smtp_client_usable(client) &&
		    (a->code == 0 || a->code == 421)) {
			/* The connection was lost, or the server let go of it
			 * (RFC 5321 3.8), before any text: nobody's answer. */
			lost = a;
			x->todo[kept++] = x->todo[i];
		} else if (some && !r->accepted && a->code == 452) {
			/* "Too many recipients" while others were taken: they
			 * go next (RFC 5321 4.5.3.1.10). */
			x->todo[kept++] = x->todo[i];
		} else if (r->accepted && x->rc < 0 && !x->wire) {
			add_unread(x, &x->todo[i], x->rc);
		} else {
			add_answer(x, &x->todo[i], a);
		}
	}
	memmove(x->todo + kept, x->todo + n,
	    (x->ntodo - n) * sizeof(*x->todo));
	x->ntodo -= n - kept;
	if (lost)
		connect_lost(x->d, lost);
}

/* The connection after a transaction. */
static void
keep_or_leave(struct delivery *d, bool begun)
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

/* 0: go on with what is left in todo. E_CANCELED. */
static int
do_transaction(struct delivery_item *x)
{
	struct delivery *d = x->d;
	const struct queue_item *item = x->item;
	size_t n = x->ntodo < RCPTS_MAX ? x->ntodo : RCPTS_MAX;
	struct smtp_outgoing m = {
		.size = item->size + item->signature.n,
		.body_8bit = item->body_8bit,
		.rcpts = arena_array(d->txn_mem, n, sizeof(*m.rcpts)),
		.nrcpts = n,
		.text = send_text,
		.arg = x,
	};

	MSG_COPY(envelope, &m, item);
	for (size_t i = 0; i < n; i++)
		MSG_COPY(addressee, &m.rcpts[i], &x->todo[i]);
	x->begun = x->wire = false;
	x->rc = 0;
	smtp_client_until(d->conn->client, loop_now_ms(d->relay->loop) +
	    TRANSACTION_MS + RCPT_MS * (int64_t)n +
	    (int64_t)(m.size / OCTETS_A_MS));
	if (smtp_client_send(d->conn->client, &m, d->txn_mem) < 0)
		return E_CANCELED;
	if (x->rc < 0 && !x->wire) {
		if (delivery_is_lost(d))
			return E_CANCELED;
		log_unread(x, x->rc, &x->err);
	}
	settle_transaction(x, &m);
	keep_or_leave(d, x->begun);
	arena_reset(d->txn_mem);
	return 0;
}

/* Messages -------------------------------------------------------------- */

/* Its recipients, without those that have had it and only store does not know
 * of that. */
static void
begin_item(struct delivery_item *x)
{
	struct delivery *d = x->d;
	struct reports *reports = d->relay->reports;
	struct rd rd = rd_of(x->item->rcpts);
	struct queue_rcpt rcpt;
	struct queue_result q;
	size_t n = 0;

	while (rd_left(&rd) > 0 && msg_take(&rd, &queue_rcpt_shape, &rcpt))
		n++;
	x->todo = arena_array(d->item_mem, n + 1, sizeof(*x->todo));
	rd = rd_of(x->item->rcpts);
	for (size_t i = 0; i < n; i++) {
		struct delivered_id id;

		if (!msg_take(&rd, &queue_rcpt_shape, &rcpt))
			break;
		id = delivered_id(x->item, &rcpt);
		if (!reports_delivered(reports, id, &q, d->item_mem)) {
			x->todo[x->ntodo++] = rcpt;
			continue;
		}
		q.lease = x->item->lease;
		reports_add(reports, d->generation, id, &q);
	}
	if (n == 0)	/* nobody is left: no result would end it */
		reports_release(reports, d->generation, x->item->lease);
}

/* Under leases that are gone another fiber may still wait to hear what became
 * of this message. */
static int
wait_for_others(const struct delivery_item *x)
{
	struct loop *l = x->d->relay->loop;
	int e = 0;

	while (e == 0) {
		const struct delivery *d = x->d->relay->deliveries;

		while (d && (d == x->d || d->message != x->item->message ||
		    !delivery_is_lost(d)))
			d = d->next;
		if (!d)
			break;
		e = fiber_sleep(l, loop_now_ms(l) + LOOK_MS);
	}
	return e;
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
deliver_item(struct delivery_item *x)
{
	struct delivery *d = x->d;
	struct err err = { 0 };
	size_t all;
	int e;

	begin_item(x);
	all = x->ntodo;
	while (x->ntodo > 0) {
		if (x->ntodo < all && !may_go_on(d))
			return E_CANCELED;
		if ((e = connect_next(d)) == E_CANCELED)
			return e;
		if (e < 0) {
			add_no_host(x);
			break;
		}
		e = prefetch_wait(x->text, &err);
		if (delivery_is_lost(d) || e == E_CANCELED)
			return E_CANCELED;
		if (e < 0) {
			log_unread(x, e, &err);
			for (size_t i = 0; i < x->ntodo; i++)
				add_unread(x, &x->todo[i], e);
			break;
		}
		if ((e = do_transaction(x)) < 0)
			return e;
	}
	return 0;
}

static bool
next_item(struct rd *rd, struct queue_item *item)
{
	return rd_left(rd) > 0 && msg_take(rd, &queue_item_shape, item);
}

/* Item by item; the text of the next is read while this one is sent. What is
 * not begun is given back. */
void
deliver_assignment(struct delivery *d, const struct take_answer *work)
{
	struct rd rd = rd_of(work->items), ahead;
	struct queue_item item, next;
	bool good;

	d->destination = work->destination;
	d->again = work->again;
	d->late_ms = loop_now_ms(d->relay->loop) + ASSIGNMENT_MS;
	good = connect_begin(d) != E_CANCELED;
	for (size_t i = 0; next_item(&rd, &item); i++) {
		struct delivery_item x = { .d = d, .item = &item,
			.text = &d->text[i % 2] };

		if (good && (good = may_go_on(d))) {
			x.since_ms = loop_now_ms(d->relay->loop);
			if (!x.text->relay)
				prefetch_begin(x.text, d->relay, d->generation,
				    &item);
			ahead = rd;
			if (next_item(&ahead, &next))
				prefetch_begin(&d->text[(i + 1) % 2], d->relay,
				    d->generation, &next);
			d->until_ms = 0;
			good = wait_for_others(&x) == 0 &&
			    !delivery_is_lost(d);
			d->message = item.message;
			good = good && deliver_item(&x) == 0;
			d->message = 0;
			prefetch_end(x.text);
			arena_reset(d->txn_mem);
			arena_reset(d->item_mem);
		}
		if (!good)
			reports_release(d->relay->reports, d->generation,
			    item.lease);
	}
	prefetch_end(&d->text[0]);
	prefetch_end(&d->text[1]);
	/* In the middle of something it is not for others. */
	connect_end(d);
}
