/*
 * progress.h - a line on stderr for whoever waits longer than a second.
 *
 * Only on a terminal: a log or a pipe gets nothing.
 */
#pragma once
#include "base/attr.h"

#include <stdbool.h>
#include <stdint.h>

struct progress {
	int64_t begun_ms, told_ms;
	bool terminal, shown;
};

void progress_begin(struct progress *p);
/* To be called often: it writes at most some times a second. */
void progress_tell(struct progress *p, const char *fmt, ...)
    printf_like(2, 3);
/* The line goes away. */
void progress_end(struct progress *p);
