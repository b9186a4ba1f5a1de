#include "base/rd.h"

int
rd_next(struct rd *r)
{
	int c = rd_peek(r);

	if (c < 0)
		r->bad = true;
	else
		r->p++;
	return c;
}

bool
rd_opt_word(struct rd *r, struct str word)
{
	if (!str_startsi(rd_rest(r), word))
		return false;
	r->p += word.n;
	return true;
}

bool
rd_need(struct rd *r, char c)
{
	if (rd_opt(r, c))
		return true;
	r->bad = true;
	return false;
}

struct str
rd_while(struct rd *r, bool (*is)(char c))
{
	const char *start = r->p;

	if (r->bad)
		return STR_NULL;
	while (r->p < r->end && is(*r->p))
		r->p++;
	return str_make(start, (size_t)(r->p - start));
}

struct str
rd_some(struct rd *r, bool (*is)(char c))
{
	struct str s = rd_while(r, is);

	if (s.n == 0)
		r->bad = true;
	return s;
}

struct str
rd_take(struct rd *r, size_t n)
{
	struct str s;

	if (r->bad || n > (size_t)(r->end - r->p)) {
		r->bad = true;
		return STR_NULL;
	}
	s = str_make(r->p, n);
	r->p = n ? r->p + n : r->p;
	return s;
}

uint64_t
rd_num64(struct rd *r)
{
	uint64_t v = 0;

	if (!str_u64(rd_some(r, ascii_is_digit), &v))
		r->bad = true;
	return r->bad ? 0 : v;
}

uint32_t
rd_num32(struct rd *r)
{
	uint64_t v = rd_num64(r);

	if (v > UINT32_MAX)
		r->bad = true;
	return r->bad ? 0 : (uint32_t)v;
}
