/*
 * probe.h - a delivery up to RCPT, for somebody who watches.
 *
 * It is one of relay's deliveries, with the same routes, hosts, policies and
 * limits, and has a place among them; but what was remembered of hosts that
 * were down does not keep it from asking them, what it finds down is not
 * remembered, its connection is its own, and nothing is counted for reports. A
 * host that answers is forgotten as one that was down.
 */
#pragma once
#include "relay/messages.h"
#include "relay/relay.h"

struct probe;

/* E_BUSY, E_INVALID. */
int probe_begin(struct relay *r, const struct probe_ask *ask,
    struct probe **out, struct err *err);
/* Answers req, now or when there is something; owns it. */
void probe_more(struct probe *p, struct ipc_req *req);
/* Nobody watches any more: it ends. NULL is fine. */
void probe_end(struct probe *p);
