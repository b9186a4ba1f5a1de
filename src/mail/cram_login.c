#include "mail/cram_login.h"

#include "vault/cram_grammar.h"

/* One that makes no sense is refused as a wrong password is. */
static bool
refuse(const struct scram_talk *talk, enum login_result *result,
    struct str *why)
{
	log_ctx_event(talk->log, LOG_INFO, "login", F_STR("user", STR("")),
	    F_STR("mechanism", talk->who.mechanism),
	    F_STR("result", STR("malformed")));
	*why = STR("Malformed CRAM-MD5 response");
	*result = LOGIN_REFUSED;
	return true;
}

bool
cram_log_in(struct scram_talk *talk, struct str first unused_arg,
    enum login_result *result, struct str *why, struct err *err)
{
	struct login_ask *who = &talk->who;
	struct cram_first_ask begin = { who->peer, who->service };
	struct scram_first_answer begun;
	uint8_t digest[CRAM_DIGEST];
	struct cram_final_ask end = {
		.digest = str_make((const char *)digest, sizeof(digest)) };
	struct str response = STR_NULL;
	int rc = vault_cram_first(talk->account->vault, &begin, &begun,
	    talk->a, err);

	*why = STR(LOGIN_REFUSED_SAYS);
	if (rc < 0) {
		*result = account_settle(talk->account, who, rc, talk->log);
		return true;
	}
	if (!talk->ask(talk->session, begun.message, &response))
		return false;
	if (!cram_read(response, &who->user, digest))
		return refuse(talk, result, why);
	account_names(who, talk->a);
	end.exchange = begun.exchange;
	end.user = who->user;
	*result = account_cram(talk->account, who, &end, talk->log, err);
	return true;
}
