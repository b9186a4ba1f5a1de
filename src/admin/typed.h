/*
 * typed.h - names of domains as people type them: either form of one beyond
 * ASCII, a dot at its end. Inside it has one form (dns/name.h), which the
 * commands ask with, and which programs (--json) are given.
 */
#pragma once
#include "base/arena.h"
#include "base/err.h"

/* Strs live in the arena or are what was typed. E_INVALID: no name at all;
 * what is ASCII is for store to judge. */
int typed_domain(struct arena *a, const char *typed, struct str *domain,
    struct err *err);
/* "somebody@a.domain", "@a.domain". */
int typed_address(struct arena *a, const char *typed, struct str *address,
    struct err *err);
