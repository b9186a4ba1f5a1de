/*
 * credential.h - what vault keeps of a person's password. Pure.
 *
 *   record = version (u8: 1)  hash length (u16)  hash ("$argon2id$...")
 *            SCRAM count (u32; 0: none)  salt (16)  StoredKey (32)
 *            ServerKey (32)                               RFC 5802 3
 *
 * The SCRAM-SHA-256 keys are facts of the password, made while it is at hand,
 * so that nobody has to type it again when SCRAM comes. They are made only of
 * passwords that SASLprep (RFC 4013) leaves as they are: printable ASCII.
 * The record is sealed before it leaves vault.
 */
#pragma once
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum {
	CREDENTIAL_MAX = 512,
	CREDENTIAL_SALT_LEN = 16,
	SCRAM_KEY_LEN = 32,
	SCRAM_COUNT = 10000,	/* RFC 7677 4: 4096 or more */
};

struct credential {
	struct str hash;
	uint32_t scram_count;
	struct str scram_salt, stored_key, server_key;
};

/* Append the record of a password. Takes 12 ms and 19 MiB (argon2id, t = 2)
 * and some ms for SCRAM: for a work thread. E_INVALID for an empty password
 * or one with NUL, E_FULL without memory. */
int credential_make(struct str password, struct buf *record, struct err *err);

/* False if it is no record. The strs point into it. */
must_check bool credential_parse(struct str record, struct credential *c);

/* Is it the password? 12 ms and 19 MiB. */
bool credential_verify(const struct credential *c, struct str password);
/* Takes as long and is never right: for users that do not exist. */
bool credential_verify_nobody(struct str password);
