#include "smtp/submission.h"

#include "smtp/submission_int.h"

static const struct smtp_verb verbs[] = {
	{ "AUTH", WHEN_IDLE, smtp_auth, "AUTH PLAIN LOGIN",
	    smtp_auth_offered },
};

static struct vault *
vault_of(const struct smtp_session *s)
{
	return s->service->o.verbs_arg;
}

static void
log_out(struct smtp_session *s)
{
	struct login *login = s->login;

	s->login = NULL;
	s->store = NULL;
	vault_logout(vault_of(s), login);
	free(login);
}

int
smtp_login(struct smtp_session *s, const struct login_ask *ask,
    struct err *err)
{
	struct login *login = calloc(1, sizeof(*login));
	int e;

	if (!login)
		bug("out of memory");
	e = vault_login(vault_of(s), ask, login, s->cmd, err);
	if (e < 0) {
		free(login);
		return e;
	}
	buf_reset(&s->sender);
	buf_reset(&s->user);
	buf_str(&s->user, login->address);
	login->address = buf_get(&s->user);
	s->login = login;
	s->logout = log_out;
	s->store = login->store;
	return 0;
}

/* In the name of the first author who is of a domain of ours and is whom this
 * person may write as (RFC 6376 6.1: d= need not be more than that). What
 * nobody here answers for goes without a signature. */
static int
sign_as_author(struct smtp_session *s, const struct signable *what,
    struct arena *a, struct str *fields, struct err *err)
{
	struct dkim_sign_ask ask = {
		.names = what->names,
		.header = what->header,
		.body_hash = what->body_hash,
		.at = loop_wall(s->d.loop),
	};
	int e = 0;

	for (size_t i = 0; i < what->nauthors; i++) {
		ask.from = what->authors[i];
		e = vault_sign_mail(vault_of(s), s->login, &ask, fields, a,
		    err);
		if (e == 0 || e == E_CANCELED)
			return e;
		/* Vault may be away for a moment: the client tries again. */
		if (e != E_NOTFOUND && e != E_DENIED)
			return E_PEER;
	}
	if (e == E_DENIED)
		log_ctx_event(&s->d.log, LOG_INFO, "not_signed",
		    F_STR("from", ask.from), F_ERR(err));
	return 0;
}

struct smtp_service *
smtp_submission_new(struct loop *l, const struct config *conf,
    struct vault *vault, struct tls_ctx *tls)
{
	const struct smtp_options o = {
		.loop = l,
		.hostname = conf->hostname,
		.max_message = conf->max_message,
		.max_recipients = conf->max_recipients,
		.timeout_s = conf->smtp_timeout_s,
		.compress = conf->compress,
		.tls = tls,
		.verbs = verbs,
		.nverbs = NELEM(verbs),
		.must_login = true,
		.sign = sign_as_author,
		.lib = vault_ossl(vault),
		.dsn = true,
		.verbs_arg = vault,
	};

	return smtp_service_new(&o);
}
