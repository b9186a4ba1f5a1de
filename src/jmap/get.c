/*
 * get.c - what all /get have in common.                        RFC 8620 5.1
 */
#include <stdio.h>

#include "jmap/jmap_int.h"

const char *
get_ids(struct call *c, json_t **ids)
{
	return ids_of(c, "ids", ids);
}

const char *
ids_of(struct call *c, const char *name, json_t **ids)
{
	json_t *asked = json_object_get(c->args, name), *seen, *v;
	struct str id;
	size_t i;

	*ids = NULL;
	if (!asked)
		return NULL;
	if (json_array_size(asked) > MAX_GET)
		return call_error(c, "requestTooLarge", "more than %d ids",
		    MAX_GET);
	seen = json_object();
	json_array_foreach(asked, i, v) {
		if (!call_id(c, v, &id))
			id = text_of(v);
		(void)json_object_setn_new(seen, id.p, id.n, json_true());
	}
	*ids = seen;
	return NULL;
}

uint64_t
get_properties(struct call *c, const struct property *rows,
    const char **error)
{
	const json_t *asked = json_object_get(c->args, "properties"), *v;
	uint64_t wanted = 1;
	size_t i, k;

	*error = NULL;
	if (!asked)
		return UINT64_MAX;
	json_array_foreach(asked, i, v) {
		for (k = 0; rows[k].name; k++)
			if (str_eq(text_of(v), str_c(rows[k].name)))
				break;
		if (!rows[k].name) {
			*error = call_error(c, "invalidArguments",
			    "no such property: %.100s", json_string_value(v));
			return 0;
		}
		wanted |= UINT64_C(1) << k;
	}
	return wanted;
}

void
get_put(struct buf *b, const struct property *rows, uint64_t wanted,
    const void *record)
{
	out_open(b, '{');
	for (size_t k = 0; rows[k].name; k++) {
		if (!(wanted >> k & 1))
			continue;
		out_name(b, rows[k].name);
		rows[k].put(b, record);
	}
	out_close(b, '}');
}

void
get_begin(struct call *c, const char *state)
{
	out_put_str(&c->out, "accountId", str_c(c->person->id));
	out_put_str(&c->out, "state", str_c(state));
	out_name(&c->out, "list");
	out_open(&c->out, '[');
}

void
get_end(struct call *c, json_t *ids)
{
	const char *id;
	json_t *v;

	out_close(&c->out, ']');
	out_name(&c->out, "notFound");
	out_open(&c->out, '[');
	json_object_foreach(ids, id, v)
		out_str(&c->out, str_c(id));
	out_close(&c->out, ']');
	json_decref(ids);
}

const uint64_t *
ids_numbers(struct call *c, json_t *ids, char kind, size_t *n)
{
	uint64_t *numbers = arena_array(c->mem, json_object_size(ids) + 1,
	    sizeof(*numbers));
	const char *id;
	json_t *v;

	*n = 0;
	json_object_foreach(ids, id, v)
		*n += id_number(str_c(id), kind, &numbers[*n]);
	return numbers;
}

bool
id_found(json_t *ids, char kind, uint64_t number)
{
	char id[24];

	(void)snprintf(id, sizeof(id), "%c%ju", kind, (uintmax_t)number);
	return json_object_del(ids, id) == 0;
}
