#include "smtp/results_filter.h"

#include "smtp/valid_since.h"
#include "trust/results.h"

/* Fields that say what a server found: the one that all have, and the one that
 * only this program writes, which is ours whatever it says. And the one that
 * senders write for the last server. */
static const char *const names[] = { "authentication-results",
	"x-postern-verdict", "require-recipient-valid-since" };
enum { RESULTS, VERDICT, VALID_SINCE, NAME_MAX_OCTETS = 1000 };

void
results_filter_init(struct results_filter *f, struct str host)
{
	*f = (struct results_filter){ .host = host, .line_over = true,
		.state = BEFORE_ALL };
	buf_init(&f->held, RESULTS_FIELD_MAX);
	buf_init(&f->valid_since, VALID_SINCE_MAX);
}

void
results_filter_free(struct results_filter *f)
{
	buf_free(&f->held);
	buf_free(&f->valid_since);
}

/* What was held is not ours: it goes on. */
static bool
give_held(struct results_filter *f, struct str *out)
{
	*out = buf_get(&f->held);
	f->given = true;
	return out->n > 0;
}

/* Whole; what is one too many says nothing. */
static void
keep_valid_since(struct results_filter *f)
{
	if (f->held.n <= f->valid_since.cap - f->valid_since.n)
		buf_str(&f->valid_since, buf_get(&f->held));
}

/* The field is over: does it go? */
static bool
is_ours(struct results_filter *f)
{
	struct str field = buf_get(&f->held);

	if (f->name == VALID_SINCE) {
		keep_valid_since(f);
		return !f->passes_on;
	}
	return f->name == VERDICT || results_claim(str_from(field,
	    str_chr(field, ':') + 1), f->host);
}

/* A line begins with c. Unless it continues the field, that one is over: true
 * if it goes on. */
static bool
begin_line(struct results_filter *f, char c, struct str *out)
{
	bool keep = f->state == FIELD_RESULTS && !ascii_is_wsp(c) &&
	    !is_ours(f);

	f->line_over = false;
	if (ascii_is_wsp(c))
		return false;
	f->state = c == '\r' ? BODY : FIELD_UNKNOWN;
	f->matched = 0;
	if (keep)
		return give_held(f, out);
	buf_reset(&f->held);
	return false;
}

/* One octet of a name; true if what is held goes on. */
static bool
match_name(struct results_filter *f, struct str *in, struct str *out)
{
	char c = in->p[0];
	bool whole;

	if (f->matched == 0)
		f->name = ascii_lower(c) == 'x' ? VERDICT :
		    ascii_lower(c) == 'r' ? VALID_SINCE : RESULTS;
	whole = f->matched == strlen(names[f->name]);
	if (whole && c == ':') {
		f->state = FIELD_RESULTS;
	} else if (!whole && ascii_lower(c) == names[f->name][f->matched]) {
		f->matched++;
	} else if (!whole || !ascii_is_wsp(c)) {
		f->state = FIELD_OTHER;
		return give_held(f, out);
	}
	buf_chr(&f->held, c);
	*in = str_from(*in, 1);
	if (f->state == FIELD_UNKNOWN && f->held.n > NAME_MAX_OCTETS)
		f->state = FIELD_DROPPED;
	return false;
}

/* The rest of a line, of a field whose name is known. */
static bool
take_line(struct results_filter *f, struct str *in, struct str *out)
{
	size_t n = str_chr(*in, '\n');
	struct str piece;

	f->line_over = n < in->n;
	piece = str_first(*in, n + f->line_over);
	*in = str_from(*in, piece.n);
	if (f->state == FIELD_OTHER) {
		*out = piece;
		return true;
	}
	if (f->state == FIELD_RESULTS)
		buf_str(&f->held, piece);
	if (buf_failed(&f->held)) {
		f->state = FIELD_DROPPED;
		buf_reset(&f->held);
	}
	return false;
}

bool
results_filter_next(struct results_filter *f, struct str *in, struct str *out)
{
	if (f->given)
		buf_reset(&f->held);
	f->given = false;
	/* What would continue our own trace field is no header (RFC 5322 2.2):
	 * it begins the body. */
	if (f->state == BEFORE_ALL && in->n > 0) {
		f->state = ascii_is_wsp(in->p[0]) ? BODY : FIELD_OTHER;
		*out = STR("\r\n");
		if (f->state == BODY)
			return true;
	}
	while (in->n > 0) {
		bool any;

		if (f->state == BODY) {
			*out = *in;
			*in = str_from(*in, in->n);
			return true;
		}
		if (f->line_over)
			any = begin_line(f, in->p[0], out);
		else if (f->state == FIELD_UNKNOWN)
			any = match_name(f, in, out);
		else
			any = take_line(f, in, out);
		if (any)
			return true;
	}
	return false;
}

bool
results_filter_rest(struct results_filter *f, struct str *out)
{
	bool over = f->given;

	f->given = true;
	if (over || f->held.n == 0 || f->state == FIELD_DROPPED ||
	    (f->state == FIELD_RESULTS && is_ours(f)))
		return false;
	*out = buf_get(&f->held);
	return true;
}
