/*
 * role.c - postern-pam: has PAM of this machine prove passwords.
 *
 * Privileges: it answers vault, and talks to the process that starts attempts
 * (spawner.h), which was forked before the walls closed and has what modules of
 * PAM need; it runs no module itself. Opens nothing, dials nobody, keeps
 * nothing. Other settings mean another process: a reload is not for us. It runs
 * where the configuration has a pam block.
 */
#include "pam/spawner.h"

#include "pam/messages.h"
#include "rt/clients.h"

enum {
	WAITING_MAX = 64,
	LATE_MS = 1000,	/* spawner ends an attempt, and says so */
};

struct pam_role {
	struct role *role;
	struct pam_conf conf;
	int fd;			/* to spawner, before the loop has it */
	struct ipc *spawner;
	struct clients clients;
	struct list waiting;	/* struct proving, in their order */
	size_t nwaiting, nrunning;
};

struct proving {
	struct pam_role *s;
	struct list_link link;
	struct ipc_req *req;
	int64_t until_ms;
};

/* What modules say is for the log, and for nobody else. */
static void
log_proof(const struct pam_role *s, const struct pam_prove_ask *ask,
    const struct pam_prove_answer *answer)
{
	struct str user = ask->user.n ? ask->user : STR("nobody");

	if (answer->proof == PAM_AWAY)
		log_event(s->role->log, LOG_WARN, "pam_away",
		    F_STR("user", user), F_STR("why", answer->why));
	else if (answer->why.n > 0 && ask->user.n > 0)
		log_event(s->role->log, LOG_INFO, "pam_refused",
		    F_STR("user", user), F_STR("why", answer->why));
}

static void
answer_proof(struct ipc_req *req, enum pam_proof proof)
{
	struct pam_prove_answer answer = { .proof = proof };

	ipc_reply(req, &answer, -1);
}

static void
do_proving(struct proving *p)
{
	struct pam_role *s = p->s;
	struct pam_prove_ask ask = *(const struct pam_prove_ask *)p->req->ask;
	struct pam_prove_answer answer = { .proof = PAM_AWAY };
	struct arena *a = arena_new(4096);
	int64_t left = p->until_ms - loop_now_ms(s->role->loop);
	struct err err = { 0 };
	int rc;

	ask.left_ms = left > 0 ? (uint32_t)left : 0;
	rc = left <= 0 ? err_set(&err, E_TIMEOUT, "all attempts take long") :
	    ipc_call(s->spawner, &pam_calls[PAM_CALL_pam_prove], &ask, -1,
	    &answer, a, NULL, p->until_ms + LATE_MS, &err);
	if (rc < 0)
		answer = (struct pam_prove_answer){ PAM_AWAY,
			str_c(err.text) };
	log_proof(s, &ask, &answer);
	answer_proof(p->req, (enum pam_proof)answer.proof);
	arena_free(a);
	free(p);
}

/* The first one, and then those that wait. */
static void
prove_fiber(void *arg)
{
	struct proving *p = arg;
	struct pam_role *s = p->s;

	while (p) {
		do_proving(p);
		p = list_pop(struct proving, &s->waiting, link);
		s->nwaiting -= p != NULL;
	}
	s->nrunning--;
}

static void
on_ask(void *owner, struct ipc_req *req)
{
	struct pam_role *s = container_of(
	    ((struct ipc_client *)owner)->clients, struct pam_role, clients);
	struct proving *p;

	if (s->nwaiting >= WAITING_MAX) {
		log_proof(s, req->ask, &(struct pam_prove_answer){ PAM_AWAY,
			STR("too many logins at once") });
		answer_proof(req, PAM_AWAY);
		return;
	}
	p = calloc(1, sizeof(*p));
	bug_if(!p);
	*p = (struct proving){ .s = s, .req = req,
		.until_ms = loop_now_ms(s->role->loop) +
		    (int64_t)s->conf.timeout_s * 1000 };
	if (s->nrunning >= SPAWNER_ATTEMPTS) {
		list_append(&s->waiting, &p->link);
		s->nwaiting++;
		return;
	}
	s->nrunning++;
	(void)fiber_spawn(s->role->loop, "prove", prove_fiber, p);
}

/* The role ----------------------------------------------------------------- */

static void
peer(struct role *r, enum role_kind kind, uint32_t index unused_arg, int fd)
{
	static const struct client_rights vault = { .name = "vault",
		.authority = PAM_AUTH_VAULT, .window = PAM_WINDOW };
	struct pam_role *s = r->state;

	if (kind == ROLE_VAULT)
		clients_add(&s->clients, fd, &vault, 0);
	else
		(void)close(fd);
}

/* Nothing is proven without it, and it cannot be started again from here. */
static void
on_spawner_gone(void *owner, struct ipc *ipc unused_arg, const char *why)
{
	struct pam_role *s = owner;

	if (!loop_stopping(s->role->loop))
		role_give_up(s->role, *why ? why : "the process that asks PAM "
		    "has gone");
}

static int
prepare(struct role *r, struct err *err)
{
	static const struct clients_kind kind = { .service =
		CLIENTS_SERVICE(pam_calls, PAM_NCALLS, on_ask),
		.size = sizeof(struct ipc_client) };
	struct pam_role *s = r->state;

	s->role = r;
	s->clients = (struct clients){ .loop = r->loop, .kind = &kind };
	if (!msg_whole(r->config.pam, &pam_conf_shape, &s->conf))
		return err_set(err, E_INVALID, "there is no pam block");
	return spawner_start(r, &s->conf, r->config.data, &s->fd, err);
}

static int
sandboxed(struct role *r, struct err *err)
{
	static const struct ipc_service service = { .gone = on_spawner_gone };
	struct pam_role *s = r->state;
	struct ipc_options o = { .service = &service, .owner = s };

	s->spawner = ipc_open(r->loop, s->fd, &o, err);
	return s->spawner ? 0 : err->code;
}

static void
stop_pam(struct role *r)
{
	loop_cancel_all(r->loop);
}

static void
finish_pam(struct role *r)
{
	struct pam_role *s = r->state;

	clients_end(&s->clients);
	ipc_close(s->spawner);
}

int
main(void)
{
	static const struct role_ops ops = {
		.kind = ROLE_PAM,
		.state_size = sizeof(struct pam_role),
		.prepare = prepare,
		.sandboxed = sandboxed,
		.peer = peer,
		.stop = stop_pam,
		.finish = finish_pam,
	};

	return role_main(&ops);
}
