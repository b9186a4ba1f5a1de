#include "store/engine/quota.h"

#include "base/fnv.h"
#include "store/address/address.h"
#include "store/engine/send_limits.h"
#include "store/engine/note.h"

enum { ROOMS_MAX = 200000 };

/* What is known of an account without SQL: of any thread. */
struct known_room {
	uint64_t used, quota;
	bool full;		/* it has all the messages that it may */
	const struct domain_use *domain;
};

/* ---- domains ------------------------------------------------------------ */

/* It stays where it is until the end. Any thread, under the lock. */
static struct domain_use *
find_domain(struct engine *e, struct str name)
{
	uint64_t hash = fnv_1a(FNV_1A, name), n = 0;
	struct domain_use *d;
	char *copy;

	for (; (d = map_get(&e->domains, hash, n, 0)); n++)
		if (str_eq(d->name, name))
			return d;
	d = calloc(1, sizeof(*d));
	copy = malloc(name.n + 1);
	bug_if(!d || !copy);
	memcpy(copy, name.p, name.n);
	d->name = str_make(copy, name.n);
	map_put(&e->domains, hash, n, 0, d);
	return d;
}

static struct domain_use *
take_domain(struct engine *e, struct str name)
{
	struct domain_use *d;

	(void)pthread_mutex_lock(&e->quota_lock);
	d = find_domain(e, name);
	(void)pthread_mutex_unlock(&e->quota_lock);
	return d;
}

/* Octets of a domain and what it may have; 0 of one that is not there. */
static int
read_domain(struct sql *q, struct str name, uint64_t *used, uint64_t *quota,
    uint32_t *told, struct err *err)
{
	int rc = sql_first(q, SQL_domain_get, SQL_VALS(vs(name)), err);

	*used = *quota = *told = 0;
	if (rc <= 0)
		return rc;
	*used = sql_u64(q, domain_get, used);
	*quota = sql_u64(q, domain_get, quota);
	*told = sql_u32(q, domain_get, told);
	sql_end(q, SQL_domain_get);
	return 0;
}

int
domain_use_get(struct engine *e, struct str name, struct domain_use **out,
    struct err *err)
{
	struct domain_use *d = take_domain(e, name);
	int rc = d->known ? 0 : read_domain(&e->w, d->name, &d->used,
	    &d->quota, &d->told, err);

	if (rc < 0)
		return rc;
	d->known = true;
	*out = d;
	return 0;
}

void
domain_use_touch(struct engine *e, struct domain_use *d)
{
	if (!list_linked(&d->dirty))
		list_append(&e->dirty_domains, &d->dirty);
}

void
acct_count(struct engine *e, struct acct *a, uint64_t messages,
    uint64_t octets)
{
	a->messages += messages;
	a->used += octets;
	a->domain->used += octets;
	acct_touch(e, a);
	domain_use_touch(e, a->domain);
}

/* ---- is there room? ----------------------------------------------------- */

static uint64_t
left(uint64_t quota, uint64_t used)
{
	return quota == 0 ? UINT64_MAX : used < quota ? quota - used : 0;
}

/* The least of both, and none without room for one message. */
static uint64_t
room_of(uint64_t own, uint64_t of_domain, bool full)
{
	return full ? 0 : own < of_domain ? own : of_domain;
}

/* Under the lock. */
static uint64_t
room_as_known(const struct engine *e, const struct known_room *k)
{
	return room_of(left(engine_quota(e, k->quota), k->used),
	    left(k->domain->was_quota, k->domain->was_used), k->full);
}

static bool
is_full(const struct acct *a)
{
	return left(a->most_messages, a->messages) == 0;
}

int
quota_check(const struct engine *e, const struct acct *a, uint64_t messages,
    uint64_t octets, const struct leaving *leaves, struct err *err)
{
	const struct leaving none = { 0 }, *l = leaves && leaves->from ?
	    leaves : &none;
	uint64_t own = l->from == a ? l->octets : 0;
	uint64_t n = l->from == a ? l->messages : 0;
	uint64_t of_domain = l->from && l->from->domain == a->domain ?
	    l->octets : 0;

	if (octets > left(engine_quota(e, a->quota), a->used - own))
		return err_set(err, E_FULL, "over quota");
	if (messages > left(a->most_messages, a->messages - n))
		return err_set(err, E_FULL, "over the quota of messages");
	if (octets > left(a->domain->quota, a->domain->used - of_domain))
		return err_set(err, E_FULL, "its domain is over quota");
	return 0;
}

int
quota_check_mailboxes(const struct acct *a, uint64_t count, uint64_t more,
    struct err *err)
{
	if (more > 0 && more > left(a->most_mailboxes, count))
		return err_set(err, E_FULL, "over the quota of mailboxes");
	return more <= left(MAILBOXES_MAX, count) ? 0 :
	    err_set(err, E_LIMIT, "too many mailboxes");
}

uint64_t
quota_room(const struct engine *e, const struct acct *a)
{
	return room_of(left(engine_quota(e, a->quota), a->used),
	    left(a->domain->quota, a->domain->used), is_full(a));
}

bool
quota_room_known(struct engine *e, uint64_t account, uint64_t *room)
{
	const struct known_room *k;

	(void)pthread_mutex_lock(&e->quota_lock);
	k = map_get(&e->rooms, account, 0, 0);
	if (k)
		*room = room_as_known(e, k);
	(void)pthread_mutex_unlock(&e->quota_lock);
	return k;
}

/* What the writer says is newer than what a reader found. The room there is
 * then. */
static uint64_t
publish_account(struct engine *e, uint64_t account,
    const struct known_room *is, bool newer)
{
	struct known_room *k;
	uint64_t room;

	(void)pthread_mutex_lock(&e->quota_lock);
	k = map_get(&e->rooms, account, 0, 0);
	if (!k && e->rooms.n < ROOMS_MAX) {
		newer = true;
		k = malloc(sizeof(*k));
		bug_if(!k);
		map_put(&e->rooms, account, 0, 0, k);
	}
	if (k && newer)
		*k = *is;
	room = room_as_known(e, k ? k : is);
	(void)pthread_mutex_unlock(&e->quota_lock);
	return room;
}

static void
publish_domain(struct engine *e, struct domain_use *d, uint64_t used,
    uint64_t quota, bool newer)
{
	(void)pthread_mutex_lock(&e->quota_lock);
	if (newer || !d->published) {
		d->published = true;
		d->was_used = used;
		d->was_quota = quota;
	}
	(void)pthread_mutex_unlock(&e->quota_lock);
}

static int
learn_domain(struct reader *r, struct domain_use *d, struct err *err)
{
	uint64_t used, quota;
	uint32_t told;
	bool is;
	int rc;

	(void)pthread_mutex_lock(&r->e->quota_lock);
	is = d->published;
	(void)pthread_mutex_unlock(&r->e->quota_lock);
	if (is)
		return 0;
	rc = read_domain(&r->q, d->name, &used, &quota, &told, err);
	if (rc == 0)
		publish_domain(r->e, d, used, quota, false);
	return rc;
}

int
reader_room(struct reader *r, uint64_t account, uint64_t *room,
    struct err *err)
{
	struct str domain = STR_NULL, local;
	struct known_room k;
	struct domain_use *d;
	uint64_t most;
	int rc;

	*room = UINT64_MAX;
	if (quota_room_known(r->e, account, room))
		return 0;
	rc = sql_first(&r->q, SQL_account_get, SQL_VALS(vi(account)), err);
	if (rc <= 0)
		return rc;
	(void)address_key(sql_str(&r->q, account_get, address), r->arena,
	    &domain, &local);
	most = sql_u64(&r->q, account_get, most_messages);
	k = (struct known_room){ sql_u64(&r->q, account_get, used),
		sql_u64(&r->q, account_get, quota),
		most && sql_u64(&r->q, account_get, messages) >= most, NULL };
	sql_end(&r->q, SQL_account_get);
	k.domain = d = take_domain(r->e, domain);
	rc = learn_domain(r, d, err);
	if (rc < 0)
		return rc;
	*room = publish_account(r->e, account, &k, false);
	return 0;
}

/* ---- with the others ---------------------------------------------------- */

int
quota_write(struct engine *e, struct err *err)
{
	int rc = 0;

	list_each(struct domain_use, d, &e->dirty_domains, dirty) {
		rc = note_domain(e, d, err);
		if (rc == 0)
			rc = sql_run(&e->w, SQL_domain_use_put, SQL_VALS(
			    vi(d->used), vi(d->quota), vi(d->told),
			    vs(d->name)), err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

void
quota_clean(struct engine *e)
{
	list_each(struct domain_use, d, &e->dirty_domains, dirty)
		publish_domain(e, d, d->used, d->quota, true);
	/* Whose domain is not dirty either. */
	list_each(struct acct, a, &e->dirty_accts, dirty) {
		publish_domain(e, a->domain, a->domain->used,
		    a->domain->quota, true);
		(void)publish_account(e, a->account, &(struct known_room){
		    a->used, a->quota, is_full(a), a->domain }, true);
	}
	while (list_pop_link(&e->dirty_domains))
		continue;
}

void
quota_forget(struct engine *e)
{
	struct map_slot *s;
	size_t at = 0;

	(void)pthread_mutex_lock(&e->quota_lock);
	while ((s = map_next(&e->domains, &at))) {
		struct domain_use *d = s->p;

		d->known = false;
		list_unlink(&d->dirty);
	}
	(void)pthread_mutex_unlock(&e->quota_lock);
}

void
quota_free(struct engine *e)
{
	struct map_slot *s;
	size_t at = 0;

	while ((s = map_next(&e->domains, &at))) {
		struct domain_use *d = s->p;

		free((char *)(uintptr_t)d->name.p);
		free(d);
	}
	at = 0;
	while ((s = map_next(&e->rooms, &at)))
		free(s->p);
	map_free(&e->domains);
	map_free(&e->rooms);
	send_limits_free(e);
}
