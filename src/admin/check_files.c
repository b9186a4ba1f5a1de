#include "admin/check_files.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include "conf/data_folder.h"
#include "rt/tls.h"

enum { FILE_OCTETS = 256 * 1024 };

static int
read_file(struct arena *a, const char *what, struct str path, struct str *text,
    struct err *err)
{
	char *room = arena_alloc(a, FILE_OCTETS);
	int fd = open(str_dupz(a, path), O_RDONLY | O_CLOEXEC | O_NOCTTY |
	    O_NONBLOCK);
	ssize_t n = fd < 0 ? -1 : read(fd, room, FILE_OCTETS);

	if (n < 0)
		(void)err_sys(err, E_NOTFOUND, "%s %.*s", what, STR_FMT(path));
	if (fd >= 0)
		(void)close(fd);
	if (n < 0)
		return err->code;
	if (n == 0)
		return err_set(err, E_INVALID, "%s %.*s: it is empty", what,
		    STR_FMT(path));
	*text = str_make(room, (size_t)n);
	return 0;
}

/* Nobody is asked for a pass phrase. */
static int
no_pass_phrase(char *to unused_arg, int size unused_arg, int rw unused_arg,
    void *arg unused_arg)
{
	return -1;
}

static EVP_PKEY *
key_of(struct tls_lib *lib, struct str pem)
{
	BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey_ex(bio, NULL,
	    no_pass_phrase, NULL, tls_lib_ctx(lib), NULL) : NULL;

	BIO_free(bio);
	return key;
}

static X509 *
leaf_of(struct str pem)
{
	BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	X509 *leaf = bio ? PEM_read_bio_X509(bio, NULL, no_pass_phrase, NULL) :
	    NULL;

	BIO_free(bio);
	return leaf;
}

/* As vault will take them, and not out of date. */
static int
check_pair(struct tls_lib *lib, struct tls_ctx *ctx, const struct cert_conf *c,
    struct str chain, struct str key_pem, struct err *err)
{
	EVP_PKEY *key = key_of(lib, key_pem);
	X509 *leaf = leaf_of(chain);
	struct err why = { 0 };

	if (!leaf)
		(void)err_set(err, E_INVALID, "certificate: chain %.*s holds "
		    "no certificate in PEM", STR_FMT(c->chain_path));
	else if (!key)
		(void)err_set(err, E_INVALID, "certificate: key %.*s holds no "
		    "private key (without a pass phrase) in PEM",
		    STR_FMT(c->key_path));
	else if (tls_ctx_add(ctx, chain, key, &why) < 0)
		(void)err_set(err, E_INVALID, "certificate: chain %.*s and "
		    "key %.*s do not go together: %s",
		    STR_FMT(str_first(c->chain_path, 60)),
		    STR_FMT(str_first(c->key_path, 60)), why.text);
	else if (X509_cmp_current_time(X509_get0_notAfter(leaf)) < 0)
		(void)err_set(err, E_INVALID, "certificate: chain %.*s: it "
		    "has expired", STR_FMT(c->chain_path));
	X509_free(leaf);
	EVP_PKEY_free(key);
	return err->code;
}

static int
check_staple(struct arena *a, struct tls_lib *lib, const struct cert_conf *c,
    struct str chain, struct err *err)
{
	struct err why = { 0 };
	struct str der;
	int64_t until;

	if (c->ocsp_path.n == 0)
		return 0;
	if (read_file(a, "certificate: ocsp", c->ocsp_path, &der, err) < 0)
		return err->code;
	if (tls_staple_check(lib, chain, der, &until, &why) < 0)
		return err_set(err, why.code, "certificate: ocsp %.*s: %s",
		    STR_FMT(c->ocsp_path), why.text);
	if (until <= (int64_t)time(NULL))
		return err_set(err, E_INVALID, "certificate: ocsp %.*s: it is "
		    "out of date, fetch a new one", STR_FMT(c->ocsp_path));
	return 0;
}

static int
check_certificates(struct arena *a, const struct config *c, struct err *err)
{
	struct rd r = rd_of(c->certificates);
	struct tls_lib *lib = tls_lib_new(err);
	struct tls_ctx *ctx = lib ? tls_ctx_new(lib, err) : NULL;
	struct cert_conf cert;
	struct str chain, key;
	int rc = ctx ? 0 : err->code;

	while (rc == 0 && rd_left(&r) > 0 &&
	    msg_take(&r, &cert_conf_shape, &cert)) {
		rc = read_file(a, "certificate: chain", cert.chain_path,
		    &chain, err);
		if (rc == 0)
			rc = read_file(a, "certificate: key", cert.key_path,
			    &key, err);
		if (rc == 0)
			rc = check_pair(lib, ctx, &cert, chain, key, err);
		if (rc == 0)
			rc = check_staple(a, lib, &cert, chain, err);
	}
	tls_ctx_unref(ctx);
	tls_lib_unref(lib);
	return rc;
}

static bool
has_word(struct str text, struct str word)
{
	for (size_t i; (i = str_find(text, word)) < text.n;
	    text = str_from(text, i + word.n))
		if (i > 0 && (text.p[i - 1] == ' ' || text.p[i - 1] == '\t') &&
		    i + word.n < text.n && (text.p[i + word.n] == ' ' ||
		    text.p[i + word.n] == '\t'))
			return true;
	return false;
}

/* As run will open or make it; nothing is made here. Whose it is counts only
 * for who could run a server. */
static int
check_data(struct arena *a, const struct config *c, struct err *err)
{
	const char *path = str_dupz(a, c->data);
	struct str parent = str_first(c->data, str_rchr(c->data, '/'));
	struct data_folder f;
	struct err own = { 0 };
	struct stat st;

	if (stat(path, &st) < 0) {
		if (parent.n > 0 && stat(str_dupz(a, parent), &st) < 0)
			return err_set(err, E_NOTFOUND, "data: there is no "
			    "%.*s to make it in", STR_FMT(parent));
		return 0;
	}
	if (!S_ISDIR(st.st_mode))
		return err_set(err, E_INVALID, "data: %.*s is no folder",
		    STR_FMT(c->data));
	if (data_folder_open(path, DATA_FOLDER_MAKE, &f, &own) == 0)
		(void)close(f.fd);
	else if (own.code != E_DENIED || geteuid() == 0)
		return err_set(err, own.code, "data: %s", own.text);
	return 0;
}

int
check_files(struct arena *a, const struct config *c, struct err *err)
{
	struct str anchor;

	if (check_data(a, c, err) < 0)
		return err->code;
	if (c->trust_anchor.n > 0 && read_file(a, "trust-anchor",
	    c->trust_anchor, &anchor, err) < 0)
		return err->code;
	if (c->trust_anchor.n > 0 && !has_word(anchor, STR("DS")) &&
	    !has_word(anchor, STR("DNSKEY")))
		return err_set(err, E_INVALID, "trust-anchor %.*s holds "
		    "neither a DS nor a DNSKEY", STR_FMT(c->trust_anchor));
	return check_certificates(a, c, err);
}
