#include "pop3/grammar.h"

#include "base/rd.h"

static bool
is_keyword(char c)
{
	return ascii_is_alnum(c);
}

bool
pop3_line(struct str line, struct pop3_line *out)
{
	struct rd r = rd_of(line);
	struct str keyword = rd_some(&r, is_keyword);
	bool space = rd_opt(&r, ' ');

	if (!rd_ok(&r) || (!space && !rd_done(&r)))
		return false;
	*out = (struct pop3_line){ keyword, rd_rest(&r) };
	return true;
}

static void
skip_spaces(struct rd *r)
{
	while (rd_opt(r, ' '))
		continue;
}

/* msg = 1*DIGIT; the first message is 1. */
static uint32_t
message_number(struct rd *r)
{
	uint32_t n = rd_num32(r);

	if (n == 0)
		rd_fail(r);
	return n;
}

bool
pop3_params(struct str params, enum pop3_form form, struct pop3_params *out)
{
	struct pop3_params p = { 0 };
	struct rd r = rd_of(params);

	if (form == FORM_TEXT || form == FORM_ANY_TEXT) {
		*out = (struct pop3_params){ .text = params };
		return form == FORM_ANY_TEXT || params.n > 0;
	}
	skip_spaces(&r);
	if (form != FORM_NONE && (form != FORM_ANY_MESSAGE || rd_left(&r) > 0))
		p.message = message_number(&r);
	if (form == FORM_MESSAGE_LINES) {
		(void)rd_need(&r, ' ');
		skip_spaces(&r);
		p.lines = rd_num32(&r);
	}
	skip_spaces(&r);
	if (!rd_done(&r))
		return false;
	*out = p;
	return true;
}
