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
	buf_reset(&s->user);
	buf_str(&s->user, login->address);
	login->address = buf_get(&s->user);
	s->login = login;
	s->logout = log_out;
	s->store = login->store;
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
		.verbs_arg = vault,
	};

	return smtp_service_new(&o);
}
