/*
 * demo_client.h - a small client that shows what it says and hears.
 *
 * TLS from the start, trusting one certificate and checking the name. Blocks;
 * every wait ends after ten seconds.
 */
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct demo_client;

/* Connect to a port of 127.0.0.1; trusted is PEM. */
int demo_open(uint32_t port, const char *host, struct str trusted,
    struct demo_client **d, struct err *err);
void demo_close(struct demo_client *d); /* NULL is fine */

/* Say a line (CRLF is added). What is shown instead, if not NULL. */
int demo_say(struct demo_client *d, const char *shown, struct err *err,
    const char *fmt, ...) printf_like(4, 5);
/* Listen to the end of an SMTP reply that has this code; of the answer to an
 * IMAP command that has this tag and is OK. Anything else is E_PROTO. */
int demo_reply(struct demo_client *d, const char *code, struct err *err);
int demo_tagged(struct demo_client *d, const char *tag, struct err *err);
/* One line. */
int demo_greeting(struct demo_client *d, const char *want, struct err *err);
/* All that was heard since the last demo_say(). */
struct str demo_heard(const struct demo_client *d);
