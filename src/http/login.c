/*
 * login.c - who a request is of: a password (RFC 7617) or a token (RFC 6750)
 * with each, or the cookie of a sign-in, which /login makes of a password.
 */
#include "base/b64.h"
#include "base/timetext.h"
#include "http/http_int.h"
#include "mail/bearer.h"
#include "mail/bearer_login.h"
#include "rt/json.h"
#include "smtp/sasl.h"

#include <openssl/crypto.h>

#define COOKIE "__Host-postern"

enum {
	LOGIN_BODY_MAX = 4096, PERSON_MAX = 1024,
	/* Each sign of an agent is six of JSON at most. */
	LIST_MAX = SIGN_INS_EACH * (6 * SIGN_IN_AGENT + 400),
};

/* ---- other origins ------------------------------------------------------- */

/* Browsers say where a request comes from. One that says neither is no browser
 * of today, or no browser.         Fetch 3.2, W3C Fetch Metadata 2.3 */
bool
http_is_foreign(const struct http_request *r)
{
	struct str site, origin, host;

	if (http_field_of(&r->head, STR("Sec-Fetch-Site"), &site) &&
	    !str_eq(site, STR("same-origin")) && !str_eq(site, STR("none")))
		return true;
	if (!http_field_of(&r->head, STR("Origin"), &origin))
		return false;
	host = str_from(origin, str_find(origin, STR("://")) + 3);
	return !str_eqi(host, r->head.host);
}

/* ---- refusals ------------------------------------------------------------ */

/* Then the connection ends, and of what it asked for at once nothing more is
 * proven. */
static bool
gave_up(const struct http_request *r)
{
	return r->session->wrong_logins >= ACCOUNT_MAX_REFUSED;
}

/* Where there are issuers of tokens, one of theirs will do. RFC 6750 3 */
static void
ask_token(struct http_request *r)
{
	struct oauth_conf c = { 0 };
	auto_buf b = BUF_INIT(1024);

	if (vault_issuers(r->session->service->vault).n == 0)
		return;
	(void)bearer_issuer(r->session->service->vault, STR_NULL, &c);
	buf_lit(&b, "Bearer realm=\"postern\"");
	if (c.scope.n > 0)
		buf_printf(&b, ", scope=\"%.*s\"", STR_FMT(c.scope));
	if (r->token)
		buf_lit(&b, ", error=\"invalid_token\"");
	http_add_field(r, STR("WWW-Authenticate"), buf_get(&b));
}

/* A page asks for a password in its own way: where its script asks, the
 * browser's window would only be in the way.                RFC 9110 11.6.1 */
static struct http_answer
ask_who(struct http_request *r, const char *detail)
{
	struct str site;

	if (http_field_of(&r->head, STR("Sec-Fetch-Mode"), &site) &&
	    !str_eq(site, STR("navigate")))
		http_add_field(r, STR("WWW-Authenticate"),
		    STR("Cookie realm=\"postern\""));
	else
		http_add_field(r, STR("WWW-Authenticate"),
		    STR("Basic realm=\"postern\", charset=\"UTF-8\""));
	ask_token(r);
	return http_problem(r, 401, detail);
}

static struct http_answer
refuse_login(struct http_request *r, enum login_result result,
    const struct err *err)
{
	static const char many[] = "Too many connections of this account";

	switch (result) {
	case LOGIN_TOO_MANY:
		return http_problem(r, 429, many);
	case LOGIN_REFUSED:
		r->last |= gave_up(r);
		return ask_who(r, r->token ? "Wrong or expired token" :
		    "Wrong user or password");
	case LOGIN_FAILED:
		/* RFC 6585 4: they have tried too often. */
		if (err->code != E_BUSY)
			return http_fail(r, "login", err);
		http_add_field(r, STR("Retry-After"), STR("60"));
		return http_problem(r, 429, "Too many tries");
	case LOGIN_FACTOR:
		r->last |= gave_up(r);
		return ask_who(r, LOGIN_FACTOR_SAYS);
	case LOGIN_OK:
		break;
	}
	return (struct http_answer){ .status = 200 };
}

/* ---- Basic --------------------------------------------------------------- */

/* credentials = "Basic" 1*SP token68                          RFC 7617 2 */
static bool
read_basic(struct http_request *r, struct str value, struct login_ask *ask)
{
	struct str scheme, rest, text;

	if (!str_cut(value, ' ', &scheme, &rest) ||
	    !str_eqi(scheme, STR("Basic")) ||
	    !b64_decode(str_trim(rest), r->mem, &text) ||
	    !str_cut(text, ':', &ask->user, &ask->password))
		return false;
	return sasl_user_password(ask->user, ask->password);
}

void
http_login_unref(struct http_login *in)
{
	if (!in || --in->refs > 0)
		return;
	if (in->proof.n > 0)
		explicit_bzero(in->proof.p, in->proof.n);
	buf_free(&in->proof);
	account_logout(&in->account);
	free(in);
}

static struct http_login *
new_login(const struct http_session *s)
{
	struct http_login *in = calloc(1, sizeof(*in));

	bug_if(!in);
	in->refs = 1;
	in->proof = BUF_INIT(HTTP_LINE_MAX);
	account_init(&in->account, s->d.loop, s->service->vault);
	in->account.visit = s->d.peer.visit;
	in->account.refused = s->wrong_logins;
	return in;
}

/* What came with it before goes on with the account that it has. */
static void
forget_proof(struct http_session *s)
{
	http_login_unref(s->login);
	s->login = NULL;
	if (s->d.peer.visit)
		visit_logout(s->d.peer.visit);
}

/* Is the account still theirs? A changed password ends what began with the old
 * one. */
static int
ask_store(struct account *a, struct err *err)
{
	return account_watch(a, 0, err);
}

static void
use_login(struct http_request *r, struct http_login *in)
{
	in->refs++;
	r->login = in;
	r->account = &in->account;
}

/* Is this what was proven last? */
static bool
is_proven(struct http_request *r, struct str value)
{
	struct http_login *in = r->session->login;
	struct err err = { 0 };

	if (!in || in->proof.n != value.n ||
	    (in->until != 0 && loop_wall(r->session->d.loop) >= in->until) ||
	    CRYPTO_memcmp(in->proof.p, value.p, value.n) != 0)
		return false;
	use_login(r, in);
	if (ask_store(r->account, &err) == 0)
		return true;
	r->login = NULL;
	r->account = NULL;
	http_login_unref(in);
	return false;
}

/* ---- Bearer -------------------------------------------------------------- */

/* Whatever says so, also where it is none. */
static bool
is_bearer(struct str value)
{
	return str_startsi(value, STR("Bearer ")) ||
	    str_eqi(value, STR("Bearer"));
}

static enum login_result
show_token(struct http_request *r, struct http_login *in, struct str value,
    struct err *err)
{
	struct http_session *s = r->session;
	struct login_ask who = { .mechanism = STR("BEARER"),
		.peer = str_c(s->d.peer.address), .service = SERVICE_http };
	struct str token;
	enum login_result result;

	r->token = true;
	if (vault_issuers(s->service->vault).n == 0 ||
	    !bearer_read_field(value, &token))
		return LOGIN_REFUSED;
	result = account_bearer(&in->account, &who, token, &s->d.log, err);
	if (result == LOGIN_OK)
		in->until = in->account.login.until;
	return result;
}

/* ---- Authorization ------------------------------------------------------- */

static struct http_answer
prove_field(struct http_request *r, struct str value)
{
	struct http_session *s = r->session;
	struct login_ask ask = { .mechanism = STR("PLAIN"),
		.peer = str_c(s->d.peer.address), .service = SERVICE_http };
	struct err err = { 0 };
	enum login_result result;
	struct http_login *in;

	if (gave_up(r))
		return refuse_login(r, LOGIN_REFUSED, &err);
	forget_proof(s);
	if (!is_bearer(value) && !read_basic(r, value, &ask))
		return ask_who(r, "Malformed or unknown Authorization");
	in = new_login(s);
	result = is_bearer(value) ? show_token(r, in, value, &err) :
	    account_login(&in->account, &ask, &s->d.log, &err);
	s->wrong_logins = in->account.refused;
	if (result != LOGIN_OK) {
		http_login_unref(in);
		return refuse_login(r, result, &err);
	}
	buf_str(&in->proof, value);
	s->login = in;
	use_login(r, in);
	account_journal(&in->account, JOURNAL_login, s->d.id,
	    s->d.peer.address, STR("http"));
	return (struct http_answer){ .status = 200 };
}

/* Passwords of a connection are proven one behind another, however many
 * requests bring them at once. 0, or E_CANCELED. */
static int
take_turn(struct http_session *s, struct http_turn *me)
{
	int e = 0;

	me->fiber = fiber_self(s->d.loop);
	list_append(&s->logging_in, &me->link);
	while (e == 0 &&
	    list_first(struct http_turn, &s->logging_in, link) != me)
		e = fiber_wait(s->d.loop, NEVER);
	return e;
}

static void
give_turn(struct http_session *s, struct http_turn *me)
{
	struct http_turn *next;

	list_unlink(&me->link);
	next = list_first(struct http_turn, &s->logging_in, link);
	if (next)
		fiber_wake(s->d.loop, next->fiber);
}

static struct http_answer
by_field(struct http_request *r, struct str value)
{
	struct http_answer a = { .status = 200 };
	struct http_turn turn = { 0 };
	struct err err = { 0 };

	if (is_proven(r, value))
		return a;
	if (take_turn(r->session, &turn) < 0) {
		(void)err_set(&err, E_CANCELED, "login");
		a = http_fail(r, "login", &err);
	} else if (!is_proven(r, value)) {	/* by now */
		a = prove_field(r, value);
	}
	give_turn(r->session, &turn);
	return a;
}

/* ---- cookies ------------------------------------------------------------- */

static struct http_answer
by_cookie(struct http_request *r, struct str cookie)
{
	struct err err = { 0 };

	r->sign_in = sign_in_find(r->session->service->sign_ins, cookie);
	if (!r->sign_in)
		return ask_who(r, "Sign in first");
	r->account = &r->sign_in->account;
	if (ask_store(r->account, &err) == 0)
		return (struct http_answer){ .status = 200 };
	if (err.code != E_DENIED)
		return http_fail(r, "sign_in", &err);
	sign_in_end(r->sign_in, "denied");
	return ask_who(r, "Sign in again");
}

/* Authorization goes first: whoever sends it means it. */
struct http_answer
http_authenticate(struct http_request *r)
{
	struct str value, cookie;

	if (http_field_of(&r->head, STR("Authorization"), &value))
		return by_field(r, value);
	(void)http_field_of(&r->head, STR("Cookie"), &value);
	if (http_cookie(value, STR(COOKIE), &cookie))
		return by_cookie(r, cookie);
	return ask_who(r, NULL);
}

/* RFC 6265 4.1, and its successor's 4.1.3.2 on __Host-. */
static void
set_cookie(struct http_request *r, struct str value, int64_t seconds)
{
	auto_buf b = BUF_INIT(1024);

	buf_printf(&b, COOKIE "=%.*s; Path=/; Secure; HttpOnly; "
	    "SameSite=Strict; Max-Age=%jd", STR_FMT(value),
	    (intmax_t)seconds);
	http_add_field(r, STR("Set-Cookie"), buf_get(&b));
	explicit_bzero(b.p, b.n);
}

/* Who they are, and what a change has to bring. */
static struct http_answer
say_person(struct http_request *r)
{
	auto_buf b = BUF_INIT(PERSON_MAX);

	buf_lit(&b, "{\"user\":");
	http_json_str(&b, str_c(r->account->address));
	if (r->sign_in) {
		buf_lit(&b, ",\"token\":");
		http_json_str(&b, str_c(r->sign_in->token));
		buf_lit(&b, ",\"until\":\"");
		time_rfc3339(&b, sign_in_until(r->sign_in));
		buf_chr(&b, '"');
	}
	buf_lit(&b, "}\n");
	bug_if(buf_failed(&b));
	return (struct http_answer){ 200, STR("application/json"),
		str_dup(r->mem, buf_get(&b)) };
}

/* ---- handlers ------------------------------------------------------------ */

static bool
read_login(const json_t *form, struct login_ask *ask)
{
	return form && json_text_of(form, "user", &ask->user) &&
	    json_text_of(form, "password", &ask->password) &&
	    (!json_object_get(form, "code") ||
		(json_text_of(form, "code", &ask->code) &&
		    ask->code.n <= FACTOR_TYPED_MAX));
}

/* Somebody who is signed in already is so no more. */
static void
drop_former(struct http_request *r)
{
	struct str value, cookie;
	struct sign_in *former = NULL;

	(void)http_field_of(&r->head, STR("Cookie"), &value);
	if (http_cookie(value, STR(COOKIE), &cookie))
		former = sign_in_find(r->session->service->sign_ins, cookie);
	if (!former)
		return;
	sign_in_end(former, "replaced");
	sign_in_unref(former);
}

/* Where a sign-in begins, and by what, as its owner is shown it later. What a
 * program calls itself is for people: none of it is believed. */
static void
note_where(struct http_request *r)
{
	struct sign_in *in = r->sign_in;
	struct str agent = STR_NULL;

	(void)http_field_of(&r->head, STR("User-Agent"), &agent);
	if (!str_is_ascii(agent))
		agent = STR_NULL;
	(void)snprintf(in->from, sizeof(in->from), "%s",
	    r->session->d.peer.address);
	(void)snprintf(in->agent, sizeof(in->agent), "%.*s",
	    STR_FMT(str_first(agent, SIGN_IN_AGENT - 1)));
}

/* The password is theirs. RFC 9457 3.2: codeWanted is for the page. */
static struct http_answer
ask_code(struct http_request *r)
{
	struct http_answer a = ask_who(r, NULL);

	a.body = STR("{\"status\":401,\"title\":\"Unauthorized\","
	    "\"detail\":\"A code is wanted\",\"codeWanted\":true}\n");
	return a;
}

static struct http_answer
begin_sign_in(struct http_request *r, const struct login_ask *ask)
{
	struct http_session *s = r->session;
	struct err err = { 0 };
	enum login_result result;
	auto_buf cookie = BUF_INIT(200);

	if (gave_up(r))
		return refuse_login(r, LOGIN_REFUSED, &err);
	forget_proof(s);
	result = sign_in_begin(s->service->sign_ins, ask, s->d.peer.visit,
	    &s->d.log, &r->sign_in, &err);
	s->wrong_logins += result == LOGIN_REFUSED;
	if (result == LOGIN_FACTOR)
		return ask_code(r);
	if (result != LOGIN_OK)
		return refuse_login(r, result, &err);
	drop_former(r);
	note_where(r);
	r->account = &r->sign_in->account;
	account_journal(r->account, JOURNAL_login, s->d.id,
	    s->d.peer.address, STR("web"));
	sign_in_cookie(r->sign_in, &cookie);
	set_cookie(r, buf_get(&cookie),
	    sign_in_until(r->sign_in) - loop_wall(s->d.loop));
	return say_person(r);
}

struct http_answer
http_sign_in(struct http_request *r, const struct login_ask *ask)
{
	struct http_turn turn = { 0 };
	struct err err = { 0 };
	struct http_answer a;

	if (!sasl_user_password(ask->user, ask->password))
		return refuse_login(r, LOGIN_REFUSED, &err);
	if (take_turn(r->session, &turn) == 0) {
		a = begin_sign_in(r, ask);
	} else {
		(void)err_set(&err, E_CANCELED, "login");
		a = http_fail(r, "login", &err);
	}
	give_turn(r->session, &turn);
	return a;
}

/* POST /login {"user": ..., "password": ..., "code": ...} */
static struct http_answer
login(struct http_request *r)
{
	struct login_ask ask = { .mechanism = STR("LOGIN"),
		.peer = str_c(r->session->d.peer.address),
		.service = SERVICE_page };
	json_t *form = json_take(r->body);
	struct http_answer a;

	if (read_login(form, &ask))
		a = http_sign_in(r, &ask);
	else
		a = http_problem(r, 400, "Expected an object with user and "
		    "password, and perhaps code");
	json_decref(form);
	explicit_bzero(r->octets.p, r->octets.n);
	return a;
}

/* GET /session */
static struct http_answer
show_session(struct http_request *r)
{
	return say_person(r);
}

static struct http_answer
sign_out(struct http_request *r, void (*end)(struct sign_in *, const char *),
    const char *why)
{
	if (!r->sign_in)
		return http_problem(r, 404, "Nobody has signed in");
	end(r->sign_in, why);
	set_cookie(r, STR(""), 0);
	return (struct http_answer){ .status = 204 };
}

/* DELETE /session: here; DELETE /sessions: everywhere. */
static struct http_answer
end_session(struct http_request *r)
{
	return sign_out(r, sign_in_end, "asked");
}

static struct http_answer
end_sessions(struct http_request *r)
{
	return sign_out(r, sign_in_end_all, "everywhere");
}

struct http_answer
http_sign_in_first(struct http_request *r)
{
	return http_problem(r, 403, "Only who has signed in at the page");
}

struct listing {
	const struct sign_in *here;
	struct buf b;
};

static void
put_moment(struct buf *b, const char *name, int64_t at)
{
	buf_printf(b, ",\"%s\":\"", name);
	time_rfc3339(b, at);
	buf_chr(b, '"');
}

static void
put_sign_in(void *arg, const struct sign_in *one)
{
	struct listing *l = arg;

	buf_str(&l->b, l->b.p[l->b.n - 1] == '[' ? STR("{") : STR(",{"));
	buf_printf(&l->b, "\"id\":\"%s\",\"here\":%s", one->id,
	    one == l->here ? "true" : "false");
	put_moment(&l->b, "begun", one->begun_s);
	put_moment(&l->b, "used", one->used_s);
	buf_lit(&l->b, ",\"from\":");
	http_json_str(&l->b, str_c(one->from));
	buf_lit(&l->b, ",\"userAgent\":");
	http_json_str(&l->b, str_c(one->agent));
	buf_chr(&l->b, '}');
}

/* GET /sessions: who came by a password with the request is shown none. */
static struct http_answer
list_sessions(struct http_request *r)
{
	struct listing l = { r->sign_in, BUF_INIT(LIST_MAX) };
	struct http_answer a;

	if (!r->sign_in)
		return http_sign_in_first(r);
	buf_lit(&l.b, "{\"sessions\":[");
	sign_in_each(r->sign_in, put_sign_in, &l);
	buf_lit(&l.b, "]}\n");
	bug_if(buf_failed(&l.b));
	a = (struct http_answer){ 200, STR("application/json"),
		str_dup(r->mem, buf_get(&l.b)) };
	buf_free(&l.b);
	return a;
}

/* DELETE /sessions/ID: one of them. */
static struct http_answer
end_one_session(struct http_request *r)
{
	if (!r->sign_in)
		return http_sign_in_first(r);
	if (!sign_in_end_one(r->sign_in, r->param[0], "asked"))
		return http_problem(r, 404, "No such sign-in");
	return (struct http_answer){ .status = 204 };
}

#define ROUTE(methods, pattern, ...) { methods, STR(pattern), __VA_ARGS__ }
#define NO_BODY STR_NULL, 0

const struct http_route http_login_routes[] = {
	ROUTE(HTTP_POST, "/login", HTTP_ANYBODY, STR("application/json"),
	    LOGIN_BODY_MAX, login),
	ROUTE(HTTP_GET, "/session", HTTP_PERSON, NO_BODY, show_session),
	ROUTE(HTTP_DELETE, "/session", HTTP_PERSON, NO_BODY, end_session),
	ROUTE(HTTP_GET, "/sessions", HTTP_PERSON, NO_BODY, list_sessions),
	ROUTE(HTTP_DELETE, "/sessions", HTTP_PERSON, NO_BODY, end_sessions),
	ROUTE(HTTP_DELETE, "/sessions/*", HTTP_PERSON, NO_BODY,
	    end_one_session),
};
const size_t http_nlogin_routes = NELEM(http_login_routes);
