/*
 * role_ldap.c - passwords that a directory elsewhere proves (LDAP): those of
 * accounts that store has marked so.
 *
 * It is asked about one entry and one password at a time, over a connection of
 * its own.
 */
#include "ldap/messages.h"
#include "vault/role_attempt.h"

static bool
ldap_settings(const struct vault_state *v, uint32_t *remember_s)
{
	struct ldap_conf c;

	if (v->role->config.ldap.n == 0 ||
	    !msg_whole(v->role->config.ldap, &ldap_conf_shape, &c))
		return false;
	*remember_s = c.remember_s;
	return true;
}

static struct str
ldap_entry(const struct credential_answer *row)
{
	return row->by_pam ? STR_NULL : row->elsewhere;
}

/* RFC 4513 5.1.2: a server says yes to an empty one. */
static bool
ldap_takes(struct str password)
{
	return password.n > 0;
}

static enum proven
ask_ldap(struct work *c, struct str dn, struct str password,
    struct str peer unused_arg, struct err *err)
{
	struct vault_state *v = c->client->v;
	const struct ldap_prove_ask ask = { dn, password };
	struct ldap_prove_answer answer = { .proof = LDAP_AWAY };
	uint32_t unused;
	int rc;

	if (!ldap_settings(v, &unused)) {
		(void)err_set(err, E_PEER, "LDAP is not configured");
		return PROVEN_AWAY;
	}
	rc = reconnect_call(&v->ldap, &ldap_calls[LDAP_CALL_ldap_prove], &ask,
	    &answer, c->a, NULL, c->until_ms, err);
	if (rc == 0 && answer.proof == LDAP_YES)
		return PROVEN_YES;
	if (rc == 0 && answer.proof == LDAP_NO)
		return PROVEN_NO;
	(void)err_set(err, E_PEER, "the LDAP server does not answer: %.*s",
	    STR_FMT(rc < 0 ? str_c(err->text) : answer.why));
	return PROVEN_AWAY;
}

/* Later than an answer comes, if nothing is wrong. */
const struct prover ldap_prover = { ldap_settings, ldap_entry, ldap_takes,
	ask_ldap, .wrong_ms = 500 };
