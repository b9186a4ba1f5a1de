#include "mail/external_login.h"

enum { AUTHZID_MAX = 320 };

bool
external_is_there(const struct stream *s)
{
	struct tls_shown shown;

	return stream_tls_shown(s, &shown);
}

/* extern-initial-resp = *( UTF8-char-no-nul ), the name of an account. */
static bool
is_authzid(struct str s)
{
	return s.n == 0 || (s.n <= AUTHZID_MAX && str_is_utf8(s) &&
	    !memchr(s.p, 0, s.n));
}

bool
external_log_in(struct scram_talk *talk, struct str first,
    enum login_result *result, struct str *why, struct err *err)
{
	struct login_ask *who = &talk->who;
	struct tls_shown shown;

	*why = STR("This certificate does not do for that");
	if (!is_authzid(first) || !stream_tls_shown(talk->stream, &shown)) {
		log_ctx_event(talk->log, LOG_INFO, "login",
		    F_STR("user", STR("")),
		    F_STR("mechanism", who->mechanism),
		    F_STR("result", STR("malformed")));
		*result = LOGIN_REFUSED;
		return true;
	}
	who->user = first;
	account_names(who, talk->a);
	*result = account_external(talk->account, who, &shown, talk->log,
	    err);
	stream_tls_forget_shown(talk->stream);
	return true;
}
