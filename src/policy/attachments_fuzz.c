#include "base/err.h"
#include "policy/file_look.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A name up to the first LF, then a file, in pieces that its first octet says:
 * what is said of it is visible ASCII, and no more is unpacked than may be. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str all = str_make((const char *)data, size), name, rest;
	struct file_finds finds = { 0 };
	struct file_look *l;
	size_t step = size > 0 ? data[0] + 1u : 1;

	(void)str_cut(all, '\n', &name, &rest);
	l = file_look_new(&finds, name);
	for (; rest.n > 0; rest = str_from(rest, step))
		(void)file_look_octets(l, str_first(rest, step));
	file_look_end(l);
	bug_if(finds.unpacked > LOOK_UNPACKED + 65536);
	bug_if(finds.entries > LOOK_ENTRIES);
	for (size_t i = 0; i < FILE_CLASSES; i++) {
		const struct file_find *f = &finds.of[i];

		bug_if(strnlen(f->why, LOOK_WHY_MAX) == LOOK_WHY_MAX);
		bug_if(f->is != (f->why[0] != '\0'));
		for (const char *p = f->why; *p; p++)
			bug_if(*p < ' ' || *p > '~');
	}
	return 0;
}
