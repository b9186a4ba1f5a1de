/*
 * cmd_ldap.c - postern ldap: accounts that a directory elsewhere says are
 * there.
 */
#include "admin/operator.h"
#include "admin/table.h"
#include "admin/typed.h"

static const char usage[] =
    "usage: postern ldap sync [--dry-run] [--force] [--json]\n"
    "       postern ldap list [--json]\n"
    "       postern ldap adopt ADDRESS\n"
    "       postern ldap release ADDRESS\n\n"
    "The accounts of an LDAP directory, as the ldap block of postern.conf\n"
    "describes it.\n\n"
    "  sync     look at its entries now: accounts come, change, and are\n"
    "           locked where their entry has gone; their mail stays\n"
    "  list     its accounts\n"
    "  adopt    from the next look on, an account that is here already is\n"
    "           its, if an entry has this address\n"
    "  release  an account is its no more; it may need a password then:\n"
    "           postern account passwd\n\n"
    "  --dry-run                    sync: only say what would be done\n"
    "  --force                      sync: also where that locks more than\n"
    "                               half of the accounts\n"
    WHICH_SERVER;

struct ldap_ctx {
	struct admin *a;
	struct operator *op;
	const struct options *o;
	char **arguments;
};

/* What was done ------------------------------------------------------------ */

static void
print_rows(struct ldap_ctx *c, struct str rows)
{
	static const char *const words[LDAP_SAID_N] = {
		[LDAP_SAID_added] = "added", [LDAP_SAID_changed] = "changed",
		[LDAP_SAID_back] = "back", [LDAP_SAID_gone] = "gone",
		[LDAP_SAID_left_out] = "left out" };
	static const struct table_column columns[] = { { "what", false, false },
		{ "address", false, true }, { "entry or reason", false,
		    false } };
	struct table t = { .columns = columns, .ncolumns = NELEM(columns) };
	struct rd r = rd_of(rows);
	struct ldap_said row;

	while (rd_left(&r) > 0 && msg_take(&r, &ldap_said_shape, &row)) {
		struct str *cells;

		if (row.what >= LDAP_SAID_N)
			continue;
		cells = table_row(&t, c->a->memory);
		cells[0] = str_c(words[row.what]);
		cells[1] = row.address;
		cells[2] = row.why;
	}
	if (t.nrows > 0)
		table_print(&t, false);
}

static void
put_json(struct ldap_ctx *c, const struct ldap_sync_answer *n)
{
	static const char *const words[LDAP_SAID_N] = {
		[LDAP_SAID_added] = "added", [LDAP_SAID_changed] = "changed",
		[LDAP_SAID_back] = "back", [LDAP_SAID_gone] = "gone",
		[LDAP_SAID_left_out] = "left_out" };
	auto_buf b = BUF_INIT(2 << 20);
	struct rd r = rd_of(n->rows);
	struct ldap_said row;
	bool first = true;

	buf_printf(&b, "{\"dry_run\":%s,\"entries\":%u,\"same\":%u,"
	    "\"added\":%u,\"changed\":%u,\"back\":%u,\"gone\":%u,"
	    "\"left_out\":%u,\"refused\":%u,\"rows\":[",
	    c->o->dry_run ? "true" : "false", n->entries, n->same, n->added,
	    n->changed, n->back, n->gone, n->left_out, n->refused);
	while (rd_left(&r) > 0 && msg_take(&r, &ldap_said_shape, &row)) {
		if (row.what >= LDAP_SAID_N)
			continue;
		buf_printf(&b, "%s{\"what\":\"%s\",\"address\":",
		    first ? "" : ",", words[row.what]);
		json_string(&b, row.address);
		buf_printf(&b, ",\"why\":");
		json_string(&b, row.why);
		buf_chr(&b, '}');
		first = false;
	}
	buf_lit(&b, "]}\n");
	(void)fwrite(b.p, 1, b.n, stdout);
}

static int
sync_now(void *ctx, struct err *err)
{
	struct ldap_ctx *c = ctx;
	struct ldap_sync_ask ask = { c->o->dry_run, c->o->force };
	struct ldap_sync_answer n;

	if (operator_ldap(c->op, LDAP_CALL_ldap_sync, &ask, &n, err) < 0)
		return err->code;
	if (c->o->json) {
		put_json(c, &n);
	} else {
		print_rows(c, n.rows);
		printf("%s%u entries: %u as before, %u added, %u changed, %u "
		    "back, %u gone, %u left out\n", c->o->dry_run ?
		    "nothing was done; " : "", n.entries, n.same, n.added,
		    n.changed, n.back, n.gone, n.left_out);
	}
	if (n.refused > 0)
		return err_set(err, E_DENIED, "%u accounts have no entry any "
		    "more, which is more than half: none of them was locked; "
		    "if that is meant, --force", n.refused);
	return 0;
}

/* Accounts ----------------------------------------------------------------- */

static struct str
state_of(const struct ldap_row *row)
{
	return row->gone ? STR("gone") : row->dn.n == 0 ? STR("adopted") :
	    STR("there");
}

static int
list_accounts(void *ctx, struct err *err)
{
	struct ldap_ctx *c = ctx;
	static const struct table_column columns[] = {
		{ "address", false, true }, { "state", false, false },
		{ "since", false, false }, { "aliases", false, false },
		{ "dn", false, false } };
	struct table t = { .columns = columns, .ncolumns = NELEM(columns) };
	struct ldap_list_ask ask = { 0 };
	struct ldap_list_answer answer;
	struct ldap_row row;

	do {
		struct rd r;

		if (operator_store(c->op, STORE_ldap_list, &ask, &answer,
		    err) < 0)
			return err->code;
		r = rd_of(answer.rows);
		while (rd_left(&r) > 0 &&
		    msg_take(&r, &ldap_row_shape, &row)) {
			struct str *cells = table_row(&t, c->a->memory);
			char *aliases = str_dupz(c->a->memory,
			    str_trim(row.aliases));

			for (char *p = aliases; *p; p++)
				*p = *p == '\n' ? ' ' : *p;
			ask.after = row.account;
			cells[0] = row.address;
			cells[1] = state_of(&row);
			cells[2] = time_text(c->a->memory, row.gone);
			cells[3] = str_c(aliases);
			cells[4] = row.dn;
		}
	} while (answer.more);
	table_print(&t, c->o->json);
	return 0;
}

static int
mark(struct ldap_ctx *c, enum store_call which, const char *key,
    const char *words, struct err *err)
{
	struct ldap_adopt_ask ask = { .change = operator_change(c->op) };
	struct done done;

	if (typed_address(c->a->memory, c->arguments[0], &ask.address,
	    err) < 0 || operator_store(c->op, which, &ask, &done, err) < 0)
		return err->code;
	if (c->o->json)
		json_say(key, ask.address, "", STR_NULL);
	else
		printf("%s %s\n", c->arguments[0], words);
	return 0;
}

static int
adopt(void *ctx, struct err *err)
{
	return mark(ctx, STORE_ldap_adopt, "adopted",
	    "is LDAP's from the next look on that finds it there", err);
}

static int
release(void *ctx, struct err *err)
{
	return mark(ctx, STORE_ldap_release, "released", "is LDAP's no more",
	    err);
}

static const struct verb verbs[] = {
	{ "sync", 0, 0, sync_now },
	{ "list", 0, 0, list_accounts },
	{ "adopt", 1, 1, adopt },
	{ "release", 1, 1, release },
	{ NULL, 0, 0, NULL },
};

int
cmd_ldap(struct admin *a, int argc, char **argv)
{
	struct options o = { 0 };
	struct err err = { 0 };
	struct ldap_ctx c = { .a = a, .o = &o };
	const struct verb *verb;
	int n = options_read(&o, argc, argv, usage,
	    SERVER_OPTIONS " dry-run force"), rc;

	if (n < 0)
		return o.code;
	verb = options_verb(verbs, argc, argv, n);
	if (!verb)
		return options_wrong(argc, argv, n, usage);
	c.arguments = argv + n + 1;
	if (operator_open(a, &o, &c.op, &err) < 0)
		return admin_fail("ldap", "%s", err.text);
	rc = verb->fn(&c, &err);
	operator_close(c.op);
	return rc < 0 ? admin_fail("ldap", "%s", err.text) : 0;
}
