/*
 * list.h - doubly linked lists whose links lie in the members themselves.
 *
 *	struct client { struct list_link link; ... };
 *	struct list clients;
 *	list_each(struct client, c, &clients, link)
 *		...
 *
 * A list and a link of zeros are ready for use: an empty list, a link in no
 * list. A list that is not empty must stay at its address, and so must its
 * members. Nothing is allocated, and every call but list_each takes constant
 * time. Not thread-safe.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

struct list_link {
	struct list_link *next, *prev;
};
struct list {
	struct list_link end;	/* before the first and behind the last */
};

static inline bool
list_empty(const struct list *l)
{
	return !l->end.next || l->end.next == &l->end;
}

/* Is it in a list? */
static inline bool
list_linked(const struct list_link *k)
{
	return k->next != NULL;
}

static inline void
list_insert_between(struct list_link *k, struct list_link *prev,
    struct list_link *next)
{
	k->prev = prev;
	k->next = next;
	prev->next = next->prev = k;
}

static inline void
list_ready(struct list *l)
{
	if (!l->end.next)
		l->end.next = l->end.prev = &l->end;
}

/* k must be in no list. */
static inline void
list_append(struct list *l, struct list_link *k)
{
	list_ready(l);
	list_insert_between(k, l->end.prev, &l->end);
}
static inline void
list_prepend(struct list *l, struct list_link *k)
{
	list_ready(l);
	list_insert_between(k, &l->end, l->end.next);
}

/* Take it out of the list it is in; nothing if it is in none. */
static inline void
list_unlink(struct list_link *k)
{
	if (!k->next)
		return;
	k->prev->next = k->next;
	k->next->prev = k->prev;
	k->next = k->prev = NULL;
}

/* Take the first one out; NULL: there is none. */
static inline struct list_link *
list_pop_link(struct list *l)
{
	struct list_link *k = l->end.next;

	if (list_empty(l))
		return NULL;
	list_unlink(k);
	return k;
}

/* Append all of another list to this one and leave it empty. */
static inline void
list_append_all(struct list *l, struct list *from)
{
	if (list_empty(from))
		return;
	list_ready(l);
	from->end.next->prev = l->end.prev;
	from->end.prev->next = &l->end;
	l->end.prev->next = from->end.next;
	l->end.prev = from->end.prev;
	from->end.next = from->end.prev = NULL;
}

/* The links of the first, the last, the following member; NULL: there is
 * none. */
static inline struct list_link *
list_first_link(const struct list *l)
{
	return list_empty(l) ? NULL : l->end.next;
}
static inline struct list_link *
list_last_link(const struct list *l)
{
	return list_empty(l) ? NULL : l->end.prev;
}
static inline struct list_link *
list_next_link(const struct list *l, const struct list_link *k)
{
	return k->next == &l->end ? NULL : k->next;
}

/* The members: `type` is theirs, `m` the name of the link in it; NULL: there
 * is none. */
#define list_member(type, k, m) \
	((type *)list_member_at((k), __builtin_offsetof(type, m)))
#define list_first(type, l, m) list_member(type, list_first_link(l), m)
#define list_last(type, l, m) list_member(type, list_last_link(l), m)
#define list_pop(type, l, m) list_member(type, list_pop_link(l), m)
#define list_next(type, l, p, m) \
	list_member(type, list_next_link((l), &(p)->m), m)

static inline void *
list_member_at(struct list_link *k, size_t offset)
{
	return k ? (char *)k - offset : NULL;
}

/* From the first to the last. The body may unlink and free the current member,
 * but not the following one; what it appends is visited unless the current one
 * was the last. */
#define list_each(type, p, l, m)                                        \
	for (type *p = list_first(type, l, m),                          \
	     *p##_next = p ? list_next(type, l, p, m) : NULL; p;        \
	     p = p##_next, p##_next = p ? list_next(type, l, p, m) : NULL)
