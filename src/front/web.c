/*
 * web.c - postern-web: serves people by HTTP. A process of its own, so that a
 * captured page server holds no session of IMAP, and no account but of those
 * who came to it.
 *
 * Privileges: those of front (role.c).
 */
#include "api/api.h"
#include "rt/json.h"
#include "http/page.h"
#include "http/session.h"
#include "jmap/jmap.h"
#include "rt/handover.h"
#include "vault/client.h"

enum { ROUTES_MAX = 64 };

struct web {
	struct role *role;
	struct vault *vault;
	struct listeners *listeners;
	struct handover *handover;
	struct sign_ins *sign_ins;
	struct jmap *jmap;
	struct api *api;
	struct http_route routes[ROUTES_MAX]; /* all there are */
	size_t nroutes;
	struct http_service *http;
};

static void
add_routes(struct web *w, const struct http_route *routes, size_t n, void *of)
{
	for (size_t i = 0; i < n; i++) {
		bug_if(w->nroutes == ROUTES_MAX);
		w->routes[w->nroutes] = routes[i];
		w->routes[w->nroutes++].of = of;
	}
}

static void
start_http(void *arg, struct connection *from, struct stream *s,
    const struct peer *peer, enum listen_tls rule)
{
	struct web *w = arg;

	http_start(w->http, s, peer, rule, connection_done, from);
}

/* A mail program, which front serves? */
static bool
is_elsewhere(void *arg, struct stream *s, const struct peer *peer)
{
	return handover_look(((struct web *)arg)->handover, s, peer);
}

/* Where those go who came without TLS: the first of these there is. */
static uint16_t
https_port(const struct config *c)
{
	struct rd r = rd_of(c->listeners);
	struct listener_conf l;

	while (rd_left(&r) > 0 && msg_take(&r, &listener_conf_shape, &l)) {
		if (l.kind == LISTEN_HTTPS)
			return (uint16_t)l.port;
	}
	return 0;
}

static int
make_ready(void *arg, struct err *err)
{
	struct web *w = arg;
	const struct config *c = &w->role->config;
	struct tls_ctx *tls;

	if (vault_tls_ctx(w->vault, &tls, err) < 0)
		return err->code;
	tls_ctx_alpn(tls, c->http2 ? STR("h2 http/1.1 http/1.0") :
	    STR("http/1.1 http/1.0"));
	vault_set_issuers(w->vault, c->oauth);
	http_service_unref(w->http);
	w->http = http_service_new(w->role->loop, c, w->vault, tls,
	    w->sign_ins, w->routes, w->nroutes, https_port(c));
	tls_ctx_unref(tls);
	return 0;
}

static int
web_prepare(struct role *r, struct err *err unused_arg)
{
	/* Nothing is said to who is one too many: no word of HTTP is known of
	 * them yet. */
	static const struct listener_kind kinds[] = {
		{ LISTEN_HTTP, start_http, LISTEN_TLS_LOGIN },
		{ LISTEN_HTTP_MAY, start_http, LISTEN_TLS_MAY },
		{ LISTEN_HTTPS, start_http, LISTEN_TLS_FIRST,
		    .elsewhere = is_elsewhere },
	};
	struct web *w = r->state;

	json_prepare();
	w->role = r;
	w->vault = vault_new(r->loop, -1);
	w->sign_ins = sign_ins_new(r->loop, w->vault, &r->config);
	w->jmap = jmap_new(r->loop, w->vault, &r->config);
	w->api = api_new(w->vault, &r->config);
	add_routes(w, http_login_routes, http_nlogin_routes, NULL);
	add_routes(w, http_own_routes, http_nown_routes, NULL);
	add_routes(w, http_own_mail_routes, http_nown_mail_routes, NULL);
	add_routes(w, http_factor_routes, http_nfactor_routes, NULL);
	add_routes(w, jmap_routes, jmap_nroutes, w->jmap);
	add_routes(w, api_routes, api_nroutes, w->api);
	add_routes(w, http_sts_routes, http_nsts_routes, NULL);
	add_routes(w, http_page_routes, http_npage_routes, NULL);
	w->handover = handover_to_fronts(r);
	w->listeners = listeners_new(r, kinds, NELEM(kinds), make_ready, w);
	listeners_need(w->listeners, vault_link(w->vault));
	return 0;
}

static void
web_peer(struct role *r, enum role_kind kind, uint32_t index, int fd)
{
	struct web *w = r->state;

	if (kind == ROLE_VAULT) {
		vault_replace(w->vault, fd);
		listeners_renew(w->listeners);
	} else if (kind == ROLE_FRONT) {
		handover_peer(w->handover, index, fd);
	} else {
		(void)close(fd);
	}
}

static void
web_listen(struct role *r, enum listen_kind kind, int fd)
{
	listeners_add(((struct web *)r->state)->listeners, kind, fd);
}

static void
web_tickets(struct role *r, struct str keys)
{
	vault_tickets(((struct web *)r->state)->vault, keys);
}

static void
web_reload(struct role *r)
{
	struct web *w = r->state;

	sign_ins_configure(w->sign_ins, &r->config);
	jmap_configure(w->jmap, &r->config);
	api_configure(w->api, &r->config);
	listeners_renew(w->listeners);
}

static void
web_stop(struct role *r)
{
	listeners_stop(((struct web *)r->state)->listeners);
}

static void
web_finish(struct role *r)
{
	struct web *w = r->state;

	listeners_free(w->listeners);
	handover_free(w->handover);
	http_service_unref(w->http);
	jmap_free(w->jmap);
	api_free(w->api);
	sign_ins_free(w->sign_ins);
	vault_free(w->vault);
}

int
main(void)
{
	static const struct role_ops ops = {
		.kind = ROLE_WEB,
		.state_size = sizeof(struct web),
		.sandbox = { .may = MAY_ACCEPT },
		.prepare = web_prepare,
		.peer = web_peer,
		.listen = web_listen,
		.tickets = web_tickets,
		.reload = web_reload,
		.stop = web_stop,
		.finish = web_finish,
	};

	return role_main(&ops);
}
