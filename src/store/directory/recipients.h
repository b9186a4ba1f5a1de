/*
 * recipients.h - who gets a message in the end.
 */
#pragma once
#include "store/engine/engine_int.h"

struct recipients {
	/* Every account once, every remote address once. Those that aliases
	 * lead to say by which in `via`. */
	const struct recipient **rcpt;
	size_t n, room, nlocal, nremote;
	/* Aliases of several that NOTIFY=SUCCESS was said of: to be reported
	 * as expanded.                          RFC 3461 5.2.7.3 */
	const struct recipient **expanded;
	size_t nexpanded;
	/* The reverse-path for those elsewhere. */
	struct str return_path;
};

/* May reports be promised to whoever this names as its sender? Not to
 * strangers: they could name anybody, who would be written to for what he never
 * sent. Who is proven by SPF is none, nor whoever is not judged. */
bool recipients_may_tell(const struct caller *c, const struct submit_ask *ask);
/* What is left of NOTIFY without SUCCESS: 0 would say something else than
 * nothing. */
uint32_t notify_without_success(uint32_t notify);
/* Of a submit: those of its recipients, expanded. Lives in the batch's
 * arena. */
int recipients_gather(struct engine *e, const struct write *w,
    const struct recipient *named, size_t n, struct recipients *out,
    struct err *err);
/* One that was named some time ago: whose it is now, 1; or nobody's, 0. */
int recipients_again(struct engine *e, struct recipient *r, struct err *err);
/* Of a report to n addresses, or to the reverse-path of a message that was
 * queued: those who have them, also by alias, and the one a rewritten path
 * stands for. None of them is to be reported about (RFC 3461 6.1). E_NOTFOUND:
 * nobody has any. */
int recipients_report(struct engine *e, const struct str *to, size_t n,
    struct recipients *out, struct err *err);
