/*
 * foreign_hash.h - hashes of passwords that other servers have made. Pure.
 *
 *   "$6$..."               crypt(3): MD5, SHA-256, SHA-512, bcrypt, yescrypt
 *   "$argon2id$...", "$argon2i$..."
 *   "{SSHA512}..."         a word in braces: RFC 2307 5.3, and Dovecot's, which
 *                          stand before those above as well
 *
 * None of them stays longer than until its password is said: what comes then is
 * a credential like any other (credential.h). What one may cost is bounded, for
 * whoever guesses has it computed.
 */
#pragma once
#include "base/buf.h"
#include "base/err.h"

enum { FOREIGN_HASH_MAX = 255 };

/* As it is kept: with the word in braces only where it says something.
 * E_INVALID if it is none of them, or costs too much; in words. */
int foreign_hash_read(struct str text, struct buf *kept, struct err *err);
/* Is it the password, octet for octet? Of what was kept. */
bool foreign_hash_verify(struct str kept, struct str password);
