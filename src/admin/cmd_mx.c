/*
 * cmd_mx.c - postern mx: where mail for a domain goes.
 */
#include "admin/names.h"
#include "admin/table.h"
#include "dns/name.h"
#include "relay/security.h"
#include "trust/mta_sts.h"

static const char usage[] =
    "usage: postern mx [--from HOST] [--json] DOMAIN\n\n"
    "Where mail for DOMAIN goes: its mail hosts in the order they are tried,\n"
    "with their addresses, what DNSSEC says of both and how safe the way to\n"
    "each has to be, and the route of postern.conf if one leads another way.\n"
    "Exits 1 if mail can go nowhere now.\n\n"
    "  --from HOST   as that mail host sees it: what it tries, and what it\n"
    "                passes over, and why\n"
    WHICH_SERVER;

/* One look, and through whose eyes. */
struct look {
	struct admin *a;
	struct hosts *h;
	struct names *names;
	struct route route;	/* of postern.conf, or that by MX */
	struct security_policy policy;
	struct table t;
	bool private_ok;
	struct str from;	/* empty: nobody's */
	bool is_mx;		/* from is one of the hosts */
	uint32_t ours;		/* its preference, then */
	unsigned tried;
	struct str refused;	/* why a host must not be used now; empty */
};

static struct str
host_state(const struct host *host)
{
	if (host->bogus)
		return STR("bogus");
	return host->secure ? STR("secure") : STR("insecure");
}

static struct str
mx_state(const struct hosts *h)
{
	if (!h->mx)
		return STR("none");
	return h->secure ? STR("secure") : STR("insecure");
}

/* RFC 5321 5.1: ourselves and all that are no better are cut. */
static bool
passed_over(const struct look *k, const struct host *host, struct str *why)
{
	if (k->from.n == 0 || !k->is_mx || host->preference < k->ours)
		return false;
	if (str_eq(host->name, k->from))
		*why = STR("ourselves: cut");
	else if (host->preference == k->ours)
		*why = STR("our equal: cut");
	else
		*why = STR("behind ourselves in the order: cut");
	return true;
}

/* Does the domain say that it has a policy? What it says, and whether that
 * counts yet, is known to relay alone.                          RFC 8461 3.1 */
static void
look_for_policy(void *arg, const struct trust_dns *dns)
{
	struct look *k = arg;
	struct arena *a = arena_new(DNS_ANSWER_MEMORY + 1024);
	struct lookup_answer answer;
	struct dns_record record;
	struct rd r;

	dns->lookup(dns->arg, arena_printf(a, "_mta-sts.%.*s",
	    STR_FMT(k->h->name)), DNS_TXT, &answer, a);
	r = rd_of(answer.records);
	while (rd_left(&r) > 0 && msg_take(&r, &dns_record_shape, &record))
		k->policy.enforced |= sts_is_record(record.data);
	k->policy.names_host = true;
	arena_free(a);
}

/* How safe the way to the host i has to be. */
static int
find_security(struct look *k, size_t i, struct security *s, struct err *err)
{
	struct tlsa_set *tlsa = arena_new_of(k->a->memory, struct tlsa_set);
	int rc = 0;

	*s = (struct security){ 0 };
	if (k->h->host[i].naddresses == 0)
		return 0;
	if (names_config(k->names)->dane && k->route.published)
		rc = names_tlsa(k->names, k->h, i, k->route.port, tlsa, err);
	security_choose(&k->route, tlsa, &k->policy, s);
	return rc;
}

static struct str
mx_note(struct look *k, const struct host *host, const struct security *s,
    const struct host_address *address)
{
	struct str why;
	bool private = address && host_address_is_private(address);

	if (passed_over(k, host, &why))
		return why;
	if (!address)
		return arena_printf(k->a->memory, "no address: %.*s",
		    STR_FMT(host->why));
	if (private && !k->private_ok)
		return STR("private address: refused");
	if (s->refused.n > 0)
		return k->refused = s->refused;
	k->tried++;
	if (k->from.n == 0)
		return private ? STR("private address") : STR("");
	return arena_printf(k->a->memory, "tried %u", k->tried);
}

static void
add_row(struct look *k, const struct host *host, const struct security *s,
    const struct host_address *address)
{
	struct arena *a = k->a->memory;
	struct str *cells = table_row(&k->t, a);
	char room[48];

	cells[0] = arena_printf(a, "%u", host->preference);
	cells[1] = host->name;
	cells[2] = mx_state(k->h);
	cells[3] = arena_printf(a, "%u", k->h->ttl);
	cells[4] = address ? str_dup(a, host_address_text(address, room)) :
			     STR("");
	cells[5] = host_state(host);
	cells[6] = arena_printf(a, "%u", host->ttl);
	cells[7] = str_c(address ? security_need(s) : "");
	cells[8] = mx_note(k, host, s, address);
}

static int
add_rows(struct look *k, struct err *err)
{
	struct security security;
	int rc = 0;

	for (size_t i = 0; i < k->h->n && rc >= 0; i++) {
		const struct host *host = &k->h->host[i];

		rc = find_security(k, i, &security, err);
		for (size_t n = 0; n < host->naddresses; n++)
			add_row(k, host, &security, &host->address[n]);
		if (host->naddresses == 0)
			add_row(k, host, &security, NULL);
	}
	return rc;
}

static void
find_ourselves(struct look *k)
{
	for (size_t i = 0; i < k->h->n; i++)
		if (str_eq(k->h->host[i].name, k->from)) {
			k->is_mx = true;
			k->ours = k->h->host[i].preference;
		}
}

/* What no table says. */
static int
mx_conclude(const struct look *k, const char *domain)
{
	const struct hosts *h = k->h;

	if (h->result == HOSTS_NULL_MX)
		return admin_fail("mx", "%s takes no mail: null MX, %.*s "
		    "(RFC 7505)", domain, STR_FMT(mx_state(h)));
	if (h->result == HOSTS_NONE)
		return admin_fail("mx", "%s: no such domain: %.*s", domain,
		    STR_FMT(h->why));
	if (h->result == HOSTS_FAILED)
		return admin_fail("mx", "%s: DNS is in trouble, mail would "
		    "wait: %.*s", domain, STR_FMT(h->why));
	if (h->result != HOSTS_OK)
		return admin_fail("mx", "%s: %.*s", domain, STR_FMT(h->why));
	if (k->tried > 0)
		return 0;
	if (k->refused.n > 0)
		return admin_fail("mx", "%s: DNS is in trouble, mail would "
		    "wait: %.*s", domain, STR_FMT(k->refused));
	if (k->is_mx)
		return admin_fail("mx", "%s: mail from %.*s would come back "
		    "to itself", domain, STR_FMT(k->from));
	return admin_fail("mx", "%s: every address is private, and none is "
	    "tried", domain);
}

static int
mx_look(struct look *k, struct names *n, const char *domain, const char *from,
    struct err *err)
{
	int rc;

	if (from) {
		/* For its name as DNS has it. */
		rc = names_find(n, str_c(from), false, k->h, err);
		if (rc < 0)
			return rc;
		if (k->h->name.n == 0 || from[0] == '[')
			return err_set(err, E_INVALID, "--from wants the name "
			    "of a host");
		k->from = k->h->name;
	}
	rc = names_find(n, str_c(domain), true, k->h, err);
	if (rc < 0)
		return rc;
	find_ourselves(k);
	route_of(names_config(n), k->h->name, &k->route);
	if (names_config(n)->mta_sts && k->route.mx && k->h->n > 0)
		names_ask(n, look_for_policy, k);
	return add_rows(k, err);
}

/* A route of the configuration comes before what DNS says. 1: it was told,
 * and DNS has no say; E_DENIED: nothing is sent there. */
static int
told_route(struct look *k, const struct config *c, const char *domain,
    bool json)
{
	struct str name = str_lower(k->a->memory, str_c(domain));
	struct route r;

	(void)dns_a_label(name, k->a->memory, &name);
	route_of(c, name, &r);
	if (r.refuse.n > 0) {
		(void)admin_fail("mx", "%s: nothing is sent there, as a route "
		    "says: %.*s", domain, STR_FMT(r.refuse));
		return E_DENIED;
	}
	if (!json && r.egress.kind != EGRESS_DIRECT) {
		char *words = arena_alloc(k->a->memory, EGRESS_WORDS);

		printf("%sMail leaves by the proxy %.*s.\n",
		    k->t.nrows > 0 ? "\n" : "",
		    STR_FMT(egress_words(&r, STR_NULL, words)));
	}
	if (str_eqi(r.host, name))
		return 0;
	if (json)
		return 1;
	if (k->t.nrows > 0)
		putchar('\n');
	if (r.path.n > 0)
		printf("A route leads another way: by LMTP to the socket "
		       "%.*s.\n", STR_FMT(r.path));
	else
		printf("A route leads another way: to %.*s%s, port %u.\n",
		    STR_FMT(r.host), r.mx ? " (its MX)" : "", r.port);
	return 1;
}

int
cmd_mx(struct admin *a, int argc, char **argv)
{
	static const struct table_column columns[] = { { "preference", true },
		{ "host", false }, { "mx", false }, { "mx_ttl", true },
		{ "address", false }, { "dnssec", false }, { "ttl", true },
		{ "security", false }, { "note", false } };
	struct look k = { .a = a, .h = arena_new_of(a->memory, struct hosts),
		.t = { .columns = columns, .ncolumns = NELEM(columns) } };
	struct options o = { 0 };
	struct err err = { 0 };
	struct names *names;
	struct config *c = arena_new_of(a->memory, struct config);
	int n = options_read(&o, argc, argv, usage,
	    SERVER_OPTIONS " from"), rc;

	if (n < 0)
		return o.code;
	if (n + 1 != argc)
		return options_wrong(argc, argv, n, usage);
	if (names_open(a, &o, &names, &err) < 0)
		return admin_fail("mx", "%s", err.text);
	*c = *names_config(names);
	k.names = names;
	k.private_ok = !o.from || names_private(names);
	rc = mx_look(&k, names, argv[n], o.from, &err);
	names_close(names);
	if (rc < 0)
		return admin_fail("mx", "%s", err.text);
	if (k.t.nrows > 0 || o.json)
		table_print(&k.t, o.json);
	if (!o.from)
		rc = told_route(&k, c, argv[n], o.json);
	return rc < 0 ? 1 : rc > 0 ? 0 : mx_conclude(&k, argv[n]);
}
