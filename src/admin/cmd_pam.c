/*
 * cmd_pam.c - postern pam: accounts whose password this machine's PAM proves.
 */
#include "admin/operator.h"
#include "admin/table.h"
#include "admin/typed.h"

static const char usage[] =
    "usage: postern pam add ADDRESS [USER]\n"
    "       postern pam adopt ADDRESS [USER]\n"
    "       postern pam release ADDRESS\n"
    "       postern pam list [--json]\n\n"
    "Accounts whose password PAM of this machine proves, as the pam block of\n"
    "postern.conf has it asked. USER is who it is there; without, what stands\n"
    "before the @.\n\n"
    "  add      a new account\n"
    "  adopt    one that is here already; whoever is in has to log in again\n"
    "  release  its password is PAM's no more; it may need one then:\n"
    "           postern account passwd\n"
    "  list     those that are\n\n"
    WHICH_SERVER;

struct pam_ctx {
	struct admin *a;
	struct operator *op;
	const struct options *o;
	char **arguments;
	int narguments;
};

static int
list_accounts(void *ctx, struct err *err)
{
	static const struct table_column columns[] = {
		{ "address", false, true }, { "user", false, false } };
	struct pam_ctx *c = ctx;
	struct table t = { .columns = columns, .ncolumns = NELEM(columns) };
	struct pam_list_ask ask = { 0 };
	struct pam_list_answer answer;
	struct pam_row row;

	do {
		struct rd r;

		if (operator_store(c->op, STORE_pam_list, &ask, &answer,
		    err) < 0)
			return err->code;
		r = rd_of(answer.rows);
		while (rd_left(&r) > 0 &&
		    msg_take(&r, &pam_row_shape, &row)) {
			struct str *cells = table_row(&t, c->a->memory);

			ask.after = row.account;
			cells[0] = row.address;
			cells[1] = row.user;
		}
	} while (answer.more);
	table_print(&t, c->o->json);
	return 0;
}

static int
mark(struct pam_ctx *c, enum store_call which, const char *key,
    const char *words, struct err *err)
{
	struct pam_add_ask ask = { .change = operator_change(c->op) };
	struct done done;

	if (typed_address(c->a->memory, c->arguments[0], &ask.address,
	    err) < 0)
		return err->code;
	ask.user = c->narguments > 1 ? str_c(c->arguments[1]) :
	    str_first(ask.address, str_rchr(ask.address, '@'));
	if (ask.user.n > PAM_USER_MAX)
		return err_set(err, E_INVALID, "a user's name has %d octets "
		    "at most", PAM_USER_MAX);
	if (operator_store(c->op, which, &ask, &done, err) < 0)
		return err->code;
	if (c->o->json)
		json_say(key, ask.address, "user", ask.user);
	else
		printf("%s %s %.*s\n", c->arguments[0], words,
		    STR_FMT(ask.user));
	return 0;
}

static int
add_account(void *ctx, struct err *err)
{
	return mark(ctx, STORE_pam_add, "added", "logs in by PAM as", err);
}

static int
adopt_account(void *ctx, struct err *err)
{
	return mark(ctx, STORE_pam_adopt, "adopted", "logs in by PAM as", err);
}

static int
release_account(void *ctx, struct err *err)
{
	struct pam_ctx *c = ctx;
	struct pam_release_ask ask = { .change = operator_change(c->op) };
	struct done done;

	if (typed_address(c->a->memory, c->arguments[0], &ask.address,
	    err) < 0 || operator_store(c->op, STORE_pam_release, &ask, &done,
	    err) < 0)
		return err->code;
	if (c->o->json)
		json_say("released", ask.address, "", STR_NULL);
	else
		printf("%s is PAM's no more\n", c->arguments[0]);
	return 0;
}

static const struct verb verbs[] = {
	{ "add", 1, 2, add_account },
	{ "adopt", 1, 2, adopt_account },
	{ "release", 1, 1, release_account },
	{ "list", 0, 0, list_accounts },
	{ NULL, 0, 0, NULL },
};

int
cmd_pam(struct admin *a, int argc, char **argv)
{
	struct options o = { 0 };
	struct err err = { 0 };
	struct pam_ctx c = { .a = a, .o = &o };
	const struct verb *verb;
	int n = options_read(&o, argc, argv, usage, SERVER_OPTIONS), rc;

	if (n < 0)
		return o.code;
	verb = options_verb(verbs, argc, argv, n);
	if (!verb)
		return options_wrong(argc, argv, n, usage);
	c.arguments = argv + n + 1;
	c.narguments = argc - n - 1;
	if (operator_open(a, &o, &c.op, &err) < 0)
		return admin_fail("pam", "%s", err.text);
	rc = verb->fn(&c, &err);
	operator_close(c.op);
	return rc < 0 ? admin_fail("pam", "%s", err.text) : 0;
}
