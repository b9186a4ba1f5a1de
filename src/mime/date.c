#include "mime/date.h"

#include "base/timetext.h"
#include "mime/lex.h"

/* obs-zone, RFC 5322 4.3; everything else, military letters too, is taken as
 * "-0000". */
static int
named_zone(struct str name)
{
	static const struct {
		char name[4];
		int hours;
	} zones[] = { { "EST", -5 }, { "EDT", -4 }, { "CST", -6 },
		{ "CDT", -5 }, { "MST", -7 }, { "MDT", -6 }, { "PST", -8 },
		{ "PDT", -7 } };

	for (size_t i = 0; i < NELEM(zones); i++)
		if (str_eqi(name, str_make(zones[i].name, 3)))
			return zones[i].hours * 60;
	return 0;
}

/* Up to 4 digits, and how many there were. */
static int
take_number(struct rd *r, size_t *len)
{
	struct str digits = rd_while(r, ascii_is_digit);
	uint32_t v;

	*len = digits.n;
	if (digits.n > 4 || !str_u32(digits, &v)) {
		rd_fail(r);
		return 0;
	}
	return (int)v;
}

static int
take_part(struct rd *r)
{
	size_t len;

	(void)lex_cfws(r, NULL);
	return take_number(r, &len);
}

/* Two digits: to 49 is 20xx; three digits: from 1900 (4.3). */
static int
take_year(struct rd *r)
{
	size_t len;
	int year;

	(void)lex_cfws(r, NULL);
	year = take_number(r, &len);
	if (len <= 2 && year < 50)
		return year + 2000;
	return len <= 3 ? year + 1900 : year;
}

static void
take_time(struct rd *r, struct civil *c)
{
	c->hour = take_part(r);
	(void)lex_cfws(r, NULL);
	(void)rd_need(r, ':');
	c->minute = take_part(r);
	(void)lex_cfws(r, NULL);
	if (rd_opt(r, ':'))
		c->second = take_part(r);
}

static int
take_zone(struct rd *r)
{
	struct str name;
	int sign, v;
	size_t len;

	(void)lex_cfws(r, NULL);
	name = rd_while(r, ascii_is_alpha);
	sign = rd_peek(r);
	if (sign != '+' && sign != '-')
		return named_zone(name);
	(void)rd_next(r);
	v = take_number(r, &len);
	if (len == 4)
		v = v / 100 * 60 + v % 100;
	else if (len <= 2)
		v *= 60;
	if (v > 1439)
		rd_fail(r);
	return sign == '-' ? -v : v;
}

bool
date_parse(struct str value, struct mail_date *d)
{
	struct rd r = rd_of(value);
	struct civil c = { 0 };
	int zone;

	(void)lex_cfws(&r, NULL);
	(void)rd_while(&r, ascii_is_alpha); /* day-name */
	(void)lex_cfws(&r, NULL);
	(void)rd_opt(&r, ',');
	c.day = take_part(&r);
	(void)lex_cfws(&r, NULL);
	(void)rd_opt(&r, '-');
	(void)lex_cfws(&r, NULL);
	c.month = month_of(rd_while(&r, ascii_is_alpha));
	(void)lex_cfws(&r, NULL);
	(void)rd_opt(&r, '-');
	c.year = take_year(&r);
	take_time(&r, &c);
	zone = take_zone(&r);
	if (!rd_ok(&r) || !civil_valid(&c))
		return false;
	d->at = civil_time(&c) - zone * 60;
	d->offset_min = zone;
	return true;
}
