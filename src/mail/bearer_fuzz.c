/* Either message, and a field of HTTP: what is read keeps what was promised. */
#include "base/err.h"
#include "mail/bearer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(struct str in, const struct bearer_message *m)
{
	bug_if(m->token.p < in.p || m->token.p + m->token.n > in.p + in.n);
	bug_if(!bearer_is_token(m->token));
	bug_if(m->port > 65535 || m->user.n > 320);
	bug_if(m->user.n > 0 && !str_is_utf8(m->user));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = str_make((const char *)data, size), token;
	struct arena *a = arena_new(8 * BEARER_MESSAGE_MAX);
	struct bearer_message m;

	if (bearer_read(BEARER_OAUTH, in, a, &m))
		check(in, &m);
	if (bearer_read(BEARER_XOAUTH2, in, a, &m)) {
		check(in, &m);
		bug_if(m.user.n == 0);
	}
	if (bearer_read_field(in, &token))
		bug_if(!bearer_is_token(token));
	arena_free(a);
	return 0;
}
