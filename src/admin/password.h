/*
 * password.h - a password from a person or a pipe; never from the command
 * line, where every process can read it.
 */
#pragma once
#include "base/arena.h"
#include "base/err.h"

enum { PASSWORD_LEAST = 8 };	/* NIST SP 800-63B 5.1.1.2 */

/* From stdin up to the end of its first line; or typed twice without echo. One
 * that password_check() refuses is E_INVALID. */
int password_read(bool from_stdin, struct str address, struct arena *a,
    struct str *password, struct err *err);
/* Is it long enough, and none of those that are tried first: the common ones,
 * and whose it is? */
int password_check(struct str password, struct str address, struct err *err);
/* One of 100 random bits, to be read and typed by people. */
struct str password_make(struct arena *a);
