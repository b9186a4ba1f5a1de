/*
 * cmd_login.c - USER and PASS, AUTH, STLS: the ways into TRANSACTION.
 */
#include "base/b64.h"
#include "mail/sasl_login.h"
#include "pop3/pop3_int.h"
#include "smtp/sasl.h"

#define WRONG ERR_CODE("AUTH", "Wrong user or password")
#define IN_CLEAR ERR("Only inside TLS")

static void
note_limited(const struct pop3_session *s, enum limit by)
{
	log_ctx_event(&s->d.log, LOG_WARN, "limited",
	    F_STR("by", str_c(limit_name(by))),
	    F_STR("user", str_c(s->account.address)), F_INT("times", 1));
}

/* The maildrop of who has just logged in.               RFC 1939 4, 2449 8.1 */
static struct answer
open_maildrop(struct pop3_session *s)
{
	const struct pop3_service *sv = s->service;
	struct account *a = &s->account;
	struct str who = str_c(a->address);
	struct answer welcome = OK("");
	struct err err = { 0 };

	if (visit_is_early(a->visit, who, sv->login_delay_s,
	    loop_wall(s->d.loop))) {
		note_limited(s, LIMIT_DELAY);
		return ERR_CODE("LOGIN-DELAY", "Come back later: there was a "
		    "login a moment ago");
	}
	if (sv->exclusive && !visit_alone(a->visit, who)) {
		note_limited(s, LIMIT_ALONE);
		return ERR_CODE("IN-USE", "Another session has this maildrop");
	}
	if (maildrop_open(&s->drop, a, &err) < 0)
		return pop3_fail(s, "login", &err);
	s->state = STATE_TRANSACTION;
	account_journal(a, JOURNAL_login, s->d.id, s->d.peer.address,
	    STR("pop3"));
	welcome.text = arena_printf(s->cmd, "Welcome, %u messages (%ju octets)",
	    s->drop.n, (uintmax_t)s->drop.size);
	return welcome;
}

/* refused: what the client is to read then. */
static struct answer
answer_login(struct pop3_session *s, enum login_result result,
    struct str refused, struct err *err)
{
	struct answer a;

	switch (result) {
	case LOGIN_FAILED:
		return pop3_fail(s, "login", err);
	case LOGIN_TOO_MANY:
		return ERR_CODE("IN-USE",
		    "Too many connections of this account");
	case LOGIN_REFUSED:
		if (account_gave_up(&s->account))
			pop3_end(s);
		return (struct answer){ ANSWER_ERR, STR("AUTH"), refused };
	case LOGIN_FACTOR:
		if (account_gave_up(&s->account))
			pop3_end(s);
		return ERR_CODE("AUTH", LOGIN_FACTOR_SAYS);
	case LOGIN_OK:
		break;
	}
	a = open_maildrop(s);
	if (s->state != STATE_TRANSACTION) {
		account_logout(&s->account);
		visit_logout(s->account.visit);
	}
	return a;
}

/* Shared by PASS and AUTH. */
static struct answer
log_in(struct pop3_session *s, const struct login_ask *ask)
{
	struct err err = { 0 };
	enum login_result result = account_login(&s->account, ask, &s->d.log,
	    &err);

	return answer_login(s, result, STR(LOGIN_REFUSED_SAYS), &err);
}

/* USER name                                                   RFC 1939 7
 * Whether there is such a name PASS says. */
struct answer
pop3_user(struct pop3_session *s, const struct pop3_params *p)
{
	if (!dialogue_may_log_in(&s->d))
		return IN_CLEAR;
	buf_reset(&s->user);
	buf_str(&s->user, p->text);
	return OK("And the password?");
}

/* PASS string                                                 RFC 1939 7 */
struct answer
pop3_pass(struct pop3_session *s, const struct pop3_params *p)
{
	struct login_ask ask = {
		.mechanism = STR("LOGIN"),
		.user = str_dup(s->cmd, buf_get(&s->user)),
		.password = p->text,
		.peer = str_c(s->d.peer.address),
		.service = SERVICE_pop3,
	};

	if (!dialogue_may_log_in(&s->d))
		return IN_CLEAR;
	if (s->user.n == 0)
		return BAD("Send USER first");
	buf_free(&s->user);
	if (!sasl_user_password(ask.user, ask.password))
		return WRONG;
	return log_in(s, &ask);
}

/* continue-req = "+" SP [base64] CRLF, and what the client says to it. */
static struct answer
ask_response(struct pop3_session *s, struct str challenge_b64,
    struct str *response)
{
	struct err err = { 0 };
	struct str line;
	int e = pop3_say(s, arena_printf(s->cmd, "+ %.*s\r\n",
	    STR_FMT(challenge_b64)));

	if (e == 0)
		e = stream_flush(s->d.stream, &err);
	if (e == 0)
		e = stream_line(s->d.stream, POP3_RESPONSE_MAX, &line, &err);
	if (e == E_LIMIT) {
		(void)stream_skip_line(s->d.stream, &err);
		return BAD("The response is too long");
	}
	if (e < 0)
		return NO_ANSWER;
	if (str_eq(line, STR("*")))
		return ERR("Canceled");
	if (!sasl_response(line, false, s->cmd, response))
		return BAD("Not base64");
	return NO_ANSWER;
}

static struct answer
get_response(struct pop3_session *s, struct str initial, struct str *response)
{
	if (initial.n == 0)
		return ask_response(s, STR_NULL, response);
	if (!sasl_response(initial, true, s->cmd, response))
		return BAD("Not base64");
	return NO_ANSWER;
}

/* AUTH without a mechanism asks which there are, by custom. */
static struct answer
list_mechanisms(struct pop3_session *s)
{
	auto_buf b = BUF_INIT(256);

	scram_put_offered(&b, STR("\r\n"));
	buf_lit(&b, "\r\nPLAIN");
	sasl_put_others(s->d.stream, s->account.vault, &b, STR("\r\n"));
	buf_lit(&b, "\r\n");
	pop3_begin_lines(s, STR("One of these"));
	(void)pop3_say(s, str_from(buf_get(&b), 2));
	pop3_end_lines(s);
	return NO_ANSWER;
}

/* PLAIN                                                       RFC 4616 */
static struct answer
say_password(struct pop3_session *s, struct str response,
    struct login_ask *ask)
{
	struct sasl_plain plain;

	if (!sasl_plain(response, &plain))
		return ERR_CODE("AUTH", "Malformed PLAIN response");
	ask->mechanism = STR("PLAIN");
	ask->authzid = plain.authzid;
	ask->user = plain.user;
	ask->password = plain.password;
	return log_in(s, ask);
}

/* What needs no password said */
struct scram_session {
	struct pop3_session *s;
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
prove(struct pop3_session *s, struct str first, const struct login_ask *ask,
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
	return answer_login(s, result, why, &err);
}

/* AUTH mechanism [initial-response]                          RFC 5034 4 */
struct answer
pop3_auth(struct pop3_session *s, const struct pop3_params *p)
{
	struct login_ask ask = { .peer = str_c(s->d.peer.address),
		.service = SERVICE_pop3 };
	struct str mechanism, initial = STR_NULL, response = STR_NULL;
	struct sasl_way way;
	struct answer a = NO_ANSWER;
	bool found;

	if (!dialogue_may_log_in(&s->d))
		return IN_CLEAR;
	(void)str_cut(str_trim(p->text), ' ', &mechanism, &initial);
	initial = str_trim(initial);
	if (mechanism.n == 0)
		return list_mechanisms(s);
	found = sasl_find(s->d.stream, s->account.vault, mechanism, &way);
	if (!found && !str_eqi(mechanism, STR("PLAIN")))
		return ERR("Unknown mechanism");
	if (found && way.server_first && initial.n > 0)
		return BAD("Here the server begins");
	if (!found || !way.server_first)
		a = get_response(s, initial, &response);
	if (a.kind != ANSWER_NONE || stream_failed(s->d.stream) < 0)
		return a;
	if (!found)
		return say_password(s, response, &ask);
	ask.mechanism = way.name;
	return prove(s, response, &ask, &way);
}

/* STLS                                                        RFC 2595 4 */
struct answer
pop3_stls(struct pop3_session *s, const struct pop3_params *p unused_arg)
{
	struct err err = { 0 };

	if (stream_tls(s->d.stream).on)
		return ERR("TLS is on already");
	if (s->utf8)	/* RFC 6856 2.1 */
		return ERR("Not behind UTF8");
	if (!s->service->tls || !dialogue_may_start_tls(&s->d))
		return ERR("No certificate");
	if (pop3_say(s, STR("+OK Begin TLS now\r\n")) < 0 ||
	    stream_flush(s->d.stream, &err) < 0)
		return NO_ANSWER;
	buf_free(&s->user);
	if (dialogue_begin_tls(&s->d, s->service->tls, &err) < 0)
		pop3_end(s);
	return NO_ANSWER;
}
