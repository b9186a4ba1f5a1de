#include <stdlib.h>

#include "jmap/blobs.h"

struct jmap *
jmap_new(struct loop *l, struct vault *vault, const struct config *c)
{
	struct jmap *j = calloc(1, sizeof(*j));

	bug_if(!j);
	j->loop = l;
	j->vault = vault;
	jmap_configure(j, c);
	return j;
}

void
jmap_configure(struct jmap *j, const struct config *c)
{
	j->max_message = c->max_message;
	j->compress = c->compress;
	j->max_recipients = c->max_recipients;
	j->hold_longest_s = c->hold_longest_s;
	j->highest_priority = c->highest_priority;
	j->least_by_s = c->deliver_by_least_s;
	(void)snprintf(j->hostname, sizeof(j->hostname), "%.*s",
	    STR_FMT(c->hostname));
}

void
jmap_free(struct jmap *j)
{
	struct map_slot *slot;
	size_t at = 0;

	while (j && (slot = map_next(&j->people, &at))) {
		uploads_drop(slot->p);
		person_settle(slot->p);
	}
	if (!j)
		return;
	bug_if(j->people.n > 0);
	map_free(&j->people);
	free(j);
}

struct jmap *
jmap_of(const struct http_request *r)
{
	return r->route->of;
}

struct person *
person_ref(struct http_request *r)
{
	struct jmap *j = jmap_of(r);
	uint64_t account = r->account->login.account;
	struct person *p = map_get(&j->people, account, 0, 0);

	if (!p) {
		p = calloc(1, sizeof(*p));
		bug_if(!p);
		p->jmap = j;
		p->account = account;
		(void)snprintf(p->id, sizeof(p->id), "a%ju",
		    (uintmax_t)account);
		map_put(&j->people, account, 0, 0, p);
	}
	p->refs++;
	return p;
}

void
person_unref(struct person *p)
{
	p->refs--;
	person_settle(p);
}

void
person_settle(struct person *p)
{
	if (p->refs > 0 || p->nuploads > 0)
		return;
	timer_clear(p->jmap->loop, &p->expiry);
	map_del(&p->jmap->people, p->account, 0, 0);
	free(p);
}

struct person *
person_of(const struct http_request *r)
{
	return r->visitor;
}

static struct http_answer
enter(struct http_request *r)
{
	r->visitor = person_ref(r);
	return (struct http_answer){ .status = 200 };
}

static void
leave(struct http_request *r)
{
	person_unref(r->visitor);
}

/* Who asks for too much at once is told before a body is read. */
static struct http_answer
enter_api(struct http_request *r)
{
	struct person *p = person_ref(r);
	struct request_error e;

	if (!person_begin_request(p, &e)) {
		person_unref(p);
		return jmap_problem(r, e.status, e.type, e.limit, e.detail);
	}
	r->visitor = p;
	return (struct http_answer){ .status = 200 };
}

static void
leave_api(struct http_request *r)
{
	person_of(r)->requests--;
	leave(r);
}

/* methods, path, octets of a body, handler, before it and behind it */
#define ROUTE(methods, pattern, body_max, run, enter, leave)     \
	{ methods, STR(pattern), HTTP_PERSON, STR_NULL, body_max, run, \
	    jmap_refuse, enter, leave, NULL }

const struct http_route jmap_routes[] = {
	ROUTE(HTTP_GET, "/.well-known/jmap", 0, jmap_session, enter, leave),
	ROUTE(HTTP_POST, "/jmap/api/", MAX_SIZE_REQUEST, jmap_api, enter_api,
	    leave_api),
	ROUTE(HTTP_POST, "/jmap/upload/*", MAX_SIZE_UPLOAD, jmap_upload,
	    enter_upload, leave_upload),
	ROUTE(HTTP_GET, "/jmap/eventsource", 0, jmap_events, enter, leave),
	ROUTE(HTTP_GET, "/jmap/ws", 0, jmap_websocket, enter, leave),
	ROUTE(HTTP_GET, "/jmap/download/*/*/*", 0, jmap_download, enter,
	    leave),
};
const size_t jmap_nroutes = NELEM(jmap_routes);
