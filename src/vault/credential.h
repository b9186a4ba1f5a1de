/*
 * credential.h - what vault keeps of a person's password. Pure.
 *
 *   record = version (u8: 2)  hash length (u16)  hash ("$argon2id$...")
 *            SCRAM's keys (scram.h)
 *
 * One of version 3 is of a hash that another server made (foreign_hash.h), and
 * has no keys; it becomes one of ours when its password is said.
 *
 * One of version 1 has the keys of SHA-256 only, and of printable ASCII only;
 * it is renewed when its password is typed. Its hash may be of a password as it
 * was typed, not of the form that opaque_string() gives it: both are tried.
 *
 * Which password it is the hash says: what hangs on it (a ticket) hangs on
 * that, and not on keys that may be renewed.
 *
 * The record is sealed before it leaves vault.
 */
#pragma once
#include "base/err.h"
#include "vault/scram.h"

enum { CREDENTIAL_MAX = 512 };

struct credential {
	bool old, foreign;
	struct str hash;
	struct scram_keys scram;	/* salt is there also if no key is */
};

/* Append the record of a password. Takes 12 ms and 19 MiB (argon2id, t = 2)
 * and some 8 ms for SCRAM: for a work thread. E_INVALID, with the reason, for
 * what can be no password (opaque_string.h); E_FULL without memory. */
int credential_make(struct str password, const uint8_t salt[SCRAM_SALT_LEN],
    struct buf *record, struct err *err);
/* That of a hash of elsewhere. E_INVALID, with the reason, for what is none
 * that is known. */
int credential_foreign(struct str text, const uint8_t salt[SCRAM_SALT_LEN],
    struct buf *record, struct err *err);
/* The record of today for an old one, whose password this is: its hash stays.
 * Some 8 ms. False where there can be no keys, or no memory. */
must_check bool credential_renew(const struct credential *c,
    struct str password, struct buf *record);
/* SCRAM's keys of a password; salt is there. Some 8 ms. False as above. */
must_check bool credential_keys(struct str password, struct scram_keys *k);

/* False if it is no record. The hash points into it. */
must_check bool credential_parse(struct str record, struct credential *c);

/* Is it the password? 12 ms and 19 MiB; twice that where it has another form
 * than it was typed in, whosever it is. A foreign one takes that and what it
 * takes. */
bool credential_verify(const struct credential *c, struct str password);
/* Takes as long and is never right: for users that do not exist. */
bool credential_verify_nobody(struct str password);
