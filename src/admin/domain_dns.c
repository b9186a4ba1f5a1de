/*
 * domain_dns.c - the DNS records that a domain needs.
 */
#include "admin/domain.h"
#include "admin/shown_keys.h"
#include "admin/table.h"
#include "trust/mta_sts.h"

enum {
	RECORDS_MAX = 32, KEYS_MAX = 12,
	TXT_STRING = 255,	/* RFC 1035 3.3.14 */
};

struct dns_record {
	const char *type;
	struct str name, value;	/* of TXT: the text, not in quotes */
	struct str use;		/* of a key; empty */
};

struct dns_records {
	struct arena *a;
	struct str domain, host;
	struct str report_to;	/* an address */
	bool own_reports;	/* which is somebody's: no reports wanted */
	struct dns_record v[RECORDS_MAX];
	size_t n;
	bool named;	/* host is the server's configured name */
	bool relayed;	/* we are one of its hosts, and no more */
	bool no_mail;	/* it takes none */
	bool sts;	/* others find a policy of the domain here */
	bool sts_certified;	/* and a certificate of that place's name */
};

static void
put_record(struct dns_records *r, const char *type, struct str name,
    struct str value)
{
	bug_if(r->n == RECORDS_MAX);
	r->v[r->n++] = (struct dns_record){ type, name, value, STR_NULL };
}

static int
put_keys(struct dns_records *r, struct operator *op, struct err *err)
{
	struct dkim_keys_ask ask = { r->domain, 1 };
	struct dkim_keys_answer answer;
	struct dkim_key_row row;
	struct rd rd;

	if (operator_vault(op, VAULT_dkim_keys, &ask, &answer, err) < 0)
		return err->code;
	rd = rd_of(answer.keys);
	for (int i = 0; i < KEYS_MAX && rd_left(&rd) > 0 &&
	    msg_take(&rd, &dkim_key_row_shape, &row); i++) {
		put_record(r, "TXT", arena_printf(r->a, "%.*s._domainkey.%.*s.",
		    STR_FMT(row.selector), STR_FMT(r->domain)), row.record);
		r->v[r->n - 1].use = domain_key_words(r->a, &row);
	}
	return 0;
}

/* The keys that port 25 of the host shows, for who trusts DNS alone.
 * RFC 6698 2.1, RFC 7672 3.1.1 */
static void
put_tlsa(struct dns_records *r, const struct tls_ctx *ctx)
{
	char hex[TLS_SHOWN_MAX][TLS_KEY_HEX + 1];
	bool covered;
	size_t n = tls_ctx_shown(ctx, str_dupz(r->a, r->host), &covered, hex);

	for (size_t i = 0; i < n; i++)
		put_record(r, "TLSA", arena_printf(r->a, "_25._tcp.%.*s.",
		    STR_FMT(r->host)), arena_printf(r->a, "3 1 1 %s", hex[i]));
	(void)tls_ctx_shown(ctx, str_dupz(r->a, arena_printf(r->a,
	    "mta-sts.%.*s", STR_FMT(r->domain))), &r->sts_certified, hex);
}

/* That there is a policy, which web has, and where.      RFC 8461 3.1, 3.3 */
static void
put_sts(struct dns_records *r, enum sts_mode mode)
{
	auto_buf text = BUF_INIT(1000);
	char id[STS_OUR_ID + 1];

	sts_our_text(&text, mode, r->host);
	sts_our_id(buf_get(&text), id);
	put_record(r, "TXT", arena_printf(r->a, "_mta-sts.%.*s.",
	    STR_FMT(r->domain)), arena_printf(r->a, "v=STSv1; id=%s;", id));
	put_record(r, "CNAME", arena_printf(r->a, "mta-sts.%.*s.",
	    STR_FMT(r->domain)), arena_printf(r->a, "%.*s.",
	    STR_FMT(r->host)));
}

/* What others look for who bring mail: how it is kept from others on the way,
 * and where to say that it could not be.                       RFC 8460 3 */
static int
put_transport(struct dns_records *r, struct operator *op, struct err *err)
{
	struct tls_ctx *ctx;

	if (!r->relayed && !r->own_reports)
		put_record(r, "TXT", arena_printf(r->a, "_smtp._tls.%.*s.",
		    STR_FMT(r->domain)), arena_printf(r->a,
		    "v=TLSRPTv1; rua=mailto:%.*s", STR_FMT(r->report_to)));
	if (!r->named)
		return 0;
	if (shown_keys(op, &ctx, err) < 0)
		return err->code;
	put_tlsa(r, ctx);
	tls_ctx_unref(ctx);
	r->sts = !r->relayed && operator_has_https(op);
	if (r->sts)
		put_sts(r, (enum sts_mode)operator_sts_mode(op));
	return 0;
}

/* Nobody takes mail (RFC 7505 3), sends any (RFC 7208 10.1.2) or signs any (RFC
 * 6376 3.6.1: no key at all), and who says so is another (RFC 7489 6.3). */
static void
put_no_mail(struct dns_records *r, struct str name)
{
	put_record(r, "MX", name, STR("0 ."));
	put_record(r, "TXT", name, STR("v=spf1 -all"));
	put_record(r, "TXT", arena_printf(r->a, "*._domainkey.%.*s",
	    STR_FMT(name)), STR("v=DKIM1; p="));
	put_record(r, "TXT", arena_printf(r->a, "_dmarc.%.*s", STR_FMT(name)),
	    STR("v=DMARC1; p=reject; sp=reject"));
}

/* What a receiver looks for: where mail goes (RFC 5321 5.1), who may send it
 * (RFC 7208), who signs it (RFC 6376), and what to do with the rest (RFC
 * 7489). A bounce comes from the server itself: it has a policy of its own
 * (RFC 7208 2.4). */
static int
collect_records(struct dns_records *r, struct operator *op, struct err *err)
{
	struct str name = arena_printf(r->a, "%.*s.", STR_FMT(r->domain));
	struct str host = arena_printf(r->a, "%.*s.", STR_FMT(r->host));

	if (r->no_mail) {
		put_no_mail(r, name);
		return 0;
	}
	if (r->relayed) {
		put_record(r, "MX", name, arena_printf(r->a, "20 %.*s",
		    STR_FMT(host)));
		return put_transport(r, op, err);
	}
	put_record(r, "MX", name, arena_printf(r->a, "10 %.*s", STR_FMT(host)));
	put_record(r, "TXT", name, STR("v=spf1 mx -all"));
	if (put_keys(r, op, err) < 0)
		return err->code;
	put_record(r, "TXT", arena_printf(r->a, "_dmarc.%.*s", STR_FMT(name)),
	    r->own_reports ? STR("v=DMARC1; p=quarantine") :
	    arena_printf(r->a, "v=DMARC1; p=quarantine; rua=mailto:%.*s",
	    STR_FMT(r->report_to)));
	if (!str_eqi(host, name))
		put_record(r, "TXT", host, STR("v=spf1 a -all"));
	return put_transport(r, op, err);
}

/* "..." "...": none over 255 octets. Nothing here has quotes inside. */
static void
print_text(struct str text)
{
	for (; text.n > TXT_STRING; text = str_from(text, TXT_STRING))
		printf("\"%.*s\" ", TXT_STRING, text.p);
	printf("\"%.*s\"", STR_FMT(text));
}

static void
print_record(const struct dns_record *r)
{
	if (r->use.n > 0)
		printf("; %.*s:\n", STR_FMT(r->use));
	printf("%.*s IN %s ", STR_FMT(r->name), r->type);
	if (str_eq(str_c(r->type), STR("TXT")))
		print_text(r->value);
	else
		printf("%.*s", STR_FMT(r->value));
	printf("\n");
}

static void
print_transport_notes(const struct dns_records *r)
{
	printf(";\n; TLSA counts only where the zone of %.*s is signed "
	       "(DNSSEC). Before the key is\n"
	       "; changed the record of the new one has to stand beside "
	       "this one, or no mail comes.\n", STR_FMT(r->host));
	if (!r->sts)
		return;
	printf(";\n; mta-sts.%.*s is asked by HTTPS, at port 443, for what "
	       "`mta-sts-mode` says in\n"
	       "; the configuration; its id changes with it. It needs a "
	       "certificate of that name which\n"
	       "; others trust (a `certificate` block).%s\n",
	    STR_FMT(r->domain), r->sts_certified ? "" :
	    " No certificate here has it.");
}

static void
print_relayed_notes(const struct dns_records *r)
{
	printf(";\n; Its mail is passed on from here. The hosts that have its "
	       "mailboxes stand beside\n"
	       "; this one with a lower number, and get it; or all of it goes "
	       "by a route of the\n"
	       "; configuration (route \"%.*s\" { host = ... }), and this "
	       "is the only one.\n"
	       "; Who else sends for it, signs and what is done with the rest, "
	       "they say.\n", STR_FMT(r->domain));
}

static void
print_zone(const struct dns_records *r)
{
	auto_buf name = BUF_INIT(1000);

	put_name(&name, r->domain);
	printf("; What %.*s publishes in DNS. Each record is one line.\n",
	    STR_FMT(buf_get(&name)));
	for (size_t i = 0; i < r->n; i++)
		print_record(&r->v[i]);
	if (r->no_mail) {
		printf(";\n; It takes no mail and sends none, and no host is "
		       "named. A name below it that\n; has records of its own "
		       "needs the first two as well.\n");
		return;
	}
	if (r->relayed)
		print_relayed_notes(r);
	if (r->own_reports)
		printf(";\n; %.*s has mail of its own: nobody would "
		       "read there what others\n; report, so no record "
		       "asks for it. Where you want it as mail, or elsewhere, "
		       "rua\n; says so (RFC 7489 6.3, RFC 8460 3).\n",
		    STR_FMT(r->report_to));
	if (r->named)
		print_transport_notes(r);
	else
		printf(";\n; %.*s stands for the server's name: no hostname is "
		    "configured here.\n; With --config there are TLSA and "
		    "MTA-STS, too.\n", STR_FMT(r->host));
	printf(";\n; The server's own name needs its addresses, and each of "
	       "these a PTR back to it:\n"
	       "; %.*s. IN A    (its IPv4 address)\n"
	       "; %.*s. IN AAAA (its IPv6 address, if it has one)\n"
	       "; (address).in-addr.arpa. IN PTR %.*s.\n", STR_FMT(r->host),
	    STR_FMT(r->host), STR_FMT(r->host));
}

static void
print_json(const struct dns_records *r)
{
	static const struct table_column columns[] = {
		{ "name", false }, { "type", false }, { "value", false },
		{ "use", false } };
	struct table t = { .columns = columns, .ncolumns = NELEM(columns) };

	for (size_t i = 0; i < r->n; i++) {
		struct str *cells = table_row(&t, r->a);

		cells[0] = r->v[i].name;
		cells[1] = str_c(r->v[i].type);
		cells[2] = r->v[i].value;
		cells[3] = r->v[i].use;
	}
	table_print(&t, true);
}

/* Is mail taken for it, and for here? */
static int
look_at_domain(struct dns_records *r, struct operator *op, struct str typed,
    struct err *err)
{
	struct domain_row row;
	bool known;

	if (domain_row_of(op, r->domain, &known, &row, err) < 0)
		return err->code;
	if (!known)
		return err_set(err, E_NOTFOUND, "no mail is taken for %.*s; "
		    "first: postern domain add %.*s", STR_FMT(typed),
		    STR_FMT(typed));
	r->relayed = row.relayed == DOMAIN_RELAYED;
	r->no_mail = row.relayed == DOMAIN_NO_MAIL;
	return 0;
}

int
domain_dns(struct admin *a, struct operator *op, struct str name, bool json,
    struct err *err)
{
	struct str host = operator_hostname(op);
	struct dns_records *r = arena_new_of(a->memory, struct dns_records);

	*r = (struct dns_records){ .a = a->memory,
		.domain = str_lower(a->memory, name), .host = host,
		.named = host.n > 0 };
	if (look_at_domain(r, op, name, err) < 0)
		return err->code;
	r->report_to = arena_printf(a->memory, FEEDBACK_LOCAL "@%.*s",
	    STR_FMT(r->domain));
	if (domain_own_reports(op, r->report_to, &r->own_reports, err) < 0)
		return err->code;
	if (!r->named)
		r->host = arena_printf(a->memory, "mail.%.*s",
		    STR_FMT(r->domain));
	if (collect_records(r, op, err) < 0)
		return err->code;
	if (json)
		print_json(r);
	else
		print_zone(r);
	return 0;
}
