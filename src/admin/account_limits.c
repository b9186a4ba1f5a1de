#include "admin/account_limits.h"

#include "admin/operator.h"
#include "admin/options.h"
#include "admin/table.h"
#include "admin/typed.h"
#include "conf/conf.h"

static const char limits_usage[] =
    "usage: postern account limit ADDRESS [--LIMIT NUMBER|none|default]... "
    "[--json]\n\n"
    "How much the account may hand in, by whatever protocol, and how much of\n"
    "that it has used; with options what it may from now on. none is no\n"
    "limit, default what the block limits of postern.conf says.\n"
    "  --messages-per-hour        above these three mail is put off, with\n"
    "  --recipients-per-hour      450 4.7.1 and the time to come again\n"
    "  --messages-per-day\n"
    "  --recipients-per-day       above these two the account is stopped:\n"
    "  --new-recipients-per-day   somebody else may have its password\n"
    "  --message-size             the largest message: 500K, 20M\n"
    "new-recipients are addresses elsewhere that it never wrote to before.\n"
    "What is used leaks away: an hour's, or a day's, is gone in that time.\n"
    "A stopped account can send again by postern account unlock.\n\n"
    WHICH_SERVER;

static const char unlock_usage[] =
    "usage: postern account unlock ADDRESS [--drop-queue] [--json]\n\n"
    "Lets an account send again that was stopped by its limits; nothing\n"
    "counts against it then. What of it is held in the queue goes out, also\n"
    "what postern queue hold has held; with --drop-queue it is dropped\n"
    "instead, unreported, and with it what was to leave later. Of one that\n"
    "was not stopped nothing goes out, and what is held is what is dropped.\n"
    "Look at it before: postern queue list --held --sender ADDRESS. Where\n"
    "somebody else has the password: postern account passwd, and postern\n"
    "account app-password list, come first.\n\n"
    WHICH_SERVER;

/* As enum send_limit. */
static const char *const names[SEND_LIMIT_KINDS] = { "messages-per-hour",
	"recipients-per-hour", "messages-per-day", "recipients-per-day",
	"new-recipients-per-day", "message-size" };

static bool
read_most(enum send_limit limit, const char *word, uint64_t *most)
{
	if (strcmp(word, "none") == 0)
		*most = SEND_LIMIT_NONE;
	else if (strcmp(word, "default") == 0)
		*most = 0;
	else if (limit == SEND_LIMIT_size)
		return conf_size_read(str_c(word), most) && *most > 0 &&
		    *most < SEND_LIMIT_NONE;
	else
		return str_u64(str_c(word), most) && *most > 0 &&
		    *most <= SEND_LIMIT_MOST;
	return true;
}

static int
put_limits(struct operator *op, const struct options *o, struct str address,
    struct err *err)
{
	uint64_t most[SEND_LIMIT_KINDS];

	/* All of them make sense before one is changed. */
	for (enum send_limit i = 0; i < SEND_LIMIT_KINDS; i++)
		if (o->limit[i] && !read_most(i, o->limit[i], &most[i]))
			return err_set(err, E_INVALID, "\"%s\" is none of %s, "
			    "none, default", o->limit[i], i == SEND_LIMIT_size ?
			    "a size like 500K or 20M" :
			    "a number from 1 to 1000000000");
	for (enum send_limit i = 0; i < SEND_LIMIT_KINDS; i++) {
		struct limit_put_ask ask = { operator_change(op), address, i,
			most[i] };
		struct done done;

		if (o->limit[i] && operator_store(op, STORE_limit_put, &ask,
		    &done, err) < 0)
			return err->code;
	}
	return 0;
}

static struct str
most_text(struct arena *a, enum send_limit limit, uint64_t most)
{
	auto_buf b = BUF_INIT(64);

	if (most == 0)
		return STR("none");
	if (limit != SEND_LIMIT_size)
		return arena_printf(a, "%llu", (unsigned long long)most);
	conf_size_put(&b, most);
	return str_dup(a, buf_get(&b));
}

static struct str
why_text(struct arena *a, const struct limits_answer *l)
{
	return l->stopped == 0 ? STR_NULL : arena_printf(a, "%llu %s",
	    (unsigned long long)l->most, l->why < SEND_LIMIT_KINDS ?
	    names[l->why] : "?");
}

static void
print_json(struct arena *a, struct str address,
    const struct limits_answer *l)
{
	auto_buf b = BUF_INIT(4096);
	struct rd r = rd_of(l->rows);
	struct limit_row row;

	buf_lit(&b, "{\"account\":");
	json_string(&b, address);
	buf_lit(&b, ",\"sending\":");
	json_string(&b, l->stopped ? STR("stopped") : STR("on"));
	buf_lit(&b, ",\"stopped-at\":");
	json_string(&b, time_text(a, l->stopped));
	buf_lit(&b, ",\"stopped-by\":");
	json_string(&b, why_text(a, l));
	buf_lit(&b, ",\"limits\":{");
	for (enum send_limit i = 0; i < SEND_LIMIT_KINDS &&
	    msg_take(&r, &limit_row_shape, &row); i++)
		buf_printf(&b, "%s\"%s\":{\"most\":%llu,\"own\":%s,"
		    "\"used\":%llu}", i ? "," : "", names[i],
		    (unsigned long long)row.most, row.own ? "true" : "false",
		    (unsigned long long)row.used);
	buf_lit(&b, "}}");
	printf("%.*s\n", STR_FMT(buf_get(&b)));
}

static void
print_table(struct arena *a, const char *address,
    const struct limits_answer *l)
{
	static const struct table_column columns[] = { { "limit", false },
		{ "most", false }, { "said-by", false }, { "used", true } };
	struct table t = { .columns = columns, .ncolumns = NELEM(columns) };
	struct rd r = rd_of(l->rows);
	struct limit_row row;

	for (enum send_limit i = 0; i < SEND_LIMIT_KINDS &&
	    msg_take(&r, &limit_row_shape, &row); i++) {
		struct str *cells = table_row(&t, a);

		cells[0] = str_c(names[i]);
		cells[1] = most_text(a, i, row.most);
		cells[2] = row.own ? STR("the account") : STR("default");
		cells[3] = i == SEND_LIMIT_size ? STR("") :
		    arena_printf(a, "%llu", (unsigned long long)row.used);
	}
	table_print(&t, false);
	if (l->stopped)
		printf("%s may send nothing since %.*s: more than %.*s\n",
		    address, STR_FMT(time_text(a, l->stopped)),
		    STR_FMT(why_text(a, l)));
}

static int
show_limits(struct admin *a, struct operator *op, const struct options *o,
    const char *typed, struct str address, struct err *err)
{
	const struct limits_ask ask = { address };
	struct limits_answer answer;

	if (operator_store(op, STORE_limits, &ask, &answer, err) < 0)
		return err->code;
	if (o->json)
		print_json(a->memory, address, &answer);
	else
		print_table(a->memory, typed, &answer);
	return 0;
}

static int
say_unlocked(const struct options *o, const char *typed, struct str address,
    const struct unlock_answer *u)
{
	const char *did = o->drop_queue ? "dropped" : "released";

	if (o->json) {
		auto_buf b = BUF_INIT(1000);

		buf_lit(&b, "{\"unlocked\":");
		json_string(&b, address);
		buf_printf(&b, ",\"was-stopped\":%s,\"%s\":%u,\"more\":%s}",
		    u->stopped ? "true" : "false", did, u->changed,
		    u->more ? "true" : "false");
		printf("%.*s\n", STR_FMT(buf_get(&b)));
		return 0;
	}
	printf("%s %s; %u recipient%s in the queue %s%s\n", typed,
	    u->stopped ? "may send again" : "was not stopped", u->changed,
	    u->changed == 1 ? "" : "s", did,
	    u->more ? " so far, the others follow" : "");
	return 0;
}

static int
unlock(struct operator *op, const struct options *o, const char *typed,
    struct str address, struct err *err)
{
	const struct unlock_ask ask = { operator_change(op), address,
		o->drop_queue };
	struct unlock_answer answer;

	if (operator_store(op, STORE_unlock, &ask, &answer, err) < 0)
		return err->code;
	return say_unlocked(o, typed, address, &answer);
}

int
account_limits(struct admin *a, int argc, char **argv)
{
	struct options o = { 0 };
	struct err err = { 0 };
	struct operator *op = NULL;
	struct str address;
	int n = options_read(&o, argc, argv, limits_usage,
	    SERVER_OPTIONS " messages-per-hour recipients-per-hour"
	    " messages-per-day recipients-per-day new-recipients-per-day"
	    " message-size"), rc;

	if (n < 0)
		return o.code;
	if (argc - n != 2 || !str_eq(str_c(argv[n]), STR("limit")))
		return options_wrong(argc, argv, n, limits_usage);
	rc = typed_address(a->memory, argv[n + 1], &address, &err);
	if (rc == 0)
		rc = operator_open(a, &o, &op, &err);
	if (rc == 0)
		rc = put_limits(op, &o, address, &err);
	if (rc == 0)
		rc = show_limits(a, op, &o, argv[n + 1], address, &err);
	operator_close(op);
	return rc < 0 ? admin_fail("account limit", "%s", err.text) : 0;
}

int
account_unlock(struct admin *a, int argc, char **argv)
{
	struct options o = { 0 };
	struct err err = { 0 };
	struct operator *op = NULL;
	struct str address;
	int n = options_read(&o, argc, argv, unlock_usage,
	    SERVER_OPTIONS " drop-queue"), rc;

	if (n < 0)
		return o.code;
	if (argc - n != 2 || !str_eq(str_c(argv[n]), STR("unlock")))
		return options_wrong(argc, argv, n, unlock_usage);
	rc = typed_address(a->memory, argv[n + 1], &address, &err);
	if (rc == 0)
		rc = operator_open(a, &o, &op, &err);
	if (rc == 0)
		rc = unlock(op, &o, argv[n + 1], address, &err);
	operator_close(op);
	return rc < 0 ? admin_fail("account unlock", "%s", err.text) : 0;
}
