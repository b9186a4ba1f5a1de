#include <stdarg.h>
#include <stdio.h>

#include "jmap/jmap_int.h"

/* ---- errors                                              RFC 8620 3.6.2 -- */

const char *
call_error(struct call *c, const char *type, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(c->why, sizeof(c->why), fmt, ap);
	va_end(ap);
	return type;
}

static const struct {
	int code;
	const char *type, *why;
} failures[] = {
	{ E_TIMEOUT, "serverUnavailable", "that took too long" },
	{ E_PEER, "serverUnavailable", "temporarily out of reach" },
	{ E_BUSY, "serverUnavailable", "busy" },
	{ E_IO, "serverUnavailable", "storage failed" },
	{ E_LIMIT, "serverUnavailable", "more than can be done at once" },
	{ E_FULL, "serverUnavailable", "no room is left" },
	{ E_DENIED, "forbidden", "please log in again" },
};

const char *
call_fail(struct call *c, const struct err *err)
{
	log_event(loop_log(c->jmap->loop), LOG_WARN, "method_failed",
	    F_STR("user", str_c(c->account->address)), F_ERR(err));
	for (size_t i = 0; i < NELEM(failures); i++)
		if (failures[i].code == err->code)
			return call_error(c, failures[i].type, "%s",
			    failures[i].why);
	return call_error(c, "serverFail", "something went wrong here");
}

/* ---- ids ----------------------------------------------------------------- */

struct str
text_of(const json_t *string)
{
	return str_make(json_string_value(string), json_string_length(string));
}

bool
is_id(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_alnum(s.p[i]) && s.p[i] != '-' && s.p[i] != '_')
			return false;
	return s.n > 0 && s.n <= ID_MAX;
}

bool
call_id(const struct call *c, const json_t *v, struct str *id)
{
	*id = text_of(v);
	if (id->n > 0 && id->p[0] == '#')
		*id = text_of(json_object_getn(c->created, id->p + 1,
		    id->n - 1));
	return id->n > 0;
}

bool
id_number(struct str id, char kind, uint64_t *number)
{
	return id.n > 1 && id.p[0] == kind && id.p[1] != '0' &&
	    str_u64(str_from(id, 1), number);
}

/* ---- arguments ----------------------------------------------------------- */

static bool
all_are(const json_t *array, bool (*is)(const json_t *v))
{
	for (size_t i = 0; i < json_array_size(array); i++)
		if (!is(json_array_get(array, i)))
			return false;
	return json_is_array(array);
}

static bool
is_string(const json_t *v)
{
	return json_is_string(v);
}

/* An id, or "#" and a creation id. */
static bool
is_reference(const json_t *v)
{
	struct str s = text_of(v);

	return is_id(s.n > 0 && s.p[0] == '#' ? str_from(s, 1) : s);
}

/* RFC 8620 1.3: what a double holds. */
static bool
is_int(const json_t *v)
{
	json_int_t i = json_integer_value(v);

	return json_is_integer(v) && i <= (1LL << 53) - 1 &&
	    i >= -((1LL << 53) - 1);
}

static bool
is_of_type(const json_t *v, enum arg_type type)
{
	switch (type) {
	case ARG_ACCOUNT:
	case ARG_ID:
		return is_reference(v);
	case ARG_STRING:
		return json_is_string(v);
	case ARG_BOOL:
		return json_is_boolean(v);
	case ARG_UINT:
		return is_int(v) && json_integer_value(v) >= 0;
	case ARG_INT:
		return is_int(v);
	case ARG_IDS:
		return all_are(v, is_reference);
	case ARG_STRINGS:
		return all_are(v, is_string);
	case ARG_ARRAY:
		return json_is_array(v);
	case ARG_OBJECT:
		return json_is_object(v);
	}
	return false;
}

static const struct arg_rule *
rule_of(const struct arg_rule *rules, const char *name)
{
	for (; rules->name; rules++)
		if (strcmp(rules->name, name) == 0)
			return rules;
	return NULL;
}

const char *
args_check(struct call *c, const struct arg_rule *rules)
{
	const struct arg_rule *rule;
	const char *name;
	json_t *v;
	void *next;

	if (!rules)		/* whatever they are */
		return NULL;
	json_object_foreach_safe(c->args, next, name, v) {
		rule = rule_of(rules, name);
		if (rule && json_is_null(v))
			(void)json_object_del(c->args, name);
		else if (!rule || !is_of_type(v, rule->type))
			return call_error(c, "invalidArguments",
			    rule ? "%.100s is of another type" :
			    "%.100s is not known here", name);
	}
	for (rule = rules; rule->name; rule++) {
		v = json_object_get(c->args, rule->name);
		if (!v && rule->needed)
			return call_error(c, "invalidArguments",
			    "%s is missing", rule->name);
		if (rule->type == ARG_ACCOUNT &&
		    !str_eq(text_of(v), str_c(c->person->id)))
			return "accountNotFound";
	}
	return NULL;
}

bool
arg_bool(const struct call *c, const char *name, bool otherwise)
{
	const json_t *v = json_object_get(c->args, name);

	return v ? json_is_true(v) : otherwise;
}

int64_t
arg_int(const struct call *c, const char *name, int64_t otherwise)
{
	const json_t *v = json_object_get(c->args, name);

	return v ? json_integer_value(v) : otherwise;
}

struct str
arg_str(const struct call *c, const char *name)
{
	return text_of(json_object_get(c->args, name));
}
