#include "base/timetext.h"

static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
static const char days[] = "SunMonTueWedThuFriSat";

/* Days since 1970 of a civil date, by counting years from March, so that the
 * leap day is the last of its year. */
static int64_t
days_of(int64_t year, int64_t month, int64_t day)
{
	int64_t era, yoe, doy;

	year -= month <= 2;
	era = (year >= 0 ? year : year - 399) / 400;
	yoe = year - era * 400;
	doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

struct civil
civil_of(int64_t at)
{
	int64_t day = at / 86400, sec = at % 86400;
	int64_t era, doe, yoe, doy, mp;
	struct civil c;

	if (sec < 0) {
		sec += 86400;
		day--;
	}
	c.weekday = (int)(((day + 4) % 7 + 7) % 7);
	day += 719468;
	era = (day >= 0 ? day : day - 146096) / 146097;
	doe = day - era * 146097;
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	mp = (5 * doy + 2) / 153;
	c.day = (int)(doy - (153 * mp + 2) / 5 + 1);
	c.month = (int)(mp < 10 ? mp + 3 : mp - 9);
	c.year = (int)(yoe + era * 400 + (c.month <= 2));
	c.hour = (int)(sec / 3600);
	c.minute = (int)(sec / 60 % 60);
	c.second = (int)(sec % 60);
	return c;
}

int64_t
civil_time(const struct civil *c)
{
	return days_of(c->year, c->month, c->day) * 86400 +
	    c->hour * 3600 + c->minute * 60 + c->second;
}

bool
civil_valid(const struct civil *c)
{
	static const int len[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };
	int n;

	if (c->month < 1 || c->month > 12 || c->day < 1)
		return false;
	if (c->hour < 0 || c->hour > 23 || c->minute < 0 || c->minute > 59 ||
	    c->second < 0 || c->second > 60)
		return false;
	n = len[c->month - 1];
	if (c->month == 2 && c->year % 4 == 0 &&
	    (c->year % 100 != 0 || c->year % 400 == 0))
		n = 29;
	return c->day <= n;
}

static int
take_number(struct rd *r, size_t digits)
{
	struct str s = rd_take(r, digits);
	uint32_t v = 0;

	if (!str_u32(s, &v))
		rd_fail(r);
	return (int)v;
}

void
time_take_date(struct rd *r, struct civil *out)
{
	*out = (struct civil){ .year = take_number(r, 4) };
	(void)rd_need(r, '-');
	out->month = take_number(r, 2);
	(void)rd_need(r, '-');
	out->day = take_number(r, 2);
	if (!civil_valid(out))
		rd_fail(r);
}

enum { DAYS_TO_10000 = 2932897 };
#define TIME_MAX (DAYS_TO_10000 * (int64_t)86400 - 1)

/* full-date "T" partial-time */
static void
take_local_time(struct rd *r, struct civil *t)
{
	time_take_date(r, t);
	if (!rd_opt(r, 't'))
		(void)rd_need(r, 'T');
	t->hour = take_number(r, 2);
	(void)rd_need(r, ':');
	t->minute = take_number(r, 2);
	(void)rd_need(r, ':');
	t->second = take_number(r, 2);
	if (rd_opt(r, '.'))
		(void)rd_some(r, ascii_is_digit);
}

bool
time_read_utc(struct str text, int64_t *at)
{
	struct rd r = rd_of(text);
	struct civil t;

	take_local_time(&r, &t);
	if (str_chr(text, 't') < text.n || !rd_need(&r, 'Z') || !rd_done(&r) ||
	    t.year < 1970 || !civil_valid(&t))
		return false;
	*at = civil_time(&t);
	return true;
}

/* time-offset = "Z" / ( "+" / "-" ) time-hour ":" time-minute; in minutes */
static int
take_offset(struct rd *r)
{
	bool west;
	int hour, minute;

	if (rd_opt(r, 'Z') || rd_opt(r, 'z'))
		return 0;
	west = rd_opt(r, '-');
	if (!west)
		(void)rd_need(r, '+');
	hour = take_number(r, 2);
	(void)rd_need(r, ':');
	minute = take_number(r, 2);
	if (hour > 23 || minute > 59)
		rd_fail(r);
	return (hour * 60 + minute) * (west ? -1 : 1);
}

bool
time_read_rfc3339(struct str text, int64_t *at)
{
	struct rd r = rd_of(text);
	struct civil t;
	int offset_min;
	int64_t when;

	take_local_time(&r, &t);
	offset_min = take_offset(&r);
	if (!rd_done(&r) || t.year < 1970 || !civil_valid(&t))
		return false;
	when = civil_time(&t) - 60 * (int64_t)offset_min;
	if (when < 0 || when > TIME_MAX)
		return false;
	*at = when;
	return true;
}

struct str
month_name(int month)
{
	return str_make(months + 3 * (month - 1), 3);
}

int
month_of(struct str name)
{
	for (int m = 1; m <= 12; m++)
		if (str_eqi(name, month_name(m)))
			return m;
	return 0;
}

void
time_rfc5322_zone(struct buf *b, int64_t at, int offset_min)
{
	struct civil c = civil_of(at + offset_min * 60);
	int off = offset_min < 0 ? -offset_min : offset_min;

	buf_printf(b, "%.3s, %d %.3s %04d %02d:%02d:%02d %c%02d%02d",
	    days + 3 * c.weekday, c.day, month_name(c.month).p, c.year, c.hour,
	    c.minute, c.second, offset_min < 0 ? '-' : '+', off / 60,
	    off % 60);
}

void
time_rfc5322(struct buf *b, int64_t at)
{
	time_rfc5322_zone(b, at, 0);
}

/* The last two digits. */
static void
put_two(char *p, int v)
{
	v = v < 0 ? 0 : v;
	p[0] = (char)('0' + v / 10 % 10);
	p[1] = (char)('0' + v % 10);
}

/* One for each message of a list: printf() would take most of its time. */
void
time_imap(struct buf *b, int64_t at, int offset_min)
{
	struct civil c = civil_of(at + offset_min * 60);
	int off = offset_min < 0 ? -offset_min : offset_min;
	char text[] = "00-Jan-0000 00:00:00 +0000";

	put_two(text, c.day);
	if (c.day < 10)
		text[0] = ' ';
	memcpy(text + 3, month_name(c.month).p, 3);
	put_two(text + 7, c.year / 100);
	put_two(text + 9, c.year);
	put_two(text + 12, c.hour);
	put_two(text + 15, c.minute);
	put_two(text + 18, c.second);
	text[21] = offset_min < 0 ? '-' : '+';
	put_two(text + 22, off / 60);
	put_two(text + 24, off % 60);
	buf_put(b, text, sizeof(text) - 1);
}

void
time_rfc3339(struct buf *b, int64_t at)
{
	struct civil c = civil_of(at);

	buf_printf(b, "%04d-%02d-%02dT%02d:%02d:%02dZ", c.year, c.month, c.day,
	    c.hour, c.minute, c.second);
}
