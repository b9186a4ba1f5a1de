/*
 * service.c - what the sessions of one listener share; it lives as long as the
 * last of them.
 */
#include "smtp/smtp_int.h"

enum { SERVICE_MEM = 64 * 1024 };	/* lists of networks and others */

struct smtp_service *
smtp_service_new(const struct smtp_options *o)
{
	struct smtp_service *sv = calloc(1, sizeof(*sv));

	if (!sv)
		bug("out of memory");
	sv->refs = 1;
	sv->o = *o;
	sv->mem = arena_new(SERVICE_MEM);
	sv->o.hostname = str_dup(sv->mem, o->hostname);
	sv->o.no_soliciting = str_dup(sv->mem, o->no_soliciting);
	sv->o.etrn_peers = str_dup(sv->mem, o->etrn_peers);
	sv->o.etrn_domains = str_dup(sv->mem, o->etrn_domains);
	sv->o.xclient_peers = str_dup(sv->mem, o->xclient_peers);
	sv->o.xforward_peers = str_dup(sv->mem, o->xforward_peers);
	if (o->judge) {
		sv->judge = *o->judge;
		sv->judge.hostname = sv->o.hostname;
		sv->judge.unjudged = str_dup(sv->mem, o->judge->unjudged);
		sv->judge.dns_lists = str_dup(sv->mem, o->judge->dns_lists);
		sv->o.judge = &sv->judge;
	}
	if (o->tls)
		sv->o.tls = tls_ctx_ref(o->tls);
	if (sv->o.max_recipients > SUBMIT_RCPTS_MAX)
		sv->o.max_recipients = SUBMIT_RCPTS_MAX;
	return sv;
}

void
smtp_service_unref(struct smtp_service *sv)
{
	if (!sv || --sv->refs > 0)
		return;
	if (sv->o.tls)
		tls_ctx_unref(sv->o.tls);
	arena_free(sv->mem);
	free(sv);
}
