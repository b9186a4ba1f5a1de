/*
 * tls.h - what a server shows when TLS begins: certificates and keys by name.
 *
 * The private key is a handle (EVP_PKEY) whose signing may suspend the fiber
 * (see vault/remote_key.h). A context is immutable once streams use it; a
 * reload makes a new one, and streams keep the one they began with.
 */
#pragma once
#include <openssl/evp.h>
#include <openssl/provider.h>

#include "base/err.h"
#include "base/str.h"
#include "rt/stream.h"

/*
 * OpenSSL as one role uses it: a library context of its own (no openssl.cnf,
 * nothing global) with the default provider in it. It lives as long as
 * anything made from it: contexts and their streams hold it.
 */
struct tls_lib;

/* Opens no file. Call it before the sandbox closes: it makes OpenSSL ready. */
struct tls_lib *tls_lib_new(struct err *err);
struct tls_lib *tls_lib_ref(struct tls_lib *lib);
void tls_lib_unref(struct tls_lib *lib); /* NULL is fine */
OSSL_LIB_CTX *tls_lib_ctx(struct tls_lib *lib);
/* Load a provider of ours into it, until the end of lib. */
int tls_lib_provide(struct tls_lib *lib, const char *name,
    OSSL_provider_init_fn *init, struct err *err);

/* Sessions are resumed under these: TLS_TICKET_KEYS of them, random, the newest
 * first. All workers of a role get the same from master, who changes them (see
 * role.h); until then they are lib's own. */
enum { TLS_TICKET_KEY_LEN = 80, TLS_TICKET_KEYS = 2 };
void tls_lib_tickets(struct tls_lib *lib, struct str keys);

/* "what: OpenSSL's reasons", and its error queue empty again. Returns code. */
int tls_err(struct err *err, int code, const char *what);
/* A bug unless the queue is empty: for loop_on_switch(). Fibers share it. */
void tls_no_errors(void);

struct tls_ctx;

struct tls_ctx *tls_ctx_new(struct tls_lib *lib, struct err *err);
/* Certificate chain as PEM, leaf first. The first one added answers names
 * that no certificate covers. Another with the very same names but another
 * kind of key stands beside it: each client gets the one it can use. The key
 * is referenced, not copied; NULL where nobody is to be served, but
 * tls_ctx_shown() asked. */
int tls_ctx_add(struct tls_ctx *ctx, struct str chain_pem, EVP_PKEY *key,
    struct err *err);
/* What the authority says of the certificate that was added last (an OCSP
 * response in DER; copied): shown to clients that ask for it, before `until`.
 * check: is it one, about the certificate of this chain, good, and signed by
 * who issued that? E_INVALID, with the reason. It may be out of date. */
int tls_staple_check(struct tls_lib *lib, struct str chain_pem, struct str der,
    int64_t *until, struct err *err);
void tls_ctx_staple(struct tls_ctx *ctx, struct str der, int64_t until);
/* Which keys are shown to who asks for this host, and does a certificate name
 * it (else the first ones answer)? Of each the SHA-256, as of
 * transport_tls_key(). How many there are: one for each kind of key. */
enum { TLS_SHOWN_MAX = 4 };
size_t tls_ctx_shown(const struct tls_ctx *ctx, const char *name,
    bool *covered, char (*hex)[TLS_KEY_HEX + 1]);
/* What is spoken inside, the best first, a space between: for clients that name
 * what they speak. Who names others only is refused (RFC 7301 3.2). The text
 * outlives ctx. Behind the last tls_ctx_add(). */
void tls_ctx_alpn(struct tls_ctx *ctx, struct str protocols);
/* Ask clients for a certificate, and take any whose key they have, or none: who
 * shows which is in stream_tls_shown(). Who has shown one gets no ticket, so
 * each of their sessions has a proof of its own. Behind the last tls_ctx_add().
 */
void tls_ctx_ask_clients(struct tls_ctx *ctx);
struct tls_ctx *tls_ctx_ref(struct tls_ctx *ctx);
void tls_ctx_unref(struct tls_ctx *ctx); /* NULL is fine */

/* For stream.c: TLS is a transport over another one, which it owns and closes
 * (a close_notify goes out if it can at once). The handshake is stepped on a
 * fiber (signing may suspend it): 0 when done, E_AGAIN to be called again
 * when inner is ready, E_CLOSED, E_TLS. Until it is done neither read nor
 * write may be called. A peer that closes without close_notify reads as the
 * end: every protocol above has an end of its own. Never NULL. */
struct transport;
struct buf;
struct tls_facts;
struct tls_client;
struct tls_dane;
struct transport *transport_tls(struct transport *inner, struct tls_ctx *ctx);
/* Octets of its beginning that somebody has read already; copied. */
void transport_tls_early(struct transport *tls, struct str octets);
struct transport *transport_tls_client(struct transport *inner,
    struct tls_client *c, struct str name, const struct tls_dane *dane);
int transport_tls_step(struct transport *tls, struct err *err);
/* Of any transport: on is false if it is none of these, or not yet. The strs
 * are good while it is. */
void transport_tls_facts(const struct transport *tls, struct tls_facts *f);
bool transport_tls_is_for(const struct transport *tls, struct str host);
bool transport_tls_key(const struct transport *tls, char *hex);
struct tls_shown;
bool transport_tls_shown(const struct transport *tls, struct tls_shown *out);
void transport_tls_forget_shown(struct transport *tls);
void transport_tls_words(const struct transport *tls, struct buf *words);
bool transport_tls_binding(const struct transport *tls, enum tls_binding kind,
    uint8_t *octets, size_t *n);

/* What a client asks of servers. With verify a handshake fails unless the
 * chain leads to a trusted root and the certificate names the host; without
 * it goes on with anybody, and the facts say whether it would have held.
 * With DANE its records are what is verified, and nothing else is.
 * TLS 1.2 at least. */
struct tls_client;
struct tls_client *tls_client_new(struct tls_lib *lib, bool verify,
    struct err *err);
/* Trust these, PEM, besides none: the system's are read by the caller before
 * its sandbox closes. */
int tls_client_trust(struct tls_client *c, struct str roots_pem,
    struct err *err);
void tls_client_unref(struct tls_client *c); /* NULL is fine */
