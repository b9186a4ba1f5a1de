/*
 * A line in every form: what is found lies inside of it, and numbers are
 * numbers.
 */
#include "base/err.h"
#include "pop3/grammar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_inside(struct str part, struct str line)
{
	bug_if(part.n > 0 && (part.p < line.p ||
	    part.p + part.n > line.p + line.n));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str line = str_make((const char *)data, size);
	struct pop3_line l;
	struct pop3_params p;

	if (!pop3_line(line, &l))
		return 0;
	bug_if(l.keyword.n == 0);
	check_inside(l.keyword, line);
	check_inside(l.params, line);
	for (int form = FORM_NONE; form <= FORM_ANY_TEXT; form++) {
		if (!pop3_params(l.params, (enum pop3_form)form, &p))
			continue;
		check_inside(p.text, l.params);
		bug_if(form == FORM_MESSAGE && p.message == 0);
		bug_if(form == FORM_NONE && p.message != 0);
	}
	return 0;
}
