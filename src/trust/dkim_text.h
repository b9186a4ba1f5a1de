/*
 * dkim_text.h - a message as it streams by: its header is gathered, its body
 * hashed. The octets may be cut anywhere. Nothing suspends.
 */
#pragma once
#include "mime/header_end.h"
#include "trust/dkim_body.h"
#include "trust/dkim_header.h"

enum { DKIM_TEXT_HEADER_MAX = 128 * 1024 };

struct dkim_text {
	struct buf header;	/* with its blank line; failed: too long */
	struct dkim_body body;
	struct header_end end;
};

void dkim_text_init(struct dkim_text *t, struct dkim_hash hash);
void dkim_text_feed(struct dkim_text *t, struct str octets);
/* The text is complete. False if the header was too long to keep. */
must_check bool dkim_text_finish(struct dkim_text *t);
void dkim_text_free(struct dkim_text *t);
