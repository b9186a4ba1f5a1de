/*
 * vacation.c - VacationResponse/get and /set.                  RFC 8621 8
 *
 * There is one. Store keeps it, and decides for each message that comes
 * (store/queue/vacation.c).
 */
#include "base/timetext.h"
#include "jmap/header.h"
#include "jmap/set.h"

#define SINGLETON "singleton"

static void
put_id(struct buf *b, const void *record unused_arg)
{
	out_str(b, STR(SINGLETON));
}

static void
put_enabled(struct buf *b, const void *record)
{
	out_bool(b, ((const struct vacation_answer *)record)->enabled);
}

static void
put_date(struct buf *b, int64_t at)
{
	if (at)
		header_put_utc(b, at);
	else
		out_null(b);
}

static void
put_from(struct buf *b, const void *record)
{
	put_date(b, ((const struct vacation_answer *)record)->begins);
}

static void
put_to(struct buf *b, const void *record)
{
	put_date(b, ((const struct vacation_answer *)record)->ends);
}

#define TEXT(name)                                                  \
	static void                                                 \
	put_##name(struct buf *b, const void *record)               \
	{                                                           \
		const struct vacation_answer *v = record;           \
                                                                    \
		if (v->has & VACATION_##name)                       \
			out_str(b, v->name.n ? v->name : STR(""));  \
		else                                                \
			out_null(b);                                \
	}
TEXT(subject)
TEXT(text)
TEXT(html)

/* In the order of RFC 8621 8. */
static const struct property properties[] = {
	{ "id", put_id },
	{ "isEnabled", put_enabled },
	{ "fromDate", put_from },
	{ "toDate", put_to },
	{ "subject", put_subject },
	{ "textBody", put_text },
	{ "htmlBody", put_html },
	{ NULL, NULL },
};

static int
vacation_read(struct call *c, struct vacation_answer *out, struct err *err)
{
	const struct vacation_ask ask = { STR_NULL };

	return store_call(c->account->store, STORE_vacation, &ask, out,
	    c->mem, err);
}

static void
put_state(char state[STATE_MAX], const struct vacation_answer *v)
{
	(void)snprintf(state, STATE_MAX, "%llu",
	    (unsigned long long)v->version);
}

const char *
vacation_get(struct call *c)
{
	const char *error;
	uint64_t wanted = get_properties(c, properties, &error);
	struct vacation_answer now;
	struct err err = { 0 };
	char state[STATE_MAX];
	json_t *ids;

	if (error || (error = get_ids(c, &ids)))
		return error;
	if (vacation_read(c, &now, &err) < 0) {
		json_decref(ids);
		return call_fail(c, &err);
	}
	put_state(state, &now);
	get_begin(c, state);
	if (!ids || json_object_del(ids, SINGLETON) == 0)
		get_put(&c->out, properties, wanted, &now);
	get_end(c, ids);
	return NULL;
}

static int
vacation_state(struct call *c, char state[STATE_MAX], struct err *err)
{
	struct vacation_answer now;
	int rc = vacation_read(c, &now, err);

	if (rc == 0)
		put_state(state, &now);
	return rc;
}

/* ---- set ----------------------------------------------------------------- */

static void
read_enabled(struct vacation *v, const char *name, const json_t *to,
    struct set_result *res)
{
	if (!json_is_boolean(to))
		set_wrong(res, name, "true or false");
	v->enabled = json_is_true(to);
}

static void
read_date(int64_t *at, const char *name, const json_t *to,
    struct set_result *res)
{
	*at = 0;
	if (!json_is_null(to) && (!json_is_string(to) ||
	    !time_read_utc(text_of(to), at) || *at <= 0))
		set_wrong(res, name, "a UTCDate after 1970, or null");
}

static void
read_from(struct vacation *v, const char *name, const json_t *to,
    struct set_result *res)
{
	read_date(&v->begins, name, to, res);
}

static void
read_to(struct vacation *v, const char *name, const json_t *to,
    struct set_result *res)
{
	read_date(&v->ends, name, to, res);
}

static void
read_text(struct vacation *v, uint32_t which, struct str *text, size_t most,
    const char *name, const json_t *to, struct set_result *res)
{
	v->has &= ~which;
	*text = STR_NULL;
	if (json_is_null(to))
		return;
	if (!json_is_string(to) || text_of(to).n > most) {
		set_wrong(res, name, "a text that is not too long, or null");
		return;
	}
	*text = text_of(to);
	v->has |= which;
}

static void
read_subject(struct vacation *v, const char *name, const json_t *to,
    struct set_result *res)
{
	read_text(v, VACATION_subject, &v->subject, VACATION_SUBJECT_MAX,
	    name, to, res);
}

static void
read_body(struct vacation *v, const char *name, const json_t *to,
    struct set_result *res)
{
	read_text(v, VACATION_text, &v->text, VACATION_BODY_MAX, name, to,
	    res);
}

static void
read_html(struct vacation *v, const char *name, const json_t *to,
    struct set_result *res)
{
	read_text(v, VACATION_html, &v->html, VACATION_BODY_MAX, name, to,
	    res);
}

static const struct {
	const char *name;
	void (*read)(struct vacation *v, const char *name, const json_t *to,
	    struct set_result *res);
} settable[] = {
	{ "isEnabled", read_enabled }, { "fromDate", read_from },
	{ "toDate", read_to }, { "subject", read_subject },
	{ "textBody", read_body }, { "htmlBody", read_html },
};

static void
read_property(struct vacation *v, const char *name, const json_t *to,
    struct set_result *res)
{
	for (size_t i = 0; i < NELEM(settable); i++)
		if (strcmp(name, settable[i].name) == 0) {
			settable[i].read(v, name, to, res);
			return;
		}
	if (strcmp(name, "id") != 0 || !str_eq(text_of(to), STR(SINGLETON)))
		set_wrong(res, name, "there is no such thing to set");
}

static void
update(struct call *c, struct str id, json_t *patch, struct set_result *res)
{
	struct vacation_put_ask ask = {
		.change = store_change_id(c->account->store) };
	struct vacation_answer now;
	struct vacation v;
	struct err err = { 0 };
	struct done done;
	const char *name;
	json_t *to;

	if (!str_eq(id, STR(SINGLETON))) {
		set_refuse(res, "notFound", "there is only " SINGLETON);
		return;
	}
	if (vacation_read(c, &now, &err) < 0) {
		set_fail(c, res, &err);
		return;
	}
	MSG_COPY(vacation, &v, &now);
	json_object_foreach(patch, name, to)
		read_property(&v, name, to, res);
	if (!res->error && v.begins && v.ends && v.ends <= v.begins)
		set_wrong(res, "toDate", "before it begins");
	if (res->error)
		return;
	MSG_COPY(vacation, &ask, &v);
	if (store_call(c->account->store, STORE_vacation_put, &ask, &done,
	    c->mem, &err) < 0)
		set_fail(c, res, &err);
}

static void
refuse_create(struct call *c unused_arg, json_t *object unused_arg,
    struct set_result *res)
{
	set_refuse(res, "singleton", "there is one already");
}

static void
destroy(struct call *c unused_arg, struct str id, struct set_result *res)
{
	set_refuse(res, str_eq(id, STR(SINGLETON)) ? "singleton" : "notFound",
	    "it cannot go");
}

const char *
vacation_set(struct call *c)
{
	static const struct set_ops ops = { .state = vacation_state,
		.create = refuse_create, .update = update,
		.destroy = destroy };

	return set_run(c, &ops);
}
