/*
 * watching.h - which states of a person have changed, for whoever tells of it:
 * a stream of events, a WebSocket.                          RFC 8620 7.1
 *
 * Whoever watches is a fiber that waits for store to say that something
 * changed. All who watch a person are woken by any of them; each looks for
 * itself whether that is news.
 */
#pragma once
#include "jmap/jmap_int.h"
#include "jmap/quota.h"

enum {
	WATCHING_TYPES = 5,
	WATCHING_EACH = 16,	/* of an account */
	WATCHING_TICK_MS = 30000, /* whether they are there, and still may be */
};

struct watching {
	struct list_link link;	/* of the person's */
	struct http_request *r;	/* NULL: it does not watch */
	struct fiber *fiber;
	struct stop_hook stop;
	uint32_t wanted;	/* types, as bits */
	bool changed;		/* perhaps: look */
	char state[WATCHING_TYPES][QUOTA_STATE_MAX];
};

/* The bit of a type, 0 of one that is none. */
uint32_t type_named(struct str name);

/* The calling fiber watches from now on; wanted is set already. watching_end()
 * comes in any case. 0 or E_*. */
must_check int watching_begin(struct watching *w, struct http_request *r,
    struct err *err);
void watching_end(struct watching *w);	/* once more is fine */
/* Does the account still let them in? watches: is somebody watching it for the
 * request? Suspends. */
bool watching_may_stay(const struct http_request *r, bool watches);

/* The wanted types whose state is another one than at the last look. 0 or
 * E_*. */
must_check int watching_look(struct watching *w, uint32_t *changed,
    struct err *err);
/* A word for all states at the last look. */
void watching_put_token(struct buf *b, const struct watching *w);
/* StateChange, up to what closes the object. */
void watching_put_change(struct buf *b, const struct watching *w,
    uint32_t changed);
