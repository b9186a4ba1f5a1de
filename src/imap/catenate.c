/*
 * catenate.c - parts of messages, and octets of the client, as one message.
 *                                                                  RFC 4469
 *
 * Each part goes into the deposit as it is read, so none is in memory. A line
 * holds some parts, and the head of a literal at most, which is at its end.
 */
#include "imap/catenate.h"
#include "mail/mailbox_text.h"
#include "mail/mailboxes.h"
#include "mail/rows.h"
#include "mail/url_message.h"

enum { PARTS_AT_MOST = 1000, URL_TOLD_MAX = 1000 };

struct catenating {
	struct imap_session *s;
	struct deposit *text;
	struct buf *line;
	struct arena *mem;	/* of one part */
	uint64_t size;		/* of what is in text */
	size_t nparts;
};

/* url-resp-text: no "]", and nothing that ends a line.      RFC 4469 5 */
static struct answer
bad_url(struct catenating *c, struct str url)
{
	auto_buf b = BUF_INIT(URL_TOLD_MAX + 16);

	buf_lit(&b, "BADURL ");
	url = str_first(url, URL_TOLD_MAX);
	for (size_t i = 0; i < url.n; i++)
		buf_chr(&b, url.p[i] > ' ' && url.p[i] < 0x7f &&
		    url.p[i] != ']' ? url.p[i] : '?');
	return (struct answer){ ANSWER_NO, str_dup(c->s->cmd, buf_get(&b)),
		STR("There is no such message, or part of one") };
}

static struct answer
too_big(void)
{
	return NO_CODE("TOOBIG", "The message is too large");
}

static bool
has_room(const struct catenating *c, uint64_t octets)
{
	return octets <= c->s->service->max_message - c->size;
}

static int
add_octets(void *arg, struct str octets)
{
	struct catenating *c = arg;

	deposit_write(c->text, octets);
	return 0;
}

/* 0, or E_*: E_NOTFOUND if there is no such part, E_LIMIT if there is no room
 * for it. */
static int
add_section(struct catenating *c, const struct mail_message *m,
    const struct url_section *sec, struct err *err)
{
	struct url_octets o;
	int e = url_octets_find(&o, m, sec, c->mem, err);

	if (e < 0)
		return e;
	if (has_room(c, o.len)) {
		c->size += o.len;
		e = url_octets_read(&o, add_octets, c, err);
	} else {
		e = err_set(err, E_LIMIT, "too large");
	}
	url_octets_free(&o);
	return e;
}

/* The message with this UID. */
static int
add_message(struct catenating *c, uint64_t mailbox,
    const struct url *url, struct err *err)
{
	const struct account *account = &c->s->account;
	struct mailbox_view v = view_now(account, mailbox);
	auto_buf range = BUF_INIT(16);
	struct rows_ask ask = { .want = WANT_FACTS | WANT_HEAD };
	struct mail_message m;
	struct fetch_row row;
	struct rows *rows;
	bool flagged;
	int e;

	selection_add(&range, url->uid, url->uid);
	ask.messages = (struct selection){ buf_get(&range), true };
	rows = rows_open(&v, &ask);
	e = rows_next(rows, &row, &flagged, err);
	/* The largest number there is would be the last message. */
	if (e > 0 && row.uid == url->uid) {
		m = message_of(account, mailbox, &row);
		e = add_section(c, &m, &url->section, err);
	} else if (e >= 0) {
		e = E_NOTFOUND;
	}
	rows_close(rows);
	view_close(&v);
	return e;
}

static struct answer
add_part(struct catenating *c, struct str text)
{
	struct status_answer status;
	struct str name;
	struct url url;
	struct err err = { 0 };
	int e;

	dialogue_deadline(&c->s->d, IMAP_COMMAND_MS);
	/* RFC 4469 3: a message of whoever asks, on this server. */
	if (text.n > URL_MAX || !url_parse(text, c->mem, &url) || url.host.p)
		return bad_url(c, text);
	name = mailbox_text_name(url.mailbox, c->mem);
	if (name.n > MAILBOX_MAX)
		return bad_url(c, text);
	e = mailbox_status(&c->s->account, name, false, &status, &err);
	if (e >= 0 && url.uidvalidity &&
	    url.uidvalidity != status.uidvalidity)
		return bad_url(c, text);
	if (e >= 0)
		e = add_message(c, status.mailbox, &url, &err);
	if (e == E_NOTFOUND)
		return bad_url(c, text);
	if (e == E_LIMIT)
		return too_big();
	return e < 0 ? imap_fail(c->s, "catenate", &err) : NO_ANSWER;
}

/* "{n}" at the end of the line, up to whose head everything was read. */
static bool
literal_head(struct scan *scan, uint64_t *n, bool *sync)
{
	scan_need(scan, '{', "expected a literal");
	*n = scan_number64(scan);
	*sync = !scan_opt(scan, '+');
	scan_need(scan, '}', "not a well-formed literal");
	scan_end(scan);
	return scan_ok(scan);
}

/* Its octets, and the next line. 0 or E_* of the stream. */
static int
receive_literal(struct catenating *c, uint64_t n, bool sync,
    int (*take)(void *arg, struct str octets), void *arg)
{
	int e = sync ? imap_continue(c->s, STR("Go ahead")) : 0;

	return e < 0 ? e : imap_receive(c->s, n, take, arg, c->line);
}

/* text-literal = "TEXT" SP literal; "UTF8" SP "(" literal8 ")"  RFC 6855 4 */
static struct answer
add_text(struct catenating *c, struct scan *scan, bool utf8)
{
	uint64_t n;
	bool sync;

	scan_sp(scan);
	if (utf8)
		scan_need(scan, '(', "expected a literal8");
	if (!scan_opt(scan, '~') && utf8)
		scan_fail(scan, "expected a literal8");
	if (!literal_head(scan, &n, &sync))
		return NO_ANSWER;
	if (!has_room(c, n))
		return too_big();
	c->size += n;
	if (receive_literal(c, n, sync, add_octets, c) < 0)
		return NO_ANSWER;
	*scan = scan_of(buf_get(c->line), c->mem);
	if (utf8)
		scan_need(scan, ')', "expected the end of UTF8 (...)");
	return NO_ANSWER;
}

/* url = "URL" SP astring */
static struct answer
add_url(struct catenating *c, struct scan *scan)
{
	auto_buf url = BUF_INIT(URL_MAX);
	uint64_t n;
	bool sync;

	scan_sp(scan);
	if (rd_peek(&scan->r) != '{') {
		struct str text = scan_astring(scan);

		return scan_ok(scan) ? add_part(c, text) : NO_ANSWER;
	}
	if (!literal_head(scan, &n, &sync))
		return NO_ANSWER;
	if (n > URL_MAX)
		return bad_url(c, STR_NULL);
	if (receive_literal(c, n, sync, message_keep, &url) < 0)
		return NO_ANSWER;
	*scan = scan_of(buf_get(c->line), c->mem);
	return add_part(c, buf_get(&url));
}

/* cat-part = text-literal / url / utf8-literal */
static struct answer
add_next(struct catenating *c, struct scan *scan)
{
	static const struct word kinds[] = {
		{ STR("URL"), 0 },
		{ STR("TEXT"), 1 },
		{ STR("UTF8"), 2 },
	};
	int kind = scan_word(scan, kinds, NELEM(kinds), "no such part");

	if (!scan_ok(scan))
		return NO_ANSWER;
	if (++c->nparts > PARTS_AT_MOST)
		return NO_CODE("LIMIT", "Too many parts");
	if (kind == 2 && !imap_utf8(c->s))
		return BAD("Enable UTF8=ACCEPT first");
	return kind == 0 ? add_url(c, scan) : add_text(c, scan, kind == 2);
}

/* *(SP cat-part) ")"; what was scanned is taken off the line, so that its
 * arena is needed no more. */
static struct answer
add_parts(struct catenating *c)
{
	struct answer a = NO_ANSWER;
	bool end = false;

	for (bool first = true; !end && a.kind == ANSWER_NONE; first = false) {
		struct scan scan = scan_of(buf_get(c->line), c->mem);

		end = !first && scan_opt(&scan, ')');
		if (!end && !first)
			scan_sp(&scan);
		if (!end && scan_ok(&scan))
			a = add_next(c, &scan);
		if (stream_failed(c->s->d.stream) < 0)
			return NO_ANSWER;
		if (!scan_ok(&scan))
			return (struct answer){ ANSWER_BAD, STR_NULL,
				arena_printf(c->s->cmd, "Syntax: %s",
				scan.want) };
		if (a.kind == ANSWER_NONE)
			buf_eat(c->line, c->line->n - rd_left(&scan.r));
		arena_reset(c->mem);
	}
	return a;
}

struct answer
imap_catenate(struct imap_session *s, struct buf *line, struct deposit *text)
{
	/* A line without a literal at its end is all there is: if it makes no
	 * sense, nothing of it is still to come. */
	bool whole = s->gather.state != GATHER_MESSAGE;
	struct catenating c = { .s = s, .text = text, .line = line,
		.mem = arena_new(SCAN_ARENA(GATHER_LINE_MAX) +
		    URL_ARENA(URL_MAX) + MESSAGE_FACTS_MEM) };
	struct answer a = add_parts(&c);

	arena_free(c.mem);
	if (a.kind == ANSWER_NONE && c.size == 0 &&
	    stream_failed(s->d.stream) == 0)
		a = NO("An empty message is none");
	if (a.kind != ANSWER_NONE && whole)
		buf_reset(line);
	return a;
}
