/*
 * msg.h - messages between roles: one table, and a struct, an encoder and a
 * checked decoder come from it.
 *
 *   #define FIELDS_rcpt_ask(F, S)  \
 *       F(S, str, address, 320)    \
 *       F(S, u32, flags, 0)
 *   MSG_STRUCT(rcpt_ask);               in the header: struct rcpt_ask
 *   MSG_SHAPE(rcpt_ask);                in one .c: rcpt_ask_shape
 *
 * Kinds: u8 u32 u64 i64, and str, whose last argument is the most octets it
 * may have. On the wire: the fields in order, numbers little-endian, a str
 * as u32 length and its octets. A list is a str that holds records one after
 * the other (msg_put / msg_take with the record's shape).
 */
#pragma once
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/rd.h"

enum { MSG_MAX = 256 * 1024 };	/* one message, all its fields */
/* The most of a text that travels in one message, with room for the rest. */
enum { MSG_CHUNK = 192 * 1024 };

enum msg_kind { MSG_u8, MSG_u32, MSG_u64, MSG_i64, MSG_str };

struct msg_field {
	const char *name;
	enum msg_kind kind;
	uint32_t offset, max;
};
struct msg_shape {
	const char *name;
	const struct msg_field *fields;
	size_t n, size;
};

#define MSG_TYPE_u8 uint8_t
#define MSG_TYPE_u32 uint32_t
#define MSG_TYPE_u64 uint64_t
#define MSG_TYPE_i64 int64_t
#define MSG_TYPE_str struct str
#define MSG_MEMBER(S, kind, name, max) MSG_TYPE_##kind name;
#define MSG_STRUCT(S)                              \
	struct S {                                 \
		FIELDS_##S(MSG_MEMBER, S)          \
	};                                         \
	extern const struct msg_shape S##_shape
/* Fields that several messages have in common: FIELDS_x(F, S) among those of
 * each, and a plain struct of them. MSG_COPY(x, to, from) copies all of them
 * between any two structs that have them; MSG_KEEP(x, arena, of) moves their
 * strs into an arena. */
#define MSG_GROUP(S)                               \
	struct S {                                 \
		FIELDS_##S(MSG_MEMBER, S)          \
	}
#define MSG_COPY_FIELD(S, kind, name, max) to_->name = from_->name;
#define MSG_COPY(group, to, from)                  \
	do {                                       \
		__typeof__(to) to_ = (to);         \
		__typeof__(from) from_ = (from);   \
		FIELDS_##group(MSG_COPY_FIELD, )   \
	} while (0)
#define MSG_KEEP_u8(a, p)
#define MSG_KEEP_u32(a, p)
#define MSG_KEEP_u64(a, p)
#define MSG_KEEP_i64(a, p)
#define MSG_KEEP_str(a, p) *(p) = (p)->n ? str_dup(a, *(p)) : STR_NULL;
#define MSG_KEEP_FIELD(S, kind, name, max) MSG_KEEP_##kind(a_, &of_->name)
#define MSG_KEEP(group, a, of)                     \
	do {                                       \
		struct arena *a_ = (a);            \
		__typeof__(of) of_ = (of);         \
		FIELDS_##group(MSG_KEEP_FIELD, )   \
	} while (0)
#define MSG_DESC(S, kind, name, max) \
	{ #name, MSG_##kind, (uint32_t)offsetof(struct S, name), (max) },
#define MSG_SHAPE(S)                                                       \
	static const struct msg_field S##_fields[] = { FIELDS_##S(MSG_DESC, \
	    S) };                                                          \
	const struct msg_shape S##_shape = { #S, S##_fields,               \
		NELEM(S##_fields), sizeof(struct S) }

/* Append a struct of this shape. A str over its bound is a bug of ours. */
void msg_put(struct buf *b, const struct msg_shape *shape, const void *v);
/* Read one struct; strs point into the input. False (and a sticky error) if
 * it does not fit its shape. */
bool msg_take(struct rd *r, const struct msg_shape *shape, void *v);
/* The same, and nothing may be left behind. */
bool msg_whole(struct str octets, const struct msg_shape *shape, void *v);
/* Move the strs of a decoded struct into an arena. */
void msg_keep(struct arena *a, const struct msg_shape *shape, void *v);
