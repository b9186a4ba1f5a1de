#include "base/log.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/timetext.h"

enum { LINE_MAX_OCTETS = 4096, VALUE_MAX = 512 };

struct log {
	int fd;
	enum log_level least;
	char who[24];
	int64_t (*wall_us)(void *);
	void *arg;
};

struct log *
log_new(int fd, const char *who, enum log_level least,
    int64_t (*wall_us)(void *), void *arg)
{
	struct log *l = calloc(1, sizeof(*l));

	if (!l)
		bug("out of memory");
	l->fd = fd;
	l->least = least;
	l->wall_us = wall_us;
	l->arg = arg;
	(void)snprintf(l->who, sizeof(l->who), "%s", who);
	return l;
}

void
log_free(struct log *l)
{
	free(l);
}

void
log_set_level(struct log *l, enum log_level least)
{
	l->least = least;
}

static bool
is_plain(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((signed char)s.p[i] <= ' ' || s.p[i] == '"' ||
		    s.p[i] == '=' || s.p[i] == '\\' || s.p[i] == 0x7f)
			return false;
	return s.n > 0;
}

static void
put_value(struct buf *b, struct str s)
{
	bool cut = s.n > VALUE_MAX;

	s = str_first(s, VALUE_MAX);
	if (is_plain(s) && !cut) {
		buf_str(b, s);
		return;
	}
	buf_chr(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '"' || c == '\\')
			buf_printf(b, "\\%c", c);
		else if (c < ' ' || c >= 0x7f)
			buf_printf(b, "\\x%02x", c);
		else
			buf_chr(b, (char)c);
	}
	if (cut)
		buf_lit(b, "...");
	buf_chr(b, '"');
}

static void
put_fields(struct buf *b, const struct log_field *f, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_printf(b, " %s=", f[i].key);
		if (f[i].kind == FIELD_INT)
			buf_printf(b, "%lld", (long long)f[i].i);
		else
			put_value(b, f[i].s);
	}
}

void
log_fields(const struct log_ctx *c, enum log_level level, const char *event,
    const struct log_field *f, size_t n)
{
	static const char *const words[] = { "error", "warn", "info", "debug" };
	struct log *l = c->log;
	auto_buf b = BUF_INIT(LINE_MAX_OCTETS);
	int64_t us;

	if (!l || level > l->least)
		return;
	us = l->wall_us(l->arg);
	time_rfc3339(&b, us / 1000000);
	b.n--; /* the Z comes behind the milliseconds */
	buf_printf(&b, ".%03dZ %s %s %s", (int)(us / 1000 % 1000), l->who,
	    words[level], event);
	put_fields(&b, c->fields, c->n);
	put_fields(&b, f, n);
	b.failed = false; /* a line that is too long is cut */
	b.n = b.n < LINE_MAX_OCTETS ? b.n : LINE_MAX_OCTETS - 1;
	buf_chr(&b, '\n');
	/* A log that nobody reads must not stop the mail. */
	if (write(l->fd, b.p, b.n) < 0)
		return;
}
