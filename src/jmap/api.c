/*
 * api.c - a request: method calls one after another, each answered as soon as
 * it is done.                                               RFC 8620 3.3, 3.4
 */
#include "jmap/jmap_int.h"
#include "jmap/reference.h"
#include "mime/charset.h"

/* An answer that a later call of the request refers to. */
struct kept {
	struct kept *next;
	struct str call_id, name;
	json_t *args;
};

struct api {
	struct http_request *http;
	struct answer_to *to;
	struct person *person;
	json_t *using, *calls, *created;
	bool say_created;	/* createdIds were given */
	struct arena *mem;
	struct kept *kept;
	size_t kept_octets;
	size_t said;		/* answers */
};

/* ---- requests that are none                              RFC 8620 3.6.1 -- */

void
request_error_put(struct buf *b, const struct request_error *e)
{
	out_name(b, "type");
	buf_printf(b, "\"urn:ietf:params:jmap:error:%s\"", e->type);
	out_put_u64(b, "status", e->status);
	if (e->limit)
		out_put_str(b, "limit", str_c(e->limit));
	out_put_str(b, "detail", str_c(e->detail));
}

static struct http_answer
answer_error(struct http_request *r, const struct request_error *e)
{
	auto_buf b = BUF_INIT(2048);

	out_open(&b, '{');
	request_error_put(&b, e);
	out_close(&b, '}');
	bug_if(buf_failed(&b));
	return (struct http_answer){ e->status,
		STR("application/problem+json"), str_dup(r->mem, buf_get(&b)) };
}

static bool
refuse_request(struct request_error *e, uint16_t status, const char *type,
    const char *limit, struct str detail)
{
	*e = (struct request_error){ status, type, limit, "" };
	(void)snprintf(e->detail, sizeof(e->detail), "%.*s",
	    STR_FMT(utf8_first(detail, sizeof(e->detail) - 1)));
	return false;
}

struct http_answer
jmap_problem(struct http_request *r, uint16_t status, const char *type,
    const char *limit, const char *detail)
{
	struct request_error e;

	(void)refuse_request(&e, status, type, limit, str_c(detail));
	return answer_error(r, &e);
}

bool
person_begin_request(struct person *p, struct request_error *e)
{
	if (p->requests == MAX_CONCURRENT_REQUESTS)
		return refuse_request(e, 400, "limit", "maxConcurrentRequests",
		    STR("Too many requests at once"));
	p->requests++;
	return true;
}

struct http_answer
jmap_refuse(struct http_request *r, uint16_t status)
{
	if (status == 413)
		return jmap_problem(r, 413, "limit",
		    r->route->body_max == MAX_SIZE_UPLOAD ? "maxSizeUpload" :
		    "maxSizeRequest", "That is larger than is taken");
	return http_problem(r, status, NULL);
}

static bool
is_invocation(const json_t *v)
{
	return json_is_array(v) && json_array_size(v) == 3 &&
	    json_is_string(json_array_get(v, 0)) &&
	    json_is_object(json_array_get(v, 1)) &&
	    json_is_string(json_array_get(v, 2));
}

static bool
is_id_map(json_t *v)
{
	const char *name;
	json_t *id;

	if (!json_is_object(v))
		return false;
	json_object_foreach(v, name, id)
		if (!is_id(str_c(name)) || !json_is_string(id) ||
		    !is_id(text_of(id)))
			return false;
	return true;
}

/* Of the type of a Request?                                  RFC 8620 3.3 */
static bool
is_request(struct api *a, const json_t *request)
{
	json_t *v;
	size_t i;

	a->using = json_object_get(request, "using");
	a->calls = json_object_get(request, "methodCalls");
	v = json_object_get(request, "createdIds");
	a->say_created = v && !json_is_null(v);
	if (!json_is_array(a->using) || !json_is_array(a->calls) ||
	    (a->say_created && !is_id_map(v)))
		return false;
	a->created = a->say_created ? json_incref(v) : json_object();
	json_array_foreach(a->using, i, v)
		if (!json_is_string(v))
			return false;
	json_array_foreach(a->calls, i, v)
		if (!is_invocation(v))
			return false;
	return true;
}

/* NULL (then *answer says it) or the first capability that is not known. */
static const char *
unknown_capability(const struct api *a)
{
	json_t *v;
	size_t i;

	json_array_foreach(a->using, i, v)
		if (!capability_known(text_of(v)))
			return json_string_value(v);
	return NULL;
}

/* ---- references                                            RFC 8620 3.7 -- */

static const struct kept *
answer_of(const struct api *a, struct str call_id)
{
	const struct kept *k = a->kept;

	while (k && !str_eq(k->call_id, call_id))
		k = k->next;
	return k;
}

static json_t *
resolve(const struct api *a, const json_t *reference)
{
	const struct kept *k;
	struct str of, name, path;

	if (!json_text_of(reference, "resultOf", &of) ||
	    !json_text_of(reference, "name", &name) ||
	    !json_text_of(reference, "path", &path))
		return NULL;
	k = answer_of(a, of);
	return k && str_eq(k->name, name) ? reference_point(k->args, path) :
	    NULL;
}

/* The arguments with what they refer to. NULL, or the type of an error. */
static const char *
resolve_all(const struct api *a, json_t *args, json_t **resolved)
{
	const char *name;
	json_t *v, *found;

	*resolved = json_object();
	json_object_foreach(args, name, v) {
		if (name[0] != '#') {
			(void)json_object_set(*resolved, name, v);
			continue;
		}
		if (json_object_get(args, name + 1))
			return "invalidArguments";
		found = resolve(a, v);
		if (!found)
			return "invalidResultReference";
		(void)json_object_set_new(*resolved, name + 1, found);
	}
	return NULL;
}

/* Does a call behind this one refer to its answer? */
static bool
is_wanted(const struct api *a, size_t at, struct str call_id)
{
	const char *name;
	json_t *v;
	struct str of;

	for (size_t i = at + 1; i < json_array_size(a->calls); i++) {
		json_object_foreach(json_array_get(
		    json_array_get(a->calls, i), 1), name, v)
			if (name[0] == '#' &&
			    json_text_of(v, "resultOf", &of) &&
			    str_eq(of, call_id))
				return true;
	}
	return false;
}

/* Only the first answer to a call is ever referred to. */
static void
keep_answer(struct api *a, size_t at, struct str call_id, struct str name,
    struct str args)
{
	struct kept *k;

	if (!is_wanted(a, at, call_id) || answer_of(a, call_id) ||
	    args.n > KEPT_MAX - a->kept_octets)
		return;
	a->kept_octets += args.n;
	k = arena_new_of(a->mem, struct kept);
	*k = (struct kept){ a->kept, call_id, name, json_take(args) };
	a->kept = k;
}

/* ---- method calls -------------------------------------------------------- */

static const struct method *
method_of(const struct api *a, struct str name)
{
	const struct method *m = jmap_methods;
	json_t *v;
	size_t i;

	while (m->name && !str_eq(name, str_c(m->name)))
		m++;
	if (!m->name)
		return NULL;
	json_array_foreach(a->using, i, v)
		if (str_eq(text_of(v), str_c(m->capability)))
			return m;
	return NULL;
}

static void
say(struct api *a, struct str name, struct str args, struct str call_id)
{
	auto_buf b = BUF_INIT(8 * MAX_SIZE_REQUEST);

	buf_str(&b, a->said++ ? STR(",[") : STR("["));
	http_json_str(&b, name);
	buf_chr(&b, ',');
	a->to->write(a->to, buf_get(&b));
	a->to->write(a->to, args);
	buf_reset(&b);
	buf_chr(&b, ',');
	http_json_str(&b, call_id);
	buf_chr(&b, ']');
	a->to->write(a->to, buf_get(&b));
}

static void
put_error(struct call *c, const char *type)
{
	buf_free(&c->out);
	c->out = BUF_INIT(ANSWER_MAX);
	out_open(&c->out, '{');
	out_put_str(&c->out, "type", str_c(type));
	out_put_description(&c->out, c->why);
	out_close(&c->out, '}');
}

/* The answer is in c->out: an object. NULL, or the type of an error. */
static const char *
run_call(struct api *a, struct call *c, struct str name, json_t *args)
{
	const struct method *m = method_of(a, name);
	const char *error;

	if (!m)
		return "unknownMethod";
	if ((error = resolve_all(a, args, &c->args)) ||
	    (error = args_check(c, m->rules)))
		return error;
	out_open(&c->out, '{');
	error = m->run(c);
	if (buf_failed(&c->out))
		return call_error(c, "requestTooLarge", "the answer would be "
		    "longer than %d octets", ANSWER_MAX);
	if (!error)
		out_close(&c->out, '}');
	return error;
}

/* One call, and what follows from it by itself. */
static void
answer_call(struct api *a, size_t at)
{
	json_t *invocation = json_incref(json_array_get(a->calls, at)), *then;
	struct str call_id = text_of(json_array_get(invocation, 2));

	while (invocation) {
		struct str name = text_of(json_array_get(invocation, 0));
		struct call c = {
			.http = a->http,
			.jmap = a->person->jmap,
			.person = a->person,
			.account = a->http->account,
			.using = a->using,
			.created = a->created,
			.out = BUF_INIT(ANSWER_MAX),
			.mem = arena_new(CALL_MEM),
		};
		const char *error = run_call(a, &c, name,
		    json_array_get(invocation, 1));

		if (error) {
			put_error(&c, error);
			name = STR("error");
		}
		say(a, name, buf_get(&c.out), call_id);
		keep_answer(a, at, call_id, str_dup(a->mem, name),
		    buf_get(&c.out));
		then = error ? NULL : json_incref(c.then);
		json_decref(c.then);
		json_decref(c.sent);
		json_decref(c.args);
		buf_free(&c.out);
		arena_free(c.mem);
		json_decref(invocation);
		invocation = then;
	}
}

static void
answer_calls(struct api *a)
{
	auto_buf b = BUF_INIT(2 * MAX_SIZE_REQUEST + ANSWER_MAX);
	char state[9];

	session_state(a->http, a->person, state);
	a->to->begin(a->to);
	a->to->write(a->to, STR("\"methodResponses\":["));
	for (size_t i = 0; i < json_array_size(a->calls); i++)
		answer_call(a, i);
	buf_chr(&b, ']');
	if (a->say_created) {
		out_name(&b, "createdIds");
		out_json(&b, a->created);
	}
	out_put_str(&b, "sessionState", str_c(state));
	out_close(&b, '}');
	a->to->write(a->to, buf_get(&b));
}

/* ---- the request --------------------------------------------------------- */

static bool
answer_request(struct api *a, const json_t *request, struct request_error *e)
{
	const char *unknown;

	if (!request)
		return refuse_request(e, 400, "notJSON", NULL,
		    STR("That is no JSON, or has more than 32 levels"));
	if (!is_request(a, request))
		return refuse_request(e, 400, "notRequest", NULL,
		    STR("That is no request of JMAP"));
	if ((unknown = unknown_capability(a)))
		return refuse_request(e, 400, "unknownCapability", NULL,
		    str_c(unknown));
	if (json_array_size(a->calls) > MAX_CALLS)
		return refuse_request(e, 400, "limit", "maxCallsInRequest",
		    STR("Too many method calls"));
	answer_calls(a);
	return true;
}

bool
jmap_answer(struct http_request *r, const json_t *request,
    struct answer_to *to, struct request_error *error)
{
	struct api a = { .http = r, .to = to, .person = person_of(r),
		.mem = arena_new(CALL_MEM) };
	bool answered = answer_request(&a, request, error);

	for (struct kept *k = a.kept; k; k = k->next)
		json_decref(k->args);
	json_decref(a.created);
	arena_free(a.mem);
	return answered;
}

/* ---- by HTTP ------------------------------------------------------------- */

struct http_sink {
	struct answer_to to;
	struct http_request *r;
};

static void
begin_http(struct answer_to *to)
{
	struct http_request *r = container_of(to, struct http_sink, to)->r;

	http_begin(r, 200, STR("application/json"));
	(void)http_write(r, STR("{"));
}

static void
write_http(struct answer_to *to, struct str octets)
{
	(void)http_write(container_of(to, struct http_sink, to)->r, octets);
}

/* POST /jmap/api/                                            RFC 8620 3.1 */
struct http_answer
jmap_api(struct http_request *r)
{
	struct http_sink sink = { { begin_http, write_http }, r };
	struct request_error error;
	json_t *request = NULL;
	struct str type;
	bool answered;

	(void)http_field_of(&r->head, STR("Content-Type"), &type);
	if (http_is_type(type, STR("application/json")))
		request = json_take(r->body);
	answered = jmap_answer(r, request, &sink.to, &error);
	json_decref(request);
	return answered ? HTTP_BEGUN : answer_error(r, &error);
}
