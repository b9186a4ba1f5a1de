#include "rt/stream_int.h"
#include "rt/tls.h"

int
stream_tls_accept(struct stream *s, struct tls_ctx *ctx, struct err *err)
{
	int rc;

	if (stream_failed(s))
		return stream_fail(s, stream_failed(s), err);
	/* RFC 3207 4.2: nothing that came before TLS survives. */
	stream_attach(s, transport_tls(stream_transport(s), ctx));
	while ((rc = transport_tls_step(stream_transport(s), err)) == E_AGAIN)
		if ((rc = stream_wait(s)) < 0)
			return stream_fail(s, rc, err);
	if (rc < 0)
		(void)stream_fail(s, rc, NULL);
	return rc;
}

struct tls_facts
stream_tls(const struct stream *s)
{
	struct tls_facts f = { .on = false };

	transport_tls_facts(stream_transport(s), &f);
	return f;
}
