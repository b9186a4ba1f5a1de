#include "trust/report_to.h"

#include "dns/name.h"
#include "trust/dmarc.h"
#include "trust/tags.h"

enum { URIS_LOOKED_AT = 10, ADDRESS_OCTETS_MAX = 320 };

/* ---- a URI --------------------------------------------------------------- */

static int
hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' :
	    ascii_lower(c) >= 'a' && ascii_lower(c) <= 'f' ?
	    ascii_lower(c) - 'a' + 10 : -1;
}

/* RFC 3986 2.1: "," and "!" stand there like that, too (RFC 7489 6.2). */
static bool
percent_decode(struct str s, struct arena *a, struct str *out)
{
	char *p = arena_alloc(a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		int c = (unsigned char)s.p[i];

		if (c == '%') {
			if (s.n - i < 3 || hex_digit(s.p[i + 1]) < 0 ||
			    hex_digit(s.p[i + 2]) < 0)
				return false;
			c = hex_digit(s.p[i + 1]) * 16 +
			    hex_digit(s.p[i + 2]);
			i += 2;
		}
		p[n++] = (char)c;
	}
	*out = str_make(p, n);
	return true;
}

/* atom *("." atom): what nobody has to quote.            RFC 5322 3.2.3 */
static bool
is_dot_atom(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' ||
		    strchr("()<>[]:;@\\,\"", s.p[i]) || (s.p[i] == '.' &&
		    (i == 0 || i + 1 == s.n || s.p[i - 1] == '.')))
			return false;
	return s.n > 0 && s.n <= 64;
}

static bool
is_host(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_alnum(s.p[i]) && !strchr("-._", s.p[i]))
			return false;
	return true;
}

/* [ "!" 1*DIGIT [ "k" / "m" / "g" / "t" ] ]               RFC 7489 6.4 */
static bool
parse_size(struct str s, uint64_t *out)
{
	static const char units[] = "kmgt";
	const char *unit = s.n > 0 ? strchr(units, ascii_lower(s.p[s.n - 1]))
	    : NULL;

	if (unit && *unit)
		s.n--;
	if (!str_u64(s, out) || *out > UINT32_MAX)
		return false;
	if (unit && *unit)
		*out <<= 10 * (unit - units + 1);
	return true;
}

bool
report_to_parse(struct str uri, struct arena *a, struct report_to *out)
{
	struct str scheme, rest, local, domain;
	size_t at = str_rchr(uri, '!');

	*out = (struct report_to){ 0 };
	if (!str_cut(uri, ':', &scheme, &rest) ||
	    !str_eqi(scheme, STR("mailto")))
		return false;
	if (at < uri.n && !parse_size(str_from(uri, at + 1),
	    &out->most_octets))
		return false;
	rest.n -= at < uri.n ? uri.n - at : 0;
	rest = str_first(rest, str_chr(rest, '?'));	/* header fields */
	if (!percent_decode(rest, a, &rest) || rest.n > ADDRESS_OCTETS_MAX)
		return false;
	local = str_first(rest, str_rchr(rest, '@'));
	if (!is_dot_atom(local) || !dns_name(str_from(rest, local.n + 1), a,
	    &domain) || !is_host(domain))
		return false;
	out->address = arena_printf(a, "%.*s@%.*s", STR_FMT(local),
	    STR_FMT(domain));
	return true;
}

/* ---- do they want it? ---------------------------------------------------- */

enum wanted { WANTED_NO, WANTED_YES, WANTED_UNSURE };

static struct str
host_of(const struct report_to *to)
{
	return str_from(to->address, str_rchr(to->address, '@') + 1);
}

/* 7.1, 8: another address of the same host. Else nobody gets it. */
static enum wanted
read_consent(struct str record, struct arena *a, struct report_to *to)
{
	struct str text = str_dup(a, record), rua;
	struct report_to other;
	struct tags t;

	if (!tags_parse(text, TAGS_LENIENT, &t) || t.n == 0 ||
	    !str_eq(t.tag[0].name, STR("v")) ||
	    !str_eq(t.tag[0].value, STR("DMARC1")))
		return WANTED_NO;
	rua = str_trim(tags_get(&t, STR("rua")));
	if (rua.n == 0)
		return WANTED_YES;
	rua = str_trim(str_first(rua, str_chr(rua, ',')));
	if (!report_to_parse(rua, a, &other) ||
	    !str_eq(host_of(&other), host_of(to)))
		return WANTED_NO;
	*to = other;
	return WANTED_YES;
}

static enum wanted
ask_consent(const struct trust_dns *dns, struct str domain, struct arena *a,
    struct report_to *to)
{
	struct arena *scratch = arena_new(DNS_ANSWER_MEMORY);
	struct lookup_answer answer = { 0 };
	enum wanted wanted = WANTED_NO;
	struct dns_record record;
	struct rd r;

	dns->lookup(dns->arg, arena_printf(a, "%.*s._report._dmarc.%.*s",
	    STR_FMT(domain), STR_FMT(host_of(to))), DNS_TXT, &answer, scratch);
	r = rd_of(answer.records);
	while (wanted == WANTED_NO &&
	    msg_take(&r, &dns_record_shape, &record))
		wanted = read_consent(record.data, a, to);
	arena_free(scratch);
	return answer.result == DNS_FAILED ? WANTED_UNSURE : wanted;
}

static enum wanted
is_wanted(const struct trust_dns *dns, struct str domain, struct arena *a,
    struct report_to *to)
{
	struct str ours, theirs;

	if (str_eqi(domain, host_of(to)))
		return WANTED_YES;
	if (!dmarc_organization(dns, domain, a, &ours) ||
	    !dmarc_organization(dns, host_of(to), a, &theirs))
		return WANTED_UNSURE;
	return str_eqi(ours, theirs) ? WANTED_YES :
	    ask_consent(dns, domain, a, to);
}

static bool
is_named(const struct report_to *to, size_t n, struct str address)
{
	for (size_t i = 0; i < n; i++)
		if (str_eqi(to[i].address, address))
			return true;
	return false;
}

static struct str
next_uri(struct str *rua)
{
	struct str uri = *rua;

	if (!str_cut(*rua, ',', &uri, rua))
		*rua = STR_NULL;
	return str_trim(uri);
}

size_t
report_to_find(const struct trust_dns *dns, struct str domain,
    struct str rua, struct arena *a, struct report_to out[REPORT_TO_MAX],
    bool *unsure)
{
	size_t n = 0;

	*unsure = false;
	for (size_t i = 0; i < URIS_LOOKED_AT && rua.n > 0 &&
	    n < REPORT_TO_MAX; i++) {
		enum wanted wanted;

		if (!report_to_parse(next_uri(&rua), a, &out[n]))
			continue;
		wanted = is_wanted(dns, domain, a, &out[n]);
		*unsure |= wanted == WANTED_UNSURE;
		if (wanted == WANTED_YES && !is_named(out, n, out[n].address))
			n++;
	}
	return n;
}

/* ---- about TLS ----------------------------------------------------------- */

/* RFC 8460 3: exactly one record counts. */
static struct str
tls_rua(const struct lookup_answer *answer, struct arena *a)
{
	struct str rua = STR_NULL;
	struct dns_record record;
	size_t n = 0;
	struct rd r = rd_of(answer->records);
	struct tags t;

	while (msg_take(&r, &dns_record_shape, &record)) {
		if (!str_starts(record.data, STR("v=TLSRPTv1;")) ||
		    !tags_parse(record.data, TAGS_LENIENT, &t))
			continue;
		n++;
		rua = tags_get(&t, STR("rua"));
	}
	return n == 1 ? str_dup(a, rua) : STR_NULL;
}

size_t
report_to_tls(const struct trust_dns *dns, struct str domain,
    struct arena *a, struct report_to out[REPORT_TO_MAX], bool *unsure)
{
	struct arena *scratch = arena_new(DNS_ANSWER_MEMORY);
	struct lookup_answer answer = { 0 };
	struct str rua;
	size_t n = 0;

	dns->lookup(dns->arg, arena_printf(a, "_smtp._tls.%.*s",
	    STR_FMT(domain)), DNS_TXT, &answer, scratch);
	*unsure = answer.result == DNS_FAILED;
	rua = *unsure ? STR_NULL : tls_rua(&answer, a);
	arena_free(scratch);
	for (size_t i = 0; i < URIS_LOOKED_AT && rua.n > 0 &&
	    n < REPORT_TO_MAX; i++)
		if (report_to_parse(next_uri(&rua), a, &out[n]) &&
		    !is_named(out, n, out[n].address))
			n++;
	return n;
}
