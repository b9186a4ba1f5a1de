/*
 * vec.h - arrays that grow.
 *
 *	struct VEC(struct row) rows;	(zeros are an empty one)
 *	vec_push(&rows, row);
 *	for (size_t i = 0; i < rows.n; i++)
 *		use(&rows.p[i]);
 *	vec_free(&rows);
 *
 * To be handed on, one gets a tag: struct row_list VEC(struct row);
 * The members move when it grows. Memory that is not there ends the process,
 * and so does more than VEC_OCTETS_MAX: code that stores what comes from
 * outside checks its own bound first.
 */
#pragma once
#include <stddef.h>
#include <stdlib.h>

#define VEC(type) { type *p; size_t n, room; }
#define VEC_OCTETS_MAX ((size_t)16 << 30)

/* One more at the end, with whatever was in its memory: its address. */
#define vec_add(v)                                                          \
	((v)->p = vec_grow((v)->p, (v)->n, 1, &(v)->room, sizeof(*(v)->p)), \
	    &(v)->p[(v)->n++])
/* One more at the end, of this value. */
#define vec_push(v, ...)                                                    \
	((v)->p = vec_grow((v)->p, (v)->n, 1, &(v)->room, sizeof(*(v)->p)), \
	    (void)((v)->p[(v)->n++] = (__VA_ARGS__)))
/* Room for `more` behind the last. */
#define vec_reserve(v, more)                                        \
	((void)((v)->p = vec_grow((v)->p, (v)->n, (more), &(v)->room, \
	    sizeof(*(v)->p))))
/* Empty, and its memory gone. */
#define vec_free(v) \
	(free((v)->p), (v)->p = NULL, (void)((v)->n = (v)->room = 0))

void *vec_grow(void *p, size_t n, size_t more, size_t *room, size_t size);
