/*
 * settings.h - from our configuration to the text that libunbound reads.
 *
 * Pure. Names and addresses are checked here, so nothing in them can end a
 * line or a quote.
 */
#pragma once
#include "base/buf.h"
#include "base/err.h"
#include "rt/config.h"

enum { NAMESERVERS_MAX = 16 };

struct settings {
	const struct config *config;
	/* The text of /etc/resolv.conf: its name servers are asked if the
	 * configuration names none. Neither: the root's. May be empty. */
	struct str resolv_conf;
	struct str trust_anchor;	/* a file; empty: no validation */
	bool anchor_is_default;		/* the root's, not the operator's own */
};

/* E_INVALID says what makes no sense. */
int settings_write(const struct settings *s, struct buf *b,
    struct err *err);
