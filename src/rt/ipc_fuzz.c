/*
 * Octets from a role that has been taken over, to one that has not: whatever
 * comes, the connection may end and nothing else may happen.
 */
#include <sys/socket.h>

#include "rt/ipc.h"

#define FIELDS_fuzz_ask(F, S) \
	F(S, u8, a, 0) F(S, str, b, 100) F(S, u64, c, 0) F(S, str, d, 5000)
MSG_STRUCT(fuzz_ask);
MSG_SHAPE(fuzz_ask);

static const struct ipc_call calls[] = {
	{ "ask", 0, &fuzz_ask_shape, &fuzz_ask_shape, 1, 0 },
	{ "notice", 1, &fuzz_ask_shape, NULL, 1, 0 },
	{ "denied", 2, &fuzz_ask_shape, &fuzz_ask_shape, 2, 0 },
};

static void
on_ask(void *owner unused_arg, struct ipc_req *r)
{
	if (r->call->answer)
		ipc_reply(r, r->ask, r->nfds > 0 ? r->fds[0] : -1);
	else
		ipc_drop(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct ipc_service service = { calls, NELEM(calls),
		on_ask, NULL };
	struct clock real = clock_real();
	struct loop *l = loop_new(&real, NULL);
	struct ipc_options o = { .service = &service, .authority = 1,
		.window = 4 };
	struct ipc *c;
	int fds[2];

	bug_if(ipc_pair(fds, NULL) < 0);
	c = ipc_open(l, fds[0], &o, NULL);
	bug_if(!c);
	/* The last octet says where to cut what is sent in two. */
	for (int i = 0; i < 2 && size > 0; i++) {
		size_t n = i == 0 ? data[size - 1] % size : size;

		if (n > 0 && send(fds[1], data, n, MSG_NOSIGNAL) < 0)
			break;
		data += n;
		size -= n;
		loop_once(l, 0);
	}
	ipc_close(c);
	(void)close(fds[1]);
	loop_once(l, 0);
	loop_free(l);
	return 0;
}
