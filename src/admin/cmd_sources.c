/*
 * cmd_sources.c - postern sources: do others know our addresses by the names
 * that we say?
 */
#include "admin/names.h"
#include "admin/table.h"
#include "relay/source.h"
#include "trust/iprev.h"

static const char usage[] =
    "usage: postern sources [--config FILE] [--json]\n\n"
    "The addresses that mail leaves from, those of pools, of relay and of\n"
    "routes, the name that each says in EHLO, and whether the reverse DNS has\n"
    "that name for it, and the name that address: many servers look. Exits 1\n"
    "if one of them has not.\n\n"
    "  --config FILE   of this file; by default ./postern.conf or\n"
    "                  /etc/postern/postern.conf\n";

struct sources_look {
	struct admin *a;
	const struct config *c;
	const struct trust_dns *dns;
	struct table t;
	bool bad;		/* one of them */
};

static struct str
state_of(struct sources_look *k, struct str address, struct str hello)
{
	struct arena *a = k->a->memory;
	struct iprev_answer answer = { 0 };
	struct ip ip;

	if (!ip_parse(address, &ip))
		return STR("no address");
	iprev_check(k->dns, &ip, a, &answer);
	if (answer.verdict == IPREV_PASS && str_eqi(answer.name, hello))
		return STR("good");
	k->bad = true;
	switch (answer.verdict) {
	case IPREV_PASS:
		return arena_printf(a, "its name is %.*s",
		    STR_FMT(answer.name));
	case IPREV_FAIL:
		return arena_printf(a, "its name is %.*s, which has another "
		    "address", STR_FMT(answer.name));
	case IPREV_TEMPERROR:
		return STR("DNS does not answer");
	default:
		return STR("it has no name in the reverse DNS");
	}
}

/* Empty addresses are none. */
static void
add_source(struct sources_look *k, struct str of, struct str address,
    struct str hello)
{
	struct str *cells;

	if (address.n == 0)
		return;
	hello = hello.n > 0 ? hello : k->c->hostname;
	cells = table_row(&k->t, k->a->memory);
	cells[0] = of;
	cells[1] = address;
	cells[2] = hello;
	cells[3] = state_of(k, address, hello);
}

static void
add_pools(struct sources_look *k)
{
	struct rd rd = rd_of(k->c->pools);
	struct pool_conf p;

	while (rd_left(&rd) > 0 && msg_take(&rd, &pool_conf_shape, &p)) {
		struct str of = arena_printf(k->a->memory, "pool %.*s",
		    STR_FMT(p.name));
		struct rd each = rd_of(p.addresses);
		struct source_conf s;

		while (rd_left(&each) > 0 &&
		    msg_take(&each, &source_conf_shape, &s))
			add_source(k, of, s.address,
			    s.hello.n > 0 ? s.hello : p.hello);
	}
}

static void
look_at_sources(void *arg, const struct trust_dns *dns)
{
	struct sources_look *k = arg;
	struct rd rd = rd_of(k->c->routes);
	struct route_conf row;

	k->dns = dns;
	add_pools(k);
	add_source(k, STR("relay"), k->c->source_v4, STR_NULL);
	add_source(k, STR("relay"), k->c->source_v6, STR_NULL);
	while (rd_left(&rd) > 0 && msg_take(&rd, &route_conf_shape, &row)) {
		struct str of = arena_printf(k->a->memory, "route %.*s",
		    STR_FMT(row.match));

		add_source(k, of, row.source_v4, STR_NULL);
		add_source(k, of, row.source_v6, STR_NULL);
	}
}

int
cmd_sources(struct admin *a, int argc, char **argv)
{
	static const struct table_column columns[] = { { "of", false },
		{ "address", false }, { "hello", false, true },
		{ "state", false } };
	struct sources_look k = { .a = a,
		.t = { .columns = columns, .ncolumns = NELEM(columns) } };
	struct options o = { 0 };
	struct err err = { 0 };
	struct names *names;
	int n = options_read(&o, argc, argv, usage, "config json");

	if (n < 0)
		return o.code;
	if (argc > n)
		return options_wrong(argc, argv, n, usage);
	if (names_open(a, &o, &names, &err) < 0)
		return admin_fail("sources", "%s", err.text);
	k.c = names_config(names);
	names_ask(names, look_at_sources, &k);
	names_close(names);
	if (k.t.nrows > 0 || o.json)
		table_print(&k.t, o.json);
	else
		printf("Mail leaves from whichever address the system takes: "
		       "see pool in postern.conf(5).\n");
	return k.bad ? 1 : 0;
}
