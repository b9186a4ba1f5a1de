#include "admin/operator.h"
#include "admin/table.h"

static const char usage[] =
    "usage: postern domain add NAME\n"
    "       postern domain list [--json]\n"
    "       postern domain remove NAME\n\n"
    "The domains that mail is taken for. A domain can be removed when it has\n"
    "no accounts any more.\n\n"
    "  --data DIR | --config FILE   which server (default: postern.conf or\n"
    "                               postern-data here)\n";

static int
add(struct operator *op, const char *name, struct err *err)
{
	struct domain_add_ask ask = { operator_change(op), str_c(name) };
	struct done done;

	if (operator_store(op, STORE_domain_add, &ask, &done, err) < 0)
		return err->code;
	printf("%s added; next: postern account add you@%s\n", name, name);
	return 0;
}

static int
remove_one(struct operator *op, const char *name, struct err *err)
{
	struct domain_remove_ask ask = { operator_change(op), str_c(name) };
	struct done done;

	if (operator_store(op, STORE_domain_remove, &ask, &done, err) < 0)
		return err->code;
	printf("%s removed\n", name);
	return 0;
}

static int
list(struct admin *a, struct operator *op, bool json, struct err *err)
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
act(struct admin *a, struct operator *op, const struct options *o,
    struct str verb, const char *name, struct err *err)
{
	if (str_eq(verb, STR("add")))
		return add(op, name, err);
	if (str_eq(verb, STR("remove")))
		return remove_one(op, name, err);
	return list(a, op, o->json, err);
}

int
cmd_domain(struct admin *a, int argc, char **argv)
{
	struct options o = { 0 };
	struct err err = { 0 };
	struct operator *op;
	struct str verb;
	int n = options_read(&o, argc, argv, usage, "dcj"), rc;

	if (n < 0)
		return o.code;
	verb = n < argc ? str_c(argv[n]) : STR("");
	if (str_eq(verb, STR("list")) ? argc - n != 1 :
	    (!str_eq(verb, STR("add")) && !str_eq(verb, STR("remove"))) ||
		argc - n != 2)
		return options_wrong(usage);
	if (operator_open(a, &o, &op, &err) < 0)
		return admin_fail("domain", "%s", err.text);
	rc = act(a, op, &o, verb, argv[argc - 1], &err);
	operator_close(op);
	return rc < 0 ? admin_fail("domain", "%s", err.text) : 0;
}
