/*
 * scram_grammar.h - the messages of SCRAM, RFC 5802 7. Pure: whoever talks with
 * the client reads and writes them; vault is told their parts, and proves.
 */
#pragma once
#include "base/arena.h"
#include "base/buf.h"

enum {
	SCRAM_MESSAGE_MAX = 4096,
	SCRAM_USER_MAX = 320,
	SCRAM_NONCE_MAX = 256,
	SCRAM_PROOF_MAX = 64,
	SCRAM_FINAL_MAX = 2048,	/* of what is proven in the last message */
};

/* gs2-cbind-flag: the client does not bind, thinks that we cannot, or does. */
enum scram_flag { SCRAM_NOT_BOUND = 'n', SCRAM_CANNOT_BIND = 'y',
	SCRAM_BOUND = 'p' };

/* saslname: what "=2C" and "=3D" stand for, in the arena. False: another "=".
 *                                                    RFC 5801 4, 5802 7 */
must_check bool scram_name(struct str said, struct arena *a, struct str *name);

struct scram_client_first {
	enum scram_flag flag;
	struct str binding;	/* "tls-exporter" */
	struct str gs2;		/* gs2-header, as it came */
	struct str bare;	/* client-first-message-bare */
	struct str authzid, user; /* in the arena, "=2C" and "=3D" resolved */
	struct str nonce;
	bool extended;		/* it has an extension that is a must: m= */
};

/* The slices point into it, or into the arena. */
must_check bool scram_read_first(struct str message, struct arena *a,
    struct scram_client_first *out);

struct scram_client_final {
	struct str binding;	/* in the arena: gs2-header and data */
	struct str nonce;
	struct str without_proof; /* client-final-message-without-proof */
	struct str proof;	/* in the arena */
};

must_check bool scram_read_final(struct str message, struct arena *a,
    struct scram_client_final *out);

/* The server's first; nonce is the client's and then its own. */
void scram_put_first(struct buf *b, struct str nonce, struct str salt,
    uint32_t count);
/* A nonce's octets: printable, no comma. */
bool scram_is_nonce(struct str nonce);
