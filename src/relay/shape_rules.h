/*
 * shape_rules.h - what is known of other servers: figures, and no code. The
 * first row that fits is taken.
 */
#pragma once
#include <stdint.h>

/* Hosts that are one site, whatever they are called: those whose names end so.
 * connections: to all of them together; messages: over one connection. */
static const struct shape_site {
	const char *suffix, *site;
	uint32_t connections, messages;
} shape_sites[] = {
	{ "google.com", "google.com", 100, 50 },
	{ "googlemail.com", "google.com", 100, 50 },
	{ "outlook.com", "outlook.com", 50, 20 },
	{ "mx.microsoft", "outlook.com", 50, 20 },
	{ "yahoodns.net", "yahoodns.net", 20, 20 },
	{ "icloud.com", "icloud.com", 20, 20 },
	{ "pphosted.com", "pphosted.com", 50, 50 },
	{ "mimecast.com", "mimecast.com", 50, 50 },
	{ "gmx.net", "gmx.net", 20, 50 },
	{ "web.de", "gmx.net", 20, 50 },
	{ "kundenserver.de", "kundenserver.de", 20, 50 },
	{ "t-online.de", "t-online.de", 10, 50 },
	{ "orange.fr", "orange.fr", 2, 50 },
};

/* What a "later" (4xx) says of how much we bring. code 0, and empty texts, fit
 * anything; status is what it begins with, words are anywhere in the text. */
enum shape_then {
	SHAPE_NOTHING,		/* it is about this message, or this mailbox */
	SHAPE_SLOWER,
};
static const struct shape_answer {
	int code;
	const char *status, *words;
	enum shape_then then;
} shape_answers[] = {
	{ 0, "", "greylist", SHAPE_NOTHING },
	{ 0, "", "graylist", SHAPE_NOTHING },
	{ 0, "4.2.", "", SHAPE_NOTHING },
	{ 0, "4.3.2", "", SHAPE_SLOWER },	/* RFC 3463 X.3.2 */
	{ 0, "4.4.5", "", SHAPE_SLOWER },	/* X.4.5: congestion */
	{ 0, "4.7.28", "", SHAPE_SLOWER },	/* Gmail: an unusual rate */
	{ 0, "4.7.500", "", SHAPE_SLOWER },	/* Microsoft: busy */
	{ 0, "", "too many connections", SHAPE_SLOWER },
	{ 0, "", "too many concurrent", SHAPE_SLOWER },
	{ 0, "", "connection limit", SHAPE_SLOWER },
	{ 0, "", "concurrent connections", SHAPE_SLOWER },
	{ 0, "", "rate limit", SHAPE_SLOWER },
	{ 0, "", "rate-limit", SHAPE_SLOWER },
	{ 0, "", "ratelimit", SHAPE_SLOWER },
	{ 0, "", "throttl", SHAPE_SLOWER },
	{ 0, "", "too fast", SHAPE_SLOWER },
	{ 0, "", "too quickly", SHAPE_SLOWER },
	{ 0, "", "slow down", SHAPE_SLOWER },
	{ 0, "", "temporarily deferred", SHAPE_SLOWER },
	/* RFC 5321 3.8: at the beginning. Over a connection that has taken
	 * messages it may as well say that these were enough. */
	{ 421, "", "", SHAPE_SLOWER },
};
