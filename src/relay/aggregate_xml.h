/*
 * aggregate_xml.h - an aggregate report of DMARC as XML.
 *                                              RFC 7489 7.2, Appendix C
 *
 * Pure. Its elements stand in the order of the schema; what others wrote is
 * escaped, and what XML cannot say is a question mark.
 */
#pragma once
#include "store/messages.h"

struct aggregate_head {
	struct str reporter;	/* the domain of `from` */
	struct str from;	/* who sends it */
	struct str id;		/* of the report */
	struct str domain;	/* whose policy it is */
	int64_t begins, ends;	/* seconds since 1970 UTC */
	uint64_t lost;		/* messages that are not in it */
	struct dmarc_published policy;
};

void aggregate_xml_begin(struct buf *b, const struct aggregate_head *h);
/* True of n messages. A host that is no address is left out. */
void aggregate_xml_row(struct buf *b, const struct dmarc_row *row, uint64_t n);
void aggregate_xml_end(struct buf *b);
