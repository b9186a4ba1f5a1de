/*
 * scan_date.c - dates and times as clients write them.      RFC 3501 9
 */
#include "base/timetext.h"
#include "imap/grammar/scan.h"

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

/* date-day "-" date-month "-" date-year;  date-day = 1*2DIGIT */
static struct civil
date_text(struct scan *s)
{
	struct str rest = rd_rest(&s->r);
	bool two = rest.n > 1 && ascii_is_digit(rest.p[1]);
	int day = date_digits(s, two ? 2 : 1);
	struct civil c = { .day = day };

	scan_need(s, '-', "not a well-formed date");
	c.month = month_of(rd_take(&s->r, 3));
	scan_need(s, '-', "not a well-formed date");
	c.year = date_digits(s, 4);
	if (scan_ok(s) && c.month == 0)
		scan_fail(s, "not a month");
	return c;
}

int64_t
scan_date(struct scan *s)
{
	bool quoted = scan_opt(s, '"');
	struct civil c = date_text(s);

	if (scan_ok(s) && !civil_valid(&c))
		scan_fail(s, "not a day that exists");
	if (quoted)
		scan_need(s, '"', "not a well-formed date");
	return scan_ok(s) ? civil_time(&c) : 0;
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
}

static bool
is_no_quote(char c)
{
	return c != '"';
}

/* zone = ("+" / "-") 4DIGIT. "GMT", "+00:00" and whatever else stands there
 * is UTC. */
static int
zone_minutes(struct scan *s)
{
	struct str zone = rd_while(&s->r, is_no_quote);
	uint32_t n;

	if (zone.n != 5 || (zone.p[0] != '+' && zone.p[0] != '-') ||
	    !str_u32(str_from(zone, 1), &n) || n > 2359 || n % 100 > 59)
		return 0;
	n = n / 100 * 60 + n % 100;
	return zone.p[0] == '-' ? -(int)n : (int)n;
}

/* date-day-fixed = (SP DIGIT) / 2DIGIT; phones leave the space out. A time of
 * a message to be kept is no reason to refuse it: the 30th of February is the
 * 2nd of March (or the 1st), and 24:00 is the next day. Nothing comes from
 * before 1970. */
int64_t
scan_date_time(struct scan *s, int *zone_min)
{
	struct civil c;
	int64_t at;
	int zone;

	scan_need(s, '"', "expected a date-time in quotes");
	(void)scan_opt(s, ' ');
	c = date_text(s);
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
