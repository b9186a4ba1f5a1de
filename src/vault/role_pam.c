/*
 * role_pam.c - passwords that PAM of this machine proves: those of accounts
 * that store has marked so.
 */
#include "pam/messages.h"
#include "vault/role_attempt.h"

_Static_assert((int)PAM_USER_MAX == (int)PAM_NAME_MAX,
    "whom store names can be asked about");

static bool
pam_settings(const struct vault_state *v, uint32_t *remember_s)
{
	struct pam_conf c;

	if (v->role->config.pam.n == 0 ||
	    !msg_whole(v->role->config.pam, &pam_conf_shape, &c))
		return false;
	*remember_s = c.remember_s;
	return true;
}

static struct str
pam_user(const struct credential_answer *row)
{
	return row->by_pam ? row->elsewhere : STR_NULL;
}

/* An empty one is some modules' yes; libpam's end at a NUL. */
static bool
pam_takes(struct str password)
{
	return password.n > 0 && password.n <= PAM_PASSWORD_MAX &&
	    str_chr(password, '\0') == password.n;
}

static enum proven
ask_pam(struct work *c, struct str user, struct str password, struct str peer,
    struct err *err)
{
	struct vault_state *v = c->client->v;
	const struct pam_prove_ask ask = { user, password,
		str_first(peer, 64), 0 };
	struct pam_prove_answer answer = { .proof = PAM_AWAY };
	uint32_t unused;
	int rc;

	if (!pam_settings(v, &unused)) {
		(void)err_set(err, E_PEER, "PAM is not configured");
		return PROVEN_AWAY;
	}
	rc = reconnect_call(&v->pam, &pam_calls[PAM_CALL_pam_prove], &ask,
	    &answer, c->a, NULL, c->until_ms, err);
	if (rc == 0 && answer.proof == PAM_YES)
		return PROVEN_YES;
	if (rc == 0 && answer.proof == PAM_NO)
		return PROVEN_NO;
	if (rc == 0)	/* the role's log says why */
		(void)err_set(err, E_PEER, "PAM does not answer");
	else
		err->code = E_PEER;
	return PROVEN_AWAY;
}

/* PAM itself would wait so long, about. */
const struct prover pam_prover = { pam_settings, pam_user, pam_takes, ask_pam,
	.wrong_ms = 2000 };
