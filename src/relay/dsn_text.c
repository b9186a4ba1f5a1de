/*
 * dsn_text.c - a report in plain words.                      RFC 3464 1.2, 2
 *
 * For people who have never heard of a mail server: which address, what
 * happened, what was tried, what the other side said, what to do now.
 */
#include "base/timetext.h"
#include "mime/header.h"
#include "mime/word.h"
#include "relay/dsn_int.h"

enum {
	TOLD_MAX = 50,		/* recipients; programs get all of them */
	SUBJECT_READ = 1000,
	SUBJECT_TOLD = 200,
};

/* Whole characters: a cut one would come out as "?". */
static struct str
first_chars(struct str s, size_t n)
{
	if (s.n <= n)
		return s;
	while (n > 0 && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n--;
	return str_first(s, n);
}

void
dsn_subject(struct buf *out, const struct dsn *d)
{
	auto_buf decoded = BUF_INIT(4 * SUBJECT_READ);
	struct str raw = header_get(str_first(d->header, DSN_HEADER_MAX),
	    STR("Subject"));
	struct str s;

	word_decode(&decoded, str_first(raw, SUBJECT_READ));
	s = str_trim(buf_get(&decoded));
	if (str_find(s, STR("=?")) < s.n)
		return;
	buf_str(out, first_chars(s, SUBJECT_TOLD));
	if (s.n > SUBJECT_TOLD)
		buf_lit(out, "...");
}

static void
put_paragraph(struct buf *out, const char *indent, struct str s)
{
	struct str in = str_c(indent);

	buf_str(out, in);
	dsn_put_wrapped(out, s, (struct dsn_wrap){ in, in.n, false });
	buf_lit(out, "\r\n");
}

static void
put_count(struct buf *out, uint64_t n, const char *what)
{
	buf_printf(out, "%llu %s%s", (unsigned long long)n, what,
	    n == 1 ? "" : "s");
}

/* "for 5 days" */
static void
put_span(struct buf *out, int64_t seconds)
{
	uint64_t s = seconds > 0 ? (uint64_t)seconds : 0;

	if (s >= 2 * 86400)
		put_count(out, s / 86400, "day");
	else if (s >= 2 * 3600)
		put_count(out, s / 3600, "hour");
	else if (s >= 60)
		put_count(out, s / 60, "minute");
	else
		buf_lit(out, "less than a minute");
}

/* "It was tried 12 times in 5 days, last on ... with the server ...." */
static void
put_tries(struct buf *out, const struct dsn *d, const struct queue_rcpt *r)
{
	auto_buf b = BUF_INIT(2000);

	if (r->attempts == 0)
		return;
	buf_lit(&b, "It was tried ");
	if (r->attempts == 1) {
		buf_lit(&b, "once");
	} else {
		put_count(&b, r->attempts, "time");
		buf_lit(&b, " in ");
		put_span(&b, r->last - d->item->queued);
	}
	if (r->last > 0) {
		buf_str(&b, r->attempts == 1 ? STR(", on ") :
		    STR(", last on "));
		time_rfc5322(&b, r->last);
	}
	if (r->host.n > 0) {
		buf_lit(&b, ", with the server ");
		buf_str(&b, r->host);
	}
	buf_lit(&b, ".");
	put_paragraph(out, "  ", buf_get(&b));
}

/* To the letter, but for octets that could do harm. */
static void
put_said(struct buf *out, const struct queue_rcpt *r)
{
	auto_buf b = BUF_INIT(4000);

	if (r->text.n == 0 && r->code == 0)
		return;
	if (r->code > 0) {
		put_paragraph(out, "  ", STR("The server said:"));
		buf_printf(&b, "%u ", r->code);
	} else {
		put_paragraph(out, "  ", STR("In the words of a machine:"));
	}
	if (r->status.n > 0)
		buf_printf(&b, "%.*s ", STR_FMT(r->status));
	buf_str(&b, r->text);
	put_paragraph(out, "      ", buf_get(&b));
}

static void
put_what_next(struct buf *out, const struct dsn *d,
    const struct queue_rcpt *r)
{
	char class = dsn_outcome(r)->class;
	auto_buf b = BUF_INIT(2000);

	if (class == '5') {
		buf_lit(&b, "What to do: ");
		buf_str(&b, str_c(dsn_advice_for(r)->advice));
	} else if (class == '4') {
		buf_lit(&b, "What to do: nothing. It is tried again until ");
		time_rfc5322(&b, d->item->expires);
		buf_lit(&b, "; if it does not work until then, you are told "
		    "so. Please do not send it again.");
	}
	if (b.n > 0)
		put_paragraph(out, "  ", buf_get(&b));
}

/* The address that was written, if it is another one here (an alias); a
 * stranger is not told which. */
static void
put_written(struct buf *out, const struct dsn *d, const struct queue_rcpt *r)
{
	auto_buf was = BUF_INIT(2000), b = BUF_INIT(3000);
	struct str type;

	if (!dsn_orcpt(&was, r->orcpt, true, &type))
		return;
	buf_printf(&b, "(You wrote to %.*s, which goes on to ",
	    STR_FMT(buf_get(&was)));
	if (!str_eqi(buf_get(&was), r->address))
		buf_str(&b, r->address);
	else if (d->item->stranger)
		buf_lit(&b, "another address");
	else
		return;
	buf_lit(&b, ".)");
	put_paragraph(out, "  ", buf_get(&b));
}

static void
put_rcpt(struct buf *out, const struct dsn *d, const struct queue_rcpt *r)
{
	const struct dsn_outcome *o = dsn_outcome(r);

	buf_lit(out, "\r\n<");
	dsn_put_safe(out, r->address, false);
	buf_lit(out, ">\r\n");
	put_written(out, d, r);
	put_paragraph(out, "  ", str_c(o->sentence));
	if (o->class == '2')
		return;
	put_paragraph(out, "  ", str_c(dsn_advice_for(r)->meaning));
	put_tries(out, d, r);
	put_said(out, r);
	put_what_next(out, d, r);
}

static void
put_intro(struct buf *out, const struct dsn *d)
{
	auto_buf subject = BUF_INIT(2000), b = BUF_INIT(2000);

	buf_lit(&b, "This is the mail system of ");
	buf_str(&b, d->hostname);
	buf_lit(&b, ". It reports on your message of ");
	time_rfc5322(&b, d->item->queued);
	put_paragraph(out, "", buf_get(&b));
	dsn_subject(&subject, d);
	if (subject.n > 0) {
		buf_reset(&b);
		buf_printf(&b, "\"%.*s\"", STR_FMT(buf_get(&subject)));
		put_paragraph(out, "  ", buf_get(&b));
	}
}

void
dsn_text(struct buf *out, const struct dsn *d)
{
	size_t told = d->nrcpts < TOLD_MAX ? d->nrcpts : TOLD_MAX;

	put_intro(out, d);
	for (size_t i = 0; i < told; i++)
		put_rcpt(out, d, &d->rcpts[i]);
	if (told < d->nrcpts)
		buf_printf(out, "\r\n... and %zu more; the attached report "
		    "has them all.\r\n", d->nrcpts - told);
	buf_lit(out, "\r\n");
	put_paragraph(out, "", STR("A program wrote this; an answer to it goes "
	    "to the postmaster. What follows is meant for programs, and a "
	    "copy of your message or its header."));
}
