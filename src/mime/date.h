/*
 * date.h - the date and time of a message.            RFC 5322 3.3 and 4.3
 */
#pragma once
#include "base/str.h"

struct mail_date {
	int64_t at;	/* seconds since 1970 UTC; may be negative */
	int offset_min; /* zone, minutes east of UTC, -1439 to 1439 */
};

/* Parse a Date: value. The weekday (never checked), the seconds and the zone
 * (then UTC) may be missing; comments and folds may stand anywhere; zones may
 * be names and years have two digits (4.3). False, *d untouched, if there is
 * no such day or time. */
must_check bool date_parse(struct str value, struct mail_date *d);
