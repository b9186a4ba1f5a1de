#include "base/map.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

enum { SIZE_FIRST = 16, SIZE_KEPT = 1024 };

/* Searching goes on behind a slot whose entry was removed. */
enum state { SLOT_FREE, SLOT_TAKEN, SLOT_REMOVED };

static size_t
map_hash(const struct map *m, uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t h = a * 0x9e3779b97f4a7c15u;

	h = (h ^ (h >> 29) ^ b) * 0xbf58476d1ce4e5b9u;
	h = (h ^ (h >> 32) ^ c) * 0x94d049bb133111ebu;
	return (size_t)(h ^ (h >> 31)) & (m->size - 1);
}

struct map_slot *
map_find(const struct map *m, uint64_t a, uint64_t b, uint64_t c)
{
	struct map_slot *s;
	size_t i;

	if (m->size == 0)
		return NULL;
	for (i = map_hash(m, a, b, c); m->state[i] != SLOT_FREE;
	     i = (i + 1) & (m->size - 1)) {
		s = &m->slot[i];
		if (m->state[i] == SLOT_TAKEN && s->a == a && s->b == b &&
		    s->c == c)
			return s;
	}
	return NULL;
}

static struct map_slot *
map_insert(struct map *m, uint64_t a, uint64_t b, uint64_t c)
{
	size_t i = map_hash(m, a, b, c);

	while (m->state[i] != SLOT_FREE)
		i = (i + 1) & (m->size - 1);
	m->state[i] = SLOT_TAKEN;
	m->n++;
	m->used++;
	m->slot[i] = (struct map_slot){ .a = a, .b = b, .c = c };
	return &m->slot[i];
}

static void
make_room(struct map *m)
{
	struct map old = *m;

	m->size = old.n * 4 < SIZE_FIRST ? SIZE_FIRST : old.size;
	while (m->size < old.n * 4)
		m->size *= 2;
	m->slot = calloc(m->size, sizeof(*m->slot));
	m->state = calloc(m->size, 1);
	bug_if(!m->slot || !m->state);
	m->n = m->used = 0;
	for (size_t i = 0; i < old.size; i++) {
		const struct map_slot *s = &old.slot[i];

		if (old.state[i] == SLOT_TAKEN)
			*map_insert(m, s->a, s->b, s->c) = *s;
	}
	map_free(&old);
}

struct map_slot *
map_add(struct map *m, uint64_t a, uint64_t b, uint64_t c)
{
	struct map_slot *s = map_find(m, a, b, c);

	if (s)
		return s;
	if (m->used * 2 >= m->size)
		make_room(m);
	return map_insert(m, a, b, c);
}

void
map_del(struct map *m, uint64_t a, uint64_t b, uint64_t c)
{
	struct map_slot *s = map_find(m, a, b, c);

	if (!s)
		return;
	m->state[s - m->slot] = SLOT_REMOVED;
	m->n--;
}

void *
map_get(const struct map *m, uint64_t a, uint64_t b, uint64_t c)
{
	struct map_slot *s = map_find(m, a, b, c);

	return s ? s->p : NULL;
}

void
map_put(struct map *m, uint64_t a, uint64_t b, uint64_t c, void *p)
{
	map_add(m, a, b, c)->p = p;
}

uint64_t
map_get_number(const struct map *m, uint64_t a, uint64_t b, uint64_t c)
{
	struct map_slot *s = map_find(m, a, b, c);

	return s ? s->number : 0;
}

void
map_put_number(struct map *m, uint64_t a, uint64_t b, uint64_t c,
    uint64_t number)
{
	map_add(m, a, b, c)->number = number;
}

struct map_slot *
map_next(const struct map *m, size_t *at)
{
	while (*at < m->size) {
		size_t i = (*at)++;

		if (m->state[i] == SLOT_TAKEN)
			return &m->slot[i];
	}
	return NULL;
}

void
map_clear(struct map *m)
{
	if (m->size > SIZE_KEPT) {
		map_free(m);
		return;
	}
	if (m->used)
		memset(m->state, SLOT_FREE, m->size);
	m->n = m->used = 0;
}

void
map_free(struct map *m)
{
	free(m->slot);
	free(m->state);
	*m = (struct map){ 0 };
}
