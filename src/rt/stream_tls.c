#include "rt/stream_int.h"
#include "rt/tls.h"

static int
shake_hands(struct stream *s, struct transport *tls, struct err *err)
{
	int rc;

	stream_attach(s, tls);
	while ((rc = transport_tls_step(tls, err)) == E_AGAIN)
		if ((rc = stream_wait(s)) < 0)
			return stream_fail(s, rc, err);
	if (rc < 0)
		(void)stream_fail(s, rc, NULL);
	return rc;
}

/* RFC 3207 4.2: nothing that came before TLS survives. */
int
stream_tls_accept(struct stream *s, struct tls_ctx *ctx, struct err *err)
{
	if (stream_failed(s))
		return stream_fail(s, stream_failed(s), err);
	return shake_hands(s, transport_tls(stream_transport(s), ctx), err);
}

int
stream_tls_accept_first(struct stream *s, struct tls_ctx *ctx, struct err *err)
{
	struct transport *tls;

	if (stream_failed(s))
		return stream_fail(s, stream_failed(s), err);
	tls = transport_tls(stream_transport(s), ctx);
	transport_tls_early(tls, stream_buffered(s));
	return shake_hands(s, tls, err);
}

int
stream_tls_connect(struct stream *s, struct tls_client *c, struct str name,
    const struct tls_dane *dane, struct err *err)
{
	if (stream_failed(s))
		return stream_fail(s, stream_failed(s), err);
	return shake_hands(s,
	    transport_tls_client(stream_transport(s), c, name, dane), err);
}

bool
stream_tls_key(const struct stream *s, char hex[TLS_KEY_HEX + 1])
{
	return transport_tls_key(stream_transport(s), hex);
}

void
stream_tls_words(const struct stream *s, struct buf *words)
{
	transport_tls_words(stream_transport(s), words);
}

struct tls_facts
stream_tls(const struct stream *s)
{
	struct tls_facts f = { .on = false };

	for (const struct transport *t = stream_transport(s); t && !f.on;
	    t = t->below)
		transport_tls_facts(t, &f);
	return f;
}

bool
stream_tls_is_for(const struct stream *s, struct str host)
{
	for (const struct transport *t = stream_transport(s); t; t = t->below)
		if (transport_tls_is_for(t, host))
			return true;
	return false;
}

bool
stream_tls_shown(const struct stream *s, struct tls_shown *out)
{
	for (const struct transport *t = stream_transport(s); t; t = t->below)
		if (transport_tls_shown(t, out))
			return true;
	return false;
}

void
stream_tls_forget_shown(struct stream *s)
{
	for (struct transport *t = stream_transport(s); t; t = t->below)
		transport_tls_forget_shown(t);
}

bool
stream_tls_binding(const struct stream *s, enum tls_binding kind,
    uint8_t octets[TLS_BINDING_MAX], size_t *n)
{
	for (const struct transport *t = stream_transport(s); t; t = t->below)
		if (transport_tls_binding(t, kind, octets, n))
			return true;
	return false;
}
