/*
 * cmd_lists.c - postern lists: do the lists in DNS work, and who is on them?
 */
#include "admin/names.h"
#include "admin/table.h"
#include "dns/name.h"
#include "policy/dns_list.h"

static const char usage[] =
    "usage: postern lists [--config FILE] [--json] [WHO]\n\n"
    "The lists of postern.conf (dns-list), in the order they are asked, and\n"
    "whether each works: it has to have an entry for tests, and not to have\n"
    "everybody (RFC 5782 5). With WHO, an address of a host or of mail, or a\n"
    "domain: is it on them, and what do they say of it? Exits 1 if one of\n"
    "them cannot be used.\n\n"
    "  --config FILE   of this file; by default ./postern.conf or\n"
    "                  /etc/postern/postern.conf\n";

struct lists_look {
	struct admin *a;
	struct str lists;	/* struct dns_list_conf each */
	struct str what;	/* WHO */
	bool who, host, mail;	/* is given; an address of a host, of mail */
	struct table t;
	bool useless;		/* one of them */
};

/* An address that is on every list of its kind, one that is on none; of others
 * a name. */
static struct str
name_on(const struct lists_look *k, const struct dns_list_conf *list,
    const char *ip, const char *domain)
{
	return dns_list_name(list, str_c(list->of == DNS_LIST_HOSTS ? ip :
	    domain), k->a->memory);
}

static struct str
trouble(struct lists_look *k, enum dns_list_verdict verdict,
    const struct ip *which)
{
	auto_buf b = BUF_INIT(100);

	k->useless = true;
	if (verdict == DNS_LIST_UNKNOWN)
		return STR("does not answer");
	buf_lit(&b, "refuses to answer us: ");
	ip_put(&b, which);
	return str_dup(k->a->memory, buf_get(&b));
}

/* RFC 5782 5: 127.0.0.2 is on every list of hosts, TEST on every one of
 * domains; 127.0.0.1 and INVALID are on none. */
static struct str
works(struct lists_look *k, struct dns_list_conf list,
    const struct trust_dns *dns)
{
	enum dns_list_verdict test, nobody;
	struct ip which;

	list.answers = STR_NULL;
	test = dns_list_ask(&list, name_on(k, &list, "127.0.0.2", "test"),
	    dns, k->a->memory, &which);
	if (test == DNS_LIST_UNKNOWN || test == DNS_LIST_REFUSES)
		return trouble(k, test, &which);
	/* No address of mail is on every one: nothing says what to ask. */
	if (list.of == DNS_LIST_HASHES && test == DNS_LIST_NOT)
		return STR("answers");
	nobody = dns_list_ask(&list, name_on(k, &list, "127.0.0.1",
	    "invalid"), dns, k->a->memory, &which);
	if (nobody == DNS_LIST_NOT && test == DNS_LIST_IS)
		return STR("works");
	k->useless = true;
	return nobody == DNS_LIST_IS ? STR("has everybody on it: given up?") :
	    STR("has no entry for tests: is there such a list?");
}

/* Does a list of that kind have such things? */
static bool
fits(const struct lists_look *k, const struct dns_list_conf *list)
{
	if (list->of == DNS_LIST_HASHES)
		return k->mail;
	if (list->of == DNS_LIST_URLS)
		return !k->mail;
	return !k->mail && (list->of == DNS_LIST_HOSTS) == k->host;
}

static struct str
has(struct lists_look *k, const struct dns_list_conf *list,
    const struct trust_dns *dns)
{
	struct arena *a = k->a->memory;
	struct str name, reason;
	enum dns_list_verdict verdict;
	auto_buf b = BUF_INIT(500);
	struct ip which;

	if (!fits(k, list))
		return STR("not asked");
	name = dns_list_name(list, k->what, a);
	verdict = dns_list_ask(list, name, dns, a, &which);
	if (verdict == DNS_LIST_NOT)
		return STR("no");
	if (verdict != DNS_LIST_IS)
		return trouble(k, verdict, &which);
	reason = dns_list_reason(name, dns, a);
	buf_lit(&b, "yes: ");
	ip_put(&b, &which);
	buf_printf(&b, "%s%.*s", reason.n > 0 ? ", " : "", STR_FMT(reason));
	return str_dup(a, buf_get(&b));
}

static void
look_at_all(void *arg, const struct trust_dns *dns)
{
	struct lists_look *k = arg;
	struct rd r = rd_of(k->lists);
	struct dns_list_conf list;

	while (rd_left(&r) > 0 && msg_take(&r, &dns_list_conf_shape, &list)) {
		struct str *cells = table_row(&k->t, k->a->memory);

		cells[0] = list.zone;
		cells[1] = str_c(dns_list_of_name(
		    (enum dns_list_of)list.of));
		cells[2] = str_c(dns_list_then_name(
		    (enum dns_list_then)list.then));
		cells[3] = k->who ? has(k, &list, dns) : works(k, list, dns);
	}
}

/* Of names, lists of URLs have what was registered. */
static bool
read_who(struct lists_look *k, struct str who)
{
	struct ip ip;

	k->what = who;
	k->host = ip_parse(who, &ip);
	k->mail = str_chr(who, '@') < who.n;
	return k->host || (k->mail ? dns_address(who, k->a->memory, &k->what) :
	    dns_name(who, k->a->memory, &k->what));
}

int
cmd_lists(struct admin *a, int argc, char **argv)
{
	static const struct table_column columns[] = { { "list", false, true },
		{ "of", false }, { "then", false }, { "state", false } };
	struct lists_look k = { .a = a,
		.t = { .columns = columns, .ncolumns = NELEM(columns) } };
	struct options o = { 0 };
	struct err err = { 0 };
	struct names *names;
	int n = options_read(&o, argc, argv, usage, "config json");

	if (n < 0)
		return o.code;
	if (argc - n > 1)
		return options_wrong(argc, argv, n + 1, usage);
	k.who = argc > n;
	if (k.who && !read_who(&k, str_c(argv[n])))
		return admin_fail("lists", "\"%.80s\" is neither an address "
		    "nor a domain", argv[n]);
	if (names_open(a, &o, &names, &err) < 0)
		return admin_fail("lists", "%s", err.text);
	k.lists = names_config(names)->dns_lists;
	if (k.lists.n > 0)
		names_ask(names, look_at_all, &k);
	names_close(names);
	if (k.t.nrows > 0 || o.json)
		table_print(&k.t, o.json);
	else
		printf("No list is asked: see dns-list in postern.conf(5).\n");
	return k.useless ? 1 : 0;
}
