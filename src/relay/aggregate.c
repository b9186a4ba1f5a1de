#include "relay/aggregate.h"

#include "mail/deposit.h"
#include "mime/build.h"
#include "relay/aggregate_json.h"
#include "relay/aggregate_own.h"
#include "rt/gzip.h"
#include "trust/report_to.h"
#include "vault/report_from.h"

enum {
	LOOK_MS = 30000,
	LOOKUP_MS = 60000,	/* for all that is asked of DNS for one */
	LATER_S = 3600,
	REPORT_MEMORY = 8 << 20,
	ZIPPED_MAX = 8 << 20, PAGE_MAX = 2 << 20, JSON_MAX = 16 << 20,
	TALLY_MEMORY = 1 << 20,
	CONF_MEMORY = 4096,
	ID_OCTETS = 64, SIGN_MEMORY = 64 * 1024,
};

/* What a report is made with. */
struct aggregates {
	struct relay_options o;
	struct arena *conf_mem;
	struct config conf;	/* hostname, report_from, ..._reports */
	struct tls_tally *tally;
	struct fiber *fiber;	/* NULL: it has not begun, or has ended */
	bool stopping;
};

struct reporting {
	struct aggregates *g;
	struct arena *a;
	struct aggregate_next_answer what;
	struct dmarc_published policy;
	struct report_to to[REPORT_TO_MAX];
	size_t nto;
	struct str from;
	struct aggregate_head head;
	struct aggregate_session *sessions;	/* of TLS */
	size_t nsessions;
	struct buf zipped;
	struct aggregate_own own;	/* the same, of what.ours */
	int64_t until_ms;	/* for DNS */
	struct err err;
};

/* ---- to whom ------------------------------------------------------------- */

static void
look_up(void *arg, struct str name, enum dns_type type,
    struct lookup_answer *answer, struct arena *a)
{
	struct reporting *p = arg;
	struct err err = { 0 };

	if (dns_lookup(p->g->o.dns, name, type, answer, a, p->until_ms,
	    &err) < 0)
		*answer = (struct lookup_answer){ .result = DNS_FAILED };
}

/* E_NOTFOUND: nobody may get it. E_BUSY: DNS fails. */
static int
find_addressees(struct reporting *p)
{
	const struct trust_dns dns = { look_up, p };
	bool tls = p->what.kind == AGGREGATE_tls, unsure;

	if (!tls && !msg_whole(p->what.policy, &dmarc_published_shape,
	    &p->policy))
		return err_set(&p->err, E_NOTFOUND, "a policy that makes no "
		    "sense");
	p->until_ms = loop_now_ms(p->g->o.loop) + LOOKUP_MS;
	p->nto = tls ? report_to_tls(&dns, p->what.domain, p->a, p->to,
	    &unsure) : report_to_find(&dns, p->what.domain, p->policy.rua,
	    p->a, p->to, &unsure);
	if (p->nto > 0)
		return 0;
	return unsure ? err_set(&p->err, E_BUSY, "DNS is in trouble") :
	    err_set(&p->err, E_NOTFOUND, "no address in rua may get it");
}

/* ---- what ---------------------------------------------------------------- */

static void
put_row(struct reporting *p, struct buf *xml, const struct aggregate_row *row)
{
	struct aggregate_session *s = &p->sessions[p->nsessions];
	struct dmarc_row facts;

	if (p->what.kind != AGGREGATE_tls) {
		if (!msg_whole(row->facts, &dmarc_row_shape, &facts))
			return;
		aggregate_xml_row(xml, &facts, row->n);
		if (p->what.ours)
			aggregate_own_row(&p->own, &facts, row->n);
	} else if (p->nsessions < AGGREGATE_ROWS_MAX &&
	    msg_whole(str_dup(p->a, row->facts), &tls_row_shape, &s->row)) {
		s->n = row->n;
		s->told = false;
		p->nsessions++;
	}
}

static int
zip_rows(struct reporting *p, struct gzip *z, struct buf *xml)
{
	struct aggregate_rows_ask ask = { p->what.kind, p->what.day,
		p->what.domain, STR_NULL };
	struct arena *page = arena_new(2 * MSG_MAX);
	struct aggregate_rows_answer answer;
	char after[16];
	int e;

	do {
		struct aggregate_row row;
		struct rd rd;

		arena_reset(page);
		e = store_call(p->g->o.store, STORE_aggregate_rows, &ask,
		    &answer, page, &p->err);
		if (e < 0)
			break;
		rd = rd_of(answer.rows);
		while (rd_left(&rd) > 0 &&
		    msg_take(&rd, &aggregate_row_shape, &row))
			put_row(p, xml, &row);
		gzip_more(z, buf_get(xml), &p->zipped);
		if (buf_failed(xml) || answer.next.n > sizeof(after))
			e = err_set(&p->err, E_LIMIT, "too long");
		buf_reset(xml);
		memcpy(after, answer.next.p ? answer.next.p : after,
		    answer.next.n > sizeof(after) ? 0 : answer.next.n);
		ask.after = str_make(after, answer.next.n);
	} while (e == 0 && ask.after.n > 0);
	arena_free(page);
	return e;
}

static int
make_file(struct reporting *p)
{
	bool tls = p->what.kind == AGGREGATE_tls;
	auto_buf text = BUF_INIT(tls ? JSON_MAX : PAGE_MAX);
	struct gzip *z = gzip_new();
	int e;

	buf_reset(&p->zipped);
	buf_free(&p->own.rows);
	p->own = (struct aggregate_own){
		.rows = BUF_INIT(FEEDBACK_ROWS_OCTETS) };
	p->nsessions = 0;
	p->sessions = arena_array(p->a, tls ? AGGREGATE_ROWS_MAX : 1,
	    sizeof(*p->sessions));
	if (!tls)
		aggregate_xml_begin(&text, &p->head);
	e = zip_rows(p, z, &text);
	if (tls)
		aggregate_json(&text, &p->head, p->sessions, p->nsessions);
	else
		aggregate_xml_end(&text);
	gzip_more(z, buf_get(&text), &p->zipped);
	gzip_end(z, &p->zipped);
	return e == 0 && (buf_failed(&p->zipped) || buf_failed(&text)) ?
	    err_set(&p->err, E_LIMIT, "too long") : e;
}

/* ---- as a message -------------------------------------------------------- */

static int
put_octets(void *arg, struct str octets, struct err *err)
{
	deposit_write(arg, octets);
	return deposit_failed(arg, err);
}

/* A sentence and the file.             RFC 7489 7.2.1.1; RFC 8460 5.1, 5.3 */
static struct build_part
body_of(struct reporting *p)
{
	const struct aggregate_head *h = &p->head;
	bool tls = p->what.kind == AGGREGATE_tls;
	struct build_part *part = arena_array(p->a, 2, sizeof(*part));

	part[0] = (struct build_part){ .type = STR("text/plain"),
		.octets = arena_printf(p->a, tls ?
		    "This is an aggregate report about TLS (RFC 8460) with "
		    "the mail hosts of\n%.*s, as its DNS record asks for.\n" :
		    "This is an aggregate report of DMARC (RFC 7489) about "
		    "mail that said it\ncame from %.*s, as its DNS record "
		    "asks for.\n", STR_FMT(h->domain)) };
	part[1] = (struct build_part){
		.type = tls ? STR("application/tlsrpt+gzip") :
		    STR("application/gzip"),
		.disposition = STR("attachment"),
		.name = arena_printf(p->a, "%.*s!%.*s!%lld!%lld.%s.gz",
		    STR_FMT(h->reporter), STR_FMT(h->domain),
		    (long long)h->begins, (long long)h->ends,
		    tls ? "json" : "xml"),
		.octets = buf_get(&p->zipped) };
	return (struct build_part){ .type = tls ? STR("multipart/report") :
	    STR("multipart/mixed"), .report = tls ? STR("tlsrpt") : STR_NULL,
		.parts = part, .nparts = 2 };
}

/* RFC 7489 7.2.1.1, RFC 8460 5.3. "auto-generated": nobody answers it (RFC
 * 3834 5). */
static int
write_message(struct reporting *p, struct deposit *mail)
{
	const struct aggregate_head *h = &p->head;
	const struct build_address from = { BUILD_MAILBOX, STR_NULL, p->from };
	struct build_address to[REPORT_TO_MAX];
	const struct build_field fields[] = {
		{ .name = STR("From"), .form = BUILD_ADDRESSES,
		    .addresses = &from, .n = 1 },
		{ .name = STR("To"), .form = BUILD_ADDRESSES,
		    .addresses = to, .n = p->nto },
		{ .name = STR("Subject"), .form = BUILD_TEXT,
		    .text = arena_printf(p->a, "Report Domain: %.*s "
			"Submitter: %.*s Report-ID: <%.*s>",
			STR_FMT(h->domain), STR_FMT(h->reporter),
			STR_FMT(h->id)) },
		{ .name = STR("Auto-Submitted"), .form = BUILD_RAW,
		    .text = STR("auto-generated") },
		/* From here on of TLS only. */
		{ .name = STR("TLS-Report-Domain"), .form = BUILD_RAW,
		    .text = h->domain },
		{ .name = STR("TLS-Report-Submitter"), .form = BUILD_RAW,
		    .text = h->reporter },
		{ .name = STR("TLS-Required"), .form = BUILD_RAW,
		    .text = STR("No") } };
	const struct build_part body = body_of(p);
	const struct build_options o = { .at = loop_wall(p->g->o.loop),
		.host = h->reporter, .id = arena_printf(p->a, "%016llx",
		    (unsigned long long)loop_random64(p->g->o.loop)),
		.emit = put_octets, .arg = mail };

	for (size_t i = 0; i < p->nto; i++)
		to[i] = (struct build_address){ BUILD_MAILBOX, STR_NULL,
			p->to[i].address };
	return build_message(&o, fields, NELEM(fields) -
	    (p->what.kind == AGGREGATE_tls ? 0 : 3), &body, &p->err);
}

static int
sign(struct reporting *p, struct deposit *mail, struct str *fields)
{
	struct signable what;
	struct dkim_sign_ask ask;

	if (!deposit_signable(mail, p->a, &what))
		return err_set(&p->err, E_INVALID, "it cannot be signed");
	ask = (struct dkim_sign_ask){ .from = p->from, .names = what.names,
		.header = what.header, .body_hash = what.body_hash,
		.at = loop_wall(p->g->o.loop) };
	return p->g->o.sign(p->g->o.sign_arg, &ask, fields, p->a, &p->err);
}

/* Those who take as much. */
static struct str
addresses(const struct reporting *p, uint64_t octets)
{
	auto_buf b = BUF_INIT(700);

	for (size_t i = 0; i < p->nto; i++)
		if (p->to[i].most_octets == 0 ||
		    octets <= p->to[i].most_octets)
			buf_printf(&b, "%.*s\n", STR_FMT(p->to[i].address));
	return str_dup(p->a, buf_get(&b));
}

static int
hand_back(struct reporting *p, struct aggregate_send_ask *ask)
{
	struct aggregate_send_answer answer;
	struct store *st = p->g->o.store;
	int e;

	ask->change = store_change_id(st);
	MSG_COPY(aggregate_name, ask, &p->what);
	e = store_call(st, STORE_aggregate_send, ask, &answer, p->a, &p->err);
	if (e == 0 && ask->to.n > 0)
		log_event(loop_log(p->g->o.loop), LOG_INFO, "aggregate_sent",
		    F_STR("domain", p->what.domain),
		    F_INT("rows", p->what.rows), F_STR("to", ask->to),
		    F_INT("message", answer.message));
	return e;
}

static int
send_message(struct reporting *p, struct deposit *mail)
{
	struct aggregate_send_ask ask = { 0 };
	struct deposit_facts facts;
	int e = write_message(p, mail);

	if (e == 0)
		e = deposit_finish(mail, &facts, &p->err);
	if (e == 0)
		e = sign(p, mail, &ask.signature);
	if (e < 0)
		return e;
	MSG_COPY(deposited, &ask, &facts);
	ask.to = addresses(p, facts.raw_size + ask.signature.n);
	if (ask.to.n == 0)
		return err_set(&p->err, E_NOTFOUND, "it has more octets than "
		    "they take");
	if (p->what.ours) {
		e = aggregate_own_tell(&p->own, &p->head, p->g->o.store, p->a,
		    &p->err);
		if (e < 0 && e != E_NOTFOUND)
			return e;
		ask.read = e == 0;
	}
	return hand_back(p, &ask);
}

/* Whom it says it is from. */
static int
send_from(struct reporting *p, struct str from)
{
	struct aggregates *g = p->g;
	const struct deposit_options o = { .store = g->o.store,
		.compress = g->conf.compress, .loop = g->o.loop,
		.digest = true };
	int64_t now = loop_wall(g->o.loop),
	    ends = p->what.day + DAY_SECONDS - 1;
	struct deposit *mail;
	int e;

	p->from = from;
	p->head = (struct aggregate_head){ .from = from,
		.reporter = str_from(from, str_rchr(from, '@') + 1),
		.id = arena_printf(p->a, "%lld.%016llx@%.*s",
		    (long long)p->what.day,
		    (unsigned long long)loop_random64(g->o.loop),
		    STR_FMT(str_from(from, str_rchr(from, '@') + 1))),
		.domain = p->what.domain, .begins = p->what.day,
		.ends = now < ends ? now : ends, .lost = p->what.lost,
		.policy = p->policy };
	if ((e = make_file(p)) < 0)
		return e;
	mail = deposit_new(&o);
	e = send_message(p, mail);
	deposit_free(mail);
	return e;
}

/* E_DENIED: none of our domains has keys for it. */
static int
send_signed(struct reporting *p)
{
	struct str from[REPORT_FROM_MAX];
	size_t n = report_from(&p->g->conf, p->a, from);
	int e = E_DENIED;

	for (size_t i = 0; i < n && e == E_DENIED; i++)
		e = send_from(p, from[i]);
	return e;
}

/* ---- one after the other ------------------------------------------------- */

/* It was not sent: it never will be, or another time. What store or vault could
 * not do for us will be asked again by itself. */
static int
give_up(struct reporting *p, int e)
{
	struct aggregate_send_ask ask = { .later_s =
	    e == E_NOTFOUND || e == E_LIMIT || e == E_INVALID ? 0 : LATER_S };

	if (ask.later_s > 0)
		log_event(loop_log(p->g->o.loop), LOG_WARN, "aggregate_waits",
		    F_STR("domain", p->what.domain),
		    F_INT("day", p->what.day), F_ERR(&p->err));
	else
		log_event(loop_log(p->g->o.loop), LOG_INFO,
		    "aggregate_dropped", F_STR("domain", p->what.domain),
		    F_INT("day", p->what.day), F_ERR(&p->err));
	return hand_back(p, &ask);
}

static int
report_one(struct reporting *p)
{
	struct aggregate_send_ask forget = { 0 };
	int e;

	if (p->what.kind == AGGREGATE_tls ? !p->g->conf.tls_reports :
	    !p->g->conf.dmarc_reports)
		return hand_back(p, &forget);
	e = find_addressees(p);
	if (e == 0)
		e = send_signed(p);
	return e == 0 || e == E_CANCELED || e == E_PEER ? e : give_up(p, e);
}

/* 1: there was one, and it is done with. */
static int
report_next(struct aggregates *g)
{
	struct arena *a = arena_new(REPORT_MEMORY);
	struct reporting *p = arena_new_of(a, struct reporting);
	struct aggregate_next_ask ask = { 0 };
	int e;

	*p = (struct reporting){ .g = g, .a = a,
		.zipped = BUF_INIT(ZIPPED_MAX) };
	e = store_call(g->o.store, STORE_aggregate_next, &ask, &p->what, a,
	    &p->err);
	if (e == 0 && p->what.known) {
		e = report_one(p);
		e = e < 0 ? e : 1;
	}
	buf_free(&p->zipped);
	buf_free(&p->own.rows);
	arena_free(a);
	return e;
}

/* ---- what was counted of TLS --------------------------------------------- */

static bool
asks_for_reports(struct reporting *p, struct str domain)
{
	const struct trust_dns dns = { look_up, p };
	struct report_to to[REPORT_TO_MAX];
	bool unsure;

	p->until_ms = loop_now_ms(p->g->o.loop) + LOOKUP_MS;
	return report_to_tls(&dns, domain, p->a, to, &unsure) > 0 || unsure;
}

/* What store cannot take now is lost, and so is what no domain asks for. */
static int
hand_over_tally(struct aggregates *g)
{
	struct arena *mem = arena_new(MSG_MAX);
	struct reporting *p = arena_new_of(mem, struct reporting);
	struct buf seen = BUF_INIT(MSG_CHUNK);
	struct tls_count_ask ask;
	struct tls_seen s;
	struct done done;
	int e = 0;

	*p = (struct reporting){ .g = g, .a = arena_new(TALLY_MEMORY) };
	while (e == 0 && seen.n + AGGREGATE_FACTS_MAX < seen.cap &&
	    tls_tally_take(g->tally, p->a, &s)) {
		if (asks_for_reports(p, s.domain))
			msg_put(&seen, &tls_seen_shape, &s);
		arena_reset(p->a);
	}
	if (seen.n > 0) {
		ask = (struct tls_count_ask){ store_change_id(g->o.store),
			buf_get(&seen) };
		e = store_call(g->o.store, STORE_tls_count, &ask, &done,
		    p->a, &p->err);
	}
	buf_free(&seen);
	arena_free(p->a);
	arena_free(mem);
	return e;
}

static void
aggregates_fiber(void *arg)
{
	struct aggregates *g = arg;
	struct loop *l = g->o.loop;
	int e = 0;

	g->fiber = fiber_self(l);
	while (!g->stopping && e != E_CANCELED) {
		e = hand_over_tally(g);
		if (e != E_CANCELED)
			e = report_next(g);
		if (e != 1 && e != E_CANCELED)
			e = fiber_sleep(l, loop_now_ms(l) + LOOK_MS);
	}
	g->fiber = NULL;
}

/* ---- life ---------------------------------------------------------------- */

struct aggregates *
aggregates_new(const struct relay_options *o, const struct config *c,
    struct tls_tally *tally)
{
	struct aggregates *g = calloc(1, sizeof(*g));

	bug_if(!g);
	g->o = *o;
	g->tally = tally;
	aggregates_configure(g, c);
	return g;
}

void
aggregates_configure(struct aggregates *g, const struct config *c)
{
	struct arena *old = g->conf_mem;

	g->conf_mem = arena_new(CONF_MEMORY);
	g->conf = (struct config){ .compress = c->compress,
		.dmarc_reports = c->dmarc_reports,
		.tls_reports = c->tls_reports,
		.hostname = str_dup(g->conf_mem, c->hostname),
		.report_from = str_dup(g->conf_mem, c->report_from) };
	arena_free(old);
}

void
aggregates_start(struct aggregates *g)
{
	if (g->o.sign)
		(void)fiber_spawn(g->o.loop, "aggregates", aggregates_fiber,
		    g);
}

void
aggregates_stop(struct aggregates *g)
{
	g->stopping = true;
	if (g->fiber)
		fiber_cancel(g->o.loop, g->fiber);
}

void
aggregates_free(struct aggregates *g)
{
	if (!g)
		return;
	arena_free(g->conf_mem);
	free(g);
}
