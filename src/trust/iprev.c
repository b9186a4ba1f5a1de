#include "trust/iprev.h"

#include "dns/name.h"

struct str
iprev_word(enum iprev_verdict verdict)
{
	static const struct str words[] = { STR("none"), STR("pass"),
		STR("fail"), STR("temperror"), STR("permerror") };

	return words[verdict];
}

/* RFC 1035 3.5, RFC 3596 2.5 */
static struct str
reverse_name(const struct ip *ip, struct arena *a)
{
	auto_buf b = BUF_INIT(100);

	for (size_t i = ip_bits(ip) / 8; i-- > 0;) {
		unsigned octet = ip->octets[i];

		if (ip->v6)
			buf_printf(&b, "%x.%x.", octet & 15, octet >> 4);
		else
			buf_printf(&b, "%u.", octet);
	}
	buf_printf(&b, "%s.arpa", ip->v6 ? "ip6" : "in-addr");
	return str_dup(a, buf_get(&b));
}

static bool
has_address(const struct lookup_answer *answer, const struct ip *ip)
{
	struct rd r = rd_of(answer->records);
	struct dns_record record;

	while (msg_take(&r, &dns_record_shape, &record))
		if (str_eq(record.data, ip_octets(ip)))
			return true;
	return false;
}

/* Does it lead back? */
static enum iprev_verdict
look_forward(const struct trust_dns *dns, const struct ip *ip,
    struct str name)
{
	struct arena *scratch = arena_new(DNS_ANSWER_MEMORY);
	struct lookup_answer answer = { 0 };
	enum iprev_verdict verdict = IPREV_FAIL;

	dns->lookup(dns->arg, name, ip->v6 ? DNS_AAAA : DNS_A, &answer,
	    scratch);
	if (answer.result == DNS_FAILED)
		verdict = IPREV_TEMPERROR;
	else if (answer.result == DNS_OK && has_address(&answer, ip))
		verdict = IPREV_PASS;
	arena_free(scratch);
	return verdict;
}

/* Of several names one that is true is enough; else what DNS may have kept
 * from us counts more than a lie. */
static void
look_at_names(const struct trust_dns *dns, const struct ip *ip,
    struct str records, struct arena *a, struct iprev_answer *out)
{
	struct rd r = rd_of(records);
	struct dns_record record;
	struct str name;

	for (size_t i = 0; i < IPREV_NAMES_MAX &&
	    msg_take(&r, &dns_record_shape, &record); i++) {
		enum iprev_verdict verdict;

		if (!dns_name(record.data, a, &name))
			continue;
		verdict = look_forward(dns, ip, name);
		if (verdict == IPREV_PASS || out->name.n == 0)
			out->name = name;
		if (verdict == IPREV_PASS || out->verdict != IPREV_TEMPERROR)
			out->verdict = verdict;
		if (verdict == IPREV_PASS)
			return;
	}
}

void
iprev_check(const struct trust_dns *dns, const struct ip *ip,
    struct arena *a, struct iprev_answer *out)
{
	struct arena *scratch = arena_new(DNS_ANSWER_MEMORY + 1024);
	struct lookup_answer answer = { 0 };

	*out = (struct iprev_answer){ .verdict = IPREV_PERMERROR };
	dns->lookup(dns->arg, reverse_name(ip, scratch), DNS_PTR, &answer,
	    scratch);
	if (answer.result == DNS_FAILED)
		out->verdict = IPREV_TEMPERROR;
	else if (answer.result == DNS_OK)
		look_at_names(dns, ip, answer.records, a, out);
	arena_free(scratch);
}
