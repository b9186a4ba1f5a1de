#include "dns/hosts.h"

enum { CANDIDATES_MAX = 512, WHY_MAX = 400, NAME_SHOWN = 255 };

struct search {
	struct dns *dns;
	struct loop *loop;
	struct hosts *out;
	struct arena *a;	/* of the caller: what stays */
	int64_t until_ms;
	bool mx;		/* MX records are looked for first */
};

/* What went wrong, in words ------------------------------------------------ */

static struct str
words_of(const struct lookup_answer *answer)
{
	if (answer->security == DNS_BOGUS)
		return STR("bogus by DNSSEC");
	switch (answer->result) {
	case DNS_NXDOMAIN: return STR("no such name");
	case DNS_NODATA: return STR("it has no address");
	case DNS_BAD_NAME: return STR("it can be no domain name");
	}
	return STR("the lookup failed");
}

static struct str
say(struct arena *a, const char *what, const struct lookup_answer *answer)
{
	struct str words = words_of(answer);

	if (answer->why.n == 0 || answer->result == DNS_BAD_NAME)
		return arena_printf(a, "%s%.*s", what, STR_FMT(words));
	return arena_printf(a, "%s%.*s: %.*s", what, STR_FMT(words),
	    STR_FMT(str_first(answer->why, WHY_MAX)));
}

/* As resolver understood it (IDNA); what it could not, as it was said. */
static struct str
ascii_name(struct arena *a, const struct lookup_answer *answer,
    struct str said)
{
	if (answer->name.n > 0)
		return str_dup(a, answer->name);
	return str_lower(a, str_first(said, NAME_SHOWN));
}

static int
search_finish(struct search *s, enum hosts_result result, struct str why)
{
	s->out->result = result;
	s->out->why = why;
	return 0;
}

/* Addresses ---------------------------------------------------------------- */

/* One of the two lookups of a host, on a fiber of its own. */
struct half {
	struct search *s;
	struct str name;
	enum dns_type type;
	struct arena *a;
	struct lookup_answer answer;
	struct err err;
	int rc;
	struct fiber *waiter;
	bool done;
};

static void
look(struct half *h)
{
	h->rc = dns_lookup(h->s->dns, h->name, h->type, &h->answer, h->a,
	    h->s->until_ms, &h->err);
	/* Others may still be looked up by then. */
	if (h->rc == E_TIMEOUT)
		h->answer = (struct lookup_answer){ .result = DNS_FAILED,
			.why = STR("no answer in time") };
}

static void
look_fiber(void *arg)
{
	struct half *h = arg;

	look(h);
	h->done = true;
	fiber_wake(h->s->loop, h->waiter);
}

/* IPv6 and IPv4 in turn; a failed half says so in its result. */
static void
take_addresses(struct host *host, const struct lookup_answer *v6,
    const struct lookup_answer *v4)
{
	struct rd r[2] = { rd_of(v6->records), rd_of(v4->records) };
	struct dns_record row;

	while (host->naddresses < ADDRESSES_MAX &&
	    (rd_left(&r[0]) > 0 || rd_left(&r[1]) > 0)) {
		for (size_t i = 0; i < 2; i++) {
			struct host_address *to =
			    &host->address[host->naddresses];

			if (host->naddresses == ADDRESSES_MAX ||
			    rd_left(&r[i]) == 0 ||
			    !msg_take(&r[i], &dns_record_shape, &row) ||
			    row.data.n != (i == 0 ? 16 : 4))
				continue;
			to->v6 = i == 0;
			memcpy(to->octets, row.data.p, row.data.n);
			host->naddresses++;
		}
	}
}

/* Where a chain of CNAMEs led to, or the name itself. */
static struct str
canonical_of(struct arena *a, const struct lookup_answer *answer,
    struct str name)
{
	return answer->result == DNS_OK && answer->canonical.n > 0 ?
	    str_dup(a, answer->canonical) : name;
}

/* RFC 7672 2.2.2: insecure addresses mean that TLSA records are not asked for.
 * So one half that fails must not be what makes the other one insecure. */
static bool
is_secure(const struct lookup_answer *v6, const struct lookup_answer *v4)
{
	return (v6->result == DNS_FAILED || v6->security == DNS_SECURE) &&
	    (v4->result == DNS_FAILED || v4->security == DNS_SECURE);
}

/* *failed is set if it may have addresses that we could not learn. */
static void
host_weigh_addresses(struct search *s, struct host *host,
    const struct lookup_answer *v6, const struct lookup_answer *v4,
    bool *failed)
{
	const struct lookup_answer *worse =
	    v4->result == DNS_FAILED || v6->result != DNS_FAILED ? v4 : v6;

	take_addresses(host, v6, v4);
	host->name = ascii_name(s->a, v4, host->name);
	host->bogus = v6->security == DNS_BOGUS || v4->security == DNS_BOGUS;
	host->ttl = v6->result == DNS_OK && (v4->result != DNS_OK ||
	    v6->ttl < v4->ttl) ? v6->ttl : v4->ttl;
	host->canonical = canonical_of(s->a,
	    v4->result == DNS_OK ? v4 : v6, host->name);
	host->secure = is_secure(v6, v4);
	if (host->naddresses > 0)
		return;
	host->secure = false;
	host->why = say(s->a, "", worse);
	if (worse->result == DNS_FAILED)
		*failed = true;
}

static int
find_addresses(struct search *s, struct host *host, bool *failed,
    struct err *err)
{
	struct half v6 = { .s = s, .name = host->name, .type = DNS_AAAA,
		.waiter = fiber_self(s->loop) };
	struct half v4 = { .s = s, .name = host->name, .type = DNS_A };
	struct fiber *other;

	v6.a = arena_new(DNS_ANSWER_MEMORY);
	v4.a = arena_new(DNS_ANSWER_MEMORY);
	other = fiber_spawn(s->loop, "aaaa", look_fiber, &v6);
	look(&v4);
	if (v4.rc == E_CANCELED && !v6.done)
		fiber_cancel(s->loop, other);
	fiber_wait_uncancelable(s->loop, &v6.done);
	if (v4.rc == E_TIMEOUT)
		v4.rc = 0;
	if (v6.rc == E_TIMEOUT)
		v6.rc = 0;
	if (v4.rc < 0)
		(void)err_set(err, v4.rc, "%s", v4.err.text);
	else if (v6.rc < 0)
		(void)err_set(err, v6.rc, "%s", v6.err.text);
	else
		host_weigh_addresses(s, host, &v6.answer, &v4.answer, failed);
	arena_free(v6.a);
	arena_free(v4.a);
	return v4.rc < 0 ? v4.rc : v6.rc;
}

static int
find_all_addresses(struct search *s, struct err *err)
{
	struct hosts *out = s->out;
	bool any = false, failed = false;

	for (size_t i = 0; i < out->n; i++) {
		int rc = find_addresses(s, &out->host[i], &failed, err);

		if (rc < 0)
			return rc;
		any = any || out->host[i].naddresses > 0;
	}
	if (any)
		return search_finish(s, HOSTS_OK, STR(""));
	if (failed)
		return search_finish(s, HOSTS_FAILED, arena_printf(s->a,
		    "no address of %.*s could be looked up: %.*s",
		    STR_FMT(out->host[0].name), STR_FMT(out->host[0].why)));
	return search_finish(s, HOSTS_NO_ADDRESS, arena_printf(s->a, out->mx ?
	    "none of its mail hosts has an address (%.*s: %.*s)" : s->mx ?
	    "there are neither MX records nor addresses of %.*s (%.*s)" :
	    "%.*s: %.*s", STR_FMT(out->host[0].name),
	    STR_FMT(out->host[0].why)));
}

/* The order ---------------------------------------------------------------- */

struct candidate {
	uint32_t preference;
	uint64_t lot;		/* random among equals */
	struct str name;
};

static int
compare(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->preference != y->preference)
		return x->preference < y->preference ? -1 : 1;
	return x->lot < y->lot ? -1 : x->lot > y->lot;
}

static bool
is_self(const struct self *self, struct str name)
{
	for (size_t i = 0; self && i < self->n; i++)
		if (str_eqi(self->names[i], name))
			return true;
	return false;
}

/* How many stand before ourselves, and before our equals: RFC 5321 5.1. */
static size_t
cut(const struct candidate *c, size_t n, const struct self *self)
{
	size_t i = 0;

	while (i < n && !is_self(self, c[i].name))
		i++;
	if (i == n)
		return n;
	for (uint32_t ours = c[i].preference; i > 0 &&
	    c[i - 1].preference == ours; )
		i--;
	return i;
}

static size_t
read_candidates(struct search *s, struct str records, struct candidate *c)
{
	struct rd r = rd_of(records);
	struct dns_record row;
	size_t n = 0;

	while (rd_left(&r) > 0 && n < CANDIDATES_MAX &&
	    msg_take(&r, &dns_record_shape, &row)) {
		if (row.data.n == 0)
			continue; /* "." beside others: RFC 7505 3 */
		c[n++] = (struct candidate){ row.preference,
			loop_random64(s->loop), row.data };
	}
	qsort(c, n, sizeof(*c), compare);
	return n;
}

static bool
has_host(const struct hosts *out, struct str name)
{
	for (size_t i = 0; i < out->n; i++)
		if (str_eq(out->host[i].name, name))
			return true;
	return false;
}

static void
add_host(struct search *s, uint32_t preference, struct str name)
{
	struct hosts *out = s->out;

	if (out->n < HOSTS_MAX && !has_host(out, name))
		out->host[out->n++] = (struct host){ .preference = preference,
			.name = str_dup(s->a, name) };
}

/* True: there is something to look up. */
static bool
choose(struct search *s, struct str records, const struct self *self)
{
	struct arena *a = arena_new(CANDIDATES_MAX * 64);
	struct candidate *c = arena_array(a, CANDIDATES_MAX, sizeof(*c));
	size_t all = read_candidates(s, records, c), n = cut(c, all, self);

	for (size_t i = 0; i < n; i++)
		add_host(s, c[i].preference, c[i].name);
	arena_free(a);
	if (all == 0)
		(void)search_finish(s, HOSTS_NULL_MX, STR("it takes no mail"));
	else if (n == 0)
		(void)search_finish(s, HOSTS_LOOP,
		    STR("we are the best of its mail hosts"));
	return n > 0;
}

/* No MX: its own addresses, as one host with preference 0 (RFC 5321 5.1). */
static bool
choose_itself(struct search *s, const struct self *self)
{
	if (is_self(self, s->out->name)) {
		(void)search_finish(s, HOSTS_LOOP,
		    STR("it has no MX, and we are the host of that name"));
		return false;
	}
	add_host(s, 0, s->out->name);
	return true;
}

/* True: there is something to look up; else the result is there. */
static bool
by_mx(struct search *s, const struct lookup_answer *mx,
    const struct self *self)
{
	s->out->name = ascii_name(s->a, mx, s->out->name);
	s->out->canonical = canonical_of(s->a, mx, s->out->name);
	s->out->secure = mx->security == DNS_SECURE;
	s->out->ttl = mx->ttl;
	switch (mx->result) {
	case DNS_OK:
		s->out->mx = true;
		return choose(s, mx->records, self);
	case DNS_NODATA:
		return choose_itself(s, self);
	case DNS_FAILED:
		(void)search_finish(s, HOSTS_FAILED,
		    say(s->a, "MX records: ", mx));
		return false;
	default:
		(void)search_finish(s, HOSTS_NONE, say(s->a, "", mx));
		return false;
	}
}

static int
find_mx(struct search *s, const struct self *self, bool *go_on,
    struct err *err)
{
	struct arena *a = arena_new(DNS_ANSWER_MEMORY);
	struct lookup_answer mx;
	int rc = dns_lookup(s->dns, s->out->name, DNS_MX, &mx, a, s->until_ms,
	    err);

	if (rc == 0)
		*go_on = by_mx(s, &mx, self);
	arena_free(a);
	return rc;
}

static int
literal(struct search *s, struct str text)
{
	struct host *host = &s->out->host[0];

	s->out->name = str_lower(s->a, text);
	if (!host_literal_read(text, &host->address[0]))
		return search_finish(s, HOSTS_NONE, STR("no address literal"));
	host->name = s->out->name;
	host->naddresses = 1;
	s->out->n = 1;
	return search_finish(s, HOSTS_OK, STR(""));
}

static struct str
without_dot(struct str name)
{
	return str_endsi(name, STR(".")) ? str_first(name, name.n - 1) : name;
}

int
hosts_find(struct dns *d, struct loop *l, struct str domain, bool mx,
    const struct self *self, struct hosts *out, struct arena *a,
    int64_t until_ms, struct err *err)
{
	struct search s = { d, l, out, a, until_ms, mx };
	bool go_on = true;
	int rc = 0;

	memset(out, 0, sizeof(*out));
	if (domain.n > 0 && domain.p[0] == '[')
		return literal(&s, str_first(domain, 300));
	out->name = without_dot(domain);
	if (mx)
		rc = find_mx(&s, self, &go_on, err);
	else
		add_host(&s, 0, out->name);
	if (rc < 0 || !go_on)
		return rc;
	rc = find_all_addresses(&s, err);
	if (!mx) {
		out->name = out->host[0].name;
		out->canonical = out->host[0].canonical;
	}
	return rc;
}
