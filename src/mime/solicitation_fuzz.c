/*
 * Classes of solicitation: what is found is a word of what was said and of what
 * was wanted, which is in front of the first LF.
 */
#include "mime/solicitation.h"

#include <stdint.h>

#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str all = str_make((const char *)data, size), wanted, said,
	    word, same;

	(void)str_cut(all, '\n', &wanted, &said);
	if (solicitation_find(said, wanted, &word)) {
		bug_if(!solicitation_is_word(word));
		bug_if(word.p < said.p || word.p + word.n > said.p + said.n);
		bug_if(!solicitation_find(word, wanted, &same));
	}
	if (solicitation_is(said)) {
		bug_if(said.n > SOLICITATION_MAX || !str_is_ascii(said));
		/* What is a list finds itself. */
		bug_if(!solicitation_find(said, said, &word));
	}
	return 0;
}
