/*
 * cmd_domain.c - postern domain: what mail is taken for.
 */
#include "admin/domain.h"
#include "admin/table.h"
#include "admin/typed.h"
#include "conf/conf.h"

static const char usage[] =
    "usage: postern domain add NAME [--unsigned|--relay|--no-mail]\n"
    "       postern domain addresses NAME [--json]\n"
    "       postern domain addresses NAME add|remove ADDRESS...\n"
    "       postern domain addresses NAME set FILE|-\n"
    "       postern domain dns NAME [--json]\n"
    "       postern domain list [--json]\n"
    "       postern domain quota NAME SIZE|none [--json]\n"
    "       postern domain remove NAME\n"
    "       postern domain rotate NAME [--algorithm rsa|ed25519]\n"
    "                             [--force] [--revoke] [--json]\n\n"
    "The domains that mail is taken for. A domain gets keys that sign its\n"
    "mail (DKIM), --unsigned: not before dns, which prints the records to\n"
    "publish, ready to paste. A domain can be removed when it has no accounts\n"
    "any more. quota says how much its accounts may have together: octets,\n"
    "500M, 5G. Above it mail to any of them is put off with 452 4.2.2, and\n"
    "nothing that is there goes.\n\n"
    "rotate: the keys in reserve, whose records dns prints ahead, sign from\n"
    "now on, and there are new ones in reserve. What signed until now has to\n"
    "stay in DNS for a while, which dns says. Refused, if the record of a key\n"
    "is not in DNS yet, unless --force. --revoke: nobody is to believe the\n"
    "old keys any more, for others may have them.\n\n"
    "--relay: nobody has a mailbox of it here; its mail is passed on to its\n"
    "other mail hosts, or by a route, and only for the addresses that it is\n"
    "told of: by name, or as lines of a file, which are all of them then.\n"
    "\"*\" is any address.\n\n"
    "--no-mail: it takes none (556 5.1.10) and nobody writes as one of\n"
    "it; dns prints what tells others.\n\n"
    "A name beyond ASCII may be typed in either form (with its letters or as\n"
    "xn--...): it is the same domain.\n\n"
    WHICH_SERVER;

struct domain_ctx {
	struct admin *a;
	struct operator *op;
	const struct options *o;
	struct str name;	/* in the form that is kept */
};

int
domain_row_of(struct operator *op, struct str name, bool *known,
    struct domain_row *row, struct err *err)
{
	struct domains_ask ask = { .only = name };
	struct domains_answer answer;
	int rc = operator_store(op, STORE_domains, &ask, &answer, err);
	struct rd r = rd_of(answer.rows);

	*known = rc == 0 && msg_take(&r, &domain_row_shape, row);
	return rc;
}

int
domain_known(struct operator *op, struct str name, bool *known,
    struct err *err)
{
	struct domain_row row;

	return domain_row_of(op, name, known, &row, err);
}

static struct str
mail_word(uint8_t relayed)
{
	return relayed == DOMAIN_NO_MAIL ? STR("none") :
	    relayed ? STR("relayed") : STR("here");
}

/* Nobody writes as one of it here, so it gets no keys. */
static int
domain_add_keyless(struct domain_ctx *c, const char *typed, struct err *err)
{
	struct domain_add_ask ask = { operator_change(c->op), c->name,
		c->o->no_mail ? DOMAIN_NO_MAIL : DOMAIN_RELAYED };
	struct done done;

	if (operator_store(c->op, STORE_domain_add, &ask, &done, err) < 0)
		return err->code;
	if (c->o->json)
		json_say("added", c->name, "mail", mail_word(ask.relayed));
	else if (c->o->no_mail)
		printf("%s added, which takes no mail; next: postern domain "
		    "dns %s\n", typed, typed);
	else
		printf("%s added; next: postern domain addresses %s add "
		    "ADDRESS..., or set FILE\n", typed, typed);
	return 0;
}

int
domain_own_reports(struct operator *op, struct str address, bool *own,
    struct err *err)
{
	size_t at = str_rchr(address, '@');
	struct domains_ask ask = { .only = str_from(address, at + 1) };
	struct domains_answer answer;
	int rc;

	*own = false;
	if (at == address.n || !str_eqi(str_first(address, at),
	    STR(FEEDBACK_LOCAL)))
		return 0;
	rc = operator_store(op, STORE_domains, &ask, &answer, err);
	*own = rc == 0 && answer.own;
	return rc;
}

int
domain_say_own_reports(struct operator *op, struct str address, bool json,
    struct err *err)
{
	bool own;
	int rc = domain_own_reports(op, address, &own, err);

	if (rc == 0 && own && !json)
		printf("what other servers report to %.*s is mail from now "
		    "on,\nand not read for `postern reports received`: "
		    "take it out of DNS, unless you want them so\n",
		    STR_FMT(address));
	return rc;
}

static int
domain_add(struct domain_ctx *c, const char *typed, struct err *err)
{
	struct operator *op = c->op;
	struct domain_add_ask ask = { operator_change(op), c->name, 0 };
	struct dkim_keys_ask keys = { c->name, 1 };
	struct dkim_keys_answer answer;
	struct done done;

	if (operator_store(op, STORE_domain_add, &ask, &done, err) < 0)
		return err->code;
	if (c->o->json)
		json_say("added", c->name, "", STR_NULL);
	else if (str_is_ascii(str_c(typed)))
		printf("%.*s added; next: postern account add you@%.*s\n",
		    STR_FMT(c->name), STR_FMT(c->name));
	else
		printf("%s (%.*s) added; next: postern account add you@%s\n",
		    typed, STR_FMT(c->name), typed);
	if (c->o->unsigned_)
		return 0;
	if (operator_vault(op, VAULT_dkim_keys, &keys, &answer, err) < 0)
		fprintf(stderr, "its mail is not signed: %s\n", err->text);
	else if (!c->o->json)
		printf("and: postern domain dns %s\n", typed);
	return 0;
}

static int
remove_one(struct domain_ctx *c, const char *typed, struct err *err)
{
	struct domain_remove_ask ask = { operator_change(c->op), c->name };
	struct done done;

	if (operator_store(c->op, STORE_domain_remove, &ask, &done, err) < 0)
		return err->code;
	if (c->o->json)
		json_say("removed", c->name, "", STR_NULL);
	else
		printf("%s removed\n", typed);
	return 0;
}

static struct str
quota_text(struct arena *a, uint64_t quota)
{
	auto_buf b = BUF_INIT(64);

	if (quota == 0)
		return STR("none");
	conf_size_put(&b, quota);
	return str_dup(a, buf_get(&b));
}

static int
domain_quota(struct domain_ctx *c, const char *typed, const char *size,
    struct err *err)
{
	struct domain_quota_ask ask = { .name = c->name };
	struct done done;
	struct str is;

	if (strcmp(size, "none") != 0 && (!conf_size_read(str_c(size),
	    &ask.quota) || ask.quota == 0 || ask.quota >= QUOTA_NONE))
		return err_set(err, E_INVALID, "\"%s\" is neither a size like "
		    "500M or 5G, nor none", size);
	ask.change = operator_change(c->op);
	if (operator_store(c->op, STORE_domain_quota, &ask, &done, err) < 0)
		return err->code;
	is = quota_text(c->a->memory, ask.quota);
	if (c->o->json)
		json_say("changed", c->name, "quota", is);
	else
		printf("%s may have: %.*s\n", typed, STR_FMT(is));
	return 0;
}

static int
domain_list(struct domain_ctx *c, struct err *err)
{
	static const struct table_column columns[] = {
		{ "domain", false, true }, { "accounts", true },
		{ "octets", true }, { "quota", false }, { "mail", false } };
	struct table t = { .columns = columns, .ncolumns = NELEM(columns) };
	struct domains_ask ask = { STR_NULL };
	struct domains_answer answer;
	struct domain_row row;

	do {
		struct rd r;

		if (operator_store(c->op, STORE_domains, &ask, &answer,
			err) < 0)
			return err->code;
		r = rd_of(answer.rows);
		while (rd_left(&r) > 0 &&
		    msg_take(&r, &domain_row_shape, &row)) {
			struct str *cells = table_row(&t, c->a->memory);

			cells[0] = ask.after = row.name;
			cells[1] = arena_printf(c->a->memory, "%u",
			    row.accounts);
			cells[2] = arena_printf(c->a->memory, "%llu",
			    (unsigned long long)row.octets);
			cells[3] = quota_text(c->a->memory, row.quota);
			cells[4] = mail_word(row.relayed);
		}
	} while (answer.more);
	table_print(&t, c->o->json);
	return 0;
}

static int
domain_act(struct domain_ctx *c, struct str verb, char **argv,
    struct err *err)
{
	const char *typed = argv[0];

	if (str_eq(verb, STR("list")))
		return domain_list(c, err);
	if (typed_domain(c->a->memory, typed, &c->name, err) < 0)
		return err->code;
	if (str_eq(verb, STR("add")))
		return c->o->relayed || c->o->no_mail ?
		    domain_add_keyless(c, typed, err) :
		    domain_add(c, typed, err);
	if (str_eq(verb, STR("addresses")))
		return domain_addresses(c->op, c->name, argv + 1, c->o->json,
		    err);
	if (str_eq(verb, STR("dns")))
		return domain_dns(c->a, c->op, c->name, c->o->json, err);
	if (str_eq(verb, STR("rotate")))
		return domain_rotate(c->a, c->op, c->o, c->name, err);
	if (str_eq(verb, STR("quota")))
		return domain_quota(c, typed, argv[1], err);
	return remove_one(c, typed, err);
}

/* The verb itself counts; -1 if it is none. */
static int
arguments_of(struct str verb, int n, char **words)
{
	if (str_eq(verb, STR("list")))
		return 1;
	if (str_eq(verb, STR("addresses")))
		return n > 1 && domain_addresses_fits(words + 2) ? n : -1;
	if (str_eq(verb, STR("quota")))
		return 3;
	return str_eq(verb, STR("add")) || str_eq(verb, STR("dns")) ||
	    str_eq(verb, STR("remove")) || str_eq(verb, STR("rotate")) ? 2 :
	    -1;
}

/* Options that are of one verb only. */
static bool
options_fit(const struct options *o, struct str verb)
{
	if (o->relayed + o->no_mail + o->unsigned_ > 1 ||
	    ((o->relayed || o->no_mail) && !str_eq(verb, STR("add"))))
		return false;
	return str_eq(verb, STR("rotate")) ||
	    !(o->algorithm || o->force || o->revoke);
}

int
cmd_domain(struct admin *a, int argc, char **argv)
{
	struct options o = { 0 };
	struct err err = { 0 };
	struct domain_ctx c = { .a = a, .o = &o };
	struct str verb;
	int n = options_read(&o, argc, argv, usage,
	    SERVER_OPTIONS " unsigned relay force algorithm revoke"
	    " no-mail"), rc;

	if (n < 0)
		return o.code;
	verb = n < argc ? str_c(argv[n]) : STR("");
	if (argc - n != arguments_of(verb, argc - n, argv + n) ||
	    !options_fit(&o, verb))
		return options_wrong(argc, argv, n, usage);
	o.make_data = str_eq(verb, STR("add"));
	if (operator_open(a, &o, &c.op, &err) < 0)
		return admin_fail("domain", "%s", err.text);
	rc = domain_act(&c, verb, &argv[n + 1], &err);
	operator_close(c.op);
	return rc < 0 ? admin_fail("domain", "%s", err.text) : 0;
}
