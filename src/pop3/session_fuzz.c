/*
 * A whole session of somebody logged in: the input is what the client sends,
 * cut where its first octet says. Whatever it is, the session comes to its
 * end, store is asked nothing that makes no sense, and no message goes unless
 * QUIT was said.
 */
#include "pop3/test_world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct world w;
	struct str in;

	if (size == 0 || size > 2048)
		return 0;
	in = str_make((const char *)data + 1, size - 1);
	world_begin_plain(&w);
	w.store.page = data[0] % 3;
	(void)fake_add(&w.store, 1, 0, STR("Subject: a\r\n\r\n.\r\n.b"));
	(void)fake_add(&w.store, 1, FLAG_deleted, STR("\r\n"));
	(void)fake_add(&w.store, 2, 0, STR("Subject: c\r\n\r\n"));
	world_connect(&w, 0, false);
	world_send(&w, 0, STR("USER alice@example.test\r\nPASS se cret\r\n"));
	bug_if(!w.stores[0]);
	world_send(&w, 0, str_first(in, data[0]));
	world_send(&w, 0, str_from(in, data[0]));
	bug_if(w.store.m[2].expunged != 0);
	if (str_findi(in, STR("QUIT")) == in.n)
		bug_if(w.store.m[0].expunged || w.store.m[1].expunged);
	world_end(&w);
	return 0;
}
