/*
 * events.h - libunbound's events on our loop: watches and timers.
 */
#pragma once
#include <unbound.h>
#include <unbound-event.h>

#include "rt/loop.h"

/* Must outlive the context that uses it; then events_free(). */
struct ub_event_base *events_new(struct loop *l);
void events_free(struct ub_event_base *base);
