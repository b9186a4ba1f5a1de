#include "base/buf.h"

#include <stdarg.h>

#include "base/err.h"

void
buf_init(struct buf *b, size_t cap_octets)
{
	*b = BUF_INIT(cap_octets);
}

void
buf_free(struct buf *b)
{
	free(b->p);
	*b = BUF_INIT(b->cap);
}

void
buf_cleanup(struct buf *b)
{
	buf_free(b);
}

void
buf_reset(struct buf *b)
{
	b->n = 0;
	b->failed = false;
}

char *
buf_room(struct buf *b, size_t n)
{
	size_t size;
	char *p;

	if (b->failed || n > b->cap - b->n) {
		b->failed = true;
		return NULL;
	}
	if (n <= b->size - b->n)
		return b->p + b->n;
	size = b->size ? b->size : 64;
	while (size - b->n < n)
		size = size <= b->cap / 2 ? size * 2 : b->cap;
	p = realloc(b->p, size);
	if (!p)
		bug("out of memory: %zu octets", size);
	b->p = p;
	b->size = size;
	return b->p + b->n;
}

void
buf_added(struct buf *b, size_t n)
{
	bug_if(n > b->size - b->n);
	b->n += n;
}

void
buf_put_grow(struct buf *b, const void *p, size_t n)
{
	char *room;

	if (n == 0)
		return;
	room = buf_room(b, n);
	if (!room)
		return;
	memcpy(room, p, n);
	b->n += n;
}

void
buf_quoted(struct buf *b, struct str s)
{
	buf_chr(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			buf_chr(b, '\\');
		buf_chr(b, s.p[i]);
	}
	buf_chr(b, '"');
}

void
buf_u64(struct buf *b, uint64_t v)
{
	char digits[20];
	size_t i = sizeof(digits);

	do
		digits[--i] = (char)('0' + v % 10);
	while ((v /= 10) > 0);
	buf_put(b, digits + i, sizeof(digits) - i);
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	char line[256], *room;
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	bug_if(n < 0);
	if ((size_t)n < sizeof(line)) {
		buf_put(b, line, (size_t)n);
	} else if ((room = buf_room(b, (size_t)n + 1))) {
		(void)vsnprintf(room, (size_t)n + 1, fmt, again);
		b->n += (size_t)n;
	}
	va_end(again);
}

static void
put_le(struct buf *b, uint64_t v, size_t n)
{
	unsigned char o[8];

	for (size_t i = 0; i < n; i++)
		o[i] = (unsigned char)(v >> (8 * i));
	buf_put(b, o, n);
}

void
buf_le16(struct buf *b, uint16_t v)
{
	put_le(b, v, 2);
}

void
buf_le32(struct buf *b, uint32_t v)
{
	put_le(b, v, 4);
}

void
buf_le64(struct buf *b, uint64_t v)
{
	put_le(b, v, 8);
}

void
buf_eat(struct buf *b, size_t n)
{
	bug_if(n > b->n);
	b->n -= n;
	if (b->n > 0 && n > 0)
		memmove(b->p, b->p + n, b->n);
}

void
buf_hex(struct buf *b, struct str octets)
{
	for (size_t i = 0; i < octets.n; i++)
		buf_printf(b, "%02x", (unsigned char)octets.p[i]);
}

bool
percent_plain(char c)
{
	return ascii_is_alnum(c) || c == '-' || c == '.' || c == '_';
}

void
buf_percent(struct buf *b, struct str s, bool (*plain)(char c))
{
	for (size_t i = 0; i < s.n; i++)
		if (plain(s.p[i]))
			buf_chr(b, s.p[i]);
		else
			buf_printf(b, "%%%02X", (unsigned char)s.p[i]);
}
