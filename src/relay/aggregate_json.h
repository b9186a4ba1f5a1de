/*
 * aggregate_json.h - a report of how TLS went, as JSON.     RFC 8460 4.4
 *
 * Pure. Sessions that were held to the same policy are one of its policies. The
 * addresses that we sent from are not known to relay, so there is no
 * sending-mta-ip.
 */
#pragma once
#include "relay/aggregate_xml.h"

struct aggregate_session {
	struct tls_row row;
	uint64_t n;		/* that it is true of */
	bool told;		/* for aggregate_json(): false */
};

/* policy of the head is not looked at. */
void aggregate_json(struct buf *b, const struct aggregate_head *h,
    struct aggregate_session *s, size_t n);
