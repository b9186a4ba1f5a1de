#include <fcntl.h>

#include "redteam.h"

/* The one process-wide thing: hostile code keeps to no house rules. */
static struct attack the_attack;

void
attempt(struct attack *a, const char *what, bool refused, const char *how)
{
	log_event(a->role->log, LOG_INFO, "attempt",
	    F_STR("what", str_c(what)),
	    F_STR("result", refused ? STR("refused") : STR("SUCCEEDED")),
	    F_STR("how", str_c(how)));
}

void
attempt_rc(struct attack *a, const char *what, int rc, const struct err *err)
{
	char how[280];

	(void)snprintf(how, sizeof(how), "%s: %s", err_name(rc),
	    rc < 0 ? err->text : "");
	attempt(a, what, rc < 0, how);
}

static void
attack_fiber(void *arg)
{
	static void (*const fns[ROLE_KINDS])(struct attack *) = {
		[ROLE_MX] = attack_mx,
		[ROLE_FRONT] = attack_front,
		[ROLE_VAULT] = attack_vault,
		[ROLE_STORE] = attack_store,
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
	case ROLE_MX: return have[ROLE_STORE] && have[ROLE_VAULT];
	case ROLE_FRONT: return have[ROLE_VAULT];
	case ROLE_STORE: return have[ROLE_VAULT] && have[ROLE_MX];
	default: return have[ROLE_STORE] && have[ROLE_MX] && have[ROLE_FRONT];
	}
}

static void
gone(void *owner, struct ipc *ipc, const char *why)
{
	(void)owner;
	(void)ipc;
	(void)why;
}

static void
peer(struct role *r, enum role_kind kind, uint32_t index, int fd)
{
	static const struct ipc_service service = { .gone = gone };
	struct ipc_options o = { .service = &service, .owner = &the_attack };
	struct attack *a = &the_attack;
	struct peer_held *p = &a->peers[a->npeers];
	struct err err;

	a->role = r;
	if (a->npeers == PEERS_MAX)
		return;
	p->kind = kind;
	p->index = index;
	p->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	p->ipc = ipc_open(r->loop, fd, &o, &err);
	a->npeers++;
	if (a->begun || !complete(a))
		return;
	a->begun = true;
	a->memory = arena_new(64 << 20);
	(void)fiber_spawn(r->loop, "attack", attack_fiber, a);
}

const struct role_ops *
redteam_ops(const struct role_ops *real)
{
	static struct role_ops hostile;

	the_attack.real = real;
	hostile = *real;
	hostile.walled = NULL;
	hostile.peer = peer;
	hostile.listen = NULL;
	hostile.reload = NULL;
	hostile.stop = NULL;
	hostile.finish = NULL;
	return &hostile;
}
