#include <fcntl.h>

#include "redteam.h"

/* The one process-wide thing: hostile code keeps to no house rules. */
static struct attack the_attack;

static void
attack_fiber(void *arg)
{
	static void (*const fns[ROLE_KINDS])(struct attack *) = {
		[ROLE_MX] = attack_mx,
		[ROLE_FRONT] = attack_front,
		[ROLE_WEB] = attack_front,	/* it may ask the same */
		[ROLE_VAULT] = attack_vault,
		[ROLE_STORE] = attack_store,
		[ROLE_RELAY] = attack_relay,
		[ROLE_RESOLVER] = attack_resolver,
		[ROLE_ERRAND] = attack_errand,
		[ROLE_LDAP] = attack_ldap,
		[ROLE_PAM] = attack_pam,
	};
	struct attack *a = arg;
	struct str name, rest;
	char folder[300];

	/* The test names its scratch folder in the host name. */
	(void)str_cut(a->role->config.hostname, '.', &name, &rest);
	(void)snprintf(folder, sizeof(folder), "/tmp/%.*s/data",
	    STR_FMT(name));
	attack_system(a, folder);
	fns[a->real->kind](a);
	log_event(a->role->log, LOG_INFO, "attacks done",
	    F_INT("index", a->role->index));
	/* and the last one: master must end us and live on */
	if (write(3, "\377\377\377\377 garbage", 12) < 0)
		log_event(a->role->log, LOG_INFO, "no link any more",
		    F_INT("index", a->role->index));
}

static bool
complete(const struct attack *a)
{
	bool have[ROLE_KINDS] = { false };

	for (size_t i = 0; i < a->npeers; i++)
		have[a->peers[i].kind] = true;
	switch (a->real->kind) {
	case ROLE_MX: return have[ROLE_STORE] && have[ROLE_VAULT] &&
	    have[ROLE_ERRAND];
	case ROLE_FRONT: case ROLE_PAM: return have[ROLE_VAULT];
	case ROLE_WEB: return have[ROLE_VAULT] && have[ROLE_FRONT];
	case ROLE_STORE: return have[ROLE_VAULT] && have[ROLE_MX] &&
	    have[ROLE_RELAY];
	case ROLE_RELAY: return have[ROLE_STORE] && have[ROLE_RESOLVER] &&
	    have[ROLE_ERRAND];
	case ROLE_ERRAND: return have[ROLE_RELAY] && have[ROLE_RESOLVER];
	case ROLE_RESOLVER: return have[ROLE_RELAY];
	case ROLE_LDAP: return have[ROLE_STORE] && have[ROLE_VAULT] &&
	    have[ROLE_RESOLVER];
	default: return have[ROLE_STORE] && have[ROLE_MX] &&
	    have[ROLE_FRONT] && have[ROLE_ERRAND];
	}
}

static void
peer(struct role *r, enum role_kind kind, uint32_t index, int fd)
{
	struct ipc_options o;
	struct attack *a = &the_attack;
	struct peer_held *p = &a->peers[a->npeers];
	struct err err;

	a->role = r;
	if (!a->memory)
		a->memory = arena_new(1 << 30);
	if (a->npeers == PEERS_MAX)
		return;
	p->kind = kind;
	p->index = index;
	p->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	lies_options(a, kind, &o);
	p->ipc = ipc_open(r->loop, fd, &o, &err);
	a->npeers++;
	if (a->begun || !complete(a))
		return;
	a->begun = true;
	(void)fiber_spawn(r->loop, "attack", attack_fiber, a);
}

const struct role_ops *
redteam_ops(const struct role_ops *real)
{
	static struct role_ops hostile;

	the_attack.real = real;
	hostile = *real;
	hostile.sandboxed = NULL;
	hostile.peer = peer;
	hostile.listen = NULL;
	hostile.reload = NULL;
	hostile.stop = NULL;
	hostile.finish = NULL;
	return &hostile;
}
