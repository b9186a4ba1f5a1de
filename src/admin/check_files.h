/*
 * check_files.h - the files that a configuration names: what is there, and
 * what `run` could use.
 */
#pragma once
#include "base/err.h"
#include "rt/config.h"

/* The data folder, the trust anchor and the certificates. 0, or err says
 * which is wrong. */
int check_files(struct arena *a, const struct config *c, struct err *err);
