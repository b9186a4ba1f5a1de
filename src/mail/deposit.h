/*
 * deposit.h - take a message in: its octets, once, in whatever pieces.
 *
 * They become what store keeps of a message: a blob and the record of its
 * facts. Errors are sticky, because the octets of a message have to be read
 * to their end whatever becomes of it: go on writing, nothing is kept any
 * more, and deposit_finish() says what failed first.
 *
 *   deposit_new() - deposit_write()... - deposit_finish() - deposit_free()
 *
 * Writing and freeing may suspend.
 */
#pragma once
#include "mail/digest.h"
#include "mime/facts.h"
#include "store/blob.h"

struct deposit;

struct deposit_options {
	struct store *store;
	uint32_t compress;	/* for blob_writer_new() */
	struct loop *loop;	/* others have a turn now and then; NULL: no */
	bool digest;		/* it will be signed: deposit_signable(), and
				 * deposit_signable_7bit() */
	bool answerable;	/* what an answer needs: deposit_answerable() */
	OSSL_LIB_CTX *lib;	/* for that; NULL is OpenSSL's own */
	struct mime_watch watch; /* who sees its parts; zeros: nobody */
};

/* What is known of a message that was taken in; good until the deposit is
 * freed. The fields that an ask of store has: MSG_COPY(text, ...) and
 * MSG_COPY(deposited, ...). */
struct deposit_facts {
	FIELDS_deposited(MSG_MEMBER, )
	bool nul;
	bool utf8_header;	/* octets beyond ASCII in a header */
	bool tls_optional;	/* it says "TLS-Required: No" */
	struct str solicitation; /* as its field has it; mime/solicitation.h */
	uint32_t received_count;
};

/* Copies the options; the store must outlive it. */
struct deposit *deposit_new(const struct deposit_options *o);
void deposit_write(struct deposit *d, struct str octets);
/* n octets were read that nobody wants to keep: time that passes. */
void deposit_skip(struct deposit *d, size_t n);
/* 0, or the first E_* so far. */
int deposit_failed(const struct deposit *d, struct err *err);
/* The message is complete; once. 0, or what failed first. */
int deposit_finish(struct deposit *d, struct deposit_facts *out,
    struct err *err);
/* See digest_finish(); after deposit_finish(). */
must_check bool deposit_signable(struct deposit *d, struct arena *a,
    struct signable *out);
/* The same of this message as a server that takes 7 bits gets it
 * (mime/downgrade.h). False also if it needs nothing for that, or cannot be
 * so. */
must_check bool deposit_signable_7bit(struct deposit *d, struct arena *a,
    struct signable *out);
/* After deposit_finish(); good until the deposit is freed. */
const struct answerable *deposit_answerable(const struct deposit *d);
/* Drops what store did not take. NULL is fine. */
void deposit_free(struct deposit *d);
