/*
 * out.h - JSON, written straight down.                             RFC 8259
 *
 * Commas come by themselves: what stands before a value says whether it needs
 * one. Names are ours, plain ASCII.
 */
#pragma once
#include <jansson.h>

#include "base/buf.h"

/* '{' or '[', and what closes it. */
void out_open(struct buf *b, char bracket);
void out_close(struct buf *b, char bracket);
/* "name": in an object. */
void out_name(struct buf *b, const char *name);
/* The same of a name that is data. */
void out_key(struct buf *b, struct str name);

/* Values. A text is UTF-8; one whose p is NULL is null. */
void out_str(struct buf *b, struct str text);
void out_null(struct buf *b);
void out_bool(struct buf *b, bool v);
void out_u64(struct buf *b, uint64_t v);
void out_json(struct buf *b, const json_t *v);
/* A text of ours: "m12" of ('m', 12). */
void out_id(struct buf *b, char kind, uint64_t number);

/* "name": value */
void out_put_str(struct buf *b, const char *name, struct str text);
void out_put_bool(struct buf *b, const char *name, bool v);
void out_put_u64(struct buf *b, const char *name, uint64_t v);
void out_put_null(struct buf *b, const char *name);
/* "description": what was wrong, which may name what was sent and was cut
 * anywhere; nothing where it is empty. */
void out_put_description(struct buf *b, const char *why);
