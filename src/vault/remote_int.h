/*
 * remote_int.h - between remote_key.c and the provider's parts.
 */
#pragma once
#include <openssl/core_dispatch.h>

#include "vault/remote_key.h"

#define REMOTE_NAME "postern-remote"
#define REMOTE_PARAM_SIGNER "postern-signer"
#define REMOTE_PARAM_NUMBER "postern-number"

enum remote_kind { REMOTE_RSA, REMOTE_RSA_PSS, REMOTE_EC, REMOTE_ED25519 };

/* A key of ours. One that OpenSSL imports to compare with has no signer. */
struct remote_key {
	enum remote_kind kind;
	struct remote_signer *signer;
	uint32_t number;
	int bits, security_bits, max_size;
	char group[64];		/* EC */
	uint8_t *pub;		/* the point; n of RSA, big-endian */
	size_t pub_len;
};

int remote_provider_init(const OSSL_CORE_HANDLE *handle,
    const OSSL_DISPATCH *in, const OSSL_DISPATCH **out, void **ctx);

extern const OSSL_DISPATCH remote_rsa_keys[], remote_rsa_pss_keys[],
    remote_ec_keys[], remote_ed25519_keys[];
extern const OSSL_DISPATCH remote_signature[];
