/*
 * cmd_domain.c - postern domain: what mail is taken for.
 */
#include "admin/domain.h"
#include "admin/table.h"

static const char usage[] =
    "usage: postern domain add NAME [--unsigned]\n"
    "       postern domain dns NAME [--json]\n"
    "       postern domain list [--json]\n"
    "       postern domain remove NAME\n\n"
    "The domains that mail is taken for. A domain gets keys that sign its\n"
    "mail (DKIM), --unsigned: not before dns, which prints the records to\n"
    "publish, ready to paste. A domain can be removed when it has no accounts\n"
    "any more.\n\n"
    WHICH_SERVER;

int
domain_known(struct operator *op, struct str name, bool *known,
    struct err *err)
{
	struct domains_ask ask = { STR_NULL };
	struct domains_answer answer;
	struct domain_row row;

	*known = false;
	do {
		struct rd r;

		if (operator_store(op, STORE_domains, &ask, &answer,
			err) < 0)
			return err->code;
		r = rd_of(answer.rows);
		while (rd_left(&r) > 0 &&
		    msg_take(&r, &domain_row_shape, &row)) {
			*known = *known || str_eqi(row.name, name);
			ask.after = row.name;
		}
	} while (answer.more && !*known);
	return 0;
}

static int
domain_add(struct operator *op, const char *name, const struct options *o,
    struct err *err)
{
	struct domain_add_ask ask = { operator_change(op), str_c(name) };
	struct dkim_keys_ask keys = { str_c(name), 1 };
	struct dkim_keys_answer answer;
	struct done done;

	if (operator_store(op, STORE_domain_add, &ask, &done, err) < 0)
		return err->code;
	if (!o->json)
		printf("%s added; next: postern account add you@%s\n", name,
		    name);
	else
		json_say("added", str_c(name), "", STR_NULL);
	if (o->unsigned_)
		return 0;
	if (operator_vault(op, VAULT_dkim_keys, &keys, &answer, err) < 0)
		fprintf(stderr, "its mail is not signed: %s\n", err->text);
	else if (!o->json)
		printf("and: postern domain dns %s\n", name);
	return 0;
}

static int
remove_one(struct operator *op, const char *name, bool json, struct err *err)
{
	struct domain_remove_ask ask = { operator_change(op), str_c(name) };
	struct done done;

	if (operator_store(op, STORE_domain_remove, &ask, &done, err) < 0)
		return err->code;
	if (json)
		json_say("removed", str_c(name), "", STR_NULL);
	else
		printf("%s removed\n", name);
	return 0;
}

static int
domain_list(struct admin *a, struct operator *op, bool json, struct err *err)
{
	static const struct table_column columns[] = {
		{ "domain", false }, { "accounts", true } };
	struct table t = { .columns = columns, .ncolumns = NELEM(columns) };
	struct domains_ask ask = { STR_NULL };
	struct domains_answer answer;
	struct domain_row row;

	do {
		struct rd r;

		if (operator_store(op, STORE_domains, &ask, &answer, err) < 0)
			return err->code;
		r = rd_of(answer.rows);
		while (rd_left(&r) > 0 &&
		    msg_take(&r, &domain_row_shape, &row)) {
			struct str *cells = table_row(&t, a->memory);

			cells[0] = ask.after = row.name;
			cells[1] = arena_printf(a->memory, "%u", row.accounts);
		}
	} while (answer.more);
	table_print(&t, json);
	return 0;
}

static int
domain_act(struct admin *a, struct operator *op, const struct options *o,
    struct str verb, const char *name, struct err *err)
{
	if (str_eq(verb, STR("add")))
		return domain_add(op, name, o, err);
	if (str_eq(verb, STR("dns")))
		return domain_dns(a, op, name, o->json, err);
	if (str_eq(verb, STR("remove")))
		return remove_one(op, name, o->json, err);
	return domain_list(a, op, o->json, err);
}

/* The verb itself counts; -1 if it is none. */
static int
arguments_of(struct str verb)
{
	if (str_eq(verb, STR("list")))
		return 1;
	return str_eq(verb, STR("add")) || str_eq(verb, STR("dns")) ||
	    str_eq(verb, STR("remove")) ? 2 : -1;
}

/* As DNS writes it: the same domain. */
static const char *
without_dot(struct admin *a, const char *name)
{
	struct str s = str_c(name);

	return s.n > 1 && s.p[s.n - 1] == '.' ?
	    str_dupz(a->memory, str_first(s, s.n - 1)) : name;
}

int
cmd_domain(struct admin *a, int argc, char **argv)
{
	struct options o = { 0 };
	struct err err = { 0 };
	struct operator *op;
	struct str verb;
	int n = options_read(&o, argc, argv, usage, "dcjU"), rc;

	if (n < 0)
		return o.code;
	verb = n < argc ? str_c(argv[n]) : STR("");
	if (argc - n != arguments_of(verb))
		return options_wrong(argc, argv, n, usage);
	o.make_data = str_eq(verb, STR("add"));
	if (operator_open(a, &o, &op, &err) < 0)
		return admin_fail("domain", "%s", err.text);
	rc = domain_act(a, op, &o, verb, without_dot(a, argv[argc - 1]),
	    &err);
	operator_close(op);
	return rc < 0 ? admin_fail("domain", "%s", err.text) : 0;
}
