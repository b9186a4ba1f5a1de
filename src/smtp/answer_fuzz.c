/*
 * Replies of a server, one after the other. Whole or octet by octet they are
 * the same, and what is kept of them is printable, bounded and consistent.
 */
#include "base/err.h"
#include "smtp/answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct smtp_answer *a)
{
	bug_if(a->code < 200 || a->code > 599);
	bug_if(a->status[0] != '0' + a->code / 100 || a->status[1] != '.');
	bug_if(a->text.n > ANSWER_TEXT_MAX || !str_is_utf8(a->text));
	for (size_t i = 0; i < a->text.n; i++)
		bug_if((unsigned char)a->text.p[i] < ' ' ||
		    a->text.p[i] == 0x7f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct answer_reader whole, slow;
	struct str in = str_make((const char *)data, size);
	enum answer_state state;

	do {
		size_t used, one;

		answer_begin(&whole);
		state = answer_feed(&whole, in, &used);
		bug_if(used > in.n);
		answer_begin(&slow);
		for (size_t i = 0; i < used; i++)
			if (answer_feed(&slow, str_make(in.p + i, 1), &one) !=
			    ANSWER_MORE)
				break;
		if (state == ANSWER_DONE || state == ANSWER_ENDLESS) {
			struct smtp_answer a = answer_get(&whole),
			    b = answer_get(&slow);

			check(&a);
			bug_if(a.code != b.code || !str_eq(a.text, b.text));
		}
		bug_if(state == ANSWER_BAD && whole.bad != slow.bad);
		in = str_from(in, used);
	} while (state == ANSWER_DONE && in.n > 0);
	return 0;
}
