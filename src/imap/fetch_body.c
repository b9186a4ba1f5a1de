/*
 * fetch_body.c - octets of a message: BODY[...], RFC822 and their kin.
 *
 * A message is its prefix (Return-Path and the like, put in front for one
 * mailbox) and then what was received. The facts speak of the latter.
 */
#include "imap/imap_int.h"
#include "mime/facts.h"
#include "mime/header.h"
#include "store/blob.h"

enum { HEADER_MAX = 1 << 20 };

/* Octets [offset, offset + len) of the whole message. */
struct range {
	uint64_t offset, len;
};

struct feed {
	struct imap_session *s;
	struct mime_scan *scan;
};

static int
feed(void *arg, struct str octets)
{
	struct feed *f = arg;

	mime_scan_feed(f->scan, octets);
	fiber_yield(f->s->d.loop);
	return 0;
}

/* Facts are a cache: read the message and compute them again. */
static int
recompute(struct imap_session *s, const struct fetch_row *row,
    struct arena *mem, struct facts *f, struct err *err)
{
	struct feed to = { s, mime_scan_new(mem, NULL) };
	auto_buf record = BUF_INIT(MIME_RECORD_MAX);
	int e = blob_read(s->store, s->view.mailbox, row->uid, row->prefix_len,
	    row->size - row->prefix_len, feed, &to, err);

	if (e < 0)
		return e;
	mime_scan_finish(to.scan, &record);
	if (facts_decode(str_dup(mem, buf_get(&record)), f) < 0)
		bug("facts of ours do not decode");
	return 0;
}

int
imap_facts(struct imap_session *s, const struct fetch_row *row,
    struct arena *mem, struct facts *f, struct err *err)
{
	if (row->prefix_len > row->size)
		return err_set(err, E_PROTO, "a prefix beyond its message");
	if (row->facts.n && facts_decode(row->facts, f) == 0 &&
	    f->size == row->size - row->prefix_len)
		return 0;
	return recompute(s, row, mem, f, err);
}

/* Where a section is. E_NOTFOUND: the message has no such section. */
static int
locate(const struct section *sec, const struct fetch_row *row,
    const struct facts *f, struct range *r)
{
	static const enum facts_what whats[] = {
		[SECTION_ALL] = FACTS_BODY_ALL,
		[SECTION_HEADER] = FACTS_HEADER,
		[SECTION_FIELDS] = FACTS_HEADER,
		[SECTION_FIELDS_NOT] = FACTS_HEADER,
		[SECTION_TEXT] = FACTS_TEXT,
		[SECTION_MIME] = FACTS_MIME,
	};
	enum facts_what what = whats[sec->text];
	int e;

	if (what == FACTS_BODY_ALL && sec->npart == 0) {
		*r = (struct range){ 0, row->size };
		return 0;
	}
	e = facts_section(f, sec->part, sec->npart, what, &r->offset, &r->len);
	if (e < 0)
		return e;
	/* The prefix is at the front of the message's own header. */
	if (what == FACTS_HEADER && sec->npart == 0)
		r->len += row->prefix_len;
	else
		r->offset += row->prefix_len;
	return 0;
}

static void
put_name(struct imap_session *s, const struct section *sec)
{
	auto_buf b = BUF_INIT(IMAP_OUT_MAX);

	section_put_name(&b, sec);
	buf_chr(&b, ' ');
	imap_say(s, &b);
}

/* RFC 3501 6.4.5: a partial beyond the end is cut, maybe to nothing. */
static struct range
cut(const struct section *sec, struct range r)
{
	uint64_t skip = 0;

	if (!sec->partial)
		return r;
	skip = sec->offset < r.len ? sec->offset : r.len;
	r.offset += skip;
	r.len -= skip;
	if (r.len > sec->length)
		r.len = sec->length;
	return r;
}

/* The name and the literal's head wait for the first octets: until then an
 * error can still be answered with NIL. */
struct sending {
	struct imap_session *s;
	const struct section *sec;
	uint64_t left;
	bool begun;
};

static void
begin(struct sending *to)
{
	put_name(to->s, to->sec);
	if (to->left)
		(void)stream_printf(to->s->d.stream, "{%ju}\r\n",
		    (uintmax_t)to->left);
	else
		(void)stream_write(to->s->d.stream, STR("\"\""));
	to->begun = true;
}

static int
send_octets(void *arg, struct str octets)
{
	struct sending *to = arg;

	if (octets.n > to->left)
		return E_IO;
	if (!to->begun)
		begin(to);
	to->left -= octets.n;
	dialogue_deadline(&to->s->d, IMAP_COMMAND_MS);
	return stream_write(to->s->d.stream, octets);
}

static int
send_range(struct imap_session *s, const struct section *sec,
    const struct fetch_row *row, struct range r, struct err *err)
{
	struct sending to = { s, sec, r.len, false };
	int e = 0;

	if (r.len == 0)
		begin(&to);
	else
		e = blob_read(s->store, s->view.mailbox, row->uid, r.offset,
		    r.len, send_octets, &to, err);
	if (e >= 0 && to.left > 0)
		e = err_set(err, E_IO, "a message shorter than it was");
	if (e < 0 && to.begun) {
		/* Half a literal: there is no way to go on. */
		s->state = STATE_LOGOUT;
		return e;
	}
	return e;
}

static int
collect(void *arg, struct str octets)
{
	struct buf *b = arg;

	buf_str(b, octets);
	return buf_failed(b) ? E_LIMIT : 0;
}

/* HEADER.FIELDS and HEADER.FIELDS.NOT */
static int
send_fields(struct imap_session *s, const struct section *sec,
    const struct fetch_row *row, struct range r, struct err *err)
{
	auto_buf header = BUF_INIT(HEADER_MAX);
	auto_buf kept = BUF_INIT(HEADER_MAX + 2);
	struct range part;
	int e = r.len ? blob_read(s->store, s->view.mailbox, row->uid, r.offset,
	    r.len, collect, &header, err) : 0;

	if (e < 0)
		return e;
	header_select(&kept, buf_get(&header), sec->fields, sec->nfields,
	    sec->text == SECTION_FIELDS_NOT);
	part = cut(sec, (struct range){ 0, kept.n });
	struct sending to = { s, sec, part.len, false };

	if (part.len == 0)
		begin(&to);
	else
		(void)send_octets(&to, str_first(str_from(buf_get(&kept),
		    (size_t)part.offset), (size_t)part.len));
	return stream_failed(s->d.stream);
}

bool
imap_needs_facts(const struct section *sec)
{
	return sec->text != SECTION_ALL || sec->npart > 0;
}

static int
send_section(struct imap_session *s, const struct section *sec,
    const struct fetch_row *row, const struct facts *f, struct err *err)
{
	struct range r;
	int e = locate(sec, row, f, &r);

	if (e == E_NOTFOUND) {
		/* No such section: that is an answer, not a failure. */
		put_name(s, sec);
		(void)stream_write(s->d.stream, STR("NIL"));
		return 0;
	}
	if (e < 0)
		return err_set(err, e, "the facts of a message make no sense");
	if (sec->text == SECTION_FIELDS || sec->text == SECTION_FIELDS_NOT)
		return send_fields(s, sec, row, r, err);
	return send_range(s, sec, row, cut(sec, r), err);
}

int
imap_put_section(struct imap_session *s, const struct section *sec,
    const struct fetch_row *row, const struct facts *f, struct err *err)
{
	int e = send_section(s, sec, row, f, err);

	/* RFC 9051 7.5.2: the line must be whole, whatever happened. */
	if (e < 0 && s->state != STATE_LOGOUT) {
		put_name(s, sec);
		(void)stream_write(s->d.stream, STR("NIL"));
	}
	return e;
}
