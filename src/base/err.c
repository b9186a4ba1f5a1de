#include "base/err.h"

#include <errno.h>
#include <stdarg.h>

int
err_set(struct err *err, int code, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return code;
	err->code = code;
	va_start(ap, fmt);
	(void)vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return code;
}

int
err_sys(struct err *err, int code, const char *fmt, ...)
{
	int saved = errno;
	char room[64];
	const char *why;
	va_list ap;
	int n;

	if (!err)
		return code;
	err->code = code;
	va_start(ap, fmt);
	n = vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(err->text))
		return code;
	why = strerror_r(saved, room, sizeof(room));
	(void)snprintf(err->text + n, sizeof(err->text) - (size_t)n, ": %s",
	    why);
	return code;
}

const char *
err_name(int code)
{
	static const char *const names[] = { "ok", "canceled", "timeout",
		"closed", "peer", "io", "full", "limit", "proto", "notfound",
		"exists", "denied", "busy", "invalid", "tls", "again",
		"stale", "reset", "damaged", "factor", "noright", "rate" };

	if (code > 0 || (size_t)-code >= NELEM(names))
		return "unknown";
	return names[-code];
}

void
bug_at(const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	(void)fprintf(stderr, "bug at %s:%d: ", file, line);
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
	abort();
}
