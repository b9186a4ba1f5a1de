/*
 * gzip.h - octets in the format of gzip.                        RFC 1952
 */
#pragma once
#include "base/buf.h"
#include "base/err.h"

struct gzip;

struct gzip *gzip_new(void);
/* What comes of it is appended; a buffer that is full has failed. */
void gzip_more(struct gzip *g, struct str octets, struct buf *out);
/* That was all; g has gone. */
void gzip_end(struct gzip *g, struct buf *out);

/* The first member of a file, unpacked behind what is in out. E_LIMIT: it does
 * not fit; E_INVALID: it is damaged, or cut short. */
int gzip_unpack(struct str octets, struct buf *out, struct err *err);
