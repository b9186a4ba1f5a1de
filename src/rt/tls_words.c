/*
 * tls_words.c - what a certificate says of itself, for people to read. Nothing
 * is decided by it.
 */
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/buf.h"
#include "rt/stream.h"
#include "rt/tls_int.h"

enum { NAMES_SHOWN = 10, NAME_SHOWN = 100 };

/* What would be read as something else is a dot. */
static void
put_octets(struct buf *b, const unsigned char *p, int n)
{
	for (int i = 0; i < n && i < NAME_SHOWN; i++)
		buf_chr(b, p[i] > ' ' && p[i] < 0x7f && p[i] != ',' ?
		    (char)p[i] : p[i] == ' ' ? ' ' : '.');
}

static void
put_names(struct buf *b, X509 *x)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL,
	    NULL);
	int n = names ? sk_GENERAL_NAME_num(names) : 0, shown = 0, all = 0;

	for (int i = 0; i < n; i++) {
		const GENERAL_NAME *g = sk_GENERAL_NAME_value(names, i);

		if (g->type != GEN_DNS || all++ >= NAMES_SHOWN)
			continue;
		buf_str(b, shown++ > 0 ? STR(", ") : STR("of "));
		put_octets(b, ASN1_STRING_get0_data(g->d.dNSName),
		    ASN1_STRING_length(g->d.dNSName));
	}
	if (all > shown)
		buf_printf(b, " and %d more", all - shown);
	if (all == 0)
		buf_lit(b, "of no name");
	GENERAL_NAMES_free(names);
}

static void
put_name_of(struct buf *b, const X509_NAME *name, int nid)
{
	int i = X509_NAME_get_index_by_NID(name, nid, -1);
	const ASN1_STRING *s = i < 0 ? NULL :
	    X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, i));

	if (s)
		put_octets(b, ASN1_STRING_get0_data(s),
		    ASN1_STRING_length(s));
	else
		buf_lit(b, "nobody");
}

static void
put_until(struct buf *b, X509 *x)
{
	struct tm tm;

	if (ASN1_TIME_to_tm(X509_get0_notAfter(x), &tm) == 1)
		buf_printf(b, ", good until %04d-%02d-%02d",
		    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}

void
tls_put_words(struct tls_lib *lib, X509 *x, struct buf *words)
{
	char key[TLS_KEY_HEX + 1];
	X509_NAME *issuer = X509_get_issuer_name(x);

	put_names(words, x);
	if (X509_NAME_cmp(issuer, X509_get_subject_name(x)) == 0) {
		buf_lit(words, ", issued by itself");
	} else {
		buf_lit(words, ", issued by ");
		put_name_of(words, issuer, NID_commonName);
	}
	put_until(words, x);
	if (tls_key_hex(lib, x, key))
		buf_printf(words, ", key %s", key);
	ERR_clear_error();
}
