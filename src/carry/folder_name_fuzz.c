#include "base/err.h"
#include "carry/folder_name.h"
#include "carry/maildir_name.h"
#include "store/mailbox_name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever a folder is called, a mailbox may be called what comes of it. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = str_first(str_make((const char *)data, size), 4096);
	struct arena *a = arena_new(1 << 20);
	static struct maildir_keywords k;
	struct str name;

	bug_if(mailbox_name_is_wrong(folder_of_maildir(in, a)));
	bug_if(mailbox_name_is_wrong(folder_of_list(in, '\t', a)));
	name = folder_of_file(in, a);
	bug_if(mailbox_name_is_wrong(name));
	bug_if(mailbox_name_is_wrong(folder_below(name, name, a)));
	(void)folder_use(name);
	maildir_keywords_read(in, &k);
	(void)maildir_name_read(str_first(in, 255), &k, a);
	arena_free(a);
	return 0;
}
