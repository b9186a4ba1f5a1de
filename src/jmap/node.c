#include <stdlib.h>

#include "jmap/jmap_int.h"

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
	(void)snprintf(j->hostname, sizeof(j->hostname), "%.*s",
	    STR_FMT(c->hostname));
}

void
jmap_free(struct jmap *j)
{
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
person_of(struct http_request *r)
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
	if (--p->refs > 0)
		return;
	map_del(&p->jmap->people, p->account, 0, 0);
	free(p);
}

#define ROUTE(methods, pattern, ...) \
	{ methods, STR(pattern), HTTP_PERSON, __VA_ARGS__ }

const struct http_route jmap_routes[] = {
	ROUTE(HTTP_GET, "/.well-known/jmap", STR_NULL, 0, jmap_session),
	ROUTE(HTTP_POST, "/jmap/api/", STR_NULL, MAX_SIZE_REQUEST, jmap_api,
	    jmap_refuse),
};
const size_t jmap_nroutes = NELEM(jmap_routes);
