#include "policy/feedback_int.h"

enum { ROW_MEMORY = 16384 };

struct str
feedback_words(struct arena *a, struct str text, size_t most)
{
	return str_printable(a, str_trim(text), most);
}

struct str
feedback_domain(struct arena *a, struct str text)
{
	struct str s = str_trim(text);

	if (s.n > 0 && s.p[s.n - 1] == '.')
		s.n--;
	if (s.n > 255)
		return STR_NULL;
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_alnum(s.p[i]) && s.p[i] != '-' &&
		    s.p[i] != '.' && s.p[i] != '_')
			return STR_NULL;
	return str_lower(a, s);
}

void
feedback_add(struct feedback_reading *r, const struct msg_shape *shape,
    const void *row, uint64_t n)
{
	if (r->head.nrows < FEEDBACK_ROWS_MAX &&
	    r->rows.cap - r->rows.n >= FEEDBACK_ROW_OCTETS) {
		msg_put(&r->rows, shape, row);
		r->head.nrows++;
		return;
	}
	r->head.rest += n;
}

/* What both kinds have to say. */
static int
look_at_head(const struct feedback_head *h, struct err *err)
{
	if (h->domain.n == 0)
		return err_set(err, E_INVALID, "it names no domain");
	if (h->id.n == 0 || h->org.n == 0)
		return err_set(err, E_INVALID, "it does not say which report "
		    "it is, or whose");
	if (h->begins <= 0 || h->ends < h->begins ||
	    (uint64_t)h->ends > FEEDBACK_COUNT_MAX)
		return err_set(err, E_INVALID, "it is of no time");
	return 0;
}

static int
read_text(struct feedback_reading *r, struct str text, uint64_t salt,
    struct err *err)
{
	struct str begins = feedback_begins(text);

	return str_starts(begins, STR("{")) ? feedback_json(r, begins, err) :
	    feedback_xml(r, text, salt, err);
}

int
feedback_read(struct str file, uint64_t salt, struct arena *a,
    struct feedback *out, struct err *err)
{
	auto_buf room = BUF_INIT(FEEDBACK_TEXT_MAX);
	struct feedback_reading r = { .a = a, .row = arena_new(ROW_MEMORY),
		.rows = BUF_INIT(FEEDBACK_ROWS_OCTETS) };
	struct str text;
	int rc = file.n > FEEDBACK_FILE_MAX ? err_set(err, E_LIMIT,
	    "its file has more than %d octets", FEEDBACK_FILE_MAX) :
	    feedback_unpack(file, &room, &text, err);

	if (rc == 0)
		rc = read_text(&r, text, salt, err);
	if (rc == 0)
		rc = look_at_head(&r.head, err);
	if (rc == 0) {
		out->head = r.head;
		out->rows = str_dup(a, buf_get(&r.rows));
	}
	buf_free(&r.rows);
	arena_free(r.row);
	return rc;
}
