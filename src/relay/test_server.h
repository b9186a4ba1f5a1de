/*
 * test_server.h - SMTP servers at the other end of wires in memory.
 */
#pragma once
#include "relay/test_world.h"

void test_server_use(struct world *w);
/* As transport_dial(). */
int test_server_dial(struct loop *l, const char *address, uint16_t port,
    const char *from, int64_t until_ms, struct transport **t,
    struct err *err);
