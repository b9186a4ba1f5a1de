/*
 * clear_as_tls.c - for fuzz targets of sessions: what is in clear counts as
 * TLS, as a handshake would take longer than all the rest. These stand in for
 * those of rt/stream_tls.c.
 */
#include "lib/clear_as_tls.h"

const char *clear_as_tls_protocol = "";

struct tls_facts
stream_tls(const struct stream *s unused_arg)
{
	return (struct tls_facts){ .on = true,
		.protocol = str_c(clear_as_tls_protocol) };
}

bool
stream_tls_is_for(const struct stream *s unused_arg, struct str host)
{
	return !str_eq(host, STR("elsewhere"));
}

int
stream_tls_accept(struct stream *s unused_arg, struct tls_ctx *ctx unused_arg,
    struct err *err)
{
	return err_set(err, E_TLS, "none here");
}

int
stream_tls_accept_first(struct stream *s, struct tls_ctx *ctx,
    struct err *err)
{
	return stream_tls_accept(s, ctx, err);
}

/* One that anybody could know: so that -PLUS is offered. */
bool
stream_tls_binding(const struct stream *s unused_arg,
    enum tls_binding kind unused_arg, uint8_t octets[TLS_BINDING_MAX],
    size_t *n)
{
	*n = 32;
	memset(octets, 'b', *n);
	return true;
}

/* A certificate of nobody's: so that EXTERNAL is offered. */
bool
stream_tls_shown(const struct stream *s unused_arg, struct tls_shown *out)
{
	*out = (struct tls_shown){ 0x0304, 0x0403,
		STR("0123456789abcdef0123456789abcdef"), STR("said"),
		STR("signature") };
	return true;
}

void
stream_tls_forget_shown(struct stream *s unused_arg)
{
}
