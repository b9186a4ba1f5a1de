/*
 * cmd_authenticate.c - AUTHENTICATE: PLAIN and what mail/sasl_login.h has,
 * inside TLS only.
 */
#include "base/b64.h"
#include "imap/imap_int.h"
#include "mail/sasl_login.h"
#include "smtp/sasl.h"

enum { RESPONSE_MAX = 12288 };

/* The response that did not come with the command, or to a challenge. */
static struct answer
ask_response(struct imap_session *s, struct str challenge_b64,
    struct str *response)
{
	struct err err = { 0 };
	struct str line;
	int e;

	if (imap_continue(s, challenge_b64) < 0)
		return NO_ANSWER;
	e = stream_line(s->d.stream, RESPONSE_MAX, &line, &err);
	if (e == E_LIMIT) {
		if (imap_drop_line(s, &err) < 0)
			return NO_ANSWER;
		return BAD("The response is too long");
	}
	if (e < 0)
		return NO_ANSWER;
	/* RFC 3501 6.2.2 */
	if (str_eq(line, STR("*")))
		return BAD("Canceled");
	if (!sasl_response(line, false, s->cmd, response)) {
		if (imap_drop_rest(s, line, &err) < 0)
			return NO_ANSWER;
		return BAD("Not base64");
	}
	return NO_ANSWER;
}

static struct answer
get_response(struct imap_session *s, const struct authenticate_args *a,
    struct str *response)
{
	if (!a->initial)
		return ask_response(s, STR_NULL, response);
	if (!sasl_response(a->response, true, s->cmd, response))
		return BAD("Not base64");
	return NO_ANSWER;
}

/* PLAIN                                                       RFC 4616 */
static struct answer
log_in(struct imap_session *s, struct str response, struct login_ask *ask)
{
	struct sasl_plain p;

	if (!sasl_plain(response, &p))
		return NO_CODE("AUTHENTICATIONFAILED",
		    "Malformed PLAIN response");
	ask->mechanism = STR("PLAIN");
	ask->authzid = p.authzid;
	ask->user = p.user;
	ask->password = p.password;
	return imap_prove(s, ask);
}

/* What needs no password said */
struct scram_session {
	struct imap_session *s;
	struct answer ended;	/* what there is to say, where it is over */
};

static bool
ask_scram(void *arg, struct str message, struct str *response)
{
	struct scram_session *t = arg;
	auto_buf challenge = BUF_INIT(4096);

	b64_put(&challenge, message);
	t->ended = ask_response(t->s, buf_get(&challenge), response);
	return t->ended.kind == ANSWER_NONE &&
	    stream_failed(t->s->d.stream) == 0;
}

static struct answer
prove(struct imap_session *s, struct str first, const struct login_ask *ask,
    const struct sasl_way *way)
{
	struct scram_session t = { s, NO_ANSWER };
	struct scram_talk talk = { ask_scram, &t, &s->account, s->d.stream,
		*ask, &s->d.log, s->cmd };
	enum login_result result;
	struct err err = { 0 };
	struct str why;

	if (!way->log_in(&talk, first, &result, &why, &err))
		return t.ended;
	return imap_answer_login(s, result, why, &err);
}

/* AUTHENTICATE mechanism [initial-response]         RFC 3501 6.2.2, 4959 */
struct answer
imap_authenticate(struct imap_session *s, const struct imap_command *c)
{
	const struct authenticate_args *args = &c->args.authenticate;
	struct login_ask ask = { .peer = str_c(s->d.peer.address),
		.service = SERVICE_imap };
	struct str response = STR_NULL;
	struct sasl_way way;
	struct answer a = NO_ANSWER;
	bool found = sasl_find(s->d.stream, s->account.vault, args->mechanism,
	    &way);

	if (!found && !str_eqi(args->mechanism, STR("PLAIN")))
		return NO_CODE("CANNOT", "Unknown mechanism");
	if (!dialogue_may_log_in(&s->d))
		return NO_CODE("PRIVACYREQUIRED", "Only inside TLS");
	if (found && way.server_first && args->initial)	/* RFC 4959 3 */
		return BAD("Here the server begins");
	if (!found || !way.server_first)
		a = get_response(s, args, &response);
	if (a.kind != ANSWER_NONE || stream_failed(s->d.stream) < 0)
		return a;
	if (!found)
		return log_in(s, response, &ask);
	ask.mechanism = way.name;
	return prove(s, response, &ask, &way);
}
