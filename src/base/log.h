/*
 * log.h - one line an event.
 *
 *   2026-11-22T04:01:01.123Z mx.0 info rcpt session=a81f to="a@b" code=250
 *
 * A log belongs to a node and writes whole lines to one descriptor. Values
 * from outside are quoted and escaped; secrets never come in.
 */
#pragma once
#include "base/str.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

struct log_field {
	const char *key;
	enum { FIELD_STR, FIELD_INT } kind;
	struct str s;
	int64_t i;
};

/* What a session adds to each of its events. */
struct log_ctx {
	struct log *log;
	const struct log_field *fields;
	size_t n;
};

struct log;

/* wall_us tells the time, microseconds since 1970 UTC (a node's clock). */
struct log *log_new(int fd, const char *who, enum log_level least,
    int64_t (*wall_us)(void *), void *arg);
void log_free(struct log *l);
void log_set_level(struct log *l, enum log_level least);

void log_fields(const struct log_ctx *c, enum log_level level,
    const char *event, const struct log_field *f, size_t n);

#define F_STR(k, v) { (k), FIELD_STR, (v), 0 }
#define F_INT(k, v) { (k), FIELD_INT, { NULL, 0 }, (int64_t)(v) }
#define F_ERR(e) { "error", FIELD_STR, str_c((e)->text), 0 }

/* log_event(log, LOG_INFO, "rcpt", F_STR("to", a), F_INT("code", r)); */
#define log_event(l, level, event, ...)                                     \
	log_ctx_event((&(struct log_ctx){ (l), NULL, 0 }), level, event,    \
	    __VA_ARGS__)
#define log_ctx_event(c, level, event, ...)                                 \
	log_fields((c), (level), (event),                                   \
	    (const struct log_field[]){ __VA_ARGS__ },                      \
	    sizeof((const struct log_field[]){ __VA_ARGS__ }) /             \
		sizeof(struct log_field))
