/*
 * cmd_ban.c - postern ban: networks that may not even connect.
 */
#include <limits.h>

#include "admin/filter.h"
#include "admin/operator.h"
#include "admin/table.h"
#include "rt/bans.h"

enum { LONGEST_S = 10 * 366 * 86400, NETWORK_TEXT = 64 };

static const char ban_usage[] =
    "usage: postern ban add NETWORK... [--for TIME] [--reason TEXT]\n"
    "                                  [--at-door mail|people] [--json]\n"
    "       postern ban list [--json]\n"
    "       postern ban lift NETWORK... [--json]\n\n"
    "Connections from these networks are told so, and end: 192.0.2.7,\n"
    "192.0.2.0/24, 2001:db8:5::/48. It holds for the next connection, without\n"
    "a restart; those that are open stay. The server bans networks by itself,\n"
    "too: list says which, for what and until when.\n\n"
    "  --for TIME                   30m, 12h, 90d; else until it is lifted\n"
    "  --reason TEXT                for you, in the list; nobody else sees it\n"
    "  --at-door mail|people        only port 25; or only where people log in\n"
    WHICH_SERVER;

struct ban_ctx {
	struct admin *a;
	struct operator *op;
	const struct options *o;
	char **arguments;	/* NULL ends */
};

static int
typed_network(struct ban_ctx *c, const char *typed, struct ban_of *of,
    struct err *err)
{
	struct ip *ip = arena_new_of(c->a->memory, struct ip);

	if (!ip_network_parse(str_c(typed), ip, &of->bits))
		return err_set(err, E_INVALID, "\"%.80s\" is no network (whose "
		    "bits end with its length)", typed);
	of->network = ip_octets(ip);
	return 0;
}

static int
read_seconds(const char *text, uint32_t *seconds, struct err *err)
{
	int64_t s = 0;

	*seconds = 0;
	if (!text)
		return 0;
	if (!duration_read(str_c(text), &s) || s <= 0 || s > LONGEST_S)
		return err_set(err, E_INVALID, "--for wants a time like 30m, "
		    "12h or 90d, not \"%s\"", text);
	*seconds = (uint32_t)s;
	return 0;
}

static int
read_door(const char *text, uint32_t *doors, struct err *err)
{
	struct str s = str_c(text ? text : "");

	*doors = !text ? BAN_everywhere : str_eq(s, STR("mail")) ? BAN_mail :
	    str_eq(s, STR("people")) ? BAN_people : 0;
	return *doors ? 0 : err_set(err, E_INVALID, "--at-door wants mail or "
	    "people, not \"%s\"", text);
}

static void
say(struct ban_ctx *c, const char *did, const char *network, const char *said)
{
	if (c->o->json)
		json_say(did, str_c(network), "", STR_NULL);
	else
		printf("%s %s\n", network, said);
}

static int
ban_add(void *ctx, struct err *err)
{
	struct ban_ctx *c = ctx;
	struct ban_put_ask ask = { .reason = str_c(c->o->reason ?
	    c->o->reason : "") };

	if (read_seconds(c->o->services, &ask.seconds, err) < 0 ||
	    read_door(c->o->door, &ask.doors, err) < 0)
		return err->code;
	if (ask.reason.n > BAN_REASON_MAX)
		return err_set(err, E_INVALID, "a reason has %d octets at most",
		    BAN_REASON_MAX);
	for (char **who = c->arguments; *who; who++) {
		struct ban_of of;
		struct done done;

		if (typed_network(c, *who, &of, err) < 0)
			return err->code;
		MSG_COPY(ban_of, &ask, &of);
		ask.change = operator_change(c->op);
		if (operator_store(c->op, STORE_ban_put, &ask, &done, err) < 0)
			return err->code;
		say(c, "banned", *who, "is banned");
	}
	return 0;
}

static int
ban_lift(void *ctx, struct err *err)
{
	struct ban_ctx *c = ctx;

	for (char **who = c->arguments; *who; who++) {
		struct ban_lift_ask ask;
		struct ban_of of;
		struct done done;

		if (typed_network(c, *who, &of, err) < 0)
			return err->code;
		MSG_COPY(ban_of, &ask, &of);
		ask.change = operator_change(c->op);
		if (operator_store(c->op, STORE_ban_lift, &ask, &done, err) < 0)
			return err->code;
		say(c, "lifted", *who, "is no longer banned");
	}
	return 0;
}

static void
put_row(struct ban_ctx *c, struct table *t, const struct ban_row *row)
{
	static const char *const doors[] = { "", "mail", "people", "all" };
	struct arena *m = c->a->memory;
	auto_buf b = BUF_INIT(NETWORK_TEXT);
	struct str *cells;
	struct ip ip;

	if (!ip_of_octets(row->network, &ip) || row->doors >= NELEM(doors))
		return;
	ip_put_network(&b, &ip, row->bits);
	cells = table_row(t, m);
	cells[0] = str_dup(m, buf_get(&b));
	cells[1] = str_c(doors[row->doors]);
	cells[2] = str_c(ban_why_name(row->why));
	cells[3] = time_text(m, row->at);
	cells[4] = row->until != INT64_MAX ? time_text(m, row->until) :
	    c->o->json ? STR("") : STR("lifted");
	cells[5] = arena_printf(m, "%u", row->times);
	cells[6] = row->reason;
}

static int
ban_list(void *ctx, struct err *err)
{
	struct ban_ctx *c = ctx;
	static const struct table_column columns[] = {
		{ "network", false, false }, { "door", false, false },
		{ "by", false, false }, { "since", false, false },
		{ "until", false, false }, { "times", true, false },
		{ "reason", false, false } };
	struct table t = { .columns = columns, .ncolumns = NELEM(columns) };
	struct bans_ask ask = { 0 };
	struct bans_answer answer;
	struct ban_row row;

	do {
		struct rd r;

		if (operator_store(c->op, STORE_bans, &ask, &answer, err) < 0)
			return err->code;
		r = rd_of(answer.rows);
		while (rd_left(&r) > 0 && msg_take(&r, &ban_row_shape, &row)) {
			put_row(c, &t, &row);
			MSG_COPY(ban_of, &ask, &row);
		}
	} while (answer.more);
	table_print(&t, c->o->json);
	return 0;
}

static const struct verb verbs[] = {
	{ "add", 1, INT_MAX, ban_add },
	{ "list", 0, 0, ban_list },
	{ "lift", 1, INT_MAX, ban_lift },
	{ NULL, 0, 0, NULL },
};

int
cmd_ban(struct admin *a, int argc, char **argv)
{
	struct options o = { 0 };
	struct err err = { 0 };
	struct ban_ctx c = { .a = a, .o = &o };
	const struct verb *verb;
	int n = options_read(&o, argc, argv, ban_usage,
	    SERVER_OPTIONS " for reason at-door"), rc;

	if (n < 0)
		return o.code;
	verb = options_verb(verbs, argc, argv, n);
	if (!verb)
		return options_wrong(argc, argv, n, ban_usage);
	c.arguments = argv + n + 1;
	if (operator_open(a, &o, &c.op, &err) < 0)
		return admin_fail(argv[0], "%s", err.text);
	rc = verb->fn(&c, &err);
	operator_close(c.op);
	return rc < 0 ? admin_fail(argv[0], "%s", err.text) : 0;
}
