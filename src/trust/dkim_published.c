#include "trust/dkim_published.h"

#include "mime/decode.h"
#include "trust/dkim_signature.h"

enum { KEY_MAX = 2048, RECORD_MAX = 16384 };

/* White space may stand in it anywhere. */
static bool
is_same_key(struct str one, struct str two)
{
	auto_buf a = BUF_INIT(KEY_MAX), b = BUF_INIT(KEY_MAX);

	decode_base64(&a, one);
	decode_base64(&b, two);
	return !buf_failed(&a) && !buf_failed(&b) && a.n > 0 &&
	    str_eq(buf_get(&a), buf_get(&b));
}

/* t=y: others may treat the mail as if it were not signed (RFC 6376 3.6.1). */
bool
dkim_is_record(struct str found, struct str record)
{
	struct dkim_key is, wanted;

	return found.n <= RECORD_MAX && !dkim_key_parse(found, &is) &&
	    !dkim_key_parse(record, &wanted) &&
	    is.ed25519 == wanted.ed25519 && !is.testing &&
	    (!is.hashes.p || tags_has_word(is.hashes, STR("sha256"))) &&
	    is_same_key(is.octets, wanted.octets);
}

/* Of several records nobody knows which is taken. */
enum dkim_published
dkim_published(const struct trust_dns *dns, struct str domain,
    struct str selector, struct str record, struct arena *a)
{
	struct lookup_answer answer = { 0 };
	struct dns_record one;
	size_t n = 0;
	bool all = true;
	struct rd r;

	dns->lookup(dns->arg, arena_printf(a, "%.*s._domainkey.%.*s",
	    STR_FMT(selector), STR_FMT(domain)), DNS_TXT, &answer, a);
	if (answer.result == DNS_FAILED)
		return DKIM_PUBLISHED_UNSURE;
	r = rd_of(answer.result == DNS_OK ? answer.records : STR_NULL);
	while (rd_left(&r) > 0 && msg_take(&r, &dns_record_shape, &one)) {
		all = all && dkim_is_record(one.data, record);
		n++;
	}
	if (n == 0)
		return DKIM_NOT_PUBLISHED;
	return all ? DKIM_IS_PUBLISHED : DKIM_OTHER_PUBLISHED;
}

const char *
dkim_published_words(enum dkim_published is)
{
	static const char *const words[] = {
		[DKIM_IS_PUBLISHED] = "in DNS",
		[DKIM_NOT_PUBLISHED] = "not in DNS",
		[DKIM_OTHER_PUBLISHED] = "not what is in DNS",
		[DKIM_PUBLISHED_UNSURE] = "not to be found: DNS fails",
	};

	return words[is];
}
