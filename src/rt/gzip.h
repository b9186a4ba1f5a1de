/*
 * gzip.h - octets in the format of gzip.                        RFC 1952
 */
#pragma once
#include "base/buf.h"

struct gzip;

struct gzip *gzip_new(void);
/* What comes of it is appended; a buffer that is full has failed. */
void gzip_more(struct gzip *g, struct str octets, struct buf *out);
/* That was all; g has gone. */
void gzip_end(struct gzip *g, struct buf *out);
