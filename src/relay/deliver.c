/*
 * deliver.c - the messages of an assignment, one after the other over one
 * connection, and what becomes of each recipient.
 *
 * A host's refusal for good of MAIL, RCPT or the text is the recipient's
 * result. Where it says "later", the next host is asked in the same attempt
 * (RFC 5321 5.1: in order until one succeeds); if none takes it, the best
 * host's word is the result. A connection lost before the text began was
 * nobody's answer: the message goes over another. One that is lost in the text
 * is for later, and never for another host now: the server may have taken it
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
	SIZE_MAX_OCTETS = 1 << 30,
	LOOK_MS = 100,
};

/* What a host said about a recipient. */
struct told {
	struct smtp_answer answer;
	struct str host, address, tls, source;
	bool by;		/* it offers DELIVERBY */
};

/* A recipient without a result. */
struct todo {
	struct queue_rcpt rcpt;
	struct told *later;	/* of the best host that said so; NULL: none */
};

/* One message, to some recipients. */
struct delivery_item {
	struct delivery *d;
	const struct queue_item *item;
	struct prefetch *text;
	struct todo *todo;	/* this host is to be asked */
	size_t ntodo;
	struct todo *later;	/* it was, and said "later" */
	size_t nlater;
	int64_t since_ms;
	/* Of the transaction: */
	bool begun;	/* its text */
	bool converted;	/* to 7 bits */
	bool unread;	/* for that */
	bool wire;	/* it was the connection that failed, not reading */
	int64_t until_ms;
	struct err err;	/* of reading */
	int rc;
};

/* Results --------------------------------------------------------------- */

static void
add_result(struct delivery_item *x, const struct queue_rcpt *rcpt,
    struct queue_result q)
{
	static const char *const names[] = {
		[OUTCOME_delivered] = "delivered",
		[OUTCOME_relayed] = "delivered",
		[OUTCOME_deferred] = "deferred",
		[OUTCOME_failed] = "failed",
	};
	struct delivery *d = x->d;
	struct relay *r = d->relay;

	q.lease = x->item->lease;
	q.n = rcpt->n;
	log_event(loop_log(r->loop), LOG_INFO, names[q.outcome],
	    F_INT("message", x->item->message), F_STR("to", rcpt->address),
	    F_STR("host", q.host), F_STR("address", q.address),
	    F_INT("code", q.code), F_STR("status", q.status),
	    F_STR("tls", q.tls), F_STR("source", q.source),
	    F_INT("ms", loop_now_ms(r->loop) - x->since_ms),
	    F_STR("text", q.text));
	reports_add(r->reports, d->generation, delivered_id(x->item, rcpt), &q);
}

/* Those that no host takes; who was told "later" by one keeps that. */
static void
add_no_host(struct delivery_item *x)
{
	const struct verdict *v = &x->d->verdict;
	const struct queue_result q = {
		.outcome = v->rank == VERDICT_NEVER ? OUTCOME_failed :
		    OUTCOME_deferred,
		.down = verdict_is_down(v),
		.code = (uint32_t)v->code,
		.status = str_c(v->status),
		.text = buf_get(&v->words),
		.host = v->host,
		.address = str_c(v->address),
		.tls = str_c(v->tls),
		.source = str_c(v->source),
	};

	for (size_t i = 0; i < x->ntodo; i++)
		if (x->todo[i].later)
			x->later[x->nlater++] = x->todo[i];
		else
			add_result(x, &x->todo[i].rcpt, q);
	x->ntodo = 0;
}

/* E_NOTFOUND, E_IO, E_DAMAGED: the text is gone or does not make sense, and
 * another try would not help. */
static bool
is_gone(int e)
{
	return e == E_NOTFOUND || e == E_IO || e == E_DAMAGED;
}

/* The text cannot be had. RFC 3463 X.3.0 */
static void
add_unread(struct delivery_item *x, const struct queue_rcpt *rcpt, int e)
{
	bool gone = is_gone(e);
	const struct queue_result q = {
		.outcome = gone ? OUTCOME_failed : OUTCOME_deferred,
		.status = gone ? STR("5.3.0") : STR("4.3.0"),
		.text = gone ? STR("the stored message cannot be read")
			     : STR("the message could not be read now"),
	};

	add_result(x, rcpt, q);
}

static void
log_unread(const struct delivery_item *x, int e, const struct err *err)
{
	log_event(loop_log(x->d->relay->loop),
	    is_gone(e) ? LOG_ERROR : LOG_WARN, "text_failed",
	    F_INT("message", x->item->message), F_ERR(err));
}

/* Room for words about the present host. */
struct told_room {
	char address[48], tls[SECURITY_WORDS], source[EGRESS_WORDS];
};

/* What the present host says. Strs are good as long as those of a, and room. */
static struct told
told_now(const struct delivery *d, const struct smtp_answer *a,
    struct told_room *room)
{
	struct tls_facts tls = smtp_client_tls_facts(d->conn->client);

	security_words(&d->need, &tls, room->tls);
	return (struct told){ *a, connect_host(d)->name,
		host_address_text(&d->conn->address, room->address),
		str_c(room->tls), connect_source(d, room->source),
		smtp_client_offers(d->conn->client) & OFFER_DELIVERBY };
}

static void
add_told(struct delivery_item *x, const struct queue_rcpt *rcpt,
    const struct told *t, enum queue_outcome outcome)
{
	add_result(x, rcpt, (struct queue_result){
	    .outcome = outcome,
	    .code = (uint32_t)t->answer.code,
	    /* As it was said: what we make of the code is no word of his. */
	    .status = t->answer.made ? STR_NULL : str_c(t->answer.status),
	    .text = t->answer.text,
	    .host = t->host,
	    .address = t->address,
	    .tls = t->tls,
	    .source = t->source,
	    .by = t->by,
	});
}

/* Nobody else is to be asked now. */
static void
add_later(struct delivery_item *x)
{
	for (size_t i = 0; i < x->nlater; i++)
		add_told(x, &x->later[i].rcpt, x->later[i].later,
		    OUTCOME_deferred);
	for (size_t i = 0; i < x->ntodo; i++)
		if (x->todo[i].later)
			add_told(x, &x->todo[i].rcpt, x->todo[i].later,
			    OUTCOME_deferred);
	x->nlater = x->ntodo = 0;
}

/* RFC 5321 4.5.3.1.10: 552 stood for 452 once. */
static bool
is_too_many(const struct smtp_answer *a, bool some)
{
	return a->code == 452 || (a->code == 552 &&
	    (strcmp(a->status, "5.5.3") == 0 ||
		(some && strcmp(a->status, "5.0.0") == 0)));
}

/* One that has an answer: its result, unless that is "later". A better host's
 * "later" outweighs what the next ones refuse. */
static void
take_answer(struct delivery_item *x, struct todo *t,
    const struct smtp_answer *answer, bool of_rcpt)
{
	const struct delivery *d = x->d;
	struct arena *mem = d->item_mem;
	struct smtp_answer a = *answer;
	struct told_room *room = arena_new_of(d->txn_mem, struct told_room);
	struct told now;

	if (of_rcpt && is_too_many(&a, false))
		a.status[0] = '4';
	now = told_now(d, &a, room);
	/* RFC 3461 5.2.2: what becomes of NOTIFY=SUCCESS. */
	if (answer_is_good(&a))
		add_told(x, &t->rcpt, &now,
		    smtp_client_offers(d->conn->client) & OFFER_DSN ?
			OUTCOME_delivered : OUTCOME_relayed);
	else if (answer_is_final(&a) && !t->later)
		add_told(x, &t->rcpt, &now, OUTCOME_failed);
	else if (a.code == 0 && !answer_is_final(&a))
		add_told(x, &t->rcpt, &now, OUTCOME_deferred);
	else {
		if (!t->later) {
			t->later = arena_new_of(mem, struct told);
			*t->later = (struct told){ answer_keep(&a, mem),
				now.host, str_dup(mem, now.address),
				str_dup(mem, now.tls),
				str_dup(mem, now.source), now.by };
		}
		x->later[x->nlater++] = *t;
	}
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
	/* It may come drop by drop, and never be enough to be sent. */
	if (loop_now_ms(sink->x->d->relay->loop) >= sink->x->until_ms)
		return err_set(&sink->x->err, E_TIMEOUT, "it takes too long");
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
	x->rc = send_octets(&sink, x->converted ? x->item->signature_7bit :
	    x->item->signature);
	if (x->rc == 0 && x->converted)
		x->rc = converted_give(x->text, send_octets, &sink, &x->err);
	else if (x->rc == 0)
		x->rc = prefetch_give(x->text, send_octets, &sink, &x->err);
	if (x->rc < 0 && !x->wire && err)
		*err = x->err;
	return x->rc;
}

/* The server takes 7 bits: can it have the text so? */
static int
convert_text(void *arg, uint64_t *size, struct err *err)
{
	struct delivery_item *x = arg;
	struct delivery *d = x->d;
	int e = converted_size(x->text, x->item, size, err);

	if (delivery_is_lost(d))
		e = E_CANCELED;
	x->converted = e == 0;
	x->unread = e < 0 && e != E_DENIED;
	if (x->unread) {
		x->rc = e;
		x->err = *err;
	}
	if (e == 0)
		log_event(loop_log(d->relay->loop), LOG_INFO, "converted",
		    F_INT("message", x->item->message),
		    F_STR("host", connect_host(d)->name), F_INT("size", *size));
	else if (e == E_DENIED)
		log_event(loop_log(d->relay->loop), LOG_INFO, "not_converted",
		    F_INT("message", x->item->message),
		    F_STR("host", connect_host(d)->name), F_ERR(err));
	return e;
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
	if (some)
		shape_accepted(x->d);
	for (size_t i = 0; i < n; i++) {
		const struct smtp_outgoing_rcpt *r = &m->rcpts[i];
		const struct smtp_answer *a = &r->answer;

		shape_answer(x->d, a);
		if (!x->begun && !smtp_client_usable(client) &&
		    (a->code == 0 || a->code == 421)) {
			/* The connection was lost, or the server let go of it
			 * (RFC 5321 3.8), before any text: nobody's answer. */
			lost = a;
			x->todo[kept++] = x->todo[i];
		} else if (some && !r->accepted && is_too_many(a, some)) {
			/* "Too many recipients" while others were taken: they
			 * go next (RFC 5321 4.5.3.1.10). */
			x->todo[kept++] = x->todo[i];
		} else if ((r->accepted || x->unread) && x->rc < 0 &&
		    !x->wire) {
			add_unread(x, &x->todo[i].rcpt, x->rc);
		} else {
			take_answer(x, &x->todo[i], a, !r->accepted);
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
	if (smtp_client_spent(d->conn->client, d->conn->messages)) {
		pool_give(d->conn);
		d->conn = NULL;
	}
}

/* So many go into one transaction. */
static size_t
rcpts_now(const struct delivery_item *x)
{
	size_t n = smtp_client_max_rcpts(x->d->conn->client);

	n = n < RCPTS_MAX ? n : RCPTS_MAX;
	return n < x->ntodo ? n : x->ntodo;
}

/* May REQUIRETLS be said to this server? connect.c has seen to it, but for a
 * report: RFC 8689 2 and 5. */
static bool
keeps_promise(const struct delivery *d)
{
	const struct smtp_client *c = d->conn->client;

	return d->tls_wish == REQUIRE_TLS_yes ||
	    (smtp_client_offers(c) & OFFER_REQUIRETLS &&
		smtp_client_tls_facts(c).verified);
}

/* 0: go on with what is left in todo. E_CANCELED. */
static int
do_transaction(struct delivery_item *x)
{
	struct delivery *d = x->d;
	const struct queue_item *item = x->item;
	size_t n = rcpts_now(x);
	struct smtp_outgoing m = {
		.size = item->size + item->signature.n,
		.body_8bit = item->body_8bit,
		.rcpts = arena_array(d->txn_mem, n, sizeof(*m.rcpts)),
		.nrcpts = n,
		.text = send_text,
		.convert = convert_text,
		.arg = x,
	};

	MSG_COPY(envelope, &m, item);
	if (!keeps_promise(d))
		m.require_tls = REQUIRE_TLS_unsaid;
	for (size_t i = 0; i < n; i++)
		MSG_COPY(addressee, &m.rcpts[i], &x->todo[i].rcpt);
	x->begun = x->wire = x->converted = x->unread = false;
	x->rc = 0;
	x->until_ms = loop_now_ms(d->relay->loop) + TRANSACTION_MS +
	    RCPT_MS * (int64_t)n +
	    (int64_t)((m.size < SIZE_MAX_OCTETS ? m.size : SIZE_MAX_OCTETS) /
		OCTETS_A_MS);
	smtp_client_until(d->conn->client, x->until_ms);
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
	x->later = arena_array(d->item_mem, n + 1, sizeof(*x->later));
	rd = rd_of(x->item->rcpts);
	for (size_t i = 0; i < n; i++) {
		struct delivered_id id;

		if (!msg_take(&rd, &queue_rcpt_shape, &rcpt))
			break;
		id = delivered_id(x->item, &rcpt);
		if (!reports_delivered(reports, id, &q, d->item_mem)) {
			x->todo[x->ntodo++].rcpt = rcpt;
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

/* All that are left were told "later" by this host: the next one may take
 * them now. */
static bool
ask_next_host(struct delivery_item *x)
{
	struct todo *t = x->todo;

	if (x->nlater == 0 || !may_go_on(x->d) ||
	    !connect_next_host(x->d, &x->later[0].later->answer))
		return false;
	x->todo = x->later;
	x->ntodo = x->nlater;
	x->later = t;
	x->nlater = 0;
	return true;
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
	int e = 0;

	begin_item(x);
	all = x->ntodo;
	while (e == 0 && (x->ntodo > 0 || ask_next_host(x))) {
		if (x->ntodo < all && !may_go_on(d)) {
			e = E_CANCELED;
			break;
		}
		if ((e = connect_next(d)) == E_CANCELED)
			break;
		if (e < 0) {
			add_no_host(x);
			e = 0;
			break;
		}
		e = prefetch_wait(x->text, &err);
		if (delivery_is_lost(d) || e == E_CANCELED) {
			e = E_CANCELED;
		} else if (e < 0) {
			log_unread(x, e, &err);
			for (size_t i = 0; i < x->ntodo; i++)
				add_unread(x, &x->todo[i].rcpt, e);
			x->ntodo = 0;
			e = 0;
		} else {
			e = do_transaction(x);
		}
	}
	add_later(x);
	return e;
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
			connect_item(d, &item);
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
