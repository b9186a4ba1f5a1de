#include "asks.h"

enum { PATIENCE_MS = 5000, STAGES_TRIED = 300 };

struct peer_held *
peer_of(struct attack *a, enum role_kind kind)
{
	/* the newest: an older one may belong to a process that died */
	for (size_t i = a->npeers; i-- > 0;)
		if (a->peers[i].kind == kind)
			return &a->peers[i];
	bug("no such peer");
}

int
call(struct attack *a, struct ipc *ipc, const struct ipc_call *c,
    const void *ask, union any_answer *answer, int *fd, struct err *err)
{
	*err = (struct err){ 0 };
	return ipc_call(ipc, c, ask, -1, answer, a->memory, fd,
	    loop_now_ms(a->role->loop) + PATIENCE_MS, err);
}

void
refused(struct attack *a, struct ipc *ipc, const struct ipc_call *c,
    const void *ask, const char *what)
{
	union any_answer answer = { 0 };
	struct err err;
	int fd = -1, rc = call(a, ipc, c, ask, &answer, &fd, &err);

	attempt_rc(a, what, rc, &err);
	if (fd >= 0)
		(void)close(fd);
}

static void
every_call(struct attack *a, struct ipc *ipc, const struct ipc_call *calls,
    size_t ncalls, uint32_t authority, const char *from,
    const char *of)
{
	static const union {
		struct fetch_ask fetch;
		struct append_ask append;
		struct secret_put_ask put;
		struct flags_ask flags;
		struct submit_ask submit;
	} zero;
	char what[100];

	for (size_t i = 0; i < ncalls; i++) {
		const struct ipc_call *c = &calls[i];

		if ((c->who & authority) || !c->answer)
			continue;
		(void)snprintf(what, sizeof(what), "%s calls %s of %s", from,
		    c->name, of);
		refused(a, ipc, c, &zero, what);
	}
}

void
every_store_call(struct attack *a, struct ipc *ipc, uint32_t authority,
    const char *from)
{
	every_call(a, ipc, store_calls, STORE_NCALLS, authority, from,
	    "store");
}

void
every_vault_call(struct attack *a, struct ipc *ipc, uint32_t authority,
    const char *from)
{
	every_call(a, ipc, vault_calls, VAULT_NCALLS, authority, from,
	    "vault");
}
void
forbidden_signatures(struct attack *a, struct ipc *vault)
{
	const struct str dkim = STR("from:alice@example.test\r\n"
	    "dkim-signature:v=1; d=example.test; b=");
	const struct {
		const char *what;
		struct tls_sign_ask ask;
	} tries[] = {
		{ "vault signs a DKIM header",
		    { 0, STR("SHA256"), 0, dkim } },
		{ "vault signs nothing at all",
		    { 0, STR("SHA256"), 0, STR("") } },
		{ "vault signs a bare hash",
		    { 0, STR("SHA256"), 0,
			STR("0123456789abcdef0123456789abcdef") } },
		{ "vault signs a client's part of TLS",
		    { 0, STR("SHA256"), 0,
			STR("                                "
			    "                                "
			    "TLS 1.3, client CertificateVerify\0"
			    "0123456789abcdef0123456789abcdef") } },
		{ "vault signs with a key there is not",
		    { 4711, STR("SHA256"), 0,
			STR("                                "
			    "                                "
			    "TLS 1.3, server CertificateVerify\0"
			    "0123456789abcdef0123456789abcdef") } },
	};
	struct certs_ask which = { 0 };
	union any_answer answer = { 0 };
	struct err err;
	uint32_t key = 0;

	if (call(a, vault, &vault_calls[VAULT_certs], &which, &answer, NULL,
		&err) == 0)
		key = answer.certs.key;
	for (size_t i = 0; i < NELEM(tries); i++) {
		struct tls_sign_ask ask = tries[i].ask;

		if (ask.key == 0)
			ask.key = key;
		refused(a, vault, &vault_calls[VAULT_tls_sign], &ask,
		    tries[i].what);
	}
}

struct submit_ask
message_to(uint64_t *handles, size_t n, uint64_t change)
{
	return (struct submit_ask){ .change = change,
		.reverse_path = STR(ALICE),
		.handles = str_make((const char *)handles,
		    n * sizeof(*handles)),
		.octets = STR("\0\0\0\0\2\0\0\0\2\0\0\0\r\n"), .raw_size = 2 };
}

void
forged_mail(struct attack *a, struct ipc *vault, struct str ticket,
    const char *as)
{
	const struct str from = STR("from:Bob <" BOB ">\r\n"),
	    hash = STR("0123456789abcdef0123456789abcdef"),
	    transcript = STR("                                "
		"                                "
		"TLS 1.3, server CertificateVerify\0"
		"0123456789abcdef0123456789abcdef");
	int64_t now = loop_wall(a->role->loop);
	const struct {
		const char *what;
		struct dkim_sign_ask ask;
	} tries[] = {
		{ "vault signs mail of bob's",
		    { ticket, STR(BOB), STR("From:From"), from, hash, now } },
		{ "vault signs mail of nobody's",
		    { ticket, STR(""), STR("From:From"), from, hash, now } },
		{ "vault signs a TLS transcript as mail",
		    { ticket, STR(ALICE), STR("From:From"), transcript, hash,
			now } },
		{ "vault signs with tags of the asker's",
		    { ticket, STR(ALICE), STR("From; d=other.test"), from,
			hash, now } },
	};
	struct dkim_keys_ask keys = { STR("example.test"), 1 };
	char what[100];

	for (size_t i = 0; i < NELEM(tries); i++) {
		(void)snprintf(what, sizeof(what), "%s for %s",
		    tries[i].what, as);
		refused(a, vault, &vault_calls[VAULT_dkim_sign], &tries[i].ask,
		    what);
	}
	refused(a, vault, &vault_calls[VAULT_dkim_keys], &keys,
	    "a domain's keys are asked for");
}

/* mx has what it sends on sealed. It may say what it likes of a message, but
 * what is signed is a set of ARC, and never a field of DKIM. */
void
forged_seals(struct attack *a, struct ipc *vault)
{
	const struct str from = STR("from:Bob <" BOB ">\r\n"),
	    hash = STR("0123456789abcdef0123456789abcdef"),
	    domain = STR("example.test"), names = STR("From:From"),
	    found = STR("mail.example.test; dmarc=pass"),
	    set = STR("arc-authentication-results:i=1; x\r\n");
	int64_t now = loop_wall(a->role->loop);
	const struct {
		const char *what;
		struct arc_seal_ask ask;
	} tries[] = {
		{ "vault seals what goes on into its own field",
		    { domain, 1, ARC_SEES_none, found, names,
			STR("from:x\r\ndkim-signature:v=1; d=example.test; z="),
			hash, STR(""), now } },
		{ "vault seals what is no header",
		    { domain, 1, ARC_SEES_none, found, names,
			STR("dkim-signature:v=1\r\n"), hash, STR(""), now } },
		{ "vault seals with tags of the asker's",
		    { domain, 1, ARC_SEES_none, found, STR("From; z=x"), from,
			hash, STR(""), now } },
		{ "vault seals a field behind its results",
		    { domain, 1, ARC_SEES_none, STR("x\r\nDKIM-Signature: v=1"),
			names, from, hash, STR(""), now } },
		{ "vault seals a line end of its results",
		    { domain, 1, ARC_SEES_none, STR("x\r\n"), names, from,
			hash, STR(""), now } },
		{ "vault seals a chain that ends in its own field",
		    { domain, 2, ARC_SEES_pass, found, names, from, hash,
			str_first(set, set.n - 2), now } },
		{ "vault seals a chain that is none",
		    { domain, 2, ARC_SEES_pass, found, names, from, hash, from,
			now } },
		{ "vault seals a first set behind another",
		    { domain, 1, ARC_SEES_none, found, names, from, hash, set,
			now } },
		{ "vault seals set 51",
		    { domain, 51, ARC_SEES_fail, found, names, from, hash,
			STR(""), now } },
		{ "vault seals what it saw yesterday",
		    { domain, 1, ARC_SEES_none, found, names, from, hash,
			STR(""), now - 2 * 86400 } },
		{ "vault seals for a domain of others",
		    { STR("other.test"), 1, ARC_SEES_none, found, names, from,
			hash, STR(""), now } },
	};

	for (size_t i = 0; i < NELEM(tries); i++)
		refused(a, vault, &vault_calls[VAULT_arc_seal], &tries[i].ask,
		    tries[i].what);
}

void
too_many_stages(struct attack *a, struct ipc *store)
{
	struct stage_ask stage = { .octets = STR("x") };
	union any_answer answer = { 0 };
	struct err err = { 0 };
	int n = 0;

	while (n < STAGES_TRIED && call(a, store, &store_calls[STORE_stage],
		&stage, &answer, NULL, &err) == 0)
		n++;
	attempt(a, "stage without end", n < STAGES_TRIED, err.text);
}
