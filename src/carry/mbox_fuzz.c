#include "base/err.h"
#include "carry/mbox.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static ssize_t
read_input(void *arg, uint64_t at, void *p, size_t n, struct err *err)
{
	const struct str *s = arg;
	struct str rest = str_first(str_from(*s, (size_t)at), n);

	(void)err;
	memcpy(p, rest.p, rest.n);
	return (ssize_t)rest.n;
}

static void
count_octets(void *arg, struct str octets)
{
	*(uint64_t *)arg += octets.n;
}

/* Messages lie in the file one behind the other, and it comes to an end. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct mbox m;
	struct str in = str_make((const char *)data, size);
	struct mbox_message msg = { 0 };
	uint64_t before = 0, n;
	int rc;

	mbox_open(&m, (struct octets_at){ read_input, &in }, size);
	while ((rc = mbox_next(&m, &msg, NULL)) > 0) {
		bug_if(msg.from_line < before || msg.begin < msg.from_line ||
		    msg.end > size || m.at <= msg.from_line);
		before = m.at;
		n = 0;
		bug_if(mbox_text(&m, &msg, (struct text_out){ count_octets,
		    &n }, NULL) < 0);
		bug_if(msg.begin <= msg.end && n > msg.end - msg.begin);
	}
	bug_if(rc < 0 || buf_failed(&msg.keywords));
	buf_free(&msg.keywords);
	return 0;
}
