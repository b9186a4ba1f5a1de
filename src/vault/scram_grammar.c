#include "vault/scram_grammar.h"

#include "base/b64.h"
#include "base/rd.h"

/* printable = %x21-2B / %x2D-7E */
static bool
is_printable(char c)
{
	return c >= 0x21 && c <= 0x7e && c != ',';
}

/* value-char, and "=" with it: any UTF-8 but NUL and ",". */
static bool
is_value(char c)
{
	return c != '\0' && c != ',';
}

/* cb-name = 1*(ALPHA / DIGIT / "." / "-") */
static bool
is_cb_name(char c)
{
	return ascii_is_alnum(c) || c == '.' || c == '-';
}

bool
scram_is_nonce(struct str nonce)
{
	for (size_t i = 0; i < nonce.n; i++)
		if (!is_printable(nonce.p[i]))
			return false;
	return nonce.n > 0 && nonce.n <= SCRAM_NONCE_MAX;
}

bool
scram_name(struct str said, struct arena *a, struct str *name)
{
	char *p = arena_alloc(a, said.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < said.n; i++) {
		struct str rest = str_from(said, i);

		p[n] = said.p[i];
		if (str_starts(rest, STR("=2C")))
			p[n] = ',';
		else if (p[n] == '=' && !str_starts(rest, STR("=3D")))
			return false;
		i += said.p[i] == '=' ? 2 : 0;
		n++;
	}
	*name = str_make(p, n);
	return true;
}

/* saslname = 1*(value-safe-char / "=2C" / "=3D") */
static struct str
take_name(struct rd *r, struct arena *a)
{
	struct str name = STR_NULL;

	if (!scram_name(rd_some(r, is_value), a, &name))
		rd_fail(r);
	return name;
}

/* attr-val *("," attr-val), behind what we know: they are for later. */
static void
skip_extensions(struct rd *r)
{
	while (rd_opt(r, ',')) {
		if (!ascii_is_alpha((char)rd_next(r)))
			rd_fail(r);
		(void)rd_need(r, '=');
		(void)rd_some(r, is_value);
	}
}

static struct str
since(const struct rd *r, const char *from)
{
	return rd_ok(r) ? str_make(from, (size_t)(r->p - from)) : STR_NULL;
}

/* gs2-header = gs2-cbind-flag "," [ authzid ] ","
 * gs2-cbind-flag = ("p=" cb-name) / "n" / "y"
 * client-first-message-bare = [reserved-mext ","] username "," nonce
 *                             ["," extensions] */
bool
scram_read_first(struct str message, struct arena *a,
    struct scram_client_first *out)
{
	struct scram_client_first f = { 0 };
	struct rd r = rd_of(message);
	const char *bare;
	int flag;

	if (message.n > SCRAM_MESSAGE_MAX || !str_is_utf8(message))
		return false;
	flag = rd_next(&r);
	if (flag != SCRAM_NOT_BOUND && flag != SCRAM_CANNOT_BIND &&
	    flag != SCRAM_BOUND)
		return false;
	f.flag = (enum scram_flag)flag;
	if (f.flag == SCRAM_BOUND && rd_need(&r, '='))
		f.binding = rd_some(&r, is_cb_name);
	(void)rd_need(&r, ',');
	if (rd_opt(&r, 'a') && rd_need(&r, '='))
		f.authzid = take_name(&r, a);
	(void)rd_need(&r, ',');
	f.gs2 = since(&r, message.p);
	bare = r.p;
	f.extended = rd_opt(&r, 'm');
	if (f.extended && rd_need(&r, '=')) {
		(void)rd_some(&r, is_value);
		(void)rd_need(&r, ',');
	}
	if (rd_need(&r, 'n') && rd_need(&r, '='))
		f.user = take_name(&r, a);
	if (rd_need(&r, ',') && rd_need(&r, 'r') && rd_need(&r, '='))
		f.nonce = rd_some(&r, is_printable);
	skip_extensions(&r);
	f.bare = since(&r, bare);
	if (!rd_done(&r) || !scram_is_nonce(f.nonce) ||
	    f.user.n > SCRAM_USER_MAX || f.authzid.n > SCRAM_USER_MAX)
		return false;
	*out = f;
	return true;
}

/* client-final-message = channel-binding "," nonce ["," extensions] "," proof
 * The proof is the last, and there is no other attribute of its name. */
bool
scram_read_final(struct str message, struct arena *a,
    struct scram_client_final *out)
{
	struct scram_client_final f = { 0 };
	size_t at = str_rchr(message, ',');
	struct str binding = STR_NULL, proof = str_from(message, at);
	struct rd r;

	if (message.n > SCRAM_MESSAGE_MAX || !str_is_utf8(message) ||
	    !str_starts(proof, STR(",p=")) || at > SCRAM_FINAL_MAX)
		return false;
	f.without_proof = str_first(message, at);
	r = rd_of(f.without_proof);
	if (rd_need(&r, 'c') && rd_need(&r, '='))
		binding = rd_some(&r, is_value);
	if (rd_need(&r, ',') && rd_need(&r, 'r') && rd_need(&r, '='))
		f.nonce = rd_some(&r, is_printable);
	skip_extensions(&r);
	if (!rd_done(&r) || !b64_decode(binding, a, &f.binding) ||
	    !b64_decode(str_from(proof, 3), a, &f.proof) ||
	    f.proof.n > SCRAM_PROOF_MAX)
		return false;
	*out = f;
	return true;
}

void
scram_put_first(struct buf *b, struct str nonce, struct str salt,
    uint32_t count)
{
	buf_printf(b, "r=%.*s,s=", STR_FMT(nonce));
	b64_put(b, salt);
	buf_printf(b, ",i=%u", count);
}
