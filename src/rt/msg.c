#include "rt/msg.h"

#include "base/err.h"

static size_t
width(enum msg_kind kind)
{
	static const uint8_t widths[] = { [MSG_u8] = 1, [MSG_u32] = 4,
		[MSG_u64] = 8, [MSG_i64] = 8, [MSG_str] = 4 };

	return widths[kind];
}

static uint64_t
load(const void *p, enum msg_kind kind)
{
	uint64_t v8;
	uint32_t v4;

	switch (kind) {
	case MSG_u8:
		return *(const uint8_t *)p;
	case MSG_u32:
		memcpy(&v4, p, sizeof(v4));
		return v4;
	default:
		memcpy(&v8, p, sizeof(v8));
		return v8;
	}
}

static void
store_number(void *p, enum msg_kind kind, uint64_t v)
{
	uint32_t v4 = (uint32_t)v;

	switch (kind) {
	case MSG_u8:
		*(uint8_t *)p = (uint8_t)v;
		break;
	case MSG_u32:
		memcpy(p, &v4, sizeof(v4));
		break;
	default:
		memcpy(p, &v, sizeof(v));
		break;
	}
}

void
msg_put(struct buf *b, const struct msg_shape *shape, const void *v)
{
	for (size_t i = 0; i < shape->n; i++) {
		const struct msg_field *f = &shape->fields[i];
		const char *p = (const char *)v + f->offset;
		const struct str *s = (const void *)p;
		uint64_t number = f->kind == MSG_str ? s->n : load(p, f->kind);
		unsigned char le[8];

		if (f->kind == MSG_str && s->n > f->max)
			bug("%s.%s: %zu octets", shape->name, f->name, s->n);
		for (size_t k = 0; k < sizeof(le); k++)
			le[k] = (unsigned char)(number >> (8 * k));
		buf_put(b, le, width(f->kind));
		if (f->kind == MSG_str)
			buf_str(b, *s);
	}
}

bool
msg_take(struct rd *r, const struct msg_shape *shape, void *v)
{
	for (size_t i = 0; i < shape->n; i++) {
		const struct msg_field *f = &shape->fields[i];
		char *p = (char *)v + f->offset;
		struct str *s = (void *)p;
		uint64_t number;

		switch (width(f->kind)) {
		case 1:
			number = rd_le8(r);
			break;
		case 4:
			number = rd_le32(r);
			break;
		default:
			number = rd_le64(r);
			break;
		}
		if (f->kind != MSG_str) {
			store_number(p, f->kind, number);
			continue;
		}
		if (number > f->max)
			rd_fail(r);
		*s = rd_take(r, (size_t)number);
	}
	return rd_ok(r);
}

bool
msg_whole(struct str octets, const struct msg_shape *shape, void *v)
{
	struct rd r = rd_of(octets);

	return msg_take(&r, shape, v) && rd_done(&r);
}

void
msg_keep(struct arena *a, const struct msg_shape *shape, void *v)
{
	for (size_t i = 0; i < shape->n; i++) {
		const struct msg_field *f = &shape->fields[i];
		struct str *s = (void *)((char *)v + f->offset);

		if (f->kind == MSG_str)
			*s = s->n ? str_dup(a, *s) : STR_NULL;
	}
}
