/*
 * scan_date.c - dates and times as clients write them.      RFC 3501 9
 */
#include "base/timetext.h"
#include "imap/grammar/scan.h"

enum { YEAR_MIN = 1970 };

/* 1*n digits exactly, as a number */
static int
date_digits(struct scan *s, size_t n)
{
	struct str d = rd_take(&s->r, n);
	uint32_t v = 0;

	if (!str_u32(d, &v))
		scan_fail(s, "not a well-formed date");
	return scan_ok(s) ? (int)v : 0;
}

/* "-" date-month "-" date-year; years before 1970 mean its first day. */
static struct civil
month_and_year(struct scan *s, int day)
{
	struct civil c = { .day = day };

	scan_need(s, '-', "not a well-formed date");
	c.month = month_of(rd_take(&s->r, 3));
	scan_need(s, '-', "not a well-formed date");
	c.year = date_digits(s, 4);
	if (scan_ok(s) && c.month > 0 && c.year < YEAR_MIN)
		c = (struct civil){ .year = YEAR_MIN, .month = 1, .day = 1 };
	if (!scan_ok(s) || c.month == 0 || !civil_valid(&c))
		scan_fail(s, "not a day that exists");
	return c;
}

/* date-text = date-day "-" date-month "-" date-year;  date-day = 1*2DIGIT */
static int64_t
date_text(struct scan *s)
{
	struct str rest = rd_rest(&s->r);
	bool two = rest.n > 1 && ascii_is_digit(rest.p[1]);
	struct civil c = month_and_year(s, date_digits(s, two ? 2 : 1));

	return scan_ok(s) ? civil_time(&c) : 0;
}

int64_t
scan_date(struct scan *s)
{
	bool quoted = scan_opt(s, '"');
	int64_t day = date_text(s);

	if (quoted)
		scan_need(s, '"', "not a well-formed date");
	return day;
}

/* time = 2DIGIT ":" 2DIGIT ":" 2DIGIT */
static void
time_of_day(struct scan *s, struct civil *c)
{
	c->hour = date_digits(s, 2);
	scan_need(s, ':', "not a well-formed time");
	c->minute = date_digits(s, 2);
	scan_need(s, ':', "not a well-formed time");
	c->second = date_digits(s, 2);
	/* 60 is a leap second (RFC 3339 5.6): the same as the one after. */
	if (c->hour > 23 || c->minute > 59 || c->second > 60)
		scan_fail(s, "not a time of day that exists");
}

/* zone = ("+" / "-") 4DIGIT */
static int
zone_minutes(struct scan *s)
{
	bool west = scan_opt(s, '-');
	int hours, minutes;

	if (!west)
		scan_need(s, '+', "not a well-formed zone");
	hours = date_digits(s, 2);
	minutes = date_digits(s, 2);
	if (hours > 23 || minutes > 59)
		scan_fail(s, "not a zone that exists");
	return west ? -(hours * 60 + minutes) : hours * 60 + minutes;
}

/* date-day-fixed = (SP DIGIT) / 2DIGIT; phones leave the space out. */
int64_t
scan_date_time(struct scan *s, int *zone_min)
{
	struct str rest;
	struct civil c;
	int64_t at;
	int zone;

	scan_need(s, '"', "expected a date-time in quotes");
	(void)scan_opt(s, ' ');
	rest = rd_rest(&s->r);
	c = month_and_year(s, date_digits(s,
	    rest.n > 1 && ascii_is_digit(rest.p[1]) ? 2 : 1));
	scan_sp(s);
	time_of_day(s, &c);
	scan_sp(s);
	zone = zone_minutes(s);
	scan_need(s, '"', "expected a date-time in quotes");
	if (!scan_ok(s))
		return 0;
	*zone_min = zone;
	at = civil_time(&c) - zone * 60;
	return at > 0 ? at : 0;
}
