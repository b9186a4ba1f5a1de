/*
 * factor.c - what who has only the password tries of an account that has a
 * second factor. Setting one up is what web may, for who types a password.
 */
#include "asks.h"
#include "vault/second_factor.h"

static uint32_t
base32_value(char c)
{
	return c >= 'A' ? (uint32_t)(c - 'A') : (uint32_t)(c - '2') + 26;
}

/* The code of a secret as it is shown. */
static struct str
code_of(struct attack *a, struct str text)
{
	uint8_t secret[FACTOR_SECRET] = { 0 };
	uint64_t step = (uint64_t)loop_wall(a->role->loop) / FACTOR_STEP_S;
	uint32_t code = 0;

	for (size_t bit = 0; bit < 8 * sizeof(secret); bit++)
		if (base32_value(text.p[bit / 5]) >> (4 - bit % 5) & 1)
			secret[bit / 8] |= (uint8_t)(128 >> bit % 8);
	if (text.n != FACTOR_SECRET_TEXT ||
	    !factor_code_at(secret, step, &code))
		return STR("");
	return arena_printf(a->memory, "%06u", code);
}

static bool
set_up(struct attack *a, struct ipc *vault, struct own_factor_ask *ask,
    struct str *recovery)
{
	union any_answer answer = { 0 };
	struct err err;
	int rc;

	ask->what = FACTOR_begin;
	rc = call(a, vault, &vault_calls[VAULT_own_factor], ask, &answer, NULL,
	    &err);
	if (rc < 0)
		return false;
	ask->what = FACTOR_on;
	ask->offer = answer.own_factor.offer;
	ask->code = code_of(a, answer.own_factor.secret);
	rc = call(a, vault, &vault_calls[VAULT_own_factor], ask, &answer, NULL,
	    &err);
	*recovery = answer.own_factor.codes;
	return rc == 0;
}

void
without_a_code(struct attack *a, struct ipc *vault, struct str ticket)
{
	struct own_factor_ask ask = { STR("LOGIN"), STR(""), STR(BOB),
		STR(PASSWORD), STR("127.0.0.1"), SERVICE_page };
	struct own_password_ask own = { .chosen = STR("mine-now, and mine") };
	struct own_app_password_ask app = { .label = STR("mine"),
		.services = SERVICES_apps };
	struct login_ask login = { 0 };
	union any_answer answer = { 0 };
	struct str recovery, more;
	struct err err;

	if (!set_up(a, vault, &ask, &recovery)) {
		attempt(a, "front has a second factor set up", true, "denied");
		return;
	}
	(void)str_cut(recovery, '\n', &recovery, &more);
	ask.code = STR("000000");
	MSG_COPY(login_words, &login, &ask);
	refused(a, vault, &vault_calls[VAULT_login], &login,
	    "it signs in with a code that it made up");
	login.code = STR("");
	refused(a, vault, &vault_calls[VAULT_login], &login,
	    "it signs in without a code");
	login.service = SERVICE_http;
	refused(a, vault, &vault_calls[VAULT_login], &login,
	    "it comes by the password alone");
	MSG_COPY(login_words, &own, &ask);
	MSG_COPY(login_words, &app, &ask);
	refused(a, vault, &vault_calls[VAULT_own_password], &own,
	    "it changes a password without a sign-in that brought a code");
	refused(a, vault, &vault_calls[VAULT_own_app_password], &app,
	    "it makes an app password without one");
	app.ticket = ticket;
	refused(a, vault, &vault_calls[VAULT_own_app_password], &app,
	    "it makes one with the ticket of another account");
	ask.what = FACTOR_off;
	ask.code = recovery;
	refused(a, vault, &vault_calls[VAULT_own_factor], &ask,
	    "it takes the second factor off without one");
	ask.what = FACTOR_begin;
	refused(a, vault, &vault_calls[VAULT_own_factor], &ask,
	    "it has another one set up");
	ask.what = FACTOR_show;
	ask.ticket = STR("0123456789abcdef");
	refused(a, vault, &vault_calls[VAULT_own_factor], &ask,
	    "it is shown one with an invented ticket");

	/* The code was right: who is signed in by one may do all this. */
	login.service = SERVICE_page;
	login.code = recovery;
	attempt(a, "a recovery code is right (else nothing is shown)",
	    call(a, vault, &vault_calls[VAULT_login], &login, &answer, NULL,
		&err) == 0, "signed in");
	ask.what = FACTOR_off;
	ask.ticket = answer.login.ticket;
	ask.code = str_first(more, FACTOR_CODE_TEXT);
	attempt(a, "with its ticket it is taken off",
	    call(a, vault, &vault_calls[VAULT_own_factor], &ask, &answer, NULL,
		&err) == 0, "as ever");
}
