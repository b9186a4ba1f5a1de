/*
 * role.c - postern-front: serves people who log in: IMAP, POP3 and
 * submission.
 *
 * Privileges: accepts on the sockets it was given, talks to vault (TLS keys
 * to sign with, logins), and over connections that vault hands it to store,
 * each bound to one account; takes connections that web has accepted for it
 * (rt/handover.h). Opens nothing, connects nowhere.
 */
#include "imap/session.h"
#include "mime/charset.h"
#include "pop3/session.h"
#include "rt/handover.h"
#include "smtp/submission.h"
#include "vault/client.h"

struct front {
	struct role *role;
	struct vault *vault;
	struct listeners *listeners;
	struct handover *handover;
	struct imap_service *imap;
	struct pop3_service *pop3;
	struct smtp_service *submission;
};

static void
start_imap(void *arg, struct connection *from, struct stream *s,
    const struct peer *peer, enum listen_tls rule)
{
	struct front *f = arg;

	imap_start(f->imap, s, peer, rule, connection_done, from);
}

static void
start_pop3(void *arg, struct connection *from, struct stream *s,
    const struct peer *peer, enum listen_tls rule)
{
	struct front *f = arg;

	pop3_start(f->pop3, s, peer, rule, connection_done, from);
}

static void
start_submission(void *arg, struct connection *from, struct stream *s,
    const struct peer *peer, enum listen_tls rule)
{
	struct front *f = arg;

	smtp_start(f->submission, s, peer, rule, connection_done, from);
}

/* Each protocol in its own name: who says by ALPN that they speak another is
 * refused, so that nobody's words in one are answered in another (RFC 7301
 * 3.2; ALPACA). Who says nothing is served. */
static int
make_ready(void *arg, struct err *err)
{
	static const struct str names[] = { { "imap", 4 }, { "pop3", 4 },
		{ "smtp", 4 } };
	struct front *f = arg;
	const struct config *c = &f->role->config;
	struct loop *l = f->role->loop;
	struct tls_ctx *tls[NELEM(names)] = { NULL };
	int rc = 0;

	for (size_t i = 0; i < NELEM(names) && rc == 0; i++)
		if ((rc = vault_tls_ctx(f->vault, &tls[i], err)) == 0) {
			tls_ctx_alpn(tls[i], names[i]);
			if (c->client_certificates)
				tls_ctx_ask_clients(tls[i]);
		}
	if (rc == 0) {
		vault_set_issuers(f->vault, c->oauth);
		vault_set_cram(f->vault, c->cram_md5);
		imap_service_unref(f->imap);
		f->imap = imap_service_new(l, c, f->vault, tls[0]);
		pop3_service_unref(f->pop3);
		f->pop3 = pop3_service_new(l, c, f->vault, tls[1]);
		smtp_service_unref(f->submission);
		f->submission = smtp_submission_new(l, c, f->vault, tls[2]);
	}
	for (size_t i = 0; i < NELEM(names); i++)
		tls_ctx_unref(tls[i]);
	return rc;
}

static int
front_prepare(struct role *r, struct err *err unused_arg)
{
	/* What is served on which kind of socket. */
	static const struct listener_kind kinds[] = {
		{ LISTEN_IMAP, start_imap, LISTEN_TLS_LOGIN,
		    "* BYE [UNAVAILABLE] " },
		{ LISTEN_IMAPS, start_imap, LISTEN_TLS_FIRST },
		{ LISTEN_IMAP_MAY, start_imap, LISTEN_TLS_MAY,
		    "* BYE [UNAVAILABLE] " },
		{ LISTEN_IMAP_NONE, start_imap, LISTEN_TLS_NONE,
		    "* BYE [UNAVAILABLE] " },
		{ LISTEN_POP3, start_pop3, LISTEN_TLS_LOGIN,
		    "-ERR [SYS/TEMP] " },
		{ LISTEN_POP3S, start_pop3, LISTEN_TLS_FIRST },
		{ LISTEN_POP3_MAY, start_pop3, LISTEN_TLS_MAY,
		    "-ERR [SYS/TEMP] " },
		{ LISTEN_POP3_NONE, start_pop3, LISTEN_TLS_NONE,
		    "-ERR [SYS/TEMP] " },
		{ LISTEN_SUBMISSION, start_submission, LISTEN_TLS_LOGIN,
		    "421 4.7.0 " },
		{ LISTEN_SUBMISSIONS, start_submission, LISTEN_TLS_FIRST },
		{ LISTEN_SUBMISSION_MAY, start_submission, LISTEN_TLS_MAY,
		    "421 4.7.0 " },
		{ LISTEN_SUBMISSION_NONE, start_submission, LISTEN_TLS_NONE,
		    "421 4.7.0 " },
	};
	struct front *f = r->state;

	charset_prepare();
	f->role = r;
	f->vault = vault_new(r->loop, -1);
	f->listeners = listeners_new(r, kinds, NELEM(kinds), make_ready, f);
	listeners_need(f->listeners, vault_link(f->vault));
	f->handover = handover_from_web(r, f->listeners);
	return 0;
}

static void
front_peer(struct role *r, enum role_kind kind, uint32_t index, int fd)
{
	struct front *f = r->state;

	if (kind == ROLE_VAULT) {
		vault_replace(f->vault, fd);
		listeners_renew(f->listeners);
	} else if (kind == ROLE_WEB) {
		handover_peer(f->handover, index, fd);
	} else {
		(void)close(fd);
	}
}

static void
front_listen(struct role *r, enum listen_kind kind, int fd)
{
	listeners_add(((struct front *)r->state)->listeners, kind, fd);
}

static void
front_tickets(struct role *r, struct str keys)
{
	vault_tickets(((struct front *)r->state)->vault, keys);
}

static void
front_reload(struct role *r)
{
	listeners_renew(((struct front *)r->state)->listeners);
}

static void
front_stop(struct role *r)
{
	listeners_stop(((struct front *)r->state)->listeners);
}

static void
front_finish(struct role *r)
{
	struct front *f = r->state;

	listeners_free(f->listeners);
	handover_free(f->handover);
	imap_service_unref(f->imap);
	pop3_service_unref(f->pop3);
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
		.tickets = front_tickets,
		.reload = front_reload,
		.stop = front_stop,
		.finish = front_finish,
	};

	return role_main(&ops);
}
