/*
 * file_look.h - a file looked into as its octets come by: what it is, and what
 * lies in it, if it is an archive.
 *
 * Of each archive there is a window of zlib (40 KB), and archives in archives
 * are looked into once. All of a message shares what is unpacked of it: what
 * says that it is of terabytes is read as far as that goes.
 */
#pragma once
#include "base/buf.h"
#include "policy/file_kind.h"

enum {
	LOOK_UNPACKED = 4 << 20, /* octets, of all files of a message */
	LOOK_ENTRIES = 2000,	/* of archives, whose octets are looked at */
	LOOK_NAME_MAX = 1024,
	LOOK_WHY_MAX = 160,
};

/* What was found in all files of a message; zeros are the beginning. */
struct file_finds {
	struct file_find {
		bool is;
		bool hides;	/* under a name that says otherwise */
		char why[LOOK_WHY_MAX];	/* visible ASCII: of the first one */
	} of[FILE_CLASSES];
	bool cut;		/* a bound was met */
	size_t unpacked, entries; /* octets, files: so far */
};

struct file_look;

/* Of that name, UTF-8, which may be empty. The finds must outlive it. */
struct file_look *file_look_new(struct file_finds *finds, struct str name);
/* The next octets, cut anywhere. False: no more are needed. */
bool file_look_octets(struct file_look *l, struct str octets);
/* It is complete, or nobody has more of it. NULL is fine. */
void file_look_end(struct file_look *l);
