#include "policy/feedback_file.h"

#include <stdlib.h>

#include "mime/transfer.h"
#include "policy/feedback_int.h"

enum { PIECE = 8192, BEGINNING = 64 };

struct feedback_file {
	struct transfer transfer;
	struct buf octets;
	bool found, over;	/* it is one; no more of it is wanted */
};

struct feedback_file *
feedback_file_new(void)
{
	struct feedback_file *f = calloc(1, sizeof(*f));

	bug_if(!f);
	f->octets = BUF_INIT(FEEDBACK_FILE_MAX + 2 * PIECE);
	return f;
}

struct str
feedback_begins(struct str s)
{
	size_t i = str_starts(s, STR("\xef\xbb\xbf")) ? 3 : 0;

	while (i < s.n && (ascii_is_wsp(s.p[i]) || s.p[i] == '\r' ||
	    s.p[i] == '\n'))
		i++;
	return str_from(s, i);
}

/* Four octets decide, whatever it is called. */
static bool
looks_like_one(struct str s)
{
	if (str_starts(s, STR("\x1f\x8b")) || str_starts(s, STR("PK\3\4")))
		return true;
	s = feedback_begins(s);
	return s.n > 0 && (s.p[0] == '<' || s.p[0] == '{');
}

/* Not the words that people are to read. RFC 7489 7.2.1.1, RFC 8460 5.3 */
static bool
begin_part(void *arg, const struct mime_watched *part)
{
	struct feedback_file *f = arg;
	bool text = str_eqi(part->type, STR("text"));

	if (f->found || (!text && !str_eqi(part->type, STR("application"))) ||
	    (text && str_eqi(part->subtype, STR("html"))) ||
	    (text && str_eqi(part->subtype, STR("plain")) &&
	    part->name.n == 0))
		return false;
	f->transfer = transfer_of(part->encoding);
	f->over = false;
	return true;
}

static void
look(struct feedback_file *f, bool all)
{
	if (!f->found && (all || f->octets.n >= BEGINNING)) {
		f->found = looks_like_one(buf_get(&f->octets));
		f->over = !f->found;
		if (f->over)
			buf_reset(&f->octets);
	}
	f->over |= f->octets.n > FEEDBACK_FILE_MAX;
}

static void
part_octets(void *arg, struct str octets)
{
	struct feedback_file *f = arg;

	for (; octets.n > 0 && !f->over; octets = str_from(octets, PIECE)) {
		transfer_more(&f->transfer, str_first(octets, PIECE),
		    &f->octets);
		look(f, false);
	}
}

static void
end_part(void *arg)
{
	struct feedback_file *f = arg;

	if (f->over)
		return;
	transfer_end(&f->transfer, &f->octets);
	look(f, true);
}

struct mime_watch
feedback_file_watch(struct feedback_file *f)
{
	return (struct mime_watch){ f, begin_part, part_octets, end_part };
}

struct str
feedback_file_octets(const struct feedback_file *f)
{
	return f->found ? buf_get(&f->octets) : STR_NULL;
}

void
feedback_file_free(struct feedback_file *f)
{
	if (!f)
		return;
	buf_free(&f->octets);
	free(f);
}
