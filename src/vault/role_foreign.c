/*
 * role_foreign.c - a hash that another server made becomes one of ours, now
 * that its password is known.
 */
#include <sodium.h>

#include "vault/role_attempt.h"

struct taking_over {
	struct str password;
	const uint8_t *salt;
	struct buf record;
	bool made;
};

static void
make_work(void *arg)
{
	struct taking_over *o = arg;
	struct err err;

	o->made = credential_make(o->password, o->salt, &o->record, &err) == 0;
}

/* In the place of what was there, and of nothing else. */
static void
put_ours(struct attempt *t, struct work *c, struct str record)
{
	struct vault_state *v = t->v;
	auto_buf sealed = BUF_INIT(CREDENTIAL_MAX + SEAL_OVERHEAD);
	struct keys_renew_ask put = { vault_change(v), t->row.account, 0,
		STR_NULL, t->row.sealed };
	uint8_t nonce[SEAL_NONCE_LEN];
	struct done done;
	struct err err;

	loop_random(v->loop, nonce, sizeof(nonce));
	seal_put(&v->seal, credential_what(c->a, t->row.address), nonce,
	    record, &sealed);
	put.sealed = buf_get(&sealed);
	(void)reconnect_call(&v->store, &store_calls[STORE_keys_renew], &put,
	    &done, c->a, NULL, c->until_ms, &err);
}

int
attempt_take_over(struct attempt *t, struct work *c, struct err *err)
{
	struct vault_state *v = t->v;
	struct taking_over o = { .password = t->ask->password,
		.salt = t->credential.scram.salt,
		.record = BUF_INIT(CREDENTIAL_MAX) };
	struct str before = t->row.sealed;
	int rc;

	if (rt_work(v->hashers, make_work, &o) == 0 && o.made)
		put_ours(t, c, buf_get(&o.record));
	if (o.record.p)
		sodium_memzero(o.record.p, o.record.n);
	buf_free(&o.record);
	if (!o.made)
		return 0;
	rc = attempt_look_up(t, c, err);
	if (rc < 0 || str_eq(t->row.sealed, before))
		return rc;
	t->proof = proof_of(v->auth_cache, t->row.account ?
	    t->credential.hash : t->row.address, t->ask->password);
	return 1;
}
