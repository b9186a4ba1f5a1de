/*
 * cmd_authenticate.c - AUTHENTICATE: PLAIN, inside TLS only.
 */
#include "imap/imap_int.h"
#include "smtp/sasl.h"

enum { RESPONSE_MAX = 12288 };

/* The response that did not come with the command. */
static struct answer
ask_response(struct imap_session *s, struct str *response)
{
	struct err err = { 0 };
	struct str line;
	int e;

	if (imap_continue(s, STR_NULL) < 0)
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
		return ask_response(s, response);
	if (!sasl_response(a->response, true, s->cmd, response))
		return BAD("Not base64");
	return NO_ANSWER;
}

/* AUTHENTICATE PLAIN [initial-response]   RFC 3501 6.2.2, RFC 4616, 4959 */
struct answer
imap_authenticate(struct imap_session *s, const struct imap_command *c)
{
	struct login_ask ask = { .mechanism = STR("PLAIN"),
		.peer = str_c(s->d.peer.address), .service = SERVICE_imap };
	struct str response = STR_NULL;
	struct sasl_plain p;
	struct answer a;

	if (!str_eqi(c->args.authenticate.mechanism, STR("PLAIN")))
		return NO_CODE("CANNOT", "Unknown mechanism");
	if (!dialogue_may_log_in(&s->d))
		return NO_CODE("PRIVACYREQUIRED", "Only inside TLS");
	a = get_response(s, &c->args.authenticate, &response);
	if (a.kind != ANSWER_NONE || stream_failed(s->d.stream) < 0)
		return a;
	if (!sasl_plain(response, &p))
		return NO_CODE("AUTHENTICATIONFAILED",
		    "Malformed PLAIN response");
	ask.authzid = p.authzid;
	ask.user = p.user;
	ask.password = p.password;
	return imap_prove(s, &ask);
}
