#include "smtp/data.h"

void
smtp_data_init(struct smtp_data *d, uint64_t max_octets)
{
	*d = (struct smtp_data){ .state = AT_LINE, .max_octets = max_octets };
}

void
smtp_data_init_chunks(struct smtp_data *d, uint64_t max_octets)
{
	smtp_data_init(d, max_octets);
	d->chunks = true;
}

void
smtp_data_init_binary(struct smtp_data *d, uint64_t max_octets)
{
	smtp_data_init_chunks(d, max_octets);
	d->binary = true;
}

void
smtp_data_fail(struct smtp_data *d, enum smtp_data_fault fault)
{
	if (d->fault == DATA_OK)
		d->fault = fault;
}

/* n octets of the line we are in, its CRLF not among them. */
static void
count_line(struct smtp_data *d, size_t n)
{
	if (n > SMTP_LINE_MAX - d->line_octets)
		smtp_data_fail(d, DATA_LONG_LINE);
	else
		d->line_octets += n;
}

static void
count_octets(struct smtp_data *d, size_t n)
{
	d->octets += n;
	if (d->max_octets > 0 && d->octets > d->max_octets)
		smtp_data_fail(d, DATA_TOO_BIG);
}

/* A piece of a line without LF. */
static void
look_at(struct smtp_data *d, const char *p, size_t n)
{
	if (n == 0)
		return;
	count_line(d, n);
	if (memchr(p, '\r', n))
		smtp_data_fail(d, DATA_BARE);
	if (memchr(p, 0, n))
		smtp_data_fail(d, DATA_NUL);
}

/* [p, end) begins inside a line. Goes on to just behind the next CRLF or to
 * the end, and leaves the state there. */
static const char *
rest_of_line(struct smtp_data *d, const char *p, const char *end)
{
	const char *lf = memchr(p, '\n', (size_t)(end - p));
	const char *stop = lf ? lf : end;
	bool cr = stop > p ? stop[-1] == '\r' : d->state == IN_LINE_CR;

	/* A CR from the last piece that something else follows now. */
	if (d->state == IN_LINE_CR && stop > p)
		smtp_data_fail(d, DATA_BARE);
	look_at(d, p, (size_t)(stop - p) - (stop > p && cr));
	if (!lf) {
		d->state = cr ? IN_LINE_CR : IN_LINE;
		return end;
	}
	if (!cr) {
		smtp_data_fail(d, DATA_BARE);
		count_line(d, 1);
		d->state = IN_LINE;
		return lf + 1;
	}
	d->state = AT_LINE;
	d->line_octets = 0;
	return lf + 1;
}

void
smtp_data_end(struct smtp_data *d)
{
	bug_if(!d->chunks);
	if (d->state == IN_LINE_CR)
		smtp_data_fail(d, DATA_BARE);
	d->state = AT_END;
}

/* A dot that means something begins here. */
static bool
at_dot(const struct smtp_data *d, const char *p, const char *end)
{
	return p < end && d->state == AT_LINE && !d->chunks && *p == '.';
}

/* A dot has begun the line. Stuffing, unless CRLF follows. */
static const char *
after_dot(struct smtp_data *d, const char *p)
{
	if (*p == '\r') {
		d->state = AT_DOT_CR;
		return p + 1;
	}
	d->state = IN_LINE;
	return p;
}

static const char *
after_dot_cr(struct smtp_data *d, const char *p)
{
	if (*p == '\n') {
		d->state = AT_END;
		return p + 1;
	}
	/* ".\r" and more: a bare CR. The CR itself is not given back, but
	 * nothing is any more. */
	smtp_data_fail(d, DATA_BARE);
	d->state = IN_LINE;
	return p;
}

/* Everything up to the next dot that begins a line. */
static const char *
data_run_of_text(struct smtp_data *d, const char *p, const char *end)
{
	if (d->binary)
		return end;
	while (p < end && !at_dot(d, p, end))
		p = rest_of_line(d, p, end);
	return p;
}

/* The dots that are not part of the message, and its end. */
static const char *
dots(struct smtp_data *d, const char *p, const char *end)
{
	if (at_dot(d, p, end)) {
		d->state = AT_DOT;
		p++;
	}
	if (p < end && d->state == AT_DOT)
		p = after_dot(d, p);
	if (p < end && d->state == AT_DOT_CR)
		p = after_dot_cr(d, p);
	return p;
}

bool
smtp_data_next(struct smtp_data *d, struct str *in, struct str *out)
{
	const char *p = in->p, *end = p ? p + in->n : p;

	while (p < end && d->state != AT_END) {
		const char *start = dots(d, p, end);

		if (d->state == AT_END || start == end) {
			p = start;
			continue;
		}
		p = data_run_of_text(d, start, end);
		if (p > start)
			count_octets(d, (size_t)(p - start));
		if (d->fault != DATA_OK || p == start)
			continue;
		*in = str_make(p, (size_t)(end - p));
		*out = str_make(start, (size_t)(p - start));
		return true;
	}
	*in = str_make(p, (size_t)(end - p));
	return false;
}

struct reply
smtp_data_reply(enum smtp_data_fault fault)
{
	static const struct reply table[DATA_FAULT_N] = {
		[DATA_BARE] = SMTP_REPLY_INIT(550, "5.6.0",
		    "Bare CR or LF in the message"),
		[DATA_NUL] = SMTP_REPLY_INIT(550, "5.6.0",
		    "NUL in the message"),
		[DATA_LONG_LINE] = SMTP_REPLY_INIT(550, "5.6.0",
		    "Line too long"),
		[DATA_TOO_BIG] = SMTP_REPLY_INIT(552, "5.3.4",
		    "Message too big"),
		[DATA_TOO_DEEP] = SMTP_REPLY_INIT(550, "5.6.0",
		    "Too many parts, or too long a header"),
	};

	bug_if(fault <= DATA_OK || fault >= DATA_FAULT_N);
	return table[fault];
}
