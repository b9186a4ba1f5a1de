/*
 * timetext.h - points in time as text.
 *
 * A time is whole seconds since 1970-01-01 UTC. What we write ourselves is
 * always UTC ("+0000"): pure arithmetic, no time zone files, no locale.
 */
#pragma once
#include "base/buf.h"
#include "base/rd.h"

struct civil {
	int year;		/* 1970 to 9999 */
	int month, day;		/* 1 to 12, 1 to 31 */
	int hour, minute, second;
	int weekday;		/* 0 is Sunday */
};

struct civil civil_of(int64_t at);
/* Seconds since 1970 of a civil time; fields must be in range. */
int64_t civil_time(const struct civil *c);
/* Is this a day that exists? */
bool civil_valid(const struct civil *c);

/* "Sun, 22 Nov 2026 04:01:01 +0000"                       RFC 5322 3.3 */
void time_rfc5322(struct buf *b, int64_t at);
/* The same as seen from offset_min minutes east. */
void time_rfc5322_zone(struct buf *b, int64_t at, int offset_min);
/* "22-Nov-2026 04:01:01 +0100": at, as seen from offset_min minutes east;
 * the day padded with a space.                            RFC 3501 date-time */
void time_imap(struct buf *b, int64_t at, int offset_min);
/* "2026-11-22T04:01:01Z"                                  RFC 3339 */
void time_rfc3339(struct buf *b, int64_t at);
/* full-date = 4DIGIT "-" 2DIGIT "-" 2DIGIT, of a day that exists; else r fails.
 * RFC 3339 5.6 */
void time_take_date(struct rd *r, struct civil *out);
/* date-time in UTC, "2026-11-22T04:01:01.5Z", and nothing behind it; of a
 * fraction of a second only that it begun.                RFC 3339 5.6 */
must_check bool time_read_utc(struct str text, int64_t *at);
/* The same with any offset, "2026-11-22T05:01:01+01:00", and in either case. */
must_check bool time_read_rfc3339(struct str text, int64_t *at);
/* "Jan" is 1, any case; 0 if it is no month. */
int month_of(struct str name);
/* "Jan" for 1. */
struct str month_name(int month);
