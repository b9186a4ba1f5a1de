/*
 * Octets are records of words that say the same again, and conditions of words.
 */
#include "base/err.h"
#include "store/words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
read_words(struct str part)
{
	struct rd r = rd_of(part);

	while (rd_ok(&r) && rd_left(&r) > 0) {
		struct str word = words_next(&r);

		bug_if(rd_ok(&r) && (word.n == 0 || word.n > WORD_OCTETS_MAX));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = str_make((const char *)data, size);
	struct rd r = rd_of(s), again;
	struct words_record one, same;
	struct word_condition c;

	while (rd_left(&r) > 0 && words_record_take(&r, &one)) {
		auto_buf b = BUF_INIT(WORDS_RECORD_MAX + 64);

		words_record_put(&b, &one);
		bug_if(buf_failed(&b));
		again = rd_of(buf_get(&b));
		bug_if(!words_record_take(&again, &same) || !rd_done(&again));
		bug_if(same.email != one.email || same.cut != one.cut);
		for (int i = 0; i < WORDS_PARTS; i++) {
			bug_if(!str_eq(same.parts[i], one.parts[i]));
			read_words(one.parts[i]);
		}
	}
	r = rd_of(s);
	while (rd_left(&r) > 0 && word_condition_take(&r, &c))
		bug_if(c.octets.n == 0 || c.octets.n > WORD_OCTETS_MAX);
	return 0;
}
