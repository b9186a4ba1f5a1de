/*
 * A message of whatever texts and parts has the lines, fields and parts that
 * were asked for, and nothing else. An octet says what comes, one how much of
 * it.
 */
#include <stdio.h>
#include <stdlib.h>

#include "mime/build_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FIELDS = 8, PARTS = 8 };

struct asked {
	struct build_field fields[FIELDS];
	struct build_part parts[PARTS];
	char names[FIELDS][8];
	struct build_address people[FIELDS];
	size_t nfields, nparts;
};

static struct str
take(struct rd *r)
{
	size_t n = 4 * (size_t)rd_le8(r);

	return rd_take(r, n < rd_left(r) ? n : rd_left(r));
}

static void
ask_field(struct asked *q, uint8_t what, struct str s)
{
	struct build_field *f = &q->fields[q->nfields];

	(void)snprintf(q->names[q->nfields], 8, "X-%zu", q->nfields);
	*f = (struct build_field){ .name = str_c(q->names[q->nfields]),
		.form = what & 4 ? BUILD_ADDRESSES : BUILD_TEXT, .text = s };
	if (f->form == BUILD_ADDRESSES) {
		q->people[q->nfields].name = s;
		q->people[q->nfields].address = STR("a@example.org");
		f->addresses = &q->people[q->nfields];
		f->n = 1;
	}
	q->nfields++;
}

static void
ask_part(struct asked *q, uint8_t what, struct str s)
{
	struct build_part *p = &q->parts[q->nparts++];

	p->type = what & 4 ? STR("image/png") : STR("text/plain");
	p->octets = s;
	if (what & 8) {
		p->disposition = STR("attachment");
		p->name = str_first(s, what >> 2);
	}
}

static void
check_field(struct str message, const struct build_field *f)
{
	struct arena *a = arena_new(4 << 20);
	struct str value = header_get(message, f->name);
	struct address_list list;
	auto_buf got = BUF_INIT(1 << 20), want = BUF_INIT(1 << 20);

	if (f->form == BUILD_TEXT) {
		if (str_is_utf8(f->text))
			build_check_text(message, f->name, f->text);
	} else {
		list = address_parse(a, value, 10);
		bug_if(list.n != 1 ||
		    !str_eq(list.v[0].mailbox, STR("a")) ||
		    !str_eq(list.v[0].host, STR("example.org")));
		word_decode(&got, list.v[0].name);
		build_check_clean(&want, f->addresses->name);
		bug_if(str_is_utf8(f->addresses->name) &&
		    !str_eq(buf_get(&got), buf_get(&want)));
	}
	arena_free(a);
}

/* Line ends of a text are CRLF. */
static void
put_lines(struct buf *out, const struct build_part *p)
{
	struct str s = p->octets;

	for (size_t i = 0; i < s.n; i++)
		if (str_eq(p->type, STR("image/png")))
			buf_chr(out, s.p[i]);
		else if (s.p[i] == '\r' || (s.p[i] == '\n' &&
		    (i == 0 || s.p[i - 1] != '\r')))
			buf_lit(out, "\r\n");
		else if (s.p[i] != '\n')
			buf_chr(out, s.p[i]);
}

static void
check(const struct asked *q, struct str message)
{
	auto_buf record = BUF_INIT(MIME_RECORD_MAX);
	struct facts f;
	struct facts_walk w;
	struct facts_part p;
	size_t n = 0;

	build_check_lines(message);
	for (size_t i = 0; i < q->nfields; i++)
		check_field(message, &q->fields[i]);
	build_check_facts(message, &record, &f);
	bug_if(f.nparts != q->nparts + (q->nparts > 1));
	for (w = facts_walk_of(&f); facts_next_part(&w, &p);) {
		auto_buf want = BUF_INIT(4000);
		struct str header = str_first(str_from(message,
		    (size_t)p.header_off), (size_t)p.header_len);

		if (p.kind == PART_MULTIPART)
			continue;
		put_lines(&want, &q->parts[n]);
		build_check_octets(message, &p, buf_get(&want));
		if (q->parts[n].name.n > 0 && str_is_utf8(q->parts[n].name))
			build_check_param(header_get(header,
			    STR("Content-Disposition")), STR("filename"),
			    q->parts[n].name);
		n++;
	}
	bug_if(n != q->nparts);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd r = rd_of(str_make((const char *)data, size));
	struct asked *q = calloc(1, sizeof(*q));
	struct build_part all = { .type = STR("multipart/mixed") };
	auto_buf out = BUF_INIT(16 << 20);
	const struct build_options o = { .id = STR("0123abcd"),
		.host = STR("mx.example.org"), .emit = build_to_buf,
		.arg = &out };

	charset_prepare();
	while (rd_left(&r) > 1) {
		uint8_t what = rd_le8(&r);
		struct str s = take(&r);

		if (what & 1 && q->nfields < FIELDS)
			ask_field(q, what, s);
		else if (q->nparts < PARTS)
			ask_part(q, what, s);
	}
	all.parts = q->parts;
	all.nparts = q->nparts;
	if (q->nparts > 0) {
		bug_if(build_message(&o, q->fields, q->nfields,
		    q->nparts > 1 ? &all : q->parts, NULL) < 0);
		check(q, buf_get(&out));
	}
	free(q);
	return 0;
}
