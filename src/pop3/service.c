/*
 * service.c - what the sessions of a worker have in common.
 */
#include "pop3/pop3_int.h"

struct pop3_service *
pop3_service_new(struct loop *l, const struct config *conf,
    struct vault *vault, struct tls_ctx *tls)
{
	struct pop3_service *sv = calloc(1, sizeof(*sv));

	if (!sv)
		bug("out of memory");
	*sv = (struct pop3_service){
		.loop = l,
		.vault = vault,
		.tls = tls ? tls_ctx_ref(tls) : NULL,
		.timeout_s = conf->pop3_timeout_s,
		.login_delay_s = conf->pop3_login_delay_s,
		.exclusive = conf->pop3_exclusive,
		.refs = 1,
	};
	return sv;
}

void
pop3_service_unref(struct pop3_service *sv)
{
	if (!sv || --sv->refs > 0)
		return;
	if (sv->tls)
		tls_ctx_unref(sv->tls);
	free(sv);
}
