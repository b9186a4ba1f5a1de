/* First octet even: a message, in pieces that the second octet sizes; odd: a
 * record from anywhere. */
#include "mime/facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
use_sections(const struct facts *f)
{
	for (uint32_t i = 0; i < 64; i++) {
		const uint32_t path[] = { 1 + i % 4, 1 + i / 4 % 4, 1 };
		uint64_t offset, len;

		if (facts_section(f, path, i % 4, (enum facts_what)(i / 16),
			&offset, &len) == 0)
			bug_if(offset > f->size || len > f->size - offset);
	}
}

/* Lists are read to their ends; ours hold nothing that is empty. */
static void
use_list(struct str list)
{
	struct address x;

	while (facts_next_address(&list, &x))
		bug_if(x.kind == ADDRESS_GROUP_END && x.name.n);
	bug_if(list.n > 0);
}

static void
use_parts(const struct facts *f)
{
	struct facts_walk w = facts_walk_of(f);
	struct facts_part p;
	uint32_t n = 0;

	while (facts_next_part(&w, &p)) {
		struct str name, value;

		bug_if(p.is_message != (n == 0) && p.depth == 0);
		bug_if(p.header_off + p.header_len + p.body_len > f->size);
		if (p.is_message) {
			use_list(p.envelope.from);
			use_list(p.envelope.to);
			use_list(p.envelope.bcc);
		}
		while (facts_next_param(&p.params, &name, &value))
			;
		bug_if(p.params.n > 0 || p.type.n == 0);
		n++;
	}
	bug_if(n != f->nparts);
}

/* Of it nothing is known to be well formed. */
static void
use_glance(struct str rec)
{
	struct address x;
	struct str text;
	struct facts f;

	if (facts_glance(rec, &f) < 0)
		return;
	bug_if(facts_brief(str_first(rec, FACTS_BRIEF), &f) < 0);
	bug_if(facts_glance(rec, &f) < 0);
	while (facts_next_address(&f.envelope.from, &x))
		continue;
	while (facts_next_text(&f.references, &text))
		continue;
	use_sections(&f);
}

static void
use(struct str rec, bool ours)
{
	struct facts f;
	struct str id;

	use_glance(rec);
	if (facts_decode(rec, &f) < 0) {
		bug_if(ours);
		return;
	}
	bug_if(facts_glance(rec, &f) < 0);
	while (facts_next_text(&f.references, &id))
		bug_if(ours && id.n == 0);
	bug_if(f.references.n > 0);
	use_parts(&f);
	use_sections(&f);
	bug_if(ours && (!str_is_utf8(f.preview) || f.preview.n > 256));
	bug_if(ours && !str_is_utf8(f.base_subject));
}

static void
scan(struct buf *out, struct str message, size_t piece)
{
	struct arena *a = arena_new(MIME_SCAN_ARENA);
	struct mime_scan *s = mime_scan_new(a, NULL);

	while (message.n > 0) {
		struct str now = str_first(message, piece);

		mime_scan_feed(s, now);
		message = str_from(message, now.n);
	}
	mime_scan_finish(s, out);
	bug_if(buf_failed(out));
	arena_free(a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_buf whole = BUF_INIT(MIME_RECORD_MAX);
	auto_buf cut = BUF_INIT(MIME_RECORD_MAX);
	struct str in = str_make((const char *)data, size);

	if (size < 2)
		return 0;
	if (data[0] % 2) {
		use(str_from(in, 1), false);
		return 0;
	}
	in = str_from(in, 2);
	scan(&whole, in, in.n);
	scan(&cut, in, data[1] + 1u);
	bug_if(!str_eq(buf_get(&whole), buf_get(&cut)));
	use(buf_get(&whole), true);
	return 0;
}
