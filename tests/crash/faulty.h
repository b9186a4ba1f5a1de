/*
 * faulty.h - a disk in memory that fails where a test wants it to.
 *
 * It counts every change asked of it (write, sync, size, name): these are the
 * points. At one of them it fails, is full for a while, or loses power: then
 * what was not synced is gone, there, or there in part, in 512-octet sectors
 * and in any order, as a seed has it.
 */
#pragma once
#include "store/disk/file.h"

enum fault {
	FAULT_NONE,
	FAULT_EIO,	/* this one fails; a sync also loses what it had */
	FAULT_FULL,	/* there is no room from here on: faulty_room() */
	FAULT_POWER_ALL,	/* power goes; all unsynced is there */
	FAULT_POWER_NONE,	/* none of it is */
	FAULT_POWER_SOME,	/* sectors of it, by seed */
	FAULTS
};

struct faulty;

struct faulty *faulty_new(void);
void faulty_free(struct faulty *f);
struct files *faulty_files(struct faulty *f);
/* The point (counted from 1) where it happens. */
void faulty_plan(struct faulty *f, enum fault fault, uint64_t point,
    uint64_t seed);
uint64_t faulty_points(const struct faulty *f);	/* so far */
bool faulty_happened(const struct faulty *f);
/* The machine (after a loss of power) or the process starts again. All files
 * must be closed. No more faults. */
void faulty_restart(struct faulty *f);
/* From now on nothing can be done, until it is started again: what there was
 * then is there. */
void faulty_stop(struct faulty *f);
/* Somebody made room. */
void faulty_room(struct faulty *f);
/* A bit of a file that nobody has open, on the disk: false if it is not that
 * long. */
bool faulty_flip(struct faulty *f, const char *name, uint64_t at);
/* Syncs do nothing from now on: to see that the harness sees it. */
void faulty_lie(struct faulty *f, const char *prefix);
