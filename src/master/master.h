/*
 * master.h - the process that holds all together: makes the listening
 * sockets, executes the roles, connects them, starts again what died, stops
 * them in order. It parses nothing from outside and reaches nothing.
 */
#pragma once
#include "master/serve.h"

/* Serve until SIGTERM or SIGINT. The exit code; problems are logged, and told
 * to tell_fd. Owns the process: its signals and its children. */
int master_run(const struct serve *s);
