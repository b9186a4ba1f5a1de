#include "store/map.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

enum { SMALL = 1024 };

/* v of a slot whose entry was removed: searching goes on behind it. */
static void *
removed(const struct map *m)
{
	(void)m;
	return (void *)(uintptr_t)1;
}

static size_t
hash(const struct map *m, uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t h = a * 0x9e3779b97f4a7c15u;

	h = (h ^ (h >> 29) ^ b) * 0xbf58476d1ce4e5b9u;
	h = (h ^ (h >> 32) ^ c) * 0x94d049bb133111ebu;
	return (size_t)(h ^ (h >> 31)) & (m->size - 1);
}

static struct map_slot *
find(const struct map *m, uint64_t a, uint64_t b, uint64_t c)
{
	struct map_slot *s;
	size_t i;

	if (m->size == 0)
		return NULL;
	for (i = hash(m, a, b, c); (s = &m->slot[i])->v;
	     i = (i + 1) & (m->size - 1))
		if (s->v != removed(m) && s->a == a && s->b == b && s->c == c)
			return s;
	return NULL;
}

void *
map_get(const struct map *m, uint64_t a, uint64_t b, uint64_t c)
{
	struct map_slot *s = find(m, a, b, c);

	return s ? s->v : NULL;
}

static void
insert(struct map *m, uint64_t a, uint64_t b, uint64_t c, void *v)
{
	size_t i = hash(m, a, b, c);

	while (m->slot[i].v)
		i = (i + 1) & (m->size - 1);
	m->slot[i] = (struct map_slot){ a, b, c, v };
	m->n++;
	m->used++;
}

static void
grow(struct map *m)
{
	struct map old = *m;
	size_t i;

	m->size = old.n * 4 < 16 ? 16 : old.size;
	while (m->size < old.n * 4)
		m->size *= 2;
	m->slot = calloc(m->size, sizeof(*m->slot));
	bug_if(!m->slot);
	m->n = m->used = 0;
	for (i = 0; i < old.size; i++)
		if (old.slot[i].v && old.slot[i].v != removed(m))
			insert(m, old.slot[i].a, old.slot[i].b,
			    old.slot[i].c, old.slot[i].v);
	free(old.slot);
}

void
map_put(struct map *m, uint64_t a, uint64_t b, uint64_t c, void *v)
{
	struct map_slot *s = find(m, a, b, c);

	bug_if(!v || v == removed(m));
	if (s) {
		s->v = v;
		return;
	}
	if (m->used * 2 >= m->size)
		grow(m);
	insert(m, a, b, c, v);
}

void
map_del(struct map *m, uint64_t a, uint64_t b, uint64_t c)
{
	struct map_slot *s = find(m, a, b, c);

	if (!s)
		return;
	s->v = removed(m);
	m->n--;
}

struct map_slot *
map_next(const struct map *m, size_t *at)
{
	struct map_slot *s;

	while (*at < m->size) {
		s = &m->slot[(*at)++];
		if (s->v && s->v != removed(m))
			return s;
	}
	return NULL;
}

void
map_clear(struct map *m)
{
	if (m->size > SMALL) {
		map_free(m);
		return;
	}
	if (m->used)
		memset(m->slot, 0, m->size * sizeof(*m->slot));
	m->n = m->used = 0;
}

void
map_free(struct map *m)
{
	free(m->slot);
	*m = (struct map){ 0 };
}
