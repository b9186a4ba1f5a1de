#include "store/dispatch/lease.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/map.h"

enum { LEASES_MAX = 65536 };

struct leases {
	pthread_mutex_t lock;	/* of under_way, against other threads */
	struct map under_way;	/* (message, n + 1) -> lease; (message, 0) ->
				 * the number of them */
	struct lease *slot[LEASES_MAX];
	size_t n, next;
};

struct leases *
leases_new(void)
{
	struct leases *ls = calloc(1, sizeof(*ls));

	bug_if(!ls);
	pthread_mutex_init(&ls->lock, NULL);
	return ls;
}

void
leases_free(struct leases *ls)
{
	if (!ls)
		return;
	for (size_t i = 0; i < LEASES_MAX; i++) {
		if (ls->slot[i])
			free(ls->slot[i]->batch);
		free(ls->slot[i]);
	}
	map_free(&ls->under_way);
	pthread_mutex_destroy(&ls->lock);
	free(ls);
}

/* Some are kept for what store does itself. */
bool
leases_full(const struct leases *ls)
{
	return ls->n >= LEASES_MAX - 4096;
}

static void
count_under_way(struct leases *ls, uint64_t message, int change)
{
	struct map_slot *of = map_add(&ls->under_way, message, 0, 0);

	of->number += (uint64_t)change;
	if (of->number == 0)
		map_del(&ls->under_way, message, 0, 0);
}

/* A recipient whose sender is told of a delay is tried meanwhile. */
static bool
counts(const struct lease *l, uint32_t i)
{
	return l->rcpt[i].outcome != OUTCOME_delayed;
}

static void
add_under_way(struct leases *ls, struct lease *l, uint32_t i)
{
	uint32_t n = l->rcpt[i].n;

	if (!counts(l, i))
		return;
	pthread_mutex_lock(&ls->lock);
	map_put(&ls->under_way, l->message, (uint64_t)n + 1, 0, l);
	count_under_way(ls, l->message, 1);
	pthread_mutex_unlock(&ls->lock);
}

static void
drop_under_way(struct leases *ls, struct lease *l, uint32_t i)
{
	uint32_t n = l->rcpt[i].n;

	if (!counts(l, i))
		return;
	pthread_mutex_lock(&ls->lock);
	map_del(&ls->under_way, l->message, (uint64_t)n + 1, 0);
	count_under_way(ls, l->message, -1);
	pthread_mutex_unlock(&ls->lock);
}

static size_t
free_slot(struct leases *ls)
{
	bug_if(ls->n >= LEASES_MAX);
	while (ls->slot[ls->next % LEASES_MAX])
		ls->next++;
	return ls->next++ % LEASES_MAX;
}

struct lease *
lease_make(struct leases *ls, uint64_t random, const void *owner,
    struct list *list, uint64_t message, const uint32_t *n,
    const uint32_t *outcome, size_t count_of)
{
	struct lease *l = calloc(1, sizeof(*l) + count_of *
	    sizeof(l->rcpt[0]));
	size_t slot = free_slot(ls), i;

	bug_if(!l);
	l->id = random << 16 | slot;
	l->message = message;
	l->owner = owner;
	l->nrcpts = l->left = (uint32_t)count_of;
	for (i = 0; i < count_of; i++) {
		l->rcpt[i].n = n[i];
		l->rcpt[i].outcome = (uint16_t)outcome[i];
		add_under_way(ls, l, (uint32_t)i);
	}
	if (list)
		list_prepend(list, &l->link);
	ls->slot[slot] = l;
	ls->n++;
	return l;
}

struct lease *
lease_find(const struct leases *ls, uint64_t id, const void *owner)
{
	struct lease *l = ls->slot[id % LEASES_MAX];

	return l && l->id == id && l->owner == owner ? l : NULL;
}

bool
lease_report(struct lease *l, uint32_t n)
{
	uint32_t i;

	for (i = 0; i < l->nrcpts; i++) {
		if (l->rcpt[i].n != n || l->rcpt[i].state != RCPT_open)
			continue;
		l->rcpt[i].state = RCPT_pending;
		l->npending++;
		return true;
	}
	return false;
}

void
lease_report_all(struct lease *l)
{
	for (uint32_t i = 0; i < l->nrcpts; i++) {
		l->npending += l->rcpt[i].state == RCPT_open;
		if (l->rcpt[i].state == RCPT_open)
			l->rcpt[i].state = RCPT_pending;
	}
}

/* They are settled in the order in which they were made, mostly. */
static uint32_t
find_pending(struct lease *l, uint32_t n)
{
	for (uint32_t i = 0; i < l->nrcpts; i++) {
		uint32_t at = (l->next + i) % l->nrcpts;

		if (l->rcpt[at].n == n && l->rcpt[at].state == RCPT_pending)
			return at;
	}
	return l->nrcpts;
}

void
lease_settle(struct leases *ls, struct lease *l, uint32_t n, bool done)
{
	uint32_t i = find_pending(l, n);

	if (i == l->nrcpts)
		return;
	l->next = i + 1;
	l->npending--;
	l->rcpt[i].state = done ? RCPT_done : RCPT_open;
	l->left -= done;
	if (done)
		drop_under_way(ls, l, i);
}

void
lease_give_up(struct lease *l)
{
	list_unlink(&l->link);
	l->owner = NULL;
}

bool
lease_is_over(const struct lease *l)
{
	return l->left == 0 || (!l->owner && l->npending == 0);
}

bool
lease_end(struct leases *ls, struct lease *l)
{
	bool lost = l->left > 0;
	uint32_t i;

	for (i = 0; i < l->nrcpts; i++)
		if (l->rcpt[i].state != RCPT_done)
			drop_under_way(ls, l, i);
	lease_give_up(l);
	ls->slot[l->id % LEASES_MAX] = NULL;
	ls->n--;
	free(l);
	return lost;
}

/* Of the loop's thread, which is the only one that changes it. */
size_t
leases_of(const struct leases *ls, uint64_t message)
{
	return map_get_number(&ls->under_way, message, 0, 0);
}

bool
leases_under_way(void *leases, uint64_t message, uint32_t n)
{
	struct leases *ls = leases;
	bool is;

	pthread_mutex_lock(&ls->lock);
	is = map_get(&ls->under_way, message, (uint64_t)n + 1, 0) != NULL;
	pthread_mutex_unlock(&ls->lock);
	return is;
}
