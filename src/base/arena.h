/*
 * arena.h - memory that is freed together.
 *
 * An arena hands out zeroed, aligned memory and never NULL: what a command can
 * allocate is a fixed multiple of the octets its reader admits, so passing the
 * cap is a bug of ours and ends the process. Sanitizer builds make every
 * object its own malloc, so that they see each of them.
 */
#pragma once
#include "base/str.h"

struct arena;

/* cap_octets bounds all that is handed out between two resets. Nothing is
 * allocated until the first object is. */
struct arena *arena_new(size_t cap_octets);
void arena_free(struct arena *a); /* NULL is fine */

/* Give back everything; keeps one small block for the next command. */
void arena_reset(struct arena *a);
/* The same, keeping nothing: for a session that goes idle. */
void arena_trim(struct arena *a);

void *arena_alloc(struct arena *a, size_t n);
/* n objects of size octets; overflow is a bug. */
void *arena_array(struct arena *a, size_t n, size_t size);
size_t arena_used(const struct arena *a);

#define arena_new_of(a, type) ((type *)arena_alloc((a), sizeof(type)))

struct str str_dup(struct arena *a, struct str s);
/* With a NUL behind, for calls into libraries. */
char *str_dupz(struct arena *a, struct str s);
struct str str_lower(struct arena *a, struct str s);
/* The first `most` octets, with "?" for each that is not printable ASCII. */
struct str str_printable(struct arena *a, struct str s, size_t most);
struct str arena_printf(struct arena *a, const char *fmt, ...)
    printf_like(2, 3);
