/*
 * role.c - postern-relay: delivers mail to other servers.
 *
 * Privileges: dials TCP, the ports of its routes only, and has master dial
 * the sockets that its routes name; talks to store (what
 * it is handed from the queue), to resolver, to errand, and to vault, which
 * signs reports to other domains and hears which of its keys are in DNS.
 * Opens nothing, accepts on the operator's socket, for probes; the trusted
 * roots are read before the sandbox closes.
 */
#include "relay/probe.h"
#include "relay/route.h"
#include "rt/clients.h"
#include "rt/role.h"
#include "rt/reconnect.h"
#include "rt/roots.h"

struct relay_role {
	struct tls_lib *lib;
	struct tls_client *any, *verify;
	struct store *store;
	struct dns *dns;
	struct errand *errand;
	struct reconnect vault;
	struct relay *relay;
	struct clients clients;
	struct client_socket control;
};

/* An operator, who probes once or not at all. */
struct prober {
	struct ipc_client client;
	struct probe *probe;
};

enum { SIGN_MS = 30000, VAULT_MS = 60000, OPERATORS_MAX = 8 };

static int
ask_vault(void *arg, enum vault_call which, const void *ask, void *answer,
    struct arena *a, struct err *err)
{
	struct relay_role *s = arg;

	return reconnect_call(&s->vault, &vault_calls[which], ask, answer, a,
	    NULL, loop_now_ms(s->vault.loop) + VAULT_MS, err);
}

/* A domain without keys is no worse than one that is not ours. */
static int
sign_report(void *arg, const struct dkim_sign_ask *ask, struct str *fields,
    struct arena *a, struct err *err)
{
	struct relay_role *s = arg;
	struct dkim_sign_answer answer;
	int rc = reconnect_call(&s->vault, &vault_calls[VAULT_dkim_sign], ask,
	    &answer, a, NULL, loop_now_ms(s->vault.loop) + SIGN_MS, err);

	if (rc == 0)
		*fields = answer.fields;
	return rc == E_NOTFOUND ? E_DENIED : rc;
}

/* Without any, no certificate verifies: mail that wants it waits. Of routes
 * they are read now, so that a file that makes no sense is told. */
static int
trust_roots(struct role *r, struct buf *roots, struct err *err)
{
	struct relay_role *s = r->state;
	int rc = roots_read(r->config.trusted_roots, roots, err);

	if (rc == 0 && !route_verifies(&r->config))
		return 0;	/* connect.c will, when it has to */
	if (rc == 0)
		rc = tls_client_trust(s->verify, buf_get(roots), err);
	else if (r->config.trusted_roots.n == 0)
		log_event(r->log, LOG_WARN, "roots_missing", F_ERR(err));
	buf_reset(roots);
	return r->config.trusted_roots.n > 0 ? rc : 0;
}

static int
dial_path(void *arg, struct str path, int64_t until_ms, struct transport **t,
    struct err *err)
{
	struct role *r = arg;
	int fd, rc = role_dial(r, path, until_ms, &fd, err);

	return rc < 0 ? rc : transport_socket(r->loop, fd, t, err);
}

static void
on_ask(void *owner, struct ipc_req *req)
{
	struct prober *c = container_of(owner, struct prober, client);
	struct relay_role *s = container_of(c->client.clients,
	    struct relay_role, clients);
	const struct probe_answer begun = { 0 };
	struct err err = { 0 };

	if (req->call->index == RELAY_CALL_probe_more && c->probe)
		probe_more(c->probe, req);
	else if (req->call->index == RELAY_CALL_probe_more || c->probe)
		ipc_fail(req, E_INVALID, "one probe for each connection");
	else if (probe_begin(s->relay, req->ask, &c->probe, &err) < 0)
		ipc_fail(req, err.code, err.text);
	else
		ipc_reply(req, &begun, -1);
}

static void
prober_end(struct ipc_client *c)
{
	probe_end(container_of(c, struct prober, client)->probe);
}

static void
on_operator(struct client_socket *from, int fd, uid_t uid unused_arg)
{
	static const struct client_rights rights = { .name = "operator",
		.authority = RELAY_AUTH_OPERATOR, .window = RELAY_WINDOW,
		.max = OPERATORS_MAX };
	struct relay_role *s = container_of(from, struct relay_role, control);

	clients_add(&s->clients, fd, &rights, 0);
}

static void
listen_on(struct role *r, enum listen_kind kind, int fd)
{
	struct relay_role *s = r->state;

	if (kind == LISTEN_RELAY_CONTROL)
		client_socket_open(&s->control, r->loop, fd, true,
		    on_operator);
	else
		(void)close(fd);
}

static void
open_port(void *arg, uint16_t port)
{
	sandbox_port(arg, port);
}

static int
prepare(struct role *r, struct err *err)
{
	static const struct reconnect_kind vault = { "vault", VAULT_WINDOW,
		.service = RECONNECT_SERVICE(NULL, 0) };
	static const struct clients_kind kind = { .service =
		CLIENTS_SERVICE(relay_calls, RELAY_NCALLS, on_ask),
		.size = sizeof(struct prober), .end = prober_end };
	struct relay_role *s = r->state;
	struct relay_options o = { .loop = r->loop, .dial = transport_dial,
		.roots = BUF_INIT(ROOTS_MAX), .sign = sign_report,
		.ask_vault = ask_vault, .sign_arg = s,
		.dial_path = dial_path, .dial_arg = r };
	int e;

	route_ports(&r->config, open_port, &r->sandbox);
	if (!(s->lib = tls_lib_new(err)) ||
	    !(s->any = tls_client_new(s->lib, false, err)) ||
	    !(s->verify = tls_client_new(s->lib, true, err)))
		return err->code;
	/* Whatever the routes say: a message may want it (RFC 8689). When what
	 * they are changes, master starts another process
	 * (master/supervise.c). */
	if ((e = trust_roots(r, &o.roots, err)) < 0)
		return e;
	if (HAVE_ASAN)	/* test builds: see tls.h */
		loop_on_switch(r->loop, tls_no_errors);
	o.store = s->store = store_new(r->loop, -1, NULL, NULL);
	o.dns = s->dns = dns_new(r->loop, -1);
	o.errand = s->errand = errand_new(r->loop, -1);
	reconnect_init(&s->vault, r->loop, &vault);
	s->clients = (struct clients){ .loop = r->loop, .kind = &kind };
	o.tls_any = s->any;
	o.tls_verify = s->verify;
	s->relay = relay_new(&o, &r->config);
	return 0;
}

static int
sandboxed(struct role *r, struct err *err unused_arg)
{
	relay_start(((struct relay_role *)r->state)->relay);
	return 0;
}

static void
peer(struct role *r, enum role_kind kind, uint32_t index unused_arg, int fd)
{
	struct relay_role *s = r->state;

	if (kind == ROLE_STORE)
		store_replace(s->store, fd);
	else if (kind == ROLE_RESOLVER)
		dns_replace(s->dns, fd);
	else if (kind == ROLE_ERRAND)
		errand_replace(s->errand, fd);
	else if (kind == ROLE_VAULT)
		reconnect_replace(&s->vault, fd);
	else
		(void)close(fd);
}

static void
reload(struct role *r)
{
	relay_configure(((struct relay_role *)r->state)->relay, &r->config);
}

static void
stop_relay(struct role *r)
{
	struct relay_role *s = r->state;

	client_socket_close(&s->control);
	relay_stop(s->relay);
}

static void
finish_relay(struct role *r)
{
	struct relay_role *s = r->state;

	clients_end(&s->clients);
	relay_free(s->relay);
	store_close(s->store);
	dns_free(s->dns);
	errand_free(s->errand);
	reconnect_close(&s->vault);
	tls_client_unref(s->any);
	tls_client_unref(s->verify);
	tls_lib_unref(s->lib);
}

int
main(void)
{
	static const struct role_ops ops = {
		.kind = ROLE_RELAY,
		.state_size = sizeof(struct relay_role),
		.sandbox = { .may = MAY_CONNECT | MAY_ACCEPT },
		.prepare = prepare,
		.sandboxed = sandboxed,
		.peer = peer,
		.listen = listen_on,
		.reload = reload,
		.stop = stop_relay,
		.finish = finish_relay,
	};

	return role_main(&ops);
}
