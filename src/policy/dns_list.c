#include "policy/dns_list.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include "base/err.h"

enum { LIST_NAME_MAX = 64 + 180, REASON_MAX = 200, LIST_WORDS_MAX = 300,
	WORDS_MAX = 160 /* a part of what a verdict says */ };

const char *
dns_list_then_name(enum dns_list_then then)
{
	static const char *const names[] = { [DNS_LIST_REFUSE] = "refuse",
		[DNS_LIST_JUNK] = "junk",
		[DNS_LIST_HOLD] = "hold", [DNS_LIST_ALLOW] = "allow" };

	return then < NELEM(names) && names[then] ? names[then] : "";
}

struct str
dns_list_host_name(const struct ip *ip, struct str zone, struct arena *a)
{
	auto_buf b = BUF_INIT(LIST_NAME_MAX);

	for (size_t i = ip_bits(ip) / 8; i-- > 0;)
		if (ip->v6)
			buf_printf(&b, "%x.%x.", ip->octets[i] & 15,
			    ip->octets[i] >> 4);
		else
			buf_printf(&b, "%u.", ip->octets[i]);
	buf_str(&b, zone);
	return str_dup(a, buf_get(&b));
}

const char *
dns_list_of_name(enum dns_list_of of)
{
	static const char *const names[] = { [DNS_LIST_HOSTS] = "hosts",
		[DNS_LIST_DOMAINS] = "domains", [DNS_LIST_URLS] = "urls",
		[DNS_LIST_HASHES] = "hashes" };

	return of < NELEM(names) ? names[of] : "";
}

/* Nobody can turn it round, so a list may be public that has them. */
struct str
dns_list_hash_name(struct str address, struct str zone, struct arena *a)
{
	struct str s = str_lower(a, address);
	auto_buf b = BUF_INIT(LIST_NAME_MAX);
	unsigned char md[SHA_DIGEST_LENGTH];

	bug_if(!EVP_Digest(s.p, s.n, md, NULL, EVP_sha1(), NULL));
	buf_hex(&b, str_make((char *)md, sizeof(md)));
	buf_lit(&b, ".");
	buf_str(&b, zone);
	return str_dup(a, buf_get(&b));
}

/* Anything but 127.0.0.0/8 is what somebody says for names that are not there:
 * who bought a domain that was given up, or a resolver that helps. */
static enum dns_list_verdict
read_answers(struct str records, struct str counting, struct ip *which)
{
	enum dns_list_verdict verdict = DNS_LIST_NOT;
	struct rd r = rd_of(records);
	struct dns_record one;
	struct ip ip;

	while (rd_left(&r) > 0 && msg_take(&r, &dns_record_shape, &one)) {
		if (!ip_of_octets(one.data, &ip) ||
		    !ip_is_among(&ip, STR("127.0.0.0/8")))
			continue;
		if (ip_is_among(&ip, STR("127.255.255.0/24"))) {
			verdict = DNS_LIST_REFUSES;
			*which = ip;
		} else if (counting.n == 0 || ip_is_among(&ip, counting)) {
			*which = ip;
			return DNS_LIST_IS;
		}
	}
	return verdict;
}

enum dns_list_verdict
dns_list_ask(const struct dns_list_conf *list, struct str name,
    const struct trust_dns *dns, struct arena *a, struct ip *which)
{
	struct lookup_answer answer = { 0 };

	dns->lookup(dns->arg, name, DNS_A, &answer, a);
	if (answer.result == DNS_FAILED)
		return DNS_LIST_UNKNOWN;
	return answer.result == DNS_OK ? read_answers(answer.records,
	    list->answers, which) : DNS_LIST_NOT;
}

struct str
dns_list_reason(struct str name, const struct trust_dns *dns, struct arena *a)
{
	struct lookup_answer answer = { 0 };
	struct rd r;
	struct dns_record one;

	dns->lookup(dns->arg, name, DNS_TXT, &answer, a);
	r = rd_of(answer.records);
	if (answer.result != DNS_OK || !msg_take(&r, &dns_record_shape, &one))
		return STR_NULL;
	return str_trim(str_printable(a, one.data, REASON_MAX));
}

static struct str
words_of(const char *said, struct str what, const struct dns_list_conf *list,
    const struct ip *which, struct arena *a)
{
	auto_buf b = BUF_INIT(LIST_WORDS_MAX);

	buf_printf(&b, " list=%s (%.*s%s%.*s", said,
	    STR_FMT(str_first(what, 100)), what.n > 0 ? " on " : "",
	    STR_FMT(str_first(list->zone, 100)));
	if (which) {
		buf_lit(&b, ": ");
		ip_put(&b, which);
	}
	buf_lit(&b, ")");
	return str_dup(a, buf_get(&b));
}

/* What a list of this kind is asked about. */
static size_t
things_of(const struct dns_list_conf *list, const struct dns_list_who *who,
    struct arena *a, const struct str **things)
{
	struct str *host;
	auto_buf address = BUF_INIT(64);

	switch (list->of) {
	case DNS_LIST_DOMAINS:
		*things = who->domain;
		return DNS_LIST_NAMES;
	case DNS_LIST_URLS:
		*things = who->url;
		return who->nurls;
	case DNS_LIST_HASHES:
		*things = who->address;
		return DNS_LIST_NAMES;
	}
	host = arena_new_of(a, struct str);
	ip_put(&address, &who->ip);
	*host = str_dup(a, buf_get(&address));
	*things = host;
	return 1;
}

struct str
dns_list_name(const struct dns_list_conf *list, struct str what,
    struct arena *a)
{
	struct ip ip;

	if (list->of == DNS_LIST_HASHES)
		return dns_list_hash_name(what, list->zone, a);
	if (list->of != DNS_LIST_DOMAINS && ip_parse(what, &ip))
		return dns_list_host_name(&ip, list->zone, a);
	return arena_printf(a, "%.*s.%.*s", STR_FMT(what),
	    STR_FMT(list->zone));
}

static void
note_listing(const struct dns_list_conf *list, struct str what,
    struct str name, const struct ip *which, const struct trust_dns *dns,
    struct arena *a, struct dns_listing *out)
{
	out->then = (enum dns_list_then)list->then;
	out->what = str_dup(a, what);
	out->zone = list->zone;
	if (out->then == DNS_LIST_REFUSE)
		out->reason = dns_list_reason(name, dns, a);
	out->words = words_of(dns_list_then_name(out->then), what, list,
	    which, a);
}

/* Everything of a message that may be on this list. False: it is no use to ask
 * for more. */
static bool
look_one(const struct dns_list_conf *list, const struct dns_list_who *who,
    const struct trust_dns *dns, struct arena *a, struct dns_listing *out,
    struct buf *trouble)
{
	const struct str *things;
	size_t n = things_of(list, who, a, &things);
	struct ip which;

	for (size_t i = 0; i < n; i++) {
		bool again = things[i].n == 0;
		struct str name;

		for (size_t k = 0; k < i && !again; k++)
			again = str_eq(things[i], things[k]);
		if (again)
			continue;
		name = dns_list_name(list, things[i], a);
		switch (dns_list_ask(list, name, dns, a, &which)) {
		case DNS_LIST_IS:
			note_listing(list, things[i], name, &which, dns, a,
			    out);
			return false;
		case DNS_LIST_REFUSES:
			buf_str(trouble, words_of("refuses-us", STR_NULL, list,
			    &which, a));
			return true;
		case DNS_LIST_UNKNOWN:
			buf_str(trouble, words_of("unknown", STR_NULL, list,
			    NULL, a));
			return true;
		case DNS_LIST_NOT:
			break;
		}
	}
	return true;
}

void
dns_lists_look(struct str lists, const struct dns_list_who *who,
    const struct trust_dns *dns, struct arena *a, struct dns_listing *out)
{
	auto_buf trouble = BUF_INIT(DNS_LISTS_MAX * LIST_WORDS_MAX);
	struct rd r = rd_of(lists);
	struct dns_list_conf list;

	*out = (struct dns_listing){ 0 };
	while (rd_left(&r) > 0 && msg_take(&r, &dns_list_conf_shape, &list) &&
	    look_one(&list, who, dns, a, out, &trouble))
		;
	out->words = str_first(arena_printf(a, "%.*s%.*s",
	    STR_FMT(out->words), STR_FMT(buf_get(&trouble))), WORDS_MAX);
}
