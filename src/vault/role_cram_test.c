/*
 * role_cram_test.c - CRAM-MD5, with the vault as a process of ours: which
 * passwords it is for, and which digests are good, once.
 */
#include "vault/role_world.h"

#include <openssl/evp.h>

#include "base/test.h"

#define ALICE "alice@mail.test"

static void
make_app(struct world *w, uint32_t kind, uint32_t services, int64_t expires,
    char *text)
{
	struct app_password_ask ask = { STR(ALICE), STR("Phone"), services,
		expires, kind };
	struct app_password_answer answer;
	struct arena *a = arena_new(4096);
	struct err err;

	assert_int_equal(ipc_call(w->operator, &vault_calls[
	    VAULT_app_password], &ask, -1, &answer, a, NULL, NEVER, &err), 0);
	(void)snprintf(text, 64, "%.*s", STR_FMT(answer.password));
	arena_free(a);
}

static int
begin(struct vault *v, uint32_t service, struct arena *a,
    struct scram_first_answer *in)
{
	struct cram_first_ask ask = { STR("192.0.2.5"), service };
	struct err err = { 0 };

	return vault_cram_first(v, &ask, in, a, &err);
}

static int
end(struct vault *v, const struct scram_first_answer *in, const char *user,
    const char *password, struct arena *a)
{
	uint8_t digest[16];
	size_t n = 0;
	struct cram_final_ask ask = { in->exchange, str_c(user),
		str_make((const char *)digest, sizeof(digest)) };
	struct login login = { 0 };
	struct err err = { 0 };
	int rc;

	assert_non_null(EVP_Q_mac(NULL, "HMAC", NULL, "MD5", NULL, password,
	    str_c(password).n, (const uint8_t *)in->message.p, in->message.n,
	    digest, sizeof(digest), &n));
	rc = vault_cram_final(v, &ask, &login, a, &err);
	if (rc == 0) {
		assert_int_equal(login.account, 7);
		assert_str(login.label, "Phone");
		login.label = STR_NULL;
	}
	vault_logout(v, &login);
	return rc;
}

static int
try(struct vault *v, const char *user, const char *password, uint32_t service,
    struct arena *a)
{
	struct scram_first_answer in;
	int rc = begin(v, service, a, &in);

	return rc < 0 ? rc : end(v, &in, user, password, a);
}

static void
digests(struct world *w)
{
	struct arena *a = arena_new(1 << 20);
	int logins = w->logins, failures = w->failures;
	struct scram_first_answer in, other;
	char text[64], plain[64];

	w->role.config.cram_md5 = true;
	make_app(w, APP_cram_md5, SERVICE_imap, 0, text);
	assert_int_equal(try(w->front, ALICE, text, SERVICE_imap, a), 0);
	assert_int_equal(try(w->front, "Alice@mail.test", text, SERVICE_imap,
	    a), 0);
	/* Where it is not good, and never the account's own. */
	assert_int_equal(try(w->front, ALICE, text, SERVICE_smtp, a),
	    E_DENIED);
	assert_int_equal(try(w->front, ALICE, "postern-demo", SERVICE_imap, a),
	    E_DENIED);
	assert_int_equal(try(w->front, "bob@mail.test", text, SERVICE_imap,
	    a), E_DENIED);
	assert_int_equal(try(w->front, "nobody@mail.test", text, SERVICE_imap,
	    a), E_DENIED);
	assert_int_equal(w->logins, logins + 2);
	assert_int_equal(w->failures, failures + 4);
	/* A challenge is never the same, and good once, in its own exchange. */
	assert_int_equal(begin(w->front, SERVICE_imap, a, &in), 0);
	assert_int_equal(begin(w->front, SERVICE_imap, a, &other), 0);
	assert_false(str_eq(in.message, other.message));
	assert_true(in.message.p[0] == '<' &&
	    in.message.p[in.message.n - 1] == '>');
	assert_true(str_find(in.message, STR("@mail.test>")) < in.message.n);
	assert_int_equal(end(w->other, &in, ALICE, text, a), E_STALE);
	assert_int_equal(end(w->front, &in, ALICE, text, a), 0);
	assert_int_equal(end(w->front, &in, ALICE, text, a), E_STALE);
	other.message = in.message;
	assert_int_equal(end(w->front, &other, ALICE, text, a), E_DENIED);
	/* Of another kind, or over. */
	make_app(w, APP_password, SERVICE_imap, 0, plain);
	assert_int_equal(try(w->front, ALICE, plain, SERVICE_imap, a),
	    E_DENIED);
	make_app(w, APP_cram_md5, SERVICE_imap, loop_wall(w->loop) - 1, text);
	assert_int_equal(try(w->front, ALICE, text, SERVICE_imap, a),
	    E_DENIED);
	w->role.config.cram_md5 = false;
	assert_int_equal(try(w->front, ALICE, text, SERVICE_imap, a),
	    E_INVALID);
	arena_free(a);
}

static void
test_digests(void **state)
{
	run(*state, digests);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_digests),
	};

	return cmocka_run_group_tests(tests, world_up, world_down);
}
