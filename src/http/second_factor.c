/*
 * second_factor.c - codes of a telephone beside the password: set up, shown,
 * taken off by who has signed in.                              doc/http.md
 */
#include "base/b64.h"
#include "http/http_int.h"

enum { FORM_MAX = 8192 };

/* What the page asks vault; the words of the form are in it while it lives. */
static bool
read_form(struct http_request *r, const json_t *form, uint32_t what,
    struct own_factor_ask *ask)
{
	struct str now;

	if (!form || !json_text_of(form, "password", &now) || now.n > 1024)
		return false;
	*ask = (struct own_factor_ask){ HTTP_TYPED(r, now), .what = what,
		.ticket = vault_ticket_of(&r->account->login) };
	if (what == FACTOR_begin)
		return true;
	if (!json_text_of(form, "code", &ask->code) ||
	    ask->code.n > FACTOR_TYPED_MAX)
		return false;
	return what != FACTOR_on ||
	    (json_text_of(form, "offer", &ask->offer) &&
		ask->offer.n <= 680);
}

static struct http_answer
answer_secret(struct http_request *r, uint16_t status, struct buf *b)
{
	struct str body;

	bug_if(buf_failed(b));
	body = str_dup(r->mem, buf_get(b));
	explicit_bzero(b->p, b->n);
	return (struct http_answer){ status, STR("application/json"), body };
}

/* What authenticators read, as Google's did first:
 * otpauth://totp/ISSUER:ACCOUNT?secret=BASE32&issuer=ISSUER */
static void
put_uri(struct buf *b, const struct http_request *r, struct str secret)
{
	struct str issuer = str_c(r->session->service->hostname);

	buf_lit(b, "otpauth://totp/");
	buf_percent(b, issuer, percent_plain);
	buf_chr(b, ':');
	buf_percent(b, str_c(r->account->address), percent_plain);
	buf_printf(b, "?secret=%.*s&issuer=", STR_FMT(secret));
	buf_percent(b, issuer, percent_plain);
}

static struct http_answer
say_offer(struct http_request *r, const struct own_factor_answer *said)
{
	auto_buf b = BUF_INIT(4096);

	buf_lit(&b, "{\"secret\":");
	http_json_str(&b, said->secret);
	buf_lit(&b, ",\"uri\":\"");
	put_uri(&b, r, said->secret);
	buf_lit(&b, "\",\"offer\":\"");
	b64_put(&b, said->offer);
	buf_lit(&b, "\"}\n");
	explicit_bzero((char *)(uintptr_t)said->secret.p, said->secret.n);
	return answer_secret(r, 200, &b);
}

static struct http_answer
say_codes(struct http_request *r, const struct own_factor_answer *said)
{
	auto_buf b = BUF_INIT(1024);
	struct str rest = said->codes, one;

	buf_lit(&b, "{\"recoveryCodes\":[");
	while (rest.n > 0) {
		(void)str_cut(rest, '\n', &one, &rest);
		http_json_str(&b, one);
		buf_str(&b, rest.n > 0 ? STR(",") : STR_NULL);
	}
	buf_lit(&b, "]}\n");
	explicit_bzero((char *)(uintptr_t)said->codes.p, said->codes.n);
	return answer_secret(r, 200, &b);
}

static struct http_answer
act(struct http_request *r, const json_t *form, uint32_t what)
{
	struct own_factor_ask ask;
	struct own_factor_answer said;
	struct err err = { 0 };

	if (!r->sign_in)
		return http_sign_in_first(r);
	if (!read_form(r, form, what, &ask) ||
	    (what == FACTOR_on && !b64_decode(ask.offer, r->mem, &ask.offer)))
		return http_problem(r, 400, what == FACTOR_begin ?
		    "Expected an object with password" : what == FACTOR_on ?
		    "Expected an object with password, offer and code" :
		    "Expected an object with password and code");
	if (vault_factor(r->session->service->vault, &ask, &said, r->mem,
	    &err) < 0)
		return http_refuse_own(r, &err);
	if (what == FACTOR_begin)
		return say_offer(r, &said);
	if (what == FACTOR_off)
		return (struct http_answer){ .status = 204 };
	/* Whoever came in by the password alone is out. */
	if (what == FACTOR_on)
		sign_in_end_others(r->sign_in, "factor");
	return say_codes(r, &said);
}

static struct http_answer
by_form(struct http_request *r, uint32_t what)
{
	json_t *form = json_take(r->body);

	return http_end_form(r, form, act(r, form, what));
}

/* POST /account/second-factor/offer {"password": ...} */
static struct http_answer
post_offer(struct http_request *r)
{
	return by_form(r, FACTOR_begin);
}

/* POST /account/second-factor {"password", "offer", "code"} */
static struct http_answer
post_factor(struct http_request *r)
{
	return by_form(r, FACTOR_on);
}

/* POST /account/second-factor/codes {"password", "code"} */
static struct http_answer
post_codes(struct http_request *r)
{
	return by_form(r, FACTOR_new_codes);
}

/* POST /account/second-factor/off {"password", "code"} */
static struct http_answer
post_off(struct http_request *r)
{
	return by_form(r, FACTOR_off);
}

/* GET /account/second-factor */
static struct http_answer
show_factor(struct http_request *r)
{
	struct own_factor_ask ask = { .what = FACTOR_show };
	struct own_factor_answer said;
	struct err err = { 0 };

	if (!r->sign_in)
		return http_sign_in_first(r);
	ask.ticket = vault_ticket_of(&r->account->login);
	if (vault_factor(r->session->service->vault, &ask, &said, r->mem,
	    &err) < 0)
		return http_refuse_own(r, &err);
	return (struct http_answer){ 200, STR("application/json"), said.on ?
	    arena_printf(r->mem, "{\"on\":true,\"recoveryCodes\":%u}\n",
		said.codes_left) : STR("{\"on\":false}\n") };
}

#define ROUTE(methods, pattern, ...) \
	{ methods, STR("/account/second-factor" pattern), HTTP_PERSON, \
	    __VA_ARGS__ }
#define FORM STR("application/json"), FORM_MAX

const struct http_route http_factor_routes[] = {
	ROUTE(HTTP_GET, "", STR_NULL, 0, show_factor),
	ROUTE(HTTP_POST, "", FORM, post_factor),
	ROUTE(HTTP_POST, "/offer", FORM, post_offer),
	ROUTE(HTTP_POST, "/codes", FORM, post_codes),
	ROUTE(HTTP_POST, "/off", FORM, post_off),
};
const size_t http_nfactor_routes = NELEM(http_factor_routes);
