/*
 * external.c - certificates: what a captured front makes of the public key of
 * one, which is carol's (tests/test_redteam.py), of a handshake that vault
 * signs for it, and of no signature of hers.
 */
#include <openssl/evp.h>

#include "asks.h"
#include "base/b64.h"
#include "vault/tls_proof.h"

/* RFC 8037 A.2, as a SubjectPublicKeyInfo. */
#define KEY "\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00" \
	"\xd7\x5a\x98\x01\x82\xb1\x0a\xb7\xd5\x4b\xfe\xd3\xc9\x64\x07\x3a" \
	"\x0e\xe1\x72\xf3\xda\xa6\x23\x25\xaf\x02\x1a\x68\xf7\x07\x51\x1a"
#define RANDOM "0123456789abcdef0123456789abcdef"

static struct str
leaf_of(struct arena *mem, struct str chain_pem)
{
	const struct str end = STR("-----END");
	size_t at = str_find(chain_pem, STR("\n"));
	struct str body = str_from(chain_pem, at + 1), der = STR_NULL;
	auto_buf b = BUF_INIT(1 << 16);

	body = str_first(body, str_find(body, end));
	for (size_t i = 0; i < body.n; i++)
		if (body.p[i] != '\n' && body.p[i] != '\r')
			buf_chr(&b, body.p[i]);
	return b64_decode(buf_get(&b), mem, &der) ? der : STR_NULL;
}

static void
put_message(struct buf *b, char type, struct str body)
{
	buf_chr(b, type);
	buf_chr(b, 0);
	buf_chr(b, (char)(body.n >> 8));
	buf_chr(b, (char)body.n);
	buf_str(b, body);
}

/* A handshake in which our certificate was shown, and this signature. */
static void
put_handshake(struct arena *mem, struct str leaf, struct str signature,
    struct buf *b)
{
	auto_buf shown = BUF_INIT(1 << 16), verify = BUF_INIT(1 << 11);
	size_t n = leaf.n;
	const char lengths[] = { 0, 0, (char)((n + 5) >> 8), (char)(n + 5), 0,
		(char)(n >> 8), (char)n };

	put_message(b, 1, STR("\3\3" RANDOM));
	put_message(b, 2, STR("\3\3" RANDOM "\0\x13\1\0"));
	buf_put(&shown, lengths, sizeof(lengths));
	buf_str(&shown, leaf);
	buf_put(&shown, "\0\0", 2);
	put_message(b, 11, str_dup(mem, buf_get(&shown)));
	buf_put(&verify, "\4\3", 2);
	buf_chr(&verify, (char)(signature.n >> 8));
	buf_chr(&verify, (char)signature.n);
	buf_str(&verify, signature);
	put_message(b, 15, str_dup(mem, buf_get(&verify)));
	put_message(b, 20, STR(RANDOM));
}

static void
claim(struct attack *a, struct ipc *vault, struct external_ask ask,
    const char *what)
{
	static const char key[] = KEY;
	uint8_t hash[32];
	size_t n = 0;

	if (EVP_Q_digest(NULL, "SHA256", NULL, key, sizeof(key) - 1, hash,
	    &n) != 1)
		return;
	ask.key = str_make((const char *)hash, n);
	ask.service = SERVICE_imap;
	refused(a, vault, &vault_calls[VAULT_external], &ask, what);
}

/* What vault has to sign for such a handshake. */
static bool
read_octets(struct arena *mem, struct tls_proof *p, struct str leaf,
    struct str *octets)
{
	auto_buf said = BUF_INIT(1 << 16);
	struct tls_proof_parts parts;

	put_handshake(mem, leaf, STR(RANDOM), &said);
	p->said = str_dup(mem, buf_get(&said));
	if (!tls_proof_read(NULL, p, mem, &parts))
		return false;
	*octets = str_dup(mem, parts.ours);
	return true;
}

void
certificates_of_its_own(struct attack *a, struct ipc *vault)
{
	struct arena *mem = arena_new(1 << 18);
	auto_buf said = BUF_INIT(1 << 16);
	struct certs_ask certs = { 0 };
	union any_answer answer = { 0 };
	struct tls_proof p = { .version = 0x0304, .scheme = 0x0807,
		.signature = STR(RANDOM RANDOM) };
	struct tls_sign_ask sign = { .digest = STR("SHA256") };
	struct external_ask ask = { .user = STR("carol@example.test"),
		.peer = STR("192.0.2.20"), .version = p.version,
		.scheme = p.scheme, .signature = p.signature };
	struct err err = { 0 };
	struct str leaf, signature;

	claim(a, vault, ask, "carol's public key opens her account");
	if (call(a, vault, &vault_calls[VAULT_certs], &certs, &answer, NULL,
	    &err) < 0) {
		attempt(a, "front is told certificates (else nothing is "
		    "shown)", false, err.text);
		return;
	}
	leaf = leaf_of(mem, answer.certs.chain_pem);
	sign.key = answer.certs.key;
	if (!read_octets(mem, &p, leaf, &sign.octets)) {
		attempt(a, "the handshake is one (else nothing is shown)",
		    false, "it is not");
		return;
	}
	ask.said = p.said;
	claim(a, vault, ask, "carol's public key in a handshake that vault "
	    "has not signed for");
	if (call(a, vault, &vault_calls[VAULT_tls_sign], &sign, &answer, NULL,
	    &err) < 0) {
		attempt(a, "vault signs it (else nothing is shown)", false,
		    err.text);
		return;
	}
	signature = str_dup(mem, answer.sign.signature);
	claim(a, vault, ask, "carol's public key in a handshake that vault "
	    "has signed for, with another signature");
	put_handshake(mem, leaf, signature, &said);
	ask.said = buf_get(&said);
	claim(a, vault, ask, "carol's public key in a handshake that vault "
	    "has signed for");
	arena_free(mem);
}
