#include "errand/issuer_plan.h"

#include "errand/https_url.h"
#include "errand/issuer_words.h"

#define OPENID STR("/.well-known/openid-configuration")
#define OAUTH STR("/.well-known/oauth-authorization-server")

enum { HTTPS_PORT = 443, FIELDS = 4, TOKEN_ANSWER_MAX = 16384 };

bool
issuer_find(struct str oauth, struct str name, struct oauth_conf *out)
{
	struct rd r = rd_of(oauth);
	struct oauth_conf c;

	while (rd_left(&r) > 0 && msg_take(&r, &oauth_conf_shape, &c))
		if (str_eq(c.issuer, name)) {
			*out = c;
			return true;
		}
	return false;
}

static void
add_field(struct errand_plan *p, const char *field, struct arena *a)
{
	if (!p->fields)
		p->fields = arena_array(a, FIELDS, sizeof(*p->fields));
	bug_if(p->nfields == FIELDS);
	p->fields[p->nfields++] = field;
}

/* A GET of JSON. */
static void
plan_url(const struct https_url *u, struct str path, struct arena *a,
    struct errand_plan *out)
{
	struct str port = u->port == HTTPS_PORT ? STR_NULL :
	    arena_printf(a, ":%u", u->port);

	*out = (struct errand_plan){ .host = u->host, .port = u->port,
		.type = STR("application/json"), .most = ERRAND_TEXT_MAX };
	out->url = str_dupz(a, arena_printf(a, "https://%.*s%.*s%.*s",
	    STR_FMT(u->host), STR_FMT(port), STR_FMT(path)));
	add_field(out, "Accept: application/json", a);
}

bool
issuer_plan_discovery(const struct oauth_conf *issuer, bool second,
    struct arena *a, struct errand_plan *out)
{
	struct https_url u;
	struct str path;

	if (!https_url_read(issuer->issuer, &u))
		return false;
	path = str_endsi(u.path, STR("/")) ? str_first(u.path, u.path.n - 1) :
	    u.path;
	path = second ? arena_printf(a, "%.*s%.*s", STR_FMT(OAUTH),
	    STR_FMT(path)) : arena_printf(a, "%.*s%.*s", STR_FMT(path),
	    STR_FMT(OPENID));
	plan_url(&u, path, a, out);
	return true;
}

/* Many servers have a JWK Set as what it is: RFC 7517 8.5.1. */
bool
issuer_plan_keys(const struct oauth_conf *issuer, struct str said,
    struct arena *a, struct errand_plan *out)
{
	struct https_url own, u;

	if (issuer->keys_url.n > 0)
		said = issuer->keys_url;
	if (!https_url_read(issuer->issuer, &own) ||
	    !https_url_read(said, &u))
		return false;
	if (issuer->keys_url.n == 0 &&
	    (!str_eq(u.host, own.host) || u.port != own.port))
		return false;
	plan_url(&u, u.path, a, out);
	out->other_type = STR("application/jwk-set+json");
	return true;
}

bool
issuer_plan_token(const struct oauth_conf *issuer, struct str token,
    struct arena *a, struct errand_plan *out)
{
	struct https_url u;

	if (!https_url_read(issuer->introspection, &u))
		return false;
	plan_url(&u, u.path, a, out);
	out->most = TOKEN_ANSWER_MAX;
	out->body = issuer_ask_token(token, a);
	add_field(out, "Content-Type: application/x-www-form-urlencoded", a);
	if (issuer->client_id.n > 0)
		add_field(out, issuer_authorization(issuer->client_id,
		    issuer->client_secret, a), a);
	return true;
}

void
issuer_ports(struct str oauth, void (*fn)(void *arg, uint16_t port),
    void *arg)
{
	struct rd r = rd_of(oauth);
	struct oauth_conf c;
	struct https_url u;

	while (rd_left(&r) > 0 && msg_take(&r, &oauth_conf_shape, &c)) {
		if (https_url_read(c.issuer, &u))
			fn(arg, u.port);
		if (https_url_read(c.keys_url, &u))
			fn(arg, u.port);
		if (https_url_read(c.introspection, &u))
			fn(arg, u.port);
	}
}
