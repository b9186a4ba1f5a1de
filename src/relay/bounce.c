/*
 * bounce.c - an assignment that is a report: compose it from what store says
 * and the original's own octets, and hand it back.             RFC 3461 6
 */
#include "mail/deposit.h"
#include "relay/dsn_int.h"
#include "relay/relay_int.h"

enum {
	HEADER_MAX = 64 * 1024,
	WHOLE_MAX = 1024 * 1024,	/* RFC 3461 6.2: longer ones are cut */
	BEGIN_MAX = 4 * 1024 * 1024,
	PAUSE_MS = 2000,
};

struct composed {
	struct delivery *d;
	const struct queue_item *item;
	struct dsn dsn;
	struct buf original;	/* its header, or all of it */
	struct buf text;	/* what is written now */
	struct deposit *report;
	struct err err;
};

/* "if the length of the message is greater than some implementation-specified
 * length, the MTA MAY return only the headers even if the RET parameter
 * specified FULL"; and so it does when nothing is said (RFC 3461 4.3, 6.2).
 * dsn_whole() knows the rest. */
static bool
is_returned(struct composed *c)
{
	c->dsn.whole = c->item->ret == RET_full && c->item->size <= WHOLE_MAX;
	return dsn_whole(&c->dsn);
}

static int
keep_original(void *arg, struct str octets)
{
	struct composed *c = arg;

	buf_str(&c->original, octets);
	return buf_failed(&c->original) ? E_LIMIT : 0;
}

/* Without the empty line; whole lines only. */
static struct str
header_of(struct str text)
{
	size_t end = str_starts(text, STR("\r\n")) ? 0 :
	    str_find(text, STR("\r\n\r\n")) + 2;

	if (end < text.n)
		return str_first(text, end);
	text = str_first(text, HEADER_MAX);
	while (text.n > 0 && text.p[text.n - 1] != '\n')
		text.n--;
	return text;
}

/* The report is worth more than the original: without it, it goes anyway. */
static int
read_original(struct composed *c)
{
	struct store *st = c->d->relay->o.store;
	bool whole = is_returned(c);
	uint64_t len = whole ? UINT64_MAX : HEADER_MAX;
	int e;

	buf_init(&c->original, whole ? WHOLE_MAX : HEADER_MAX);
	e = blob_read_queued(st, c->item->lease, 0, len, keep_original, c,
	    &c->err);
	if (delivery_is_lost(c->d) || e == E_CANCELED)
		return e < 0 ? e : E_PEER;
	if (e < 0)
		log_event(loop_log(c->d->relay->loop), LOG_ERROR, "text_failed",
		    F_INT("message", c->item->message), F_ERR(&c->err));
	c->dsn.header = header_of(buf_get(&c->original));
	c->dsn.whole = whole && e == 0;
	return 0;
}

static int
put_part(struct composed *c,
    void (*part)(struct buf *out, const struct dsn *d))
{
	buf_reset(&c->text);
	part(&c->text, &c->dsn);
	if (buf_failed(&c->text))
		return err_set(&c->err, E_LIMIT, "the report is too long");
	deposit_write(c->report, buf_get(&c->text));
	return 0;
}

static int
put_all(struct composed *c)
{
	int e = put_part(c, dsn_begin);

	if (e == 0 && c->dsn.whole)
		deposit_write(c->report, buf_get(&c->original));
	return e < 0 ? e : put_part(c, dsn_end);
}

static int
commit_report(struct composed *c)
{
	struct store *st = c->d->relay->o.store;
	struct bounce_answer answer;
	struct deposit_facts facts;
	struct bounce_ask ask = { .change = store_change_id(st),
		.lease = c->item->lease,
		/* RFC 6533: as is the way back. */
		.smtputf8 = !str_is_ascii(c->item->reverse_path) };
	int e = deposit_finish(c->report, &facts, &c->err);

	if (e < 0)
		return e;
	MSG_COPY(deposited, &ask, &facts);
	buf_reset(&c->text);
	dsn_message_id(&c->text, &c->dsn);
	ask.message_id = str_first(buf_get(&c->text), 998);
	if (delivery_is_lost(c->d))
		return err_set(&c->err, E_PEER, "store was restarted");
	e = store_call(st, STORE_bounce, &ask, &answer, c->d->item_mem,
	    &c->err);
	if (e == 0)
		log_event(loop_log(c->d->relay->loop), LOG_INFO, "reported",
		    F_INT("message", c->item->message),
		    F_STR("to", c->item->reverse_path),
		    F_INT("report", answer.message),
		    F_INT("recipients", c->dsn.nrcpts));
	return e;
}

static bool
names(struct str text, struct str what)
{
	return what.n > 0 && str_findi(text, what) < text.n;
}

/* A stranger wrote to an alias, and is told of that address alone: where it
 * leads, and which server that is, are for its owner to tell (RFC 3464 4.2).
 * What was said stays, unless it names them. */
static void
hide_target(struct composed *c, struct queue_rcpt *r)
{
	struct arena *mem = c->d->item_mem;
	auto_buf was = BUF_INIT(1000);
	struct str type, local, domain;

	if (!c->item->stranger || !dsn_orcpt(&was, r->orcpt, true, &type) ||
	    str_eqi(buf_get(&was), r->address))
		return;
	(void)str_cut(r->address, '@', &local, &domain);
	if (r->code == 0 || names(r->text, local) || names(r->text, domain) ||
	    names(r->text, r->host))
		r->text = STR("the server of that address did not take it");
	r->host = STR_NULL;
	r->address = str_dup(mem, buf_get(&was));
}

static void
decode_rcpts(struct composed *c)
{
	struct rd rd = rd_of(c->item->rcpts);
	struct queue_rcpt rcpt, *rcpts;
	size_t n = 0, i = 0;

	while (rd_left(&rd) > 0 && msg_take(&rd, &queue_rcpt_shape, &rcpt))
		n++;
	rcpts = arena_array(c->d->item_mem, n + 1, sizeof(*rcpts));
	rd = rd_of(c->item->rcpts);
	while (i < n && msg_take(&rd, &queue_rcpt_shape, &rcpts[i]))
		hide_target(c, &rcpts[i++]);
	c->dsn.rcpts = rcpts;
	c->dsn.nrcpts = n;
}

static int
compose(struct composed *c)
{
	struct delivery *d = c->d;
	struct loop *l = d->relay->loop;
	int e;

	c->dsn = (struct dsn){
		.hostname = d->conf->c.hostname,
		.id = loop_random64(l),
		.now = loop_wall(l),
		.item = c->item,
	};
	decode_rcpts(c);
	if ((e = read_original(c)) < 0 || (e = put_all(c)) < 0)
		return e;
	return commit_report(c);
}

static void
bounce_item(struct delivery *d, const struct queue_item *item)
{
	struct relay *r = d->relay;
	const struct deposit_options o = { .store = r->o.store,
		.compress = d->conf->c.compress, .loop = r->loop };
	struct composed c = {
		.d = d,
		.item = item,
		.text = BUF_INIT(BEGIN_MAX),
		.report = deposit_new(&o),
	};
	int e = compose(&c);

	if (e < 0 && e != E_CANCELED)
		log_event(loop_log(r->loop), LOG_WARN, "report_failed",
		    F_INT("message", item->message), F_ERR(&c.err));
	/* It is due again then: at once would be too soon. */
	if (e < 0 && e != E_CANCELED && !delivery_is_lost(d))
		(void)fiber_sleep(r->loop, loop_now_ms(r->loop) + PAUSE_MS);
	if (e < 0)
		reports_release(r->reports, d->generation, item->lease);
	deposit_free(c.report);
	buf_free(&c.original);
	buf_free(&c.text);
}

void
bounce(struct delivery *d, const struct take_answer *work)
{
	struct rd rd = rd_of(work->items);
	struct queue_item item;

	while (rd_left(&rd) > 0 && msg_take(&rd, &queue_item_shape, &item)) {
		if (d->relay->giving_back || delivery_is_lost(d))
			reports_release(d->relay->reports, d->generation,
			    item.lease);
		else
			bounce_item(d, &item);
		arena_reset(d->item_mem);
	}
}
