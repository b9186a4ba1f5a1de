/*
 * A text as a program may write it. Whatever it is, what comes out is a header
 * of lines with CRLF, without Bcc, and recipients that SMTP takes; and lines
 * are the same however the text is cut.
 */
#include "sendmail/submit_header.h"
#include "sendmail/crlf.h"
#include "mime/header.h"
#include "smtp/path.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TEXT_MAX = 64 * 1024 };

static void
check_lines(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		bug_if(s.p[i] == '\0');
		bug_if(s.p[i] == '\r' && (i + 1 == s.n || s.p[i + 1] != '\n'));
		bug_if(s.p[i] == '\n' && (i == 0 || s.p[i - 1] != '\r'));
	}
}

static void
check_header(struct str block, struct submit_header *h)
{
	struct header_field f;
	struct path path;

	check_lines(block);
	bug_if(!str_endsi(block, STR("\r\n\r\n")));
	bug_if(header_get(block, STR("Bcc")).p);
	bug_if(!header_get(block, STR("From")).p);
	while (header_next(&block, &f))
		bug_if(f.name.n == 0);
	bug_if(block.n > 0);
	for (size_t i = 0; i < h->rcpts.n; i++)
		bug_if(!smtp_mailbox(h->rcpts.v[i], h->memory, &path));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_make((const char *)data,
	    size > TEXT_MAX ? TEXT_MAX : size);
	struct arena *a = arena_new(64 << 20);
	struct submit_header h = { .memory = a, .domain = STR("example.test"),
		.hostname = STR("mail.example.test"),
		.login = STR("root"), .name = STR("The \"Root\""),
		.id = STR("0123"), .to_header = true };
	auto_buf whole = BUF_INIT(2 * TEXT_MAX + 2);
	auto_buf cut = BUF_INIT(2 * TEXT_MAX + 2);
	auto_buf header = BUF_INIT(4 * TEXT_MAX + 4096);
	struct crlf x = { .dot_ends = true }, y = x;
	size_t from, end, body;

	crlf_feed(&x, text, &whole);
	crlf_finish(&x, &whole);
	for (size_t i = 0; i < text.n; i++)
		crlf_feed(&y, str_make(text.p + i, 1), &cut);
	crlf_finish(&y, &cut);
	bug_if(!str_eq(buf_get(&whole), buf_get(&cut)));
	check_lines(buf_get(&whole));
	bug_if(!crlf_header(buf_get(&whole), true, &from, &end, &body));
	bug_if(from > end || end > body || body > whole.n + 2);
	if (submit_header_write(&h, str_from(str_first(buf_get(&whole), end),
	    from), &header, NULL) == 0)
		check_header(buf_get(&header), &h);
	arena_free(a);
	return 0;
}
