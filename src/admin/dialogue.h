/*
 * dialogue.h - a small client that shows what it says and hears.
 *
 * TLS from the start, trusting one certificate and checking the name. Blocks;
 * every wait ends after ten seconds.
 */
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct dialogue;

/* Connect to a port of 127.0.0.1; trusted is PEM. */
int dialogue_open(uint32_t port, const char *host, struct str trusted,
    struct dialogue **d, struct err *err);
void dialogue_close(struct dialogue *d); /* NULL is fine */

/* Say a line (CRLF is added). What is shown instead, if not NULL. */
int dialogue_say(struct dialogue *d, const char *shown, struct err *err,
    const char *fmt, ...) printf_like(4, 5);
/* Listen to the end of an SMTP reply that has this code; of the answer to an
 * IMAP command that has this tag and is OK. Anything else is E_PROTO. */
int dialogue_reply(struct dialogue *d, const char *code, struct err *err);
int dialogue_tagged(struct dialogue *d, const char *tag, struct err *err);
/* One line. */
int dialogue_greeting(struct dialogue *d, const char *want, struct err *err);
/* All that was heard since the last dialogue_say(). */
struct str dialogue_heard(const struct dialogue *d);
