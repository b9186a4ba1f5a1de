#include "admin/shown_keys.h"

enum { CERTIFICATES_MAX = 64 };	/* as vault has at most */

static int
collect_chains(struct operator *op, struct tls_ctx *ctx, struct err *err)
{
	struct certs_ask ask = { 0 };
	struct certs_answer answer;
	int rc = 0;

	for (; rc == 0 && ask.index < CERTIFICATES_MAX; ask.index++) {
		rc = operator_vault(op, VAULT_certs, &ask, &answer, err);
		if (rc == 0)
			rc = tls_ctx_add(ctx, answer.chain_pem, NULL, err);
	}
	return rc == E_NOTFOUND ? 0 : rc;
}

int
shown_keys(struct operator *op, struct tls_ctx **ctx, struct err *err)
{
	struct tls_lib *lib = tls_lib_new(err);

	if (!lib)
		return err->code;
	*ctx = tls_ctx_new(lib, err);
	tls_lib_unref(lib);	/* a context holds it */
	if (!*ctx)
		return err->code;
	if (collect_chains(op, *ctx, err) == 0)
		return 0;
	tls_ctx_unref(*ctx);
	return err->code;
}
