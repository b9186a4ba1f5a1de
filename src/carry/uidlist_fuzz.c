/*
 * Any text as dovecot-uidlist: whatever is asked of it, what it answers is no
 * longer than a unique-id may be.
 */
#include "carry/uidlist.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_make((const char *)data, size), line, word;
	struct uidlist *l = uidlist_read(text);
	char room[UIDL_MAX + 1];
	bool more = true;

	while (more) {
		more = str_cut(text, '\n', &line, &text);
		word = str_from(line, str_rchr(line, ':') + 1);
		bug_if(uidlist_find(l, word, room).n > UIDL_MAX);
	}
	uidlist_free(l);
	return 0;
}
