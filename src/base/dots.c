#include "base/dots.h"

/* Octets before the next line that begins with a dot. */
static size_t
up_to_dot(struct str s)
{
	const char *p = s.p, *end = s.p + s.n;

	while (p < end && (p = memchr(p, '\n', (size_t)(end - p))))
		if (++p < end && *p == '.')
			return (size_t)(p - s.p);
	return s.n;
}

bool
dots_next(struct dots *d, struct str *in, struct str *out)
{
	if (in->n == 0)
		return false;
	if (in->p[0] == '.' && d->tail[1] == '\n' && !d->doubled) {
		d->doubled = true;
		*out = STR(".");
		return true;
	}
	d->doubled = false;
	*out = str_first(*in, up_to_dot(*in));
	*in = str_from(*in, out->n);
	d->tail[0] = out->n > 1 ? out->p[out->n - 2] : d->tail[1];
	d->tail[1] = out->p[out->n - 1];
	return true;
}

struct str
dots_end(const struct dots *d)
{
	if (d->tail[0] == '\r' && d->tail[1] == '\n')
		return STR(".\r\n");
	return d->tail[1] == '\r' ? STR("\n.\r\n") : STR("\r\n.\r\n");
}
