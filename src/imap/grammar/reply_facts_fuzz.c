/* First octet even: a message; odd: a record of facts from anywhere. Whatever
 * it is, the answer is one value of the grammar. */
#include "base/err.h"
#include "imap/grammar/reply_facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* "{n}" CRLF and n octets, none of them NUL */
static void
take_literal(struct rd *r)
{
	uint64_t n = rd_num64(r);
	struct str octets;

	bug_if(!rd_need(r, '}') || !rd_need(r, '\r') || !rd_need(r, '\n'));
	bug_if(n > rd_left(r));
	octets = rd_take(r, (size_t)n);
	bug_if(str_chr(octets, '\0') < octets.n);
}

static void
take_quoted(struct rd *r)
{
	int c;

	while ((c = rd_next(r)) != '"') {
		if (c == '\\') {
			c = rd_next(r);
			bug_if(c != '"' && c != '\\');
		}
		bug_if(c < ' ' || c > '~');
	}
}

/* How many values a list holds; 0: it is none. */
static size_t
take_value(struct rd *r, int depth)
{
	size_t n = 0;

	bug_if(depth > 1000);
	if (rd_opt(r, '"')) {
		take_quoted(r);
		return 0;
	}
	if (rd_opt(r, '{')) {
		take_literal(r);
		return 0;
	}
	if (!rd_opt(r, '(')) {
		if (!rd_opt_word(r, STR("NIL")))
			(void)rd_num64(r);
		bug_if(!rd_ok(r));
		return 0;
	}
	for (; !rd_opt(r, ')'); n++) {
		/* Bodies and addresses follow each other without a space. */
		if (n > 0 && rd_peek(r) != '(')
			bug_if(!rd_need(r, ' '));
		else
			(void)rd_opt(r, ' ');
		(void)take_value(r, depth + 1);
		bug_if(!rd_ok(r));
	}
	bug_if(n == 0);
	return n;
}

static size_t
count_values(const struct buf *b)
{
	struct rd r = rd_of(buf_get(b));
	size_t n = take_value(&r, 0);

	bug_if(buf_failed(b) || !rd_done(&r));
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_buf record = BUF_INIT(MIME_RECORD_MAX);
	auto_buf out = BUF_INIT(FACTS_REPLY_MAX);
	struct arena *a = arena_new(MIME_SCAN_ARENA + MIME_RECORD_MAX);
	struct str in = str_from(str_make((const char *)data, size), 1);
	struct facts f;

	if (size > 0 && data[0] % 2 == 0) {
		struct mime_scan *s = mime_scan_new(a, NULL);

		mime_scan_feed(s, in);
		mime_scan_finish(s, &record);
		in = buf_get(&record);
		bug_if(facts_decode(in, &f) < 0);
	}
	if (facts_decode(in, &f) == 0) {
		reply_envelope(&out, &f.envelope);
		bug_if(count_values(&out) != 10);
		buf_reset(&out);
		reply_structure(&out, a, &f, true);
		bug_if(count_values(&out) < 5);
		buf_reset(&out);
		reply_structure(&out, a, &f, false);
		bug_if(count_values(&out) < 2);
	}
	arena_free(a);
	return 0;
}
