/*
 * find_config.h - which server a command means.
 */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "rt/config.h"

/* --config, --data (either may be NULL), else ./postern.conf, else
 * ./postern-data. Strs live in the arena. */
int find_config(struct arena *a, const char *data, const char *config,
    struct config *c, struct err *err);
