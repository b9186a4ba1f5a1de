#include "mail/bearer_login.h"

#include "mail/bearer.h"
#include "rt/config.h"

#define MALFORMED "Malformed message with a token"

static const struct bearer_mechanism {
	struct str name;
	enum bearer_form form;
} mechanisms[] = {
	{ STR("OAUTHBEARER"), BEARER_OAUTH },
	{ STR("XOAUTH2"), BEARER_XOAUTH2 },
};

static const struct bearer_mechanism *
find_mechanism(struct str name)
{
	for (size_t i = 0; i < NELEM(mechanisms); i++)
		if (str_eqi(name, mechanisms[i].name))
			return &mechanisms[i];
	return NULL;
}

bool
bearer_find(const struct vault *v, struct str name, struct str *mechanism)
{
	const struct bearer_mechanism *m = find_mechanism(name);

	if (!m || vault_issuers(v).n == 0)
		return false;
	*mechanism = m->name;
	return true;
}

void
bearer_put_offered(const struct vault *v, struct buf *b, struct str before)
{
	if (vault_issuers(v).n == 0)
		return;
	for (size_t i = 0; i < NELEM(mechanisms); i++) {
		buf_str(b, before);
		buf_str(b, mechanisms[i].name);
	}
}

/* Does it say that it knows people of this domain, or of all? */
static bool
knows(const struct oauth_conf *c, struct str domain)
{
	return c->domains.n == 0 || domain.n == 0 ||
	    str_is_amongi(domain, c->domains, ' ');
}

bool
bearer_issuer(const struct vault *v, struct str user, struct oauth_conf *out)
{
	struct rd r = rd_of(vault_issuers(v));
	struct str domain = str_from(user, str_rchr(user, '@') + 1);
	struct oauth_conf c, found = { 0 };
	size_t n = 0;

	while (rd_left(&r) > 0 && msg_take(&r, &oauth_conf_shape, &c))
		if (knows(&c, domain)) {
			found = c;
			n++;
		}
	if (n != 1)
		return false;
	*out = found;
	return true;
}

/* The client hears why in the exchange, then of the protocol; what it says in
 * between is nothing.                                        RFC 7628 3.2.3 */
static void
tell_error(const struct scram_talk *talk, struct str status, struct str user)
{
	auto_buf b = BUF_INIT(BEARER_ERROR_MAX);
	struct oauth_conf c = { 0 };
	struct str nothing;

	(void)bearer_issuer(talk->account->vault, user, &c);
	bearer_put_error(&b, find_mechanism(talk->who.mechanism)->form,
	    status, c.scope, c.issuer);
	(void)talk->ask(talk->session, buf_get(&b), &nothing);
}

/* One that makes no sense is refused as a wrong password is. */
static bool
refuse(const struct scram_talk *talk, enum login_result *result,
    struct str *why)
{
	log_ctx_event(talk->log, LOG_INFO, "login", F_STR("user", STR("")),
	    F_STR("mechanism", talk->who.mechanism),
	    F_STR("result", STR("malformed")));
	*why = STR(MALFORMED);
	*result = LOGIN_REFUSED;
	tell_error(talk, STR("invalid_request"), STR_NULL);
	return true;
}

bool
bearer_log_in(struct scram_talk *talk, struct str first,
    enum login_result *result, struct str *why, struct err *err)
{
	struct login_ask *who = &talk->who;
	struct bearer_message m;

	*why = STR("Wrong or expired token");
	if (!bearer_read(find_mechanism(who->mechanism)->form, first, talk->a,
	    &m))
		return refuse(talk, result, why);
	who->user = m.user;
	account_names(who, talk->a);
	*result = account_bearer(talk->account, who, m.token, talk->log, err);
	if (*result == LOGIN_REFUSED)
		tell_error(talk, STR("invalid_token"), who->user);
	return true;
}
