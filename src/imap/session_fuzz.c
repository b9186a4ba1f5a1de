/*
 * A whole session of somebody logged in: the input is what the client sends,
 * cut where its first octet says. Whatever it is, the session comes to its
 * end, and store is asked nothing that makes no sense.
 */
#include "imap/test_world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MULTIPART                                                         \
	"From: a@b\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"  \
	"--x\r\n\r\none\r\n--x\r\nContent-Type: message/rfc822\r\n\r\n"    \
	"Subject: in\r\n\r\nside\r\n--x--\r\n"

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
	/* What this store has no answer to fails. */
	for (size_t i = 0; i < NELEM(w.store.fake.fail); i++) {
		if (!w.store.fake.answer[i])
			w.store.fake.fail[i] = E_IO;
	}
	(void)fake_add(&w.store, 1, FLAG_deleted, STR("Subject: a\r\n\r\nb"));
	(void)fake_add(&w.store, 1, 0, STR(MULTIPART));
	(void)fake_add(&w.store, 2, 0, STR("\r\n"));
	world_connect(&w, 0, false);
	world_send(&w, 0, STR("x LOGIN alice@example.test \"se cret\"\r\n"
	    "y SELECT INBOX\r\n"));
	bug_if(!w.stores[0]);
	world_send(&w, 0, str_first(in, data[0]));
	world_notify(&w);
	world_send(&w, 0, str_from(in, data[0]));
	world_end(&w);
	return 0;
}
