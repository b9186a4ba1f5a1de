/*
 * cmd_alias.c - postern alias: other addresses of people.
 */
#include <limits.h>

#include "admin/domain.h"
#include "admin/operator.h"
#include "admin/table.h"
#include "admin/typed.h"

static const char usage[] =
    "usage: postern alias add ADDRESS TARGET...\n"
    "       postern alias list [--json]\n"
    "       postern alias remove ADDRESS [TARGET...]\n\n"
    "Mail for ADDRESS, of a domain that was added before, goes to every\n"
    "TARGET: an account or another alias here, or any address elsewhere.\n"
    "\"*@DOMAIN\" (in quotes, for the shell) takes what nobody else in DOMAIN\n"
    "has. Without a TARGET remove takes the whole alias away.\n\n"
    "What has no alias needs none: alice+anything@DOMAIN is alice's, and\n"
    "postmaster and abuse are the first account's of their domain.\n\n"
    WHICH_SERVER;

struct alias_ctx {
	struct admin *a;
	struct operator *op;
	bool json;
	char **arguments;	/* NULL ends: address, targets */
};

static int
alias_add(void *ctx, struct err *err)
{
	struct alias_ctx *c = ctx;
	struct alias_add_ask ask = { 0 };
	struct done done;

	if (typed_address(c->a->memory, c->arguments[0], &ask.address,
	    err) < 0)
		return err->code;
	for (char **target = c->arguments + 1; *target; target++) {
		ask.change = operator_change(c->op);
		if (typed_address(c->a->memory, *target, &ask.target,
		    err) < 0 || operator_store(c->op, STORE_alias_add,
		    &ask, &done, err) < 0)
			return err->code;
		if (c->json)
			json_say("added", ask.address, "target", ask.target);
		else
			printf("%s leads to %s\n", c->arguments[0], *target);
	}
	return domain_say_own_reports(c->op, ask.address, c->json, err);
}

static int
remove_one(struct alias_ctx *c, const char *target, struct err *err)
{
	struct alias_remove_ask ask = { .change = operator_change(c->op) };
	struct done done;
	int rc = typed_address(c->a->memory, c->arguments[0], &ask.address,
	    err);

	if (rc == 0)
		rc = typed_address(c->a->memory, target, &ask.target, err);
	if (rc == 0)
		rc = operator_store(c->op, STORE_alias_remove, &ask, &done,
		    err);
	if (rc < 0)
		return rc;
	if (c->json)
		json_say("removed", ask.address, "target", ask.target);
	else if (*target)
		printf("%s no longer leads to %s\n", c->arguments[0],
		    target);
	else
		printf("%s removed\n", c->arguments[0]);
	return 0;
}

static int
remove_some(void *ctx, struct err *err)
{
	struct alias_ctx *c = ctx;
	int rc = 0;

	if (!c->arguments[1])
		return remove_one(c, "", err);
	for (char **target = c->arguments + 1; *target && rc == 0; target++) {
		if (!**target)
			return err_set(err, E_INVALID, "an empty TARGET");
		rc = remove_one(c, *target, err);
	}
	return rc;
}

static int
alias_list(void *ctx, struct err *err)
{
	struct alias_ctx *c = ctx;
	static const struct table_column columns[] = {
		{ "address", false, true }, { "target", false, true } };
	struct table t = { .columns = columns, .ncolumns = NELEM(columns) };
	struct aliases_ask ask = { STR_NULL };
	struct aliases_answer answer;
	struct alias_row row;

	do {
		struct rd r;

		if (operator_store(c->op, STORE_aliases, &ask, &answer,
			err) < 0)
			return err->code;
		r = rd_of(answer.rows);
		while (rd_left(&r) > 0 &&
		    msg_take(&r, &alias_row_shape, &row)) {
			struct str *cells = table_row(&t, c->a->memory);

			cells[0] = row.address;
			cells[1] = row.target;
		}
		ask.after = answer.next;
	} while (ask.after.n);
	table_print(&t, c->json);
	return 0;
}

static const struct verb verbs[] = {
	{ "add", 2, INT_MAX, alias_add },
	{ "list", 0, 0, alias_list },
	{ "remove", 1, INT_MAX, remove_some },
	{ NULL, 0, 0, NULL },
};

int
cmd_alias(struct admin *a, int argc, char **argv)
{
	struct options o = { 0 };
	struct err err = { 0 };
	struct alias_ctx c = { .a = a };
	const struct verb *verb;
	int n = options_read(&o, argc, argv, usage, SERVER_OPTIONS), rc;

	if (n < 0)
		return o.code;
	verb = options_verb(verbs, argc, argv, n);
	if (!verb)
		return options_wrong(argc, argv, n, usage);
	c.arguments = argv + n + 1;
	c.json = o.json;
	if (operator_open(a, &o, &c.op, &err) < 0)
		return admin_fail("alias", "%s", err.text);
	rc = verb->fn(&c, &err);
	operator_close(c.op);
	return rc < 0 ? admin_fail("alias", "%s", err.text) : 0;
}
