/* May any message be answered? What is said of it stays in its bounds. */
#include <stdint.h>

#include "mail/answerable.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
look(struct str text, const struct facts *f)
{
	struct arena *a = arena_new(1 << 20);
	struct answerable got;

	answerable_read(text, f, a, &got);
	bug_if(got.named.n > NAMED_OCTETS_MAX ||
	    got.subject.n > ANSWER_SUBJECT_MAX || got.ids.n > ANSWER_IDS_MAX);
	bug_if(!str_is_utf8(got.subject) || !str_is_ascii(got.ids));
	bug_if(got.named.n > 0 && got.named.p[got.named.n - 1] != '\n');
	bug_if(got.named.n == 0 && got.subject.n + got.ids.n > 0);
	for (size_t i = 0; i < got.subject.n; i++)
		bug_if((unsigned char)got.subject.p[i] < ' ');
	for (size_t i = 0; i < got.ids.n; i++)
		bug_if((unsigned char)got.ids.p[i] < ' ');
	arena_free(a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str text = str_make((const char *)data, n);
	struct arena *a = arena_new(MIME_SCAN_ARENA);
	struct mime_scan *scan = mime_scan_new(a, NULL);
	struct buf record = BUF_INIT(MIME_RECORD_MAX);
	struct facts f;

	(void)answerable_sender(str_first(text, str_chr(text, '\r')));
	mime_scan_feed(scan, text);
	mime_scan_finish(scan, &record);
	bug_if(facts_decode(buf_get(&record), &f) < 0);
	look(text, &f);
	buf_free(&record);
	arena_free(a);
	return 0;
}
