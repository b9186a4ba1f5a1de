/*
 * map.h - a hash table from three numbers to a pointer.
 *
 * Entries are the caller's; removing while walking is fine for the entry just
 * given. Not thread-safe.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct map_slot {
	uint64_t a, b, c;
	void *v;
};
struct map {
	struct map_slot *slot;
	size_t n, used, size; /* used counts removed ones too */
};

void *map_get(const struct map *m, uint64_t a, uint64_t b, uint64_t c);
/* v must be an even address, not NULL; replaces what was there. */
void map_put(struct map *m, uint64_t a, uint64_t b, uint64_t c, void *v);
void map_del(struct map *m, uint64_t a, uint64_t b, uint64_t c);
/* The next entry from *at (0 at first) on; NULL at the end. */
struct map_slot *map_next(const struct map *m, size_t *at);
void map_clear(struct map *m);	/* all gone, memory kept if small */
void map_free(struct map *m);
