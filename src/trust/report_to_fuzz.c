#include "base/err.h"
#include "trust/report_to.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { RECORD_MAX = 4096 };

static void
look_up(void *arg, struct str name unused_arg, enum dns_type type unused_arg,
    struct lookup_answer *answer, struct arena *a)
{
	const struct dns_record row = { 0, *(const struct str *)arg };
	auto_buf b = BUF_INIT(2 * RECORD_MAX);

	msg_put(&b, &dns_record_shape, &row);
	*answer = (struct lookup_answer){ .result = DNS_OK,
		.records = str_dup(a, buf_get(&b)) };
}

/* A list of URIs, a line end, and what everybody says who is asked whether he
 * wants reports: what comes of it are plain addresses, each once. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rua, record;
	const struct trust_dns dns = { look_up, &record };
	struct report_to to[REPORT_TO_MAX];
	struct arena *a = arena_new(1 << 20);
	bool unsure;
	size_t n;

	(void)str_cut(str_first(str_make((const char *)data, size),
	    RECORD_MAX), '\n', &rua, &record);
	n = report_to_find(&dns, STR("example.org"), rua, a, to, &unsure);
	bug_if(n > REPORT_TO_MAX);
	for (size_t i = 0; i < n; i++) {
		struct str s = to[i].address;
		size_t at = str_rchr(s, '@');

		bug_if(at == 0 || at + 1 >= s.n || str_chr(s, '@') != at);
		for (size_t k = 0; k < s.n; k++)
			bug_if(s.p[k] <= ' ' || s.p[k] > '~' ||
			    strchr("<>,\"\\", s.p[k]));
	}
	bug_if(n == 2 && str_eq(to[0].address, to[1].address));
	arena_free(a);
	return 0;
}
