/*
 * email_import.c - Email/import and Email/parse.           RFC 8621 4.8, 4.9
 */
#include "jmap/blobs.h"
#include "jmap/email_store.h"

/* ---- Email/import                                          RFC 8621 4.8 -- */

static int
write_piece(void *arg, struct str octets)
{
	deposit_write(arg, octets);
	return 0;
}

static void
import_one(struct call *c, json_t *object, struct set_result *res)
{
	const struct blobs b = { c->person, c->account };
	json_t *blob = json_object_get(object, "blobId");
	struct keeping k;
	struct deposit *d;
	struct err err = { 0 };
	struct str id;
	int e;

	keeping_read(c, object, &k, res);
	if (!json_is_string(blob) || !call_id(c, blob, &id))
		set_wrong(res, "blobId", "the id of a blob is needed");
	if (res->error)
		return;
	d = email_deposit(c);
	e = blobs_read(&b, id, write_piece, d, &err);
	if (e == 0) {
		email_store(c, d, &k, res);
		return;
	}
	deposit_free(d);
	if (e == E_NOTFOUND)
		set_wrong(res, "blobId", "there is no such blob");
	else
		set_fail(c, res, &err);
}

/* As the creations of a /set, under another name. */
const char *
email_import(struct call *c)
{
	static const struct set_ops ops = { .state = email_state,
		.create = import_one, .only_create = true };
	json_t *emails = json_object_get(c->args, "emails");

	(void)json_object_set(c->args, "create", emails);
	return set_run(c, &ops);
}

/* ---- Email/parse                                           RFC 8621 4.9 -- */

struct parsing {
	struct call *call;
	struct email_wants wants;
	struct buf not_found, not_parsable;
	size_t parsed;
};

static void
add_id(struct buf *b, struct str id)
{
	if (b->n == 0)
		out_open(b, '[');
	out_str(b, id);
}

static int
parse_one(struct parsing *p, struct str id, struct err *err)
{
	struct call *c = p->call;
	const struct blobs blobs = { c->person, c->account };
	struct buf octets = BUF_INIT(BLOB_MAX);
	struct email m = { .call = c, .wants = &p->wants, .blob = id };
	size_t before = c->out.n;
	int e = blobs_get(&blobs, id, &octets, err);

	m.source.here = octets.n ? buf_get(&octets) : STR("");
	if (e == 0) {
		if (p->parsed++ == 0)
			out_open(&c->out, '{');
		out_key(&c->out, id);
		e = email_put(&m, err);
		if (e < 0) {
			p->parsed--;
			c->out.n = before;
		}
	}
	if (e == E_NOTFOUND)
		add_id(&p->not_found, id);
	else if (e == E_DAMAGED || e == E_LIMIT)
		add_id(&p->not_parsable, id);
	buf_free(&octets);
	return e == E_NOTFOUND || e == E_DAMAGED || e == E_LIMIT ? 0 : e;
}

static void
put_ids(struct call *c, const char *name, struct buf *ids)
{
	out_name(&c->out, name);
	if (ids->n > 0) {
		out_close(ids, ']');
		buf_str(&c->out, buf_get(ids));
	} else {
		out_null(&c->out);
	}
	buf_free(ids);
}

const char *
email_parse(struct call *c)
{
	struct parsing p = { .call = c, .not_found = BUF_INIT(ANSWER_MAX),
		.not_parsable = BUF_INIT(ANSWER_MAX) };
	const json_t *ids = json_object_get(c->args, "blobIds"), *v;
	const char *error = wants_read(c, true, &p.wants);
	json_t *seen = json_object();
	struct err err = { 0 };
	struct str id;
	size_t i;
	int e = 0;

	if (!error && json_array_size(ids) > MAX_GET)
		error = "requestTooLarge";
	if (!error) {
		out_put_str(&c->out, "accountId", str_c(c->person->id));
		out_name(&c->out, "parsed");
		json_array_foreach(ids, i, v) {
			if (!call_id(c, v, &id))
				id = text_of(v);
			if (e == 0 && !json_object_getn(seen, id.p, id.n))
				e = parse_one(&p, id, &err);
			(void)json_object_setn_new(seen, id.p, id.n,
			    json_true());
		}
		if (p.parsed > 0)
			out_close(&c->out, '}');
		else
			out_null(&c->out);
		put_ids(c, "notParsable", &p.not_parsable);
		put_ids(c, "notFound", &p.not_found);
	}
	json_decref(seen);
	wants_free(&p.wants);
	return error ? error : e < 0 ? call_fail(c, &err) : NULL;
}
