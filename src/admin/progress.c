#include "admin/progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { FIRST_MS = 1000, NEXT_MS = 200 };

static int64_t
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
progress_begin(struct progress *p)
{
	*p = (struct progress){ .begun_ms = now_ms(),
		.terminal = isatty(STDERR_FILENO) };
}

void
progress_tell(struct progress *p, const char *fmt, ...)
{
	int64_t now;
	va_list ap;

	if (!p->terminal)
		return;
	now = now_ms();
	if (now - p->begun_ms < FIRST_MS || now - p->told_ms < NEXT_MS)
		return;
	p->told_ms = now;
	p->shown = true;
	fputc('\r', stderr);
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputs("\033[K", stderr);
}

void
progress_end(struct progress *p)
{
	if (p->shown)
		fputs("\r\033[K", stderr);
	p->shown = false;
}
