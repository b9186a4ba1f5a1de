/*
 * role_ldap.c - passwords that a directory elsewhere proves (LDAP): those of
 * accounts that store has marked so.
 *
 * It is asked about one entry and one password at a time, over a connection of
 * its own, and what it answers is believed of these and of nobody else. Where
 * it does not answer nobody is wrong: they are told to come again.
 *
 * Who does not come in learns nothing of whom there is. So where there is a
 * directory it is asked about each password that is wrong, also of people whom
 * it does not know, and of nobody (as who is nobody, without the password): all
 * are told the same when it is away, and at moments that are the same for all.
 */
#include <sodium.h>

#include "ldap/messages.h"
#include "vault/role_attempt.h"

/* Later than an answer comes, if nothing is wrong. */
enum { WRONG_MS = 500 };

static bool
ldap_settings(const struct vault_state *v, struct ldap_conf *c)
{
	return v->role->config.ldap.n > 0 &&
	    msg_whole(v->role->config.ldap, &ldap_conf_shape, c);
}

/* LDAP_AWAY: err says why. */
static enum ldap_proof
ask_ldap(struct work *c, const struct ldap_prove_ask *ask, struct err *err)
{
	struct vault_state *v = c->client->v;
	struct ldap_prove_answer answer = { .proof = LDAP_AWAY };
	struct ldap_conf conf;
	int rc;

	if (!ldap_settings(v, &conf)) {
		(void)err_set(err, E_PEER, "LDAP is not configured");
		return LDAP_AWAY;
	}
	rc = reconnect_call(&v->ldap, &ldap_calls[LDAP_CALL_ldap_prove], ask,
	    &answer, c->a, NULL, c->until_ms, err);
	if (rc == 0 && (answer.proof == LDAP_YES || answer.proof == LDAP_NO))
		return answer.proof;
	(void)err_set(err, E_PEER, "the LDAP server does not answer: %.*s",
	    STR_FMT(rc < 0 ? str_c(err->text) : answer.why));
	return LDAP_AWAY;
}

void
vault_ldap_credential(struct work *c, const struct credential_answer *row,
    struct credential *out)
{
	/* Which entry it is, is what tickets hang on; there are no keys that
	 * SCRAM could prove, and nobody sees that. */
	*out = (struct credential){ .hash = arena_printf(c->a, "ldap %ju %.*s",
	    (uintmax_t)row->account, STR_FMT(row->dn)) };
	scram_salt_of(&c->client->v->seal, str_lower(c->a, row->address),
	    out->scram.salt);
	out->scram.count = SCRAM_COUNT;
}

int
attempt_prove_ldap(struct attempt *t, struct work *c, struct err *err)
{
	struct vault_state *v = t->v;
	const struct ldap_prove_ask ask = { t->row.dn, t->ask->password };
	struct ldap_conf conf;
	enum ldap_proof proof = LDAP_NO;
	int rc;

	/* RFC 4513 5.1.2: a server says yes to an empty one. */
	if (ask.password.n > 0)
		proof = ask_ldap(c, &ask, err);
	t->ldap_asked = ask.password.n > 0;
	if (proof == LDAP_AWAY)
		return E_PEER;
	rc = attempt_check_limits(t, err);
	if (rc < 0)
		return rc;
	if (proof == LDAP_NO)
		return attempt_wrong(t, proof_guess(&t->proof), err);
	if (ldap_settings(v, &conf) && conf.remember_s > 0)
		auth_cache_add_for(v->auth_cache, &t->proof,
		    loop_now_ms(v->loop), (int64_t)conf.remember_s * 1000);
	return 0;
}

int
attempt_even_out(const struct attempt *t, struct work *c, int64_t began_ms,
    int rc, struct err *err)
{
	struct vault_state *v = t->v;
	const struct ldap_prove_ask nobody = { 0 };
	int64_t took;
	struct ldap_conf conf;
	struct err why = { 0 };

	if ((rc != E_DENIED && rc != E_PEER) || !ldap_settings(v, &conf))
		return rc;
	if (rc == E_DENIED && !t->ldap_asked &&
	    ask_ldap(c, &nobody, &why) == LDAP_AWAY) {
		*err = why;
		rc = E_PEER;
	}
	took = loop_now_ms(v->loop) - began_ms;
	(void)fiber_sleep(v->loop, began_ms + (took / WRONG_MS + 1) *
	    WRONG_MS);
	return rc;
}
