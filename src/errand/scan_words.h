/*
 * scan_words.h - what scanners are told and say: clamd's INSTREAM, and rspamd's
 * /checkv2 by HTTP. Pure; what they say is an attacker's.
 */
#pragma once
#include "base/arena.h"
#include "errand/messages.h"

/* clamd's answer to zINSTREAM, without the NUL at its end:
 * "stream: OK", "stream: Eicar-Test FOUND", "INSTREAM size limit exceeded.
 * ERROR".                                              clamd(8), COMMANDS */
void scan_read_clamav(struct str said, struct arena *a,
    struct scan_answer *out);

/* rspamd's, which is JSON: its action, its score, and the symbols that have
 * the most of it. */
void scan_read_rspamd(struct str said, struct arena *a,
    struct scan_answer *out);

/* Header fields for it: "IP: 192.0.2.1", ... What is not printable ASCII is
 * left out, so that none becomes another. */
enum { SCAN_FIELDS = 64 };
size_t scan_fields(const struct scan_ask *ask, struct arena *a,
    const char *fields[SCAN_FIELDS]);

/* It could not be asked, and why. */
void scan_is_away(struct scan_answer *out, struct str why, struct arena *a);
