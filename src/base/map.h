/*
 * map.h - a hash table from three numbers to a pointer or a number.
 *
 * A map of zeros is an empty one. What pointers lead to is the caller's.
 * Removing while walking is fine for the entry just given. Not thread-safe.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct map_slot {
	uint64_t a, b, c;
	union {
		void *p;
		uint64_t number;
	};
};
struct map {
	struct map_slot *slot;
	unsigned char *state;	/* of each slot */
	size_t n, used, size;	/* used counts removed ones too */
};

/* The entry, or NULL; good until the next one is added. */
struct map_slot *map_find(const struct map *m, uint64_t a, uint64_t b,
    uint64_t c);
/* The same, but a new one of zeros if there was none. */
struct map_slot *map_add(struct map *m, uint64_t a, uint64_t b, uint64_t c);
void map_del(struct map *m, uint64_t a, uint64_t b, uint64_t c);

/* Maps to pointers: NULL if there is none; put replaces what was there. */
void *map_get(const struct map *m, uint64_t a, uint64_t b, uint64_t c);
void map_put(struct map *m, uint64_t a, uint64_t b, uint64_t c, void *p);

/* Maps to numbers: 0 if there is none. */
uint64_t map_get_number(const struct map *m, uint64_t a, uint64_t b,
    uint64_t c);
void map_put_number(struct map *m, uint64_t a, uint64_t b, uint64_t c,
    uint64_t number);

/* The next entry from *at (0 at first) on; NULL at the end. */
struct map_slot *map_next(const struct map *m, size_t *at);
void map_clear(struct map *m);	/* all gone, memory kept if small */
void map_free(struct map *m);
