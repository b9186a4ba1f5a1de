/*
 * role_elsewhere.c - passwords that are not here: somebody else is asked, and
 * what he answers is believed of this one password and of nobody else. Where he
 * does not answer nobody is wrong: they are told to come again.
 *
 * Who does not come in learns nothing of whom there is. So where there is
 * somebody who knows he is asked about each password that is wrong, also of
 * people whom he does not know, and of nobody (as who is nobody, without the
 * password): all are told the same when he is away, and at moments that are the
 * same for all.
 */
#include <sodium.h>

#include "vault/role_attempt.h"

static const struct prover *const provers[ELSEWHERE_N] = {
	[ELSEWHERE_LDAP] = &ldap_prover,
	[ELSEWHERE_PAM] = &pam_prover,
};

/* ELSEWHERE_N: the password is here. */
static enum elsewhere
where_is(const struct credential_answer *row)
{
	enum elsewhere i = 0;

	while (i < ELSEWHERE_N && provers[i]->who(row).n == 0)
		i++;
	return i;
}

bool
attempt_is_elsewhere(const struct credential_answer *row)
{
	return where_is(row) < ELSEWHERE_N;
}

void
vault_credential_elsewhere(struct work *c,
    const struct credential_answer *row, struct credential *out)
{
	static const char *const names[ELSEWHERE_N] = {
		[ELSEWHERE_LDAP] = "ldap", [ELSEWHERE_PAM] = "pam" };
	enum elsewhere i = where_is(row);

	/* Who it is there is what tickets hang on; there are no keys that
	 * SCRAM could prove, and nobody sees that. */
	*out = (struct credential){ .hash = arena_printf(c->a, "%s %ju %.*s",
	    names[i], (uintmax_t)row->account,
	    STR_FMT(provers[i]->who(row))) };
	scram_salt_of(&c->client->v->seal, str_lower(c->a, row->address),
	    out->scram.salt);
	out->scram.count = SCRAM_COUNT;
}

int
attempt_prove_elsewhere(struct attempt *t, struct work *c, struct err *err)
{
	struct vault_state *v = t->v;
	enum elsewhere i = where_is(&t->row);
	const struct prover *p = provers[i];
	enum proven proven = PROVEN_NO;
	uint32_t remember_s;
	int rc;

	if (p->takes(t->ask->password)) {
		t->asked |= 1U << i;
		proven = p->ask(c, p->who(&t->row), t->ask->password,
		    t->ask->peer, err);
	}
	if (proven == PROVEN_AWAY)
		return E_PEER;
	rc = attempt_check_limits(t, err);
	if (rc < 0)
		return rc;
	if (proven != PROVEN_YES)
		return attempt_wrong(t, proof_guess(&t->proof), err);
	if (p->is_there(v, &remember_s) && remember_s > 0)
		auth_cache_add_for(v->auth_cache, &t->proof,
		    loop_now_ms(v->loop), (int64_t)remember_s * 1000);
	return 0;
}

int
attempt_even_out(const struct attempt *t, struct work *c, int64_t began_ms,
    int rc, struct err *err)
{
	struct vault_state *v = t->v;
	int64_t wrong_ms = 0, took;
	struct err why = { 0 };
	uint32_t unused;

	if (rc != E_DENIED && rc != E_PEER)
		return rc;
	for (enum elsewhere i = 0; i < ELSEWHERE_N; i++) {
		if (!provers[i]->is_there(v, &unused))
			continue;
		if (wrong_ms < provers[i]->wrong_ms)
			wrong_ms = provers[i]->wrong_ms;
		if (rc != E_DENIED || (t->asked & 1U << i) ||
		    provers[i]->ask(c, STR_NULL, STR_NULL, t->ask->peer,
			&why) != PROVEN_AWAY)
			continue;
		*err = why;
		rc = E_PEER;
	}
	if (wrong_ms == 0)
		return rc;
	took = loop_now_ms(v->loop) - began_ms;
	(void)fiber_sleep(v->loop, began_ms + (took / wrong_ms + 1) *
	    wrong_ms);
	return rc;
}
