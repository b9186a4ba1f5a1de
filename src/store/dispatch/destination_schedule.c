#include "store/dispatch/destination_schedule.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/vec.h"

/* Fresh mail waits for a blocked destination too: look again soon enough. */
enum { BUCKETS_MIN = 256, FAILURES_MAX = 16, BLOCKED_MAX_S = 900 };
static const int64_t SECOND = 1000000, MINUTE = 60000000;

struct heap_entry {
	int64_t at;
	struct destination *d;
};

struct schedule {
	pthread_mutex_t lock;	/* of the names and blocked, against threads */
	struct queue_settings o;
	uint64_t seed, random;
	struct destination **bucket;
	size_t nbuckets, n;
	struct heap_entry *heap;	/* from 1 on: the least first */
	size_t nheap, heap_room;
};

struct schedule *
schedule_new(uint64_t seed)
{
	struct schedule *p = calloc(1, sizeof(*p));

	bug_if(!p);
	pthread_mutex_init(&p->lock, NULL);
	p->seed = seed;
	p->random = seed | 1;
	p->nbuckets = BUCKETS_MIN;
	p->bucket = calloc(p->nbuckets, sizeof(struct destination *));
	bug_if(!p->bucket);
	return p;
}

void
schedule_free(struct schedule *p)
{
	struct destination *d;
	size_t i;

	if (!p)
		return;
	for (i = 0; i < p->nbuckets; i++) {
		while ((d = p->bucket[i])) {
			p->bucket[i] = d->next;
			free(d->busy);
			free(d);
		}
	}
	free(p->bucket);
	free(p->heap);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

size_t
schedule_destinations(const struct schedule *p)
{
	return p->n;
}

/* ---- the heap ---------------------------------------------------------- */

static void
heap_put(struct schedule *p, size_t i, struct heap_entry e)
{
	p->heap[i] = e;
	e.d->slot = (uint32_t)i;
}

static void
sift(struct schedule *p, size_t i, struct heap_entry e)
{
	size_t child;

	for (; i > 1 && p->heap[i / 2].at > e.at; i /= 2)
		heap_put(p, i, p->heap[i / 2]);
	for (; (child = i * 2) <= p->nheap; i = child) {
		if (child < p->nheap &&
		    p->heap[child + 1].at < p->heap[child].at)
			child++;
		if (p->heap[child].at >= e.at)
			break;
		heap_put(p, i, p->heap[child]);
	}
	heap_put(p, i, e);
}

static void
heap_remove(struct schedule *p, struct destination *d)
{
	size_t i = d->slot;
	struct heap_entry last;

	if (i == 0)
		return;
	d->slot = 0;
	last = p->heap[p->nheap--];
	if (last.d != d)
		sift(p, i, last);
}

static void
heap_set(struct schedule *p, struct destination *d, int64_t at)
{
	struct heap_entry e = { at, d };

	if (d->slot) {
		sift(p, d->slot, e);
		return;
	}
	p->heap = vec_grow(p->heap, p->nheap, 2, &p->heap_room, sizeof(e));
	sift(p, ++p->nheap, e);
}

/* ---- destinations by name ---------------------------------------------- */

/* Names come from outside: without the seed nobody can choose such that share
 * a bucket. */
static size_t
bucket_of(const struct schedule *p, const char *name, size_t n)
{
	uint64_t h = p->seed;
	size_t i;

	for (i = 0; i < n; i++) {
		h = (h ^ (unsigned char)name[i]) * 0x9e3779b97f4a7c15u;
		h ^= h >> 29;
	}
	return (size_t)(h ^ h >> 32) & (p->nbuckets - 1);
}

static void
grow(struct schedule *p)
{
	struct destination **old = p->bucket, *d;
	size_t n = p->nbuckets, i, b;

	p->nbuckets *= 2;
	p->bucket = calloc(p->nbuckets, sizeof(struct destination *));
	bug_if(!p->bucket);
	for (i = 0; i < n; i++) {
		while ((d = old[i])) {
			old[i] = d->next;
			b = bucket_of(p, d->name, d->name_n);
			d->next = p->bucket[b];
			p->bucket[b] = d;
		}
	}
	free(old);
}

static struct destination *
find_destination(const struct schedule *p, struct str name)
{
	struct destination *d = p->bucket[bucket_of(p, name.p, name.n)];

	while (d && !str_eq(str_make(d->name, d->name_n), name))
		d = d->next;
	return d;
}

static struct destination *
get_destination(struct schedule *p, struct str name)
{
	struct destination *d = find_destination(p, name);
	size_t b;

	if (d)
		return d;
	d = calloc(1, sizeof(*d) + name.n);
	bug_if(!d || name.n > UINT8_MAX);
	d->name_n = (uint8_t)name.n;
	if (name.n)
		memcpy(d->name, name.p, name.n);
	d->due = INT64_MAX;
	pthread_mutex_lock(&p->lock);
	if (p->n >= p->nbuckets)
		grow(p);
	b = bucket_of(p, name.p, name.n);
	d->next = p->bucket[b];
	p->bucket[b] = d;
	p->n++;
	pthread_mutex_unlock(&p->lock);
	return d;
}

static void
forget(struct schedule *p, struct destination *d)
{
	struct destination **at = &p->bucket[bucket_of(p, d->name,
	    d->name_n)];

	pthread_mutex_lock(&p->lock);
	while (*at != d)
		at = &(*at)->next;
	*at = d->next;
	pthread_mutex_unlock(&p->lock);
	heap_remove(p, d);
	free(d->busy);
	free(d);
	p->n--;
}

static void
set_blocked(struct schedule *p, struct destination *d, int64_t until)
{
	pthread_mutex_lock(&p->lock);
	d->blocked = until;
	pthread_mutex_unlock(&p->lock);
}

int64_t
schedule_blocked(void *plan, struct str domain)
{
	struct schedule *p = plan;
	const struct destination *d;
	int64_t until;

	pthread_mutex_lock(&p->lock);
	d = find_destination(p, domain);
	until = d ? d->blocked : 0;
	pthread_mutex_unlock(&p->lock);
	return until;
}

/* ---- when -------------------------------------------------------------- */

/* One that was down is tried with one batch before it has more. */
static uint32_t
batches_most(const struct schedule *p, const struct destination *d)
{
	return d->failures ? 1 : p->o.host_connections;
}

static bool
rate_is_used_up(const struct schedule *p, const struct destination *d)
{
	return p->o.host_rate && d->busy && d->busy->sent >= p->o.host_rate;
}

static int64_t
ready(const struct schedule *p, const struct destination *d)
{
	int64_t at = d->due > d->blocked ? d->due : d->blocked;

	if (rate_is_used_up(p, d) && at < d->busy->window + MINUTE)
		at = d->busy->window + MINUTE;
	return at;
}

/* Where it stands now in the heap; it may be gone after this. */
static void
replan(struct schedule *p, struct destination *d)
{
	bool idle = !d->busy || d->busy->batches == 0;
	bool counts = d->busy && p->o.host_rate && d->busy->sent;

	if (idle && !counts) {
		free(d->busy);
		d->busy = NULL;
	}
	if (idle && d->due == INT64_MAX && !counts)
		forget(p, d);
	else if (idle && d->due == INT64_MAX)	/* until its minute is over */
		heap_set(p, d, d->busy->window + MINUTE);
	else if (d->due == INT64_MAX ||
	    (d->busy && d->busy->batches >= batches_most(p, d)))
		heap_remove(p, d);
	else
		heap_set(p, d, ready(p, d));
}

/* Who waited for a limit that is another one now waits no longer. */
void
schedule_settings(struct schedule *p, const struct queue_settings *o)
{
	bool limits = p->o.host_rate != o->host_rate ||
	    p->o.host_connections != o->host_connections;
	struct destination *d, *next;

	p->o = *o;
	for (size_t i = 0; limits && i < p->nbuckets; i++)
		for (d = p->bucket[i]; d; d = next) {
			next = d->next;
			replan(p, d);
		}
}

void
schedule_pull_in(struct schedule *p, int64_t now)
{
	int64_t longest = now + BLOCKED_MAX_S * SECOND;
	struct destination *d, *next;

	for (size_t i = 0; i < p->nbuckets; i++)
		for (d = p->bucket[i]; d; d = next) {
			next = d->next;
			if (d->blocked > longest)
				set_blocked(p, d, longest);
			if (d->due != INT64_MAX && d->due > now)
				d->due = now;
			for (int lane = 0; d->busy && lane < PLAN_LANES;
			    lane++) {
				d->busy->at[lane] = (struct queue_place){ 0 };
				d->busy->next[lane] = now;
			}
			if (d->busy)
				d->due = now;
			replan(p, d);
		}
}

/* Something due before the place where the walk stands: walk again. */
static void
news_in_lane(struct schedule_busy *b, int lane, const struct queue_news *n)
{
	struct queue_place *at = &b->at[lane];

	if (n->due < at->due || (n->due == at->due &&
	    n->message <= at->message))
		*at = (struct queue_place){ 0 };
	if (n->due * SECOND < b->next[lane])
		b->next[lane] = n->due * SECOND;
}

void
schedule_news(struct schedule *p, const struct queue_news *n)
{
	struct destination *d;

	if (n->kind == QUEUE_NEWS_unblock) {
		d = find_destination(p, n->domain);
		if (!d)
			return;
		set_blocked(p, d, 0);
		d->failures = 0;
		d->again = 1;
	} else {
		d = get_destination(p, n->domain);
		if (d->busy)
			news_in_lane(d->busy, n->kind == QUEUE_NEWS_fresh, n);
		if (n->due * SECOND < d->due)
			d->due = n->due * SECOND;
	}
	replan(p, d);
}

int64_t
schedule_next(const struct schedule *p)
{
	return p->nheap ? p->heap[1].at : INT64_MAX;
}

struct destination *
schedule_take(struct schedule *p, int64_t now)
{
	struct destination *d;

	if (schedule_next(p) > now)
		return NULL;
	d = p->heap[1].d;
	if (!d->busy) {
		d->busy = calloc(1, sizeof(*d->busy));
		bug_if(!d->busy);
		d->busy->window = now;
	}
	if (now - d->busy->window >= MINUTE || now < d->busy->window) {
		d->busy->window = now;
		d->busy->sent = 0;
	}
	return d;
}

size_t
schedule_room(const struct schedule *p, const struct destination *d,
    size_t most)
{
	size_t left;

	if (p->o.host_rate == 0)
		return most;
	left = p->o.host_rate - (d->busy->sent < p->o.host_rate
		? d->busy->sent : p->o.host_rate);
	return left < most ? left : most;
}

/* Who has more goes behind all that are due by now: destinations take
 * turns. */
void
schedule_served(struct schedule *p, struct destination *d, size_t items,
    int64_t now)
{
	struct schedule_busy *b = d->busy;

	b->sent += (uint32_t)items;
	b->batches += items > 0;
	b->turn += items > 0;
	d->due = b->next[0] < b->next[1] ? b->next[0] : b->next[1];
	if (d->due < now)
		d->due = now;
	replan(p, d);
}

void
schedule_ended(struct schedule *p, struct destination *d, bool lost,
    int64_t now)
{
	struct schedule_busy *b = d->busy;

	b->batches--;
	if (lost || b->batches == 0)
		memset(b->at, 0, sizeof(b->at));
	if (lost) {
		b->next[0] = b->next[1] = now;
		d->due = d->due < now ? d->due : now;
	}
	replan(p, d);
}

/* Twice as long each time, and up to a quarter more by chance. */
void
schedule_down(struct schedule *p, struct destination *d, int64_t now)
{
	uint64_t s = p->o.retry_min_s;
	uint64_t most = p->o.retry_max_s < BLOCKED_MAX_S ? p->o.retry_max_s
							 : BLOCKED_MAX_S;

	d->again = 0;
	if (d->blocked > now)
		return; /* another batch has said so */
	s = s << d->failures < most ? s << d->failures : most;
	p->random = p->random * 6364136223846793005u + 1442695040888963407u;
	s = s * 1000000 + (p->random >> 33) % (s * 250000 + 1);
	set_blocked(p, d, now + (int64_t)s);
	if (d->failures < FAILURES_MAX)
		d->failures++;
	replan(p, d);
}

void
schedule_up(struct schedule *p, struct destination *d)
{
	d->again = 0;
	if (d->failures == 0 && d->blocked == 0)
		return;
	d->failures = 0;
	set_blocked(p, d, 0);
	replan(p, d);
}
