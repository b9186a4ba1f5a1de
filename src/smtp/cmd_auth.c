/*
 * cmd_auth.c - AUTH: what mail/sasl_login.h has, PLAIN and LOGIN, inside TLS,
 * or where the socket says that it works without.                RFC 4954
 */
#include "base/b64.h"
#include "mail/sasl_login.h"
#include "smtp/sasl.h"
#include "smtp/smtp_int.h"
#include "smtp/submission.h"
#include "smtp/submission_int.h"

bool
smtp_auth_offered(const struct smtp_session *s)
{
	return dialogue_may_log_in(&s->d) && !smtp_logged_in(s);
}

void
smtp_auth_mechanisms(const struct smtp_session *s, struct buf *b)
{
	scram_put_offered(b, STR(" "));
	buf_lit(b, " PLAIN LOGIN");
	sasl_put_others(s->d.stream, smtp_vault(s), b, STR(" "));
}

/* Ask for one more response: 334, and a line decoded. Code 0 if it came. */
static struct reply
ask_more(struct smtp_session *s, struct str challenge_b64, struct str *out)
{
	struct reply prompt = { 334, NULL, challenge_b64 };
	struct err err = { 0 };
	struct str line;
	int e;

	if (smtp_say(s, prompt, &err) < 0)
		return SMTP_NO_REPLY;
	smtp_deadline(s);
	e = stream_line(s->d.stream, SMTP_AUTH_LINE_MAX, &line, &err);
	if (e == E_LIMIT) {
		(void)stream_skip_line(s->d.stream, &err);
		return smtp_reply(500, "5.5.6", "Response too long");
	}
	if (e < 0)
		return SMTP_NO_REPLY;
	if (str_eq(line, STR("*")))
		return smtp_reply(501, "5.7.0", "Authentication canceled");
	if (!sasl_response(line, false, s->cmd, out))
		return smtp_reply(501, "5.5.2", "Not base64");
	return SMTP_NO_REPLY;
}

/* The first response: from the command itself, or asked for. */
static struct reply
first_response(struct smtp_session *s, struct str initial,
    struct str challenge_b64, struct str *out)
{
	if (initial.n == 0)
		return ask_more(s, challenge_b64, out);
	if (!sasl_response(initial, true, s->cmd, out))
		return smtp_reply(501, "5.5.2", "Not base64");
	return SMTP_NO_REPLY;
}

/* PLAIN                                                       RFC 4616 */
static struct reply
get_plain(struct smtp_session *s, struct str initial, struct login_ask *ask)
{
	struct sasl_plain p;
	struct str message = STR_NULL;
	struct reply r = first_response(s, initial, STR_NULL, &message);

	if (r.code != 0 || stream_failed(s->d.stream) < 0)
		return r;
	if (!sasl_plain(message, &p))
		return smtp_reply(535, "5.7.8", "Malformed PLAIN response");
	ask->authzid = p.authzid;
	ask->user = p.user;
	ask->password = p.password;
	return r;
}

/* LOGIN, by custom: "Username:", "Password:". An initial response is the
 * user. */
static struct reply
get_login(struct smtp_session *s, struct str initial, struct login_ask *ask)
{
	struct str user = STR_NULL, password = STR_NULL;
	struct reply r = first_response(s, initial, STR("VXNlcm5hbWU6"), &user);

	if (r.code == 0 && stream_failed(s->d.stream) == 0)
		r = ask_more(s, STR("UGFzc3dvcmQ6"), &password);
	if (r.code != 0 || stream_failed(s->d.stream) < 0)
		return r;
	if (!sasl_user_password(user, password))
		return smtp_reply(535, "5.7.8", "Malformed LOGIN response");
	ask->user = user;
	ask->password = password;
	return r;
}

static const struct mechanism {
	const char *name;
	/* Code 0, and user and password in ask, unless it went wrong. */
	struct reply (*get)(struct smtp_session *s, struct str initial,
	    struct login_ask *ask);
} mechanisms[] = {
	{ "PLAIN", get_plain },
	{ "LOGIN", get_login },
};

static const struct mechanism *
mechanism(struct str name)
{
	for (size_t i = 0; i < NELEM(mechanisms); i++)
		if (str_eqi(name, str_c(mechanisms[i].name)))
			return &mechanisms[i];
	return NULL;
}

/* refused: what the client is to read then. */
static struct reply
answer_login(struct smtp_session *s, enum login_result result,
    struct str refused)
{
	switch (result) {
	case LOGIN_OK:
		smtp_came_in(s);
		return smtp_reply(235, "2.7.0", "Welcome");
	case LOGIN_FAILED:
		return smtp_reply(454, "4.7.0", "Cannot check that now");
	case LOGIN_TOO_MANY:
		return smtp_reply(421, "4.7.0",
		    "Too many connections of this account");
	case LOGIN_REFUSED:
	case LOGIN_FACTOR:
		break;
	}
	if (account_gave_up(s->account))
		return smtp_reply(421, "4.7.0", "Too many failed logins");
	if (result == LOGIN_FACTOR)	/* RFC 4954 6 */
		return smtp_reply(534, "5.7.9", LOGIN_FACTOR_SAYS);
	return (struct reply){ 535, "5.7.8", refused };
}

static struct reply
log_in(struct smtp_session *s, const struct login_ask *ask)
{
	struct err err = { 0 };

	return answer_login(s, account_login(smtp_account(s), ask, &s->d.log,
	    &err), STR(LOGIN_REFUSED_SAYS));
}

/* What needs no password said */
struct scram_session {
	struct smtp_session *s;
	struct reply ended;	/* what there is to say, where it is over */
};

static bool
ask_scram(void *arg, struct str message, struct str *response)
{
	struct scram_session *t = arg;
	auto_buf challenge = BUF_INIT(4096);

	b64_put(&challenge, message);
	t->ended = ask_more(t->s, buf_get(&challenge), response);
	return t->ended.code == 0 && stream_failed(t->s->d.stream) == 0;
}

static struct reply
prove(struct smtp_session *s, struct str initial, struct login_ask *ask,
    const struct sasl_way *way)
{
	struct scram_session t = { .s = s };
	struct scram_talk talk = { ask_scram, &t, smtp_account(s),
		s->d.stream, *ask, &s->d.log, s->cmd };
	struct str first = STR_NULL;
	enum login_result result;
	struct err err = { 0 };
	struct str why;

	if (way->server_first && initial.n > 0)	/* RFC 4954 4 */
		return smtp_reply(501, "5.7.0", "Here the server begins");
	if (!way->server_first)
		t.ended = first_response(s, initial, STR_NULL, &first);
	if (t.ended.code != 0 || stream_failed(s->d.stream) < 0 ||
	    !way->log_in(&talk, first, &result, &why, &err))
		return t.ended;
	return answer_login(s, result, why);
}

/* AUTH mechanism [initial-response] */
struct reply
smtp_auth(struct smtp_session *s, struct str args)
{
	const struct mechanism *m;
	struct sasl_way way;
	struct login_ask ask = { .peer = str_c(s->d.peer.address),
		.service = SERVICE_smtp };
	struct str name, initial = STR_NULL;
	struct reply r;

	if (smtp_logged_in(s))
		return smtp_reply(503, "5.5.1", "You are logged in already");
	if (!dialogue_may_log_in(&s->d))
		return smtp_reply(538, "5.7.11", "Only inside TLS");
	if (args.n == 0)
		return smtp_reply(501, "5.5.4", "Syntax: AUTH mechanism");
	(void)str_cut(args, ' ', &name, &initial);
	initial = str_trim(initial);
	if (sasl_find(s->d.stream, smtp_vault(s), name, &way)) {
		ask.mechanism = way.name;
		return prove(s, initial, &ask, &way);
	}
	if (!(m = mechanism(name)))
		return smtp_reply(504, "5.5.4", "Unknown mechanism");
	ask.mechanism = str_c(m->name);
	r = m->get(s, initial, &ask);
	if (r.code != 0 || stream_failed(s->d.stream) < 0)
		return r;
	return log_in(s, &ask);
}
