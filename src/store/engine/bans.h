/*
 * bans.h - the writer's: bans as others see them (rt/bans.h).
 */
#pragma once
#include "rt/bans.h"
#include "store/engine/engine_int.h"

/* After a commit that changed them. */
void bans_publish(struct engine *e);
