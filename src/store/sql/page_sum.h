/*
 * page_sum.h - the checksum that each page of the database file ends with.
 *
 * SQLite leaves the last 8 octets of every page alone (byte 20 of its header
 * says so: sqlite.org/fileformat2 1.3.4). They hold the crc32c of all octets
 * before them and of the page's number, and then that number, so that a page
 * that came to lie in the place of another one is found as well.
 *
 * The pages in the WAL have none (vfs_sum.c).
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "store/disk/file.h"

enum { PAGE_OCTETS = 4096, PAGE_SUM = 8 };

/* Puts it in. */
void page_sum_put(char *page, uint32_t number);
/* Makes one that was put in a wrong one. */
void page_sum_spoil(char *page);
bool page_sum_is_right(const char *page, uint32_t number);
/* Do the pages of this file have one? By its first page, also if that is the
 * damaged one. */
bool page_sum_is_used(const char *first);

/* The same of a file; one that cannot be read has none. */
bool page_sums_are_used(struct file *f);
