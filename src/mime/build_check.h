/*
 * build_check.h - is what was built what was asked for? For the unit test and
 * the fuzz target: every look is one of the readers of this folder.
 */
#pragma once
#include "mime/build.h"
#include "mime/charset.h"
#include "mime/decode.h"
#include "mime/facts.h"
#include "mime/header.h"
#include "mime/param.h"
#include "mime/word.h"

static inline int
build_to_buf(void *arg, struct str octets, struct err *err unused_arg)
{
	buf_str(arg, octets);
	return 0;
}

/* Lines of 998 octets that end with CRLF, and nothing else. */
static inline void
build_check_lines(struct str s)
{
	while (s.n > 0) {
		size_t n = str_find(s, STR("\r\n"));
		struct str line = str_first(s, n);

		bug_if(n == s.n || n > 998);
		bug_if(str_chr(line, '\r') < n || str_chr(line, '\n') < n ||
		    str_chr(line, 0) < n);
		s = str_from(s, n + 2);
	}
}

/* Text as its readers show it. */
static inline void
build_check_clean(struct buf *out, struct str text)
{
	auto_buf b = BUF_INIT(text.n + 1);

	for (size_t i = 0; i < text.n; i++)
		buf_chr(&b, (unsigned char)text.p[i] < ' ' ||
		    text.p[i] == 0x7f ? ' ' : text.p[i]);
	utf8_put_clean(out, buf_get(&b));
}

static inline void
build_check_text(struct str header, struct str name, struct str text)
{
	struct str value = header_get(header, name);
	auto_buf got = BUF_INIT(8 * (value.n + text.n) + 64);
	auto_buf want = BUF_INIT(8 * (value.n + text.n) + 64);

	bug_if(!value.p);
	word_decode(&got, value);
	build_check_clean(&want, text);
	bug_if(buf_failed(&got) || buf_failed(&want));
	bug_if(!str_eq(buf_get(&got), buf_get(&want)));
}

static inline void
build_check_param(struct str value, struct str name, struct str text)
{
	struct arena *a = arena_new(8 << 20);
	auto_buf want = BUF_INIT(8 * text.n + 64);
	auto_buf got = BUF_INIT(8 * text.n + 64);
	struct str word, rest;

	bug_if(!param_word(value, &word, &rest));
	build_check_clean(&want, text);
	build_check_clean(&got, param_get(a, rest, name));
	bug_if(!str_eq(buf_get(&got), buf_get(&want)));
	arena_free(a);
}

/* What this part of the message holds, decoded. */
static inline void
build_check_octets(struct str message, const struct facts_part *p,
    struct str want)
{
	struct str body = str_first(str_from(message,
	    (size_t)(p->header_off + p->header_len)), (size_t)p->body_len);
	auto_buf got = BUF_INIT(body.n + 64);

	if (str_eqi(p->encoding, STR("base64")))
		decode_base64(&got, body);
	else if (str_eqi(p->encoding, STR("quoted-printable")))
		decode_qp(&got, body, false);
	else
		buf_str(&got, body);
	/* A message ends with a line end, its one part too. */
	if (got.n == want.n + 2 && p->depth == 0)
		got.n -= 2;
	bug_if(!str_eq(buf_get(&got), want));
}

static inline void
build_check_facts(struct str message, struct buf *record, struct facts *f)
{
	struct arena *a = arena_new(MIME_SCAN_ARENA);
	struct mime_scan *scan = mime_scan_new(a, NULL);

	mime_scan_feed(scan, message);
	mime_scan_finish(scan, record);
	bug_if(facts_decode(buf_get(record), f) < 0);
	arena_free(a);
}
