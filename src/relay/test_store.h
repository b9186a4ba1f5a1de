/*
 * test_store.h - which world the clients of test_store.c belong to.
 */
#pragma once
#include "relay/test_world.h"

void test_store_use(struct world *w);
