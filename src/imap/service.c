/*
 * service.c - what the sessions of a worker have in common.
 */
#include "imap/imap_int.h"

enum { SERVICE_MEM = 4096 };

struct imap_service *
imap_service_new(struct loop *l, const struct config *conf,
    struct vault *vault, struct tls_ctx *tls)
{
	struct imap_service *sv = calloc(1, sizeof(*sv));

	if (!sv)
		bug("out of memory");
	sv->refs = 1;
	sv->loop = l;
	sv->vault = vault;
	sv->tls = tls ? tls_ctx_ref(tls) : NULL;
	sv->mem = arena_new(SERVICE_MEM);
	sv->hostname = str_dup(sv->mem, conf->hostname);
	sv->max_message = conf->max_message;
	sv->timeout_s = conf->imap_timeout_s;
	sv->message_limit = conf->imap_message_limit;
	sv->compress = conf->compress;
	sv->data_rate = conf->data_rate;
	sv->data_time_s = conf->data_time_s;
	return sv;
}

void
imap_service_unref(struct imap_service *sv)
{
	if (!sv || --sv->refs > 0)
		return;
	if (sv->tls)
		tls_ctx_unref(sv->tls);
	arena_free(sv->mem);
	free(sv);
}
