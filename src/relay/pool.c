#include "relay/pool.h"

struct pool_waiter {
	struct pool_waiter *next;
	struct fiber *fiber;
};

struct pool {
	struct loop *loop;
	struct pool_conn *all;
	size_t n, nidle;
	bool stopping;
	struct timer timer;
	struct pool_waiter *waiters;
};

struct pool *
pool_new(struct loop *l)
{
	struct pool *p = calloc(1, sizeof(*p));

	bug_if(!p);
	p->loop = l;
	return p;
}

void
pool_free(struct pool *p)
{
	if (!p)
		return;
	timer_clear(p->loop, &p->timer);
	while (p->all) {
		bug_if(!p->all->idle);
		pool_drop(p->all);
	}
	free(p);
}

size_t
pool_count(const struct pool *p)
{
	return p->n;
}

static void
set_idle(struct pool_conn *c, bool idle)
{
	if (c->idle != idle)
		c->pool->nidle += idle ? 1 : (size_t)-1;
	c->idle = idle;
}

static void
wake_all(struct pool *p)
{
	for (struct pool_waiter *w = p->waiters; w; w = w->next)
		fiber_wake(p->loop, w->fiber);
}

void
pool_look_again(struct pool *p)
{
	wake_all(p);
}

/* From now on its client is the caller's. */
static struct smtp_client *
remove_conn(struct pool_conn *c)
{
	struct smtp_client *client = c->client;
	struct pool *p = c->pool;

	set_idle(c, false);
	*c->prev = c->next;
	if (c->next)
		c->next->prev = c->prev;
	p->n--;
	wake_all(p);
	free((void *)(uintptr_t)c->key.p);
	free(c);
	return client;
}

void
pool_drop(struct pool_conn *c)
{
	struct smtp_client *client;

	if (!c)
		return;
	client = remove_conn(c);
	if (client)
		smtp_client_drop(client);
}

static void
say_quit(void *arg)
{
	smtp_client_free(arg);
}

/* QUIT is said on a fiber of its own: the caller does not wait. */
static void
close_politely(struct pool_conn *c)
{
	struct loop *l = c->pool->loop;
	struct smtp_client *client = remove_conn(c);

	if (client)
		(void)fiber_spawn(l, "quit", say_quit, client);
}

/* Taking ---------------------------------------------------------------- */

struct pool_conn *
pool_take(struct pool *p, struct str key)
{
	for (struct pool_conn *c = p->all, *next; c; c = next) {
		next = c->next;
		if (!c->idle || !str_eq(c->key, key))
			continue;
		if (smtp_client_alive(c->client)) {
			set_idle(c, false);
			c->used = true;
			return c;
		}
		pool_drop(c);
	}
	return NULL;
}

struct pool_conn *
pool_add(struct pool *p, struct str key, const struct host_address *a)
{
	struct pool_conn *c = calloc(1, sizeof(*c));
	char *copy = malloc(key.n + 1);

	bug_if(!c || !copy);
	memcpy(copy, key.p, key.n);
	*c = (struct pool_conn){ .next = p->all, .prev = &p->all, .pool = p,
		.address = *a, .key = str_make(copy, key.n),
		.messages = CONN_MESSAGES_MAX };
	if (c->next)
		c->next->prev = &c->next;
	p->all = c;
	p->n++;
	return c;
}

static bool
is_to(const struct pool_conn *c, const struct host_address *a)
{
	return c->address.v6 == a->v6 &&
	    memcmp(c->address.octets, a->octets, a->v6 ? 16 : 4) == 0;
}

/* To this address; or, if that is NULL, of this site. */
static bool
is_one(const struct pool_conn *c, const struct host_address *a, uint64_t site)
{
	return a ? is_to(c, a) : c->site == site;
}

/* Only those in use keep others away, however many there may have been before:
 * idle ones are closed until one more is not too much. */
static bool
make_room(struct pool *p, const struct host_address *a, uint64_t site,
    uint32_t max)
{
	uint32_t n = 0, busy = 0;

	for (const struct pool_conn *c = p->all; c; c = c->next)
		if (is_one(c, a, site)) {
			n++;
			busy += !c->idle;
		}
	if (busy >= max)
		return false;
	for (struct pool_conn *c = p->all, *next; c && n >= max; c = next) {
		next = c->next;
		if (!c->idle || !is_one(c, a, site))
			continue;
		close_politely(c);
		n--;
	}
	return true;
}

bool
pool_room(struct pool *p, const struct host_address *a, uint32_t max)
{
	return max == 0 || make_room(p, a, 0, max);
}

uint32_t
pool_site_busy(const struct pool *p, uint64_t site)
{
	uint32_t n = 0;

	for (const struct pool_conn *c = p->all; c; c = c->next)
		n += c->site == site && !c->idle;
	return n;
}

bool
pool_site_room(struct pool *p, uint64_t site, uint32_t max)
{
	return make_room(p, NULL, site, max);
}

int
pool_wait(struct pool *p, int64_t until_ms)
{
	struct pool_waiter me = { p->waiters, fiber_self(p->loop) }, **w;
	int rc;

	p->waiters = &me;
	rc = fiber_wait(p->loop, until_ms);
	for (w = &p->waiters; *w != &me; w = &(*w)->next)
		continue;
	*w = me.next;
	return rc;
}

/* Giving back ----------------------------------------------------------- */

static void on_timer(struct timer *t);

/* Close those that have been idle long enough, and set the timer for the next
 * one. */
static void
close_expired(struct pool *p)
{
	int64_t now = loop_now_ms(p->loop), at = NEVER;

	for (struct pool_conn *c = p->all, *next; c; c = next) {
		next = c->next;
		if (!c->idle)
			continue;
		if (p->stopping || c->until_ms <= now)
			close_politely(c);
		else if (c->until_ms < at)
			at = c->until_ms;
	}
	if (at != NEVER)
		timer_set(p->loop, &p->timer, at, on_timer);
	else
		timer_clear(p->loop, &p->timer);
}

static void
on_timer(struct timer *t)
{
	close_expired(container_of(t, struct pool, timer));
}

void
pool_give(struct pool_conn *c)
{
	struct pool *p;

	if (!c)
		return;
	p = c->pool;
	if (!c->client || !smtp_client_usable(c->client)) {
		pool_drop(c);
		return;
	}
	/* Whoever listened may be gone when it is closed. */
	smtp_client_deaf(c->client);
	if (p->stopping || p->nidle >= POOL_IDLE_MAX ||
	    smtp_client_spent(c->client, c->messages)) {
		close_politely(c);
		return;
	}
	c->until_ms = loop_now_ms(p->loop) + POOL_IDLE_MS;
	set_idle(c, true);
	if (p->nidle == 1)
		close_expired(p);
	wake_all(p);
}

void
pool_stop(struct pool *p)
{
	p->stopping = true;
	close_expired(p);
}
