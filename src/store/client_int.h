/*
 * client_int.h - what blob.c wants of a store connection.
 */
#pragma once
#include <zstd.h>

#include "store/client.h"

/* One of each for all that read and write with one codec: they are used
 * between two suspensions only. Made when first wanted. */
ZSTD_CCtx *store_cctx(struct store *st);
ZSTD_DCtx *store_dctx(struct store *st);
