/*
 * role.c - postern-front: serves people who log in, IMAP and submission.
 *
 * Privileges: accepts on the sockets it was given, talks to vault (TLS keys
 * to sign with, logins), and over connections that vault hands it to store,
 * each bound to one account. Opens nothing, connects nowhere.
 */
#include "imap/session.h"
#include "rt/role.h"
#include "smtp/submission.h"
#include "vault/gates.h"

struct front {
	struct role *role;
	struct vault *vault;
	struct gates *gates;
	struct imap_service *imap;
	struct smtp_service *submission;
};

static void
start_imap(void *arg, struct gate *gate, struct stream *s,
    const struct peer *peer, bool tls_first)
{
	struct front *f = arg;

	imap_start(f->imap, s, peer, tls_first, gate_left, gate);
}

static void
start_submission(void *arg, struct gate *gate, struct stream *s,
    const struct peer *peer, bool tls_first)
{
	struct front *f = arg;

	smtp_start(f->submission, s, peer, tls_first, gate_left, gate);
}

static void
serve_with(void *arg, struct tls_ctx *tls)
{
	struct front *f = arg;
	const struct config *c = &f->role->config;
	struct loop *l = f->role->loop;

	imap_service_unref(f->imap);
	f->imap = imap_service_new(l, c, f->vault, tls);
	smtp_service_unref(f->submission);
	f->submission = smtp_submission_new(l, c, f->vault, tls);
}

static int
front_prepare(struct role *r, struct err *err unused_arg)
{
	/* What is served on which kind of socket. */
	static const struct gate_kind kinds[] = {
		{ LISTEN_IMAP, start_imap, false },
		{ LISTEN_IMAPS, start_imap, true },
		{ LISTEN_SUBMISSION, start_submission, false },
		{ LISTEN_SUBMISSIONS, start_submission, true },
	};
	struct front *f = r->state;

	f->role = r;
	f->vault = vault_new(r->loop, -1);
	f->gates = gates_new(r, f->vault, kinds, NELEM(kinds), serve_with, f);
	return 0;
}

static void
front_peer(struct role *r, enum role_kind kind, uint32_t index unused_arg,
    int fd)
{
	if (kind == ROLE_VAULT)
		gates_vault(((struct front *)r->state)->gates, fd);
	else
		(void)close(fd);
}

static void
front_listen(struct role *r, enum listen_kind kind, int fd)
{
	gates_listen(((struct front *)r->state)->gates, kind, fd);
}

static void
front_reload(struct role *r)
{
	gates_reload(((struct front *)r->state)->gates);
}

static void
front_stop(struct role *r)
{
	gates_stop(((struct front *)r->state)->gates);
}

static void
front_finish(struct role *r)
{
	struct front *f = r->state;

	gates_free(f->gates);
	imap_service_unref(f->imap);
	smtp_service_unref(f->submission);
	vault_free(f->vault);
}

int
main(void)
{
	static const struct role_ops ops = {
		.kind = ROLE_FRONT,
		.state_size = sizeof(struct front),
		.sandbox = { .may = MAY_ACCEPT },
		.prepare = front_prepare,
		.peer = front_peer,
		.listen = front_listen,
		.reload = front_reload,
		.stop = front_stop,
		.finish = front_finish,
	};

	return role_main(&ops);
}
