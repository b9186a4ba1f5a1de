#include "base/err.h"
#include "trust/dkim_check.h"
#include "trust/dkim_published.h"
#include "trust/dkim_signature.h"
#include "trust/dmarc.h"

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

/* A message, a NUL, and a record: no more is judged than there is, in pieces
 * as at once. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dkim_result whole[DKIM_SIGNATURES_MAX],
	    pieces[DKIM_SIGNATURES_MAX];
	struct str text, record;
	struct trust_dns dns = { look_up, &record };
	struct dkim_check *c = dkim_check_new(NULL);
	struct arena *a = arena_new(8 << 20);
	struct dmarc_answer answer;
	struct str proven = STR("a.example.org");
	struct dmarc_ask ask = { .dns = &dns, .from = STR("x.b.example.org"),
		.spf = STR("example.org"), .dkim = &proven, .ndkim = 1 };
	struct dkim_key key;
	size_t n;

	(void)str_cut(str_make((const char *)data, size), '\0', &text,
	    &record);
	dkim_check_feed(c, text);
	n = dkim_check_finish(c, &dns, 1, a, whole);
	dkim_check_free(c);
	c = dkim_check_new(NULL);
	for (size_t i = 0; i < text.n; i += PIECE)
		dkim_check_feed(c, str_first(str_from(text, i), PIECE));
	bug_if(dkim_check_finish(c, &dns, 1, a, pieces) != n);
	dkim_check_free(c);
	for (size_t i = 0; i < n; i++)
		bug_if(whole[i].verdict != pieces[i].verdict);
	if (dkim_key_parse(record, &key) || key.revoked)
		bug_if(dkim_is_record(record, STR("v=DKIM1; p=AAAA")));
	if (dkim_is_record(record, record))
		bug_if(!dkim_is_record(record, arena_printf(a,
		    "k=%s; p=%.*s", key.ed25519 ? "ed25519" : "rsa",
		    STR_FMT(key.octets))));
	dmarc_check(&ask, a, &answer);
	bug_if(answer.policy != DMARC_P_NONE && answer.verdict != DMARC_FAIL);
	arena_free(a);
	return 0;
}
