/*
 * cmd_rule.c - postern allow, postern block: what the operator says of senders,
 * for the server, a domain or a person.
 */
#include <limits.h>

#include "admin/operator.h"
#include "admin/table.h"
#include "admin/typed.h"
#include "base/timetext.h"
#include "policy/rule_text.h"

#define WHO                                                                 \
	"WHO is an address, a domain (with all below it), or a network:\n"  \
	"news@example.org, example.org, 192.0.2.0/24, 2001:db8::1. What\n"  \
	"is said of an address goes before its domain, and that before its\n" \
	"network. There is one rule for each WHO, the last one. It holds\n" \
	"for the next message, without a restart.\n\n" \
	"A rule for a person goes before one for the domain of theirs, and\n" \
	"that before one for the server.\n\n"

#define WHOSE \
    "  --for ADDRESS|DOMAIN         a rule of this account, or of all\n" \
    "                               people of this domain\n"

static const char allow_usage[] =
    "usage: postern allow add WHO... [--for ADDRESS|DOMAIN]\n"
    "       postern allow list [--for ADDRESS|DOMAIN] [--json]\n"
    "       postern allow remove WHO... [--for ADDRESS|DOMAIN]\n\n"
    WHO
    "Their mail is taken whatever else is found: no greylisting, no refusal\n"
    "by DMARC. A name counts only if it is proven (SPF for MAIL FROM, DMARC\n"
    "for From): anybody can write any name. A network always does.\n\n"
    WHOSE
    WHICH_SERVER;

static const char block_usage[] =
    "usage: postern block add WHO... [--junk | --hold] [--for ADDRESS|DOMAIN]\n"
    "       postern block list [--for ADDRESS|DOMAIN] [--json]\n"
    "       postern block remove WHO... [--for ADDRESS|DOMAIN]\n\n"
    WHO
    "Their mail is refused (550 5.7.1). A name counts in MAIL FROM and in\n"
    "From, proven or not. Of several recipients only all can refuse: where\n"
    "others want it, it goes to Junk of who does not.\n\n"
    "  --junk                       it is taken, into Junk\n"
    "  --hold                       it is taken, and kept apart: postern held\n"
    WHOSE
    WHICH_SERVER;

struct rule_ctx {
	struct admin *a;
	struct operator *op;
	bool allow, json, junk, hold;
	struct str owner;	/* empty: the server, or of a list all */
	char **arguments;	/* NULL ends */
};

static int
typed_rule(struct arena *a, const char *typed, struct rule *rule,
    struct err *err)
{
	struct str text = str_c(typed);
	int rc = 0;

	if (str_chr(text, '@') < text.n)
		rc = typed_address(a, typed, &text, err);
	else if (str_chr(text, ':') == text.n && str_chr(text, '/') == text.n)
		rc = typed_domain(a, typed, &text, err);
	if (rc < 0)
		return rc;
	return rule_text_read(text, a, rule) ? 0 : err_set(err, E_INVALID,
	    "\"%.*s\" is neither an address nor a domain nor a network (whose "
	    "bits end with its length)", STR_FMT(str_first(text, 80)));
}

static int
typed_owner(struct arena *a, const char *typed, struct str *owner,
    struct err *err)
{
	return strchr(typed, '@') ? typed_address(a, typed, owner, err) :
	    typed_domain(a, typed, owner, err);
}

static int
put_rule(struct rule_ctx *c, const struct rule *rule, struct err *err)
{
	struct rule_put_ask ask = { .change = operator_change(c->op),
		.owner = c->owner, .word = c->allow ? RULE_allow :
		c->junk ? RULE_junk : c->hold ? RULE_hold : RULE_block };
	struct done done;

	MSG_COPY(rule, &ask, rule);
	return operator_store(c->op, STORE_rule_put, &ask, &done, err);
}

static int
remove_rule(struct rule_ctx *c, const struct rule *rule, struct err *err)
{
	struct rule_remove_ask ask = { .change = operator_change(c->op),
		.owner = c->owner, .allowed = c->allow };
	struct done done;

	MSG_COPY(rule, &ask, rule);
	return operator_store(c->op, STORE_rule_remove, &ask, &done, err);
}

static int
each_rule(struct rule_ctx *c, const char *did, const char *said,
    int (*change)(struct rule_ctx *c, const struct rule *r, struct err *err),
    struct err *err)
{
	for (char **who = c->arguments; *who; who++) {
		auto_buf b = BUF_INIT(400);
		struct rule rule;

		if (typed_rule(c->a->memory, *who, &rule, err) < 0 ||
		    change(c, &rule, err) < 0)
			return err->code;
		rule_text_put(&b, &rule);
		if (c->json)
			json_say(did, buf_get(&b), "", STR_NULL);
		else
			printf("%s %s\n", *who, said);
	}
	return 0;
}

static int
rule_add(void *ctx, struct err *err)
{
	struct rule_ctx *c = ctx;

	return each_rule(c, "added", c->allow ? "is allowed" : c->junk ?
	    "goes to Junk" : c->hold ? "is held" : "is blocked", put_rule,
	    err);
}

static int
rule_remove(void *ctx, struct err *err)
{
	struct rule_ctx *c = ctx;

	return each_rule(c, "removed", c->allow ? "is no longer allowed" :
	    "is no longer blocked", remove_rule, err);
}

static void
put_row(struct rule_ctx *c, struct table *t, const struct rule_row *row)
{
	static const char *const words[] = { "", "allow", "refuse", "junk",
		"hold" };
	static const char *const kinds[] = { "", "address", "domain",
		"network" };
	struct arena *m = c->a->memory;
	struct civil at = civil_of(row->at);
	auto_buf b = BUF_INIT(400);
	struct str *cells;
	struct rule rule;

	if ((row->word == RULE_allow) != c->allow ||
	    row->word >= NELEM(words) || row->kind >= NELEM(kinds))
		return;
	MSG_COPY(rule, &rule, row);
	rule_text_put(&b, &rule);
	cells = table_row(t, m);
	cells[0] = str_dup(m, buf_get(&b));
	cells[1] = str_c(kinds[row->kind]);
	cells[2] = str_c(words[row->word]);
	cells[3] = arena_printf(m, "%04d-%02d-%02d", at.year, at.month,
	    at.day);
	cells[4] = row->owner;
}

static int
rule_list(void *ctx, struct err *err)
{
	struct rule_ctx *c = ctx;
	static const struct table_column columns[] = {
		{ "who", false, true }, { "kind", false, false },
		{ "does", false, false }, { "since", false, false },
		{ "for", false, true } };
	struct table t = { .columns = columns, .ncolumns = NELEM(columns) };
	struct rules_ask ask = { .owner = c->owner, .all = c->owner.n == 0 };
	struct rules_answer answer;
	struct rule_row row;

	do {
		struct rd r;

		if (operator_store(c->op, STORE_rules, &ask, &answer, err) < 0)
			return err->code;
		r = rd_of(answer.rows);
		while (rd_left(&r) > 0 &&
		    msg_take(&r, &rule_row_shape, &row)) {
			put_row(c, &t, &row);
			MSG_COPY(rules_place, &ask, &row);
		}
	} while (answer.more);
	table_print(&t, c->json);
	return 0;
}

static const struct verb verbs[] = {
	{ "add", 1, INT_MAX, rule_add },
	{ "list", 0, 0, rule_list },
	{ "remove", 1, INT_MAX, rule_remove },
	{ NULL, 0, 0, NULL },
};

int
cmd_rule(struct admin *a, int argc, char **argv)
{
	struct options o = { 0 };
	struct err err = { 0 };
	struct rule_ctx c = { .a = a,
		.allow = str_eq(str_c(argv[0]), STR("allow")) };
	const char *usage = c.allow ? allow_usage : block_usage;
	const struct verb *verb;
	int n = options_read(&o, argc, argv, usage, c.allow ?
	    SERVER_OPTIONS " for" : SERVER_OPTIONS " junk hold for");
	int rc;

	if (n < 0)
		return o.code;
	verb = options_verb(verbs, argc, argv, n);
	if (!verb)
		return options_wrong(argc, argv, n, usage);
	c.arguments = argv + n + 1;
	c.json = o.json;
	c.junk = o.junk;
	c.hold = o.hold;
	if (o.services && typed_owner(a->memory, o.services, &c.owner,
	    &err) < 0)
		return admin_fail(argv[0], "%s", err.text);
	if (operator_open(a, &o, &c.op, &err) < 0)
		return admin_fail(argv[0], "%s", err.text);
	rc = verb->fn(&c, &err);
	operator_close(c.op);
	return rc < 0 ? admin_fail(argv[0], "%s", err.text) : 0;
}
