/*
 * master.h - the process that holds all together: makes the listening
 * sockets, executes the roles, connects them, starts again what died, stops
 * them in order. It parses nothing from outside and reaches nothing.
 */
#pragma once
#include "admin/serve.h"

int master_run(const struct serve *s);
