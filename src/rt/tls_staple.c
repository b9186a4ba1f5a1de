/*
 * tls_staple.c - what an authority says of a certificate, in a file (OCSP),
 * which a server shows with it.                           RFC 6960, 6066 8
 */
#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <time.h>

#include "rt/tls_int.h"

/* Reading one ---------------------------------------------------------- */

struct reading {
	X509 *leaf;
	X509 *issuer;		/* one of rest */
	STACK_OF(X509) *rest;
	OCSP_RESPONSE *all;
	OCSP_BASICRESP *basic;
};

static void
reading_end(struct reading *r)
{
	OCSP_BASICRESP_free(r->basic);
	OCSP_RESPONSE_free(r->all);
	sk_X509_pop_free(r->rest, X509_free);
	X509_free(r->leaf);
	ERR_clear_error();
}

static bool
find_issuer(struct reading *r)
{
	for (int i = 0; i < sk_X509_num(r->rest); i++)
		if (X509_check_issued(sk_X509_value(r->rest, i), r->leaf) ==
		    X509_V_OK)
			r->issuer = sk_X509_value(r->rest, i);
	return r->issuer != NULL;
}

static bool
decode(struct reading *r, struct str der)
{
	const unsigned char *p = (const unsigned char *)der.p;

	r->all = d2i_OCSP_RESPONSE(NULL, &p, (long)der.n);
	return r->all && p == (const unsigned char *)der.p + der.n;
}

/* By who issued the certificate, or whom they let sign this.  RFC 6960 4.2.2.2
 */
static bool
is_signed(const struct reading *r)
{
	X509_STORE *trusted = X509_STORE_new();
	bool good = trusted && X509_STORE_add_cert(trusted, r->issuer) &&
	    X509_STORE_set_flags(trusted, X509_V_FLAG_PARTIAL_CHAIN) &&
	    OCSP_basic_verify(r->basic, r->rest, trusted, 0) == 1;

	X509_STORE_free(trusted);
	return good;
}

/* An authority names a certificate by hashes of its choice. */
static bool
is_about(const struct reading *r, OCSP_SINGLERESP *one)
{
	/* To be asked what is in it, it may not be const. */
	OCSP_CERTID *named = OCSP_CERTID_dup(OCSP_SINGLERESP_get0_id(one));
	OCSP_CERTID *id;
	ASN1_OBJECT *by = NULL;
	const EVP_MD *hash = NULL;
	bool same;

	bug_if(!named);
	if (OCSP_id_get0_info(NULL, &by, NULL, NULL, named))
		hash = EVP_get_digestbyobj(by);
	id = hash ? OCSP_cert_to_id(hash, r->leaf, r->issuer) : NULL;
	same = id && OCSP_id_cmp(id, named) == 0;
	OCSP_CERTID_free(id);
	OCSP_CERTID_free(named);
	return same;
}

static OCSP_SINGLERESP *
find_answer(const struct reading *r)
{
	for (int i = 0; i < OCSP_resp_count(r->basic); i++)
		if (is_about(r, OCSP_resp_get0(r->basic, i)))
			return OCSP_resp_get0(r->basic, i);
	return NULL;
}

static int64_t
seconds_of(const ASN1_GENERALIZEDTIME *t)
{
	struct tm tm;

	return t && ASN1_TIME_to_tm(t, &tm) ? (int64_t)timegm(&tm) : 0;
}

static int
read_answer(struct reading *r, int64_t *until, struct err *err)
{
	ASN1_GENERALIZEDTIME *next = NULL;
	OCSP_SINGLERESP *one = find_answer(r);
	int status;

	if (!one)
		return err_set(err, E_INVALID, "it is about another "
		    "certificate");
	status = OCSP_single_get0_status(one, NULL, NULL, NULL, &next);
	if (status != V_OCSP_CERTSTATUS_GOOD)
		return err_set(err, E_INVALID, "it says that the certificate "
		    "is %s", OCSP_cert_status_str(status));
	*until = seconds_of(next);
	return *until > 0 ? 0 : err_set(err, E_INVALID, "it does not say "
	    "until when it holds");
}

int
tls_staple_check(struct tls_lib *lib, struct str chain_pem, struct str der,
    int64_t *until, struct err *err)
{
	struct reading r = { .rest = sk_X509_new_null() };
	int rc;

	bug_if(!r.rest);
	ERR_clear_error();
	if (!tls_read_chain(lib, chain_pem, &r.leaf, r.rest) ||
	    !find_issuer(&r))
		rc = err_set(err, E_INVALID, "the chain does not hold who "
		    "issued the certificate");
	else if (!decode(&r, der))
		rc = err_set(err, E_INVALID, "it is no OCSP response in DER");
	else if (OCSP_response_status(r.all) !=
	    OCSP_RESPONSE_STATUS_SUCCESSFUL)
		rc = err_set(err, E_INVALID, "no answer: %s",
		    OCSP_response_status_str(OCSP_response_status(r.all)));
	else if (!(r.basic = OCSP_response_get1_basic(r.all)) ||
	    !is_signed(&r))
		rc = err_set(err, E_INVALID, "it is not signed by who issued "
		    "the certificate");
	else
		rc = read_answer(&r, until, err);
	reading_end(&r);
	return rc;
}

/* Showing it ----------------------------------------------------------- */

struct tls_staple {
	struct tls_staple *next;
	X509 *leaf;
	int64_t until;
	size_t n;
	unsigned char der[];
};

void
tls_staple_add(struct tls_staple **list, X509 *leaf, struct str der,
    int64_t until)
{
	struct tls_staple *s = malloc(sizeof(*s) + der.n);

	bug_if(!s);
	*s = (struct tls_staple){ *list, leaf, until, der.n };
	memcpy(s->der, der.p, der.n);
	X509_up_ref(leaf);
	*list = s;
}

void
tls_staple_free(struct tls_staple *s)
{
	while (s) {
		struct tls_staple *next = s->next;

		X509_free(s->leaf);
		free(s);
		s = next;
	}
}

/* One that is out of date would be worse than none. */
static const struct tls_staple *
find_staple(const struct tls_staple *s, const X509 *shown)
{
	while (s && X509_cmp(s->leaf, shown) != 0)
		s = s->next;
	return s && s->until > (int64_t)time(NULL) ? s : NULL;
}

/* A client has asked for it; which certificate it is shown is settled. */
int
tls_staple_show(SSL *ssl, void *arg)
{
	struct tls_staple *const *list = arg;
	const X509 *shown = SSL_get_certificate(ssl);
	const struct tls_staple *s = shown ? find_staple(*list, shown) : NULL;
	unsigned char *copy = s ? OPENSSL_memdup(s->der, s->n) : NULL;

	if (!copy)
		return SSL_TLSEXT_ERR_NOACK;
	SSL_set_tlsext_status_ocsp_resp(ssl, copy, (long)s->n); /* owns it */
	return SSL_TLSEXT_ERR_OK;
}
