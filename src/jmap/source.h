/*
 * source.h - the octets of a message, wherever they are.
 */
#pragma once
#include "mail/section.h"

struct source {
	struct mail_message stored;	/* account NULL: it is none of these */
	struct str here;		/* then it is this */
};

uint64_t source_size(const struct source *s);
/* Octets in front of those that facts speak of. */
uint32_t source_prefix(const struct source *s);
/* As message_read(). */
int source_read(const struct source *s, struct octet_range what,
    int (*out)(void *arg, struct str octets), void *arg, struct err *err);
/* All of them, appended to a buffer, which may have room for less. 0 or E_*;
 * what cannot be read (E_NOTFOUND, E_DAMAGED) is no error: *whole is false. */
int source_get(const struct source *s, struct octet_range what,
    struct buf *out, bool *whole, struct err *err);
/* The facts of it, which live in mem: MESSAGE_FACTS_MEM. 0 or E_*. */
int source_facts(const struct source *s, struct loop *l, struct arena *mem,
    struct facts *f, struct err *err);
