#include "smtp/submission.h"

#include "mail/author.h"
#include "smtp/submission_int.h"

static const struct smtp_verb verbs[] = {
	{ "AUTH", WHEN_IDLE, smtp_auth, "AUTH", smtp_auth_offered,
	    smtp_auth_mechanisms,
	    "AUTH mechanism [response]\nWho you are, inside TLS only. Of "
	    "PLAIN the response is base64 of NUL user NUL password.",
	    .long_line = true },
	{ "BURL", WHEN_LOGIN | WHEN_MAIL, smtp_burl, "BURL",
	    smtp_burl_offered, smtp_burl_imap, .help =
	    "BURL imap://... [LAST]\nWhat this URL names follows in the text, "
	    "as with BDAT.", .long_line = true },
};

struct vault *
smtp_vault(const struct smtp_session *s)
{
	return s->service->o.verbs_arg;
}

static void
log_out(struct smtp_session *s)
{
	account_logout(s->account);
	free(s->account);
	s->account = NULL;
	s->store = NULL;
}

struct account *
smtp_account(struct smtp_session *s)
{
	if (!s->account) {
		s->account = malloc(sizeof(*s->account));
		bug_if(!s->account);
		account_init(s->account, s->d.loop, smtp_vault(s));
		s->account->visit = s->d.peer.visit;
		s->logout = log_out;
	}
	return s->account;
}

void
smtp_came_in(struct smtp_session *s)
{
	buf_reset(&s->sender);
	s->store = s->account->store;
}

static int
sign_as_author(struct smtp_session *s, const struct signable *what,
    struct arena *a, struct str *fields, struct err *err)
{
	return author_sign(s->account, what, &s->d.log, fields, a, err);
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
		.data_rate = conf->data_rate,
		.data_time_s = conf->data_time_s,
		.compress = conf->compress,
		.tls = tls,
		.xclient_peers = conf->xclient_peers,
		.xforward_peers = conf->xforward_peers,
		.verbs = verbs,
		.nverbs = NELEM(verbs),
		.must_login = true,
		.vrfy = conf->vrfy,
		.expn = conf->expn,
		.hide_client = conf->hide_client,
		.sign = sign_as_author,
		.lib = vault_ossl(vault),
		.dsn = true,
		.hold_longest_s = conf->hold_longest_s,
		.highest_priority = conf->highest_priority,
		.least_by_s = conf->deliver_by_least_s,
		.verbs_arg = vault,
	};

	return smtp_service_new(&o);
}
