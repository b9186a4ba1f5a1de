#include "policy/score.h"

#include <stdlib.h>

void
findings_add(struct findings *f, const char *word, int tenths,
    struct str why)
{
	if (f->n < FINDINGS_MAX)
		f->row[f->n++] = (struct finding){ str_c(word), tenths,
			str_first(why, FINDING_WHY_MAX) };
}

int
findings_tenths(const struct findings *f)
{
	int sum = 0;

	for (size_t i = 0; i < f->n; i++)
		sum += f->row[i].tenths;
	return sum;
}

enum score_act
score_act(const struct score_bars *bars, int tenths)
{
	if (bars->refuse > 0 && tenths >= (int)bars->refuse * 10)
		return SCORE_REFUSE;
	if (bars->hold > 0 && tenths >= (int)bars->hold * 10)
		return SCORE_HOLD;
	if (bars->junk > 0 && tenths >= (int)bars->junk * 10)
		return SCORE_JUNK;
	return SCORE_TAKE;
}

void
score_put(struct buf *b, int tenths)
{
	buf_printf(b, "%s%d.%d", tenths < 0 ? "-" : "", abs(tenths) / 10,
	    abs(tenths) % 10);
}

static void
put_why(struct buf *b, struct str why)
{
	if (why.n > 0)
		buf_lit(b, ": ");
	for (size_t i = 0; i < why.n; i++)
		buf_chr(b, why.p[i] < ' ' || why.p[i] > '~' ||
		    strchr("(),\\\"", why.p[i]) ? '?' : why.p[i]);
}

void
findings_put(struct buf *b, const struct findings *f)
{
	if (f->n == 0)
		return;
	buf_lit(b, " score=");
	score_put(b, findings_tenths(f));
	for (size_t i = 0; i < f->n; i++) {
		buf_printf(b, "%s%.*s ", i == 0 ? " (" : ", ",
		    STR_FMT(f->row[i].word));
		score_put(b, f->row[i].tenths);
		put_why(b, f->row[i].why);
	}
	buf_lit(b, ")");
}
