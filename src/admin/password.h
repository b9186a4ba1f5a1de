/*
 * password.h - a password from a person or a pipe; never from the command
 * line, where every process can read it.
 */
#pragma once
#include "base/arena.h"
#include "base/err.h"

/* From stdin up to the end of its first line; or typed twice without echo. */
int password_read(bool from_stdin, struct arena *a, struct str *password,
    struct err *err);
