#include "dns/resolver.h"

#include <sys/mman.h>

#include "dns/events.h"
#include "dns/name.h"
#include "dns/packet.h"

enum { CLASS_IN = 1, SEC_BOGUS = 1, SEC_SECURE = 2 };

struct lookup {
	struct resolver *r;
	resolver_fn *fn;	/* NULL: it was answered, by the clock */
	void *arg;
	struct timer timer;
	enum dns_type type;
	struct list_link link;
	char name[DNS_NAME_MAX + 1];
};

struct resolver {
	struct loop *loop;
	struct ub_event_base *base;
	struct ub_ctx *ctx;
	struct arena *a;	/* of one answer */
	struct list lookups;
	size_t n;
};

/* Answers ----------------------------------------------------------------- */

/* The lookup stays until the library has done with it, too. */
static void
lookup_tell(struct lookup *k, struct lookup_answer *answer)
{
	resolver_fn *fn = k->fn;

	k->fn = NULL;
	timer_clear(k->r->loop, &k->timer);
	answer->name = str_c(k->name);
	if (answer->canonical.n == 0)
		answer->canonical = answer->name;
	if (fn)
		fn(k->arg, answer);
}

static void
tell_failed(struct lookup *k, enum dns_security security, struct str why)
{
	struct lookup_answer answer = { .result = DNS_FAILED,
		.security = security, .why = str_first(why, 300) };

	lookup_tell(k, &answer);
}

static struct str
name_of_rcode(uint32_t rcode)
{
	static const char *const names[] = { [1] = "format error",
		[2] = "its name servers failed or did not answer",
		[4] = "not implemented", [5] = "its name servers refused" };

	return rcode < NELEM(names) && names[rcode] ? str_c(names[rcode]) :
	    STR("an error of its name servers");
}

static void
tell_packet(struct lookup *k, struct str octets, enum dns_security security)
{
	struct lookup_answer answer = { .security = security };
	struct packet p;
	const char *why;

	if (!packet_parse(octets, str_c(k->name), k->type, &p, k->r->a,
	    &why)) {
		tell_failed(k, DNS_INSECURE, str_c(why));
		return;
	}
	answer.result = p.result;
	answer.ttl = p.ttl;
	answer.canonical = p.canonical;
	answer.records = p.records;
	if (p.result == DNS_FAILED) {
		answer.security = DNS_INSECURE;
		answer.why = name_of_rcode(p.rcode);
		answer.records = STR("");
	}
	lookup_tell(k, &answer);
}

static void
forget(struct lookup *k)
{
	timer_clear(k->r->loop, &k->timer);
	list_unlink(&k->link);
	k->r->n--;
	free(k);
}

/* Bogus data come with everything else as if they were good: that is looked
 * at first. */
static void
on_answer(void *arg, int rcode, void *packet, int len, int sec, char *why,
    int limited unused_arg)
{
	struct lookup *k = arg;

	arena_reset(k->r->a);
	if (!k->fn)
		;	/* too late */
	else if (sec == SEC_BOGUS)
		tell_failed(k, DNS_BOGUS, why && *why ? str_c(why) :
		    STR("DNSSEC validation failed"));
	else if (rcode != 0 && rcode != 3)
		tell_failed(k, DNS_INSECURE, name_of_rcode((uint32_t)rcode));
	else if (!packet || len < 0)
		tell_failed(k, DNS_INSECURE, STR("no answer"));
	else
		tell_packet(k, str_make(packet, (size_t)len),
		    sec == SEC_SECURE ? DNS_SECURE : DNS_INSECURE);
	forget(k);
}

static void
on_deadline(struct timer *t)
{
	struct lookup *k = container_of(t, struct lookup, timer);

	tell_failed(k, DNS_INSECURE,
	    STR("its name servers did not answer in time"));
}

/* Lookups ----------------------------------------------------------------- */

static struct lookup *
lookup_begin(struct resolver *r, struct str name, uint32_t type,
    resolver_fn *fn, void *arg)
{
	struct lookup *k = calloc(1, sizeof(*k));

	bug_if(!k || name.n > DNS_NAME_MAX);
	k->r = r;
	k->fn = fn;
	k->arg = arg;
	k->type = (enum dns_type)type;
	memcpy(k->name, name.p, name.n);
	list_append(&r->lookups, &k->link);
	r->n++;
	timer_set(r->loop, &k->timer, loop_now_ms(r->loop) + LOOKUP_MS,
	    on_deadline);
	return k;
}

static void
refuse(enum dns_result result, struct str why, resolver_fn *fn, void *arg)
{
	struct lookup_answer answer = { .result = result, .why = why };

	fn(arg, &answer);
}

static bool
is_known(uint32_t type)
{
	static const enum dns_type types[] = { DNS_A, DNS_AAAA, DNS_CNAME,
		DNS_MX, DNS_PTR, DNS_TLSA, DNS_TXT };

	for (size_t i = 0; i < NELEM(types); i++)
		if (types[i] == type)
			return true;
	return false;
}

void
resolver_lookup(struct resolver *r, const struct lookup_ask *ask,
    resolver_fn *fn, void *arg)
{
	struct lookup *k;
	struct str name;
	int rc;

	arena_reset(r->a);
	if (!dns_name(ask->name, r->a, &name)) {
		refuse(DNS_BAD_NAME, STR("it can be no domain name"), fn, arg);
		return;
	}
	if (!is_known(ask->type)) {
		refuse(DNS_FAILED, STR("no such type is looked up"), fn, arg);
		return;
	}
	if (r->n >= LOOKUPS_MAX) {
		refuse(DNS_FAILED, STR("too many lookups at once"), fn, arg);
		return;
	}
	k = lookup_begin(r, name, ask->type, fn, arg);
	rc = ub_resolve_event(r->ctx, k->name, (int)ask->type, CLASS_IN, k,
	    on_answer, NULL);
	if (rc == 0)
		return;
	/* Then it is not called. */
	tell_failed(k, DNS_INSECURE, str_c(ub_strerror(rc)));
	forget(k);
}

/* The context ------------------------------------------------------------- */

/* It wants a file; this one has no name. */
static int
configure(struct ub_ctx *ctx, struct str settings, struct err *err)
{
	int fd = memfd_create("resolver", MFD_CLOEXEC), rc = UB_READFILE;
	char path[32];

	if (fd < 0)
		return err_sys(err, E_IO, "memfd_create");
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (write(fd, settings.p, settings.n) == (ssize_t)settings.n)
		rc = ub_ctx_config(ctx, path);
	(void)close(fd);
	if (rc != 0)
		return err_set(err, E_INVALID, "the resolver's settings: %s",
		    ub_strerror(rc));
	return 0;
}

static void
on_warm(void *arg, const struct lookup_answer *answer unused_arg)
{
	*(bool *)arg = true;
}

/* A name it knows by itself (RFC 6761 6.4): makes it read every file it will
 * ever read, before it asks anybody. */
static int
warm(struct resolver *r, struct err *err)
{
	struct lookup_ask ask = { STR("postern.invalid"), DNS_A };
	bool done = false;
	struct lookup *k;
	int rc;

	k = lookup_begin(r, ask.name, ask.type, on_warm, &done);
	rc = ub_resolve_event(r->ctx, k->name, DNS_A, CLASS_IN, k, on_answer,
	    NULL);
	if (rc != 0) {
		forget(k);
		return err_set(err, E_INVALID, "the resolver's settings or "
		    "trust anchor: %s", ub_strerror(rc));
	}
	if (!done)
		return err_set(err, E_INVALID,
		    "the resolver asks for its own names");
	/* What it complains of later holds texts from outside. */
	(void)ub_ctx_debugout(r->ctx, NULL);
	return 0;
}

struct resolver *
resolver_new(struct loop *l, struct str settings, struct err *err)
{
	struct resolver *r = calloc(1, sizeof(*r));

	bug_if(!r);
	r->loop = l;
	r->a = arena_new(PACKET_MEMORY);
	r->base = events_new(l);
	r->ctx = ub_ctx_create_ub_event(r->base);
	if (!r->ctx)
		(void)err_set(err, E_IO, "no memory for the resolver");
	else if (configure(r->ctx, settings, err) == 0 && warm(r, err) == 0)
		return r;
	resolver_free(r);
	return NULL;
}

void
resolver_free(struct resolver *r)
{
	if (!r)
		return;
	list_each(struct lookup, k, &r->lookups, link)
		tell_failed(k, DNS_INSECURE, STR("the resolver is ending"));
	/* It may call back for what is under way, or not. */
	if (r->ctx)
		ub_ctx_delete(r->ctx);
	list_each(struct lookup, k, &r->lookups, link)
		forget(k);
	events_free(r->base);
	arena_free(r->a);
	free(r);
}
