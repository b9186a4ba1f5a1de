/*
 * role.c - postern-mx: takes mail from the world, and by LMTP what a server in
 * front has taken from it.
 *
 * Privileges: accepts on the sockets it was given, talks to store (submit
 * only), vault (TLS keys, seals on what is sent on), resolver and errand
 * (scanners only). Opens nothing, connects nowhere.
 */
#include "base/ip.h"
#include "dns/client.h"
#include "dns/public_suffix.h"
#include "errand/client.h"
#include "mime/charset.h"
#include "policy/feedback.h"
#include "rt/json.h"
#include "rt/listeners.h"
#include "smtp/judge.h"
#include "smtp/session.h"
#include "vault/client.h"

enum { REFUSAL_MS = 1000 };

struct mx {
	struct role *role;
	struct store *store;
	struct vault *vault;
	struct dns *dns;
	struct errand *errand;
	uint64_t shown;		/* to scanners: smtp/judge.h */
	struct listeners *listeners;
	struct smtp_service *service, *lmtp, *no_mail;
};

static void
mx_start_session(void *arg, struct connection *from, struct stream *s,
    const struct peer *peer, enum listen_tls rule)
{
	struct mx *mx = arg;

	smtp_start(mx->service, s, peer, rule, connection_done, from);
}

/* Who may say by LMTP that mail was judged: whom the operator names, and who
 * can open the socket in the file system, which has no address. */
static bool
is_in_front(const struct mx *mx, const struct peer *peer)
{
	struct str peers = mx->role->config.lmtp_peers;
	struct ip ip;

	return !ip_parse(str_c(peer->address), &ip) ||
	    ip_is_among(&ip, peers.n > 0 ? peers : LOOPBACK);
}

static void
mx_start_lmtp(void *arg, struct connection *from, struct stream *s,
    const struct peer *peer, enum listen_tls rule)
{
	struct mx *mx = arg;

	if (is_in_front(mx, peer)) {
		smtp_start(mx->lmtp, s, peer, rule, connection_done, from);
		return;
	}
	log_event(mx->role->log, LOG_WARN, "lmtp_refused",
	    F_STR("peer", str_c(peer->address)));
	stream_deadline(s, loop_now_ms(mx->role->loop) + REFUSAL_MS);
	(void)stream_write(s, STR("554 5.7.1 Not for you (lmtp-peers)\r\n"));
	(void)stream_flush(s, NULL);
	stream_close(s);
	connection_done(from);
}

/* What it hands in was judged, unless the operator wants it judged here; who
 * is in front is neither slowed nor counted. */
static struct smtp_service *
lmtp_service(const struct smtp_options *of_mx, bool judged_here)
{
	struct smtp_options o = *of_mx;

	o.lmtp = true;
	o.prdr = o.strict_helo = false;
	o.etrn_peers = o.etrn_domains = STR_NULL;
	o.greeting_delay_s = o.tarpit_s = 0;
	if (!judged_here) {
		o.judge = NULL;
		o.dsn = true;
		o.no_soliciting = STR_NULL;
	}
	return smtp_service_new(&o);
}

/* A host that only sends. Nobody is judged, slowed or counted for asking. */
static void
mx_start_no_mail(void *arg, struct connection *from, struct stream *s,
    const struct peer *peer, enum listen_tls rule)
{
	struct mx *mx = arg;

	smtp_start(mx->no_mail, s, peer, rule, connection_done, from);
}

static struct smtp_service *
no_mail_service(const struct smtp_options *of_mx)
{
	const struct smtp_options o = { .loop = of_mx->loop,
		.hostname = of_mx->hostname, .no_mail = true,
		.max_message = of_mx->max_message,
		.max_recipients = of_mx->max_recipients,
		.timeout_s = of_mx->timeout_s, .store = of_mx->store };

	return smtp_service_new(&o);
}

static int
make_ready(void *arg, struct err *err)
{
	struct mx *mx = arg;
	const struct config *c = &mx->role->config;
	struct smtp_judge judge = smtp_judge_mx;
	struct smtp_options o = {
		.loop = mx->role->loop,
		.hostname = c->hostname,
		.max_message = c->max_message,
		.max_recipients = c->max_recipients,
		.timeout_s = c->smtp_timeout_s,
		.data_rate = c->data_rate,
		.data_time_s = c->data_time_s,
		.strict_helo = c->strict_helo,
		.xclient_peers = c->xclient_peers,
		.xforward_peers = c->xforward_peers,
		.greeting_delay_s = c->greeting_delay_s,
		.tarpit_s = c->tarpit_s,
		.compress = c->compress,
		.least_by_s = c->deliver_by_least_s,
		.no_soliciting = c->no_soliciting,
		.etrn_peers = c->etrn_peers,
		.etrn_domains = c->etrn_domains,
		.store = mx->store,
		.prdr = true,
	};

	judge.loop = mx->role->loop;
	judge.dns = mx->dns;
	judge.store = mx->store;
	judge.seal = vault_seal_mail;
	judge.vault = mx->vault;
	judge.scan = errand_scan;
	judge.errand = mx->errand;
	judge.shown = &mx->shown;
	smtp_judge_configure(&judge, c);
	o.dsn = judge.authenticate;
	judge.count = c->dmarc_reports;
	judge.read_report = feedback_read;
	o.judge = &judge;
	if (vault_tls_ctx(mx->vault, &o.tls, err) < 0)
		return err->code;
	smtp_service_unref(mx->service);
	mx->service = smtp_service_new(&o);
	smtp_service_unref(mx->lmtp);
	mx->lmtp = lmtp_service(&o, c->lmtp_judge);
	smtp_service_unref(mx->no_mail);
	mx->no_mail = no_mail_service(&o);
	tls_ctx_unref(o.tls);
	return 0;
}

static int
prepare(struct role *r, struct err *err unused_arg)
{
	static const struct listener_kind kinds[] = {
		{ LISTEN_SMTP, mx_start_session, LISTEN_TLS_LOGIN,
		    "421 4.7.0 ", "554 5.7.1 " },
		{ LISTEN_SMTP_NONE, mx_start_session, LISTEN_TLS_NONE,
		    "421 4.7.0 ", "554 5.7.1 " },
		{ LISTEN_LMTP, mx_start_lmtp, LISTEN_TLS_LOGIN,
		    "421 4.7.0 ", "554 5.7.1 " },
		{ LISTEN_LMTP_NONE, mx_start_lmtp, LISTEN_TLS_NONE,
		    "421 4.7.0 ", "554 5.7.1 " },
		{ LISTEN_NO_MAIL, mx_start_no_mail, LISTEN_TLS_NONE,
		    "421 4.7.0 ", "554 5.7.1 " },
	};
	struct mx *mx = r->state;

	charset_prepare();
	json_prepare();
	public_suffix_prepare();
	mx->role = r;
	mx->store = store_new(r->loop, -1, NULL, NULL);
	mx->vault = vault_new(r->loop, -1);
	mx->dns = dns_new(r->loop, -1);
	mx->errand = errand_new(r->loop, -1);
	mx->listeners = listeners_new(r, kinds, NELEM(kinds), make_ready, mx);
	listeners_need(mx->listeners, vault_link(mx->vault));
	listeners_need(mx->listeners, store_link(mx->store));
	return 0;
}

static void
peer(struct role *r, enum role_kind kind, uint32_t index unused_arg, int fd)
{
	struct mx *mx = r->state;

	if (kind == ROLE_STORE) {
		store_replace(mx->store, fd);
	} else if (kind == ROLE_VAULT) {
		vault_replace(mx->vault, fd);
		listeners_renew(mx->listeners);
	} else if (kind == ROLE_RESOLVER) {
		dns_replace(mx->dns, fd);
	} else if (kind == ROLE_ERRAND) {
		errand_replace(mx->errand, fd);
	} else {
		(void)close(fd);
	}
}

static void
listen_on(struct role *r, enum listen_kind kind, int fd)
{
	listeners_add(((struct mx *)r->state)->listeners, kind, fd);
}

static void
tickets(struct role *r, struct str keys)
{
	vault_tickets(((struct mx *)r->state)->vault, keys);
}

static void
reload(struct role *r)
{
	listeners_renew(((struct mx *)r->state)->listeners);
}

static void
mx_role_stop(struct role *r)
{
	listeners_stop(((struct mx *)r->state)->listeners);
}

static void
mx_role_finish(struct role *r)
{
	struct mx *mx = r->state;

	listeners_free(mx->listeners);
	smtp_service_unref(mx->service);
	smtp_service_unref(mx->lmtp);
	smtp_service_unref(mx->no_mail);
	store_close(mx->store);
	vault_free(mx->vault);
	dns_free(mx->dns);
	errand_free(mx->errand);
}

int
main(void)
{
	static const struct role_ops ops = {
		.kind = ROLE_MX,
		.state_size = sizeof(struct mx),
		.sandbox = { .may = MAY_ACCEPT | MAY_MEMORY_FILE },
		.prepare = prepare,
		.peer = peer,
		.listen = listen_on,
		.tickets = tickets,
		.reload = reload,
		.stop = mx_role_stop,
		.finish = mx_role_finish,
	};

	return role_main(&ops);
}
