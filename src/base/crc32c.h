/*
 * crc32c.h - the checksum of stored octets (Castagnoli).    RFC 3720 B.4
 *
 * Against decay and torn writes, not against people.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* Start with 0 and go on with what came out. */
uint32_t crc32c(uint32_t crc, const void *p, size_t n);
