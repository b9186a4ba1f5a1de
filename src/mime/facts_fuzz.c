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

static void
use(struct str rec, bool ours)
{
	auto_buf out = BUF_INIT(MIME_RECORD_MAX);
	struct facts f;
	struct str id;

	if (facts_decode(rec, &f) < 0) {
		bug_if(ours);
		return;
	}
	while (facts_next_id(&f.references, &id))
		bug_if(ours && id.n == 0);
	if (facts_put_body(&f, &out) < 0)
		bug_if(ours);
	use_sections(&f);
	bug_if(ours && (!str_is_utf8(f.preview) || f.preview.n > 256));
	bug_if(ours && !str_is_utf8(f.base_subject));
	bug_if(ours && memchr(f.envelope.p, 0, f.envelope.n));
	bug_if(ours && memchr(f.bodystructure.p, 0, f.bodystructure.n));
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
