#include "base/err.h"
#include "mail/digest.h"
#include "mime/header.h"
#include "mail/submission_fixup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What comes out does not depend on how it was cut, which the first octet says;
 * behind the header it is what went in; and no blind copy is in the header. */
static void
pass(struct str text, size_t step, struct buf *got, struct arena *a)
{
	const struct submission_fixup_options o = {
		STR("mail.test"), STR("1"), STR("me@mail.test"),
		1795330855 };
	struct submission_fixup *t = submission_fixup_new(a, &o);
	struct digest *d = digest_new(NULL);
	struct signable signable;
	struct str in, out;

	for (size_t i = 0; i < text.n; i += step) {
		in = str_first(str_from(text, i), step);
		while (submission_fixup_next(t, &in, &out)) {
			buf_str(got, out);
			digest_feed(d, out);
		}
	}
	while (submission_fixup_rest(t, &out)) {
		buf_str(got, out);
		digest_feed(d, out);
	}
	if (digest_finish(d, a, &signable))
		bug_if(signable.nauthors == 0 ||
		    !str_starts(signable.header, STR("from:")));
	digest_free(d);
	submission_fixup_free(t);
}

static struct str
body_of(struct str text)
{
	struct header_field f;

	while (header_next(&text, &f))
		;
	return text;
}

static void
check_header(struct str in, struct str out)
{
	bug_if(!str_eq(body_of(in), body_of(out)));
	bug_if(header_get(out, STR("Bcc")).p ||
	    header_get(out, STR("Return-Path")).p);
	bug_if(!header_get(out, STR("From")).p ||
	    !header_get(out, STR("Date")).p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_make((const char *)data, size);
	auto_buf whole = BUF_INIT(size + 4096), cut = BUF_INIT(size + 4096);
	struct arena *a = arena_new(2 * DIGEST_ARENA);

	pass(text, size + 1, &whole, a);
	pass(text, size ? data[0] % 9 + 1 : 1, &cut, a);
	bug_if(!str_eq(buf_get(&whole), buf_get(&cut)));
	if (size < SUBMISSION_HEADER_MAX)
		check_header(text, buf_get(&whole));
	arena_free(a);
	return 0;
}
