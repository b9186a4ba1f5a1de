/*
 * sweeper.h - a thread that takes out of the index of words what was deleted.
 *
 * It waits most of the time, and while it works it holds up the searches of one
 * account for a part of a second at most: neither the writer nor the readers.
 */
#pragma once
#include "store/engine/engine.h"

struct sweeper;

int sweeper_start(struct engine *e, struct sweeper **out, struct err *err);
void sweeper_stop(struct sweeper *s);	/* NULL is fine */
