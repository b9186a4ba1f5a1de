/*
 * filter.h - which recipients of the queue a command means.
 */
#pragma once
#include "admin/options.h"
#include "base/buf.h"
#include "base/err.h"
#include "store/messages.h"

struct queue_filter {
	FIELDS_queue_filter(MSG_MEMBER, queue_filter)
};

/* "30s", "5m", "2h", "3d": seconds. False for anything else. */
must_check bool duration_read(struct str s, int64_t *seconds);
/* "45 s", "12 min", "3 h", "2 d": the largest unit that is whole. */
void duration_put(struct buf *b, int64_t seconds);

/* A number above 0, as messages of the queue have them. */
must_check bool queue_id_read(const char *text, uint64_t *id);

/* From --sender, --rcpt, --domain, --older and --held. *any: was there one?
 * E_INVALID says which is wrong. Strs live in the arena or are the options. */
int filter_read(const struct options *o, int64_t now, struct arena *a,
    struct queue_filter *f, bool *any, struct err *err);

struct queue_list_ask filter_list(const struct queue_filter *f);
struct queue_change_ask filter_change(const struct queue_filter *f,
    enum queue_action action);
