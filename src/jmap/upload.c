/*
 * upload.c - octets that somebody wants to use in a moment.    RFC 8620 6.1
 *
 * They are in the memory of this process, for as long as it runs, and of one
 * account. The oldest of an account go when there is no room for another of its
 * own; nobody's go for somebody else's.
 */
#include "base/list.h"
#include "jmap/blobs.h"

enum {
	UPLOADS_EACH = 1000,
	UPLOADS_EACH_OCTETS = 2 * MAX_SIZE_UPLOAD,
	UPLOADS_ALL_OCTETS = 10 * MAX_SIZE_UPLOAD,
	UPLOAD_LIFE_MS = 3600 * 1000 + 60000,	/* an hour at least: 6 */
};

struct upload {
	struct list_link link;
	struct jmap *jmap;
	char id[33];
	struct buf octets;
	int64_t at_ms;
	size_t refs;
};

void
upload_unref(struct upload *u)
{
	if (--u->refs > 0)
		return;
	u->jmap->uploaded -= u->octets.n;
	buf_free(&u->octets);
	free(u);
}

struct str
upload_octets(const struct upload *u)
{
	return buf_get(&u->octets);
}

struct upload *
upload_find(const struct person *p, struct str id)
{
	list_each(struct upload, u, &p->uploads, link) {
		if (!str_eq(id, str_c(u->id)))
			continue;
		u->refs++;
		return u;
	}
	return NULL;
}

static void
upload_drop(struct person *p, struct upload *u)
{
	list_unlink(&u->link);
	p->nuploads--;
	p->uploaded -= u->octets.n;
	upload_unref(u);
}

void
uploads_drop(struct person *p)
{
	struct upload *u;

	while ((u = list_first(struct upload, &p->uploads, link)))
		upload_drop(p, u);
}

/* Those whose time is over. */
static void
expire(struct timer *t)
{
	struct person *p = container_of(t, struct person, expiry);
	struct upload *u;

	while ((u = list_first(struct upload, &p->uploads, link)) &&
	    u->at_ms + UPLOAD_LIFE_MS <= loop_now_ms(p->jmap->loop))
		upload_drop(p, u);
	if (u)
		timer_set(p->jmap->loop, t, u->at_ms + UPLOAD_LIFE_MS,
		    expire);
	else
		person_settle(p);
}

/* Room for another n octets of this person. */
static bool
make_room(struct person *p, size_t n)
{
	struct upload *u;

	while ((p->nuploads == UPLOADS_EACH ||
	    p->uploaded + n > UPLOADS_EACH_OCTETS) &&
	    (u = list_first(struct upload, &p->uploads, link)))
		upload_drop(p, u);
	return p->jmap->uploaded + n <= UPLOADS_ALL_OCTETS;
}

/* Before the body: room for as much as may come. */
struct http_answer
enter_upload(struct http_request *r)
{
	size_t n = r->head.has_length ? (size_t)r->head.length :
	    MAX_SIZE_UPLOAD;
	struct person *p = person_ref(r);

	r->visitor = p;
	if (p->uploading == MAX_CONCURRENT_UPLOAD) {
		person_unref(p);
		return jmap_problem(r, 400, "limit", "maxConcurrentUpload",
		    "Too many uploads at once");
	}
	if (!make_room(p, n)) {
		person_unref(p);
		http_add_field(r, STR("Retry-After"), STR("600"));
		return http_problem(r, 503, "Too many uploads of all");
	}
	p->uploading++;
	p->jmap->uploaded += n;
	return (struct http_answer){ .status = 200 };
}

void
leave_upload(struct http_request *r)
{
	struct person *p = person_of(r);

	p->uploading--;
	p->jmap->uploaded -= r->head.has_length ? (size_t)r->head.length :
	    MAX_SIZE_UPLOAD;
	person_unref(p);
}

/* POST /jmap/upload/{accountId}/ */
struct http_answer
jmap_upload(struct http_request *r)
{
	struct person *p = person_of(r);
	struct jmap *j = p->jmap;
	auto_buf b = BUF_INIT(4096);
	struct upload *u;
	struct str type;

	if (!str_eq(r->param[0], str_c(p->id)))
		return http_problem(r, 404, "There is no such account");
	u = calloc(1, sizeof(*u));
	bug_if(!u);
	(void)snprintf(u->id, sizeof(u->id), "%016jx%016jx",
	    (uintmax_t)loop_random64(j->loop),
	    (uintmax_t)loop_random64(j->loop));
	u->jmap = j;
	u->octets = http_take_body(r);
	u->at_ms = loop_now_ms(j->loop);
	u->refs = 1;
	(void)make_room(p, u->octets.n);
	list_append(&p->uploads, &u->link);
	p->nuploads++;
	p->uploaded += u->octets.n;
	j->uploaded += u->octets.n;
	if (p->nuploads == 1)
		timer_set(j->loop, &p->expiry, u->at_ms + UPLOAD_LIFE_MS,
		    expire);
	if (!http_field_of(&r->head, STR("Content-Type"), &type))
		type = STR("application/octet-stream");
	out_open(&b, '{');
	out_put_str(&b, "accountId", str_c(p->id));
	out_name(&b, "blobId");
	buf_printf(&b, "\"u%s\"", u->id);
	out_put_str(&b, "type", str_is_utf8(str_first(type, 500)) ?
	    str_first(type, 500) : STR("application/octet-stream"));
	out_put_u64(&b, "size", u->octets.n);
	out_close(&b, '}');
	bug_if(buf_failed(&b));
	return (struct http_answer){ 201, STR("application/json"),
		str_dup(r->mem, buf_get(&b)) };
}
