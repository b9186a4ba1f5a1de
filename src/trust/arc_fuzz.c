#include "base/err.h"
#include "trust/arc_check.h"
#include "trust/results.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PIECE = 61 };

/* The rest of the input is what DNS says, of any kind. */
static void
look_up(void *arg, struct str name unused_arg, enum dns_type type unused_arg,
    struct lookup_answer *answer, struct arena *a)
{
	const struct dns_record row = { 0, *(struct str *)arg };
	auto_buf b = BUF_INIT(65000);

	msg_put(&b, &dns_record_shape, &row);
	answer->result = buf_failed(&b) ? DNS_FAILED : DNS_OK;
	answer->records = str_dup(a, buf_get(&b));
}

static void
check(struct dkim_check *c, const struct trust_dns *dns, struct arena *a,
    struct arc_result *out)
{
	struct dkim_result ignored[DKIM_SIGNATURES_MAX];
	struct str who;

	(void)dkim_check_finish(c, dns, 1, a, ignored);
	arc_check(c, dns, 1, a, out);
	who = arc_vouched(out, STR("example.org two.example"),
	    STR("example.org"), a);
	bug_if(who.n > 0 && out->status != ARC_PASS);
	bug_if(out->status == ARC_FAIL && out->why.n == 0);
	bug_if(out->chain && out->chain->n > ARC_SETS_MAX);
}

/* A message, a NUL, and a record: no more is judged than there is, in pieces
 * as at once. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arc_result whole, pieces;
	struct str text, record, about;
	struct trust_dns dns = { look_up, &record };
	struct dkim_check *c = dkim_check_new(NULL);
	struct arena *a = arena_new(8 << 20);

	(void)str_cut(str_make((const char *)data, size), '\0', &text,
	    &record);
	dkim_check_feed(c, text);
	check(c, &dns, a, &whole);
	dkim_check_free(c);
	c = dkim_check_new(NULL);
	for (size_t i = 0; i < text.n; i += PIECE)
		dkim_check_feed(c, str_first(str_from(text, i), PIECE));
	check(c, &dns, a, &pieces);
	dkim_check_free(c);
	bug_if(whole.status != pieces.status);
	bug_if(!str_eq(whole.why, pieces.why));
	if (results_have(text, STR("dmarc"), STR("pass"), STR("header.from"),
	    &about))
		bug_if(about.n > 0 && (about.p < text.p ||
		    about.p + about.n > text.p + text.n));
	arena_free(a);
	return 0;
}
