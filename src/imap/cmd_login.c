/*
 * cmd_login.c - LOGIN, and what every way to log in ends with.
 */
#include "imap/imap_int.h"
#include "smtp/sasl.h"

static void
on_change(void *arg, const struct changed *what)
{
	struct imap_session *s = arg;

	bool kick = s->notify ? imap_notify_heard(s, what) : s->idling;

	if (s->noted && !s->notify)
		kick &= imap_noted_heard(s, what);
	if (kick)
		stream_kick(s->d.stream);
}

struct answer
imap_prove(struct imap_session *s, const struct login_ask *ask)
{
	struct err err = { 0 };
	enum login_result result = account_login(&s->account, ask, &s->d.log,
	    &err);

	return imap_answer_login(s, result, STR(LOGIN_REFUSED_SAYS), &err);
}

struct answer
imap_answer_login(struct imap_session *s, enum login_result result,
    struct str refused, struct err *err)
{
	struct answer welcome = OK("Welcome");

	switch (result) {
	case LOGIN_FAILED:
		return imap_fail(s, "login", err);
	case LOGIN_TOO_MANY:
		return NO_CODE("LIMIT", "Too many connections of this account");
	case LOGIN_REFUSED:
		if (account_gave_up(&s->account))
			imap_bye(s, "Too many failed logins");
		return (struct answer){ ANSWER_NO,
			STR("AUTHENTICATIONFAILED"), refused };
	case LOGIN_FACTOR:	/* RFC 3501 7.1: people are shown this */
		if (account_gave_up(&s->account))
			imap_bye(s, "Too many failed logins");
		return NO_CODE("ALERT", LOGIN_FACTOR_SAYS);
	case LOGIN_OK:
		break;
	}
	s->state = STATE_AUTH;
	account_on_change(&s->account, on_change, s);
	account_journal(&s->account, JOURNAL_login, s->d.id, s->d.peer.address,
	    STR("imap"));
	welcome.code = imap_capability_code(s);
	return welcome;
}

/* LOGIN user password                                     RFC 3501 6.2.3 */
struct answer
imap_login(struct imap_session *s, const struct imap_command *c)
{
	const struct login_args *a = &c->args.login;
	struct login_ask ask = {
		.mechanism = STR("LOGIN"),
		.user = a->user,
		.password = a->password,
		.peer = str_c(s->d.peer.address),
		.service = SERVICE_imap,
	};

	if (!dialogue_may_log_in(&s->d))
		return NO_CODE("PRIVACYREQUIRED", "Only inside TLS");
	if (!sasl_user_password(a->user, a->password))
		return NO_CODE("AUTHENTICATIONFAILED",
		    "Wrong user or password");
	return imap_prove(s, &ask);
}
