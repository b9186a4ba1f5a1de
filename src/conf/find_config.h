/*
 * find_config.h - which server a command means.
 */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "rt/config.h"

/*
 * The first there is of --config and --data (either may be NULL),
 * $POSTERN_CONFIG, $POSTERN_DATA, ./postern.conf, ./postern-data,
 * /etc/postern/postern.conf and /var/lib/postern. What lies in the folder
 * where root happens to stand counts only if it is root's (E_DENIED). Strs
 * live in the arena.
 */
int find_config(struct arena *a, const char *data, const char *config,
    struct config *c, struct err *err);

/* The file alone, in the same order: for who needs one. If there is none,
 * ./postern.conf, which a reader will complain of. */
int find_config_file(const char *config, const char **path, struct err *err);
