#include "jmap/email_create.h"

#include "base/timetext.h"
#include "jmap/blobs.h"
#include "jmap/email_filter.h"
#include "mime/build.h"

enum { PARTS_MAX = 500 };	/* of one email */

/* Octets of a blob, for as long as the message is built. */
struct held {
	struct held *next;
	struct buf octets;
	struct build_source source;
};

struct writing {
	struct call *call;
	struct set_result *res;
	json_t *values;		/* bodyValues */
	size_t nparts;
	struct held *held;
	uint64_t held_octets;
	json_t *not_found;	/* blobs */
	struct deposit *deposit;
};

/* ---- values of header fields --------------------------------------------- */

/* Date: full-date "T" full-time                          RFC 8620 1.4 */
static bool
read_date(struct str text, struct mail_date *date)
{
	auto_buf utc = BUF_INIT(40);
	struct str zone;
	uint32_t hours, minutes;

	if (text.n < 20 || text.n > 35)
		return false;
	if (text.p[text.n - 1] == 'Z') {
		date->offset_min = 0;
		return time_read_utc(text, &date->at);
	}
	zone = str_from(text, text.n - 6);
	if ((zone.p[0] != '+' && zone.p[0] != '-') || zone.p[3] != ':' ||
	    !str_u32(str_first(str_from(zone, 1), 2), &hours) ||
	    !str_u32(str_from(zone, 4), &minutes) || hours > 23 ||
	    minutes > 59)
		return false;
	buf_printf(&utc, "%.*sZ", STR_FMT(str_first(text, text.n - 6)));
	date->offset_min = (int)(hours * 60 + minutes);
	if (zone.p[0] == '-')
		date->offset_min = -date->offset_min;
	if (!time_read_utc(buf_get(&utc), &date->at))
		return false;
	date->at -= (int64_t)date->offset_min * 60;
	return true;
}

/* EmailAddress */
static bool
read_address(const json_t *v, struct build_address *to)
{
	const json_t *name = json_object_get(v, "name");
	struct str email;

	if (!json_text_of(v, "email", &email) ||
	    (name && !json_is_null(name) && !json_is_string(name)))
		return false;
	*to = (struct build_address){ BUILD_MAILBOX, json_is_string(name) ?
		text_of(name) : STR(""), email };
	return true;
}

/* EmailAddress[], or EmailAddressGroup[]. */
static bool
read_addresses(struct writing *w, const json_t *v, bool groups,
    struct build_field *f)
{
	struct build_address *to;
	const json_t *group, *list, *one;
	size_t i, k, n = 0;

	json_array_foreach(v, i, group)
		n += groups ? json_array_size(json_object_get(group,
		    "addresses")) + 2 : 1;
	to = arena_array(w->call->mem, n + 1, sizeof(*to));
	f->addresses = to;
	json_array_foreach(v, i, group) {
		struct str name = STR_NULL;
		bool named = groups && json_text_of(group, "name", &name);

		list = groups ? json_object_get(group, "addresses") : NULL;
		if (!groups && !read_address(group, &to[f->n++]))
			return false;
		if (groups && !json_is_array(list))
			return false;
		if (named)
			to[f->n++] = (struct build_address){ BUILD_GROUP,
				name, STR_NULL };
		json_array_foreach(list, k, one)
			if (!read_address(one, &to[f->n++]))
				return false;
		if (named)
			to[f->n++] = (struct build_address){ BUILD_GROUP_END,
				STR_NULL, STR_NULL };
	}
	return json_is_array(v);
}

static bool
read_list(struct writing *w, const json_t *v, struct build_field *f)
{
	struct str *list = arena_array(w->call->mem, json_array_size(v) + 1,
	    sizeof(*list));
	const json_t *one;
	size_t i;

	json_array_foreach(v, i, one) {
		if (!json_is_string(one))
			return false;
		list[f->n++] = text_of(one);
	}
	f->list = list;
	return json_is_array(v);
}

static bool
read_value(struct writing *w, enum header_form form, const json_t *v,
    struct build_field *f)
{
	f->text = text_of(v);
	switch (form) {
	case FORM_RAW:
		f->form = BUILD_RAW;
		return json_is_string(v);
	case FORM_TEXT:
		f->form = BUILD_TEXT;
		return json_is_string(v);
	case FORM_ADDRESSES:
	case FORM_GROUPED_ADDRESSES:
		f->form = BUILD_ADDRESSES;
		return read_addresses(w, v, form == FORM_GROUPED_ADDRESSES,
		    f);
	case FORM_MESSAGE_IDS:
		f->form = BUILD_IDS;
		return read_list(w, v, f);
	case FORM_URLS:
		f->form = BUILD_URLS;
		return read_list(w, v, f);
	case FORM_DATE:
		f->form = BUILD_DATE;
		return json_is_string(v) && read_date(text_of(v), &f->date);
	case FORMS:
		break;
	}
	return false;
}

/* ---- header fields ------------------------------------------------------- */

static const struct {
	const char *property;
	struct str name;
	enum header_form form;
} shorthands[] = {
	{ "messageId", STR("Message-ID"), FORM_MESSAGE_IDS },
	{ "inReplyTo", STR("In-Reply-To"), FORM_MESSAGE_IDS },
	{ "references", STR("References"), FORM_MESSAGE_IDS },
	{ "sender", STR("Sender"), FORM_ADDRESSES },
	{ "from", STR("From"), FORM_ADDRESSES },
	{ "to", STR("To"), FORM_ADDRESSES },
	{ "cc", STR("Cc"), FORM_ADDRESSES },
	{ "bcc", STR("Bcc"), FORM_ADDRESSES },
	{ "replyTo", STR("Reply-To"), FORM_ADDRESSES },
	{ "subject", STR("Subject"), FORM_TEXT },
	{ "sentAt", STR("Date"), FORM_DATE },
};

struct fields {
	struct build_field *v;
	size_t n, max;
};

/* Room for all that the members of an object can be. */
static struct fields
fields_of(struct writing *w, const json_t *object)
{
	struct fields f = { 0 };
	const char *name;
	json_t *v;

	json_object_foreach((json_t *)(uintptr_t)object, name, v)
		f.max += 1 + json_array_size(v);
	f.v = arena_array(w->call->mem, f.max + 1, sizeof(*f.v));
	return f;
}

static void
add_value(struct writing *w, struct fields *to, const char *property,
    struct header_property *h, const json_t *v)
{
	struct build_field f = { .name = h->name };

	bug_if(to->n == to->max);
	if (!read_value(w, h->form, v, &f))
		set_wrong(w->res, property, "of another type");
	else
		to->v[to->n++] = f;
}

/* Is it a property of a header field? Then it is in *to, or wrong. No field is
 * said by two properties. */
static bool
add_field(struct writing *w, struct fields *to, const char *property,
    const json_t *v)
{
	struct header_property h;
	const json_t *one;
	bool is = header_property_parse(str_c(property), &h);
	size_t i;

	for (i = 0; !is && i < NELEM(shorthands); i++) {
		if (strcmp(property, shorthands[i].property) != 0)
			continue;
		h = (struct header_property){ shorthands[i].name,
			shorthands[i].form, false };
		is = true;
	}
	if (!is || json_is_null(v))
		return is;
	for (i = 0; i < to->n; i++) {
		if (!str_eqi(to->v[i].name, h.name))
			continue;
		set_wrong(w->res, property, "the field is said twice");
		return true;
	}
	if (!h.all) {
		add_value(w, to, property, &h, v);
		return true;
	}
	json_array_foreach(v, i, one)
		add_value(w, to, property, &h, one);
	if (!json_is_array(v))
		set_wrong(w->res, property, "of another type");
	return true;
}

/* ---- parts --------------------------------------------------------------- */

static int
read_held(void *arg, uint64_t offset, struct str *octets,
    struct err *err unused_arg)
{
	const struct held *h = arg;

	*octets = str_from(buf_get(&h->octets), (size_t)offset);
	return 0;
}

static void
hold_blob(struct writing *w, const json_t *v, struct build_part *p)
{
	const struct blobs b = { w->call->person, w->call->account };
	struct held *h = arena_new_of(w->call->mem, struct held);
	struct err err = { 0 };
	struct str id;
	int e = E_NOTFOUND;

	*h = (struct held){ w->held, BUF_INIT(BLOB_MAX - w->held_octets),
		{ read_held, h } };
	w->held = h;
	if (json_is_string(v) && call_id(w->call, v, &id))
		e = blobs_get(&b, id, &h->octets, &err);
	w->held_octets += h->octets.n;
	p->source = &h->source;
	if (e == E_NOTFOUND)
		(void)json_array_append(w->not_found, (json_t *)(uintptr_t)v);
	else if (e == E_LIMIT)
		set_refuse(w->res, "tooLarge", "more than %d octets attached",
		    BLOB_MAX);
	else if (e < 0)
		set_fail(w->call, w->res, &err);
}

static void
take_value(struct writing *w, const json_t *id, struct build_part *p)
{
	const json_t *value = json_object_get(w->values,
	    json_is_string(id) ? json_string_value(id) : "");

	if (!json_text_of(value, "value", &p->octets) ||
	    json_is_true(json_object_get(value, "isEncodingProblem")) ||
	    json_is_true(json_object_get(value, "isTruncated")))
		set_wrong(w->res, "bodyValues",
		    "there is no whole value of this partId");
	p->charset = STR("utf-8");
}

static void read_part(struct writing *w, const json_t *v,
    struct build_part *p);

static void
read_parts(struct writing *w, const json_t *list, struct build_part *p)
{
	size_t n = json_array_size(list);
	struct build_part *parts;

	if (!json_is_array(list) || n == 0 || n > PARTS_MAX) {
		set_wrong(w->res, "subParts", "some parts are needed");
		return;
	}
	parts = arena_array(w->call->mem, n, sizeof(*parts));
	for (size_t i = 0; i < n && !w->res->error; i++)
		read_part(w, json_array_get(list, i), &parts[i]);
	p->parts = parts;
	p->nparts = n;
}

/* The members that are texts. */
static bool
read_text(struct build_part *p, const char *name, const json_t *v)
{
	if (strcmp(name, "type") == 0)
		p->type = text_of(v);
	else if (strcmp(name, "charset") == 0)
		p->charset = text_of(v);
	else if (strcmp(name, "disposition") == 0)
		p->disposition = text_of(v);
	else if (strcmp(name, "name") == 0)
		p->name = text_of(v);
	else if (strcmp(name, "cid") == 0)
		p->id = text_of(v);
	else
		return false;
	return json_is_string(v) || json_is_null(v);
}

static void
add_location(struct writing *w, struct fields *f, const json_t *v)
{
	struct header_property h = { STR("Content-Location"), FORM_TEXT,
		false };

	if (!json_is_null(v))
		add_value(w, f, "location", &h, v);
}

static void
add_language(struct writing *w, struct fields *f, const json_t *v)
{
	auto_buf b = BUF_INIT(1000);
	const json_t *one;
	size_t i;

	json_array_foreach(v, i, one)
		buf_printf(&b, "%s%.*s", b.n ? ", " : "",
		    STR_FMT(text_of(one)));
	if (b.n == 0)
		return;
	bug_if(f->n == f->max);
	f->v[f->n++] = (struct build_field){ .name = STR("Content-Language"),
		.form = BUILD_TEXT, .text = str_dup(w->call->mem,
		    buf_get(&b)) };
}

/* EmailBodyPart                                          RFC 8621 4.1.4, 4.6 */
static void
read_part(struct writing *w, const json_t *v, struct build_part *p)
{
	struct fields f = fields_of(w, v);
	const json_t *id = json_object_get(v, "partId");
	const json_t *blob = json_object_get(v, "blobId");
	const json_t *parts = json_object_get(v, "subParts");
	const char *name;
	json_t *member;

	*p = (struct build_part){ 0 };
	if (!json_is_object(v))
		set_wrong(w->res, "bodyStructure", "a part is an object");
	if (++w->nparts > PARTS_MAX)
		set_refuse(w->res, "tooLarge", "more than %d parts",
		    PARTS_MAX);
	json_object_foreach((json_t *)(uintptr_t)v, name, member) {
		if (member == id || member == blob || member == parts ||
		    strcmp(name, "size") == 0 || read_text(p, name, member))
			continue;
		if (strcmp(name, "language") == 0)
			add_language(w, &f, member);
		else if (strcmp(name, "location") == 0)
			add_location(w, &f, member);
		else if (strncmp(name, "header:Content-Transfer", 23) == 0 ||
		    !add_field(w, &f, name, member))
			set_wrong(w->res, name, "no property of a part");
	}
	p->fields = f.v;
	p->nfields = f.n;
	if (p->type.n == 0)
		p->type = parts && !json_is_null(parts) ?
		    STR("multipart/mixed") : STR("text/plain");
	if (str_startsi(p->type, STR("multipart/")))
		read_parts(w, parts, p);
	else if (blob && !json_is_null(blob) && (!id || json_is_null(id)))
		hold_blob(w, blob, p);
	else if (id && !json_is_null(id) && (!blob || json_is_null(blob)))
		take_value(w, id, p);
	else
		set_wrong(w->res, "partId", "a partId or a blobId is needed");
}

/* ---- the body ------------------------------------------------------------ */

/* textBody and htmlBody: one part of this type, if there is any. */
static const struct build_part *
read_only_part(struct writing *w, json_t *object, const char *name,
    struct str type)
{
	const json_t *list = json_object_get(object, name);
	struct build_part *p;

	if (!list || json_is_null(list) || json_array_size(list) == 0)
		return NULL;
	p = arena_new_of(w->call->mem, struct build_part);
	read_part(w, json_array_get(list, 0), p);
	if (json_array_size(list) != 1 || (json_object_get(json_array_get(
	    list, 0), "type") && !str_eqi(p->type, type)))
		set_wrong(w->res, name, "one part of its type is needed");
	p->type = type;
	return p;
}

/* What the HTML shows stands beside it. */
static bool
is_shown(const struct build_part *p, const struct build_shape *shape)
{
	return shape->html && p->id.n > 0 &&
	    !str_eqi(p->disposition, STR("attachment"));
}

static const struct build_part *
read_body(struct writing *w, json_t *object)
{
	const json_t *structure = json_object_get(object, "bodyStructure");
	const json_t *list = json_object_get(object, "attachments");
	size_t n = json_array_size(list), at = 0, end = n;
	struct build_part *parts = arena_array(w->call->mem, n + 1,
	    sizeof(*parts)), one;
	struct build_shape shape = { 0 };

	if (structure && !json_is_null(structure)) {
		if (list || json_object_get(object, "textBody") ||
		    json_object_get(object, "htmlBody"))
			set_wrong(w->res, "bodyStructure",
			    "beside other properties of the body");
		read_part(w, structure, &parts[0]);
		return &parts[0];
	}
	if (n > PARTS_MAX || (list && !json_is_null(list) &&
	    !json_is_array(list))) {
		set_wrong(w->res, "attachments", "a list of parts is needed");
		return NULL;
	}
	shape.text = read_only_part(w, object, "textBody", STR("text/plain"));
	shape.html = read_only_part(w, object, "htmlBody", STR("text/html"));
	/* Those that are shown from the front, the others from the end. */
	for (size_t i = 0; i < n && !w->res->error; i++) {
		read_part(w, json_array_get(list, i), &one);
		if (is_shown(&one, &shape)) {
			parts[at++] = one;
			continue;
		}
		if (one.disposition.n == 0)
			one.disposition = STR("attachment");
		parts[--end] = one;
	}
	for (size_t i = end, k = n; i + 1 < k; i++) {
		one = parts[--k];
		parts[k] = parts[i];
		parts[i] = one;
	}
	shape.related = parts;
	shape.nrelated = at;
	shape.attached = parts + end;
	shape.nattached = n - end;
	return build_shape(w->call->mem, &shape);
}

/* ---- the message --------------------------------------------------------- */

static int
write_octets(void *arg, struct str octets, struct err *err)
{
	struct writing *w = arg;

	deposit_write(w->deposit, octets);
	return deposit_failed(w->deposit, err);
}

static void
write_message(struct writing *w, const struct fields *f,
    const struct build_part *body, const struct keeping *k)
{
	struct loop *l = w->call->jmap->loop;
	const struct build_options o = {
		.id = arena_printf(w->call->mem, "%016jx%016jx",
		    (uintmax_t)loop_random64(l), (uintmax_t)loop_random64(l)),
		.host = str_c(w->call->jmap->hostname),
		.at = loop_wall(l), .emit = write_octets, .arg = w };
	struct err err = { 0 };
	int e;

	w->deposit = email_deposit(w->call);
	e = build_message(&o, f->v, f->n, body, &err);
	if (e == 0) {
		email_store(w->call, w->deposit, k, w->res);
		return;
	}
	deposit_free(w->deposit);
	if (e == E_INVALID || e == E_LIMIT)
		set_refuse(w->res, "invalidProperties", "%.150s", err.text);
	else
		set_fail(w->call, w->res, &err);
}

static bool
is_of_body(const char *name)
{
	static const char *const names[] = { "mailboxIds", "keywords",
		"receivedAt", "bodyStructure", "bodyValues", "textBody",
		"htmlBody", "attachments" };

	for (size_t i = 0; i < NELEM(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

void
email_create(struct call *c, json_t *object, struct set_result *res)
{
	struct fields f;
	struct writing w = { .call = c, .res = res,
		.values = json_object_get(object, "bodyValues"),
		.not_found = json_array() };
	const struct build_part *body = NULL;
	struct keeping k;
	const char *name;
	json_t *v;

	f = fields_of(&w, object);
	keeping_read(c, object, &k, res);
	json_object_foreach(object, name, v) {
		if (is_of_body(name))
			continue;
		if (strncmp(name, "header:Content-", 15) == 0)
			set_wrong(res, name, "fields of a part are the part's");
		else if (!add_field(&w, &f, name, v))
			set_wrong(res, name, "it cannot be said here");
	}
	if (!res->error)
		body = read_body(&w, object);
	if (!res->error && json_array_size(w.not_found) > 0) {
		set_refuse(res, "blobNotFound", "there is no such blob");
		out_name(&res->out, "notFound");
		out_json(&res->out, w.not_found);
	}
	if (!res->error)
		write_message(&w, &f, body, &k);
	for (struct held *h = w.held; h; h = h->next)
		buf_free(&h->octets);
	json_decref(w.not_found);
}
