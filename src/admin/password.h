/*
 * password.h - a password from a person or a pipe; never from the command
 * line, where every process can read it.
 */
#pragma once
#include "base/arena.h"
#include "base/err.h"

/* From stdin up to the end of its first line; or typed twice without echo. One
 * that vault/password_rule.h refuses is E_INVALID. */
int password_read(bool from_stdin, struct str address, struct arena *a,
    struct str *password, struct err *err);
/* What another server made of one; from stdin alike. It is not looked at. */
int password_hash_read(struct arena *a, struct str *hash, struct err *err);
/* One of 100 random bits, to be read and typed by people. */
struct str password_make(struct arena *a);
