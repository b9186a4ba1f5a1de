#include "store/engine/engine_int.h"

/*
 * What may change while the engine is at work: numbers, each of which any
 * thread reads as it is or was a moment ago.
 */

void
engine_expands(struct engine *e, bool people)
{
	__atomic_store_n(&e->o.expands, people, __ATOMIC_RELAXED);
}

void
engine_limits(struct engine *e, uint64_t quota, uint64_t max_message)
{
	__atomic_store_n(&e->o.quota, quota, __ATOMIC_RELAXED);
	__atomic_store_n(&e->o.max_message, max_message, __ATOMIC_RELAXED);
}

static void
set_numbers(uint32_t *to, const uint32_t *from, size_t octets)
{
	for (size_t i = 0; i < octets / sizeof(*from); i++)
		__atomic_store_n(&to[i], from[i], __ATOMIC_RELAXED);
}

void
engine_queue(struct engine *e, const struct queue_settings *q)
{
	set_numbers((uint32_t *)&e->o.queue, (const uint32_t *)q, sizeof(*q));
}

void
engine_ages(struct engine *e, const struct age_settings *a)
{
	set_numbers((uint32_t *)&e->o.ages, (const uint32_t *)a, sizeof(*a));
}

/* Each of them as it is or was a moment ago: they belong to nobody's sum. */
struct queue_settings
engine_queue_settings(const struct engine *e)
{
	const uint32_t *from = (const uint32_t *)&e->o.queue;
	struct queue_settings q;
	uint32_t *to = (uint32_t *)&q;

	for (size_t i = 0; i < sizeof(q) / sizeof(*to); i++)
		to[i] = __atomic_load_n(&from[i], __ATOMIC_RELAXED);
	return q;
}
