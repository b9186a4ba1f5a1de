/*
 * client.h - asking store.
 *
 * A store connection that other roles hold. When store is restarted the
 * connection is replaced (by master for mx, through vault for an account) and
 * calls that were under way are asked again by themselves, with the same
 * change id, until their deadline (30 s): nobody above notices. Handles of rcpt
 * and stages die with a connection: submit then fails with E_PEER and
 * store_generation() has changed: ask rcpt again, submit with the same change
 * id.
 */
#pragma once
#include "store/messages.h"

struct store;
struct reconnect;

/* reopen is called (on a fiber) to get a new connection after the old one
 * went: it returns a descriptor or a negative E_*. NULL if somebody will call
 * store_replace() instead (mx). Owns fd; -1 waits for store_replace(). */
struct store *store_new(struct loop *l, int fd,
    int (*reopen)(void *arg, struct err *err), void *arg);
void store_close(struct store *st); /* NULL is fine */
void store_replace(struct store *st, int fd);
/* Its connection, for listeners_need(). */
const struct reconnect *store_link(const struct store *st);

/* What blobs are packed and unpacked with takes some 100 KB once it has been
 * used. Each connection begins with one of its own; a role with many of them,
 * all on one loop, lets them share one. Connections hold references. */
struct store_codec;
struct store_codec *store_codec_new(void);
void store_codec_unref(struct store_codec *c); /* NULL is fine */
void store_use_codec(struct store *st, struct store_codec *c);

uint64_t store_generation(const struct store *st);

/* Called on the loop's own stack (it must not suspend; stream_kick() is what
 * it does): something of a watch changed, or everything may have. */
void store_on_change(struct store *st,
    void (*fn)(void *arg, const struct changed *what), void *arg);

/* A number for the `change` field. */
uint64_t store_change_id(struct store *st);

/* One call of store/messages.h; suspends. `which` is STORE_rcpt etc., ask and
 * answer its structs; strs of the answer live in the arena. 0 or E_*. */
int store_call(struct store *st, enum store_call which, const void *ask,
    void *answer, struct arena *a, struct err *err);
/* A notice (journal). Never suspends, may be lost. */
void store_notify(struct store *st, enum store_call which, const void *ask);
